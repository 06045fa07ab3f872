/* SPDX-License-Identifier: ISC */
#include "core/ledger.h"

#include "unit.h"

static struct ledger l;

static struct mono
at(double s)
{
	return (struct mono){ (int64_t)(s * 1e9) };
}

static void
setup(void)
{
	ledger_init(&l, 640, 1, at(0));
}

static void
the_first_packet_goes_at_once(void)
{
	CU_ASSERT_EQUAL(ledger_when(&l, 0, at(5)).ns, at(5).ns);
	CU_ASSERT_TRUE(ledger_spend(&l, 0, at(5)));
	CU_ASSERT_EQUAL(l.total, 1);
}

static void
a_public_server_has_64_s_of_peace(void)
{
	ledger_spend(&l, 0, at(0));
	CU_ASSERT_FALSE(ledger_spend(&l, 0, at(63.999)));
	CU_ASSERT_EQUAL(ledger_when(&l, 0, at(1)).ns, at(64).ns);
	CU_ASSERT_TRUE(ledger_spend(&l, 0, at(64)));
}

static void
a_lab_server_has_the_configured_floor(void)
{
	ledger_server(&l, 0, false);
	ledger_spend(&l, 0, at(0));
	CU_ASSERT_FALSE(ledger_spend(&l, 0, at(0.9)));
	CU_ASSERT_TRUE(ledger_spend(&l, 0, at(1)));
}

static void
one_server_does_not_wait_for_another(void)
{
	ledger_spend(&l, 0, at(0));
	CU_ASSERT_TRUE(ledger_spend(&l, 1, at(0)));
}

static void
a_burst_is_four_packets_two_seconds_apart(void)
{
	CU_ASSERT_TRUE(ledger_burst(&l, 0, at(0)));
	for (int i = 0; i < 4; i++)
		CU_ASSERT_TRUE(ledger_spend(&l, 0, at(2 * i)));
	CU_ASSERT_FALSE(ledger_spend(&l, 0, at(8)));
	CU_ASSERT_TRUE(ledger_spend(&l, 0, at(6 + 64)));
}

static void
a_burst_is_not_repeated_within_six_hours(void)
{
	ledger_burst(&l, 0, at(0));
	for (int i = 0; i < 4; i++)
		ledger_spend(&l, 0, at(2 * i));
	CU_ASSERT_FALSE(ledger_burst(&l, 0, at(21599)));
	CU_ASSERT_TRUE(ledger_burst(&l, 0, at(21600)));
}

static void
a_burst_does_not_begin_inside_the_floor(void)
{
	ledger_spend(&l, 0, at(0));
	CU_ASSERT_FALSE(ledger_burst(&l, 0, at(10)));
	CU_ASSERT_TRUE(ledger_burst(&l, 0, at(64)));
}

static void
a_burst_that_is_ended_leaves_the_floor(void)
{
	ledger_burst(&l, 0, at(0));
	ledger_spend(&l, 0, at(0));
	ledger_burst_end(&l, 0);
	CU_ASSERT_FALSE(ledger_spend(&l, 0, at(2)));
}

static void
the_budget_of_a_day_is_never_passed(void)
{
	unsigned sent = 0, most = 0;

	ledger_init(&l, 10, 1, at(0));
	ledger_server(&l, 0, false);
	/* as fast as it lets us, for three days; a window of a day slides */
	for (int t = 0; t < 3 * 86400; t++) {
		sent += ledger_spend(&l, 0, at(t));
		if (ledger_day(&l, at(t)) > most)
			most = ledger_day(&l, at(t));
	}
	CU_ASSERT_EQUAL(most, 10);
	CU_ASSERT_TRUE(sent > 10 && sent <= 30);
}

static void
the_second_half_of_the_budget_is_spent_evenly(void)
{
	unsigned sent = 0;

	ledger_init(&l, 48, 1, at(0));
	ledger_server(&l, 0, false);
	for (int t = 0; t < 100; t++)
		sent += ledger_spend(&l, 0, at(t));
	CU_ASSERT_EQUAL(sent, 24);
	/* the rest: one in 1800 s */
	CU_ASSERT_EQUAL(ledger_when(&l, 1, at(100)).ns, at(23 + 1800).ns);
}

static void
an_empty_budget_says_when_to_come_again(void)
{
	struct mono again;

	ledger_init(&l, 1, 1, at(0));
	ledger_spend(&l, 0, at(0));
	again = ledger_when(&l, 1, at(10));
	CU_ASSERT_TRUE(again.ns > at(10).ns);
	CU_ASSERT_TRUE(again.ns <= at(86400 + 1800).ns);
	CU_ASSERT_FALSE(ledger_spend(&l, 1, at(86400 - 1)));
	CU_ASSERT_TRUE(ledger_spend(&l, 1, at(86400 + 1800)));
}

static void
with_a_stranger_no_budget_is_above_2000(void)
{
	unsigned sent = 0;

	ledger_init(&l, 100000, 1, at(0));
	ledger_spend(&l, 1, at(0)); /* public */
	ledger_server(&l, 0, false);
	for (int t = 0; t < 86400; t += 2)
		sent += ledger_spend(&l, 0, at(t));
	CU_ASSERT_EQUAL(sent, LEDGER_PUBLIC_DAY - 1);
}

static void
hour_and_day_are_counted(void)
{
	ledger_spend(&l, 0, at(0));
	ledger_spend(&l, 1, at(2 * 3600));
	CU_ASSERT_EQUAL(ledger_hour(&l, at(2 * 3600 + 60)), 1);
	CU_ASSERT_EQUAL(ledger_day(&l, at(2 * 3600 + 60)), 2);
	CU_ASSERT_EQUAL(ledger_day(&l, at(3 * 86400)), 0);
	CU_ASSERT_EQUAL(l.total, 2);
}

static CU_TestInfo tests[] = {
	{ "the first packet goes at once", the_first_packet_goes_at_once },
	{ "a public server has 64 s of peace",
	    a_public_server_has_64_s_of_peace },
	{ "a lab server has the configured floor",
	    a_lab_server_has_the_configured_floor },
	{ "one server does not wait for another",
	    one_server_does_not_wait_for_another },
	{ "a burst is four packets two seconds apart",
	    a_burst_is_four_packets_two_seconds_apart },
	{ "a burst is not repeated within six hours",
	    a_burst_is_not_repeated_within_six_hours },
	{ "a burst does not begin inside the floor",
	    a_burst_does_not_begin_inside_the_floor },
	{ "a burst that is ended leaves the floor",
	    a_burst_that_is_ended_leaves_the_floor },
	{ "the budget of a day is never passed",
	    the_budget_of_a_day_is_never_passed },
	{ "the second half of the budget is spent evenly",
	    the_second_half_of_the_budget_is_spent_evenly },
	{ "an empty budget says when to come again",
	    an_empty_budget_says_when_to_come_again },
	{ "with a stranger no budget is above 2000",
	    with_a_stranger_no_budget_is_above_2000 },
	{ "hour and day are counted", hour_and_day_are_counted },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_ledger = { "core/ledger", NULL, NULL, setup, NULL, tests };
