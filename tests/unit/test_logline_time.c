/* SPDX-License-Identifier: ISC */
#include "conf/logline_time.h"

#include "unit.h"

#include <string.h>

#define DAY INT64_C(86400)

static struct logline l;

static void
setup(void)
{
	memset(&l, 0, sizeof(l));
}

/* Tenths of a second; -1 if there is no stamp. */
static int64_t
at(const char *line)
{
	int64_t v;

	return logline_time(&l, line, &v) ? v / 100000000 : -1;
}

static void
an_iso_date_with_any_zone_is_taken_as_it_stands(void)
{
	/* 2026-11-22 is day 20779 */
	CU_ASSERT_EQUAL(at("2026-11-22T03:12:05.5+01:00 x"),
	    (20779 * DAY + 11525) * 10 + 5);
	CU_ASSERT_EQUAL(l.clock, TALK_DATE);
	CU_ASSERT_EQUAL(at("2026-11-22 03:12:06 x"),
	    (20779 * DAY + 11526) * 10);
}
static void
syslog_knows_no_year_and_december_ends_one(void)
{
	int64_t december = at("Dec 31 23:59:59 x"),
		january = at("Jan  1 00:00:01 x");

	CU_ASSERT_EQUAL(l.clock, TALK_DAY);
	CU_ASSERT_EQUAL(january - december, 20);
}
static void
a_line_that_is_late_by_a_month_begins_no_year(void)
{
	int64_t july = at("Jul  1 00:00:00 x"), june = at("Jun 30 00:00:00 x");

	CU_ASSERT_EQUAL(july - june, DAY * 10);
}
static void
a_router_puts_the_year_behind_the_day_and_things_before_it(void)
{
	CU_ASSERT_EQUAL(at("<166>Nov 22 2026 03:12:05: %ASA"),
	    (20779 * DAY + 11525) * 10);
	CU_ASSERT_EQUAL(l.clock, TALK_DATE);
	setup();
	CU_ASSERT(at("000123: *Nov 22 03:12:05.123: %SEC") > 0);
	CU_ASSERT_EQUAL(l.clock, TALK_DAY);
	setup();
	CU_ASSERT_EQUAL(at("<14>1 2026-11-22T03:12:05Z h"),
	    (20779 * DAY + 11525) * 10);
}
static void
the_kernel_counts_from_boot(void)
{
	CU_ASSERT_EQUAL(at("[   12.500000] IN="), 125);
	CU_ASSERT_EQUAL(l.clock, TALK_SPAN);
}
static void
differences_are_added_if_the_first_is_nothing(void)
{
	CU_ASSERT_EQUAL(at("00:00:00.000000 rule"), 0);
	CU_ASSERT_EQUAL(at("00:00:01.500000 rule"), 15);
	CU_ASSERT_EQUAL(at("00:01:00.000000 rule"), 615);
}
static void
else_they_are_times_of_a_day(void)
{
	CU_ASSERT_EQUAL(at("03:12:05.000000 rule"), 115250);
	CU_ASSERT_EQUAL(at("03:12:06.000000 rule"), 115260);
}
static void
what_is_no_time_is_none(void)
{
	CU_ASSERT_EQUAL(at(""), -1);
	CU_ASSERT_EQUAL(at("2026-13-01T00:00:00 x"), -1);
	CU_ASSERT_EQUAL(at("Nov 32 00:00:00 x"), -1);
	CU_ASSERT_EQUAL(at("25:00:00 x"), -1);
	CU_ASSERT_EQUAL(at("Nov"), -1);
	CU_ASSERT_EQUAL(at("<"), -1);
	CU_ASSERT_EQUAL(l.clock, TALK_UNTIMED);
}
static void
a_stamp_of_another_kind_is_not_mixed_in(void)
{
	CU_ASSERT(at("2026-11-22T03:12:05 x") > 0);
	CU_ASSERT_EQUAL(at("[   12.500000] IN="), -1);
}

static CU_TestInfo tests[] = {
	{ "an iso date with any zone is taken as it stands",
	    an_iso_date_with_any_zone_is_taken_as_it_stands },
	{ "syslog knows no year and december ends one",
	    syslog_knows_no_year_and_december_ends_one },
	{ "a line that is late by a month begins no year",
	    a_line_that_is_late_by_a_month_begins_no_year },
	{ "a router puts the year behind the day and things before it",
	    a_router_puts_the_year_behind_the_day_and_things_before_it },
	{ "the kernel counts from boot", the_kernel_counts_from_boot },
	{ "differences are added if the first is nothing",
	    differences_are_added_if_the_first_is_nothing },
	{ "else they are times of a day", else_they_are_times_of_a_day },
	{ "what is no time is none", what_is_no_time_is_none },
	{ "a stamp of another kind is not mixed in",
	    a_stamp_of_another_kind_is_not_mixed_in },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_logline_time = { "conf/logline_time", NULL, NULL, setup,
	NULL, tests };
