/* SPDX-License-Identifier: ISC */
#include "core/uniques.h"

#include "base/rng.h"
#include "unit.h"

#include <string.h>

#define HOUR 3600.0
#define DAY (24 * HOUR)

/* 8192 registers and their 20 ranks of two octets, and the head. */
static uint64_t mem[8192 * 20 * 2 / 8 + 8];
static struct uniques *u = (struct uniques *)(void *)mem;

static void
setup(void)
{
	memset(mem, 0, sizeof(mem));
	uniques_init(u, 8192);
}

/* Hosts first to first + n, at t_s; the same number is the same host.  Always
 * the same ones: of a thousand seeds one is off by more than is allowed here. */
static void
hear(uint64_t first, uint64_t n, double t_s)
{
	struct rng r;

	for (uint64_t i = first; i < first + n; i++) {
		rng_init(&r, i << 20);
		uniques_hear(u, rng_u64(&r), t_s);
	}
}

static void
nobody_is_zero(void)
{
	CU_ASSERT_EQUAL(uniques_count(u, HOUR, 100), 0);
}

static void
a_few_are_counted_nearly_exactly(void)
{
	for (int round = 0; round < 10; round++)
		hear(0, 100, 100);
	CU_ASSERT_DOUBLE_EQUAL(uniques_count(u, HOUR, 100), 100, 3);
}

static void
any_number_is_right_within_four_deviations(void)
{
	uint64_t n = 0;

	for (uint64_t next = 1000; next <= 1000000; next *= 3) {
		hear(n, next - n, 100);
		n = next;
		CU_ASSERT_DOUBLE_EQUAL(uniques_count(u, HOUR, 100), (double)n,
		    0.046 * (double)n);
	}
}

static void
windows_slide(void)
{
	hear(0, 20000, 0.5 * HOUR);
	hear(100000, 10000, 1.25 * HOUR);
	CU_ASSERT_DOUBLE_EQUAL(uniques_count(u, HOUR, 1.26 * HOUR), 30000,
	    1400);
	CU_ASSERT_DOUBLE_EQUAL(uniques_count(u, HOUR, 1.6 * HOUR), 10000, 460);
	CU_ASSERT_EQUAL(uniques_count(u, HOUR, 3 * HOUR), 0);
	CU_ASSERT_DOUBLE_EQUAL(uniques_count(u, DAY, 3 * HOUR), 30000, 1400);
	CU_ASSERT_DOUBLE_EQUAL(uniques_count(u, 30 * DAY, 29 * DAY), 30000,
	    1400);
}

static void
to_be_heard_twice_in_a_minute_is_once(void)
{
	CU_ASSERT_TRUE(uniques_same(60, 119.9));
	CU_ASSERT_FALSE(uniques_same(59.9, 60.1));
	CU_ASSERT_FALSE(uniques_same(60, 120));
}

static void
what_is_old_does_not_come_back_when_ticks_wrap(void)
{
	hear(0, 20000, HOUR);
	/* One host a minute for 46 days: 65536 ticks are 45.5 days. */
	for (double t = HOUR; t < 46 * DAY; t += 60)
		hear(500000, 1, t);
	CU_ASSERT_DOUBLE_EQUAL(uniques_count(u, HOUR, 46 * DAY), 1, 0.1);
	CU_ASSERT_DOUBLE_EQUAL(uniques_count(u, 30 * DAY, 46 * DAY), 1, 0.1);
}

static void
a_long_silence_forgets_all(void)
{
	hear(0, 20000, HOUR);
	CU_ASSERT_EQUAL(uniques_count(u, HOUR, 45.53 * DAY), 0);
	hear(500000, 1, 45.53 * DAY);
	CU_ASSERT_DOUBLE_EQUAL(uniques_count(u, DAY, 45.53 * DAY), 1, 0.1);
}

static void
a_reader_s_clock_may_lag(void)
{
	hear(0, 1000, 7261);
	CU_ASSERT_DOUBLE_EQUAL(uniques_count(u, HOUR, 7259), 1000, 46);
}

static CU_TestInfo tests[] = {
	{ "nobody is zero", nobody_is_zero },
	{ "a few are counted nearly exactly",
	    a_few_are_counted_nearly_exactly },
	{ "any number is right within four deviations",
	    any_number_is_right_within_four_deviations },
	{ "windows slide", windows_slide },
	{ "to be heard twice in a minute is once",
	    to_be_heard_twice_in_a_minute_is_once },
	{ "what is old does not come back when ticks wrap",
	    what_is_old_does_not_come_back_when_ticks_wrap },
	{ "a long silence forgets all", a_long_silence_forgets_all },
	{ "a reader's clock may lag", a_reader_s_clock_may_lag },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_uniques = { "core/uniques", NULL, NULL, setup, NULL, tests };
