/* SPDX-License-Identifier: ISC */
/* Nobody upstream: who leads, who follows, what is served. */
#include "core/engine_parts.h"

#include "mate.h"
#include "unit.h"

static const struct engine *const e = &town.engine;
static double their_bound;

static void
setup(void)
{
	town_begin(4, 2);
	town.conf.orphan = 10;
	mate_begin();
}

static void
all_die(void)
{
	for (int i = 0; i < 4; i++)
		town.server[i].dead = true;
}

static void
adrift(struct link_word *w)
{
	w->state = ENGINE_HOLDOVER;
	w->bound = their_bound;
}

/* Half a day after all have died, the other as sure as that. */
static void
half_a_day(double bound)
{
	town_run(3600);
	all_die();
	their_bound = bound;
	mate.says = adrift;
	town_run(12 * 3600);
}

static void
nobody_is_an_orphan_before_it_was_synchronised(void)
{
	all_die();
	town_run(10 * 86400);
	CU_ASSERT_EQUAL(e->state, ENGINE_STARTING);
	CU_ASSERT_EQUAL(e->serving.stratum, STRATUM_UNSYNC);
}

static void
what_has_grown_too_old_is_served_at_the_orphans_stratum(void)
{
	town_run(3600);
	all_die();
	mate.silent = true;
	town_run(200 * 86400);
	CU_ASSERT_EQUAL(e->state, ENGINE_ORPHAN);
	CU_ASSERT_EQUAL(e->serving.stratum, 10);
	CU_ASSERT_NOT_EQUAL(e->serving.leap, LEAP_UNSYNC);
}

static void
who_is_surer_leads(void)
{
	half_a_day(1e3);
	CU_ASSERT_EQUAL(e->state, ENGINE_HOLDOVER);
	CU_ASSERT_TRUE(e->pair.leads && !e->pair.follows);
}

static void
who_is_less_sure_follows(void)
{
	half_a_day(1e-6);
	CU_ASSERT_TRUE(e->pair.follows && !e->pair.leads);
}

static void
nobody_is_led_while_servers_answer(void)
{
	their_bound = 0;
	mate.says = adrift;
	town_run(3600);
	CU_ASSERT_FALSE(e->pair.leads || e->pair.follows);
	CU_ASSERT_EQUAL(e->pair.follow, 0);
}

static CU_TestInfo tests[] = {
	{ "nobody is an orphan before it was synchronised",
	    nobody_is_an_orphan_before_it_was_synchronised },
	{ "what has grown too old is served at the orphan's stratum",
	    what_has_grown_too_old_is_served_at_the_orphans_stratum },
	{ "who is surer leads", who_is_surer_leads },
	{ "who is less sure follows", who_is_less_sure_follows },
	{ "nobody is led while servers answer",
	    nobody_is_led_while_servers_answer },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_engine_orphan = { "core/engine_orphan", NULL, NULL, setup,
	NULL, tests };
