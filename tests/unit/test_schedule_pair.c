/* SPDX-License-Identifier: ISC */
/* Two schedules that take turns, and hear at once of each other's questions. */
#include "duo.h"
#include "unit.h"

#include <math.h>

#define DAY 86400.0

static void
setup(void)
{
	duo_begin(5, DUO_T, DUO_T, 7);
}

static void
for_each_size(void (*check)(unsigned n))
{
	for (unsigned n = 4; n <= 7; n++)
		check(n);
}

static void
check_load(unsigned n)
{
	duo_begin(n, DUO_T, DUO_T, 7);
	duo_count(2 * DAY);
	duo_run(7 * DAY);
	CU_ASSERT_DOUBLE_EQUAL(duo_load(7 * DAY), 1, 0.05);
}

static void
two_ask_each_server_once_in_t(void)
{
	for_each_size(check_load);
}

static void
check_unequal(unsigned n)
{
	duo_begin(n, DUO_T, 2 * DUO_T, 7);
	duo_count(2 * DAY);
	duo_run(7 * DAY);
	CU_ASSERT_DOUBLE_EQUAL(duo_side[1].interval, 2 * DUO_T, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(duo_load(7 * DAY), 1, 0.05);
	CU_ASSERT_DOUBLE_EQUAL(schedule_interval(&duo_side[1]), DUO_T, 1e-6);
}

static void
the_shorter_of_two_intervals_is_the_sites(void)
{
	for_each_size(check_unequal);
}

static void
check_turns(unsigned n)
{
	unsigned all;

	duo_begin(n, DUO_T, DUO_T, 7);
	duo_count(2 * DAY);
	duo_run(7 * DAY);
	all = duo.asked[0] + duo.asked[1];
	CU_ASSERT_TRUE(duo.asked[0] > all * 2 / 5);
	CU_ASSERT_TRUE(duo.asked[1] > all * 2 / 5);
	CU_ASSERT_TRUE(duo.again < all / 20);
}

static void
two_take_turns_at_each_server(void)
{
	for_each_size(check_turns);
}

static void
check_spread(unsigned n)
{
	duo_begin(n, DUO_T, DUO_T, 7);
	duo_count(2 * DAY);
	duo_run(7 * DAY);
	CU_ASSERT_TRUE(duo.close < (duo.asked[0] + duo.asked[1]) / 50);
}

static void
the_questions_of_two_spread_over_the_interval(void)
{
	for_each_size(check_spread);
}

static void
check_late(unsigned n)
{
	duo_begin(n, DUO_T, DUO_T, 20000.5);
	duo_count(2 * DAY);
	duo_run(7 * DAY);
	CU_ASSERT_DOUBLE_EQUAL(duo_load(7 * DAY), 1, 0.05);
	CU_ASSERT_TRUE(duo.close < (duo.asked[0] + duo.asked[1]) / 50);
}

static void
who_comes_later_falls_into_step(void)
{
	for_each_size(check_late);
}

static unsigned
first_day(unsigned n, bool alone)
{
	duo_begin(n, DUO_T, DUO_T, 7);
	duo.deaf = duo.dead = alone;
	duo_count(0);
	duo_run(DAY);
	return duo.asked[0] + duo.asked[1];
}

static void
check_ramp(unsigned n)
{
	unsigned one = first_day(n, true), two = first_day(n, false);

	CU_ASSERT_TRUE(two <= 1.08 * one);
	CU_ASSERT_TRUE(two > 0.95 * one);
}

static void
the_ramp_of_two_costs_that_of_one(void)
{
	for_each_size(check_ramp);
}

static void
a_promise_in_danger_shortens_the_sites_interval(void)
{
	duo_begin(4, 8192, 8192, 7);
	duo_run(3 * DAY);
	duo.within = 400;
	duo_count(4 * DAY);
	duo_run(7 * DAY);
	CU_ASSERT_DOUBLE_EQUAL(schedule_interval(&duo_side[0]), 1600, 1);
	CU_ASSERT_DOUBLE_EQUAL(duo_load(7 * DAY), DUO_T / 1600,
	    0.05 * DUO_T / 1600);
}

static void
a_liar_who_has_always_asked_starves_nobody(void)
{
	duo_run(2 * DAY);
	duo.liar = true;
	duo_count(3 * DAY);
	duo_run(7 * DAY);
	CU_ASSERT_DOUBLE_EQUAL(duo_load(7 * DAY), 1 / 3.0, 0.02);
}

static void
a_liar_steps_no_ramp(void)
{
	duo.liar = true;
	duo_run(3600);
	CU_ASSERT_TRUE(duo_side[0].interval < 900);
}

static void
a_liars_short_interval_is_none_below_poll_min(void)
{
	duo_run(2 * DAY);
	schedule_pair(&duo_side[0], 1, duo_at(2 * DAY), &duo_rng[0]);
	CU_ASSERT_DOUBLE_EQUAL(schedule_interval(&duo_side[0]), 1024, 1e-6);
}

static void
who_is_no_longer_heard_leaves_the_load_as_it_was(void)
{
	duo_run(3 * DAY);
	duo.dead = duo.deaf = true;
	duo_count(3 * DAY);
	duo_run(3 * DAY + 20 * DUO_T);
	CU_ASSERT_DOUBLE_EQUAL(duo_load(3 * DAY + 20 * DUO_T), 1, 0.05);
}

static void
no_server_waits_for_a_dead_sibling(void)
{
	double last[5];

	duo_run(3 * DAY);
	for (unsigned i = 0; i < 5; i++)
		last[i] = fmax(duo_seconds(duo_side[0].line[i].last),
		    duo_seconds(duo_side[0].line[i].other));
	schedule_pair(&duo_side[0], 0, duo_at(3 * DAY), &duo_rng[0]);
	/* 1.1 T at most, and a fifth of a slip that is less than T / 5 */
	for (unsigned i = 0; i < 5; i++)
		CU_ASSERT_TRUE(duo_seconds(duo_side[0].line[i].due) <=
		    last[i] + 1.14 * DUO_T);
}

static void
turns_that_nobody_took_are_taken_one_by_one(void)
{
	double due[5];
	unsigned late = 0;

	duo_run(3 * DAY);
	for (unsigned i = 0; i < 5; i++)
		duo_side[0].line[i].due = duo_at(3 * DAY - 1000 + i);
	schedule_pair(&duo_side[0], 0, duo_at(3 * DAY), &duo_rng[0]);
	for (unsigned i = 0; i < 5; i++)
		due[i] = duo_seconds(duo_side[0].line[i].due) - 3 * DAY;
	for (unsigned i = 0; i < 5; i++)
		for (unsigned k = 0; k < i; k++)
			late += fabs(due[i] - due[k]) < 0.89 * DUO_T / 5;
	CU_ASSERT_EQUAL(late, 0);
}

static void
who_is_heard_but_asks_nobody_is_not_yielded_to(void)
{
	duo_run(3 * DAY);
	duo.dead = true;
	duo_count(4 * DAY);
	duo_run(7 * DAY);
	CU_ASSERT_DOUBLE_EQUAL(duo_load(7 * DAY), 1, 0.05);
}

static void
two_who_do_not_hear_each_other_are_two(void)
{
	duo.deaf = true;
	duo_count(2 * DAY);
	duo_run(7 * DAY);
	CU_ASSERT_DOUBLE_EQUAL(duo_load(7 * DAY), 2, 0.1);
}

static void
who_asked_last_comes_a_quarter_later(void)
{
	unsigned i = 0;
	struct mono t;
	double mine, theirs, until = 3 * DAY;

	do { /* until it is our turn, and nobody else's */
		duo_run(until += 100);
		t = schedule_next(&duo_side[0], &i);
	} while (t.ns > schedule_next(&duo_side[1], &(unsigned){ 0 }).ns);
	duo_ask(0, i, t);
	mine = mono_sub(duo_side[0].line[i].due, t) / DUO_T;
	theirs = mono_sub(duo_side[1].line[i].due, t) / DUO_T;
	/* T and a quarter; 0.1 T of 1/5 at random, and as much of slip, of
	 * this turn and of those before: of 4000 seeds two are off by 0.17. */
	CU_ASSERT_DOUBLE_EQUAL(mine, 1.25, 0.2);
	CU_ASSERT_DOUBLE_EQUAL(theirs, 1, 0.2);
}

static void
old_news_is_none(void)
{
	struct mono due;

	duo_run(3 * DAY);
	schedule_shared(&duo_side[0], 2, duo_at(3 * DAY), INFINITY,
	    &duo_rng[0]);
	due = duo_side[0].line[2].due;
	schedule_shared(&duo_side[0], 2, duo_at(3 * DAY), INFINITY,
	    &duo_rng[0]);
	schedule_shared(&duo_side[0], 2, duo_at(2 * DAY), INFINITY,
	    &duo_rng[0]);
	CU_ASSERT_EQUAL(duo_side[0].line[2].due.ns, due.ns);
	CU_ASSERT_EQUAL(duo_side[0].line[2].other.ns, duo_at(3 * DAY).ns);
}

static void
news_move_no_question_of_our_own_beginning(void)
{
	duo_run(3 * DAY);
	schedule_at(&duo_side[0], 2, duo_at(3 * DAY + 1));
	schedule_shared(&duo_side[0], 2, duo_at(3 * DAY), INFINITY,
	    &duo_rng[0]);
	CU_ASSERT_EQUAL(duo_side[0].line[2].due.ns, duo_at(3 * DAY + 1).ns);
}

static void
news_move_no_question_out_of_turn(void)
{
	duo_run(3 * DAY);
	schedule_extra(&duo_side[0], 2, duo_at(3 * DAY));
	schedule_shared(&duo_side[0], 2, duo_at(3 * DAY), INFINITY,
	    &duo_rng[0]);
	CU_ASSERT_EQUAL(duo_side[0].line[2].due.ns, duo_at(3 * DAY).ns);
	schedule_asked(&duo_side[0], 2, duo_at(3 * DAY), INFINITY, &duo_rng[0]);
	/* Behind the last of the four others. */
	CU_ASSERT_DOUBLE_EQUAL(duo_seconds(duo_side[0].line[2].due) - 3 * DAY,
	    DUO_T, 0.35 * DUO_T);
}

static void
news_bring_no_silent_server_back(void)
{
	struct mono due;

	duo_run(3 * DAY);
	schedule_missed(&duo_side[0], 2, duo_at(3 * DAY), &duo_rng[0]);
	due = duo_side[0].line[2].due;
	schedule_shared(&duo_side[0], 2, duo_at(3 * DAY), INFINITY,
	    &duo_rng[0]);
	CU_ASSERT_EQUAL(duo_side[0].line[2].due.ns, due.ns);
	CU_ASSERT_TRUE(duo_side[0].line[2].backoff_s > 0);
}

/* Questions to server 2 in T. */
static double
load_of_2(double from, double until)
{
	unsigned n = 0, i[2] = { 0, 0 };

	for (duo_run(from);;) {
		struct mono t[] = { schedule_next(&duo_side[0], &i[0]),
			schedule_next(&duo_side[1], &i[1]) };
		unsigned k = t[1].ns < t[0].ns;

		if (duo_seconds(t[k]) > until)
			return n * DUO_T / (until - from);
		n += i[k] == 2;
		duo_run(duo_seconds(t[k]) + 1e-6);
	}
}

static void
who_wants_less_is_asked_half_as_often(void)
{
	for (unsigned k = 0; k < 2; k++)
		schedule_warned(&duo_side[k], 2, true, false);
	CU_ASSERT_DOUBLE_EQUAL(load_of_2(2 * DAY, 7 * DAY), 0.5, 0.03);
	duo_count(7 * DAY);
	duo_run(12 * DAY);
	/* and the others as ever: 4.5 of 5 */
	CU_ASSERT_DOUBLE_EQUAL(duo_load(12 * DAY), 0.9, 0.045);
	CU_ASSERT_TRUE(duo.close < (duo.asked[0] + duo.asked[1]) / 100);
}

static void
who_denies_the_other_is_asked_by_us_every_second_round(void)
{
	/* side 1 does not ask 2 at all */
	schedule_warned(&duo_side[0], 2, false, true);
	schedule_drop(&duo_side[1], 2);
	CU_ASSERT_DOUBLE_EQUAL(load_of_2(2 * DAY, 7 * DAY), 0.5, 0.03);
}

static void
a_warning_that_comes_and_goes_counts_once(void)
{
	double due;

	duo_run(3 * DAY);
	due = duo_seconds(duo_side[0].line[2].due);
	for (int k = 0; k < 50; k++) {
		schedule_warned(&duo_side[0], 2, true, false);
		schedule_warned(&duo_side[0], 2, false, false);
	}
	CU_ASSERT_TRUE(
	    duo_seconds(duo_side[0].line[2].due) <= due + DUO_T + 1e-3);
}

static void
of_two_in_a_hurry_the_last_to_ask_comes_later(void)
{
	struct mono now, next[2];
	unsigned i = 0;

	duo_run(3 * DAY);
	now = schedule_next(&duo_side[0], &i);
	duo_ask(0, i, now);
	for (unsigned k = 0; k < 2; k++) {
		for (unsigned j = 0; j < 5; j++) {
			duo_side[k].line[j].due = mono_add(now, 900 + 400 * j);
			duo_side[k].line[j].yield_s = 0;
		}
		schedule_hurry(&duo_side[k], now, 300);
		next[k] = schedule_next(&duo_side[k], &i);
	}
	CU_ASSERT_EQUAL(next[1].ns, mono_add(now, 300).ns);
	CU_ASSERT_EQUAL(next[0].ns, mono_add(now, 300 + DUO_T / 5 / 4).ns);
}

static void
no_haste_while_it_is_the_siblings_turn(void)
{
	struct mono now = duo_at(3 * DAY), next;
	unsigned i = 0;

	duo_run(3 * DAY);
	for (unsigned j = 0; j < 5; j++) {
		duo_side[0].line[j].due = mono_add(now, 200 + 512 + 400 * j);
		duo_side[0].line[j].yield_s = 512;
	}
	next = schedule_next(&duo_side[0], &i);
	schedule_hurry(&duo_side[0], now, 300);
	CU_ASSERT_EQUAL(schedule_next(&duo_side[0], &i).ns, next.ns);
}

static CU_TestInfo tests[] = {
	{ "two ask each server once in T", two_ask_each_server_once_in_t },
	{ "the shorter of two intervals is the site's",
	    the_shorter_of_two_intervals_is_the_sites },
	{ "two take turns at each server", two_take_turns_at_each_server },
	{ "the questions of two spread over the interval",
	    the_questions_of_two_spread_over_the_interval },
	{ "who comes later falls into step", who_comes_later_falls_into_step },
	{ "the ramp of two costs that of one",
	    the_ramp_of_two_costs_that_of_one },
	{ "a promise in danger shortens the site's interval",
	    a_promise_in_danger_shortens_the_sites_interval },
	{ "a liar who has always asked starves nobody",
	    a_liar_who_has_always_asked_starves_nobody },
	{ "a liar steps no ramp", a_liar_steps_no_ramp },
	{ "a liar's short interval is none below poll.min",
	    a_liars_short_interval_is_none_below_poll_min },
	{ "who is no longer heard leaves the load as it was",
	    who_is_no_longer_heard_leaves_the_load_as_it_was },
	{ "no server waits for a dead sibling",
	    no_server_waits_for_a_dead_sibling },
	{ "turns that nobody took are taken one by one",
	    turns_that_nobody_took_are_taken_one_by_one },
	{ "who is heard but asks nobody is not yielded to",
	    who_is_heard_but_asks_nobody_is_not_yielded_to },
	{ "two who do not hear each other are two",
	    two_who_do_not_hear_each_other_are_two },
	{ "who asked last comes a quarter later",
	    who_asked_last_comes_a_quarter_later },
	{ "old news is none", old_news_is_none },
	{ "news move no question of our own beginning",
	    news_move_no_question_of_our_own_beginning },
	{ "news move no question out of turn",
	    news_move_no_question_out_of_turn },
	{ "news bring no silent server back",
	    news_bring_no_silent_server_back },
	{ "who wants less is asked half as often",
	    who_wants_less_is_asked_half_as_often },
	{ "who denies the other is asked by us every second round",
	    who_denies_the_other_is_asked_by_us_every_second_round },
	{ "a warning that comes and goes counts once",
	    a_warning_that_comes_and_goes_counts_once },
	{ "of two in a hurry the last to ask comes later",
	    of_two_in_a_hurry_the_last_to_ask_comes_later },
	{ "no haste while it is the sibling's turn",
	    no_haste_while_it_is_the_siblings_turn },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_schedule_pair = { "core/schedule: a pair", NULL, NULL, setup,
	NULL, tests };
