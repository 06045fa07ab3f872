/* SPDX-License-Identifier: ISC */
#include "asker.h"
#include "made.h"
#include "unit.h"
#include "view/mode6_parts.h"

#include <string.h>

/*
 * By hand, from RFC 9327.  Request: version 2, mode 6; command 1; sequence 1.
 * Answer: leap 0; R and command 1; sequence 1; system status 0x0615 (leap 0,
 * source 6, one event, the last is 5); 20 octets of data: the numbers 1 to 5,
 * each configured (0x80) and reachable (0x10), the first selected (6), the
 * third a falseticker (1), the others candidates (4); one event each, the last
 * is 4 (reachable) but for the first: 10 (selected).
 */
static void
the_state_of_all_is_told_as_in_the_rfc(void)
{
	static const uint8_t ask[] = { 0x16, 0x01, 0, 1, 0, 0, 0, 0, 0, 0, 0,
		0 };
	static const uint8_t want[] = { 0x16, 0x81, 0, 1, 0x06, 0x15, 0, 0, 0,
		0, 0, 20, 0, 1, 0x96, 0x1a, 0, 2, 0x94, 0x14, 0, 3, 0x91, 0x14,
		0, 4, 0x94, 0x14, 0, 5, 0x94, 0x14 };

	CU_ASSERT_EQUAL_FATAL(asker_send(ask, sizeof(ask)), 1);
	CU_ASSERT_EQUAL_FATAL(asker.len[0], sizeof(want));
	CU_ASSERT_EQUAL(memcmp(asker.pkt[0], want, sizeof(want)), 0);
}

static void
the_state_of_one_is_its_word(void)
{
	CU_ASSERT_EQUAL_FATAL(asker_ask(CTL_READSTAT, 3, ""), 1);
	CU_ASSERT_EQUAL(asker.head.status, 0x9114);
	CU_ASSERT_EQUAL(asker.head.association, 3);
	CU_ASSERT_EQUAL(asker.head.count, 0);
}

static void
the_sibling_has_the_last_number(void)
{
	asker.snapshot = made_paired();
	asker_ask(CTL_READSTAT, 0, "");
	CU_ASSERT_EQUAL_FATAL(asker.data_len, 6 * 4);
	CU_ASSERT_EQUAL(asker.data[20] << 8 | asker.data[21], MODE6_SIBLING);
}

/* Version 4, leap 0; R and 2; sequence 7; status; no association; 11 octets:
 * "stratum=3" and the end of the line, and one of padding. */
static void
variables_are_told_as_in_the_rfc(void)
{
	static const uint8_t want[] = { 0x26, 0x82, 0, 7, 0x06, 0x15, 0, 0, 0,
		0, 0, 11, 's', 't', 'r', 'a', 't', 'u', 'm', '=', '3', '\r',
		'\n', 0 };

	CU_ASSERT_EQUAL_FATAL(asker_ask(CTL_READVAR, 0, "stratum"), 1);
	CU_ASSERT_EQUAL_FATAL(asker.len[0], sizeof(want));
	CU_ASSERT_EQUAL(memcmp(asker.pkt[0], want, sizeof(want)), 0);
}

static void
who_does_not_know_the_time_raises_the_alarm(void)
{
	asker.snapshot = made_starting();
	asker_ask(CTL_READSTAT, 0, "");
	CU_ASSERT_EQUAL(asker.head.leap, LEAP_UNSYNC);
	CU_ASSERT_EQUAL(asker.pkt[0][0], 0xe6);
}

static void
a_long_answer_comes_in_pieces(void)
{
	struct ctl h;
	size_t at = 0;

	/* 50 of them are 1.5 kB of text. */
	char names[CTL_DATA + 1] = "";
	for (int i = 0; i < 50; i++)
		strcat(names, "reftime,");
	CU_ASSERT_EQUAL_FATAL(asker_ask(CTL_READVAR, 0, names), 4);
	for (unsigned i = 0; i < 4; i++) {
		CU_ASSERT_TRUE_FATAL(ctl_read(&h, asker.pkt[i], asker.len[i]));
		CU_ASSERT_EQUAL(h.offset, at);
		CU_ASSERT_EQUAL(h.more, i < 3);
		CU_ASSERT_TRUE(i == 3 || h.count == CTL_DATA);
		CU_ASSERT_EQUAL(asker.len[i] % 4, 0);
		at += h.count;
	}
}

static void
without_a_nonce_there_are_five_pieces_at_most(void)
{
	char names[CTL_DATA + 1] = "";

	/* 50 of them would be 13 kB. */
	memset(asker.snapshot.upstream[0].host, 'h', SOURCE_HOST_MAX - 1);
	for (int i = 0; i < 50; i++)
		strcat(names, "srchost,");
	CU_ASSERT_EQUAL_FATAL(asker_ask(CTL_READVAR, 1, names), 1);
	CU_ASSERT_EQUAL(asker.head.status, CTL_BAD_VALUE << 8);
	names[8 * 8] = '\0'; /* eight of them are 2120 octets */
	CU_ASSERT_EQUAL(asker_ask(CTL_READVAR, 1, names), 5);
	CU_ASSERT_FALSE(asker.head.error);
}

/* What it is asked for by: an error of 12 octets, with this code. */
static void
refused(uint8_t op, uint16_t association, const char *data, unsigned code)
{
	CU_ASSERT_EQUAL_FATAL(asker_ask(op, association, data), 1);
	CU_ASSERT_EQUAL(asker.len[0], CTL_HEADER);
	CU_ASSERT_TRUE(asker.head.error);
	CU_ASSERT_EQUAL(asker.head.status, code << 8);
	CU_ASSERT_EQUAL(asker.head.op, op);
	CU_ASSERT_EQUAL(asker.head.sequence, 7);
}

static void
an_association_that_there_is_not_is_an_error(void)
{
	refused(CTL_READVAR, 6, "", CTL_BAD_ASSOCIATION);
	refused(CTL_READSTAT, 6, "", CTL_BAD_ASSOCIATION);
	refused(CTL_READVAR, MODE6_SIBLING, "", CTL_BAD_ASSOCIATION);
	refused(CTL_READVAR, 65535, "", CTL_BAD_ASSOCIATION);
}

static void
a_variable_that_there_is_not_is_an_error(void)
{
	refused(CTL_READVAR, 0, "nonsense", CTL_UNKNOWN_VARIABLE);
	refused(CTL_READVAR, 0, "leap,nonsense", CTL_UNKNOWN_VARIABLE);
	refused(CTL_READVAR, 1, "version", CTL_UNKNOWN_VARIABLE);
}

static void
a_name_of_any_length_is_an_error(void)
{
	char name[CTL_DATA + 1];

	memset(name, 'x', CTL_DATA);
	name[CTL_DATA] = '\0';
	refused(CTL_READVAR, 0, name, CTL_UNKNOWN_VARIABLE);
}

static void
who_wants_to_write_is_told_that_it_may_not(void)
{
	refused(CTL_WRITEVAR, 0, "leap=3", CTL_PROHIBITED);
	refused(CTL_CONFIGURE, 0, "server 192.0.2.1", CTL_PROHIBITED);
	refused(CTL_SAVECONFIG, 0, "/etc/passwd", CTL_PROHIBITED);
	refused(CTL_SETTRAP, 0, "", CTL_PROHIBITED);
	refused(CTL_READ_LIST, 0, "ifstats", CTL_PROHIBITED);
}

static void
there_are_no_clocks_and_no_other_commands(void)
{
	refused(CTL_READCLOCK, 0, "", CTL_BAD_ASSOCIATION);
	refused(0, 0, "", CTL_BAD_OP);
	refused(30, 0, "", CTL_BAD_OP);
}

static void
what_is_no_request_is_not_answered(void)
{
	static const uint8_t answer[] = { 0x26, 0x82, 0, 7, 0, 0, 0, 0, 0, 0, 0,
		0 };
	static const uint8_t cut[] = { 0x26, 0x02, 0, 7, 0, 0, 0, 0, 0, 0, 0, 8,
		'l', 'e', 'a', 'p' };

	CU_ASSERT_EQUAL(asker_send(answer, sizeof(answer)), 0);
	CU_ASSERT_EQUAL(asker_send(cut, sizeof(cut)), 0);
	CU_ASSERT_EQUAL(asker_send(cut, 0), 0);
}

/* Octets that come for n requests of all variables at one instant. */
static size_t
flood(unsigned n)
{
	size_t sum = 0;

	while (n-- > 0) {
		asker_ask(CTL_READVAR, 1, "");
		for (unsigned i = 0; i < asker.datagrams; i++)
			sum += asker.len[i];
	}
	return sum;
}

static void
a_flood_gets_what_is_in_the_purse(void)
{
	size_t got = flood(1000);

	CU_ASSERT_TRUE(got <= MODE6_PLAIN);
	CU_ASSERT_TRUE(got > MODE6_PLAIN - MODE6_PLAIN_DATA);
	CU_ASSERT_EQUAL(flood(100), 0);
}

static void
the_purse_fills_again_and_not_beyond(void)
{
	flood(1000);
	asker.at = mono_add(asker.at, 1);
	size_t second = flood(1000);
	CU_ASSERT_TRUE(second <= MODE6_PLAIN_S + CTL_MAX);
	CU_ASSERT_TRUE(second >= MODE6_PLAIN_S - 2 * CTL_MAX);
	asker.at = mono_add(asker.at, 1e6);
	CU_ASSERT_TRUE(flood(1000) <= MODE6_PLAIN);
}

static void
an_error_is_paid_for_too(void)
{
	unsigned answers = 0;

	for (int i = 0; i < 20000; i++)
		answers += asker_ask(CTL_WRITEVAR, 0, "");
	CU_ASSERT_EQUAL(answers, MODE6_PLAIN / CTL_HEADER);
}

static CU_TestInfo tests[] = {
	{ "the state of all is told as in the RFC",
	    the_state_of_all_is_told_as_in_the_rfc },
	{ "the state of one is its word", the_state_of_one_is_its_word },
	{ "the sibling has the last number", the_sibling_has_the_last_number },
	{ "variables are told as in the RFC",
	    variables_are_told_as_in_the_rfc },
	{ "who does not know the time raises the alarm",
	    who_does_not_know_the_time_raises_the_alarm },
	{ "a long answer comes in pieces", a_long_answer_comes_in_pieces },
	{ "without a nonce there are five pieces at most",
	    without_a_nonce_there_are_five_pieces_at_most },
	{ "an association that there is not is an error",
	    an_association_that_there_is_not_is_an_error },
	{ "a variable that there is not is an error",
	    a_variable_that_there_is_not_is_an_error },
	{ "a name of any length is an error",
	    a_name_of_any_length_is_an_error },
	{ "who wants to write is told that it may not",
	    who_wants_to_write_is_told_that_it_may_not },
	{ "there are no clocks and no other commands",
	    there_are_no_clocks_and_no_other_commands },
	{ "what is no request is not answered",
	    what_is_no_request_is_not_answered },
	{ "a flood gets what is in the purse",
	    a_flood_gets_what_is_in_the_purse },
	{ "the purse fills again, and not beyond",
	    the_purse_fills_again_and_not_beyond },
	{ "an error is paid for, too", an_error_is_paid_for_too },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_mode6 = { "view/mode6", NULL, NULL, asker_init, NULL,
	tests };
