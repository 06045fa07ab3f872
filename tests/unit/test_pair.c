/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "view/pair.h"

#include "made.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static char page[16384];
static struct snapshot s;
static struct table_style style;

static void
setup(void)
{
	s = made_paired();
	style = (struct table_style){ false, 80 };
}

static const char *
table(void)
{
	struct text t = TEXT(page);

	pair_table(&s, &style, &t);
	CU_ASSERT_FALSE(text_cut(&t));
	return page;
}

static const char *
status(void)
{
	struct text t = TEXT(page);
	const struct page p = { &style, &t };

	page[0] = '\0';
	pair_status(&p, &s);
	CU_ASSERT_FALSE(text_cut(&t));
	return page;
}

static bool
says(const char *words)
{
	return strstr(table(), words) != NULL;
}

static bool
status_says(const char *words)
{
	return strstr(status(), words) != NULL;
}

/* The page is shown if it is another one. */
static void
same(const char *got, const char *want)
{
	if (strcmp(got, want) != 0)
		printf("\n%s", got);
	CU_ASSERT_STRING_EQUAL(got, want);
}

/* 290 of 600 packets. */
static void
a_pair_that_is_well(void)
{
	same(table(),
	    "gw2 (10.0.0.12): paired, for 2.1 h\n"
	    "\n"
	    "  Heard      2 s ago; reach 377\n"
	    "  Clock      3.00 us behind us, 200 us there and back\n"
	    "  It says    synced, within 390 us (95 %); asks each server every 17 min\n"
	    "  Packets    290 of it in a day, 310 of us: it asked 48 % of them\n"
	    "  Samples    120 of it taken, 1 refused\n"
	    "  Oscillator its oscillator loses 1.250 ppm to ours, and is 48 % of our time\n"
	    "             scale\n"
	    "  Answers    not taken: 3 refused\n"
	    "\n"
	    "  server, last asked by                  us         it  next\n"
	    "  ntp1.example.net                   20 min     15 min  we in 2 min\n"
	    "  ntp2.example.org                    5 min     22 min  it in 12 min\n"
	    "  time.a-very-..ment.example.edu      2 min          -  we in 7 min\n"
	    "  192.0.2.40                          2 min          -  we in 10 min\n"
	    "  2001:db8::123                       2 min          -  we in 14 min\n");
	same(status(),
	    "  Sibling    paired with gw2 (10.0.0.12): 3.00 us behind us, 200 us there and\n"
	    "             back; it asked 48 % of today's packets\n");
}

static void
a_sibling_that_is_not_heard(void)
{
	s = made_unheard();
	same(table(),
	    "gw2 (10.0.0.12): unheard for 12 min\n"
	    "\n"
	    "  Meanwhile  we ask all servers alone, as often as ever, within half of the\n"
	    "             site's budget; the other half is its own\n"
	    "  To do      does it run, does its serve.allow have our address, have both the\n"
	    "             same key, and is udp port 123 between the two open both ways?\n"
	    "  Heard      12 min ago; reach 000\n"
	    "  Clock      3.00 us behind us, 200 us there and back, when it was heard\n"
	    "  It said    synced, within 390 us (95 %); asks each server every 17 min\n"
	    "  Samples    120 of it taken, 1 refused\n"
	    "  Oscillator its oscillator loses 1.250 ppm to ours; not used in our time scale\n"
	    "  Answers    not taken: 3 refused\n"
	    "\n"
	    "  server, last asked by                  us         it  next\n"
	    "  ntp1.example.net                   20 min          -  we in 2 min\n"
	    "  ntp2.example.org                    5 min          -  we in 16 min\n"
	    "  time.a-very-..ment.example.edu      2 min          -  we in 7 min\n"
	    "  192.0.2.40                          2 min          -  we in 10 min\n"
	    "  2001:db8::123                       2 min          -  we in 14 min\n");
	same(status(),
	    "  Sibling    unheard for 12 min: gw2 (10.0.0.12); we ask alone, with half of the\n"
	    "             site's budget; see \"ntpgate sibling\"\n");
}

static void
a_stranger(void)
{
	s = made_plain();
	same(table(),
	    "10.0.0.12: plain, for 2.1 h\n"
	    "\n"
	    "  Meaning    it answers as any NTP server does: it is one source more, of a\n"
	    "             group of its own; turns and samples are not shared\n"
	    "  Heard      2 s ago; reach 377\n"
	    "  Clock      3.00 us behind us, 200 us there and back\n"
	    "  Samples    200 of it taken, 1 refused\n"
	    "  Answers    not taken: 3 refused\n"
	    "\n"
	    "  server, last asked by                  us         it  next\n"
	    "  ntp1.example.net                   20 min          -  we in 2 min\n"
	    "  ntp2.example.org                    5 min          -  we in 16 min\n"
	    "  time.a-very-..ment.example.edu      2 min          -  we in 7 min\n"
	    "  192.0.2.40                          2 min          -  we in 10 min\n"
	    "  2001:db8::123                       2 min          -  we in 14 min\n");
	same(status(),
	    "  Sibling    plain: 10.0.0.12, 3.00 us behind us, 200 us there and back; one\n"
	    "             server more, turns are not shared\n");
}

static void
a_mad_one(void)
{
	s = made_dropped();
	same(table(),
	    "gw2 (10.0.0.12): dropped: its samples are 1.00 h from ours\n"
	    "\n"
	    "  Meanwhile  nothing of it is used, and we ask as if we were alone\n"
	    "  To do      look at its log, its clock and a clock that you trust.  When it is\n"
	    "             well, restart it, or say \"ntpgate accept sibling\" here.\n"
	    "  Heard      2 s ago; reach 377\n"
	    "  Clock      3.00 us behind us, 200 us there and back\n"
	    "  It says    synced, within 390 us (95 %); asks each server every 17 min\n"
	    "  Packets    290 of it in a day, 310 of us: it asked 48 % of them\n"
	    "  Samples    120 of it taken, 1 refused\n"
	    "  Oscillator its oscillator loses 1.250 ppm to ours; not used in our time scale\n"
	    "  Answers    not taken: 3 refused\n"
	    "\n"
	    "  server, last asked by                  us         it  next\n"
	    "  ntp1.example.net                   20 min          -  we in 2 min\n"
	    "  ntp2.example.org                    5 min          -  we in 16 min\n"
	    "  time.a-very-..ment.example.edu      2 min          -  we in 7 min\n"
	    "  192.0.2.40                          2 min          -  we in 10 min\n"
	    "  2001:db8::123                       2 min          -  we in 14 min\n");
	same(status(),
	    "  Sibling    dropped: gw2 (10.0.0.12): its samples are 1.00 h from ours; nothing\n"
	    "             of it is used; see \"ntpgate sibling\"\n");
}

/* The budget is halved if one is configured, whether or not it is heard. */
static void
the_budget_of_two_is_said_to_be_half(void)
{
	CU_ASSERT_STRING_EQUAL(pair_half(&s), "; half of the site's");
	s = made_unheard();
	CU_ASSERT_STRING_EQUAL(pair_half(&s), "; half of the site's");
	s = made_synced();
	CU_ASSERT_STRING_EQUAL(pair_half(&s), "");
}

static void
none_is_nothing_in_status(void)
{
	s = made_synced();
	CU_ASSERT_STRING_EQUAL(status(), "");
	CU_ASSERT_STRING_EQUAL(table(),
	    "no sibling is configured; ntpgate.conf(5) tells how\n");
}

static void
it_asked_last_so_we_are_next(void)
{
	struct pair_turn turn = pair_turn(&s, 0);

	CU_ASSERT_EQUAL(turn.who, PAIR_OURS);
	CU_ASSERT_EQUAL(turn.in_s, 124);
}

/* T = 1024 s; we asked 300 s ago. */
static void
we_asked_last_so_it_is_next(void)
{
	struct pair_turn turn = pair_turn(&s, 1);

	CU_ASSERT_EQUAL(turn.who, PAIR_SIBLING);
	CU_ASSERT_DOUBLE_EQUAL(turn.in_s, 724, 1e-9);
}

/* Our own question is due before the sibling's turn. */
static void
the_sooner_one_is_next(void)
{
	s.upstream[1].next_s = 700;
	CU_ASSERT_EQUAL(pair_turn(&s, 1).who, PAIR_OURS);
}

static void
alone_all_turns_are_ours(void)
{
	s.sibling.state = SNAPSHOT_SIBLING_UNHEARD;
	CU_ASSERT_EQUAL(pair_turn(&s, 1).who, PAIR_OURS);
	CU_ASSERT_EQUAL(pair_turn(&s, 1).in_s, 980);
}

static void
nobody_asks_a_server_that_is_not_planned(void)
{
	s.upstream[1].next_s = -1;
	CU_ASSERT_EQUAL(pair_turn(&s, 1).who, PAIR_NOBODY);
	CU_ASSERT(
	    says("ntp2.example.org                    5 min     22 min  -\n"));
}

static void
who_asked_is_said_of_an_upstream(void)
{
	char buf[PAIR_ASKED];

	CU_ASSERT_STRING_EQUAL(pair_asked(&s, 0, buf),
	    "; asked by gw2 15 min ago, next by us in 2 min");
	CU_ASSERT_STRING_EQUAL(pair_asked(&s, 1, buf),
	    "; asked by gw2 22 min ago, next by it in 12 min");
	CU_ASSERT_STRING_EQUAL(pair_asked(&s, 2, buf), "");
}

static void
a_lost_sibling_asks_nobody(void)
{
	char buf[PAIR_ASKED];

	s.sibling.state = SNAPSHOT_SIBLING_UNHEARD;
	CU_ASSERT_STRING_EQUAL(pair_asked(&s, 0, buf), "");
}

static void
what_differs_is_an_alarm(void)
{
	s.sibling.differs = 1U << LINK_POLL | 1U << LINK_BUDGET;
	CU_ASSERT(
	    says("  Alarm      configurations differ: poll, budget; make"));
	CU_ASSERT(status_says("configurations differ:"));
	CU_ASSERT(status_says("poll, budget\n"));
}

static void
other_addresses_of_the_same_names_differ_too(void)
{
	s.sibling.differs = 1U << LINK_DIGESTS;
	CU_ASSERT(says("configurations differ: addresses;"));
}

static void
each_digest_has_a_name_of_its_own(void)
{
	for (unsigned i = 0; i < PAIR_DIGESTS; i++)
		for (unsigned k = 0; k < i; k++)
			CU_ASSERT_STRING_NOT_EQUAL(pair_digest_name(i),
			    pair_digest_name(k));
}

static void
being_fed_is_said(void)
{
	s.sibling.fed = true;
	CU_ASSERT(says("  Fed        our own servers do not answer"));
	CU_ASSERT(status_says("it alone keeps us"));
}

static void
who_leads_is_said(void)
{
	s.sibling.leads = true;
	CU_ASSERT(
	    says("  Leads      nobody upstream answers: it follows us\n"));
	s.sibling.leads = false;
	s.sibling.follows = true;
	CU_ASSERT(says("  Follows    nobody upstream answers: we follow it\n"));
}

static void
a_sibling_in_need_is_seen_in_status(void)
{
	s.sibling.says = ENGINE_HOLDOVER;
	CU_ASSERT(status_says("it is in state holdover"));
}

static void
a_sibling_that_knows_no_time_says_so(void)
{
	s.sibling.says = ENGINE_STARTING;
	s.sibling.bound_s = INFINITY;
	CU_ASSERT(says("It says    starting, the time is not known; asks"));
}

static void
ahead_is_a_positive_offset(void)
{
	s.sibling.offset_s = 0.0015;
	CU_ASSERT(
	    says("Clock      1.50 ms ahead of us, 200 us there and back\n"));
}

static void
one_that_was_never_heard(void)
{
	s = made_unheard();
	s.sibling.heard_s = -1;
	s.sibling.name[0] = '\0';
	CU_ASSERT(says("10.0.0.12: unheard since we began\n"));
	CU_ASSERT(says("  Heard      never; reach 000\n"));
	CU_ASSERT_PTR_NULL(strstr(page, "It said"));
}

static void
a_name_without_an_address_is_told(void)
{
	s = made_unheard();
	s.sibling.addr.family = ADDR_NONE;
	CU_ASSERT(says("its name has no address yet"));
}

static void
another_key_is_told(void)
{
	s = made_unheard();
	s.sibling.heard_s = -1;
	s.sibling.last = SOURCE_BAD_MAC;
	CU_ASSERT(says("it answers, but not with our key"));
	s.sibling.last = SOURCE_NAK;
	CU_ASSERT(says("it answers, but not with our key"));
}

static void
a_kiss_is_told(void)
{
	s = made_unheard();
	s.sibling.last = SOURCE_KISS;
	CU_ASSERT(says("kiss-o'-death"));
}

static void
a_symmetric_stranger_is_a_peer(void)
{
	s = made_plain();
	s.sibling.symmetric = true;
	CU_ASSERT(says("as any NTP peer does"));
	CU_ASSERT(says("reach 377; symmetric\n"));
}

static void
no_packets_are_no_division_by_zero(void)
{
	s.sent.day = s.sibling.sent_day = 0;
	CU_ASSERT(status_says(" 0 % of today's packets"));
}

static enum page_colour
colour(void)
{
	int c = 0;

	style.colour = true;
	sscanf(status(), " Sibling \033[%dm", &c);
	return (enum page_colour)c;
}

static void
the_colour_tells_at_once(void)
{
	CU_ASSERT_EQUAL(colour(), PAGE_GREEN);
	s.sibling.differs = 1;
	CU_ASSERT_EQUAL(colour(), PAGE_YELLOW);
	s = made_unheard();
	CU_ASSERT_EQUAL(colour(), PAGE_YELLOW);
	s = made_plain();
	CU_ASSERT_EQUAL(colour(), PAGE_GREEN);
	s = made_dropped();
	CU_ASSERT_EQUAL(colour(), PAGE_RED);
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
no_line_is_longer_than_80(void)
{
	const struct snapshot all[] = { made_paired(), made_unheard(),
		made_plain(), made_dropped() };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		s = all[i];
		memset(s.sibling.name, 'n', sizeof(s.sibling.name) - 1);
		s.sibling.differs = (1U << PAIR_DIGESTS) - 1;
		s.sibling.fed = s.sibling.follows = s.sibling.leads = true;
		s.upstream[0].last_s = s.upstream[0].other_s = 86400 * 999;
		CU_ASSERT(longest_line(table()) <= 80);
		CU_ASSERT(longest_line(status()) <= 80);
	}
}

static CU_TestInfo tests[] = {
	{ "a pair that is well", a_pair_that_is_well },
	{ "a sibling that is not heard", a_sibling_that_is_not_heard },
	{ "a stranger", a_stranger },
	{ "a mad one", a_mad_one },
	{ "the budget of two is said to be half",
	    the_budget_of_two_is_said_to_be_half },
	{ "none is nothing in status", none_is_nothing_in_status },
	{ "it asked last, so we are next", it_asked_last_so_we_are_next },
	{ "we asked last, so it is next", we_asked_last_so_it_is_next },
	{ "the sooner one is next", the_sooner_one_is_next },
	{ "alone all turns are ours", alone_all_turns_are_ours },
	{ "nobody asks a server that is not planned",
	    nobody_asks_a_server_that_is_not_planned },
	{ "who asked is said of an upstream",
	    who_asked_is_said_of_an_upstream },
	{ "a lost sibling asks nobody", a_lost_sibling_asks_nobody },
	{ "what differs is an alarm", what_differs_is_an_alarm },
	{ "other addresses of the same names differ, too",
	    other_addresses_of_the_same_names_differ_too },
	{ "each digest has a name of its own",
	    each_digest_has_a_name_of_its_own },
	{ "being fed is said", being_fed_is_said },
	{ "who leads is said", who_leads_is_said },
	{ "a sibling in need is seen in status",
	    a_sibling_in_need_is_seen_in_status },
	{ "a sibling that knows no time says so",
	    a_sibling_that_knows_no_time_says_so },
	{ "ahead is a positive offset", ahead_is_a_positive_offset },
	{ "one that was never heard", one_that_was_never_heard },
	{ "a name without an address is told",
	    a_name_without_an_address_is_told },
	{ "another key is told", another_key_is_told },
	{ "a kiss is told", a_kiss_is_told },
	{ "a symmetric stranger is a peer", a_symmetric_stranger_is_a_peer },
	{ "no packets are no division by zero",
	    no_packets_are_no_division_by_zero },
	{ "the colour tells at once", the_colour_tells_at_once },
	{ "no line is longer than 80", no_line_is_longer_than_80 },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_pair = { "view/pair", NULL, NULL, setup, NULL, tests };
