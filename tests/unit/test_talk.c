/* SPDX-License-Identifier: ISC */
#include "core/talk.h"

#include "talkers.h"
#include "unit.h"

#include "core/packet.h"

#include <stdio.h>
#include <string.h>

#define IN "10.0.0.5:4000"
#define OUT "192.0.2.10:123"

static void
a_packet_to_port_123_is_a_question_and_the_one_back_its_answ(void)
{
	talkers_say(0, IN, OUT);
	talkers_say(0.5, OUT, IN);
	CU_ASSERT_EQUAL(talkers_host("10.0.0.5")->out.asked, 1);
	CU_ASSERT_EQUAL(talkers_host("10.0.0.5")->in.answered, 1);
	CU_ASSERT_EQUAL(talkers_host("192.0.2.10")->out.answered, 1);
}
static void
an_answer_to_another_port_is_unasked(void)
{
	talkers_say(0, IN, OUT);
	talkers_say(0.5, OUT, "10.0.0.5:4001");
	CU_ASSERT_EQUAL(talkers_host("192.0.2.10")->out.unasked, 1);
	CU_ASSERT_EQUAL(talkers_host("192.0.2.10")->out.answered, 0);
}
static void
an_answer_after_more_than_64_s_is_unasked(void)
{
	talkers_say(0, IN, OUT);
	talkers_say(64, OUT, IN);
	talkers_say(64.1, OUT, IN);
	CU_ASSERT_EQUAL(talkers_host("192.0.2.10")->out.answered, 1);
	CU_ASSERT_EQUAL(talkers_host("192.0.2.10")->out.unasked, 1);
}
static void
with_stamps_the_origin_decides_and_not_the_port(void)
{
	struct talk_event q = talkers_event(0, IN, OUT);
	struct talk_event a = talkers_event(0.1, OUT, IN);

	q.mode = MODE_CLIENT;
	a.mode = MODE_SERVER;
	q.stamped = a.stamped = true;
	q.transmit = 7;
	a.origin = 8;
	talks_add(&talkers, &q);
	talks_add(&talkers, &a);
	CU_ASSERT_EQUAL(talkers_host("192.0.2.10")->out.unasked, 1);
	a.origin = 7;
	talks_add(&talkers, &a);
	CU_ASSERT_EQUAL(talkers_host("192.0.2.10")->out.answered, 1);
	talks_add(&talkers, &a); /* again: one question, one answer */
	CU_ASSERT_EQUAL(talkers_host("192.0.2.10")->out.unasked, 2);
}
static void
an_interleaved_answer_carries_the_receive_stamp(void)
{
	struct talk_event q = talkers_event(0, IN, OUT);
	struct talk_event a = talkers_event(0.1, OUT, IN);

	q.mode = MODE_CLIENT;
	a.mode = MODE_SERVER;
	q.stamped = a.stamped = true;
	q.transmit = 7;
	q.receive = 9;
	a.origin = 9;
	talks_add(&talkers, &q);
	talks_add(&talkers, &a);
	CU_ASSERT_EQUAL(talkers_host("192.0.2.10")->out.answered, 1);
}
static void
answers_to_what_came_before_the_file_are_forgiven_twice(void)
{
	for (int i = 0; i < 3; i++)
		talkers_say(i, OUT, IN);
	CU_ASSERT_EQUAL(talkers_host("192.0.2.10")->out.unasked, 1);
}
static void
forgiven_answers_are_counted_packet_by_packet(void)
{
	struct talk_event e = talkers_event(0, OUT, IN);

	e.packets = 40;
	talks_add(&talkers, &e);
	CU_ASSERT_EQUAL(talkers_host("192.0.2.10")->out.early, 40);
	CU_ASSERT_EQUAL(talkers_host("10.0.0.5")->in.early, 40);
	CU_ASSERT_EQUAL(talkers_host("192.0.2.10")->out.unasked, 0);
}
static void
whom_answers_go_to_is_counted_once(void)
{
	for (int i = 0; i < 4; i++)
		talkers_say(i, OUT, IN);
	talkers_say(4, OUT, "10.0.0.6:4000");
	CU_ASSERT_EQUAL(talkers_host("192.0.2.10")->unseen_peers, 2);
	CU_ASSERT_EQUAL(talkers_host("192.0.2.10")->unasked_peers, 1);
}
static void
from_port_123_to_port_123_inside_asks_and_outside_answers(void)
{
	talkers_say(100, "198.51.100.7:123", "10.0.0.9:123");
	talkers_say(200, "10.0.0.5:123", OUT);
	talkers_say(200.1, OUT, "10.0.0.5:123");
	CU_ASSERT_EQUAL(talkers_host("10.0.0.5")->out.asked, 1);
	CU_ASSERT_EQUAL(talkers_host("192.0.2.10")->out.answered, 1);
	CU_ASSERT_EQUAL(talkers_host("198.51.100.7")->out.asked, 0);
}
static void
a_question_shorter_than_a_header_is_no_question_for_the_time(void)
{
	struct talk_event e =
	    talkers_event(0, "203.0.113.9:80", "10.0.0.5:123");

	e.octets = 8;
	talks_add(&talkers, &e);
	CU_ASSERT_EQUAL(talkers_host("203.0.113.9")->out.control, 1);
	CU_ASSERT_EQUAL(talkers_host("203.0.113.9")->out.asked, 0);
}
static void
a_line_may_stand_for_many_packets(void)
{
	struct talk_event e = talkers_event(0, IN, OUT);

	e.packets = 40;
	e.octets = 48;
	talks_add(&talkers, &e);
	CU_ASSERT_EQUAL(talkers_host("10.0.0.5")->out.asked, 40);
	CU_ASSERT_EQUAL(talkers_host("10.0.0.5")->out.octets, 1920);
	CU_ASSERT_EQUAL(talkers.packets, 40);
}
static void
the_end_of_a_session_says_how_many_answers_came(void)
{
	struct talk_event e = talkers_event(1, IN, OUT);

	talkers_say(0, IN, OUT);
	e.packets = 0;
	e.answers = 3;
	talks_add(&talkers, &e);
	CU_ASSERT_EQUAL(talkers_host("10.0.0.5")->out.asked, 1);
	CU_ASSERT_EQUAL(talkers_host("10.0.0.5")->in.answered, 3);
}
static void
inside_is_what_is_private_unless_it_is_named(void)
{
	struct addr a, b;
	struct prefix p;
	struct err e;

	CU_ASSERT(addr_parse(&a, "172.31.0.1") && addr_parse(&b, "192.0.2.1"));
	CU_ASSERT(talks_is_inside(&talkers, &a));
	CU_ASSERT(!talks_is_inside(&talkers, &b));
	CU_ASSERT_EQUAL(prefix_parse(&p, "192.0.2.0/24", &e), 0);
	for (int i = 0; i < TALK_INSIDE; i++)
		CU_ASSERT(talks_inside(&talkers, &p));
	CU_ASSERT(!talks_inside(&talkers, &p));
	CU_ASSERT(!talks_is_inside(&talkers, &a));
	CU_ASSERT(talks_is_inside(&talkers, &b));
}
static void
full_tables_push_out_who_said_least(void)
{
	char from[32];

	for (int i = 0; i < 5; i++)
		talkers_exchange(i, IN, OUT, 64);
	for (int i = 0; i < 200000; i++) {
		snprintf(from, sizeof(from), "203.%d.%d.%d:99", i >> 16 & 255,
		    i >> 8 & 255, i & 255);
		talkers_say(10, from, "10.0.0.1:123");
	}
	CU_ASSERT(talkers.hosts_out > 0 && talkers.pairs_out > 0);
	CU_ASSERT_EQUAL(talkers.hosts, TALK_HOSTS);
	CU_ASSERT_EQUAL_FATAL(talkers_host("10.0.0.5") != NULL, true);
	CU_ASSERT_EQUAL(talkers_host("10.0.0.5")->in.answered, 5);
}
static void
the_busiest_second_is_known(void)
{
	for (int i = 0; i < 7; i++)
		talkers_say(3 + i * 0.1, IN, OUT);
	talkers_say(9, IN, OUT);
	CU_ASSERT_EQUAL(talkers_host("10.0.0.5")->peak, 7);
}

static CU_TestInfo tests[] = {
	{ "a packet to port 123 is a question and the one back its answer",
	    a_packet_to_port_123_is_a_question_and_the_one_back_its_answ },
	{ "an answer to another port is unasked",
	    an_answer_to_another_port_is_unasked },
	{ "an answer after more than 64 s is unasked",
	    an_answer_after_more_than_64_s_is_unasked },
	{ "with stamps the origin decides and not the port",
	    with_stamps_the_origin_decides_and_not_the_port },
	{ "an interleaved answer carries the receive stamp",
	    an_interleaved_answer_carries_the_receive_stamp },
	{ "forgiven answers are counted packet by packet",
	    forgiven_answers_are_counted_packet_by_packet },
	{ "whom answers go to is counted once",
	    whom_answers_go_to_is_counted_once },
	{ "answers to what came before the file are forgiven twice",
	    answers_to_what_came_before_the_file_are_forgiven_twice },
	{ "from port 123 to port 123 inside asks and outside answers",
	    from_port_123_to_port_123_inside_asks_and_outside_answers },
	{ "a question shorter than a header is no question for the time",
	    a_question_shorter_than_a_header_is_no_question_for_the_time },
	{ "a line may stand for many packets",
	    a_line_may_stand_for_many_packets },
	{ "the end of a session says how many answers came",
	    the_end_of_a_session_says_how_many_answers_came },
	{ "inside is what is private unless it is named",
	    inside_is_what_is_private_unless_it_is_named },
	{ "full tables push out who said least",
	    full_tables_push_out_who_said_least },
	{ "the busiest second is known", the_busiest_second_is_known },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_talk = { "core/talk", NULL, NULL, talkers_setup, NULL,
	tests };
