/* SPDX-License-Identifier: ISC */
/* sim.c - true time, our clock, and the owner of the engine. */
#include "sim.h"

#include "pair.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS 1000000000
#define TAI_UTC 37
#define DATE 1830000000	 /* 2027-12-28 */
#define BUILT 1770000000 /* 2026-02-02 */
#define LOOK_S 16.0	 /* from one sample to the next */
#define LATENCY_NS 1e6	 /* of a wake-up, at most */
#define ORDERS 100	 /* at one instant: more is a spin */

struct sim *
sim_new(struct trial *t, unsigned nth)
{
	struct sim *s = calloc(1, sizeof(*s));
	uint64_t seed = t->seed * 1000 + nth;

	if (s == NULL)
		abort();
	s->trial = t;
	rng_init(&s->net, seed + 100);
	rng_init(&s->luck, seed + 200);
	osc_init(&s->osc, seed);
	s->fine_until = 10 * MINUTE;
	s->raw_offset = 1000LL * NS;
	s->conf = (struct engine_conf){ .poll_min_s = 1024,
		.poll_max_s = 4096,
		.accuracy_s = 5e-3,
		.budget_day = 640,
		.step_limit_s = 1,
		.slew = 500e-6,
		.built = { (int64_t)BUILT * NS },
		.boot = 1 };
	s->leap.count = 1;
	s->leap.line[0].at = 1483228800; /* 2017-01-01, the latest so far */
	s->leap.line[0].tai = TAI_UTC;
	sim_date(s, DATE, 2.0);
	return s;
}

void
sim_free(struct sim *s)
{
	judge_courtesy(s);
	free(s->sample);
	free(s->sent);
	free(s->said);
	free(s);
}

void
sim_date(struct sim *s, int64_t unix_s, double wrong)
{
	s->begin_tai = (unix_s + TAI_UTC) * NS;
	s->wrong_start = wrong;
	s->leap.expires = unix_s + 200 * 86400;
}

void
sim_leap(struct sim *s, int64_t at, int sign)
{
	s->leap.line[1].at = at;
	s->leap.line[1].tai = TAI_UTC + sign;
	s->leap_sign = sign;
	s->leap.count = 2;
	s->leap_at = (double)(at + TAI_UTC - s->begin_tai / NS);
}

bool
sim_oscillator(struct sim *s, const char *name)
{
	/* error, wander, daily sine, flicker, daily step */
	static const struct {
		const char *name;
		double frequency, wander, sine, flicker, step;
	} known[] = {
		{ "w10", 30e-6, 1e-10, 0, 0, 0 },
		{ "w9", 30e-6, 1e-9, 0, 0, 0 },
		{ "w8", 30e-6, 1e-8, 0, 0, 0 },
		{ "w9t", 30e-6, 1e-9, 0.5e-6, 0, 0 },
		{ "w10t", 30e-6, 1e-10, 0.5e-6, 0, 0 },
		{ "w9f", 30e-6, 1e-9, 0, 2e-8, 0 },
		{ "w9s", 30e-6, 1e-9, 0, 0, 1e-6 },
		{ "w10s", 30e-6, 1e-10, 0, 0, 1e-6 },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].name, name) == 0) {
			s->osc.frequency = known[i].frequency;
			s->osc.wander = known[i].wander;
			s->osc.sine = known[i].sine;
			s->osc.flicker = known[i].flicker;
			s->osc.daily_step = known[i].step;
			return true;
		}
	return false;
}

static int64_t
raw_at(const struct sim *s, int64_t t)
{
	return s->raw_offset + t +
	    llrint(osc_ahead(&s->osc, (double)t / NS) * NS);
}

static int64_t
wall_at(const struct sim *s, int64_t raw)
{
	double since = (double)(raw - s->line_raw);

	return s->line_wall + (raw - s->line_raw) +
	    llrint(since * s->line_rate + s->line_part);
}

/* The line goes on from here, the fraction of a nanosecond with it. */
static void
anchor(struct sim *s)
{
	int64_t raw = raw_at(s, s->now);
	double since = (double)(raw - s->line_raw);
	double gained = since * s->line_rate + s->line_part;
	int64_t whole = llrint(gained);

	s->line_wall += raw - s->line_raw + whole;
	s->line_part = gained - (double)whole;
	s->line_raw = raw;
}

int64_t
sim_utc_at(const struct sim *s, int64_t t)
{
	double leap_s = s->leap_at;
	int64_t utc = s->begin_tai + t - (int64_t)TAI_UTC * NS;

	if (leap_s != 0 && t >= llrint((leap_s + s->leap_sign) * NS))
		utc -= s->leap_sign * NS;
	return utc;
}

double
sim_time(const struct sim *s)
{
	return (double)s->now / NS;
}

struct wall
sim_truth(const struct sim *s)
{
	return (struct wall){ sim_utc_at(s, s->now) };
}

double
sim_error(struct sim *s)
{
	int64_t wall = wall_at(s, raw_at(s, s->now));

	return (double)(sim_utc_at(s, s->now) - wall) / NS;
}

struct mono
sim_raw(const struct sim *s)
{
	return (struct mono){ raw_at(s, s->now) };
}

struct now
sim_now(struct sim *s)
{
	int64_t raw = raw_at(s, s->now);

	return (struct now){ .mono = { raw },
		.wall = { wall_at(s, raw) },
		.asleep_ns = s->asleep,
		.chance = rng_u64(&s->luck) };
}

static void
take_changes(struct sim *s)
{
	struct engine_change c;

	while (engine_take_change(&s->engine, &c))
		judge_say(s, &c);
}

/* To the disk of this world, as the next record and its witness. */
static void
book(struct sim *s, const struct now *now)
{
	bool known = s->engine.state == ENGINE_SYNCED;
	struct ledger_stamp stamp = { .sequence = ++s->sequence,
		.boot = s->conf.boot,
		.now = now->mono,
		.wall = { known ? now->wall.ns : 0 } };
	uint8_t *at = s->ring + s->sequence % LEDGER_RING * LEDGER_RECORD;

	ledger_record_write(&s->engine.ledger, &stamp, at);
	memcpy(s->witness, at, LEDGER_RECORD);
	engine_booked(&s->engine, true, now);
}

/* To the workers, who answer clients. */
static void
publish(struct sim *s, const struct now *now)
{
	s->served = s->engine.serving;
	if (s->conf.sibling.on)
		engine_word(&s->engine, now, s->word);
}

static void
carry_out(struct sim *s, const struct engine_order *o)
{
	struct now now = sim_now(s);

	switch (o->want) {
	case ENGINE_BOOK:
		book(s, &now);
		break;
	case ENGINE_SEND:
		if (o->source == ENGINE_SIBLING)
			pair_ask(s, o);
		else
			net_ask(s, o);
		break;
	case ENGINE_STEP:
		anchor(s);
		s->line_wall += llrint(o->amount * NS);
		s->steps++;
		s->stepped += fabs(o->amount);
		break;
	case ENGINE_RATE:
		anchor(s);
		s->line_rate = o->amount;
		s->rate_changes++;
		break;
	case ENGINE_PUBLISH:
		publish(s, &now);
		break;
	case ENGINE_SAVE:
		s->saved_len = engine_write(&s->engine, &now, s->saved);
		break;
	case ENGINE_REST:
		break;
	}
}

static void
drain(struct sim *s)
{
	struct engine_order o;
	struct now now;

	for (unsigned n = 0; n < ORDERS; n++) {
		now = sim_now(s);
		o.want = ENGINE_REST;
		if (engine_poll(&s->engine, &now, &o) == ENGINE_REST) {
			take_changes(s);
			return;
		}
		carry_out(s, &o);
		take_changes(s);
	}
	expect(s->trial, false, "the engine never rests (want %d, t %.3f s)",
	    (int)o.want, sim_time(s));
	abort();
}

static void
open_ledger(struct sim *s, const struct now *now)
{
	struct ledger_stamp stamp = { .boot = s->conf.boot, .now = now->mono };
	size_t ring = s->sequence > 0 ? sizeof(s->ring) : 0;
	size_t witness = s->sequence > 0 ? sizeof(s->witness) : 0;
	bool new_boot;

	ledger_record_read(&s->engine.ledger, s->ring, ring, s->witness,
	    witness, &stamp, &s->sequence, &new_boot);
	engine_opened(&s->engine, new_boot, false, now);
}

static void
begin_life(struct sim *s)
{
	struct now now = sim_now(s);

	engine_init(&s->engine, &s->conf, &s->keys, &s->leap, &now);
	open_ledger(s, &now);
	publish(s, &now);
	take_changes(s);
}

/* A segment of the crystal that holds the present. */
static void
segment(struct sim *s)
{
	while (llrint(s->osc.end * NS) <= s->now)
		osc_advance(&s->osc, s->osc.end < s->fine_until ? 1.0 : LOOK_S);
}

static void
start(struct sim *s)
{
	segment(s);
	s->conf.count = s->servers;
	for (unsigned i = 0; i < s->servers; i++) {
		s->address[i] = s->conf.server[i].addr;
		if (s->server[i].unnamed)
			s->conf.server[i].addr.family = ADDR_NONE;
	}
	s->line_raw = raw_at(s, s->now);
	s->line_wall = sim_utc_at(s, s->now) - (int64_t)(s->wrong_start * NS);
	begin_life(s);
	drain(s);
	s->started = true;
}

/* The true instant, not before now, at which raw reaches due; past the
 * segment it is only known to be later. */
static int64_t
wake_at(const struct sim *s, int64_t due, int64_t limit)
{
	int64_t raw = raw_at(s, s->now), t;

	if (due <= raw)
		return s->now;
	/* half again for a crystal that is far off */
	if (due - raw > (limit - s->now) * 3 / 2 + NS)
		return limit + 1;
	t = s->now + (due - raw);
	for (int i = 0; i < 4 && t <= limit + NS; i++)
		t += due - raw_at(s, t);
	while (t <= limit && raw_at(s, t) < due)
		t++;
	return t;
}

static void
wake(struct sim *s)
{
	s->spins = s->polled == s->now ? s->spins + 1 : 0;
	s->polled = s->now;
	s->wakes++;
	if (s->spins > ORDERS) {
		expect(s->trial, false,
		    "engine_next() is never in the future (t %.3f s)",
		    sim_time(s));
		abort();
	}
	drain(s);
}

void
sim_begin(struct sim *s)
{
	s->polled = -1;
	s->latency = LATENCY_NS * rng_uniform(&s->luck);
	s->spins = 0;
	if (!s->started)
		start(s);
}

int64_t
sim_next(struct sim *s, int64_t end)
{
	int64_t limit, flight, next;

	if (llrint(s->osc.end * NS) <= s->now) {
		if (s->fate != SIM_DEAD)
			sim_look(s);
		segment(s);
	}
	limit = llrint(s->osc.end * NS);
	limit = limit < end ? limit : end;
	s->woken = INT64_MAX;
	if (s->fate == SIM_ALIVE)
		s->woken = wake_at(s, engine_next(&s->engine).ns, limit);
	if (s->woken > s->now && s->woken <= limit)
		s->woken += llrint(s->latency);
	flight = net_next(s);
	next = s->woken < flight ? s->woken : flight;
	return next < limit ? next : limit;
}

void
sim_drain(struct sim *s)
{
	s->wakes++;
	drain(s);
}

void
sim_advance(struct sim *s, int64_t to)
{
	bool woken = s->woken <= to;

	s->now = to;
	if (net_arrive(s) && s->fate == SIM_ALIVE) {
		net_deliver(s);
		sim_drain(s);
	}
	if (woken) {
		wake(s);
		s->latency = LATENCY_NS * rng_uniform(&s->luck);
	}
}

void
sim_run(struct sim *s, double seconds)
{
	int64_t end = s->now + llrint(seconds * NS);

	sim_begin(s);
	while (s->now < end)
		sim_advance(s, sim_next(s, end));
}

/* Time passes and nobody is there to see it; what flew is lost. */
static void
pass(struct sim *s, double seconds)
{
	memset(s->flight, 0, sizeof(s->flight));
	s->now += llrint(seconds * NS);
	segment(s);
}

void
sim_suspend(struct sim *s, double seconds, double rtc_error, bool line)
{
	int64_t raw;

	anchor(s);
	raw = raw_at(s, s->now);
	pass(s, seconds);
	s->raw_offset += raw - raw_at(s, s->now);
	s->asleep += llrint((seconds + rtc_error) * NS);
	if (!line)
		s->line_wall += llrint((seconds + rtc_error) * NS);
}

void
sim_stop(struct sim *s)
{
	struct now now = sim_now(s);

	s->saved_len = engine_write(&s->engine, &now, s->saved);
	s->fate = SIM_DEAD;
	memset(s->flight, 0, sizeof(s->flight));
}

void
sim_restart(struct sim *s, struct sim_restart how)
{
	struct now now;
	struct err err;

	if (s->fate != SIM_DEAD)
		sim_stop(s);
	anchor(s);
	pass(s, how.down);
	if (how.reboot) {
		s->conf.boot++;
		s->raw_offset -= raw_at(s, s->now) - 20LL * NS;
		s->line_rate = 0;
		s->line_raw = raw_at(s, s->now);
		s->line_wall = sim_utc_at(s, s->now) - llrint(how.wrong * NS);
	}
	s->life++;
	s->fate = SIM_ALIVE;
	s->fine_until = sim_time(s) + 10 * MINUTE;
	begin_life(s);
	now = sim_now(s);
	if (!how.cold)
		expect(s->trial,
		    engine_read(&s->engine, s->saved, s->saved_len, &now,
			&err) == 0,
		    "the state of before is taken (%s)", err.text);
	drain(s);
}
