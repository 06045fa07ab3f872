/* SPDX-License-Identifier: ISC */
#include "core/estimate_parts.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define MONTH_S (30 * 86400.0)
#define OUTLIER 5.0	    /* sigmas */
#define OUTLIER_AFTER 16    /* samples; before that nobody can tell */
#define APPEALS 2	    /* refused in a row: its outliers ask no more */
#define STRAYS 4	    /* outliers in a row, of anyone: believed */
#define ASTRAY 8	    /* of one, while others disagree: a new bias */
#define SUDDEN_S 1024.0	    /* shorter gaps say nothing about frequency */
#define SURPRISE 0.98	    /* memory of the surprise, per sample */
#define SURPRISE_MOST 9.0   /* of one sample: more is an outlier */
#define SURE 3.0	    /* log of the odds: 20 to 1 */
#define FREQUENCY_STEP 5e-4 /* s/s, most that an oscillator can do */
#define LATE_S 3600.0	    /* an older sample is dropped */
#define OFFSET_MAX 1e11	    /* s */
#define DELAY_MAX 100.0	    /* s */
#define UPLINK 0.005	    /* of the delay: the sibling's way is another */

void
estimate_conclude(struct estimate *e)
{
	bank_mix(&e->bank, &e->mean);
	e->tied = e->mean;
	bias_learn(&e->bias, &e->tied);
}

void
estimate_init(struct estimate *e, unsigned sources)
{
	assert(sources <= ESTIMATE_SOURCES);
	memset(e, 0, sizeof(*e));
	e->sources = sources;
	e->surprise = 1;
	bank_init(&e->bank, sources);
	bias_init(&e->bias, sources);
	for (unsigned i = 0; i < sources; i++)
		path_init(&e->path[i]);
	estimate_forget_shared(e);
	estimate_conclude(e);
}

static bool
sane(const struct estimate *e, const struct sample *s)
{
	return fabs(s->offset) < OFFSET_MAX && s->delay > 0 &&
	    s->delay < DELAY_MAX && s->at.ns != INT64_MAX &&
	    !(e->known && mono_sub(e->at, s->at) > LATE_S);
}

/* Its asymmetry is a share of the way to where it has its time from. */
static void
hear(struct estimate *e, unsigned source, const struct sample *s)
{
	double beyond =
	    s->root_delay > 0 && s->root_delay < DELAY_MAX ? s->root_delay : 0;

	if (e->bias.scale[source] > 0)
		return;
	bank_reset(&e->bank, FILTER_BIAS + source, 0,
	    bias_hear(&e->bias, source, s->delay + beyond));
	estimate_conclude(e);
}

static void
widen_bias(struct estimate *e, unsigned source, double by)
{
	bias_widen(&e->bias, source, by);
	bank_open(&e->bank, FILTER_BIAS + source, by * by);
	estimate_conclude(e);
}

static struct noise
own_noise(const struct estimate *e, unsigned source, const struct sample *s)
{
	return path_noise(&e->path[source], s->delay);
}

static struct measurement
weigh(const struct estimate *e, unsigned source, const struct sample *s,
    struct noise noise)
{
	return (struct measurement){ source, s->offset,
		fmax(mono_sub(e->at, s->at), 0), noise };
}

static void
begin(struct estimate *e, const struct sample *s, double doubt)
{
	e->known = true;
	e->at = s->at;
	bank_reset(&e->bank, FILTER_OFFSET, s->offset,
	    s->delay * s->delay / 4 + doubt);
	estimate_conclude(e);
}

static void
advance(struct estimate *e, struct mono to)
{
	double dt = mono_sub(to, e->at), walk, most;

	bank_predict(&e->bank, dt);
	filter_predict(&e->mean, dt);
	for (unsigned i = 0; i < e->sources; i++) {
		if (e->bias.scale[i] <= 0)
			continue;
		walk = bias_walk(&e->bias, i, dt, &most);
		bank_walk(&e->bank, FILTER_BIAS + i, walk, most);
	}
	e->at = to;
}

/* An oscillator that is not as the filters think is seen by that. */
static void
surprise(struct estimate *e, const struct measurement *m)
{
	struct innovation in = filter_innovation(&e->mean, m);
	double var = in.variance + m->noise.variance +
	    m->noise.half_width * m->noise.half_width / 3;
	double chi2 = fmin(in.value * in.value / var, SURPRISE_MOST);

	e->surprise = SURPRISE * e->surprise + (1 - SURPRISE) * chi2;
}

static void
take(struct estimate *e, unsigned source, const struct sample *s,
    struct noise noise)
{
	struct measurement m;

	if (s->at.ns > e->at.ns)
		advance(e, s->at);
	m = weigh(e, source, s, noise);
	surprise(e, &m);
	bank_update(&e->bank, &m);
	estimate_conclude(e);
	e->taken++;
}

static void
take_own(struct estimate *e, unsigned source, const struct sample *s)
{
	take(e, source, s, own_noise(e, source, s));
}

/* How far a sample is from what was expected, and is that an outlier? */
static bool
strays(const struct estimate *e, unsigned source, const struct sample *s,
    struct noise noise, struct estimate_held *out)
{
	struct filter then = e->mean;
	double dt = mono_sub(s->at, e->at);
	struct measurement m = weigh(e, source, s, noise);
	struct innovation in;

	filter_predict(&then, fmax(dt, 0));
	in = filter_innovation(&then, &m);
	*out = (struct estimate_held){ .holding = true,
		.source = source,
		.sample = *s,
		.off = in.value,
		.since = fmax(dt, SUDDEN_S),
		.noise = m.noise };
	return e->taken >= OUTLIER_AFTER &&
	    fabs(in.value) - m.noise.half_width >
	    OUTLIER * sqrt(in.variance + m.noise.variance);
}

/*
 * Do two outliers say the same?  A new error of frequency grows between them
 * as fast as it grew since the last good sample, or faster if it began later.
 */
static bool
agree(const struct estimate_held *a, const struct estimate_held *b)
{
	double between = fabs(mono_sub(b->sample.at, a->sample.at));
	double growth =
	    (fabs(a->off) + a->noise.half_width) * between / a->since;
	double doubt = sqrt(a->noise.variance + b->noise.variance);

	return fabs(a->off - b->off) < a->noise.half_width +
	    b->noise.half_width + growth + OUTLIER * doubt;
}

/* Our clock has moved by so much since the last good sample. */
static double
opened_frequency(double off, double since)
{
	double step = fmin(fabs(off) / since, FREQUENCY_STEP);

	return step * step;
}

static void
reopen_by(struct estimate *e, double off, double since)
{
	bank_open(&e->bank, FILTER_OFFSET, off * off);
	bank_open(&e->bank, FILTER_FREQUENCY, opened_frequency(off, since));
}

/* An outlier waits, and with it what is true if it is. */
static void
hold(struct estimate *e, const struct estimate_held *o)
{
	struct estimate_held *h = &e->held;
	struct filter *f = &h->moved;
	struct measurement m;

	*h = *o;
	*f = e->mean;
	h->at = o->sample.at.ns > e->at.ns ? o->sample.at : e->at;
	filter_predict(f, mono_sub(h->at, e->at));
	filter_open(f, FILTER_OFFSET, h->off * h->off);
	filter_open(f, FILTER_FREQUENCY, opened_frequency(h->off, h->since));
	m = (struct measurement){ o->source, o->sample.offset,
		fmax(mono_sub(h->at, o->sample.at), 0), o->noise };
	filter_update(f, &m);
}

/* What another's sample makes more likely: that the clock has moved? */
static void
testify(struct estimate *e, const struct estimate_held *o)
{
	struct estimate_held *h = &e->held;
	struct filter stayed = e->mean;
	struct measurement m = { o->source, o->sample.offset, 0, o->noise };

	filter_predict(&stayed, fmax(mono_sub(o->sample.at, e->at), 0));
	filter_predict(&h->moved, fmax(mono_sub(o->sample.at, h->at), 0));
	if (o->sample.at.ns > h->at.ns)
		h->at = o->sample.at;
	h->odds +=
	    filter_likelihood(&h->moved, &m) - filter_likelihood(&stayed, &m);
	filter_update(&h->moved, &m);
}

static void
acquit(struct estimate *e, unsigned source)
{
	e->strays = 0;
	e->astray[source] = 0;
	e->refused[source] = 0;
}

/* Someone else has spoken, and did not confirm what is held. */
static void
refuse_held(struct estimate *e, unsigned by)
{
	if (e->held.holding && e->held.source != by)
		e->refused[e->held.source]++;
	e->held.holding = false;
}

/* It is right: all that waits is taken here, the latest by the caller. */
static void
confirm_held(struct estimate *e, double off)
{
	struct estimate_held held = e->held;

	e->held.holding = false;
	reopen_by(e, fmax(fabs(held.off), fabs(off)), held.since);
	acquit(e, held.source);
	take_own(e, held.source, &held.sample);
	/* These were taken before, but all that is now forgotten. */
	for (unsigned i = 0; i < held.witnesses; i++)
		take_own(e, held.witness[i], &held.evidence[i]);
}

/* An outlier: ESTIMATE_TAKEN if it is to be believed all the same. */
static enum estimate_verdict
hear_out(struct estimate *e, const struct estimate_held *o)
{
	unsigned i = o->source;

	e->strays++;
	e->astray[i]++;
	if (e->held.holding && e->held.source != i && agree(&e->held, o)) {
		confirm_held(e, o->off);
	} else if (e->strays >= STRAYS) {
		reopen_by(e, o->off, o->since);
	} else if (e->astray[i] >= ASTRAY) {
		widen_bias(e, i, fabs(o->off));
	} else {
		refuse_held(e, i);
		hold(e, o);
		return e->refused[i] < APPEALS ? ESTIMATE_HELD :
						 ESTIMATE_DROPPED;
	}
	refuse_held(e, i);
	acquit(e, i);
	return ESTIMATE_TAKEN;
}

/* No outlier.  ESTIMATE_HELD if it cannot tell whether the held one is. */
static enum estimate_verdict
weigh_held(struct estimate *e, const struct estimate_held *o)
{
	struct estimate_held *h = &e->held;

	acquit(e, o->source);
	if (!h->holding)
		return ESTIMATE_TAKEN;
	if (h->source != o->source && agree(h, o)) {
		testify(e, o);
		if (h->odds > SURE) {
			confirm_held(e, h->off);
			return ESTIMATE_TAKEN;
		}
		if (h->odds > -SURE && h->witnesses < ESTIMATE_WITNESSES) {
			h->witness[h->witnesses] = o->source;
			h->evidence[h->witnesses++] = o->sample;
			return e->refused[h->source] < APPEALS ? ESTIMATE_HELD :
								 ESTIMATE_TAKEN;
		}
	}
	refuse_held(e, o->source);
	return ESTIMATE_TAKEN;
}

/* A path that is longer than it was may be so on one way only; in the course
 * of a month that becomes its nature (bias.h). */
static void
remember_shortest(struct estimate *e, unsigned source, struct mono at)
{
	double floor = e->path[source].floor, *shortest = &e->shortest[source];
	double dt = fmax(mono_sub(at, e->at), 0);

	if (*shortest == 0 || floor < *shortest)
		*shortest = floor;
	*shortest += (floor - *shortest) * fmin(dt / MONTH_S, 1);
}

enum estimate_verdict
estimate_add(struct estimate *e, unsigned source, const struct sample *s)
{
	struct estimate_held outlier;
	enum estimate_verdict verdict;

	assert(source < e->sources);
	e->rerouted = 0;
	if (!sane(e, s))
		return ESTIMATE_DROPPED;
	e->rerouted = path_add(&e->path[source], s->delay);
	remember_shortest(e, source, s->at);
	hear(e, source, s);
	if (e->rerouted > 0)
		widen_bias(e, source, e->rerouted / sqrt(12));
	if (!e->known)
		begin(e, s, 0);
	if (strays(e, source, s, own_noise(e, source, s), &outlier)) {
		verdict = hear_out(e, &outlier);
		if (verdict != ESTIMATE_TAKEN)
			return verdict;
	} else {
		verdict = weigh_held(e, &outlier);
	}
	take_own(e, source, s);
	return verdict;
}

/* Its lie is the path's own, and what the other's uplink adds to that. */
static struct noise
shared_noise(const struct path *p, double delay, double doubt)
{
	struct noise n = path_noise(p, delay);

	n.variance += doubt + UPLINK * delay * UPLINK * delay;
	return n;
}

enum estimate_verdict
estimate_add_shared(struct estimate *e, unsigned source, const struct sample *s,
    double doubt)
{
	struct path path = e->shared[source];
	struct estimate_held outlier;
	struct noise noise;

	assert(source < e->sources);
	if (!sane(e, s) || !(doubt >= 0 && isfinite(doubt)))
		return ESTIMATE_DROPPED;
	path_add(&path, s->delay);
	noise = shared_noise(&path, s->delay, doubt);
	hear(e, source, s);
	if (!e->known)
		begin(e, s, doubt);
	if (strays(e, source, s, noise, &outlier))
		return e->odd[source]++ < APPEALS ? ESTIMATE_HELD :
						    ESTIMATE_DROPPED;
	e->odd[source] = 0;
	e->shared[source] = path;
	take(e, source, s, noise);
	return ESTIMATE_TAKEN;
}

static void
forget_shared(struct estimate *e, unsigned source)
{
	path_init(&e->shared[source]);
	e->odd[source] = 0;
}

void
estimate_forget_shared(struct estimate *e)
{
	for (unsigned i = 0; i < ESTIMATE_SOURCES; i++)
		forget_shared(e, i);
}

void
estimate_wander(struct estimate *e, double more)
{
	e->more = e->mean.more = e->tied.more = e->held.moved.more = more;
	bank_wander(&e->bank, more);
}

void
estimate_forget(struct estimate *e, unsigned source)
{
	assert(source < e->sources);
	path_init(&e->path[source]);
	forget_shared(e, source);
	e->shortest[source] = 0;
	bias_forget(&e->bias, source);
	bank_reset(&e->bank, FILTER_BIAS + source, 0, 0);
	e->refused[source] = e->astray[source] = 0;
	if (e->held.source == source)
		e->held.holding = false;
	estimate_conclude(e);
}

void
estimate_reopen(struct estimate *e, double offset_var, double frequency_var)
{
	bank_open(&e->bank, FILTER_OFFSET, offset_var);
	bank_open(&e->bank, FILTER_FREQUENCY, frequency_var);
	estimate_conclude(e);
}
