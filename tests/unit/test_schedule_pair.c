/* SPDX-License-Identifier: ISC */
/* Two schedules that take turns, and hear at once of each other's questions. */
#include "core/schedule.h"

#include "unit.h"

#include <math.h>
#include <string.h>

#define T 2048.0
#define DAY 86400.0

static struct schedule side[2];
static struct rng rng[2];

/* What upstream saw since pair.from. */
static struct {
	bool deaf; /* they do not hear of each other */
	bool dead; /* side 1 asks nobody */
	bool liar; /* side 1 only says that it has asked, once a minute */
	double from, last;
	unsigned asked[2], again, close;
	int by[SCHEDULE_SOURCES];
	double within;
} pair;

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
begin(unsigned n, double max0, double max1, double later)
{
	double most[] = { max0, max1 };

	for (unsigned k = 0; k < 2; k++) {
		rng_init(&rng[k], unit_seed + k);
		schedule_init(&side[k], n, 1024, most[k], true);
		for (unsigned i = 0; i < n; i++)
			schedule_at(&side[k], i, at(i + later * k));
	}
	memset(&pair, 0, sizeof(pair));
	pair.within = INFINITY;
}

static void
setup(void)
{
	begin(5, T, T, 7);
}

static void
count_from(double t)
{
	pair.from = t;
	pair.asked[0] = pair.asked[1] = pair.again = pair.close = 0;
	for (unsigned i = 0; i < SCHEDULE_SOURCES; i++)
		pair.by[i] = -1;
}

static void
count(unsigned k, unsigned i, double t)
{
	double gap = t - pair.last;

	pair.last = t;
	if (t < pair.from)
		return;
	pair.asked[k]++;
	pair.again += pair.by[i] == (int)k;
	pair.close += gap < T / side[0].count / 4;
	pair.by[i] = (int)k;
}

/* Each knows the other's T. */
static void
meet(struct mono t)
{
	for (unsigned k = 0; k < 2; k++)
		schedule_pair(&side[k], pair.deaf ? 0 : side[!k].interval, t,
		    &rng[k]);
}

static void
ask(unsigned k, unsigned i, struct mono t)
{
	count(k, i, seconds(t));
	schedule_asked(&side[k], i, t, pair.within, &rng[k]);
	schedule_answered(&side[k], i, t, &rng[k]);
	if (!pair.deaf)
		schedule_shared(&side[!k], i, t, pair.within, &rng[!k]);
}

static void
run(double until)
{
	for (double claim = pair.last;; claim = fmax(claim, pair.last)) {
		unsigned i[2] = { 0, 0 }, k;
		struct mono t[] = { schedule_next(&side[0], &i[0]),
			pair.dead || pair.liar ?
			    MONO_NEVER :
			    schedule_next(&side[1], &i[1]) };

		k = t[1].ns < t[0].ns;
		if (pair.liar && claim + 60 < seconds(t[0])) {
			claim += 60;
			for (unsigned s = 0; s < side[0].count; s++)
				schedule_shared(&side[0], s, at(claim),
				    pair.within, &rng[0]);
			continue;
		}
		if (seconds(t[k]) > until)
			return;
		meet(t[k]);
		ask(k, i[k], t[k]);
	}
}

/* Questions to each server in T, of both. */
static double
load(double until)
{
	return (pair.asked[0] + pair.asked[1]) * T / side[0].count /
	    (until - pair.from);
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
	begin(n, T, T, 7);
	count_from(2 * DAY);
	run(7 * DAY);
	CU_ASSERT_DOUBLE_EQUAL(load(7 * DAY), 1, 0.05);
}

static void
two_ask_each_server_once_in_t(void)
{
	for_each_size(check_load);
}

static void
check_unequal(unsigned n)
{
	begin(n, T, 2 * T, 7);
	count_from(2 * DAY);
	run(7 * DAY);
	CU_ASSERT_DOUBLE_EQUAL(side[1].interval, 2 * T, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(load(7 * DAY), 1, 0.05);
	CU_ASSERT_DOUBLE_EQUAL(schedule_interval(&side[1]), T, 1e-6);
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

	begin(n, T, T, 7);
	count_from(2 * DAY);
	run(7 * DAY);
	all = pair.asked[0] + pair.asked[1];
	CU_ASSERT_TRUE(pair.asked[0] > all * 2 / 5);
	CU_ASSERT_TRUE(pair.asked[1] > all * 2 / 5);
	CU_ASSERT_TRUE(pair.again < all / 20);
}

static void
two_take_turns_at_each_server(void)
{
	for_each_size(check_turns);
}

static void
check_spread(unsigned n)
{
	begin(n, T, T, 7);
	count_from(2 * DAY);
	run(7 * DAY);
	CU_ASSERT_TRUE(pair.close < (pair.asked[0] + pair.asked[1]) / 50);
}

static void
the_questions_of_two_spread_over_the_interval(void)
{
	for_each_size(check_spread);
}

static void
check_late(unsigned n)
{
	begin(n, T, T, 20000.5);
	count_from(2 * DAY);
	run(7 * DAY);
	CU_ASSERT_DOUBLE_EQUAL(load(7 * DAY), 1, 0.05);
	CU_ASSERT_TRUE(pair.close < (pair.asked[0] + pair.asked[1]) / 50);
}

static void
who_comes_later_falls_into_step(void)
{
	for_each_size(check_late);
}

static unsigned
first_day(unsigned n, bool alone)
{
	begin(n, T, T, 7);
	pair.deaf = pair.dead = alone;
	count_from(0);
	run(DAY);
	return pair.asked[0] + pair.asked[1];
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
	begin(4, 8192, 8192, 7);
	run(3 * DAY);
	pair.within = 400;
	count_from(4 * DAY);
	run(7 * DAY);
	CU_ASSERT_DOUBLE_EQUAL(schedule_interval(&side[0]), 1600, 1);
	CU_ASSERT_DOUBLE_EQUAL(load(7 * DAY), T / 1600, 0.05 * T / 1600);
}

static void
a_liar_who_has_always_asked_starves_nobody(void)
{
	run(2 * DAY);
	pair.liar = true;
	count_from(3 * DAY);
	run(7 * DAY);
	CU_ASSERT_DOUBLE_EQUAL(load(7 * DAY), 1 / 3.0, 0.02);
}

static void
a_liar_steps_no_ramp(void)
{
	pair.liar = true;
	run(3600);
	CU_ASSERT_TRUE(side[0].interval < 900);
}

static void
a_liars_short_interval_is_none_below_poll_min(void)
{
	run(2 * DAY);
	schedule_pair(&side[0], 1, at(2 * DAY), &rng[0]);
	CU_ASSERT_DOUBLE_EQUAL(schedule_interval(&side[0]), 1024, 1e-6);
}

static void
who_is_no_longer_heard_leaves_the_load_as_it_was(void)
{
	run(3 * DAY);
	pair.dead = pair.deaf = true;
	count_from(3 * DAY);
	run(3 * DAY + 20 * T);
	CU_ASSERT_DOUBLE_EQUAL(load(3 * DAY + 20 * T), 1, 0.05);
}

static void
no_server_waits_for_a_dead_sibling(void)
{
	double last[5];

	run(3 * DAY);
	for (unsigned i = 0; i < 5; i++)
		last[i] = fmax(seconds(side[0].line[i].last),
		    seconds(side[0].line[i].other));
	schedule_pair(&side[0], 0, at(3 * DAY), &rng[0]);
	for (unsigned i = 0; i < 5; i++)
		CU_ASSERT_TRUE(
		    seconds(side[0].line[i].due) <= last[i] + 1.1 * T);
}

static void
turns_that_nobody_took_are_taken_one_by_one(void)
{
	double due[5];
	unsigned late = 0;

	run(3 * DAY);
	for (unsigned i = 0; i < 5; i++)
		side[0].line[i].due = at(3 * DAY - 1000 + i);
	schedule_pair(&side[0], 0, at(3 * DAY), &rng[0]);
	for (unsigned i = 0; i < 5; i++)
		due[i] = seconds(side[0].line[i].due) - 3 * DAY;
	for (unsigned i = 0; i < 5; i++)
		for (unsigned k = 0; k < i; k++)
			late += fabs(due[i] - due[k]) < 0.89 * T / 5;
	CU_ASSERT_EQUAL(late, 0);
}

static void
who_is_heard_but_asks_nobody_is_not_yielded_to(void)
{
	run(3 * DAY);
	pair.dead = true;
	count_from(4 * DAY);
	run(7 * DAY);
	CU_ASSERT_DOUBLE_EQUAL(load(7 * DAY), 1, 0.05);
}

static void
two_who_do_not_hear_each_other_are_two(void)
{
	pair.deaf = true;
	count_from(2 * DAY);
	run(7 * DAY);
	CU_ASSERT_DOUBLE_EQUAL(load(7 * DAY), 2, 0.1);
}

static void
who_asked_last_comes_a_quarter_later(void)
{
	unsigned i = 0;
	struct mono t;
	double mine, theirs, until = 3 * DAY;

	do { /* until it is our turn, and nobody else's */
		run(until += 100);
		t = schedule_next(&side[0], &i);
	} while (t.ns > schedule_next(&side[1], &(unsigned){ 0 }).ns);
	ask(0, i, t);
	mine = mono_sub(side[0].line[i].due, t) / T;
	theirs = mono_sub(side[1].line[i].due, t) / T;
	/* T and a quarter; 0.1 T of 1/5 at random, and as much of slip */
	CU_ASSERT_DOUBLE_EQUAL(mine, 1.25, 0.15);
	CU_ASSERT_DOUBLE_EQUAL(theirs, 1, 0.15);
}

static void
old_news_is_none(void)
{
	struct mono due;

	run(3 * DAY);
	schedule_shared(&side[0], 2, at(3 * DAY), INFINITY, &rng[0]);
	due = side[0].line[2].due;
	schedule_shared(&side[0], 2, at(3 * DAY), INFINITY, &rng[0]);
	schedule_shared(&side[0], 2, at(2 * DAY), INFINITY, &rng[0]);
	CU_ASSERT_EQUAL(side[0].line[2].due.ns, due.ns);
	CU_ASSERT_EQUAL(side[0].line[2].other.ns, at(3 * DAY).ns);
}

static void
news_move_no_question_of_our_own_beginning(void)
{
	run(3 * DAY);
	schedule_at(&side[0], 2, at(3 * DAY + 1));
	schedule_shared(&side[0], 2, at(3 * DAY), INFINITY, &rng[0]);
	CU_ASSERT_EQUAL(side[0].line[2].due.ns, at(3 * DAY + 1).ns);
}

static void
news_move_no_question_out_of_turn(void)
{
	run(3 * DAY);
	schedule_extra(&side[0], 2, at(3 * DAY));
	schedule_shared(&side[0], 2, at(3 * DAY), INFINITY, &rng[0]);
	CU_ASSERT_EQUAL(side[0].line[2].due.ns, at(3 * DAY).ns);
	schedule_asked(&side[0], 2, at(3 * DAY), INFINITY, &rng[0]);
	/* Behind the last of the four others. */
	CU_ASSERT_DOUBLE_EQUAL(seconds(side[0].line[2].due) - 3 * DAY, T,
	    0.35 * T);
}

static void
news_bring_no_silent_server_back(void)
{
	struct mono due;

	run(3 * DAY);
	schedule_missed(&side[0], 2, at(3 * DAY), &rng[0]);
	due = side[0].line[2].due;
	schedule_shared(&side[0], 2, at(3 * DAY), INFINITY, &rng[0]);
	CU_ASSERT_EQUAL(side[0].line[2].due.ns, due.ns);
	CU_ASSERT_TRUE(side[0].line[2].backoff_s > 0);
}

/* Questions to server 2 in T. */
static double
load_of_2(double from, double until)
{
	unsigned n = 0, i[2] = { 0, 0 };

	for (run(from);;) {
		struct mono t[] = { schedule_next(&side[0], &i[0]),
			schedule_next(&side[1], &i[1]) };
		unsigned k = t[1].ns < t[0].ns;

		if (seconds(t[k]) > until)
			return n * T / (until - from);
		n += i[k] == 2;
		run(seconds(t[k]) + 1e-6);
	}
}

static void
who_wants_less_is_asked_half_as_often(void)
{
	for (unsigned k = 0; k < 2; k++)
		schedule_warned(&side[k], 2, true, false);
	CU_ASSERT_DOUBLE_EQUAL(load_of_2(2 * DAY, 7 * DAY), 0.5, 0.03);
	count_from(7 * DAY);
	run(12 * DAY);
	/* and the others as ever: 4.5 of 5 */
	CU_ASSERT_DOUBLE_EQUAL(load(12 * DAY), 0.9, 0.045);
	CU_ASSERT_TRUE(pair.close < (pair.asked[0] + pair.asked[1]) / 100);
}

static void
who_denies_the_other_is_asked_by_us_every_second_round(void)
{
	/* side 1 does not ask 2 at all */
	schedule_warned(&side[0], 2, false, true);
	schedule_drop(&side[1], 2);
	CU_ASSERT_DOUBLE_EQUAL(load_of_2(2 * DAY, 7 * DAY), 0.5, 0.03);
}

static void
a_warning_that_comes_and_goes_counts_once(void)
{
	double due;

	run(3 * DAY);
	due = seconds(side[0].line[2].due);
	for (int k = 0; k < 50; k++) {
		schedule_warned(&side[0], 2, true, false);
		schedule_warned(&side[0], 2, false, false);
	}
	CU_ASSERT_TRUE(seconds(side[0].line[2].due) <= due + T + 1e-3);
}

static void
of_two_in_a_hurry_the_last_to_ask_comes_later(void)
{
	struct mono now, next[2];
	unsigned i = 0;

	run(3 * DAY);
	now = schedule_next(&side[0], &i);
	ask(0, i, now);
	for (unsigned k = 0; k < 2; k++) {
		for (unsigned j = 0; j < 5; j++) {
			side[k].line[j].due = mono_add(now, 900 + 400 * j);
			side[k].line[j].yield_s = 0;
		}
		schedule_hurry(&side[k], now, 300);
		next[k] = schedule_next(&side[k], &i);
	}
	CU_ASSERT_EQUAL(next[1].ns, mono_add(now, 300).ns);
	CU_ASSERT_EQUAL(next[0].ns, mono_add(now, 300 + T / 5 / 4).ns);
}

static void
no_haste_while_it_is_the_siblings_turn(void)
{
	struct mono now = at(3 * DAY), next;
	unsigned i = 0;

	run(3 * DAY);
	for (unsigned j = 0; j < 5; j++) {
		side[0].line[j].due = mono_add(now, 200 + 512 + 400 * j);
		side[0].line[j].yield_s = 512;
	}
	next = schedule_next(&side[0], &i);
	schedule_hurry(&side[0], now, 300);
	CU_ASSERT_EQUAL(schedule_next(&side[0], &i).ns, next.ns);
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
