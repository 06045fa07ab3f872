/* SPDX-License-Identifier: ISC */
/* The sibling's samples, and the judge of them. */
#include "core/engine_parts.h"

#include "mate.h"
#include "unit.h"

static const struct engine *const e = &town.engine;
static uint32_t serial;
static double ahead;

static void
setup(void)
{
	town_begin(4, 2);
	mate_begin();
	serial = 1;
	ahead = 0;
	town_run(3600);
}

static void
one_sample(struct link_word *w)
{
	mate_sample(w, 1, serial, ahead);
}

static void
ever_new(struct link_word *w)
{
	for (unsigned i = 0; i < w->items; i++)
		mate_sample(w, i, ++serial, ahead);
}

static void
a_sample_counts_once(void)
{
	mate.says = one_sample;
	town_run(1000);
	CU_ASSERT_EQUAL(e->pair.taken, 1);
}

static void
serials_that_go_backwards_say_nothing(void)
{
	serial = 10;
	mate.says = one_sample;
	town_run(200);
	serial = 3;
	town_run(200);
	CU_ASSERT_EQUAL(e->pair.taken, 1);
}

static void
who_sends_ever_more_is_not_heard_more(void)
{
	double t = schedule_interval(&e->schedule);

	mate.says = ever_new;
	town_run(8 * t);
	/* eight at once, and five in four T, of each of four servers */
	CU_ASSERT_TRUE(e->pair.taken <= 4 * (8 + 10 + 1));
	CU_ASSERT_TRUE(e->pair.taken >= 4 * 8);
}

static void
who_is_an_hour_off_is_dropped_and_named(void)
{
	ahead = 3600;
	mate.says = ever_new;
	town_run(600);
	CU_ASSERT_TRUE(e->pair.dropped);
	CU_ASSERT_EQUAL(e->pair.taken, 0);
	CU_ASSERT_TRUE(town_heard("name=mate state=dropped"));
	CU_ASSERT_FALSE(e->pair.on);
}

static void
an_operator_may_trust_it_again(void)
{
	struct now now;

	ahead = 3600;
	mate.says = ever_new;
	town_run(600);
	mate.says = NULL;
	now = town_now();
	CU_ASSERT_TRUE(engine_accept_sibling(&town.engine, &now));
	town_run(60);
	CU_ASSERT_TRUE(e->pair.on);
}

static void
who_misleads_us_is_covered_by_the_bound(void)
{
	struct engine_accuracy a;
	struct now now;

	ahead = 1e-3; /* may be, of a server 20 ms away */
	mate.says = ever_new;
	town_run(2 * 3600);
	now = town_now();
	a = engine_accuracy(e, &now);
	CU_ASSERT_TRUE(-town.clock < a.bound && town.clock < a.bound);
}

static void
who_was_never_sane_does_not_set_our_clock(void)
{
	town_begin(4, 2);
	mate_begin();
	ahead = 3600;
	mate.says = ever_new;
	town_run(3600);
	CU_ASSERT_EQUAL(e->pair.taken, 0);
	CU_ASSERT_TRUE(e->pair.dropped);
	CU_ASSERT_EQUAL(e->state, ENGINE_SYNCED);
	CU_ASSERT_TRUE(town.clock < 1e-3 && town.clock > -1e-3);
}

static CU_TestInfo tests[] = {
	{ "a sample counts once", a_sample_counts_once },
	{ "serials that go backwards say nothing",
	    serials_that_go_backwards_say_nothing },
	{ "who sends ever more is not heard more",
	    who_sends_ever_more_is_not_heard_more },
	{ "who is an hour off is dropped and named",
	    who_is_an_hour_off_is_dropped_and_named },
	{ "who was never sane does not set our clock",
	    who_was_never_sane_does_not_set_our_clock },
	{ "an operator may trust it again", an_operator_may_trust_it_again },
	{ "who misleads us is covered by the bound",
	    who_misleads_us_is_covered_by_the_bound },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_engine_share = { "core/engine_share", NULL, NULL, setup,
	NULL, tests };
