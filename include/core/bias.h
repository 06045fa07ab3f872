/* SPDX-License-Identifier: ISC */
/*
 * bias.h - how much the paths lie: constant asymmetry, and the server's own
 * error.
 *
 * What one path lies more than another is seen, sooner or later, and is a
 * state of the filter.  What all have in common is seen by nobody; how large
 * it may be is told by how large the differences are.  So the spread of the
 * biases is learned, from 2 % of the delay on, and the filters, that know
 * biases only by a prior of ten times as much, are tied to it.  Lies change,
 * too, in the course of a month.
 */
#ifndef CORE_BIAS_H
#define CORE_BIAS_H

#include "base/wire.h"
#include "core/filter.h"

#include <stdbool.h>

struct bias {
	unsigned sources;
	double usual[FILTER_SOURCES]; /* s, spread to expect by the delay */
	double scale[FILTER_SOURCES]; /* and now; 0: never heard */
	double spread;		      /* learned, 1: as expected */
};

void bias_init(struct bias *b, unsigned sources);

/*
 * First sample of a source: variance of its bias in the filters.  delay all
 * the way to where it has its time from, s.
 */
double bias_hear(struct bias *b, unsigned source, double delay);

/* It is off by more than was expected, s. */
void bias_widen(struct bias *b, unsigned source, double by);

/*
 * Lies change in the course of days: variance of that in dt seconds, and the
 * most that it may add up to.
 */
double bias_walk(const struct bias *b, unsigned source, double dt,
    double *most);

/* Another server will speak in its place. */
void bias_forget(struct bias *b, unsigned source);

/* Learns the spread from f, and ties f's biases by it. */
void bias_learn(struct bias *b, struct filter *f);

/* Variance of what all paths have in common, s^2. */
double bias_common(const struct bias *b);

void bias_write(const struct bias *b, struct wire_out *w);
bool bias_read(struct bias *b, struct wire *w);

#endif
