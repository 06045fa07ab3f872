/* SPDX-License-Identifier: ISC */
#include "base/fnv.h"

#include "unit.h"

/* From the test vectors of the FNV internet draft. */
static void
it_is_fnv_1a(void)
{
	CU_ASSERT_EQUAL(fnv(FNV_BEGIN, "", 0), UINT64_C(0xcbf29ce484222325));
	CU_ASSERT_EQUAL(fnv(FNV_BEGIN, "a", 1), UINT64_C(0xaf63dc4c8601ec8c));
	CU_ASSERT_EQUAL(fnv(FNV_BEGIN, "foobar", 6),
	    UINT64_C(0x85944171f73967e8));
}

static void
parts_one_after_the_other_are_the_whole(void)
{
	CU_ASSERT_EQUAL(fnv(fnv(FNV_BEGIN, "foo", 3), "bar", 3),
	    fnv(FNV_BEGIN, "foobar", 6));
}

static CU_TestInfo tests[] = {
	{ "it is FNV-1a", it_is_fnv_1a },
	{ "parts, one after the other, are the whole",
	    parts_one_after_the_other_are_the_whole },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_fnv = { "base/fnv", NULL, NULL, NULL, NULL, tests };
