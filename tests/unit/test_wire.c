/* SPDX-License-Identifier: ISC */
#include "base/wire.h"
#include "unit.h"

#include <string.h>

static const uint8_t octets[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
	15, 16 };

static void
numbers_are_read_big_end_first_one_after_the_other(void)
{
	struct wire w = { .at = octets, .left = 15 };

	CU_ASSERT_EQUAL(wire_u8(&w), 1);
	CU_ASSERT_EQUAL(wire_u16(&w), 0x0203);
	CU_ASSERT_EQUAL(wire_u32(&w), 0x04050607);
	CU_ASSERT_EQUAL(wire_u64(&w), UINT64_C(0x08090a0b0c0d0e0f));
	CU_ASSERT_FALSE(w.bad);
	CU_ASSERT_EQUAL(w.left, 0);
}

static void
reading_past_the_end_gives_zero_and_sticks(void)
{
	struct wire w = { .at = octets, .left = 3 };

	CU_ASSERT_EQUAL(wire_u32(&w), 0);
	CU_ASSERT_TRUE(w.bad);
	CU_ASSERT_EQUAL(wire_u8(&w), 0);
	CU_ASSERT_EQUAL(w.left, 0);
}

static void
a_copy_past_the_end_is_zeros(void)
{
	struct wire w = { .at = octets, .left = 3 };
	uint8_t to[4] = { 9, 9, 9, 9 };

	wire_copy(&w, to, sizeof(to));
	CU_ASSERT_TRUE(w.bad);
	CU_ASSERT_EQUAL(memcmp(to, "\0\0\0\0", 4), 0);
}

static void
a_copy_to_the_last_octet_is_whole(void)
{
	struct wire w = { .at = octets, .left = 4 };
	uint8_t to[4];

	wire_copy(&w, to, sizeof(to));
	CU_ASSERT_FALSE(w.bad);
	CU_ASSERT_EQUAL(memcmp(to, octets, 4), 0);
}

static void
what_is_written_is_read_again(void)
{
	uint8_t buf[1 + 2 + 4 + 8 + 8 + 3], tail[3];
	struct wire_out o = { .at = buf, .left = sizeof(buf) };
	struct wire w = { .at = buf, .left = sizeof(buf) };

	wire_put_u8(&o, 0xfe);
	wire_put_u16(&o, 0xfedc);
	wire_put_u32(&o, 0xfedcba98);
	wire_put_u64(&o, UINT64_C(0xfedcba9876543210));
	wire_put_f64(&o, -1.5e-300);
	wire_put(&o, "abc", 3);
	CU_ASSERT_FALSE(o.bad);
	CU_ASSERT_EQUAL(o.left, 0);
	CU_ASSERT_EQUAL(wire_u8(&w), 0xfe);
	CU_ASSERT_EQUAL(wire_u16(&w), 0xfedc);
	CU_ASSERT_EQUAL(wire_u32(&w), 0xfedcba98);
	CU_ASSERT_EQUAL(wire_u64(&w), UINT64_C(0xfedcba9876543210));
	CU_ASSERT_EQUAL(wire_f64(&w), -1.5e-300);
	wire_copy(&w, tail, 3);
	CU_ASSERT_EQUAL(memcmp(tail, "abc", 3), 0);
}

static void
doubles_travel_as_ieee_754(void)
{
	uint8_t buf[8];
	struct wire_out o = { .at = buf, .left = sizeof(buf) };

	wire_put_f64(&o, 1.0);
	CU_ASSERT_EQUAL(memcmp(buf, "\x3f\xf0\0\0\0\0\0\0", 8), 0);
}

static void
writing_past_the_end_writes_nothing_and_sticks(void)
{
	uint8_t buf[4] = { 7, 7, 7, 7 };
	struct wire_out o = { .at = buf, .left = 3 };

	wire_put_u32(&o, 1);
	CU_ASSERT_TRUE(o.bad);
	wire_put_u8(&o, 1);
	wire_put(&o, "x", 1);
	CU_ASSERT_EQUAL(memcmp(buf, "\7\7\7\7", 4), 0);
}

static CU_TestInfo tests[] = {
	{ "numbers are read big end first, one after the other",
	    numbers_are_read_big_end_first_one_after_the_other },
	{ "reading past the end gives zero and sticks",
	    reading_past_the_end_gives_zero_and_sticks },
	{ "a copy past the end is zeros", a_copy_past_the_end_is_zeros },
	{ "a copy to the last octet is whole",
	    a_copy_to_the_last_octet_is_whole },
	{ "what is written is read again", what_is_written_is_read_again },
	{ "doubles travel as IEEE 754", doubles_travel_as_ieee_754 },
	{ "writing past the end writes nothing and sticks",
	    writing_past_the_end_writes_nothing_and_sticks },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_wire = { "base/wire", NULL, NULL, NULL, NULL, tests };
