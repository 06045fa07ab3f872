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

/* They follow 8.8.8.<last>. */
static void
follow(unsigned i, uint8_t last)
{
	town.server[i].refid = 0x08080800u + last;
}

/* Each has said so for long enough. */
static void
until_known(void)
{
	town_run(4 * 3600.0);
}

static void
two_that_follow_one_server_are_one_voice(void)
{
	follow(0, 1);
	follow(3, 1);
	follow(4, 2);
	until_known();
	CU_ASSERT_TRUE(town_heard("follows the same server as host=192.0.2.1 "
				  "(refid=8.8.8.1): one voice"));
	CU_ASSERT_EQUAL(e->source[3].group, 0);
	CU_ASSERT_EQUAL(e->truth.groups, 4);
	CU_ASSERT_EQUAL(engine_shares(e, 0), 3);
	CU_ASSERT_EQUAL(engine_shares(e, 4), -1);
	CU_ASSERT_EQUAL(e->state, ENGINE_SYNCED);
}

/* 0.75 a step: 0.75 / (1 - 0.95) in the end. */
static void
a_shared_reference_lowers_the_score_to_15(void)
{
	follow(0, 1);
	follow(3, 1);
	town_run(5 * 86400.0);
	CU_ASSERT_DOUBLE_EQUAL(e->source[0].source.score, 15, 0.1);
	CU_ASSERT_DOUBLE_EQUAL(e->source[3].source.score, 15, 0.1);
	CU_ASSERT_DOUBLE_EQUAL(e->source[1].source.score, 20, 0.1);
}

static void
who_parts_has_a_voice_of_its_own_again(void)
{
	follow(0, 1);
	follow(3, 1);
	until_known();
	follow(3, 2);
	town_run(8 * 3600.0);
	CU_ASSERT_EQUAL(e->source[3].group, 3);
	CU_ASSERT_EQUAL(engine_shares(e, 0), -1);
}

/* Four voices that agree would be one, against one liar: no majority of two
 * groups.  They are four again. */
static void
a_shared_reference_does_not_cost_the_majority(void)
{
	for (unsigned i = 0; i < 4; i++)
		follow(i, 1);
	follow(4, 2);
	until_known();
	CU_ASSERT_EQUAL(e->truth.groups, 2);
	town.server[4].lie = 0.2;
	town_run(4 * 3600.0);
	CU_ASSERT_EQUAL(e->state, ENGINE_SYNCED);
	CU_ASSERT_TRUE(e->truth.majority);
	CU_ASSERT_EQUAL(e->truth.groups, 5);
	CU_ASSERT_EQUAL(e->truth.agreeing, 4);
	CU_ASSERT_EQUAL(e->source[3].group, 3);
	CU_ASSERT_FALSE(e->source[4].truechimer);
}

static void
who_is_outvoted_by_old_claims_has_the_others_asked(void)
{
	unsigned before, steps;

	town_run(2 * 86400);
	steps = town.steps;
	/* our clock and raw run another way from now on, as far as all can
	 * tell: nobody's old claim is true any more */
	for (int i = 0; i < 5; i++)
		town.server[i].lie = 0.05;
	before = town.sent[0] + town.sent[1] + town.sent[2] + town.sent[3] +
	    town.sent[4];
	while (town.sent[0] + town.sent[1] + town.sent[2] + town.sent[3] +
		town.sent[4] ==
	    before)
		town_run(1);
	town_run(
	    300); /* 1024 s among five: at once, not when it is their turn */
	CU_ASSERT_TRUE(e->truth.majority);
	CU_ASSERT_EQUAL(e->state, ENGINE_SYNCED);
	town_run(3600);
	CU_ASSERT_DOUBLE_EQUAL(town.clock, 0.05, 1e-3);
	CU_ASSERT_EQUAL(town.steps, steps);
}

static void
who_lies_for_good_has_nobody_asked(void)
{
	unsigned honest, liar;

	town_run(2 * 86400);
	town.server[2].lie = 0.2;
	town_run(86400);
	honest = town.sent[0];
	liar = town.sent[2];
	town_run(5 * 86400);
	/* as many of each */
	CU_ASSERT_TRUE(fabs((double)(town.sent[0] - honest) -
			   (double)(town.sent[2] - liar)) <= 3);
}

static void
a_leap_second_that_is_not_in_the_table_is_named(void)
{
	town_run(600);
	town.server[1].leap = LEAP_INSERT;
	town_run(7200);
	CU_ASSERT_EQUAL(e->serving.leap, LEAP_NONE);
	CU_ASSERT_TRUE(town_heard("192.0.2.2 announces a leap second"));
	town_run(7200);
	CU_ASSERT_FALSE(town_heard("announces a leap second")); /* once */
}

/* Midnight, half a day after noon, has one more second, of which the town's
 * truth knows nothing: to us all its servers are late by that. */
static void
leap_at_midnight(void)
{
	town.leap = (struct leap_table){ .count = 2,
		.line = { { TOWN_NOON - 1000000, 37 },
		    { TOWN_NOON + 43200, 38 } },
		.expires = TOWN_NOON + 10000000 };
}

static void
who_is_late_at_a_leap_is_muted_and_heard_again(void)
{
	leap_at_midnight();
	town_run(43200 + 60);
	for (int i = 0; i < 5; i++)
		town.server[i].lie = i == 1 ? 0 : -1;
	town_run(1800);
	CU_ASSERT_TRUE(e->source[1].leap_late);
	CU_ASSERT_FALSE(e->source[1].selectable);
	CU_ASSERT_EQUAL(e->truth.groups, 4);
	CU_ASSERT_EQUAL(e->state, ENGINE_SYNCED);
	town.server[1].lie = -1;
	town_run(1800);
	CU_ASSERT_FALSE(e->source[1].leap_late);
	CU_ASSERT_TRUE(e->source[1].truechimer);
	CU_ASSERT_EQUAL(e->truth.groups, 5);
}

static void
all_late_at_a_leap_is_holdover_and_no_panic(void)
{
	leap_at_midnight();
	town_run(43200 + 1800);
	CU_ASSERT_TRUE(town_heard("state=leap-late offset=+1.0"));
	CU_ASSERT_EQUAL(e->truth.groups, 0);
	CU_ASSERT_EQUAL(e->state, ENGINE_HOLDOVER);
	CU_ASSERT_EQUAL(town.steps, 2);
	CU_ASSERT_DOUBLE_EQUAL(town.clock, -1, 1e-3);
}

static void
a_day_after_the_leap_it_is_a_falseticker(void)
{
	leap_at_midnight();
	town_run(43200 + 60);
	for (int i = 0; i < 5; i++)
		town.server[i].lie = i == 1 ? 0 : -1;
	town_run(1800);
	CU_ASSERT_FALSE(town_heard("192.0.2.2 state=falseticker"));
	town_run(86400);
	CU_ASSERT_TRUE(town_heard("192.0.2.2 state=falseticker"));
	CU_ASSERT_FALSE(e->source[1].leap_late);
}

static void
a_second_off_without_a_leap_is_a_falseticker(void)
{
	town_run(3600);
	town.server[1].lie = 1;
	town_run(3600);
	CU_ASSERT_FALSE(e->source[1].leap_late);
	CU_ASSERT_TRUE(town_heard("192.0.2.2 state=falseticker"));
}

static void
other_errors_near_a_leap_are_lies(void)
{
	leap_at_midnight();
	town_run(3600);
	town.server[1].lie = 1.2;
	town_run(3600);
	CU_ASSERT_FALSE(e->source[1].leap_late);
	CU_ASSERT_TRUE(town_heard("192.0.2.2 state=falseticker"));
}

static CU_TestInfo tests[] = {
	{ "who is late at a leap is muted, and heard again",
	    who_is_late_at_a_leap_is_muted_and_heard_again },
	{ "all late at a leap is holdover, and no panic",
	    all_late_at_a_leap_is_holdover_and_no_panic },
	{ "a day after the leap it is a falseticker",
	    a_day_after_the_leap_it_is_a_falseticker },
	{ "a second off without a leap is a falseticker",
	    a_second_off_without_a_leap_is_a_falseticker },
	{ "other errors near a leap are lies",
	    other_errors_near_a_leap_are_lies },
	{ "two that follow one server are one voice",
	    two_that_follow_one_server_are_one_voice },
	{ "a shared reference lowers the score to 15",
	    a_shared_reference_lowers_the_score_to_15 },
	{ "who parts has a voice of its own again",
	    who_parts_has_a_voice_of_its_own_again },
	{ "a shared reference does not cost the majority",
	    a_shared_reference_does_not_cost_the_majority },
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
	{ "who is outvoted by old claims has the others asked",
	    who_is_outvoted_by_old_claims_has_the_others_asked },
	{ "who lies for good has nobody asked",
	    who_lies_for_good_has_nobody_asked },
	{ "a leap second that is not in the table is named",
	    a_leap_second_that_is_not_in_the_table_is_named },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_engine_learn = { "core/engine_learn", NULL, NULL, setup,
	NULL, tests };
