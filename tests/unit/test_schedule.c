/* SPDX-License-Identifier: ISC */
#include "core/schedule.h"

#include "unit.h"

#include <math.h>

static struct schedule s;
static struct rng rng;

static struct mono
at(double t)
{
	return (struct mono){ (int64_t)(t * 1e9) };
}

static double
seconds(struct mono t)
{
	return (double)t.ns / 1e9;
}

static void
setup(void)
{
	rng_init(&rng, unit_seed);
	schedule_init(&s, 4, 1024, 4096, true);
	for (unsigned i = 0; i < 4; i++)
		schedule_at(&s, i, at(i));
}

/* Asks who is due, all answer, until t; the instant of each in when. */
static unsigned
run(double until, double within, double *when, unsigned max)
{
	unsigned n = 0, i = 0;

	for (;;) {
		struct mono t = schedule_next(&s, &i);

		if (seconds(t) > until)
			return n;
		if (when != NULL && n < max)
			when[n] = seconds(t);
		n++;
		schedule_asked(&s, i, t, within, &rng);
		schedule_answered(&s, i, t, &rng);
	}
}

static void
nobody_is_due_before_he_takes_part(void)
{
	unsigned i;

	schedule_init(&s, 4, 1024, 4096, true);
	CU_ASSERT_EQUAL(schedule_next(&s, &i).ns, MONO_NEVER.ns);
	schedule_at(&s, 2, at(7));
	CU_ASSERT_EQUAL(schedule_next(&s, &i).ns, at(7).ns);
	CU_ASSERT_EQUAL(i, 2);
	schedule_drop(&s, 2);
	CU_ASSERT_EQUAL(schedule_next(&s, &i).ns, MONO_NEVER.ns);
}

static void
the_ramp_is_at_most_12_rounds_in_an_hour(void)
{
	unsigned n = run(3600, INFINITY, NULL, 0);

	/* 64 s, doubling every third round: 12 rounds of 4, and the +-10 % */
	CU_ASSERT_TRUE(n >= 40 && n <= 52);
}

static void
in_steady_state_each_server_is_asked_every_interval(void)
{
	unsigned n;

	run(86400, INFINITY, NULL, 0);
	n = run(11 * 86400, INFINITY, NULL, 0);
	/* 10 days of 86400 / 4096 = 21.1 questions to each of four */
	CU_ASSERT_DOUBLE_EQUAL(n / 40.0, 21.1, 0.6);
	CU_ASSERT_FALSE(s.ramp);
	CU_ASSERT_DOUBLE_EQUAL(s.interval, 4096, 1e-6);
}

static void
servers_spread_over_the_interval(void)
{
	double when[100];
	unsigned n;

	run(2 * 86400, INFINITY, NULL, 0);
	n = run(3 * 86400, INFINITY, when, 100);
	CU_ASSERT_TRUE_FATAL(n > 50 && n <= 100);
	for (unsigned i = 1; i < n; i++) {
		/* 1024 s apart, +-10 % */
		CU_ASSERT_TRUE(when[i] - when[i - 1] > 900);
		CU_ASSERT_TRUE(when[i] - when[i - 1] < 1150);
	}
}

static void
a_promise_in_danger_shortens_the_interval(void)
{
	run(2 * 86400, INFINITY, NULL, 0);
	run(4 * 86400, 300, NULL, 0);
	/* 300 s between questions to four: 1200 s */
	CU_ASSERT_DOUBLE_EQUAL(s.interval, 1200, 1);
	run(5 * 86400, 0, NULL, 0);
	CU_ASSERT_DOUBLE_EQUAL(s.interval, 1024, 1e-6);
}

static void
a_silent_server_is_asked_half_as_often_each_time(void)
{
	static const double about[] = { 128, 256, 512, 1024, 2048, 4096, 8192,
		8192 };
	double t = 0;

	for (unsigned k = 0; k < sizeof(about) / sizeof(about[0]); k++) {
		double due;

		if (k > 0)
			schedule_asked(&s, 0, at(t), 0, &rng);
		schedule_missed(&s, 0, at(t), &rng);
		due = seconds(s.line[0].due) - t;
		CU_ASSERT_TRUE(due > 0.89 * about[k] && due < 1.11 * about[k]);
		t += due;
	}
}

static void
a_dead_server_costs_about_eleven_packets_a_day(void)
{
	unsigned n = 0;
	double t = 86400;

	for (int k = 0; k < 10; k++)
		schedule_missed(&s, 0, at(t), &rng);
	for (; t < 11 * 86400; n++) {
		schedule_asked(&s, 0, at(t), 0, &rng);
		schedule_missed(&s, 0, at(t), &rng);
		t = seconds(s.line[0].due);
	}
	CU_ASSERT_TRUE(n > 95 && n < 120);
}

static void
an_answer_brings_it_back_in_halves(void)
{
	for (int k = 0; k < 4; k++)
		schedule_missed(&s, 0, at(0), &rng); /* 1024 s */
	schedule_answered(&s, 0, at(0), &rng);
	CU_ASSERT_DOUBLE_EQUAL(s.line[0].backoff_s, 512, 1e-9);
	for (int k = 0; k < 3; k++)
		schedule_answered(&s, 0, at(0), &rng);
	CU_ASSERT_EQUAL(s.line[0].backoff_s, 0);
}

static void
the_others_share_the_interval_of_the_dead(void)
{
	run(2 * 86400, INFINITY, NULL, 0);
	CU_ASSERT_DOUBLE_EQUAL(schedule_gap(&s), 1024, 1e-6);
	schedule_missed(&s, 0, at(2 * 86400), &rng);
	CU_ASSERT_DOUBLE_EQUAL(schedule_gap(&s), 4096 / 3.0, 1e-6);
}

static void
a_silent_server_goes_on_where_it_was_in_another_life(void)
{
	schedule_resume(&s, 1, at(100), 2048);
	CU_ASSERT_EQUAL(s.line[1].due.ns, at(2148).ns);
	CU_ASSERT_DOUBLE_EQUAL(s.line[1].backoff_s, 2048, 1e-9);
	schedule_resume(&s, 1, at(100), 1e9);
	CU_ASSERT_DOUBLE_EQUAL(s.line[1].backoff_s, 8192, 1e-9);
}

static void
a_lab_may_be_asked_every_second(void)
{
	schedule_init(&s, 4, 1, 8, true);
	for (unsigned i = 0; i < 4; i++)
		schedule_at(&s, i, at(0));
	CU_ASSERT_DOUBLE_EQUAL(s.interval, 1, 1e-9);
	run(100, INFINITY, NULL, 0);
	CU_ASSERT_DOUBLE_EQUAL(s.interval, 8, 1e-9);
}

static void
a_question_out_of_turn_moves_no_turn(void)
{
	struct mono turn;
	unsigned i;

	run(2 * 86400, INFINITY, NULL, 0);
	schedule_next(&s, &i);
	i = (i + 2) % 4; /* its turn is half a round away */
	turn = s.line[i].due;
	schedule_extra(&s, i, at(2 * 86400));
	CU_ASSERT_EQUAL(s.line[i].due.ns, at(2 * 86400).ns);
	schedule_asked(&s, i, at(2 * 86400), INFINITY, &rng);
	CU_ASSERT_EQUAL(s.line[i].due.ns, turn.ns);
	CU_ASSERT_EQUAL(s.line[i].last.ns, at(2 * 86400).ns);
}

static void
a_turn_that_was_near_is_done_with_it(void)
{
	unsigned i;
	struct mono turn;

	run(2 * 86400, INFINITY, NULL, 0);
	turn = schedule_next(&s, &i);
	schedule_extra(&s, i, mono_add(turn, -100));
	schedule_asked(&s, i, mono_add(turn, -100), INFINITY, &rng);
	CU_ASSERT_TRUE(mono_sub(s.line[i].due, turn) > 3000);
}

static void
haste_brings_the_next_one_forward_and_no_other(void)
{
	struct mono due[4], now = at(2 * 86400);
	unsigned i;

	run(2 * 86400, INFINITY, NULL, 0);
	for (unsigned k = 0; k < 4; k++)
		due[k] = s.line[k].due = mono_add(now, 900 + 1024 * k);
	schedule_hurry(&s, now, 300);
	CU_ASSERT_EQUAL(schedule_next(&s, &i).ns, mono_add(now, 300).ns);
	for (unsigned k = 0; k < 4; k++)
		CU_ASSERT_TRUE(k == i || s.line[k].due.ns == due[k].ns);
}

static void
haste_has_the_least_interval(void)
{
	struct mono now = at(2 * 86400);
	unsigned i;

	run(2 * 86400, INFINITY, NULL, 0);
	for (unsigned k = 0; k < 4; k++)
		s.line[k].due = mono_add(now, 900 + 1024 * k);
	schedule_hurry(&s, now, 0);
	/* poll.min of 1024 s among four */
	CU_ASSERT_EQUAL(schedule_next(&s, &i).ns, mono_add(now, 256).ns);
}

static void
without_need_there_is_no_haste(void)
{
	struct mono now = at(2 * 86400), next;
	unsigned i;

	run(2 * 86400, INFINITY, NULL, 0);
	next = schedule_next(&s, &i);
	schedule_hurry(&s, now, INFINITY);
	CU_ASSERT_EQUAL(schedule_next(&s, &i).ns, next.ns);
	schedule_hurry(&s, now, 5000);
	CU_ASSERT_EQUAL(schedule_next(&s, &i).ns, next.ns);
}

static CU_TestInfo tests[] = {
	{ "nobody is due before he takes part",
	    nobody_is_due_before_he_takes_part },
	{ "the ramp is at most 12 rounds in an hour",
	    the_ramp_is_at_most_12_rounds_in_an_hour },
	{ "in steady state each server is asked every interval",
	    in_steady_state_each_server_is_asked_every_interval },
	{ "servers spread over the interval",
	    servers_spread_over_the_interval },
	{ "a promise in danger shortens the interval",
	    a_promise_in_danger_shortens_the_interval },
	{ "a silent server is asked half as often each time",
	    a_silent_server_is_asked_half_as_often_each_time },
	{ "a dead server costs about eleven packets a day",
	    a_dead_server_costs_about_eleven_packets_a_day },
	{ "an answer brings it back in halves",
	    an_answer_brings_it_back_in_halves },
	{ "the others share the interval of the dead",
	    the_others_share_the_interval_of_the_dead },
	{ "a silent server goes on where it was in another life",
	    a_silent_server_goes_on_where_it_was_in_another_life },
	{ "a lab may be asked every second", a_lab_may_be_asked_every_second },
	{ "a question out of turn moves no turn",
	    a_question_out_of_turn_moves_no_turn },
	{ "a turn that was near is done with it",
	    a_turn_that_was_near_is_done_with_it },
	{ "haste brings the next one forward and no other",
	    haste_brings_the_next_one_forward_and_no_other },
	{ "haste has the least interval", haste_has_the_least_interval },
	{ "without need there is no haste", without_need_there_is_no_haste },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_schedule = { "core/schedule", NULL, NULL, setup, NULL,
	tests };
