/* SPDX-License-Identifier: ISC */
#include "twin.h"

#include "unit.h"

#include <math.h>
#include <string.h>

#define T0 100.0 /* of sibling_init() */

static struct sibling *const s = &twin.s;

static const uint8_t *
question_field(void)
{
	struct packet_tail t = packet_tail_read(twin.pkt, twin.len);

	return link_find(twin.pkt, &t);
}

/* The next wake-up, s. */
static double
next(void)
{
	return (double)sibling_next(s).ns / 1e9;
}

/* Asked when it is time, and nobody answers: has the question our field? */
static bool
missed(void)
{
	bool fielded;

	CU_ASSERT_TRUE_FATAL(twin_ask(next()));
	fielded = question_field() != NULL;
	sibling_miss(s, sibling_next(s));
	return fielded;
}

static void
the_question_is_signed_and_says_nothing(void)
{
	uint8_t empty[LINK_FIELD];

	CU_ASSERT_TRUE_FATAL(twin_ask(T0));
	CU_ASSERT_EQUAL(twin.len, PACKET_SIZE + LINK_FIELD + 20);
	CU_ASSERT_TRUE(auth_verify(&twin.key, twin.pkt, twin.len, 20));
	CU_ASSERT_TRUE(addr_equal(&twin.to, &s->conf.addr[0]));
	link_ask(empty, false);
	CU_ASSERT_EQUAL(memcmp(twin.pkt + PACKET_SIZE, empty, LINK_FIELD), 0);
}

static void
question_and_answer_are_of_one_length(void)
{
	twin_ask(T0);
	twin_answer(T0);
	CU_ASSERT_EQUAL(twin.len, twin.reply_len);
}

static void
off_or_without_address_it_sleeps(void)
{
	struct sibling_conf conf = s->conf;

	conf.on = false;
	sibling_configure(s, &conf, twin_raw(T0));
	CU_ASSERT_EQUAL(sibling_next(s).ns, MONO_NEVER.ns);
	CU_ASSERT_FALSE(twin_ask(T0));
	conf.on = true;
	conf.addrs = 0;
	sibling_configure(s, &conf, twin_raw(T0));
	CU_ASSERT_EQUAL(sibling_next(s).ns, MONO_NEVER.ns);
	CU_ASSERT_FALSE(twin_ask(T0));
}

static void
without_the_key_nothing_is_asked(void)
{
	CU_ASSERT_FALSE(sibling_ask(s, twin_raw(T0), twin_wall(T0), 1, NULL,
	    twin.pkt, &twin.len, &twin.to));
	CU_ASSERT(next() > T0);
}

static void
a_word_is_heard(void)
{
	CU_ASSERT_EQUAL_FATAL(twin_exchange(T0), SIBLING_WORD);
	CU_ASSERT_EQUAL(s->kind, SIBLING_LINK);
	CU_ASSERT_STRING_EQUAL(s->word.name, "other");
	CU_ASSERT_EQUAL(s->heard.ns, twin_raw(T0 + 0.003).ns);
	CU_ASSERT_EQUAL(s->met.ns, s->heard.ns);
	CU_ASSERT_DOUBLE_EQUAL(s->delay, 0.002, 1e-9);
	CU_ASSERT_TRUE(sibling_heard(s, twin_raw(T0 + 1)));
	CU_ASSERT_EQUAL(s->verdicts[SIBLING_WORD], 1);
	CU_ASSERT_EQUAL(s->source.reach, 1);
}

static void
its_word_is_heard_though_it_does_not_know_the_time(void)
{
	twin.leap_said = LEAP_UNSYNC;
	twin.stratum = STRATUM_UNSYNC;
	CU_ASSERT_EQUAL(twin_exchange(T0), SIBLING_WORD);
}

static void
served_clocks_are_compared_by_four_stamps(void)
{
	twin.ahead = 0.25;
	twin_exchange(T0);
	CU_ASSERT_TRUE(s->served_known);
	CU_ASSERT_DOUBLE_EQUAL(s->served_offset, 0.25, 1e-8);
}

static void
an_answer_is_believed_once(void)
{
	twin_exchange(T0);
	CU_ASSERT_EQUAL(twin_receive(T0 + 0.01), SIBLING_REFUSED);
	CU_ASSERT_EQUAL(s->exchanges, 1);
	CU_ASSERT_EQUAL(s->source.verdicts[SOURCE_UNASKED], 1);
}

static void
a_replay_to_a_later_question_is_nothing(void)
{
	uint8_t old[PACKET_MAX];

	twin_exchange(T0);
	memcpy(old, twin.reply, sizeof(old));
	CU_ASSERT_TRUE(twin_ask(T0 + 1));
	/* the tests' cookie is always the same one: not the real one's */
	s->source.cookie.v ^= 1;
	CU_ASSERT_EQUAL(twin_receive(T0 + 1.003), SIBLING_REFUSED);
	CU_ASSERT_TRUE(s->source.asked);
}

static void
every_octet_is_under_the_mac(void)
{
	twin_ask(T0);
	twin_answer(T0);
	for (size_t i = 0; i < twin.reply_len; i++) {
		twin.reply[i] ^= 1;
		CU_ASSERT_EQUAL(twin_receive(T0 + 0.003), SIBLING_REFUSED);
		twin.reply[i] ^= 1;
	}
	CU_ASSERT_EQUAL(s->exchanges, 0);
	CU_ASSERT_EQUAL(twin_receive(T0 + 0.003), SIBLING_WORD);
}

static void
cut_and_grown_answers_change_nothing(void)
{
	size_t whole;

	twin_ask(T0);
	twin_answer(T0);
	whole = twin.reply_len;
	for (twin.reply_len = 0; twin.reply_len < whole; twin.reply_len++)
		CU_ASSERT_EQUAL(twin_receive(T0 + 0.003), SIBLING_REFUSED);
	twin.reply_len = whole + 4;
	CU_ASSERT_EQUAL(twin_receive(T0 + 0.003), SIBLING_REFUSED);
	CU_ASSERT_TRUE(s->source.asked);
	CU_ASSERT_EQUAL(s->exchanges, 0);
}

static void
our_own_word_is_refused(void)
{
	twin.word.life = TWIN_OURS;
	CU_ASSERT_EQUAL(twin_exchange(T0), SIBLING_OURSELVES);
	CU_ASSERT_FALSE(s->ever);
	CU_ASSERT_EQUAL(s->exchanges, 0);
	CU_ASSERT_FALSE(s->source.asked);
}

/* Answered at T0; then change what it says, sign and hear it. */
static enum sibling_verdict
after(double t, struct mono at, struct mono came, struct mono left)
{
	twin_ask(t);
	twin_answer(t);
	twin.word.at = at;
	link_write(&twin.word, twin.reply + PACKET_SIZE);
	link_stamp(twin.reply + PACKET_SIZE, came, left);
	twin_sign();
	return twin_receive(t + 0.003);
}

static void
a_word_that_runs_backwards_is_none(void)
{
	struct mono early = twin_its(T0 - 1), at = twin_its(T0 + 1),
		    came = twin_its(T0 + 1.001), left = twin_its(T0 + 1.002);

	twin_exchange(T0);
	CU_ASSERT_EQUAL(after(T0 + 1, early, came, left), SIBLING_MALFORMED);
	came = early;
	CU_ASSERT_EQUAL(after(T0 + 2, at, came, left), SIBLING_MALFORMED);
	CU_ASSERT_EQUAL(after(T0 + 3, at, early, early), SIBLING_MALFORMED);
	CU_ASSERT_EQUAL(s->exchanges, 1);
	CU_ASSERT_EQUAL(s->word.at.ns, twin_its(T0).ns);
}

static void
what_left_before_it_came_is_no_word(void)
{
	CU_ASSERT_EQUAL(
	    after(T0, twin_its(T0), twin_its(T0 + 0.002), twin_its(T0 + 0.001)),
	    SIBLING_MALFORMED);
}

/* 3 ms went by here; it says 4.1 ms or, what rates explain, 3.9 ms. */
static void
held_for_longer_than_we_waited_is_no_word(void)
{
	CU_ASSERT_EQUAL(
	    after(T0, twin_its(T0), twin_its(T0), twin_its(T0 + 0.0041)),
	    SIBLING_MALFORMED);
	CU_ASSERT_EQUAL(after(T0 + 1, twin_its(T0), twin_its(T0 + 1),
			    twin_its(T0 + 1.0039)),
	    SIBLING_WORD);
}

static void
a_field_that_is_no_word_changes_nothing(void)
{
	twin.word.rate = NAN;
	CU_ASSERT_EQUAL(twin_exchange(T0), SIBLING_MALFORMED);
	CU_ASSERT_FALSE(s->ever);
	CU_ASSERT_EQUAL(s->word.life, 0);
	CU_ASSERT_EQUAL(s->verdicts[SIBLING_MALFORMED], 1);
}

static void
another_life_begins_anew(void)
{
	for (int i = 0; i < 5; i++)
		twin_exchange(T0 + i);
	CU_ASSERT_EQUAL(s->exchanges, 5);
	twin.word.life = 0x3333;
	twin.offset = 0; /* its raw clock began again */
	CU_ASSERT_EQUAL(twin_exchange(T0 + 5), SIBLING_WORD);
	CU_ASSERT_EQUAL(s->exchanges, 1);
	CU_ASSERT_EQUAL(s->met.ns, twin_raw(T0 + 5.003).ns);
}

static void
it_is_asked_four_times_an_interval_within_limits(void)
{
	static const double interval[] = { 2, 40, 4096 };
	static const double period[] = { 1, 10, 64 };

	for (int i = 0; i < 3; i++) {
		twin_setup();
		sibling_pace(s, interval[i]);
		twin_exchange(T0);
		CU_ASSERT_DOUBLE_EQUAL(next(), T0 + period[i], 1e-6);
	}
}

static void
a_quicker_pace_holds_at_once(void)
{
	sibling_pace(s, 4096);
	twin_exchange(T0);
	sibling_pace(s, 40);
	CU_ASSERT_DOUBLE_EQUAL(next(), T0 + 10, 1e-6);
}

static void
news_is_told_at_once_but_not_twice_in_a_second(void)
{
	sibling_pace(s, 4096);
	twin_exchange(T0);
	sibling_hurry(s, twin_raw(T0 + 0.5));
	CU_ASSERT_DOUBLE_EQUAL(next(), T0 + 1, 1e-6);
	sibling_hurry(s, twin_raw(T0 + 2));
	CU_ASSERT_DOUBLE_EQUAL(next(), T0 + 1, 1e-6);
	twin_exchange(T0 + 2);
	sibling_hurry(s, twin_raw(T0 + 10));
	CU_ASSERT_DOUBLE_EQUAL(next(), T0 + 10, 1e-6);
}

/* A turn is yielded for a period: news must be quicker than that. */
static void
hurry_has_a_limit(void)
{
	twin_exchange(T0);
	sibling_hurry(s, twin_raw(T0 + 0.1));
	CU_ASSERT_DOUBLE_EQUAL(next(), T0 + 0.25, 1e-6);
	sibling_pace(s, 4096);
	twin_exchange(T0 + 1);
	sibling_hurry(s, twin_raw(T0 + 1.1));
	CU_ASSERT_DOUBLE_EQUAL(next(), T0 + 2, 1e-6);
}

/* Else two gateways would ask each other in return for ever. */
static void
only_our_own_news_is_called_news(void)
{
	twin_exchange(T0);
	sibling_poked(s, twin_raw(T0 + 2));
	CU_ASSERT_DOUBLE_EQUAL(next(), T0 + 1, 1e-6);
	twin_ask(T0 + 2);
	CU_ASSERT_FALSE(link_news(question_field()));
	sibling_miss(s, twin_raw(T0 + 3));
	sibling_hurry(s, twin_raw(T0 + 3));
	twin_ask(T0 + 4);
	CU_ASSERT_TRUE(link_news(question_field()));
	sibling_miss(s, twin_raw(T0 + 5));
	twin_ask(T0 + 6);
	CU_ASSERT_FALSE(link_news(question_field()));
}

static void
unheard_for_three_periods_it_is_gone(void)
{
	sibling_pace(s, 40);
	twin_exchange(T0);
	CU_ASSERT_TRUE(sibling_heard(s, twin_raw(T0 + 30)));
	CU_ASSERT_FALSE(sibling_heard(s, twin_raw(T0 + 30.1)));
}

static void
a_quicker_pace_does_not_make_it_silent(void)
{
	sibling_pace(s, 4096);
	twin_exchange(T0);
	sibling_pace(s, 4);
	CU_ASSERT_TRUE(sibling_heard(s, twin_raw(T0 + 60)));
}

/* A lost packet: again after a quarter of 64 s. */
static void
a_miss_is_made_good_soon(void)
{
	sibling_pace(s, 4096);
	twin_exchange(T0);
	CU_ASSERT_TRUE(twin_ask(T0 + 64));
	CU_ASSERT_DOUBLE_EQUAL(next(), T0 + 65, 1e-6); /* deadline */
	sibling_miss(s, twin_raw(T0 + 65));
	CU_ASSERT_DOUBLE_EQUAL(next(), T0 + 80, 1e-6);
}

static void
addresses_are_asked_in_turn_until_one_answers(void)
{
	s->conf.addrs = 3;
	s->conf.addr[1] = twin_addr(1);
	s->conf.addr[2] = twin_addr(2);
	missed();
	CU_ASSERT_TRUE(twin_ask(next()));
	CU_ASSERT_TRUE(addr_equal(&twin.to, &s->conf.addr[1]));
	twin_answer(T0 + 1);
	CU_ASSERT_EQUAL(twin_receive(T0 + 1.003), SIBLING_WORD);
	twin_ask(next());
	CU_ASSERT_TRUE(addr_equal(&twin.to, &s->conf.addr[1]));
}

static void
who_never_answers_is_asked_without_field_once_in_five(void)
{
	for (int i = 0; i < 20; i++)
		CU_ASSERT_EQUAL(missed(), i % 5 != 4);
}

static void
with_two_addresses_both_are_asked_without_field(void)
{
	unsigned plain[2] = { 0, 0 };

	s->conf.addrs = 2;
	s->conf.addr[1] = twin_addr(1);
	for (int i = 0; i < 20; i++) {
		unsigned to = s->to;

		plain[to] += !missed();
	}
	CU_ASSERT_EQUAL(plain[0], 2);
	CU_ASSERT_EQUAL(plain[1], 2);
}

/* One plain answer is doubtful; the second, to a question with our field, at
 * T0, is not. */
static void
meet_a_stranger(void)
{
	twin.speaks = false;
	s->due = twin_raw(T0 - 5);
	CU_ASSERT_EQUAL(twin_exchange(T0 - 5), SIBLING_MAYBE);
	CU_ASSERT_EQUAL(twin_exchange(T0), SIBLING_SAMPLE);
}

static void
a_gateway_that_begins_is_no_stranger(void)
{
	for (int i = 0; i < 4; i++)
		missed();
	twin.speaks = false; /* asked without our field, just then */
	CU_ASSERT_EQUAL(twin_exchange(T0 + 100), SIBLING_MAYBE);
	CU_ASSERT_EQUAL(s->kind, SIBLING_UNKNOWN);
	CU_ASSERT_FALSE(s->ever);
	CU_ASSERT_DOUBLE_EQUAL(next(), T0 + 104.003, 1e-6);
	twin.speaks = true;
	CU_ASSERT_EQUAL(twin_exchange(T0 + 105), SIBLING_WORD);
	CU_ASSERT_EQUAL(s->kind, SIBLING_LINK);
}

static void
a_stranger_may_be_silent_where_our_field_is(void)
{
	twin.speaks = false;
	CU_ASSERT_EQUAL(twin_exchange(T0), SIBLING_MAYBE);
	CU_ASSERT_TRUE(missed());
	CU_ASSERT_EQUAL(twin_exchange(T0 + 100), SIBLING_SAMPLE);
	CU_ASSERT_EQUAL(twin.len, PACKET_SIZE + 20);
}

static void
two_plain_answers_make_it_a_stranger(void)
{
	twin.ahead = 0.25;
	meet_a_stranger();
	CU_ASSERT_EQUAL(s->kind, SIBLING_PLAIN);
	CU_ASSERT_DOUBLE_EQUAL(s->sample.offset, 0.25, 1e-8);
	CU_ASSERT_DOUBLE_EQUAL(s->sample.delay, 0.002, 1e-8);
	CU_ASSERT_FALSE(sibling_heard(s, twin_raw(T0 + 1)));
	CU_ASSERT_EQUAL(s->exchanges, 0);
	/* not oftener than servers like it, and never in haste */
	CU_ASSERT_DOUBLE_EQUAL(next(), T0 + 16, 1e-6);
	sibling_hurry(s, twin_raw(T0 + 2));
	CU_ASSERT_DOUBLE_EQUAL(next(), T0 + 16, 1e-6);
	twin_ask(T0 + 16);
	CU_ASSERT_EQUAL(twin.len, PACKET_SIZE + 20);
}

static void
a_stranger_that_does_not_know_the_time_is_refused(void)
{
	twin.speaks = false;
	twin.leap_said = LEAP_UNSYNC;
	CU_ASSERT_EQUAL(twin_exchange(T0), SIBLING_REFUSED);
	CU_ASSERT_EQUAL(s->source.last, SOURCE_UNSYNC);
	CU_ASSERT_EQUAL(s->kind, SIBLING_UNKNOWN);
}

static void
a_stranger_is_asked_with_field_once_an_hour(void)
{
	unsigned fielded = 0;

	meet_a_stranger();
	for (int i = 1; i <= 675; i++) { /* three hours */
		twin_ask(T0 + 16 * i);
		fielded += question_field() != NULL;
		twin_answer(T0 + 16 * i);
		CU_ASSERT_EQUAL(twin_receive(T0 + 16 * i + 0.003),
		    SIBLING_SAMPLE);
	}
	CU_ASSERT_EQUAL(fielded, 3);
}

static void
a_stranger_may_become_a_sibling(void)
{
	meet_a_stranger();
	twin.speaks = true;
	CU_ASSERT_EQUAL(twin_exchange(T0 + 3600), SIBLING_WORD);
	CU_ASSERT_EQUAL(s->kind, SIBLING_LINK);
}

/* Who was asked alone for a while, and without field in the moment in which
 * the other came. */
static void
a_stranger_that_asks_with_our_field_is_none(void)
{
	meet_a_stranger();
	sibling_poked(s, twin_raw(T0 + 3));
	CU_ASSERT_EQUAL(s->kind, SIBLING_PLAIN);
	sibling_poked(s, twin_raw(T0 + 4));
	CU_ASSERT_DOUBLE_EQUAL(next(), T0 + 4, 1e-6);
	twin.speaks = true;
	CU_ASSERT_EQUAL(twin_exchange(T0 + 4), SIBLING_WORD);
	CU_ASSERT_EQUAL(s->kind, SIBLING_LINK);
}

static void
a_silent_stranger_may_be_another(void)
{
	meet_a_stranger();
	for (int i = 0; i < 8; i++)
		CU_ASSERT_FALSE(missed());
	CU_ASSERT_TRUE(missed());
}

static void
who_spoke_the_field_is_not_believed_without_it_for_a_day(void)
{
	twin_exchange(T0);
	for (int i = 0; i < 10; i++)
		CU_ASSERT_TRUE(missed());
	twin.speaks = false;
	CU_ASSERT_EQUAL(twin_exchange(T0 + 80000), SIBLING_MALFORMED);
	CU_ASSERT_EQUAL(s->kind, SIBLING_LINK);
	CU_ASSERT_EQUAL(twin_exchange(T0 + 86500), SIBLING_SAMPLE);
	CU_ASSERT_EQUAL(s->kind, SIBLING_PLAIN);
}

static void
without_key_it_is_a_plain_source(void)
{
	s->conf.key_id = 0;
	s->source.conf.key_id = 0;
	twin.speaks = true;
	CU_ASSERT_TRUE(twin_ask(T0));
	CU_ASSERT_EQUAL(twin.len, PACKET_SIZE);
	twin_answer(T0); /* with a field, and no MAC: unheard */
	CU_ASSERT_EQUAL(twin_receive(T0 + 0.003), SIBLING_SAMPLE);
	CU_ASSERT_EQUAL(s->exchanges, 0);
	CU_ASSERT_EQUAL(s->word.life, 0);
}

static void
a_reload_keeps_what_is_known_of_an_address_that_stays(void)
{
	struct sibling_conf conf = s->conf;

	twin_exchange(T0);
	conf.addrs = 2;
	conf.addr[1] = conf.addr[0];
	conf.addr[0] = twin_addr(5);
	sibling_configure(s, &conf, twin_raw(T0 + 1));
	CU_ASSERT_EQUAL(s->exchanges, 1);
	CU_ASSERT_TRUE(sibling_heard(s, twin_raw(T0 + 1)));
	twin_ask(T0 + 2);
	CU_ASSERT_TRUE(addr_equal(&twin.to, &conf.addr[1]));
}

static void
another_address_alone_is_another_sibling(void)
{
	struct sibling_conf conf = s->conf;

	twin_exchange(T0);
	conf.addr[0] = twin_addr(5);
	sibling_configure(s, &conf, twin_raw(T0 + 1));
	CU_ASSERT_FALSE(s->ever);
	CU_ASSERT_EQUAL(s->exchanges, 0);
	CU_ASSERT_EQUAL(s->life, TWIN_OURS);
}

static void
another_key_closes_the_open_question(void)
{
	struct sibling_conf conf = s->conf;

	twin_ask(T0);
	twin_answer(T0);
	conf.key_id = 8;
	sibling_configure(s, &conf, twin_raw(T0));
	CU_ASSERT_FALSE(s->source.asked);
	CU_ASSERT_EQUAL(twin_receive(T0 + 0.003), SIBLING_REFUSED);
}

static void
every_verdict_has_a_name(void)
{
	for (unsigned v = 0; v < SIBLING_VERDICTS; v++)
		CU_ASSERT(strlen(sibling_verdict_name(v)) > 1);
	CU_ASSERT_STRING_EQUAL(sibling_verdict_name(SIBLING_VERDICTS), "?");
}

static CU_TestInfo tests[] = {
	{ "the question is signed and says nothing",
	    the_question_is_signed_and_says_nothing },
	{ "question and answer are of one length",
	    question_and_answer_are_of_one_length },
	{ "off or without address it sleeps",
	    off_or_without_address_it_sleeps },
	{ "without the key nothing is asked",
	    without_the_key_nothing_is_asked },
	{ "a word is heard", a_word_is_heard },
	{ "its word is heard though it does not know the time",
	    its_word_is_heard_though_it_does_not_know_the_time },
	{ "served clocks are compared by four stamps",
	    served_clocks_are_compared_by_four_stamps },
	{ "an answer is believed once", an_answer_is_believed_once },
	{ "a replay to a later question is nothing",
	    a_replay_to_a_later_question_is_nothing },
	{ "every octet is under the MAC", every_octet_is_under_the_mac },
	{ "cut and grown answers change nothing",
	    cut_and_grown_answers_change_nothing },
	{ "our own word is refused", our_own_word_is_refused },
	{ "a word that runs backwards is none",
	    a_word_that_runs_backwards_is_none },
	{ "what left before it came is no word",
	    what_left_before_it_came_is_no_word },
	{ "held for longer than we waited is no word",
	    held_for_longer_than_we_waited_is_no_word },
	{ "a field that is no word changes nothing",
	    a_field_that_is_no_word_changes_nothing },
	{ "another life begins anew", another_life_begins_anew },
	{ "it is asked four times an interval, within limits",
	    it_is_asked_four_times_an_interval_within_limits },
	{ "a quicker pace holds at once", a_quicker_pace_holds_at_once },
	{ "news is told at once but not twice in a second",
	    news_is_told_at_once_but_not_twice_in_a_second },
	{ "hurry has a limit", hurry_has_a_limit },
	{ "only our own news is called news",
	    only_our_own_news_is_called_news },
	{ "unheard for three periods it is gone",
	    unheard_for_three_periods_it_is_gone },
	{ "a quicker pace does not make it silent",
	    a_quicker_pace_does_not_make_it_silent },
	{ "a miss is made good soon", a_miss_is_made_good_soon },
	{ "addresses are asked in turn until one answers",
	    addresses_are_asked_in_turn_until_one_answers },
	{ "who never answers is asked without field once in five",
	    who_never_answers_is_asked_without_field_once_in_five },
	{ "with two addresses both are asked without field",
	    with_two_addresses_both_are_asked_without_field },
	{ "two plain answers make it a stranger",
	    two_plain_answers_make_it_a_stranger },
	{ "a gateway that begins is no stranger",
	    a_gateway_that_begins_is_no_stranger },
	{ "a stranger may be silent where our field is",
	    a_stranger_may_be_silent_where_our_field_is },
	{ "a stranger that does not know the time is refused",
	    a_stranger_that_does_not_know_the_time_is_refused },
	{ "a stranger is asked with field once an hour",
	    a_stranger_is_asked_with_field_once_an_hour },
	{ "a stranger may become a sibling", a_stranger_may_become_a_sibling },
	{ "a stranger that asks with our field is none",
	    a_stranger_that_asks_with_our_field_is_none },
	{ "a silent stranger may be another",
	    a_silent_stranger_may_be_another },
	{ "who spoke the field is not believed without it for a day",
	    who_spoke_the_field_is_not_believed_without_it_for_a_day },
	{ "without key it is a plain source",
	    without_key_it_is_a_plain_source },
	{ "a reload keeps what is known of an address that stays",
	    a_reload_keeps_what_is_known_of_an_address_that_stays },
	{ "another address alone is another sibling",
	    another_address_alone_is_another_sibling },
	{ "another key closes the open question",
	    another_key_closes_the_open_question },
	{ "every verdict has a name", every_verdict_has_a_name },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_sibling = { "core/sibling", NULL, NULL, twin_setup, NULL,
	tests };
