/* SPDX-License-Identifier: ISC */
#include "core/explain.h"

#include "talkers.h"
#include "unit.h"

static char said[1024];

static const char *
evidence(const char *ip)
{
	struct text t = TEXT(said);

	talks_sum(&talkers);
	explain_evidence(&talkers, talkers_host(ip), &t);
	return said;
}

static void
a_clients_questions_ports_pace_and_header_are_told(void)
{
	for (int i = 0; i < 3; i++)
		talkers_exchange(64 * i, "10.0.0.5:4000", "192.0.2.10:123", 64);
	CU_ASSERT_STRING_EQUAL(evidence("10.0.0.5"),
	    "sent 3 questions to 1 address from port 4000; got 3 answers; it "
	    "spoke first; a packet in 64.0 s over 2.1 min; its largest has 48 "
	    "octets; mode 3; version 4.");
}
static void
what_nobody_asked_for_and_what_was_blocked_is_told(void)
{
	for (int i = 0; i < 4; i++) {
		struct talk_event e =
		    talkers_event(20 * i, "192.0.2.10:123", "10.0.0.5:99");

		e.fate = TALK_BLOCKED;
		talks_add(&talkers, &e);
	}
	CU_ASSERT_STRING_EQUAL(evidence("192.0.2.10"),
	    "sent 4 answers to 1 address whose questions are not in this file; "
	    "a packet in 20.0 s over 60.0 s; the firewall blocked 4 packets "
	    "from it and 0 to it.");
}
/* One pasted line. */
static void
the_first_answer_of_a_file_is_told_at_both_ends(void)
{
	talkers_say(0, "192.0.2.10:123", "10.0.0.5:99");
	CU_ASSERT_STRING_EQUAL(evidence("192.0.2.10"),
	    "sent 1 answer to 1 address whose question is not in this file.");
	CU_ASSERT_STRING_EQUAL(evidence("10.0.0.5"),
	    "got 1 answer without a question in this file.");
}

static CU_TestInfo tests[] = {
	{ "a clients questions ports pace and header are told",
	    a_clients_questions_ports_pace_and_header_are_told },
	{ "what nobody asked for and what was blocked is told",
	    what_nobody_asked_for_and_what_was_blocked_is_told },
	{ "the first answer of a file is told at both ends",
	    the_first_answer_of_a_file_is_told_at_both_ends },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_explain_evidence = { "core/explain_evidence", NULL, NULL,
	talkers_setup, NULL, tests };
