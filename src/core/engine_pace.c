/* SPDX-License-Identifier: ISC */
#include "core/engine_parts.h"

#include <math.h>

#define KEPT_AGAIN 0.8 /* of the promise: so much better it must have become */

/* The bound before each sample at interval t. */
static double
reach(const struct engine *e, double t)
{
	const struct schedule *s = &e->schedule;
	double gap = schedule_gap(s) * t / schedule_interval(s);

	return estimate_reach(&e->estimate, gap);
}

double
engine_promise(const struct engine *e)
{
	if (!e->estimate.known)
		return 0;
	if (e->futile)
		return INFINITY;
	return mono_sub(estimate_until(&e->estimate, e->conf.accuracy_s),
	    e->estimate.at);
}

/* Not at the first bad sample, and not at the first good one. */
static void
judge(struct engine *e)
{
	double best = reach(e, e->schedule.min_s);
	double limit = e->conf.accuracy_s * (e->futile ? KEPT_AGAIN : 1);
	bool futile = best > limit;

	if (e->schedule.ramp || futile == e->futile)
		return;
	e->futile = futile;
	if (futile)
		engine_say(e, EVENT_POLL_MISSED,
		    "accuracy=%.6fs cannot be kept: %.6fs at best, by asking "
		    "every %.0fs; asking every %.0fs",
		    e->conf.accuracy_s, best, e->schedule.min_s,
		    e->schedule.max_s);
	else
		engine_say(e, EVENT_POLL_KEPT,
		    "accuracy=%.6fs can be kept again", e->conf.accuracy_s);
}

void
engine_repace(struct engine *e, const struct now *now)
{
	double since = mono_sub(now->mono, e->estimate.at);

	if (!e->estimate.known)
		return;
	judge(e);
	schedule_hurry(&e->schedule, now->mono, engine_promise(e) - since);
}

struct engine_pace
engine_pace(const struct engine *e)
{
	const struct schedule *s = &e->schedule;
	struct engine_pace p = { .interval_s = s->interval,
		.promised_s = e->conf.accuracy_s,
		.peak_s = reach(e, s->interval),
		.best_s = reach(e, s->min_s) };

	if (s->ramp || !e->estimate.known)
		p.reason = ENGINE_PACE_START;
	else if (e->futile)
		p.reason = ENGINE_PACE_FUTILE;
	else if (s->interval >= s->max_s)
		p.reason = ENGINE_PACE_MAX;
	else if (s->interval <= s->min_s)
		p.reason = ENGINE_PACE_MIN;
	else
		p.reason = ENGINE_PACE_PROMISE;
	return p;
}
