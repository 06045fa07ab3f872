/* SPDX-License-Identifier: ISC */
/*
 * rng.h - random numbers from a seed that the caller holds.
 *
 * For spreading polls and for simulations: repeatable, fast, and NOT secret
 * (xoshiro256**, Blackman and Vigna).  What an attacker must not guess, such
 * as the cookie of a request, comes from the kernel with each wake-up.
 */
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include <stdint.h>

struct rng {
	uint64_t s[4];
};

void rng_init(struct rng *r, uint64_t seed);
uint64_t rng_u64(struct rng *r);
double rng_uniform(struct rng *r);     /* [0, 1) */
double rng_exponential(struct rng *r); /* mean 1 */
double rng_normal(struct rng *r);      /* mean 0, variance 1 */

#endif
