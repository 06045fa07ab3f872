/* SPDX-License-Identifier: ISC */
#include "conf/scan.h"

#include "unit.h"

static struct err err;

static const char *
scan(const char *text)
{
	return scan_text("f", text, &err) == 0 ? "" : err.text;
}

static void
plain_text_passes(void)
{
	CU_ASSERT_STRING_EQUAL(scan(""), "");
	CU_ASSERT_STRING_EQUAL(scan("a = ( 1, 2.5, \"x\" );\nb: { c = 1; };"),
	    "");
}

static void
an_include_is_refused_with_its_line(void)
{
	CU_ASSERT_STRING_EQUAL(scan("a = 1;\n  @include \"b\"\n"),
	    "f:2: @include is not allowed: one gateway, one file");
}

static void
comments_and_strings_may_say_include(void)
{
	CU_ASSERT_STRING_EQUAL(scan("# @include\n// @include\n/* x\n"
				    "@include \"b\"\n*/ a = \"@include\";"),
	    "");
}

static void
a_trailing_comma_is_refused_at_the_bracket(void)
{
	CU_ASSERT_STRING_EQUAL(scan("a = (\n1,\n2, # two\n);"),
	    "f:4: a list takes no comma behind its last element");
	CU_ASSERT_STRING_EQUAL(scan("a = [ 1, ];"),
	    "f:1: a list takes no comma behind its last element");
}

static void
a_comma_before_a_string_is_no_trailing_one(void)
{
	CU_ASSERT_STRING_EQUAL(scan("a = ( \"x\", \")\" );"), "");
	CU_ASSERT_STRING_EQUAL(scan("a = ( \",\" );"), "");
}

static void
an_escaped_quote_does_not_end_a_string(void)
{
	CU_ASSERT_STRING_EQUAL(scan("a = \"\\\" @include\";"), "");
	CU_ASSERT_STRING_EQUAL(scan("a = \"\\\\\"; @"),
	    "f:1: @include is not allowed: one gateway, one file");
}

static void
lines_are_counted_through_comments(void)
{
	CU_ASSERT_STRING_EQUAL(scan("a = \"\";\n\n/*\n\n*/ # x\n@include"),
	    "f:6: @include is not allowed: one gateway, one file");
}

static void
a_number_that_would_be_cut_is_refused(void)
{
	CU_ASSERT_STRING_EQUAL(scan("a = 2147483647;"), "");
	CU_ASSERT_STRING_EQUAL(scan("a = 2147483648;"),
	    "f:1: 2147483648: a number beyond 2147483647 ends in L: "
	    "2147483648L");
	CU_ASSERT_STRING_EQUAL(scan("a = 0x100000280;"),
	    "f:1: 0x100000280: a number beyond 2147483647 ends in L: "
	    "0x100000280L");
}

static void
a_sign_or_a_zero_in_front_hides_nothing(void)
{
	CU_ASSERT_STRING_EQUAL(scan("a = -2147483648;"), "");
	/* 640 - 2^32 */
	CU_ASSERT_STRING_EQUAL(scan("a = -4294966656;"),
	    "f:1: -4294966656: a number beyond 2147483647 ends in L: "
	    "-4294966656L");
	CU_ASSERT_STRING_EQUAL(scan("a = 09999999999;"),
	    "f:1: 09999999999: a number beyond 2147483647 ends in L: "
	    "09999999999L");
}

static void
long_and_broken_numbers_are_not_cut(void)
{
	CU_ASSERT_STRING_EQUAL(scan("a = 4294967295L;"), "");
	CU_ASSERT_STRING_EQUAL(scan("a = 4294967295.5;"), "");
	CU_ASSERT_STRING_EQUAL(scan("a9999999999 = 1;"), "");
}

static void
a_string_ends_in_its_line(void)
{
	CU_ASSERT_STRING_EQUAL(scan("a = 1;\nb = \"x;\nc = 1;"),
	    "f:2: a quote is missing in this line");
	CU_ASSERT_STRING_EQUAL(scan("a = \"x\\"),
	    "f:1: a quote is missing in this line");
	CU_ASSERT_STRING_EQUAL(scan("a = \""),
	    "f:1: a quote is missing in this line");
}

static void
a_comment_without_end_is_refused_where_it_begins(void)
{
	CU_ASSERT_STRING_EQUAL(scan("a = \"x\" /* x\n *"),
	    "f:1: the comment that begins here has no end");
	CU_ASSERT_STRING_EQUAL(scan("/*/"),
	    "f:1: the comment that begins here has no end");
}

static void
a_bracket_without_end_is_refused_where_it_begins(void)
{
	CU_ASSERT_STRING_EQUAL(scan("a: {\nb = (\n1"),
	    "f:2: ) is missing, to close what begins here");
	CU_ASSERT_STRING_EQUAL(scan("a: {\nb = [ 1 ];\n"),
	    "f:1: } is missing, to close what begins here");
}

static void
brackets_close_what_they_open(void)
{
	CU_ASSERT_STRING_EQUAL(scan("a: {\nb = (\n1 };"),
	    "f:3: } stands where ) must, to close what line 2 opens");
	CU_ASSERT_STRING_EQUAL(scan("a = 1 ];"), "f:1: ] closes nothing");
}

static void
brackets_are_nested_sixteen_deep_at_most(void)
{
	CU_ASSERT_STRING_EQUAL(scan("a = (((((((((((((((())))))))))))))));"),
	    "");
	CU_ASSERT_STRING_EQUAL(scan("a = ((((((((((((((((("),
	    "f:1: brackets are nested too deep");
}

static void
a_string_stands_where_a_value_can(void)
{
	static const char no[] =
	    "f:1: a text in quotes stands behind =, or in a list";

	CU_ASSERT_STRING_EQUAL(scan("a \"x\";"), no);
	CU_ASSERT_STRING_EQUAL(scan("\"x\""), no);
	CU_ASSERT_STRING_EQUAL(scan("a: { b = 1, \"x\" };"), no);
	CU_ASSERT_STRING_EQUAL(scan("a = 1 \"x\";"), no);
	CU_ASSERT_STRING_EQUAL(scan("a = \"x\" \"y\";"), "");
	CU_ASSERT_STRING_EQUAL(scan("a: \"x\"; b = [ \"x\", \"y\" ];"), "");
}

static void
text_may_end_anywhere_else(void)
{
	CU_ASSERT_STRING_EQUAL(scan("# x"), "");
	CU_ASSERT_STRING_EQUAL(scan("a ="), "");
	CU_ASSERT_STRING_EQUAL(scan("a = /"), "");
	CU_ASSERT_STRING_EQUAL(scan("/**/"), "");
}

static CU_TestInfo tests[] = {
	{ "plain text passes", plain_text_passes },
	{ "an include is refused with its line",
	    an_include_is_refused_with_its_line },
	{ "comments and strings may say include",
	    comments_and_strings_may_say_include },
	{ "a trailing comma is refused at the bracket",
	    a_trailing_comma_is_refused_at_the_bracket },
	{ "a comma before a string is no trailing one",
	    a_comma_before_a_string_is_no_trailing_one },
	{ "an escaped quote does not end a string",
	    an_escaped_quote_does_not_end_a_string },
	{ "lines are counted through comments",
	    lines_are_counted_through_comments },
	{ "a number that would be cut is refused",
	    a_number_that_would_be_cut_is_refused },
	{ "a sign or a zero in front hides nothing",
	    a_sign_or_a_zero_in_front_hides_nothing },
	{ "long and broken numbers are not cut",
	    long_and_broken_numbers_are_not_cut },
	{ "a string ends in its line", a_string_ends_in_its_line },
	{ "a comment without end is refused where it begins",
	    a_comment_without_end_is_refused_where_it_begins },
	{ "a bracket without end is refused where it begins",
	    a_bracket_without_end_is_refused_where_it_begins },
	{ "brackets close what they open", brackets_close_what_they_open },
	{ "brackets are nested sixteen deep at most",
	    brackets_are_nested_sixteen_deep_at_most },
	{ "a string stands where a value can",
	    a_string_stands_where_a_value_can },
	{ "text may end anywhere else", text_may_end_anywhere_else },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_scan = { "conf/scan", NULL, NULL, NULL, NULL, tests };
