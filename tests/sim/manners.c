/* SPDX-License-Identifier: ISC */
/* manners.c - what we ask of others, and how often. */
#include "sim.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static struct sim *
world(struct trial *t)
{
	struct sim *s = sim_new(t, 0);

	sim_network(s, "wan");
	sim_oscillator(s, "w9");
	return s;
}

/* Server 0 answers with a kiss from the second day on; its packets on the
 * third. */
static unsigned
kissed(struct trial *t, const char *code)
{
	struct sim *s = world(t);
	unsigned n, others;

	sim_run(s, DAY);
	strcpy(s->server[0].kiss, code);
	sim_run(s, 2 * DAY);
	n = sim_packets(s, 0, 2 * DAY, 3 * DAY);
	others = sim_packets(s, -1, 2 * DAY, 3 * DAY) - n;
	figure("%s: %u packets a day, %.1f to each other server", code, n,
	    others / 3.0);
	expect(t, 3 * n <= 2 * others / 3 * 2, "it is not asked more rarely");
	expect(t, s->engine.state == ENGINE_SYNCED, "not synchronised");
	expect(t, sim_said(s, "ntp0", code), "the kiss is not said");
	sim_free(s);
	return n;
}

static void
who_says_rate_is_asked_more_rarely(struct trial *t)
{
	unsigned n = kissed(t, "RATE");

	expect(t, n <= 14, "%u packets a day", n);
}

static void
who_says_deny_is_left_alone(struct trial *t)
{
	unsigned n = kissed(t, "DENY");

	expect(t, n <= 12, "%u packets a day", n);
	n = kissed(t, "RSTR");
	expect(t, n <= 12, "%u packets a day", n);
}

static void
a_rate_kiss_ends_the_burst(struct trial *t)
{
	struct sim *s = world(t);
	unsigned n;

	strcpy(s->server[2].kiss, "RATE");
	sim_run(s, HOUR);
	n = sim_packets(s, 2, 0, 60);
	figure("%u packets in the first minute, %u in the hour", n,
	    sim_packets(s, 2, 0, HOUR));
	expect(t, n == 1, "%u packets in the first minute", n);
	expect(t, sim_settled(s, 10e-3) <= 15, "the others did not do");
	sim_free(s);
}

static void
greed_is_not_served(struct trial *t)
{
	struct sim *s = world(t);
	unsigned n;

	s->conf.poll_min_s = s->conf.poll_max_s = 1;
	s->conf.accuracy_s = 1e-9;
	s->conf.budget_day = 100000;
	sim_run(s, 2 * DAY);
	n = sim_packets_day(s, -1);
	figure("at most %u packets in a day", n);
	expect(t, n <= LEDGER_PUBLIC_DAY, "%u packets in a day", n);
	expect(t, n >= 1000, "only %u packets in a day", n);
	expect(t, s->engine.state == ENGINE_SYNCED, "not synchronised");
	sim_free(s);
}

static void
a_small_budget_is_enough(struct trial *t)
{
	struct sim *s = world(t);
	unsigned most, least;
	struct sim_figures f;

	s->conf.budget_day = 40;
	s->conf.poll_min_s = s->conf.poll_max_s = 64;
	sim_run(s, 4 * DAY);
	most = sim_packets_day(s, -1);
	least = sim_packets(s, -1, 3 * DAY, 4 * DAY);
	f = sim_figures(s, DAY, 4 * DAY);
	sim_print("days 2 to 4", f);
	figure("at most %u packets in a day, %u on the last", most, least);
	expect(t, most <= 40, "%u packets in a day", most);
	expect(t, least >= 30, "only %u on the last day", least);
	expect(t, f.max < 30e-3, "off by %.3f ms", f.max * 1e3);
	expect(t, s->engine.state == ENGINE_SYNCED, "not synchronised");
	sim_free(s);
}

static void
in_a_lab_all_is_granted(struct trial *t)
{
	struct sim *s = sim_new(t, 0);
	struct sim_figures f;

	for (int i = 0; i < 4; i++)
		sim_add(s,
		    (struct sim_server){ .up = 1e-4,
			.down = 1e-4,
			.jitter = 2e-5,
			.lab = true });
	sim_oscillator(s, "w9");
	s->conf.poll_min_s = s->conf.poll_max_s = 1;
	s->conf.budget_day = 1000000;
	sim_run(s, HOUR);
	f = sim_figures(s, 2 * MINUTE, HOUR);
	sim_print("from minute 2", f);
	expect(t, sim_packets(s, -1, 0, HOUR) > 3 * 3600,
	    "%u packets in the hour", sim_packets(s, -1, 0, HOUR));
	expect(t, sim_rms(f) < 20e-6, "rms %.1f us", sim_rms(f) * 1e6);
	expect(t, sim_coverage(f) > 0.9, "the bound holds %.1f %%",
	    sim_coverage(f) * 100);
	sim_free(s);
}

static void
our_own_network_is_down_at_first(struct trial *t)
{
	struct sim *s = world(t);

	for (int i = 0; i < 4; i++)
		s->server[i].unsent = true;
	sim_run(s, HOUR);
	expect(t, s->engine.state == ENGINE_STARTING, "state %d",
	    (int)s->engine.state);
	for (int i = 0; i < 4; i++)
		s->server[i].unsent = false;
	sim_run(s, 6 * HOUR);
	figure("right %.0f s after it came up", sim_settled(s, 10e-3) - HOUR);
	expect(t, sim_settled(s, 10e-3) < 2 * HOUR, "right only after %.0f s",
	    sim_settled(s, 10e-3));
	sim_free(s);
}

static void
an_easy_promise_earns_silence(struct trial *t)
{
	double a, b;
	struct sim *s = world(t);

	s->conf.poll_min_s = 64;
	s->conf.poll_max_s = 16384;
	s->conf.accuracy_s = 20e-3;
	sim_run(s, 4 * DAY);
	a = sim_figures(s, 2 * DAY, 4 * DAY).packets_day;
	sim_print("20 ms promised", sim_figures(s, 2 * DAY, 4 * DAY));
	sim_free(s);

	s = world(t);
	s->conf.poll_min_s = 64;
	s->conf.poll_max_s = 16384;
	s->conf.accuracy_s = 0.7e-3;
	sim_run(s, 4 * DAY);
	b = sim_figures(s, 2 * DAY, 4 * DAY).packets_day;
	sim_print("0.7 ms promised", sim_figures(s, 2 * DAY, 4 * DAY));
	expect(t, a <= 6, "%.1f packets a day for an easy promise", a);
	expect(t, b >= 2 * a, "%.1f packets a day for a hard one", b);
	sim_free(s);
}

static void
silence(struct sim_server *v)
{
	v->dead = true;
}

static void
a_silent_upstream_costs_a_dozen_packets_a_day(struct trial *t)
{
	struct sim *s = world(t);
	unsigned one, all;

	s->conf.poll_min_s = s->conf.poll_max_s = 64;
	s->server[1].dead = true;
	sim_run(s, 3 * DAY);
	one = sim_packets(s, 1, DAY, 3 * DAY);
	sim_all(s, silence); /* the whole network, for two days more */
	sim_run(s, 3 * DAY);
	all = sim_packets(s, -1, 4 * DAY, 6 * DAY);
	figure("two days: %u packets to the silent one, %.1f to each of a dead "
	       "network",
	    one, all / 4.0);
	expect(t, one <= 24 && one >= 12, "%u to the silent one", one);
	expect(t, all <= 4 * 24 && all >= 4 * 12, "%u to a dead network", all);
	sim_free(s);
}

static void
who_denied_us_rests_for_30_days(struct trial *t)
{
	struct sim *s = world(t);
	unsigned spare = sim_add_spare(s, s->server[3]);
	double first;

	s->conf.poll_min_s = s->conf.poll_max_s = 1024;
	sim_run(s, DAY);
	strcpy(s->server[0].kiss, "DENY");
	sim_run(s, HOUR);
	first = sim_packets(s, (int)spare, 0, DAY + HOUR);
	expect(t, first >= 1, "the spare was not asked within an hour");
	expect(t, sim_packets(s, 0, DAY, DAY + HOUR) <= 2, "%u more",
	    sim_packets(s, 0, DAY, DAY + HOUR));
	sim_run(s, 29 * DAY);
	figure("%u packets in 29 days to who denied, %u to its spare",
	    sim_packets(s, 0, DAY + HOUR, 30 * DAY),
	    sim_packets(s, (int)spare, DAY + HOUR, 30 * DAY));
	expect(t, sim_packets(s, 0, DAY + HOUR, 30 * DAY) == 0,
	    "it was asked again");
	expect(t, s->engine.state == ENGINE_SYNCED, "not synchronised");
	sim_free(s);
}

/* Lives of that length for two days; packets to server 0 on the second. */
static unsigned
short_lives(struct trial *t, unsigned nth, struct sim_restart how, double life)
{
	struct sim *s = sim_new(t, nth);
	unsigned n;

	sim_network(s, "wan");
	sim_oscillator(s, "w9");
	while (sim_time(s) < 2 * DAY) {
		sim_run(s, life);
		sim_restart(s, how);
	}
	n = sim_packets(s, 0, DAY, 2 * DAY);
	figure("lives of %.0f s: %u packets to one server on the second day",
	    life, n);
	sim_run(s, 3 * HOUR);
	expect(t, s->engine.state == ENGINE_SYNCED,
	    "not synchronised three hours after the last start");
	expect(t, fabs(sim_error(s)) < 5e-3, "off by %.3f ms",
	    sim_error(s) * 1e3);
	sim_free(s);
	return n;
}

static void
a_crash_loop_is_one_packet_an_hour(struct trial *t)
{
	const struct sim_restart crash = { .down = 2 };
	unsigned n;

	n = short_lives(t, 0, crash, 120);
	expect(t, n >= 20 && n <= 26, "%u packets in a day", n);
	if (!t->brief) {
		n = short_lives(t, 1, crash, 45);
		expect(t, n >= 20 && n <= 26, "%u packets in a day", n);
	}
	/* Slower ones ask no sooner than poll.min after the last. */
	n = short_lives(t, 3, crash, 600);
	expect(t, n <= 130, "%u packets in a day", n);
	n = short_lives(t, 4, crash, 7200);
	expect(t, n <= 80, "%u packets in a day", n);
}

/* A power cut every two hours, and no battery behind the clock. */
static void
a_clock_of_1970_refills_nothing(struct trial *t)
{
	const struct sim_restart cut = { .down = 60,
		.reboot = true,
		.wrong = 1.8e9 };
	unsigned n = short_lives(t, 5, cut, 7200);

	expect(t, n >= 12 && n <= 80, "%u packets in a day", n);
	n = short_lives(t, 6, cut, 1900);
	expect(t, n >= 12 && n <= 160, "%u packets in a day", n);
}

bool
day_run(struct trial *t, double poll_min_s, double poll_max_s)
{
	struct sim *s = sim_new(t, 0);
	unsigned first, later;
	struct sim_figures f;

	sim_network(s, "wan");
	sim_add(s,
	    (struct sim_server){ .up = 12e-3, .down = 12e-3, .jitter = 1e-3 });
	sim_oscillator(s, "w10");
	s->conf.poll_min_s = poll_min_s;
	s->conf.poll_max_s = poll_max_s;
	sim_run(s, 8 * DAY);
	first = sim_packets(s, -1, 0, DAY);
	later = sim_packets(s, -1, DAY, 8 * DAY);
	f = sim_figures(s, DAY, 8 * DAY);
	printf("| %5.0f-%-6.0f | %9u | %9.1f | %8.1f | %8.1f | %7.1f |\n",
	    poll_min_s, poll_max_s, first, later / 7.0, sim_rms(f) * 1e6,
	    f.max * 1e6, sim_coverage(f) * 100);
	sim_free(s);
	return t->failed == 0;
}

const struct scenario manners_scenarios[] = {
	{ "who says RATE is asked more rarely",
	    who_says_rate_is_asked_more_rarely },
	{ "who says DENY is left alone", who_says_deny_is_left_alone },
	{ "a RATE kiss ends the burst", a_rate_kiss_ends_the_burst },
	{ "greed is not served", greed_is_not_served },
	{ "a small budget is enough", a_small_budget_is_enough },
	{ "in a lab all is granted", in_a_lab_all_is_granted },
	{ "our own network is down at first",
	    our_own_network_is_down_at_first },
	{ "an easy promise earns silence", an_easy_promise_earns_silence },
	{ "a silent upstream costs a dozen packets a day",
	    a_silent_upstream_costs_a_dozen_packets_a_day },
	{ "who denied us rests for 30 days", who_denied_us_rests_for_30_days },
	{ "a crash loop is one packet an hour",
	    a_crash_loop_is_one_packet_an_hour },
	{ "a clock of 1970 refills nothing", a_clock_of_1970_refills_nothing },
	{ NULL, NULL },
};
