/* SPDX-License-Identifier: ISC */
/*
 * duo.h - two schedules that take turns, and hear at once of each other's
 * questions; every server answers.
 */
#ifndef DUO_H
#define DUO_H

#include "core/schedule.h"

#define DUO_T 2048.0

extern struct schedule duo_side[2];
extern struct rng duo_rng[2];

extern struct duo {
	bool deaf; /* they do not hear of each other */
	bool dead; /* side 1 asks nobody */
	bool liar; /* side 1 only says that it has asked, once a minute */
	double within;
	/* What upstream saw since from: */
	double from, last;
	unsigned asked[2];
	unsigned again; /* by the same side as the last time */
	unsigned close; /* to the one before: a quarter of T/N */
	int by[SCHEDULE_SOURCES];
} duo;

struct mono duo_at(double t);
double duo_seconds(struct mono t);

/* n servers, the most that T may be on each side; side 1 begins later. */
void duo_begin(unsigned n, double max0, double max1, double later);

/* Counts from then on. */
void duo_count(double from);

/* Both ask whom they want until then; or side k asks i. */
void duo_run(double until);
void duo_ask(unsigned k, unsigned i, struct mono t);

/* Questions of both to each server in T. */
double duo_load(double until);

#endif
