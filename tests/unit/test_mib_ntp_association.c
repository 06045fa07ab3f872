/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "view/mib_parts.h"

#include "made.h"
#include "peek.h"

#include <math.h>

static struct snapshot s;
static struct mib_world w;

static void
setup(void)
{
	s = made_paired();
	w = peek_world(&s);
}

static void
a_row_is_a_place_in_the_configuration(void)
{
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "ntp.1.3.1.1.2.1"),
	    "ntp1.example.net");
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "ntp.1.3.1.1.2.5"),
	    "2001:db8::123");
	CU_ASSERT_FALSE(peek_has(&w, "ntp.1.3.1.1.2.6"));
	CU_ASSERT_FALSE(peek_has(&w, "ntp.1.3.1.1.2.8"));
}

static void
the_sibling_has_a_row_of_its_own(void)
{
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "ntp.1.3.1.1.2.9"), "10.0.0.12");
	s.upstreams = 1;
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "ntp.1.3.1.1.2.9"), "10.0.0.12");
	s.sibling.state = SNAPSHOT_SIBLING_NONE;
	CU_ASSERT_FALSE(peek_has(&w, "ntp.1.3.1.1.2.9"));
	CU_ASSERT_FALSE(peek_has(&w, "ntp.1.3.1.1.2.10"));
}

static void
without_servers_there_are_no_rows(void)
{
	s.upstreams = 0;
	s.sibling.state = SNAPSHOT_SIBLING_NONE;
	for (unsigned row = 0; row <= MIB_SIBLING_ROW + 1; row++)
		CU_ASSERT_STRING_EQUAL(mib_association(&w, row).text, "");
}

static void
all_places_may_be_taken(void)
{
	for (unsigned i = s.upstreams; i < ENGINE_SOURCES; i++)
		s.upstream[i] = s.upstream[0];
	s.upstreams = ENGINE_SOURCES;
	CU_ASSERT_TRUE(peek_has(&w, "ntp.1.3.1.1.2.8"));
	CU_ASSERT_TRUE(peek_has(&w, "ntp.1.3.1.1.2.9"));
}

static void
there_is_no_refclock_driver(void)
{
	CU_ASSERT_EQUAL(peek(&w, "ntp.1.3.1.1.3.1").len, 0);
}

static void
addresses_are_octets(void)
{
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.3.1.1.4.1"), 1);
	CU_ASSERT_STRING_EQUAL(peek_hex(&w, "ntp.1.3.1.1.5.1"), "c0:00:02:0a");
	CU_ASSERT_STRING_EQUAL(peek_hex(&w, "ntp.1.3.1.1.5.9"), "0a:00:00:0c");
	CU_ASSERT_TRUE(addr_parse(&s.upstream[0].addr, "2001:db8::7"));
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.3.1.1.4.1"), 2);
	CU_ASSERT_STRING_EQUAL(peek_hex(&w, "ntp.1.3.1.1.5.1"),
	    "20:01:0d:b8:00:00:00:00:00:00:00:00:00:00:00:07");
}

static void
a_name_that_does_not_resolve_has_none(void)
{
	s.upstream[0].addr.family = ADDR_NONE;
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.3.1.1.4.1"), 0);
	CU_ASSERT_EQUAL(peek(&w, "ntp.1.3.1.1.5.1").len, 0);
}

/* made.c: -0.3 ms, 12.3 ms there and back, 0.21 ms of jitter, 2 ms */
static void
samples_are_told_in_the_rfc_s_words(void)
{
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "ntp.1.3.1.1.6.1"), "-0.300 ms");
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.3.1.1.7.1"), 2);
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "ntp.1.3.1.1.8.1"), "0.210");
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "ntp.1.3.1.1.9.1"), "12.300");
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "ntp.1.3.1.1.10.1"), "2.000");
}

static void
without_a_sample_nothing_is_said(void)
{
	s.upstream[0].sampled = false;
	s.upstream[0].stratum = 0;
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "ntp.1.3.1.1.6.1"), "");
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.3.1.1.7.1"), 16);
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "ntp.1.3.1.1.8.1"), "");
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "ntp.1.3.1.1.9.1"), "");
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "ntp.1.3.1.1.10.1"), "");
}

static void
the_sibling_is_told_as_far_as_it_is_known(void)
{
	s.sibling.stratum = 3;
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "ntp.1.3.1.1.6.9"), "-0.003 ms");
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.3.1.1.7.9"), 3);
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "ntp.1.3.1.1.8.9"), "");
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "ntp.1.3.1.1.9.9"), "0.200");
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "ntp.1.3.1.1.10.9"), "");
	s.sibling.heard_s = -1;
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "ntp.1.3.1.1.6.9"), "");
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "ntp.1.3.1.1.9.9"), "");
}

static void
packets_are_counted_by_association(void)
{
	s.upstream[1].sent = UINT64_C(0x100000003);
	s.upstream[1].received = 59;
	s.sibling.sent = 900;
	s.sibling.received = 899;
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.3.2.1.1.2"), 59);
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.3.2.1.2.2"), 3);
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.3.2.1.1.9"), 899);
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.3.2.1.2.9"), 900);
}

/* Powers of two: a verdict that is missing, or too much, shows. */
static void
what_breaks_the_protocol_is_an_error(void)
{
	uint64_t *v = s.upstream[2].verdict;

	for (unsigned k = 0; k < SOURCE_VERDICTS; k++)
		v[k] = 1u << k;
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.3.2.1.3.3"),
	    1u << SOURCE_SHORT | 1u << SOURCE_MALFORMED |
		1u << SOURCE_WRONG_MODE | 1u << SOURCE_ZERO_ORIGIN |
		1u << SOURCE_UNASKED | 1u << SOURCE_BAD_MAC | 1u << SOURCE_NAK |
		1u << SOURCE_NEGATIVE_DELAY);
}

static void
so_it_is_with_the_sibling(void)
{
	for (unsigned k = 0; k < SIBLING_VERDICTS; k++)
		s.sibling.verdict[k] = 1u << k;
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.3.2.1.3.9"),
	    1u << SIBLING_REFUSED | 1u << SIBLING_MALFORMED |
		1u << SIBLING_OURSELVES);
}

static void
an_offset_that_is_no_number_is_not_told(void)
{
	s.upstream[0].offset_s = NAN;
	s.upstream[0].delay_s = INFINITY;
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "ntp.1.3.1.1.6.1"), "");
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "ntp.1.3.1.1.9.1"), "");
}

static CU_TestInfo tests[] = {
	{ "a row is a place in the configuration",
	    a_row_is_a_place_in_the_configuration },
	{ "the sibling has a row of its own",
	    the_sibling_has_a_row_of_its_own },
	{ "without servers there are no rows",
	    without_servers_there_are_no_rows },
	{ "all places may be taken", all_places_may_be_taken },
	{ "there is no refclock driver", there_is_no_refclock_driver },
	{ "addresses are octets", addresses_are_octets },
	{ "a name that does not resolve has none",
	    a_name_that_does_not_resolve_has_none },
	{ "samples are told in the RFC's words",
	    samples_are_told_in_the_rfc_s_words },
	{ "without a sample nothing is said",
	    without_a_sample_nothing_is_said },
	{ "the sibling is told as far as it is known",
	    the_sibling_is_told_as_far_as_it_is_known },
	{ "packets are counted by association",
	    packets_are_counted_by_association },
	{ "what breaks the protocol is an error",
	    what_breaks_the_protocol_is_an_error },
	{ "so it is with the sibling", so_it_is_with_the_sibling },
	{ "an offset that is no number is not told",
	    an_offset_that_is_no_number_is_not_told },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_mib_ntp_association = { "view/mib_ntp_association", NULL,
	NULL, setup, NULL, tests };
