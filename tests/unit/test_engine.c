/* SPDX-License-Identifier: ISC */
#include "core/engine.h"

#include "town.h"
#include "unit.h"

#include "core/engine_parts.h"

#include <string.h>

static struct engine_source *const source = town.engine.source;

static void
setup(void)
{
	town_begin(5, 2);
}

static void
who_has_no_address_waits_for_it(void)
{
	struct source_conf *c = &town.conf.server[4];
	struct addr a = c->addr;
	struct now now;

	strcpy(c->host, "ntp.example");
	c->addr = (struct addr){ .port = 123 };
	now = town_now();
	engine_init(&town.engine, &town.conf, &town.keys, &town.leap, &now);
	town_run(30);
	CU_ASSERT_EQUAL(town.sent[4], 0);
	CU_ASSERT_EQUAL(town.engine.state, ENGINE_SYNCED);
	a.port = 0; /* the port is the configuration's */
	now = town_now();
	engine_address(&town.engine, "ntp.example", &a, &now);
	town_run(10);
	CU_ASSERT_EQUAL(town.sent[4], 4);
	CU_ASSERT_TRUE(source[4].truechimer);
}

static void
a_server_that_moves_begins_anew(void)
{
	struct addr a = town.conf.server[4].addr;
	struct now now;

	strcpy(town.conf.server[4].host, "ntp5.example");
	now = town_now();
	engine_init(&town.engine, &town.conf, &town.keys, &town.leap, &now);
	town_run(30);
	a.ip[3] = 99;
	now = town_now();
	engine_address(&town.engine, town.conf.server[4].host, &a, &now);
	CU_ASSERT_EQUAL(source[4].source.samples, 0);
	CU_ASSERT_TRUE(town_heard("address=192.0.2.99"));
	town_run(64);
	CU_ASSERT_TRUE(source[4].source.samples > 0);
}

static void
the_engine_sleeps_when_there_is_nothing_to_do(void)
{
	struct engine_order o;
	struct now now;

	town_run(7200);
	now = town_now();
	for (int n = 0; n < 100; n++)
		if (engine_poll(&town.engine, &now, &o) == ENGINE_REST)
			break;
		else if (o.want == ENGINE_BOOK)
			engine_booked(&town.engine, true, &now);
	CU_ASSERT_TRUE(engine_next(&town.engine).ns > now.mono.ns);
}

static void
changes_that_nobody_takes_lose_the_oldest(void)
{
	struct engine_change c;

	while (engine_take_change(&town.engine, &c))
		;
	for (int i = 0; i < ENGINE_CHANGES + 3; i++)
		engine_say(&town.engine, EVENT_CLOCK_STEP, "line %d", i);
	CU_ASSERT_TRUE(engine_take_change(&town.engine, &c));
	CU_ASSERT_STRING_EQUAL(c.text, "line 3");
	CU_ASSERT_EQUAL(town.engine.changes_lost, 3);
}

static void
a_reload_keeps_who_stays_and_forgets_who_goes(void)
{
	struct engine_conf next = town.conf;
	uint64_t sent;
	struct now now;

	town_run(60);
	sent = source[4].source.sent_count;
	/* the last one first, the first one gone, a new one at the end */
	next.server[0] = town.conf.server[4];
	next.server[4] = town.conf.server[0];
	strcpy(next.server[4].host, "192.0.2.77");
	next.server[4].addr.ip[3] = 77;
	now = town_now();
	engine_reload(&town.engine, &next, &now);
	CU_ASSERT_EQUAL(source[0].source.sent_count, sent);
	CU_ASSERT_TRUE(source[0].truechimer);
	CU_ASSERT_EQUAL(source[4].source.sent_count, 0);
	CU_ASSERT_EQUAL(town.engine.state, ENGINE_SYNCED);
	CU_ASSERT_EQUAL(town.steps, 1);
	town_run(20);
	CU_ASSERT_TRUE(source[4].source.samples > 0);
	CU_ASSERT_EQUAL(town.steps, 1);
}

/* A counter of all that came must not fall when one of its parts goes. */
static void
what_was_heard_of_who_goes_stays_counted(void)
{
	struct engine_conf next = town.conf;
	uint64_t all = 0;
	struct now now;

	town_run(60);
	for (unsigned i = 0; i < ENGINE_SOURCES; i++)
		all += source[i].source.received_count;
	CU_ASSERT(all > 0);
	CU_ASSERT_EQUAL(town.engine.sums.heard, all);
	CU_ASSERT_EQUAL(town.engine.sums.verdict[SOURCE_SAMPLE], all);
	next.count = 1;
	now = town_now();
	engine_reload(&town.engine, &next, &now);
	CU_ASSERT_EQUAL(town.engine.sums.heard, all);
	CU_ASSERT_EQUAL(town.engine.sums.verdict[SOURCE_SAMPLE], all);
}

static void
what_is_no_server_s_address_moves_nobody(void)
{
	struct addr was = town.conf.server[0].addr, bad[4] = { 0 };
	struct now now = town_now();

	addr_parse(&bad[0], "224.0.1.1");
	addr_parse(&bad[1], "255.255.255.255");
	addr_parse(&bad[2], "0.0.0.0");
	addr_parse(&bad[3], "2001:db8::1");
	bad[3].family = 77;
	for (int i = 0; i < 4; i++) {
		engine_address(&town.engine, "192.0.2.1", &bad[i], &now);
		CU_ASSERT_TRUE(
		    addr_equal(&town.engine.source[0].source.conf.addr, &was));
	}
}

static void
an_address_is_no_name_and_does_not_move(void)
{
	struct addr a = town.conf.server[4].addr;
	struct now now;

	town_run(30);
	a.ip[3] = 99;
	now = town_now();
	engine_address(&town.engine, town.conf.server[4].host, &a, &now);
	CU_ASSERT_TRUE(source[4].source.samples > 0);
	CU_ASSERT_EQUAL(source[4].source.conf.addr.ip[3], 5);
}

static void
a_question_that_a_reload_cuts_off_is_no_miss(void)
{
	struct now now;

	town_run(3600);
	town.server[0].dead = true;
	for (int n = 0; n < 20000 && !source[0].source.asked; n++)
		town_run(0.5);
	CU_ASSERT_TRUE_FATAL(source[0].source.asked);
	now = town_now();
	engine_reload(&town.engine, &town.conf, &now);
	town_run(10);
	CU_ASSERT_EQUAL(source[0].source.missed, 0);
	CU_ASSERT_EQUAL(town.engine.schedule.line[0].backoff_s, 0);
}

static void
half_of_the_budget_is_the_sibling_s(void)
{
	struct engine *e = &town.engine;
	struct now now = town_now();

	CU_ASSERT_EQUAL(ledger_budget(&e->ledger), 640);
	town.conf.sibling.on = true;
	engine_reload(e, &town.conf, &now);
	CU_ASSERT_EQUAL(ledger_budget(&e->ledger), 320);
	town.conf.budget_day = 641; /* never more than all, by both */
	engine_init(e, &town.conf, &town.keys, &town.leap, &now);
	CU_ASSERT_EQUAL(ledger_budget(&e->ledger), 320);
	engine_opened(e, false, false, &now);
	CU_ASSERT_EQUAL(ledger_budget(&e->ledger), 320);
}

static void
a_sibling_s_name_has_several_addresses(void)
{
	struct sibling_conf *b = &town.engine.conf.sibling;
	struct now now = town_now();
	struct addr a;

	town.conf.sibling.on = true;
	strcpy(town.conf.sibling.host, "gw2.example");
	town.conf.sibling.addr[0].port = 1123;
	engine_init(&town.engine, &town.conf, &town.keys, &town.leap, &now);
	addr_parse(&a, "10.0.0.12");
	engine_address(&town.engine, "gw2.example", &a, &now);
	engine_address(&town.engine, "gw2.example", &a, &now);
	addr_parse(&a, "2001:db8::12");
	engine_address(&town.engine, "gw2.example", &a, &now);
	CU_ASSERT_EQUAL(b->addrs, 2);
	CU_ASSERT_TRUE(addr_same_host(&b->addr[1], &a));
	CU_ASSERT_EQUAL(b->addr[1].port, 1123);
	CU_ASSERT_EQUAL(town.engine.pair.link.conf.addrs, 2);
	engine_reload(&town.engine, &town.conf, &now); /* keeps them */
	CU_ASSERT_EQUAL(town.engine.pair.link.conf.addrs, 2);
	for (unsigned i = 0; i < 2 * SIBLING_ADDRS; i++) {
		a.ip[0]++; /* never more than there is room for */
		engine_address(&town.engine, "gw2.example", &a, &now);
	}
	CU_ASSERT_EQUAL(b->addrs, SIBLING_ADDRS);
	CU_ASSERT_TRUE(addr_same_host(&b->addr[SIBLING_ADDRS - 1], &a));
}

static CU_TestInfo tests[] = {
	{ "a sibling's name has several addresses",
	    a_sibling_s_name_has_several_addresses },
	{ "half of the budget is the sibling's",
	    half_of_the_budget_is_the_sibling_s },
	{ "an address is no name, and does not move",
	    an_address_is_no_name_and_does_not_move },
	{ "a question that a reload cuts off is no miss",
	    a_question_that_a_reload_cuts_off_is_no_miss },
	{ "who has no address waits for it", who_has_no_address_waits_for_it },
	{ "a server that moves begins anew", a_server_that_moves_begins_anew },
	{ "the engine sleeps when there is nothing to do",
	    the_engine_sleeps_when_there_is_nothing_to_do },
	{ "changes that nobody takes lose the oldest",
	    changes_that_nobody_takes_lose_the_oldest },
	{ "a reload keeps who stays and forgets who goes",
	    a_reload_keeps_who_stays_and_forgets_who_goes },
	{ "what was heard of who goes stays counted",
	    what_was_heard_of_who_goes_stays_counted },
	{ "what is no server's address moves nobody",
	    what_is_no_server_s_address_moves_nobody },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_engine = { "core/engine", NULL, NULL, setup, NULL, tests };
