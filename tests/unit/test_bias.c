/* SPDX-License-Identifier: ISC */
#include "core/bias.h"
#include "unit.h"

#include <math.h>

/* Four paths of 50 ms: each lies by 1 ms, as is to be expected. */
static struct bias b;
static struct filter f;

static void
setup(void)
{
	bias_init(&b, 4);
	filter_init(&f, 4, 1e-9);
	for (unsigned i = 0; i < 4; i++)
		filter_reset(&f, FILTER_BIAS + i, 0, bias_hear(&b, i, 0.050));
}

/* Differences are known well, and what all have in common is not. */
static void
know(double b0, double b1, double b2, double b3)
{
	const double bias[] = { b0, b1, b2, b3 };

	for (unsigned i = 0; i < 4; i++) {
		f.x[FILTER_BIAS + i] = bias[i];
		for (unsigned j = 0; j < 4; j++)
			f.p[FILTER_BIAS + i][FILTER_BIAS + j] =
			    0.25e-6 + (i == j ? 1e-12 : 0);
	}
}

static void
learn(void)
{
	for (int i = 0; i < 20; i++) {
		struct filter copy = f;

		bias_learn(&b, &copy);
	}
}

static void
two_percent_of_the_delay_are_expected(void)
{
	CU_ASSERT_DOUBLE_EQUAL(b.scale[2], 0.001, 1e-12);
	CU_ASSERT_EQUAL(b.spread, 1);
	/* a mean of four */
	CU_ASSERT_DOUBLE_EQUAL(bias_common(&b), 1e-6 / 4, 1e-12);
}

static void
paths_that_agree_are_trusted_more(void)
{
	know(0, 0, 0, 0);
	learn();
	/* the prior alone is left: a quarter of a source among 3.25 */
	CU_ASSERT_DOUBLE_EQUAL(b.spread, sqrt(0.25 / 3.25), 0.01);
}

static void
a_lie_of_all_is_not_seen(void)
{
	double agreed;

	know(0, 0, 0, 0);
	learn();
	agreed = b.spread;
	know(0.0005, 0.0005, 0.0005, 0.0005);
	learn();
	CU_ASSERT_DOUBLE_EQUAL(b.spread, agreed, 0.01);
}

static void
paths_that_differ_are_trusted_less(void)
{
	know(0, 0, 0, 0);
	learn();
	know(0.0008, -0.0008, 0.0008, -0.0008);
	learn();
	/* (0.25 + 4 * 0.64) / 3.25 */
	CU_ASSERT_DOUBLE_EQUAL(b.spread, 0.93, 0.03);
}

static void
paths_that_lie_by_a_tenth_are_believed_to(void)
{
	know(0.005, -0.005, 0.005, -0.005);
	learn();
	/* (0.25 + 4 * 25) / 3.25 */
	CU_ASSERT_DOUBLE_EQUAL(b.spread, 5.55, 0.1);
}

static void
the_spread_is_never_above_what_filters_assume(void)
{
	know(0.1, -0.1, 0.1, -0.1);
	learn();
	CU_ASSERT_EQUAL(b.spread, 10); /* a fifth of the delay */
}

static void
one_source_teaches_nothing(void)
{
	bias_init(&b, 4);
	filter_init(&f, 4, 1e-9);
	filter_reset(&f, FILTER_BIAS, 0, bias_hear(&b, 0, 0.050));
	learn();
	CU_ASSERT_EQUAL(b.spread, 1);
	CU_ASSERT_DOUBLE_EQUAL(bias_common(&b), 1e-6, 1e-12);
}

static void
a_short_path_counts_more_in_what_is_common(void)
{
	bias_init(&b, 2);
	bias_hear(&b, 0, 0.050); /* 1 ms */
	bias_hear(&b, 1, 0.005); /* 0.1 ms */
	CU_ASSERT_DOUBLE_EQUAL(bias_common(&b), 1 / (1e6 + 1e8), 1e-13);
}

static void
nobody_heard_has_nothing_in_common(void)
{
	bias_init(&b, 4);
	CU_ASSERT_EQUAL(bias_common(&b), 0);
}

static void
learning_makes_the_offset_surer(void)
{
	struct filter copy;

	know(0, 0, 0, 0);
	/* offset + common bias is known, each alone is not */
	f.p[0][0] = 0.25e-6;
	for (unsigned i = 0; i < 4; i++)
		f.p[0][FILTER_BIAS + i] = f.p[FILTER_BIAS + i][0] = -0.25e-6;
	learn();
	copy = f;
	bias_learn(&b, &copy);
	CU_ASSERT_DOUBLE_EQUAL(copy.p[0][0], bias_common(&b), 2e-9);
}

static void
a_widened_source_weighs_little(void)
{
	double before = bias_common(&b);

	bias_widen(&b, 0, 0.010);
	CU_ASSERT_DOUBLE_EQUAL(b.scale[0], 0.010, 1e-12);
	CU_ASSERT(bias_common(&b) > before);
	bias_widen(&b, 0, 0.005);
	CU_ASSERT_DOUBLE_EQUAL(b.scale[0], 0.010, 1e-12);
}

static void
a_widened_source_may_be_off_by_so_much(void)
{
	b.spread = 0.5;
	bias_widen(&b, 0, 0.010);
	CU_ASSERT_DOUBLE_EQUAL(b.spread * b.scale[0], 0.010, 1e-12);
}

static void
a_lie_may_be_another_after_a_month(void)
{
	double most;

	/* In 15 of 30 days, twice a half of (0.5 * 1 ms)^2 ... */
	b.spread = 0.5;
	CU_ASSERT_DOUBLE_EQUAL(bias_walk(&b, 0, 15 * 86400.0, &most), 0.25e-6,
	    1e-12);
	/* ... and never more than the filters' prior, 20 % of the delay. */
	CU_ASSERT_DOUBLE_EQUAL(most, 1e-4, 1e-12);
}

static void
a_widened_source_walks_no_faster(void)
{
	double most, before = bias_walk(&b, 0, 1000, &most);

	bias_widen(&b, 0, 0.010);
	CU_ASSERT_EQUAL(bias_walk(&b, 0, 1000, &most), before);
}

static void
a_forgotten_source_does_not_count(void)
{
	bias_forget(&b, 3);
	CU_ASSERT_DOUBLE_EQUAL(bias_common(&b), 1e-6 / 3, 1e-12);
}

static uint8_t octets[128];

static size_t
written(void)
{
	struct wire_out w = { .at = octets, .left = sizeof(octets) };

	bias_write(&b, &w);
	return sizeof(octets) - w.left;
}

static bool
read_back(struct bias *to, size_t len)
{
	struct wire w = { .at = octets, .left = len };

	bias_init(to, 4);
	return bias_read(to, &w);
}

static void
what_is_written_reads_the_same(void)
{
	struct bias other;

	b.spread = 0.5;
	bias_forget(&b, 1);
	CU_ASSERT_TRUE(read_back(&other, written()));
	CU_ASSERT_EQUAL(other.spread, 0.5);
	CU_ASSERT_EQUAL(other.scale[0], b.scale[0]);
	CU_ASSERT_EQUAL(other.scale[1], 0);
}

static void
what_is_cut_or_absurd_is_refused(void)
{
	/* The smallest number there is has no inverse. */
	static const double bad[] = { -1, 1e3, NAN, INFINITY, 1e-9, 5e-324 };
	struct bias other;
	size_t len = written();

	for (size_t n = 0; n < len; n++)
		CU_ASSERT_FALSE(read_back(&other, n));
	for (unsigned i = 0; i < 6; i++)
		for (unsigned n = 0; n < 9; n++) {
			struct wire_out w = { .at = octets + 8 * n, .left = 8 };

			written();
			wire_put_f64(&w, bad[i]);
			CU_ASSERT_FALSE(read_back(&other, len));
			CU_ASSERT_EQUAL(other.scale[0], 0);
		}
}

static CU_TestInfo tests[] = {
	{ "two percent of the delay are expected",
	    two_percent_of_the_delay_are_expected },
	{ "paths that agree are trusted more",
	    paths_that_agree_are_trusted_more },
	{ "a lie of all is not seen", a_lie_of_all_is_not_seen },
	{ "paths that differ are trusted less",
	    paths_that_differ_are_trusted_less },
	{ "paths that lie by a tenth are believed to",
	    paths_that_lie_by_a_tenth_are_believed_to },
	{ "the spread is never above what filters assume",
	    the_spread_is_never_above_what_filters_assume },
	{ "one source teaches nothing", one_source_teaches_nothing },
	{ "a short path counts more in what is common",
	    a_short_path_counts_more_in_what_is_common },
	{ "nobody heard has nothing in common",
	    nobody_heard_has_nothing_in_common },
	{ "learning makes the offset surer", learning_makes_the_offset_surer },
	{ "a widened source weighs little", a_widened_source_weighs_little },
	{ "a widened source may be off by so much",
	    a_widened_source_may_be_off_by_so_much },
	{ "a lie may be another after a month",
	    a_lie_may_be_another_after_a_month },
	{ "a widened source walks no faster",
	    a_widened_source_walks_no_faster },
	{ "a forgotten source does not count",
	    a_forgotten_source_does_not_count },
	{ "what is written reads the same", what_is_written_reads_the_same },
	{ "what is cut or absurd is refused",
	    what_is_cut_or_absurd_is_refused },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_bias = { "core/bias", NULL, NULL, setup, NULL, tests };
