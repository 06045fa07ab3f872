/* SPDX-License-Identifier: ISC */
/*
 * The second flywheel.  Two oscillators, weighted by how little they wander,
 * wander less than either: home gains on our raw clock what the other's raw
 * clock gains on the straight line that it kept when this began.  The
 * estimator notices nothing but a quieter clock.
 */
#include "core/engine_parts.h"

#include <math.h>

#define EXCHANGES 64	 /* before that the line is not known */
#define DRIFT_S 2e3	 /* of wander: so well the line is known */
#define JUMP_S 1e-3	 /* between two words: no oscillator does that */
#define GAP_MAX_S 1024.0 /* nor do we know what one did for so long */
#define CATCH_UP_S 128.0 /* home comes to where it should be in that */
#define RATE_MAX 1e-4	 /* s/s */
#define WANDER_FROM 32	 /* own samples: their wander is known */
#define WEIGHT_MIN 0.01	 /* and as much of ours */
#define WEIGHT_S 43200.0 /* so slowly weights change */

/*
 * Of its oscillator: the least wander of both is with weights against their
 * variances.  What both wander is known well, by their difference; what ours
 * does is known roughly, by the judge.
 */
static double
weight(const struct engine *e, const struct sibling_clocks *c)
{
	double own = e->pair.own.mean.wander;
	double share = own * own / (c->wander * c->wander);

	if (e->pair.own.taken < WANDER_FROM || !(c->wander > 0))
		return e->pair.weight;
	return fmax(fmin(share, 1 - WEIGHT_MIN), WEIGHT_MIN);
}

static void
begin(struct engine *e, const struct sibling_clocks *c, const struct now *now)
{
	struct engine_pair *p = &e->pair;

	p->leaning = true;
	p->drift = c->drift;
	p->ahead = c->offset;
	p->target = scale_gained(&e->scale, now->mono);
	p->leant = now->mono;
	if (p->weight == 0)
		p->weight = 0.5;
	estimate_wander(&e->estimate, 0);
	/* What is not known of the line will be a change of frequency. */
	estimate_reopen(&e->estimate, 0,
	    p->weight * p->weight * c->drift_variance);
}

/* Home gains its share of what the two raw clocks did since the last word
 * beyond the line that they kept then: weights may change, frequency never
 * jumps. */
static void
gain(struct engine *e, const struct sibling_clocks *c, double step, double dt)
{
	struct engine_pair *p = &e->pair;

	p->weight += (weight(e, c) - p->weight) * fmin(dt / WEIGHT_S, 1);
	p->target += p->rate * dt + p->weight * step;
	p->rate += p->weight * (c->drift - p->drift);
}

void
engine_lean(struct engine *e, const struct now *now)
{
	struct engine_pair *p = &e->pair;
	struct sibling_clocks c = sibling_clocks(&p->link, now->mono);
	double dt, step, rate;

	if (!c.known || p->link.exchanges < EXCHANGES || !e->estimate.known)
		return;
	if (!p->leaning) {
		if (c.drift_variance < c.wander * c.wander * DRIFT_S)
			begin(e, &c, now);
		return;
	}
	dt = mono_sub(now->mono, p->leant);
	step = c.offset - p->ahead - p->drift * dt;
	if (fabs(step) > JUMP_S || dt > GAP_MAX_S) {
		engine_lean_end(e);
		return;
	}
	gain(e, &c, step, dt);
	p->drift = c.drift;
	p->ahead = c.offset;
	p->leant = now->mono;
	rate = p->rate +
	    (p->target - scale_gained(&e->scale, now->mono)) / CATCH_UP_S;
	scale_lean(&e->scale, now->mono, fmax(fmin(rate, RATE_MAX), -RATE_MAX));
}

/* Our oscillator is alone again: it wanders more than both did.  Home keeps
 * its frequency, whatever that came to. */
void
engine_lean_end(struct engine *e)
{
	struct engine_pair *p = &e->pair;
	double own = p->own.mean.wander;

	if (!p->leaning)
		return;
	p->leaning = false;
	scale_lean(&e->scale, e->last.mono, p->rate);
	estimate_wander(&e->estimate, p->weight * own * own);
}
