/* SPDX-License-Identifier: ISC */
#include "core/leap.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

#define NS INT64_C(1000000000)
#define LEAP_2017 INT64_C(1483228800)

/* The numbers of the list that the IERS published in July 2025, and its hash. */
static const char iers[] = "#$ 3960835200\n"
			   "#@ 3991593600\n"
			   "2272060800 10\n"
			   "2287785600 11\n"
			   "2303683200 12\n"
			   "2335219200 13\n"
			   "2366755200 14\n"
			   "2398291200 15\n"
			   "2429913600 16\n"
			   "2461449600 17\n"
			   "2492985600 18\n"
			   "2524521600 19\n"
			   "2571782400 20\n"
			   "2603318400 21\n"
			   "2634854400 22\n"
			   "2698012800 23\n"
			   "2776982400 24\n"
			   "2840140800 25\n"
			   "2871676800 26\n"
			   "2918937600 27\n"
			   "2950473600 28\n"
			   "2982009600 29\n"
			   "3029443200 30\n"
			   "3076704000 31\n"
			   "3124137600 32\n"
			   "3345062400 33\n"
			   "3439756800 34\n"
			   "3550089600 35\n"
			   "3644697600 36\n"
			   "3692217600 37\n"
			   "#h 49db2447 571e5e1b 2f002a53 9c8da8e4 39b8e49e\n";

#define HEAD "#$ 3676924800\n#@ 3707596800\n"
#define LINES "3644697600 36 # 1 Jul 2015\n3692217600 37 # 1 Jan 2017\n"
/* printf 36769248003707596800364469760036369221760037 | sha1sum */
#define HASH "#h 69819b11 4add8248 4c1f2799 a5994f71 2bcf979c\n"

static struct leap_table table;
static struct err err;

/* A second deleted at the end of 2029, one inserted at that of June 2030. */
static const struct leap_table future = { .count = 3,
	.line = { { LEAP_2017, 37 }, { 1893456000, 36 }, { 1909094400, 37 } },
	.expires = 1924992000 };
static const struct leap_table none;

static struct wall
wall(int64_t s)
{
	return (struct wall){ s * NS };
}

static void
setup(void)
{
	memset(&table, 0xff, sizeof(table));
	err.text[0] = '\0';
}

static int
read_text(const char *text)
{
	return leap_read(&table, text, &err);
}

/* The text is refused with a sentence that has the word in it. */
static void
refused(const char *text, const char *word)
{
	CU_ASSERT_EQUAL(read_text(text), -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, word));
	CU_ASSERT_EQUAL(table.count, 0);
	CU_ASSERT_EQUAL(table.expires, 0);
}

static void
the_published_list_is_read_and_its_hash_verifies(void)
{
	CU_ASSERT_EQUAL_FATAL(read_text(iers), 0);
	CU_ASSERT_EQUAL(table.count, 28);
	CU_ASSERT_EQUAL(table.line[0].at, 63072000); /* 1972-01-01 */
	CU_ASSERT_EQUAL(table.line[0].tai, 10);
	CU_ASSERT_EQUAL(table.line[27].at, LEAP_2017);
	CU_ASSERT_EQUAL(table.line[27].tai, 37);
}

static void
expiry_is_a_unix_second(void)
{
	CU_ASSERT_EQUAL_FATAL(read_text(HEAD LINES HASH), 0);
	CU_ASSERT_EQUAL(table.expires, 1498608000); /* 2017-06-28 */
}

static void
comments_empty_lines_and_crlf_do_not_matter(void)
{
	CU_ASSERT_EQUAL_FATAL(
	    read_text("# hello 12\r\n\n  \t\n#\tx\r\n#\n" HEAD
		      "3644697600\t36\r\n  3692217600 \t 37# x\r\n" HASH),
	    0);
	CU_ASSERT_EQUAL(table.count, 2);
}

static void
a_hash_without_leading_zeros_is_read(void)
{
	/* the third word is 0d5d4b1a */
	CU_ASSERT_EQUAL(read_text(
			    "#$ 3676924801\n#@ 3707596800\n" LINES
			    "#h c5564173 f011492a d5d4b1a e5f759d1 D29B9CA2\n"),
	    0);
}

static void
a_list_of_one_s_own_needs_no_hash(void)
{
	CU_ASSERT_EQUAL(read_text("#@ 3707596800\n" LINES), 0);
	CU_ASSERT_EQUAL(table.count, 2);
}

static void
a_changed_number_is_refused_with_the_line_of_the_hash(void)
{
	refused("#$ 3676924800\n#@ 3707596801\n" LINES HASH, "line 5");
	refused("#$ 3676924800\n#@ 3707596800\n3644697600 35\n"
		"3692217600 36\n" HASH,
	    "hash");
}

static void
a_published_list_cut_at_any_octet_is_refused(void)
{
	char text[sizeof(HEAD LINES HASH)];

	for (size_t len = 0; len < sizeof(text) - 1; len++) {
		snprintf(text, sizeof(text), "%.*s", (int)len, HEAD LINES HASH);
		CU_ASSERT_EQUAL(read_text(text), -1);
	}
}

static void
a_bad_hash_line_is_refused(void)
{
	refused(HEAD LINES "#h 1 2 3 4\n", "five words");
	refused(HEAD LINES "#h 123456789 2 3 4 5\n", "five words");
	refused(HEAD LINES "#h x 2 3 4 5\n", "five words");
}

static void
a_line_that_is_no_numbers_is_refused_with_its_number(void)
{
	refused(HEAD "3644697600\n", "line 3");
	refused(HEAD "3644697600 36 37\n", "line 3");
	refused(HEAD "x\n", "line 3");
	refused(HEAD "-3644697600 36\n", "line 3");
	refused(HEAD "99999999999999999999 36\n", "line 3");
	refused("#@ never\n", "line 1");
	refused("#@ 5\n", "line 1");
}

static void
lines_must_rise(void)
{
	refused(HEAD "3692217600 36\n3644697600 37\n", "line 4: not later");
	refused(HEAD "3692217600 36\n3692217600 37\n", "line 4: not later");
}

static void
a_leap_is_one_second(void)
{
	refused(HEAD "3644697600 35\n3692217600 37\n", "line 4");
	refused(HEAD "3644697600 37\n3692217600 37\n", "line 4");
	refused(HEAD "3644697600 123456\n", "absurd");
}

static void
a_leap_comes_at_the_end_of_a_month(void)
{
	refused(HEAD "3644697601 36\n", "month");
	refused(HEAD "3644784000 36\n", "month"); /* 2 July */
	/* 2000-02-29 and 03-01 in a leap year of the 400 year rule */
	refused("#@ 3707596800\n3160771200 32\n", "month");
	CU_ASSERT_EQUAL(read_text("#@ 3707596800\n3160857600 32\n"), 0);
}

static void
a_list_without_leaps_or_without_expiry_is_refused(void)
{
	refused("", "leap");
	refused(HEAD, "leap");
	refused(LINES, "#@");
}

static void
too_many_lines_are_refused(void)
{
	char text[4096] = "#@ 3707596800\n";
	size_t len = strlen(text);

	/* the first of March of 65 years, from 1900 on */
	for (int64_t y = 0; y < 65; y++) {
		int64_t day = 59 + 365 * y + y / 4;
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "%lld %d\n", (long long)(day * 86400), (int)y);
	}
	refused(text, "line 66");
}

static void
tai_minus_utc_changes_at_the_first_second_of_the_month(void)
{
	struct wall t = wall(LEAP_2017);

	read_text(iers);
	CU_ASSERT_EQUAL(leap_tai(&table, t), 37);
	t.ns--;
	CU_ASSERT_EQUAL(leap_tai(&table, t), 36);
	CU_ASSERT_EQUAL(leap_tai(&table, wall(INT64_C(4000000000))), 37);
}

static void
it_changes_to_the_nanosecond_before_1970_too(void)
{
	static const struct leap_table old = { .count = 2,
		.line = { { -31536000, 9 }, { 0, 10 } } };

	CU_ASSERT_EQUAL(leap_tai(&old, (struct wall){ -1 }), 9);
	CU_ASSERT_EQUAL(leap_tai(&old, (struct wall){ 0 }), 10);
}

static void
before_the_first_line_that_line_holds(void)
{
	read_text(iers);
	CU_ASSERT_EQUAL(leap_tai(&table, wall(0)), 10);
	CU_ASSERT_EQUAL(leap_tai(&table, wall(-1)), 10);
	CU_ASSERT_EQUAL(leap_tai_at_tai(&table, wall(0)), 10);
}

static void
without_a_table_it_is_37_and_nothing_is_announced(void)
{
	struct wall at;

	CU_ASSERT_EQUAL(leap_tai(&none, wall(0)), 37);
	CU_ASSERT_EQUAL(leap_tai_at_tai(&none, wall(0)), 37);
	CU_ASSERT_EQUAL(leap_announce(&none, wall(LEAP_2017 - 1)), LEAP_NONE);
	CU_ASSERT_FALSE(leap_next(&none, wall(0), &at));
}

static void
on_tai_the_new_difference_begins_with_the_inserted_second(void)
{
	/* 23:59:60 begins when TAI reads 00:00:36 */
	struct wall t = wall(LEAP_2017 + 36);

	read_text(iers);
	CU_ASSERT_EQUAL(leap_tai_at_tai(&table, t), 37);
	t.ns--;
	CU_ASSERT_EQUAL(leap_tai_at_tai(&table, t), 36);
}

static void
on_tai_a_deleted_second_is_jumped_over(void)
{
	/* 23:59:58 ends and 00:00:00 begins when TAI reads 00:00:36 */
	struct wall t = wall(1893456000 + 36);

	CU_ASSERT_EQUAL(leap_tai_at_tai(&future, t), 36);
	t.ns--;
	CU_ASSERT_EQUAL(leap_tai_at_tai(&future, t), 37);
}

static void
an_insertion_is_announced_on_the_last_day_alone(void)
{
	struct wall begin = wall(LEAP_2017 - 86400);

	read_text(iers);
	CU_ASSERT_EQUAL(leap_announce(&table, begin), LEAP_INSERT);
	CU_ASSERT_EQUAL(leap_announce(&table, wall(LEAP_2017 - 1)),
	    LEAP_INSERT);
	CU_ASSERT_EQUAL(leap_announce(&table, wall(LEAP_2017)), LEAP_NONE);
	begin.ns--;
	CU_ASSERT_EQUAL(leap_announce(&table, begin), LEAP_NONE);
}

static void
a_deletion_is_announced_as_one(void)
{
	CU_ASSERT_EQUAL(leap_announce(&future, wall(1893456000 - 5)),
	    LEAP_DELETE);
	CU_ASSERT_EQUAL(leap_announce(&future, wall(1909094400 - 5)),
	    LEAP_INSERT);
}

static void
the_first_line_is_no_leap(void)
{
	struct wall at;

	CU_ASSERT_EQUAL(leap_announce(&future, wall(LEAP_2017 - 5)), LEAP_NONE);
	CU_ASSERT_TRUE(leap_next(&future, wall(0), &at));
	CU_ASSERT_EQUAL(at.ns, 1893456000 * NS);
}

static void
the_next_leap_is_the_one_that_is_still_to_come(void)
{
	struct wall at;

	CU_ASSERT_TRUE(leap_next(&future, wall(1893456000 - 1), &at));
	CU_ASSERT_EQUAL(at.ns, 1893456000 * NS);
	CU_ASSERT_TRUE(leap_next(&future, wall(1893456000), &at));
	CU_ASSERT_EQUAL(at.ns, 1909094400 * NS);
	CU_ASSERT_FALSE(leap_next(&future, wall(1909094400), &at));
}

static void
a_leap_is_near_for_a_day_on_either_side(void)
{
	CU_ASSERT_FALSE(leap_near(&future, wall(1893456000 - 86401)));
	CU_ASSERT_TRUE(leap_near(&future, wall(1893456000 - 86400)));
	CU_ASSERT_TRUE(leap_near(&future, wall(1893456000)));
	CU_ASSERT_TRUE(leap_near(&future, wall(1893456000 + 86400)));
	CU_ASSERT_FALSE(leap_near(&future, wall(1893456000 + 86401)));
	CU_ASSERT_TRUE(leap_near(&future, wall(1909094400 - 5)));
}

static void
the_first_line_is_near_to_nothing(void)
{
	const struct leap_table empty = { 0 };

	CU_ASSERT_FALSE(leap_near(&future, wall(LEAP_2017 + 5)));
	CU_ASSERT_FALSE(leap_near(&empty, wall(LEAP_2017)));
}

static CU_TestInfo tests[] = {
	{ "the published list is read, and its hash verifies",
	    the_published_list_is_read_and_its_hash_verifies },
	{ "expiry is a Unix second", expiry_is_a_unix_second },
	{ "comments, empty lines and CRLF do not matter",
	    comments_empty_lines_and_crlf_do_not_matter },
	{ "a hash without leading zeros is read",
	    a_hash_without_leading_zeros_is_read },
	{ "a list of one's own needs no hash",
	    a_list_of_one_s_own_needs_no_hash },
	{ "a changed number is refused with the line of the hash",
	    a_changed_number_is_refused_with_the_line_of_the_hash },
	{ "a published list cut at any octet is refused",
	    a_published_list_cut_at_any_octet_is_refused },
	{ "a bad hash line is refused", a_bad_hash_line_is_refused },
	{ "a line that is no numbers is refused with its number",
	    a_line_that_is_no_numbers_is_refused_with_its_number },
	{ "lines must rise", lines_must_rise },
	{ "a leap is one second", a_leap_is_one_second },
	{ "a leap comes at the end of a month",
	    a_leap_comes_at_the_end_of_a_month },
	{ "a list without leaps or without expiry is refused",
	    a_list_without_leaps_or_without_expiry_is_refused },
	{ "too many lines are refused", too_many_lines_are_refused },
	{ "TAI - UTC changes at the first second of the month",
	    tai_minus_utc_changes_at_the_first_second_of_the_month },
	{ "it changes to the nanosecond before 1970 too",
	    it_changes_to_the_nanosecond_before_1970_too },
	{ "before the first line that line holds",
	    before_the_first_line_that_line_holds },
	{ "without a table it is 37, and nothing is announced",
	    without_a_table_it_is_37_and_nothing_is_announced },
	{ "on TAI the new difference begins with the inserted second",
	    on_tai_the_new_difference_begins_with_the_inserted_second },
	{ "on TAI a deleted second is jumped over",
	    on_tai_a_deleted_second_is_jumped_over },
	{ "an insertion is announced on the last day alone",
	    an_insertion_is_announced_on_the_last_day_alone },
	{ "a deletion is announced as one", a_deletion_is_announced_as_one },
	{ "the first line is no leap", the_first_line_is_no_leap },
	{ "a leap is near for a day on either side",
	    a_leap_is_near_for_a_day_on_either_side },
	{ "the first line is near to nothing",
	    the_first_line_is_near_to_nothing },
	{ "the next leap is the one that is still to come",
	    the_next_leap_is_the_one_that_is_still_to_come },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_leap = { "core/leap", NULL, NULL, setup, NULL, tests };
