/* SPDX-License-Identifier: ISC */
#include "core/ledger.h"

#include "unit.h"

#include "base/rng.h"

static struct ledger l;
static unsigned a, b; /* lines of two public servers */
static unsigned lab;  /* and of one in a lab */

static struct mono
at(double s)
{
	return (struct mono){ (int64_t)(s * 1e9) };
}

static struct addr
v4(uint8_t p, uint8_t q, uint8_t r, uint8_t s)
{
	struct addr is = addr_v4((uint8_t[4]){ p, q, r, s });

	is.port = 123;
	return is;
}

static void
begin(unsigned budget)
{
	struct addr one = v4(8, 8, 8, 1), two = v4(8, 8, 8, 2),
		    here = v4(10, 0, 0, 1);

	ledger_init(&l, budget, 1, at(0));
	a = ledger_line(&l, &one);
	b = ledger_line(&l, &two);
	lab = ledger_line(&l, &here);
}

/* Of a lab alone: no stranger lowers the budget. */
static void
begin_lab(unsigned budget)
{
	struct addr here = v4(10, 0, 0, 1);

	ledger_init(&l, budget, 1, at(0));
	lab = ledger_line(&l, &here);
}

static void
setup(void)
{
	begin(640);
}

static void
the_first_packet_goes_at_once(void)
{
	CU_ASSERT_EQUAL(ledger_when(&l, a, at(5)).ns, at(5).ns);
	CU_ASSERT_TRUE(ledger_spend(&l, a, at(5)));
	CU_ASSERT_EQUAL(l.total, 1);
}

static void
a_public_server_has_64_s_of_peace(void)
{
	ledger_spend(&l, a, at(0));
	CU_ASSERT_FALSE(ledger_spend(&l, a, at(63.999)));
	CU_ASSERT_EQUAL(ledger_when(&l, a, at(1)).ns, at(64).ns);
	CU_ASSERT_TRUE(ledger_spend(&l, a, at(64)));
}

static void
a_lab_server_has_the_configured_floor(void)
{
	ledger_spend(&l, lab, at(0));
	CU_ASSERT_FALSE(ledger_spend(&l, lab, at(0.9)));
	CU_ASSERT_TRUE(ledger_spend(&l, lab, at(1)));
}

static void
one_server_does_not_wait_for_another(void)
{
	ledger_spend(&l, a, at(0));
	CU_ASSERT_TRUE(ledger_spend(&l, b, at(0)));
}

static void
a_burst_is_four_packets_two_seconds_apart(void)
{
	CU_ASSERT_TRUE(ledger_burst(&l, a, at(0)));
	for (int i = 0; i < 4; i++)
		CU_ASSERT_TRUE(ledger_spend(&l, a, at(2 * i)));
	CU_ASSERT_FALSE(ledger_spend(&l, a, at(8)));
	CU_ASSERT_TRUE(ledger_spend(&l, a, at(6 + 64)));
}

static void
a_burst_is_not_repeated_within_six_hours(void)
{
	ledger_burst(&l, a, at(0));
	for (int i = 0; i < 4; i++)
		ledger_spend(&l, a, at(2 * i));
	CU_ASSERT_FALSE(ledger_burst(&l, a, at(21599)));
	CU_ASSERT_TRUE(ledger_burst(&l, a, at(21600)));
}

static void
a_burst_that_had_to_wait_counts_from_its_first_packet(void)
{
	ledger_burst(&l, a, at(0)); /* and a hold or the budget in the way */
	CU_ASSERT_TRUE(ledger_spend(&l, a, at(3000)));
	ledger_burst_end(&l, a);
	CU_ASSERT_FALSE(ledger_burst(&l, a, at(24599)));
	CU_ASSERT_TRUE(ledger_burst(&l, a, at(24600)));
}

static void
a_burst_does_not_begin_inside_the_floor(void)
{
	ledger_spend(&l, a, at(0));
	CU_ASSERT_FALSE(ledger_burst(&l, a, at(10)));
	CU_ASSERT_TRUE(ledger_burst(&l, a, at(64)));
}

static void
a_burst_that_is_ended_leaves_the_floor(void)
{
	ledger_burst(&l, a, at(0));
	ledger_spend(&l, a, at(0));
	ledger_burst_end(&l, a);
	CU_ASSERT_FALSE(ledger_spend(&l, a, at(2)));
}

static void
the_budget_of_a_day_is_never_passed(void)
{
	unsigned sent = 0, most = 0;

	begin_lab(10);

	/* as fast as it lets us, for three days; a window of a day slides */
	for (int t = 0; t < 3 * 86400; t++) {
		sent += ledger_spend(&l, lab, at(t));
		if (ledger_day(&l, at(t)) > most)
			most = ledger_day(&l, at(t));
	}
	CU_ASSERT_EQUAL(most, 10);
	CU_ASSERT_TRUE(sent > 10 && sent <= 30);
}

static void
the_second_half_of_the_budget_is_spent_evenly(void)
{
	unsigned sent = 0;

	begin_lab(48);

	for (int t = 0; t < 100; t++)
		sent += ledger_spend(&l, lab, at(t));
	CU_ASSERT_EQUAL(sent, 24);
	/* the rest: one in 1800 s */
	CU_ASSERT_EQUAL(ledger_when(&l, lab, at(100)).ns, at(23 + 1800).ns);
}

static void
an_empty_budget_says_when_to_come_again(void)
{
	struct mono again;

	begin(1);
	ledger_spend(&l, lab, at(0));
	again = ledger_when(&l, b, at(10));
	CU_ASSERT_TRUE(again.ns > at(10).ns);
	CU_ASSERT_TRUE(again.ns <= at(86400 + 1800).ns);
	CU_ASSERT_FALSE(ledger_spend(&l, b, at(86400 - 1)));
	CU_ASSERT_TRUE(ledger_spend(&l, b, at(86400 + 1800)));
}

static void
with_a_stranger_no_budget_is_above_2000(void)
{
	unsigned sent = 0;

	begin(100000);
	ledger_spend(&l, b, at(0)); /* public */

	for (int t = 0; t < 86400; t += 2)
		sent += ledger_spend(&l, lab, at(t));
	CU_ASSERT_EQUAL(sent, LEDGER_PUBLIC_DAY - 1);
}

static void
hour_and_day_are_counted(void)
{
	ledger_spend(&l, a, at(0));
	ledger_spend(&l, b, at(2 * 3600));
	CU_ASSERT_EQUAL(ledger_hour(&l, at(2 * 3600 + 60)), 1);
	CU_ASSERT_EQUAL(ledger_day(&l, at(2 * 3600 + 60)), 2);
	CU_ASSERT_EQUAL(ledger_day(&l, at(3 * 86400)), 0);
	CU_ASSERT_EQUAL(l.total, 2);
}

static void
two_names_with_one_address_are_one_server(void)
{
	struct addr one = v4(8, 8, 8, 1), port = one, mapped, nat64;
	uint8_t m[16] = { [10] = 0xff, 0xff, 8, 8, 8, 1 };
	uint8_t n[16] = { 0, 0x64, 0xff, 0x9b, [12] = 8, 8, 8, 1 };

	port.port = 1123;
	mapped = addr_v6(m);
	nat64 = addr_v6(n);
	CU_ASSERT_EQUAL(ledger_line(&l, &one), a);
	CU_ASSERT_EQUAL(ledger_line(&l, &port), a);
	CU_ASSERT_EQUAL(ledger_line(&l, &mapped), a);
	CU_ASSERT_EQUAL(ledger_line(&l, &nat64), a);
	CU_ASSERT_TRUE(l.line[a].public);
}

static void
in_a_lab_ports_are_servers(void)
{
	struct addr one = v4(127, 0, 0, 1), two = one;

	two.port = 1123;
	CU_ASSERT_NOT_EQUAL(ledger_line(&l, &one), ledger_line(&l, &two));
}

static void
an_address_is_known_again(void)
{
	struct addr one = v4(8, 8, 8, 1), other = v4(9, 9, 9, 9);

	ledger_spend(&l, a, at(0));
	ledger_release(&l);
	ledger_line(&l, &other);
	CU_ASSERT_EQUAL(ledger_line(&l, &one), a);
	CU_ASSERT_FALSE(ledger_spend(&l, a, at(63)));
}

static void
lines_that_nobody_holds_make_room(void)
{
	for (unsigned k = 0; k < 1000; k++) {
		struct addr one = v4(9, 9, (uint8_t)(k >> 8), (uint8_t)k);
		unsigned i = ledger_line(&l, &one);

		CU_ASSERT_TRUE(i != a && i != b && i != lab);
		l.line[i].held = false;
	}
}

static void
however_many_addresses_come_and_go_no_floor_is_undercut(void)
{
	static double asked[100];
	struct rng rng;

	rng_init(&rng, unit_seed);
	for (unsigned k = 0; k < 100; k++)
		asked[k] = -1e9;
	l.budget_day = 2000;
	for (unsigned n = 0; n < 20000; n++) {
		unsigned k = (unsigned)(rng_uniform(&rng) * 100);
		struct addr one = v4(9, 9, 9, (uint8_t)k);
		unsigned i = ledger_line(&l, &one);
		double t = 0.3 * n;

		ledger_burst(&l, i, at(t));
		ledger_burst_end(&l, i);
		if (ledger_spend(&l, i, at(t))) {
			CU_ASSERT_TRUE(t - asked[k] >= 64);
			asked[k] = t;
		}
		l.line[i].held = false;
	}
	CU_ASSERT_TRUE(l.total > 50);
}

static void
who_asked_for_less_is_remembered_longest(void)
{
	struct addr one = v4(8, 8, 8, 1);

	ledger_spend(&l, a, at(0));
	ledger_kiss(&l, a, "RATE", 1024, at(0));
	ledger_release(&l);
	for (unsigned k = 0; k < 200; k++) {
		struct addr other = v4(9, 9, 9, (uint8_t)k);

		l.line[ledger_line(&l, &other)].held = false;
	}
	CU_ASSERT_EQUAL(ledger_line(&l, &one), a);
	CU_ASSERT_DOUBLE_EQUAL(ledger_floor(&l, a, at(0)), 2048, 1e-9);
}

static void
a_retired_server_may_be_asked_once_a_day(void)
{
	unsigned sent = 0;

	ledger_kiss(&l, a, "DENY", 64, at(0));
	ledger_kiss(&l, a, "DENY", 64, at(1));
	for (int t = 2; t < 10 * 86400; t += 60)
		sent += ledger_spend(&l, a, at(t));
	CU_ASSERT_EQUAL(sent, 10);
}

static void
starts_within_an_hour_wait_twice_as_long_each(void)
{
	static const double wait[] = { 0, 2, 4, 8, 16, 32 };

	for (unsigned k = 0; k < 6; k++) {
		ledger_start(&l, at(100 * k), false);
		CU_ASSERT_DOUBLE_EQUAL(mono_sub(l.hold, at(100 * k)), wait[k],
		    1e-9);
		CU_ASSERT_EQUAL(ledger_when(&l, b, at(100 * k)).ns, l.hold.ns);
		ledger_spend(&l, a, at(100 * (k + 1)));
	}
	for (unsigned k = 6; k < 100; k++)
		ledger_start(&l, at(600 + k), false);
	CU_ASSERT_DOUBLE_EQUAL(mono_sub(l.hold, at(600)), 3600, 1e-9);
}

static void
short_lives_ask_once_in_an_hour(void)
{
	unsigned sent = 0;

	/* each ends a minute after it began; 13 of them are remembered */
	for (unsigned t = 0; t < 86400; t += 60) {
		ledger_start(&l, at(t), false);
		sent += ledger_spend(&l, a, at(t + 50));
	}
	CU_ASSERT(sent >= 24);
	CU_ASSERT(sent <= 24 + 6); /* the first waits are short */
}

static void
who_never_asked_need_not_wait(void)
{
	for (unsigned k = 0; k < 50; k++)
		ledger_start(&l, at(k), false);
	CU_ASSERT_EQUAL(ledger_when(&l, a, at(50)).ns, at(50).ns);
}

static void
a_restart_within_the_hour_is_restless(void)
{
	CU_ASSERT_FALSE(ledger_restless(&l, at(0)));
	ledger_start(&l, at(0), false);
	CU_ASSERT_TRUE(ledger_restless(&l, at(3599)));
	CU_ASSERT_FALSE(ledger_restless(&l, at(3600)));
}

static void
an_hour_wears_a_start_off(void)
{
	for (unsigned k = 0; k < 5; k++)
		ledger_start(&l, at(k), false);
	ledger_spend(&l, a, at(3699));
	ledger_start(&l, at(3700), false);
	CU_ASSERT_EQUAL(l.hold.ns, at(3700).ns);
}

static void
a_new_boot_waits_at_most_16_s(void)
{
	ledger_spend(&l, a, at(19));
	for (unsigned k = 0; k < 20; k++)
		ledger_start(&l, at(k), true);
	CU_ASSERT_DOUBLE_EQUAL(mono_sub(l.hold, at(19)), 16, 1e-9);
}

static void
rate_doubles_the_floor_up_to_2_13(void)
{
	CU_ASSERT_FALSE(ledger_kiss(&l, a, "RATE", 1024, at(0)));
	CU_ASSERT_DOUBLE_EQUAL(ledger_floor(&l, a, at(0)), 2048, 1e-9);
	for (unsigned k = 0; k < 9; k++)
		ledger_kiss(&l, a, "RATE", 1e9, at(0));
	CU_ASSERT_DOUBLE_EQUAL(ledger_floor(&l, a, at(0)), 8192, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(ledger_floor(&l, b, at(0)), 64, 1e-9);
	CU_ASSERT_EQUAL(l.line[a].kisses, 10);
}

static void
rate_is_kept_for_a_day_and_decays_by_halves(void)
{
	ledger_kiss(&l, a, "RATE", 1024, at(0));
	CU_ASSERT_DOUBLE_EQUAL(ledger_floor(&l, a, at(86399)), 2048, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(ledger_floor(&l, a, at(86400)), 1024, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(ledger_floor(&l, a, at(3 * 86400)), 256, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(ledger_floor(&l, a, at(30 * 86400)), 64, 1e-9);
}

static void
deny_twice_retires_for_30_days(void)
{
	CU_ASSERT_FALSE(ledger_kiss(&l, a, "DENY", 1024, at(0)));
	CU_ASSERT_FALSE(ledger_retired(&l, a, at(0)));
	CU_ASSERT_TRUE(ledger_kiss(&l, a, "RSTR", 1024, at(2000)));
	CU_ASSERT_TRUE(ledger_retired(&l, a, at(2000 + 30 * 86400 - 1)));
	CU_ASSERT_FALSE(ledger_retired(&l, a, at(2000 + 30 * 86400)));
}

static void
an_answer_between_forgets_the_first_deny(void)
{
	ledger_kiss(&l, a, "DENY", 1024, at(0));
	ledger_answered(&l, a);
	CU_ASSERT_FALSE(ledger_kiss(&l, a, "DENY", 1024, at(2000)));
}

static void
the_operator_revives(void)
{
	ledger_kiss(&l, a, "DENY", 1024, at(0));
	ledger_kiss(&l, a, "DENY", 1024, at(2000));
	CU_ASSERT_TRUE(ledger_revive(&l, a, at(3000)));
	CU_ASSERT_FALSE(ledger_retired(&l, a, at(3000)));
	CU_ASSERT_FALSE(ledger_revive(&l, a, at(3000)));
}

static void
unknown_kisses_are_ignored(void)
{
	CU_ASSERT_FALSE(ledger_kiss(&l, a, "XFUN", 1024, at(0)));
	CU_ASSERT_EQUAL(l.line[a].kisses, 0);
	CU_ASSERT_DOUBLE_EQUAL(ledger_floor(&l, a, at(0)), 64, 1e-9);
}

static void
after_a_kiss_there_is_no_burst(void)
{
	ledger_kiss(&l, a, "RATE", 64, at(0));
	CU_ASSERT_FALSE(ledger_burst(&l, a, at(1000)));
	/* but not for ever */
	CU_ASSERT_TRUE(ledger_burst(&l, a, at(30 * 86400)));
}

static void
a_lost_ledger_asks_once_an_hour_for_a_day(void)
{
	unsigned sent = 0;

	ledger_be_frugal(&l, at(0));
	for (int t = 0; t < 86400; t += 10) {
		CU_ASSERT_FALSE(ledger_burst(&l, a, at(t)));
		sent += ledger_spend(&l, a, at(t));
	}
	CU_ASSERT_EQUAL(sent, 24);
	CU_ASSERT_FALSE(ledger_is_frugal(&l, at(86400)));
	CU_ASSERT_DOUBLE_EQUAL(ledger_floor(&l, a, at(86400)), 64, 1e-9);
}

static void
the_operator_accepts_the_loss(void)
{
	ledger_be_frugal(&l, at(0));
	ledger_start(&l, at(0), false);
	ledger_spend(&l, b, at(1));
	ledger_start(&l, at(1), false);
	CU_ASSERT_EQUAL(ledger_when(&l, a, at(1)).ns, at(3).ns);
	ledger_accept(&l);
	CU_ASSERT_EQUAL(ledger_when(&l, a, at(1)).ns, at(1).ns);
}

static void
a_verified_clock_ages_what_another_boot_wrote(void)
{
	ledger_spend(&l, a, at(0));
	ledger_kiss(&l, b, "DENY", 1, at(0));
	ledger_kiss(&l, b, "DENY", 1, at(1));
	/* as if read at 10 s of this boot; written on a day at noon */
	l.gap_open = true;
	l.gap_read = at(10);
	l.gap_wall.ns = 1000000 * INT64_C(1000000000);
	/* 31 days later by the wall; 60 s of this boot */
	ledger_verified(&l, at(70),
	    (struct wall){ (1000000 + 31 * 86400) * INT64_C(1000000000) });
	CU_ASSERT_FALSE(ledger_retired(&l, b, at(70)));
	CU_ASSERT_TRUE(mono_sub(at(70), l.line[a].last) > 30 * 86400.0);
	CU_ASSERT_EQUAL(ledger_day(&l, at(70)), 0);
	CU_ASSERT_FALSE(l.gap_open);
}

static void
a_clock_that_went_back_ages_nothing(void)
{
	ledger_spend(&l, a, at(0));
	l.gap_open = true;
	l.gap_read = at(10);
	l.gap_wall.ns = 1000000 * INT64_C(1000000000);
	ledger_verified(&l, at(70), (struct wall){ 0 });
	CU_ASSERT_EQUAL(l.line[a].last.ns, at(0).ns);
	CU_ASSERT_EQUAL(ledger_day(&l, at(70)), 1);
}

static void
who_was_never_asked_has_no_line(void)
{
	struct addr one = v4(8, 8, 8, 1), other = v4(8, 8, 8, 9);

	begin(640);
	CU_ASSERT_EQUAL(ledger_find(&l, &one), (int)a);
	CU_ASSERT_EQUAL(ledger_find(&l, &other), -1);
}

/* 2 x 512 s for a day, 512 s, 256 s, ... and 64 s hold anyway. */
static void
what_rate_asked_for_is_over_when_less_than_the_usual(void)
{
	begin(640);
	CU_ASSERT_EQUAL(ledger_rated(&l, a, at(0)), 0);
	ledger_kiss(&l, a, "RATE", 512, at(0));
	CU_ASSERT_EQUAL(ledger_rated(&l, a, at(86399)), 1024);
	CU_ASSERT_EQUAL(ledger_rated(&l, a, at(86401)), 512);
	CU_ASSERT_EQUAL(ledger_rated(&l, a, at(5 * 86400 + 1)), 0);
	CU_ASSERT_EQUAL(ledger_rated(&l, b, at(1)), 0);
}

/* 10 a day: from the sixth on one each 8640 s. */
static void
the_second_half_has_a_pace(void)
{
	begin(10);
	CU_ASSERT_EQUAL(ledger_pace(&l, at(0)), 0);
	for (int i = 0; i < 5; i++)
		CU_ASSERT_TRUE(ledger_spend(&l, a, at(100 * i)));
	CU_ASSERT_EQUAL(ledger_pace(&l, at(500)), 8640);
}

static CU_TestInfo tests[] = {
	{ "who was never asked has no line", who_was_never_asked_has_no_line },
	{ "what RATE asked for is over when less than the usual",
	    what_rate_asked_for_is_over_when_less_than_the_usual },
	{ "the second half has a pace", the_second_half_has_a_pace },
	{ "two names with one address are one server",
	    two_names_with_one_address_are_one_server },
	{ "in a lab ports are servers", in_a_lab_ports_are_servers },
	{ "an address is known again", an_address_is_known_again },
	{ "lines that nobody holds make room",
	    lines_that_nobody_holds_make_room },
	{ "however many addresses come and go, no floor is undercut",
	    however_many_addresses_come_and_go_no_floor_is_undercut },
	{ "who asked for less is remembered longest",
	    who_asked_for_less_is_remembered_longest },
	{ "a retired server may be asked once a day",
	    a_retired_server_may_be_asked_once_a_day },
	{ "starts within an hour wait twice as long each",
	    starts_within_an_hour_wait_twice_as_long_each },
	{ "an hour wears a start off", an_hour_wears_a_start_off },
	{ "a new boot waits at most 16 s", a_new_boot_waits_at_most_16_s },
	{ "RATE doubles the floor, up to 2^13",
	    rate_doubles_the_floor_up_to_2_13 },
	{ "RATE is kept for a day and decays by halves",
	    rate_is_kept_for_a_day_and_decays_by_halves },
	{ "DENY twice retires for 30 days", deny_twice_retires_for_30_days },
	{ "an answer between forgets the first DENY",
	    an_answer_between_forgets_the_first_deny },
	{ "the operator revives", the_operator_revives },
	{ "unknown kisses are ignored", unknown_kisses_are_ignored },
	{ "after a kiss there is no burst", after_a_kiss_there_is_no_burst },
	{ "a lost ledger asks once an hour for a day",
	    a_lost_ledger_asks_once_an_hour_for_a_day },
	{ "the operator accepts the loss", the_operator_accepts_the_loss },
	{ "a verified clock ages what another boot wrote",
	    a_verified_clock_ages_what_another_boot_wrote },
	{ "a clock that went back ages nothing",
	    a_clock_that_went_back_ages_nothing },
	{ "the first packet goes at once", the_first_packet_goes_at_once },
	{ "a public server has 64 s of peace",
	    a_public_server_has_64_s_of_peace },
	{ "a lab server has the configured floor",
	    a_lab_server_has_the_configured_floor },
	{ "one server does not wait for another",
	    one_server_does_not_wait_for_another },
	{ "a burst that had to wait counts from its first packet",
	    a_burst_that_had_to_wait_counts_from_its_first_packet },
	{ "short lives ask once in an hour", short_lives_ask_once_in_an_hour },
	{ "who never asked need not wait", who_never_asked_need_not_wait },
	{ "a restart within the hour is restless",
	    a_restart_within_the_hour_is_restless },
	{ "a burst is four packets two seconds apart",
	    a_burst_is_four_packets_two_seconds_apart },
	{ "a burst is not repeated within six hours",
	    a_burst_is_not_repeated_within_six_hours },
	{ "a burst does not begin inside the floor",
	    a_burst_does_not_begin_inside_the_floor },
	{ "a burst that is ended leaves the floor",
	    a_burst_that_is_ended_leaves_the_floor },
	{ "the budget of a day is never passed",
	    the_budget_of_a_day_is_never_passed },
	{ "the second half of the budget is spent evenly",
	    the_second_half_of_the_budget_is_spent_evenly },
	{ "an empty budget says when to come again",
	    an_empty_budget_says_when_to_come_again },
	{ "with a stranger no budget is above 2000",
	    with_a_stranger_no_budget_is_above_2000 },
	{ "hour and day are counted", hour_and_day_are_counted },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_ledger = { "core/ledger", NULL, NULL, setup, NULL, tests };
