/* SPDX-License-Identifier: ISC */
#include "base/rng.h"
#include "twin.h"

#include "unit.h"

#include <math.h>

static struct sibling *const s = &twin.s;

/* n exchanges, gap seconds apart, the first at 100 s; when they ended. */
static double
exchanges(unsigned n, double gap)
{
	double t = 100;

	sibling_pace(s, 4 * gap);
	for (unsigned i = 0; i < n; i++, t += gap)
		CU_ASSERT_EQUAL(twin_exchange(t), SIBLING_WORD);
	return t - gap;
}

/* Its raw clock - ours at t, as found, less as it is. */
static double
error(double t)
{
	struct sibling_clocks c = sibling_clocks(s, twin_raw(t));

	return c.offset + (double)s->base_ns * 1e-9 -
	    mono_sub(twin_its(t), twin_raw(t));
}

static void
one_exchange_is_not_enough(void)
{
	struct mono ours;
	double variance;

	exchanges(1, 16);
	CU_ASSERT_FALSE(sibling_clocks(s, twin_raw(101)).known);
	CU_ASSERT_FALSE(sibling_instant(s, twin_its(101), &ours, &variance));
}

static void
two_exchanges_tell_how_the_clocks_stand(void)
{
	struct sibling_clocks c;
	double t;

	twin.drift = 20e-6;
	t = exchanges(2, 16);
	c = sibling_clocks(s, twin_raw(t));
	CU_ASSERT_TRUE_FATAL(c.known);
	CU_ASSERT(fabs(error(t)) < 3 * sqrt(c.variance));
	CU_ASSERT(fabs(c.drift - 20e-6) < 3 * sqrt(c.drift_variance));
	CU_ASSERT(sqrt(c.variance) < 200e-6);
}

static void
the_drift_is_learned(void)
{
	struct sibling_clocks c;
	double t;

	twin.drift = -37e-6;
	t = exchanges(200, 16);
	c = sibling_clocks(s, twin_raw(t));
	CU_ASSERT_DOUBLE_EQUAL(c.drift, -37e-6, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(error(t), 0, 1e-6);
	CU_ASSERT(fabs(c.surprise) < 1);
	CU_ASSERT(sqrt(c.variance) < 5e-6);
	CU_ASSERT(c.wander < 1e-8);
}

static void
queues_hardly_move_it(void)
{
	struct rng rng;
	double t = 100;

	rng_init(&rng, unit_seed);
	twin.drift = 11e-6;
	sibling_pace(s, 64);
	for (int i = 0; i < 300; i++, t += 16) {
		twin.there = 100e-6 + 50e-6 * rng_exponential(&rng);
		twin.back = 100e-6 + 50e-6 * rng_exponential(&rng);
		twin_exchange(t);
	}
	CU_ASSERT(fabs(error(t)) < 40e-6);
	CU_ASSERT(
	    fabs(error(t)) < 5 * sqrt(sibling_clocks(s, twin_raw(t)).variance));
}

static void
one_delayed_packet_does_not_move_it(void)
{
	double t = exchanges(100, 16);

	twin.there = 0.3;
	twin_exchange(t + 16);
	CU_ASSERT_DOUBLE_EQUAL(error(t + 16), 0, 3e-6);
}

static void
the_past_is_on_a_straight_line_and_less_sure(void)
{
	struct sibling_clocks now, then;
	double t;

	twin.drift = 20e-6;
	t = exchanges(100, 16);
	now = sibling_clocks(s, twin_raw(t));
	then = sibling_clocks(s, twin_raw(t - 6000));
	CU_ASSERT_DOUBLE_EQUAL(error(t - 6000), 0, 100e-6);
	CU_ASSERT(then.variance > now.variance);
	CU_ASSERT(
	    then.variance >= now.wander * now.wander * 6000. * 6000 * 6000 / 3);
}

static void
an_instant_of_its_clock_is_found_on_ours(void)
{
	struct mono ours;
	double t, variance;

	twin.drift = 20e-6;
	t = exchanges(100, 16);
	CU_ASSERT_TRUE_FATAL(
	    sibling_instant(s, twin_its(t - 50), &ours, &variance));
	CU_ASSERT_DOUBLE_EQUAL(mono_sub(ours, twin_raw(t - 50)), 0, 1e-6);
	CU_ASSERT(variance > 0 && variance < 25e-12);
}

static void
the_other_began_long_before_or_after_us(void)
{
	static const double offset[] = { -4e9, 4e9 };

	for (int i = 0; i < 2; i++) {
		twin_setup();
		twin.offset = offset[i];
		double t = exchanges(20, 16);
		/* the test's own arithmetic is good to 0.5 us there */
		CU_ASSERT_DOUBLE_EQUAL(error(t), 0, 5e-6);
	}
}

static void
a_jump_is_seen_and_then_begun_with_anew(void)
{
	double t = exchanges(50, 16);

	twin.offset += 3600; /* ours was asleep */
	for (int i = 1; i <= 3; i++) {
		twin_exchange(t + 16 * i);
		CU_ASSERT(fabs(s->surprise) > 8);
		CU_ASSERT_EQUAL(s->exchanges, 50);
	}
	twin_exchange(t + 64);
	CU_ASSERT_EQUAL(s->exchanges, 1);
	twin_exchange(t + 80);
	CU_ASSERT_DOUBLE_EQUAL(error(t + 80), 0, 100e-6);
}

/* 40 ms ahead of home, seen by the other at t - 5 on its raw clock. */
static struct link_item
seen(double t)
{
	struct link_item item = { .samples = 1 };

	item.sample[0] = (struct link_sample){ .at = twin_its(t - 5),
		.tai_ns = scale_home(&twin.scale, twin_raw(t - 5)).ns +
		    40000000 - twin_its(t - 5).ns,
		.delay = 0.02,
		.floor = 0.01,
		.root_delay = 0.004,
		.root_disp = 0.003,
		.stratum = 1 };
	return item;
}

static void
its_sample_is_carried_over(void)
{
	struct sample got;
	double t, doubt;

	twin.drift = 20e-6;
	t = exchanges(100, 16);
	struct link_item item = seen(t);

	CU_ASSERT_TRUE_FATAL(
	    sibling_sample(s, &item, 0, &twin.scale, &got, &doubt));
	CU_ASSERT_DOUBLE_EQUAL(got.offset, 0.04, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(mono_sub(got.at, twin_raw(t - 5)), 0, 1e-6);
	CU_ASSERT_EQUAL(got.delay, 0.02);
	CU_ASSERT_EQUAL(got.root_delay, 0.004);
	CU_ASSERT_EQUAL(got.root_disp, 0.003);
	CU_ASSERT(doubt > 0 && doubt < 25e-12);
}

static void
what_is_not_there_or_not_yet_is_no_sample(void)
{
	struct sample got;
	double doubt, t = exchanges(10, 16);
	struct link_item item = seen(t);

	CU_ASSERT_FALSE(sibling_sample(s, &item, 1, &twin.scale, &got, &doubt));
	item.sample[0].at = twin_its(t + 2); /* its word is of t */
	CU_ASSERT_FALSE(sibling_sample(s, &item, 0, &twin.scale, &got, &doubt));
}

static void
a_sample_from_the_end_of_time_is_a_number(void)
{
	struct sample got;
	double doubt, t = exchanges(10, 16);
	struct link_item item = seen(t);

	item.sample[0].at.ns = -(INT64_C(1) << 62) + 1;
	item.sample[0].tai_ns = -(INT64_C(1) << 62) + 1;
	CU_ASSERT_TRUE(sibling_sample(s, &item, 0, &twin.scale, &got, &doubt));
	CU_ASSERT_TRUE(isfinite(got.offset) && isfinite(doubt));
}

/* A clock that gains 0.1 s a second is no oscillator, however often it says
 * so. */
static void
a_drift_that_none_has_is_not_known(void)
{
	unsigned known = 0;

	for (int i = 0; i < 200; i++) {
		twin.offset = 5000 + 0.1 * i;
		twin_exchange(100 + i);
		known += sibling_clocks(s, twin_raw(100 + i)).known;
	}
	CU_ASSERT_EQUAL(known, 0);
}

static CU_TestInfo tests[] = {
	{ "one exchange is not enough", one_exchange_is_not_enough },
	{ "two exchanges tell how the clocks stand",
	    two_exchanges_tell_how_the_clocks_stand },
	{ "the drift is learned", the_drift_is_learned },
	{ "queues hardly move it", queues_hardly_move_it },
	{ "one delayed packet does not move it",
	    one_delayed_packet_does_not_move_it },
	{ "the past is on a straight line, and less sure",
	    the_past_is_on_a_straight_line_and_less_sure },
	{ "an instant of its clock is found on ours",
	    an_instant_of_its_clock_is_found_on_ours },
	{ "the other began long before or after us",
	    the_other_began_long_before_or_after_us },
	{ "a jump is seen, and then begun with anew",
	    a_jump_is_seen_and_then_begun_with_anew },
	{ "its sample is carried over", its_sample_is_carried_over },
	{ "what is not there or not yet is no sample",
	    what_is_not_there_or_not_yet_is_no_sample },
	{ "a sample from the end of time is a number",
	    a_sample_from_the_end_of_time_is_a_number },
	{ "a drift that none has is not known",
	    a_drift_that_none_has_is_not_known },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_sibling_pair = { "core/sibling_pair", NULL, NULL, twin_setup,
	NULL, tests };
