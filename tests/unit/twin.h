/* SPDX-License-Identifier: ISC */
/*
 * twin.h - a hand-made sibling beside the town's engine.  Its raw clock is
 * five seconds ahead of ours and as even; what it says is made from our own
 * word, without samples, and then what says() makes of it.
 */
#ifndef TWIN_H
#define TWIN_H

#include "town.h"

extern struct twin {
	bool silent;
	unsigned asked; /* by us */
	void (*says)(struct link_word *w);
} twin;

/* After town_begin(): the same town with a sibling. */
void twin_begin(void);

/* A sample of server i, taken now, its time so far ahead; for says(). */
void twin_sample(struct link_word *w, unsigned i, uint32_t serial,
    double ahead);

/* town.c to twin.c */
void twin_exchange(const struct engine_order *o);

#endif
