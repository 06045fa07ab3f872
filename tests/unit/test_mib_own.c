/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "made.h"
#include "peek.h"

#include <math.h>

#define UNKNOWN 2147483647
#define NEVER 4294967295

static struct snapshot s;
static struct mib_world w;

static void
setup(void)
{
	s = made_paired();
	w = peek_world(&s);
}

/* made.c has all of these. */
static void
the_clock_is_told_in_microseconds(void)
{
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "own.1.1.1.0"), "gw1");
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.1.4.0"), 3);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.1.5.0"), 120);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.1.6.0"), 410);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.1.7.0"), 12300);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.1.8.0"), 2100);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.1.9.0"), 8600);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.1.10.0"), 12345);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.1.11.0"), 1);
}

static void
states_are_numbered_from_1(void)
{
	static const enum engine_state state[] = { ENGINE_STARTING,
		ENGINE_SYNCED, ENGINE_HOLDOVER, ENGINE_ORPHAN, ENGINE_PANIC };

	for (unsigned i = 0; i < 5; i++) {
		s.state = state[i];
		CU_ASSERT_EQUAL(peek_number(&w, "own.1.1.2.0"), i + 1);
	}
}

static void
the_age_of_a_state_goes_on(void)
{
	w.age_s = 4;
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.1.3.0"), 11524);
}

static void
what_is_not_known_is_the_largest_number(void)
{
	s = made_starting();
	for (unsigned i = 5; i <= 10; i++) {
		char name[] = "own.1.1.xx.0";

		snprintf(name, sizeof(name), "own.1.1.%u.0", i);
		CU_ASSERT_EQUAL(peek_number(&w, name), UNKNOWN);
	}
}

static void
what_is_huge_is_the_largest_but_one(void)
{
	s.offset_s = -1e6;
	s.error_bound_s = 1e6;
	s.frequency_ppm = NAN;
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.1.5.0"), -2147483646);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.1.6.0"), 2147483646);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.1.10.0"), UNKNOWN);
}

static void
groups_are_counted(void)
{
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.1.12.0"), 5);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.1.13.0"), 4);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.1.14.0"), 2);
}

static void
the_budget_says_what_was_spent_and_what_is_left(void)
{
	s.upstream[0].account.kisses = 2;
	s.upstream[4].account.kisses = 3;
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.2.1.0"), 640);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.2.2.0"), 22);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.2.3.0"), 310);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.2.4.0"), 311);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.2.5.0"), 330);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.2.6.0"), 5);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.2.7.0"), 1024);
}

static void
a_ledger_that_cannot_be_written_is_false(void)
{
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.2.8.0"), 1);
	s.closed = true;
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.2.8.0"), 2);
}

static void
what_was_ever_sent_has_64_bits(void)
{
	s.sent.total = UINT64_C(1) << 40;
	CU_ASSERT_EQUAL(peek(&w, "own.1.2.4.0").type, MIB_COUNTER64);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.2.4.0"), INT64_C(1) << 40);
}

static void
the_sibling_is_told(void)
{
	w.age_s = 5;
	s.sibling.differs = 0x15;
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.4.1.0"), 3);
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "own.1.4.2.0"), "10.0.0.12");
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.4.3.0"), 7);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.4.4.0"), -3);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.4.5.0"), 390);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.4.6.0"), 3);
}

static void
a_sibling_that_was_never_heard_says_nothing(void)
{
	s = made_unheard();
	s.sibling.heard_s = -1;
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.4.1.0"), 2);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.4.3.0"), NEVER);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.4.4.0"), UNKNOWN);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.4.5.0"), UNKNOWN);
}

static void
a_stranger_has_no_bound_and_who_is_mad_is_dropped(void)
{
	s = made_plain();
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.4.1.0"), 4);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.4.5.0"), UNKNOWN);
	s = made_dropped();
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.4.1.0"), 5);
}

static void
without_a_sibling_there_is_none(void)
{
	s = made_synced();
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.4.1.0"), 1);
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "own.1.4.2.0"), "");
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.4.3.0"), NEVER);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.4.4.0"), UNKNOWN);
}

static void
the_service_is_counted_in_64_bits(void)
{
	s.serve = (struct snapshot_serve){ .received = UINT64_C(1) << 33,
		.answered = 2,
		.limited = 3,
		.kissed = 4,
		.denied = 5,
		.bad = 6,
		.octets_in = 7,
		.octets_out = 8,
		.clients = UINT64_C(1) << 33 };
	CU_ASSERT_EQUAL(peek(&w, "own.1.5.1.0").type, MIB_COUNTER64);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.5.1.0"), INT64_C(1) << 33);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.5.2.0"), 2);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.5.3.0"), 3);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.5.4.0"), 4);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.5.5.0"), 5);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.5.6.0"), 6);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.5.7.0"), 7);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.5.8.0"), 8);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.5.9.0"), UINT32_MAX);
}

static void
hosts_that_deserve_a_word_are_counted(void)
{
	w.flagged = 12;
	w.rogues = 30;
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.6.1.0"), 12);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.6.2.0"), 30);
}

static CU_TestInfo tests[] = {
	{ "the clock is told in microseconds",
	    the_clock_is_told_in_microseconds },
	{ "states are numbered from 1", states_are_numbered_from_1 },
	{ "the age of a state goes on", the_age_of_a_state_goes_on },
	{ "what is not known is the largest number",
	    what_is_not_known_is_the_largest_number },
	{ "what is huge is the largest but one",
	    what_is_huge_is_the_largest_but_one },
	{ "groups are counted", groups_are_counted },
	{ "the budget says what was spent and what is left",
	    the_budget_says_what_was_spent_and_what_is_left },
	{ "a ledger that cannot be written is false",
	    a_ledger_that_cannot_be_written_is_false },
	{ "what was ever sent has 64 bits", what_was_ever_sent_has_64_bits },
	{ "the sibling is told", the_sibling_is_told },
	{ "a sibling that was never heard says nothing",
	    a_sibling_that_was_never_heard_says_nothing },
	{ "a stranger has no bound and who is mad is dropped",
	    a_stranger_has_no_bound_and_who_is_mad_is_dropped },
	{ "without a sibling there is none", without_a_sibling_there_is_none },
	{ "the service is counted in 64 bits",
	    the_service_is_counted_in_64_bits },
	{ "hosts that deserve a word are counted",
	    hosts_that_deserve_a_word_are_counted },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_mib_own = { "view/mib_own", NULL, NULL, setup, NULL, tests };
