/* SPDX-License-Identifier: ISC */
#include "core/bank.h"

#include <math.h>
#include <string.h>

#define FREQUENCY_SIGMA 50e-6 /* s/s, of an oscillator never met before */
#define FREQUENCY_MAX 1e-3    /* s/s; more is no oscillator */
#define RESTART_SIGMA 1e-7    /* s/s, what a restart may change */
#define NEGLIGIBLE 1e-4	      /* weight */
#define UNLIKELY (-1e3)	      /* log likelihood, against the likeliest */
#define BIAS_MAX 100.0	      /* s */

static const double wanders[BANK_FILTERS] = { 1e-10, 3e-10, 1e-9, 3e-9, 1e-8,
	3e-8, 1e-7, 3e-7 };

void
bank_init(struct bank *b, unsigned sources)
{
	for (unsigned k = 0; k < BANK_FILTERS; k++) {
		struct filter *f = &b->filter[k];

		filter_init(f, sources, wanders[k]);
		filter_reset(f, FILTER_FREQUENCY, 0,
		    FREQUENCY_SIGMA * FREQUENCY_SIGMA);
	}
}

void
bank_predict(struct bank *b, double dt)
{
	for (unsigned k = 0; k < BANK_FILTERS; k++)
		filter_predict(&b->filter[k], dt);
}

void
bank_update(struct bank *b, const struct measurement *m)
{
	for (unsigned k = 0; k < BANK_FILTERS; k++)
		filter_update(&b->filter[k], m);
}

void
bank_open(struct bank *b, unsigned state, double variance)
{
	for (unsigned k = 0; k < BANK_FILTERS; k++)
		filter_open(&b->filter[k], state, variance);
}

void
bank_reset(struct bank *b, unsigned state, double x, double variance)
{
	for (unsigned k = 0; k < BANK_FILTERS; k++)
		filter_reset(&b->filter[k], state, x, variance);
}

void
bank_walk(struct bank *b, unsigned state, double variance, double most)
{
	for (unsigned k = 0; k < BANK_FILTERS; k++)
		filter_walk(&b->filter[k], state, variance, most);
}

void
bank_wander(struct bank *b, double more)
{
	for (unsigned k = 0; k < BANK_FILTERS; k++)
		b->filter[k].more = more;
}

void
bank_permute(struct bank *b, unsigned sources, const int *from)
{
	for (unsigned k = 0; k < BANK_FILTERS; k++)
		filter_permute(&b->filter[k], sources, from);
}

/* Weights that add up to 1; the index of the heaviest. */
static unsigned
weigh(const struct bank *b, double weight[BANK_FILTERS])
{
	unsigned best = 0;
	double sum = 0;

	for (unsigned k = 1; k < BANK_FILTERS; k++)
		if (b->filter[k].loglik > b->filter[best].loglik)
			best = k;
	for (unsigned k = 0; k < BANK_FILTERS; k++) {
		weight[k] = exp(b->filter[k].loglik - b->filter[best].loglik);
		if (weight[k] < NEGLIGIBLE)
			weight[k] = 0;
		sum += weight[k];
	}
	for (unsigned k = 0; k < BANK_FILTERS; k++)
		weight[k] /= sum;
	return best;
}

/* out, a part of the mean already, takes in f, off by d, with its weight. */
static void
blend(struct filter *out, const struct filter *f, const double *d,
    double weight)
{
	for (unsigned r = 0; r < out->states; r++)
		for (unsigned c = 0; c < out->states; c++)
			out->p[r][c] += weight * (f->p[r][c] + d[r] * d[c]);
}

void
bank_mix(const struct bank *b, struct filter *out)
{
	double weight[BANK_FILTERS], q2 = 0;
	unsigned best = weigh(b, weight);
	double mean[FILTER_STATES] = { 0 };

	/* Differences to the heaviest: the offsets themselves may be large,
	 * and what is lost of their weights would count. */
	*out = b->filter[best];
	for (unsigned k = 0; k < BANK_FILTERS; k++) {
		q2 += weight[k] * wanders[k] * wanders[k];
		for (unsigned a = 0; a < out->states; a++)
			mean[a] += weight[k] *
			    (b->filter[k].x[a] - b->filter[best].x[a]);
	}
	memset(out->p, 0, sizeof(out->p));
	for (unsigned k = 0; k < BANK_FILTERS; k++) {
		double d[FILTER_STATES];

		if (weight[k] == 0)
			continue;
		for (unsigned a = 0; a < out->states; a++)
			d[a] =
			    b->filter[k].x[a] - b->filter[best].x[a] - mean[a];
		blend(out, &b->filter[k], d, weight[k]);
	}
	for (unsigned a = 0; a < out->states; a++)
		out->x[a] += mean[a];
	out->wander = sqrt(q2);
}

void
bank_write(const struct bank *b, struct wire_out *w)
{
	struct filter mix;
	double weight[BANK_FILTERS];
	double best = b->filter[weigh(b, weight)].loglik;

	bank_mix(b, &mix);
	wire_put_u8(w, BANK_FILTERS);
	wire_put_u8(w, (uint8_t)mix.states);
	wire_put_f64(w, mix.x[FILTER_FREQUENCY]);
	for (unsigned k = 0; k < BANK_FILTERS; k++) {
		wire_put_f64(w, fmax(b->filter[k].loglik - best, UNLIKELY));
		wire_put_f64(w,
		    b->filter[k].p[FILTER_FREQUENCY][FILTER_FREQUENCY]);
	}
	for (unsigned r = FILTER_BIAS; r < mix.states; r++) {
		wire_put_f64(w, mix.x[r]);
		for (unsigned c = FILTER_BIAS; c <= r; c++)
			wire_put_f64(w, mix.p[r][c]);
	}
}

/* Is it a number, and no larger than that? */
static bool
within(double v, double most)
{
	return fabs(v) <= most;
}

static bool
read_frequency(struct bank *b, struct wire *w, double age_s)
{
	double frequency = wire_f64(w);
	bool good = within(frequency, FREQUENCY_MAX);

	for (unsigned k = 0; k < BANK_FILTERS; k++) {
		struct filter *f = &b->filter[k];
		double variance;

		f->loglik = wire_f64(w);
		variance = wire_f64(w);
		good = good && f->loglik >= UNLIKELY && f->loglik <= 0 &&
		    variance > 0 && variance <= FREQUENCY_MAX * FREQUENCY_MAX;
		filter_reset(f, FILTER_FREQUENCY, frequency,
		    variance + f->wander * f->wander * age_s +
			RESTART_SIGMA * RESTART_SIGMA);
	}
	return good;
}

/*
 * Could p be a covariance of biases?  Cholesky's decomposition would meet
 * the root of a negative number otherwise.  A bias of variance 0 (a source
 * never heard) is apart from all others.
 */
static bool
positive(const struct filter *f)
{
	double l[FILTER_STATES][FILTER_STATES] = { { 0 } };

	for (unsigned r = FILTER_BIAS; r < f->states; r++)
		for (unsigned c = FILTER_BIAS; c <= r; c++) {
			double v = f->p[r][c];

			for (unsigned k = FILTER_BIAS; k < c; k++)
				v -= l[r][k] * l[c][k];
			if (r == c && v < -1e-9 * f->p[r][r])
				return false;
			if (r == c)
				l[r][r] = sqrt(fmax(v, 0));
			else if (l[c][c] > 0)
				l[r][c] = v / l[c][c];
			else if (fabs(v) > 0)
				return false;
		}
	return true;
}

static bool
read_biases(struct filter *f, struct wire *w)
{
	bool good = true;

	for (unsigned r = FILTER_BIAS; r < f->states; r++) {
		f->x[r] = wire_f64(w);
		good = good && within(f->x[r], BIAS_MAX);
		for (unsigned c = FILTER_BIAS; c <= r; c++) {
			f->p[r][c] = f->p[c][r] = wire_f64(w);
			good = good && within(f->p[r][c], BIAS_MAX * BIAS_MAX);
		}
	}
	return good && positive(f);
}

bool
bank_read(struct bank *b, struct wire *w, double age_s)
{
	struct bank fresh;
	struct filter biases;
	unsigned states = b->filter[0].states;

	bank_init(&fresh, states - FILTER_BIAS);
	if (wire_u8(w) != BANK_FILTERS || wire_u8(w) != states)
		return false;
	if (!read_frequency(&fresh, w, age_s))
		return false;
	filter_init(&biases, states - FILTER_BIAS, 0);
	if (!read_biases(&biases, w) || w->bad)
		return false;
	for (unsigned k = 0; k < BANK_FILTERS; k++)
		for (unsigned r = FILTER_BIAS; r < states; r++) {
			struct filter *f = &fresh.filter[k];

			f->x[r] = biases.x[r];
			memcpy(&f->p[r][FILTER_BIAS], &biases.p[r][FILTER_BIAS],
			    sizeof(f->p[r]) - FILTER_BIAS * sizeof(double));
		}
	*b = fresh;
	return true;
}
