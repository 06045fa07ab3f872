/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "view/table.h"

#include "made.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static char page[16384];

static const char *
status(struct snapshot s, struct table_style style)
{
	struct text t = TEXT(page);

	table_status(&s, &style, &t);
	CU_ASSERT_FALSE(text_cut(&t));
	return page;
}

static const char *
upstreams(struct snapshot s, struct table_style style)
{
	struct text t = TEXT(page);

	table_upstreams(&s, &style, &t);
	CU_ASSERT_FALSE(text_cut(&t));
	return page;
}

static const struct table_style plain = { false, 80 };

/* The first line that differs is worth more than "not equal". */
static void
same(const char *got, const char *want)
{
	size_t i = 0, line = 0;

	while (got[i] != '\0' && got[i] == want[i]) {
		if (got[i] == '\n')
			line = i + 1;
		i++;
	}
	if (got[i] != want[i])
		printf("\n  got:  %.*s\n  want: %.*s\n",
		    (int)strcspn(got + line, "\n"), got + line,
		    (int)strcspn(want + line, "\n"), want + line);
	CU_ASSERT_STRING_EQUAL(got, want);
}

static size_t
longest_line(const char *text)
{
	size_t most = 0;

	while (*text != '\0') {
		size_t n = strcspn(text, "\n");

		most = n > most ? n : most;
		text += n + (text[n] == '\n');
	}
	return most;
}

static void
a_synced_gateway(void)
{
	same(status(made_synced(), plain),
	    "gw1: synced, stratum 3, within 410 us of the truth (95 %), for 3.2 h\n"
	    "\n"
	    "  Truth      4 of 5 groups agree; losses until undecidable: 2\n"
	    "  Our clock  120 us slow, oscillator 12.345 ppm slow; kernel's clock steered\n"
	    "  We serve   stratum 3, root distance 8.60 ms, reference ntp1.example.net\n"
	    "  Used       ntp1.example.net, ntp2.example.org, 192.0.2.40, 2001:db8::123\n"
	    "  Not used   time.a-very-long-name.department.example.edu: off by 500 ms, while\n"
	    "             4 of 5 groups agree within 1.20 ms\n"
	    "  Asking     each server every 17 min: bound 4.80 ms < 5.00 ms\n"
	    "  Budget     310 of 640 packets in a day (48 %), 22 in the last hour, 311 in all\n"
	    "  Hosts      12345 requests: 12300 answered, 0 limited, 45 denied, 0 bad\n"
	    "  Running    for 3.2 h; clock stepped 1 time\n");
}

static void
a_starting_gateway(void)
{
	same(status(made_starting(), plain),
	    "gw1: starting, for 12 s: the time is not yet known\n"
	    "\n"
	    "  Truth      3 of 5 groups of servers must agree; 1 answers so far\n"
	    "  Meanwhile  hosts are told that we do not know the time (leap 3, stratum 16)\n"
	    "  Not used   ntp1.example.net: waiting: 1 of 5 groups answers, 3 must agree\n"
	    "             ntp2.example.org: no address yet: the name does not resolve\n"
	    "             time.a-very-long-name.department.example.edu: waiting for its first\n"
	    "             answer\n"
	    "             192.0.2.40: bad: it says that it does not know the time\n"
	    "             2001:db8::123: waiting: its first question goes out in 53 s\n"
	    "  Asking     each server every 64 s: a start, more and more rarely from now on\n"
	    "  Budget     3 of 640 packets in a day (0 %), 3 in the last hour, 3 in all\n"
	    "  Hosts      3 requests: 3 answered, 0 limited, 0 denied, 0 bad\n"
	    "  Running    for 12 s; clock stepped 0 times\n");
}

static void
a_gateway_in_holdover(void)
{
	same(status(made_holdover(), plain),
	    "gw1: holdover, stratum 3, within 12.3 ms of the truth (95 %), for 2.1 h\n"
	    "\n"
	    "  Truth      no server answers\n"
	    "  Alone      our oscillator carries us; in 56 h the bound passes 1 s, and hosts\n"
	    "             are told that we do not know the time\n"
	    "  To do      do answers of the servers (UDP, from port 123) still reach us?\n"
	    "  Our clock  120 us slow, oscillator 12.345 ppm slow; kernel's clock steered\n"
	    "  We serve   stratum 3, root distance 20.5 ms, reference ntp1.example.net\n"
	    "  Not used   ntp1.example.net: silent: 12 questions unanswered\n"
	    "             ntp2.example.org: silent: 12 questions unanswered, and the network\n"
	    "             says that nothing is there\n"
	    "             time.a-very-long-name.department.example.edu: refused:\n"
	    "             kiss-o'-death RATE (come less often)\n"
	    "             192.0.2.40: bad: it says that it does not know the time\n"
	    "             2001:db8::123: silent: 12 questions unanswered\n"
	    "  Asking     each server every 17 min: bound 4.80 ms < 5.00 ms\n"
	    "  Budget     310 of 640 packets in a day (48 %), 22 in the last hour, 311 in all\n"
	    "  Hosts      12345 requests: 12300 answered, 0 limited, 45 denied, 0 bad\n"
	    "  Running    for 3.2 h; clock stepped 1 time\n");
}

static void
panic_says_what_to_do(void)
{
	same(status(made_panic(), plain),
	    "gw1: panic, for 12 min: the servers say that we are 3.40 s slow, and nothing\n"
	    "    explains it\n"
	    "\n"
	    "  Truth      4 of 5 groups agree; losses until undecidable: 2\n"
	    "  To do      look at a clock that you trust.  If the servers are right, \"ntpgate\n"
	    "             accept step\" sets ours by +3.400 s at once.  If they are wrong,\n"
	    "             replace them in ntpgate.conf.\n"
	    "  Meanwhile  hosts get our own time, until its bound passes 1 s\n"
	    "  Our clock  3.40 s slow, oscillator 12.345 ppm slow; kernel's clock steered\n"
	    "  We serve   stratum 3, root distance 8.60 ms, reference ntp1.example.net\n"
	    "  Used       ntp1.example.net, ntp2.example.org, 192.0.2.40, 2001:db8::123\n"
	    "  Not used   time.a-very-long-name.department.example.edu: off by 500 ms, while\n"
	    "             4 of 5 groups agree within 1.20 ms\n"
	    "  Asking     each server every 17 min: bound 4.80 ms < 5.00 ms\n"
	    "  Budget     310 of 640 packets in a day (48 %), 22 in the last hour, 311 in all\n"
	    "  Hosts      12345 requests: 12300 answered, 0 limited, 45 denied, 0 bad\n"
	    "  Running    for 3.2 h; clock stepped 1 time\n");
}

static void
servers_of_a_synced_gateway(void)
{
	same(upstreams(made_synced(), plain),
	    " host                     st reach   poll   next   offset   delay  jitter  score\n"
	    "*ntp1.example.net          2   377 17 min   12 s  -300 us 12.3 ms  210 us   20.0\n"
	    "    used: 4 of 5 groups agree, and our reference id names this one; if it\n"
	    "    failed: 3 of 4, losses until undecidable: 0\n"
	    "+ntp2.example.org          2   377 17 min  4 min     0 ns 13.3 ms  210 us   19.5\n"
	    "    used: 4 of 5 groups agree; if it failed: 3 of 4, losses until undecidable: 0\n"
	    "xtime.a-ve..t.example.edu  2   377 17 min  7 min  +500 ms 14.3 ms  210 us   19.0\n"
	    "    not used: off by 500 ms, while 4 of 5 groups agree within 1.20 ms; if it\n"
	    "    failed, nothing would be lost\n"
	    "+192.0.2.40                2   377 17 min 10 min  +600 us 15.3 ms  210 us   18.5\n"
	    "    used: 4 of 5 groups agree; if it failed: 3 of 4, losses until undecidable: 0\n"
	    "+2001:db8::123             2   377 17 min 14 min  +900 us 16.3 ms  210 us   18.0\n"
	    "    used: 4 of 5 groups agree; if it failed: 3 of 4, losses until undecidable: 0\n"
	    "\n"
	    "4 of 5 groups agree; losses until undecidable: 2\n"
	    "each server is asked every 17 min: bound 4.80 ms < 5.00 ms\n"
	    "* used, and our reference id   + used   x tells another time   blank: not used\n");
}

static void
servers_of_a_starting_gateway(void)
{
	same(upstreams(made_starting(), plain),
	    " host                     st reach   poll   next   offset   delay  jitter  score\n"
	    " ntp1.example.net          2   001   64 s    1 s  -300 us 12.3 ms  210 us    1.0\n"
	    "    waiting: 1 of 5 groups answers, 3 must agree\n"
	    " ntp2.example.org          -   000   64 s      -        -       -       -    0.0\n"
	    "    no address yet: the name does not resolve; it is looked up again\n"
	    " time.a-ve..t.example.edu  -   000   64 s   27 s        -       -       -    0.0\n"
	    "    waiting for its first answer\n"
	    " 192.0.2.40                -   000   64 s   40 s        -       -       -    0.0\n"
	    "    bad: it says that it does not know the time; asked again in 40 s\n"
	    " 2001:db8::123             -   000   64 s   53 s        -       -       -    0.0\n"
	    "    waiting: its first question goes out in 53 s\n"
	    "\n"
	    "each server is asked every 64 s: a start, more and more rarely from now on\n"
	    "* used, and our reference id   + used   x tells another time   blank: not used\n");
}

static void
servers_of_a_gateway_in_holdover(void)
{
	same(upstreams(made_holdover(), plain),
	    " host                     st reach   poll   next   offset   delay  jitter  score\n"
	    " ntp1.example.net          2   000  2.3 h    1 s  -300 us 12.3 ms  210 us  -99.3\n"
	    "    silent: 12 questions unanswered; asked again in 1 s\n"
	    " ntp2.example.org          2   000  2.3 h 34 min     0 ns 13.3 ms  210 us  -99.3\n"
	    "    silent: 12 questions unanswered, and the network says that nothing is there;\n"
	    "    asked again in 34 min\n"
	    " time.a-ve..t.example.edu  2   000  2.3 h 68 min  +500 ms 14.3 ms  210 us  -99.3\n"
	    "    refused: kiss-o'-death RATE (come less often); asked again in 68 min\n"
	    " 192.0.2.40                2   000  2.3 h  1.7 h  +600 us 15.3 ms  210 us  -99.3\n"
	    "    bad: it says that it does not know the time; asked again in 1.7 h\n"
	    " 2001:db8::123             2   000  2.3 h  2.3 h  +900 us 16.3 ms  210 us  -99.3\n"
	    "    silent: 12 questions unanswered; asked again in 2.3 h\n"
	    "\n"
	    "each server is asked every 17 min: bound 4.80 ms < 5.00 ms\n"
	    "* used, and our reference id   + used   x tells another time   blank: not used\n");
}

static void
no_line_is_longer_than_80(void)
{
	const struct snapshot all[] = { made_synced(), made_starting(),
		made_holdover(), made_panic() };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		CU_ASSERT(longest_line(status(all[i], plain)) <= 80);
		CU_ASSERT(longest_line(upstreams(all[i], plain)) <= 80);
	}
}

static void
a_screen_has_room_for_status(void)
{
	struct snapshot s = made_holdover();
	size_t lines = 0;

	s.upstreams = 7;
	s.upstream[5] = s.upstream[6] = s.upstream[4];
	for (const char *c = status(s, plain); *c != '\0'; c++)
		lines += *c == '\n';
	CU_ASSERT(lines <= 24);
}

static void
absurd_numbers_keep_the_columns(void)
{
	struct snapshot s = made_synced();
	struct snapshot_upstream *u = &s.upstream[0];

	u->offset_s = -86400.0 * 365 * 68;
	u->delay_s = 16.7 * 60;
	u->jitter_s = 5999;
	u->score = -100;
	u->stratum = 15;
	u->poll_s = u->next_s = 8192 * 1.1;
	const char *row = strchr(upstreams(s, plain), '\n') + 1;

	CU_ASSERT_EQUAL(strcspn(row, "\n"), 80);
	CU_ASSERT_EQUAL(longest_line(page), 80);
}

static void
a_wide_terminal_shows_whole_names(void)
{
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(upstreams(made_synced(), (struct table_style){ false, 132 }),
		"xtime.a-very-long-name.department.example.edu  2"));
}

static void
a_narrow_terminal_gets_80_columns(void)
{
	char wide[sizeof(page)];

	memcpy(wide, status(made_synced(), plain), sizeof(wide));
	same(status(made_synced(), (struct table_style){ false, 20 }), wide);
}

static void
only_the_state_is_coloured(void)
{
	const struct table_style colour = { true, 80 };
	const char *text = status(made_synced(), colour);
	unsigned escapes = 0;

	CU_ASSERT_PTR_NOT_NULL(
	    strstr(text, "gw1: \033[32msynced\033[0m, stratum 3"));
	for (; *text != '\0'; text++)
		escapes += *text == '\033';
	CU_ASSERT_EQUAL(escapes, 2);
}

static void
panic_is_red(void)
{
	const struct table_style colour = { true, 80 };

	CU_ASSERT_PTR_NOT_NULL(
	    strstr(status(made_panic(), colour), "\033[31mpanic\033[0m"));
}

/* Take the escapes out, and it is the text without colour. */
static void
colour_moves_no_line_break(void)
{
	const struct table_style colour = { true, 80 };
	char bare[sizeof(page)], *to = bare;

	for (const char *c = upstreams(made_holdover(), colour); *c != '\0';) {
		if (*c == '\033')
			c = strchr(c, 'm') + 1;
		else
			*to++ = *c++;
	}
	*to = '\0';
	same(bare, upstreams(made_holdover(), plain));
}

static void
too_long_in_holdover_is_said(void)
{
	struct snapshot s = made_holdover();

	s.serving.leap = LEAP_UNSYNC;
	s.serving.stratum = STRATUM_UNSYNC;
	s.error_bound_s = 1.2;
	s.good_s = 0;
	status(s, plain);
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(page, "holdover, for 2.1 h: too long alone"));
	CU_ASSERT_PTR_NOT_NULL(strstr(page, "the bound has passed 1 s"));
	CU_ASSERT_PTR_NULL(strstr(page, "We serve"));
}

static void
a_leap_second_is_announced(void)
{
	struct snapshot s = made_synced();

	s.serving.leap = LEAP_INSERT;
	CU_ASSERT_PTR_NOT_NULL(strstr(status(s, plain),
	    "Leap       a second is inserted at the end of today (UTC)"));
	s.serving.leap = LEAP_DELETE;
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(status(s, plain), "a second is removed at the end"));
}

static void
hosts_are_counted_when_there_is_a_count(void)
{
	struct snapshot s = made_synced();

	s.serve.clients = 312;
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(status(s, plain), "Hosts      312 served; 12345 requests"));
}

static void
a_budget_of_nothing_is_no_division_by_zero(void)
{
	struct snapshot s = made_synced();

	s.sent.budget = 0;
	s.sent.day = 0;
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(status(s, plain), "0 of 0 packets in a day (100 %)"));
}

static void
a_sibling_is_named(void)
{
	CU_ASSERT_PTR_NULL(strstr(status(made_synced(), plain), "Sibling"));
	CU_ASSERT_PTR_NOT_NULL(strstr(status(made_paired(), plain),
	    "\n  Sibling    paired with gw2 (10.0.0.12): "));
	CU_ASSERT_PTR_NOT_NULL(strstr(page, "; half of the site's\n"));
}

static void
upstreams_tell_when_the_sibling_asked(void)
{
	CU_ASSERT_PTR_NOT_NULL(strstr(upstreams(made_paired(), plain),
	    "failed: 3 of 4, losses until undecidable: 0; asked by gw2 "
	    "15 min ago, next\n    by us in 2 min\n"));
	CU_ASSERT(longest_line(page) <= 80);
}

static void
what_the_ledger_forbids_is_in_status(void)
{
	struct snapshot s = made_synced();

	s.frugal_s = 7200;
	CU_ASSERT_PTR_NOT_NULL(strstr(status(s, plain),
	    "  Ledger     it was lost or not writable: for 2.0 h more each "
	    "server is asked\n"
	    "             once an hour at most; \"ntpgate accept ledger\" ends "
	    "that\n"));
	s.closed = true;
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(status(s, plain), "  Ledger     it cannot be written"));
	s.hold_s = 32;
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(status(s, plain), "nobody is asked before 32 s are over"));
}

static void
retired_servers_are_not_used_and_stay_in_sight(void)
{
	struct snapshot s = made_synced();

	s.upstream[3].account.retired = true;
	s.upstream[3].account.retired_s = 86400 * 20;
	s.upstream[3].truechimer = s.upstream[3].selectable = false;
	s.spares = 2;
	strcpy(s.spare[0].host, "old.example.net");
	s.spare[0].addr.family = ADDR_V4;
	s.spare[0].account = s.upstream[3].account;
	strcpy(s.spare[1].host, "new.example.net");
	s.spare[1].addr.family = ADDR_V4;
	s.at.ns = INT64_C(1796000000) * 1000000000; /* 2026-11-30 */
	CU_ASSERT_PTR_NOT_NULL(strstr(status(s, plain),
	    "             192.0.2.40: retired until 20 Dec: it denied us "
	    "twice\n"
	    "             old.example.net: retired until 20 Dec: it denied us "
	    "twice\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(upstreams(s, plain),
	    " old.example.net\n"
	    "    retired until 20 Dec: it denied us twice; \"ntpgate "
	    "upstreams revive\n"
	    "    old.example.net\" takes it back\n"
	    " new.example.net\n"
	    "    spare: not asked unless a server gives up\n"));
}

static void
a_promise_beyond_packets_fits_too(void)
{
	struct snapshot s = made_synced();

	s.pace.reason = ENGINE_PACE_FUTILE;
	s.pace.interval_s = 4096;
	s.pace.best_s = 0.0072;
	CU_ASSERT_PTR_NOT_NULL(strstr(status(s, plain),
	    "  Asking     each server every 68 min: poll.max: 7.20 ms "
	    "> 5.00 ms even at\n"
	    "             poll.min\n"));
	CU_ASSERT(longest_line(upstreams(s, plain)) <= 80);
	CU_ASSERT_PTR_NOT_NULL(strstr(page,
	    "\neach server is asked every 68 min: poll.max: 7.20 ms > 5.00 "
	    "ms even at poll.min\n"));
}

static CU_TestInfo tests[] = {
	{ "a promise beyond packets fits, too",
	    a_promise_beyond_packets_fits_too },
	{ "what the ledger forbids is in status",
	    what_the_ledger_forbids_is_in_status },
	{ "retired servers are not used, and stay in sight",
	    retired_servers_are_not_used_and_stay_in_sight },
	{ "a synced gateway", a_synced_gateway },
	{ "a starting gateway", a_starting_gateway },
	{ "a gateway in holdover", a_gateway_in_holdover },
	{ "panic says what to do", panic_says_what_to_do },
	{ "servers of a synced gateway", servers_of_a_synced_gateway },
	{ "servers of a starting gateway", servers_of_a_starting_gateway },
	{ "servers of a gateway in holdover",
	    servers_of_a_gateway_in_holdover },
	{ "no line is longer than 80", no_line_is_longer_than_80 },
	{ "a screen has room for status", a_screen_has_room_for_status },
	{ "absurd numbers keep the columns", absurd_numbers_keep_the_columns },
	{ "a wide terminal shows whole names",
	    a_wide_terminal_shows_whole_names },
	{ "a narrow terminal gets 80 columns",
	    a_narrow_terminal_gets_80_columns },
	{ "only the state is coloured", only_the_state_is_coloured },
	{ "panic is red", panic_is_red },
	{ "colour moves no line break", colour_moves_no_line_break },
	{ "too long in holdover is said", too_long_in_holdover_is_said },
	{ "a leap second is announced", a_leap_second_is_announced },
	{ "hosts are counted when there is a count",
	    hosts_are_counted_when_there_is_a_count },
	{ "a budget of nothing is no division by zero",
	    a_budget_of_nothing_is_no_division_by_zero },
	{ "a sibling is named", a_sibling_is_named },
	{ "upstreams tell when the sibling asked",
	    upstreams_tell_when_the_sibling_asked },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_table = { "view/table", NULL, NULL, NULL, NULL, tests };
