/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "view/why.h"

#include "made.h"

#include <string.h>

static char said[WHY_MAX];

static const char *
why(struct snapshot s, unsigned i)
{
	return why_sentence(&s, i, said);
}

/* Without what would happen if it failed. */
static const char *
begin(struct snapshot s, unsigned i)
{
	char *end;

	why(s, i);
	end = strstr(said, "; if it failed");
	if (end != NULL)
		*end = '\0';
	return said;
}

static void
used_says_how_many_agree(void)
{
	CU_ASSERT_STRING_EQUAL(begin(made_synced(), 1),
	    "used: 4 of 5 groups agree");
	CU_ASSERT_STRING_EQUAL(begin(made_synced(), 0),
	    "used: 4 of 5 groups agree, and our reference id names this one");
}

static void
used_tells_of_questions_not_answered(void)
{
	struct snapshot s = made_synced();

	s.upstream[1].missed = 1;
	CU_ASSERT_STRING_EQUAL(begin(s, 1),
	    "used: 4 of 5 groups agree; its last question is unanswered");
	s.upstream[1].missed = 2;
	CU_ASSERT_STRING_EQUAL(begin(s, 1),
	    "used: 4 of 5 groups agree; its last 2 questions are unanswered");
}

/* The others are at -0.3, 0, 0.6 and 0.9 ms. */
static void
a_falseticker_is_told_by_how_much(void)
{
	CU_ASSERT_STRING_EQUAL(begin(made_synced(), 2),
	    "not used: off by 500 ms, while 4 of 5 groups agree within "
	    "1.20 ms");
	struct snapshot s = made_synced();
	CU_ASSERT_EQUAL(why_tally(&s, 2), 'x');
}

static void
a_server_late_at_a_leap_is_no_falseticker(void)
{
	struct snapshot s = made_synced();

	s.upstream[2].leap_late = true;
	s.upstream[2].selectable = false;
	s.upstream[2].offset_s = 1.0003;
	CU_ASSERT_STRING_EQUAL(why_state(&s, 2), "leap-late");
	CU_ASSERT_EQUAL(why_tally(&s, 2), ' ');
	CU_ASSERT_STRING_EQUAL(why(s, 2),
	    "leap-late: off by 1.00 s, within a day of a leap second: not "
	    "heard until this is over; asked again in 7 min");
	s.upstream[2].missed = 1;
	CU_ASSERT_STRING_EQUAL(why_state(&s, 2), "silent");
}

static void
a_silent_server_is_asked_again(void)
{
	struct snapshot s = made_holdover();

	CU_ASSERT_STRING_EQUAL(why(s, 4),
	    "silent: 12 questions unanswered; asked again in 2.3 h");
	s.upstream[4].missed = 1;
	s.upstream[4].asked = true;
	CU_ASSERT_STRING_EQUAL(why(s, 4),
	    "silent: 1 question unanswered; just asked again");
}

static void
the_network_may_know_that_nothing_is_there(void)
{
	CU_ASSERT_STRING_EQUAL(why(made_holdover(), 1),
	    "silent: 12 questions unanswered, and the network says that "
	    "nothing is there; asked again in 34 min");
}

static void
a_kiss_is_named(void)
{
	struct snapshot s = made_holdover();

	CU_ASSERT_STRING_EQUAL(why_state(&s, 2), "refused");
	CU_ASSERT_STRING_EQUAL(why(s, 2),
	    "refused: kiss-o'-death RATE (come less often); asked again in "
	    "68 min");
	strcpy(s.upstream[2].kiss, "DENY");
	s.upstream[2].next_s = -1;
	CU_ASSERT_STRING_EQUAL(why(s, 2),
	    "refused: kiss-o'-death DENY (it does not serve us); not asked "
	    "any more");
	strcpy(s.upstream[2].kiss, "XYZ.");
	s.upstream[2].next_s = 5;
	CU_ASSERT_STRING_EQUAL(why(s, 2),
	    "refused: kiss-o'-death XYZ.; asked again in 5 s");
}

static void
a_server_that_does_not_know_the_time_is_bad(void)
{
	struct snapshot s = made_starting();

	CU_ASSERT_STRING_EQUAL(why_state(&s, 3), "bad");
	CU_ASSERT_STRING_EQUAL(why(s, 3),
	    "bad: it says that it does not know the time; asked again in "
	    "40 s");
}

static void
every_verdict_that_closes_a_question_has_a_sentence(void)
{
	static const enum source_verdict closing[] = { SOURCE_UNSYNC,
		SOURCE_STRATUM, SOURCE_NEGATIVE_DELAY, SOURCE_FAR,
		SOURCE_STALE };
	struct snapshot s = made_starting();

	for (size_t i = 0; i < sizeof(closing) / sizeof(closing[0]); i++) {
		s.upstream[3].last = closing[i];
		why(s, 3);
		CU_ASSERT_EQUAL(strncmp(said, "bad: it", 7), 0);
	}
}

static void
an_answer_without_our_signature_is_bad(void)
{
	struct snapshot s = made_starting();
	struct snapshot_upstream *u = &s.upstream[4];

	u->sent = u->missed = 2;
	u->verdict[SOURCE_BAD_MAC] = 2;
	CU_ASSERT_STRING_EQUAL(why_state(&s, 4), "bad");
	CU_ASSERT_STRING_EQUAL(why(s, 4),
	    "bad: its answers are not signed with our key; asked again in "
	    "53 s");
	u->verdict[SOURCE_NAK] = 1;
	CU_ASSERT_STRING_EQUAL(why(s, 4),
	    "bad: it does not know our key (crypto-NAK); asked again in 53 s");
}

/* Anybody can send such packets: they do not make a good server bad. */
static void
a_forged_mac_does_not_blame_a_server_that_answered(void)
{
	struct snapshot s = made_holdover();

	s.upstream[4].verdict[SOURCE_BAD_MAC] = 1000;
	CU_ASSERT_STRING_EQUAL(why_state(&s, 4), "silent");
}

static void
a_name_that_does_not_resolve_is_said(void)
{
	struct snapshot s = made_starting();

	CU_ASSERT_STRING_EQUAL(why_state(&s, 1), "unresolved");
	CU_ASSERT_STRING_EQUAL(why(s, 1),
	    "no address yet: the name does not resolve; it is looked up again");
}

static void
waiting_says_for_what(void)
{
	struct snapshot s = made_starting();

	CU_ASSERT_STRING_EQUAL(why(s, 0),
	    "waiting: 1 of 5 groups answers, 3 must agree");
	CU_ASSERT_STRING_EQUAL(why(s, 2), "waiting for its first answer");
	CU_ASSERT_STRING_EQUAL(why(s, 4),
	    "waiting: its first question goes out in 53 s");
	s.upstream[4].next_s = -1;
	CU_ASSERT_STRING_EQUAL(why(s, 4), "waiting for its turn to be asked");
	s.upstream[0].selectable = false;
	CU_ASSERT_STRING_EQUAL(why(s, 0),
	    "waiting: what it says is not judged yet");
	s.upstream[0].selectable = true;
	s.groups = 4;
	CU_ASSERT_STRING_EQUAL(why(s, 0),
	    "waiting: 4 groups answer, but no majority of them agrees: nobody "
	    "is believed");
}

static void
the_longest_sentence_fits(void)
{
	struct snapshot s = made_starting();

	s.upstream[3].last = SOURCE_FAR;
	s.upstream[3].next_s = 1e9;
	CU_ASSERT(strlen(why(s, 3)) < WHY_MAX - 50);
}

/* 3 of 4: one may be lost, then 2 of 4 would be no majority. */
static void
each_row_says_what_would_be_if_it_failed(void)
{
	struct snapshot s = made_synced();

	CU_ASSERT_STRING_EQUAL(why(s, 1),
	    "used: 4 of 5 groups agree; if it failed: 3 of 4, losses until "
	    "undecidable: 0");
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(why(s, 2), "; if it failed, nothing would be lost"));
	s.upstream[1].without.majority = false;
	CU_ASSERT_STRING_EQUAL(why(s, 1),
	    "used: 4 of 5 groups agree; if it failed, no majority would be "
	    "left");
}

static void
without_a_majority_nothing_is_to_be_lost(void)
{
	CU_ASSERT_PTR_NULL(strstr(why(made_starting(), 0), "if it failed"));
	CU_ASSERT_PTR_NULL(strstr(why(made_holdover(), 0), "if it failed"));
}

static void
a_retired_server_says_until_when_and_what_to_do(void)
{
	struct snapshot s = made_synced();

	s.upstream[1].truechimer = s.upstream[1].selectable = false;
	s.upstream[1].account.retired = true;
	s.upstream[1].account.retired_s = 12.1 * 86400;
	CU_ASSERT_STRING_EQUAL(why_state(&s, 1), "retired");
	CU_ASSERT_STRING_EQUAL(why(s, 1),
	    "retired for 12 d more: it denied us twice; \"ntpgate upstreams "
	    "revive ntp2.example.org\" takes it back");
	s.at.ns = INT64_C(1796000000) * 1000000000; /* 2026-11-30 00:53 */
	CU_ASSERT_PTR_NOT_NULL(strstr(why(s, 1), "retired until 12 Dec:"));
	s.upstream[1].account.retired_s = 3600;
	CU_ASSERT_PTR_NOT_NULL(strstr(why(s, 1), "retired until 01:53 UTC:"));
}

static void
a_floor_by_rate_is_said_while_it_lasts(void)
{
	struct snapshot s = made_synced();

	s.upstream[1].account.rated_s = 2048;
	CU_ASSERT_PTR_NOT_NULL(strstr(why(s, 1),
	    "; it wants 34 min between two questions (RATE)"));
	s.upstream[1].account.rated_s = 0;
	CU_ASSERT_PTR_NULL(strstr(why(s, 1), "RATE"));
}

static void
a_stand_in_says_for_whom(void)
{
	struct snapshot s = made_synced();

	strcpy(s.upstream[1].stands_for, "old.example.net");
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(why(s, 1), "; stands in for old.example.net"));
}

static void
who_follows_the_same_server_is_named(void)
{
	struct snapshot s = made_synced();

	strcpy(s.upstream[1].shares_with, "ntp1.example.net");
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(why(s, 1), "; follows the same server as ntp1.example.net"));
}

static void
a_spare_is_ready_retired_or_unresolved(void)
{
	struct snapshot s = made_synced();

	s.spares = 1;
	strcpy(s.spare[0].host, "spare.example.net");
	CU_ASSERT_STRING_EQUAL(why_spare_state(&s.spare[0]), "unresolved");
	s.spare[0].addr.family = ADDR_V4;
	CU_ASSERT_STRING_EQUAL(why_spare_state(&s.spare[0]), "spare");
	CU_ASSERT_STRING_EQUAL(why_spare(&s, 0, said),
	    "spare: not asked unless a server gives up");
	s.spare[0].account.retired = true;
	CU_ASSERT_STRING_EQUAL(why_spare_state(&s.spare[0]), "retired");
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(why_spare(&s, 0, said), "revive spare.example.net"));
}

static CU_TestInfo tests[] = {
	{ "each row says what would be if it failed",
	    each_row_says_what_would_be_if_it_failed },
	{ "without a majority nothing is to be lost",
	    without_a_majority_nothing_is_to_be_lost },
	{ "a retired server says until when, and what to do",
	    a_retired_server_says_until_when_and_what_to_do },
	{ "a floor by RATE is said while it lasts",
	    a_floor_by_rate_is_said_while_it_lasts },
	{ "a stand-in says for whom", a_stand_in_says_for_whom },
	{ "who follows the same server is named",
	    who_follows_the_same_server_is_named },
	{ "a spare is ready, retired or unresolved",
	    a_spare_is_ready_retired_or_unresolved },
	{ "used says how many agree", used_says_how_many_agree },
	{ "used tells of questions not answered",
	    used_tells_of_questions_not_answered },
	{ "a falseticker is told by how much",
	    a_falseticker_is_told_by_how_much },
	{ "a server late at a leap is no falseticker",
	    a_server_late_at_a_leap_is_no_falseticker },
	{ "a silent server is asked again", a_silent_server_is_asked_again },
	{ "the network may know that nothing is there",
	    the_network_may_know_that_nothing_is_there },
	{ "a kiss is named", a_kiss_is_named },
	{ "a server that does not know the time is bad",
	    a_server_that_does_not_know_the_time_is_bad },
	{ "every verdict that closes a question has a sentence",
	    every_verdict_that_closes_a_question_has_a_sentence },
	{ "an answer without our signature is bad",
	    an_answer_without_our_signature_is_bad },
	{ "a forged MAC does not blame a server that answered",
	    a_forged_mac_does_not_blame_a_server_that_answered },
	{ "a name that does not resolve is said",
	    a_name_that_does_not_resolve_is_said },
	{ "waiting says for what", waiting_says_for_what },
	{ "the longest sentence fits", the_longest_sentence_fits },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_why = { "view/why", NULL, NULL, NULL, NULL, tests };
