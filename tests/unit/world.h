/* SPDX-License-Identifier: ISC */
/*
 * world.h - a world to estimate the time in.
 *
 * Our clock is 2 s and 30 ppm slow, and oscillates evenly unless a test says
 * otherwise.  Four servers are 20 ms away and back, with queues of 0.5 ms
 * each way; each may lie.
 */
#ifndef WORLD_H
#define WORLD_H

#include "base/rng.h"
#include "core/estimate.h"

struct world {
	struct estimate e;
	struct rng rng; /* the same in each run */
	double now;	/* s, of the raw clock */
	double offset;	/* s, the truth */
	double frequency;
	double lie[4], delay[4];    /* s */
	enum estimate_verdict last; /* of world_rounds() */
};

extern struct world world;

void world_init(void);

struct mono mono_at(double s);

/* The oscillator goes on. */
void world_pass(double dt);

/* What server i would say now; and it is asked. */
struct sample world_sample(unsigned i);
enum estimate_verdict world_ask(unsigned i);

/* Each server is asked n times, an interval apart, in turns. */
void world_rounds(int n, double interval);

/* A burst, an hour at 64 s and a day at 1024 s: 576 samples. */
void world_settle(void);

/* Now: what the estimate is off by, and what it says it may be off by. */
double world_error(void);
double world_bound(void);

#endif
