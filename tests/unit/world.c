/* SPDX-License-Identifier: ISC */
#include "world.h"

struct world world;

void
world_init(void)
{
	world = (struct world){ .now = 1000, .offset = 2, .frequency = 30e-6 };
	estimate_init(&world.e, 4);
	rng_init(&world.rng, 1);
	for (int i = 0; i < 4; i++)
		world.delay[i] = 0.020;
}

struct mono
mono_at(double s)
{
	return mono_add((struct mono){ 0 }, s);
}

void
world_pass(double dt)
{
	world.now += dt;
	world.offset += dt * world.frequency;
}

struct sample
world_sample(unsigned i)
{
	double there = 0.0005 * rng_exponential(&world.rng);
	double back = 0.0005 * rng_exponential(&world.rng);

	return (struct sample){ .at = mono_at(world.now),
		.offset = world.offset + world.lie[i] + (there - back) / 2,
		.delay = world.delay[i] + there + back };
}

enum estimate_verdict
world_ask(unsigned i)
{
	struct sample s = world_sample(i);

	return estimate_add(&world.e, i, &s);
}

void
world_rounds(int n, double interval)
{
	for (int k = 0; k < 4 * n; k++) {
		world_pass(interval / 4);
		world.last = world_ask((unsigned)k % 4);
	}
}

void
world_settle(void)
{
	world_rounds(4, 2);
	world_rounds(56, 64);
	world_rounds(84, 1024);
}

double
world_error(void)
{
	return estimate_at(&world.e, mono_at(world.now)).offset - world.offset;
}

double
world_bound(void)
{
	return estimate_at(&world.e, mono_at(world.now)).bound;
}
