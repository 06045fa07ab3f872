/* SPDX-License-Identifier: ISC */
/* clocks.c - what happens to our own clock: steps, sleep, restarts, dates. */
#include "sim.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define ERA_END 2085978496 /* 2036-02-07 06:28:16 UTC */
#define LEAP_AT 1861920000 /* 2029-01-01 00:00 UTC, invented */

static struct sim *
world(struct trial *t)
{
	struct sim *s = sim_new(t, 0);

	sim_network(s, "wan");
	sim_oscillator(s, "w9");
	return s;
}

static double
worst(const struct sim *s, double from, double to)
{
	return sim_figures(s, from, to).max;
}

/* Somebody steps our clock by x; a poll interval later it is right again. */
static void
stepped_by(struct trial *t, double x, unsigned steps)
{
	struct sim *s = world(t);
	double at, back;

	sim_run(s, 2 * DAY);
	sim_forget_said(s);
	at = sim_time(s);
	sim_step_clock(s, x);
	sim_run(s, 6 * HOUR);
	back = sim_settled(s, 10e-3) - at;
	figure("a step by %+.1f s: above 10 ms for %.0f s, %u steps of ours", x,
	    back, s->steps);
	expect(t, back <= 0.75 * HOUR, "wrong for %.0f s", back);
	expect(t, sim_said(s, "step", NULL), "it is not said");
	expect(t, s->engine.state == ENGINE_SYNCED, "state %d",
	    (int)s->engine.state);
	expect(t, s->steps == steps, "%u steps of ours", s->steps);
	expect(t, worst(s, at + HOUR, at + 6 * HOUR) < 5e-3, "%.3f ms later on",
	    worst(s, at + HOUR, at + 6 * HOUR) * 1e3);
	sim_free(s);
}

static void
another_program_steps_our_clock(struct trial *t)
{
	stepped_by(t, 5.0, 2);
	stepped_by(t, -5.0, 2);
	stepped_by(t, 0.4, 1); /* below step.limit: slewed */
}

static void
another_program_does_it_all_the_time(struct trial *t)
{
	struct sim *s = world(t);

	/* one step a day is ours to make, then a human must look */
	sim_run(s, 2 * DAY);
	for (int i = 0; i < 5; i++) {
		sim_step_clock(s, 5);
		sim_run(s, 2 * HOUR);
	}
	figure("state %d, %u steps of ours", (int)s->engine.state, s->steps);
	expect(t, s->engine.state == ENGINE_PANIC, "state %d",
	    (int)s->engine.state);
	expect(t, s->steps == 2, "%u steps of ours", s->steps);
	expect(t, s->served.leap == LEAP_UNSYNC, "20 s off is served");
	sim_free(s);
}

static void
our_clock_is_stepped_while_we_start(struct trial *t)
{
	struct sim *s = world(t);

	sim_run(s, 3);
	sim_step_clock(s, -1000);
	sim_run(s, HOUR);
	figure("last above 10 ms at %.0f s, %u steps", sim_settled(s, 10e-3),
	    s->steps);
	expect(t, sim_settled(s, 10e-3) <= 15, "above 10 ms until %.0f s",
	    sim_settled(s, 10e-3));
	sim_free(s);
}

static void
a_restart_knows_its_frequency(struct trial *t)
{
	struct sim *s = world(t);
	double at, bound;
	unsigned most = 0;

	sim_run(s, 3 * DAY);
	bound = s->sample[s->samples - 1].bound;
	at = sim_time(s) + 60;
	sim_restart(s, (struct sim_restart){ .down = 60 });
	sim_run(s, DAY);
	for (int i = 0; i < 4; i++) {
		unsigned n = sim_packets(s, i, at, at + HOUR);

		most = n > most ? n : most;
	}
	figure("bound before %.2f ms; worst after 15 s %.2f ms; at most %u "
	       "packets in the hour",
	    bound * 1e3, worst(s, at + 15, at + DAY) * 1e3, most);
	sim_print("the day after", sim_figures(s, at + 15, at + DAY));
	expect(t, worst(s, at + 15, at + DAY) < 5 * bound, "%.2f ms",
	    worst(s, at + 15, at + DAY) * 1e3);
	expect(t, most <= 6, "%u packets to one server: a ramp", most);
	expect(t, sim_coverage(sim_figures(s, at + 15, at + DAY)) > 0.85,
	    "the bound holds %.1f %%",
	    100 * sim_coverage(sim_figures(s, at + 15, at + DAY)));
	sim_free(s);
}

static void
a_reboot_knows_its_frequency(struct trial *t)
{
	struct sim *s = world(t);
	double at;

	sim_run(s, 3 * DAY);
	at = sim_time(s) + 10 * HOUR;
	sim_restart(s,
	    (struct sim_restart){ .down = 10 * HOUR,
		.reboot = true,
		.wrong = -0.7 });
	sim_run(s, DAY);
	sim_print("the day after", sim_figures(s, at + 15, at + DAY));
	expect(t, worst(s, at + 15, at + DAY) < 5e-3, "%.2f ms",
	    worst(s, at + 15, at + DAY) * 1e3);
	expect(t, s->engine.state == ENGINE_SYNCED, "state %d",
	    (int)s->engine.state);
	sim_free(s);
}

static void
damaged_state_is_refused(struct trial *t)
{
	struct sim *s = world(t);
	struct now now;
	struct err err;
	unsigned taken = 0;

	sim_run(s, DAY);
	now = sim_now(s);
	s->saved_len = engine_write(&s->engine, &now, s->saved);
	for (size_t len = 0; len < s->saved_len; len++)
		taken +=
		    engine_read(&s->engine, s->saved, len, &now, &err) == 0;
	expect(t, taken == 0, "%u of %zu cut states are taken", taken,
	    s->saved_len);
	taken = 0;
	for (size_t i = 0; i < s->saved_len; i++) {
		s->saved[i] ^= 0x10;
		taken += engine_read(&s->engine, s->saved, s->saved_len, &now,
			     &err) == 0;
		s->saved[i] ^= 0x10;
	}
	expect(t, taken == 0, "%u of %zu damaged states are taken", taken,
	    s->saved_len);
	sim_free(s);
}

static void
an_hour_of_sleep(struct trial *t)
{
	struct sim *s = world(t);
	double at;

	sim_run(s, 2 * DAY);
	sim_suspend(s, HOUR, 0.3, false);
	at = sim_time(s);
	sim_forget_said(s);
	sim_run(s, 6 * HOUR);
	figure("above 10 ms for %.0f s after it, %u steps of ours",
	    fmax(sim_settled(s, 10e-3) - at, 0), s->steps);
	sim_print("the six hours after", sim_figures(s, at, at + 6 * HOUR));
	expect(t, s->engine.state == ENGINE_SYNCED, "state %d",
	    (int)s->engine.state);
	expect(t, sim_settled(s, 10e-3) - at < 30 * MINUTE, "wrong for %.0f s",
	    sim_settled(s, 10e-3) - at);
	expect(t, worst(s, at + HOUR, at + 6 * HOUR) < 8e-3, "%.2f ms",
	    worst(s, at + HOUR, at + 6 * HOUR) * 1e3);
	expect(t, sim_said(s, "suspend", NULL) || sim_said(s, "asleep", NULL),
	    "it is not said");
	sim_free(s);
}

static void
a_clock_that_slept_too(struct trial *t)
{
	struct sim *s = world(t);
	double at;

	/* our own line on the raw clock knows nothing of the hour */
	sim_run(s, 2 * DAY);
	sim_suspend(s, HOUR, 0.3, true);
	at = sim_time(s);
	sim_run(s, 6 * HOUR);
	figure("above 10 ms for %.0f s after it, %u steps of ours",
	    fmax(sim_settled(s, 10e-3) - at, 0), s->steps);
	expect(t, s->engine.state == ENGINE_SYNCED, "state %d",
	    (int)s->engine.state);
	expect(t, sim_settled(s, 10e-3) - at < 30 * MINUTE, "wrong for %.0f s",
	    sim_settled(s, 10e-3) - at);
	sim_free(s);
}

static void
a_clock_that_is_right_already(struct trial *t)
{
	struct sim *s = world(t);

	sim_date(s, 1830000000, 0.0005);
	s->line_rate = -30e-6; /* the kernel was disciplined before */
	sim_run(s, DAY);
	figure("never off by more than %.3f ms", worst(s, 0, DAY) * 1e3);
	expect(t, worst(s, 0, DAY) < 5e-3, "%.3f ms", worst(s, 0, DAY) * 1e3);
	sim_free(s);
}

static void
a_reload_keeps_the_time(struct trial *t)
{
	struct sim *s = world(t);
	struct source_conf first;
	struct sim_server server;
	double at;

	sim_run(s, 2 * DAY);
	/* the first and the last change places, the second is another */
	first = s->conf.server[0];
	server = s->server[0];
	s->conf.server[0] = s->conf.server[3];
	s->server[0] = s->server[3];
	s->conf.server[3] = first;
	s->server[3] = server;
	strcpy(s->conf.server[1].host, "another.example.net");
	s->conf.server[1].addr.ip[0] = 99;
	sim_add(s,
	    (struct sim_server){ .up = 12e-3, .down = 12e-3, .jitter = 1e-3 });
	sim_reload(s);
	at = sim_time(s);
	sim_run(s, 2 * DAY);
	sim_print("the two days after", sim_figures(s, at, at + 2 * DAY));
	figure("%u packets in the hour after",
	    sim_packets(s, -1, at, at + HOUR));
	expect(t, worst(s, at, at + 2 * DAY) < 3e-3, "%.3f ms",
	    worst(s, at, at + 2 * DAY) * 1e3);
	expect(t, s->engine.state == ENGINE_SYNCED, "state %d",
	    (int)s->engine.state);
	expect(t, s->steps == 1, "%u steps of ours", s->steps);
	expect(t, sim_packets(s, -1, at, at + HOUR) <= 16,
	    "%u packets in the hour after", sim_packets(s, -1, at, at + HOUR));
	for (unsigned i = 0; i < 5; i++)
		expect(t, s->engine.source[i].truechimer,
		    "server %u is not believed", i);
	sim_free(s);
}

static void
an_address_moves(struct trial *t)
{
	struct sim *s = world(t);

	sim_run(s, DAY);
	sim_move(s, 2);
	s->server[2].up = s->server[2].down = 40e-3;
	sim_run(s, DAY);
	sim_print("the day after", sim_figures(s, DAY, 2 * DAY));
	expect(t, worst(s, DAY, 2 * DAY) < 3e-3, "%.3f ms",
	    worst(s, DAY, 2 * DAY) * 1e3);
	expect(t, s->engine.source[2].truechimer, "it is not believed");
	sim_free(s);
}

static void
a_clock_at_1970(struct trial *t)
{
	struct sim *s = world(t);

	sim_date(s, 1830000000, 1830000000.0);
	sim_run(s, HOUR);
	figure("above 10 ms until %.0f s", sim_settled(s, 10e-3));
	expect(t, sim_settled(s, 10e-3) <= 15, "until %.0f s",
	    sim_settled(s, 10e-3));
	expect(t, s->engine.state == ENGINE_SYNCED, "state %d",
	    (int)s->engine.state);
	sim_free(s);
}

static void
the_era_ends(struct trial *t)
{
	static const int64_t before[] = { 6, 1, 30, 3600 };

	for (int i = 0; i < 4; i++) {
		struct sim *s = world(t);
		struct sim_figures f;

		sim_date(s, ERA_END - before[i], 2.0);
		sim_run(s, 6 * HOUR);
		f = sim_figures(s, 15, 6 * HOUR);
		figure("start %d s before: worst after 15 s %.3f ms",
		    (int)before[i], f.max * 1e3);
		expect(t, f.max < 10e-3, "%.3f s", f.max);
		expect(t, s->steps == 1, "%u steps", s->steps);
		expect(t, s->engine.state == ENGINE_SYNCED, "state %d",
		    (int)s->engine.state);
		sim_free(s);
	}
}

/* Is the leap announced on its day, and on no other? */
static void
announced(struct trial *t, struct sim *s, double step)
{
	unsigned wrong = 0, leap = LEAP_INSERT;

	if (s->leap_sign < 0)
		leap = LEAP_DELETE;
	while (sim_time(s) < s->leap_at + DAY) {
		double left;

		sim_run(s, step);
		left = s->leap_at - sim_time(s);
		if (fabs(left) < 10 || fabs(left - DAY) < 60)
			continue;
		if (left > 0 && left < DAY)
			wrong += s->served.leap != leap;
		else
			wrong += s->served.leap != LEAP_NONE;
	}
	expect(t, wrong == 0, "announced wrongly at %u instants", wrong);
}

static void
leap(struct trial *t, int sign)
{
	struct sim *s = world(t);
	struct sim_figures f;
	double at;

	sim_add(s,
	    (struct sim_server){ .up = 12e-3, .down = 12e-3, .jitter = 1e-3 });
	sim_date(s, LEAP_AT - 3 * 86400, 2.0);
	sim_leap(s, LEAP_AT, sign);
	at = s->leap_at;
	sim_run(s, 1.5 * DAY);
	s->fine_until = at + HOUR;
	announced(t, s, 60);
	f = sim_figures(s, at - DAY, at + DAY);
	sim_print("the day before and the day after", f);
	expect(t, f.max < 5e-3, "off by %.6f s", f.max);
	expect(t, f.serving == f.n, "not served as synchronised");
	expect(t, s->steps <= 2, "%u steps of our clock", s->steps);
	sim_free(s);
}

static void
a_leap_second_passes(struct trial *t)
{
	leap(t, 1);
	leap(t, -1);
}

static void
a_leap_second_passes_in_the_dark(struct trial *t)
{
	struct sim *s = world(t);
	struct sim_figures f;
	double at;

	sim_date(s, LEAP_AT - 2 * 86400, 2.0);
	sim_leap(s, LEAP_AT, 1);
	at = s->leap_at;
	sim_run(s, at - 6 * HOUR);
	for (int i = 0; i < 4; i++)
		s->server[i].dead = true;
	sim_run(s, 12 * HOUR);
	f = sim_figures(s, at - HOUR, at + 6 * HOUR);
	sim_print("an hour before to six after", f);
	expect(t, f.max < 20e-3, "off by %.6f s", f.max);
	sim_free(s);
}

static void
stepped_in_the_dark(struct trial *t, double dark)
{
	struct sim *s = world(t);
	double at;

	sim_run(s, 2 * DAY);
	for (int i = 0; i < 4; i++)
		s->server[i].dead = true;
	sim_run(s, dark);
	sim_step_clock(s, 5);
	sim_run(s, 12 * HOUR);
	expect(t, s->served.leap == LEAP_UNSYNC || fabs(sim_error(s)) < 1,
	    "5 s off is served");
	for (int i = 0; i < 4; i++)
		s->server[i].dead = false;
	at = sim_time(s);
	sim_run(s, 12 * HOUR);
	figure("state %d, above 10 ms for %.0f s after they came back",
	    (int)s->engine.state, fmax(sim_settled(s, 10e-3) - at, 0));
	expect(t, s->engine.state == ENGINE_SYNCED, "state %d",
	    (int)s->engine.state);
	expect(t, sim_settled(s, 10e-3) - at < 3.5 * HOUR, "wrong for %.0f s",
	    sim_settled(s, 10e-3) - at);
	sim_free(s);
}

static void
our_clock_is_stepped_in_the_dark(struct trial *t)
{
	stepped_in_the_dark(t, HOUR);
	stepped_in_the_dark(t, 24 * HOUR);
}

static void
a_night_of_sleep(struct trial *t)
{
	struct sim *s = world(t);
	double at;

	/* a bad RTC, and the network is back two hours later */
	sim_run(s, 2 * DAY);
	sim_suspend(s, 10 * HOUR, -2.5, false);
	for (int i = 0; i < 4; i++)
		s->server[i].unsent = true;
	sim_run(s, 2 * HOUR);
	for (int i = 0; i < 4; i++)
		s->server[i].unsent = false;
	at = sim_time(s);
	sim_run(s, 8 * HOUR);
	figure("state %d, above 10 ms for %.0f s after the network came",
	    (int)s->engine.state, sim_settled(s, 10e-3) - at);
	expect(t, s->engine.state == ENGINE_SYNCED, "state %d",
	    (int)s->engine.state);
	sim_free(s);
}

static void
the_names_resolve_later(struct trial *t)
{
	struct sim *s = sim_new(t, 0);

	sim_network(s, "wan");
	sim_oscillator(s, "w9");
	for (unsigned i = 0; i < 4; i++)
		s->server[i].unnamed = true;
	sim_run(s, MINUTE);
	expect(t, s->sents == 0, "asked without an address");
	for (unsigned i = 0; i < 4; i++)
		sim_resolve(s, i);
	sim_run(s, HOUR);
	expect(t, sim_settled(s, 10e-3) < MINUTE + 15,
	    "above 10 ms until %.0f s", sim_settled(s, 10e-3));
	sim_free(s);
}

const struct scenario clocks_scenarios[] = {
	{ "another program steps our clock", another_program_steps_our_clock },
	{ "another program does it all the time",
	    another_program_does_it_all_the_time },
	{ "our clock is stepped while we start",
	    our_clock_is_stepped_while_we_start },
	{ "a restart knows its frequency", a_restart_knows_its_frequency },
	{ "a reboot knows its frequency", a_reboot_knows_its_frequency },
	{ "damaged state is refused", damaged_state_is_refused },
	{ "an hour of sleep", an_hour_of_sleep },
	{ "a clock that slept too", a_clock_that_slept_too },
	{ "a clock that is right already", a_clock_that_is_right_already },
	{ "a reload keeps the time", a_reload_keeps_the_time },
	{ "an address moves", an_address_moves },
	{ "a clock at 1970", a_clock_at_1970 },
	{ "the era ends", the_era_ends },
	{ "a leap second passes", a_leap_second_passes },
	{ "a leap second passes in the dark",
	    a_leap_second_passes_in_the_dark },
	{ "our clock is stepped in the dark",
	    our_clock_is_stepped_in_the_dark },
	{ "a night of sleep", a_night_of_sleep },
	{ "the names resolve later", the_names_resolve_later },
	{ NULL, NULL },
};
