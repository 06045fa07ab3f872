/* SPDX-License-Identifier: ISC */
#include "core/survey.h"

#include "base/text.h"
#include "core/server.h"
#include "unit.h"

#include <string.h>

static struct survey v;
static struct survey_wish wish;

static void
setup(void)
{
	memset(&v, 0, sizeof(v));
	wish = (struct survey_wish){ .want = 4 };
}

/*
 * A good server: 10 ms away, half a millisecond off, of an operator, AS and
 * /24 of its own, after a reference of its own.  Its address is public, but
 * nobody sends anything.
 */
static struct survey_server *
add(void)
{
	struct survey_server *s = &v.server[v.count];
	const uint8_t n = (uint8_t)++v.count;
	struct text host = TEXT(s->said.host);
	struct text name = TEXT(s->said.operator_name);

	text_add(&host, "ntp.operator%u.example", n);
	text_add(&name, "Operator %u", n);
	s->said.port = 123;
	s->said.stratum = 2;
	s->said.as[0] = 64500u + n;
	s->said.as_count = 1;
	s->found = (struct survey_found){
		.addr = addr_v4((uint8_t[]){ 9, 9, n, 1 }),
		.addresses = 1,
		.sent = 4,
		.samples = 4,
		.last = SOURCE_SAMPLE,
		.answered = true,
		.stratum = 2,
		.refid = 0x08080000u + n,
		.offset = 0.0005,
		.delay = 0.01,
		.distance = 0.02,
	};
	s->found.addr.port = 123;
	return s;
}

static void
add_many(unsigned n)
{
	while (n-- > 0)
		add();
}

static unsigned
choose(void)
{
	survey_judge(&v, &wish);
	return survey_choose(&v, &wish, true);
}

/* ---- one answer ---- */

static void
one_silence_is_asked_again_two_are_the_end(void)
{
	struct survey_server *s = add();

	s->found = (struct survey_found){ .sent = 1 };
	CU_ASSERT(survey_heard(s));
	s->found.sent = 2;
	CU_ASSERT(!survey_heard(s));
	CU_ASSERT_EQUAL(s->verdict, SURVEY_SILENT);
	CU_ASSERT_STRING_EQUAL(s->why, "no answer to 2 packets");
}

static void
a_lost_packet_after_an_answer_is_no_silence(void)
{
	struct survey_server *s = add();

	s->found.answered = false;
	CU_ASSERT(survey_heard(s));
	CU_ASSERT_EQUAL(s->verdict, SURVEY_CANDIDATE);
}

static enum survey_verdict
heard(enum source_verdict last)
{
	struct survey_server *s = add();

	s->found.last = last;
	strcpy(s->found.kiss, "RATE");
	CU_ASSERT_EQUAL(survey_heard(s), last == SOURCE_SAMPLE);
	return s->verdict;
}

static void
an_answer_that_is_no_sample_ends_it(void)
{
	CU_ASSERT_EQUAL(heard(SOURCE_SAMPLE), SURVEY_CANDIDATE);
	CU_ASSERT_EQUAL(heard(SOURCE_KISS), SURVEY_KISSED);
	CU_ASSERT_STRING_EQUAL(v.server[1].why,
	    "it sends us away: kiss-o'-death RATE");
	CU_ASSERT_EQUAL(heard(SOURCE_UNSYNC), SURVEY_UNSYNC);
	CU_ASSERT_EQUAL(heard(SOURCE_STRATUM), SURVEY_UNSYNC);
	CU_ASSERT_EQUAL(heard(SOURCE_FAR), SURVEY_DISTANT);
	CU_ASSERT_EQUAL(heard(SOURCE_STALE), SURVEY_UNFIT);
	CU_ASSERT_EQUAL(heard(SOURCE_NEGATIVE_DELAY), SURVEY_UNFIT);
}

static void
another_stratum_ends_it(void)
{
	struct survey_server *s = add();

	s->found.stratum = 1;
	CU_ASSERT(!survey_heard(s));
	CU_ASSERT_EQUAL(s->verdict, SURVEY_STRATUM_NO);
	CU_ASSERT_STRING_EQUAL(s->why,
	    "it says stratum 1: a site asks stratum 2");
}

/* ---- all answers ---- */

static void
the_distant_are_refused(void)
{
	add()->found.distance = 0.25;
	add()->found.distance = 0.251;
	survey_judge(&v, &wish);
	CU_ASSERT_EQUAL(v.server[0].verdict, SURVEY_CANDIDATE);
	CU_ASSERT_EQUAL(v.server[1].verdict, SURVEY_DISTANT);
}

static void
another_time_than_most_is_refused(void)
{
	add_many(3);
	/* Half the delay is 5 ms, and 10 ms are forgiven. */
	add()->found.offset = 0.0005 + 0.0149;
	add()->found.offset = 0.0005 - 0.0151;
	survey_judge(&v, &wish);
	CU_ASSERT_EQUAL(v.server[3].verdict, SURVEY_CANDIDATE);
	CU_ASSERT_EQUAL(v.server[4].verdict, SURVEY_WRONG);
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(v.server[4].why, "-15.1 ms from what most say"));
}

static void
many_of_one_operator_do_not_outvote_others(void)
{
	add_many(3);
	for (int i = 0; i < 5; i++) {
		struct survey_server *s = add();

		strcpy(s->said.operator_name, "Smear Ltd");
		s->found.offset = 0.4;
	}
	survey_judge(&v, &wish);
	for (unsigned i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(v.server[i].verdict, SURVEY_CANDIDATE);
	for (unsigned i = 3; i < 8; i++)
		CU_ASSERT_EQUAL(v.server[i].verdict, SURVEY_WRONG);
}

static void
two_cannot_say_who_is_wrong(void)
{
	add();
	add()->found.offset = 0.4;
	survey_judge(&v, &wish);
	CU_ASSERT_EQUAL(v.server[0].verdict, SURVEY_CANDIDATE);
	CU_ASSERT_EQUAL(v.server[1].verdict, SURVEY_CANDIDATE);
}

static void
two_that_follow_each_other_are_both_refused(void)
{
	add_many(2);
	v.server[0].found.refid = server_refid(&v.server[1].found.addr);
	v.server[1].found.refid = server_refid(&v.server[0].found.addr);
	survey_judge(&v, &wish);
	CU_ASSERT_EQUAL(v.server[0].verdict, SURVEY_CIRCULAR);
	CU_ASSERT_EQUAL(v.server[1].verdict, SURVEY_CIRCULAR);
	CU_ASSERT_STRING_EQUAL(v.server[0].why,
	    "it follows ntp.operator2.example");
}

static void
a_reference_over_ipv6_is_its_hash(void)
{
	add_many(2);
	v.server[1].found.addr = addr_v6((uint8_t[16]){ 0x26, 0x20, 1 });
	v.server[0].found.refid = server_refid(&v.server[1].found.addr);
	survey_judge(&v, &wish);
	CU_ASSERT_EQUAL(v.server[0].verdict, SURVEY_CIRCULAR);
	CU_ASSERT_EQUAL(v.server[1].verdict, SURVEY_CANDIDATE);
}

static void
following_a_stratum_1_of_the_catalogue_is_right(void)
{
	struct survey_server *one = add();

	add()->found.refid = server_refid(&one->found.addr);
	one->found.stratum = 1;
	one->verdict = SURVEY_STRATUM_NO;
	survey_judge(&v, &wish);
	CU_ASSERT_EQUAL(v.server[1].verdict, SURVEY_CANDIDATE);
}

static void
following_a_silent_candidate_is_circular_if_it_is_stratum_2(void)
{
	add_many(3);
	for (unsigned i = 0; i < 2; i++)
		v.server[i].found.refid = server_refid(&v.server[2].found.addr);
	v.server[2].found.samples = 0;
	survey_judge(&v, &wish);
	CU_ASSERT_EQUAL(v.server[0].verdict, SURVEY_CIRCULAR);
	CU_ASSERT_EQUAL(v.server[1].verdict, SURVEY_CIRCULAR);

	v.server[0].verdict = SURVEY_CANDIDATE;
	v.server[2].said.stratum = 0; /* it might be stratum 1 */
	survey_judge(&v, &wish);
	CU_ASSERT_EQUAL(v.server[0].verdict, SURVEY_CANDIDATE);
}

static void
who_follows_us_is_refused(void)
{
	const uint32_t own[] = { 0xc0000201 };

	wish.own = own;
	wish.own_count = 1;
	add()->found.refid = 0xc0000201;
	survey_judge(&v, &wish);
	CU_ASSERT_EQUAL(v.server[0].verdict, SURVEY_CIRCULAR);
	CU_ASSERT_STRING_EQUAL(v.server[0].why, "it follows us");
}

static void
who_follows_its_own_clock_is_refused_unless_in_a_lab(void)
{
	add()->found.refid = 0x7f7f0101;
	add()->found.refid = 0x7f7f0101;
	v.server[1].found.addr = addr_v4((uint8_t[]){ 10, 0, 0, 1 });
	survey_judge(&v, &wish);
	CU_ASSERT_EQUAL(v.server[0].verdict, SURVEY_CIRCULAR);
	CU_ASSERT_EQUAL(v.server[1].verdict, SURVEY_CANDIDATE);
}

static void
one_host_by_two_names_counts_once(void)
{
	add_many(2);
	v.server[1].found.addr = v.server[0].found.addr;
	survey_judge(&v, &wish);
	CU_ASSERT_EQUAL(v.server[0].verdict, SURVEY_CANDIDATE);
	CU_ASSERT_EQUAL(v.server[1].verdict, SURVEY_TWICE);
}

/* ---- the choice ---- */

static void
as_many_as_wanted_are_chosen_near_ones_first(void)
{
	add_many(6);
	v.server[0].found.delay = 0.09;
	v.server[3].found.delay = 0.08;
	CU_ASSERT_EQUAL(choose(), 4);
	for (unsigned i = 0; i < 6; i++)
		CU_ASSERT_EQUAL(v.server[i].verdict,
		    i == 0 || i == 3 ? SURVEY_NOT_NEEDED : SURVEY_CHOSEN);
	CU_ASSERT_STRING_EQUAL(v.server[0].why,
	    "90.0 ms away: 4 nearer or steadier ones are enough");
	CU_ASSERT_STRING_EQUAL(v.server[1].why,
	    "10.0 ms away; nobody else of its operator, AS, network, "
	    "reference");
}

static void
one_operator_has_one_voice(void)
{
	add_many(5);
	strcpy(v.server[1].said.operator_name, "OPERATOR 1");
	v.server[1].found.delay = 0.005;
	CU_ASSERT_EQUAL(choose(), 4);
	CU_ASSERT_EQUAL(v.server[1].verdict, SURVEY_CHOSEN);
	CU_ASSERT_EQUAL(v.server[0].verdict, SURVEY_SAME_VOICE);
	CU_ASSERT_STRING_EQUAL(v.server[0].why,
	    "run by Operator 1, as ntp.operator2.example");
}

static void
one_operator_is_never_chosen_twice(void)
{
	add_many(4);
	strcpy(v.server[1].said.operator_name, "Operator 1");
	CU_ASSERT_EQUAL(choose(), 3);
}

static void
one_public_reference_is_one_voice(void)
{
	add_many(4);
	v.server[1].found.refid = v.server[0].found.refid;
	CU_ASSERT_EQUAL(choose(), 3);
	CU_ASSERT_EQUAL(v.server[1].verdict, SURVEY_SAME_VOICE);
	CU_ASSERT_STRING_EQUAL(v.server[1].why,
	    "it follows the same server as ntp.operator1.example");
}

static void
one_system_is_shared_only_for_want_of_better(void)
{
	add_many(5);
	v.server[1].said.as[0] = v.server[0].said.as[0];
	CU_ASSERT_EQUAL(choose(), 4);
	CU_ASSERT_EQUAL(v.server[1].verdict, SURVEY_SAME_VOICE);
	CU_ASSERT_STRING_EQUAL(v.server[1].why,
	    "in AS64501, as ntp.operator1.example");

	v.count = 4;
	for (unsigned i = 0; i < 4; i++)
		v.server[i].verdict = SURVEY_CANDIDATE;
	CU_ASSERT_EQUAL(choose(), 4);
	CU_ASSERT_STRING_EQUAL(v.server[1].why,
	    "10.0 ms away; nobody else of its operator, but in AS64501, as "
	    "ntp.operator1.example");
}

static void
any_of_several_systems_may_be_the_shared_one(void)
{
	add_many(5);
	v.server[4].said.as[1] = 64503;
	v.server[4].said.as_count = 2;
	CU_ASSERT_EQUAL(choose(), 4);
	CU_ASSERT_EQUAL(v.server[4].verdict, SURVEY_SAME_VOICE);
}

static void
one_network_is_shared_only_for_want_of_better(void)
{
	add_many(5);
	v.server[1].found.addr.ip[2] = 1;
	v.server[1].found.addr.ip[3] = 2;
	CU_ASSERT_EQUAL(choose(), 4);
	CU_ASSERT_EQUAL(v.server[1].verdict, SURVEY_SAME_VOICE);
	CU_ASSERT_STRING_EQUAL(v.server[1].why,
	    "in the network of ntp.operator1.example");
}

static void
in_a_lab_neighbours_mean_nothing(void)
{
	add_many(4);
	for (uint8_t i = 0; i < 4; i++) {
		v.server[i].found.addr = addr_v4((uint8_t[]){ 10, 0, 0, i });
		v.server[i].found.refid = 0x7f7f0101;
	}
	CU_ASSERT_EQUAL(choose(), 4);
}

static void
who_did_not_answer_is_not_chosen(void)
{
	add_many(5);
	v.server[0].found.samples = 0;
	CU_ASSERT_EQUAL(choose(), 4);
	CU_ASSERT_EQUAL(v.server[0].verdict, SURVEY_UNASKED);
}

static void
offline_the_catalogue_alone_decides(void)
{
	add_many(5);
	for (unsigned i = 0; i < 5; i++)
		memset(&v.server[i].found, 0, sizeof(v.server[i].found));
	v.server[0].said.stratum = 0;
	CU_ASSERT_EQUAL(survey_choose(&v, &wish, false), 4);
	CU_ASSERT_EQUAL(v.server[0].verdict, SURVEY_NOT_NEEDED);
	CU_ASSERT_STRING_EQUAL(v.server[0].why,
	    "its stratum is not known, and 4 are enough");
	CU_ASSERT_STRING_EQUAL(v.server[1].why,
	    "nobody else of its operator, AS");
}

static void
of_nobody_nobody_is_chosen(void)
{
	CU_ASSERT_EQUAL(choose(), 0);
}

static CU_TestInfo tests[] = {
	{ "one silence is asked again, two are the end",
	    one_silence_is_asked_again_two_are_the_end },
	{ "a lost packet after an answer is no silence",
	    a_lost_packet_after_an_answer_is_no_silence },
	{ "an answer that is no sample ends it",
	    an_answer_that_is_no_sample_ends_it },
	{ "another stratum ends it", another_stratum_ends_it },
	{ "the distant are refused", the_distant_are_refused },
	{ "another time than most is refused",
	    another_time_than_most_is_refused },
	{ "many of one operator do not outvote others",
	    many_of_one_operator_do_not_outvote_others },
	{ "two cannot say who is wrong", two_cannot_say_who_is_wrong },
	{ "two that follow each other are both refused",
	    two_that_follow_each_other_are_both_refused },
	{ "a reference over IPv6 is its hash",
	    a_reference_over_ipv6_is_its_hash },
	{ "following a stratum 1 of the catalogue is right",
	    following_a_stratum_1_of_the_catalogue_is_right },
	{ "following a silent candidate is circular if it is stratum 2",
	    following_a_silent_candidate_is_circular_if_it_is_stratum_2 },
	{ "who follows us is refused", who_follows_us_is_refused },
	{ "who follows its own clock is refused unless in a lab",
	    who_follows_its_own_clock_is_refused_unless_in_a_lab },
	{ "one host by two names counts once",
	    one_host_by_two_names_counts_once },
	{ "as many as wanted are chosen, near ones first",
	    as_many_as_wanted_are_chosen_near_ones_first },
	{ "one operator has one voice", one_operator_has_one_voice },
	{ "one operator is never chosen twice",
	    one_operator_is_never_chosen_twice },
	{ "one public reference is one voice",
	    one_public_reference_is_one_voice },
	{ "one system is shared only for want of better",
	    one_system_is_shared_only_for_want_of_better },
	{ "any of several systems may be the shared one",
	    any_of_several_systems_may_be_the_shared_one },
	{ "one network is shared only for want of better",
	    one_network_is_shared_only_for_want_of_better },
	{ "in a lab neighbours mean nothing",
	    in_a_lab_neighbours_mean_nothing },
	{ "who did not answer is not chosen",
	    who_did_not_answer_is_not_chosen },
	{ "offline the catalogue alone decides",
	    offline_the_catalogue_alone_decides },
	{ "of nobody nobody is chosen", of_nobody_nobody_is_chosen },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_survey_choose = { "core/survey_choose", NULL, NULL, setup,
	NULL, tests };
