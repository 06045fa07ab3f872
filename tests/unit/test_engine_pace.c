/* SPDX-License-Identifier: ISC */
/* How often is asked, and why. */
#include "core/engine_parts.h"

#include "town.h"
#include "unit.h"

#include <math.h>

static const struct engine *const e = &town.engine;

static void
setup(void)
{
	town_begin(4, 2);
	town.conf.accuracy_s = 5e-3;
}

/* The same town with another promise. */
static void
promise(double accuracy_s)
{
	struct now now = town_now();

	town.conf.accuracy_s = accuracy_s;
	engine_reload(&town.engine, &town.conf, &now);
}

static void
it_begins_with_the_ramp(void)
{
	town_run(60);
	CU_ASSERT_EQUAL(engine_pace(e).reason, ENGINE_PACE_START);
}

static void
nothing_is_foretold_before_a_sample(void)
{
	CU_ASSERT_EQUAL(engine_pace(e).reason, ENGINE_PACE_START);
	CU_ASSERT_TRUE(isinf(engine_pace(e).peak_s));
}

static void
a_promise_easily_kept_takes_few_packets(void)
{
	struct engine_pace p;

	promise(0.1);
	town_run(2 * 86400);
	p = engine_pace(e);
	CU_ASSERT_EQUAL(p.reason, ENGINE_PACE_MAX);
	CU_ASSERT_EQUAL(p.interval_s, town.conf.poll_max_s);
	CU_ASSERT_EQUAL(p.promised_s, 0.1);
	CU_ASSERT_TRUE(p.best_s <= p.peak_s && p.peak_s < 0.1);
}

static void
what_packets_cannot_keep_costs_none(void)
{
	town_run(2 * 86400);
	promise(1e-6); /* all paths may have more in common */
	town_run(86400);
	CU_ASSERT_EQUAL(engine_pace(e).reason, ENGINE_PACE_FUTILE);
	CU_ASSERT_TRUE(isinf(engine_promise(e)));
	CU_ASSERT_EQUAL(e->schedule.interval, town.conf.poll_max_s);
	CU_ASSERT_TRUE(town_heard("cannot be kept"));
}

static void
a_promise_just_out_of_reach_stays_so_for_a_hair(void)
{
	double best;

	town_run(2 * 86400);
	best = engine_pace(e).best_s;
	promise(best * 0.9);
	town_run(8192);
	CU_ASSERT_TRUE(e->futile);
	promise(best * 1.1);
	town_run(8192);
	CU_ASSERT_TRUE(e->futile);
	promise(best * 2);
	town_run(8192);
	CU_ASSERT_FALSE(e->futile);
	CU_ASSERT_TRUE(town_heard("can be kept again"));
}

static void
a_promise_in_danger_brings_the_next_question_forward(void)
{
	struct now now;
	unsigned i;

	town_run(2 * 86400);
	estimate_reopen(&town.engine.estimate, 1, 1e-12);
	now = town_now();
	engine_repace(&town.engine, &now);
	CU_ASSERT_TRUE(mono_sub(schedule_next(&e->schedule, &i), now.mono) <=
	    town.conf.poll_min_s / 4 + 1e-6);
}

static CU_TestInfo tests[] = {
	{ "it begins with the ramp", it_begins_with_the_ramp },
	{ "nothing is foretold before a sample",
	    nothing_is_foretold_before_a_sample },
	{ "a promise easily kept takes few packets",
	    a_promise_easily_kept_takes_few_packets },
	{ "what packets cannot keep costs none",
	    what_packets_cannot_keep_costs_none },
	{ "a promise just out of reach stays so for a hair",
	    a_promise_just_out_of_reach_stays_so_for_a_hair },
	{ "a promise in danger brings the next question forward",
	    a_promise_in_danger_brings_the_next_question_forward },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_engine_pace = { "core/engine_pace", NULL, NULL, setup, NULL,
	tests };
