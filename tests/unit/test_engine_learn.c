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
most_of_all_groups_must_agree_to_begin(void)
{
	for (int i = 0; i < 3; i++)
		town.server[i].dead = true;
	town_run(600);
	CU_ASSERT_EQUAL(e->state, ENGINE_STARTING);
	CU_ASSERT_EQUAL(town.steps, 0);
	town.server[0].dead = false;
	town_run(1200);
	CU_ASSERT_EQUAL(e->state, ENGINE_SYNCED);
}

static void
a_liar_is_named_and_does_not_count(void)
{
	town.server[2].lie = 0.5;
	town_run(60);
	CU_ASSERT_TRUE(town_heard("host=192.0.2.3 state=falseticker"));
	CU_ASSERT_FALSE(e->source[2].truechimer);
	CU_ASSERT_TRUE(fabs(town.clock) < 1e-4);
	CU_ASSERT_EQUAL(e->truth.agreeing, 4);
}

static void
a_late_liar_loses_its_voice(void)
{
	town_run(3600);
	town.server[1].lie = -0.2;
	town_run(7200);
	CU_ASSERT_FALSE(e->source[1].truechimer);
	CU_ASSERT_TRUE(town_heard("host=192.0.2.2 state=falseticker"));
	CU_ASSERT_TRUE(fabs(town.clock) < 1e-3);
	town.server[1].lie = 0;
	town_run(7200);
	CU_ASSERT_TRUE(e->source[1].truechimer);
	CU_ASSERT_TRUE(town_heard("host=192.0.2.2 state=truechimer"));
}

static void
two_of_one_operator_have_one_voice(void)
{
	struct now now;

	strcpy(town.conf.server[1].operator_name, "op 0");
	now = town_now();
	engine_init(&town.engine, &town.conf, &town.keys, &town.leap, &now);
	town.server[0].lie = town.server[1].lie = 0.5;
	town_run(60);
	CU_ASSERT_EQUAL(e->truth.groups, 4);
	CU_ASSERT_EQUAL(e->truth.agreeing, 3);
	CU_ASSERT_TRUE(fabs(town.clock) < 1e-3);
}

static void
two_against_two_is_nobody(void)
{
	town_begin(4, 2);
	town.server[0].lie = town.server[1].lie = 0.5;
	town_run(600);
	CU_ASSERT_EQUAL(e->state, ENGINE_STARTING);
	CU_ASSERT_FALSE(e->truth.majority);
}

static void
samples_are_scored_as_the_pool_does(void)
{
	town.server[2].lie = 0.5;
	town_run(86400);
	CU_ASSERT_TRUE(e->source[0].source.score > 15);
	CU_ASSERT_TRUE(e->source[2].source.score < 0);
}

static CU_TestInfo tests[] = {
	{ "most of all groups must agree to begin",
	    most_of_all_groups_must_agree_to_begin },
	{ "a liar is named and does not count",
	    a_liar_is_named_and_does_not_count },
	{ "a late liar loses its voice", a_late_liar_loses_its_voice },
	{ "two of one operator have one voice",
	    two_of_one_operator_have_one_voice },
	{ "two against two is nobody", two_against_two_is_nobody },
	{ "samples are scored as the pool does",
	    samples_are_scored_as_the_pool_does },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_engine_learn = { "core/engine_learn", NULL, NULL, setup,
	NULL, tests };
