/* SPDX-License-Identifier: ISC */
/*
 * mib.c - prints what the code knows of our own MIB, for tests/check-mib.sh:
 *
 *	NAME TYPE		each object that can be read
 *	NAME = WORD(N) ...	the words of those that have some
 *	NAME : NAME ...		each notification, and what it carries
 */
#include "core/diagnose.h"
#include "view/mib_parts.h"

#include "made.h"

#include <ctype.h>
#include <stdio.h>

static void
put_name(const struct mib_oid *o)
{
	for (unsigned i = 0; i < o->len; i++)
		printf("%s%u", i > 0 ? "." : "", o->id[i]);
}

static void
put_leaves(void)
{
	static const char *const type[] = { [MIB_INTEGER] = "integer",
		[MIB_UNSIGNED] = "unsigned",
		[MIB_COUNTER] = "counter",
		[MIB_COUNTER64] = "counter64",
		[MIB_TICKS] = "ticks",
		[MIB_OCTETS] = "octets",
		[MIB_NAME] = "name" };
	struct mib_oid name;
	enum mib_type t;

	for (unsigned i = 0; mib_leaf(i, &name, &t); i++) {
		if (name.id[4] != mib_root(MIB_OWN)->id[4])
			continue; /* RFC 5907's */
		put_name(&name);
		printf(" %s\n", type[t]);
	}
}

/* "ignores-kod" is ignoresKod in a MIB. */
static void
put_word(const char *word, unsigned n)
{
	printf(" ");
	for (; *word != '\0'; word++)
		if (*word == '-')
			putchar(toupper((unsigned char)*++word));
		else
			putchar(*word);
	printf("(%u)", n);
}

static void
begin_words(const uint32_t *id, unsigned len)
{
	struct mib_oid name = mib_name(MIB_OWN, id, len);

	put_name(&name);
	printf(" =");
}

static void
put_words(void)
{
	const char *word;

	begin_words((uint32_t[]){ 1, 1, 2 }, 3);
	for (unsigned i = ENGINE_STARTING; i <= ENGINE_PANIC; i++)
		put_word(snapshot_state_name((enum engine_state)i), i + 1);
	printf("\n");
	begin_words((uint32_t[]){ 1, 3, 1, 1, 5 }, 5);
	for (unsigned i = 0; (word = mib_upstream_word(i)) != NULL; i++)
		put_word(word, i + 1);
	printf("\n");
	begin_words((uint32_t[]){ 1, 4, 1 }, 3);
	for (unsigned i = 0; i <= SNAPSHOT_SIBLING_DROPPED; i++)
		put_word(snapshot_sibling_name((enum snapshot_sibling_state)i),
		    i + 1);
	printf("\n");
	begin_words((uint32_t[]){ 1, 6, 3, 1, 4 }, 5);
	put_word("rogue", 0);
	for (unsigned i = 0; i < DIAGNOSE_WORDS; i++)
		put_word(diagnose_name((enum diagnose_word)i), i + 1);
	printf("\n");
}

/* Objects without their instance, which is one id. */
static void
put_notices(void)
{
	struct snapshot s = made_paired();
	struct mib_kept kept;
	struct mib_world w = { .s = &s, .kept = &kept };
	struct mib_notice n;

	mib_kept_init(&kept);
	for (unsigned e = 0; e < EVENTS; e++) {
		if (!mib_notice_of(&w, (enum event_id)e,
			"host=ntp1.example.net", &n))
			continue;
		put_name(&n.name);
		printf(" :");
		for (unsigned i = 0; i < n.count; i++) {
			printf(" ");
			n.object[i].name.len--;
			put_name(&n.object[i].name);
		}
		printf("\n");
	}
}

int
main(void)
{
	put_leaves();
	put_words();
	put_notices();
	return 0;
}
