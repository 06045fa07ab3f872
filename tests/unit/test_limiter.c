/* SPDX-License-Identifier: ISC */
#include "core/limiter.h"

#include "base/rng.h"
#include "unit.h"

static const struct limit usual = { 8, 16 };
static struct limiter_state s;

/* No luck at all: 1 is no multiple of anything. */
#define UNLUCKY 0x00010001u

static void
setup(void)
{
	s = (struct limiter_state){ 0 };
}

/* Asks n times, gap_s apart; how many passed. */
static unsigned
passed(unsigned n, double gap_s)
{
	unsigned good = 0;

	for (unsigned i = 0; i < n; i++)
		good += limiter_take(&usual, true, &s, i == 0 ? 0 : gap_s,
			    UNLUCKY) == LIMITER_PASS;
	return good;
}

static void
a_burst_passes_and_no_more(void)
{
	CU_ASSERT_EQUAL(passed(100, 0), 16);
}

static void
one_each_interval_passes_for_ever(void)
{
	CU_ASSERT_EQUAL(passed(16, 0), 16);
	for (int i = 0; i < 10000; i++)
		CU_ASSERT_EQUAL(limiter_take(&usual, true, &s, 8, UNLUCKY),
		    LIMITER_PASS);
	CU_ASSERT_EQUAL(limiter_take(&usual, true, &s, 7.9, UNLUCKY),
	    LIMITER_DROP);
}

static void
iburst_and_ntpdate_pass(void)
{
	CU_ASSERT_EQUAL(passed(8, 2), 8); /* ntpd's iburst */
	setup();
	CU_ASSERT_EQUAL(passed(4, 0), 4); /* ntpdate -q */
	setup();
	CU_ASSERT_EQUAL(passed(8, 0.1), 8);
}

static void
the_pool_s_monitor_passes(void)
{
	/* Three packets, 2 s apart, every 10 minutes. */
	for (int i = 0; i < 1000; i++) {
		CU_ASSERT_EQUAL(passed(3, 2), 3);
		limiter_take(&usual, true, &s, 600, UNLUCKY);
	}
}

static void
what_is_over_costs_nothing(void)
{
	passed(16, 0);
	/* 1000 in a second: the 8 s still bring one. */
	CU_ASSERT_EQUAL(passed(1000, 0.001), 0);
	CU_ASSERT_EQUAL(limiter_take(&usual, true, &s, 7.1, UNLUCKY),
	    LIMITER_PASS);
}

/* Draws at random over the limit and counts the verdicts. */
static void
draw(bool kod, unsigned n, unsigned count[4])
{
	struct rng r;

	rng_init(&r, 1);
	passed(16, 0);
	for (unsigned i = 0; i < n; i++)
		count[limiter_take(&usual, kod, &s, 0,
		    (uint32_t)rng_u64(&r))]++;
}

static void
one_in_eight_is_answered_by_luck(void)
{
	unsigned count[4] = { 0 };

	/* 80000 / 8 = 10000, deviation 94 */
	draw(true, 80000, count);
	CU_ASSERT_DOUBLE_EQUAL(count[LIMITER_LET], 10000, 400);
	CU_ASSERT_EQUAL(count[LIMITER_PASS], 0);
}

static void
kisses_are_few_and_grow_fewer(void)
{
	unsigned count[4] = { 0 };

	/* the first 8, then one in 256 of the 7/8: 273, deviation 17 */
	draw(true, 80000, count);
	CU_ASSERT_DOUBLE_EQUAL(count[LIMITER_RATE], 8 + 273, 70);
	CU_ASSERT_TRUE(s.deaf > LIMITER_DEAF);
}

static void
without_kod_nothing_is_said(void)
{
	unsigned count[4] = { 0 };

	draw(false, 10000, count);
	CU_ASSERT_EQUAL(count[LIMITER_RATE], 0);
	CU_ASSERT_EQUAL(s.deaf, 0);
}

static void
who_slows_down_is_forgiven(void)
{
	unsigned count[4] = { 0 };

	draw(true, 1000, count);
	CU_ASSERT_TRUE(s.deaf >= LIMITER_DEAF);
	limiter_take(&usual, true, &s, 63, UNLUCKY); /* 128 - 63 > 64 */
	CU_ASSERT_TRUE(s.deaf >= LIMITER_DEAF);
	limiter_take(&usual, true, &s, 10, UNLUCKY);
	CU_ASSERT_EQUAL(s.deaf, 0);
}

static void
the_longest_prefix_decides(void)
{
	struct limiter l;
	struct prefix p[3];
	struct addr a;
	struct err e;

	CU_ASSERT_EQUAL(prefix_parse(&p[0], "10.0.0.0/8", &e), 0);
	CU_ASSERT_EQUAL(prefix_parse(&p[1], "10.7.0.1/32", &e), 0);
	CU_ASSERT_EQUAL(prefix_parse(&p[2], "2001:db8::/32", &e), 0);
	limiter_init(&l, usual, true);
	for (unsigned i = 0; i < 3; i++)
		CU_ASSERT_TRUE(
		    limiter_add(&l, &p[i], (struct limit){ 1, (double)i + 1 }));
	CU_ASSERT_FALSE(limiter_add(&l, &p[1], usual));
	addr_parse(&a, "10.7.0.1");
	CU_ASSERT_EQUAL(limiter_find(&l, &a)->burst, 2);
	addr_parse(&a, "10.7.0.2");
	CU_ASSERT_EQUAL(limiter_find(&l, &a)->burst, 1);
	addr_parse(&a, "2001:db8::1");
	CU_ASSERT_EQUAL(limiter_find(&l, &a)->burst, 3);
	addr_parse(&a, "192.0.2.1");
	CU_ASSERT_EQUAL(limiter_find(&l, &a)->burst, 16);
}

static void
no_more_prefixes_than_there_is_room_for(void)
{
	struct limiter l;
	struct prefix p = { .net = { .family = ADDR_V4 }, .len = 32 };

	limiter_init(&l, usual, true);
	for (unsigned i = 0; i < LIMITER_PREFIXES; i++) {
		p.net.ip[0] = (uint8_t)(i + 1);
		CU_ASSERT_TRUE(limiter_add(&l, &p, usual));
	}
	p.net.ip[0] = 200;
	CU_ASSERT_FALSE(limiter_add(&l, &p, usual));
}

static void
a_narrower_limit_holds_at_once(void)
{
	const struct limit narrow = { 1, 2 };

	passed(16, 0); /* 128 s of debt */
	CU_ASSERT_EQUAL(limiter_take(&narrow, true, &s, 0.5, UNLUCKY),
	    LIMITER_DROP);
	CU_ASSERT_EQUAL(limiter_take(&narrow, true, &s, 1, UNLUCKY),
	    LIMITER_PASS);
}

static CU_TestInfo tests[] = {
	{ "a burst passes and no more", a_burst_passes_and_no_more },
	{ "one each interval passes for ever",
	    one_each_interval_passes_for_ever },
	{ "iburst and ntpdate pass", iburst_and_ntpdate_pass },
	{ "the pool's monitor passes", the_pool_s_monitor_passes },
	{ "what is over costs nothing", what_is_over_costs_nothing },
	{ "one in eight is answered by luck",
	    one_in_eight_is_answered_by_luck },
	{ "kisses are few and grow fewer", kisses_are_few_and_grow_fewer },
	{ "without kod nothing is said", without_kod_nothing_is_said },
	{ "who slows down is forgiven", who_slows_down_is_forgiven },
	{ "the longest prefix decides", the_longest_prefix_decides },
	{ "no more prefixes than there is room for",
	    no_more_prefixes_than_there_is_room_for },
	{ "a narrower limit holds at once", a_narrower_limit_holds_at_once },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_limiter = { "core/limiter", NULL, NULL, setup, NULL, tests };
