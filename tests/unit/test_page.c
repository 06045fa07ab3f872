/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "view/page.h"

#include <string.h>

static char buf[4096];
static struct text out;
static struct table_style style;
static struct page page = { &style, &out };

static void
setup(void)
{
	out = TEXT(buf);
	buf[0] = '\0';
	style = (struct table_style){ .width = 80 };
}

static void
nothing_is_narrower_than_80(void)
{
	style.width = 20;
	CU_ASSERT_EQUAL(page_width(&style), 80);
	style.width = 132;
	CU_ASSERT_EQUAL(page_width(&style), 132);
}

/* Nine columns for "Truth", and the text begins in the fourteenth. */
static void
a_label_has_its_text_beside_it(void)
{
	page_say(&page, "Truth", "%u of %u agree", 3, 4);
	CU_ASSERT_STRING_EQUAL(buf, "  Truth      3 of 4 agree\n");
}

/* 67 columns are left of 80: sixteen words of four, and one of three. */
static void
a_line_is_full_at_80(void)
{
	page_say(&page, "", "%s",
	    "aaa bbb ccc ddd eee fff ggg hhh iii jjj kkk lll mmm nnn ooo ppp "
	    "qqq rrr");
	CU_ASSERT_STRING_EQUAL(buf,
	    "             aaa bbb ccc ddd eee fff ggg hhh iii jjj kkk lll mmm "
	    "nnn ooo ppp qqq\n"
	    "             rrr\n");
}

static void
a_number_keeps_its_unit(void)
{
	page_wrap(&page, 75, 2, "in 12 min");
	CU_ASSERT_STRING_EQUAL(buf, "in\n  12 min\n");
}

static void
a_word_too_long_for_a_line_is_not_broken(void)
{
	char word[121] = "", want[130];

	memset(word, 'x', 120);
	page_wrap(&page, 4, 4, word);
	strcpy(want, word);
	strcat(want, "\n");
	CU_ASSERT_STRING_EQUAL(buf, want);
}

static void
a_text_too_long_is_cut_and_still_ends(void)
{
	static char word[2 * PAGE_PARAGRAPH_MAX];

	memset(word, 'x', sizeof(word) - 1);
	page_say(&page, "", "%s", word);
	CU_ASSERT_EQUAL(strlen(buf), 13 + PAGE_PARAGRAPH_MAX - 1 + 1);
}

static void
colours_only_where_they_are_wanted(void)
{
	page_colour(&page, PAGE_RED, "panic!", 5);
	CU_ASSERT_STRING_EQUAL(buf, "panic");
	setup();
	style.colour = true;
	page_colour(&page, PAGE_RED, "panic!", 5);
	CU_ASSERT_STRING_EQUAL(buf, "\033[31mpanic\033[0m");
}

/* The escapes count for nothing: 13 + 5 + 62 is 80. */
static void
a_mark_does_not_move_the_line_end(void)
{
	char text[64] = "";

	style.colour = true;
	memset(text, 'x', 62);
	text[0] = ' ';
	page_mark(&page, "Label", PAGE_RED, "panic", text);
	CU_ASSERT_EQUAL(
	    strncmp(buf, "  Label      \033[31mpanic\033[0m xxx", 31), 0);
	CU_ASSERT_PTR_NULL(strstr(buf, "\n "));
}

static void
a_long_name_loses_its_middle(void)
{
	page_name(&page, "ntp1.example.net", 20);
	CU_ASSERT_STRING_EQUAL(buf, "ntp1.example.net    ");
	setup();
	page_name(&page, "ntp1.department.example.net", 20);
	CU_ASSERT_STRING_EQUAL(buf, "ntp1.de..example.net");
}

static CU_TestInfo tests[] = {
	{ "nothing is narrower than 80", nothing_is_narrower_than_80 },
	{ "a label has its text beside it", a_label_has_its_text_beside_it },
	{ "a line is full at 80", a_line_is_full_at_80 },
	{ "a number keeps its unit", a_number_keeps_its_unit },
	{ "a word too long for a line is not broken",
	    a_word_too_long_for_a_line_is_not_broken },
	{ "a text too long is cut, and still ends",
	    a_text_too_long_is_cut_and_still_ends },
	{ "colours only where they are wanted",
	    colours_only_where_they_are_wanted },
	{ "a mark does not move the line end",
	    a_mark_does_not_move_the_line_end },
	{ "a long name loses its middle", a_long_name_loses_its_middle },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_page = { "view/page", NULL, NULL, setup, NULL, tests };
