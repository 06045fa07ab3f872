/* SPDX-License-Identifier: ISC */
#include "core/talk.h"

#include "talkers.h"
#include "unit.h"

#include <string.h>

#define IN "10.0.0.5:4000"
#define OUT "192.0.2.10:123"

static void
the_first_question_with_an_answer_is_the_proof(void)
{
	talkers_exchange(100, "10.0.0.6:4001", OUT, 64);
	talkers_exchange(50, IN, OUT, 64);
	talks_sum(&talkers);

	const struct talk_proof *p = &talkers_host("192.0.2.10")->proof;

	CU_ASSERT(p->known);
	CU_ASSERT_EQUAL(p->port, 4000);
	CU_ASSERT_EQUAL(p->asked_at, INT64_C(50000000000));
	CU_ASSERT_EQUAL(p->wait, 12000000);
}
static void
clients_inside_are_counted_apart(void)
{
	talkers_exchange(1, IN, OUT, 64);
	talkers_exchange(1, "198.51.100.1:99", OUT, 64);
	talks_sum(&talkers);
	CU_ASSERT_EQUAL(talkers_host("192.0.2.10")->clients, 2);
	CU_ASSERT_EQUAL(talkers_host("192.0.2.10")->clients_inside, 1);
}
static void
the_gap_is_that_of_the_busiest_pair(void)
{
	for (int i = 0; i < 61; i++)
		talkers_say(2 * i, IN, OUT);
	talks_sum(&talkers);
	CU_ASSERT_DOUBLE_EQUAL(talkers_host("10.0.0.5")->gap, 2, 1e-9);
}
static void
fewer_than_sixty_questions_have_no_rate(void)
{
	for (int i = 0; i < 59; i++)
		talkers_say(2 * i, IN, OUT);
	talks_sum(&talkers);
	CU_ASSERT_EQUAL(talkers_host("10.0.0.5")->gap, 0);
}
static void
many_large_answers_to_small_questions_are_amplified(void)
{
	for (int i = 0; i < 70; i++) {
		talkers_packet(i * 0.1, "203.0.113.7:80", "10.0.0.1:123", 7, 8);
		talkers_packet(i * 0.1, "10.0.0.1:123", "203.0.113.7:80", 7,
		    440);
	}
	talks_sum(&talkers);
	CU_ASSERT_EQUAL(talkers_host("10.0.0.1")->amplified_to, 1);
	CU_ASSERT_EQUAL(talkers_host("203.0.113.7")->amplified_from, 1);
	CU_ASSERT_EQUAL(talkers_host("10.0.0.1")->amplified_octets, 30800);
	CU_ASSERT_EQUAL(talkers_host("10.0.0.1")->amplified_asked, 560);
}
static void
slow_ones_are_not(void)
{
	for (int i = 0; i < 70; i++)
		talkers_packet(i * 2, "192.0.2.10:123", "10.0.0.1:99", 7, 440);
	talks_sum(&talkers);
	CU_ASSERT_EQUAL(talkers_host("192.0.2.10")->amplified_to, 0);
}
static void
an_operator_inside_may_ask_inside_for_much(void)
{
	for (int i = 0; i < 70; i++) {
		talkers_packet(i * 0.1, "10.0.0.7:80", "10.0.0.1:123", 6, 12);
		talkers_packet(i * 0.1, "10.0.0.1:123", "10.0.0.7:80", 6, 440);
	}
	talks_sum(&talkers);
	CU_ASSERT_EQUAL(talkers_host("10.0.0.1")->amplified_to, 0);
}

static CU_TestInfo tests[] = {
	{ "the first question with an answer is the proof",
	    the_first_question_with_an_answer_is_the_proof },
	{ "clients inside are counted apart",
	    clients_inside_are_counted_apart },
	{ "the gap is that of the busiest pair",
	    the_gap_is_that_of_the_busiest_pair },
	{ "fewer than sixty questions have no rate",
	    fewer_than_sixty_questions_have_no_rate },
	{ "many large answers to small questions are amplified",
	    many_large_answers_to_small_questions_are_amplified },
	{ "slow ones are not", slow_ones_are_not },
	{ "an operator inside may ask inside for much",
	    an_operator_inside_may_ask_inside_for_much },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_talk_sum = { "core/talk_sum", NULL, NULL, talkers_setup,
	NULL, tests };
