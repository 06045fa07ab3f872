/* SPDX-License-Identifier: ISC */
#include "core/suspect.h"

#include "core/relaxed.h"

#include <math.h>

#define FAST_S 10.0
#define CALM_S 1024.0
#define FLOOD 8.0 /* requests a second, or 4 times what is allowed */
#define BUSY 0.5
#define TIMES_ALLOWED 4.0
#define DEAF 8
#define POLL_LEAST 4 /* 16 s to 36 h: RFC 5905 allows no other */
#define POLL_MOST 17
#define DAY_S 86400
#define SETTLED_S 600 /* who stays so long keeps its record */
#define SETTLED 8

/* ------------------------------------------------------------ what comes */

bool
suspect_origin_bad(uint64_t origin, struct wall now)
{
	/* Whole seconds, modulo the era: asked of every request. */
	uint32_t ours = (uint32_t)(now.ns / 1000000000 + NTP_UNIX_EPOCH);
	int32_t age = (int32_t)(ours - (uint32_t)(origin >> 32));

	/* Thirty days of sleep, or a day that our clock was put back. */
	return origin != 0 && !(age < 30 * DAY_S && age > -DAY_S);
}

static void
window_clear(struct suspect_window *w, double t_s)
{
	POKE(w->begin_s, t_s);
	POKE(w->requests, 0);
	POKE(w->limited, 0);
	POKE(w->chained, 0);
	POKE(w->chain_s, 0);
	POKE(w->claimed, 0);
	POKE(w->claim_s, 0);
	POKE(w->clocklike, 0);
	for (unsigned i = 0; i < SUSPECT_PORTS / 64; i++)
		POKE(w->port[i], 0);
	for (unsigned i = 0; i < SUSPECT_CLOCKS / 64; i++)
		POKE(w->clock[i], 0);
}

static void
clear(struct suspect *s, double t_s)
{
	POKE(s->current, 0);
	POKE(s->since_s, t_s);
	POKE(s->last_s, t_s);
	POKE(s->requests, 0);
	POKE(s->limited, 0);
	POKE(s->refused, 0);
	POKE(s->answered, 0);
	POKE(s->rate, 0);
	POKE(s->calm, 0);
	POKE(s->peak, 0);
	POKE(s->gap, 0);
	POKE(s->gap2, 0);
	POKE(s->flood_s, 0);
	POKE(s->busy_s, 0);
	POKE(s->deaf_s, 0);
	POKE(s->origin_none, 0);
	POKE(s->origin_good, 0);
	POKE(s->origin_bad, 0);
	POKE(s->minutes, 0);
	POKE(s->minute, 0);
	for (unsigned i = 0; i < 60; i++) {
		POKE(s->second[i], 0);
		POKE(s->hour[i], 0);
	}
	window_clear(&s->window[0], t_s);
	window_clear(&s->window[1], t_s);
}

void
suspect_open(struct suspect *s, const uint64_t ip[2], double t_s)
{
	uint32_t opened = PEEK(s->opened) | 1;

	POKE(s->opened, opened);
	atomic_thread_fence(memory_order_release);
	POKE(s->ip[0], ip[0]);
	POKE(s->ip[1], ip[1]);
	clear(s, t_s);
	atomic_store_explicit(&s->opened, opened + 1, memory_order_release);
}

/* A mean that forgets after about memory_s, right at once for even gaps. */
static float
rate_step(float rate, double memory_s, double gap_s)
{
	return (float)((1 + (double)rate * memory_s) / (memory_s + gap_s));
}

/* Notes since when something has been so; ends it when off is true. */
static void
spell(_Atomic double *since, bool on, bool off, double t_s)
{
	double was = PEEK(*since);

	if (was == 0 && on)
		POKE(*since, t_s);
	else if (was != 0 && off)
		POKE(*since, 0);
}

static void
hear_rate(struct suspect *s, const struct suspect_heard *h)
{
	double gap = fmax(h->t_s - PEEK(s->last_s), 0);
	double most = h->allowed_per_s * TIMES_ALLOWED;
	double flood = fmax(FLOOD, most), busy = fmax(BUSY, most);
	float rate = rate_step(PEEK(s->rate), FAST_S, gap);
	float calm = rate_step(PEEK(s->calm), CALM_S, gap);

	POKE(s->rate, rate);
	POKE(s->calm, calm);
	if (rate > PEEK(s->peak))
		POKE(s->peak, rate);
	spell(&s->flood_s, (double)rate >= flood, (double)rate < flood / 2,
	    h->t_s);
	spell(&s->busy_s, (double)rate >= busy, (double)rate < busy / 2,
	    h->t_s);
	spell(&s->deaf_s, h->deaf >= DEAF, h->deaf < DEAF, h->t_s);
	if (PEEK(s->requests) == 1)
		return;
	POKE(s->gap, PEEK(s->gap) + ((float)gap - PEEK(s->gap)) / 64);
	POKE(s->gap2,
	    PEEK(s->gap2) + ((float)(gap * gap) - PEEK(s->gap2)) / 64);
}

/* All bins to the half, so that what was long ago fades. */
static void
halve(_Atomic uint32_t *bin)
{
	for (unsigned i = 0; i < 60; i++)
		POKE(bin[i], PEEK(bin[i]) / 2);
}

static void
hear_when(struct suspect *s, struct wall wall)
{
	uint64_t second = (uint64_t)(wall.ns / 1000000000);
	uint64_t minute = second / 60;

	if (minute != PEEK(s->minute)) {
		POKE(s->minute, minute);
		BUMP(s->minutes, 1);
		if (PEEK(s->minutes) >= 1024) {
			halve(s->second);
			halve(s->hour);
			POKE(s->minutes, PEEK(s->minutes) / 2);
		}
	}
	BUMP(s->second[second % 60], 1);
	BUMP(s->hour[minute % 60], 1);
}

static void
set_bit(_Atomic uint64_t *map, uint32_t bit)
{
	uint64_t word = PEEK(map[bit / 64]), one = UINT64_C(1) << bit % 64;

	if ((word & one) == 0)
		POKE(map[bit / 64], word | one);
}

/* Spreads neighbouring numbers over the map. */
static uint32_t
scatter(uint64_t x, unsigned bits)
{
	x = (x + 1) * UINT64_C(0x9e3779b97f4a7c15);
	x ^= x >> 32;
	return (uint32_t)(x * UINT64_C(0xd6e8feb86659fd93) >> (64 - bits));
}

/*
 * Adds up the client's interval, as far as its origin tells it: the time
 * since we answered.
 */
static void
hear_chain(struct suspect *s, struct suspect_window *w,
    const struct suspect_heard *h)
{
	double gap =
	    ntp64_sub(ntp64_from_wall(h->wall), (struct ntp64){ h->origin });

	if (h->origin == 0) {
		BUMP(s->origin_none, 1);
	} else if (suspect_origin_bad(h->origin, h->wall)) {
		BUMP(s->origin_bad, 1);
	} else {
		BUMP(s->origin_good, 1);
		if (gap > 0 && gap < 36 * 3600) {
			BUMP(w->chained, 1);
			BUMP(w->chain_s, gap);
		}
	}
}

/* The window that t_s belongs to; after a pause both begin anew. */
static struct suspect_window *
window_at(struct suspect *s, double t_s)
{
	uint32_t current = PEEK(s->current) & 1, next = current ^ 1;

	if (t_s - PEEK(s->window[current].begin_s) <= SUSPECT_WINDOW_S)
		return &s->window[current];
	if (t_s - PEEK(s->last_s) > SUSPECT_WINDOW_S)
		window_clear(&s->window[current], t_s);
	window_clear(&s->window[next], t_s);
	POKE(s->current, next);
	return &s->window[next];
}

static void
hear_window(struct suspect *s, const struct suspect_heard *h)
{
	struct suspect_window *w = window_at(s, h->t_s);
	double offset =
	    ntp64_sub((struct ntp64){ h->transmit }, ntp64_from_wall(h->wall));

	BUMP(w->requests, 1);
	if (h->limited)
		BUMP(w->limited, 1);
	hear_chain(s, w, h);
	if (h->poll >= POLL_LEAST && h->poll <= POLL_MOST) {
		BUMP(w->claimed, 1);
		BUMP(w->claim_s, (double)(1u << h->poll));
	}
	if (fabs(offset) < DAY_S) {
		BUMP(w->clocklike, 1);
		set_bit(w->clock, scatter((uint64_t)(offset + DAY_S + 0.5), 9));
	}
	set_bit(w->port, scatter(h->port, 13));
}

void
suspect_hear(struct suspect *s, const struct suspect_heard *h)
{
	BUMP(s->requests, 1);
	if (h->limited)
		BUMP(s->limited, 1);
	if (h->refused)
		BUMP(s->refused, 1);
	if (h->answered)
		BUMP(s->answered, 1);
	hear_rate(s, h);
	hear_when(s, h->wall);
	hear_window(s, h);
	POKE(s->header, h->header);
	POKE(s->last_s, h->t_s);
}

double
suspect_weight(const struct suspect *s, double t_s)
{
	double calm = (double)PEEK(s->calm);
	double now =
	    (double)rate_step((float)calm, CALM_S, t_s - PEEK(s->last_s));
	double settled = t_s - PEEK(s->since_s) > SETTLED_S ? SETTLED : 1;

	return fmin(calm, now) * settled;
}

/* ------------------------------------------------------------- the facts */

#define ENOUGH 30	   /* requests, before anything is counted */
#define PORTS_MOST 12000.0 /* more are drawn anew for each request */
#define POLLS_MOST 20000.0
#define CLOCKWORK 0.3

/* Both windows together. */
struct both {
	double span_s, requests, limited;
	double chained, chain_s, claimed, claim_s, clocklike;
	double ports, clocks; /* distinct */
};

/* The bits that are set, without what not every processor has. */
static unsigned
bits_of(uint64_t x)
{
	x -= x >> 1 & UINT64_C(0x5555555555555555);
	x = (x & UINT64_C(0x3333333333333333)) +
	    (x >> 2 & UINT64_C(0x3333333333333333));
	x = (x + (x >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return (unsigned)(x * UINT64_C(0x0101010101010101) >> 56);
}

/* Linear counting: how many different things left so many bits empty. */
static double
distinct(const _Atomic uint64_t *a, const _Atomic uint64_t *b, unsigned words)
{
	double bits = 64.0 * words, empty = bits;

	for (unsigned i = 0; i < words; i++)
		empty -= bits_of(PEEK(a[i]) | PEEK(b[i]));
	return bits * log(bits / fmax(empty, 0.5));
}

static struct both
add_windows(const struct suspect *s)
{
	const struct suspect_window *a = &s->window[0], *b = &s->window[1];
	double begin = PEEK(a->requests) == 0 ? PEEK(b->begin_s) :
	    PEEK(b->requests) == 0	      ? PEEK(a->begin_s) :
				     fmin(PEEK(a->begin_s), PEEK(b->begin_s));

	return (struct both){ .span_s = PEEK(s->last_s) - begin,
		.requests = (double)PEEK(a->requests) + PEEK(b->requests),
		.limited = (double)PEEK(a->limited) + PEEK(b->limited),
		.chained = (double)PEEK(a->chained) + PEEK(b->chained),
		.chain_s = PEEK(a->chain_s) + PEEK(b->chain_s),
		.claimed = (double)PEEK(a->claimed) + PEEK(b->claimed),
		.claim_s = PEEK(a->claim_s) + PEEK(b->claim_s),
		.clocklike = (double)PEEK(a->clocklike) + PEEK(b->clocklike),
		.ports = distinct(a->port, b->port, SUSPECT_PORTS / 64),
		.clocks = distinct(a->clock, b->clock, SUSPECT_CLOCKS / 64) };
}

/*
 * How many there are, if requests draws found so many of them:
 * N (1 - exp(-requests / N)) = found.  Needs requests >= 2 found.
 */
static double
hidden(double found, double requests)
{
	double low = found, high = 2 * found;

	for (unsigned i = 0; i < 40; i++) {
		double n = (low + high) / 2;

		if (-n * expm1(-requests / n) < found)
			low = n;
		else
			high = n;
	}
	return low;
}

/* Of the requests that tell an interval: their sum over the time; 0: too few
 * tell. */
static double
by_intervals(const struct both *b, double told, double sum_s)
{
	if (told < ENOUGH || told < b->requests / 2 || b->span_s < 60)
		return 0;
	return sum_s / b->span_s * (b->requests / told);
}

static void
count_clients(struct suspect_facts *f, const struct both *b)
{
	double ports = 0, chains = by_intervals(b, b->chained, b->chain_s);
	bool sure =
	    b->span_s >= SUSPECT_WINDOW_S || b->requests >= 8 * b->ports;

	f->polls = by_intervals(b, b->claimed, b->claim_s);
	/* In a whole window each of them came; before, some are still to. */
	if (b->requests >= ENOUGH && b->requests >= 2 * b->ports)
		ports = b->span_s >= SUSPECT_WINDOW_S ?
		    b->ports :
		    hidden(b->ports, b->requests);
	/* Where many get no answer the chains grow older than the polls. */
	if (b->limited > b->requests / 4)
		chains = 0;

	if (ports > 0 && ports <= PORTS_MOST && (sure || f->polls <= ports)) {
		f->clients = ports;
		f->counted = SUSPECT_BY_PORTS;
	} else if (f->requests >= 2 * ENOUGH && f->variation < CLOCKWORK) {
		f->clients = 1;
		f->counted = SUSPECT_BY_GAPS;
	} else if (chains > 0) {
		f->clients = chains;
		f->counted = SUSPECT_BY_CHAINS;
	} else if (f->polls > 0 && f->polls <= POLLS_MOST) {
		f->clients = f->polls;
		f->counted = SUSPECT_BY_POLLS;
	}
	if (b->clocklike >= b->requests / 2 && b->requests >= ENOUGH)
		f->clocks = b->clocks;
}

static void
count_when(const struct suspect *s, struct suspect_facts *f)
{
	double sum = 0, most = 0, first = 0, hour = 0, top = 0;

	f->minutes = PEEK(s->minutes);
	for (unsigned i = 0; i < 60; i++) {
		double here = PEEK(s->second[i]);
		double two = here + PEEK(s->second[(i + 1) % 60]);

		sum += here;
		hour += PEEK(s->hour[i]);
		/* A spike in one second is that second's. */
		if (two > most || (two == most && here > first)) {
			most = two;
			first = here;
			f->second = i;
		}
		if (PEEK(s->hour[i]) > top) {
			top = PEEK(s->hour[i]);
			f->minute = i;
		}
	}
	if (sum == 0 || f->minutes == 0)
		return;
	f->second_share = most / sum;
	f->second_each = most / f->minutes;
	f->hourly = top >= 0.8 * hour;
}

static void
count_origins(const struct suspect *s, struct suspect_facts *f)
{
	double bad = PEEK(s->origin_bad);
	double all = bad + PEEK(s->origin_good) + PEEK(s->origin_none);

	f->origin_bad = bad;
	f->origin_share = all > 0 ? bad / all : 0;
}

static double
lasts(const struct suspect *s, double since_s)
{
	return since_s == 0 ? 0 : fmax(PEEK(s->last_s) - since_s, 0);
}

static void
gather(const struct suspect *s, double t_s, struct suspect_facts *f)
{
	struct both b = add_windows(s);
	double gap = (double)PEEK(s->gap), gap2 = (double)PEEK(s->gap2);

	*f = (struct suspect_facts){ .since_s = t_s - PEEK(s->since_s),
		.last_s = t_s - PEEK(s->last_s),
		.requests = (double)PEEK(s->requests),
		.limited = (double)PEEK(s->limited),
		.refused = (double)PEEK(s->refused),
		.answered = (double)PEEK(s->answered),
		.header = PEEK(s->header),
		.rate = (double)PEEK(s->rate),
		.peak = (double)PEEK(s->peak),
		.flood_s = lasts(s, PEEK(s->flood_s)),
		.busy_s = lasts(s, PEEK(s->busy_s)),
		.deaf_s = lasts(s, PEEK(s->deaf_s)),
		.variation = 1 };
	if (gap > 0 && gap2 > gap * gap)
		f->variation = sqrt(gap2 / (gap * gap) - 1);
	else if (gap > 0)
		f->variation = 0;
	f->rate_now =
	    fmin(f->rate, (double)rate_step(PEEK(s->rate), FAST_S, f->last_s));
	count_clients(f, &b);
	count_when(s, f);
	count_origins(s, f);
}

bool
suspect_facts(const struct suspect *s, const uint64_t ip[2], double t_s,
    struct suspect_facts *f)
{
	uint32_t opened =
	    atomic_load_explicit(&s->opened, memory_order_acquire);

	if (opened % 2 != 0 || PEEK(s->ip[0]) != ip[0] ||
	    PEEK(s->ip[1]) != ip[1])
		return false;
	gather(s, t_s, f);
	atomic_thread_fence(memory_order_acquire);
	return PEEK(s->opened) == opened;
}
