/* SPDX-License-Identifier: ISC */
#include "base/rng.h"
#include "base/time.h"
#include "unit.h"

#include <math.h>

#define NS INT64_C(1000000000)
#define S(seconds) ((uint64_t)((seconds)*4294967296.0))

/* 2036-02-07 06:28:16 UTC: NTP's seconds begin again. */
#define ROLLOVER INT64_C(2085978496)
static const struct wall y2026 = { 1767225600 * NS };

static void
differences_are_exact_to_the_nanosecond_after_100_days(void)
{
	struct wall a = { 100 * 86400 * NS + 1 }, b = { 0 };
	struct mono c = { a.ns }, d = { 0 };

	CU_ASSERT_EQUAL(wall_sub(a, b), 8640000.000000001);
	CU_ASSERT_EQUAL(mono_sub(d, c), -8640000.000000001);
}

static void
differences_beyond_the_type_saturate(void)
{
	struct wall first = { INT64_MIN }, last = { INT64_MAX };

	CU_ASSERT_TRUE(wall_sub(last, first) > 9e9);
	CU_ASSERT_TRUE(wall_sub(first, last) < -9e9);
}

static void
additions_round_to_the_nearest_nanosecond(void)
{
	struct wall t = { 5 };

	CU_ASSERT_EQUAL(wall_add(t, 1.5).ns, 1500000005);
	CU_ASSERT_EQUAL(wall_add(t, -7e-9).ns, -2);
	CU_ASSERT_EQUAL(wall_add(t, 1.6e-9).ns, 7);
}

static void
additions_saturate_at_the_ends(void)
{
	struct wall late = { INT64_MAX - 5 }, early = { INT64_MIN + 5 };

	CU_ASSERT_EQUAL(wall_add(late, 1).ns, INT64_MAX);
	CU_ASSERT_EQUAL(wall_add(early, -1).ns, INT64_MIN);
	CU_ASSERT_EQUAL(wall_add(late, -1e300).ns, INT64_MIN);
	CU_ASSERT_EQUAL(wall_add(early, (double)INFINITY).ns, INT64_MAX);
	CU_ASSERT_EQUAL(wall_add(early, (double)NAN).ns, INT64_MAX);
}

static void
never_stays_never(void)
{
	CU_ASSERT_EQUAL(mono_add(MONO_NEVER, -1e6).ns, INT64_MAX);
	CU_ASSERT_EQUAL(mono_add((struct mono){ 0 }, 2).ns, 2 * NS);
}

static void
the_earlier_of_two_is_the_lesser(void)
{
	struct mono a = { 1 };

	CU_ASSERT_EQUAL(mono_min(a, MONO_NEVER).ns, 1);
	CU_ASSERT_EQUAL(mono_min(MONO_NEVER, a).ns, 1);
}

static void
stamps_subtract_across_the_era(void)
{
	struct ntp64 before = { S(4294967295.5) }, after = { S(0.25) };

	CU_ASSERT_EQUAL(ntp64_sub(after, before), 0.75);
	CU_ASSERT_EQUAL(ntp64_sub(before, after), -0.75);
}

static void
the_unix_epoch_is_2208988800_on_the_wire(void)
{
	CU_ASSERT_EQUAL(ntp64_from_wall((struct wall){ 0 }).v,
	    UINT64_C(2208988800) << 32);
}

static void
fractions_round_to_the_nearest_unit(void)
{
	/* 1 ns = 4.29 units, 2 ns = 8.59 units */
	CU_ASSERT_EQUAL((uint32_t)ntp64_from_wall((struct wall){ 1 }).v, 4);
	CU_ASSERT_EQUAL((uint32_t)ntp64_from_wall((struct wall){ 2 }).v, 9);
	CU_ASSERT_EQUAL((uint32_t)ntp64_from_wall((struct wall){ NS / 2 }).v,
	    UINT32_C(1) << 31);
}

static void
instants_before_1970_have_a_fraction_that_counts_up(void)
{
	CU_ASSERT_EQUAL(ntp64_from_wall((struct wall){ -NS / 4 }).v,
	    S(2208988799.75));
}

static void
the_wire_begins_again_in_2036(void)
{
	CU_ASSERT_EQUAL(ntp64_from_wall((struct wall){ ROLLOVER * NS }).v, 0);
	CU_ASSERT_EQUAL(ntp64_from_wall((struct wall){ (ROLLOVER + 1) * NS }).v,
	    S(1));
}

static void
a_stamp_of_era_1_is_after_2036(void)
{
	struct ntp64 t = { S(0.5) };

	CU_ASSERT_EQUAL(wall_from_ntp64(t, y2026).ns, ROLLOVER * NS + NS / 2);
}

static void
a_stamp_just_before_the_pivot_is_136_years_later(void)
{
	struct ntp64 at = ntp64_from_wall(y2026), before = { at.v - S(1) };

	CU_ASSERT_EQUAL(wall_from_ntp64(at, y2026).ns, y2026.ns);
	CU_ASSERT_EQUAL(wall_from_ntp64(before, y2026).ns,
	    y2026.ns + (INT64_C(4294967296) - 1) * NS);
}

static void
every_nanosecond_survives_the_way_there_and_back(void)
{
	struct rng r;

	rng_init(&r, unit_seed);
	for (int i = 0; i < 100000; i++) {
		/* in the 136 years after the pivot, to a second */
		int64_t s = (int64_t)(rng_u64(&r) % 4294967295);
		struct wall t = { y2026.ns + s * NS +
			(int64_t)(rng_u64(&r) % 1000000000) };

		CU_ASSERT_EQUAL_FATAL(
		    wall_from_ntp64(ntp64_from_wall(t), y2026).ns, t.ns);
	}
}

static void
a_pivot_at_the_end_of_the_type_saturates(void)
{
	struct wall late = { INT64_MAX - NS };

	CU_ASSERT_EQUAL(wall_from_ntp64((struct ntp64){ 0 }, late).ns,
	    INT64_MAX);
}

static void
short_format_has_16_bits_of_fraction(void)
{
	CU_ASSERT_EQUAL(ntp32_to_s(0x18000), 1.5);
	CU_ASSERT_EQUAL(ntp32_from_s(1.5), 0x18000);
	CU_ASSERT_EQUAL(ntp32_to_s(UINT32_MAX), 65536 - 1.0 / 65536);
}

static void
short_format_never_understates(void)
{
	CU_ASSERT_EQUAL(ntp32_from_s(1e-12), 1);
	CU_ASSERT_EQUAL(ntp32_from_s(1.000001 / 65536), 2);
	CU_ASSERT_EQUAL(ntp32_from_s(65536), UINT32_MAX);
	CU_ASSERT_EQUAL(ntp32_from_s((double)INFINITY), UINT32_MAX);
	CU_ASSERT_EQUAL(ntp32_from_s((double)NAN), UINT32_MAX);
}

static void
short_format_has_nothing_below_zero(void)
{
	CU_ASSERT_EQUAL(ntp32_from_s(0), 0);
	CU_ASSERT_EQUAL(ntp32_from_s(-5), 0);
}

static bool
same_date(int64_t day, struct date d)
{
	struct date is = date_of(day);

	return is.year == d.year && is.month == d.month && is.day == d.day &&
	    date_day(&d) == day;
}

static void
days_are_dates_and_back(void)
{
	/* from a calendar: date -u -d @$((86400 * DAY)) */
	CU_ASSERT_TRUE(same_date(0, (struct date){ 1970, 1, 1 }));
	CU_ASSERT_TRUE(same_date(-1, (struct date){ 1969, 12, 31 }));
	CU_ASSERT_TRUE(same_date(789, (struct date){ 1972, 2, 29 }));
	CU_ASSERT_TRUE(same_date(11016, (struct date){ 2000, 2, 29 }));
	CU_ASSERT_TRUE(same_date(20779, (struct date){ 2026, 11, 22 }));
	/* 2100 has no leap day */
	CU_ASSERT_TRUE(same_date(47540, (struct date){ 2100, 2, 28 }));
	CU_ASSERT_TRUE(same_date(47541, (struct date){ 2100, 3, 1 }));
}

static void
dates_before_the_year_0_go_on_backwards(void)
{
	/* 1970-01-01 is 719468 days after 0000-03-01, and 719528 after
	 * 0000-01-01 */
	CU_ASSERT_TRUE(same_date(-719528, (struct date){ 0, 1, 1 }));
	CU_ASSERT_TRUE(same_date(-719529, (struct date){ -1, 12, 31 }));
}

static CU_TestInfo tests[] = {
	{ "differences are exact to the nanosecond after 100 days",
	    differences_are_exact_to_the_nanosecond_after_100_days },
	{ "differences beyond the type saturate",
	    differences_beyond_the_type_saturate },
	{ "additions round to the nearest nanosecond",
	    additions_round_to_the_nearest_nanosecond },
	{ "additions saturate at the ends", additions_saturate_at_the_ends },
	{ "never stays never", never_stays_never },
	{ "the earlier of two is the lesser",
	    the_earlier_of_two_is_the_lesser },
	{ "stamps subtract across the era", stamps_subtract_across_the_era },
	{ "the Unix epoch is 2208988800 on the wire",
	    the_unix_epoch_is_2208988800_on_the_wire },
	{ "fractions round to the nearest unit",
	    fractions_round_to_the_nearest_unit },
	{ "instants before 1970 have a fraction that counts up",
	    instants_before_1970_have_a_fraction_that_counts_up },
	{ "the wire begins again in 2036", the_wire_begins_again_in_2036 },
	{ "a stamp of era 1 is after 2036", a_stamp_of_era_1_is_after_2036 },
	{ "a stamp just before the pivot is 136 years later",
	    a_stamp_just_before_the_pivot_is_136_years_later },
	{ "every nanosecond survives the way there and back",
	    every_nanosecond_survives_the_way_there_and_back },
	{ "a pivot at the end of the type saturates",
	    a_pivot_at_the_end_of_the_type_saturates },
	{ "days are dates, and back", days_are_dates_and_back },
	{ "dates before the year 0 go on backwards",
	    dates_before_the_year_0_go_on_backwards },
	{ "short format has 16 bits of fraction",
	    short_format_has_16_bits_of_fraction },
	{ "short format never understates", short_format_never_understates },
	{ "short format has nothing below zero",
	    short_format_has_nothing_below_zero },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_time = { "base/time", NULL, NULL, NULL, NULL, tests };
