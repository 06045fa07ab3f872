/* SPDX-License-Identifier: ISC */
#include "twin.h"

#include <math.h>
#include <string.h>

struct twin twin;

struct mono
twin_raw(double t)
{
	return (struct mono){ llrint(t * 1e9) };
}

struct mono
twin_its(double t)
{
	return (
	    struct mono){ llrint((t + twin.offset + t * twin.drift) * 1e9) };
}

struct wall
twin_wall(double t)
{
	return (struct wall){ TWIN_NOON * 1000000000 + llrint(t * 1e9) };
}

struct addr
twin_addr(unsigned i)
{
	const uint8_t ip[4] = { 192, 0, 2, (uint8_t)(1 + i) };
	struct addr a = addr_v4(ip);

	a.port = NTP_PORT;
	return a;
}

void
twin_setup(void)
{
	struct sibling_conf conf = { .on = true,
		.host = "other.example",
		.addrs = 1,
		.addr = { twin_addr(0) },
		.key_id = 7 };

	memset(&twin, 0, sizeof(twin));
	twin.key = (struct auth_key){ .id = 7,
		.type = AUTH_AES128CMAC,
		.secret_len = 16,
		.secret = "0123456789abcde" };
	twin.there = twin.back = twin.held = 1e-3;
	twin.offset = 5000;
	twin.speaks = true;
	twin.stratum = 2;
	twin.word = (struct link_word){ .life = TWIN_LIFE,
		.name = "other",
		.bound = 1e-3 };
	scale_init(&twin.scale, twin_raw(0), twin_wall(0), twin_wall(-3600),
	    &twin.leap);
	sibling_init(&twin.s, &conf, TWIN_OURS, twin_raw(100));
}

bool
twin_ask(double t)
{
	bool due = sibling_ask(&twin.s, twin_raw(t), twin_wall(t), 0xfeed,
	    &twin.key, twin.pkt, &twin.len, &twin.to);

	if (due)
		source_sent(&twin.s.source, twin_raw(t));
	return due;
}

void
twin_sign(void)
{
	twin.reply_len = PACKET_SIZE + (twin.speaks ? LINK_FIELD : 0);
	if (twin.s.conf.key_id != 0)
		twin.reply_len = auth_sign(&twin.key, twin.reply,
		    twin.reply_len, PACKET_MAX);
}

void
twin_answer(double t)
{
	double came = t + twin.there, left = came + twin.held;
	struct packet q,
	    p = { .version = 4,
		    .mode = MODE_SERVER,
		    .leap = twin.leap_said,
		    .stratum = twin.stratum,
		    .precision = -20 };

	packet_read(&q, twin.pkt, twin.len);
	p.origin = q.transmit;
	p.reference = ntp64_from_wall(twin_wall(t - 60));
	p.receive = ntp64_from_wall(twin_wall(came + twin.ahead));
	p.transmit = ntp64_from_wall(twin_wall(left + twin.ahead));
	packet_write(&p, twin.reply);
	if (twin.speaks) {
		twin.word.at = twin_its(t);
		link_write(&twin.word, twin.reply + PACKET_SIZE);
		link_stamp(twin.reply + PACKET_SIZE, twin_its(came),
		    twin_its(left));
	}
	twin_sign();
}

enum sibling_verdict
twin_receive(double t)
{
	struct arrival a = { .pkt = twin.reply,
		.len = twin.reply_len,
		.from = twin.to,
		.at = twin_raw(t) };

	return sibling_receive(&twin.s, &a, &twin.key, &twin.scale);
}

enum sibling_verdict
twin_exchange(double t)
{
	if (!twin_ask(t))
		return SIBLING_VERDICTS;
	twin_answer(t);
	return twin_receive(t + twin.there + twin.held + twin.back);
}
