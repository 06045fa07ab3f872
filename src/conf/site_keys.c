/* SPDX-License-Identifier: ISC */
#include "conf/site_parts.h"

#include "base/text.h"
#include "conf/value.h"

#include <string.h>

static int
fail_unknown(struct site_reader *r, const struct site_key *keys,
    const char *name)
{
	const struct site_key *nearest = keys;
	char list[256] = "";
	struct text t = TEXT(list);

	for (const struct site_key *k = keys; k->name != NULL; k++) {
		if (value_distance(name, k->name) <
		    value_distance(name, nearest->name))
			nearest = k;
		text_add(&t, "%s%s", k == keys ? "" : ", ", k->name);
	}
	if (value_distance(name, nearest->name) <= 1 + strlen(name) / 3)
		return site_fail(r,
		    "unknown key \"%.40s\"; did you mean \"%s\"?", name,
		    nearest->name);
	return site_fail(r, "unknown key \"%.40s\"; what may stand here is %s",
	    name, list);
}

/* The value of the key that has been read; the path is longer meanwhile. */
static int
read_value(struct site_reader *r, const struct site_key *k)
{
	size_t n = strlen(r->path);
	struct text t = { r->path, sizeof(r->path), n };
	int rc;

	text_add(&t, "%s%s", n > 0 ? "." : "", k->name);
	rc = site_next(r) == -1 ? -1 : k->read(r, k);
	r->path[n] = '\0';
	return rc;
}

static int
check_required(struct site_reader *r, const struct site_key *keys,
    struct site_at at, uint32_t seen)
{
	for (unsigned i = 0; keys[i].name != NULL; i++)
		if (keys[i].required && (seen >> i & 1) == 0)
			return site_fail_at(r->err, r->file, at,
			    "%s%s\"%s\" is missing here", r->path,
			    r->path[0] != '\0' ? ": " : "", keys[i].name);
	return 0;
}

int
site_keys(struct site_reader *r, const struct site_key *keys)
{
	struct site_at at = site_here(r);
	char name[SITE_SCALAR_MAX];
	uint32_t seen = 0;

	if (!site_is(r, YAML_MAPPING_START_EVENT))
		return site_fail(r,
		    "keys with values are expected here, such "
		    "as \"%s: ...\"",
		    keys->name);
	while (site_next(r) == 0) {
		unsigned i = 0;

		if (site_is(r, YAML_MAPPING_END_EVENT))
			return check_required(r, keys, at, seen);
		if (site_scalar(r, name) == -1)
			return -1;
		while (keys[i].name != NULL && strcmp(keys[i].name, name) != 0)
			i++;
		if (keys[i].name == NULL)
			return fail_unknown(r, keys, name);
		if ((seen >> i & 1) != 0)
			return site_fail(r, "\"%s\" stands here twice", name);
		seen |= UINT32_C(1) << i;
		if (read_value(r, &keys[i]) == -1)
			return -1;
	}
	return -1;
}

int
site_field_map(struct site_reader *r, const struct site_key *k)
{
	if (k->mark != 0)
		*(struct site_at *)((char *)r->base + k->mark) = site_here(r);
	return site_keys(r, k->keys);
}

/* One element of a list of mappings. */
static int
read_element(struct site_reader *r, const struct site_key *k, unsigned n)
{
	void *base = r->base;
	size_t len = strlen(r->path);
	struct text t = { r->path, sizeof(r->path), len };
	int rc;

	text_add(&t, "[%u]", n);
	r->base = (char *)base + k->at + n * k->stride;
	*(struct site_at *)((char *)r->base + k->mark) = site_here(r);
	rc = site_keys(r, k->keys);
	r->base = base;
	r->path[len] = '\0';
	return rc;
}

int
site_field_list(struct site_reader *r, const struct site_key *k)
{
	unsigned *count = (void *)((char *)r->base + k->beside);

	if (!site_is(r, YAML_SEQUENCE_START_EVENT))
		return site_fail(r,
		    "a list is expected here: \"- {...}\" lines, or []");
	while (site_next(r) == 0) {
		if (site_is(r, YAML_SEQUENCE_END_EVENT))
			return 0;
		if (*count == (unsigned)k->max)
			return site_fail(r, "more than %.0f", k->max);
		if (read_element(r, k, *count) == -1)
			return -1;
		(*count)++;
	}
	return -1;
}
