/* SPDX-License-Identifier: ISC */
/* voices.c - servers that lie, creep, step, fall silent and come back. */
#include "sim.h"

#include <math.h>
#include <stddef.h>

static const struct sim_server honest = { .up = 12e-3,
	.down = 12e-3,
	.jitter = 1e-3 };

static void
kill(struct sim_server *v)
{
	v->dead = true;
}

static void
revive(struct sim_server *v)
{
	v->dead = false;
}

/* wan, w9, and a fifth server as good as the first. */
static struct sim *
five(struct trial *t)
{
	struct sim *s = sim_new(t, 0);

	sim_network(s, "wan");
	sim_add(s, honest);
	sim_oscillator(s, "w9");
	return s;
}

static double
worst(const struct sim *s, double from)
{
	return sim_figures(s, from, sim_time(s) + 1).max;
}

static void
one_liar_among_five(struct trial *t)
{
	struct sim *s = five(t);

	s->server[3].offset = 0.5;
	sim_run(s, DAY);
	sim_print("from 15 s", sim_figures(s, 15, DAY));
	expect(t, !s->engine.source[3].truechimer, "the liar is believed");
	for (int i = 0; i < 5; i++)
		expect(t, i == 3 || s->engine.source[i].truechimer,
		    "server %d is not believed", i);
	expect(t, sim_said(s, "ntp3", NULL), "the liar is not named");
	expect(t, worst(s, 15) < 10e-3, "off by %.3f ms", worst(s, 15) * 1e3);
	expect(t, sim_settled(s, 10e-3) <= 15, "above 10 ms until %.0f s",
	    sim_settled(s, 10e-3));
	sim_free(s);
}

static void
two_liars_of_one_operator_are_one_voice(struct trial *t)
{
	struct sim *s = sim_new(t, 0);
	struct sim_server liar = honest;

	/* two against two, were they counted as servers */
	sim_add(s, honest);
	sim_add(s, honest);
	liar.offset = 0.5;
	liar.operator_name = "Liars United";
	sim_add(s, liar);
	sim_add(s, liar);
	sim_oscillator(s, "w9");
	sim_run(s, 6 * HOUR);
	figure("state %d, worst after 15 s %.3f ms", (int)s->engine.state,
	    worst(s, 15) * 1e3);
	expect(t, s->engine.state == ENGINE_SYNCED, "not synchronised");
	expect(t, s->engine.source[2].group == s->engine.source[3].group,
	    "they are two voices");
	expect(t,
	    !s->engine.source[2].truechimer && !s->engine.source[3].truechimer,
	    "a liar is believed");
	expect(t, worst(s, 15) < 10e-3, "off by %.3f ms", worst(s, 15) * 1e3);
	sim_free(s);
}

static void
without_a_majority_nothing_is_served(struct trial *t)
{
	struct sim *s = sim_new(t, 0);
	struct sim_server liar = honest;

	liar.offset = 0.5;
	sim_add(s, honest);
	sim_add(s, honest);
	sim_add(s, liar);
	sim_add(s, liar);
	sim_oscillator(s, "w9");
	sim_run(s, HOUR);
	figure("state %d, %u steps", (int)s->engine.state, s->steps);
	expect(t, s->engine.state == ENGINE_STARTING, "state %d",
	    (int)s->engine.state);
	expect(t, s->served.leap == LEAP_UNSYNC, "served as synchronised");
	expect(t, s->steps == 0, "the clock was stepped");
	sim_free(s);
}

static void
a_server_steps_later(struct trial *t)
{
	struct sim *s = five(t);

	sim_run(s, 2 * DAY);
	sim_forget_said(s);
	s->server[1].offset = 0.2;
	sim_run(s, DAY);
	sim_print("the day after", sim_figures(s, 2 * DAY, 3 * DAY));
	expect(t, !s->engine.source[1].truechimer, "it is still believed");
	expect(t, sim_said(s, "ntp1", NULL), "it is not named");
	expect(t, worst(s, 2 * DAY) < 5e-3, "off by %.3f ms",
	    worst(s, 2 * DAY) * 1e3);
	expect(t, s->engine.state == ENGINE_SYNCED, "not synchronised");

	s->server[1].offset = 0;
	sim_run(s, DAY);
	expect(t, s->engine.source[1].truechimer,
	    "it is not believed when it is right again");
	sim_free(s);
}

static void
a_server_creeps(struct trial *t)
{
	struct sim *s = five(t);
	struct sim_figures f;

	sim_run(s, 2 * DAY);
	sim_creep(s, 0, 1e-6);
	sim_run(s, 4 * DAY);
	f = sim_figures(s, 2 * DAY, 6 * DAY);
	sim_print("four days of it", f);
	expect(t, !s->engine.source[0].truechimer, "0.35 s is believed");
	expect(t, f.max < 8e-3, "it draws us by %.3f ms", f.max * 1e3);
	expect(t, f.reached == f.n,
	    "outside the root distance %.2f %% of the time",
	    100 - 100 * f.reached / f.n);
	f = sim_figures(s, 5 * DAY, 6 * DAY);
	sim_print("the last day", f);
	expect(t, sim_rms(f) < 1e-3, "rms %.1f us on the last day",
	    sim_rms(f) * 1e6);
	sim_free(s);
}

static void
every_third_packet_is_lost(struct trial *t)
{
	struct sim *s = sim_new(t, 0);
	struct sim_figures f;

	sim_network(s, "wan");
	for (int i = 0; i < 4; i++)
		s->server[i].loss = 0.163; /* 30 % there and back */
	sim_oscillator(s, "w9");
	sim_run(s, 5 * DAY);
	f = sim_figures(s, 2 * DAY, 5 * DAY);
	sim_print("days 3 to 5", f);
	expect(t, sim_rms(f) < 900e-6, "rms %.1f us", sim_rms(f) * 1e6);
	expect(t, sim_coverage(f) > 0.9, "the bound holds %.1f %%",
	    sim_coverage(f) * 100);
	expect(t, s->engine.state == ENGINE_SYNCED, "not synchronised");
	expect(t, !sim_said(s, "holdover", NULL), "it fell into holdover");
	sim_free(s);
}

static void
a_server_is_dead_from_the_start(struct trial *t)
{
	struct sim *s = five(t);
	unsigned n;

	s->server[0].dead = true;
	s->server[1].refused = true;
	sim_run(s, 3 * DAY);
	n = sim_packets(s, 0, 2 * DAY, 3 * DAY);
	sim_print("days 2 to 3", sim_figures(s, DAY, 3 * DAY));
	figure("%u packets a day to the dead one, %u to the refusing", n,
	    sim_packets(s, 1, 2 * DAY, 3 * DAY));
	expect(t, s->engine.state == ENGINE_SYNCED, "not synchronised");
	expect(t, worst(s, 15) < 10e-3, "off by %.3f ms", worst(s, 15) * 1e3);
	expect(t, n <= 12, "%u packets a day to the dead one", n);
	expect(t, sim_packets(s, 1, 2 * DAY, 3 * DAY) <= 12,
	    "the refusing one is hammered");

	s->server[0].dead = false;
	s->server[1].refused = false;
	sim_run(s, DAY);
	expect(t, s->engine.source[0].truechimer, "it never came back");
	expect(t, s->engine.source[1].truechimer, "it never came back");
	sim_free(s);
}

static void
all_fall_silent_and_come_back(struct trial *t)
{
	struct sim_figures dark = { 0 }, early = { 0 }, light = { 0 };
	unsigned runs = t->brief ? 2 : 24;

	for (unsigned nth = 0; nth < runs; nth++) {
		struct sim *s = sim_new(t, nth);

		sim_network(s, "wan");
		sim_oscillator(s, "w9");
		sim_run(s, 2 * DAY);
		sim_all(s, kill);
		sim_run(s, DAY);
		expect(t, s->engine.state == ENGINE_HOLDOVER, "state %d",
		    (int)s->engine.state);
		expect(t, sim_said(s, "holdover", NULL), "it is not said");
		early =
		    sim_pool(early, sim_figures(s, 2 * DAY - HOUR, 2 * DAY));
		dark = sim_pool(dark, sim_figures(s, 3 * DAY - HOUR, 3 * DAY));
		light = sim_pool(light, sim_figures(s, 2 * DAY, 3 * DAY));
		sim_all(s, revive);
		sim_run(s, DAY);
		expect(t, s->engine.state == ENGINE_SYNCED,
		    "state %d a day after they came back",
		    (int)s->engine.state);
		expect(t, s->steps == 1, "%u steps of the clock", s->steps);
		expect(t, fabs(s->sample[s->samples - 1].error) < 3e-3,
		    "off by %.3f ms then",
		    s->sample[s->samples - 1].error * 1e3);
		sim_free(s);
	}
	sim_print("the dark day", light);
	figure("bound %.0f us in the last hour with servers, %.0f us a day "
	       "later",
	    sim_mean_bound(early) * 1e6, sim_mean_bound(dark) * 1e6);
	expect(t, sim_coverage(light) > 0.85,
	    "the bound holds %.1f %% in the dark", sim_coverage(light) * 100);
	expect(t, sim_mean_bound(dark) > 2 * sim_mean_bound(early),
	    "the bound does not grow");
}

/* All but us agree: we do not follow, and somebody must look. */
static struct sim *
panic(struct trial *t)
{
	struct sim *s = five(t);
	struct sim_figures f;

	sim_run(s, 2 * DAY);
	for (int i = 0; i < 5; i++)
		s->server[i].offset = 50;
	sim_run(s, 2 * HOUR);
	expect(t, worst(s, 2 * DAY) < 5e-3, "drawn away by %.3f ms",
	    worst(s, 2 * DAY) * 1e3);
	sim_run(s, 22 * HOUR);
	figure("state %d, worst %.3f ms", (int)s->engine.state,
	    worst(s, 2 * DAY) * 1e3);
	expect(t, s->engine.state == ENGINE_PANIC, "state %d",
	    (int)s->engine.state);
	expect(t, s->steps == 1, "the clock was stepped");
	expect(t, worst(s, 2 * DAY) < 0.1, "drawn away by %.3f ms",
	    worst(s, 2 * DAY) * 1e3);
	f = sim_figures(s, 2 * DAY, 3 * DAY);
	expect(t, f.serving == f.n, "what we knew is not served");
	expect(t, f.reached == f.n, "root distance holds %.2f %%",
	    100 * f.reached / f.n);
	expect(t, sim_said(s, "state=panic", NULL), "it is not said");
	expect(t, sim_said(s, "not corrected", "accept step"),
	    "the way out is not said");
	return s;
}

static void
all_servers_jump_and_the_operator_agrees(struct trial *t)
{
	struct sim *s = panic(t);
	struct now now = sim_now(s);

	expect(t, engine_accept_step(&s->engine, &now),
	    "the way out is closed");
	sim_run(s, 2 * HOUR);
	expect(t, fabs(sim_error(s) + 50) < 0.02,
	    "the step was not made: %.3f s", sim_error(s));
	expect(t, s->engine.state == ENGINE_SYNCED, "state %d afterwards",
	    (int)s->engine.state);
	sim_free(s);
}

static void
all_servers_jump_and_think_better_of_it(struct trial *t)
{
	struct sim *s = panic(t);

	for (int i = 0; i < 5; i++)
		s->server[i].offset = 0;
	sim_run(s, DAY);
	figure("state %d a day later, off by %.3f ms", (int)s->engine.state,
	    sim_error(s) * 1e3);
	expect(t, s->engine.state == ENGINE_SYNCED, "state %d afterwards",
	    (int)s->engine.state);
	expect(t, s->steps == 1, "the clock was stepped");
	expect(t, fabs(sim_error(s)) < 5e-3, "off by %.3f ms",
	    sim_error(s) * 1e3);
	expect(t, worst(s, 2 * DAY) < 0.1, "drawn away by %.3f ms",
	    worst(s, 2 * DAY) * 1e3);
	sim_free(s);
}

static void
unsynchronised_servers_are_not_believed(struct trial *t)
{
	struct sim *s = five(t);

	s->server[0].leap = LEAP_UNSYNC;
	s->server[0].offset = 3;
	s->server[1].stratum = 16;
	sim_run(s, 6 * HOUR);
	expect(t, s->engine.state == ENGINE_SYNCED, "not synchronised");
	expect(t,
	    !s->engine.source[0].truechimer && !s->engine.source[1].truechimer,
	    "one is believed");
	expect(t, worst(s, 15) < 10e-3, "off by %.3f ms", worst(s, 15) * 1e3);
	sim_free(s);
}

static void
the_route_to_one_gets_longer(struct trial *t)
{
	struct sim *s = five(t);
	struct sim_figures f;

	sim_run(s, 2 * DAY);
	s->server[2].up += 5e-3; /* one way only: it lies by 2.5 ms now */
	sim_run(s, 3 * DAY);
	f = sim_figures(s, 2 * DAY, 5 * DAY);
	sim_print("three days of it", f);
	expect(t, sim_rms(f) < 800e-6, "rms %.1f us", sim_rms(f) * 1e6);
	expect(t, sim_coverage(f) > 0.85, "the bound holds %.1f %%",
	    sim_coverage(f) * 100);
	sim_free(s);
}

static void
half_of_them_step(struct trial *t)
{
	struct sim *s = sim_new(t, 0);

	sim_network(s, "wan");
	sim_oscillator(s, "w9");
	sim_run(s, 2 * DAY);
	s->server[0].offset = s->server[2].offset = 0.3;
	sim_run(s, 6 * HOUR);
	figure("state %d, worst %.3f ms", (int)s->engine.state,
	    worst(s, 2 * DAY) * 1e3);
	expect(t, s->engine.state == ENGINE_HOLDOVER, "state %d",
	    (int)s->engine.state);
	expect(t, worst(s, 2 * DAY) < 10e-3, "drawn away by %.3f ms",
	    worst(s, 2 * DAY) * 1e3);
	s->server[0].offset = s->server[2].offset = 0;
	sim_run(s, 12 * HOUR);
	expect(t, s->engine.state == ENGINE_SYNCED, "state %d afterwards",
	    (int)s->engine.state);
	expect(t, worst(s, 2 * DAY) < 10e-3, "off by %.3f ms afterwards",
	    worst(s, 2 * DAY) * 1e3);
	sim_free(s);
}

static void
forged_and_doubled_answers_change_nothing(struct trial *t)
{
	struct sim_figures plain, attacked;
	struct sim *s = five(t);

	sim_run(s, DAY);
	plain = sim_figures(s, 0, DAY);
	sim_free(s);
	s = five(t);
	for (int i = 0; i < 5; i++)
		s->server[i].twice = s->server[i].forged = true;
	sim_run(s, DAY);
	attacked = sim_figures(s, 0, DAY);
	sim_print("attacked", attacked);
	expect(t, fabs(sim_rms(plain) - sim_rms(attacked)) < 1e-9,
	    "rms %.9f s without, %.9f s with", sim_rms(plain),
	    sim_rms(attacked));
	expect(t, s->engine.source[0].source.verdicts[SOURCE_UNASKED] > 2,
	    "they are not counted");
	sim_free(s);
}

static void
answers_that_come_late_are_none(struct trial *t)
{
	struct sim *s = five(t);

	s->server[1].up = s->server[1].down = 2;
	sim_run(s, 12 * HOUR);
	expect(t, !s->engine.source[1].truechimer, "it is believed");
	expect(t, s->engine.source[1].source.samples == 0, "it has samples");
	expect(t, s->engine.state == ENGINE_SYNCED, "not synchronised");
	expect(t, sim_settled(s, 10e-3) <= 15, "above 10 ms until %.0f s",
	    sim_settled(s, 10e-3));
	sim_free(s);
}

static void
a_queue_on_one_way_only(struct trial *t)
{
	struct sim *s = five(t);
	struct sim_figures f;

	/* evenings: our uplink is full for six hours of each day */
	for (int day = 0; day < 6; day++) {
		sim_run(s, 18 * HOUR);
		for (int i = 0; i < 5; i++)
			s->server[i].up += 20e-3;
		sim_run(s, 6 * HOUR);
		for (int i = 0; i < 5; i++)
			s->server[i].up -= 20e-3;
	}
	f = sim_figures(s, 2 * DAY, 6 * DAY);
	sim_print("days 3 to 6", f);
	expect(t, f.max < 11e-3, "off by %.3f ms, 10 ms is what nobody sees",
	    f.max * 1e3);
	expect(t, sim_rms(f) < 5e-3, "rms %.1f us", sim_rms(f) * 1e6);
	expect(t, f.reached == f.n, "root distance holds %.2f %%",
	    100 * f.reached / f.n);
	sim_free(s);
}

static void
a_panic_nobody_ends_is_served_until_it_is_old(struct trial *t)
{
	struct sim *s = panic(t);

	sim_run(s, 60 * DAY);
	figure("60 days of panic: off by %.3f ms, %s", sim_error(s) * 1e3,
	    s->served.leap == LEAP_UNSYNC ? "not served" : "served");
	expect(t, s->engine.state == ENGINE_PANIC, "state %d",
	    (int)s->engine.state);
	expect(t, s->served.leap == LEAP_UNSYNC, "60 days later it is served");
	expect(t, s->steps == 1, "the clock was stepped");
	sim_free(s);
}

const struct scenario voices_scenarios[] = {
	{ "one liar among five is found and outvoted", one_liar_among_five },
	{ "two liars of one operator are one voice",
	    two_liars_of_one_operator_are_one_voice },
	{ "without a majority nothing is served",
	    without_a_majority_nothing_is_served },
	{ "a server that steps later is dropped and named",
	    a_server_steps_later },
	{ "a server that creeps draws nobody along", a_server_creeps },
	{ "every third packet is lost", every_third_packet_is_lost },
	{ "two servers are dead from the start",
	    a_server_is_dead_from_the_start },
	{ "all fall silent and come back", all_fall_silent_and_come_back },
	{ "all servers jump and the operator agrees",
	    all_servers_jump_and_the_operator_agrees },
	{ "all servers jump and think better of it",
	    all_servers_jump_and_think_better_of_it },
	{ "a panic nobody ends is served until it is old",
	    a_panic_nobody_ends_is_served_until_it_is_old },
	{ "unsynchronised servers are not believed",
	    unsynchronised_servers_are_not_believed },
	{ "half of them step", half_of_them_step },
	{ "forged and doubled answers change nothing",
	    forged_and_doubled_answers_change_nothing },
	{ "answers that come late are none", answers_that_come_late_are_none },
	{ "a queue on one way only", a_queue_on_one_way_only },
	{ "the route to one server gets longer one way",
	    the_route_to_one_gets_longer },
	{ NULL, NULL },
};
