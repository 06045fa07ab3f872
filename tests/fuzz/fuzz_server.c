/* SPDX-License-Identifier: ISC */
/*
 * Any octets as a request: from a client, from port 123, from one of our own
 * sockets, from a stranger; and signed with a good key.  A reply is never
 * longer than its request, only requests get one, the same request gets the
 * same, and a reply itself gets none.
 */
#include "core/ctl.h"
#include "core/server.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *pkt, size_t len);

#define T0 INT64_C(1800000000000000000)
#define US "\x0a\0\0\x0b"
#define INSIDE "\x0a\x01\0\1"
#define STRANGER "\xc0\0\2\1"

static struct server server;
static uint8_t word[LINK_FIELD];
static const struct server_time serving = { .stratum = 2,
	.precision = -23,
	.refid = 0xc0000202,
	.updated = { T0 },
	.root_delay_s = 0.01,
	.root_disp_s = 0.001,
	.disp_rate = 15e-6 };

static struct addr
host(const char ip[4], uint16_t port)
{
	struct addr a = { .family = ADDR_V4, .port = port };

	memcpy(a.ip, ip, 4);
	return a;
}

/* We are 10.0.0.11 and serve 10.0.0.0/8; key 7 is everybody's, and the
 * sibling's at 10.1.0.1. */
static void
set_up(void)
{
	struct prefix inside = { .net = host("\x0a\0\0\0", 0), .len = 8 };

	if (server.own_count != 0)
		return;
	access_add(&server.access, &inside, true);
	server.control[server.control_count++] = inside;
	server.own[server.own_count++] = host(US, NTP_PORT);
	server.keys.count = 1;
	server.keys.key[0] = (struct auth_key){ .id = 7,
		.type = AUTH_AES128CMAC,
		.secret_len = 16,
		.secret = "0123456789abcde" };
	server.sibling.on = true;
	server.sibling.key_id = 7;
	server.sibling.addrs = 1;
	server.sibling.addr[0] = host(INSIDE, NTP_PORT);
}

static bool
is_request(const uint8_t *pkt, const struct addr *from)
{
	unsigned version = pkt[0] >> 3 & 7, mode = pkt[0] & 7;

	if (version < 1 || version > 4)
		return false;
	return mode == MODE_CLIENT || mode == MODE_SYMMETRIC_ACTIVE ||
	    (version == 1 && mode == 0 && from->port != NTP_PORT);
}

static void
check_reply(const struct server_request *r, const uint8_t *reply, size_t len)
{
	unsigned mode = reply[0] & 7;

	assert(len <= r->len);
	assert(len == PACKET_SIZE || len == PACKET_SIZE + 20 ||
	    len == PACKET_SIZE + LINK_FIELD + 20);
	assert(is_request(r->pkt, &r->from));
	assert(mode == MODE_SERVER || mode == MODE_SYMMETRIC_PASSIVE);
	assert((reply[0] >> 3 & 7) == (r->pkt[0] >> 3 & 7));
	assert(reply[1] == serving.stratum);
	assert(memcmp(reply + 24, r->pkt + 40, 8) == 0); /* origin */
}

/* Asks twice; the verdict, which is the same both times. */
static enum server_verdict
ask(const uint8_t *pkt, size_t len, struct addr from)
{
	const struct wall now = { T0 + 64000001000 };
	struct server_request r = { .pkt = pkt,
		.len = len,
		.from = from,
		.to = host(US, NTP_PORT),
		.t2 = { T0 + 64000000000 },
		.word = word };
	uint8_t reply[PACKET_MAX], again[PACKET_MAX], more[PACKET_MAX];
	size_t n = 0, m = 0;
	enum server_verdict v =
	    server_reply(&server, &serving, &r, now, reply, &n);

	assert(v < SERVER_VERDICTS);
	assert(v != SERVER_CONTROL || ctl_is_request(pkt, len));
	assert(server_reply(&server, &serving, &r, now, again, &m) == v);
	assert(n == m && memcmp(reply, again, n) == 0);
	if (v != SERVER_ANSWERED && v != SERVER_SIBLING) {
		assert(n == 0);
		return v;
	}
	check_reply(&r, reply, n);
	r.pkt = reply;
	r.len = n;
	assert(
	    server_reply(&server, &serving, &r, now, more, &m) == SERVER_MODE);
	return v;
}

/* With a MAC that is right: it is answered if anything like it is. */
static void
ask_signed(const uint8_t *pkt, size_t len)
{
	const struct auth_key *key = &server.keys.key[0];
	uint8_t copy[PACKET_MAX];
	enum server_verdict v;

	if (len < PACKET_SIZE || len > sizeof(copy) - auth_mac_len(key))
		return;
	memcpy(copy, pkt, len);
	len = auth_sign(key, copy, len, sizeof(copy));
	v = ask(copy, len, host(INSIDE, 40000));
	assert(v != SERVER_DENIED && v != SERVER_SHORT);
	if (len == PACKET_SIZE + 20 && is_request(pkt, &(struct addr){ 0 }))
		assert(v == SERVER_ANSWERED);
}

int
LLVMFuzzerTestOneInput(const uint8_t *pkt, size_t len)
{
	set_up();
	ask(pkt, len, host(INSIDE, 40000));
	ask(pkt, len, host(INSIDE, NTP_PORT));
	assert(ask(pkt, len, host(US, NTP_PORT)) != SERVER_ANSWERED);
	assert(ask(pkt, len, host(STRANGER, 40000)) != SERVER_ANSWERED);
	ask_signed(pkt, len);
	return 0;
}
