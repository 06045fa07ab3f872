/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "view/json_put.h"

#include <math.h>
#include <string.h>

static json_t *o;

static void
setup(void)
{
	o = json_object();
}

static void
teardown(void)
{
	json_decref(o);
}

static void
numbers_that_json_has_not_are_null(void)
{
	put_number(o, "nan", NAN);
	put_number(o, "much", INFINITY);
	put_number(o, "half", 0.5);
	CU_ASSERT(json_is_null(json_object_get(o, "nan")));
	CU_ASSERT(json_is_null(json_object_get(o, "much")));
	CU_ASSERT_EQUAL(json_real_value(json_object_get(o, "half")), 0.5);
}

static void
what_is_not_known_is_null(void)
{
	put_number_if(o, "number", false, 1);
	put_count_if(o, "count", false, 1);
	put_text_if(o, "text", false, "one");
	CU_ASSERT(json_is_null(json_object_get(o, "number")));
	CU_ASSERT(json_is_null(json_object_get(o, "count")));
	CU_ASSERT(json_is_null(json_object_get(o, "text")));
}

static void
what_is_known_is_told(void)
{
	put_number_if(o, "number", true, 1);
	put_count_if(o, "count", true, 2);
	put_text_if(o, "text", true, "three");
	put_bool(o, "bool", true);
	CU_ASSERT_EQUAL(json_real_value(json_object_get(o, "number")), 1);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(o, "count")), 2);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(o, "text")),
	    "three");
	CU_ASSERT(json_is_true(json_object_get(o, "bool")));
}

static void
octets_that_are_no_utf8_become_question_marks(void)
{
	put_text(o, "text", "gw\xff!");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(o, "text")),
	    "gw?!");
}

static CU_TestInfo tests[] = {
	{ "numbers that JSON has not are null",
	    numbers_that_json_has_not_are_null },
	{ "what is not known is null", what_is_not_known_is_null },
	{ "what is known is told", what_is_known_is_told },
	{ "octets that are no UTF-8 become question marks",
	    octets_that_are_no_utf8_become_question_marks },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_json_put = { "view/json_put", NULL, NULL, setup, teardown,
	tests };
