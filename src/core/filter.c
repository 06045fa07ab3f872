/* SPDX-License-Identifier: ISC */
#include "core/filter.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#define FORGET 0.98    /* memory of the likelihood, per measurement */
#define WHITE_FM 1e-18 /* s^2 per s: 1 ns per sqrt(s) */
#define VARIANCE_MIN 1e-20
#define VARIANCE_MAX 1e4 /* s^2; more would leave no digits for the rest */
#define TAIL 1e-13	 /* less of the Gaussian in the box is no box */
#define NARROW 0.05	 /* sigmas: a box that narrow is a point */

void
filter_init(struct filter *f, unsigned sources, double wander)
{
	assert(sources <= FILTER_SOURCES);
	memset(f, 0, sizeof(*f));
	f->states = FILTER_BIAS + sources;
	f->wander = wander;
}

/* Rounding must not leave a covariance that no variables could have. */
static void
keep_positive(struct filter *f)
{
	double sigma[FILTER_STATES];

	for (unsigned a = 0; a < f->states; a++) {
		double *v = &f->p[a][a];

		/* A source that was never heard has a bias of exactly 0. */
		if (*v != 0)
			*v = fmin(fmax(*v, VARIANCE_MIN), VARIANCE_MAX);
		sigma[a] = sqrt(*v);
	}
	for (unsigned a = 0; a < f->states; a++)
		for (unsigned b = a + 1; b < f->states; b++) {
			double most = sigma[a] * sigma[b];
			double c = fmin(fmax(f->p[a][b], -most), most);

			f->p[a][b] = f->p[b][a] = c;
		}
}

static double
wander2(const struct filter *f)
{
	return f->wander * f->wander + f->more;
}

double
filter_offset_variance(const struct filter *f, double dt)
{
	double d = fabs(dt), q2 = wander2(f);

	return f->p[0][0] + dt * (2 * f->p[0][1] + dt * f->p[1][1]) +
	    q2 * d * d * d / 3 + WHITE_FM * d;
}

void
filter_predict(struct filter *f, double dt)
{
	double q2 = wander2(f);
	double v = filter_offset_variance(f, dt);

	f->x[0] += dt * f->x[1];
	for (unsigned a = 1; a < f->states; a++)
		f->p[0][a] += dt * f->p[1][a];
	f->p[0][0] = v;
	f->p[0][1] += q2 * dt * dt / 2;
	f->p[1][1] += q2 * dt;
	keep_positive(f);
}

void
filter_walk(struct filter *f, unsigned state, double variance, double most)
{
	double gone = fmin(variance / most, 1), keep = sqrt(1 - gone);

	for (unsigned a = 0; a < f->states; a++) {
		f->p[state][a] *= keep;
		f->p[a][state] *= keep; /* its own variance: both times */
	}
	f->p[state][state] += gone * most;
	f->x[state] *= keep;
}

/* What a measurement does to the one combination of states that it sees. */
struct correction {
	double shift;  /* of the mean, in units of variance */
	double shrink; /* of the variance, in units of its square; <= 0 */
	double loglik;
};

/* The ordinary Kalman update, by a Gaussian of the same variance. */
static struct correction
gaussian(double e, double v, const struct noise *n)
{
	double s2 = v + n->variance + n->half_width * n->half_width / 3;
	/* Beyond 7 sigma one measurement more says nothing about wander. */
	double chi2 = fmin(e * e / s2, 50);

	return (struct correction){ e / s2, -1 / s2,
		-0.5 * (log(2 * M_PI * s2) + chi2) };
}

static double
density(double x)
{
	return exp(-x * x / 2) / sqrt(2 * M_PI);
}

/*
 * w = state + Gaussian noise is N(0, s^2) and lies within the box about e:
 * moments of the truncated normal.  By symmetry e >= 0 suffices, and then
 * both tails are on the side where erfc() keeps its digits.
 */
static struct correction
truncated(double e, double v, const struct noise *n)
{
	double s2 = v + n->variance, s = sqrt(s2);
	double a = (fabs(e) - n->half_width) / s;
	double b = (fabs(e) + n->half_width) / s;

	if (b - a < NARROW)
		return gaussian(e, v, n);

	double inside = 0.5 * (erfc(a / M_SQRT2) - erfc(b / M_SQRT2));

	if (!(inside > TAIL))
		return gaussian(e, v, n);

	double fa = density(a), fb = density(b);
	double mean = (fa - fb) / inside;
	double var = 1 + (a * fa - b * fb) / inside - mean * mean;

	return (struct correction){ copysign(mean, e) / s,
		(fmin(fmax(var, 1e-6), 1) - 1) / s2,
		log(inside / (2 * n->half_width)) };
}

/* Covariance of all states with what m sees. */
static void
project(const struct filter *f, const struct measurement *m, double *seen)
{
	unsigned bias = FILTER_BIAS + m->source;

	for (unsigned a = 0; a < f->states; a++)
		seen[a] = f->p[a][0] - m->age * f->p[a][1] + f->p[a][bias];
}

static void
correct(struct filter *f, const double *seen, const struct correction *c)
{
	for (unsigned a = 0; a < f->states; a++) {
		f->x[a] += seen[a] * c->shift;
		for (unsigned b = a; b < f->states; b++)
			f->p[a][b] += seen[a] * seen[b] * c->shrink;
		for (unsigned b = 0; b < a; b++)
			f->p[a][b] = f->p[b][a];
	}
}

struct innovation
filter_innovation(const struct filter *f, const struct measurement *m)
{
	unsigned bias = FILTER_BIAS + m->source;
	double seen[FILTER_STATES];

	project(f, m, seen);
	return (struct innovation){ m->offset -
		    (f->x[0] - m->age * f->x[1] + f->x[bias]),
		fmax(seen[0] - m->age * seen[1] + seen[bias], VARIANCE_MIN) };
}

double
filter_likelihood(const struct filter *f, const struct measurement *m)
{
	struct innovation in = filter_innovation(f, m);

	return truncated(in.value, in.variance, &m->noise).loglik;
}

void
filter_update(struct filter *f, const struct measurement *m)
{
	struct innovation in = filter_innovation(f, m);
	struct noise n = m->noise;
	double seen[FILTER_STATES];
	struct correction c;

	/* The wander since an older measurement is noise of it. */
	n.variance += wander2(f) * m->age * m->age * m->age / 3;
	c = truncated(in.value, in.variance, &n);
	project(f, m, seen);
	correct(f, seen, &c);
	keep_positive(f);
	f->loglik = FORGET * f->loglik + c.loglik;
}

void
filter_open(struct filter *f, unsigned state, double variance)
{
	f->p[state][state] = fmin(f->p[state][state] + variance, VARIANCE_MAX);
}

void
filter_reset(struct filter *f, unsigned state, double x, double variance)
{
	for (unsigned a = 0; a < f->states; a++)
		f->p[state][a] = f->p[a][state] = 0;
	f->x[state] = x;
	f->p[state][state] = fmin(variance, VARIANCE_MAX);
}

void
filter_tie(struct filter *f, unsigned state, double variance)
{
	double s2 = f->p[state][state] + variance;
	struct correction c = { -f->x[state] / s2, -1 / s2, 0 };
	double seen[FILTER_STATES];

	memcpy(seen, f->p[state], sizeof(seen));
	correct(f, seen, &c);
}

/* Where a state comes from; -1: nowhere. */
static int
origin(unsigned state, const int *from)
{
	if (state < FILTER_BIAS)
		return (int)state;
	return from[state - FILTER_BIAS] < 0 ?
	    -1 :
	    from[state - FILTER_BIAS] + FILTER_BIAS;
}

void
filter_permute(struct filter *f, unsigned sources, const int *from)
{
	const struct filter was = *f;

	filter_init(f, sources, was.wander);
	f->loglik = was.loglik;
	f->more = was.more;
	for (unsigned i = 0; i < f->states; i++) {
		int a = origin(i, from);

		if (a < 0)
			continue;
		f->x[i] = was.x[a];
		for (unsigned j = 0; j < f->states; j++) {
			int b = origin(j, from);

			if (b >= 0)
				f->p[i][j] = was.p[a][b];
		}
	}
}
