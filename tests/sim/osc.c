/* SPDX-License-Identifier: ISC */
#include "osc.h"

#include <math.h>

#define DAY_RADIAN (2 * 3.14159265358979323846 / 86400)

void
osc_init(struct osc *o, uint64_t seed)
{
	*o = (struct osc){ 0 };
	rng_init(&o->rng, seed);
	o->phase = rng_uniform(&o->rng) * DAY_RADIAN * 86400;
}

void
osc_advance(struct osc *o, double length)
{
	double a = rng_normal(&o->rng), b = rng_normal(&o->rng);

	o->begin = o->end;
	o->end += length;
	o->x0 = o->x1;
	o->y0 = o->y1;
	/* W(h) and its integral have variances h, h^3/3, covariance h^2/2. */
	o->y1 = o->y0 + o->wander * sqrt(length) * a;
	o->x1 = o->x0 + o->y0 * length +
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
