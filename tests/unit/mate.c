/* SPDX-License-Identifier: ISC */
#include "mate.h"

#include <stdio.h>
#include <string.h>

#define AHEAD_S 5.0
#define KEY 9

struct mate mate;

static struct mono
raw(void)
{
	return town_at(town.now + AHEAD_S);
}

/* TAI - its raw clock. */
static int64_t
tai(void)
{
	struct wall utc = wall_add(town_now().wall, -town.clock);

	return utc.ns + leap_tai(&town.leap, utc) * INT64_C(1000000000) -
	    raw().ns;
}

void
mate_begin(void)
{
	uint8_t ip[4] = { 192, 0, 2, 99 };
	struct now now = town_now();
	struct sibling_conf *c = &town.conf.sibling;

	mate = (struct mate){ 0 };
	town.keys.count = 1;
	town.keys.key[0] = (struct auth_key){ .id = KEY,
		.type = AUTH_AES128CMAC,
		.secret_len = 16 };
	snprintf(town.conf.name, sizeof(town.conf.name), "gate");
	snprintf(c->host, sizeof(c->host), "mate");
	c->on = true;
	c->addrs = 1;
	c->addr[0] = addr_v4(ip);
	c->addr[0].port = NTP_PORT;
	c->key_id = KEY;
	engine_init(&town.engine, &town.conf, &town.keys, &town.leap, &now);
}

void
mate_sample(struct link_word *w, unsigned i, uint32_t serial, double ahead)
{
	w->item[i].asked = true;
	w->item[i].last = raw();
	w->item[i].serial = serial;
	w->item[i].samples = 1;
	w->item[i].sample[0] = (struct link_sample){ .at = raw(),
		.tai_ns = tai() + (int64_t)(ahead * 1e9),
		.delay = 0.02,
		.floor = 0.02,
		.stratum = 2 };
}

static void
say(uint8_t field[LINK_FIELD])
{
	struct now now = town_now();
	struct link_word w;

	engine_word(&town.engine, &now, field);
	if (!link_read(&w, field))
		return;
	w.life = 77;
	snprintf(w.name, sizeof(w.name), "mate");
	w.state = ENGINE_SYNCED;
	w.flags = 0;
	w.came = w.left = w.at = raw();
	w.served_ns = tai();
	w.rate = 0;
	w.bound = 1e-3;
	for (unsigned i = 0; i < w.items; i++)
		w.item[i] = (struct link_item){ .addr = w.item[i].addr };
	if (mate.says != NULL)
		mate.says(&w);
	link_write(&w, field);
	link_stamp(field, w.came, w.left);
}

void
mate_exchange(const struct engine_order *o)
{
	uint8_t pkt[PACKET_MAX];
	struct packet q,
	    p = { .version = 4, .mode = MODE_SERVER, .stratum = 2 };
	struct now now = town_now();
	struct arrival a = { .pkt = pkt, .from = o->to, .at = now.mono };

	mate.asked++;
	engine_sent(&town.engine, ENGINE_SIBLING, now.mono);
	if (mate.silent)
		return;
	packet_read(&q, o->pkt, o->len);
	p.origin = q.transmit;
	p.receive = p.transmit =
	    ntp64_from_wall(wall_add(now.wall, -town.clock));
	packet_write(&p, pkt);
	say(pkt + PACKET_SIZE);
	a.len = auth_sign(&town.keys.key[0], pkt, PACKET_SIZE + LINK_FIELD,
	    PACKET_MAX);
	engine_receive(&town.engine, ENGINE_SIBLING, &a, &now);
}
