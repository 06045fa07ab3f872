/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "base/text.h"
#include "core/diagnose.h"

#include "made.h"
#include "peek.h"

#include <math.h>
#include <stdio.h>

#define UNKNOWN 2147483647

static struct snapshot s;
static struct mib_world w;
static struct mib_host host[MIB_HOSTS];

static void
setup(void)
{
	s = made_paired();
	w = peek_world(&s);
	for (unsigned i = 0; i < MIB_HOSTS; i++)
		host[i] = (struct mib_host){ .addr = { .family = ADDR_V4,
						 .ip = { 10, 0, 0,
						     (uint8_t)(i + 1) } },
			.requests = 1000 - i };
	w.hosts = 2;
	w.host = host;
}

static void
an_upstream_is_told_in_microseconds(void)
{
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "own.1.3.1.1.2.2"),
	    "ntp2.example.org");
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.3.1.1.3.2"), 1);
	CU_ASSERT_STRING_EQUAL(peek_hex(&w, "own.1.3.1.1.4.2"), "c0:00:02:0b");
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.3.1.1.7.2"), 2);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.3.1.1.8.2"), 255);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.3.1.1.9.4"), 600);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.3.1.1.10.2"), 13300);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.3.1.1.11.2"), 210);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.3.1.1.12.2"), 10000);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.3.1.1.13.2"), 1950);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.3.1.1.14.2"), 60);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.3.1.1.15.2"), 60);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.3.1.1.16.2"), 62);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.3.1.1.19.2"), 1024);
}

static void
one_is_named_by_our_reference_id(void)
{
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.3.1.1.6.1"), 1);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.3.1.1.6.2"), 2);
}

static int64_t
state_of(unsigned row)
{
	char name[32];

	snprintf(name, sizeof(name), "own.1.3.1.1.5.%u", row);
	return peek_number(&w, name);
}

static void
each_way_to_stand_has_its_number(void)
{
	CU_ASSERT_EQUAL(state_of(1), 1); /* used */
	CU_ASSERT_EQUAL(state_of(3), 2); /* falseticker */
	s = made_holdover();
	CU_ASSERT_EQUAL(state_of(1), 4); /* silent */
	CU_ASSERT_EQUAL(state_of(3), 7); /* refused */
	CU_ASSERT_EQUAL(state_of(4), 9); /* bad */
	s = made_starting();
	CU_ASSERT_EQUAL(state_of(1), 5); /* waiting */
	CU_ASSERT_EQUAL(state_of(2), 6); /* unresolved */
	s.upstream[0].last = SOURCE_SAMPLE;
	s.upstream[0].leap_late = true;
	s.upstream[0].selectable = false;
	CU_ASSERT_EQUAL(state_of(1), 3); /* leap-late */
	s.upstream[0].account.retired = true;
	CU_ASSERT_EQUAL(state_of(1), 8); /* retired */
}

static void
who_is_retired_says_so(void)
{
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.3.1.1.18.1"), 2);
	s.upstream[0].account.retired = true;
	s.upstream[0].account.kisses = 2;
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.3.1.1.18.1"), 1);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.3.1.1.17.1"), 2);
}

static void
without_a_sample_nothing_is_known(void)
{
	s.upstream[0].sampled = false;
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.3.1.1.9.1"), UNKNOWN);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.3.1.1.10.1"), UNKNOWN);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.3.1.1.11.1"), UNKNOWN);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.3.1.1.12.1"), UNKNOWN);
}

static void
the_sibling_is_no_upstream(void)
{
	CU_ASSERT_TRUE(peek_has(&w, "own.1.3.1.1.2.5"));
	CU_ASSERT_FALSE(peek_has(&w, "own.1.3.1.1.2.6"));
	CU_ASSERT_FALSE(peek_has(&w, "own.1.3.1.1.2.9"));
}

/* ---- hosts */

static void
a_host_is_told_by_its_rank(void)
{
	host[1].rate_per_s = 2.5;
	host[1].last_s = 17.4;
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.6.3.1.2.2"), 1);
	CU_ASSERT_STRING_EQUAL(peek_hex(&w, "own.1.6.3.1.3.2"), "0a:00:00:02");
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.6.3.1.5.2"), 999);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.6.3.1.6.2"), 150);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.6.3.1.7.2"), 17);
}

/* rogue is bit 0, flood 1, version-1 6; hard-coded 10 */
static void
kinds_are_bits(void)
{
	host[0].rogue = true;
	host[0].words = 1u << DIAGNOSE_HARD_CODED;
	host[1].words = 1u << DIAGNOSE_FLOOD | 1u << DIAGNOSE_VERSION_1;
	CU_ASSERT_STRING_EQUAL(peek_hex(&w, "own.1.6.3.1.4.1"), "80:20");
	CU_ASSERT_STRING_EQUAL(peek_hex(&w, "own.1.6.3.1.4.2"), "42:00");
}

static void
a_host_may_speak_ipv6(void)
{
	CU_ASSERT_TRUE(addr_parse(&host[0].addr, "2001:db8::4"));
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.6.3.1.2.1"), 2);
	CU_ASSERT_EQUAL(peek(&w, "own.1.6.3.1.3.1").len, 16);
}

static void
there_are_as_many_rows_as_hosts(void)
{
	CU_ASSERT_FALSE(peek_has(&w, "own.1.6.3.1.2.3"));
	w.hosts = MIB_HOSTS;
	CU_ASSERT_TRUE(peek_has(&w, "own.1.6.3.1.2.20"));
	CU_ASSERT_FALSE(peek_has(&w, "own.1.6.3.1.2.21"));
	w.hosts = 0;
	w.host = NULL;
	CU_ASSERT_FALSE(peek_has(&w, "own.1.6.3.1.2.1"));
}

static void
what_no_gauge_can_hold_is_its_largest(void)
{
	host[0].requests = UINT64_MAX;
	host[0].rate_per_s = 1e12;
	host[0].last_s = NAN;
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.6.3.1.5.1"), UINT32_MAX);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.6.3.1.6.1"), UINT32_MAX - 1);
	CU_ASSERT_EQUAL(peek_number(&w, "own.1.6.3.1.7.1"), UINT32_MAX);
}

static CU_TestInfo tests[] = {
	{ "an upstream is told in microseconds",
	    an_upstream_is_told_in_microseconds },
	{ "one is named by our reference id",
	    one_is_named_by_our_reference_id },
	{ "each way to stand has its number",
	    each_way_to_stand_has_its_number },
	{ "who is retired says so", who_is_retired_says_so },
	{ "without a sample nothing is known",
	    without_a_sample_nothing_is_known },
	{ "the sibling is no upstream", the_sibling_is_no_upstream },
	{ "a host is told by its rank", a_host_is_told_by_its_rank },
	{ "kinds are bits", kinds_are_bits },
	{ "a host may speak IPv6", a_host_may_speak_ipv6 },
	{ "there are as many rows as hosts", there_are_as_many_rows_as_hosts },
	{ "what no gauge can hold is its largest",
	    what_no_gauge_can_hold_is_its_largest },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_mib_own_table = { "view/mib_own_table", NULL, NULL, setup,
	NULL, tests };
