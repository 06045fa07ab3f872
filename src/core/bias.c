/* SPDX-License-Identifier: ISC */
#include "core/bias.h"

#include <math.h>
#include <string.h>

#define SHARE 0.02	  /* bias to expect, of the delay */
#define SCALE_MIN 1e-6	  /* s */
#define SCALE_MAX 10.0	  /* s */
#define SPREAD_MIN 1e-6	  /* scales */
#define WIDE 10.0	  /* prior of the filters, against that to expect */
#define PRIOR_WEIGHT 0.25 /* of SHARE, in sources */
#define PERSIST_S (30 * 86400.0) /* a lie is another after that */
#define STEPS 3			 /* of expectation and maximisation a sample */

void
bias_init(struct bias *b, unsigned sources)
{
	memset(b, 0, sizeof(*b));
	b->sources = sources;
	b->spread = 1;
}

double
bias_hear(struct bias *b, unsigned source, double delay)
{
	double s = fmin(fmax(SHARE * delay, SCALE_MIN), SCALE_MAX);

	b->usual[source] = b->scale[source] = s;
	return WIDE * s * WIDE * s;
}

void
bias_widen(struct bias *b, unsigned source, double by)
{
	/* Spread times scale is what is expected of a source. */
	double scale = fmax(b->scale[source], by / b->spread);

	b->scale[source] = fmin(scale, SCALE_MAX);
}

double
bias_walk(const struct bias *b, unsigned source, double dt, double *most)
{
	double whole = WIDE * b->scale[source];
	double step = b->spread * b->usual[source];

	*most = whole * whole;
	return 2 * dt / PERSIST_S * step * step;
}

void
bias_forget(struct bias *b, unsigned source)
{
	b->usual[source] = b->scale[source] = 0;
}

/*
 * f knows each bias by a prior of WIDE; a prior of the spread is that and a
 * measurement of 0 whose information is the difference of the two.
 */
static void
tie(const struct bias *b, double spread, struct filter *f)
{
	double more = 1 / (spread * spread) - 1 / (WIDE * WIDE);

	if (more <= 0)
		return;
	for (unsigned i = 0; i < b->sources; i++)
		if (b->scale[i] > 0)
			filter_tie(f, FILTER_BIAS + i,
			    b->scale[i] * b->scale[i] / more);
}

/*
 * Expected sum of squares of the biases about their weighted mean, in units
 * of scale: x'Mx + tr(MP) with M = D - D11'D/1'D1, D = 1/scale^2.
 */
static double
squares(const struct bias *b, const struct filter *f)
{
	double sum = 0, weights = 0, mean = 0, common = 0;

	for (unsigned i = 0; i < b->sources; i++) {
		unsigned r = FILTER_BIAS + i;
		double d;

		if (b->scale[i] <= 0)
			continue;
		d = 1 / (b->scale[i] * b->scale[i]);
		weights += d;
		mean += d * f->x[r];
		sum += d * (f->x[r] * f->x[r] + f->p[r][r]);
		for (unsigned j = 0; j < b->sources; j++)
			if (b->scale[j] > 0)
				common += d * f->p[r][FILTER_BIAS + j] /
				    (b->scale[j] * b->scale[j]);
	}
	return sum - (mean * mean + common) / weights;
}

static unsigned
heard(const struct bias *b)
{
	unsigned n = 0;

	for (unsigned i = 0; i < b->sources; i++)
		n += b->scale[i] > 0;
	return n;
}

void
bias_learn(struct bias *b, struct filter *f)
{
	unsigned n = heard(b);
	struct filter wide = *f;

	for (unsigned k = 0; n > 1 && k < STEPS; k++) {
		double s2;

		*f = wide;
		tie(b, b->spread, f);
		s2 = (PRIOR_WEIGHT + squares(b, f)) / (PRIOR_WEIGHT + n - 1);
		b->spread = fmin(fmax(sqrt(fmax(s2, 0)), SPREAD_MIN), WIDE);
	}
	if (n <= 1)
		tie(b, b->spread, f);
}

double
bias_common(const struct bias *b)
{
	double weights = 0;

	for (unsigned i = 0; i < b->sources; i++)
		if (b->scale[i] > 0)
			weights += 1 / (b->scale[i] * b->scale[i]);
	return weights > 0 ? b->spread * b->spread / weights : 0;
}

void
bias_write(const struct bias *b, struct wire_out *w)
{
	wire_put_f64(w, b->spread);
	for (unsigned i = 0; i < b->sources; i++) {
		wire_put_f64(w, b->usual[i]);
		wire_put_f64(w, b->scale[i]);
	}
}

/* As bias_hear() and bias_widen() leave them; 0: never heard. */
static bool
possible(double usual, double scale)
{
	return (usual == 0 && scale == 0) ||
	    (usual >= SCALE_MIN && usual <= scale && scale <= SCALE_MAX);
}

bool
bias_read(struct bias *b, struct wire *w)
{
	struct bias fresh;
	bool good;

	bias_init(&fresh, b->sources);
	fresh.spread = wire_f64(w);
	good = fresh.spread >= SPREAD_MIN && fresh.spread <= WIDE;
	for (unsigned i = 0; i < b->sources; i++) {
		fresh.usual[i] = wire_f64(w);
		fresh.scale[i] = wire_f64(w);
		good = good && possible(fresh.usual[i], fresh.scale[i]);
	}
	if (!good || w->bad)
		return false;
	*b = fresh;
	return true;
}
