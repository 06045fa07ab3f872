/* SPDX-License-Identifier: ISC */
#include "core/clients.h"

#include "core/clients_parts.h"
#include "core/packet.h"

#include <assert.h>
#include <string.h>

#define FULL 0.985	      /* above it nothing is moved to make room */
#define PASSER_BY 8	      /* who asked once is so much older */
#define SUSPECT_KEEP_S 3600.0 /* then its entry may go */
#define TRIES 8		      /* records looked at to find one for a suspect */
#define ODD 8		      /* bad origins, or requests over the limit */

/* ------------------------------------------------------------ an entry */

union slot {
	struct clients_entry e;
	uint64_t word[CLIENTS_WORDS];
};

_Static_assert(sizeof(struct clients_entry) == 8 * CLIENTS_WORDS, "no gaps");

/* Where an entry is, and a copy of it. */
struct found {
	struct clients_bucket *bucket;
	unsigned way;
	union slot s;
};

static void
load(struct found *f)
{
	for (unsigned i = 0; i < CLIENTS_WORDS; i++)
		f->s.word[i] = PEEK(f->bucket->word[f->way][i]);
}

static void
store(const struct found *f)
{
	struct clients_bucket *b = f->bucket;
	uint32_t sequence = PEEK(b->sequence);

	POKE(b->sequence, sequence + 1);
	atomic_thread_fence(memory_order_release);
	for (unsigned i = 0; i < CLIENTS_WORDS; i++)
		POKE(b->word[f->way][i], f->s.word[i]);
	atomic_store_explicit(&b->sequence, sequence + 2, memory_order_release);
}

static inline bool
find_in(struct clients_bucket *b, uint16_t tag, const uint64_t ip[2],
    struct found *f)
{
	for (unsigned half = 0; half < 2; half++) {
		uint64_t m = clients_matches(PEEK(b->tag[half]), tag);

		for (; m != 0; m &= m - 1) {
			f->bucket = b;
			f->way = half * 4 + (unsigned)__builtin_ctzll(m) / 16;
			if (PEEK(b->word[f->way][0]) == ip[0] &&
			    PEEK(b->word[f->way][1]) == ip[1])
				return true;
		}
	}
	return false;
}

/* ----------------------------------------------------------- a new entry */

/* A free way of the bucket, or CLIENTS_WAYS. */
static unsigned
free_way(const struct clients_bucket *b)
{
	for (unsigned half = 0; half < 2; half++) {
		uint64_t m = clients_matches(PEEK(b->tag[half]), 0);

		/* The lowest mark is always a true one. */
		if (m != 0)
			return half * 4 + (unsigned)__builtin_ctzll(m) / 16;
	}
	return CLIENTS_WAYS;
}

static unsigned
used_ways(const struct clients_bucket *b)
{
	unsigned used = 0;

	for (unsigned way = 0; way < CLIENTS_WAYS; way++)
		used += clients_tag(b, way) != 0;
	return used;
}

/* Moves an entry of bucket b to where it may be else, if there is room. */
static bool
make_room(struct clients *c, uint32_t b, struct found *f)
{
	struct clients_bucket *from = clients_bucket(c, b);

	for (unsigned way = 0; way < CLIENTS_WAYS; way++) {
		uint16_t tag = clients_tag(from, way);
		struct clients_bucket *to =
		    clients_bucket(c, clients_other(c, b, tag));
		unsigned room = free_way(to);

		if (to == from || room == CLIENTS_WAYS)
			continue;
		f->bucket = from;
		f->way = way;
		load(f);
		f->bucket = to;
		f->way = room;
		store(f);
		clients_set_tag(to, room, tag);
		f->bucket = from;
		f->way = way;
		return true;
	}
	return false;
}

/* How dispensable an entry is. */
static double
age_of(const struct clients *c, const struct clients_entry *e, double t_s)
{
	double age = t_s - (double)(e->when & CLIENTS_LAST) * 1.024e-6;

	if (e->suspect != 0 && age < SUSPECT_KEEP_S) {
		const struct suspect *s = clients_suspect(c, e->suspect - 1u);

		if (PEEK(s->ip[0]) == e->ip[0] && PEEK(s->ip[1]) == e->ip[1])
			return -1;
	}
	return e->requests <= 1 ? age * PASSER_BY : age;
}

static void
find_oldest(const struct clients *c, const struct clients_place *p, double t_s,
    struct found *f)
{
	double oldest = -2;

	for (unsigned i = 0; i < 2 * CLIENTS_WAYS; i++) {
		struct found g = { .bucket = clients_bucket(c,
				       p->bucket[i / CLIENTS_WAYS]),
			.way = i % CLIENTS_WAYS };

		load(&g);
		double age = age_of(c, &g.s.e, t_s);

		if (age > oldest) {
			oldest = age;
			*f = g;
		}
	}
}

/*
 * Room for a new address: in the first of its two buckets, so that one place
 * in memory is enough to find it, and once that is half full in the emptier.
 */
static void
find_room(struct clients *c, const struct clients_place *p, double t_s,
    struct found *f)
{
	struct clients_bucket *a = clients_bucket(c, p->bucket[0]);
	struct clients_bucket *b = clients_bucket(c, p->bucket[1]);
	uint64_t hosts = PEEK(c->hosts);

	unsigned used = used_ways(a);

	f->bucket = used < CLIENTS_WAYS / 2 || used <= used_ways(b) ? a : b;
	f->way = free_way(f->bucket);
	if (f->way < CLIENTS_WAYS) {
		POKE(c->hosts, hosts + 1);
		return;
	}
	/* Where nearly all is full, looking for room is the attack's work. */
	if ((double)hosts < FULL * (double)clients_slots(c) &&
	    (make_room(c, p->bucket[0], f) || make_room(c, p->bucket[1], f))) {
		POKE(c->hosts, hosts + 1);
		return;
	}
	find_oldest(c, p, t_s, f);
}

static void
find_or_add(struct clients *c, uint64_t hash, const uint64_t ip[2], double t_s,
    struct found *f)
{
	struct clients_place p = clients_place(c, hash);

	if (find_in(clients_bucket(c, p.bucket[0]), p.tag, ip, f) ||
	    find_in(clients_bucket(c, p.bucket[1]), p.tag, ip, f)) {
		load(f);
		return;
	}
	find_room(c, &p, t_s, f);
	clients_set_tag(f->bucket, f->way, p.tag);
	memset(&f->s, 0, sizeof(f->s));
	f->s.e.ip[0] = ip[0];
	f->s.e.ip[1] = ip[1];
	f->s.e.first_s = (uint32_t)t_s;
}

/* ------------------------------------------------------------- a request */

/* All that the steps below need. */
struct hearing {
	struct clients *c;
	const struct clients_request *r;
	const struct limit *limit;
	struct clients_entry *e;
	double t_s;
	double gap_s; /* since its last request */
	uint64_t origin;
	bool limited;
};

static uint64_t
load64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return __builtin_bswap64(v);
}

/* xorshift64*: nobody outside sees enough of it to guess. */
static uint32_t
draw(struct clients *c)
{
	uint64_t x = PEEK(c->luck);

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	POKE(c->luck, x);
	return (uint32_t)(x * UINT64_C(0x2545f4914f6cdd1d) >> 32);
}

static void
add32(uint32_t *n)
{
	*n += *n != UINT32_MAX;
}

static void
add16(uint16_t *n)
{
	*n = (uint16_t)(*n + (*n != UINT16_MAX));
}

static void
note_header(struct hearing *h)
{
	const struct clients_request *r = h->r;
	struct clients_entry *e = h->e;

	if (r->len < PACKET_SIZE)
		return;
	unsigned version = r->pkt[0] >> 3 & 7, mode = r->pkt[0] & 7;

	if (version >= 1 && version <= 4)
		e->when |= UINT64_C(1) << (CLIENTS_SEEN_VERSION + version - 1);
	e->when |= UINT64_C(1) << (CLIENTS_SEEN_MODE + mode);
	if (r->len > PACKET_SIZE && clients_ms_sntp(r->pkt, r->len))
		e->when |= UINT64_C(1) << CLIENTS_SEEN_MS_SNTP;
	h->origin = load64(r->pkt + 24);
	if (h->origin == 0)
		return;
	if (!suspect_origin_bad(h->origin, r->arrival))
		e->bad_origins =
		    (uint8_t)(e->bad_origins - (e->bad_origins != 0));
	else if (e->bad_origins != UINT8_MAX)
		e->bad_origins++;
}

static void
note_time(struct hearing *h)
{
	struct clients_entry *e = h->e;
	uint64_t last = e->when & CLIENTS_LAST;
	uint64_t now = (uint64_t)(h->t_s * (1 / 1.024e-6));

	if (e->requests == 0)
		last = now;
	if (now < last) /* stamps of one batch may be out of order */
		now = last;
	h->gap_s = (double)(now - last) * 1.024e-6;
	e->when = (e->when & ~CLIENTS_LAST) | (now & CLIENTS_LAST);
	if (e->requests != 0)
		e->rate = (float)clients_rate((double)e->rate, h->gap_s);
	add32(&e->requests);
}

static enum clients_verdict
limit(struct hearing *h, bool kod)
{
	struct clients_entry *e = h->e;
	struct limiter_state s = { e->debt_s, e->deaf };
	enum limiter_verdict v =
	    limiter_take(h->limit, kod, &s, h->gap_s, draw(h->c));

	e->debt_s = s.debt_s;
	e->deaf = s.deaf;
	h->limited = v != LIMITER_PASS;
	if (v == LIMITER_PASS || v == LIMITER_LET)
		return CLIENTS_ANSWER;
	add32(&e->limited);
	if (v == LIMITER_DROP)
		return CLIENTS_SILENCE;
	add16(&e->kisses);
	return CLIENTS_KISS;
}

/* Once in a tick is enough, and whoever was never refused has been heard with
 * each of its requests: the registers are far away in memory. */
static void
note_unique(const struct hearing *h)
{
	const struct clients_entry *e = h->e;

	if (e->requests == 1 || e->refused != 0 ||
	    !uniques_same(h->t_s - h->gap_s, h->t_s))
		uniques_hear(clients_part(h->c, h->c->uniques_at), h->r->hash,
		    h->t_s);
}

/* ----------------------------------------------------------- suspicion */

static bool
power_of_two(uint32_t n)
{
	return (n & (n - 1)) == 0;
}

/*
 * Is it time to ask for a record?  Seldom, because it costs: after 8, 16, 32
 * requests over the limit and then every 64.
 */
static bool
deserves_record(const struct hearing *h)
{
	const struct clients_entry *e = h->e;

	if (h->limited && e->limited >= ODD)
		return power_of_two(e->limited) || e->limited % 64 == 0;
	if (e->refused >= 64 && e->refused % 64 == 0)
		return e->rate > 1;
	return e->bad_origins >= ODD && e->bad_origins % ODD == 0;
}

/* Gives it the least weighty of a few records drawn by lot, if it is more. */
static void
open_record(struct hearing *h)
{
	struct clients *c = h->c;
	double least = (double)h->e->rate;
	struct suspect *victim = NULL;

	for (unsigned i = 0; i < TRIES && c->suspect_count > 0; i++) {
		size_t at = draw(c) % c->suspect_count;
		struct suspect *s = clients_suspect(c, at);
		bool empty = PEEK(s->ip[0]) == 0 && PEEK(s->ip[1]) == 0;
		double weight = empty ? -1 : suspect_weight(s, h->t_s);

		if (weight < least) {
			least = weight;
			victim = s;
			h->e->suspect = (uint16_t)(at + 1);
		}
	}
	if (victim != NULL)
		suspect_open(victim, h->e->ip, h->t_s);
}

static struct suspect *
record_of(const struct hearing *h)
{
	if (h->e->suspect == 0)
		return NULL;
	struct suspect *s = clients_suspect(h->c, h->e->suspect - 1u);

	if (PEEK(s->ip[0]) == h->e->ip[0] && PEEK(s->ip[1]) == h->e->ip[1])
		return s;
	h->e->suspect = 0; /* another's by now */
	return NULL;
}

static void
note_suspicion(struct hearing *h, bool answered)
{
	const struct clients_request *r = h->r;
	struct suspect *s = record_of(h);

	if (s == NULL && deserves_record(h)) {
		open_record(h);
		s = record_of(h);
	}
	if (s == NULL || r->len < PACKET_SIZE)
		return;
	suspect_hear(s,
	    &(struct suspect_heard){ .t_s = h->t_s,
		.wall = r->arrival,
		.port = r->from->port,
		.poll = r->pkt[2],
		.header = load64(r->pkt),
		.origin = h->origin,
		.transmit = load64(r->pkt + 40),
		.limited = h->limited,
		.refused = r->denied || r->bad,
		.answered = answered,
		.deaf = h->e->deaf,
		.allowed_per_s = 1 / h->limit->interval_s });
}

enum clients_verdict
clients_hear(struct clients *c, const struct limiter *l,
    const struct clients_request *r)
{
	struct found f;
	uint64_t ip[2];
	struct hearing h = { .c = c,
		.r = r,
		.limit = limiter_find(l, r->from),
		.e = &f.s.e,
		.t_s = clients_s(c, r->now) };
	enum clients_verdict verdict = CLIENTS_SILENCE;

	clients_ip(r->from, ip);
	find_or_add(c, r->hash, ip, h.t_s, &f);
	note_header(&h);
	note_time(&h);
	if (r->redirected)
		add16(&h.e->redirected);
	if (r->denied || r->bad) {
		add32(&h.e->refused);
		if (r->denied)
			h.e->when |= UINT64_C(1) << CLIENTS_SEEN_DENIED;
	} else {
		verdict = limit(&h, l->kod);
		note_unique(&h);
	}
	note_suspicion(&h, verdict == CLIENTS_ANSWER);
	store(&f);
	return verdict;
}
