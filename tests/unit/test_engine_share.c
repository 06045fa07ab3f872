/* SPDX-License-Identifier: ISC */
/* The sibling's samples, and the judge of them. */
#include "core/engine_parts.h"

#include "mate.h"
#include "unit.h"

#include <string.h>

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

/* a reload has taken a server away, and put it back */
static void
who_counts_anew_is_heard_again(void)
{
	serial = 10;
	mate.says = one_sample;
	town_run(200);
	mate.says = NULL;
	town_run(200);
	serial = 1;
	mate.says = one_sample;
	town_run(200);
	CU_ASSERT_EQUAL(e->pair.taken, 2);
}

static void
whom_it_alone_feeds_serves_for_weeks(void)
{
	mate.says = ever_new;
	town_run(600);
	for (unsigned i = 0; i < 4; i++)
		town.server[i].dead = true;
	town_run(86400);
	CU_ASSERT_TRUE(town_heard("fed by the sibling alone"));
	town_run(20 * 86400.0);
	CU_ASSERT_EQUAL(e->state, ENGINE_SYNCED);
	CU_ASSERT_EQUAL(e->serving.stratum, 4); /* its 3, and one */
	CU_ASSERT_TRUE(e->serving.root_disp_s < 0.1);
	for (unsigned i = 0; i < 4; i++)
		town.server[i].dead = false;
	town_run(86400);
	CU_ASSERT_TRUE(town_heard("upstream servers answer us again"));
	CU_ASSERT_EQUAL(e->serving.stratum, 3);
}

/* before the judge knows anything, its three are no more than our two */
static void
what_is_lent_outvotes_nobody_of_ours_at_first(void)
{
	town_begin(5, 2);
	mate_begin();
	for (unsigned i = 2; i < 5; i++)
		town.server[i].dead = true;
	ahead = 3600;
	mate.says = ever_new;
	town_run(600);
	CU_ASSERT_EQUAL(town.steps, 0);
	CU_ASSERT_EQUAL(e->state, ENGINE_STARTING);
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

/* else both would ask it as often as one alone */
static void
of_a_liar_turns_are_taken_too(void)
{
	town_begin(5, 2);
	mate_begin();
	town.server[4].lie = 0.5;
	town_run(3600);
	CU_ASSERT_FALSE(e->source[4].truechimer);
	mate.says = ever_new;
	town_run(200);
	CU_ASSERT_TRUE(e->schedule.line[4].shared);
	CU_ASSERT_FALSE(e->source[4].has_shared);
	CU_ASSERT_EQUAL(e->pair.refused, 0);
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

static double jumped;

static void
another_raw_clock(struct link_word *w)
{
	w->came = w->left = w->at = mono_add(w->at, jumped);
	for (unsigned i = 0; i < w->items; i++) {
		mate_sample(w, i, ++serial, 0);
		w->item[i].sample[0].at =
		    mono_add(w->item[i].sample[0].at, jumped);
		w->item[i].sample[0].tai_ns -= (int64_t)(jumped * 1e9);
	}
}

static void
who_slept_is_not_misunderstood(void)
{
	mate.says = another_raw_clock;
	town_run(600);
	mate.silent = true;
	town_run(2000);
	mate.silent = false;
	jumped = -1800; /* its raw clock stood still */
	town_run(600);
	CU_ASSERT_EQUAL(e->pair.refused, 0);
	CU_ASSERT_FALSE(e->pair.dropped);
	jumped = 0;
}

static void
what_it_said_before_we_slept_speaks_for_nobody(void)
{
	struct now now;

	mate.says = ever_new;
	town_run(300);
	mate.silent = true;
	town.asleep_ns += INT64_C(600) * 1000000000;
	now = town_now();
	engine_observe(&town.engine, &now);
	for (unsigned i = 0; i < 4; i++)
		CU_ASSERT_FALSE(e->source[i].lent);
	CU_ASSERT_FALSE(e->truth.majority);
}

static void
another_address_is_another_server_to_the_judge_too(void)
{
	uint8_t ip[4] = { 192, 0, 2, 77 };
	struct addr a = addr_v4(ip);
	struct now now;

	mate.says = one_sample;
	strcpy(town.engine.source[1].source.conf.host, "b.example");
	town_run(600);
	CU_ASSERT_TRUE(e->pair.known[1] && e->pair.own.path[1].floor > 0);
	now = town_now();
	engine_address(&town.engine, "b.example", &a, &now);
	CU_ASSERT_FALSE(e->pair.known[1] || e->source[1].has_shared);
	CU_ASSERT_EQUAL(e->pair.own.shortest[1], 0);
}

static void
who_was_dropped_has_no_voice_as_a_stranger_either(void)
{
	town.engine.pair.link.kind = SIBLING_PLAIN;
	CU_ASSERT_TRUE(engine_is_plain(e));
	town.engine.pair.dropped = true;
	CU_ASSERT_FALSE(engine_is_plain(e));
}

static void
the_next_life_is_as_unsure_as_we_are(void)
{
	static uint8_t octets[ENGINE_STATE_MAX];
	struct now now;
	struct err err;
	double bound;
	size_t len;

	town.conf.boot = 5;
	town.engine.conf.boot = 5;
	mate.says = ever_new;
	town_run(600);
	now = town_now();
	estimate_reopen(&town.engine.pair.own, 1e-4, 0); /* the judge is */
	bound = engine_view(e, now.mono).bound;
	CU_ASSERT_TRUE(bound > 1.1 * estimate_at(&e->estimate, now.mono).bound);
	len = engine_write(e, &now, octets);
	engine_init(&town.engine, &town.conf, &town.keys, &town.leap, &now);
	CU_ASSERT_EQUAL(engine_read(&town.engine, octets, len, &now, &err), 0);
	CU_ASSERT_TRUE(engine_view(e, now.mono).bound > 0.99 * bound);
}

static CU_TestInfo tests[] = {
	{ "a sample counts once", a_sample_counts_once },
	{ "serials that go backwards say nothing",
	    serials_that_go_backwards_say_nothing },
	{ "who counts anew is heard again", who_counts_anew_is_heard_again },
	{ "whom it alone feeds serves for weeks",
	    whom_it_alone_feeds_serves_for_weeks },
	{ "what is lent outvotes nobody of ours at first",
	    what_is_lent_outvotes_nobody_of_ours_at_first },
	{ "who sends ever more is not heard more",
	    who_sends_ever_more_is_not_heard_more },
	{ "of a liar turns are taken, too", of_a_liar_turns_are_taken_too },
	{ "who is an hour off is dropped and named",
	    who_is_an_hour_off_is_dropped_and_named },
	{ "who was never sane does not set our clock",
	    who_was_never_sane_does_not_set_our_clock },
	{ "an operator may trust it again", an_operator_may_trust_it_again },
	{ "who misleads us is covered by the bound",
	    who_misleads_us_is_covered_by_the_bound },
	{ "who slept is not misunderstood", who_slept_is_not_misunderstood },
	{ "what it said before we slept speaks for nobody",
	    what_it_said_before_we_slept_speaks_for_nobody },
	{ "another address is another server to the judge, too",
	    another_address_is_another_server_to_the_judge_too },
	{ "who was dropped has no voice as a stranger, either",
	    who_was_dropped_has_no_voice_as_a_stranger_either },
	{ "the next life is as unsure as we are",
	    the_next_life_is_as_unsure_as_we_are },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_engine_share = { "core/engine_share", NULL, NULL, setup,
	NULL, tests };
