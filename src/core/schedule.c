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
#define YIELD 0.25 /* T: who asked last comes so much later */
#define STARVE 3   /* T: nobody waits longer for the sibling */
#define SLACK 1.05 /* T: a turn beyond that is of the round after next */

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
	struct schedule_line *l = &s->line[i];

	assert(i < s->count);
	if (!l->active || due.ns < l->due.ns)
		l->fixed = true;
	l->active = true;
	l->due = due;
	l->yield_s = 0;
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

static bool
paired(const struct schedule *s)
{
	return s->other_s > 0;
}

double
schedule_interval(const struct schedule *s)
{
	if (!paired(s))
		return s->interval;
	return fmin(s->interval, fmax(s->other_s, s->min_s));
}

double
schedule_gap(const struct schedule *s)
{
	return schedule_interval(s) / live_count(s);
}

/* What one server is asked less than once in T, in units of T. */
static unsigned
rounds_off(const struct schedule *s, const struct schedule_line *l)
{
	return (l->warned ? 2U : 1U) * (paired(s) && l->alone ? 2U : 1U) - 1;
}

static double
about(double s, struct rng *rng)
{
	return s * (0.9 + 0.2 * rng_uniform(rng));
}

/* The place of a line among the others, whoever will ask it.  Who is asked
 * in every second round only keeps its place in each. */
static struct mono
place(const struct schedule *s, const struct schedule_line *l, struct mono now)
{
	double t = schedule_interval(s);
	struct mono turn = l->extra ? l->due : mono_add(l->due, -l->yield_s);

	for (unsigned k = rounds_off(s, l); k > 0; k--)
		if (mono_sub(turn, now) > SLACK * t)
			turn = mono_add(turn, -t);
	return turn;
}

/*
 * The turn after all others: T/N behind the last of them, so that the servers
 * spread by themselves, whatever T does meanwhile.
 */
static struct mono
last_in_line(const struct schedule *s, unsigned i, struct mono now,
    struct rng *rng)
{
	double t = schedule_interval(s);
	double off = t * rounds_off(s, &s->line[i]);
	struct mono last = now, most;

	for (unsigned k = 0; k < s->count; k++) {
		struct mono turn = place(s, &s->line[k], now);

		if (k != i && live(&s->line[k]) && turn.ns > last.ns)
			last = turn;
	}
	/* T may just have become much shorter: nobody waits for the past.
	 * Not less than the most that T is meant to be, or the shorter of two
	 * random numbers would make T shorter for good. */
	most = mono_add(now, 1.1 * t);
	last = mono_min(mono_add(last, about(schedule_gap(s), rng)), most);
	return mono_add(last, off);
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

/* Was it us who asked last, whomever? */
static bool
last_was_ours(const struct schedule *s)
{
	struct mono ours = { INT64_MIN }, theirs = { INT64_MIN };

	for (unsigned k = 0; k < s->count; k++) {
		const struct schedule_line *l = &s->line[k];

		if (l->asked && l->last.ns > ours.ns)
			ours = l->last;
		if (l->shared && l->other.ns > theirs.ns)
			theirs = l->other;
	}
	return ours.ns >= theirs.ns;
}

/* Whose turn comes next, and when, whoever of us two asks.  A turn that is
 * over was nobody's: then it is when we shall. */
static struct mono
next_turn(const struct schedule *s, struct mono now, unsigned *i)
{
	struct mono best = MONO_NEVER;

	for (unsigned k = 0; k < s->count; k++) {
		const struct schedule_line *l = &s->line[k];
		struct mono turn = mono_add(l->due, -fmax(l->yield_s, 0));

		if (turn.ns < now.ns)
			turn = l->due;
		if (l->active && turn.ns < best.ns) {
			best = turn;
			*i = k;
		}
	}
	return best;
}

void
schedule_hurry(struct schedule *s, struct mono now, double within)
{
	unsigned i = 0;
	struct mono latest =
	    mono_add(now, fmax(within, s->min_s / live_count(s)));
	struct mono next =
	    paired(s) ? next_turn(s, now, &i) : schedule_next(s, &i);

	if (s->ramp || !(within < WEEK_S) || next.ns <= latest.ns)
		return;
	/* Both of us are in a hurry now, and one is enough. */
	if (paired(s) && last_was_ours(s))
		latest = mono_add(latest, schedule_gap(s) / 4);
	s->line[i].due = mono_min(s->line[i].due, latest);
	s->line[i].yield_s = 0;
}

/* Does the sibling ask it, too? */
static bool
contested(const struct schedule *s, const struct schedule_line *l,
    struct mono now)
{
	return paired(s) && l->shared && !l->alone &&
	    mono_sub(now, l->other) < STARVE * schedule_interval(s);
}

void
schedule_asked(struct schedule *s, unsigned i, struct mono now, double within,
    struct rng *rng)
{
	struct schedule_line *l = &s->line[i];

	bool early = l->extra && mono_sub(l->turn, now) > schedule_gap(s) / 2;

	l->asked = true;
	l->last = now;
	l->extra = l->fixed = false;
	if (l->backoff_s > 0) {
		l->due = mono_add(now, about(l->backoff_s, rng));
		return;
	}
	if (early) {
		l->due = l->turn;
		return;
	}
	adapt(s, within);
	l->yield_s = contested(s, l, now) ? YIELD * schedule_interval(s) : 0;
	l->due = mono_add(last_in_line(s, i, now, rng), l->yield_s);
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
	l->backoff_s = l->yield_s = 0;
	l->due = last_in_line(s, i, now, rng);
}

void
schedule_missed(struct schedule *s, unsigned i, struct mono now,
    struct rng *rng)
{
	struct schedule_line *l = &s->line[i];
	double was = l->backoff_s > 0 ? l->backoff_s : schedule_interval(s);

	l->backoff_s = fmin(2 * was, fmax(SCHEDULE_BACKOFF_MAX_S, s->max_s));
	l->due = mono_add(now, about(l->backoff_s, rng));
	l->yield_s = 0;
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

/* ---- two of us ---- */

static struct mono
latest(const struct schedule_line *l)
{
	if (!l->shared || (l->asked && l->last.ns > l->other.ns))
		return l->last;
	return l->other;
}

/*
 * The sibling has asked in our place.  The turns that it reckons with differ
 * from ours by other random numbers: both move by half of that in a round.
 */
static void
yield(struct schedule *s, unsigned i, struct mono at, struct rng *rng)
{
	struct schedule_line *l = &s->line[i];
	struct mono *due = l->extra ? &l->turn : &l->due;
	double slip = mono_sub(at, *due) + l->yield_s;
	double lines = live_count(s), starve;
	struct mono turn = last_in_line(s, i, at, rng);

	if (fabs(slip) < schedule_gap(s))
		turn = mono_add(turn, slip / lines);
	*due = turn;
	if (l->asked) {
		starve = STARVE * schedule_interval(s) * (1 + rounds_off(s, l));
		*due = mono_min(turn, mono_add(l->last, starve));
	}
	l->yield_s = mono_sub(*due, turn);
}

void
schedule_shared(struct schedule *s, unsigned i, struct mono at, double within,
    struct rng *rng)
{
	struct schedule_line *l = &s->line[i];
	double since = mono_sub(at, latest(l));
	bool turn =
	    !(l->asked || l->shared) || since > schedule_interval(s) / 2;

	if (l->alone || (l->shared && at.ns <= l->other.ns))
		return;
	l->shared = true;
	l->other = at;
	if (!paired(s) || !live(l))
		return;
	if (turn) /* and nothing out of turn, which has no end with a liar */
		adapt(s, within);
	if (!l->fixed)
		yield(s, i, at, rng);
}

void
schedule_warned(struct schedule *s, unsigned i, bool warned, bool alone)
{
	struct schedule_line *l = &s->line[i];
	double t = schedule_interval(s);
	bool news = warned && !l->warned;

	l->warned = warned;
	l->alone = alone;
	/* Once only, however often it comes and goes. */
	if (news && live(l) && !l->extra && !l->fixed &&
	    mono_sub(l->due, latest(l)) < 1.5 * t)
		l->due = mono_add(l->due, t);
}

/* Turns that are over are taken one after the other. */
static void
stagger(struct schedule *s, struct mono now, struct rng *rng)
{
	bool done[SCHEDULE_SOURCES] = { false };

	for (struct mono at = now;;
	     at = mono_add(at, about(schedule_gap(s), rng))) {
		struct schedule_line *first = NULL;
		unsigned which = 0;

		for (unsigned k = 0; k < s->count; k++) {
			struct schedule_line *l = &s->line[k];

			if (live(l) && !done[k] &&
			    (first == NULL || before(l, first))) {
				first = l;
				which = k;
			}
		}
		if (first == NULL || first->due.ns >= at.ns)
			return;
		first->due = at;
		done[which] = true;
	}
}

/* It waits for nobody any more. */
static void
reclaim(struct schedule *s, struct schedule_line *l)
{
	struct mono *due = l->extra ? &l->turn : &l->due;
	struct mono most =
	    mono_add(latest(l), s->interval * (1 + rounds_off(s, l)));

	*due = mono_add(*due, -fmax(l->yield_s, 0));
	l->yield_s = 0;
	if (l->shared)
		*due = mono_min(*due, most);
}

void
schedule_pair(struct schedule *s, double other_s, struct mono now,
    struct rng *rng)
{
	bool was = paired(s);

	s->other_s = other_s > 0 ? other_s : 0;
	if (!was || paired(s))
		return;
	for (unsigned k = 0; k < s->count; k++)
		if (live(&s->line[k]) && !s->line[k].fixed)
			reclaim(s, &s->line[k]);
	stagger(s, now, rng);
}
