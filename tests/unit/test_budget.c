/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "view/budget.h"

#include "made.h"

#include <string.h>

static char page[16384];
static struct snapshot s;

static void
setup(void)
{
	s = made_synced();
}

static const char *
budget(void)
{
	static const struct table_style plain = { false, 80 };
	struct text t = TEXT(page);

	budget_table(&s, &plain, &t);
	CU_ASSERT_FALSE(text_cut(&t));
	return page;
}

static bool
says(const char *words)
{
	return strstr(budget(), words) != NULL;
}

/* 5 servers with 60 packets each since ever, and 11 to one that is gone. */
static void
a_quiet_day(void)
{
	CU_ASSERT_STRING_EQUAL(budget(),
	    "gw1: 310 of 640 packets in a day\n"
	    "\n"
	    "  packets to                     last hour last day since ever\n"
	    "  ntp1.example.net                       4       62         60  server\n"
	    "  ntp2.example.org                       4       62         60  server\n"
	    "  time.a-very-..ment.example.edu         4       62         60  server\n"
	    "  192.0.2.40                             4       62         60  server\n"
	    "  2001:db8::123                          4       62         60  server\n"
	    "  others                                 2        0         11  named no more\n"
	    "  all                                   22      310        311\n"
	    "\n"
	    "  Left       330 packets of the day's 640\n"
	    "  Held by    nothing: each server is asked when it is its turn\n"
	    "  Kisses     none: no server has asked for less (RATE), or to be left alone\n"
	    "             (DENY, RSTR)\n");
}

static void
a_gateway_of_two_has_half(void)
{
	s = made_paired();
	CU_ASSERT(says("330 packets of the day's 640; half of the site's\n"));
}

static void
nobody_else_has_no_line(void)
{
	s.sent.total = 300;
	CU_ASSERT_FALSE(says("others"));
}

static void
a_budget_that_is_spent_leaves_nothing(void)
{
	s.sent.day = 700; /* a reload made it smaller */
	CU_ASSERT(says("Left       0 packets of the day's 640"));
}

static void
each_thing_that_holds_us_back_is_said(void)
{
	s.hold_s = 32;
	s.pace_s = 135;
	s.frugal_s = 7200;
	s.closed = true;
	CU_ASSERT(says("nobody is asked before 32 s are over"));
	CU_ASSERT(says("from now on a packet each 2 min"));
	CU_ASSERT(says("for 2.0 h more each server is asked"));
	CU_ASSERT(says("it cannot be written: nobody is asked"));
	CU_ASSERT_FALSE(says("Held by"));
}

static void
rate_says_what_floor_holds_now(void)
{
	struct snapshot_account *a = &s.upstream[0].account;

	strcpy(a->kiss, "RATE");
	a->kisses = 3;
	a->kissed_s = 7200;
	a->rated_s = a->floor_s = 2048;
	CU_ASSERT(says("Kiss       ntp1.example.net: RATE, 3 kisses, the last "
		       "2.0 h ago; now 34 min at\n             least between "
		       "two packets\n"));
	CU_ASSERT_FALSE(says("Kisses "));
	a->rated_s = 0;
	CU_ASSERT(says("RATE, 3 kisses, the last 2.0 h ago; over\n"));
}

static void
a_retired_server_and_its_stand_in_are_told_apart(void)
{
	s.spares = 2;
	strcpy(s.spare[0].host, "old.example.net");
	s.spare[0].account = (struct snapshot_account){ .total = 7,
		.kiss = "DENY",
		.kisses = 2,
		.kissed_s = 3600,
		.retired = true,
		.retired_s = 29.96 * 86400 };
	strcpy(s.spare[1].host, "other.example.net");
	strcpy(s.upstream[4].stands_for, "old.example.net");
	CU_ASSERT(says("60  stands in\n"));
	CU_ASSERT(says("7  retired\n"));
	CU_ASSERT(says("0  spare\n"));
	CU_ASSERT(says("old.example.net: DENY, 2 kisses, the last 60 min ago; "
		       "retired for\n             30 d more\n"));
}

static CU_TestInfo tests[] = {
	{ "a gateway of two has half", a_gateway_of_two_has_half },
	{ "a quiet day", a_quiet_day },
	{ "nobody else has no line", nobody_else_has_no_line },
	{ "a budget that is spent leaves nothing",
	    a_budget_that_is_spent_leaves_nothing },
	{ "each thing that holds us back is said",
	    each_thing_that_holds_us_back_is_said },
	{ "RATE says what floor holds now", rate_says_what_floor_holds_now },
	{ "a retired server and its stand-in are told apart",
	    a_retired_server_and_its_stand_in_are_told_apart },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_budget = { "view/budget", NULL, NULL, setup, NULL, tests };
