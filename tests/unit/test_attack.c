/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "base/text.h"
#include "view/attack.h"

#include <string.h>

static struct attack attack;
static struct snapshot snapshot;
static char said[200];

static void
setup(void)
{
	memset(&attack, 0, sizeof(attack));
	memset(&snapshot, 0, sizeof(snapshot));
	snapshot.uptime_s = 100;
	snapshot.upstreams = 2;
	attack_look(&attack, &snapshot, &TEXT(said));
}

/* Ten seconds later, with so many more of each kind. */
static enum attack_news
later(unsigned reflected, unsigned forged, unsigned macs)
{
	struct text t = TEXT(said);

	said[0] = '\0';
	snapshot.uptime_s += 10;
	snapshot.serve.mode_in[MODE_SERVER] += reflected;
	snapshot.upstream[1].verdict[SOURCE_UNASKED] += forged;
	snapshot.serve.verdict[SERVER_BAD_MAC] += macs;
	return attack_look(&attack, &snapshot, &t);
}

static void
a_few_strange_packets_are_no_attack(void)
{
	CU_ASSERT_EQUAL(later(20, 29, 0), ATTACK_NOTHING);
	CU_ASSERT_FALSE(attack.on);
}

/* 3000 of them ask once in 64 s, with what was the key: 469 in 10 s. */
static void
hosts_that_missed_a_change_of_keys_are_none(void)
{
	for (int i = 0; i < 100; i++)
		CU_ASSERT_EQUAL(later(0, 0, 469), ATTACK_NOTHING);
}

static void
fifty_wrong_keys_a_second_are(void)
{
	CU_ASSERT_EQUAL(later(0, 0, 500), ATTACK_BEGINS);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "rate=50/s unasked=0 bad-mac=500"));
}

static void
five_unasked_answers_a_second_are(void)
{
	CU_ASSERT_EQUAL(later(0, 50, 0), ATTACK_BEGINS);
	setup();
	CU_ASSERT_EQUAL(later(50, 0, 0), ATTACK_BEGINS);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "rate=5/s unasked=50 bad-mac=0"));
}

static void
it_is_told_once_and_is_over_after_a_quiet_time(void)
{
	CU_ASSERT_EQUAL(later(100, 0, 0), ATTACK_BEGINS);
	CU_ASSERT_EQUAL(later(100, 0, 7), ATTACK_NOTHING);
	for (int i = 0; i < 29; i++)
		CU_ASSERT_EQUAL(later(1, 0, 0), ATTACK_NOTHING);
	CU_ASSERT_EQUAL(later(0, 0, 0), ATTACK_ENDS);
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(said, "unasked=229 bad-mac=7 in all, hardly any for 5 min"));
	CU_ASSERT_EQUAL(later(0, 0, 0), ATTACK_NOTHING);
	CU_ASSERT_EQUAL(later(100, 0, 0), ATTACK_BEGINS);
}

static void
a_snapshot_too_soon_is_not_looked_at_but_nothing_is_lost(void)
{
	struct text t = TEXT(said);

	snapshot.uptime_s += 1;
	snapshot.serve.mode_in[MODE_SERVER] += 60;
	CU_ASSERT_EQUAL(attack_look(&attack, &snapshot, &t), ATTACK_NOTHING);
	CU_ASSERT_EQUAL(later(0, 0, 0), ATTACK_BEGINS);
}

static void
what_was_counted_before_the_first_look_is_not_news(void)
{
	memset(&attack, 0, sizeof(attack));
	snapshot.serve.mode_in[MODE_SERVER] = 1000000;
	CU_ASSERT_EQUAL(later(0, 0, 0), ATTACK_NOTHING);
	CU_ASSERT_EQUAL(later(0, 0, 0), ATTACK_NOTHING);
}

static void
an_exchanged_server_or_a_restart_is_no_attack(void)
{
	CU_ASSERT_EQUAL(later(0, 40, 0), ATTACK_NOTHING);
	snapshot.upstream[1].verdict[SOURCE_UNASKED] = 0;
	CU_ASSERT_EQUAL(later(0, 0, 0), ATTACK_NOTHING);
	snapshot.uptime_s = 0; /* the engine is a new one */
	CU_ASSERT_EQUAL(later(900, 0, 0), ATTACK_NOTHING);
}

static CU_TestInfo tests[] = {
	{ "a few strange packets are no attack",
	    a_few_strange_packets_are_no_attack },
	{ "hosts that missed a change of keys are none",
	    hosts_that_missed_a_change_of_keys_are_none },
	{ "fifty wrong keys a second are", fifty_wrong_keys_a_second_are },
	{ "five unasked answers a second are",
	    five_unasked_answers_a_second_are },
	{ "it is told once, and is over after a quiet time",
	    it_is_told_once_and_is_over_after_a_quiet_time },
	{ "a snapshot too soon is not looked at, but nothing is lost",
	    a_snapshot_too_soon_is_not_looked_at_but_nothing_is_lost },
	{ "what was counted before the first look is not news",
	    what_was_counted_before_the_first_look_is_not_news },
	{ "an exchanged server or a restart is no attack",
	    an_exchanged_server_or_a_restart_is_no_attack },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_attack = { "view/attack", NULL, NULL, setup, NULL, tests };
