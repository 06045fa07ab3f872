/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "view/pace.h"

#include <math.h>
#include <string.h>

static char said[PACE_MAX];

static const char *
reason(enum engine_pace_reason r, double peak_s, double best_s)
{
	static struct snapshot s;

	s.pace = (struct engine_pace){ .reason = r,
		.interval_s = 4096,
		.promised_s = 0.005,
		.peak_s = peak_s,
		.best_s = best_s };
	return pace_reason(&s, said);
}

static void
a_start_says_that_it_is_one(void)
{
	CU_ASSERT_STRING_EQUAL(reason(ENGINE_PACE_START, INFINITY, INFINITY),
	    "a start, more and more rarely from now on");
}

static void
a_promise_kept_at_poll_max_says_by_how_much(void)
{
	CU_ASSERT_STRING_EQUAL(reason(ENGINE_PACE_MAX, 0.0019, 0.001),
	    "bound 1.90 ms < 5.00 ms, at poll.max");
}

static void
a_promise_kept_by_packets_is_a_comparison(void)
{
	CU_ASSERT_STRING_EQUAL(reason(ENGINE_PACE_PROMISE, 0.0049, 0.001),
	    "bound 4.90 ms < 5.00 ms");
}

static void
poll_min_may_be_just_enough_or_not(void)
{
	CU_ASSERT_STRING_EQUAL(reason(ENGINE_PACE_MIN, 0.0048, 0.0048),
	    "bound 4.80 ms < 5.00 ms, at poll.min");
	CU_ASSERT_STRING_EQUAL(reason(ENGINE_PACE_MIN, 0.0052, 0.0052),
	    "bound 5.20 ms > 5.00 ms, at poll.min");
}

static void
what_packets_cannot_keep_names_the_best_that_they_could(void)
{
	CU_ASSERT_STRING_EQUAL(reason(ENGINE_PACE_FUTILE, 0.009, 0.007),
	    "poll.max: 7.00 ms > 5.00 ms even at poll.min");
}

static void
after_a_loss_of_the_ledger_courtesy_is_the_reason(void)
{
	static struct snapshot s;

	s.pace = (struct engine_pace){ .reason = ENGINE_PACE_START,
		.interval_s = 5 };
	CU_ASSERT_EQUAL(pace_interval(&s), 5);
	s.frugal_s = 7200;
	CU_ASSERT_EQUAL(pace_interval(&s), 3600);
	CU_ASSERT_STRING_EQUAL(pace_reason(&s, said),
	    "the ledger was lost, and courtesy comes first");
	s.pace.interval_s = 4096;
	CU_ASSERT_EQUAL(pace_interval(&s), 4096);
	CU_ASSERT_PTR_NULL(strstr(pace_reason(&s, said), "ledger"));
}

static void
a_bound_that_nobody_can_tell_is_unknown(void)
{
	CU_ASSERT_STRING_EQUAL(reason(ENGINE_PACE_MAX, INFINITY, INFINITY),
	    "bound unknown > 5.00 ms, at poll.max");
}

static void
each_reason_has_its_word(void)
{
	CU_ASSERT_STRING_EQUAL(pace_name(ENGINE_PACE_START), "start");
	CU_ASSERT_STRING_EQUAL(pace_name(ENGINE_PACE_MAX), "max");
	CU_ASSERT_STRING_EQUAL(pace_name(ENGINE_PACE_PROMISE), "promise");
	CU_ASSERT_STRING_EQUAL(pace_name(ENGINE_PACE_MIN), "min");
	CU_ASSERT_STRING_EQUAL(pace_name(ENGINE_PACE_FUTILE), "futile");
}

static CU_TestInfo tests[] = {
	{ "after a loss of the ledger courtesy is the reason",
	    after_a_loss_of_the_ledger_courtesy_is_the_reason },
	{ "a start says that it is one", a_start_says_that_it_is_one },
	{ "a promise kept at poll.max says by how much",
	    a_promise_kept_at_poll_max_says_by_how_much },
	{ "a promise kept by packets is a comparison",
	    a_promise_kept_by_packets_is_a_comparison },
	{ "poll.min may be just enough, or not",
	    poll_min_may_be_just_enough_or_not },
	{ "what packets cannot keep names the best that they could",
	    what_packets_cannot_keep_names_the_best_that_they_could },
	{ "a bound that nobody can tell is unknown",
	    a_bound_that_nobody_can_tell_is_unknown },
	{ "each reason has its word", each_reason_has_its_word },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_pace = { "view/pace", NULL, NULL, NULL, NULL, tests };
