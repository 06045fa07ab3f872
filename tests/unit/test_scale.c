/* SPDX-License-Identifier: ISC */
#include "core/scale.h"
#include "unit.h"

#include <math.h>

#define NS INT64_C(1000000000)

/* 2017-01-01: the end of an inserted second. */
#define LEAP INT64_C(1483228800)

static const struct leap_table table = { .count = 2,
	.line = { { 1435708800, 36 }, { LEAP, 37 } },
	.expires = LEAP + 86400 };
static const struct leap_table none;
static const struct wall build = { INT64_C(1400000000) * NS };
static struct scale scale;

static struct wall
wall(int64_t s)
{
	return (struct wall){ s * NS };
}

static struct mono
mono(double s)
{
	return (struct mono){ llrint(s * 1e9) };
}

/* An hour before the leap our clock was right, and the raw one said 100 s. */
static void
setup(void)
{
	scale_init(&scale, mono(100), wall(LEAP - 3600), build, &table);
}

static void
a_server_that_agrees_with_our_first_reading_has_no_offset(void)
{
	CU_ASSERT_EQUAL(
	    scale_offset(&scale, ntp64_from_wall(wall(LEAP - 3600)), mono(100)),
	    0);
}

static void
the_offset_is_positive_while_we_are_slow(void)
{
	CU_ASSERT_DOUBLE_EQUAL(scale_offset(&scale,
				   ntp64_from_wall(wall(LEAP - 3595)),
				   mono(102.5)),
	    2.5, 1e-9);
}

static void
a_leap_second_does_not_show_in_the_offset(void)
{
	/* an hour of UTC over the leap is 3601 s long */
	CU_ASSERT_DOUBLE_EQUAL(
	    scale_offset(&scale, ntp64_from_wall(wall(LEAP)), mono(3701)), 0,
	    1e-9);
}

static void
offsets_are_right_across_the_era(void)
{
	struct wall late = wall(2085978496 - 10);

	scale_init(&scale, mono(5), late, build, &table);
	CU_ASSERT_DOUBLE_EQUAL(
	    scale_offset(&scale, (struct ntp64){ UINT64_C(2) << 32 }, mono(17)),
	    0, 1e-9);
}

static void
utc_is_what_an_offset_makes_of_home(void)
{
	CU_ASSERT_EQUAL(scale_utc(&scale, mono(101), 0.25).ns,
	    (LEAP - 3599) * NS + NS / 4);
	CU_ASSERT_EQUAL(scale_utc(&scale, mono(101), -0.25).ns,
	    (LEAP - 3599) * NS - NS / 4);
}

static void
utc_reads_the_last_second_of_the_day_twice(void)
{
	CU_ASSERT_EQUAL(scale_utc(&scale, mono(3699.5), 0).ns,
	    (LEAP - 1) * NS + NS / 2);
	CU_ASSERT_EQUAL(scale_utc(&scale, mono(3700.5), 0).ns,
	    (LEAP - 1) * NS + NS / 2);
	CU_ASSERT_EQUAL(scale_utc(&scale, mono(3701), 0).ns, LEAP * NS);
}

static void
without_a_table_utc_goes_on_evenly(void)
{
	scale_init(&scale, mono(100), wall(LEAP - 3600), build, &none);
	CU_ASSERT_EQUAL(scale_utc(&scale, mono(3701), 0).ns, (LEAP + 1) * NS);
	CU_ASSERT_EQUAL(
	    scale_offset(&scale, ntp64_from_wall(wall(LEAP + 1)), mono(3701)),
	    0);
}

static CU_TestInfo tests[] = {
	{ "a server that agrees with our first reading has no offset",
	    a_server_that_agrees_with_our_first_reading_has_no_offset },
	{ "the offset is positive while we are slow",
	    the_offset_is_positive_while_we_are_slow },
	{ "a leap second does not show in the offset",
	    a_leap_second_does_not_show_in_the_offset },
	{ "offsets are right across the era",
	    offsets_are_right_across_the_era },
	{ "UTC is what an offset makes of home",
	    utc_is_what_an_offset_makes_of_home },
	{ "UTC reads the last second of the day twice",
	    utc_reads_the_last_second_of_the_day_twice },
	{ "without a table UTC goes on evenly",
	    without_a_table_utc_goes_on_evenly },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_scale = { "core/scale", NULL, NULL, setup, NULL, tests };
