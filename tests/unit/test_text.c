/* SPDX-License-Identifier: ISC */
#include "base/text.h"
#include "unit.h"

#include <math.h>
#include <string.h>

static char line[32];

static const char *
seconds(double s)
{
	return text_seconds(line, sizeof(line), s, false);
}

static const char *
signed_seconds(double s)
{
	return text_seconds(line, sizeof(line), s, true);
}

static void
additions_follow_each_other(void)
{
	struct text t = TEXT(line);

	text_add(&t, "a=%d", 1);
	text_add(&t, " b=%s", "two");
	CU_ASSERT_STRING_EQUAL(line, "a=1 b=two");
	CU_ASSERT_EQUAL(t.len, 9);
	CU_ASSERT_FALSE(text_cut(&t));
}

static void
a_text_that_fits_to_the_last_octet_is_not_cut(void)
{
	char small[4];
	struct text t = TEXT(small);

	text_add(&t, "abc");
	CU_ASSERT_STRING_EQUAL(small, "abc");
	CU_ASSERT_FALSE(text_cut(&t));
}

static void
one_character_too_many_is_cut_and_counted(void)
{
	char small[4];
	struct text t = TEXT(small);

	text_add(&t, "abcd");
	CU_ASSERT_STRING_EQUAL(small, "abc");
	CU_ASSERT_TRUE(text_cut(&t));
	CU_ASSERT_EQUAL(t.len, 4);
}

static void
what_comes_after_the_cut_is_counted_and_not_written(void)
{
	char small[8] = "1234567";
	struct text t = { small, 4, 0 };

	text_add(&t, "abcdef");
	text_add(&t, "gh%d", 10);
	CU_ASSERT_STRING_EQUAL(small, "abc");
	CU_ASSERT_STRING_EQUAL(small + 4, "567");
	CU_ASSERT_EQUAL(t.len, 10);
}

static void
a_buffer_of_one_octet_holds_the_empty_text(void)
{
	char small[1] = { 'x' };
	struct text t = TEXT(small);

	text_add(&t, "abc");
	CU_ASSERT_EQUAL(small[0], '\0');
	CU_ASSERT_EQUAL(t.len, 3);
}

static void
a_copy_says_whether_it_is_whole(void)
{
	char small[4];

	CU_ASSERT_TRUE(text_copy(small, sizeof(small), "abc"));
	CU_ASSERT_STRING_EQUAL(small, "abc");
	CU_ASSERT_FALSE(text_copy(small, sizeof(small), "wxyz"));
	CU_ASSERT_STRING_EQUAL(small, "wxy");
	CU_ASSERT_TRUE(text_copy(small, sizeof(small), ""));
	CU_ASSERT_STRING_EQUAL(small, "");
}

static void
durations_are_as_the_manual_shows_them(void)
{
	CU_ASSERT_STRING_EQUAL(seconds(12e-9), "12 ns");
	CU_ASSERT_STRING_EQUAL(seconds(850e-6), "850 us");
	CU_ASSERT_STRING_EQUAL(seconds(1.24e-3), "1.24 ms");
	CU_ASSERT_STRING_EQUAL(seconds(64), "64 s");
	CU_ASSERT_STRING_EQUAL(seconds(17 * 60), "17 min");
	CU_ASSERT_STRING_EQUAL(seconds(3.5 * 3600), "3.5 h");
	CU_ASSERT_STRING_EQUAL(seconds(12 * 86400), "12 d");
}

static void
three_digits_count_below_a_second(void)
{
	CU_ASSERT_STRING_EQUAL(seconds(1.2345e-3), "1.23 ms");
	CU_ASSERT_STRING_EQUAL(seconds(12.345e-3), "12.3 ms");
	CU_ASSERT_STRING_EQUAL(seconds(123.45e-3), "123 ms");
	CU_ASSERT_STRING_EQUAL(seconds(9.996e-3), "10.0 ms");
	CU_ASSERT_STRING_EQUAL(seconds(99.96e-3), "100 ms");
}

static void
units_begin_where_the_number_reads_best(void)
{
	CU_ASSERT_STRING_EQUAL(seconds(99), "99 s");
	CU_ASSERT_STRING_EQUAL(seconds(102), "1.7 min");
	CU_ASSERT_STRING_EQUAL(seconds(99 * 60), "99 min");
	CU_ASSERT_STRING_EQUAL(seconds(2 * 3600), "2 h");
	CU_ASSERT_STRING_EQUAL(seconds(39 * 3600), "39 h");
	CU_ASSERT_STRING_EQUAL(seconds(48 * 3600), "2 d");
}

static void
nothing_is_0_ns_without_a_sign(void)
{
	CU_ASSERT_STRING_EQUAL(seconds(0), "0 ns");
	CU_ASSERT_STRING_EQUAL(signed_seconds(-0.0), "0 ns");
	CU_ASSERT_STRING_EQUAL(signed_seconds(-1e-12), "0 ns");
}

static void
the_sign_of_a_positive_number_is_shown_if_asked_for(void)
{
	CU_ASSERT_STRING_EQUAL(seconds(1.5), "1.50 s");
	CU_ASSERT_STRING_EQUAL(signed_seconds(1.5), "+1.50 s");
	CU_ASSERT_STRING_EQUAL(seconds(-1.5), "-1.50 s");
	CU_ASSERT_STRING_EQUAL(signed_seconds(-1.5), "-1.50 s");
}

static void
what_is_not_finite_is_a_dash(void)
{
	CU_ASSERT_STRING_EQUAL(seconds((double)INFINITY), "-");
	CU_ASSERT_STRING_EQUAL(seconds(-(double)INFINITY), "-");
	CU_ASSERT_STRING_EQUAL(seconds((double)NAN), "-");
}

static void
seven_characters_do_from_a_nanosecond_to_27_years(void)
{
	for (double s = 1e-9; s < 27 * 365.0 * 86400; s *= 1.003)
		CU_ASSERT_TRUE_FATAL(strlen(seconds(s)) <= 7);
}

static void
a_quotation_ends_where_it_should(void)
{
	char out[200];
	struct text t = TEXT(out);

	text_quote(&t, "a\"b\\");
	CU_ASSERT_STRING_EQUAL(out, "\"a\\\"b\\\\\"");
}

static CU_TestInfo tests[] = {
	{ "additions follow each other", additions_follow_each_other },
	{ "a text that fits to the last octet is not cut",
	    a_text_that_fits_to_the_last_octet_is_not_cut },
	{ "one character too many is cut and counted",
	    one_character_too_many_is_cut_and_counted },
	{ "what comes after the cut is counted and not written",
	    what_comes_after_the_cut_is_counted_and_not_written },
	{ "a buffer of one octet holds the empty text",
	    a_buffer_of_one_octet_holds_the_empty_text },
	{ "a copy says whether it is whole", a_copy_says_whether_it_is_whole },
	{ "durations are as the manual shows them",
	    durations_are_as_the_manual_shows_them },
	{ "three digits count below a second",
	    three_digits_count_below_a_second },
	{ "units begin where the number reads best",
	    units_begin_where_the_number_reads_best },
	{ "nothing is 0 ns without a sign", nothing_is_0_ns_without_a_sign },
	{ "the sign of a positive number is shown if asked for",
	    the_sign_of_a_positive_number_is_shown_if_asked_for },
	{ "what is not finite is a dash", what_is_not_finite_is_a_dash },
	{ "seven characters do from a nanosecond to 27 years",
	    seven_characters_do_from_a_nanosecond_to_27_years },
	{ "a quotation ends where it should",
	    a_quotation_ends_where_it_should },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_text = { "base/text", NULL, NULL, NULL, NULL, tests };
