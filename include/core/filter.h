/* SPDX-License-Identifier: ISC */
/*
 * filter.h - one Kalman filter over offset, frequency and the biases of all
 * sources.
 *
 *	x = [ offset, frequency, bias of source 0, 1, ... ]
 *
 * Frequency walks at random (wander), offset is its integral with a little
 * white noise of its own, a bias stays but for filter_walk().  A measurement
 * is offset + bias + noise, and its noise is uniform in a box with Gaussian
 * doubt around it: the filter's Gaussian is cut to that and its moments are
 * taken.  That is the ordinary Kalman update where the box is narrow, and
 * much better where it is wide or one-sided.
 */
#ifndef CORE_FILTER_H
#define CORE_FILTER_H

#define FILTER_SOURCES 12
#define FILTER_STATES (2 + FILTER_SOURCES)

enum { FILTER_OFFSET, FILTER_FREQUENCY, FILTER_BIAS /* of source 0 */ };

struct filter {
	unsigned states; /* 2 + sources */
	double wander;	 /* s/s per sqrt(s): random-walk FM */
	double more;	 /* (s/s)^2 per s, beside the square of that */
	double loglik;	 /* of what was measured, older things less */
	double x[FILTER_STATES];
	double p[FILTER_STATES][FILTER_STATES];
};

/* The error of a measurement: a box, seen through a Gaussian. */
struct noise {
	double half_width; /* s; 0: Gaussian only */
	double variance;   /* s^2, > 0 */
};

struct measurement {
	unsigned source;
	double offset; /* s */
	double age;    /* s, >= 0: how long before the filter's instant */
	struct noise noise;
};

/* What the filter expects: measured - expected, and variance without noise. */
struct innovation {
	double value;
	double variance;
};

/* All zero; sources at most FILTER_SOURCES. */
void filter_init(struct filter *f, unsigned sources, double wander);

/* dt seconds pass, dt >= 0. */
void filter_predict(struct filter *f, double dt);

struct innovation filter_innovation(const struct filter *f,
    const struct measurement *m);

/* How likely this measurement is to the filter: log of the density, 1/s. */
double filter_likelihood(const struct filter *f, const struct measurement *m);

void filter_update(struct filter *f, const struct measurement *m);

/* Something happened to one state: it is less sure by variance. */
void filter_open(struct filter *f, unsigned state, double variance);

/*
 * One state walks at random by variance, but is held back so much that its
 * variance never grows beyond most.
 */
void filter_walk(struct filter *f, unsigned state, double variance,
    double most);

/* One state begins anew, and has nothing to do with the others. */
void filter_reset(struct filter *f, unsigned state, double x, double variance);

/*
 * Other sources, or in another order: i is what from[i] was, or begins with a
 * bias of 0 and no doubt of it if from[i] is -1.
 */
void filter_permute(struct filter *f, unsigned sources, const int *from);

/* One state is known from elsewhere to be 0, give or take variance. */
void filter_tie(struct filter *f, unsigned state, double variance);

/* Of the offset, dt seconds from the filter's instant. */
double filter_offset_variance(const struct filter *f, double dt);

#endif
