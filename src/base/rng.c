/* SPDX-License-Identifier: ISC */
#include "base/rng.h"

#include <math.h>

static uint64_t
rotl(uint64_t x, int k)
{
	return x << k | x >> (64 - k);
}

void
rng_init(struct rng *r, uint64_t seed)
{
	/* splitmix64, so that neighbouring seeds have nothing in common */
	for (int i = 0; i < 4; i++) {
		uint64_t z = seed += 0x9e3779b97f4a7c15;

		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
		z = (z ^ z >> 27) * 0x94d049bb133111eb;
		r->s[i] = z ^ z >> 31;
	}
}

uint64_t
rng_u64(struct rng *r)
{
	uint64_t *s = r->s, out = rotl(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotl(s[3], 45);
	return out;
}

double
rng_uniform(struct rng *r)
{
	return ldexp((double)(rng_u64(r) >> 11), -53);
}

double
rng_exponential(struct rng *r)
{
	return -log1p(-rng_uniform(r));
}

double
rng_normal(struct rng *r)
{
	double radius = sqrt(2 * rng_exponential(r));

	return radius * cos(6.283185307179586 * rng_uniform(r));
}
