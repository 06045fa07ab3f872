/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "view/rules.h"

#include <stdio.h>
#include <string.h>

/* As nft 1.0.6 lists it. */
#define COUNTER "\tcounter hard {\n\t}\n\n"
#define OWN(elements)                                            \
	"\tset own4 {\n\t\ttype ipv4_addr\n\t\tflags interval\n" \
	"\t\tauto-merge\n\t\telements = { " elements " }\n\t}\n\n"
#define OFFENDERS(elements)                                        \
	"\tset offenders4 {\n\t\ttype ipv4_addr . ipv4_addr\n"     \
	"\t\tsize 65536\n\t\tflags dynamic,timeout\n\t\tcounter\n" \
	"\t\ttimeout 1d\n\t\telements = { " elements " }\n\t}\n\n"
#define FORWARD(rules)                                                             \
	"\tchain forward {\n"                                                      \
	"\t\ttype filter hook forward priority filter - 5; policy accept;\n" rules \
	"\t}\n"
#define TABLE(content) "table inet ntpgate {\n" content "}\n"
#define ONE "\t\tip saddr @own4 udp dport 123 counter name \"hard\" drop\n"
#define TWO "\t\tudp sport 123 drop\n"
#define BUDGET(content) "table inet ntpgate_budget {\n" content "}\n"
#define LIMIT(n)                                 \
	"\tlimit day" #n " {\n\t\trate over " #n \
	"/day burst 320 packets\n\t}\n\n"
#define SPEND "\tchain spend {\n\t\tlimit name \"day640\" drop\n\t}\n"

static char buf[4096];
static struct text out;

static void
setup(void)
{
	out = TEXT(buf);
	buf[0] = '\0';
}

static enum rules_same
compared(const char *was, const char *is, const char *table)
{
	struct rules *a = rules_new(was), *b = rules_new(is);
	enum rules_same same = rules_compare(a, b, table);

	rules_free(a);
	rules_free(b);
	return same;
}

static void
write_change(void *arg, const struct rules_change *c)
{
	text_add(arg, "%s|%s%c%s\n", c->table, c->section, c->added ? '+' : '-',
	    c->line);
}

static size_t
differ(const char *was, const char *is)
{
	struct rules *a = rules_new(was), *b = rules_new(is);
	size_t n = rules_diff(a, b, write_change, &out);

	rules_free(a);
	rules_free(b);
	return n;
}

static void
refill(const char *was, const char *is)
{
	struct rules *a = rules_new(was), *b = rules_new(is);

	rules_refill(a, b, &out);
	rules_free(a);
	rules_free(b);
}

static bool
leftover(const char *was, const char *is)
{
	struct rules *a = rules_new(was), *b = rules_new(is);
	bool all = rules_leftover(a, b, "ntpgate_budget", &out);

	rules_free(a);
	rules_free(b);
	return all;
}

static void
a_listing_is_like_itself(void)
{
	const char *listing =
	    TABLE(COUNTER OWN("10.0.0.11, 10.1.0.0/16") FORWARD(ONE TWO));

	CU_ASSERT_EQUAL(compared(listing, listing, NULL), RULES_SAME);
	CU_ASSERT_EQUAL(differ(listing, listing), 0);
	CU_ASSERT_STRING_EQUAL(buf, "");
}

static void
the_lines_of_elements_may_break_anywhere(void)
{
	CU_ASSERT_EQUAL(compared(TABLE(OWN("10.0.0.11, 10.1.0.0/16")),
			    TABLE(OWN("10.1.0.0/16,\n\t\t\t     10.0.0.11")),
			    NULL),
	    RULES_SAME);
}

static void
what_the_kernel_adds_itself_is_no_difference(void)
{
	CU_ASSERT_EQUAL(
	    compared(TABLE(OFFENDERS("10.1.2.3 . 192.0.2.1 counter,\n"
				     "\t\t\t     10.1.2.4 . 192.0.2.1 "
				     "counter") FORWARD(ONE)),
		TABLE(OFFENDERS("10.9.9.9 . 192.0.2.1 counter") FORWARD(ONE)),
		NULL),
	    RULES_SAME);
}

static void
another_element_is_told_from_another_rule(void)
{
	const char *was = TABLE(OWN("10.0.0.11") FORWARD(ONE));

	CU_ASSERT_EQUAL(
	    compared(was, TABLE(OWN("10.0.0.12") FORWARD(ONE)), NULL),
	    RULES_ELEMENTS);
	CU_ASSERT_EQUAL(
	    compared(was, TABLE(OWN("10.0.0.11") FORWARD(TWO)), NULL),
	    RULES_OTHER);
}

static void
the_difference_says_where(void)
{
	CU_ASSERT_EQUAL(
	    differ(TABLE(OWN("10.0.0.11, 10.0.0.13") FORWARD(ONE)),
		TABLE(OWN("10.0.0.11, 10.0.0.12") FORWARD(ONE TWO))),
	    3);
	CU_ASSERT_STRING_EQUAL(buf,
	    "ntpgate|set own4+10.0.0.12\nntpgate|set own4-10.0.0.13\n"
	    "ntpgate|chain forward+udp sport 123 drop\n");
}

static void
a_rule_that_moved_is_a_difference(void)
{
	CU_ASSERT_EQUAL(
	    differ(TABLE(FORWARD(ONE TWO)), TABLE(FORWARD(TWO ONE))), 2);
	CU_ASSERT_EQUAL(
	    compared(TABLE(FORWARD(ONE TWO)), TABLE(FORWARD(TWO ONE)), NULL),
	    RULES_OTHER);
}

static void
a_rule_that_was_changed_is_two_lines(void)
{
	CU_ASSERT_EQUAL(differ(TABLE(FORWARD(ONE TWO)),
			    TABLE(FORWARD(ONE "\t\tudp sport 123 accept\n"))),
	    2);
	CU_ASSERT_STRING_EQUAL(buf,
	    "ntpgate|chain forward-udp sport 123 drop\n"
	    "ntpgate|chain forward+udp sport 123 accept\n");
}

static void
a_counter_of_no_lines_is_seen(void)
{
	CU_ASSERT_EQUAL(
	    differ(TABLE(FORWARD(ONE)), TABLE(COUNTER FORWARD(ONE))), 1);
	CU_ASSERT_STRING_EQUAL(buf, "ntpgate|counter hard+\n");
}

/* "flags dormant" switches a whole table off. */
static void
the_flags_of_a_table_are_seen(void)
{
	CU_ASSERT_EQUAL(differ(TABLE(FORWARD(ONE)),
			    TABLE("\tflags dormant\n\n" FORWARD(ONE))),
	    1);
	CU_ASSERT_STRING_EQUAL(buf, "ntpgate|+flags dormant\n");
}

static void
nothing_loaded_differs_in_everything(void)
{
	struct rules *none = rules_new("");

	CU_ASSERT_FALSE(rules_has_table(none, "ntpgate"));
	rules_free(none);
	CU_ASSERT_EQUAL(differ("", TABLE(FORWARD(ONE))), 3);
	CU_ASSERT_EQUAL(compared("", "", NULL), RULES_SAME);
	CU_ASSERT_EQUAL(compared("", TABLE(""), NULL), RULES_OTHER);
}

static void
one_table_can_be_compared_alone(void)
{
	const char *was = TABLE(FORWARD(ONE)) BUDGET(LIMIT(640) SPEND);
	const char *is = TABLE(FORWARD(TWO)) BUDGET(LIMIT(640) SPEND);

	CU_ASSERT_EQUAL(compared(was, is, "ntpgate"), RULES_OTHER);
	CU_ASSERT_EQUAL(compared(was, is, "ntpgate_budget"), RULES_SAME);
}

static void
the_same_name_in_two_tables_is_two_chains(void)
{
	const char *was = TABLE(FORWARD(ONE)) BUDGET(FORWARD(TWO));

	CU_ASSERT_EQUAL(compared(was, was, NULL), RULES_SAME);
	CU_ASSERT_EQUAL(
	    compared(was, TABLE(FORWARD(TWO)) BUDGET(FORWARD(ONE)), NULL),
	    RULES_OTHER);
}

static void
only_sets_that_differ_are_filled_anew(void)
{
	refill(TABLE(OWN("10.0.0.11")) BUDGET(OWN("10.7.0.0/16")),
	    TABLE(OWN("10.0.0.11, 10.0.0.12")) BUDGET(OWN("10.7.0.0/16")));
	CU_ASSERT_STRING_EQUAL(buf,
	    "flush set inet ntpgate own4\n"
	    "add element inet ntpgate own4 { 10.0.0.11, 10.0.0.12 }\n");
}

/* "elements = { }" would be an error. */
static void
a_set_that_is_to_be_empty_is_only_flushed(void)
{
	refill(TABLE(OWN("10.0.0.11")),
	    TABLE("\tset own4 {\n\t\ttype ipv4_addr\n\t\tflags interval\n"
		  "\t\tauto-merge\n\t}\n"));
	CU_ASSERT_STRING_EQUAL(buf, "flush set inet ntpgate own4\n");
}

/* 33 elements are two commands of sixteen and one of one. */
static void
many_elements_are_several_commands(void)
{
	char list[1024] = "10.0.0.1";
	char listing[2048];
	struct text t = TEXT(list), whole = TEXT(listing);

	for (int i = 0; i < 33; i++)
		text_add(&t, "%s10.0.%d.1", i > 0 ? ", " : "", i);
	text_add(&whole,
	    "table inet t {\n\tset s {\n\t\ttype ipv4_addr\n"
	    "\t\telements = { %s }\n\t}\n}\n",
	    list);
	refill("table inet t {\n\tset s {\n\t\ttype ipv4_addr\n\t}\n}\n",
	    listing);
	unsigned commands = 0;

	for (const char *p = buf; (p = strstr(p, "add element")) != NULL; p++)
		commands++;
	CU_ASSERT_EQUAL(commands, 3);
}

static void
a_limit_that_is_no_longer_wanted_is_left_over(void)
{
	CU_ASSERT_TRUE(
	    leftover(BUDGET(LIMIT(640) SPEND), BUDGET(LIMIT(1000) SPEND)));
	CU_ASSERT_STRING_EQUAL(buf,
	    "delete limit inet ntpgate_budget day640\n");
}

static void
rules_of_a_chain_do_not_make_a_table_anew(void)
{
	CU_ASSERT_TRUE(leftover(BUDGET(LIMIT(640) FORWARD(ONE)),
	    BUDGET(LIMIT(640) FORWARD(TWO))));
	CU_ASSERT_STRING_EQUAL(buf, "");
}

static void
but_a_limit_a_hook_and_a_chain_by_hand_do(void)
{
	CU_ASSERT_FALSE(leftover(
	    BUDGET("\tlimit day640 {\n\t\trate 9/day burst 1 packets\n\t}\n"),
	    BUDGET(LIMIT(640))));
	CU_ASSERT_FALSE(leftover(
	    BUDGET("\tchain forward {\n\t\ttype filter hook input priority "
		   "0; policy drop;\n\t}\n"),
	    BUDGET(FORWARD(""))));
	CU_ASSERT_FALSE(
	    leftover(BUDGET(SPEND "\tchain mine {\n\t}\n"), BUDGET(SPEND)));
}

/* A chain of 600 rules is too long to be told apart rule by rule. */
static void
a_long_chain_differs_from_the_first_rule_on_that_does(void)
{
	static char was[32768], is[32768];
	struct text a = TEXT(was), b = TEXT(is);

	for (int i = 0; i < 602; i++) {
		text_add(&a,
		    i == 0	 ? "table inet t {\n\tchain c {\n" :
			i == 601 ? "\t}\n}\n" :
				   "\t\tudp dport %d drop\n",
		    i);
		text_add(&b,
		    i == 0	 ? "table inet t {\n\tchain c {\n" :
			i == 601 ? "\t}\n}\n" :
				   "\t\tudp dport %d %s\n",
		    i, i == 600 ? "accept" : "drop");
	}
	CU_ASSERT_EQUAL(differ(was, is), 2);
}

static CU_TestInfo tests[] = {
	{ "a listing is like itself", a_listing_is_like_itself },
	{ "the lines of elements may break anywhere",
	    the_lines_of_elements_may_break_anywhere },
	{ "what the kernel adds itself is no difference",
	    what_the_kernel_adds_itself_is_no_difference },
	{ "another element is told from another rule",
	    another_element_is_told_from_another_rule },
	{ "the difference says where", the_difference_says_where },
	{ "a rule that moved is a difference",
	    a_rule_that_moved_is_a_difference },
	{ "a rule that was changed is two lines",
	    a_rule_that_was_changed_is_two_lines },
	{ "a counter of no lines is seen", a_counter_of_no_lines_is_seen },
	{ "the flags of a table are seen", the_flags_of_a_table_are_seen },
	{ "nothing loaded differs in everything",
	    nothing_loaded_differs_in_everything },
	{ "one table can be compared alone", one_table_can_be_compared_alone },
	{ "the same name in two tables is two chains",
	    the_same_name_in_two_tables_is_two_chains },
	{ "only sets that differ are filled anew",
	    only_sets_that_differ_are_filled_anew },
	{ "a set that is to be empty is only flushed",
	    a_set_that_is_to_be_empty_is_only_flushed },
	{ "many elements are several commands",
	    many_elements_are_several_commands },
	{ "a limit that is no longer wanted is left over",
	    a_limit_that_is_no_longer_wanted_is_left_over },
	{ "rules of a chain do not make a table anew",
	    rules_of_a_chain_do_not_make_a_table_anew },
	{ "but a limit, a hook and a chain by hand do",
	    but_a_limit_a_hook_and_a_chain_by_hand_do },
	{ "a long chain differs from the first rule on that does",
	    a_long_chain_differs_from_the_first_rule_on_that_does },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_rules = { "view/rules", NULL, NULL, setup, NULL, tests };
