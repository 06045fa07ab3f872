/* SPDX-License-Identifier: ISC */
/* The virtual clock, and numbers for the kernel's: this machine's clock is
 * never touched. */
#include "base/rng.h"
#include "sys/clock.h"
#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#define S(s) ((int64_t)((s)*INT64_C(1000000000)))

static struct err err;
static struct clock ours;

/* Our clock says 1000 s at raw 100 s and gains 100 us a second. */
static const struct clock_line gains = { true, { S(100) }, { S(1000) }, 1e-4 };

static void
setup(void)
{
	CU_ASSERT_EQUAL_FATAL(clock_open(&ours, true, &err), 0);
}

static int64_t
kernel_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * S(1) + t.tv_nsec;
}

static void
a_line_runs_at_its_rate(void)
{
	struct wall real = { 5 };

	/* 10 s later: 10 s and 10 * 100 us */
	CU_ASSERT_EQUAL(clock_wall(&gains, (struct mono){ S(110) }, real).ns,
	    S(1010) + 1000000);
}

static void
a_line_runs_backwards_before_its_anchor(void)
{
	struct wall real = { 5 };

	CU_ASSERT_EQUAL(clock_wall(&gains, (struct mono){ S(90) }, real).ns,
	    S(990) - 1000000);
}

static void
a_year_on_the_line_loses_no_nanosecond(void)
{
	struct clock_line l = { true, { 0 }, { S(1800000000) }, 0 };
	int64_t year = S(31557600) + 1;
	struct wall real = { 0 };

	CU_ASSERT_EQUAL(clock_wall(&l, (struct mono){ year }, real).ns,
	    S(1800000000) + year);
}

static void
the_system_clock_is_the_kernels_stamp(void)
{
	struct clock_line l = { .is_virtual = false, .rate = 1e-4 };

	CU_ASSERT_EQUAL(
	    clock_wall(&l, (struct mono){ S(7) }, (struct wall){ 123 }).ns,
	    123);
}

static void
a_stamp_is_as_much_older_on_the_raw_clock(void)
{
	struct wall stamp = { S(2000) }, real = { S(2003) };

	CU_ASSERT_EQUAL(clock_raw_of(stamp, (struct mono){ S(50) }, real).ns,
	    S(47));
}

static void
a_pair_is_both_clocks_at_once(void)
{
	struct mono raw, again;
	struct wall real, later;

	clock_pair(&raw, &real);
	clock_pair(&again, &later);
	CU_ASSERT_TRUE(fabs((double)(real.ns - kernel_ns())) < S(1));
	CU_ASSERT_TRUE(again.ns > raw.ns);
	/* Both went on by the same: to 1 % of a second even if we slept. */
	CU_ASSERT_DOUBLE_EQUAL(mono_sub(again, raw), wall_sub(later, real),
	    0.01);
}

static void
the_raw_clock_alone_is_that_of_a_pair(void)
{
	struct mono before, raw, after;
	struct wall real;

	clock_pair(&before, &real);
	raw = clock_raw();
	clock_pair(&after, &real);
	CU_ASSERT_TRUE(before.ns <= raw.ns && raw.ns <= after.ns);
}

static void
a_virtual_clock_begins_at_the_kernels_time(void)
{
	struct now now;

	clock_now(&ours, &now);
	CU_ASSERT_TRUE(llabs(now.wall.ns - kernel_ns()) < S(1));
	CU_ASSERT_TRUE(ours.line.is_virtual);
}

static void
a_step_is_exact(void)
{
	struct wall was = ours.line.wall;

	CU_ASSERT_EQUAL(clock_step(&ours, -12.25, &err), 0);
	CU_ASSERT_EQUAL(ours.line.wall.ns, was.ns - S(12.25));
	CU_ASSERT_EQUAL(clock_step(&ours, 12.25, &err), 0);
	CU_ASSERT_EQUAL(ours.line.wall.ns, was.ns);
}

static void
a_new_rate_leaves_no_jump(void)
{
	struct wall real = { 0 };

	clock_rate(&ours, 0.05, &err);
	struct clock_line before = ours.line;
	usleep(1000);
	clock_rate(&ours, -0.05, &err);
	/* Where the new line begins, the old one is at the same time. */
	CU_ASSERT_EQUAL(ours.line.wall.ns,
	    clock_wall(&before, ours.line.at, real).ns);
	CU_ASSERT_TRUE(ours.line.at.ns > before.at.ns);
	CU_ASSERT_EQUAL(ours.line.rate, -0.05);
}

static void
steps_and_rates_leave_the_kernel_alone(void)
{
	int64_t before = kernel_ns();

	clock_step(&ours, 86400, &err);
	clock_rate(&ours, 0.1, &err);
	clock_status(&ours, true, 0);
	CU_ASSERT_TRUE(kernel_ns() - before < S(60));
	CU_ASSERT_TRUE(clock_read(&ours.line).ns - before >= S(86400));
}

static void
impossible_rates_and_steps_are_refused(void)
{
	struct clock was = ours;

	CU_ASSERT_EQUAL(clock_rate(&ours, 0.11, &err), -1);
	CU_ASSERT_STRING_EQUAL(err.text, "clock: cannot run 110000 ppm off");
	CU_ASSERT_EQUAL(clock_rate(&ours, -0.11, &err), -1);
	CU_ASSERT_EQUAL(clock_rate(&ours, NAN, &err), -1);
	CU_ASSERT_EQUAL(clock_step(&ours, NAN, &err), -1);
	CU_ASSERT_EQUAL(clock_step(&ours, INFINITY, &err), -1);
	CU_ASSERT_EQUAL(ours.line.wall.ns, was.line.wall.ns);
	CU_ASSERT_EQUAL(ours.line.rate, was.line.rate);
}

static void
each_reading_brings_new_chance(void)
{
	struct now a, b;

	clock_now(&ours, &a);
	clock_now(&ours, &b);
	CU_ASSERT_NOT_EQUAL(a.chance, b.chance);
	CU_ASSERT_TRUE(b.mono.ns > a.mono.ns);
}

static void
reading_twice_is_not_sleeping(void)
{
	struct now a, b;

	clock_now(&ours, &a);
	clock_now(&ours, &b);
	CU_ASSERT_TRUE(llabs(b.asleep_ns - a.asleep_ns) < S(0.01));
}

/* 10000 us a tick; 2^16 units of frequency a ppm. */
static void
the_kernel_is_told_small_rates_as_frequency(void)
{
	struct clock_kernel k = clock_kernel(0);

	CU_ASSERT_EQUAL(k.tick, 10000);
	CU_ASSERT_EQUAL(k.freq, 0);
	k = clock_kernel(100e-6);
	CU_ASSERT_EQUAL(k.tick, 10000);
	CU_ASSERT_EQUAL(k.freq, 100 * 65536);
	k = clock_kernel(-500e-6);
	CU_ASSERT_EQUAL(k.tick, 10000);
	CU_ASSERT_EQUAL(k.freq, -500 * 65536);
}

static void
the_kernel_is_told_large_rates_as_tick_and_frequency(void)
{
	/* A tick more is 100 ppm more. */
	struct clock_kernel k = clock_kernel(510e-6);

	CU_ASSERT_EQUAL(k.tick, 10005);
	CU_ASSERT_EQUAL(k.freq, 10 * 65536);
	k = clock_kernel(0.1);
	CU_ASSERT_EQUAL(k.tick, 11000);
	k = clock_kernel(-0.1);
	CU_ASSERT_EQUAL(k.tick, 9000);
}

static void
the_kernel_runs_at_what_it_was_told(void)
{
	struct rng r;

	rng_init(&r, unit_seed);
	for (int i = 0; i < 10000; i++) {
		double rate = 0.2 * rng_uniform(&r) - 0.1;
		struct clock_kernel k = clock_kernel(rate);

		/* half a unit of 2^-16 ppm */
		CU_ASSERT_DOUBLE_EQUAL_FATAL(clock_kernel_rate(k), rate,
		    7.7e-12);
		CU_ASSERT_FATAL(labs(k.freq) <= 500 * 65536);
		CU_ASSERT_FATAL(k.tick >= 9000 && k.tick <= 11000);
	}
}

static CU_TestInfo tests[] = {
	{ "a line runs at its rate", a_line_runs_at_its_rate },
	{ "a line runs backwards before its anchor",
	    a_line_runs_backwards_before_its_anchor },
	{ "a year on the line loses no nanosecond",
	    a_year_on_the_line_loses_no_nanosecond },
	{ "the system clock is the kernel's stamp",
	    the_system_clock_is_the_kernels_stamp },
	{ "a stamp is as much older on the raw clock",
	    a_stamp_is_as_much_older_on_the_raw_clock },
	{ "a pair is both clocks at once", a_pair_is_both_clocks_at_once },
	{ "the raw clock alone is that of a pair",
	    the_raw_clock_alone_is_that_of_a_pair },
	{ "a virtual clock begins at the kernel's time",
	    a_virtual_clock_begins_at_the_kernels_time },
	{ "a step is exact", a_step_is_exact },
	{ "a new rate leaves no jump", a_new_rate_leaves_no_jump },
	{ "steps and rates leave the kernel alone",
	    steps_and_rates_leave_the_kernel_alone },
	{ "impossible rates and steps are refused",
	    impossible_rates_and_steps_are_refused },
	{ "each reading brings new chance", each_reading_brings_new_chance },
	{ "reading twice is not sleeping", reading_twice_is_not_sleeping },
	{ "the kernel is told small rates as frequency",
	    the_kernel_is_told_small_rates_as_frequency },
	{ "the kernel is told large rates as tick and frequency",
	    the_kernel_is_told_large_rates_as_tick_and_frequency },
	{ "the kernel runs at what it was told",
	    the_kernel_runs_at_what_it_was_told },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_clock = { "sys/clock", NULL, NULL, setup, NULL, tests };
