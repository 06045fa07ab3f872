/* SPDX-License-Identifier: ISC */
#include "base/rng.h"
#include "unit.h"

#include <math.h>

#define DRAWS 100000

/* Mean and variance of many draws. */
static void
moments(double (*draw)(struct rng *), double *mean, double *variance)
{
	struct rng r;
	double sum = 0, squares = 0;

	rng_init(&r, unit_seed);
	for (int i = 0; i < DRAWS; i++) {
		double x = draw(&r);
		sum += x;
		squares += x * x;
	}
	*mean = sum / DRAWS;
	*variance = squares / DRAWS - *mean * *mean;
}

static void
the_generator_is_xoshiro256_starstar(void)
{
	/* By hand from s = 1, 2, 3, 4: rotl(2 * 5, 7) * 9 = 1280 * 9; then s1
	 * is 0, so 0; then s1 = 0x40000: rotl(5 << 18, 7) * 9. */
	struct rng r = { { 1, 2, 3, 4 } };

	CU_ASSERT_EQUAL(rng_u64(&r), 11520);
	CU_ASSERT_EQUAL(rng_u64(&r), 0);
	CU_ASSERT_EQUAL(rng_u64(&r), 1509978240);
}

static void
the_seed_goes_through_splitmix64(void)
{
	struct rng r;

	/* the first number of splitmix64 from 0, as published */
	rng_init(&r, 0);
	CU_ASSERT_EQUAL(r.s[0], UINT64_C(0xe220a8397b1dcdaf));
}

static void
the_same_seed_gives_the_same_numbers(void)
{
	struct rng a, b;

	rng_init(&a, unit_seed);
	rng_init(&b, unit_seed);
	for (int i = 0; i < 100; i++)
		CU_ASSERT_EQUAL(rng_u64(&a), rng_u64(&b));
}

static void
neighbouring_seeds_give_other_numbers(void)
{
	struct rng a, b;

	rng_init(&a, unit_seed);
	rng_init(&b, unit_seed + 1);
	CU_ASSERT_NOT_EQUAL(rng_u64(&a), rng_u64(&b));
}

static void
uniform_stays_at_or_above_0_and_below_1(void)
{
	struct rng r;

	rng_init(&r, unit_seed);
	for (int i = 0; i < DRAWS; i++) {
		double x = rng_uniform(&r);
		CU_ASSERT_TRUE_FATAL(x >= 0 && x < 1);
	}
}

static void
uniform_has_mean_a_half_and_variance_a_twelfth(void)
{
	double mean, variance;

	moments(rng_uniform, &mean, &variance);
	CU_ASSERT_DOUBLE_EQUAL(mean, 0.5, 0.006); /* 6 sigma */
	CU_ASSERT_DOUBLE_EQUAL(variance, 1.0 / 12, 0.002);
}

static void
exponential_has_mean_1_and_is_finite(void)
{
	double mean, variance;

	moments(rng_exponential, &mean, &variance);
	CU_ASSERT_TRUE(isfinite(variance));
	CU_ASSERT_DOUBLE_EQUAL(mean, 1, 0.02);
	CU_ASSERT_DOUBLE_EQUAL(variance, 1, 0.06);
}

static void
normal_has_mean_0_and_variance_1(void)
{
	double mean, variance;

	moments(rng_normal, &mean, &variance);
	CU_ASSERT_DOUBLE_EQUAL(mean, 0, 0.02);
	CU_ASSERT_DOUBLE_EQUAL(variance, 1, 0.03);
}

static CU_TestInfo tests[] = {
	{ "the generator is xoshiro256**",
	    the_generator_is_xoshiro256_starstar },
	{ "the seed goes through splitmix64",
	    the_seed_goes_through_splitmix64 },
	{ "the same seed gives the same numbers",
	    the_same_seed_gives_the_same_numbers },
	{ "neighbouring seeds give other numbers",
	    neighbouring_seeds_give_other_numbers },
	{ "uniform stays at or above 0 and below 1",
	    uniform_stays_at_or_above_0_and_below_1 },
	{ "uniform has mean a half and variance a twelfth",
	    uniform_has_mean_a_half_and_variance_a_twelfth },
	{ "exponential has mean 1 and is finite",
	    exponential_has_mean_1_and_is_finite },
	{ "normal has mean 0 and variance 1",
	    normal_has_mean_0_and_variance_1 },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_rng = { "base/rng", NULL, NULL, NULL, NULL, tests };
