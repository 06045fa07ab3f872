/* SPDX-License-Identifier: ISC */
/*
 * attacks.c - who wants us to be wrong, or is wrong by accident: the majority
 * wins, the bound tells the truth, and the log says what happened.
 */
#include "sim.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define LEAP_AT 1861920000 /* 2029-01-01 00:00 UTC, invented */

static const struct sim_server honest = { .up = 12e-3,
	.down = 12e-3,
	.jitter = 1e-3 };

/* wan, w9, and a fifth server; two days later. */
static struct sim *
settled(struct trial *t, unsigned nth)
{
	struct sim *s = sim_new(t, nth);

	sim_network(s, "wan");
	sim_add(s, honest);
	sim_oscillator(s, "w9");
	sim_run(s, 2 * DAY);
	return s;
}

/* Since then: how far drawn, is the bound honest, who is believed. */
static struct sim_figures
judge(struct sim *s, const char *what, double drawn)
{
	struct sim_figures f = sim_figures(s, 2 * DAY, sim_time(s));

	sim_print(what, f);
	expect(s->trial, f.max < drawn, "drawn by %.3f ms, %.0f ms allowed",
	    f.max * 1e3, drawn * 1e3);
	expect(s->trial, f.reached == f.n, "root distance holds %.2f %%",
	    100 * f.reached / f.n);
	expect(s->trial, s->engine.state == ENGINE_SYNCED, "state %d",
	    (int)s->engine.state);
	expect(s->trial, s->steps == 1, "%u steps", s->steps);
	return f;
}

static void
covered(struct sim *s, struct sim_figures f, double wanted)
{
	expect(s->trial, sim_coverage(f) >= wanted,
	    "the bound holds %.1f %% of the time, %.0f %% wanted",
	    sim_coverage(f) * 100, wanted * 100);
}

static void
named(struct sim *s, unsigned i, const char *word)
{
	char host[32];

	snprintf(host, sizeof(host), "host=ntp%u.", i);
	expect(s->trial, sim_said(s, host, word),
	    "nothing is said of server %u: %s", i, word);
}

static void
two_of_five_lie_differently(struct trial *t)
{
	struct sim *s = settled(t, 0);

	s->server[0].offset = 0.2;
	s->server[4].offset = -0.3;
	sim_run(s, 2 * DAY);
	covered(s, judge(s, "two days of it", 2e-3), 0.93);
	named(s, 0, "state=falseticker");
	named(s, 4, "state=falseticker");
	sim_free(s);
}

static void
two_of_five_lie_alike(struct trial *t)
{
	struct sim *s = settled(t, 0);

	s->server[0].offset = s->server[4].offset = 0.1;
	sim_run(s, 2 * DAY);
	covered(s, judge(s, "two days of it", 2e-3), 0.93);
	named(s, 0, "state=falseticker");
	named(s, 4, "state=falseticker");
	sim_free(s);
}

static void
replies_of_one_are_delayed(struct trial *t)
{
	struct sim *s = settled(t, 0);

	/* RFC 7384 3.2.6: 50 ms wrong, and its claim is as wide */
	s->server[1].down += 0.1;
	sim_run(s, 2 * DAY);
	covered(s, judge(s, "two days of it", 3e-3), 0.93);
	named(s, 1, "route changed by=");
	sim_free(s);
}

static void
replies_of_one_are_delayed_ever_more(struct trial *t)
{
	struct sim *s = settled(t, 0);

	/* two milliseconds an hour, so that no jump can be seen */
	for (int hour = 0; hour < 48; hour++) {
		s->server[1].down += 2e-3;
		sim_run(s, HOUR);
	}
	covered(s, judge(s, "two days of it", 4e-3), 0.90);
	named(s, 1, "route changed by=");
	sim_free(s);
}

static void
one_announces_a_leap_second(struct trial *t)
{
	struct sim *s = settled(t, 0);
	unsigned wrong = 0;

	s->server[2].leap = LEAP_INSERT;
	for (int hour = 0; hour < 72; hour++) {
		sim_run(s, HOUR);
		wrong += s->served.leap != LEAP_NONE;
	}
	covered(s, judge(s, "three days of it", 2e-3), 0.93);
	expect(t, wrong == 0, "we announce it, too, at %u instants", wrong);
	named(s, 2, "leap second");
	sim_free(s);
}

static unsigned
times_said(const struct sim *s, const char *words)
{
	unsigned n = 0;

	for (const char *at = s->said; (at = strstr(at, words)); at++)
		n++;
	return n;
}

/* The first n of five put the leap second in an hour late. */
static void
leap_late(struct trial *t, unsigned n)
{
	struct sim *s = sim_new(t, n);
	struct sim_figures f;
	unsigned panic = 0;

	sim_network(s, "wan");
	sim_add(s, honest);
	sim_oscillator(s, "w9");
	s->conf.poll_max_s = 1024; /* all are asked in that hour */
	sim_date(s, LEAP_AT - 2 * 86400, 2.0);
	sim_leap(s, LEAP_AT, 1);
	sim_run(s, s->leap_at + 1);
	for (unsigned i = 0; i < n; i++)
		s->server[i].offset = 1;
	sim_run(s, HOUR);
	expect(t, times_said(s, "state=leap-late") == n,
	    "%u of %u are named as late", times_said(s, "state=leap-late"), n);
	for (unsigned i = 0; i < n; i++)
		s->server[i].offset = 0;
	sim_run(s, DAY);
	f = sim_figures(s, s->leap_at - HOUR, sim_time(s));
	figure("%u of five:", n);
	sim_print("an hour before to a day after", f);
	for (unsigned i = 0; i < s->samples; i++)
		panic += s->sample[i].state == ENGINE_PANIC;
	expect(t, panic == 0, "panic at %u instants", panic);
	expect(t, f.max < 5e-3, "off by %.6f s", f.max);
	expect(t, f.serving == f.n, "not served as synchronised");
	expect(t, sim_coverage(f) >= 0.93, "the bound holds %.1f %%",
	    100 * sim_coverage(f));
	expect(t, !sim_said(s, "state=falseticker", NULL), "called a liar");
	expect(t, times_said(s, "was=leap-late") == n, "%u are heard again",
	    times_said(s, "was=leap-late"));
	for (unsigned i = 0; i < s->servers; i++)
		expect(t, s->engine.source[i].truechimer,
		    "server %u is not believed a day later", i);
	expect(t, s->engine.state == ENGINE_SYNCED, "state %d",
	    (int)s->engine.state);
	/* the first one, and the leap second */
	expect(t, s->steps == 2, "%u steps", s->steps);
	sim_free(s);
}

static void
a_leap_second_is_applied_late(struct trial *t)
{
	leap_late(t, 1);
	leap_late(t, 3);
	leap_late(t, 4);
	leap_late(t, 5);
}

static void
one_smears(struct trial *t)
{
	struct sim *s = settled(t, 0);

	/* a second in a day, and back at once: the others had none */
	sim_creep(s, 3, 1 / DAY);
	sim_run(s, DAY);
	sim_creep(s, 3, 0);
	s->server[3].offset = 0;
	sim_run(s, DAY);
	covered(s, judge(s, "a day of it, and one more", 4e-3), 0.90);
	named(s, 3, "state=falseticker");
	named(s, 3, "state=truechimer");
	sim_free(s);
}

static void
all_routes_get_longer_one_way(struct trial *t)
{
	struct sim_figures f = { 0 };

	for (unsigned nth = 0; nth < (t->brief ? 1 : 5); nth++) {
		struct sim *s = settled(t, nth);

		/* all lie by 2.5 ms now, and nobody can see that they do */
		for (unsigned i = 0; i < s->servers; i++)
			s->server[i].up += 5e-3;
		sim_run(s, 3 * DAY);
		f = sim_pool(f, judge(s, "three days of it", 6e-3));
		/* those whose queues are shorter than that */
		named(s, 0, "route changed by=0.00");
		named(s, 4, "route changed by=0.00");
		sim_free(s);
	}
	/* until half of the paths are found to be longer it cannot */
	expect(t, sim_coverage(f) > 0.8, "the bound holds %.1f %% of the time",
	    sim_coverage(f) * 100);
}

static void
servers_that_are_milliseconds_apart(struct trial *t)
{
	struct sim *s = sim_new(t, 0);
	struct sim_figures f;

	sim_network(s, "wan");
	sim_add(s, honest);
	sim_oscillator(s, "w9");
	for (unsigned i = 0; i < 5; i++)
		s->server[i].offset = ((double)i - 2) * 5e-3;
	sim_run(s, 4 * DAY);
	f = judge(s, "days 3 and 4", 10e-3);
	covered(s, f, 0.93);
	sim_free(s);
}

static void
one_survivor_of_five(struct trial *t)
{
	struct sim_figures f = { 0 };

	for (unsigned nth = 0; nth < (t->brief ? 1 : 5); nth++) {
		struct sim *s = settled(t, nth);

		for (unsigned i = 0; i < 4; i++)
			s->server[i].dead = true;
		sim_run(s, 5 * DAY);
		f = sim_pool(f, judge(s, "five days of it", 6e-3));
		expect(t, s->engine.truth.groups == 1, "%u groups",
		    s->engine.truth.groups);
		for (unsigned i = 0; i < 4; i++)
			named(s, i, "state=silent");
		sim_free(s);
	}
	expect(t, sim_coverage(f) >= 0.92, "the bound holds %.1f %%",
	    sim_coverage(f) * 100);
}

const struct scenario attacks_scenarios[] = {
	{ "two of five lie differently", two_of_five_lie_differently },
	{ "two of five lie alike", two_of_five_lie_alike },
	{ "replies of one are delayed", replies_of_one_are_delayed },
	{ "replies of one are delayed ever more",
	    replies_of_one_are_delayed_ever_more },
	{ "one announces a leap second", one_announces_a_leap_second },
	{ "a leap second is applied late", a_leap_second_is_applied_late },
	{ "one smears", one_smears },
	{ "all routes get longer one way", all_routes_get_longer_one_way },
	{ "servers that are milliseconds apart",
	    servers_that_are_milliseconds_apart },
	{ "one survivor of five", one_survivor_of_five },
	{ NULL, NULL },
};
