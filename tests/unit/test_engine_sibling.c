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

/* As with a server: a counter must not fall when one of its parts goes. */
static void
what_it_sent_stays_counted_when_it_is_taken_out(void)
{
	struct engine_conf next = town.conf;
	uint64_t words, servers;
	struct now now;

	town_run(600);
	words = e->pair.link.verdicts[SIBLING_WORD];
	servers = e->sums.verdict[SOURCE_SAMPLE];
	CU_ASSERT_TRUE(words > 0);
	CU_ASSERT_EQUAL(e->sums.heard, servers + words);
	CU_ASSERT_EQUAL(e->sums.sibling_asked, e->pair.link.source.sent_count);
	next.sibling = (struct sibling_conf){ .on = false };
	now = town_now();
	engine_reload(&town.engine, &next, &now);
	CU_ASSERT_EQUAL(e->pair.link.source.sent_count, 0);
	CU_ASSERT_EQUAL(e->sums.sibling_verdict[SIBLING_WORD], words);
	CU_ASSERT_EQUAL(e->sums.heard, servers + words);
	CU_ASSERT_TRUE(e->sums.sibling_asked >= words);
}

/* It is asked at the port on which we serve, and counted there. */
static void
a_question_to_a_peer_is_not_counted_twice(void)
{
	town_run(10);
	uint64_t asked = e->sums.sibling_asked;

	engine_sent(&town.engine, ENGINE_SIBLING, town_now().mono);
	CU_ASSERT_EQUAL(e->sums.sibling_asked, asked + 1);
	town.engine.conf.sibling.symmetric = true;
	engine_sent(&town.engine, ENGINE_SIBLING, town_now().mono);
	CU_ASSERT_EQUAL(e->sums.sibling_asked, asked + 1);
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
who_never_answers_is_asked_ever_more_rarely(void)
{
	unsigned before;

	mate.silent = true;
	town_run(3600);
	before = mate.asked;
	town_run(6400);
	CU_ASSERT_TRUE(mate.asked >= before + 95); /* 64 s, and news */
	CU_ASSERT_TRUE(mate.asked <= before + 120);
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

static void
who_is_configured_no_more_is_no_pair_with_us(void)
{
	struct engine_accuracy a;
	struct now now;

	town_run(4 * 3600);
	CU_ASSERT_TRUE(e->pair.on);
	now = town_now();
	a = engine_accuracy(e, &now);
	town.conf.sibling = (struct sibling_conf){ 0 };
	engine_reload(&town.engine, &town.conf, &now);
	CU_ASSERT_FALSE(e->pair.on);
	CU_ASSERT_FALSE(e->pair.leaning);
	CU_ASSERT_EQUAL(e->schedule.other_s, 0);
	/* nor does a judge of it, who hears nothing more, doubt us */
	town_run(10 * 86400);
	now = town_now();
	CU_ASSERT_TRUE(engine_accuracy(e, &now).bound < 4 * a.bound);
}

static CU_TestInfo tests[] = {
	{ "who answers our field is a pair with us",
	    who_answers_our_field_is_a_pair_with_us },
	{ "what it sent stays counted when it is taken out",
	    what_it_sent_stays_counted_when_it_is_taken_out },
	{ "a question to a peer is not counted twice",
	    a_question_to_a_peer_is_not_counted_twice },
	{ "who falls silent is given up", who_falls_silent_is_given_up },
	{ "who never answers is asked ever more rarely",
	    who_never_answers_is_asked_ever_more_rarely },
	{ "our own word is no sibling's", our_own_word_is_no_siblings },
	{ "of two that begin the first by name bursts",
	    of_two_that_begin_the_first_by_name_bursts },
	{ "who is configured no more is no pair with us",
	    who_is_configured_no_more_is_no_pair_with_us },
	{ "who was not dropped is not accepted",
	    who_was_not_dropped_is_not_accepted },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_engine_sibling = { "core/engine_sibling", NULL, NULL, setup,
	NULL, tests };
