/* SPDX-License-Identifier: ISC */
#include "asker.h"
#include "unit.h"
#include "view/mode6_parts.h"

#include <string.h>

static void
items_are_cut_out_of_any_octets(void)
{
	static const char octets[] = " leap , ,offset=1 ,\0,x = y z ,=,";
	struct mode6_items i = { octets, sizeof(octets) - 1, false };
	char name[MODE6_ITEM], value[MODE6_ITEM];

	CU_ASSERT_TRUE_FATAL(mode6_item(&i, name, value));
	CU_ASSERT_STRING_EQUAL(name, "leap");
	CU_ASSERT_STRING_EQUAL(value, "");
	CU_ASSERT_TRUE_FATAL(mode6_item(&i, name, value));
	CU_ASSERT_STRING_EQUAL(name, "offset");
	CU_ASSERT_STRING_EQUAL(value, "1");
	CU_ASSERT_TRUE_FATAL(mode6_item(&i, name, value));
	CU_ASSERT_STRING_EQUAL(name, "x");
	CU_ASSERT_STRING_EQUAL(value, "y z");
	CU_ASSERT_FALSE(mode6_item(&i, name, value));
	CU_ASSERT_FALSE(i.bad);
}

static void
lines_are_short(void)
{
	asker_ask(CTL_READVAR, 1, "");
	for (const char *at = asker.data; *at != '\0';) {
		size_t n = strcspn(at, "\r");

		/* With a comma behind 72; a longer item has a line alone. */
		CU_ASSERT_TRUE(n <= 73 || memchr(at, ',', n - 1) == NULL);
		CU_ASSERT_EQUAL_FATAL(strncmp(at + n, "\r\n", 2), 0);
		at += n + 2;
	}
}

/* 2025-06-01 00:00 UTC is 1748736000 + 2208988800 = 0xebe61680 s after 1900;
 * half a second is 2^31 parts. */
static void
a_stamp_is_hexadecimal(void)
{
	char buf[MODE6_STAMP];

	CU_ASSERT_STRING_EQUAL(
	    mode6_stamp((struct wall){ INT64_C(1748736000500000000) }, buf),
	    "0xebe61680.80000000");
}

static CU_TestInfo tests[] = {
	{ "items are cut out of any octets", items_are_cut_out_of_any_octets },
	{ "lines are short", lines_are_short },
	{ "a stamp is hexadecimal", a_stamp_is_hexadecimal },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_mode6_item = { "view/mode6_item", NULL, NULL, asker_init,
	NULL, tests };
