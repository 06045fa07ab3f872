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
	reply_len = 9999;
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
a_reply_has_the_request_s_poll_and_its_transmit_as_origin(void)
{
	answer();
	CU_ASSERT_EQUAL(reply[2], 6);
	CU_ASSERT_EQUAL(memcmp(reply + 24, "COOKIE!!", 8), 0);
}

static void
stamps_are_correction_arrival_and_departure(void)
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
dispersion_grows_from_the_last_correction(void)
{
	/* 0.25 s + 100.000001 s 1e-3 = 0.350000001 s, rounded up */
	CU_ASSERT_EQUAL(answer().root_disp,
	    (uint32_t)ceil(0.350000001 * 65536));
}

static void
dispersion_does_not_shrink_when_the_clock_was_set_back(void)
{
	now.ns = T0 - 100 * NS;
	CU_ASSERT_EQUAL(answer().root_disp, (uint32_t)ceil(0.35 * 65536));
}

static void
a_dispersion_that_is_no_number_is_the_largest(void)
{
	serving.root_disp_s = (double)NAN;
	CU_ASSERT_EQUAL(answer().root_disp, UINT32_MAX);
}

static void
unsynchronised_we_say_leap_3_stratum_16_and_no_reference(void)
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
a_stratum_that_does_not_know_the_time_says_so(void)
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
a_clock_never_corrected_has_no_reference_time(void)
{
	serving = (struct server_time){ .leap = LEAP_UNSYNC };
	CU_ASSERT_EQUAL(answer().reference.v, 0);
}

static void
versions_1_to_4_are_answered_in_their_own(void)
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
	static const unsigned versions[] = { 0, 5, 6, 7 };

	for (size_t i = 0; i < 4; i++) {
		first_octet(versions[i], MODE_CLIENT);
		CU_ASSERT_EQUAL(ask(), SERVER_VERSION);
	}
}

static void
symmetric_active_is_answered_as_passive(void)
{
	first_octet(4, MODE_SYMMETRIC_ACTIVE);
	CU_ASSERT_EQUAL(answer().mode, MODE_SYMMETRIC_PASSIVE);
	first_octet(3, MODE_SYMMETRIC_ACTIVE);
	CU_ASSERT_EQUAL(answer().version, 3);
}

static void
replies_control_and_private_messages_meet_silence(void)
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
mode_0_of_version_1_is_a_client_unless_its_port_is_ours(void)
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
who_is_not_allowed_meets_silence(void)
{
	request.from = addr("192.0.2.1", 40000);
	CU_ASSERT_EQUAL(ask(), SERVER_DENIED);
	request.from = addr("2001:db8::1", 40000);
	CU_ASSERT_EQUAL(ask(), SERVER_DENIED);
}

static void
our_own_socket_meets_silence(void)
{
	request.from = addr("10.0.0.11", 123);
	CU_ASSERT_EQUAL(ask(), SERVER_OURSELVES);
}

static void
our_address_from_another_port_is_a_client(void)
{
	request.from = addr("10.0.0.11", 40000);
	CU_ASSERT_EQUAL(ask(), SERVER_ANSWERED);
}

static void
a_client_on_the_ntp_port_is_a_client(void)
{
	request.from.port = 123;
	CU_ASSERT_EQUAL(ask(), SERVER_ANSWERED);
}

static void
on_any_address_the_one_asked_is_our_own(void)
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
every_one_of_our_sockets_counts(void)
{
	server.own_count = 2;
	server.own[1] = addr("10.0.0.99", 1123);
	request.from = addr("10.0.0.99", 1123);
	CU_ASSERT_EQUAL(ask(), SERVER_OURSELVES);
}

static void
unknown_fields_are_ignored_and_not_echoed(void)
{
	asked[PACKET_SIZE] = 0x20;
	asked[PACKET_SIZE + 3] = 32;
	request.len = PACKET_SIZE + 32;
	CU_ASSERT_EQUAL(ask(), SERVER_ANSWERED);
	CU_ASSERT_EQUAL(reply_len, PACKET_SIZE);
}

static void
a_tail_that_is_nothing_meets_silence(void)
{
	request.len = PACKET_SIZE + 12;
	CU_ASSERT_EQUAL(ask(), SERVER_MALFORMED);
	request.len = PACKET_SIZE + 3;
	CU_ASSERT_EQUAL(ask(), SERVER_MALFORMED);
}

static void
a_request_longer_than_any_meets_silence(void)
{
	asked[PACKET_SIZE + 2] = (PACKET_MAX + 4 - PACKET_SIZE) >> 8;
	asked[PACKET_SIZE + 3] = (PACKET_MAX + 4 - PACKET_SIZE) & 0xff;
	request.len = PACKET_MAX + 4;
	CU_ASSERT_EQUAL(ask(), SERVER_MALFORMED);
}

static void
a_signed_request_gets_a_signed_reply(void)
{
	give_key();
	request.len =
	    auth_sign(&server.keys.key[0], asked, PACKET_SIZE, sizeof(asked));
	CU_ASSERT_EQUAL_FATAL(ask(), SERVER_ANSWERED);
	CU_ASSERT_EQUAL(reply_len, PACKET_SIZE + 20);
	CU_ASSERT_EQUAL(memcmp(reply + PACKET_SIZE, "\0\0\0\7", 4), 0);
	CU_ASSERT_TRUE(auth_verify(&server.keys.key[0], reply, reply_len, 20));
}

static void
a_mac_covers_the_fields_before_it(void)
{
	give_key();
	asked[PACKET_SIZE] = 0x20;
	asked[PACKET_SIZE + 3] = 16;
	request.len = auth_sign(&server.keys.key[0], asked, PACKET_SIZE + 16,
	    sizeof(asked));
	CU_ASSERT_EQUAL(ask(), SERVER_ANSWERED);
	CU_ASSERT_EQUAL(reply_len, PACKET_SIZE + 20);
	asked[PACKET_SIZE + 8] ^= 1;
	CU_ASSERT_EQUAL(ask(), SERVER_BAD_MAC);
}

static void
a_wrong_digest_meets_silence(void)
{
	give_key();
	request.len =
	    auth_sign(&server.keys.key[0], asked, PACKET_SIZE, sizeof(asked));
	asked[request.len - 1] ^= 1;
	CU_ASSERT_EQUAL(ask(), SERVER_BAD_MAC);
}

static void
an_unknown_key_meets_silence(void)
{
	give_key();
	request.len =
	    auth_sign(&server.keys.key[0], asked, PACKET_SIZE, sizeof(asked));
	server.keys.key[0].id = 8;
	CU_ASSERT_EQUAL(ask(), SERVER_BAD_MAC);
}

static void
a_key_of_another_host_meets_silence(void)
{
	struct err e;

	give_key();
	server.keys.key[0].addr_count = 1;
	prefix_parse(&server.keys.key[0].addr[0], "10.1.0.2", &e);
	request.len =
	    auth_sign(&server.keys.key[0], asked, PACKET_SIZE, sizeof(asked));
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
	CU_ASSERT_EQUAL(reply_len, 9999);
	for (size_t i = 0; i < sizeof(reply); i++)
		CU_ASSERT_EQUAL_FATAL(reply[i], 0xa5);
}

static void
no_reply_is_longer_than_its_request_whatever_that_is(void)
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
every_verdict_has_a_name_of_its_own(void)
{
	for (int i = 0; i < SERVER_VERDICTS; i++)
		for (int j = 0; j < i; j++)
			CU_ASSERT_STRING_NOT_EQUAL(
			    server_verdict_name((enum server_verdict)i),
			    server_verdict_name((enum server_verdict)j));
	CU_ASSERT_STRING_EQUAL(server_verdict_name(SERVER_DENIED), "denied");
}

static void
the_reference_id_of_an_ipv4_server_is_its_address(void)
{
	struct addr a = addr("192.0.2.1", 123);

	CU_ASSERT_EQUAL(server_refid(&a), 0xc0000201);
}

static void
the_reference_id_of_an_ipv6_server_begins_its_md5(void)
{
	/* printf '\x20\x01\x0d\xb8...\x01' | md5sum: 2001:db8::1 */
	struct addr a = addr("2001:db8::1", 123);

	CU_ASSERT_EQUAL(server_refid(&a), 0x39ab9b37);
}

static CU_TestInfo tests[] = {
	{ "a reply says who we are", a_reply_says_who_we_are },
	{ "a reply has the request's poll, and its transmit as origin",
	    a_reply_has_the_request_s_poll_and_its_transmit_as_origin },
	{ "stamps are correction, arrival and departure",
	    stamps_are_correction_arrival_and_departure },
	{ "stamps are right in 2036", stamps_are_right_in_2036 },
	{ "dispersion grows from the last correction",
	    dispersion_grows_from_the_last_correction },
	{ "dispersion does not shrink when the clock was set back",
	    dispersion_does_not_shrink_when_the_clock_was_set_back },
	{ "a dispersion that is no number is the largest",
	    a_dispersion_that_is_no_number_is_the_largest },
	{ "unsynchronised we say leap 3, stratum 16 and no reference",
	    unsynchronised_we_say_leap_3_stratum_16_and_no_reference },
	{ "a stratum that does not know the time says so",
	    a_stratum_that_does_not_know_the_time_says_so },
	{ "a clock never corrected has no reference time",
	    a_clock_never_corrected_has_no_reference_time },
	{ "versions 1 to 4 are answered in their own",
	    versions_1_to_4_are_answered_in_their_own },
	{ "other versions meet silence", other_versions_meet_silence },
	{ "symmetric active is answered as passive",
	    symmetric_active_is_answered_as_passive },
	{ "replies, control and private messages meet silence",
	    replies_control_and_private_messages_meet_silence },
	{ "mode 0 of version 1 is a client, unless its port is ours",
	    mode_0_of_version_1_is_a_client_unless_its_port_is_ours },
	{ "a whole header is needed", a_whole_header_is_needed },
	{ "who is not allowed meets silence",
	    who_is_not_allowed_meets_silence },
	{ "our own socket meets silence", our_own_socket_meets_silence },
	{ "our address from another port is a client",
	    our_address_from_another_port_is_a_client },
	{ "a client on the NTP port is a client",
	    a_client_on_the_ntp_port_is_a_client },
	{ "on any address the one asked is our own",
	    on_any_address_the_one_asked_is_our_own },
	{ "every one of our sockets counts", every_one_of_our_sockets_counts },
	{ "unknown fields are ignored and not echoed",
	    unknown_fields_are_ignored_and_not_echoed },
	{ "a tail that is nothing meets silence",
	    a_tail_that_is_nothing_meets_silence },
	{ "a request longer than any meets silence",
	    a_request_longer_than_any_meets_silence },
	{ "a signed request gets a signed reply",
	    a_signed_request_gets_a_signed_reply },
	{ "a MAC covers the fields before it",
	    a_mac_covers_the_fields_before_it },
	{ "a wrong digest meets silence", a_wrong_digest_meets_silence },
	{ "an unknown key meets silence", an_unknown_key_meets_silence },
	{ "a key of another host meets silence",
	    a_key_of_another_host_meets_silence },
	{ "a crypto-NAK meets silence", a_crypto_nak_meets_silence },
	{ "silence writes nothing", silence_writes_nothing },
	{ "no reply is longer than its request, whatever that is",
	    no_reply_is_longer_than_its_request_whatever_that_is },
	{ "every verdict has a name of its own",
	    every_verdict_has_a_name_of_its_own },
	{ "the reference id of an IPv4 server is its address",
	    the_reference_id_of_an_ipv4_server_is_its_address },
	{ "the reference id of an IPv6 server begins its MD5",
	    the_reference_id_of_an_ipv6_server_begins_its_md5 },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_server = { "core/server", NULL, NULL, setup, NULL, tests };
