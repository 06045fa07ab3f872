/* SPDX-License-Identifier: ISC */
#include "core/uniques.h"

#include "core/relaxed.h"

#include <assert.h>
#include <math.h>

#define ALPHA 0.72134752044448170 /* 1 / (2 ln 2) */
/* Cells a tick: all 163840 of them in two days; ticks wrap after 45. */
#define SWEEP 64
#define KEEP ((uint32_t)(UNIQUES_KEEP_S / UNIQUES_TICK_S) + 1)

size_t
uniques_size(uint32_t registers)
{
	return sizeof(struct uniques) +
	    (size_t)registers * UNIQUES_RANKS * sizeof(uint16_t);
}

void
uniques_init(struct uniques *u, uint32_t registers)
{
	assert(registers >= 256 && registers <= 8192 &&
	    (registers & (registers - 1)) == 0);
	u->registers = registers;
	POKE(u->now, 1);
}

static uint32_t
tick(double t_s)
{
	return t_s > 0 ? (uint32_t)(t_s / UNIQUES_TICK_S) + 1 : 1;
}

/* How many ticks ago; what was never seen is older than all. */
static uint32_t
age(uint16_t seen, uint32_t now)
{
	return seen == 0 ? UINT32_MAX : (uint16_t)((uint16_t)now - seen);
}

/*
 * Forgets what is too old, before its tick comes round again.  After a long
 * silence nobody can tell which round a tick was of: all goes.
 */
static void
sweep(struct uniques *u, uint32_t now)
{
	uint32_t cells = u->registers * UNIQUES_RANKS;
	uint32_t at = PEEK(u->swept), passed = now - PEEK(u->now);
	uint32_t n = passed < cells / SWEEP ? passed * SWEEP : cells;

	for (uint32_t i = 0; i < n; i++) {
		if (passed > KEEP || age(PEEK(u->seen[at]), now) > KEEP)
			POKE(u->seen[at], 0);
		at = at + 1 == cells ? 0 : at + 1;
	}
	POKE(u->swept, at);
	POKE(u->now, now);
}

bool
uniques_same(double a_s, double b_s)
{
	return tick(a_s) == tick(b_s);
}

void
uniques_hear(struct uniques *u, uint64_t hash, double t_s)
{
	uint32_t now = tick(t_s), which = (uint32_t)hash & (u->registers - 1);
	uint64_t rest = hash >> 13 | UINT64_C(1) << (UNIQUES_RANKS - 1);
	unsigned rank = (unsigned)__builtin_ctzll(rest); /* from 0 */
	uint16_t low = (uint16_t)now == 0 ? 1 : (uint16_t)now;

	if (now > PEEK(u->now))
		sweep(u, now);
	_Atomic uint16_t *seen = &u->seen[which * UNIQUES_RANKS + rank];

	if (PEEK(*seen) != low)
		POKE(*seen, low);
}

/* Ertl's sigma and tau: what empty and what full registers stand for. */
static double
sigma(double x)
{
	double y = 1, z = x, before;

	if (x >= 1)
		return INFINITY;
	do {
		x *= x;
		before = z;
		z += x * y;
		y += y;
	} while (z > before);
	return z;
}

static double
tau(double x)
{
	double y = 1, z = 1 - x, before;

	if (x <= 0 || x >= 1)
		return 0;
	do {
		x = sqrt(x);
		before = z;
		y *= 0.5;
		z -= (1 - x) * (1 - x) * y;
	} while (z < before);
	return z / 3;
}

/* The highest rank of a register within so many ticks, from 1; 0: none. */
static unsigned
highest(const struct uniques *u, uint32_t which, uint32_t ticks, uint32_t now)
{
	const _Atomic uint16_t *seen = &u->seen[which * UNIQUES_RANKS];

	for (unsigned r = UNIQUES_RANKS; r > 0; r--)
		if (age(PEEK(seen[r - 1]), now) <= ticks)
			return r;
	return 0;
}

double
uniques_count(const struct uniques *u, double window_s, double t_s)
{
	uint32_t now = tick(t_s), last = PEEK(u->now);
	uint32_t c[UNIQUES_RANKS + 1] = { 0 };
	uint32_t ticks = (uint32_t)(window_s / UNIQUES_TICK_S);
	double m = u->registers;

	/* Past ticks that were not swept yet may be of an earlier round. */
	if (now > last + KEEP)
		return 0;
	if (now < last) /* the writer was quicker */
		now = last;
	for (uint32_t i = 0; i < u->registers; i++)
		c[highest(u, i, ticks < KEEP ? ticks : KEEP, now)]++;

	double z = m * tau(1 - c[UNIQUES_RANKS] / m);

	for (unsigned k = UNIQUES_RANKS - 1; k > 0; k--)
		z = 0.5 * (z + c[k]);
	z += m * sigma(c[0] / m);
	return ALPHA * m * m / z;
}
