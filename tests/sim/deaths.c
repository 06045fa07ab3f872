/* SPDX-License-Identifier: ISC */
/* deaths.c - one of two gateways dies, freezes, returns; links fail. */
#include "pair.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static struct pair *
settled(struct trial *t, double seconds)
{
	struct pair *p = pair_new(t, 0, "wan", "w9");

	pair_run(p, seconds);
	return p;
}

/* Neither clock was stepped but at the beginning, and what was claimed
 * held. */
static void
smooth(struct pair *p, double from, double to)
{
	for (int i = 0; i < 2; i++) {
		struct sim *s = p->side[i];
		struct sim_figures f = sim_figures(s, from, to);

		sim_print(s->conf.name, f);
		expect(p->trial, fabs(s->stepped - 0.15) < 0.005,
		    "%s was stepped by %.6f s", s->conf.name, s->stepped);
		expect(p->trial, sim_coverage(f) >= 0.93,
		    "%s: the bound holds %.1f %%", s->conf.name,
		    sim_coverage(f) * 100);
	}
}

static void
the_survivor_is_not_slower(struct trial *t)
{
	struct pair *p = settled(t, DAY);
	struct sim *s = p->side[0];
	double died = sim_time(s), both, alone, longest = 0, last;

	both = pair_packets(p, -1, 12 * HOUR, DAY) / 12.0;
	sim_stop(p->side[1]);
	pair_run(p, DAY);
	alone = sim_packets(s, -1, died + HOUR, died + DAY) / 23.0;
	last = died - s->conf.poll_max_s;
	for (unsigned k = 0; k < s->sents; k++) {
		if (s->sent[k].t < died)
			continue;
		longest = fmax(longest, s->sent[k].t - last);
		last = s->sent[k].t;
	}
	figure("%.2f packets an hour together, %.2f alone", both, alone);
	expect(t, alone > 0.9 * both && alone < 1.15 * both,
	    "%.2f packets an hour alone, %.2f together", alone, both);
	expect(t, sim_said(s, "unheard", "asking alone"), "it is not said");
	/* comes back, knowing nothing, and again with what it knew */
	sim_restart(p->side[1], (struct sim_restart){ .cold = true });
	pair_run(p, 12 * HOUR);
	p->side[1]->stepped = 0.15; /* nobody corrected it for a day */
	sim_restart(p->side[1], (struct sim_restart){ .down = 0 });
	pair_run(p, 12 * HOUR);
	both = pair_packets(p, -1, 2 * DAY, 3 * DAY) - 24 * alone;
	figure("%.0f packets more on the day of its return", both);
	/* a cold start alone takes 88, and T is the shorter of both */
	expect(t, both < 130, "%.0f packets more", both);
	expect(t, p->side[0]->engine.pair.on && p->side[1]->engine.pair.on,
	    "they are no pair again");
	smooth(p, 4 * HOUR, 3 * DAY);
	pair_free(p);
}

static void
a_split_link_is_two_gateways(struct trial *t)
{
	struct pair *p = settled(t, DAY);
	double apart, alone;

	p->link.cut = true;
	apart = pair_apart(p, DAY);
	alone = pair_packets(p, -1, DAY + HOUR, 2 * DAY) / 23.0;
	for (int i = 0; i < 2; i++)
		expect(t, sim_said(p->side[i], "unheard", "asking alone"),
		    "the split is not said by %d", i);
	p->link.cut = false;
	pair_run(p, DAY);
	figure("apart by %.1f us, %.2f packets an hour while split, %.2f "
	       "before, %.2f after",
	    apart * 1e6, alone, pair_packets(p, -1, 12 * HOUR, DAY) / 12.0,
	    pair_packets(p, -1, 2 * DAY + HOUR, 3 * DAY) / 23.0);
	smooth(p, 4 * HOUR, 3 * DAY);
	pair_free(p);
}

static void
die(struct sim_server *v)
{
	v->dead = true;
}

static void
live(struct sim_server *v)
{
	v->dead = false;
}

static void
one_uplink_is_enough(struct trial *t)
{
	struct pair *p = settled(t, DAY);
	struct sim *s = p->side[1];
	double worst;

	sim_all(s, die);
	pair_run(p, 12 * HOUR);
	worst = sim_figures(s, DAY, DAY + 12 * HOUR).max;
	figure("fed by the other: %.1f us at most, stratum %u of %u",
	    worst * 1e6, s->served.stratum, p->side[0]->served.stratum);
	expect(t, s->engine.state == ENGINE_SYNCED, "state %d",
	    (int)s->engine.state);
	expect(t, s->served.stratum == p->side[0]->served.stratum + 1,
	    "stratum %u, the other's is %u", s->served.stratum,
	    p->side[0]->served.stratum);
	sim_all(s, live);
	pair_run(p, DAY);
	expect(t, s->served.stratum == p->side[0]->served.stratum,
	    "stratum %u once its own are back", s->served.stratum);
	smooth(p, 4 * HOUR, 2.5 * DAY);
	pair_free(p);
}

static void
orphans(struct engine_conf *c)
{
	c->orphan = 10;
}

static void
nobody_upstream(struct trial *t)
{
	struct pair *p = pair_new(t, 0, "wan", "w9");
	double apart = 0, worst;
	int i;

	pair_conf(p, orphans);
	pair_run(p, 2 * DAY);
	pair_servers(p, die);
	for (i = 0; i < 200 &&
	     (p->side[0]->served.stratum != 10 ||
		 p->side[1]->served.stratum != 10);
	     i++) {
		apart = fmax(apart, pair_apart(p, 12 * HOUR));
		expect(t,
		    p->side[0]->served.leap != LEAP_UNSYNC &&
			p->side[1]->served.leap != LEAP_UNSYNC,
		    "nothing is served after %d half days", i);
	}
	expect(t, i < 200, "states %d, %d: not yet orphans",
	    (int)p->side[0]->engine.state, (int)p->side[1]->engine.state);
	apart = fmax(apart, pair_apart(p, 2 * DAY));
	worst = fabs(sim_error(p->side[0]));
	figure("orphans after %.1f days; apart by %.1f us at most; off by "
	       "%.1f ms",
	    i / 2.0, apart * 1e6, worst * 1e3);
	expect(t, apart < 1e-3, "apart by %.1f us", apart * 1e6);
	expect(t,
	    p->side[0]->engine.pair.leads != p->side[1]->engine.pair.leads,
	    "both lead, or none");
	pair_servers(p, live);
	pair_run(p, 3 * DAY);
	figure("off by %.1f and %.1f us three days after",
	    sim_error(p->side[0]) * 1e6, sim_error(p->side[1]) * 1e6);
	for (i = 0; i < 2; i++) {
		expect(t, p->side[i]->engine.state == ENGINE_SYNCED, "state %d",
		    (int)p->side[i]->engine.state);
		expect(t, fabs(p->side[i]->stepped - 0.15) < 0.005,
		    "stepped by %.6f s", p->side[i]->stepped);
	}
	pair_free(p);
}

static void
no_orphan_was_never_synchronised(struct trial *t)
{
	struct pair *p = pair_new(t, 0, "wan", "w9");

	pair_conf(p, orphans);
	pair_servers(p, die);
	pair_run(p, 2 * DAY);
	for (int i = 0; i < 2; i++)
		expect(t,
		    p->side[i]->served.leap == LEAP_UNSYNC &&
			p->side[i]->steps == 0,
		    "served at stratum %u, %u steps",
		    p->side[i]->served.stratum, p->side[i]->steps);
	pair_free(p);
}

static void
one_freezes(struct trial *t)
{
	struct pair *p = settled(t, DAY);

	for (int i = 0; i < 3; i++) {
		p->side[i % 2]->fate = SIM_FROZEN;
		pair_run(p, 10 * MINUTE);
		p->side[i % 2]->fate = SIM_ALIVE;
		pair_run(p, 2 * HOUR);
	}
	expect(t, p->side[0]->engine.pair.on && p->side[1]->engine.pair.on,
	    "they are no pair again");
	smooth(p, 4 * HOUR, sim_time(p->side[0]));
	pair_free(p);
}

static void
a_bad_lan(struct trial *t)
{
	struct pair *p = pair_new(t, 0, "wan", "w9");
	struct sim *alone = pair_alone(t, 0, "wan", "w9");

	p->link = (struct pair_link){ .delay = 0.1e-3,
		.jitter = 0.2e-3,
		.loss = 0.3,
		.twice = 0.2,
		.late_chance = 0.1,
		.late = 2.0 };
	pair_run(p, 2 * DAY);
	sim_run(alone, 2 * DAY);
	figure("%u packets, one alone %u", pair_packets(p, -1, 0, 2 * DAY),
	    sim_packets(alone, -1, 0, 2 * DAY));
	expect(t,
	    pair_packets(p, -1, 0, 2 * DAY) <=
		1.25 * sim_packets(alone, -1, 0, 2 * DAY),
	    "too many packets");
	smooth(p, 4 * HOUR, 2 * DAY);
	sim_free(alone);
	pair_free(p);
}

/* How often is a line with both words said? */
static unsigned
times(const struct sim *s, const char *a, const char *b)
{
	unsigned n = 0;

	for (const char *at = s->said; at != NULL && (at = strstr(at, a));) {
		const char *end = strchr(at, '\n'), *found = strstr(at, b);

		n += found != NULL && found < end;
		at = end;
	}
	return n;
}

static void
different_configurations_are_told(struct trial *t)
{
	struct pair *p = pair_new(t, 0, "wan", "w9");

	p->side[1]->conf.budget_day = 600;
	p->side[1]->conf.accuracy_s = 7e-3;
	p->side[1]->conf.count--;
	p->side[1]->servers--;
	pair_run(p, 6 * HOUR);
	for (int i = 0; i < 2; i++) {
		expect(t,
		    times(p->side[i], "configured otherwise",
			"upstream.accuracy, upstream.budget differ") == 1,
		    "said by %d %u times", i,
		    times(p->side[i], "configured otherwise",
			"upstream.accuracy, upstream.budget differ"));
		expect(t,
		    times(p->side[i], "configured otherwise",
			"upstream.servers") == 1,
		    "servers are not named by %d", i);
	}
	pair_free(p);
}

const struct scenario death_scenarios[] = {
	{ "pair: the survivor is not slower", the_survivor_is_not_slower },
	{ "pair: a split link is two gateways", a_split_link_is_two_gateways },
	{ "pair: one uplink is enough", one_uplink_is_enough },
	{ "pair: nobody upstream", nobody_upstream },
	{ "pair: no orphan was never synchronised",
	    no_orphan_was_never_synchronised },
	{ "pair: one freezes", one_freezes },
	{ "pair: a bad lan", a_bad_lan },
	{ "pair: different configurations are told",
	    different_configurations_are_told },
	{ NULL, NULL },
};
