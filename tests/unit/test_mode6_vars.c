/* SPDX-License-Identifier: ISC */
/* Status words (RFC 9327 3), and which variables are told. */
#include "asker.h"
#include "made.h"
#include "unit.h"
#include "view/mode6_parts.h"

#include <string.h>

static uint16_t
system_word(struct snapshot s)
{
	return mode6_system_status(&s);
}

/* Leap in the first two bits, source 6 or 0, one event, the code. */
static void
the_system_s_word_says_how_it_is(void)
{
	struct snapshot s = made_synced();

	CU_ASSERT_EQUAL(system_word(made_synced()), 0x0615);
	CU_ASSERT_EQUAL(system_word(made_starting()), 0xc016);
	CU_ASSERT_EQUAL(system_word(made_panic()) & 0xf, 7);
	CU_ASSERT_EQUAL(system_word(made_holdover()) & 0xf, 8);
	s.serving.leap = LEAP_INSERT;
	CU_ASSERT_EQUAL(mode6_system_status(&s), 0x4615);
}

static struct snapshot_upstream *
upstream(unsigned i)
{
	return &asker.snapshot.upstream[i];
}

static uint16_t
word(uint16_t association)
{
	return mode6_peer_status(&asker.snapshot, association);
}

static void
a_tally_becomes_a_selection(void)
{
	CU_ASSERT_EQUAL(word(1), 0x961a); /* * */
	CU_ASSERT_EQUAL(word(2), 0x9414); /* + */
	CU_ASSERT_EQUAL(word(3), 0x9114); /* x */
	upstream(1)->truechimer = upstream(1)->selectable = false;
	upstream(1)->reach = 0;
	CU_ASSERT_EQUAL(word(2), 0x8013); /* nothing, and not reached */
}

static void
a_key_is_two_bits(void)
{
	upstream(1)->authenticated = true;
	CU_ASSERT_EQUAL(word(2), 0xf414);
	upstream(1)->reach = 0;
	upstream(1)->truechimer = upstream(1)->selectable = false;
	CU_ASSERT_EQUAL(word(2), 0xc013); /* wanted, and not seen */
}

static void
kisses_are_events(void)
{
	upstream(1)->account.rated_s = 64;
	CU_ASSERT_EQUAL(word(2) & 0xf, 7);
	upstream(1)->account.retired = true;
	CU_ASSERT_EQUAL(word(2) & 0xf, 8);
}

static void
the_sibling_has_a_word(void)
{
	struct snapshot_sibling *b = &asker.snapshot.sibling;

	asker.snapshot = made_paired();
	b->reach = 0xff;
	b->taken = 5;
	CU_ASSERT_EQUAL(word(MODE6_SIBLING), 0xf414);
	b->follows = true;
	CU_ASSERT_EQUAL(word(MODE6_SIBLING), 0xf61a);
	b->reach = 0;
	CU_ASSERT_EQUAL(word(MODE6_SIBLING), 0xc013);
	b->state = SNAPSHOT_SIBLING_DROPPED;
	CU_ASSERT_EQUAL(word(MODE6_SIBLING), 0xc113);
}

static void
who_is_there_has_a_number(void)
{
	const struct snapshot *s = &asker.snapshot;

	CU_ASSERT_FALSE(mode6_is_association(s, 0));
	CU_ASSERT_TRUE(mode6_is_association(s, 1));
	CU_ASSERT_TRUE(mode6_is_association(s, 5));
	CU_ASSERT_FALSE(mode6_is_association(s, 6));
	CU_ASSERT_FALSE(mode6_is_association(s, MODE6_SIBLING));
	asker.snapshot = made_paired();
	CU_ASSERT_TRUE(mode6_is_association(s, MODE6_SIBLING));
}

static void
what_is_named_is_told_in_that_order(void)
{
	asker_ask(CTL_READVAR, 0, "stratum, leap");
	CU_ASSERT_STRING_EQUAL(asker.data, "stratum=3, leap=0\r\n");
}

static void
a_value_behind_a_name_says_nothing(void)
{
	asker_ask(CTL_READVAR, 0, "leap=3");
	CU_ASSERT_STRING_EQUAL(asker.data, "leap=0\r\n");
}

static void
who_names_nothing_is_told_all(void)
{
	asker_ask(CTL_READVAR, 0, "");
	for (unsigned i = 0; mode6_system[i].name != NULL; i++)
		CU_ASSERT_PTR_NOT_NULL(asker_value(mode6_system[i].name));
	asker_ask(CTL_READVAR, 1, "");
	for (unsigned i = 0; mode6_peer[i].name != NULL; i++)
		CU_ASSERT_PTR_NOT_NULL(asker_value(mode6_peer[i].name));
}

static void
all_of_the_longest_are_whole(void)
{
	memset(upstream(0)->host, 'h', SOURCE_HOST_MAX - 1);
	asker_ask(CTL_READVAR, 1, "");
	CU_ASSERT_FALSE(asker.head.error);
	CU_ASSERT_PTR_NOT_NULL(asker_value("filtdisp"));
	CU_ASSERT_EQUAL(strlen(asker_value("srchost")), SOURCE_HOST_MAX + 1);
}

static CU_TestInfo tests[] = {
	{ "the system's word says how it is",
	    the_system_s_word_says_how_it_is },
	{ "a tally becomes a selection", a_tally_becomes_a_selection },
	{ "a key is two bits", a_key_is_two_bits },
	{ "kisses are events", kisses_are_events },
	{ "the sibling has a word", the_sibling_has_a_word },
	{ "who is there has a number", who_is_there_has_a_number },
	{ "what is named is told in that order",
	    what_is_named_is_told_in_that_order },
	{ "a value behind a name says nothing",
	    a_value_behind_a_name_says_nothing },
	{ "who names nothing is told all", who_names_nothing_is_told_all },
	{ "all of the longest are whole", all_of_the_longest_are_whole },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_mode6_vars = { "view/mode6_vars", NULL, NULL, asker_init,
	NULL, tests };
