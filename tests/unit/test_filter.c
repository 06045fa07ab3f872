/* SPDX-License-Identifier: ISC */
#include "base/rng.h"
#include "core/filter.h"
#include "unit.h"

#include <math.h>
#include <stdbool.h>

/* Two sources, offset of variance 1, everything else exactly 0. */
static struct filter f;

static void
setup(void)
{
	filter_init(&f, 2, 1e-9);
	filter_reset(&f, FILTER_OFFSET, 0, 1);
}

static struct measurement
measured(double offset, double half_width, double variance)
{
	return (struct measurement){ .source = 0,
		.offset = offset,
		.noise = { half_width, variance } };
}

static void
offset_moves_with_frequency(void)
{
	filter_reset(&f, FILTER_FREQUENCY, 1e-6, 1e-12);
	filter_predict(&f, 1000);
	CU_ASSERT_DOUBLE_EQUAL(f.x[FILTER_OFFSET], 1e-3, 1e-15);
	/* 1 + 1000^2 * 1e-12 */
	CU_ASSERT_DOUBLE_EQUAL(f.p[0][0], 1.000001, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(f.p[0][1], 1e-9, 1e-12);
	CU_ASSERT_EQUAL(f.p[0][1], f.p[1][0]);
}

static void
wander_makes_offset_uncertain_with_the_cube_of_time(void)
{
	filter_reset(&f, FILTER_OFFSET, 0, 0);
	/* (1e-9)^2 * 3000^3 / 3 = 9e-9 s^2, and 1e-18 * 3000 of white FM */
	CU_ASSERT_DOUBLE_EQUAL(filter_offset_variance(&f, 3000), 9e-9, 1e-14);
	filter_predict(&f, 3000);
	CU_ASSERT_DOUBLE_EQUAL(f.p[0][0], 9e-9, 1e-14);
	CU_ASSERT_DOUBLE_EQUAL(f.p[1][1], 3e-15, 1e-20);
	CU_ASSERT_DOUBLE_EQUAL(f.p[0][1], 4.5e-12, 1e-17);
}

static void
more_wander_adds_to_the_square_of_what_was_assumed(void)
{
	filter_reset(&f, FILTER_OFFSET, 0, 0);
	f.more = 3e-18; /* so it is 2e-9, and four times the variance */
	CU_ASSERT_DOUBLE_EQUAL(filter_offset_variance(&f, 3000), 36e-9, 1e-14);
	filter_predict(&f, 3000);
	CU_ASSERT_DOUBLE_EQUAL(f.p[0][0], 36e-9, 1e-14);
	CU_ASSERT_DOUBLE_EQUAL(f.p[1][1], 12e-15, 1e-20);
	CU_ASSERT_DOUBLE_EQUAL(f.p[0][1], 18e-12, 1e-17);
}

static void
gaussian_noise_gives_the_kalman_update(void)
{
	struct measurement m = measured(2, 0, 3);

	filter_update(&f, &m);
	/* gain 1/(1 + 3) */
	CU_ASSERT_DOUBLE_EQUAL(f.x[0], 0.5, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(f.p[0][0], 0.75, 1e-12);
}

static void
an_error_is_shared_between_offset_and_bias(void)
{
	struct measurement m = measured(2, 0, 2);

	filter_reset(&f, FILTER_BIAS, 0, 1);
	filter_update(&f, &m);
	/* variance seen 1 + 1 + 2: a quarter of the 2 s each */
	CU_ASSERT_DOUBLE_EQUAL(f.x[FILTER_OFFSET], 0.5, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(f.x[FILTER_BIAS], 0.5, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(f.x[FILTER_BIAS + 1], 0, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(f.p[0][0], 0.75, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(f.p[0][FILTER_BIAS], -0.25, 1e-12);
}

static void
who_knows_nothing_takes_the_box(void)
{
	struct measurement m = measured(5, 3, 1e-12);

	filter_reset(&f, FILTER_OFFSET, 0, 9000);
	filter_update(&f, &m);
	/* uniform on 2..8: variance 3^2/3 */
	CU_ASSERT_DOUBLE_EQUAL(f.x[0], 5, 0.01);
	CU_ASSERT_DOUBLE_EQUAL(f.p[0][0], 3, 0.01);
}

static void
a_box_that_holds_everything_says_nothing(void)
{
	struct measurement m = measured(20, 100, 1e-12);

	filter_update(&f, &m);
	CU_ASSERT_DOUBLE_EQUAL(f.x[0], 0, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(f.p[0][0], 1, 1e-9);
}

static void
the_edge_of_a_box_cuts(void)
{
	struct measurement above = measured(10, 10, 1e-12);
	struct measurement below = measured(-10, 10, 1e-12);

	filter_update(&f, &above);
	/* half normal: mean sqrt(2/pi), variance 1 - 2/pi */
	CU_ASSERT_DOUBLE_EQUAL(f.x[0], 0.797884561, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(f.p[0][0], 0.363380228, 1e-6);
	setup();
	filter_update(&f, &below);
	CU_ASSERT_DOUBLE_EQUAL(f.x[0], -0.797884561, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(f.p[0][0], 0.363380228, 1e-6);
}

static void
six_sigma_off_the_box_keeps_its_digits(void)
{
	struct measurement m = measured(7, 1, 1e-12);

	filter_update(&f, &m);
	/* The tail beyond 6: mean 6.15848 (Mills' ratio), variance 0.0240;
	 * beyond 8 there is nothing that counts. */
	CU_ASSERT_DOUBLE_EQUAL(f.x[0], 6.15848, 1e-4);
	CU_ASSERT_DOUBLE_EQUAL(f.p[0][0], 0.02399, 1e-4);
}

static void
a_box_out_of_reach_is_taken_as_a_gaussian(void)
{
	struct measurement m = measured(100, 1, 1e-12);

	filter_update(&f, &m);
	/* variance 1/3: gain 3/4 */
	CU_ASSERT_DOUBLE_EQUAL(f.x[0], 75, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(f.p[0][0], 0.25, 1e-6);
}

static void
likelihood_is_that_of_the_box_and_fades(void)
{
	struct measurement m = measured(0, 1, 1e-12);

	filter_reset(&f, FILTER_OFFSET, 0, 1e-6);
	filter_update(&f, &m); /* density 1/2 all over the box */
	CU_ASSERT_DOUBLE_EQUAL(f.loglik, -log(2), 1e-9);
	filter_update(&f, &m);
	CU_ASSERT_DOUBLE_EQUAL(f.loglik, -1.98 * log(2), 1e-9);
}

static void
an_older_measurement_is_compared_with_then(void)
{
	struct measurement m = measured(8, 0, 1);
	struct innovation in;

	filter_reset(&f, FILTER_OFFSET, 10, 1);
	filter_reset(&f, FILTER_FREQUENCY, 1, 0.25);
	m.age = 2;
	in = filter_innovation(&f, &m);
	CU_ASSERT_DOUBLE_EQUAL(in.value, 0, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(in.variance, 1 + 4 * 0.25, 1e-12);
}

static void
a_tie_pulls_a_state_to_zero(void)
{
	filter_reset(&f, FILTER_BIAS, 2, 1);
	filter_tie(&f, FILTER_BIAS, 1);
	CU_ASSERT_DOUBLE_EQUAL(f.x[FILTER_BIAS], 1, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(f.p[FILTER_BIAS][FILTER_BIAS], 0.5, 1e-12);
}

static void
opening_adds_variance_and_resetting_cuts_ties(void)
{
	filter_reset(&f, FILTER_FREQUENCY, 0, 1e-12);
	filter_predict(&f, 10);
	filter_open(&f, FILTER_OFFSET, 3);
	CU_ASSERT_DOUBLE_EQUAL(f.p[0][0], 4, 1e-6);
	CU_ASSERT(f.p[0][1] > 0);
	filter_reset(&f, FILTER_FREQUENCY, 5, 6);
	CU_ASSERT_EQUAL(f.p[0][1], 0);
	CU_ASSERT_EQUAL(f.p[1][0], 0);
	CU_ASSERT_EQUAL(f.x[FILTER_FREQUENCY], 5);
	CU_ASSERT_EQUAL(f.p[1][1], 6);
}

static void
a_walk_is_held_back(void)
{
	filter_reset(&f, FILTER_BIAS, 2, 1);
	filter_walk(&f, FILTER_BIAS, 3, 12);
	/* keeps 3/4 of 1, and 1/4 of 12 comes in */
	CU_ASSERT_DOUBLE_EQUAL(f.p[2][2], 3.75, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(f.x[FILTER_BIAS], 2 * sqrt(0.75), 1e-12);
	for (int i = 0; i < 1000; i++)
		filter_walk(&f, FILTER_BIAS, 3, 12);
	CU_ASSERT_DOUBLE_EQUAL(f.p[2][2], 12, 1e-9);
	filter_walk(&f, FILTER_BIAS, 100, 12);
	CU_ASSERT_DOUBLE_EQUAL(f.p[2][2], 12, 1e-9);
}

static void
a_walk_loosens_ties(void)
{
	f.p[0][2] = f.p[2][0] = 0.5;
	f.p[2][2] = 1;
	filter_walk(&f, FILTER_BIAS, 0.19, 1);
	CU_ASSERT_DOUBLE_EQUAL(f.p[0][2], 0.45, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(f.p[2][0], 0.45, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(f.p[2][2], 1, 1e-12);
}

static void
sources_may_change_places(void)
{
	static const int from[] = { 1, -1, 0 };
	struct measurement m = measured(2, 0, 2);

	filter_reset(&f, FILTER_BIAS, 0, 1);
	filter_reset(&f, FILTER_BIAS + 1, 7, 3);
	filter_update(&f, &m); /* ties offset to the bias of source 0 */
	filter_permute(&f, 3, from);
	CU_ASSERT_EQUAL(f.states, 5);
	CU_ASSERT_DOUBLE_EQUAL(f.x[FILTER_OFFSET], 0.5, 1e-12);
	CU_ASSERT_EQUAL(f.x[FILTER_BIAS], 7);
	CU_ASSERT_DOUBLE_EQUAL(f.p[2][2], 3, 1e-12);
	CU_ASSERT_EQUAL(f.x[FILTER_BIAS + 1], 0);
	CU_ASSERT_EQUAL(f.p[3][3], 0);
	CU_ASSERT_DOUBLE_EQUAL(f.x[FILTER_BIAS + 2], 0.5, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(f.p[0][4], -0.25, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(f.p[4][0], -0.25, 1e-12);
}

static bool
is_covariance(const struct filter *g)
{
	for (unsigned a = 0; a < g->states; a++)
		for (unsigned b = 0; b < g->states; b++) {
			double c = g->p[a][b];
			double most = sqrt(g->p[a][a] * g->p[b][b]);

			if (!isfinite(c) || c != g->p[b][a] ||
			    fabs(c) > most * (1 + 1e-12) || g->p[a][a] < 0)
				return false;
		}
	return true;
}

static void
covariance_stays_one_whatever_comes(void)
{
	struct rng r;

	rng_init(&r, unit_seed);
	filter_reset(&f, FILTER_FREQUENCY, 0, 1e-9);
	filter_reset(&f, FILTER_BIAS, 0, 1e-6);
	filter_reset(&f, FILTER_BIAS + 1, 0, 1e-4);
	for (int i = 0; i < 20000; i++) {
		struct measurement m =
		    measured(rng_normal(&r), pow(10, -7 * rng_uniform(&r)),
			pow(10, -14 * rng_uniform(&r)));

		m.source = rng_u64(&r) & 1;
		m.age = rng_uniform(&r) < 0.1 ? 60 * rng_uniform(&r) : 0;
		filter_predict(&f, pow(10, 6 * rng_uniform(&r)));
		filter_update(&f, &m);
		if (!is_covariance(&f))
			break;
	}
	CU_ASSERT(is_covariance(&f));
	CU_ASSERT(isfinite(f.x[FILTER_OFFSET]));
	CU_ASSERT(isfinite(f.loglik));
}

static void
thirty_years_of_silence_are_survived(void)
{
	struct measurement m = measured(1234, 1e-3, 1e-12);

	filter_reset(&f, FILTER_FREQUENCY, 0, 2.5e-9);
	filter_predict(&f, 1e9);
	CU_ASSERT(is_covariance(&f));
	filter_update(&f, &m);
	CU_ASSERT_DOUBLE_EQUAL(f.x[FILTER_OFFSET], 1234, 1e-4);
	CU_ASSERT(is_covariance(&f));
}

static CU_TestInfo tests[] = {
	{ "offset moves with frequency", offset_moves_with_frequency },
	{ "wander makes offset uncertain with the cube of time",
	    wander_makes_offset_uncertain_with_the_cube_of_time },
	{ "more wander adds to the square of what was assumed",
	    more_wander_adds_to_the_square_of_what_was_assumed },
	{ "gaussian noise gives the Kalman update",
	    gaussian_noise_gives_the_kalman_update },
	{ "an error is shared between offset and bias",
	    an_error_is_shared_between_offset_and_bias },
	{ "who knows nothing takes the box", who_knows_nothing_takes_the_box },
	{ "a box that holds everything says nothing",
	    a_box_that_holds_everything_says_nothing },
	{ "the edge of a box cuts", the_edge_of_a_box_cuts },
	{ "six sigma off the box keeps its digits",
	    six_sigma_off_the_box_keeps_its_digits },
	{ "a box out of reach is taken as a gaussian",
	    a_box_out_of_reach_is_taken_as_a_gaussian },
	{ "likelihood is that of the box and fades",
	    likelihood_is_that_of_the_box_and_fades },
	{ "an older measurement is compared with then",
	    an_older_measurement_is_compared_with_then },
	{ "a tie pulls a state to zero", a_tie_pulls_a_state_to_zero },
	{ "opening adds variance and resetting cuts ties",
	    opening_adds_variance_and_resetting_cuts_ties },
	{ "a walk is held back", a_walk_is_held_back },
	{ "a walk loosens ties", a_walk_loosens_ties },
	{ "sources may change places", sources_may_change_places },
	{ "covariance stays one whatever comes",
	    covariance_stays_one_whatever_comes },
	{ "thirty years of silence are survived",
	    thirty_years_of_silence_are_survived },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_filter = { "core/filter", NULL, NULL, setup, NULL, tests };
