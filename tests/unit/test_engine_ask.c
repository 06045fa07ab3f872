/* SPDX-License-Identifier: ISC */
#include "core/engine_parts.h"

#include "town.h"
#include "unit.h"

#include <math.h>
#include <string.h>

static struct engine_source *const source = town.engine.source;

static void
setup(void)
{
	town_begin(5, 2);
}

static void
poll_until_send(const struct now *now, struct engine_order *o)
{
	for (int n = 0; n < 100; n++) {
		if (engine_poll(&town.engine, now, o) == ENGINE_SEND)
			return;
		if (o->want == ENGINE_BOOK)
			engine_booked(&town.engine, true, now);
	}
	CU_FAIL_FATAL("nothing was to be sent");
}

static void
every_server_is_asked_within_two_seconds(void)
{
	town_run(2);
	for (int i = 0; i < 5; i++)
		CU_ASSERT_EQUAL(town.sent[i], 1);
}

static void
a_burst_is_four_and_then_comes_the_ramp(void)
{
	town_run(12);
	for (int i = 0; i < 5; i++)
		CU_ASSERT_EQUAL(town.sent[i], 4);
	town_run(3600 - 12);
	for (int i = 0; i < 5; i++)
		CU_ASSERT_TRUE(town.sent[i] > 8 && town.sent[i] <= 16);
}

static void
a_question_goes_where_the_server_is(void)
{
	struct engine_order o = { 0 };
	struct now now;

	town.now += 10;
	now = town_now();
	poll_until_send(&now, &o);
	CU_ASSERT_TRUE(addr_equal(&o.to, &town.conf.server[o.source].addr));
	CU_ASSERT_EQUAL(o.len, PACKET_SIZE);
	CU_ASSERT_EQUAL(o.pkt[0], 0x23);
}

static void
cookies_are_the_chance_that_came_in(void)
{
	struct engine_order o = { 0 };
	struct now now;

	town.now += 10;
	now = town_now();
	now.chance = 0x1122334455667788;
	poll_until_send(&now, &o);
	CU_ASSERT_EQUAL(
	    memcmp(o.pkt + 40, "\x11\x22\x33\x44\x55\x66\x77\x88", 8), 0);
}

static void
no_answer_is_a_miss_after_three_seconds(void)
{
	town.server[0].dead = true;
	town_run(2);
	CU_ASSERT_TRUE(source[0].source.asked);
	town_run(2);
	CU_ASSERT_EQUAL(source[0].source.missed, 1);
}

static void
a_silent_server_is_named_once_and_asked_ever_less(void)
{
	unsigned after;

	town.server[0].dead = true;
	town_run(3600);
	CU_ASSERT_TRUE(town_heard("host=192.0.2.1 state=silent"));
	CU_ASSERT_FALSE(source[0].selectable);
	after = town.sent[0];
	town_run(86400);
	CU_ASSERT_TRUE(town.sent[0] - after <= 12);
	CU_ASSERT_FALSE(town_heard("host=192.0.2.1 state=silent"));
	town.server[0].dead = false;
	town_run(86400);
	CU_ASSERT_TRUE(town_heard("host=192.0.2.1 state=answering"));
}

static void
where_nothing_listens_it_is_known_at_once(void)
{
	town.server[0].refused = true;
	town_run(1);
	CU_ASSERT_TRUE(source[0].unreachable);
	CU_ASSERT_EQUAL(source[0].source.missed, 1);
	CU_ASSERT_EQUAL(town.sent[0], 1);
}

static void
rate_ends_the_burst_and_doubles_the_interval(void)
{
	strcpy(town.server[0].kiss, "RATE");
	town_run(60);
	CU_ASSERT_EQUAL(town.sent[0], 1);
	CU_ASSERT_TRUE(ledger_floor(&town.engine.ledger, source[0].line,
			   town_at(town.now)) >= 128);
	CU_ASSERT_TRUE(town_heard("kiss-o'-death=RATE"));
}

static void
nothing_is_sent_that_is_not_booked(void)
{
	struct engine_order o;
	struct now now;
	enum engine_want want = ENGINE_REST;

	town.now += 10;
	now = town_now();
	for (int n = 0; n < 100 && want != ENGINE_BOOK; n++)
		want = engine_poll(&town.engine, &now, &o);
	/* as often as it is asked, until it is on disk */
	CU_ASSERT_EQUAL(engine_poll(&town.engine, &now, &o), ENGINE_BOOK);
	engine_booked(&town.engine, true, &now);
	CU_ASSERT_EQUAL(engine_poll(&town.engine, &now, &o), ENGINE_SEND);
}

static void
a_ledger_that_cannot_be_written_stops_asking_not_serving(void)
{
	unsigned before = 0;

	town_run(3600);
	for (int i = 0; i < 5; i++)
		before += town.sent[i];
	town.full = true;
	town_run(6 * 3600);
	for (int i = 0; i < 5; i++)
		before -= town.sent[i];
	CU_ASSERT_EQUAL(before, 0);
	CU_ASSERT_TRUE(town_heard("cannot be written: nobody is asked"));
	CU_ASSERT_EQUAL(town.engine.serving.stratum, 3);
	town.full = false;
	town_run(3600);
	CU_ASSERT_TRUE(town_heard("can be written again"));
	CU_ASSERT_EQUAL(town.engine.state, ENGINE_SYNCED);
}

static void
an_unknown_kiss_moves_nothing(void)
{
	strcpy(town.server[0].kiss, "XYZZ");
	town_run(60);
	CU_ASSERT_EQUAL(town.engine.schedule.line[0].backoff_s, 0);
	CU_ASSERT_FALSE(source[0].selectable);
}

/* All were truechimers; from now on server 0 is not like the others. */
static unsigned
asked_for_another_opinion(double seconds)
{
	unsigned before = town.sent[0];

	for (double s = 0; s < seconds; s += 100) {
		struct now now = town_now();

		engine_ask_another(&town.engine, 1, &now);
		town_run(100);
	}
	return town.sent[0] - before;
}

static void
who_is_silent_is_not_asked_for_another_opinion(void)
{
	town_run(3600);
	town.server[0].dead = true;
	while (source[0].source.missed < 3)
		town_run(60);
	CU_ASSERT_TRUE(asked_for_another_opinion(3600) <= 2);
}

static void
who_denied_us_is_not_asked_for_another_opinion(void)
{
	town_run(3600);
	strcpy(town.server[0].kiss, "DENY");
	while (!source[0].retired)
		town_run(60);
	CU_ASSERT_EQUAL(asked_for_another_opinion(3600), 0);
}

static unsigned told[EVENTS];

/* Takes all changes; how often was this one among them? */
static unsigned
times(enum event_id e)
{
	struct engine_change c;

	memset(told, 0, sizeof(told));
	while (engine_take_change(&town.engine, &c))
		told[c.event]++;
	return told[e];
}

/* One of the servers is asked as soon as the ledger lets us. */
static void
send_one(void)
{
	struct ledger *l = &town.engine.ledger;

	for (unsigned n = 0; n < 10000; n++) {
		unsigned i = n % 5;

		town.now += 10;
		if (!ledger_spend(l, source[i].line, town_at(town.now)))
			continue;
		engine_sent(&town.engine, i, town_at(town.now));
		return;
	}
	CU_FAIL_FATAL("nothing may be sent");
}

/* Until so many of a budget of 640 are spent. */
static void
spend(unsigned packets)
{
	const struct ledger *l = &town.engine.ledger;

	CU_ASSERT_EQUAL_FATAL(ledger_budget(l), 640);
	for (unsigned n = 0; n < 10000; n++) {
		if (ledger_day(l, town_at(town.now)) >= packets)
			return;
		send_one();
	}
	CU_FAIL_FATAL("never so many");
}

static bool
no_word_on_the_budget(void)
{
	times(EVENT_BUDGET_HIGH);
	return told[EVENT_BUDGET_HIGH] + told[EVENT_BUDGET_SPENT] +
	    told[EVENT_BUDGET_LOW] ==
	    0;
}

static void
four_fifths_of_the_budget_are_told_once(void)
{
	town_run(12);
	spend(511);
	CU_ASSERT_TRUE(no_word_on_the_budget());
	spend(512);
	CU_ASSERT_EQUAL(times(EVENT_BUDGET_HIGH), 1);
	spend(639);
	CU_ASSERT_TRUE(no_word_on_the_budget());
}

static void
so_is_the_end_of_it(void)
{
	town_run(12);
	spend(639);
	times(EVENT_BUDGET_HIGH);
	spend(640);
	CU_ASSERT_EQUAL(times(EVENT_BUDGET_SPENT), 1);
	CU_ASSERT_EQUAL(told[EVENT_BUDGET_HIGH], 0);
	send_one(); /* when one of them is a day old */
	CU_ASSERT_TRUE(no_word_on_the_budget());
}

/* 300 packets, and 260 more half a day later: 560 are 87 %, and when the first
 * ones leave the count, 41 % are left. */
static void
and_that_it_lasts_again(void)
{
	town_run(12);
	spend(300);
	town.now += 43200;
	spend(560);
	CU_ASSERT_EQUAL(times(EVENT_BUDGET_HIGH), 1);
	town.now += 45000;
	send_one();
	CU_ASSERT_EQUAL(times(EVENT_BUDGET_LOW), 1);
	spend(512);
	CU_ASSERT_EQUAL(times(EVENT_BUDGET_HIGH), 1);
}

/* Before the next packet, which may be hours away. */
static void
a_lower_budget_is_told_at_once(void)
{
	struct now now;

	town_run(12);
	spend(400);
	CU_ASSERT_TRUE(no_word_on_the_budget());
	town.conf.budget_day = 500;
	now = town_now();
	engine_reload(&town.engine, &town.conf, &now);
	CU_ASSERT_EQUAL(times(EVENT_BUDGET_HIGH), 1);
	town.conf.budget_day = 400;
	engine_reload(&town.engine, &town.conf, &now);
	CU_ASSERT_EQUAL(times(EVENT_BUDGET_SPENT), 1);
	town.conf.budget_day = 640;
	engine_reload(&town.engine, &town.conf, &now);
	CU_ASSERT_EQUAL(times(EVENT_BUDGET_LOW), 1);
}

/* 60 packets early and 460 late: 520 are 81 %; without the first 60 it is 72 %,
 * which is not yet called low. */
static void
a_little_below_four_fifths_nothing_is_told(void)
{
	town_run(12);
	spend(60);
	town.now += 43200;
	spend(520);
	CU_ASSERT_EQUAL(times(EVENT_BUDGET_HIGH), 1);
	town.now += 18000;
	send_one();
	CU_ASSERT_EQUAL(ledger_day(&town.engine.ledger, town_at(town.now)),
	    461);
	CU_ASSERT_TRUE(no_word_on_the_budget());
	spend(520);
	CU_ASSERT_TRUE(no_word_on_the_budget());
}

static CU_TestInfo tests[] = {
	{ "every server is asked within two seconds",
	    every_server_is_asked_within_two_seconds },
	{ "a burst is four, and then comes the ramp",
	    a_burst_is_four_and_then_comes_the_ramp },
	{ "a question goes where the server is",
	    a_question_goes_where_the_server_is },
	{ "cookies are the chance that came in",
	    cookies_are_the_chance_that_came_in },
	{ "no answer is a miss after three seconds",
	    no_answer_is_a_miss_after_three_seconds },
	{ "a silent server is named once, and asked ever less",
	    a_silent_server_is_named_once_and_asked_ever_less },
	{ "where nothing listens it is known at once",
	    where_nothing_listens_it_is_known_at_once },
	{ "RATE ends the burst and doubles the interval",
	    rate_ends_the_burst_and_doubles_the_interval },
	{ "nothing is sent that is not booked",
	    nothing_is_sent_that_is_not_booked },
	{ "a ledger that cannot be written stops asking, not serving",
	    a_ledger_that_cannot_be_written_stops_asking_not_serving },
	{ "an unknown kiss moves nothing", an_unknown_kiss_moves_nothing },
	{ "who is silent is not asked for another opinion",
	    who_is_silent_is_not_asked_for_another_opinion },
	{ "who denied us is not asked for another opinion",
	    who_denied_us_is_not_asked_for_another_opinion },
	{ "four fifths of the budget are told once",
	    four_fifths_of_the_budget_are_told_once },
	{ "so is the end of it", so_is_the_end_of_it },
	{ "and that it lasts again", and_that_it_lasts_again },
	{ "a lower one is told at once", a_lower_budget_is_told_at_once },
	{ "a little below four fifths nothing is told",
	    a_little_below_four_fifths_nothing_is_told },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_engine_ask = { "core/engine_ask", NULL, NULL, setup, NULL,
	tests };
