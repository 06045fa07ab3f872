/* SPDX-License-Identifier: ISC */
#include "view/statistics.h"

#include "made.h"
#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* 2000-01-01 is MJD 51544; 2026 begins 9497 days later (26 * 365 and seven
 * leap days): 61041, or 20454 days after 1970. */
#define DAY 20454
#define NEW_YEAR (INT64_C(86400) * DAY * 1000000000)

static struct statistics st;
static struct snapshot s;
static struct statistics_lines got;

static void
look(void)
{
	statistics_look(&st, &s, &got);
}

static void
pass(double seconds)
{
	s.uptime_s += seconds;
	s.at = wall_add(s.at, seconds);
}

/* The first look, at which nothing is news but our clock. */
static void
setup(void)
{
	st = (struct statistics){ 0 };
	s = made_synced();
	s.at.ns = NEW_YEAR + INT64_C(12075123900000);
	s.frequency_sigma_ppm = 0.002;
	s.wander_ppm = 0.0005;
	look();
}

#define LOOP got.text[STATISTICS_LOOP]
#define PEER got.text[STATISTICS_PEER]
#define CLOCK got.text[STATISTICS_CLOCK]

static void
the_files_have_the_names_that_ntpd_gives_them(void)
{
	CU_ASSERT_STRING_EQUAL(statistics_name(STATISTICS_LOOP), "loopstats");
	CU_ASSERT_STRING_EQUAL(statistics_name(STATISTICS_PEER), "peerstats");
	CU_ASSERT_STRING_EQUAL(statistics_name(STATISTICS_CLOCK), "clockstats");
}

/* 0.41 ms / 2; 0.0005 ppm/sqrt(s) * sqrt(60 s) = 0.003873 ppm; 1024 = 2^10 */
static void
loopstats_are_as_worked_by_hand(void)
{
	CU_ASSERT_STRING_EQUAL(LOOP,
	    "61041 12075.123 0.000120000 12.345000 0.000205000 0.003873 10\n");
	CU_ASSERT_EQUAL(got.day, DAY);
}

static void
clockstats_are_words_on_our_clock(void)
{
	CU_ASSERT_STRING_EQUAL(CLOCK,
	    "61041 12075.123 NTPGATE(0) state=synced stratum=3 leap=none "
	    "bound=0.000410000 frequency=12.345000 sigma=0.002000 "
	    "wander=0.000500 agreeing=4 steps=1\n");
}

/*
 * RFC 9327 4.2: configured, reachable, system peer: 8000 + 1000 + 0600.
 * Dispersion: 10 ms - (12.3 ms + 1 ms) / 2 - 2 ms = 1.35 ms.
 */
static void
peerstats_are_as_worked_by_hand(void)
{
	s.upstream[0].verdict[SOURCE_SAMPLE]++;
	look();
	CU_ASSERT_STRING_EQUAL(PEER,
	    "61041 12075.123 192.0.2.10 9600 -0.000300000 0.012300000 "
	    "0.001350000 0.000210000\n");
}

static unsigned
status_of(unsigned i)
{
	unsigned word = 0;

	s.upstream[i].verdict[SOURCE_SAMPLE]++;
	look();
	CU_ASSERT_EQUAL(sscanf(PEER, "%*d %*f %*s %x", &word), 1);
	return word;
}

static void
the_status_says_what_we_think_of_a_server(void)
{
	CU_ASSERT_EQUAL(status_of(1), 0x9400); /* candidate */
	CU_ASSERT_EQUAL(status_of(2), 0x9100); /* falseticker */
	s.upstream[1].authenticated = true;
	CU_ASSERT_EQUAL(status_of(1), 0xf400);
	s.upstream[1].reach = 0;
	CU_ASSERT_EQUAL(status_of(1), 0xe400);
	s.majority = s.upstream[1].truechimer = false;
	CU_ASSERT_EQUAL(status_of(1), 0xe000);
}

static void
a_port_that_is_not_ntps_stands_behind_the_address(void)
{
	made_one_host(&s);
	look();
	s.upstream[3].verdict[SOURCE_SAMPLE]++;
	look();
	CU_ASSERT_PTR_NOT_NULL(strstr(PEER, " 127.0.0.1:11126 9400 "));
}

static void
an_address_of_ipv6_is_written_without_brackets_or_port(void)
{
	CU_ASSERT_TRUE(addr_parse(&s.upstream[4].addr, "2001:db8::123"));
	s.upstream[4].addr.port = 123;
	look();
	CU_ASSERT_PTR_NOT_NULL(strstr(PEER, " 2001:db8::123 9400 "));
}

static void
the_first_look_finds_old_samples(void)
{
	CU_ASSERT_STRING_EQUAL(PEER, "");
	CU_ASSERT_STRING_NOT_EQUAL(LOOP, "");
}

static void
a_sample_is_written_once(void)
{
	s.upstream[3].verdict[SOURCE_SAMPLE] += 2;
	look();
	CU_ASSERT_PTR_NOT_NULL(strstr(PEER, " 192.0.2.13 "));
	CU_ASSERT_PTR_EQUAL(strchr(PEER, '\n'), PEER + strlen(PEER) - 1);
	look();
	CU_ASSERT_STRING_EQUAL(PEER, "");
}

static void
what_is_no_sample_is_not_written(void)
{
	s.upstream[3].received++;
	s.upstream[3].verdict[SOURCE_KISS]++;
	look();
	CU_ASSERT_STRING_EQUAL(PEER, "");
}

/* A reload puts other servers into the places. */
static void
a_server_that_moves_to_another_place_is_no_news(void)
{
	struct snapshot_upstream was = s.upstream[0];

	s.upstream[0] = s.upstream[1];
	s.upstream[1] = was;
	look();
	CU_ASSERT_STRING_EQUAL(PEER, "");
}

static void
the_first_sample_of_a_new_server_is(void)
{
	s.upstream[1].addr.ip[3] = 99;
	s.upstream[1].verdict[SOURCE_SAMPLE] = 1;
	look();
	CU_ASSERT_PTR_NOT_NULL(strstr(PEER, " 192.0.2.99 "));
}

static void
our_clock_has_a_line_a_minute_however_often_one_looks(void)
{
	unsigned lines = 0;

	for (int i = 0; i < 360; i++) { /* an hour */
		pass(10);
		look();
		CU_ASSERT_EQUAL(LOOP[0] == '\0', CLOCK[0] == '\0');
		lines += LOOP[0] != '\0';
		pass(0.004);
		look();
		CU_ASSERT_STRING_EQUAL(LOOP, "");
	}
	CU_ASSERT_EQUAL(lines, 60);
}

static void
a_change_of_state_is_a_line_in_clockstats_at_once(void)
{
	s.state = ENGINE_HOLDOVER;
	pass(1);
	look();
	CU_ASSERT_STRING_EQUAL(LOOP, "");
	CU_ASSERT_PTR_NOT_NULL(strstr(CLOCK, " state=holdover "));
	look();
	CU_ASSERT_STRING_EQUAL(CLOCK, "");
}

static void
while_the_time_is_not_known_nothing_is_written(void)
{
	s = made_starting();
	st = (struct statistics){ 0 };
	look();
	CU_ASSERT_STRING_EQUAL(LOOP, "");
	CU_ASSERT_STRING_EQUAL(PEER, "");
	CU_ASSERT_STRING_EQUAL(CLOCK, "");
}

static void
once_it_is_known_the_first_samples_are_written(void)
{
	while_the_time_is_not_known_nothing_is_written();
	s = made_synced();
	s.at.ns = NEW_YEAR;
	look();
	CU_ASSERT_PTR_NOT_NULL(strstr(PEER, " 192.0.2.10 "));
	CU_ASSERT_PTR_NOT_NULL(strstr(PEER, " 192.0.2.14 "));
}

static void
the_last_millisecond_of_a_day_is_in_that_day(void)
{
	s.at.ns = NEW_YEAR - 1;
	s.uptime_s += 100;
	look();
	CU_ASSERT_EQUAL(strncmp(LOOP, "61040 86399.999 ", 16), 0);
	CU_ASSERT_EQUAL(got.day, DAY - 1);
	s.at.ns = NEW_YEAR;
	s.uptime_s += 100;
	look();
	CU_ASSERT_EQUAL(strncmp(LOOP, "61041 0.000 ", 12), 0);
	CU_ASSERT_EQUAL(got.day, DAY);
}

static void
before_1970_there_were_days_too(void)
{
	s.at.ns = -1;
	s.uptime_s += 100;
	look();
	CU_ASSERT_EQUAL(strncmp(LOOP, "40586 86399.999 ", 16), 0);
	CU_ASSERT_EQUAL(got.day, -1);
}

/* Whatever the numbers: digits, signs, points, and no word among them. */
static void
what_is_not_finite_is_never_written(void)
{
	struct snapshot_upstream *u = &s.upstream[1];

	s.offset_s = NAN;
	s.frequency_ppm = INFINITY;
	s.wander_ppm = s.frequency_sigma_ppm = -INFINITY;
	s.pace.interval_s = NAN;
	s.error_bound_s = 1e300;
	u->distance_s = u->jitter_s = INFINITY;
	u->verdict[SOURCE_SAMPLE]++;
	pass(100);
	look();
	CU_ASSERT_STRING_EQUAL(LOOP + 16,
	    "0.000000000 0.000000 0.000000000 0.000000 0\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(PEER, " 16.000000000 0.000000000\n"));
	CU_ASSERT_PTR_NULL(strstr(CLOCK, "nan"));
	CU_ASSERT_PTR_NULL(strstr(CLOCK, "inf"));
	u->offset_s = NAN;
	u->verdict[SOURCE_SAMPLE]++;
	look();
	CU_ASSERT_STRING_EQUAL(PEER, "");
}

static void
all_servers_at_once_fit(void)
{
	s.upstreams = ENGINE_SOURCES;
	for (unsigned i = 0; i < ENGINE_SOURCES; i++) {
		struct snapshot_upstream *u = &s.upstream[i];

		*u = s.upstream[1];
		addr_parse(&u->addr, "2001:db8:1111:2222:3333:4444:5555:6660");
		u->addr.ip[15] = (uint8_t)i;
		u->addr.port = 65535;
		u->offset_s = u->delay_s = u->jitter_s = -999999999;
	}
	look();
	CU_ASSERT_PTR_NOT_NULL(strstr(PEER, ":6607]:65535 "));
	CU_ASSERT_EQUAL(PEER[strlen(PEER) - 1], '\n');
}

static CU_TestInfo tests[] = {
	{ "the files have the names that ntpd gives them",
	    the_files_have_the_names_that_ntpd_gives_them },
	{ "loopstats are as worked by hand", loopstats_are_as_worked_by_hand },
	{ "clockstats are words on our clock",
	    clockstats_are_words_on_our_clock },
	{ "peerstats are as worked by hand", peerstats_are_as_worked_by_hand },
	{ "the status says what we think of a server",
	    the_status_says_what_we_think_of_a_server },
	{ "a port that is not NTP's stands behind the address",
	    a_port_that_is_not_ntps_stands_behind_the_address },
	{ "an address of IPv6 is written without brackets or port",
	    an_address_of_ipv6_is_written_without_brackets_or_port },
	{ "the first look finds old samples",
	    the_first_look_finds_old_samples },
	{ "a sample is written once", a_sample_is_written_once },
	{ "what is no sample is not written",
	    what_is_no_sample_is_not_written },
	{ "a server that moves to another place is no news",
	    a_server_that_moves_to_another_place_is_no_news },
	{ "the first sample of a new server is",
	    the_first_sample_of_a_new_server_is },
	{ "our clock has a line a minute, however often one looks",
	    our_clock_has_a_line_a_minute_however_often_one_looks },
	{ "a change of state is a line in clockstats at once",
	    a_change_of_state_is_a_line_in_clockstats_at_once },
	{ "while the time is not known nothing is written",
	    while_the_time_is_not_known_nothing_is_written },
	{ "once it is known the first samples are written",
	    once_it_is_known_the_first_samples_are_written },
	{ "the last millisecond of a day is in that day",
	    the_last_millisecond_of_a_day_is_in_that_day },
	{ "before 1970 there were days, too", before_1970_there_were_days_too },
	{ "what is not finite is never written",
	    what_is_not_finite_is_never_written },
	{ "all servers at once fit", all_servers_at_once_fit },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_statistics = { "view/statistics", NULL, NULL, setup, NULL,
	tests };
