/* SPDX-License-Identifier: ISC */
/* net.c - the way to the servers, and what they answer. */
#include "sim.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define NS 1000000000
#define SERVER_HELD_S 30e-6 /* from T2 to T3 */
#define ICMP_S 2e-3
#define REFERENCE_AGE_S 20

/* Server i of the world, as the configuration names it. */
static void
name(struct sim *s, unsigned i, struct sim_server server, struct source_conf *c)
{
	/* a network of its own for each, or 10/8 for a lab */
	uint8_t ip[4] = { server.lab ? 10 : (uint8_t)(20 + i), 0, (uint8_t)i,
		1 };

	s->server[i] = server;
	*c = (struct source_conf){ .addr = addr_v4(ip) };
	c->addr.port = NTP_PORT;
	snprintf(c->host, sizeof(c->host), "ntp%u.example.net", i);
	if (server.operator_name != NULL)
		snprintf(c->operator_name, sizeof(c->operator_name), "%s",
		    server.operator_name);
	else
		snprintf(c->operator_name, sizeof(c->operator_name),
		    "operator %u", i);
	s->address[i] = c->addr;
}

unsigned
sim_add(struct sim *s, struct sim_server server)
{
	unsigned i = s->servers++;

	name(s, i, server, &s->conf.server[i]);
	return i;
}

unsigned
sim_add_spare(struct sim *s, struct sim_server server)
{
	unsigned i = s->servers + s->conf.spares;

	name(s, i, server, &s->conf.spare[s->conf.spares++]);
	return i;
}

/* Which server of the world is there?  A spare may have the place of
 * another. */
static unsigned
at(const struct sim *s, const struct engine_order *o)
{
	if (addr_equal(&s->address[o->source], &o->to))
		return o->source;
	for (unsigned i = 0; i < s->servers + s->conf.spares; i++)
		if (addr_equal(&s->address[i], &o->to))
			return i;
	return o->source;
}

#define BAD(up_s)                                            \
	{                                                    \
		.up = (up_s), .down = 40e-3, .jitter = 5e-3, \
		.spike_chance = 0.02, .spike = 60e-3         \
	}

bool
sim_network(struct sim *s, const char *name)
{
	static const struct {
		const char *name;
		struct sim_server server[4];
	} known[] = {
		{ "lan",
		    { { .up = 1e-3, .down = 1e-3, .jitter = 50e-6 },
			{ .up = 1e-3, .down = 1e-3, .jitter = 50e-6 },
			{ .up = 1e-3, .down = 1e-3, .jitter = 50e-6 },
			{ .up = 1e-3, .down = 1e-3, .jitter = 50e-6 } } },
		{ "wan",
		    { { .up = 10e-3, .down = 10e-3, .jitter = 1.0e-3 },
			{ .up = 16e-3, .down = 16e-3, .jitter = 1.3e-3 },
			{ .up = 23e-3, .down = 23e-3, .jitter = 1.7e-3 },
			{ .up = 30e-3, .down = 30e-3, .jitter = 2.0e-3 } } },
		/* asymmetric by 2, -1, 3 and 0 ms, with spikes */
		{ "bad", { BAD(42e-3), BAD(39e-3), BAD(43e-3), BAD(40e-3) } },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].name, name) == 0) {
			for (int j = 0; j < 4; j++)
				sim_add(s, known[i].server[j]);
			return true;
		}
	return false;
}

static double
travel(struct rng *r, const struct sim_server *v, double base)
{
	double d = base + v->jitter * rng_exponential(r);

	/* every draw is made, so that worlds with and without spikes stay
	 * comparable */
	double chance = rng_uniform(r), spike = rng_exponential(r);

	return chance < v->spike_chance ? d + v->spike * spike : d;
}

static struct ntp64
stamp(const struct sim *s, unsigned i, int64_t t)
{
	const struct sim_server *v = &s->server[i];
	double since = (double)t / NS - s->creep_since[i];
	double off = v->offset + v->creep * since;
	struct wall w = { sim_utc_at(s, t) };

	return ntp64_from_wall(wall_add(w, off));
}

/* What server i says to the question q that arrives at t2. */
static struct packet
answer(const struct sim *s, unsigned i, const struct packet *q, int64_t t2)
{
	const struct sim_server *v = &s->server[i];
	int64_t t3 = t2 + llrint(SERVER_HELD_S * NS);
	struct packet p = { .leap = v->leap,
		.version = q->version,
		.mode = MODE_SERVER,
		.stratum = v->stratum != 0 ? v->stratum : 1,
		.poll = q->poll,
		.precision = -23,
		.root_delay = ntp32_from_s(v->root_delay),
		.root_disp = ntp32_from_s(v->root_disp),
		.refid = 0x47505300, /* GPS */
		.origin = q->transmit,
		.receive = stamp(s, i, t2),
		.transmit = stamp(s, i, t3),
		.reference = stamp(s, i, t2 - (int64_t)REFERENCE_AGE_S * NS) };

	if (p.stratum > 1)
		p.refid = 0x7f7f0101 + i;
	if (v->kiss[0] != '\0') {
		p.leap = LEAP_UNSYNC;
		p.stratum = 0;
		p.refid = 0;
		for (int k = 0; k < 4; k++)
			p.refid = p.refid << 8 | (uint8_t)v->kiss[k];
	}
	return p;
}

static struct sim_flight *
fly(struct sim *s, unsigned server, int64_t at)
{
	for (unsigned i = 0; i < SIM_FLIGHTS; i++) {
		struct sim_flight *f = &s->flight[i];

		if (f->flying)
			continue;
		*f = (struct sim_flight){ .flying = true,
			.at = at,
			.source = s->asking,
			.server = server };
		return f;
	}
	expect(s->trial, false, "too many packets under way");
	return &s->flight[0];
}

/* The answer a travels back, and what else comes for it. */
static void
reply(struct sim *s, unsigned i, struct packet a, int64_t at)
{
	const struct sim_server *v = &s->server[i];
	struct sim_flight *f = fly(s, i, at);

	packet_write(&a, f->pkt);
	f->len = PACKET_SIZE;
	if (v->twice) {
		struct sim_flight *second = fly(s, i, at + NS / 1000);

		memcpy(second->pkt, f->pkt, PACKET_SIZE);
		second->len = PACKET_SIZE;
	}
	if (v->forged) {
		/* all is right but for what only we and the server know */
		a.origin.v ^= 1;
		a.receive.v += (uint64_t)1 << 32;
		a.transmit.v += (uint64_t)1 << 32;
		f = fly(s, i, at - NS / 1000);
		packet_write(&a, f->pkt);
		f->len = PACKET_SIZE;
	}
}

/* One packet there, and perhaps one back. */
static void
exchange(struct sim *s, unsigned i, const struct engine_order *o)
{
	const struct sim_server *v = &s->server[i];
	double there = travel(&s->net, v, v->up);
	double back = travel(&s->net, v, v->down) + SERVER_HELD_S;
	bool lost = rng_uniform(&s->net) < v->loss;
	bool lost_back = rng_uniform(&s->net) < v->loss;
	int64_t t2 = s->now + llrint(there * NS);
	struct packet q;

	expect(s->trial,
	    addr_equal(&o->to, &s->address[i]) &&
		packet_read(&q, o->pkt, o->len) && q.mode == MODE_CLIENT,
	    "what leaves for server %u is a question for it", i);
	if (v->dead || lost || lost_back)
		return;
	if (v->refused)
		fly(s, i, s->now + llrint(ICMP_S * NS))->refusal = true;
	else
		reply(s, i, answer(s, i, &q, t2), t2 + llrint(back * NS));
}

void
net_ask(struct sim *s, const struct engine_order *o)
{
	unsigned i = at(s, o);
	struct now now = sim_now(s);

	s->asking = o->source;
	if (s->server[i].unsent) {
		engine_unsent(&s->engine, o->source, &now);
		return;
	}
	judge_sent(s, i);
	engine_sent(&s->engine, o->source, now.mono);
	exchange(s, i, o);
}

int64_t
net_next(const struct sim *s)
{
	int64_t at = INT64_MAX;

	for (unsigned i = 0; i < SIM_FLIGHTS; i++) {
		const struct sim_flight *f = &s->flight[i];

		if (f->flying && !f->arrived && f->at < at)
			at = f->at;
	}
	return at;
}

bool
net_arrive(struct sim *s)
{
	bool any = false;

	for (unsigned i = 0; i < SIM_FLIGHTS; i++) {
		struct sim_flight *f = &s->flight[i];

		if (!f->flying || f->at > s->now)
			continue;
		any = true;
		if (f->arrived)
			continue;
		f->arrived = true;
		f->stamp = sim_raw(s);
	}
	return any;
}

void
net_deliver(struct sim *s)
{
	for (unsigned i = 0; i < SIM_FLIGHTS; i++) {
		struct sim_flight *f = &s->flight[i];
		struct now now;
		struct arrival a;

		if (!f->flying || !f->arrived)
			continue;
		f->flying = false;
		now = sim_now(s);
		if (f->refusal) {
			engine_refused(&s->engine, f->source, &now);
			continue;
		}
		a = (struct arrival){ .pkt = f->pkt,
			.len = f->len,
			.from = s->address[f->server],
			.at = f->stamp };
		engine_receive(&s->engine, f->source, &a, &now);
	}
}
