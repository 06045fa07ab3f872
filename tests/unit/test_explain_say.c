/* SPDX-License-Identifier: ISC */
#include "core/explain.h"

#include "talkers.h"
#include "unit.h"

#include <string.h>

#define OUT "192.0.2.10:123"

static char said[1024];

static const char *
verdict(const char *ip)
{
	struct text t = TEXT(said);

	explain_verdict(&talkers, talkers_host(ip), talkers_kind(ip), &t);
	return said;
}

static const char *
advice(const char *ip)
{
	struct text t = TEXT(said);

	explain_advice(talkers_host(ip), talkers_kind(ip), &t);
	return said;
}

static void
answers_name_who_asked_when_and_how_long_they_took(void)
{
	talkers.clock = TALK_UTC;
	talkers_exchange(86400, "10.0.0.5:4000", OUT, 64);
	CU_ASSERT_STRING_EQUAL(verdict("192.0.2.10"),
	    "Not an attack: answers to our own questions. 10.0.0.5 asked it at "
	    "1970-01-02 00:00:00 UTC from port 4000, and the answer came "
	    "12.0 ms later.");
	CU_ASSERT(strncmp(advice("192.0.2.10"), "Nobody", 6) == 0);
}
static void
an_amplifier_is_told_by_how_much(void)
{
	for (int i = 0; i < 70; i++) {
		talkers_packet(i * 0.1, "203.0.113.7:80", "10.0.0.1:123", 7, 8);
		talkers_packet(i * 0.1, "10.0.0.1:123", "203.0.113.7:80", 7,
		    440);
	}
	CU_ASSERT_STRING_EQUAL(verdict("10.0.0.1"),
	    "An amplification attack in progress: it sends 203.0.113.7 55 times "
	    "as much as the questions that carry that address had; the "
	    "questions are forged, and it is misused.");
	CU_ASSERT(strncmp(advice("10.0.0.1"), "The owner", 9) == 0);
	CU_ASSERT(strncmp(advice("203.0.113.7"), "Nobody", 6) == 0);
}
static void
every_kind_has_a_sentence_and_an_advice(void)
{
	talkers_exchange(0, "10.0.0.5:4000", OUT, 64);
	for (int k = 0; k < EXPLAIN_KINDS; k++) {
		struct text v = TEXT(said);

		explain_verdict(&talkers, talkers_host("10.0.0.5"),
		    (enum explain_kind)k, &v);
		CU_ASSERT(v.len > 10 && said[v.len - 1] == '.');
		v = TEXT(said);
		explain_advice(talkers_host("10.0.0.5"), (enum explain_kind)k,
		    &v);
		CU_ASSERT(v.len > 5 && said[v.len - 1] == '.');
	}
}

static void
a_client_learns_that_its_answers_are_blocked(void)
{
	struct talk_event a = talkers_event(0.1, OUT, "10.0.0.5:4000");

	a.fate = TALK_BLOCKED;
	talkers_say(0, "10.0.0.5:4000", OUT);
	talks_add(&talkers, &a);
	CU_ASSERT_STRING_EQUAL(verdict("10.0.0.5"),
	    "A client that asks, and the firewall blocks the answers.");
}

static CU_TestInfo tests[] = {
	{ "answers name who asked when and how long they took",
	    answers_name_who_asked_when_and_how_long_they_took },
	{ "an amplifier is told by how much",
	    an_amplifier_is_told_by_how_much },
	{ "every kind has a sentence and an advice",
	    every_kind_has_a_sentence_and_an_advice },
	{ "a client learns that its answers are blocked",
	    a_client_learns_that_its_answers_are_blocked },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_explain_say = { "core/explain_say", NULL, NULL,
	talkers_setup, NULL, tests };
