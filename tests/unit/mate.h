/* SPDX-License-Identifier: ISC */
/*
 * mate.h - a hand-made sibling beside the town's engine.  Its raw clock is
 * five seconds ahead of ours and as even; what it says is made from our own
 * word, without samples, and then what says() makes of it.
 */
#ifndef MATE_H
#define MATE_H

#include "town.h"

extern struct mate {
	bool silent;
	unsigned asked; /* by us */
	void (*says)(struct link_word *w);
} mate;

/* After town_begin(): the same town with a sibling. */
void mate_begin(void);

/* A sample of server i, taken now, its time so far ahead; for says(). */
void mate_sample(struct link_word *w, unsigned i, uint32_t serial,
    double ahead);

/* town.c to mate.c */
void mate_exchange(const struct engine_order *o);

#endif
