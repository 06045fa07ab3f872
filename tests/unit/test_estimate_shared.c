/* SPDX-License-Identifier: ISC */
/* What the sibling adds to an estimate: its samples, and its oscillator. */
#include "core/estimate.h"
#include "unit.h"
#include "world.h"

#include <math.h>
#include <string.h>

/* The sibling asks server i now, over an uplink that is so much longer. */
static enum estimate_verdict
share(unsigned i, double longer, double off)
{
	struct sample s = world_sample(i);

	s.delay += longer;
	s.offset += off;
	return estimate_add_shared(&world.e, i, &s, 0);
}

static void
share_rounds(int n, double interval, double longer)
{
	for (int k = 0; k < 4 * n; k++) {
		world_pass(interval / 4);
		share((unsigned)k % 4, longer, 0);
	}
}

/* Some hours later: both filters have much to learn. */
static void
settle_and_wait(void)
{
	world_settle();
	share_rounds(10, 1024, 0);
	world_pass(20000);
}

/* Variance of our offset. */
static double
variance(void)
{
	return world.e.mean.p[FILTER_OFFSET][FILTER_OFFSET];
}

static void
a_shared_sample_is_worth_one_of_our_own(void)
{
	struct estimate was;
	struct sample s;
	double own;

	settle_and_wait();
	world.e.shared[0] = world.e.path[0];
	was = world.e;
	s = world_sample(0);
	CU_ASSERT_EQUAL(estimate_add(&world.e, 0, &s), ESTIMATE_TAKEN);
	own = variance();
	world.e = was;
	CU_ASSERT_EQUAL(estimate_add_shared(&world.e, 0, &s, 0),
	    ESTIMATE_TAKEN);
	CU_ASSERT_EQUAL(world.e.taken, was.taken + 1);
	/* and 0.5 % of 20 ms more */
	CU_ASSERT(variance() > own);
	CU_ASSERT(variance() < own + 3e-8);
}

static void
the_sibling_alone_can_feed_us(void)
{
	share_rounds(4, 2, 0);
	share_rounds(56, 64, 0);
	share_rounds(84, 1024, 0);
	CU_ASSERT(fabs(world_error()) < 300e-6);
	CU_ASSERT(world_bound() < 500e-6);
	CU_ASSERT_EQUAL(world.e.path[0].count, 0);
}

static void
its_way_has_a_floor_of_its_own(void)
{
	world_settle();
	share_rounds(20, 1024, 0.030);
	CU_ASSERT_DOUBLE_EQUAL(world.e.path[1].floor, 0.020, 300e-6);
	CU_ASSERT_DOUBLE_EQUAL(world.e.shared[1].floor, 0.050, 1e-3);
	CU_ASSERT(fabs(world_error()) < 300e-6);
}

static void
doubt_makes_a_sample_worth_less(void)
{
	struct sample s;
	double before;

	settle_and_wait();
	before = filter_offset_variance(&world.e.mean, 20000);
	s = world_sample(0);
	CU_ASSERT_EQUAL(estimate_add_shared(&world.e, 0, &s, 1),
	    ESTIMATE_TAKEN);
	CU_ASSERT_DOUBLE_EQUAL(variance(), before, before / 100);
}

static void
a_long_way_of_another_uplink_may_lie_more(void)
{
	struct estimate was;
	struct sample s;
	double near;

	settle_and_wait();
	estimate_wander(&world.e, 1e-14); /* all depends on the sample */
	s = world_sample(0);
	was = world.e;
	for (unsigned k = 0; k < 100; k++)
		path_add(&world.e.shared[0], s.delay);
	estimate_add_shared(&world.e, 0, &s, 0);
	near = variance();
	world.e = was;
	s.delay += 0.98;
	path_init(&world.e.shared[0]);
	for (unsigned k = 0; k < 100; k++)
		path_add(&world.e.shared[0], s.delay);
	estimate_add_shared(&world.e, 0, &s, 0);
	/* as short a queue; but 0.5 % of 1 s, not of 20 ms */
	CU_ASSERT(variance() > 2 * near);
}

static void
what_is_no_number_is_dropped(void)
{
	struct sample s;
	uint64_t taken;

	world_settle();
	s = world_sample(0);
	taken = world.e.taken;
	CU_ASSERT_EQUAL(estimate_add_shared(&world.e, 0, &s, NAN),
	    ESTIMATE_DROPPED);
	CU_ASSERT_EQUAL(estimate_add_shared(&world.e, 0, &s, -1),
	    ESTIMATE_DROPPED);
	CU_ASSERT_EQUAL(estimate_add_shared(&world.e, 0, &s, INFINITY),
	    ESTIMATE_DROPPED);
	s.delay = 0;
	CU_ASSERT_EQUAL(estimate_add_shared(&world.e, 0, &s, 0),
	    ESTIMATE_DROPPED);
	s.delay = 0.02;
	s.offset = NAN;
	CU_ASSERT_EQUAL(estimate_add_shared(&world.e, 0, &s, 0),
	    ESTIMATE_DROPPED);
	CU_ASSERT_EQUAL(world.e.taken, taken);
}

static void
an_outlier_changes_nothing(void)
{
	struct estimate was;

	settle_and_wait();
	was = world.e;
	CU_ASSERT_EQUAL(share(0, 0, 3600), ESTIMATE_HELD);
	world.e.odd[0] = was.odd[0];
	CU_ASSERT_EQUAL(memcmp(&world.e, &was, sizeof(was)), 0);
}

static void
outliers_in_a_row_cause_no_more_questions(void)
{
	world_settle();
	CU_ASSERT_EQUAL(share(0, 0, 0.05), ESTIMATE_HELD);
	CU_ASSERT_EQUAL(share(0, 0, 0.05), ESTIMATE_HELD);
	CU_ASSERT_EQUAL(share(0, 0, 0.05), ESTIMATE_DROPPED);
	CU_ASSERT_EQUAL(share(1, 0, 0.05), ESTIMATE_HELD);
	CU_ASSERT_EQUAL(share(0, 0, 0), ESTIMATE_TAKEN);
	CU_ASSERT_EQUAL(share(0, 0, 0.05), ESTIMATE_HELD);
}

static void
however_many_outliers_are_never_believed(void)
{
	uint64_t taken;

	world_settle();
	taken = world.e.taken;
	for (unsigned k = 0; k < 100; k++) {
		world_pass(16);
		CU_ASSERT_NOT_EQUAL(share(k % 4, 0, 0.05), ESTIMATE_TAKEN);
	}
	CU_ASSERT_EQUAL(world.e.taken, taken);
	CU_ASSERT_EQUAL(world.e.strays, 0);
	CU_ASSERT_EQUAL(world.e.astray[0], 0);
	CU_ASSERT_EQUAL(world.e.refused[0], 0);
	CU_ASSERT(fabs(world_error()) < 300e-6);
}

static void
it_confirms_no_outlier_of_ours(void)
{
	struct sample s;

	world_settle();
	s = world_sample(0);
	s.offset += 0.05;
	CU_ASSERT_EQUAL(estimate_add(&world.e, 0, &s), ESTIMATE_HELD);
	CU_ASSERT_EQUAL(share(1, 0, 0.05), ESTIMATE_HELD);
	CU_ASSERT_TRUE(world.e.held.holding);
	CU_ASSERT_EQUAL(world.e.held.source, 0);
	CU_ASSERT(fabs(world_error()) < 300e-6);
}

static void
it_refutes_no_outlier_of_ours(void)
{
	struct sample s;

	world_settle();
	s = world_sample(0);
	s.offset += 0.05;
	CU_ASSERT_EQUAL(estimate_add(&world.e, 0, &s), ESTIMATE_HELD);
	CU_ASSERT_EQUAL(share(1, 0, 0), ESTIMATE_TAKEN);
	CU_ASSERT_TRUE(world.e.held.holding);
	CU_ASSERT_EQUAL(world.e.refused[0], 0);
	CU_ASSERT_EQUAL(world.e.strays, 1);
}

static void
another_route_of_its_moves_no_bias_of_ours(void)
{
	double scale[4];

	world_settle();
	share_rounds(30, 1024, 0);
	for (unsigned i = 0; i < 4; i++)
		scale[i] = world.e.bias.scale[i];
	share_rounds(30, 1024, 0.030);
	CU_ASSERT_DOUBLE_EQUAL(world.e.shared[0].floor, 0.050, 1e-3);
	for (unsigned i = 0; i < 4; i++)
		CU_ASSERT_EQUAL(world.e.bias.scale[i], scale[i]);
}

static void
when_it_begins_anew_its_floors_are_unknown(void)
{
	world_settle();
	share_rounds(10, 1024, 0);
	share(2, 0, 0.05);
	estimate_forget_shared(&world.e);
	CU_ASSERT_EQUAL(world.e.shared[2].count, 0);
	CU_ASSERT_EQUAL(world.e.odd[2], 0);
	CU_ASSERT(world.e.path[2].count > 0);
}

static void
its_floors_go_where_the_servers_go(void)
{
	static const int from[] = { 2, -1, 0 };
	double floor;

	world_settle();
	share_rounds(10, 1024, 0);
	floor = world.e.shared[2].floor;
	estimate_permute(&world.e, 3, from);
	CU_ASSERT_EQUAL(world.e.shared[0].floor, floor);
	CU_ASSERT_EQUAL(world.e.shared[1].count, 0);
	estimate_forget(&world.e, 0);
	CU_ASSERT_EQUAL(world.e.shared[0].count, 0);
}

static void
what_can_be_reached_is_by_the_noise_of_both(void)
{
	double alone;

	world_settle();
	alone = estimate_reach(&world.e, 256);
	for (unsigned k = 0; k < 200; k++)
		path_add(&world.e.shared[k % 4], k % 8 < 4 ? 0.02 : 0.06);
	CU_ASSERT(estimate_reach(&world.e, 256) > 1.5 * alone);
}

static void
more_wander_makes_the_bound_grow_faster(void)
{
	struct estimate_view calm, v;
	struct mono then;
	double p = 0;

	world_settle();
	then = mono_at(world.now + 10000);
	calm = estimate_at(&world.e, then);
	estimate_wander(&world.e, 1e-16);
	v = estimate_at(&world.e, then);
	/* (1e-8)^2 * 1e12 / 3 is (5.77 ms)^2; +- what was there before */
	p = 1.96 * sqrt(1e-16 * 1e12 / 3);
	CU_ASSERT_DOUBLE_EQUAL(v.bound, hypot(calm.bound, p), 0.01 * p);
	CU_ASSERT_DOUBLE_EQUAL(v.wander, hypot(calm.wander, 1e-8), 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(v.frequency_sigma,
	    hypot(calm.frequency_sigma, 1e-6), 1e-9);
}

static void
more_wander_counts_in_what_is_promised(void)
{
	struct mono until;
	double reach;

	world_settle();
	until = estimate_until(&world.e, 2e-3);
	reach = estimate_reach(&world.e, 256);
	estimate_wander(&world.e, 1e-16);
	CU_ASSERT(estimate_until(&world.e, 2e-3).ns < until.ns);
	CU_ASSERT(estimate_reach(&world.e, 256) > reach);
}

static void
more_wander_counts_in_the_next_sample(void)
{
	struct estimate was;
	double calm;

	world_settle();
	was = world.e;
	world_pass(20000);
	world_ask(0);
	calm = world.e.mean.p[FILTER_FREQUENCY][FILTER_FREQUENCY];
	world.e = was;
	estimate_wander(&world.e, 1e-14);
	world_ask(0);
	CU_ASSERT(
	    world.e.mean.p[FILTER_FREQUENCY][FILTER_FREQUENCY] > 4 * calm);
}

static void
more_wander_can_be_taken_back(void)
{
	struct estimate was;

	world_settle();
	was = world.e;
	estimate_wander(&world.e, 1e-14);
	estimate_wander(&world.e, 0);
	CU_ASSERT_EQUAL(memcmp(&world.e, &was, sizeof(was)), 0);
}

static CU_TestInfo tests[] = {
	{ "a shared sample is worth one of our own",
	    a_shared_sample_is_worth_one_of_our_own },
	{ "the sibling alone can feed us", the_sibling_alone_can_feed_us },
	{ "its way has a floor of its own", its_way_has_a_floor_of_its_own },
	{ "doubt makes a sample worth less", doubt_makes_a_sample_worth_less },
	{ "a long way of another uplink may lie more",
	    a_long_way_of_another_uplink_may_lie_more },
	{ "what is no number is dropped", what_is_no_number_is_dropped },
	{ "an outlier changes nothing", an_outlier_changes_nothing },
	{ "outliers in a row cause no more questions",
	    outliers_in_a_row_cause_no_more_questions },
	{ "however many outliers are never believed",
	    however_many_outliers_are_never_believed },
	{ "it confirms no outlier of ours", it_confirms_no_outlier_of_ours },
	{ "it refutes no outlier of ours", it_refutes_no_outlier_of_ours },
	{ "another route of its moves no bias of ours",
	    another_route_of_its_moves_no_bias_of_ours },
	{ "when it begins anew its floors are unknown",
	    when_it_begins_anew_its_floors_are_unknown },
	{ "its floors go where the servers go",
	    its_floors_go_where_the_servers_go },
	{ "what can be reached is by the noise of both",
	    what_can_be_reached_is_by_the_noise_of_both },
	{ "more wander makes the bound grow faster",
	    more_wander_makes_the_bound_grow_faster },
	{ "more wander counts in what is promised",
	    more_wander_counts_in_what_is_promised },
	{ "more wander counts in the next sample",
	    more_wander_counts_in_the_next_sample },
	{ "more wander can be taken back", more_wander_can_be_taken_back },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_estimate_shared = { "core/estimate shared", NULL, NULL,
	world_init, NULL, tests };
