/* SPDX-License-Identifier: ISC */
/* What an estimate says of itself: the bound, and how long it holds. */
#include "core/estimate.h"
#include "unit.h"
#include "world.h"

#include <math.h>

static double
seconds_until(double limit)
{
	return mono_sub(estimate_until(&world.e, limit), mono_at(world.now));
}

static void
a_looser_limit_holds_longer(void)
{
	world_settle();
	CU_ASSERT(seconds_until(2e-3) > 0);
	CU_ASSERT(seconds_until(5e-3) > seconds_until(2e-3));
	CU_ASSERT_EQUAL(estimate_until(&world.e, INFINITY).ns, MONO_NEVER.ns);
}

static void
a_limit_that_is_passed_already_is_now(void)
{
	world_settle();
	CU_ASSERT_EQUAL(estimate_until(&world.e, 1e-9).ns, world.e.at.ns);
}

static void
samples_that_surprise_widen_the_bound(void)
{
	double calm;

	world_settle();
	calm = world_bound();
	CU_ASSERT(world.e.surprise < 1.5);
	world.e.surprise = 4;
	CU_ASSERT_DOUBLE_EQUAL(world_bound() / calm, 2, 0.3);
}

static void
samples_as_expected_do_not_narrow_it(void)
{
	double at_one;

	world_settle();
	world.e.surprise = 1;
	at_one = world_bound();
	world.e.surprise = 0.25;
	CU_ASSERT_EQUAL(world_bound(), at_one);
}

static void
an_oscillator_that_jumps_about_surprises(void)
{
	double worst = 0;

	world_settle();
	for (int k = 0; k < 40; k++) {
		world.frequency += k % 2 == 0 ? 2e-6 : -2e-6;
		world_rounds(1, 1024);
		worst = fmax(worst, world.e.surprise);
	}
	CU_ASSERT(worst > 1.2);
}

static void
what_made_all_paths_longer_may_be_on_one_way(void)
{
	struct estimate_view v;

	world_settle();
	for (unsigned i = 0; i < 4; i++)
		world.e.shortest[i] -= 0.012;
	v = estimate_at(&world.e, mono_at(world.now));
	/* 12 ms / sqrt(6) is 4.90 ms */
	CU_ASSERT_DOUBLE_EQUAL(v.bound, 1.96 * 0.00490, 2e-4);
	CU_ASSERT_DOUBLE_EQUAL(v.fixed, 1.96 * 0.00490, 2e-4);
}

static void
two_longer_paths_of_four_are_their_own_affair(void)
{
	double before;

	world_settle();
	before = world_bound();
	world.e.shortest[1] -= 0.012;
	world.e.shortest[3] -= 0.012;
	CU_ASSERT_DOUBLE_EQUAL(world_bound(), before, 1e-4);
}

static void
nothing_can_be_reached_before_a_sample(void)
{
	CU_ASSERT(isinf(estimate_reach(&world.e, 1024)));
}

static void
rarer_samples_reach_less(void)
{
	world_settle();
	CU_ASSERT(estimate_reach(&world.e, 4096) >
	    1.2 * estimate_reach(&world.e, 1024));
}

static void
what_is_reached_is_what_was_foretold(void)
{
	double foretold, before = 0;

	world_settle();
	foretold = estimate_reach(&world.e, 512);
	for (int k = 0; k < 200; k++) {
		world.frequency += 1e-9 * sqrt(512) * rng_normal(&world.rng);
		world_pass(512);
		if (k >= 100)
			before += world_bound() / 100;
		world_ask((unsigned)k % 4);
	}
	foretold = estimate_reach(&world.e, 512);
	CU_ASSERT(before > foretold / 2 && before < foretold * 2);
}

static CU_TestInfo tests[] = {
	{ "a looser limit holds longer", a_looser_limit_holds_longer },
	{ "a limit that is passed already is now",
	    a_limit_that_is_passed_already_is_now },
	{ "samples that surprise widen the bound",
	    samples_that_surprise_widen_the_bound },
	{ "samples as expected do not narrow it",
	    samples_as_expected_do_not_narrow_it },
	{ "an oscillator that jumps about surprises",
	    an_oscillator_that_jumps_about_surprises },
	{ "what made all paths longer may be on one way",
	    what_made_all_paths_longer_may_be_on_one_way },
	{ "two longer paths of four are their own affair",
	    two_longer_paths_of_four_are_their_own_affair },
	{ "nothing can be reached before a sample",
	    nothing_can_be_reached_before_a_sample },
	{ "rarer samples reach less", rarer_samples_reach_less },
	{ "what is reached is what was foretold",
	    what_is_reached_is_what_was_foretold },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_estimate_view = { "core/estimate_view", NULL, NULL,
	world_init, NULL, tests };
