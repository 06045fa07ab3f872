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

static void
home_is_near_tai_and_as_even_as_raw(void)
{
	/* an hour before the leap TAI was 36 s ahead */
	CU_ASSERT_EQUAL(scale_home(&scale, mono(100)).ns,
	    (LEAP - 3600 + 36) * NS);
	CU_ASSERT_EQUAL(scale_home(&scale, mono(7100)).ns,
	    (LEAP + 3400 + 36) * NS);
	CU_ASSERT_EQUAL(scale_gained(&scale, mono(7100)), 0);
}

static void
home_gains_at_the_rate_it_leans_by(void)
{
	scale_lean(&scale, mono(1000), 2e-6);
	/* 500 s at 2 ppm are 1 ms */
	CU_ASSERT_DOUBLE_EQUAL(scale_gained(&scale, mono(1500)), 1e-3, 1e-12);
	CU_ASSERT_EQUAL(scale_home(&scale, mono(1500)).ns -
		scale_home(&scale, mono(1000)).ns,
	    500 * NS + 1000000);
}

static void
home_never_jumps_when_it_leans_otherwise(void)
{
	struct wall before;

	scale_lean(&scale, mono(1000), 2e-6);
	before = scale_home(&scale, mono(2000));
	scale_lean(&scale, mono(2000), -5e-6);
	CU_ASSERT_EQUAL(scale_home(&scale, mono(2000)).ns, before.ns);
	/* 2 ms until then, 5 ms less in 1000 s */
	CU_ASSERT_DOUBLE_EQUAL(scale_gained(&scale, mono(3000)), -3e-3, 1e-12);
	scale_lean(&scale, mono(3000), 0);
	CU_ASSERT_DOUBLE_EQUAL(scale_gained(&scale, mono(9000)), -3e-3, 1e-12);
}

static void
offsets_and_utc_are_of_the_home_that_leans(void)
{
	scale_lean(&scale, mono(100), 1e-5);
	/* raw and the server go alike; home has gained 1 ms in 100 s */
	CU_ASSERT_DOUBLE_EQUAL(
	    scale_offset(&scale, ntp64_from_wall(wall(LEAP - 3500)), mono(200)),
	    -1e-3, 1e-9);
	CU_ASSERT_EQUAL(scale_utc(&scale, mono(200), -1e-3).ns,
	    (LEAP - 3500) * NS);
}

static void
a_new_scale_does_not_lean(void)
{
	scale_lean(&scale, mono(1000), 2e-6);
	scale_init(&scale, mono(1e6), wall(LEAP), build, &table);
	CU_ASSERT_EQUAL(scale_gained(&scale, mono(2e6)), 0);
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
	{ "home is near TAI and as even as raw",
	    home_is_near_tai_and_as_even_as_raw },
	{ "home gains at the rate it leans by",
	    home_gains_at_the_rate_it_leans_by },
	{ "home never jumps when it leans otherwise",
	    home_never_jumps_when_it_leans_otherwise },
	{ "offsets and UTC are of the home that leans",
	    offsets_and_utc_are_of_the_home_that_leans },
	{ "a new scale does not lean", a_new_scale_does_not_lean },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_scale = { "core/scale", NULL, NULL, setup, NULL, tests };
