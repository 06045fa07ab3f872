/* SPDX-License-Identifier: ISC */
#include "core/estimate.h"
#include "unit.h"
#include "world.h"

#include <math.h>
#include <string.h>

static void
nothing_is_known_at_first(void)
{
	struct estimate_view v = estimate_at(&world.e, mono_at(5));

	CU_ASSERT_EQUAL(v.offset, 0);
	CU_ASSERT_EQUAL(v.frequency, 0);
	CU_ASSERT(isinf(v.bound));
	CU_ASSERT_EQUAL(estimate_bias(&world.e, 0), 0);
}

static void
the_first_sample_is_right_to_half_its_delay(void)
{
	CU_ASSERT_EQUAL(world_ask(0), ESTIMATE_TAKEN);
	CU_ASSERT(fabs(world_error()) < 0.010);
	CU_ASSERT(world_bound() > 0.0005 && world_bound() < 0.010);
}

static void
without_memory_frequency_may_be_50_ppm_off(void)
{
	struct estimate_view v;

	world_ask(0);
	v = estimate_at(&world.e, mono_at(world.now));
	CU_ASSERT_DOUBLE_EQUAL(v.frequency_sigma, 50e-6, 1e-9);
	/* 1.96 * 50 ppm * 1000 s, and the milliseconds of before */
	v = estimate_at(&world.e, mono_at(world.now + 1000));
	CU_ASSERT_DOUBLE_EQUAL(v.bound, 0.098, 0.001);
}

static void
it_converges_to_offset_and_frequency(void)
{
	struct estimate_view v;

	world_settle();
	v = estimate_at(&world.e, mono_at(world.now));
	CU_ASSERT(fabs(world_error()) < 200e-6);
	CU_ASSERT(fabs(v.frequency - 30e-6) < 20e-9);
	CU_ASSERT(v.bound < 400e-6);
	CU_ASSERT(v.fixed < v.bound && v.fixed > 0);
	CU_ASSERT(v.wander < 1e-8);
	CU_ASSERT_EQUAL(world.e.taken, 4 * 144);
}

static void
the_error_is_below_the_bound(void)
{
	int good = 0;

	world_settle();
	for (int k = 0; k < 1000; k++) {
		world.frequency += 3e-8 * rng_normal(&world.rng);
		world_pass(300);
		good += fabs(world_error()) < world_bound();
		if (k % 3 == 2)
			world_ask((unsigned)k / 3 % 4);
	}
	/* 95 % are promised; neighbours are not independent */
	CU_ASSERT(good > 900);
}

static void
the_bound_grows_until_the_next_sample(void)
{
	double before = 0;

	world_settle();
	for (double t = world.now; t < world.now + 1e5; t += 1000) {
		double b = estimate_at(&world.e, mono_at(t)).bound;

		CU_ASSERT(b > before);
		before = b;
	}
}

static void
until_says_when_the_bound_passes(void)
{
	double t;

	world_settle();
	t = mono_sub(estimate_until(&world.e, 0.001), mono_at(0));
	CU_ASSERT(t > world.now);
	CU_ASSERT_DOUBLE_EQUAL(estimate_at(&world.e, mono_at(t)).bound, 0.001,
	    1e-6);
}

static void
until_knows_too_late_and_never(void)
{
	world_settle();
	CU_ASSERT_EQUAL(estimate_until(&world.e, 1e-9).ns,
	    mono_at(world.now).ns);
	CU_ASSERT_EQUAL(estimate_until(&world.e, 1e3).ns, INT64_MAX);
}

static void
a_lie_of_one_is_found(void)
{
	world.lie[1] = 0.0004;
	world_settle();
	/* seen against the mean of all, which lies by 0.1 ms itself */
	CU_ASSERT_DOUBLE_EQUAL(estimate_bias(&world.e, 1) -
		estimate_bias(&world.e, 0),
	    0.0004, 0.00015);
	CU_ASSERT(world_bound() > fabs(world_error()));
}

static void
a_late_sample_is_right_too(void)
{
	struct sample s;
	double before;

	world_settle();
	world_pass(64);
	s = world_sample(0);
	world_pass(60); /* 1.8 ms of our 30 ppm */
	world_ask(1);
	before = world_error();
	CU_ASSERT_EQUAL(estimate_add(&world.e, 0, &s), ESTIMATE_TAKEN);
	CU_ASSERT(fabs(world_error() - before) < 200e-6);
	CU_ASSERT_EQUAL(world.e.at.ns, mono_at(world.now).ns);
}

static void
what_is_hours_old_is_dropped(void)
{
	struct sample s = world_sample(0);

	world_settle();
	CU_ASSERT_EQUAL(estimate_add(&world.e, 0, &s), ESTIMATE_DROPPED);
}

static void
what_is_no_number_is_dropped(void)
{
	static const double bad[] = { NAN, INFINITY, -INFINITY };
	struct estimate before;

	world_settle();
	world_pass(100);
	before = world.e;
	for (int i = 0; i < 3; i++) {
		struct sample s = world_sample(0);

		s.offset = bad[i];
		CU_ASSERT_EQUAL(estimate_add(&world.e, 0, &s),
		    ESTIMATE_DROPPED);
		s = world_sample(0);
		s.delay = bad[i];
		CU_ASSERT_EQUAL(estimate_add(&world.e, 0, &s),
		    ESTIMATE_DROPPED);
	}
	CU_ASSERT_EQUAL(memcmp(&before, &world.e, sizeof(world.e)), 0);
}

static void
delays_that_cannot_be_are_dropped(void)
{
	static const double bad[] = { 0, -0.001, 1000 };

	for (int i = 0; i < 3; i++) {
		struct sample s = world_sample(0);

		s.delay = bad[i];
		CU_ASSERT_EQUAL(estimate_add(&world.e, 0, &s),
		    ESTIMATE_DROPPED);
	}
	CU_ASSERT_FALSE(world.e.known);
}

static void
absurd_root_delays_do_no_harm(void)
{
	static const double odd[] = { NAN, INFINITY, -1, 1e9 };

	for (unsigned i = 0; i < 4; i++) {
		struct sample s = world_sample(i);

		s.root_delay = odd[i];
		CU_ASSERT_EQUAL(estimate_add(&world.e, i, &s), ESTIMATE_TAKEN);
	}
	CU_ASSERT(fabs(world_error()) < 0.005);
	CU_ASSERT(isfinite(world_bound()));
}

static void
a_million_seconds_of_silence_are_survived(void)
{
	world_settle();
	world.frequency += 1e-7;
	world_pass(1e6);
	CU_ASSERT(isfinite(world_bound()));
	world_rounds(20, 64);
	CU_ASSERT_EQUAL(world.last, ESTIMATE_TAKEN);
	CU_ASSERT(fabs(world_error()) < 0.001);
}

static void
the_end_of_time_is_finite(void)
{
	struct sample s;

	world_settle();
	s = world_sample(0);
	s.at.ns = INT64_MAX - 1;
	estimate_add(&world.e, 0, &s);
	CU_ASSERT(isfinite(estimate_at(&world.e, s.at).offset));
	CU_ASSERT(isfinite(estimate_at(&world.e, s.at).bound));
}

static void
a_clock_at_1970_is_no_trouble(void)
{
	world.offset = 1.8e9;
	world_settle();
	CU_ASSERT(fabs(world_error()) < 200e-6);
}

static void
reopening_widens_the_bound(void)
{
	world_settle();
	CU_ASSERT(world_bound() < 0.001);
	estimate_reopen(&world.e, 1e-4, 1e-12);
	/* 1.96 * 10 ms */
	CU_ASSERT_DOUBLE_EQUAL(world_bound(), 0.0196, 1e-4);
	CU_ASSERT_DOUBLE_EQUAL(
	    estimate_at(&world.e, mono_at(world.now)).frequency_sigma, 1e-6,
	    1e-8);
	world_ask(0);
	CU_ASSERT(world_bound() < 0.005);
}

static void
another_server_in_a_slot_begins_anew(void)
{
	world.lie[1] = 0.0004;
	world_settle();
	estimate_forget(&world.e, 1);
	CU_ASSERT_EQUAL(estimate_bias(&world.e, 1), 0);
	CU_ASSERT_EQUAL(world.e.path[1].count, 0);
	world.lie[1] = 0;
	world.delay[1] = 0.002;
	world_rounds(20, 1024);
	CU_ASSERT_EQUAL(world.last, ESTIMATE_TAKEN);
	CU_ASSERT(fabs(world_error()) < 200e-6);
	CU_ASSERT_DOUBLE_EQUAL(world.e.path[1].floor, 0.002, 0.0005);
}

static void
changing_a_server_causes_no_jump(void)
{
	double before;

	world.lie[1] = 0.0004;
	world_settle();
	before = world_error();
	estimate_forget(&world.e, 1);
	CU_ASSERT_DOUBLE_EQUAL(world_error(), before, 150e-6);
}

static void
servers_may_change_places(void)
{
	static const int from[] = { 2, 1, -1 };
	double before, floor2, bias1;

	world.lie[1] = 0.0004;
	world.delay[2] = 0.007;
	world_settle();
	before = world_error();
	floor2 = world.e.path[2].floor;
	bias1 = estimate_bias(&world.e, 1);
	estimate_permute(&world.e, 3, from);
	CU_ASSERT_EQUAL(world.e.sources, 3);
	CU_ASSERT_EQUAL(world.e.path[0].floor, floor2);
	CU_ASSERT_EQUAL(world.e.path[2].count, 0);
	CU_ASSERT_EQUAL(estimate_bias(&world.e, 2), 0);
	CU_ASSERT_DOUBLE_EQUAL(estimate_bias(&world.e, 1), bias1, 150e-6);
	CU_ASSERT_DOUBLE_EQUAL(world_error(), before, 150e-6);
	world_pass(1024);
	CU_ASSERT_EQUAL(world_ask(2), ESTIMATE_TAKEN);
	CU_ASSERT(world_bound() < 0.001);
}

static CU_TestInfo tests[] = {
	{ "nothing is known at first", nothing_is_known_at_first },
	{ "the first sample is right to half its delay",
	    the_first_sample_is_right_to_half_its_delay },
	{ "without memory frequency may be 50 ppm off",
	    without_memory_frequency_may_be_50_ppm_off },
	{ "it converges to offset and frequency",
	    it_converges_to_offset_and_frequency },
	{ "the error is below the bound", the_error_is_below_the_bound },
	{ "the bound grows until the next sample",
	    the_bound_grows_until_the_next_sample },
	{ "until says when the bound passes",
	    until_says_when_the_bound_passes },
	{ "until knows too late and never", until_knows_too_late_and_never },
	{ "a lie of one is found", a_lie_of_one_is_found },
	{ "a late sample is right too", a_late_sample_is_right_too },
	{ "what is hours old is dropped", what_is_hours_old_is_dropped },
	{ "what is no number is dropped", what_is_no_number_is_dropped },
	{ "delays that cannot be are dropped",
	    delays_that_cannot_be_are_dropped },
	{ "absurd root delays do no harm", absurd_root_delays_do_no_harm },
	{ "a million seconds of silence are survived",
	    a_million_seconds_of_silence_are_survived },
	{ "the end of time is finite", the_end_of_time_is_finite },
	{ "a clock at 1970 is no trouble", a_clock_at_1970_is_no_trouble },
	{ "reopening widens the bound", reopening_widens_the_bound },
	{ "another server in a slot begins anew",
	    another_server_in_a_slot_begins_anew },
	{ "changing a server causes no jump",
	    changing_a_server_causes_no_jump },
	{ "servers may change places", servers_may_change_places },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_estimate = { "core/estimate", NULL, NULL, world_init, NULL,
	tests };
