/* SPDX-License-Identifier: ISC */
#include "core/sibling_parts.h"

#include <math.h>

#define STAMP_S 2e-6   /* noise of four stamps, two machines */
#define DRIFT_MAX 1e-3 /* s/s; more is no oscillator */
#define STRAY 8.0      /* sigmas: not by chance */
#define STRAYS 4       /* in a row: a clock has jumped */
#define FUTURE_S 1.0   /* a sample after the word that brings it */

void
sibling_forget_pair(struct sibling *s)
{
	bank_init(&s->pair, 1);
	bank_reset(&s->pair, FILTER_BIAS, 0, 0);
	path_init(&s->way);
	s->exchanges = 0;
	s->astray = 0;
	s->surprise = 0;
	s->base_ns = 0;
}

static double
total(const struct noise *n)
{
	return n->variance + n->half_width * n->half_width / 3;
}

static void
first(struct sibling *s, struct mono at, const struct measurement *m)
{
	sibling_forget_pair(s);
	bank_reset(&s->pair, FILTER_OFFSET, 0, total(&m->noise));
	s->paired = at;
	s->exchanges = 1;
}

/* How far m is from what was expected, in sigmas. */
static double
surprise(const struct sibling *s, const struct measurement *m)
{
	struct filter mix;
	struct innovation in;

	bank_mix(&s->pair, &mix);
	in = filter_innovation(&mix, m);
	return in.value / sqrt(in.variance + total(&m->noise));
}

static void
enter(struct sibling *s, struct mono at, struct measurement *m)
{
	double dt = mono_sub(at, s->paired);

	if (dt > 0) {
		bank_predict(&s->pair, dt);
		s->paired = at;
	}
	m->age = fmax(-dt, 0);
	s->surprise = surprise(s, m);
	if (fabs(s->surprise) > STRAY) {
		s->astray++;
		return;
	}
	s->astray = 0;
	bank_update(&s->pair, m);
	s->exchanges++;
}

/* (a - b) in ns; of instants that link_read() let pass and of our own it
 * never overflows, and nothing depends on it if it does. */
static int64_t
sub_ns(int64_t a, int64_t b)
{
	int64_t d;

	return __builtin_sub_overflow(a, b, &d) ? 0 : d;
}

void
sibling_pair(struct sibling *s, const struct link_word *w, struct mono left,
    struct mono came, double delay)
{
	struct mono at = mono_add(left, mono_sub(came, left) / 2);
	int64_t there = sub_ns(w->came.ns, left.ns);
	int64_t back = sub_ns(w->left.ns, came.ns);
	int64_t mean = there / 2 + back / 2;
	struct measurement m = { 0 };

	path_add(&s->way, delay);
	m.noise = path_noise(&s->way, delay);
	m.noise.variance += STAMP_S * STAMP_S;
	if (s->exchanges > 0) {
		m.offset = ((double)sub_ns(there, s->base_ns) +
			       (double)sub_ns(back, s->base_ns)) /
		    2e9;
		enter(s, at, &m);
	}
	if (s->exchanges == 0 || s->astray >= STRAYS) {
		first(s, at, &m);
		s->base_ns = mean;
		path_add(&s->way, delay);
	}
}

/* Of two exchanges, and such as two oscillators can be. */
static bool
known(const struct sibling *s, const struct filter *f)
{
	return s->exchanges >= 2 && isfinite(f->x[FILTER_OFFSET]) &&
	    fabs(f->x[FILTER_FREQUENCY]) <= DRIFT_MAX;
}

static struct sibling_clocks
clocks(const struct sibling *s, const struct filter *f, double dt)
{
	double drift = f->x[FILTER_FREQUENCY];
	double q2 = f->wander * f->wander;

	return (struct sibling_clocks){ .known = true,
		.offset = f->x[FILTER_OFFSET] + dt * drift,
		.drift = drift,
		.variance = filter_offset_variance(f, dt),
		.drift_variance =
		    f->p[FILTER_FREQUENCY][FILTER_FREQUENCY] + q2 * fabs(dt),
		.wander = f->wander,
		.surprise = s->surprise };
}

struct sibling_clocks
sibling_clocks(const struct sibling *s, struct mono t)
{
	struct filter mix;

	bank_mix(&s->pair, &mix);
	if (!known(s, &mix))
		return (struct sibling_clocks){ .surprise = s->surprise };
	return clocks(s, &mix, mono_sub(t, s->paired));
}

bool
sibling_instant(const struct sibling *s, struct mono theirs, struct mono *ours,
    double *variance)
{
	struct filter mix;
	double since, dt;

	bank_mix(&s->pair, &mix);
	if (!known(s, &mix))
		return false;
	/* theirs = ours + base + offset + drift * (ours - paired) */
	since =
	    mono_sub((struct mono){ sub_ns(theirs.ns, s->base_ns) }, s->paired);
	dt = (since - mix.x[FILTER_OFFSET]) / (1 + mix.x[FILTER_FREQUENCY]);
	*ours = mono_add(s->paired, dt);
	*variance = clocks(s, &mix, dt).variance;
	return true;
}

bool
sibling_sample(const struct sibling *s, const struct link_item *item,
    unsigned k, const struct scale *scale, struct sample *out, double *doubt)
{
	const struct link_sample *from = &item->sample[k];
	struct mono ours;

	if (k >= item->samples || k >= LINK_SAMPLES ||
	    mono_sub(from->at, s->word.at) > FUTURE_S ||
	    !sibling_instant(s, from->at, &ours, doubt))
		return false;

	struct wall tai = { from->at.ns + from->tai_ns };

	*out = (struct sample){ .at = ours,
		.offset = wall_sub(tai, scale_home(scale, ours)),
		.delay = fmax(from->delay, 1e-7),
		.root_delay = from->root_delay,
		.root_disp = from->root_disp,
		.gained = scale_gained(scale, ours) };
	return true;
}
