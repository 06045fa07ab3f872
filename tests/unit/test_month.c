/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "view/month.h"

#include "diary.h"
#include "made.h"

/* ---- the calendar */

static void
months_have_numbers_and_names(void)
{
	char buf[MONTH_NAME];

	CU_ASSERT_EQUAL(month_number(diary.s.at), DIARY_NOVEMBER);
	CU_ASSERT_EQUAL(month_parse("2026-11"), DIARY_NOVEMBER);
	CU_ASSERT_STRING_EQUAL(month_name(DIARY_NOVEMBER, buf), "2026-11");
	CU_ASSERT_STRING_EQUAL(month_name(DIARY_NOVEMBER + 2, buf), "2027-01");
	CU_ASSERT_EQUAL(month_begin(DIARY_NOVEMBER).ns,
	    diary_at(2026, 11, 1, 0).ns);
}

static void
what_is_no_month_has_no_number(void)
{
	static const char *const bad[] = { "", "2026", "2026-", "2026-1",
		"2026-00", "2026-13", "2026-111", "26-11", "2026/11", "-026-11",
		"1969-12", "2026-11 ", "month" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT_EQUAL(month_parse(bad[i]), 0);
}

static void
february_has_a_leap_day(void)
{
	CU_ASSERT_EQUAL(month_length(month_parse("2028-02")), 29);
	CU_ASSERT_EQUAL(month_length(month_parse("2026-02")), 28);
	CU_ASSERT_EQUAL(month_length(month_parse("2100-02")), 28);
	CU_ASSERT_EQUAL(month_length(month_parse("2026-12")), 31);
}

static void
the_29th_of_february_is_a_day_of_its_own(void)
{
	const struct month *m;

	diary.s.at = diary_at(2028, 2, 28, 86395);
	diary_later(0, 1);
	diary_later(10, 5);
	m = month_find(&diary.r, month_parse("2028-02"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	CU_ASSERT_EQUAL(m->day[27].requests, 1);
	CU_ASSERT_EQUAL(m->day[28].requests, 5);
	diary_later(86400, 7);
	m = month_find(&diary.r, month_parse("2028-03"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	CU_ASSERT_EQUAL(m->day[0].requests, 7);
}

static void
seconds_of_day_and_month_are_since_midnight_and_the_first(void)
{
	CU_ASSERT_DOUBLE_EQUAL(month_day_s(diary.s.at), 36000, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(month_month_s(diary.s.at), 11 * 86400 + 36000,
	    1e-6);
}

/* ---- counting */

static void
the_first_snapshot_counts_since_the_engines_start(void)
{
	CU_ASSERT_EQUAL(diary_count(MONTH_ANSWERED), 990);
	CU_ASSERT_EQUAL(diary_count(MONTH_LIMITED), 10);
	CU_ASSERT_EQUAL(diary_count(MONTH_IN), 1000);
	CU_ASSERT_EQUAL(diary_count(MONTH_OUT), 990);
	CU_ASSERT_EQUAL(diary_count(MONTH_OCTETS_IN), 48000);
	CU_ASSERT_EQUAL(diary_count(MONTH_SENT), 5);
	CU_ASSERT_EQUAL(diary_count(MONTH_STARTS), 1);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->covered_s, 60, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(wall_sub(diary.s.at, diary.r.began), 60, 1e-6);
}

static void
later_ones_count_what_they_gained(void)
{
	diary_later(10, 200);
	diary_later(10, 0);
	CU_ASSERT_EQUAL(diary_count(MONTH_ANSWERED), 1190);
	CU_ASSERT_EQUAL(diary_count(MONTH_OCTETS_OUT), 47520 + 200 * 48);
	CU_ASSERT_EQUAL(diary_count(MONTH_SENT), 5);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->covered_s, 80, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->served_s, 80, 1e-9);
	CU_ASSERT_EQUAL(diary_month()->day[11].requests, 1200);
}

static void
the_siblings_questions_are_no_requests_of_hosts(void)
{
	diary.s.serve.verdict[SERVER_SIBLING] += 150;
	diary_later(10, 200);
	CU_ASSERT_EQUAL(diary_count(MONTH_SIBLING), 150);
	CU_ASSERT_EQUAL(diary_month()->day[11].requests, 1050);
}

static void
a_new_day_has_a_line_of_its_own(void)
{
	diary_later(86400 - 36000, 100);
	CU_ASSERT_EQUAL(diary_month()->day[11].requests, 1000);
	CU_ASSERT_EQUAL(diary_month()->day[12].requests, 100);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->day[12].covered_s, 50400, 1);
	CU_ASSERT_EQUAL(diary_count(MONTH_ANSWERED), 1090);
}

static void
a_new_month_begins_with_nothing(void)
{
	const struct month *december;

	diary.s.at = diary_at(2026, 11, 30, 86390);
	diary_later(5, 3);
	diary_later(10, 4);
	december = month_find(&diary.r, DIARY_NOVEMBER + 1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(december);
	CU_ASSERT_EQUAL(december->count[MONTH_ANSWERED], 4);
	CU_ASSERT_EQUAL(december->day[0].requests, 4);
	CU_ASSERT_DOUBLE_EQUAL(december->covered_s, 10, 1e-6);
	CU_ASSERT_EQUAL(diary_count(MONTH_ANSWERED), 993);
	CU_ASSERT_EQUAL(month_latest(&diary.r), DIARY_NOVEMBER + 1);
}

static void
a_year_later_the_month_is_still_known_and_then_no_more(void)
{
	diary.s.at = diary_at(2027, 11, 30, 0);
	diary_later(10, 1);
	CU_ASSERT_PTR_NOT_NULL(diary_month());
	diary.s.at = diary_at(2027, 12, 1, 0);
	diary_later(10, 1);
	CU_ASSERT_PTR_NULL(diary_month());
	CU_ASSERT_PTR_NULL(month_find(&diary.r, 0));
	CU_ASSERT_PTR_NULL(month_find(&diary.r, -5));
}

/* ---- restarts */

static void
another_engine_counts_from_nothing(void)
{
	diary.s.started.ns = 78;
	diary.s.uptime_s = diary.s.since_s = 5;
	diary.s.serve = (struct snapshot_serve){ .answered = 7 };
	for (unsigned i = 0; i < diary.s.upstreams; i++)
		diary.s.upstream[i].sent = 1;
	month_feed(&diary.r, &diary.s);
	CU_ASSERT_EQUAL(diary_count(MONTH_ANSWERED), 997);
	CU_ASSERT_EQUAL(diary_count(MONTH_SENT), 10);
	CU_ASSERT_EQUAL(diary_count(MONTH_STARTS), 2);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->covered_s, 65, 1e-9);
}

/* Its counters passed those of the one before: only its name tells. */
static void
another_engine_is_known_by_its_start_alone(void)
{
	diary.s.started.ns = 78;
	diary_later(100, 5000);
	CU_ASSERT_EQUAL(diary_count(MONTH_ANSWERED), 990 + 5990);
	CU_ASSERT_EQUAL(diary_count(MONTH_SENT), 10);
}

/* The record was lost, and nobody saw the engine start: 53 s ago, and it has
 * been synchronised for 45. */
static void
an_engine_was_starting_before_it_was_what_it_is(void)
{
	month_init(&diary.r);
	diary.s.uptime_s = 53;
	diary.s.since_s = 45;
	month_feed(&diary.r, &diary.s);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->spell[ENGINE_STARTING].s, 8,
	    1e-9);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->spell[ENGINE_SYNCED].s, 45, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->served_s, 45, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->covered_s, 53, 1e-9);
	CU_ASSERT_EQUAL(diary_count(MONTH_ANSWERED), 990);
}

static void
an_engine_that_is_met_late_counts_from_then_on(void)
{
	diary.s.started.ns = 78;
	diary.s.uptime_s = MONTH_LATE_S + 1;
	diary.s.serve.answered = 1000000;
	diary.s.upstream[0].sent = 500;
	month_feed(&diary.r, &diary.s);
	CU_ASSERT_EQUAL(diary_count(MONTH_ANSWERED), 990);
	CU_ASSERT_EQUAL(diary_count(MONTH_SENT), 5);
	CU_ASSERT_EQUAL(diary_count(MONTH_STARTS), 1);
	diary_later(10, 3);
	CU_ASSERT_EQUAL(diary_count(MONTH_ANSWERED), 993);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->covered_s, 70, 1e-9);
}

static void
an_older_record_of_the_same_engine_loses_nothing(void)
{
	struct month_record kept = diary.r;

	diary_later(10, 100);
	diary_later(10, 100);
	diary.r = kept; /* a desk was killed */
	diary_later(10, 50);
	CU_ASSERT_EQUAL(diary_count(MONTH_ANSWERED), 990 + 250);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->covered_s, 90, 1e-9);
	CU_ASSERT_EQUAL(diary_count(MONTH_STARTS), 1);
}

static void
the_same_snapshot_twice_counts_once(void)
{
	month_feed(&diary.r, &diary.s);
	CU_ASSERT_EQUAL(diary_count(MONTH_ANSWERED), 990);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->covered_s, 60, 1e-9);
}

static void
a_counter_that_became_smaller_began_anew(void)
{
	diary.s.serve.limited = 4;
	diary.s.upstream[1].sent = 0;
	diary_later(10, 0);
	CU_ASSERT_EQUAL(diary_count(MONTH_LIMITED), 14);
	CU_ASSERT_EQUAL(diary_count(MONTH_SENT), 5);
}

/* ---- the time */

static void
what_is_before_the_time_is_known_belongs_to_the_day_when_it_is(void)
{
	month_init(&diary.r);
	diary.s = made_starting();
	diary.s.started.ns = 77;
	diary.s.at.ns = 0;
	diary.s.uptime_s = 12;
	diary.s.serve.answered = 3;
	CU_ASSERT_FALSE(month_feed(&diary.r, &diary.s));
	CU_ASSERT_EQUAL(month_latest(&diary.r), 0);
	CU_ASSERT_PTR_NULL(diary_month());
	diary.s = made_synced();
	diary.s.started.ns = 77;
	diary.s.at = diary_at(2026, 11, 12, 5);
	diary.s.uptime_s = 20;
	diary.s.serve.answered = 9;
	CU_ASSERT_TRUE(month_feed(&diary.r, &diary.s));
	CU_ASSERT_PTR_NOT_NULL_FATAL(diary_month());
	CU_ASSERT_EQUAL(diary_count(MONTH_ANSWERED), 9);
	CU_ASSERT_EQUAL(diary_count(MONTH_STARTS), 1);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->spell[ENGINE_STARTING].s, 12,
	    1e-9);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->spell[ENGINE_SYNCED].s, 8, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->served_s, 8, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->day[11].covered_s, 20, 1e-5);
	CU_ASSERT_DOUBLE_EQUAL(
	    wall_sub(diary_at(2026, 11, 12, 5), diary.r.began), 20, 1e-6);
}

static void
a_time_that_is_set_back_counts_nothing_twice(void)
{
	diary_later(10, 100);
	diary.s.at = wall_add(diary.s.at, -90000); /* it is the 11th again */
	diary_later(10, 100);
	CU_ASSERT_EQUAL(diary_count(MONTH_ANSWERED), 1190);
	CU_ASSERT_EQUAL(diary_month()->day[11].requests, 1100);
	CU_ASSERT_EQUAL(diary_month()->day[10].requests, 100);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->covered_s, 80, 1e-9);
}

static void
set_back_over_the_first_goes_on_in_the_month_before(void)
{
	diary.s.at = diary_at(2026, 12, 1, 0);
	diary_later(10, 100);
	diary.s.at = diary_at(2026, 11, 30, 86000);
	diary_later(10, 1);
	CU_ASSERT_EQUAL(diary_count(MONTH_ANSWERED), 991);
	CU_ASSERT_EQUAL(
	    month_find(&diary.r, DIARY_NOVEMBER + 1)->count[MONTH_ANSWERED],
	    100);
}

/* Servers that lie of another year would turn the page, and in the place of a
 * month of the year before. */
static void
in_panic_the_calendar_goes_on_as_it_was(void)
{
	diary.s.state = ENGINE_PANIC;
	diary.s.at = diary_at(2027, 12, 24, 0);
	diary_later(30, 100);
	diary_later(30, 100);
	CU_ASSERT_EQUAL(month_latest(&diary.r), DIARY_NOVEMBER);
	CU_ASSERT_EQUAL(diary_count(MONTH_ANSWERED), 1190);
	CU_ASSERT_EQUAL(diary.r.last.ns, diary_at(2026, 11, 12, 36060).ns);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->spell[ENGINE_PANIC].s, 60, 1e-9);
	CU_ASSERT_PTR_NULL(month_find(&diary.r, 12 * 2027 + 11));
}

static void
panic_before_any_time_is_of_no_month(void)
{
	month_init(&diary.r);
	diary.s.state = ENGINE_PANIC;
	diary_later(30, 100);
	CU_ASSERT_EQUAL(month_latest(&diary.r), 0);
	diary.s.state = ENGINE_SYNCED;
	diary_later(10, 0);
	CU_ASSERT_EQUAL(diary_count(MONTH_ANSWERED), 1090);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->spell[ENGINE_PANIC].s, 90, 1e-9);
}

static void
seconds_in_each_state_and_the_longest_at_once(void)
{
	diary.s.state = ENGINE_HOLDOVER;
	diary.s.since_s = 0;
	diary_later(300, 0);
	diary_later(300, 0);
	diary.s.state = ENGINE_SYNCED;
	diary.s.since_s = 0;
	diary_later(10, 0);
	diary.s.state = ENGINE_HOLDOVER;
	diary.s.since_s = 0;
	diary_later(100, 0);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->spell[ENGINE_HOLDOVER].s, 700,
	    1e-9);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->spell[ENGINE_HOLDOVER].longest_s,
	    600, 1e-9);
	CU_ASSERT_EQUAL(diary_month()->spell[ENGINE_HOLDOVER].began.ns,
	    diary_at(2026, 11, 12, 36000).ns);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->spell[ENGINE_SYNCED].s, 70, 1e-9);
}

/* Two hours of holdover, one on each side of midnight. */
static void
a_spell_over_the_first_is_cut_there(void)
{
	diary.s.at = diary_at(2026, 11, 30, 82800);
	diary.s.state = ENGINE_HOLDOVER;
	diary.s.since_s = 0;
	diary_later(3590, 0);
	diary_later(3610, 0);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->spell[ENGINE_HOLDOVER].longest_s,
	    3590, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(month_find(&diary.r, DIARY_NOVEMBER + 1)
				   ->spell[ENGINE_HOLDOVER]
				   .longest_s,
	    3600, 1e-6);
}

static void
hosts_that_get_no_time_are_not_served(void)
{
	diary.s.state = ENGINE_HOLDOVER;
	diary.s.serving.leap = LEAP_UNSYNC;
	diary.s.error_bound_s = 1.5;
	diary_later(40, 0);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->covered_s, 100, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->served_s, 60, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->bound_worst_s, 0.00041, 1e-12);
}

/* 60 s with 0.41 ms, 20 s with 0.81 ms: 0.51 ms. */
static void
the_bound_is_a_mean_over_time_and_the_worst(void)
{
	diary.s.error_bound_s = 0.00081;
	diary_later(20, 0);
	CU_ASSERT_DOUBLE_EQUAL(
	    diary_month()->bound_s / diary_month()->bounded_s, 0.00051, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->bound_worst_s, 0.00081, 1e-12);
}

static CU_TestInfo tests[] = {
	{ "months have numbers and names", months_have_numbers_and_names },
	{ "what is no month has no number", what_is_no_month_has_no_number },
	{ "February has a leap day", february_has_a_leap_day },
	{ "the 29th of February is a day of its own",
	    the_29th_of_february_is_a_day_of_its_own },
	{ "seconds of day and month are since midnight and the first",
	    seconds_of_day_and_month_are_since_midnight_and_the_first },
	{ "the first snapshot counts since the engine's start",
	    the_first_snapshot_counts_since_the_engines_start },
	{ "later ones count what they gained",
	    later_ones_count_what_they_gained },
	{ "the sibling's questions are no requests of hosts",
	    the_siblings_questions_are_no_requests_of_hosts },
	{ "a new day has a line of its own", a_new_day_has_a_line_of_its_own },
	{ "a new month begins with nothing", a_new_month_begins_with_nothing },
	{ "a year later the month is still known, and then no more",
	    a_year_later_the_month_is_still_known_and_then_no_more },
	{ "another engine counts from nothing",
	    another_engine_counts_from_nothing },
	{ "another engine is known by its start alone",
	    another_engine_is_known_by_its_start_alone },
	{ "an engine was starting before it was what it is",
	    an_engine_was_starting_before_it_was_what_it_is },
	{ "an engine that is met late counts from then on",
	    an_engine_that_is_met_late_counts_from_then_on },
	{ "an older record of the same engine loses nothing",
	    an_older_record_of_the_same_engine_loses_nothing },
	{ "the same snapshot twice counts once",
	    the_same_snapshot_twice_counts_once },
	{ "a counter that became smaller began anew",
	    a_counter_that_became_smaller_began_anew },
	{ "what is before the time is known belongs to the day when it is",
	    what_is_before_the_time_is_known_belongs_to_the_day_when_it_is },
	{ "a time that is set back counts nothing twice",
	    a_time_that_is_set_back_counts_nothing_twice },
	{ "set back over the first goes on in the month before",
	    set_back_over_the_first_goes_on_in_the_month_before },
	{ "in panic the calendar goes on as it was",
	    in_panic_the_calendar_goes_on_as_it_was },
	{ "panic before any time is of no month",
	    panic_before_any_time_is_of_no_month },
	{ "seconds in each state, and the longest at once",
	    seconds_in_each_state_and_the_longest_at_once },
	{ "a spell over the first is cut there",
	    a_spell_over_the_first_is_cut_there },
	{ "hosts that get no time are not served",
	    hosts_that_get_no_time_are_not_served },
	{ "the bound is a mean over time, and the worst",
	    the_bound_is_a_mean_over_time_and_the_worst },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_month = { "view/month", NULL, NULL, diary_begin, NULL,
	tests };
