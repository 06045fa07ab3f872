/* SPDX-License-Identifier: ISC */
#include "guests.h"
#include "unit.h"

#include "view/roll_print.h"

#include <string.h>

static char buf[65536];
static struct text out;

static void
setup(void)
{
	guests_init();
	out = TEXT(buf);
	buf[0] = '\0';
}

static bool
has(const char *text)
{
	return strstr(buf, text) != NULL;
}

static void
print_table(bool flagged, unsigned limit)
{
	guests_call(ROLL_BY_REQUESTS, flagged, limit);
	roll_table(&guests, &(struct table_style){ .width = 80 }, &out);
}

static void
a_line_a_host_that_fits_80_columns(void)
{
	print_table(false, 10);
	CU_ASSERT(has(" host                     requests answered  limited  "
		      "refused      rate    last\n"));
	CU_ASSERT(has(" 10.0.0.1                       10       10        0   "
		      "     0 "));
	for (char *l = strtok(buf, "\n"); l != NULL; l = strtok(NULL, "\n"))
		CU_ASSERT_TRUE(strlen(l) <= 80);
}

static void
below_it_is_what_is_wrong_with_it(void)
{
	print_table(false, 10);
	CU_ASSERT(has("    version-1: asks in NTP version 1 of 1988"));
	CU_ASSERT(has("    symmetric: asks as a peer (mode 1)"));
}

static void
at_the_end_are_sums(void)
{
	print_table(false, 1);
	CU_ASSERT(has("1 of 4 hosts shown; 1 sick: see --flagged\n"));
	CU_ASSERT(has("different hosts: 4 in the last hour, 4 in a day, 4 in "
		      "30 days\n"));
}

static void
the_sick_alone_are_a_part_of_all(void)
{
	print_table(true, 10);
	CU_ASSERT(has("1 of 1 hosts shown, of 4 that are remembered"));
	CU_ASSERT_FALSE(has("10.0.0.1 "));
}

static void
nobody_is_no_table(void)
{
	guests.tables = 0;
	print_table(false, 10);
	CU_ASSERT_EQUAL(
	    strncmp(buf, "0 of 0 hosts shown; none of them is sick", 40), 0);
}

static json_t *
parsed(void)
{
	json_t *v = json_loads(buf, 0, NULL);

	CU_ASSERT_PTR_NOT_NULL_FATAL(v);
	return v;
}

static void
programs_get_an_object_a_host(void)
{
	guests_call(ROLL_BY_REQUESTS, false, 10);
	roll_json(&guests, &out);
	json_t *v = parsed(), *list = json_object_get(v, "clients");
	json_t *c = json_array_get(list, 0);

	CU_ASSERT_EQUAL(json_integer_value(json_object_get(v, "schema")), 1);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(v, "sick")), 1);
	CU_ASSERT_EQUAL(json_array_size(list), 4);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(c, "address")),
	    "10.0.0.3");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(c, "requests")),
	    500);
	CU_ASSERT_EQUAL(json_integer_value(
			    json_array_get(json_object_get(c, "versions"), 0)),
	    1);
	CU_ASSERT_EQUAL(
	    json_integer_value(json_array_get(json_object_get(c, "modes"), 0)),
	    3);
	CU_ASSERT_TRUE(json_array_size(json_object_get(c, "flags")) > 0);
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(json_string_value(json_object_get(c, "evidence")), "1988"));
	json_decref(v);
}

/* The object of one of four needs less than 900 octets, and those of all need
 * more. */
static void
what_does_not_fit_is_left_out(void)
{
	struct text narrow = { buf, 1700, 0 };

	guests_call(ROLL_BY_REQUESTS, false, 10);
	roll_json(&guests, &narrow);
	CU_ASSERT_FALSE(text_cut(&narrow));
	json_t *v = parsed();
	size_t n = json_array_size(json_object_get(v, "clients"));

	CU_ASSERT_TRUE(n >= 1 && n < 4);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(v, "shown")),
	    (json_int_t)n);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(v, "wanted")), 4);
	json_decref(v);
}

static void
a_table_for_other_programs(void)
{
	guests_call(ROLL_BY_REQUESTS, false, 10);
	roll_csv(&guests, &out);
	CU_ASSERT_EQUAL(strncmp(buf, "address,requests,answered,", 26), 0);
	CU_ASSERT(has("\r\n10.0.0.1,10,10,0,0,0,0,0,"));
	CU_ASSERT(has(",3,1,symmetric,\"asks as a peer"));
}

static const char *
count(uint64_t n)
{
	static char c[ROLL_COUNT];

	return roll_count_text(n, c);
}

static void
large_counts_are_short(void)
{
	CU_ASSERT_STRING_EQUAL(count(0), "0");
	CU_ASSERT_STRING_EQUAL(count(999999), "999999");
	CU_ASSERT_STRING_EQUAL(count(1000000), "1.0M");
	CU_ASSERT_STRING_EQUAL(count(123456789), "123M");
	CU_ASSERT_STRING_EQUAL(count(UINT64_MAX), "18.4E");
}

static const char *
rate(double per_s)
{
	static char c[ROLL_COUNT];

	return roll_rate_text(per_s, c);
}

static void
rates_have_the_unit_that_suits(void)
{
	CU_ASSERT_STRING_EQUAL(rate(51.2), "51/s");
	CU_ASSERT_STRING_EQUAL(rate(0.1), "0.1/s");
	CU_ASSERT_STRING_EQUAL(rate(1 / 64.0), "0.9/min");
	CU_ASSERT_STRING_EQUAL(rate(1 / 1024.0), "3.5/h");
	CU_ASSERT_STRING_EQUAL(rate(0), "0.0/min");
}

static CU_TestInfo tests[] = {
	{ "a line a host that fits 80 columns",
	    a_line_a_host_that_fits_80_columns },
	{ "below it is what is wrong with it",
	    below_it_is_what_is_wrong_with_it },
	{ "at the end are sums", at_the_end_are_sums },
	{ "the sick alone are a part of all",
	    the_sick_alone_are_a_part_of_all },
	{ "nobody is no table", nobody_is_no_table },
	{ "programs get an object a host", programs_get_an_object_a_host },
	{ "what does not fit is left out", what_does_not_fit_is_left_out },
	{ "a table for other programs", a_table_for_other_programs },
	{ "large counts are short", large_counts_are_short },
	{ "rates have the unit that suits", rates_have_the_unit_that_suits },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_roll_print = { "view/roll_print", NULL, NULL, setup, NULL,
	tests };
