/* SPDX-License-Identifier: ISC */
#include "crowd.h"

#include "core/packet.h"
#include "unit.h"

#include <math.h>
#include <string.h>

#define HOUR_NS INT64_C(3600000000000)

const struct crowd_kind crowd_chronyd = { .version = 4,
	.mode = MODE_CLIENT,
	.port = CROWD_FRESH_PORT,
	.burst = 4,
	.burst_gap_s = 2,
	.poll_s = 64,
	.poll_max_s = 1024,
	.says_poll = true,
	.jitter = 0.02 };
const struct crowd_kind crowd_ntpd = { .version = 4,
	.mode = MODE_CLIENT,
	.origin = CROWD_ORIGIN_CHAIN,
	.true_stamps = true,
	.burst = 8,
	.burst_gap_s = 2,
	.poll_s = 64,
	.poll_max_s = 1024,
	.says_poll = true,
	.jitter = 0.04 };
const struct crowd_kind crowd_timesyncd = { .version = 4,
	.mode = MODE_CLIENT,
	.poll_s = 32,
	.poll_max_s = 2048,
	.jitter = 0.01 };
const struct crowd_kind crowd_w32time = { .version = 3,
	.mode = MODE_CLIENT,
	.origin = CROWD_ORIGIN_CHAIN,
	.true_stamps = true,
	.poll_s = 32768,
	.says_poll = true };
const struct crowd_kind crowd_w32time_peer = { .version = 3,
	.mode = MODE_SYMMETRIC_ACTIVE,
	.origin = CROWD_ORIGIN_CHAIN,
	.true_stamps = true,
	.poll_s = 32768,
	.says_poll = true };
const struct crowd_kind crowd_busybox = { .version = 4,
	.mode = MODE_CLIENT,
	.port = CROWD_FRESH_PORT,
	.burst = 8,
	.burst_gap_s = 2,
	.poll_s = 32,
	.poll_max_s = 4096,
	.jitter = 0.06 };
const struct crowd_kind crowd_check_ntp = { .version = 4,
	.mode = MODE_CLIENT,
	.port = CROWD_FRESH_PORT,
	.true_stamps = true,
	.each = 4,
	.poll_s = 60,
	.deaf = true };
const struct crowd_kind crowd_ntpdate = { .version = 4,
	.mode = MODE_CLIENT,
	.true_stamps = true,
	.each = 4,
	.poll_s = 3600,
	.deaf = true };
/* What the cron job of the story leaves behind. */
const struct crowd_kind crowd_daemon = { .version = 3,
	.mode = MODE_CLIENT,
	.origin = CROWD_ORIGIN_RANDOM,
	.poll_s = 64,
	.says_poll = true,
	.jitter = 0.01,
	.deaf = true };
const struct crowd_kind crowd_daemon_fresh = { .version = 3,
	.mode = MODE_CLIENT,
	.port = CROWD_FRESH_PORT,
	.origin = CROWD_ORIGIN_RANDOM,
	.poll_s = 64,
	.says_poll = true,
	.jitter = 0.01,
	.deaf = true };

struct mono
crowd_mono(const struct crowd *w)
{
	return (struct mono){ 5 * HOUR_NS + (int64_t)(w->t_s * 1e9) };
}

/* 2026-09-21 08:00 UTC and on. */
struct wall
crowd_wall(const struct crowd *w)
{
	return (struct wall){ 497216 * HOUR_NS + (int64_t)(w->t_s * 1e9) };
}

void
crowd_init(struct crowd *w)
{
	static _Alignas(64) uint8_t mem[2 * CLIENTS_LEAST];
	static const uint8_t key[CLIENTS_KEY] = "a key of tests";

	memset(w, 0, sizeof(*w));
	memset(mem, 0, sizeof(mem));
	rng_init(&w->rng, unit_seed);
	limiter_init(&w->limiter, (struct limit){ 8, 16 }, true);
	w->table = clients_init(mem, sizeof(mem), key, crowd_mono(w));
}

/* The soonest stands first. */
static void
sink(struct crowd *w, unsigned at)
{
	for (;;) {
		unsigned least = at;

		for (unsigned i = 2 * at + 1; i <= 2 * at + 2; i++)
			if (i < w->count &&
			    w->client[i].next_s < w->client[least].next_s)
				least = i;
		if (least == at)
			return;
		struct crowd_client c = w->client[at];

		w->client[at] = w->client[least];
		w->client[least] = c;
		at = least;
	}
}

static uint16_t
any_port(struct crowd *w)
{
	return (uint16_t)(32768 + rng_u64(&w->rng) % 28232);
}

void
crowd_add(struct crowd *w, const struct crowd_kind *k, const char *addr,
    double start_s)
{
	struct crowd_client *c = &w->client[w->count++];

	CU_ASSERT_FATAL(w->count <= CROWD_MOST);
	*c = (struct crowd_client){ .next_s = start_s,
		.kind = k,
		.poll_s = k->poll_s,
		.ahead_s = 0.005 * rng_normal(&w->rng),
		.left = k->burst > 0 ? k->burst : k->each };
	CU_ASSERT_TRUE_FATAL(addr_parse(&c->addr, addr));
	c->addr.port = (uint16_t)(1024 + 11 * w->count);
	for (unsigned i = w->count; i > 0; i--)
		sink(w, i - 1);
}

static void
put64(uint8_t *p, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> (56 - 8 * i));
}

enum clients_verdict
crowd_ask(struct crowd *w, const struct addr *from, const uint8_t *pkt,
    size_t len)
{
	struct clients_request r = { .from = from,
		.hash = clients_hash_of(w->table, from),
		.now = crowd_mono(w),
		.arrival = crowd_wall(w),
		.pkt = pkt,
		.len = len };

	return clients_hear(w->table, &w->limiter, &r);
}

static void
ask(struct crowd *w, struct crowd_client *c)
{
	const struct crowd_kind *k = c->kind;
	struct wall now = crowd_wall(w);
	uint8_t pkt[PACKET_SIZE] = { (uint8_t)(k->version << 3 | k->mode) };

	if (k->port == CROWD_FRESH_PORT)
		c->addr.port = any_port(w);
	if (k->says_poll)
		pkt[2] = (uint8_t)(log2(c->poll_s) + 0.5);
	if (k->origin == CROWD_ORIGIN_RANDOM)
		put64(pkt + 24, rng_u64(&w->rng));
	else if (k->origin == CROWD_ORIGIN_CHAIN)
		put64(pkt + 24, c->answer);
	put64(pkt + 40,
	    k->true_stamps ? ntp64_from_wall(wall_add(now, c->ahead_s)).v :
			     rng_u64(&w->rng));
	enum clients_verdict v = crowd_ask(w, &c->addr, pkt, sizeof(pkt));

	w->asked++;
	if (v == CLIENTS_ANSWER) {
		w->answered++;
		c->answer = ntp64_from_wall(now).v;
	} else if (v == CLIENTS_KISS) {
		w->kissed++;
		if (!k->deaf) {
			c->left = 0;
			c->poll_s = fmin(c->poll_s * 2, 32768);
		}
	}
}

static double
step(struct crowd *w, struct crowd_client *c)
{
	const struct crowd_kind *k = c->kind;
	double poll = c->poll_s;

	if (c->left > 1) {
		c->left--;
		return k->burst_gap_s > 0 ? k->burst_gap_s : 0.02;
	}
	c->left = k->each;
	if (c->poll_s < k->poll_max_s && rng_uniform(&w->rng) < 0.2)
		c->poll_s *= 2;
	if (k->each > 1)
		poll -= (k->each - 1) * 0.02;
	return poll * (1 + k->jitter * (2 * rng_uniform(&w->rng) - 1));
}

void
crowd_run(struct crowd *w, double t_s)
{
	while (w->count > 0 && w->client[0].next_s <= t_s) {
		struct crowd_client *c = &w->client[0];

		w->t_s = c->next_s;
		ask(w, c);
		c->next_s += step(w, c);
		sink(w, 0);
	}
	w->t_s = t_s;
}

bool
crowd_diagnose(const struct crowd *w, const char *addr, struct diagnosis *d)
{
	struct clients_view v;
	struct addr a;

	memset(d, 0, sizeof(*d));
	CU_ASSERT_TRUE_FATAL(addr_parse(&a, addr));
	if (!clients_find(w->table, &a, crowd_mono(w), &v))
		return false;
	diagnose(&v, d);
	return true;
}
