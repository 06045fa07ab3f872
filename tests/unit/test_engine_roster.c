/* SPDX-License-Identifier: ISC */
#include "core/engine_parts.h"

#include "town.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

static struct engine *const e = &town.engine;

/* Five servers and a spare, 192.0.2.6. */
static void
setup(void)
{
	struct now now;

	town_begin(5, 2);
	town.conf.spares = 1;
	town.conf.spare[0] = town.conf.server[4];
	strcpy(town.conf.spare[0].host, "192.0.2.6");
	town.conf.spare[0].addr.ip[3] = 6;
	now = town_now();
	engine_init(e, &town.conf, &town.keys, &town.leap, &now);
}

static void
deny(unsigned i)
{
	strcpy(town.server[i].kiss, "DENY");
}

/* Until it has had enough of us, and the spare is there; the town knows
 * servers by their place, so the spare is friendly from then on. */
static void
deny_until_replaced(unsigned i)
{
	deny(i);
	for (int n = 0; n < 1000 && e->source[i].stands_for < 0; n++)
		town_run(1);
	town.server[i].kiss[0] = '\0';
}

static const char *
host(unsigned i)
{
	return e->source[i].source.conf.host;
}

static void
twice_denied_a_spare_takes_over(void)
{
	unsigned sent;

	deny_until_replaced(4);
	CU_ASSERT_TRUE(
	    town_heard("host=192.0.2.6 takes the place of 192.0.2.5"));
	CU_ASSERT_STRING_EQUAL(host(4), "192.0.2.6");
	sent = town.sent[4];
	town_run(300);
	CU_ASSERT_TRUE(town.sent[4] > sent);
	CU_ASSERT_TRUE(e->source[4].truechimer);
	CU_ASSERT_EQUAL(e->state, ENGINE_SYNCED);
	CU_ASSERT_EQUAL(town.steps, 1);
}

static void
a_retired_server_hears_nothing_for_30_days(void)
{
	unsigned sent;

	e->conf.spares = 0;
	deny(4);
	town_run(300);
	CU_ASSERT_TRUE(e->source[4].retired);
	sent = town.sent[4];
	CU_ASSERT_EQUAL(sent, 2);
	town_run(29 * 86400.0);
	CU_ASSERT_EQUAL(town.sent[4], sent);
	town_run(2 * 86400.0);
	CU_ASSERT_TRUE(town.sent[4] > sent);
	CU_ASSERT_TRUE(town_heard("asked again after 30 days"));
}

static void
an_answer_between_two_denials_keeps_it(void)
{
	e->conf.spares = 0;
	deny(4);
	town_run(3);
	town.server[4].kiss[0] = '\0';
	town_run(3600);
	deny(4);
	for (int n = 0; n < 1000; n++)
		if (e->ledger.line[e->source[4].line].denied == 0)
			town_run(10);
	CU_ASSERT_EQUAL(e->ledger.line[e->source[4].line].denied, 1);
	CU_ASSERT_FALSE(e->source[4].retired);
}

static void
the_operator_takes_it_back_into_its_place(void)
{
	struct now now;

	deny_until_replaced(4);
	now = town_now();
	CU_ASSERT_FALSE(engine_revive(e, "192.0.2.1", &now));
	CU_ASSERT_TRUE(engine_revive(e, "192.0.2.5", &now));
	CU_ASSERT_STRING_EQUAL(host(4), "192.0.2.5");
	CU_ASSERT_STRING_EQUAL(e->conf.spare[0].host, "192.0.2.6");
	town_run(300);
	CU_ASSERT_TRUE(e->source[4].truechimer);
	now = town_now();
	CU_ASSERT_FALSE(engine_revive(e, "192.0.2.5", &now));
}

static void
without_spares_it_is_taken_back_too(void)
{
	struct now now;

	e->conf.spares = 0;
	deny(4);
	town_run(300);
	town.server[4].kiss[0] = '\0';
	now = town_now();
	CU_ASSERT_TRUE(engine_revive(e, "192.0.2.5", &now));
	CU_ASSERT_FALSE(e->source[4].retired);
	town_run(300);
	CU_ASSERT_TRUE(e->source[4].truechimer);
}

static void
a_server_on_another_port_has_the_port_in_its_name(void)
{
	struct now now;

	e->conf.server[4].addr.port = 1123;
	e->source[4].source.conf.addr.port = 1123;
	e->conf.spares = 0;
	e->source[4].retired = true;
	now = town_now();
	CU_ASSERT_FALSE(engine_revive(e, "192.0.2.5", &now));
	CU_ASSERT_TRUE(engine_revive(e, "192.0.2.5:1123", &now));
	CU_ASSERT_TRUE(
	    town_heard("host=192.0.2.5:1123 taken back by the operator"));
}

static void
when_all_are_retired_each_is_asked_once_a_day(void)
{
	unsigned sent = 0, after = 0;

	e->conf.spares = 0;
	for (unsigned i = 0; i < 5; i++)
		deny(i);
	town_run(600);
	CU_ASSERT_TRUE(town_heard("most servers are retired"));
	for (unsigned i = 0; i < 5; i++)
		sent += town.sent[i];
	CU_ASSERT_EQUAL(sent, 10);
	town_run(10 * 86400.0);
	for (unsigned i = 0; i < 5; i++)
		after += town.sent[i];
	CU_ASSERT_TRUE(after - sent >= 40 && after - sent <= 50);
	/* and when they forgive, all is well again */
	for (unsigned i = 0; i < 5; i++)
		town.server[i].kiss[0] = '\0';
	town_run(3 * 86400.0);
	CU_ASSERT_EQUAL(e->state, ENGINE_SYNCED);
	CU_ASSERT_FALSE(e->source[0].retired);
}

static void
a_bad_score_for_a_day_calls_the_spare(void)
{
	/* 0.3 s off: a falseticker, and the pool gives 0.039 a sample */
	town.server[4].lie = 0.3;
	town_run(3 * 86400.0);
	CU_ASSERT_TRUE(
	    town_heard("host=192.0.2.6 takes the place of 192.0.2.5"));
}

static void
a_name_that_is_retired_stays_so_after_a_reload(void)
{
	struct now now;

	deny_until_replaced(4);
	now = town_now();
	engine_reload(e, &town.conf, &now);
	CU_ASSERT_STRING_EQUAL(host(4), "192.0.2.6");
	CU_ASSERT_EQUAL(town.steps, 1);
}

static CU_TestInfo tests[] = {
	{ "twice denied, a spare takes over", twice_denied_a_spare_takes_over },
	{ "a retired server hears nothing for 30 days",
	    a_retired_server_hears_nothing_for_30_days },
	{ "an answer between two denials keeps it",
	    an_answer_between_two_denials_keeps_it },
	{ "the operator takes it back into its place",
	    the_operator_takes_it_back_into_its_place },
	{ "without spares it is taken back, too",
	    without_spares_it_is_taken_back_too },
	{ "a server on another port has the port in its name",
	    a_server_on_another_port_has_the_port_in_its_name },
	{ "when all are retired each is asked once a day",
	    when_all_are_retired_each_is_asked_once_a_day },
	{ "a bad score for a day calls the spare",
	    a_bad_score_for_a_day_calls_the_spare },
	{ "a name that is retired stays so after a reload",
	    a_name_that_is_retired_stays_so_after_a_reload },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_engine_roster = { "core/engine_roster", NULL, NULL, setup,
	NULL, tests };
