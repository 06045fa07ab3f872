/* SPDX-License-Identifier: ISC */
/* Estimates when someone is wrong: which of them is it, or is it us? */
#include "core/estimate.h"
#include "unit.h"
#include "world.h"

#include <math.h>

static void
an_outlier_asks_for_a_second_opinion(void)
{
	world_settle();
	world_pass(100);
	world.lie[0] = 0.1;
	CU_ASSERT_EQUAL(world_ask(0), ESTIMATE_HELD);
	CU_ASSERT(fabs(world_error()) < 200e-6);
}

static void
an_outlier_that_is_confirmed_moved_the_clock(void)
{
	world_settle();
	world_pass(500);
	world.offset += 0.1;
	CU_ASSERT_EQUAL(world_ask(0), ESTIMATE_HELD);
	world_pass(0.5);
	CU_ASSERT_EQUAL(world_ask(1), ESTIMATE_TAKEN);
	CU_ASSERT(fabs(world_error()) < 0.002);
	CU_ASSERT(world_bound() > fabs(world_error()));
	/* both have entered */
	CU_ASSERT_EQUAL(world.e.taken, 4 * 144 + 2);
}

static void
an_outlier_that_is_contradicted_is_dropped(void)
{
	world_settle();
	world_pass(500);
	world.lie[0] = 0.1;
	CU_ASSERT_EQUAL(world_ask(0), ESTIMATE_HELD);
	world_pass(0.5);
	CU_ASSERT_EQUAL(world_ask(1), ESTIMATE_TAKEN);
	CU_ASSERT(fabs(world_error()) < 300e-6);
	CU_ASSERT_EQUAL(world.e.taken, 4 * 144 + 1);
}

static void
who_disagrees_for_good_asks_only_twice(void)
{
	int held = 0, dropped = 0;

	world_settle();
	world.lie[0] = 0.1;
	for (int k = 0; k < 7; k++) {
		world_pass(250);
		world.last = world_ask(0);
		held += world.last == ESTIMATE_HELD;
		dropped += world.last == ESTIMATE_DROPPED;
		for (unsigned i = 1; i < 4; i++) {
			world_pass(250);
			world_ask(i);
		}
	}
	CU_ASSERT_EQUAL(held, 2);
	CU_ASSERT_EQUAL(dropped, 5);
	CU_ASSERT(fabs(world_error()) < 300e-6);
}

static void
who_disagrees_for_good_gets_a_new_bias(void)
{
	world_settle();
	world.lie[0] = 0.02;
	world_rounds(60, 1024);
	CU_ASSERT(fabs(world_error()) < 500e-6);
	CU_ASSERT(world_bound() < 0.002);
	CU_ASSERT_DOUBLE_EQUAL(estimate_bias(&world.e, 0) -
		estimate_bias(&world.e, 1),
	    0.02, 0.001);
	CU_ASSERT_EQUAL(world_ask(0), ESTIMATE_TAKEN);
}

static void
who_agrees_again_may_appeal_again(void)
{
	world_settle();
	world.lie[0] = 0.1;
	for (int k = 0; k < 3; k++) {
		world_pass(500);
		world.last = world_ask(0);
		world_pass(500);
		world_ask(1);
	}
	CU_ASSERT_EQUAL(world.last, ESTIMATE_DROPPED);
	world.lie[0] = 0;
	CU_ASSERT_EQUAL(world_ask(0), ESTIMATE_TAKEN);
	world.lie[0] = 0.1;
	CU_ASSERT_EQUAL(world_ask(0), ESTIMATE_HELD);
}

static void
a_new_frequency_is_believed_when_two_see_it(void)
{
	world_settle();
	world.frequency += 20e-6;
	world_pass(1000); /* 20 ms off */
	CU_ASSERT_EQUAL(world_ask(0), ESTIMATE_HELD);
	world_pass(0.5);
	CU_ASSERT_EQUAL(world_ask(2), ESTIMATE_TAKEN);
	world_rounds(20, 1024);
	CU_ASSERT_EQUAL(world.last, ESTIMATE_TAKEN);
	CU_ASSERT(fabs(world_error()) < 0.001);
}

static void
a_second_opinion_may_come_late(void)
{
	world_settle();
	world.frequency += 20e-6;
	world_pass(1000); /* 20 ms off, and 40 ms when the next one speaks */
	CU_ASSERT_EQUAL(world_ask(0), ESTIMATE_HELD);
	world_pass(1000);
	CU_ASSERT_EQUAL(world_ask(1), ESTIMATE_TAKEN);
}

static void
four_that_contradict_all_are_believed(void)
{
	world_settle();
	world_pass(500);
	for (unsigned i = 0; i < 4; i++) {
		world.lie[i] = 0.1 * (i + 1); /* never the same twice */
		world_pass(10);
		world.last = world_ask(i);
	}
	CU_ASSERT_EQUAL(world.last, ESTIMATE_TAKEN);
	CU_ASSERT_DOUBLE_EQUAL(world_error(), 0.4, 0.01);
}

static void
one_source_alone_is_not_locked_out(void)
{
	estimate_init(&world.e, 1);
	for (int k = 0; k < 60; k++) {
		world_pass(64);
		CU_ASSERT_EQUAL(world_ask(0), ESTIMATE_TAKEN);
	}
	world.offset += 5;
	for (int k = 0; k < 8; k++) {
		world_pass(64);
		world.last = world_ask(0);
	}
	CU_ASSERT_EQUAL(world.last, ESTIMATE_TAKEN);
	CU_ASSERT(fabs(world_error()) < 0.01);
}

static void
a_longer_route_is_found_by_its_delay(void)
{
	world_settle();
	world.delay[2] += 0.010; /* one way: a lie of half of it */
	world.lie[2] = 0.005;
	world_rounds(60, 1024);
	CU_ASSERT(world.e.path[2].floor > 0.0299);
	CU_ASSERT(fabs(world_error()) < 300e-6);
	CU_ASSERT_DOUBLE_EQUAL(estimate_bias(&world.e, 2) -
		estimate_bias(&world.e, 0),
	    0.005, 0.0005);
}

/* What server i would say over so long a queue, its box as wide. */
static enum estimate_verdict
ask_in_a_jam(unsigned i, double queue)
{
	struct sample s = world_sample(i);

	s.delay += queue;
	return estimate_add(&world.e, i, &s);
}

static void
who_cannot_tell_is_not_the_last_to_be_asked(void)
{
	world_settle();
	world_pass(1000);
	world.offset += 0.004;
	CU_ASSERT_EQUAL(world_ask(0), ESTIMATE_HELD);
	/* 4 ms off or not: both are in a box of 10 ms either way */
	world_pass(0.5);
	CU_ASSERT_EQUAL(ask_in_a_jam(1, 0.02), ESTIMATE_HELD);
	CU_ASSERT_DOUBLE_EQUAL(fabs(world_error()), 0.004, 500e-6);
	world_pass(0.5);
	CU_ASSERT_EQUAL(world_ask(2), ESTIMATE_TAKEN);
	CU_ASSERT(fabs(world_error()) < 0.001);
	CU_ASSERT(fabs(world_error()) < world_bound());
}

static void
who_cannot_tell_convicts_nobody(void)
{
	world_settle();
	world_pass(1000);
	world.lie[0] = 0.004;
	CU_ASSERT_EQUAL(world_ask(0), ESTIMATE_HELD);
	world_pass(0.5);
	CU_ASSERT_EQUAL(ask_in_a_jam(1, 0.02), ESTIMATE_HELD);
	world_pass(0.5);
	CU_ASSERT_EQUAL(world_ask(2), ESTIMATE_TAKEN);
	CU_ASSERT(fabs(world_error()) < 300e-6);
}

static void
a_jam_for_all_is_left_as_it_was(void)
{
	world_settle();
	world_pass(1000);
	world.lie[0] = 0.004;
	CU_ASSERT_EQUAL(world_ask(0), ESTIMATE_HELD);
	for (unsigned k = 0; k < 4; k++) {
		world_pass(0.5);
		world.last = ask_in_a_jam(1 + k % 3, 0.02);
	}
	/* three could not tell; nobody is asked for ever */
	CU_ASSERT_EQUAL(world.last, ESTIMATE_TAKEN);
	CU_ASSERT(fabs(world_error()) < 500e-6);
}

static void
a_believed_outlier_leaves_the_frequency_sane(void)
{
	struct estimate_view v;

	world_settle();
	world_pass(64); /* soon after a good sample */
	world.offset += 0.005;
	world_ask(0);
	world_pass(0.5);
	CU_ASSERT_EQUAL(world_ask(1), ESTIMATE_TAKEN);
	v = estimate_at(&world.e, mono_at(world.now));
	/* 5 ms are 5 ppm over 1000 s, not 80 ppm over 64 s */
	CU_ASSERT(v.frequency_sigma < 8e-6);
	CU_ASSERT(fabs(v.frequency - 30e-6) < 8e-6);
}

static CU_TestInfo tests[] = {
	{ "an outlier asks for a second opinion",
	    an_outlier_asks_for_a_second_opinion },
	{ "an outlier that is confirmed moved the clock",
	    an_outlier_that_is_confirmed_moved_the_clock },
	{ "an outlier that is contradicted is dropped",
	    an_outlier_that_is_contradicted_is_dropped },
	{ "who disagrees for good asks only twice",
	    who_disagrees_for_good_asks_only_twice },
	{ "who disagrees for good gets a new bias",
	    who_disagrees_for_good_gets_a_new_bias },
	{ "who agrees again may appeal again",
	    who_agrees_again_may_appeal_again },
	{ "a new frequency is believed when two see it",
	    a_new_frequency_is_believed_when_two_see_it },
	{ "a second opinion may come late", a_second_opinion_may_come_late },
	{ "four that contradict all are believed",
	    four_that_contradict_all_are_believed },
	{ "one source alone is not locked out",
	    one_source_alone_is_not_locked_out },
	{ "who cannot tell is not the last to be asked",
	    who_cannot_tell_is_not_the_last_to_be_asked },
	{ "who cannot tell convicts nobody", who_cannot_tell_convicts_nobody },
	{ "a jam for all is left as it was", a_jam_for_all_is_left_as_it_was },
	{ "a believed outlier leaves the frequency sane",
	    a_believed_outlier_leaves_the_frequency_sane },
	{ "a longer route is found by its delay",
	    a_longer_route_is_found_by_its_delay },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_estimate_outlier = { "core/estimate outlier", NULL, NULL,
	world_init, NULL, tests };
