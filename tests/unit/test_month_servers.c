/* SPDX-License-Identifier: ISC */
/*
 * The same module as test_month.c: servers, and incidents.
 */
#include "unit.h"

#include "base/text.h"
#include "view/month.h"

#include "diary.h"
#include "made.h"

#include <math.h>
#include <string.h>

/* ---- servers */

static void
packets_outside_have_the_headers_of_their_kind(void)
{
	uint64_t before = diary_count(MONTH_SENT_OCTETS);

	CU_ASSERT_EQUAL(before, 5 * (48 + 28));
	diary.s.upstream[0].addr.family = ADDR_V6;
	diary.s.upstream[0].sent += 2;
	diary.s.upstream[1].authenticated = true;
	diary.s.upstream[1].sent += 3;
	diary_later(10, 0);
	CU_ASSERT_EQUAL(diary_count(MONTH_SENT_OCTETS) - before,
	    2 * (48 + 48) + 3 * (48 + 24 + 28));
}

static void
each_server_has_its_line(void)
{
	diary.s.upstream[1].sent += 4;
	diary.s.upstream[1].received += 3;
	diary.s.upstream[1].verdict[SOURCE_KISS] += 2;
	diary_later(10, 0);
	CU_ASSERT_STRING_EQUAL(diary_month()->upstream[1].host,
	    "ntp2.example.org");
	CU_ASSERT_EQUAL(diary_month()->upstream[1].sent, 5);
	CU_ASSERT_EQUAL(diary_month()->upstream[1].received, 4);
	CU_ASSERT_EQUAL(diary_month()->upstream[1].kisses, 2);
	CU_ASSERT_EQUAL(diary_count(MONTH_KISSES), 2);
	CU_ASSERT_EQUAL(diary_month()->day[11].sent, 9);
}

/* 60 s with 20, 30 s with 14: 18. */
static void
a_score_has_a_mean_and_the_lowest_to_which_it_fell(void)
{
	CU_ASSERT(isinf(diary_month()->upstream[0].worst));
	diary.s.upstream[0].score = 14;
	diary_later(30, 0);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->upstream[0].score_s /
		diary_month()->upstream[0].asked_s,
	    18, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->upstream[0].worst, 14, 0);
	diary.s.upstream[0].score = 16;
	diary_later(30, 0);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->upstream[0].worst, 14, 0);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->upstream[0].score, 16, 0);
}

static void
a_score_that_rises_from_a_start_is_no_fault(void)
{
	diary.s.started.ns = 78;
	diary.s.uptime_s = 5;
	diary.s.upstream[0].score = 1;
	month_feed(&diary.r, &diary.s);
	diary.s.upstream[0].score = 2;
	diary_later(10, 0);
	CU_ASSERT(isinf(diary_month()->upstream[0].worst));
}

static void
a_stand_in_takes_a_place_of_its_own(void)
{
	text_copy(diary.s.upstream[0].host, SOURCE_HOST_MAX, "spare.example");
	diary.s.upstream[0].sent = 2;
	diary_later(10, 0);
	CU_ASSERT_STRING_EQUAL(diary_month()->upstream[5].host,
	    "spare.example");
	CU_ASSERT_EQUAL(diary_month()->upstream[5].sent, 2);
	CU_ASSERT_EQUAL(diary_month()->upstream[0].sent, 1);
	CU_ASSERT_EQUAL(diary_count(MONTH_SENT), 7);
}

/* A minute of them, in which each is asked once more. */
static void
one_host_on_many_ports_counts_each_packet_once(void)
{
	uint64_t before;

	made_one_host(&diary.s);
	diary_later(10, 0); /* by other names they are new, and count anew */
	before = diary_count(MONTH_SENT);
	for (unsigned i = 0; i < 5; i++) {
		diary.s.upstream[i].sent += 10 * i + 1;
		diary_later(10, 0);
	}
	CU_ASSERT_EQUAL(diary_count(MONTH_SENT) - before,
	    1 + 11 + 21 + 31 + 41);
	CU_ASSERT_STRING_EQUAL(diary_month()->upstream[5].host,
	    "127.0.0.1:11123");
	CU_ASSERT_EQUAL(diary_month()->upstream[5].sent, 1 + 1);
	CU_ASSERT_STRING_EQUAL(diary_month()->upstream[9].host,
	    "127.0.0.1:11127");
	CU_ASSERT_EQUAL(diary_month()->upstream[9].sent, 1 + 41);
}

static void
more_servers_than_lines_are_in_the_sums(void)
{
	char name[32];

	for (unsigned i = 0; i < 3 * MONTH_UPSTREAMS; i++) {
		struct text t = TEXT(name);

		text_add(&t, "s%u.example", i);
		text_copy(diary.s.upstream[0].host, SOURCE_HOST_MAX, name);
		diary.s.upstream[0].sent = 2;
		diary_later(10, 0);
	}
	CU_ASSERT_EQUAL(diary_count(MONTH_SENT), 5 + 2 * 3 * MONTH_UPSTREAMS);
}

static void
the_fullest_day_and_the_budget(void)
{
	diary.s.sent.day = 400;
	diary_later(10, 0);
	diary.s.sent.day = 90;
	diary_later(10, 0);
	CU_ASSERT_EQUAL(diary_month()->day_most, 400);
	CU_ASSERT_EQUAL(diary_month()->budget, 640);
}

/* 290 a day, heard for a quarter of a day. */
static void
the_siblings_share_is_what_it_says(void)
{
	struct snapshot_sibling b = made_paired().sibling;

	diary.s.sibling = b;
	diary_later(21600, 0);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->sibling_sent, 72.5, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->sibling_s, 21600, 1e-9);
	diary.s.sibling.state = SNAPSHOT_SIBLING_UNHEARD;
	diary_later(100, 0);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->sibling_s, 21600, 1e-9);
}

static void
a_hundred_thousand_hosts(void)
{
	month_hosts(&diary.r, 99999.6, 123456.4);
	month_hosts(&diary.r, 80000, 100000);
	CU_ASSERT_EQUAL(diary_month()->day[11].hosts, 100000);
	CU_ASSERT_DOUBLE_EQUAL(diary_month()->hosts, 123456.4, 1e-6);
	month_init(&diary.r);
	month_hosts(&diary.r, 5, 5);
	CU_ASSERT_EQUAL(month_latest(&diary.r), 0);
}

/* ---- incidents */

static const struct month_incident *
incident(enum month_kind k)
{
	return &diary_month()->incident[k];
}

static void
incidents_are_counted_with_their_hosts(void)
{
	CU_ASSERT(month_event(&diary.r, EVENT_SOURCE_FALSETICKER, diary.s.at,
	    "host=a.example state=falseticker offset=+0.5s"));
	CU_ASSERT(month_event(&diary.r, EVENT_SOURCE_FALSETICKER,
	    wall_add(diary.s.at, 60), "host=a.example state=falseticker"));
	CU_ASSERT(month_event(&diary.r, EVENT_SOURCE_FALSETICKER,
	    wall_add(diary.s.at, 90), "host=b.example"));
	CU_ASSERT_EQUAL(incident(MONTH_FALSETICKER)->count, 3);
	CU_ASSERT_EQUAL(incident(MONTH_FALSETICKER)->first.ns, diary.s.at.ns);
	CU_ASSERT_EQUAL(incident(MONTH_FALSETICKER)->last.ns,
	    wall_add(diary.s.at, 90).ns);
	CU_ASSERT_STRING_EQUAL(incident(MONTH_FALSETICKER)->subject[0].name,
	    "a.example");
	CU_ASSERT_EQUAL(incident(MONTH_FALSETICKER)->subject[0].count, 2);
	CU_ASSERT_STRING_EQUAL(incident(MONTH_FALSETICKER)->subject[1].name,
	    "b.example");
}

static void
what_is_no_incident_is_not_counted(void)
{
	CU_ASSERT_FALSE(month_event(&diary.r, EVENT_CLOCK_SYNCED, diary.s.at,
	    "synchronised"));
	CU_ASSERT_FALSE(month_event(&diary.r, EVENT_CLIENTS_WELL, diary.s.at,
	    "host=10.0.0.9"));
}

static void
an_event_without_a_host_is_counted_alone(void)
{
	static const char *const text[] = { "state=holdover", "ghost=x",
		"host=", "" };

	for (size_t i = 0; i < 4; i++)
		month_event(&diary.r, EVENT_CLOCK_HOLDOVER, diary.s.at,
		    text[i]);
	CU_ASSERT_EQUAL(incident(MONTH_HOLDOVER)->count, 4);
	CU_ASSERT_STRING_EQUAL(incident(MONTH_HOLDOVER)->subject[0].name, "");
}

/* One that flaps a thousand times, then a hundred others. */
static void
the_most_frequent_hosts_stay_named(void)
{
	char text[64];

	for (unsigned i = 0; i < 1000; i++)
		month_event(&diary.r, EVENT_CLIENTS_SICK, diary.s.at,
		    "host=10.0.0.9 x");
	for (unsigned i = 0; i < 100; i++) {
		struct text t = TEXT(text);

		text_add(&t, "host=10.0.1.%u flags=flood", i);
		month_event(&diary.r, EVENT_CLIENTS_SICK,
		    wall_add(diary.s.at, i), text);
	}
	CU_ASSERT_EQUAL(incident(MONTH_SICK)->count, 1100);
	CU_ASSERT_STRING_EQUAL(incident(MONTH_SICK)->subject[0].name,
	    "10.0.0.9");
	CU_ASSERT_EQUAL(incident(MONTH_SICK)->subject[0].count, 1000);
	CU_ASSERT_EQUAL(incident(MONTH_FALSETICKER)->count, 0);
}

static void
a_long_name_is_cut(void)
{
	char text[300] = "host=";

	memset(text + 5, 'x', 250);
	month_event(&diary.r, EVENT_SOURCE_SILENT, diary.s.at, text);
	CU_ASSERT_EQUAL(strlen(incident(MONTH_SILENT)->subject[0].name),
	    MONTH_SUBJECT - 1);
}

static void
of_a_long_name_the_port_stays(void)
{
	char text[300] = "host=";

	memset(text + 5, 'x', 200);
	for (unsigned i = 1; i < 3; i++) {
		struct text t = TEXT(text);

		t.len = 205;
		text_add(&t, ":%u state=silent", i);
		month_event(&diary.r, EVENT_SOURCE_SILENT, diary.s.at, text);
	}
	CU_ASSERT_EQUAL(incident(MONTH_SILENT)->subject[0].count, 1);
	CU_ASSERT_STRING_EQUAL(
	    incident(MONTH_SILENT)->subject[1].name + MONTH_SUBJECT - 4, "x:2");
}

static void
a_clock_that_is_far_off_does_not_name_the_month(void)
{
	month_event(&diary.r, EVENT_CLOCK_PANIC, diary_at(1999, 1, 1, 0),
	    "off");
	CU_ASSERT_EQUAL(incident(MONTH_PANIC)->count, 1);
	CU_ASSERT_EQUAL(incident(MONTH_PANIC)->last.ns, diary.s.at.ns);
}

static void
an_event_of_the_first_is_the_new_months(void)
{
	diary.s.at = diary_at(2026, 11, 30, 86395);
	diary_later(0, 0);
	month_event(&diary.r, EVENT_CLOCK_HOLDOVER, wall_add(diary.s.at, 10),
	    "");
	CU_ASSERT_EQUAL(incident(MONTH_HOLDOVER)->count, 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(month_find(&diary.r, DIARY_NOVEMBER + 1));
	CU_ASSERT_EQUAL(month_find(&diary.r, DIARY_NOVEMBER + 1)
			    ->incident[MONTH_HOLDOVER]
			    .count,
	    1);
}

static void
before_any_time_was_known_events_are_of_no_month(void)
{
	month_init(&diary.r);
	CU_ASSERT_FALSE(month_event(&diary.r, EVENT_SOURCE_KISSED, diary.s.at,
	    "host=a.example"));
	CU_ASSERT_EQUAL(month_latest(&diary.r), 0);
}

static void
each_kind_has_an_event_of_its_own(void)
{
	for (unsigned a = 0; a < MONTH_KINDS; a++)
		for (unsigned b = 0; b < a; b++)
			CU_ASSERT_NOT_EQUAL(month_kind_event(a),
			    month_kind_event(b));
}

static CU_TestInfo tests[] = {
	{ "packets outside have the headers of their kind",
	    packets_outside_have_the_headers_of_their_kind },
	{ "each server has its line", each_server_has_its_line },
	{ "a score has a mean, and the lowest to which it fell",
	    a_score_has_a_mean_and_the_lowest_to_which_it_fell },
	{ "a score that rises from a start is no fault",
	    a_score_that_rises_from_a_start_is_no_fault },
	{ "a stand-in takes a place of its own",
	    a_stand_in_takes_a_place_of_its_own },
	{ "one host on many ports counts each packet once",
	    one_host_on_many_ports_counts_each_packet_once },
	{ "more servers than lines are in the sums",
	    more_servers_than_lines_are_in_the_sums },
	{ "the fullest day and the budget", the_fullest_day_and_the_budget },
	{ "the sibling's share is what it says",
	    the_siblings_share_is_what_it_says },
	{ "a hundred thousand hosts", a_hundred_thousand_hosts },
	{ "incidents are counted with their hosts",
	    incidents_are_counted_with_their_hosts },
	{ "what is no incident is not counted",
	    what_is_no_incident_is_not_counted },
	{ "an event without a host is counted alone",
	    an_event_without_a_host_is_counted_alone },
	{ "the most frequent hosts stay named",
	    the_most_frequent_hosts_stay_named },
	{ "a long name is cut", a_long_name_is_cut },
	{ "of a long name the port stays", of_a_long_name_the_port_stays },
	{ "a clock that is far off does not name the month",
	    a_clock_that_is_far_off_does_not_name_the_month },
	{ "an event of the first is the new month's",
	    an_event_of_the_first_is_the_new_months },
	{ "before any time was known, events are of no month",
	    before_any_time_was_known_events_are_of_no_month },
	{ "each kind has an event of its own",
	    each_kind_has_an_event_of_its_own },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_month_servers = { "view/month servers", NULL, NULL,
	diary_begin, NULL, tests };
