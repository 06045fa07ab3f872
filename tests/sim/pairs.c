/* SPDX-License-Identifier: ISC */
/* pairs.c - two gateways are one client: load, agreement, accuracy. */
#include "pair.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

/* Both, and one alone in the same world. */
struct contest {
	const char *net, *osc;
	double poll_min_s, poll_max_s, later_s; /* the second begins */
	double warm, end;			/* s */
	struct sim_figures pair, alone;		/* out, pooled */
	double pair_packets, alone_packets;	/* out, summed */
};

static void
poll(struct sim *s, const struct contest *c)
{
	s->conf.poll_min_s = c->poll_min_s;
	s->conf.poll_max_s = c->poll_max_s;
}

static void
contend(struct trial *t, struct contest *c, unsigned nth)
{
	struct pair *p = pair_new(t, nth, c->net, c->osc);
	struct sim *alone = pair_alone(t, nth, c->net, c->osc);
	struct sim_figures f;

	poll(p->side[0], c);
	poll(p->side[1], c);
	poll(alone, c);
	p->begins[1] = c->later_s;
	pair_run(p, c->end);
	sim_run(alone, c->end);
	for (int i = 0; i < 2; i++) {
		f = sim_figures(p->side[i], c->warm, c->end);
		c->pair = sim_pool(c->pair, f);
		expect(t, p->side[i]->steps == 1, "%u steps of clock %d",
		    p->side[i]->steps, i);
	}
	c->alone = sim_pool(c->alone, sim_figures(alone, c->warm, c->end));
	c->pair_packets += pair_packets(p, -1, 0, c->end);
	c->alone_packets += sim_packets(alone, -1, 0, c->end);
	pair_free(p);
	sim_free(alone);
}

static void
report(const struct contest *c)
{
	figure("%s %s, %.0f to %.0f s: pair %.1f us in %.0f packets, alone "
	       "%.1f us in %.0f (%.3f); the bound holds %.1f %%, %.1f %%",
	    c->net, c->osc, c->poll_min_s, c->poll_max_s,
	    sim_rms(c->pair) * 1e6, c->pair_packets, sim_rms(c->alone) * 1e6,
	    c->alone_packets, c->pair_packets / c->alone_packets,
	    sim_coverage(c->pair) * 100, sim_coverage(c->alone) * 100);
}

/* Both begin cold, at once or one after the other: a day of it. */
static void
a_day(struct trial *t, double poll_s)
{
	struct contest c = { .net = "wan",
		.osc = "w9",
		.poll_min_s = poll_s,
		.poll_max_s = poll_s,
		.warm = 4 * HOUR,
		.end = DAY };

	for (unsigned nth = 0; nth < (t->brief ? 1 : 8); nth++) {
		c.later_s = nth % 2 == 0 ? 0 : 10;
		contend(t, &c, nth);
	}
	report(&c);
	expect(t, c.pair_packets <= 1.1 * c.alone_packets,
	    "%.3f times the packets of one alone",
	    c.pair_packets / c.alone_packets);
	expect(t, sim_rms(c.pair) <= 1.1 * sim_rms(c.alone),
	    "%.1f us, one alone %.1f us", sim_rms(c.pair) * 1e6,
	    sim_rms(c.alone) * 1e6);
	expect(t, sim_coverage(c.pair) >= 0.93, "the bound holds %.1f %%",
	    sim_coverage(c.pair) * 100);
}

static void
two_are_no_more_load_than_one(struct trial *t)
{
	a_day(t, 4096);
	a_day(t, 1024);
}

static void
two_crystals_are_better_than_one(struct trial *t)
{
	struct contest c = { .net = "wan",
		.osc = "w9",
		.poll_min_s = 4096,
		.poll_max_s = 4096,
		.warm = 2 * DAY,
		.end = 10 * DAY };

	for (unsigned nth = 0; nth < (t->brief ? 1 : 3); nth++)
		contend(t, &c, nth);
	report(&c);
	expect(t, sim_rms(c.pair) < sim_rms(c.alone),
	    "%.1f us, one alone %.1f us", sim_rms(c.pair) * 1e6,
	    sim_rms(c.alone) * 1e6);
	expect(t, c.pair_packets <= 1.1 * c.alone_packets,
	    "%.3f times the packets of one alone",
	    c.pair_packets / c.alone_packets);
}

static void
the_two_agree(struct trial *t)
{
	struct pair *p = pair_new(t, 0, "lan", "w9");
	double first, day, restart;

	pair_run(p, 5 * MINUTE);
	first = pair_apart(p, HOUR);
	day = pair_apart(p, 12 * HOUR);
	sim_restart(p->side[1], (struct sim_restart){ .cold = false });
	restart = pair_apart(p, HOUR);
	figure("apart by %.1f us at most in the first hour, %.1f us later, "
	       "%.1f us after a restart",
	    first * 1e6, day * 1e6, restart * 1e6);
	expect(t, first < 100e-6, "apart by %.1f us", first * 1e6);
	expect(t, day < 100e-6, "apart by %.1f us", day * 1e6);
	expect(t, restart < 100e-6, "apart by %.1f us", restart * 1e6);
	for (int i = 0; i < 2; i++)
		expect(t, fabs(p->side[i]->stepped - 0.15) < 0.001,
		    "clock %d was stepped by %.6f s", i, p->side[i]->stepped);
	pair_free(p);
}

const struct scenario pair_scenarios[] = {
	{ "pair: two are no more load than one",
	    two_are_no_more_load_than_one },
	{ "pair: two crystals are better than one",
	    two_crystals_are_better_than_one },
	{ "pair: the two agree", the_two_agree },
	{ NULL, NULL },
};
