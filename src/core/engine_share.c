/* SPDX-License-Identifier: ISC */
#include "core/engine_parts.h"

#include "base/text.h"

#include <math.h>
#include <string.h>

#define LATE_S 3600.0	 /* older samples say nothing any more */
#define AHEAD_S 0.1	 /* the two raw clocks are not known better at first */
#define APART_S 0.9	 /* no honest gateway asks a server more often */
#define DISTANCE_MAX 1.5 /* s, root distance (RFC 5905: MAXDIST) */
#define JUDGED_FROM 8	 /* own samples; before that the judge is no judge */
#define CREDIBLE 1.5	 /* of the judge's bound: a sample may be off */
#define MAD 2.5		 /* of the judge's bound: what all say may be off */
#define MAD_S 1e-4	 /* and no noise of machines is mad */
#define OWN 0.6		 /* of the judge's bound: see engine_view() */
#define ASTRAY 5	 /* own samples in a row: no passing surprise */
#define CREDIT_MOST 8.0	 /* samples of one server at once: bursts, words */
#define CREDIT 1.25	 /* and in T: no flood outweighs our own */
#define REFUSED_MOST 8	 /* of the latest ODD_BITS samples */
#define ODD_BITS 0xffffu
#define LEND_AFTER_S 12.0 /* from the start: for our own first answers */
#define LEND_ROUNDS 3.0	  /* of T: so long a lent sample speaks */

/* ---- the judge ---- */

void
engine_judge(struct engine *e, unsigned i, const struct sample *s)
{
	struct sample own = *s;

	if (!e->conf.sibling.on)
		return;
	own.offset += own.gained; /* the judge's home does not lean */
	estimate_add(&e->pair.own, i, &own);
}

/* What all samples say - what our own say, s, at t. */
static double
difference(const struct engine *e, struct mono t)
{
	return estimate_at(&e->estimate, t).offset +
	    scale_gained(&e->scale, t) - estimate_at(&e->pair.own, t).offset;
}

static bool
judged(const struct engine *e)
{
	return e->pair.taken > 0 && e->estimate.known && e->pair.own.known &&
	    e->pair.own.taken >= JUDGED_FROM;
}

/*
 * What all samples say is off by what our own are off by and the difference of
 * the two, whoever lies.  A part of the judge's bound is enough: only one sign
 * of its error adds to the difference.  Of honest samples that is seldom much
 * more than what all of them are sure to.
 */
struct estimate_view
engine_view(const struct engine *e, struct mono t)
{
	struct estimate_view v = estimate_at(&e->estimate, t);
	double own;

	/* While it feeds us there is no judge, and our stratum says so. */
	if (!e->pair.on || e->pair.fed || !judged(e))
		return v;
	own = estimate_at(&e->pair.own, t).bound;
	v.bound = fmax(v.bound, fabs(difference(e, t)) + OWN * own);
	return v;
}

/*
 * Nothing of it stays: the estimate is the judge's, on the bare oscillator.
 */
static void
purge(struct engine *e, const struct now *now)
{
	double gained = scale_gained(&e->scale, now->mono);

	for (unsigned i = 0; i < e->conf.count; i++) {
		struct engine_source *es = &e->source[i];

		es->has_shared = false;
		for (unsigned k = 0; k < es->source.samples; k++) {
			struct sample *s = &es->source.sample[k];

			s->offset += s->gained;
			s->gained = 0;
		}
	}
	e->before.offset += gained;
	e->scale.lean = e->scale.lean_rate = 0;
	e->pair.leaning = false;
	e->pair.rate = 0;
	if (e->pair.own.known)
		e->estimate = e->pair.own;
}

static void
drop(struct engine *e, const char *why, const struct now *now)
{
	struct engine_pair *p = &e->pair;
	struct text t = TEXT(p->why);

	text_add(&t, "%s", why);
	p->dropped = true;
	p->astray = 0;
	engine_part(e, now);
	purge(e, now);
	engine_say(e, EVENT_SIBLING_DROPPED,
	    "host=%s name=%s state=dropped: %s; once it is mended: ntpgate "
	    "accept sibling",
	    e->conf.sibling.host, p->link.word.name, why);
	engine_reconsider(e, now);
}

void
engine_compare(struct engine *e, const struct now *now)
{
	char why[120];
	struct text t = TEXT(why);
	double off, bound;

	if (!e->pair.on || !judged(e))
		return;
	off = difference(e, now->mono);
	bound = estimate_at(&e->pair.own, now->mono).bound;
	if (fabs(off) <= MAD * bound + MAD_S) {
		e->pair.astray = 0;
		return;
	}
	/* An oscillator that jumps surprises one of the two first; until
	 * that is over, engine_view() is as unsure as it must be. */
	if (++e->pair.astray < ASTRAY)
		return;
	text_add(&t,
	    "with its samples we would be off by %+.6fs, and our own are sure "
	    "to %.6fs",
	    off, bound);
	drop(e, why, now);
}

/* ---- its samples ---- */

/* Could it be a sample at all, and in time to say something? */
static bool
sound(const struct engine *e, unsigned i, const struct link_sample *l,
    const struct sample *s, const struct now *now)
{
	const struct engine_source *es = &e->source[i];
	double age = mono_sub(now->mono, s->at);

	return l->stratum > 0 && l->stratum < STRATUM_UNSYNC &&
	    l->leap != LEAP_UNSYNC && s->delay > 0 &&
	    sample_distance(s) < DISTANCE_MAX && age < LATE_S &&
	    age > -AHEAD_S &&
	    !(es->has_shared && mono_sub(s->at, es->shared.at) < APART_S);
}

/*
 * Is it where our own samples say that it may be?  A young judge has not yet
 * seen how far honest servers are apart.
 */
static bool
credible(const struct engine *e, const struct sample *s)
{
	struct estimate_view v = estimate_at(&e->pair.own, s->at);
	bool young = e->pair.own.taken < JUDGED_FROM;
	double apart = young ? sample_distance(s) : s->delay / 2;

	if (!e->pair.own.known)
		return true;
	return fabs(s->offset + s->gained - v.offset) <
	    CREDIBLE * v.bound + apart;
}

/* Our own samples say of this server that it lies, to us, too. */
static bool
known_liar(const struct engine *e, unsigned i)
{
	const struct engine_source *es = &e->source[i];

	return e->truth.majority && es->selectable && !es->truechimer;
}

static void
judge_sample(struct engine *e, bool good)
{
	struct engine_pair *p = &e->pair;

	p->odd = (p->odd << 1 | !good) & ODD_BITS;
	p->refused += !good;
}

/* Who sends ever more samples is not ever more right. */
static bool
affordable(struct engine *e, unsigned i, const struct now *now)
{
	struct engine_source *es = &e->source[i];
	double dt = mono_sub(now->mono, es->credited);
	double more = CREDIT * dt / schedule_interval(&e->schedule);

	if (es->credited.ns == 0)
		more = CREDIT_MOST;
	es->credit = fmin(es->credit + more, CREDIT_MOST);
	es->credited = now->mono;
	if (es->credit < 1)
		return false;
	es->credit--;
	return true;
}

static void
enter(struct engine *e, unsigned i, const struct sample *s, double doubt,
    const struct now *now)
{
	if (!affordable(e, i, now))
		return;
	e->pair.taken++;
	if (estimate_add_shared(&e->estimate, i, s, doubt) == ESTIMATE_HELD)
		engine_appeal(e, i, now);
}

/* One new sample of i, k-th newest of its item. */
static void
take(struct engine *e, unsigned i, const struct link_item *item, unsigned k,
    const struct now *now)
{
	struct engine_source *es = &e->source[i];
	const struct link_sample *l = &item->sample[k];
	struct sample s;
	double doubt;

	if (!sibling_sample(&e->pair.link, item, k, &e->scale, &s, &doubt) ||
	    !sound(e, i, l, &s, now))
		return;
	if (known_liar(e, i) || es->leap_late) { /* a turn all the same */
		schedule_shared(&e->schedule, i, s.at, engine_promise(e),
		    &e->rng);
		return;
	}
	judge_sample(e, credible(e, &s));
	if (e->pair.odd & 1)
		return;
	es->shared = s;
	es->shared_stratum = l->stratum;
	es->has_shared = true;
	schedule_shared(&e->schedule, i, s.at, engine_promise(e), &e->rng);
	if (e->truth.majority && es->truechimer)
		enter(e, i, &s, doubt, now);
}

/* The oldest sample of the word that is new; false if there is none. */
static bool
oldest_new(const struct engine *e, unsigned *item, unsigned *k, unsigned *i)
{
	const struct engine_pair *p = &e->pair;
	const struct link_word *w = &p->link.word;
	bool found = false;

	for (unsigned n = 0; n < w->items; n++) {
		const struct link_item *t = &w->item[n];
		int at = engine_at(e, &t->addr);
		uint32_t news = t->samples;

		if (at < 0 || t->samples == 0)
			continue;
		if (p->known[at])
			news = t->serial - p->serial[at];
		if (news == 0 || news > UINT32_MAX / 2)
			continue; /* none, or it goes backwards */
		if (news > t->samples)
			news = t->samples;
		if (!found ||
		    t->sample[news - 1].at.ns <
			w->item[*item].sample[*k].at.ns) {
			*item = n;
			*k = news - 1;
			*i = (unsigned)at;
		}
		found = true;
	}
	return found;
}

static unsigned
ones(unsigned bits)
{
	unsigned n = 0;

	for (; bits != 0; bits &= bits - 1)
		n++;
	return n;
}

/* A server of which it says nothing any more: what it says of it later may be
 * counted anew. */
static void
forget_missing(struct engine *e)
{
	const struct link_word *w = &e->pair.link.word;
	bool there[ENGINE_SOURCES] = { false };

	for (unsigned n = 0; n < w->items; n++) {
		int i = engine_at(e, &w->item[n].addr);

		if (i >= 0 && w->item[n].samples > 0)
			there[i] = true;
	}
	for (unsigned i = 0; i < ENGINE_SOURCES; i++)
		e->pair.known[i] = e->pair.known[i] && there[i];
}

void
engine_share(struct engine *e, const struct now *now)
{
	struct engine_pair *p = &e->pair;
	uint64_t taken = p->taken;
	unsigned n = 0, k = 0, i = 0;

	/* On which instants of ours, nobody knows; they come again. */
	if (p->link.astray > 0 || !sibling_clocks(&p->link, now->mono).known)
		return;
	forget_missing(e);
	while (oldest_new(e, &n, &k, &i)) {
		const struct link_item *t = &p->link.word.item[n];

		p->serial[i] = t->serial - k;
		p->known[i] = true;
		take(e, i, t, k, now);
		if (!e->truth.majority || p->fed)
			engine_reconsider(e, now);
	}
	if (ones(p->odd) >= REFUSED_MOST) {
		drop(e, "its samples are not where our own are", now);
		return;
	}
	if (p->taken > taken)
		engine_repace(e, now);
}

bool
engine_lends(const struct engine *e, unsigned i, const struct now *now)
{
	const struct engine_source *es = &e->source[i];
	double age = mono_sub(now->mono, es->shared.at);

	return e->pair.on && es->has_shared &&
	    mono_sub(now->mono, e->started) > LEND_AFTER_S &&
	    age < LEND_ROUNDS * fmax(e->schedule.interval, e->conf.poll_min_s);
}
