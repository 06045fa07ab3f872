/* SPDX-License-Identifier: ISC */
#include "core/estimate.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define DAY_S 86400.0
#define YEAR_S (365 * DAY_S)
#define WEEK_S (7 * DAY_S)
#define CONFIDENT 1.96	    /* sigmas: 95 % */
#define OUTLIER 5.0	    /* sigmas */
#define OUTLIER_AFTER 16    /* samples; before that nobody can tell */
#define APPEALS 2	    /* refused in a row: its outliers ask no more */
#define STRAYS 4	    /* outliers in a row, of anyone: believed */
#define ASTRAY 8	    /* of one, while others disagree: a new bias */
#define SUDDEN_S 16.0	    /* shorter gaps say nothing about frequency */
#define FREQUENCY_STEP 5e-4 /* s/s, most that an oscillator can do */
#define LATE_S 3600.0	    /* an older sample is dropped */
#define OFFSET_MAX 1e11	    /* s */
#define DELAY_MAX 100.0	    /* s */

/* After the bank has changed: what is known, for who asks. */
static void
conclude(struct estimate *e)
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
	bank_init(&e->bank, sources);
	bias_init(&e->bias, sources);
	for (unsigned i = 0; i < sources; i++)
		path_init(&e->path[i]);
	conclude(e);
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
	conclude(e);
}

static void
widen_bias(struct estimate *e, unsigned source, double by)
{
	bias_widen(&e->bias, source, by);
	bank_open(&e->bank, FILTER_BIAS + source, by * by);
	conclude(e);
}

static struct measurement
weigh(const struct estimate *e, unsigned source, const struct sample *s)
{
	return (struct measurement){ source, s->offset,
		fmax(mono_sub(e->at, s->at), 0),
		path_noise(&e->path[source], s->delay) };
}

static void
begin(struct estimate *e, const struct sample *s)
{
	e->known = true;
	e->at = s->at;
	bank_reset(&e->bank, FILTER_OFFSET, s->offset, s->delay * s->delay / 4);
	conclude(e);
}

static void
advance(struct estimate *e, struct mono to)
{
	double dt = mono_sub(to, e->at), walk, most;

	bank_predict(&e->bank, dt);
	for (unsigned i = 0; i < e->sources; i++) {
		if (e->bias.scale[i] <= 0)
			continue;
		walk = bias_walk(&e->bias, i, dt, &most);
		bank_walk(&e->bank, FILTER_BIAS + i, walk, most);
	}
	e->at = to;
}

static void
take(struct estimate *e, unsigned source, const struct sample *s)
{
	struct measurement m;

	if (s->at.ns > e->at.ns)
		advance(e, s->at);
	m = weigh(e, source, s);
	bank_update(&e->bank, &m);
	conclude(e);
	e->taken++;
}

/* How far a sample is from what was expected, and is that an outlier? */
static bool
strays(const struct estimate *e, unsigned source, const struct sample *s,
    struct estimate_held *out)
{
	struct filter then = e->mean;
	double dt = mono_sub(s->at, e->at);
	struct measurement m = weigh(e, source, s);
	struct innovation in;

	filter_predict(&then, fmax(dt, 0));
	in = filter_innovation(&then, &m);
	*out = (struct estimate_held){ true, source, *s, in.value, m.noise };
	return e->taken >= OUTLIER_AFTER &&
	    fabs(in.value) - m.noise.half_width >
	    OUTLIER * sqrt(in.variance + m.noise.variance);
}

/*
 * Do two outliers say the same?  A new error of frequency grows between them
 * as fast as it grew since the last good sample, or faster if it began later.
 */
static bool
agree(const struct estimate *e, const struct estimate_held *a,
    const struct estimate_held *b)
{
	double since = mono_sub(a->sample.at, e->at);
	double between = fabs(mono_sub(b->sample.at, a->sample.at));
	double growth = (fabs(a->off) + a->noise.half_width) * between /
	    fmax(since, SUDDEN_S);
	double doubt = sqrt(a->noise.variance + b->noise.variance);

	return fabs(a->off - b->off) < a->noise.half_width +
	    b->noise.half_width + growth + OUTLIER * doubt;
}

/* Our clock has moved by so much since the last good sample. */
static void
reopen_by(struct estimate *e, double off, struct mono now)
{
	double since = fmax(mono_sub(now, e->at), SUDDEN_S);
	double step = fmin(fabs(off) / since, FREQUENCY_STEP);

	bank_open(&e->bank, FILTER_OFFSET, off * off);
	bank_open(&e->bank, FILTER_FREQUENCY, step * step);
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

/* Two of them: the first is taken here, the second by the caller. */
static void
confirm_held(struct estimate *e, const struct estimate_held *second)
{
	struct estimate_held first = e->held;

	e->held.holding = false;
	reopen_by(e, fmax(fabs(first.off), fabs(second->off)), first.sample.at);
	acquit(e, first.source);
	take(e, first.source, &first.sample);
}

/* An outlier: ESTIMATE_TAKEN if it is to be believed all the same. */
static enum estimate_verdict
hear_out(struct estimate *e, const struct estimate_held *o)
{
	unsigned i = o->source;

	e->strays++;
	e->astray[i]++;
	if (e->held.holding && e->held.source != i && agree(e, &e->held, o)) {
		confirm_held(e, o);
	} else if (e->strays >= STRAYS) {
		reopen_by(e, o->off, o->sample.at);
	} else if (e->astray[i] >= ASTRAY) {
		widen_bias(e, i, fabs(o->off));
	} else {
		refuse_held(e, i);
		e->held = *o;
		return e->refused[i] < APPEALS ? ESTIMATE_HELD :
						 ESTIMATE_DROPPED;
	}
	refuse_held(e, i);
	acquit(e, i);
	return ESTIMATE_TAKEN;
}

enum estimate_verdict
estimate_add(struct estimate *e, unsigned source, const struct sample *s)
{
	struct estimate_held outlier;
	enum estimate_verdict verdict = ESTIMATE_TAKEN;
	double jump;

	assert(source < e->sources);
	if (!sane(e, s))
		return ESTIMATE_DROPPED;
	jump = path_add(&e->path[source], s->delay);
	hear(e, source, s);
	if (jump > 0)
		widen_bias(e, source, jump / sqrt(12));
	if (!e->known)
		begin(e, s);
	if (strays(e, source, s, &outlier)) {
		verdict = hear_out(e, &outlier);
	} else {
		refuse_held(e, source);
		acquit(e, source);
	}
	if (verdict == ESTIMATE_TAKEN)
		take(e, source, s);
	return verdict;
}

static double
bound(const struct estimate *e, double dt)
{
	return CONFIDENT * sqrt(fmax(filter_offset_variance(&e->tied, dt), 0));
}

struct estimate_view
estimate_at(const struct estimate *e, struct mono t)
{
	const struct filter *f = &e->tied;
	struct estimate_view v = { .bound = INFINITY };
	double dt;

	if (!e->known)
		return v;
	dt = mono_sub(t, e->at);
	v.offset = f->x[FILTER_OFFSET] + dt * f->x[FILTER_FREQUENCY];
	v.frequency = f->x[FILTER_FREQUENCY];
	v.frequency_sigma = sqrt(f->p[FILTER_FREQUENCY][FILTER_FREQUENCY] +
	    f->wander * f->wander * fabs(dt));
	v.bound = bound(e, dt);
	v.fixed = fmin(CONFIDENT * sqrt(bias_common(&e->bias)), v.bound);
	v.wander = f->wander;
	return v;
}

struct mono
estimate_until(const struct estimate *e, double limit)
{
	double low = 0, high = WEEK_S;

	if (!e->known || bound(e, low) >= limit)
		return e->at;
	if (bound(e, high) < limit)
		return MONO_NEVER;
	while (high - low > 0.1) {
		double middle = (low + high) / 2;

		if (bound(e, middle) < limit)
			low = middle;
		else
			high = middle;
	}
	return mono_add(e->at, high);
}

double
estimate_bias(const struct estimate *e, unsigned source)
{
	assert(source < e->sources);
	return e->tied.x[FILTER_BIAS + source];
}

void
estimate_forget(struct estimate *e, unsigned source)
{
	assert(source < e->sources);
	path_init(&e->path[source]);
	bias_forget(&e->bias, source);
	bank_reset(&e->bank, FILTER_BIAS + source, 0, 0);
	e->refused[source] = e->astray[source] = 0;
	if (e->held.source == source)
		e->held.holding = false;
	conclude(e);
}

void
estimate_resume(struct estimate *e, struct mono at, double offset,
    double variance)
{
	bank_reset(&e->bank, FILTER_OFFSET, offset, variance);
	e->known = true;
	e->at = at;
	conclude(e);
}

void
estimate_permute(struct estimate *e, unsigned sources, const int *from)
{
	const struct estimate was = *e;

	assert(sources <= ESTIMATE_SOURCES);
	e->sources = sources;
	e->held.holding = false;
	bias_init(&e->bias, sources);
	e->bias.spread = was.bias.spread;
	bank_permute(&e->bank, sources, from);
	for (unsigned i = 0; i < sources; i++) {
		path_init(&e->path[i]);
		e->refused[i] = e->astray[i] = 0;
		if (from[i] < 0)
			continue;
		e->path[i] = was.path[from[i]];
		e->bias.usual[i] = was.bias.usual[from[i]];
		e->bias.scale[i] = was.bias.scale[from[i]];
		e->refused[i] = was.refused[from[i]];
		e->astray[i] = was.astray[from[i]];
	}
	conclude(e);
}

void
estimate_reopen(struct estimate *e, double offset_var, double frequency_var)
{
	bank_open(&e->bank, FILTER_OFFSET, offset_var);
	bank_open(&e->bank, FILTER_FREQUENCY, frequency_var);
	conclude(e);
}

void
estimate_write(const struct estimate *e, struct wire_out *w)
{
	bank_write(&e->bank, w);
	bias_write(&e->bias, w);
	for (unsigned i = 0; i < e->sources; i++)
		path_write(&e->path[i], w);
}

bool
estimate_read(struct estimate *e, struct wire *w, double saved_age_s)
{
	struct estimate fresh;
	bool good;

	if (!(saved_age_s >= 0 && saved_age_s < 10 * YEAR_S))
		saved_age_s = DAY_S;
	estimate_init(&fresh, e->sources);
	good =
	    bank_read(&fresh.bank, w, saved_age_s) && bias_read(&fresh.bias, w);
	for (unsigned i = 0; good && i < e->sources; i++)
		good = path_read(&fresh.path[i], w);
	if (!good)
		return false;
	conclude(&fresh);
	*e = fresh;
	return true;
}
