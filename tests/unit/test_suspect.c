/* SPDX-License-Identifier: ISC */
#include "core/suspect.h"

#include "base/rng.h"
#include "unit.h"

#include <string.h>

#define SECOND INT64_C(1000000000)
#define NOON (1790251200 * SECOND) /* 2026-09-24 12:00 UTC */

static const uint64_t ip[2] = { 1, 2 }, other[2] = { 1, 3 };
static struct suspect s;
static struct suspect_facts f;
static struct rng r;

static void
setup(void)
{
	memset(&s, 0, sizeof(s));
	rng_init(&r, unit_seed);
	suspect_open(&s, ip, 100);
}

static struct suspect_heard
at(double t_s)
{
	return (struct suspect_heard){ .t_s = t_s,
		.wall = { NOON + (int64_t)((t_s - 100) * 1e9) },
		.port = 123,
		.allowed_per_s = 0.125 };
}

/* n requests, gap_s apart, from port to port + ports; returns the time. */
static double
hear(unsigned n, double gap_s, unsigned ports)
{
	double t = 100;

	for (unsigned i = 0; i < n; i++, t += gap_s) {
		struct suspect_heard h = at(t);

		h.port = (uint16_t)(1000 + i % ports);
		suspect_hear(&s, &h);
	}
	return t - gap_s;
}

static void
a_record_is_its_own_host_s_only(void)
{
	CU_ASSERT_TRUE(suspect_facts(&s, ip, 100, &f));
	CU_ASSERT_FALSE(suspect_facts(&s, other, 100, &f));
	suspect_open(&s, other, 100);
	CU_ASSERT_FALSE(suspect_facts(&s, ip, 100, &f));
	CU_ASSERT_TRUE(suspect_facts(&s, other, 100, &f));
}

static void
a_record_that_changes_hands_is_nobody_s(void)
{
	atomic_fetch_add(&s.opened, 1);
	CU_ASSERT_FALSE(suspect_facts(&s, ip, 100, &f));
}

static void
nothing_is_left_of_whom_it_was(void)
{
	hear(1000, 0.01, 50);
	suspect_open(&s, ip, 500);
	CU_ASSERT_TRUE(suspect_facts(&s, ip, 500, &f));
	CU_ASSERT_EQUAL(f.requests, 0);
	CU_ASSERT_EQUAL(f.clients, 0);
	CU_ASSERT_EQUAL(f.flood_s, 0);
	CU_ASSERT_EQUAL(f.second_share, 0);
}

static void
even_gaps_give_their_rate(void)
{
	double end = hear(1000, 0.1, 1);

	CU_ASSERT_TRUE(suspect_facts(&s, ip, end, &f));
	CU_ASSERT_DOUBLE_EQUAL(f.rate, 10, 0.2);
	CU_ASSERT_DOUBLE_EQUAL(f.variation, 0, 0.01);
	CU_ASSERT_EQUAL(f.requests, 1000);
}

static void
a_rate_fades_with_silence(void)
{
	double end = hear(1000, 0.1, 1);

	/* (1 + 10 10) / (10 + 90): memory is 10 s */
	CU_ASSERT_TRUE(suspect_facts(&s, ip, end + 90, &f));
	CU_ASSERT_DOUBLE_EQUAL(f.rate_now, 1.01, 0.05);
	CU_ASSERT_DOUBLE_EQUAL(f.rate, 10, 0.2);
	CU_ASSERT_DOUBLE_EQUAL(f.last_s, 90, 0.001);
}

static void
random_gaps_vary_by_one(void)
{
	double t = 100;

	for (unsigned i = 0; i < 5000; i++) {
		struct suspect_heard h = at(t += rng_exponential(&r));

		suspect_hear(&s, &h);
	}
	CU_ASSERT_TRUE(suspect_facts(&s, ip, t, &f));
	CU_ASSERT_DOUBLE_EQUAL(f.variation, 1, 0.5);
}

static void
a_spell_lasts_until_the_rate_is_half(void)
{
	double end = hear(10000, 0.05, 1); /* 500 s at 20/s */

	CU_ASSERT_TRUE(suspect_facts(&s, ip, end, &f));
	CU_ASSERT_DOUBLE_EQUAL(f.flood_s, 500, 10);
	struct suspect_heard h = at(end + 3600);

	suspect_hear(&s, &h);
	CU_ASSERT_TRUE(suspect_facts(&s, ip, end + 3600, &f));
	CU_ASSERT_EQUAL(f.flood_s, 0);
}

static void
what_is_allowed_is_no_flood(void)
{
	for (unsigned i = 0; i < 10000; i++) {
		struct suspect_heard h = at(100 + i * 0.05);

		h.allowed_per_s = 100;
		suspect_hear(&s, &h);
	}
	CU_ASSERT_TRUE(suspect_facts(&s, ip, 600, &f));
	CU_ASSERT_EQUAL(f.flood_s, 0);
	CU_ASSERT_EQUAL(f.busy_s, 0);
}

static void
ports_that_come_again_are_counted(void)
{
	static const unsigned n[] = { 1, 2, 10, 100, 1000, 4300, 8000 };

	for (unsigned i = 0; i < sizeof(n) / sizeof(n[0]); i++) {
		setup();
		double end = hear(20 * n[i] + 100, 0.001, n[i]);

		CU_ASSERT_TRUE(suspect_facts(&s, ip, end, &f));
		CU_ASSERT_EQUAL(f.counted, SUSPECT_BY_PORTS);
		CU_ASSERT_DOUBLE_EQUAL(f.clients, n[i], 0.05 * n[i]);
	}
}

static void
fresh_ports_are_no_clients(void)
{
	for (unsigned i = 0; i < 200000; i++) {
		struct suspect_heard h = at(100 + rng_uniform(&r) + i * 0.01);

		h.port = (uint16_t)(32768 + rng_u64(&r) % 28232);
		suspect_hear(&s, &h);
	}
	CU_ASSERT_TRUE(suspect_facts(&s, ip, 2100, &f));
	CU_ASSERT_EQUAL(f.clients, 0);
}

/* 500 clients with fresh ports and intervals of 64 to 1024 s. */
static void
crowd(bool chain, bool polls)
{
	double t = 100;

	while (t < 1300) {
		unsigned k = (unsigned)(rng_u64(&r) % 5);

		/* 100 clients of each interval: 0.0605 times 100 a second */
		t += rng_exponential(&r) / 500;
		if (rng_uniform(&r) * 500 > 100.0 / (64 << k) * 5)
			continue;
		struct suspect_heard h = at(t);

		h.port = (uint16_t)rng_u64(&r);
		if (polls)
			h.poll = (uint8_t)(6 + k);
		if (chain)
			h.origin = ntp64_from_wall(
			    wall_add(h.wall, -(double)(64 << k)))
				       .v;
		suspect_hear(&s, &h);
	}
	CU_ASSERT_TRUE(suspect_facts(&s, ip, t, &f));
}

static void
chains_of_origins_count_clients(void)
{
	crowd(true, false);
	CU_ASSERT_EQUAL(f.counted, SUSPECT_BY_CHAINS);
	CU_ASSERT_DOUBLE_EQUAL(f.clients, 500, 75);
}

static void
polls_count_clients(void)
{
	crowd(false, true);
	CU_ASSERT_EQUAL(f.counted, SUSPECT_BY_POLLS);
	CU_ASSERT_DOUBLE_EQUAL(f.clients, 500, 75);
}

static void
clocks_that_differ_are_counted(void)
{
	for (unsigned i = 0; i < 280; i++) {
		struct suspect_heard h = at(100 + i);

		h.transmit = ntp64_from_wall(wall_add(h.wall, i % 14 * 7.0)).v;
		suspect_hear(&s, &h);
	}
	CU_ASSERT_TRUE(suspect_facts(&s, ip, 380, &f));
	CU_ASSERT_DOUBLE_EQUAL(f.clocks, 14, 1);
}

static void
random_transmit_stamps_are_no_clocks(void)
{
	for (unsigned i = 0; i < 200; i++) {
		struct suspect_heard h = at(100 + i);

		h.transmit = rng_u64(&r);
		suspect_hear(&s, &h);
	}
	CU_ASSERT_TRUE(suspect_facts(&s, ip, 300, &f));
	CU_ASSERT_EQUAL(f.clocks, 0);
}

/* The stamp of s seconds after t. */
static uint64_t
stamp(struct wall t, double after_s)
{
	return ntp64_from_wall(wall_add(t, after_s)).v;
}

static void
origins_of_thirty_days_are_good(void)
{
	struct wall now = { NOON };

	CU_ASSERT_FALSE(suspect_origin_bad(0, now));
	CU_ASSERT_FALSE(suspect_origin_bad(stamp(now, -64), now));
	CU_ASSERT_FALSE(suspect_origin_bad(stamp(now, -29 * 86400.0), now));
	CU_ASSERT_FALSE(suspect_origin_bad(stamp(now, 3600), now));
	CU_ASSERT_TRUE(suspect_origin_bad(stamp(now, -31 * 86400.0), now));
	CU_ASSERT_TRUE(suspect_origin_bad(stamp(now, 2 * 86400.0), now));
	CU_ASSERT_TRUE(suspect_origin_bad(1, now));
}

static void
origins_are_good_across_the_era(void)
{
	/* 2036-02-07 06:28:16 UTC is second 0 of era 1. */
	struct wall after = { INT64_C(2085978600) * SECOND };

	CU_ASSERT_FALSE(suspect_origin_bad(stamp(after, -1000), after));
	CU_ASSERT_TRUE(suspect_origin_bad(stamp(after, -1e7), after));
}

static void
who_stays_weighs_more(void)
{
	hear(100, 1, 1);
	double young = suspect_weight(&s, 200);

	setup();
	hear(1000, 1, 1);
	double old = suspect_weight(&s, 1100);

	CU_ASSERT_TRUE(young > 0);
	CU_ASSERT_TRUE(old > 8 * young);
	CU_ASSERT_TRUE(suspect_weight(&s, 1e6) < 0.01);
}

static void
the_last_header_is_kept(void)
{
	struct suspect_heard h = at(100);

	h.header = 0x230006ec00010000;
	suspect_hear(&s, &h);
	CU_ASSERT_TRUE(suspect_facts(&s, ip, 100, &f));
	CU_ASSERT_EQUAL(f.header, 0x230006ec00010000);
}

static CU_TestInfo tests[] = {
	{ "the last header is kept", the_last_header_is_kept },
	{ "a record is its own host's only", a_record_is_its_own_host_s_only },
	{ "a record that changes hands is nobody's",
	    a_record_that_changes_hands_is_nobody_s },
	{ "nothing is left of whom it was", nothing_is_left_of_whom_it_was },
	{ "even gaps give their rate", even_gaps_give_their_rate },
	{ "a rate fades with silence", a_rate_fades_with_silence },
	{ "random gaps vary by one", random_gaps_vary_by_one },
	{ "a spell lasts until the rate is half",
	    a_spell_lasts_until_the_rate_is_half },
	{ "what is allowed is no flood", what_is_allowed_is_no_flood },
	{ "ports that come again are counted",
	    ports_that_come_again_are_counted },
	{ "fresh ports are no clients", fresh_ports_are_no_clients },
	{ "chains of origins count clients", chains_of_origins_count_clients },
	{ "polls count clients", polls_count_clients },
	{ "clocks that differ are counted", clocks_that_differ_are_counted },
	{ "random transmit stamps are no clocks",
	    random_transmit_stamps_are_no_clocks },
	{ "origins of thirty days are good", origins_of_thirty_days_are_good },
	{ "origins are good across the era", origins_are_good_across_the_era },
	{ "who stays weighs more", who_stays_weighs_more },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_suspect = { "core/suspect", NULL, NULL, setup, NULL, tests };
