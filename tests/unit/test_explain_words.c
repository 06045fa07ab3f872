/* SPDX-License-Identifier: ISC */
#include "core/explain_parts.h"

#include "talkers.h"
#include "unit.h"

static char said[256];

static const char *
when(enum talk_clock c, int64_t s)
{
	struct text t = TEXT(said);

	talkers.clock = c;
	explain_when(&talkers, s * 1000000000, &t);
	return said;
}

static const char *
pace(uint32_t n, double s)
{
	struct text t = TEXT(said);

	said[0] = '\0';
	explain_pace(&t, n, s, "packet");
	return said;
}

static void
times_are_as_exact_as_the_file_is(void)
{
	/* 20779 days are 2026-11-22; 325 days into 1972 is 21 November */
	CU_ASSERT_STRING_EQUAL(when(TALK_UTC, 20779 * 86400 + 11525),
	    "2026-11-22 03:12:05 UTC");
	CU_ASSERT_STRING_EQUAL(when(TALK_DATE, 20779 * 86400),
	    "2026-11-22 00:00:00");
	CU_ASSERT_STRING_EQUAL(when(TALK_DAY, (730 + 59) * 86400),
	    "Feb 29 00:00:00");
	CU_ASSERT_STRING_EQUAL(when(TALK_SPAN, 12), "second 12.0");
	CU_ASSERT_STRING_EQUAL(when(TALK_UNTIMED, 12), "an unknown time");
	CU_ASSERT_STRING_EQUAL(when(TALK_UTC, -1), "1969-12-31 23:59:59 UTC");
}
static void
a_pace_is_many_in_a_second_or_one_in_many_seconds(void)
{
	CU_ASSERT_STRING_EQUAL(pace(500, 10), "50 packets a second");
	CU_ASSERT_STRING_EQUAL(pace(3, 128), "a packet in 64 s");
	CU_ASSERT_STRING_EQUAL(pace(1, 10), "");
	CU_ASSERT_STRING_EQUAL(pace(5, 0), "");
}
static void
one_is_not_many(void)
{
	struct text t = TEXT(said);

	explain_count(&t, 1, "packet");
	explain_addresses(&t, 2);
	CU_ASSERT_STRING_EQUAL(said, "1 packet2 addresses");
}

static CU_TestInfo tests[] = {
	{ "times are as exact as the file is",
	    times_are_as_exact_as_the_file_is },
	{ "a pace is many in a second or one in many seconds",
	    a_pace_is_many_in_a_second_or_one_in_many_seconds },
	{ "one is not many", one_is_not_many },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_explain_words = { "core/explain_words", NULL, NULL,
	talkers_setup, NULL, tests };
