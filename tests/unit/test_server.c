/* SPDX-License-Identifier: ISC */
#include "base/rng.h"
#include "core/server.h"
#include "unit.h"

#include <math.h>
#include <string.h>

#define NS INT64_C(1000000000)
#define T0 (INT64_C(1800000000) * NS) /* 2027 */

/*
 * A server of stratum 2 that was corrected at T0, on 10.0.0.11:123, for
 * 10.0.0.0/8; and 100 s later 10.1.0.1 asks it.
 */
static struct server server;
static struct server_time serving;
static struct server_request request;
static uint8_t asked[PACKET_MAX + 4], reply[PACKET_MAX];
static size_t reply_len;
static struct wall now;

static struct addr
addr(const char *text, uint16_t port)
{
	struct addr a;

	CU_ASSERT_TRUE_FATAL(addr_parse(&a, text));
	a.port = port;
	return a;
}

static void
allow(const char *text)
{
	struct prefix p;
	struct err e;

	CU_ASSERT_EQUAL_FATAL(prefix_parse(&p, text, &e), 0);
	CU_ASSERT_TRUE_FATAL(access_add(&server.access, &p, true));
}

static void
setup(void)
{
	memset(&server, 0, sizeof(server));
	memset(asked, 0, sizeof(asked));
	memset(reply, 0xa5, sizeof(reply));
	allow("10.0.0.0/8");
	server.own_count = 1;
	server.own[0] = addr("10.0.0.11", 123);
	serving = (struct server_time){ .leap = LEAP_INSERT,
		.stratum = 2,
		.precision = -23,
		.refid = 0xc0000201,
		.updated = { T0 },
		.root_delay_s = 0.5,
		.root_disp_s = 0.25,
		.disp_rate = 1e-3 };
	now.ns = T0 + 100 * NS + 1000;
	asked[0] = 4 << 3 | MODE_CLIENT;
	asked[2] = 6;
	memcpy(asked + 40, "COOKIE!!", 8);
	request = (struct server_request){ .pkt = asked,
		.len = PACKET_SIZE,
		.from = addr("10.1.0.1", 40000),
		.to = addr("10.0.0.11", 123),
		.t2 = { T0 + 100 * NS } };
}

static enum server_verdict
ask(void)
{
	return server_reply(&server, &serving, &request, now, reply,
	    &reply_len);
}

/* The reply to what stands in asked. */
static struct packet
answer(void)
{
	struct packet p = { 0 };

	CU_ASSERT_EQUAL_FATAL(ask(), SERVER_ANSWERED);
	packet_read(&p, reply, reply_len);
	return p;
}

static void
first_octet(unsigned version, unsigned mode)
{
	asked[0] = (uint8_t)(version << 3 | mode);
}

static void
give_key(void)
{
	server.keys.count = 1;
	server.keys.key[0] = (struct auth_key){ .id = 7,
		.type = AUTH_AES128CMAC,
		.secret_len = 16,
		.secret = "0123456789abcde" };
}

static void
sign(size_t len)
{
	request.len = auth_sign(&server.keys.key[0], asked, len, sizeof(asked));
}

static void
a_reply_says_who_we_are(void)
{
	struct packet p = answer();

	CU_ASSERT_EQUAL(p.leap, LEAP_INSERT);
	CU_ASSERT_EQUAL(p.version, 4);
	CU_ASSERT_EQUAL(p.mode, MODE_SERVER);
	CU_ASSERT_EQUAL(p.stratum, 2);
	CU_ASSERT_EQUAL(p.precision, -23);
	CU_ASSERT_EQUAL(p.refid, 0xc0000201);
	CU_ASSERT_EQUAL(p.root_delay, 0x8000);
	CU_ASSERT_EQUAL(reply_len, PACKET_SIZE);
}

static void
poll_and_cookie_come_back(void)
{
	answer();
	CU_ASSERT_EQUAL(reply[2], 6);
	CU_ASSERT_EQUAL(memcmp(reply + 24, "COOKIE!!", 8), 0);
}

static void
stamps_are_set_came_and_left(void)
{
	struct packet p = answer();

	CU_ASSERT_EQUAL(p.reference.v, ntp64_from_wall((struct wall){ T0 }).v);
	CU_ASSERT_EQUAL(p.receive.v, ntp64_from_wall(request.t2).v);
	CU_ASSERT_EQUAL(p.transmit.v, ntp64_from_wall(now).v);
}

static void
stamps_are_right_in_2036(void)
{
	struct packet p;

	now.ns = INT64_C(2085978496) * NS; /* era 1 begins */
	request.t2.ns = now.ns - NS / 2;
	p = answer();
	CU_ASSERT_EQUAL(p.transmit.v, 0);
	CU_ASSERT_EQUAL(p.receive.v, UINT64_C(0xffffffff80000000));
}

static void
dispersion_grows_with_age(void)
{
	/* 0.25 s + 100.000001 s 1e-3 = 0.350000001 s, rounded up */
	CU_ASSERT_EQUAL(answer().root_disp,
	    (uint32_t)ceil(0.350000001 * 65536));
}

static void
a_clock_set_back_disperses_too(void)
{
	now.ns = T0 - 100 * NS;
	CU_ASSERT_EQUAL(answer().root_disp, (uint32_t)ceil(0.35 * 65536));
}

static void
no_number_is_the_largest(void)
{
	serving.root_disp_s = (double)NAN;
	CU_ASSERT_EQUAL(answer().root_disp, UINT32_MAX);
}

static void
unsynchronised_is_3_16_and_0(void)
{
	struct packet p;

	serving.leap = LEAP_UNSYNC;
	p = answer();
	CU_ASSERT_EQUAL(p.leap, LEAP_UNSYNC);
	CU_ASSERT_EQUAL(p.stratum, 16);
	CU_ASSERT_EQUAL(p.refid, 0);
	CU_ASSERT_EQUAL(p.root_disp, 16 << 16);
}

static void
no_stratum_but_1_to_15_knows(void)
{
	static const uint8_t strata[] = { 0, 16, 17, 255 };

	for (size_t i = 0; i < sizeof(strata); i++) {
		serving.stratum = strata[i];
		CU_ASSERT_EQUAL(answer().leap, LEAP_UNSYNC);
		CU_ASSERT_EQUAL(answer().stratum, 16);
	}
	serving.stratum = 15;
	CU_ASSERT_EQUAL(answer().stratum, 15);
}

static void
never_corrected_has_no_stamp(void)
{
	serving = (struct server_time){ .leap = LEAP_UNSYNC };
	CU_ASSERT_EQUAL(answer().reference.v, 0);
}

static void
versions_come_back(void)
{
	for (unsigned v = 1; v <= 4; v++) {
		first_octet(v, MODE_CLIENT);
		CU_ASSERT_EQUAL(answer().version, v);
		CU_ASSERT_EQUAL(answer().mode, MODE_SERVER);
	}
}

static void
other_versions_meet_silence(void)
{
	for (unsigned v = 5; v <= 8; v++) {
		first_octet(v & 7, MODE_CLIENT);
		CU_ASSERT_EQUAL(ask(), SERVER_VERSION);
	}
}

static void
active_is_answered_as_passive(void)
{
	first_octet(4, MODE_SYMMETRIC_ACTIVE);
	CU_ASSERT_EQUAL(answer().mode, MODE_SYMMETRIC_PASSIVE);
	first_octet(3, MODE_SYMMETRIC_ACTIVE);
	CU_ASSERT_EQUAL(answer().version, 3);
}

static void
what_is_no_request_meets_silence(void)
{
	static const unsigned modes[] = { 0, MODE_SYMMETRIC_PASSIVE,
		MODE_SERVER, MODE_BROADCAST, MODE_CONTROL, MODE_PRIVATE };

	for (unsigned v = 1; v <= 4; v++)
		for (size_t i = v == 1; i < 6; i++) {
			first_octet(v, modes[i]);
			CU_ASSERT_EQUAL(ask(), SERVER_MODE);
		}
}

static void
version_1_has_clients_of_mode_0(void)
{
	first_octet(1, 0);
	CU_ASSERT_EQUAL(answer().mode, MODE_SERVER);
	CU_ASSERT_EQUAL(answer().version, 1);
	request.from.port = NTP_PORT;
	CU_ASSERT_EQUAL(ask(), SERVER_MODE);
}

static void
a_whole_header_is_needed(void)
{
	for (size_t len = 0; len < PACKET_SIZE; len++) {
		request.len = len;
		CU_ASSERT_EQUAL(ask(), SERVER_SHORT);
	}
}

static void
a_stranger_meets_silence(void)
{
	request.from = addr("192.0.2.1", 40000);
	CU_ASSERT_EQUAL(ask(), SERVER_DENIED);
	request.from = addr("2001:db8::1", 40000);
	CU_ASSERT_EQUAL(ask(), SERVER_DENIED);
}

static void
our_own_sockets_meet_silence(void)
{
	server.own[server.own_count++] = addr("10.0.0.99", 1123);
	for (unsigned i = 0; i < server.own_count; i++) {
		request.from = server.own[i];
		CU_ASSERT_EQUAL(ask(), SERVER_OURSELVES);
	}
}

static void
half_of_ourselves_is_a_client(void)
{
	request.from.port = 123;
	CU_ASSERT_EQUAL(ask(), SERVER_ANSWERED);
	request.from = addr("10.0.0.11", 40000);
	CU_ASSERT_EQUAL(ask(), SERVER_ANSWERED);
}

static void
any_is_the_address_asked(void)
{
	server.own[0] = addr("0.0.0.0", 123);
	request.from = addr("10.0.0.11", 123);
	CU_ASSERT_EQUAL(ask(), SERVER_OURSELVES);
	request.from = addr("10.0.0.12", 123);
	CU_ASSERT_EQUAL(ask(), SERVER_ANSWERED);
	server.own[0] = addr("::", 123); /* a socket for both families */
	request.from = addr("10.0.0.11", 123);
	CU_ASSERT_EQUAL(ask(), SERVER_OURSELVES);
}

static void
unknown_fields_are_not_echoed(void)
{
	asked[PACKET_SIZE] = 0x20;
	asked[PACKET_SIZE + 3] = 32;
	request.len = PACKET_SIZE + 32;
	CU_ASSERT_EQUAL(ask(), SERVER_ANSWERED);
	CU_ASSERT_EQUAL(reply_len, PACKET_SIZE);
}

static void
a_malformed_tail_meets_silence(void)
{
	request.len = PACKET_SIZE + 12;
	CU_ASSERT_EQUAL(ask(), SERVER_MALFORMED);
	request.len = PACKET_SIZE + 3;
	CU_ASSERT_EQUAL(ask(), SERVER_MALFORMED);
}

static void
a_giant_meets_silence(void)
{
	asked[PACKET_SIZE + 2] = (PACKET_MAX + 4 - PACKET_SIZE) >> 8;
	asked[PACKET_SIZE + 3] = (PACKET_MAX + 4 - PACKET_SIZE) & 0xff;
	request.len = PACKET_MAX + 4;
	CU_ASSERT_EQUAL(ask(), SERVER_MALFORMED);
}

static void
signed_is_answered_signed(void)
{
	give_key();
	sign(PACKET_SIZE);
	CU_ASSERT_EQUAL_FATAL(ask(), SERVER_ANSWERED);
	CU_ASSERT_EQUAL(reply_len, PACKET_SIZE + 20);
	CU_ASSERT_EQUAL(memcmp(reply + PACKET_SIZE, "\0\0\0\7", 4), 0);
	CU_ASSERT_TRUE(auth_verify(&server.keys.key[0], reply, reply_len, 20));
}

static void
a_mac_covers_the_fields(void)
{
	give_key();
	asked[PACKET_SIZE] = 0x20;
	asked[PACKET_SIZE + 3] = 16;
	sign(PACKET_SIZE + 16);
	CU_ASSERT_EQUAL(ask(), SERVER_ANSWERED);
	CU_ASSERT_EQUAL(reply_len, PACKET_SIZE + 20);
	asked[PACKET_SIZE + 8] ^= 1;
	CU_ASSERT_EQUAL(ask(), SERVER_BAD_MAC);
}

static void
a_wrong_digest_meets_silence(void)
{
	give_key();
	sign(PACKET_SIZE);
	asked[request.len - 1] ^= 1;
	CU_ASSERT_EQUAL(ask(), SERVER_BAD_MAC);
}

static void
an_unknown_key_meets_silence(void)
{
	give_key();
	sign(PACKET_SIZE);
	server.keys.key[0].id = 8;
	CU_ASSERT_EQUAL(ask(), SERVER_BAD_MAC);
}

static void
another_host_s_key_is_no_key(void)
{
	struct err e;

	give_key();
	server.keys.key[0].addr_count = 1;
	prefix_parse(&server.keys.key[0].addr[0], "10.1.0.2", &e);
	sign(PACKET_SIZE);
	CU_ASSERT_EQUAL(ask(), SERVER_BAD_MAC);
	request.from = addr("10.1.0.2", 40000);
	CU_ASSERT_EQUAL(ask(), SERVER_ANSWERED);
}

static void
a_crypto_nak_meets_silence(void)
{
	request.len = PACKET_SIZE + 4;
	CU_ASSERT_EQUAL(ask(), SERVER_BAD_MAC);
}

static void
silence_writes_nothing(void)
{
	request.from = addr("192.0.2.1", 40000);
	ask();
	for (size_t i = 0; i < sizeof(reply); i++)
		CU_ASSERT_EQUAL_FATAL(reply[i], 0xa5);
}

static void
no_reply_is_longer(void)
{
	struct rng r;

	rng_init(&r, unit_seed);
	give_key();
	for (int i = 0; i < 100000; i++) {
		request.len = rng_u64(&r) % 160;
		for (size_t at = 0; at < request.len; at += 8) {
			uint64_t octets = rng_u64(&r);
			memcpy(asked + at, &octets, 8);
		}
		if (i % 2 != 0)
			first_octet(4, MODE_CLIENT);
		if (ask() == SERVER_ANSWERED)
			CU_ASSERT_TRUE_FATAL(reply_len <= request.len);
	}
}

static void
every_verdict_has_its_name(void)
{
	for (int i = 0; i < SERVER_VERDICTS; i++)
		for (int j = 0; j < i; j++)
			CU_ASSERT_STRING_NOT_EQUAL(
			    server_verdict_name((enum server_verdict)i),
			    server_verdict_name((enum server_verdict)j));
	CU_ASSERT_STRING_EQUAL(server_verdict_name(SERVER_DENIED), "denied");
}

static void
refid_ipv4(void)
{
	struct addr a = addr("192.0.2.1", 123);

	CU_ASSERT_EQUAL(server_refid(&a), 0xc0000201);
}

static void
refid_ipv6(void)
{
	struct addr a = addr("2001:db8::1", 123);

	CU_ASSERT_EQUAL(server_refid(&a), 0x39ab9b37);
}

/* The kiss instead of the answer: at most one request in interval_s. */
static struct packet
kiss(double interval_s)
{
	struct packet p = { 0 };

	CU_ASSERT_EQUAL_FATAL(ask(), SERVER_ANSWERED);
	reply_len = server_kiss(&server, &request, interval_s, reply);
	packet_read(&p, reply, reply_len);
	return p;
}

static void
a_kiss_says_rate_and_answers_the_question(void)
{
	struct packet p = kiss(8);

	CU_ASSERT_EQUAL(p.stratum, 0);
	CU_ASSERT_EQUAL(p.leap, LEAP_UNSYNC);
	CU_ASSERT_EQUAL(p.refid, 0x52415445); /* "RATE" */
	CU_ASSERT_EQUAL(p.mode, MODE_SERVER);
	CU_ASSERT_EQUAL(memcmp(reply + 24, "COOKIE!!", 8), 0);
	CU_ASSERT_EQUAL(p.root_delay, 0);
	CU_ASSERT_EQUAL(reply_len, PACKET_SIZE);
}

/* asked with poll 6; 2^10 s is the first that is not below 1000 s. */
static void
a_kiss_names_the_poll_that_would_do(void)
{
	CU_ASSERT_EQUAL(kiss(8).poll, 6);
	CU_ASSERT_EQUAL(kiss(64).poll, 6);
	CU_ASSERT_EQUAL(kiss(1000).poll, 10);
}

static void
a_kiss_is_signed_as_the_question_was(void)
{
	give_key();
	sign(PACKET_SIZE);
	kiss(8);
	CU_ASSERT_EQUAL_FATAL(reply_len, request.len);
	CU_ASSERT_TRUE(auth_verify(&server.keys.key[0], reply, reply_len,
	    reply_len - PACKET_SIZE));
}

static CU_TestInfo tests[] = {
	{ "a kiss says RATE and answers the question",
	    a_kiss_says_rate_and_answers_the_question },
	{ "a kiss names the poll that would do",
	    a_kiss_names_the_poll_that_would_do },
	{ "a kiss is signed as the question was",
	    a_kiss_is_signed_as_the_question_was },
	{ "a reply says who we are", a_reply_says_who_we_are },
	{ "poll and cookie come back", poll_and_cookie_come_back },
	{ "stamps are set, came and left", stamps_are_set_came_and_left },
	{ "stamps are right in 2036", stamps_are_right_in_2036 },
	{ "dispersion grows with age", dispersion_grows_with_age },
	{ "a clock set back disperses too", a_clock_set_back_disperses_too },
	{ "no number is the largest", no_number_is_the_largest },
	{ "unsynchronised is 3, 16 and 0", unsynchronised_is_3_16_and_0 },
	{ "no stratum but 1 to 15 knows", no_stratum_but_1_to_15_knows },
	{ "never corrected has no stamp", never_corrected_has_no_stamp },
	{ "versions 1 to 4 come back", versions_come_back },
	{ "other versions meet silence", other_versions_meet_silence },
	{ "active is answered as passive", active_is_answered_as_passive },
	{ "what is no request meets silence",
	    what_is_no_request_meets_silence },
	{ "version 1 has clients of mode 0", version_1_has_clients_of_mode_0 },
	{ "a whole header is needed", a_whole_header_is_needed },
	{ "a stranger meets silence", a_stranger_meets_silence },
	{ "our own sockets meet silence", our_own_sockets_meet_silence },
	{ "half of ourselves is a client", half_of_ourselves_is_a_client },
	{ "any is the address asked", any_is_the_address_asked },
	{ "unknown fields are not echoed", unknown_fields_are_not_echoed },
	{ "a malformed tail meets silence", a_malformed_tail_meets_silence },
	{ "a giant meets silence", a_giant_meets_silence },
	{ "signed is answered signed", signed_is_answered_signed },
	{ "a MAC covers the fields", a_mac_covers_the_fields },
	{ "a wrong digest meets silence", a_wrong_digest_meets_silence },
	{ "an unknown key meets silence", an_unknown_key_meets_silence },
	{ "another host's key is no key", another_host_s_key_is_no_key },
	{ "a crypto-NAK meets silence", a_crypto_nak_meets_silence },
	{ "silence writes nothing", silence_writes_nothing },
	{ "no reply is longer than its request", no_reply_is_longer },
	{ "every verdict has its name", every_verdict_has_its_name },
	{ "IPv4 reference id: the address", refid_ipv4 },
	{ "IPv6 reference id: begin of its MD5", refid_ipv6 },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_server = { "core/server", NULL, NULL, setup, NULL, tests };
