/* SPDX-License-Identifier: ISC */
#include "osc.h"

#include <math.h>

#define DAY_S 86400.0
#define DAY_RADIAN (2 * 3.14159265358979323846 / DAY_S)

void
osc_init(struct osc *o, uint64_t seed)
{
	*o = (struct osc){ 0 };
	rng_init(&o->rng, seed);
	rng_init(&o->events, seed + 300);
	o->phase = rng_uniform(&o->rng) * DAY_RADIAN * 86400;
}

/*
 * Noise of 1/f: relaxing processes of equal spread, their times a factor of
 * ten apart.  Allan deviation is flat, about half of the spread of one decade's
 * process times sqrt(2 ln 2).
 */
static double
flicker(struct osc *o, double length)
{
	double sum = 0, times = 100, spread = o->flicker / 0.7;

	if (o->flicker <= 0)
		return 0;
	for (unsigned i = 0; i < OSC_FLICKERS; i++, times *= 10) {
		double keep = exp(-length / times);

		o->flick[i] = o->flick[i] * keep +
		    spread * sqrt(1 - keep * keep) * rng_normal(&o->events);
		sum += o->flick[i];
	}
	return sum;
}

static double
flicker_now(const struct osc *o)
{
	double sum = 0;

	for (unsigned i = 0; i < OSC_FLICKERS; i++)
		sum += o->flick[i];
	return sum;
}

/* The heating goes on, or a fan: once a day, at any hour. */
static void
step_daily(struct osc *o)
{
	if (o->daily_step <= 0 || o->end < o->step_at)
		return;
	if (o->step_at > 0)
		osc_step(o, o->end,
		    rng_uniform(&o->events) < 0.5 ? o->daily_step :
						    -o->daily_step);
	o->step_at =
	    (floor(o->end / DAY_S) + 1 + rng_uniform(&o->events)) * DAY_S;
}

void
osc_advance(struct osc *o, double length)
{
	double a = rng_normal(&o->rng), b = rng_normal(&o->rng), f0, df;

	step_daily(o);
	f0 = flicker_now(o);
	df = flicker(o, length) - f0;
	o->begin = o->end;
	o->end += length;
	o->x0 = o->x1;
	o->y0 = o->y1;
	/* W(h) and its integral have variances h, h^3/3, covariance h^2/2. */
	o->y1 = o->y0 + o->wander * sqrt(length) * a + df;
	o->x1 = o->x0 + o->y0 * length + df * length / 2 +
	    o->wander * pow(length, 1.5) * (a / 2 + b / sqrt(12));
}

static double
walk(const struct osc *o, double t)
{
	double h = o->end - o->begin, u, v;

	if (h <= 0)
		return o->x1;
	/* cubic Hermite */
	u = (t - o->begin) / h;
	v = 1 - u;
	return v * v * (1 + 2 * u) * o->x0 + u * u * (3 - 2 * u) * o->x1 +
	    h * u * v * (v * o->y0 - u * o->y1);
}

double
osc_ahead(const struct osc *o, double t)
{
	double day = cos(o->phase) - cos(DAY_RADIAN * t + o->phase);

	return o->ahead + o->frequency * (t - o->since) + walk(o, t) +
	    o->sine / DAY_RADIAN * day;
}

void
osc_step(struct osc *o, double t, double df)
{
	o->ahead += o->frequency * (t - o->since);
	o->since = t;
	o->frequency += df;
}
