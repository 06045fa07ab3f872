/* SPDX-License-Identifier: ISC */
#include "core/engine.h"

#include "town.h"
#include "unit.h"

#include <math.h>
#include <string.h>

static const struct engine *const e = &town.engine;

static void
setup(void)
{
	town_begin(5, 2);
}

static void
the_first_correction_is_a_step(void)
{
	town_run(15);
	CU_ASSERT_EQUAL(e->state, ENGINE_SYNCED);
	CU_ASSERT_EQUAL(town.steps, 1);
	CU_ASSERT_DOUBLE_EQUAL(town.stepped, 2, 1e-4);
	CU_ASSERT_TRUE(fabs(town.clock) < 1e-4);
	CU_ASSERT_EQUAL(e->serving.stratum, 3);
	CU_ASSERT_EQUAL(e->serving.leap, LEAP_NONE);
	CU_ASSERT_NOT_EQUAL(e->serving.refid, 0);
}

static void
later_errors_are_slewed(void)
{
	town_run(60);
	town.clock += 0.005; /* less than anybody would call a step */
	town_run(1200);
	CU_ASSERT_EQUAL(town.steps, 1);
	CU_ASSERT_TRUE(fabs(town.clock) < 1e-4);
}

static void
never_to_before_the_build(void)
{
	for (int i = 0; i < 5; i++)
		town.server[i].lie = -7 * 86400;
	town_run(60);
	CU_ASSERT_TRUE(town_heard("before this program was built"));
	CU_ASSERT_EQUAL(e->state, ENGINE_STARTING);
	CU_ASSERT_EQUAL(town.steps, 0);
}

static void
when_all_fall_silent_it_is_holdover_and_the_bound_grows(void)
{
	struct engine_accuracy a, b;
	struct now now;

	town_run(3600);
	for (int i = 0; i < 5; i++)
		town.server[i].dead = true;
	now = town_now();
	a = engine_accuracy(e, &now);
	town_run(12 * 3600);
	CU_ASSERT_EQUAL(e->state, ENGINE_HOLDOVER);
	CU_ASSERT_EQUAL(e->serving.stratum, 3);
	now = town_now();
	b = engine_accuracy(e, &now);
	CU_ASSERT_TRUE(b.bound > 2 * a.bound);
	CU_ASSERT_TRUE(fabs(town.clock) < b.bound);
}

static void
our_clock_stepped_by_another_is_stepped_back_once_a_day(void)
{
	town_run(3600);
	town.clock += 5;
	town_run(1200);
	CU_ASSERT_TRUE(town_heard("stepped by=+5.0"));
	CU_ASSERT_EQUAL(town.steps, 2);
	CU_ASSERT_TRUE(fabs(town.clock) < 1e-3);
	town.clock += 5;
	town_run(1200);
	CU_ASSERT_EQUAL(e->state, ENGINE_PANIC);
	CU_ASSERT_EQUAL(town.steps, 2);
	/* we know that our clock is wrong: it is not served */
	CU_ASSERT_EQUAL(e->serving.leap, LEAP_UNSYNC);
}

static void
a_majority_that_jumps_is_panic(void)
{
	town_run(3600);
	for (int i = 0; i < 5; i++)
		town.server[i].lie = 100;
	town_run(3600);
	CU_ASSERT_EQUAL(e->state, ENGINE_PANIC);
	CU_ASSERT_EQUAL(town.steps, 1);
	CU_ASSERT_TRUE(fabs(town.clock) < 1e-2);
	CU_ASSERT_TRUE(town_heard("accept step"));
	/* what we knew before is good for a while */
	CU_ASSERT_EQUAL(e->serving.leap, LEAP_NONE);
	CU_ASSERT_EQUAL(e->serving.stratum, 3);
}

static void
the_operator_ends_a_panic(void)
{
	struct now now;

	a_majority_that_jumps_is_panic();
	now = town_now();
	CU_ASSERT_TRUE(engine_accept_step(&town.engine, &now));
	town_run(60);
	CU_ASSERT_EQUAL(e->state, ENGINE_SYNCED);
	CU_ASSERT_DOUBLE_EQUAL(town.clock, 100, 1e-2);
	now = town_now();
	CU_ASSERT_FALSE(engine_accept_step(&town.engine, &now));
}

static void
after_sleep_we_measure_anew(void)
{
	town_run(3600);
	town.asleep_ns += INT64_C(3600) * 1000000000;
	town_run(1e-6);
	CU_ASSERT_TRUE(town_heard("asleep=3600.0s"));
	CU_ASSERT_EQUAL(e->source[4].source.samples, 0);
	CU_ASSERT_TRUE(e->unsure);
	CU_ASSERT_EQUAL(e->state, ENGINE_HOLDOVER);
	town_run(10);
	CU_ASSERT_EQUAL(e->state, ENGINE_SYNCED);
}

static void
a_leap_second_is_announced_and_passed(void)
{
	/* midnight half a day after noon has one more second */
	town.leap = (struct leap_table){ .count = 2,
		.line = { { TOWN_NOON - 1000000, 37 },
		    { TOWN_NOON + 43200, 38 } },
		.expires = TOWN_NOON + 10000000 };
	town_run(3600);
	CU_ASSERT_EQUAL(e->serving.leap, LEAP_INSERT);
	/* the town's truth has no leap second: it is 1 s ahead of UTC then */
	town_run(43200);
	CU_ASSERT_TRUE(town_heard("leap second step=-1s"));
	CU_ASSERT_EQUAL(e->serving.leap, LEAP_NONE);
	CU_ASSERT_EQUAL(town.steps, 2);
}

static void
the_state_is_saved_every_hour(void)
{
	town_run(86400);
	CU_ASSERT_TRUE(town.saves >= 23 && town.saves <= 24);
}

static CU_TestInfo tests[] = {
	{ "the first correction is a step", the_first_correction_is_a_step },
	{ "later errors are slewed", later_errors_are_slewed },
	{ "never to before the build", never_to_before_the_build },
	{ "when all fall silent it is holdover, and the bound grows",
	    when_all_fall_silent_it_is_holdover_and_the_bound_grows },
	{ "our clock stepped by another is stepped back, once a day",
	    our_clock_stepped_by_another_is_stepped_back_once_a_day },
	{ "a majority that jumps is panic", a_majority_that_jumps_is_panic },
	{ "the operator ends a panic", the_operator_ends_a_panic },
	{ "after sleep we measure anew", after_sleep_we_measure_anew },
	{ "a leap second is announced and passed",
	    a_leap_second_is_announced_and_passed },
	{ "the state is saved every hour", the_state_is_saved_every_hour },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_engine_time = { "core/engine_time", NULL, NULL, setup, NULL,
	tests };
