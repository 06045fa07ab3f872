/* SPDX-License-Identifier: ISC */
#include "base/rng.h"
#include "core/bank.h"
#include "unit.h"

#include <math.h>

static struct bank b;

static void
setup(void)
{
	bank_init(&b, 2);
}

/* All but these two are out of the question. */
static void
only(unsigned i, unsigned j)
{
	for (unsigned k = 0; k < BANK_FILTERS; k++)
		b.filter[k].loglik = k == i || k == j ? 0 : -1000;
}

static void
frequency_is_within_50_ppm_at_first(void)
{
	struct filter mix;

	bank_mix(&b, &mix);
	CU_ASSERT_EQUAL(mix.x[FILTER_FREQUENCY], 0);
	CU_ASSERT_DOUBLE_EQUAL(mix.p[1][1], 2.5e-9, 1e-15);
}

static void
wanders_reach_from_1e_10_to_3e_7(void)
{
	CU_ASSERT_EQUAL(b.filter[0].wander, 1e-10);
	CU_ASSERT_EQUAL(b.filter[BANK_FILTERS - 1].wander, 3e-7);
}

static void
more_wander_is_for_all_and_is_not_learned(void)
{
	static const int from[] = { 1, 0 };
	struct filter before, mix;

	bank_mix(&b, &before);
	bank_wander(&b, 1e-14);
	bank_permute(&b, 2, from);
	bank_mix(&b, &mix);
	for (unsigned k = 0; k < BANK_FILTERS; k++)
		CU_ASSERT_EQUAL(b.filter[k].more, 1e-14);
	CU_ASSERT_EQUAL(mix.more, 1e-14);
	CU_ASSERT_EQUAL(mix.wander, before.wander);
}

static void
a_mixture_is_as_wide_as_its_members_disagree(void)
{
	struct filter mix;

	only(0, 2);
	filter_reset(&b.filter[0], FILTER_OFFSET, 5, 1);
	filter_reset(&b.filter[2], FILTER_OFFSET, 7, 1);
	bank_mix(&b, &mix);
	CU_ASSERT_DOUBLE_EQUAL(mix.x[FILTER_OFFSET], 6, 1e-12);
	/* 1 within and 1 between */
	CU_ASSERT_DOUBLE_EQUAL(mix.p[0][0], 2, 1e-12);
	/* root of (1e-20 + 1e-18) / 2 */
	CU_ASSERT_DOUBLE_EQUAL(mix.wander, 7.1063e-10, 1e-13);
}

static void
a_large_offset_loses_nothing_in_the_mixture(void)
{
	struct filter mix;

	for (unsigned k = 0; k < BANK_FILTERS; k++) {
		b.filter[k].x[FILTER_OFFSET] = 2592000.125;
		b.filter[k].loglik = -1.1 * k;
	}
	bank_mix(&b, &mix);
	CU_ASSERT_EQUAL(mix.x[FILTER_OFFSET], 2592000.125);
}

/* Ten days of an oscillator of this wander, looked at each 1000 s with 10 us
 * of noise: the wander that is believed then. */
static double
believed(double wander)
{
	struct rng r;
	struct filter mix;
	double offset = 0, frequency = 0;

	rng_init(&r, 1);
	bank_init(&b, 1);
	bank_reset(&b, FILTER_OFFSET, 0, 1e-6);
	for (int i = 0; i < 864; i++) {
		struct measurement m = { .noise = { 0, 1e-10 } };
		double kick = wander * sqrt(1000) * rng_normal(&r);

		offset += 1000 * (frequency + kick / 2);
		frequency += kick;
		m.offset = offset + 1e-5 * rng_normal(&r);
		bank_predict(&b, 1000);
		bank_update(&b, &m);
	}
	bank_mix(&b, &mix);
	return mix.wander;
}

static void
wander_is_learned(void)
{
	double quiet = believed(1e-9), wild = believed(1e-7);

	CU_ASSERT(quiet > 3e-10 && quiet < 4e-9);
	CU_ASSERT(wild > 3e-8 && wild < 3e-7);
}

static uint8_t octets[4096];

static size_t
written(void)
{
	struct wire_out w = { .at = octets, .left = sizeof(octets) };

	bank_write(&b, &w);
	CU_ASSERT_FALSE(w.bad);
	return sizeof(octets) - w.left;
}

static bool
read_back(struct bank *to, size_t len, double age)
{
	struct wire w = { .at = octets, .left = len };

	return bank_read(to, &w, age);
}

/* 20 ppm known to 0.01 ppm, biases of 1 and 2 ms, tied to each other. */
static void
learn(void)
{
	bank_reset(&b, FILTER_FREQUENCY, 20e-6, 1e-16);
	bank_reset(&b, FILTER_BIAS, 1e-3, 1e-6);
	bank_reset(&b, FILTER_BIAS + 1, 2e-3, 4e-6);
	for (unsigned k = 0; k < BANK_FILTERS; k++)
		b.filter[k].p[2][3] = b.filter[k].p[3][2] = 1e-6;
	only(2, 2);
}

static void
what_survives_is_frequency_wander_and_biases(void)
{
	struct bank other;
	struct filter mix;

	learn();
	bank_init(&other, 2);
	CU_ASSERT_TRUE(read_back(&other, written(), 0));
	bank_mix(&other, &mix);
	CU_ASSERT_EQUAL(mix.x[FILTER_FREQUENCY], 20e-6);
	CU_ASSERT_EQUAL(mix.wander, 1e-9);
	CU_ASSERT_EQUAL(mix.x[FILTER_BIAS + 1], 2e-3);
	CU_ASSERT_EQUAL(mix.p[2][3], 1e-6);
	CU_ASSERT_EQUAL(mix.p[0][0], 0);
}

static void
a_remembered_frequency_ages(void)
{
	struct bank other;

	learn();
	bank_init(&other, 2);
	CU_ASSERT_TRUE(read_back(&other, written(), 1e6));
	/* 1e-16, 1e6 s * (1e-9)^2, and 0.1 ppm for the restart */
	CU_ASSERT_DOUBLE_EQUAL(other.filter[2].p[1][1], 1e-16 + 1e-12 + 1e-14,
	    1e-20);
}

static void
what_is_cut_changes_nothing(void)
{
	struct bank other;
	size_t len;

	learn();
	len = written();
	bank_init(&other, 2);
	for (size_t n = 0; n < len; n++)
		CU_ASSERT_FALSE(read_back(&other, n, 0));
	CU_ASSERT_EQUAL(other.filter[2].x[FILTER_FREQUENCY], 0);
}

static void
another_number_of_sources_is_refused(void)
{
	struct bank other;

	learn();
	bank_init(&other, 3);
	CU_ASSERT_FALSE(read_back(&other, written(), 0));
}

/* Is a file refused that has v in its nth number? */
static bool
refused(unsigned n, double v)
{
	struct bank other;
	size_t len;

	learn();
	len = written();

	struct wire_out w = { .at = octets + 2 + 8 * n, .left = 8 };

	wire_put_f64(&w, v);
	bank_init(&other, 2);
	return !read_back(&other, len, 0);
}

static void
numbers_out_of_range_are_refused(void)
{
	/* frequency; 8 times loglik and variance; bias, variance; bias,
	 * covariance, variance */
	const unsigned bias = 1 + 2 * BANK_FILTERS;

	CU_ASSERT_FALSE(refused(0, -30e-6));
	CU_ASSERT_TRUE(refused(0, 2e-3));
	CU_ASSERT_TRUE(refused(1, 0.5));
	CU_ASSERT_TRUE(refused(1, -2000));
	CU_ASSERT_TRUE(refused(2, 0));
	CU_ASSERT_TRUE(refused(2, -1e-16));
	CU_ASSERT_TRUE(refused(2, 1));
	CU_ASSERT_TRUE(refused(bias, 1000));
	CU_ASSERT_TRUE(refused(bias + 1, -1e-6));
	CU_ASSERT_FALSE(refused(bias + 3, -1.9e-6));
	/* correlation above 1: sqrt(1e-6 * 4e-6) = 2e-6 */
	CU_ASSERT_TRUE(refused(bias + 3, 2.1e-6));
	for (unsigned n = 0; n < bias + 5; n++) {
		CU_ASSERT_TRUE(refused(n, NAN));
		CU_ASSERT_TRUE(refused(n, INFINITY));
		CU_ASSERT_TRUE(refused(n, -INFINITY));
	}
}

static CU_TestInfo tests[] = {
	{ "frequency is within 50 ppm at first",
	    frequency_is_within_50_ppm_at_first },
	{ "wanders reach from 1e-10 to 3e-7",
	    wanders_reach_from_1e_10_to_3e_7 },
	{ "more wander is for all and is not learned",
	    more_wander_is_for_all_and_is_not_learned },
	{ "a mixture is as wide as its members disagree",
	    a_mixture_is_as_wide_as_its_members_disagree },
	{ "a large offset loses nothing in the mixture",
	    a_large_offset_loses_nothing_in_the_mixture },
	{ "wander is learned", wander_is_learned },
	{ "what survives is frequency, wander and biases",
	    what_survives_is_frequency_wander_and_biases },
	{ "a remembered frequency ages", a_remembered_frequency_ages },
	{ "what is cut changes nothing", what_is_cut_changes_nothing },
	{ "another number of sources is refused",
	    another_number_of_sources_is_refused },
	{ "numbers out of range are refused",
	    numbers_out_of_range_are_refused },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_bank = { "core/bank", NULL, NULL, setup, NULL, tests };
