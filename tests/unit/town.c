/* SPDX-License-Identifier: ISC */
#include "town.h"

#include "mate.h"

#include <stdio.h>
#include <string.h>

#define WAY_S 0.01

struct town town;

struct mono
town_at(double t)
{
	return (struct mono){ (int64_t)(t * 1e9) };
}

static struct wall
truth(void)
{
	return (struct wall){ TOWN_NOON * 1000000000 +
		(int64_t)((town.now - 1000) * 1e9) + town.asleep_ns };
}

struct now
town_now(void)
{
	static uint64_t chance = 1;

	return (struct now){ .mono = town_at(town.now),
		.wall = wall_add(truth(), town.clock),
		.asleep_ns = town.asleep_ns,
		.chance = chance += 0x9e3779b97f4a7c15 };
}

void
town_begin(unsigned n, double behind)
{
	struct now now;

	memset(&town, 0, sizeof(town));
	town.now = 1000;
	town.clock = -behind;
	town.conf = (struct engine_conf){ .count = n,
		.poll_min_s = 64,
		.poll_max_s = 1024,
		.accuracy_s = 0.005,
		.budget_day = 640,
		.step_limit_s = 1,
		.slew = 500e-6,
		.built = { (TOWN_NOON - 86400) * 1000000000 } };
	for (unsigned i = 0; i < n; i++) {
		struct source_conf *c = &town.conf.server[i];
		uint8_t ip[4] = { 192, 0, 2, (uint8_t)(i + 1) };

		snprintf(c->host, sizeof(c->host), "192.0.2.%u", i + 1);
		snprintf(c->operator_name, sizeof(c->operator_name), "op %u",
		    i);
		c->addr = addr_v4(ip);
		c->addr.port = 123;
	}
	now = town_now();
	engine_init(&town.engine, &town.conf, &town.keys, &town.leap, &now);
}

static void
pass(double s)
{
	town.now += s;
	town.clock += s * town.rate;
}

/* The reply of server i to the question, or nothing. */
static size_t
reply(unsigned i, const struct engine_order *o, uint8_t pkt[PACKET_SIZE])
{
	const struct town_server *v = &town.server[i];
	struct packet q,
	    p = { .version = 4,
		    .mode = MODE_SERVER,
		    .stratum = 2,
		    .precision = -20,
		    .leap = v->leap,
		    .refid = v->refid };

	packet_read(&q, o->pkt, o->len);
	p.origin = q.transmit;
	p.receive = p.transmit = ntp64_from_wall(wall_add(truth(), v->lie));
	p.reference = ntp64_from_wall(wall_add(truth(), v->lie - 10));
	if (v->kiss[0] != '\0') {
		p.stratum = 0;
		for (int k = 0; k < 4; k++)
			p.refid = p.refid << 8 | (uint8_t)v->kiss[k];
	}
	packet_write(&p, pkt);
	return PACKET_SIZE;
}

static void
exchange(const struct engine_order *o)
{
	uint8_t pkt[PACKET_SIZE];
	unsigned i = o->source;
	struct now now;
	struct arrival a = { .pkt = pkt, .from = o->to };

	if (i == ENGINE_SIBLING) {
		mate_exchange(o);
		return;
	}
	town.sent[i]++;
	engine_sent(&town.engine, i, town_at(town.now));
	if (town.server[i].dead)
		return;
	pass(WAY_S);
	a.len = reply(i, o, pkt);
	pass(WAY_S);
	now = town_now();
	a.at = now.mono;
	if (town.server[i].refused)
		engine_refused(&town.engine, i, &now);
	else
		engine_receive(&town.engine, i, &a, &now);
}

static void
carry_out(const struct engine_order *o)
{
	struct now now = town_now();

	if (o->want == ENGINE_BOOK) {
		engine_booked(&town.engine, !town.full, &now);
		town.books++;
	} else if (o->want == ENGINE_SEND) {
		exchange(o);
	} else if (o->want == ENGINE_STEP) {
		town.clock += o->amount;
		town.stepped = o->amount;
		town.steps++;
	} else if (o->want == ENGINE_RATE) {
		town.rate = o->amount;
	} else if (o->want == ENGINE_SAVE) {
		town.saves++;
	}
}

void
town_run(double seconds)
{
	double end = town.now + seconds;
	struct engine_order o;

	while (town.now < end) {
		double next;
		struct now now = town_now();

		if (engine_poll(&town.engine, &now, &o) != ENGINE_REST) {
			carry_out(&o);
			continue;
		}
		next = mono_sub(engine_next(&town.engine), town_at(town.now));
		if (next > end - town.now)
			next = end - town.now;
		pass(next > 1e-6 ? next : 1e-6);
	}
}

bool
town_heard(const char *words)
{
	struct engine_change c;
	bool heard = false;

	while (engine_take_change(&town.engine, &c))
		heard |= strstr(c.text, words) != NULL;
	return heard;
}
