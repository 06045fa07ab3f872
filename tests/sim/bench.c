/* SPDX-License-Identifier: ISC */
/* bench.c - cold starts by the dozen, and what it all costs. */
#include "sim.h"

#include <math.h>
#include <time.h>

static void
cold_one(struct trial *t, struct cold *c, unsigned nth)
{
	struct sim *s = sim_new(t, nth);
	struct sim_figures later;

	sim_network(s, c->net);
	sim_oscillator(s, "w9");
	sim_run(s, 6 * HOUR);
	later = sim_figures(s, 30 * MINUTE, 6 * HOUR);
	c->days = sim_pool(c->days, sim_figures(s, 10, 6 * HOUR));
	c->later = fmax(c->later, later.max);
	c->below_1ms += later.max < 1e-3;
	c->below_1500us += later.max < 1.5e-3;
	c->below_3ms += later.max < 3e-3;
	for (unsigned i = 0; i < s->servers; i++) {
		unsigned n = sim_packets(s, (int)i, 0, HOUR);

		c->first_hour = n > c->first_hour ? n : c->first_hour;
	}
	sim_free(s);
}

bool
cold_run(struct trial *t, struct cold *c)
{
	struct sim *s = sim_new(t, 0);
	bool known = sim_network(s, c->net);

	sim_free(s);
	for (unsigned i = 0; known && i < c->seeds; i++)
		cold_one(t, c, i);
	c->after_10s = c->days.max;
	return known;
}

static double
cpu(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* The latest sample of each source, again and again, an hour later each. */
static double
time_samples(struct sim *s)
{
	const unsigned rounds = 5000, n = s->servers;
	struct estimate e = s->engine.estimate;
	double begin = cpu();

	for (unsigned k = 0; k < rounds * n; k++) {
		struct sample p = s->engine.source[k % n].source.sample[0];
		double dt = 600.0 * (k + 1);

		p.at = mono_add(s->engine.estimate.at, dt);
		p.offset = estimate_at(&e, p.at).offset;
		estimate_add(&e, k % n, &p);
	}
	return (cpu() - begin) / (rounds * n);
}

struct cost
cost_run(struct trial *t)
{
	struct sim *s = sim_new(t, 0);
	struct cost c;
	unsigned before;

	sim_network(s, "wan");
	for (unsigned i = 0; i < 3; i++)
		sim_add(s, s->server[i]);
	sim_oscillator(s, "w9");
	s->conf.poll_min_s = s->conf.poll_max_s = 4096;
	sim_run(s, 3 * DAY);
	before = s->wakes;
	sim_run(s, 4 * DAY);
	c.wakes_hour = (s->wakes - before) / (4 * DAY / HOUR);
	c.sample_s = time_samples(s);
	sim_free(s);
	return c;
}
