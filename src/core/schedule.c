/* SPDX-License-Identifier: ISC */
#include "core/schedule.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>

#define RAMP_FROM_S 64.0
#define RAMP_ROUNDS 3	  /* in which T doubles */
#define SLOW_FROM_S 900.0 /* T: the first hour is over */
#define SLOW_ROUNDS 6	  /* in which it doubles from there */
#define WEEK_S (7 * 86400.0)

void
schedule_init(struct schedule *s, unsigned count, double min_s, double max_s,
    bool cold)
{
	assert(count <= SCHEDULE_SOURCES && min_s <= max_s);
	*s = (struct schedule){ .min_s = min_s,
		.max_s = max_s,
		.interval = cold ? fmin(RAMP_FROM_S, min_s) : min_s,
		.ramp = cold,
		.count = count };
}

void
schedule_limits(struct schedule *s, double min_s, double max_s)
{
	s->min_s = min_s;
	s->max_s = max_s;
	s->interval = fmin(s->interval, max_s);
	if (!s->ramp)
		s->interval = fmax(s->interval, min_s);
}

void
schedule_at(struct schedule *s, unsigned i, struct mono due)
{
	assert(i < s->count);
	s->line[i].active = true;
	s->line[i].due = due;
}

void
schedule_drop(struct schedule *s, unsigned i)
{
	s->line[i] = (struct schedule_line){ 0 };
}

/* Is it a's turn before b's?  Of two that are due at the same instant, as all
 * are that wait for the budget, it is whose last turn was longer ago. */
static bool
before(const struct schedule_line *a, const struct schedule_line *b)
{
	if (a->due.ns != b->due.ns)
		return a->due.ns < b->due.ns;
	return b->asked && (!a->asked || a->last.ns < b->last.ns);
}

struct mono
schedule_next(const struct schedule *s, unsigned *i)
{
	const struct schedule_line *best = NULL;

	for (unsigned k = 0; k < s->count; k++) {
		const struct schedule_line *l = &s->line[k];

		if (l->active && (best == NULL || before(l, best))) {
			best = l;
			*i = k;
		}
	}
	return best != NULL ? best->due : MONO_NEVER;
}

/* Takes part and answers: one of those that share T. */
static bool
live(const struct schedule_line *l)
{
	return l->active && l->backoff_s == 0;
}

static unsigned
live_count(const struct schedule *s)
{
	unsigned n = 0;

	for (unsigned k = 0; k < s->count; k++)
		n += live(&s->line[k]);
	return n > 0 ? n : 1;
}

double
schedule_gap(const struct schedule *s)
{
	return s->interval / live_count(s);
}

static double
about(double s, struct rng *rng)
{
	return s * (0.9 + 0.2 * rng_uniform(rng));
}

/*
 * The turn after all others: T/N behind the last of them, so that the servers
 * spread by themselves, whatever T does meanwhile.
 */
static struct mono
last_in_line(const struct schedule *s, unsigned i, struct mono now,
    struct rng *rng)
{
	struct mono last = now, most;

	for (unsigned k = 0; k < s->count; k++)
		if (k != i && live(&s->line[k]) && s->line[k].due.ns > last.ns)
			last = s->line[k].due;
	/* T may just have become much shorter: nobody waits for the past.
	 * Not less than the most that T is meant to be, or the shorter of two
	 * random numbers would make T shorter for good. */
	most = mono_add(now, 1.1 * s->interval);
	last = mono_add(last, about(schedule_gap(s), rng));
	return mono_min(last, most);
}

/* One step of T, a question of one of n servers. */
static void
adapt(struct schedule *s, double within)
{
	unsigned n = live_count(s);
	double want = within * n;

	if (s->ramp) {
		double rounds =
		    s->interval < SLOW_FROM_S ? RAMP_ROUNDS : SLOW_ROUNDS;

		s->interval *= pow(2, 1 / (rounds * n));
		if (s->interval < s->max_s &&
		    s->interval < fmax(want, s->min_s))
			return;
		s->ramp = false;
	} else {
		double most = pow(2, 1.0 / n); /* doubles, halves in a round */

		s->interval =
		    fmin(fmax(want, s->interval / most), s->interval * most);
	}
	s->interval = fmax(fmin(s->interval, s->max_s), s->min_s);
}

void
schedule_extra(struct schedule *s, unsigned i, struct mono now)
{
	struct schedule_line *l = &s->line[i];

	if (!l->extra)
		l->turn = l->due;
	l->extra = true;
	l->due = now;
}

void
schedule_hurry(struct schedule *s, struct mono now, double within)
{
	unsigned i = 0;
	struct mono latest =
	    mono_add(now, fmax(within, s->min_s / live_count(s)));

	if (s->ramp || !(within < WEEK_S) ||
	    schedule_next(s, &i).ns <= latest.ns)
		return;
	s->line[i].due = latest;
}

void
schedule_asked(struct schedule *s, unsigned i, struct mono now, double within,
    struct rng *rng)
{
	struct schedule_line *l = &s->line[i];

	bool early = l->extra && mono_sub(l->turn, now) > schedule_gap(s) / 2;

	l->asked = true;
	l->last = now;
	l->extra = false;
	if (l->backoff_s > 0) {
		l->due = mono_add(now, about(l->backoff_s, rng));
		return;
	}
	if (early) {
		l->due = l->turn;
		return;
	}
	adapt(s, within);
	l->due = last_in_line(s, i, now, rng);
}

void
schedule_answered(struct schedule *s, unsigned i, struct mono now,
    struct rng *rng)
{
	struct schedule_line *l = &s->line[i];

	if (l->backoff_s == 0)
		return;
	l->backoff_s /= 2;
	if (l->backoff_s > s->interval) {
		l->due = mono_add(now, about(l->backoff_s, rng));
		return;
	}
	l->backoff_s = 0;
	l->due = last_in_line(s, i, now, rng);
}

void
schedule_missed(struct schedule *s, unsigned i, struct mono now,
    struct rng *rng)
{
	struct schedule_line *l = &s->line[i];
	double was = l->backoff_s > 0 ? l->backoff_s : s->interval;

	l->backoff_s = fmin(2 * was, fmax(SCHEDULE_BACKOFF_MAX_S, s->max_s));
	l->due = mono_add(now, about(l->backoff_s, rng));
}

void
schedule_resume(struct schedule *s, unsigned i, struct mono last,
    double backoff_s)
{
	struct schedule_line *l = &s->line[i];

	l->active = true;
	l->asked = true;
	l->last = last;
	l->backoff_s = fmin(backoff_s, fmax(SCHEDULE_BACKOFF_MAX_S, s->max_s));
	l->due = mono_add(last, l->backoff_s);
}
