/* SPDX-License-Identifier: ISC */
#include "peek.h"

#include "base/text.h"

#include "unit.h"

#include <stdlib.h>
#include <string.h>

struct mib_kept peek_kept;

struct mib_world
peek_world(const struct snapshot *s)
{
	mib_kept_init(&peek_kept);
	return (struct mib_world){ .s = s,
		.version = "1.2.3",
		.system = "Linux 6.1.0 / x86_64",
		.kept = &peek_kept };
}

struct mib_oid
peek_name(const char *name)
{
	struct mib_oid o = *mib_root(strncmp(name, "own", 3) == 0);

	for (const char *c = name; (c = strchr(c, '.')) != NULL;)
		o.id[o.len++] = (uint32_t)strtoul(++c, NULL, 10);
	return o;
}

char *
peek_print(const struct mib_oid *o, char buf[PEEK_TEXT])
{
	struct text t = { buf, PEEK_TEXT, 0 };

	buf[0] = '\0';
	for (unsigned i = 0; i < o->len; i++)
		text_add(&t, "%s%u", i > 0 ? "." : "", o->id[i]);
	return buf;
}

bool
peek_has(const struct mib_world *w, const char *name)
{
	struct mib_oid o = peek_name(name);
	struct mib_value v;

	return mib_get(w, &o, &v);
}

struct mib_value
peek(const struct mib_world *w, const char *name)
{
	struct mib_oid o = peek_name(name);
	struct mib_value v = { 0 };

	CU_ASSERT_TRUE_FATAL(mib_get(w, &o, &v));
	return v;
}

int64_t
peek_number(const struct mib_world *w, const char *name)
{
	struct mib_value v = peek(w, name);

	CU_ASSERT_NOT_EQUAL(v.type, MIB_OCTETS);
	return v.number;
}

const char *
peek_text(const struct mib_world *w, const char *name)
{
	static char text[MIB_OCTETS_MAX + 1];
	struct mib_value v = peek(w, name);

	CU_ASSERT_EQUAL(v.type, MIB_OCTETS);
	memcpy(text, v.octets, v.len);
	text[v.len] = '\0';
	return text;
}

const char *
peek_hex(const struct mib_world *w, const char *name)
{
	static char text[3 * MIB_OCTETS_MAX + 1];
	struct text t = TEXT(text);
	struct mib_value v = peek(w, name);

	CU_ASSERT_EQUAL(v.type, MIB_OCTETS);
	text[0] = '\0';
	for (size_t i = 0; i < v.len; i++)
		text_add(&t, "%s%02x", i > 0 ? ":" : "", v.octets[i]);
	return text;
}
