/* SPDX-License-Identifier: ISC */
/* weather.c - what other programs, people and the weather do. */
#include "sim.h"

#include <math.h>
#include <string.h>

void
sim_step_clock(struct sim *s, double seconds)
{
	s->line_wall += llrint(seconds * 1e9);
}

void
sim_temperature(struct sim *s, double df)
{
	osc_step(&s->osc, sim_time(s), df);
}

void
sim_resolve(struct sim *s, unsigned i)
{
	struct now now = sim_now(s);

	engine_address(&s->engine, s->conf.server[i].host, &s->address[i],
	    &now);
	sim_drain(s);
}

void
sim_move(struct sim *s, unsigned i)
{
	s->address[i].ip[0] = (uint8_t)(s->address[i].ip[0] + 100);
	sim_resolve(s, i);
}

void
sim_reload(struct sim *s)
{
	struct now now = sim_now(s);

	memset(s->flight, 0, sizeof(s->flight));
	for (unsigned i = 0; i < s->servers; i++)
		s->address[i] = s->conf.server[i].addr;
	s->conf.count = s->servers;
	engine_reload(&s->engine, &s->conf, &now);
	sim_drain(s);
}

void
sim_creep(struct sim *s, unsigned i, double rate)
{
	s->creep_since[i] = sim_time(s);
	s->server[i].creep = rate;
}

void
sim_all(struct sim *s, void (*change)(struct sim_server *v))
{
	for (unsigned i = 0; i < s->servers; i++)
		change(&s->server[i]);
}
