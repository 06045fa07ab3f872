/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "base/fnv.h"
#include "base/text.h"
#include "view/history.h"

#include "made.h"

#include <math.h>
#include <string.h>

static struct history h, other;
static struct snapshot s;
static uint8_t octets[HISTORY_OCTETS_MAX];

/* A moment at which a bucket of each span begins. */
static const struct wall begin = { INT64_C(1795305600) * 1000000000 };

static void
setup(void)
{
	history_init(&h);
	s = made_synced();
	s.at = begin;
	s.uptime_s = 1000;
	s.serve.answered = 5000;
	s.serve.limited = 0;
	s.sent.total = 300;
	history_feed(&h, &s);
}

/* d seconds later, during which hosts asked n times. */
static void
later(double d, uint64_t n)
{
	s.at = wall_add(s.at, d);
	s.uptime_s += d;
	s.serve.answered += n;
	history_feed(&h, &s);
}

static const struct history_point *
newest(enum history_span span)
{
	return history_at(&h, span, s.at, history_count(span) - 1);
}

static void
a_snapshot_is_in_all_three_spans(void)
{
	for (unsigned i = 0; i < HISTORY_SPANS; i++) {
		CU_ASSERT_PTR_NOT_NULL_FATAL(newest(i));
		CU_ASSERT_DOUBLE_EQUAL(newest(i)->offset_s, 0.00012, 1e-9);
		CU_ASSERT_DOUBLE_EQUAL(newest(i)->bound_s, 0.00041, 1e-9);
	}
}

static void
who_does_not_know_the_time_leaves_no_trace(void)
{
	history_init(&h);
	s = made_starting();
	s.at = begin;
	history_feed(&h, &s);
	CU_ASSERT_PTR_NULL(newest(HISTORY_HOUR));
}

static void
a_point_is_the_mean_offset_and_the_largest_bound(void)
{
	s.offset_s = 0.00024;
	s.error_bound_s = 0.0003;
	later(5, 0);
	CU_ASSERT_EQUAL(newest(HISTORY_HOUR)->count, 2);
	CU_ASSERT_DOUBLE_EQUAL(newest(HISTORY_HOUR)->offset_s, 0.00018, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(newest(HISTORY_HOUR)->bound_s, 0.00041, 1e-9);
}

static void
ten_seconds_later_it_is_another_point(void)
{
	later(10, 0);
	CU_ASSERT_EQUAL(newest(HISTORY_HOUR)->count, 1);
	CU_ASSERT_PTR_NOT_NULL(
	    history_at(&h, HISTORY_HOUR, s.at, HISTORY_HOUR_POINTS - 2));
	CU_ASSERT_EQUAL(newest(HISTORY_DAY)->count, 2);
}

static void
an_hour_later_the_hour_has_forgotten_it(void)
{
	s.at = wall_add(s.at, 3590);
	CU_ASSERT_PTR_NOT_NULL(history_at(&h, HISTORY_HOUR, s.at, 0));
	s.at = wall_add(s.at, 10);
	CU_ASSERT_PTR_NULL(history_at(&h, HISTORY_HOUR, s.at, 0));
	CU_ASSERT_PTR_NOT_NULL(
	    history_at(&h, HISTORY_DAY, s.at, HISTORY_DAY_POINTS - 1 - 12));
}

static void
a_gap_is_nothing(void)
{
	later(600, 0);
	for (unsigned i = 1; i < 60; i++)
		CU_ASSERT_PTR_NULL(history_at(&h, HISTORY_HOUR, s.at,
		    HISTORY_HOUR_POINTS - 1 - i));
	CU_ASSERT_PTR_NOT_NULL(
	    history_at(&h, HISTORY_HOUR, s.at, HISTORY_HOUR_POINTS - 1 - 60));
}

static void
before_time_began_there_is_nothing(void)
{
	CU_ASSERT_PTR_NULL(history_at(&h, HISTORY_WEEK, (struct wall){ 0 }, 0));
	CU_ASSERT_PTR_NULL(
	    history_at(&h, HISTORY_HOUR, s.at, HISTORY_HOUR_POINTS));
}

static void
requests_are_those_since_the_snapshot_before(void)
{
	double covered;

	later(10, 2000);
	CU_ASSERT_DOUBLE_EQUAL(newest(HISTORY_HOUR)->asked, 2000, 0);
	CU_ASSERT_DOUBLE_EQUAL(newest(HISTORY_HOUR)->covered_s, 10, 0);
	/* With the 5000 of the 1000 s before the first one. */
	CU_ASSERT_DOUBLE_EQUAL(history_asked(&h, s.at, &covered), 7000, 0);
	CU_ASSERT_DOUBLE_EQUAL(covered, 1010, 0);
}

static void
an_engine_that_began_anew_counts_from_there(void)
{
	s.uptime_s = 2;
	s.serve.answered = 70;
	s.sent.total = 305;
	s.at = wall_add(s.at, 10);
	history_feed(&h, &s);
	CU_ASSERT_DOUBLE_EQUAL(newest(HISTORY_HOUR)->asked, 70, 0);
	CU_ASSERT_DOUBLE_EQUAL(newest(HISTORY_HOUR)->covered_s, 2, 0);
	CU_ASSERT_DOUBLE_EQUAL(newest(HISTORY_HOUR)->sent, 5, 0);
}

static void
each_upstream_has_its_place(void)
{
	int i = history_find(&h, "192.0.2.40");

	CU_ASSERT_FATAL(i >= 0);
	/* made.c: 0.0003 * 3 - 0.0003 */
	CU_ASSERT_DOUBLE_EQUAL(newest(HISTORY_HOUR)->upstream_s[i], 0.0006,
	    1e-9);
	CU_ASSERT_EQUAL(history_find(&h, "unheard.example"), -1);
}

static void
who_fell_silent_has_no_offset(void)
{
	s.upstream[3].reach = 0;
	later(10, 0);
	CU_ASSERT(isnan(
	    newest(HISTORY_HOUR)->upstream_s[history_find(&h, "192.0.2.40")]));
}

/* More names one after the other than there are places. */
static void
a_new_server_takes_the_place_of_a_former_one(void)
{
	char name[32];
	int i;

	for (unsigned k = 0; k < 2 * ENGINE_SOURCES; k++) {
		struct text t = TEXT(name);

		text_add(&t, "new%u.example", k);
		text_copy(s.upstream[4].host, SOURCE_HOST_MAX, name);
		later(10, 0);
		i = history_find(&h, name);
		CU_ASSERT_FATAL(i >= 0);
		CU_ASSERT_DOUBLE_EQUAL(newest(HISTORY_HOUR)->upstream_s[i],
		    0.0009, 1e-9);
		CU_ASSERT_NOT_EQUAL(i, history_find(&h, "ntp1.example.net"));
	}
	CU_ASSERT(history_find(&h, "ntp1.example.net") >= 0);
}

static void
what_is_written_is_read_back(void)
{
	struct err e;
	size_t len;

	later(10, 2000);
	len = history_write(&h, octets);
	CU_ASSERT(len > 0 && len <= HISTORY_OCTETS_MAX);
	CU_ASSERT_EQUAL_FATAL(history_read(&other, octets, len, &e), 0);
	CU_ASSERT_EQUAL(memcmp(other.host, h.host, sizeof(h.host)), 0);
	for (unsigned i = 0; i < HISTORY_POINTS; i++) {
		CU_ASSERT_EQUAL(other.point[i].bucket, h.point[i].bucket);
		CU_ASSERT_EQUAL(other.point[i].asked, h.point[i].asked);
		CU_ASSERT_EQUAL(other.point[i].bound_s, h.point[i].bound_s);
	}
	CU_ASSERT_EQUAL(history_write(&other, octets), len);
}

static void
the_next_desk_goes_on_counting(void)
{
	struct err e;
	size_t len = history_write(&h, octets);

	CU_ASSERT_EQUAL_FATAL(history_read(&h, octets, len, &e), 0);
	later(10, 2000);
	CU_ASSERT_DOUBLE_EQUAL(newest(HISTORY_HOUR)->asked, 2000, 0);
}

static void
damage_is_found_wherever_it_is(void)
{
	struct err e;
	size_t len = history_write(&h, octets);

	for (size_t at = 0; at < len; at += 997) {
		octets[at] ^= 0x10;
		CU_ASSERT_EQUAL(history_read(&other, octets, len, &e), -1);
		CU_ASSERT_FALSE(other.begun);
		octets[at] ^= 0x10;
	}
	for (size_t n = 0; n < len; n += 1009)
		CU_ASSERT_EQUAL(history_read(&other, octets, n, &e), -1);
	CU_ASSERT_STRING_EQUAL(e.text,
	    "cut short or damaged: its checksum is wrong");
}

/* What has ever been written stays readable: a change of these octets needs
 * another version. */
static void
the_octets_are_those_of_version_1(void)
{
	size_t len;

	history_init(&h);
	h.begun = true;
	h.uptime_s = 1000.5;
	h.asked = 5000;
	h.sent = 300;
	text_copy(h.host[1], sizeof(h.host[1]), "ntp1.example.net");
	h.point[0] = (struct history_point){ 7, 3, 0.5f, 1, 20, 10, 2, { 4 } };
	h.point[HISTORY_POINTS - 1].bucket = 9;
	len = history_write(&h, octets);
	CU_ASSERT_EQUAL(len, 59165);
	CU_ASSERT_EQUAL(fnv(FNV_BEGIN, octets, len),
	    UINT64_C(0xb231508a2da2734b));
}

/* The third of five goes: the others keep their places and their past. */
static void
only_a_former_servers_place_is_given_up(void)
{
	int gone = history_find(&h, s.upstream[2].host);
	const struct history_point *first = newest(HISTORY_HOUR);

	s.upstreams = ENGINE_SOURCES;
	for (unsigned i = 5; i < ENGINE_SOURCES; i++) {
		struct text t = TEXT(s.upstream[i].host);

		s.upstream[i] = s.upstream[4];
		text_add(&t, "more%u.example", i);
	}
	later(10, 0); /* now all places are taken */
	text_copy(s.upstream[2].host, SOURCE_HOST_MAX, "new.example");
	later(10, 0);
	CU_ASSERT_EQUAL(history_find(&h, "new.example"), gone);
	CU_ASSERT(isnan(first->upstream_s[gone]));
	for (unsigned i = 0; i < ENGINE_SOURCES; i++) {
		int at = history_find(&h, s.upstream[i].host);

		CU_ASSERT_EQUAL(at, (int)i);
		CU_ASSERT(i >= 5 || i == 2 || !isnan(first->upstream_s[at]));
	}
}

static void
who_stands_first_keeps_its_place(void)
{
	CU_ASSERT_EQUAL(history_find(&h, s.upstream[0].host), 0);
	later(10, 0);
	/* made.c: -0.0003 */
	CU_ASSERT_DOUBLE_EQUAL(newest(HISTORY_HOUR)->upstream_s[0], -0.0003,
	    1e-9);
}

static void
one_host_on_many_ports_has_as_many_places(void)
{
	int a, b;

	made_one_host(&s);
	later(10, 0);
	a = history_find(&h, "127.0.0.1:11123");
	b = history_find(&h, "127.0.0.1:11126");
	CU_ASSERT_FATAL(a >= 0 && b >= 0);
	/* made.c: 0.0003 * i - 0.0003 */
	CU_ASSERT_DOUBLE_EQUAL(newest(HISTORY_HOUR)->upstream_s[a], -0.0003,
	    1e-9);
	CU_ASSERT_DOUBLE_EQUAL(newest(HISTORY_HOUR)->upstream_s[b], 0.0006,
	    1e-9);
}

static CU_TestInfo tests[] = {
	{ "only a former server's place is given up",
	    only_a_former_servers_place_is_given_up },
	{ "who stands first keeps its place",
	    who_stands_first_keeps_its_place },
	{ "one host on many ports has as many places",
	    one_host_on_many_ports_has_as_many_places },
	{ "a snapshot is in all three spans",
	    a_snapshot_is_in_all_three_spans },
	{ "who does not know the time leaves no trace",
	    who_does_not_know_the_time_leaves_no_trace },
	{ "a point is the mean offset and the largest bound",
	    a_point_is_the_mean_offset_and_the_largest_bound },
	{ "ten seconds later it is another point",
	    ten_seconds_later_it_is_another_point },
	{ "an hour later the hour has forgotten it",
	    an_hour_later_the_hour_has_forgotten_it },
	{ "a gap is nothing", a_gap_is_nothing },
	{ "before time began there is nothing",
	    before_time_began_there_is_nothing },
	{ "requests are those since the snapshot before",
	    requests_are_those_since_the_snapshot_before },
	{ "an engine that began anew counts from there",
	    an_engine_that_began_anew_counts_from_there },
	{ "each upstream has its place", each_upstream_has_its_place },
	{ "who fell silent has no offset", who_fell_silent_has_no_offset },
	{ "a new server takes the place of a former one",
	    a_new_server_takes_the_place_of_a_former_one },
	{ "what is written is read back", what_is_written_is_read_back },
	{ "the next desk goes on counting", the_next_desk_goes_on_counting },
	{ "damage is found wherever it is", damage_is_found_wherever_it_is },
	{ "the octets are those of version 1",
	    the_octets_are_those_of_version_1 },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_history = { "view/history", NULL, NULL, setup, NULL, tests };
