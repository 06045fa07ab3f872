/* SPDX-License-Identifier: ISC */
/* The sibling's oscillator beside ours. */
#include "core/engine_parts.h"

#include "mate.h"
#include "unit.h"

#include <math.h>

static const struct engine *const e = &town.engine;

static void
setup(void)
{
	town_begin(4, 2);
	mate_begin();
}

static void
nothing_leans_before_the_line_is_known(void)
{
	town_run(60);
	CU_ASSERT_TRUE(e->pair.on);
	CU_ASSERT_FALSE(e->pair.leaning);
	CU_ASSERT_EQUAL(e->scale.lean_rate, 0);
}

static void
two_even_clocks_lean_on_each_other_and_stay(void)
{
	town_run(4 * 3600);
	CU_ASSERT_TRUE(e->pair.leaning);
	CU_ASSERT_TRUE(e->pair.weight > 0 && e->pair.weight < 1);
	CU_ASSERT_TRUE(fabs(e->scale.lean_rate) < 1e-9);
}

static void
home_keeps_its_frequency_when_it_stands_alone(void)
{
	town_run(4 * 3600);
	town.engine.pair.rate = 3e-8;
	mate.silent = true;
	town_run(600);
	CU_ASSERT_FALSE(e->pair.leaning);
	CU_ASSERT_EQUAL(e->scale.lean_rate, e->pair.rate);
}

static void
another_life_is_another_oscillator(struct link_word *w)
{
	w->life = 78;
}

static void
who_began_anew_is_leant_on_anew(void)
{
	town_run(4 * 3600);
	mate.says = another_life_is_another_oscillator;
	town_run(120);
	CU_ASSERT_TRUE(e->pair.on);
	CU_ASSERT_FALSE(e->pair.leaning);
}

static CU_TestInfo tests[] = {
	{ "nothing leans before the line is known",
	    nothing_leans_before_the_line_is_known },
	{ "two even clocks lean on each other and stay",
	    two_even_clocks_lean_on_each_other_and_stay },
	{ "home keeps its frequency when it stands alone",
	    home_keeps_its_frequency_when_it_stands_alone },
	{ "who began anew is leant on anew", who_began_anew_is_leant_on_anew },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_engine_lean = { "core/engine_lean", NULL, NULL, setup, NULL,
	tests };
