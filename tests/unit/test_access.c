/* SPDX-License-Identifier: ISC */
#include "core/access.h"
#include "unit.h"

static struct access rules;

static void
setup(void)
{
	rules.count = 0;
}

static bool
add(const char *text, bool allow)
{
	struct prefix p;
	struct err e;

	CU_ASSERT_EQUAL_FATAL(prefix_parse(&p, text, &e), 0);
	return access_add(&rules, &p, allow);
}

static bool
allowed(const char *text)
{
	struct addr a;

	CU_ASSERT_TRUE_FATAL(addr_parse(&a, text));
	return access_allowed(&rules, &a);
}

static void
nobody_is_allowed_if_nobody_is_named(void)
{
	CU_ASSERT_FALSE(allowed("127.0.0.1"));
	CU_ASSERT_FALSE(allowed("::1"));
}

static void
who_is_not_named_is_not_allowed(void)
{
	add("10.0.0.0/8", true);
	CU_ASSERT_TRUE(allowed("10.255.0.1"));
	CU_ASSERT_FALSE(allowed("11.0.0.1"));
	CU_ASSERT_FALSE(allowed("2001:db8::1"));
}

static void
the_longest_prefix_decides_in_whatever_order_they_came(void)
{
	add("10.9.0.0/16", false);
	add("10.0.0.0/8", true);
	add("10.9.9.9/32", true);
	add("0.0.0.0/0", false);
	CU_ASSERT_TRUE(allowed("10.1.0.1"));
	CU_ASSERT_FALSE(allowed("10.9.0.1"));
	CU_ASSERT_TRUE(allowed("10.9.9.9"));
	CU_ASSERT_FALSE(allowed("192.0.2.1"));
}

static void
a_short_ipv6_prefix_does_not_hide_a_shorter_ipv4_one(void)
{
	add("2001:db8::/32", false);
	add("0.0.0.0/0", true);
	CU_ASSERT_TRUE(allowed("32.1.13.184"));
	CU_ASSERT_FALSE(allowed("2001:db8::1"));
}

static void
a_mapped_address_meets_the_ipv4_rules(void)
{
	add("::/0", true);
	add("10.0.0.0/8", false);
	CU_ASSERT_FALSE(allowed("::ffff:10.0.0.1"));
}

static void
the_same_rule_twice_is_one(void)
{
	CU_ASSERT_TRUE(add("10.0.0.0/8", true));
	CU_ASSERT_TRUE(add("10.0.0.0/8", true));
	CU_ASSERT_EQUAL(rules.count, 1);
}

static void
a_rule_against_itself_is_refused(void)
{
	CU_ASSERT_TRUE(add("10.0.0.0/8", true));
	CU_ASSERT_TRUE(add("10.0.0.0/9", false));
	CU_ASSERT_FALSE(add("10.0.0.0/8", false));
	CU_ASSERT_EQUAL(rules.count, 2);
}

static void
the_table_ends_where_it_says(void)
{
	struct prefix p = { .net = { .family = ADDR_V4 }, .len = 32 };

	for (unsigned i = 0; i < ACCESS_MAX; i++) {
		p.net.ip[2] = (uint8_t)(i >> 8);
		p.net.ip[3] = (uint8_t)i;
		CU_ASSERT_TRUE_FATAL(access_add(&rules, &p, true));
	}
	CU_ASSERT_FALSE(add("10.0.0.0/8", true));
	CU_ASSERT_TRUE(allowed("0.0.1.255"));
	CU_ASSERT_FALSE(allowed("10.0.0.1"));
}

static CU_TestInfo tests[] = {
	{ "nobody is allowed if nobody is named",
	    nobody_is_allowed_if_nobody_is_named },
	{ "who is not named is not allowed", who_is_not_named_is_not_allowed },
	{ "the longest prefix decides, in whatever order they came",
	    the_longest_prefix_decides_in_whatever_order_they_came },
	{ "a short IPv6 prefix does not hide a shorter IPv4 one",
	    a_short_ipv6_prefix_does_not_hide_a_shorter_ipv4_one },
	{ "a mapped address meets the IPv4 rules",
	    a_mapped_address_meets_the_ipv4_rules },
	{ "the same rule twice is one", the_same_rule_twice_is_one },
	{ "a rule against itself is refused",
	    a_rule_against_itself_is_refused },
	{ "the table ends where it says", the_table_ends_where_it_says },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_access = { "core/access", NULL, NULL, setup, NULL, tests };
