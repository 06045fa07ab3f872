/* SPDX-License-Identifier: ISC */
#include "core/explain.h"

#include "talkers.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

#define IN "10.0.0.5:4000"
#define OUT "192.0.2.10:123"

static void
many(int n, double gap, const char *to)
{
	char from[ADDR_TEXT];

	for (int i = 0; i < n; i++) {
		snprintf(from, sizeof(from), "10.0.1.%d:99", i % 250 + 1);
		talkers_say(20 + i * gap, from, to);
	}
}

static void
answers_to_inside_hosts_are_answers(void)
{
	talkers_exchange(0, IN, OUT, 64);
	CU_ASSERT_EQUAL(talkers_kind("192.0.2.10"), EXPLAIN_ANSWERS);
	CU_ASSERT_EQUAL(talkers_kind("10.0.0.5"), EXPLAIN_CLIENT);
}
static void
slow_packets_from_port_123_alone_are_most_likely_answers(void)
{
	for (int i = 0; i < 100; i++)
		talkers_say(64 * i, OUT, IN);
	CU_ASSERT_EQUAL(talkers_kind("192.0.2.10"), EXPLAIN_LIKELY);
	CU_ASSERT_EQUAL(talkers_kind("10.0.0.5"), EXPLAIN_TARGET);
}
static void
a_single_packet_from_port_123_is_most_likely_one_too(void)
{
	talkers_say(0, OUT, IN);
	CU_ASSERT_EQUAL(talkers_kind("192.0.2.10"), EXPLAIN_LIKELY);
	CU_ASSERT_EQUAL(talkers_kind("10.0.0.5"), EXPLAIN_TARGET);
}
static void
quick_ones_are_spoofed(void)
{
	for (int i = 0; i < 100; i++)
		talkers_say(0.5 * i, OUT, IN);
	CU_ASSERT_EQUAL(talkers_kind("192.0.2.10"), EXPLAIN_SPOOFED);
}
static void
answers_with_other_stamps_are_spoofed_although_we_asked(void)
{
	talkers_exchange(0, IN, OUT, 64);
	for (int i = 0; i < 3; i++) {
		struct talk_event e = talkers_event(20 + i, OUT, IN);

		e.mode = 4;
		e.stamped = true;
		e.origin = 99;
		talks_add(&talkers, &e);
	}
	CU_ASSERT_EQUAL(talkers_kind("192.0.2.10"), EXPLAIN_SPOOFED);
}
static void
late_answers_of_a_log_are_no_attack(void)
{
	for (int i = 0; i < 40; i++) {
		talkers_say(1024 * i, IN, OUT);
		talkers_say(1024 * i + 90, OUT, IN);
	}
	CU_ASSERT_EQUAL(talkers_kind("192.0.2.10"), EXPLAIN_LIKELY);
}
static void
eight_questions_in_a_row_are_a_burst(void)
{
	for (int i = 0; i < 8; i++)
		talkers_exchange(2 * i, IN, OUT, 64);
	CU_ASSERT_EQUAL(talkers_kind("10.0.0.5"), EXPLAIN_BURST);
}
static void
one_question_in_a_second_for_minutes_is_too_often(void)
{
	for (int i = 0; i < 120; i++)
		talkers_exchange(i, IN, OUT, 64);
	CU_ASSERT_EQUAL(talkers_kind("10.0.0.5"), EXPLAIN_HAMMER);
	CU_ASSERT(!explain_is_attack(EXPLAIN_HAMMER));
}
static void
three_kinds_of_client_are_behind_a_nat(void)
{
	talkers_exchange(0, IN, OUT, 63);
	talkers_exchange(10, IN, OUT, 127);
	CU_ASSERT_EQUAL(talkers_host("10.0.0.5")->voices, 2);
	talkers_exchange(20, IN, OUT, 254);
	CU_ASSERT_EQUAL(talkers_kind("10.0.0.5"), EXPLAIN_NAT);
}
static void
so_are_questions_at_once_from_several_ports(void)
{
	for (int i = 0; i < 4; i++) {
		talkers_say(64 * i, "10.0.0.5:4000", OUT);
		talkers_say(64 * i + 0.4, "10.0.0.5:4001", OUT);
	}
	CU_ASSERT_EQUAL(talkers_kind("10.0.0.5"), EXPLAIN_NAT);
}
static void
two_hundred_clients_behind_a_nat_at_the_full_hour_are_no_flo(void)
{
	char from[ADDR_TEXT];

	for (int i = 0; i < 600; i++) {
		snprintf(from, sizeof(from), "10.0.0.5:%d", 2000 + i % 200);
		talkers_exchange(i / 200 * 64 + i % 200 * 0.01, from, OUT,
		    60 + i % 200 % 4);
	}
	CU_ASSERT_EQUAL(talkers_kind("10.0.0.5"), EXPLAIN_NAT);
}
static void
five_hundred_questions_at_twenty_a_second_are_a_flood(void)
{
	for (int i = 0; i < 501; i++)
		talkers_say(i * 0.05, "198.51.100.9:99", "10.0.0.1:123");
	CU_ASSERT_EQUAL(talkers_kind("198.51.100.9"), EXPLAIN_FLOOD);
}
static void
a_bit_slower_they_are_none(void)
{
	for (int i = 0; i < 501; i++)
		talkers_say(i * 0.06, "198.51.100.9:99", "10.0.0.1:123");
	CU_ASSERT_EQUAL(talkers_kind("198.51.100.9"), EXPLAIN_HAMMER);
}
static void
a_thousand_strangers_that_are_one_machine_are_forged(void)
{
	char from[ADDR_TEXT];

	for (int i = 0; i < 1200; i++) {
		snprintf(from, sizeof(from), "203.0.%d.%d:99", i / 250 + 1,
		    i % 250);

		struct talk_event e =
		    talkers_event(i * 0.005, from, "10.0.0.1:123");
		e.ttl = 50;
		e.version = 4;
		talks_add(&talkers, &e);
	}
	CU_ASSERT_EQUAL(talkers_kind("10.0.0.1"), EXPLAIN_FLOODED);
}
static void
a_stranger_that_tries_sixteen_inside_hosts_scans(void)
{
	for (int i = 1; i <= 16; i++) {
		char to[ADDR_TEXT];

		snprintf(to, sizeof(to), "10.0.0.%d:123", i);
		talkers_say(i, "203.0.113.9:5555", to);
	}
	CU_ASSERT_EQUAL(talkers_kind("203.0.113.9"), EXPLAIN_SCAN);
}
static void
an_inside_client_of_a_pool_does_not(void)
{
	for (int i = 1; i <= 16; i++) {
		char to[ADDR_TEXT];

		snprintf(to, sizeof(to), "203.0.113.%d:123", i);
		talkers_say(i * 10, IN, to);
	}
	CU_ASSERT_EQUAL(talkers_kind("10.0.0.5"), EXPLAIN_CLIENT);
}
static void
control_questions_without_answers_are_an_attempt(void)
{
	for (int i = 0; i < 16; i++)
		talkers_packet(i, "203.0.113.7:80", "10.0.0.1:123", 7, 8);
	CU_ASSERT_EQUAL(talkers_kind("203.0.113.7"), EXPLAIN_ATTEMPT);
}
static void
a_few_of_them_with_answers_are_an_operators(void)
{
	talkers_packet(0, "10.0.0.7:4000", "10.0.0.1:123", 6, 12);
	talkers_packet(0, "10.0.0.1:123", "10.0.0.7:4000", 6, 440);
	CU_ASSERT_EQUAL(talkers_kind("10.0.0.7"), EXPLAIN_CONTROL);
	CU_ASSERT_EQUAL(talkers_kind("10.0.0.1"), EXPLAIN_SERVER);
}
static void
a_victim_is_told_before_its_reflectors_may_be_blamed_on_it(void)
{
	for (int i = 0; i < 70; i++)
		talkers_packet(i * 0.1, OUT, "10.0.0.8:80", 7, 440);
	CU_ASSERT_EQUAL(talkers_kind("192.0.2.10"), EXPLAIN_REFLECTOR);
	CU_ASSERT_EQUAL(talkers_kind("10.0.0.8"), EXPLAIN_VICTIM);
	CU_ASSERT_EQUAL(explain_whom(EXPLAIN_VICTIM, talkers_host("10.0.0.8")),
	    EXPLAIN_PROVIDER);
}
static void
many_reflectors_with_little_each_are_seen_by_their_victim(void)
{
	char from[ADDR_TEXT];

	for (int i = 0; i < 80; i++) {
		snprintf(from, sizeof(from), "198.51.100.%d:123", i % 8 + 1);
		talkers_packet(i * 0.1, from, "10.0.0.8:80", 7, 440);
	}
	CU_ASSERT_EQUAL(talkers_kind("198.51.100.3"), EXPLAIN_REFLECTOR);
	CU_ASSERT_EQUAL(talkers_kind("10.0.0.8"), EXPLAIN_VICTIM);
}
static void
peers_and_broadcasters_are_what_they_are(void)
{
	talkers_packet(0, "10.0.0.1:123", "10.0.0.2:123", 1, 48);
	talkers_packet(1, "10.0.0.2:123", "10.0.0.1:123", 2, 48);
	talkers_packet(2, "10.0.0.3:123", "10.0.0.255:123", 5, 48);
	CU_ASSERT_EQUAL(talkers_kind("10.0.0.1"), EXPLAIN_PEER);
	CU_ASSERT_EQUAL(talkers_kind("10.0.0.2"), EXPLAIN_PEER);
	CU_ASSERT_EQUAL(talkers_kind("10.0.0.3"), EXPLAIN_BROADCAST);
	CU_ASSERT_EQUAL(talkers_kind("10.0.0.255"), EXPLAIN_TARGET);
}
static void
the_worst_comes_first_and_then_the_loudest(void)
{
	uint32_t order[8];

	many(3, 64, OUT);
	talkers_exchange(300, IN, OUT, 64);
	talkers_exchange(400, IN, OUT, 64);
	for (int i = 0; i < 16; i++)
		talkers_packet(i, "203.0.113.7:80", "10.0.0.1:123", 7, 8);
	talks_sum(&talkers);
	explain_all(&talkers);
	CU_ASSERT_EQUAL_FATAL(explain_order(&talkers, order), 7);
	CU_ASSERT_EQUAL(talkers.host[order[0]].kind, EXPLAIN_ATTEMPT);
	CU_ASSERT_EQUAL(talkers.host[order[1]].kind, EXPLAIN_ANSWERS);
	CU_ASSERT_EQUAL(talkers.host[order[2]].kind, EXPLAIN_CLIENT);
	CU_ASSERT_EQUAL(talkers.host[order[2]].packets, 4);
	CU_ASSERT_EQUAL(talkers.host[order[6]].kind, EXPLAIN_TARGET);
}
static void
each_kind_has_a_word_of_its_own(void)
{
	for (int i = 0; i < EXPLAIN_KINDS; i++)
		for (int k = 0; k < i; k++)
			CU_ASSERT_STRING_NOT_EQUAL(
			    explain_kind_name((enum explain_kind)i),
			    explain_kind_name((enum explain_kind)k));
}

static CU_TestInfo tests[] = {
	{ "answers to inside hosts are answers",
	    answers_to_inside_hosts_are_answers },
	{ "slow packets from port 123 alone are most likely answers",
	    slow_packets_from_port_123_alone_are_most_likely_answers },
	{ "a single packet from port 123 is most likely one too",
	    a_single_packet_from_port_123_is_most_likely_one_too },
	{ "quick ones are spoofed", quick_ones_are_spoofed },
	{ "answers with other stamps are spoofed although we asked",
	    answers_with_other_stamps_are_spoofed_although_we_asked },
	{ "late answers of a log are no attack",
	    late_answers_of_a_log_are_no_attack },
	{ "eight questions in a row are a burst",
	    eight_questions_in_a_row_are_a_burst },
	{ "one question in a second for minutes is too often",
	    one_question_in_a_second_for_minutes_is_too_often },
	{ "three kinds of client are behind a nat",
	    three_kinds_of_client_are_behind_a_nat },
	{ "so are questions at once from several ports",
	    so_are_questions_at_once_from_several_ports },
	{ "two hundred clients behind a nat at the full hour are no flood",
	    two_hundred_clients_behind_a_nat_at_the_full_hour_are_no_flo },
	{ "five hundred questions at twenty a second are a flood",
	    five_hundred_questions_at_twenty_a_second_are_a_flood },
	{ "a bit slower they are none", a_bit_slower_they_are_none },
	{ "a thousand strangers that are one machine are forged",
	    a_thousand_strangers_that_are_one_machine_are_forged },
	{ "a stranger that tries sixteen inside hosts scans",
	    a_stranger_that_tries_sixteen_inside_hosts_scans },
	{ "an inside client of a pool does not",
	    an_inside_client_of_a_pool_does_not },
	{ "control questions without answers are an attempt",
	    control_questions_without_answers_are_an_attempt },
	{ "a few of them with answers are an operators",
	    a_few_of_them_with_answers_are_an_operators },
	{ "a victim is told before its reflectors may be blamed on it",
	    a_victim_is_told_before_its_reflectors_may_be_blamed_on_it },
	{ "many reflectors with little each are seen by their victim",
	    many_reflectors_with_little_each_are_seen_by_their_victim },
	{ "peers and broadcasters are what they are",
	    peers_and_broadcasters_are_what_they_are },
	{ "the worst comes first and then the loudest",
	    the_worst_comes_first_and_then_the_loudest },
	{ "each kind has a word of its own", each_kind_has_a_word_of_its_own },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_explain = { "core/explain", NULL, NULL, talkers_setup, NULL,
	tests };
