/* SPDX-License-Identifier: ISC */
#include "core/estimate.h"

#include <assert.h>
#include <math.h>

#define WEEK_S (7 * 86400.0)
#define CONFIDENT 1.96 /* sigmas: 95 % */
#define BETTER 0.4     /* short queues count more than long ones */

/* More, where samples surprise us more than the filters think. */
static double
confident(const struct estimate *e)
{
	return CONFIDENT * sqrt(fmax(e->surprise, 1));
}

/*
 * Most paths are longer than they were: our own line, perhaps on one way only,
 * and then all lie alike and nobody can see it.  Variance of half of the
 * middle path's change, either way; more than of a uniform one (12), for most
 * changes are on one way.
 */
static double
longer_for_most(const struct estimate *e)
{
	double by[ESTIMATE_SOURCES];
	unsigned n = 0;

	for (unsigned i = 0; i < e->sources; i++) {
		double d = e->path[i].floor - e->shortest[i];
		unsigned k = n++;

		if (e->path[i].count == 0) {
			n--;
			continue;
		}
		for (; k > 0 && by[k - 1] > d; k--)
			by[k] = by[k - 1];
		by[k] = d;
	}
	return n > 0 ? by[(n - 1) / 2] * by[(n - 1) / 2] / 6 : 0;
}

/* Variance of what is common to all. */
static double
common(const struct estimate *e)
{
	return bias_common(&e->bias) + longer_for_most(e);
}

static double
bound(const struct estimate *e, double dt)
{
	double v = filter_offset_variance(&e->tied, dt); /* has bias's part */

	return confident(e) * sqrt(fmax(v, 0) + longer_for_most(e));
}

static double
wander(const struct estimate *e)
{
	double learned = e->tied.wander;

	return e->more > 0 ? sqrt(learned * learned + e->more) : learned;
}

struct estimate_view
estimate_at(const struct estimate *e, struct mono t)
{
	const struct filter *f = &e->tied;
	struct estimate_view v = { .bound = INFINITY };
	double q = wander(e), dt;

	if (!e->known)
		return v;
	dt = mono_sub(t, e->at);
	v.offset = f->x[FILTER_OFFSET] + dt * f->x[FILTER_FREQUENCY];
	v.frequency = f->x[FILTER_FREQUENCY];
	v.frequency_sigma =
	    sqrt(f->p[FILTER_FREQUENCY][FILTER_FREQUENCY] + q * q * fabs(dt));
	v.bound = bound(e, dt);
	v.fixed = fmin(confident(e) * sqrt(common(e)), v.bound);
	v.wander = q;
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

/* Variance of a sample of that path, as the filter counts it. */
static double
path_variance(const struct path *p)
{
	struct noise n = path_noise(p, p->floor + p->excess);

	return BETTER * n.half_width * n.half_width / 3 + n.variance;
}

/* The mean of all paths, ours and the sibling's. */
static double
usual_noise(const struct estimate *e)
{
	double sum = 0;
	unsigned n = 0;

	for (unsigned i = 0; i < e->sources; i++) {
		if (e->path[i].count > 0) {
			sum += path_variance(&e->path[i]);
			n++;
		}
		if (e->shared[i].count > 0) {
			sum += path_variance(&e->shared[i]);
			n++;
		}
	}
	return n > 0 ? sum / n : 0;
}

/*
 * Steady state of the Kalman filter of offset and random-walk frequency, as
 * if noise came continuously (Kalman-Bucy): with r the noise times the gap,
 * variances sqrt(2 q) r^(3/4) of offset, sqrt(2) q^(3/2) r^(1/4) of
 * frequency, q sqrt(r) of both.
 */
double
estimate_reach(const struct estimate *e, double gap)
{
	double q = wander(e), noise = usual_noise(e), r = noise * gap;
	double both = q * sqrt(r), offset, frequency;

	if (!e->known || noise <= 0)
		return INFINITY;
	offset = fmin(sqrt(2 * q) * pow(r, 0.75), noise);
	frequency = sqrt(2) * pow(q, 1.5) * pow(r, 0.25);
	return confident(e) *
	    sqrt(offset + gap * (2 * both + gap * frequency) +
		q * q * gap * gap * gap / 3 + common(e));
}

double
estimate_bias(const struct estimate *e, unsigned source)
{
	assert(source < e->sources);
	return e->tied.x[FILTER_BIAS + source];
}
