/* SPDX-License-Identifier: ISC */
/* The link to the other gateway, and what we tell it. */
#include "core/engine_parts.h"

#include "mate.h"
#include "unit.h"

static const struct engine *const e = &town.engine;

static void
setup(void)
{
	town_begin(4, 2);
	mate_begin();
}

static void
who_answers_our_field_is_a_pair_with_us(void)
{
	town_run(10);
	CU_ASSERT_TRUE(e->pair.on);
	CU_ASSERT_TRUE(town_heard("state=paired name=mate"));
}

static void
who_falls_silent_is_given_up(void)
{
	town_run(600);
	mate.silent = true;
	town_run(300);
	CU_ASSERT_FALSE(e->pair.on);
	CU_ASSERT_TRUE(town_heard("state=unheard: asking alone"));
	CU_ASSERT_EQUAL(e->schedule.other_s, 0);
}

static void
who_is_alike_is_not_called_different(void)
{
	town_run(600);
	CU_ASSERT_FALSE(town_heard("configured otherwise"));
}

static void
another_promise(struct link_word *w)
{
	w->digest[LINK_ACCURACY]++;
}

static void
a_difference_is_named_and_said_once(void)
{
	mate.says = another_promise;
	town_run(5);
	CU_ASSERT_TRUE(
	    town_heard("configured otherwise: upstream.accuracy differ"));
	town_run(600);
	CU_ASSERT_FALSE(town_heard("configured otherwise"));
}

static void
a_difference_that_is_over_is_said(void)
{
	mate.says = another_promise;
	town_run(5);
	mate.says = NULL;
	town_run(120);
	CU_ASSERT_TRUE(town_heard("configured as we are"));
}

static void
ours(struct link_word *w)
{
	w->life = town.engine.pair.link.life;
}

static void
our_own_word_is_no_siblings(void)
{
	mate.says = ours;
	town_run(600);
	CU_ASSERT_TRUE(mate.asked > 1);
	CU_ASSERT_FALSE(e->pair.on);
	CU_ASSERT_FALSE(e->pair.link.ever);
}

static void
beginning(struct link_word *w)
{
	w->state = ENGINE_STARTING;
}

static void
of_two_that_begin_the_first_by_name_bursts(void)
{
	mate.says = beginning;
	town_run(30);
	CU_ASSERT_EQUAL(town.sent[0], 4); /* "gate" before "mate" */
}

static void
who_was_not_dropped_is_not_accepted(void)
{
	struct now now;

	town_run(60);
	now = town_now();
	CU_ASSERT_FALSE(engine_accept_sibling(&town.engine, &now));
}

static CU_TestInfo tests[] = {
	{ "who answers our field is a pair with us",
	    who_answers_our_field_is_a_pair_with_us },
	{ "who falls silent is given up", who_falls_silent_is_given_up },
	{ "who is alike is not called different",
	    who_is_alike_is_not_called_different },
	{ "a difference is named and said once",
	    a_difference_is_named_and_said_once },
	{ "a difference that is over is said",
	    a_difference_that_is_over_is_said },
	{ "our own word is no sibling's", our_own_word_is_no_siblings },
	{ "of two that begin the first by name bursts",
	    of_two_that_begin_the_first_by_name_bursts },
	{ "who was not dropped is not accepted",
	    who_was_not_dropped_is_not_accepted },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_engine_sibling = { "core/engine_sibling", NULL, NULL, setup,
	NULL, tests };
