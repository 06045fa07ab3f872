/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "view/html.h"

#include <math.h>

static char buf[256];

static void
names_cannot_be_markup(void)
{
	struct text t = TEXT(buf);

	html_add(&t, "<b a='1' c=\"2\">&\n\x1b");
	CU_ASSERT_STRING_EQUAL(buf,
	    "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;  ");
}

static void
what_is_formatted_cannot_either(void)
{
	struct text t = TEXT(buf);

	html_say(&t, "%s and %d", "<i>", 5);
	CU_ASSERT_STRING_EQUAL(buf, "&lt;i&gt; and 5");
}

static void
seconds_have_proper_signs(void)
{
	CU_ASSERT_STRING_EQUAL(html_seconds(-0.00012, true).text,
	    "\342\210\222120\302\240\302\265s");
	CU_ASSERT_STRING_EQUAL(html_seconds(0.0012, true).text,
	    "+1.20\302\240ms");
	CU_ASSERT_STRING_EQUAL(html_seconds(INFINITY, false).text, "-");
}

static void
thousands_stand_apart(void)
{
	CU_ASSERT_STRING_EQUAL(html_count(0).text, "0");
	CU_ASSERT_STRING_EQUAL(html_count(999).text, "999");
	CU_ASSERT_STRING_EQUAL(html_count(1000).text, "1,000");
	CU_ASSERT_STRING_EQUAL(html_count(1234567).text, "1,234,567");
}

static CU_TestInfo tests[] = {
	{ "names cannot be markup", names_cannot_be_markup },
	{ "what is formatted cannot either", what_is_formatted_cannot_either },
	{ "seconds have proper signs", seconds_have_proper_signs },
	{ "thousands stand apart", thousands_stand_apart },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_html = { "view/html", NULL, NULL, NULL, NULL, tests };
