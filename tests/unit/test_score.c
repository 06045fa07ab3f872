/* SPDX-License-Identifier: ISC */
#include "core/score.h"
#include "unit.h"

#include <math.h>

static void
a_good_sample_earns_one(void)
{
	CU_ASSERT_EQUAL(score_step(0), 1);
	CU_ASSERT_EQUAL(score_step(0.025), 1);
	CU_ASSERT_EQUAL(score_step(-0.02), 1);
}

static void
the_pool_s_lines_hold_between_25_ms_and_750_ms(void)
{
	/* 1.167 - 6.667 * 0.026; 0.731 - 2.308 * 0.4 */
	CU_ASSERT_DOUBLE_EQUAL(score_step(0.026), 0.993, 0.001);
	CU_ASSERT_DOUBLE_EQUAL(score_step(0.1), 0.5, 0.001);
	CU_ASSERT_DOUBLE_EQUAL(score_step(0.4), -0.192, 0.001);
	CU_ASSERT_DOUBLE_EQUAL(score_step(0.75), -1.0, 0.001);
	CU_ASSERT_DOUBLE_EQUAL(score_step(0.05), 1.167 - 0.33335, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(score_step(0.1), 0.5003, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(score_step(0.5), 0.731 - 1.154, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(score_step(0.75), -1, 1e-9);
}

static void
a_sample_far_off_costs(void)
{
	CU_ASSERT_EQUAL(score_step(0.76), -2);
	CU_ASSERT_EQUAL(score_step(3), -2);
	CU_ASSERT_EQUAL(score_step(3.01), -4);
	CU_ASSERT_EQUAL(score_step((double)NAN), -4);
}

static void
the_sign_of_the_offset_does_not_matter(void)
{
	for (double x = 0; x < 4; x += 0.01)
		CU_ASSERT_EQUAL(score_step(x), score_step(-x));
}

static void
perfect_samples_lead_to_20(void)
{
	double score = SCORE_NEW;

	for (int i = 0; i < 1000; i++)
		score = score_add(score, 1, 0);
	CU_ASSERT_DOUBLE_EQUAL(score, 20, 1e-6);
}

static void
nine_tenths_of_the_past_count_after_two_steps(void)
{
	/* 0.95 (0.95 20 - 5) - 5 = 8.3 */
	CU_ASSERT_DOUBLE_EQUAL(
	    score_add(score_add(20, SCORE_NO_ANSWER, 0), SCORE_NO_ANSWER, 0),
	    8.3, 1e-9);
}

static void
more_than_3_s_off_is_at_most_minus_20(void)
{
	CU_ASSERT_EQUAL(score_add(20, -4, 3.5), -20);
	CU_ASSERT_EQUAL(score_add(20, -4, -3.5), -20);
	CU_ASSERT_EQUAL(score_add(-60, -4, 3.5), -61);
}

static void
the_score_ends_at_minus_100(void)
{
	double score = 0;

	for (int i = 0; i < 100; i++)
		score = score_add(score, SCORE_DENIED, 0);
	CU_ASSERT_EQUAL(score, -100);
}

static CU_TestInfo tests[] = {
	{ "a good sample earns one", a_good_sample_earns_one },
	{ "the pool's lines hold between 25 ms and 750 ms",
	    the_pool_s_lines_hold_between_25_ms_and_750_ms },
	{ "a sample far off costs", a_sample_far_off_costs },
	{ "the sign of the offset does not matter",
	    the_sign_of_the_offset_does_not_matter },
	{ "perfect samples lead to 20", perfect_samples_lead_to_20 },
	{ "nine tenths of the past count after two steps",
	    nine_tenths_of_the_past_count_after_two_steps },
	{ "more than 3 s off is at most -20",
	    more_than_3_s_off_is_at_most_minus_20 },
	{ "the score ends at -100", the_score_ends_at_minus_100 },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_score = { "core/score", NULL, NULL, NULL, NULL, tests };
