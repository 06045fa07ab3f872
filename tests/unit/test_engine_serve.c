/* SPDX-License-Identifier: ISC */
#include "core/engine_parts.h"

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
nothing_is_served_before_we_know_the_time(void)
{
	town_run(0.1);
	CU_ASSERT_EQUAL(e->serving.leap, LEAP_UNSYNC);
	CU_ASSERT_EQUAL(e->serving.stratum, STRATUM_UNSYNC);
	CU_ASSERT_EQUAL(e->serving.refid, 0);
}

static void
holdover_ends_when_nobody_could_use_it(void)
{
	town_run(3600);
	for (int i = 0; i < 5; i++)
		town.server[i].dead = true;
	town_run(400 * 86400.0);
	CU_ASSERT_EQUAL(e->serving.leap, LEAP_UNSYNC);
	CU_ASSERT_EQUAL(e->serving.stratum, STRATUM_UNSYNC);
}

static void
the_reference_does_not_hop(void)
{
	unsigned first;

	town_run(60);
	first = e->peer;
	town_run(7200);
	CU_ASSERT_EQUAL(e->peer, first);
}

static void
dispersion_is_never_below_the_bound(void)
{
	for (int i = 0; i < 50; i++) {
		struct engine_accuracy a;
		struct now now;

		town_run(60);
		now = town_now();
		a = engine_accuracy(e, &now);
		if (e->state == ENGINE_SYNCED)
			CU_ASSERT_TRUE(e->serving.root_disp_s +
				e->serving.disp_rate *
				    wall_sub(now.wall, e->serving.updated) >=
			    a.bound);
	}
}

static void
stratum_is_one_more_and_never_above_15(void)
{
	town_run(60);
	CU_ASSERT_EQUAL(e->serving.stratum, 3);
	for (int i = 0; i < 5; i++)
		town.engine.source[i].source.stratum = 15;
	town_run(0.001);
	engine_publish(&town.engine, &town.engine.last);
	CU_ASSERT_EQUAL(e->serving.stratum, 15);
}

static void
the_reference_is_a_truechimer(void)
{
	town.server[0].lie = 0.5;
	town_run(60);
	CU_ASSERT_EQUAL(e->serving.refid,
	    server_refid(&e->source[e->peer].source.conf.addr));
	CU_ASSERT_NOT_EQUAL(e->peer, 0);
}

static CU_TestInfo tests[] = {
	{ "nothing is served before we know the time",
	    nothing_is_served_before_we_know_the_time },
	{ "holdover ends when nobody could use it",
	    holdover_ends_when_nobody_could_use_it },
	{ "the reference does not hop", the_reference_does_not_hop },
	{ "dispersion is never below the bound",
	    dispersion_is_never_below_the_bound },
	{ "stratum is one more, and never above 15",
	    stratum_is_one_more_and_never_above_15 },
	{ "the reference is a truechimer", the_reference_is_a_truechimer },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_engine_serve = { "core/engine_serve", NULL, NULL, setup,
	NULL, tests };
