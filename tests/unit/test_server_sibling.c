/* SPDX-License-Identifier: ISC */
/* What the server makes of the other gateway (server.h). */
#include "base/wire.h"
#include "core/server.h"
#include "unit.h"

#include <string.h>

#define T0 (INT64_C(1800000000) * INT64_C(1000000000)) /* 2027 */
#define QUESTION (PACKET_SIZE + LINK_FIELD)

/*
 * We are 10.0.0.11 and serve 10.0.0.0/8; the sibling is 10.0.0.12 and has key
 * 7, AES-128-CMAC, bound to it.  Its question came when our raw clock was
 * 1000 ns, and the answer leaves 500 ns later.
 */
static struct server server;
static struct server_request request;
static struct link_word word;
static uint8_t field[LINK_FIELD], asked[PACKET_MAX], reply[PACKET_MAX];
static size_t reply_len;
static const struct server_time serving = { .stratum = 2 };

static struct addr
addr(const char *text, uint16_t port)
{
	struct addr a;

	CU_ASSERT_TRUE_FATAL(addr_parse(&a, text));
	a.port = port;
	return a;
}

static void
sign(size_t len)
{
	request.len = auth_sign(&server.keys.key[0], asked, len, sizeof(asked));
}

static void
setup(void)
{
	struct auth_key *k = &server.keys.key[0];
	struct prefix p;
	struct err e;

	memset(&server, 0, sizeof(server));
	memset(asked, 0, sizeof(asked));
	prefix_parse(&p, "10.0.0.0/8", &e);
	access_add(&server.access, &p, true);
	server.own_count = 1;
	server.own[0] = addr("10.0.0.11", 123);
	server.keys.count = 1;
	*k = (struct auth_key){ .id = 7,
		.type = AUTH_AES128CMAC,
		.secret_len = 16,
		.secret = "0123456789abcde",
		.addr_count = 1 };
	prefix_parse(&k->addr[0], "10.0.0.12", &e);
	server.sibling.on = true;
	server.sibling.key_id = 7;
	memset(&word, 0, sizeof(word));
	strcpy(word.name, "gw1");
	word.life = 0x0102030405060708;
	link_write(&word, field);
	asked[0] = 4 << 3 | MODE_CLIENT;
	memcpy(asked + 40, "COOKIE!!", 8);
	link_ask(asked + PACKET_SIZE, false);
	request = (struct server_request){ .pkt = asked,
		.from = addr("10.0.0.12", 40000),
		.to = addr("10.0.0.11", 123),
		.t2 = { T0 },
		.word = field,
		.came = { 1000 },
		.left = { 1500 } };
	sign(QUESTION);
}

static enum server_verdict
ask(void)
{
	const struct wall now = { T0 + 500 };

	return server_reply(&server, &serving, &request, now, reply,
	    &reply_len);
}

static void
the_sibling_is_told_our_word(void)
{
	CU_ASSERT_EQUAL_FATAL(ask(), SERVER_SIBLING);
	CU_ASSERT_EQUAL(reply[0] & 7, MODE_SERVER);
	CU_ASSERT_EQUAL(memcmp(reply + 24, "COOKIE!!", 8), 0);
	/* all but the stamps, at octets 16 to 32 of the field */
	CU_ASSERT_EQUAL(memcmp(reply + PACKET_SIZE, field, 16), 0);
	CU_ASSERT_EQUAL(
	    memcmp(reply + PACKET_SIZE + 32, field + 32, LINK_FIELD - 32), 0);
}

static void
the_answer_is_as_long_as_the_question(void)
{
	CU_ASSERT_EQUAL_FATAL(ask(), SERVER_SIBLING);
	CU_ASSERT_EQUAL(reply_len, request.len);
	CU_ASSERT_TRUE(auth_verify(&server.keys.key[0], reply, reply_len, 20));
}

static void
the_answer_has_the_raw_instants(void)
{
	struct wire w = { .at = reply + PACKET_SIZE + 16, .left = 16 };

	CU_ASSERT_EQUAL_FATAL(ask(), SERVER_SIBLING);
	CU_ASSERT_EQUAL(wire_u64(&w), 1000);
	CU_ASSERT_EQUAL(wire_u64(&w), 1500);
}

static void
an_answer_does_not_change_what_was_published(void)
{
	uint8_t before[LINK_FIELD];

	memcpy(before, field, sizeof(before));
	CU_ASSERT_EQUAL(ask(), SERVER_SIBLING);
	CU_ASSERT_EQUAL(memcmp(field, before, sizeof(before)), 0);
}

/* It is answered, and hears no word. */
static void
as_anyone(void)
{
	CU_ASSERT_EQUAL(ask(), SERVER_ANSWERED);
	CU_ASSERT_TRUE(reply_len <= PACKET_SIZE + AUTH_MAC_MAX);
}

static void
without_the_field_it_is_anyone(void)
{
	sign(PACKET_SIZE);
	as_anyone();
}

static void
with_another_field_it_is_anyone(void)
{
	asked[PACKET_SIZE] ^= 1;
	sign(QUESTION);
	as_anyone();
}

static void
another_key_is_anyone_s(void)
{
	server.sibling.key_id = 8;
	as_anyone();
}

static void
while_there_is_no_sibling_all_are_anyone(void)
{
	server.sibling.on = false;
	as_anyone();
}

static void
before_a_word_is_published_it_is_anyone(void)
{
	request.word = NULL;
	as_anyone();
}

static void
without_a_mac_it_is_anyone(void)
{
	request.len = QUESTION;
	as_anyone();
}

static void
a_wrong_mac_meets_silence(void)
{
	asked[QUESTION - 1] ^= 1; /* the field is under it */
	CU_ASSERT_EQUAL(ask(), SERVER_BAD_MAC);
}

static void
its_key_elsewhere_meets_silence(void)
{
	request.from = addr("10.0.0.13", 40000);
	CU_ASSERT_EQUAL(ask(), SERVER_BAD_MAC);
}

static void
a_key_for_all_is_the_sibling_s_at_its_address_only(void)
{
	server.keys.key[0].addr_count = 0;
	server.sibling.addrs = 2;
	server.sibling.addr[0] = addr("10.9.0.12", 123);
	server.sibling.addr[1] = addr("10.0.0.12", 123);
	CU_ASSERT_EQUAL(ask(), SERVER_SIBLING);
	request.from = addr("10.0.0.13", 40000);
	as_anyone();
}

/* A second key of the same number, before the one of the question. */
static void
rotate(void)
{
	server.keys.count = 2;
	server.keys.key[1] = server.keys.key[0];
	server.keys.key[0].secret[0] ^= 1;
}

static void
the_previous_key_is_answered_with_it(void)
{
	rotate();
	CU_ASSERT_EQUAL_FATAL(ask(), SERVER_SIBLING);
	CU_ASSERT_FALSE(auth_verify(&server.keys.key[0], reply, reply_len, 20));
	CU_ASSERT_TRUE(auth_verify(&server.keys.key[1], reply, reply_len, 20));
}

static void
the_present_key_is_answered_with_it(void)
{
	rotate();
	sign(QUESTION);
	CU_ASSERT_EQUAL_FATAL(ask(), SERVER_SIBLING);
	CU_ASSERT_TRUE(auth_verify(&server.keys.key[0], reply, reply_len, 20));
}

/* A packet of a peer at port 123. */
static void
as_peer(uint8_t mode)
{
	asked[0] = (uint8_t)(4 << 3 | mode);
	request.from.port = NTP_PORT;
	sign(PACKET_SIZE);
	reply_len = 0;
}

static void
a_peer_is_handed_on(void)
{
	server.sibling.symmetric = true;
	as_peer(MODE_SYMMETRIC_ACTIVE);
	CU_ASSERT_EQUAL(ask(), SERVER_PEER);
	as_peer(MODE_SYMMETRIC_PASSIVE);
	CU_ASSERT_EQUAL(ask(), SERVER_PEER);
	CU_ASSERT_EQUAL(reply_len, 0);
}

static void
nobody_is_a_peer_unless_it_is_configured(void)
{
	as_peer(MODE_SYMMETRIC_ACTIVE);
	CU_ASSERT_EQUAL(ask(), SERVER_ANSWERED);
	CU_ASSERT_EQUAL(reply[0] & 7, MODE_SYMMETRIC_PASSIVE);
	as_peer(MODE_SYMMETRIC_PASSIVE);
	CU_ASSERT_EQUAL(ask(), SERVER_MODE);
}

static void
others_are_no_peers(void)
{
	server.sibling.symmetric = true;
	as_peer(MODE_SYMMETRIC_PASSIVE);
	request.len = PACKET_SIZE; /* no MAC */
	CU_ASSERT_EQUAL(ask(), SERVER_MODE);
	as_peer(MODE_SYMMETRIC_ACTIVE);
	asked[10] ^= 1;
	CU_ASSERT_EQUAL(ask(), SERVER_BAD_MAC);
}

static CU_TestInfo tests[] = {
	{ "the sibling is told our word", the_sibling_is_told_our_word },
	{ "the answer is as long as the question",
	    the_answer_is_as_long_as_the_question },
	{ "the answer has the raw instants", the_answer_has_the_raw_instants },
	{ "an answer does not change what was published",
	    an_answer_does_not_change_what_was_published },
	{ "without the field it is anyone", without_the_field_it_is_anyone },
	{ "with another field it is anyone", with_another_field_it_is_anyone },
	{ "another key is anyone's", another_key_is_anyone_s },
	{ "while there is no sibling all are anyone",
	    while_there_is_no_sibling_all_are_anyone },
	{ "before a word is published it is anyone",
	    before_a_word_is_published_it_is_anyone },
	{ "without a MAC it is anyone", without_a_mac_it_is_anyone },
	{ "a wrong MAC meets silence", a_wrong_mac_meets_silence },
	{ "its key elsewhere meets silence", its_key_elsewhere_meets_silence },
	{ "a key for all is the sibling's at its address only",
	    a_key_for_all_is_the_sibling_s_at_its_address_only },
	{ "the previous key is answered with it",
	    the_previous_key_is_answered_with_it },
	{ "the present key is answered with it",
	    the_present_key_is_answered_with_it },
	{ "a peer is handed on", a_peer_is_handed_on },
	{ "nobody is a peer unless it is configured",
	    nobody_is_a_peer_unless_it_is_configured },
	{ "others are no peers", others_are_no_peers },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_server_sibling = { "core/server: the sibling", NULL, NULL,
	setup, NULL, tests };
