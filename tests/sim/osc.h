/* SPDX-License-Identifier: ISC */
/*
 * osc.h - a simulated crystal: how far it has run ahead of the truth.
 *
 * Initial frequency error, random walk of frequency, flicker, daily sine, and
 * steps.  The walk is drawn exactly at the ends of segments (the two-dimensional
 * Gaussian of a Brownian motion and its integral); between them it is the
 * mean given both ends, a cubic.  What is left out inside a segment of 16 s
 * is below a tenth of a microsecond for every oscillator used here.
 */
#ifndef SIM_OSC_H
#define SIM_OSC_H

#include "base/rng.h"

#define OSC_FLICKERS 5

struct osc {
	struct rng rng, events;		/* of steps and flicker */
	double wander;			/* s/s per sqrt(s): random-walk FM */
	double sine;			/* s/s, amplitude over a day */
	double phase;			/* of the sine, radian */
	double flicker;			/* s/s, floor of the Allan deviation */
	double flick[OSC_FLICKERS];	/* s/s, processes that add up to it */
	double daily_step;		/* s/s, once a day, up or down */
	double step_at;			/* s, of the next */
	double frequency, since, ahead; /* the straight part: s/s, s, s */
	double begin, end;		/* of the segment, s */
	double x0, x1, y0, y1;		/* walk: s and s/s at both ends */
};

void osc_init(struct osc *o, uint64_t seed);

/* Begins the next segment, of length seconds, where the last one ended. */
void osc_advance(struct osc *o, double length);

/* Seconds gained since 0 at an instant inside the segment. */
double osc_ahead(const struct osc *o, double t);

/* From t on the crystal runs faster by df s/s. */
void osc_step(struct osc *o, double t, double df);

#endif
