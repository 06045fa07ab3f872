/* SPDX-License-Identifier: ISC */
#include "base/err.h"
#include "unit.h"

#include <errno.h>
#include <string.h>

static void
failing_is_one_statement(void)
{
	struct err e;

	CU_ASSERT_EQUAL(err_set(&e, "port %d is taken", 123), -1);
	CU_ASSERT_STRING_EQUAL(e.text, "port 123 is taken");
}

static void
the_system_s_reason_stands_behind_a_colon(void)
{
	struct err e;

	errno = ENOENT;
	CU_ASSERT_EQUAL(err_sys(&e, "open %s", "x"), -1);
	CU_ASSERT_STRING_EQUAL(e.text, "open x: No such file or directory");
}

static void
places_are_put_in_front_from_the_inside_out(void)
{
	struct err e;

	err_set(&e, "bind");
	CU_ASSERT_EQUAL(err_at(&e, "listen %s", "::"), -1);
	CU_ASSERT_EQUAL(err_at(&e, "x.conf:%d", 12), -1);
	CU_ASSERT_STRING_EQUAL(e.text, "x.conf:12: listen ::: bind");
}

static void
a_new_sentence_replaces_the_old(void)
{
	struct err e;

	err_set(&e, "a long sentence that was there before");
	err_set(&e, "short");
	CU_ASSERT_STRING_EQUAL(e.text, "short");
}

static void
a_sentence_too_long_is_cut_and_ends(void)
{
	char longest[1000];
	struct err e;

	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	err_set(&e, "%s", longest);
	CU_ASSERT_EQUAL(strlen(e.text), sizeof(e.text) - 1);
	err_at(&e, "here");
	CU_ASSERT_EQUAL(strlen(e.text), sizeof(e.text) - 1);
	CU_ASSERT_EQUAL(strncmp(e.text, "here: xxx", 9), 0);
}

static CU_TestInfo tests[] = {
	{ "failing is one statement", failing_is_one_statement },
	{ "the system's reason stands behind a colon",
	    the_system_s_reason_stands_behind_a_colon },
	{ "places are put in front from the inside out",
	    places_are_put_in_front_from_the_inside_out },
	{ "a new sentence replaces the old", a_new_sentence_replaces_the_old },
	{ "a sentence too long is cut and ends",
	    a_sentence_too_long_is_cut_and_ends },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_err = { "base/err", NULL, NULL, NULL, NULL, tests };
