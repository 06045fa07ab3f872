/* SPDX-License-Identifier: ISC */
/*
 * uniques.h - how many different hosts asked in the last hour, day, month.
 *
 * A HyperLogLog whose registers slide: instead of the highest rank it keeps,
 * for each rank, when that rank was last seen, so that one table answers for
 * any window up to 30 days.  Estimated as in Ertl, "New cardinality estimation
 * algorithms for HyperLogLog sketches" (2017), which has no bias at any size.
 * The standard error is 1.04 / sqrt(registers): 1.2 % with 8192 of them.
 *
 * A plain block without pointers.  One thread hears; any number may read.
 */
#ifndef CORE_UNIQUES_H
#define CORE_UNIQUES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UNIQUES_RANKS 20
#define UNIQUES_TICK_S 60 /* windows are as exact as that */
#define UNIQUES_KEEP_S (30.0 * 86400)

struct uniques {
	uint32_t registers;   /* a power of two, 256 to 8192 */
	_Atomic uint32_t now; /* tick of the last host, from 1 */
	_Atomic uint32_t swept;
	uint32_t unused;
	_Atomic uint16_t seen[]; /* [registers][UNIQUES_RANKS]: low bits of
				    the tick; 0: never */
};

/* Octets that so many registers need. */
size_t uniques_size(uint32_t registers);

/* In zeroed memory of uniques_size(). */
void uniques_init(struct uniques *u, uint32_t registers);

/* A host asked; hash is 64 good bits of it, t_s the time since whenever. */
void uniques_hear(struct uniques *u, uint64_t hash, double t_s);

/* Is a host that was heard at one of these times heard at the other, too? */
bool uniques_same(double a_s, double b_s);

/* How many in the last window_s seconds before t_s. */
double uniques_count(const struct uniques *u, double window_s, double t_s);

#endif
