/* SPDX-License-Identifier: ISC */
#include "core/servo.h"

#include "unit.h"

static struct servo s;

static struct mono
at(double t)
{
	return (struct mono){ (int64_t)(t * 1e9) };
}

static void
setup(void)
{
	servo_init(&s, 500e-6);
}

static void
a_small_error_is_spread(void)
{
	/* 64 us over 64 s: 1 ppm on top of the 30 of the oscillator */
	CU_ASSERT_DOUBLE_EQUAL(servo_slew(&s, at(0), 64e-6, 30e-6, 64), 31e-6,
	    1e-15);
	CU_ASSERT_EQUAL(servo_next(&s).ns, at(64).ns);
}

static void
a_large_error_is_slewed_at_the_limit(void)
{
	/* 0.5 s at 500 ppm: 1000 s */
	CU_ASSERT_DOUBLE_EQUAL(servo_slew(&s, at(0), -0.5, 0, 64), -500e-6,
	    1e-15);
	CU_ASSERT_EQUAL(servo_next(&s).ns, at(1000).ns);
}

static void
a_slew_ends_and_leaves_the_frequency(void)
{
	servo_slew(&s, at(0), 64e-6, 30e-6, 64);
	CU_ASSERT_FALSE(servo_poll(&s, at(63)));
	CU_ASSERT_TRUE(servo_poll(&s, at(64)));
	CU_ASSERT_DOUBLE_EQUAL(s.rate, 30e-6, 1e-15);
	CU_ASSERT_EQUAL(servo_next(&s).ns, MONO_NEVER.ns);
	CU_ASSERT_FALSE(servo_poll(&s, at(65)));
}

static void
a_new_error_replaces_the_slew(void)
{
	servo_slew(&s, at(0), 0.5, 0, 64);
	servo_slew(&s, at(10), 64e-6, 0, 64);
	CU_ASSERT_DOUBLE_EQUAL(s.rate, 1e-6, 1e-15);
	CU_ASSERT_EQUAL(servo_next(&s).ns, at(74).ns);
}

static CU_TestInfo tests[] = {
	{ "a small error is spread", a_small_error_is_spread },
	{ "a large error is slewed at the limit",
	    a_large_error_is_slewed_at_the_limit },
	{ "a slew ends and leaves the frequency",
	    a_slew_ends_and_leaves_the_frequency },
	{ "a new error replaces the slew", a_new_error_replaces_the_slew },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_servo = { "core/servo", NULL, NULL, setup, NULL, tests };
