/* SPDX-License-Identifier: ISC */
#include "twin.h"

#include "unit.h"

#include <math.h>
#include <string.h>

static struct sibling *const s = &twin.s;
static struct packet question, packet;

static struct ntp64
stamp(double t)
{
	return ntp64_from_wall(twin_wall(t));
}

/* A peer of stratum 2 that has heard nothing from us. */
static void
setup(void)
{
	twin_setup();
	s->conf.symmetric = true;
	packet = (struct packet){ .version = 4,
		.mode = MODE_SYMMETRIC_ACTIVE,
		.stratum = 2,
		.precision = -20,
		.reference = stamp(0) };
}

static bool
ask(double t)
{
	bool due = twin_ask(t);

	if (due)
		packet_read(&question, twin.pkt, twin.len);
	return due;
}

/* What packet says, signed, comes to our port at t; our clock is right. */
static enum sibling_verdict
comes(double t)
{
	struct arrival a = { .pkt = twin.reply,
		.from = twin_addr(0),
		.at = twin_raw(t) };

	packet_write(&packet, twin.reply);
	a.len = auth_sign(&twin.key, twin.reply, PACKET_SIZE, PACKET_MAX);
	return sibling_peer(s, &a, twin_wall(t), &twin.key, &twin.scale);
}

/* Its turn: it answers our latest question, 1 ms away, at t. */
static enum sibling_verdict
answers(double asked, double t)
{
	packet.origin = question.transmit;
	packet.receive = stamp(asked + 0.001 + twin.ahead);
	packet.transmit = stamp(t + twin.ahead);
	return comes(t + 0.001);
}

static void
the_question_is_of_mode_1_and_its_stamp_a_time(void)
{
	CU_ASSERT_TRUE_FATAL(ask(100));
	CU_ASSERT_EQUAL(twin.len, PACKET_SIZE + 20);
	CU_ASSERT_EQUAL(question.mode, MODE_SYMMETRIC_ACTIVE);
	CU_ASSERT_EQUAL(question.leap, LEAP_UNSYNC);
	CU_ASSERT_EQUAL(question.origin.v, 0);
	CU_ASSERT_EQUAL(question.receive.v, 0);
	CU_ASSERT_EQUAL(question.poll, 4);
	CU_ASSERT_DOUBLE_EQUAL(ntp64_sub(question.transmit, stamp(100)), 0,
	    1e-6);
	CU_ASSERT_EQUAL(question.transmit.v & 0xfff, 0xeed); /* chance */
}

static void
what_the_owner_says_of_our_clock_is_said(void)
{
	s->peer.self = (struct packet){ .stratum = 3,
		.precision = -23,
		.root_delay = 5,
		.root_disp = 6,
		.refid = 7,
		.reference = { 8 } };
	ask(100);
	CU_ASSERT_EQUAL(question.leap, LEAP_NONE);
	CU_ASSERT_EQUAL(question.stratum, 3);
	CU_ASSERT_EQUAL(question.precision, -23);
	CU_ASSERT_EQUAL(question.refid, 7);
	CU_ASSERT_EQUAL(question.reference.v, 8);
	CU_ASSERT_EQUAL(question.mode, MODE_SYMMETRIC_ACTIVE);
}

static void
its_first_packet_lets_us_answer(void)
{
	packet.transmit = stamp(99);
	CU_ASSERT_EQUAL(comes(99.5), SIBLING_REFUSED);
	CU_ASSERT_FALSE(s->ever);
	ask(100);
	CU_ASSERT_EQUAL(question.origin.v, stamp(99).v);
	CU_ASSERT_EQUAL(question.receive.v, stamp(99.5).v);
}

static void
an_answer_in_its_own_time_is_a_sample(void)
{
	twin.ahead = 0.25;
	ask(100);
	CU_ASSERT_EQUAL_FATAL(answers(100, 110), SIBLING_SAMPLE);
	CU_ASSERT_DOUBLE_EQUAL(s->sample.offset, 0.25, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(s->sample.delay, 0.002, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(s->served_offset, 0.25, 1e-6);
	CU_ASSERT_EQUAL(s->kind, SIBLING_PLAIN);
	CU_ASSERT_EQUAL(s->source.reach, 1);
	/* RFC 5905: PHI for each second that the exchange took */
	CU_ASSERT_DOUBLE_EQUAL(s->sample.root_disp, 15e-6 * 10.001, 1e-8);
}

/* Our raw clock runs 50 ppm slow: 10 s are 9.9995 to it. */
static void
a_raw_clock_that_is_off_does_not_make_delays(void)
{
	struct arrival a = { .pkt = twin.reply, .from = twin_addr(0) };

	ask(100);
	packet.origin = question.transmit;
	packet.receive = stamp(100.001);
	packet.transmit = stamp(110);
	packet_write(&packet, twin.reply);
	a.len = auth_sign(&twin.key, twin.reply, PACKET_SIZE, PACKET_MAX);
	a.at = twin_raw(100 + 10.001 * (1 - 50e-6));
	CU_ASSERT_EQUAL_FATAL(
	    sibling_peer(s, &a, twin_wall(110.001), &twin.key, &twin.scale),
	    SIBLING_SAMPLE);
	CU_ASSERT_DOUBLE_EQUAL(s->sample.delay, 0.002, 1e-6);
}

static void
a_sample_is_taken_once(void)
{
	ask(100);
	CU_ASSERT_EQUAL(answers(100, 110), SIBLING_SAMPLE);
	CU_ASSERT_EQUAL(comes(110.5), SIBLING_REFUSED);
	packet.transmit = stamp(111);
	CU_ASSERT_EQUAL(comes(111.5), SIBLING_REFUSED);
	CU_ASSERT_EQUAL(s->source.samples, 1);
}

static void
the_question_waits_for_its_turn(void)
{
	ask(100);
	s->deadline = twin_raw(101); /* whatever the owner thinks */
	sibling_miss(s, twin_raw(101));
	CU_ASSERT_TRUE(s->source.asked);
	CU_ASSERT_EQUAL(sibling_next(s).ns, twin_raw(116).ns);
	sibling_miss(s, twin_raw(116));
	CU_ASSERT_FALSE(s->source.asked);
	CU_ASSERT_TRUE(ask(116));
}

static void
an_old_packet_does_not_become_what_we_answer_to(void)
{
	packet.transmit = stamp(99);
	comes(99.1);
	packet.transmit = stamp(50);
	CU_ASSERT_EQUAL(comes(99.2), SIBLING_REFUSED);
	CU_ASSERT_EQUAL(s->peer.theirs.v, stamp(99).v);
}

static void
who_answers_us_may_have_set_his_clock_back(void)
{
	packet.transmit = stamp(99);
	comes(99.1);
	ask(100);
	twin.ahead = -30;
	CU_ASSERT_EQUAL(answers(100, 110), SIBLING_SAMPLE);
	CU_ASSERT_DOUBLE_EQUAL(s->sample.offset, -30, 1e-6);
}

static void
who_does_not_know_the_time_is_refused(void)
{
	ask(100);
	packet.leap = LEAP_UNSYNC;
	CU_ASSERT_EQUAL(answers(100, 110), SIBLING_REFUSED);
	CU_ASSERT_EQUAL(s->source.last, SOURCE_UNSYNC);
}

static void
other_modes_are_refused(void)
{
	for (uint8_t mode = 0; mode < 8; mode++) {
		packet.mode = mode;
		packet.transmit = stamp(90 + mode);
		comes(99);
		CU_ASSERT_EQUAL(s->peer.theirs.v == packet.transmit.v,
		    mode == 1 || mode == 2);
	}
}

static void
a_wrong_mac_or_a_stranger_changes_nothing(void)
{
	struct arrival a = { .pkt = twin.reply,
		.from = twin_addr(9),
		.at = twin_raw(99) };

	packet.transmit = stamp(99);
	packet_write(&packet, twin.reply);
	a.len = auth_sign(&twin.key, twin.reply, PACKET_SIZE, PACKET_MAX);
	CU_ASSERT_EQUAL(
	    sibling_peer(s, &a, twin_wall(99), &twin.key, &twin.scale),
	    SIBLING_REFUSED);
	a.from = twin_addr(0);
	twin.reply[PACKET_SIZE + 10] ^= 1;
	CU_ASSERT_EQUAL(
	    sibling_peer(s, &a, twin_wall(99), &twin.key, &twin.scale),
	    SIBLING_REFUSED);
	CU_ASSERT_EQUAL(s->peer.theirs.v, 0);
	CU_ASSERT_EQUAL(s->source.verdicts[SOURCE_STRANGER], 1);
	CU_ASSERT_EQUAL(s->source.verdicts[SOURCE_BAD_MAC], 1);
}

static void
without_symmetric_nothing_comes_of_it(void)
{
	s->conf.symmetric = false;
	packet.transmit = stamp(99);
	CU_ASSERT_EQUAL(comes(99), SIBLING_REFUSED);
	CU_ASSERT_EQUAL(s->peer.theirs.v, 0);
}

static void
a_server_does_not_answer_mode_1(void)
{
	ask(100);
	twin.speaks = false;
	twin_answer(100); /* mode 4, our cookie */
	CU_ASSERT_EQUAL(twin_receive(100.003), SIBLING_REFUSED);
	CU_ASSERT_TRUE(s->source.asked);
}

static CU_TestInfo tests[] = {
	{ "the question is of mode 1, and its stamp a time",
	    the_question_is_of_mode_1_and_its_stamp_a_time },
	{ "what the owner says of our clock is said",
	    what_the_owner_says_of_our_clock_is_said },
	{ "its first packet lets us answer", its_first_packet_lets_us_answer },
	{ "an answer in its own time is a sample",
	    an_answer_in_its_own_time_is_a_sample },
	{ "a raw clock that is off does not make delays",
	    a_raw_clock_that_is_off_does_not_make_delays },
	{ "a sample is taken once", a_sample_is_taken_once },
	{ "the question waits for its turn", the_question_waits_for_its_turn },
	{ "an old packet does not become what we answer to",
	    an_old_packet_does_not_become_what_we_answer_to },
	{ "who answers us may have set his clock back",
	    who_answers_us_may_have_set_his_clock_back },
	{ "who does not know the time is refused",
	    who_does_not_know_the_time_is_refused },
	{ "other modes are refused", other_modes_are_refused },
	{ "a wrong MAC or a stranger changes nothing",
	    a_wrong_mac_or_a_stranger_changes_nothing },
	{ "without symmetric nothing comes of it",
	    without_symmetric_nothing_comes_of_it },
	{ "a server does not answer mode 1", a_server_does_not_answer_mode_1 },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_sibling_peer = { "core/sibling_peer", NULL, NULL, setup,
	NULL, tests };
