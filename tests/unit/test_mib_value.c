/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "view/mib_parts.h"

#include <math.h>
#include <string.h>

static struct mib_value v;

static void
fresh(enum mib_type type)
{
	memset(&v, 0, sizeof(v));
	v.type = type;
}

/* Is the text of v that? */
static bool
says(const char *text)
{
	return v.len == strlen(text) && memcmp(v.octets, text, v.len) == 0;
}

static bool
octets(const uint8_t *o, size_t len)
{
	return v.len == len && memcmp(v.octets, o, len) == 0;
}

static void
numbers_stop_at_the_ends_of_their_type(void)
{
	fresh(MIB_INTEGER);
	mib_put(&v, INT64_C(1) << 40);
	CU_ASSERT_EQUAL(v.number, INT32_MAX);
	mib_put(&v, -(INT64_C(1) << 40));
	CU_ASSERT_EQUAL(v.number, INT32_MIN);
	fresh(MIB_UNSIGNED);
	mib_put(&v, INT64_C(1) << 40);
	CU_ASSERT_EQUAL(v.number, UINT32_MAX);
	mib_put(&v, -1);
	CU_ASSERT_EQUAL(v.number, 0);
}

/* 2^32 + 5 packets are 5 on a Counter32 */
static void
counters_go_round(void)
{
	fresh(MIB_COUNTER);
	mib_put_count(&v, (UINT64_C(1) << 32) + 5);
	CU_ASSERT_EQUAL(v.number, 5);
	fresh(MIB_TICKS);
	mib_put_count(&v, (UINT64_C(1) << 32) + 6);
	CU_ASSERT_EQUAL(v.number, 6);
	fresh(MIB_COUNTER64);
	mib_put_count(&v, (UINT64_C(1) << 32) + 5);
	CU_ASSERT_EQUAL(v.number, (INT64_C(1) << 32) + 5);
}

static void
no_counter_is_negative(void)
{
	fresh(MIB_COUNTER64);
	mib_put_count(&v, UINT64_MAX);
	CU_ASSERT_EQUAL(v.number, INT64_MAX);
	fresh(MIB_UNSIGNED);
	mib_put_count(&v, UINT64_MAX);
	CU_ASSERT_EQUAL(v.number, UINT32_MAX);
}

static void
true_is_1_and_false_2(void)
{
	fresh(MIB_INTEGER);
	mib_put_truth(&v, true);
	CU_ASSERT_EQUAL(v.number, 1);
	mib_put_truth(&v, false);
	CU_ASSERT_EQUAL(v.number, 2);
}

static void
parts_are_rounded(void)
{
	fresh(MIB_INTEGER);
	mib_put_parts(&v, 0.0001234567, 1e6);
	CU_ASSERT_EQUAL(v.number, 123);
	mib_put_parts(&v, -0.0001239, 1e6);
	CU_ASSERT_EQUAL(v.number, -124);
}

static void
parts_that_are_too_many_stop_before_what_is_not_known(void)
{
	fresh(MIB_INTEGER);
	mib_put_parts(&v, 1e9, 1e6);
	CU_ASSERT_EQUAL(v.number, 2147483646);
	mib_put_parts(&v, -1e300, 1e6);
	CU_ASSERT_EQUAL(v.number, -2147483646);
	mib_put_parts(&v, 1e308, 1e6); /* infinite only in parts */
	CU_ASSERT_EQUAL(v.number, 2147483646);
	mib_put_parts(&v, INFINITY, 1e6);
	CU_ASSERT_EQUAL(v.number, 2147483647);
	mib_put_parts(&v, NAN, 1e6);
	CU_ASSERT_EQUAL(v.number, 2147483647);
}

static void
gauges_know_never(void)
{
	fresh(MIB_UNSIGNED);
	mib_put_gauge(&v, 11.6);
	CU_ASSERT_EQUAL(v.number, 12);
	mib_put_gauge(&v, 1e12);
	CU_ASSERT_EQUAL(v.number, UINT32_MAX - 1);
	mib_put_gauge(&v, -1);
	CU_ASSERT_EQUAL(v.number, UINT32_MAX);
	mib_put_gauge(&v, NAN);
	CU_ASSERT_EQUAL(v.number, UINT32_MAX);
	mib_put_gauge(&v, INFINITY);
	CU_ASSERT_EQUAL(v.number, UINT32_MAX);
}

static void
text_is_ascii(void)
{
	fresh(MIB_OCTETS);
	mib_put_text(&v, "a\tb\xc3\xa4~");
	CU_ASSERT_TRUE(says("a?b??~"));
	mib_put_text(&v, "");
	CU_ASSERT_EQUAL(v.len, 0);
}

static void
long_text_is_cut(void)
{
	char text[400];

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	fresh(MIB_OCTETS);
	mib_put_text(&v, text);
	CU_ASSERT_EQUAL(v.len, 255);
}

/* The RFC's own examples: '0.032 ms' or '1.232 s' */
static void
a_span_has_its_unit(void)
{
	fresh(MIB_OCTETS);
	mib_put_span(&v, 0.000032);
	CU_ASSERT_TRUE(says("0.032 ms"));
	mib_put_span(&v, 1.232);
	CU_ASSERT_TRUE(says("1.232 s"));
	mib_put_span(&v, -0.5);
	CU_ASSERT_TRUE(says("-500.000 ms"));
	mib_put_span(&v, INFINITY);
	CU_ASSERT_TRUE(says(""));
	mib_put_span(&v, 1e308);
	CU_ASSERT_EQUAL(v.len, 255);
}

/* '6.927' */
static void
milliseconds_have_none(void)
{
	fresh(MIB_OCTETS);
	mib_put_ms(&v, 0.006927);
	CU_ASSERT_TRUE(says("6.927"));
	mib_put_ms(&v, NAN);
	CU_ASSERT_TRUE(says(""));
}

/* 1970-01-01 is 2208988800 = 0x83aa7e80 s after 1900; half a second is the
 * first bit behind the point. */
static void
a_date_has_an_era_a_second_and_a_fraction(void)
{
	static const uint8_t unix_epoch[] = { 0, 0, 0, 0, 0x83, 0xaa, 0x7e,
		0x80, 0x80, 0, 0, 0, 0, 0, 0, 0 };

	fresh(MIB_OCTETS);
	mib_put_date(&v, (struct wall){ 500000000 });
	CU_ASSERT_TRUE(octets(unix_epoch, 16));
}

/* Era 1 begins on 2036-02-07 06:28:16, 2^32 s after 1900. */
static void
the_era_goes_on(void)
{
	static const uint8_t era_1[] = { 0, 0, 0, 1, 0, 0, 0, 1, 0x40, 0, 0, 0,
		0, 0, 0, 0 };
	struct wall t = { ((INT64_C(1) << 32) - NTP_UNIX_EPOCH + 1) *
		    1000000000 +
		250000000 };

	fresh(MIB_OCTETS);
	mib_put_date(&v, t);
	CU_ASSERT_TRUE(octets(era_1, 16));
}

/* 1 ns = 2^64 / 10^9 = 18446744073 = 0x44b82fa09 in units of 2^-64 s; and one
 * before 1970 is 0.999999999 s after another second: 2^64 - 18446744073.7,
 * 0xfffffffbb47d05f6 rounded down. */
static void
a_nanosecond_is_not_lost(void)
{
	static const uint8_t one[] = { 0, 0, 0, 0, 0x83, 0xaa, 0x7e, 0x80, 0, 0,
		0, 0x04, 0x4b, 0x82, 0xfa, 0x09 };
	static const uint8_t less[] = { 0, 0, 0, 0, 0x83, 0xaa, 0x7e, 0x7f,
		0xff, 0xff, 0xff, 0xfb, 0xb4, 0x7d, 0x05, 0xf6 };

	fresh(MIB_OCTETS);
	mib_put_date(&v, (struct wall){ 1 });
	CU_ASSERT_TRUE(octets(one, 16));
	mib_put_date(&v, (struct wall){ -1 });
	CU_ASSERT_TRUE(octets(less, 16));
}

/* 2^63 ns before 1970 is 9223372037 s less 0.145224192 s: 2208988800 -
 * 9223372037 = -7014383237, which is in era -2. */
static void
the_first_instant_of_the_clock_has_a_date(void)
{
	static const uint8_t era[] = { 0xff, 0xff, 0xff, 0xfe };

	fresh(MIB_OCTETS);
	mib_put_date(&v, (struct wall){ INT64_MIN });
	CU_ASSERT_EQUAL(v.len, 16);
	CU_ASSERT_EQUAL(memcmp(v.octets, era, 4), 0);
	mib_put_date(&v, (struct wall){ INT64_MAX });
	CU_ASSERT_EQUAL(v.octets[3], 2);
}

static void
bits_begin_at_the_highest_of_the_first_octet(void)
{
	static const uint8_t first_and_ninth[] = { 0x80, 0x80 };

	fresh(MIB_OCTETS);
	mib_put_bits(&v, 1u | 1u << 8, 9);
	CU_ASSERT_TRUE(octets(first_and_ninth, 2));
	mib_put_bits(&v, 1u | 1u << 8, 8);
	CU_ASSERT_TRUE(octets(first_and_ninth, 1));
}

static void
an_address_is_as_long_as_its_type_says(void)
{
	static const uint8_t ip4[] = { 192, 0, 2, 1 };
	static const uint8_t ip6[] = { 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 1, 0, 0, 0, 7 };
	struct addr a = addr_v4(ip4), b = addr_v6(ip6), none = { 0 };

	fresh(MIB_OCTETS);
	mib_put_address(&v, &a);
	CU_ASSERT_TRUE(octets(ip4, 4));
	mib_put_address(&v, &b);
	CU_ASSERT_TRUE(octets(ip6, 16));
	b.scope = 7;
	mib_put_address(&v, &b);
	CU_ASSERT_TRUE(octets(ip6, 20));
	mib_put_address(&v, &none);
	CU_ASSERT_EQUAL(v.len, 0);
}

/* RFC 4001: unknown(0), ipv4(1), ipv6(2), ipv6z(4) */
static void
an_address_has_a_type(void)
{
	struct addr a = { .family = ADDR_V4 };

	fresh(MIB_INTEGER);
	mib_put_address_type(&v, &a);
	CU_ASSERT_EQUAL(v.number, 1);
	a.family = ADDR_V6;
	mib_put_address_type(&v, &a);
	CU_ASSERT_EQUAL(v.number, 2);
	a.scope = 3;
	mib_put_address_type(&v, &a);
	CU_ASSERT_EQUAL(v.number, 4);
	a.family = ADDR_NONE;
	mib_put_address_type(&v, &a);
	CU_ASSERT_EQUAL(v.number, 0);
}

static CU_TestInfo tests[] = {
	{ "numbers stop at the ends of their type",
	    numbers_stop_at_the_ends_of_their_type },
	{ "counters go round", counters_go_round },
	{ "no counter is negative", no_counter_is_negative },
	{ "true is 1 and false 2", true_is_1_and_false_2 },
	{ "parts are rounded", parts_are_rounded },
	{ "parts that are too many stop before what is not known",
	    parts_that_are_too_many_stop_before_what_is_not_known },
	{ "gauges know never", gauges_know_never },
	{ "text is ascii", text_is_ascii },
	{ "long text is cut", long_text_is_cut },
	{ "a span has its unit", a_span_has_its_unit },
	{ "milliseconds have none", milliseconds_have_none },
	{ "a date has an era a second and a fraction",
	    a_date_has_an_era_a_second_and_a_fraction },
	{ "the era goes on", the_era_goes_on },
	{ "a nanosecond is not lost", a_nanosecond_is_not_lost },
	{ "the first instant of the clock has a date",
	    the_first_instant_of_the_clock_has_a_date },
	{ "bits begin at the highest of the first octet",
	    bits_begin_at_the_highest_of_the_first_octet },
	{ "an address is as long as its type says",
	    an_address_is_as_long_as_its_type_says },
	{ "an address has a type", an_address_has_a_type },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_mib_value = { "view/mib_value", NULL, NULL, NULL, NULL,
	tests };
