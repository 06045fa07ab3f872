/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "view/snapshot.h"

static const char *
refid(uint8_t stratum, uint32_t id)
{
	static char buf[SNAPSHOT_REFID];

	return snapshot_refid(stratum, id, buf);
}

static void
a_reference_id_is_letters_at_stratum_1(void)
{
	CU_ASSERT_STRING_EQUAL(refid(1, 0x47505300), "GPS");
	CU_ASSERT_STRING_EQUAL(refid(1, 0x50505320), "PPS");
	CU_ASSERT_STRING_EQUAL(refid(0, 0x52415445), "RATE");
	CU_ASSERT_STRING_EQUAL(refid(2, 0x52415445), "82.65.84.69");
	CU_ASSERT_STRING_EQUAL(refid(3, 0xc000020a), "192.0.2.10");
}

static void
a_reference_id_that_is_no_text_stays_numbers(void)
{
	CU_ASSERT_STRING_EQUAL(refid(1, 0x7f000001), "127.0.0.1");
	CU_ASSERT_STRING_EQUAL(refid(1, 0x471b5300), "71.27.83.0");
	CU_ASSERT_STRING_EQUAL(refid(1, 0x47005353), "71.0.83.83");
	CU_ASSERT_STRING_EQUAL(refid(1, 0), "0.0.0.0");
	CU_ASSERT_STRING_EQUAL(refid(16, 0x47505300), "");
}

static const char *
span(double s)
{
	static char buf[SNAPSHOT_SPAN];

	return snapshot_span(s, buf);
}

static void
spans_have_at_most_six_characters(void)
{
	CU_ASSERT_STRING_EQUAL(span(0), "0 s");
	CU_ASSERT_STRING_EQUAL(span(99.4), "99 s");
	CU_ASSERT_STRING_EQUAL(span(99.6), "2 min");
	CU_ASSERT_STRING_EQUAL(span(99.4 * 60), "99 min");
	CU_ASSERT_STRING_EQUAL(span(99.6 * 60), "1.7 h");
	CU_ASSERT_STRING_EQUAL(span(9.94 * 3600), "9.9 h");
	CU_ASSERT_STRING_EQUAL(span(9.96 * 3600), "10 h");
	CU_ASSERT_STRING_EQUAL(span(99.6 * 3600), "4 d");
	CU_ASSERT_STRING_EQUAL(span(999 * 86400.0), "999 d");
}

/* 1795474800 is 23 November 2026, 23:00 UTC. */
static void
a_time_to_come_says_which_day_it_is_of(void)
{
	static struct snapshot s = { .at = { INT64_C(1795474800000000000) } };
	char until[SNAPSHOT_UNTIL];

	CU_ASSERT_STRING_EQUAL(snapshot_until(&s, 1800, until),
	    "until 23:30 UTC");
	CU_ASSERT_STRING_EQUAL(snapshot_until(&s, 7200, until),
	    "until 01:00 UTC tomorrow");
	CU_ASSERT_STRING_EQUAL(snapshot_until(&s, 2 * 86400, until),
	    "until 25 Nov");
}

static CU_TestInfo tests[] = {
	{ "a reference id is letters at stratum 1",
	    a_reference_id_is_letters_at_stratum_1 },
	{ "a reference id that is no text stays numbers",
	    a_reference_id_that_is_no_text_stays_numbers },
	{ "spans have at most six characters",
	    spans_have_at_most_six_characters },
	{ "a time to come says which day it is of",
	    a_time_to_come_says_which_day_it_is_of },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_snapshot_words = { "view/snapshot_words", NULL, NULL, NULL,
	NULL, tests };
