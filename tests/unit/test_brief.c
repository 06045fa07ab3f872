/* SPDX-License-Identifier: ISC */
#include "view/brief.h"

#include "made.h"
#include "unit.h"

#include <math.h>
#include <string.h>

static char line[BRIEF_MAX];

static const char *
brief(struct snapshot s)
{
	struct text t = TEXT(line);

	brief_print(&s, &t);
	CU_ASSERT_FALSE(text_cut(&t));
	return line;
}

static void
synchronised_it_says_how_well_to_whom_and_at_what_cost(void)
{
	struct snapshot s = made_synced();

	s.serve.clients = 212;
	CU_ASSERT_STRING_EQUAL(brief(s),
	    "synced, within 410 us (95 %), stratum 3, 212 hosts; 310 of 640 "
	    "packets today");
}

static void
one_host_is_no_hosts(void)
{
	struct snapshot s = made_synced();

	s.serve.clients = 1;
	CU_ASSERT_PTR_NOT_NULL(strstr(brief(s), ", 1 host; "));
}

static void
starting_it_says_who_has_answered(void)
{
	CU_ASSERT_STRING_EQUAL(brief(made_starting()),
	    "starting, the time is not known yet: 1 of 5 servers have "
	    "answered, 0 hosts; 3 of 640 packets today");
}

static void
in_holdover_the_bound_is_told(void)
{
	CU_ASSERT_PTR_NOT_NULL(strstr(brief(made_holdover()),
	    "holdover, within 12.3 ms (95 %), stratum 3, "));
}

static void
what_is_not_served_any_more_is_told(void)
{
	struct snapshot s = made_holdover();

	s.serving = (struct server_time){ .leap = LEAP_UNSYNC,
		.stratum = STRATUM_UNSYNC };
	CU_ASSERT_PTR_NOT_NULL(strstr(brief(s),
	    "(95 %), hosts are told that the time is not known, 0 hosts"));
}

static void
in_panic_it_says_by_how_much_and_where_to_look(void)
{
	CU_ASSERT_PTR_NOT_NULL(strstr(brief(made_panic()),
	    "panic, the clock is off by +3.40 s: see \"ntpgate status\", "));
}

static void
a_ledger_that_cannot_be_written_matters_more_than_packets(void)
{
	struct snapshot s = made_synced();

	s.closed = true;
	CU_ASSERT_PTR_NOT_NULL(strstr(brief(s),
	    "; the ledger cannot be written: nobody is asked"));
	CU_ASSERT_PTR_NULL(strstr(line, "packets"));
}

static void
the_largest_numbers_fit(void)
{
	struct snapshot s = made_holdover();

	s.closed = true;
	s.error_bound_s = 1e30;
	s.serving.leap = LEAP_UNSYNC;
	s.serve.clients = UINT64_MAX;
	brief(s);
	s.error_bound_s = INFINITY;
	brief(s);
	CU_ASSERT_PTR_NULL(strchr(line, '\n'));
}

static CU_TestInfo tests[] = {
	{ "synchronised, it says how well, to whom, and at what cost",
	    synchronised_it_says_how_well_to_whom_and_at_what_cost },
	{ "one host is no hosts", one_host_is_no_hosts },
	{ "starting, it says who has answered",
	    starting_it_says_who_has_answered },
	{ "in holdover the bound is told", in_holdover_the_bound_is_told },
	{ "what is not served any more is told",
	    what_is_not_served_any_more_is_told },
	{ "in panic it says by how much, and where to look",
	    in_panic_it_says_by_how_much_and_where_to_look },
	{ "a ledger that cannot be written matters more than packets",
	    a_ledger_that_cannot_be_written_matters_more_than_packets },
	{ "the largest numbers fit", the_largest_numbers_fit },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_brief = { "view/brief", NULL, NULL, NULL, NULL, tests };
