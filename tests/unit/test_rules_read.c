/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "view/rules_parts.h"

#include <string.h>

static void
a_section_has_its_table_and_its_lines(void)
{
	struct rules *r = rules_new("table inet t {\n\tchain c {\n"
				    "\t\tudp dport 1 drop\n\t\taccept\n\t}\n"
				    "\n\tcounter n {\n\t}\n}\n");

	CU_ASSERT_EQUAL_FATAL(r->sections, 3); /* the table's own first */
	CU_ASSERT_STRING_EQUAL(r->section[1].table, "t");
	CU_ASSERT_STRING_EQUAL(r->section[1].name, "chain c");
	CU_ASSERT_EQUAL_FATAL(r->section[1].count, 2);
	CU_ASSERT_STRING_EQUAL(r->line[r->section[1].first + 1], "accept");
	CU_ASSERT_STRING_EQUAL(r->section[2].name, "counter n");
	CU_ASSERT_EQUAL(r->section[2].count, 0);
	rules_free(r);
}

static void
elements_are_sorted_lines_of_their_own(void)
{
	struct rules *r = rules_new("table inet t {\n\tset s {\n"
				    "\t\ttype ifname\n\t\telements = { \"b\",\n"
				    "\t\t\t     \"a,c\" }\n\t}\n}\n");
	const struct rules_section *s = &r->section[1];

	CU_ASSERT_EQUAL(s->count, 1);
	CU_ASSERT_EQUAL_FATAL(s->elements, 2);
	CU_ASSERT_STRING_EQUAL(r->line[s->element], "\"a,c\"");
	CU_ASSERT_STRING_EQUAL(r->line[s->element + 1], "\"b\"");
	rules_free(r);
}

static void
what_the_kernel_adds_is_left_out(void)
{
	struct rules *r = rules_new("table inet t {\n\tset s {\n"
				    "\t\tflags dynamic,timeout\n"
				    "\t\telements = { 1, 2 }\n\t}\n}\n");

	CU_ASSERT_TRUE(r->section[1].dynamic);
	CU_ASSERT_EQUAL(r->section[1].elements, 0);
	rules_free(r);
}

static void
text_that_is_no_listing_is_survived(void)
{
	static const char *const bad[] = {
		"\n\n", "\t\telements = { 1, 2",
		"table inet x {\n\tset s {\n\t\telements = { 1,\n2,\n",
		"\tset s {\n\t\telements = { ,,, }\n", "table {\n}\n",
		"table inet q {\n\tset s {\n\t\telements = { \"a,b\", \"c }\n"
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct rules *r = rules_new(bad[i]);

		CU_ASSERT_PTR_NOT_NULL(r);
		rules_free(r);
	}
}

static CU_TestInfo tests[] = {
	{ "a section has its table and its lines",
	    a_section_has_its_table_and_its_lines },
	{ "elements are sorted lines of their own",
	    elements_are_sorted_lines_of_their_own },
	{ "what the kernel adds is left out",
	    what_the_kernel_adds_is_left_out },
	{ "text that is no listing is survived",
	    text_that_is_no_listing_is_survived },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_rules_read = { "view/rules_read", NULL, NULL, NULL, NULL,
	tests };
