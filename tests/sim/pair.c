/* SPDX-License-Identifier: ISC */
/* pair.c - the world of two gateways: both, and the LAN between them. */
#include "pair.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS 1000000000
#define KEY 7
#define OTHER_LUCK 500 /* what seeds of the other side are ahead by */
#define CLOCK_OFF 0.15 /* s, each, one to either side */
#define CRYSTAL_OFF 20e-6
#define APART_LOOK_S 16.0

static void
name(char *out, size_t size, unsigned side)
{
	snprintf(out, size, "gate-%c", side == 0 ? 'a' : 'b');
}

static struct addr
address(unsigned side)
{
	uint8_t ip[4] = { 10, 0, 9, (uint8_t)(1 + side) };
	struct addr a = addr_v4(ip);

	a.port = NTP_PORT;
	return a;
}

/* One of the two; a fifth server makes a network of five. */
static struct sim *
gateway(struct trial *t, unsigned nth, const char *net, const char *osc)
{
	struct sim *s = sim_new(t, nth);
	struct sim_server fifth;

	sim_network(s, net);
	fifth = s->server[1];
	sim_add(s, fifth);
	sim_oscillator(s, osc);
	s->osc.frequency += CRYSTAL_OFF;
	s->wrong_start = CLOCK_OFF;
	s->conf.poll_max_s = 4096;
	name(s->conf.name, sizeof(s->conf.name), 0);
	return s;
}

struct sim *
pair_alone(struct trial *t, unsigned nth, const char *net, const char *osc)
{
	return gateway(t, nth, net, osc);
}

static void
marry(struct pair *p, unsigned side)
{
	struct sim *s = p->side[side];
	struct sibling_conf *c = &s->conf.sibling;
	struct prefix lan = { address(0), 24 };

	s->pair = p;
	s->side = side;
	s->keys.count = 1;
	s->keys.key[0] = (struct auth_key){ .id = KEY,
		.type = AUTH_AES128CMAC,
		.secret_len = 16,
		.secret = "sixteen octets!" };
	name(s->conf.name, sizeof(s->conf.name), side);
	name(c->host, sizeof(c->host), 1 - side);
	c->on = true;
	c->addrs = 1;
	c->addr[0] = address(1 - side);
	c->key_id = KEY;
	access_add(&p->server[side].access, &lan, true);
	p->server[side].keys = s->keys;
	p->server[side].sibling = *c;
}

struct pair *
pair_new(struct trial *t, unsigned nth, const char *net, const char *osc)
{
	struct pair *p = calloc(1, sizeof(*p));

	if (p == NULL)
		abort();
	p->trial = t;
	rng_init(&p->rng, t->seed * 1000 + nth + 900);
	p->link = (struct pair_link){ .delay = 0.1e-3, .jitter = 50e-6 };
	for (unsigned i = 0; i < 2; i++) {
		p->address[i] = address(i);
		p->side[i] = gateway(t, nth + i * OTHER_LUCK, net, osc);
		p->side[i]->fate = SIM_DEAD; /* not yet there */
		marry(p, i);
	}
	p->side[1]->osc.frequency -= 2 * CRYSTAL_OFF;
	p->side[1]->wrong_start = -CLOCK_OFF;
	p->side[1]->raw_offset = 777777LL * NS;
	return p;
}

void
pair_free(struct pair *p)
{
	unsigned day = pair_packets_day(p);

	expect(p->trial, day <= p->side[0]->conf.budget_day,
	    "%u packets of the site in a day, budget %u", day,
	    p->side[0]->conf.budget_day);
	sim_free(p->side[0]);
	sim_free(p->side[1]);
	free(p);
}

void
pair_conf(struct pair *p, void (*change)(struct engine_conf *c))
{
	change(&p->side[0]->conf);
	change(&p->side[1]->conf);
}

void
pair_servers(struct pair *p, void (*change)(struct sim_server *v))
{
	sim_all(p->side[0], change);
	sim_all(p->side[1], change);
}

/* ---- the LAN ---- */

static void
put(struct pair *p, const struct pair_flight *f)
{
	for (unsigned i = 0; i < PAIR_FLIGHTS; i++)
		if (!p->flight[i].flying) {
			p->flight[i] = *f;
			return;
		}
	expect(p->trial, false, "too many packets on the LAN");
}

/* All draws are made, so that worlds that differ in the link stay
 * comparable. */
static void
fly(struct pair *p, struct pair_flight *f)
{
	const struct pair_link *l = &p->link;
	double delay = l->delay + l->jitter * rng_exponential(&p->rng);
	bool lost = rng_uniform(&p->rng) < l->loss;
	bool twice = rng_uniform(&p->rng) < l->twice;
	bool late = rng_uniform(&p->rng) < l->late_chance;
	double again = delay + l->jitter * rng_exponential(&p->rng);

	if (l->cut || lost)
		return;
	f->flying = true;
	f->at = p->now + llrint((delay + (late ? l->late : 0)) * NS);
	put(p, f);
	f->at = p->now + llrint(again * NS);
	if (twice)
		put(p, f);
}

void
pair_ask(struct sim *s, const struct engine_order *o)
{
	struct pair *p = s->pair;
	struct pair_flight f = { .question = true, .len = o->len };
	struct now now = sim_now(s);

	engine_sent(&s->engine, ENGINE_SIBLING, now.mono);
	if (p == NULL)
		return;
	expect(p->trial, addr_equal(&o->to, &p->address[1 - s->side]),
	    "the sibling is asked at its address");
	p->now = s->now;
	f.to = 1 - s->side;
	memcpy(f.pkt, o->pkt, o->len);
	fly(p, &f);
}

/* What side 1 says, if it is mad. */
static void
craze(struct pair *p, uint8_t *field)
{
	struct link_word w;

	if (!link_read(&w, field))
		return;
	p->mad(p, &w);
	link_write(&w, field);
	link_stamp(field, w.came, w.left);
}

/* Answers of long ago, as whoever listens on the LAN could send them. */
static void
replay(struct pair *p, const struct pair_flight *f)
{
	unsigned k = p->replays % PAIR_REPLAYS;
	struct pair_flight old = *f;

	if (p->replays >= PAIR_REPLAYS) {
		old.len = p->replay_len[k];
		memcpy(old.pkt, p->replay_pkt[k], old.len);
		fly(p, &old);
	} else {
		p->replay_len[k] = f->len;
		memcpy(p->replay_pkt[k], f->pkt, f->len);
	}
	p->replays++;
}

static bool
has_news(const struct pair_flight *f)
{
	struct packet_tail tail = packet_tail_read(f->pkt, f->len);
	const uint8_t *field = link_find(f->pkt, &tail);

	return field != NULL && link_news(field);
}

/* The reply of the server of that side, as its workers make it; 0: none. */
static size_t
answer(struct pair *p, const struct pair_flight *f, uint8_t *reply)
{
	struct sim *s = p->side[f->to];
	struct now now = sim_now(s);
	double shift = f->to == 1 ? p->mad_served : 0;
	struct server_request q = { .pkt = f->pkt,
		.len = f->len,
		.from = p->address[1 - f->to],
		.to = p->address[f->to],
		.t2 = wall_add(f->wall, shift),
		.word = s->word,
		.came = f->stamp,
		.left = now.mono };
	const struct auth_key *key = &s->keys.key[0];
	size_t len = 0;

	if (server_reply(&p->server[f->to], &s->served, &q,
		wall_add(now.wall, shift), reply, &len) != SERVER_SIBLING)
		return len;
	if (has_news(f))
		engine_poked(&s->engine, &now);
	if (f->to != 1 || p->mad == NULL)
		return len;
	craze(p, reply + PACKET_SIZE);
	return auth_sign(key, reply, len - auth_mac_len(key), PACKET_MAX);
}

static void
asked(struct pair *p, const struct pair_flight *f)
{
	struct pair_flight back = { .to = 1 - f->to };

	back.len = answer(p, f, back.pkt);
	expect(p->trial, back.len <= f->len, "the link amplifies");
	if (back.len == 0)
		return;
	if (f->to == 1 && p->replay)
		replay(p, &back);
	fly(p, &back);
}

static void
answered(struct pair *p, const struct pair_flight *f)
{
	struct sim *s = p->side[f->to];
	struct now now = sim_now(s);
	struct arrival a = { .pkt = f->pkt,
		.len = f->len,
		.from = p->address[1 - f->to],
		.at = f->stamp };

	engine_receive(&s->engine, ENGINE_SIBLING, &a, &now);
}

/* What has come; to a dead gateway nothing comes, and a frozen one looks
 * later. */
static void
deliver(struct pair *p)
{
	for (unsigned i = 0; i < PAIR_FLIGHTS; i++) {
		struct pair_flight *f = &p->flight[i], one;
		struct sim *s = p->side[f->to];

		if (!f->flying || f->at > p->now)
			continue;
		if (!f->arrived) {
			f->stamp = sim_raw(s);
			f->wall = sim_now(s).wall;
			f->arrived = true;
		}
		f->flying = s->fate == SIM_FROZEN;
		if (s->fate != SIM_ALIVE)
			continue;
		one = *f;
		if (one.question)
			asked(p, &one);
		else
			answered(p, &one);
		sim_drain(s);
	}
}

static int64_t
next_flight(const struct pair *p)
{
	int64_t at = INT64_MAX;

	for (unsigned i = 0; i < PAIR_FLIGHTS; i++) {
		const struct pair_flight *f = &p->flight[i];

		if (f->flying && !f->arrived && f->at < at)
			at = f->at;
	}
	return at > p->now ? at : p->now;
}

/* ---- both ---- */

/* When side i is the next to do something; a gateway may begin its life. */
static int64_t
next_of(struct pair *p, unsigned i, int64_t end)
{
	struct sim *s = p->side[i];
	int64_t begins = llrint(p->begins[i] * NS);

	if (!s->started && p->now >= begins) {
		s->fate = SIM_ALIVE;
		sim_begin(s);
	}
	if (!s->started && begins < end)
		end = begins;
	return sim_next(s, end);
}

void
pair_run(struct pair *p, double seconds)
{
	int64_t end = p->now + llrint(seconds * NS);

	while (p->now < end) {
		int64_t a = next_of(p, 0, end), b = next_of(p, 1, end);
		int64_t next = a < b ? a : b, flight = next_flight(p);

		p->now = next < flight ? next : flight;
		sim_advance(p->side[0], p->now);
		sim_advance(p->side[1], p->now);
		deliver(p);
	}
}

double
pair_apart(struct pair *p, double seconds)
{
	int64_t end = p->now + llrint(seconds * NS);
	double most = 0;

	while (p->now < end) {
		double left = (double)(end - p->now) / NS;

		pair_run(p, fmin(left, APART_LOOK_S));
		most = fmax(most,
		    fabs(sim_error(p->side[0]) - sim_error(p->side[1])));
	}
	return most;
}

unsigned
pair_packets(const struct pair *p, int i, double from, double to)
{
	return sim_packets(p->side[0], i, from, to) +
	    sim_packets(p->side[1], i, from, to);
}

unsigned
pair_packets_day(const struct pair *p)
{
	const struct sim_sent *a = p->side[0]->sent, *b = p->side[1]->sent;
	unsigned most = 0;

	/* a window of 24 hours that ends with a packet of either */
	for (unsigned k = 0; k < p->side[0]->sents + p->side[1]->sents; k++) {
		double t =
		    k < p->side[0]->sents ? a[k].t : b[k - p->side[0]->sents].t;
		unsigned n = pair_packets(p, -1, t - DAY, t) + 1;

		most = n > most ? n : most;
	}
	return most;
}
