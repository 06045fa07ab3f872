/* SPDX-License-Identifier: ISC */
#include "core/group.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

static struct source source[6];
static unsigned group[6];
static unsigned n;

static void
setup(void)
{
	memset(source, 0, sizeof(source));
	n = 0;
}

static void
add(const char *address, const char *operator_name)
{
	struct source_conf *c = &source[n++].conf;

	if (address[0] != '\0')
		CU_ASSERT_TRUE_FATAL(addr_parse(&c->addr, address));
	snprintf(c->operator_name, sizeof(c->operator_name), "%s",
	    operator_name);
}

static void
assign(void)
{
	group_assign(source, n, group);
}

static void
strangers_to_each_other_are_groups_of_one(void)
{
	add("1.0.0.1", "");
	add("2.0.0.1", "");
	add("2606:4700::1", "");
	assign();
	CU_ASSERT_EQUAL(group[0], 0);
	CU_ASSERT_EQUAL(group[1], 1);
	CU_ASSERT_EQUAL(group[2], 2);
}

static void
servers_of_one_operator_are_one_voice(void)
{
	add("1.0.0.1", "Example University");
	add("2.0.0.1", "Another");
	add("3.0.0.1", "example university");
	assign();
	CU_ASSERT_EQUAL(group[2], 0);
	CU_ASSERT_EQUAL(group[1], 1);
}

static void
one_public_24_or_48_is_one_voice(void)
{
	add("1.2.3.1", "");
	add("1.2.3.255", "");
	add("1.2.4.1", "");
	add("2606:4700:1::1", "");
	add("2606:4700:1:ffff::1", "");
	add("2606:4700:2::1", "");
	assign();
	CU_ASSERT_EQUAL(group[1], 0);
	CU_ASSERT_EQUAL(group[2], 2);
	CU_ASSERT_EQUAL(group[4], 3);
	CU_ASSERT_EQUAL(group[5], 5);
}

static void
a_lab_s_network_says_nothing(void)
{
	add("127.0.0.1", "");
	add("127.0.0.2", "");
	add("192.0.2.1", "");
	add("192.0.2.2", "");
	assign();
	CU_ASSERT_EQUAL(group[1], 1);
	CU_ASSERT_EQUAL(group[3], 3);
}

static void
two_named_operators_in_one_network_are_two_voices(void)
{
	add("1.2.3.1", "A");
	add("1.2.3.2", "B");
	assign();
	CU_ASSERT_EQUAL(group[1], 1);
}

static void
who_names_no_operator_speaks_with_its_network(void)
{
	add("1.2.3.1", "A");
	add("1.2.3.2", "");
	assign();
	CU_ASSERT_EQUAL(group[1], 0);
}

static void
a_friend_of_a_friend_is_one_voice_under_the_least_index(void)
{
	add("1.2.3.1", "");
	add("9.9.9.9", "A");
	add("8.8.8.8", "A");
	add("9.9.9.8", "");
	add("1.2.3.4", "");
	assign();
	CU_ASSERT_EQUAL(group[0], 0);
	CU_ASSERT_EQUAL(group[1], 1);
	CU_ASSERT_EQUAL(group[2], 1);
	CU_ASSERT_EQUAL(group[3], 1);
	CU_ASSERT_EQUAL(group[4], 0);
}

static void
who_speaks_with_two_joins_them_under_the_lesser_index(void)
{
	add("1.2.3.1", "");
	add("9.9.9.9", "A");
	add("1.2.3.2", "A");
	assign();
	CU_ASSERT_EQUAL(group[0], 0);
	CU_ASSERT_EQUAL(group[1], 0);
	CU_ASSERT_EQUAL(group[2], 0);
}

static void
behind_nat64_the_ipv4_network_counts(void)
{
	add("64:ff9b::1.2.3.4", "");
	add("64:ff9b::8.8.8.8", "");
	add("1.2.3.9", "");
	assign();
	CU_ASSERT_EQUAL(group[1], 1);
	CU_ASSERT_EQUAL(group[2], 0);
}

static void
names_not_yet_resolved_are_not_one_voice(void)
{
	add("", "");
	add("", "");
	assign();
	CU_ASSERT_EQUAL(group[1], 1);
}

/* Server i has said so for eight samples and more. */
static void
follows(unsigned i, uint32_t refid)
{
	for (unsigned k = 0; k < SOURCE_REFIDS; k++)
		source[i].refids[k] = refid;
}

static void
who_follow_one_server_are_joined(void)
{
	add("1.0.0.1", "A");
	add("2.0.0.1", "B");
	add("3.0.0.1", "C");
	follows(1, 0x08080808);
	follows(2, 0x08080808);
	assign();
	CU_ASSERT_EQUAL(group[2], 2);
	CU_ASSERT_TRUE(group_join(source, n, group));
	CU_ASSERT_EQUAL(group[0], 0);
	CU_ASSERT_EQUAL(group[2], 1);
}

/* 1 is of 0's operator, and follows whom 2 does. */
static void
joining_takes_the_whole_group_along(void)
{
	add("1.0.0.1", "A");
	add("2.0.0.1", "A");
	add("3.0.0.1", "C");
	follows(1, 0x08080808);
	follows(2, 0x08080808);
	assign();
	CU_ASSERT_TRUE(group_join(source, n, group));
	CU_ASSERT_EQUAL(group[2], 0);
}

static void
who_do_not_say_whom_they_follow_are_not_joined(void)
{
	add("1.0.0.1", "A");
	add("2.0.0.1", "B");
	assign();
	CU_ASSERT_FALSE(group_join(source, n, group));
	CU_ASSERT_EQUAL(group[1], 1);
}

static void
one_operator_with_one_reference_is_nothing_new(void)
{
	add("1.0.0.1", "A");
	add("2.0.0.1", "A");
	follows(0, 0x08080808);
	follows(1, 0x08080808);
	assign();
	CU_ASSERT_FALSE(group_join(source, n, group));
}

static CU_TestInfo tests[] = {
	{ "who follow one server are joined",
	    who_follow_one_server_are_joined },
	{ "joining takes the whole group along",
	    joining_takes_the_whole_group_along },
	{ "who do not say whom they follow are not joined",
	    who_do_not_say_whom_they_follow_are_not_joined },
	{ "one operator with one reference is nothing new",
	    one_operator_with_one_reference_is_nothing_new },
	{ "strangers to each other are groups of one",
	    strangers_to_each_other_are_groups_of_one },
	{ "servers of one operator are one voice",
	    servers_of_one_operator_are_one_voice },
	{ "one public /24 or /48 is one voice",
	    one_public_24_or_48_is_one_voice },
	{ "a lab's network says nothing", a_lab_s_network_says_nothing },
	{ "two named operators in one network are two voices",
	    two_named_operators_in_one_network_are_two_voices },
	{ "who names no operator speaks with its network",
	    who_names_no_operator_speaks_with_its_network },
	{ "a friend of a friend is one voice, under the least index",
	    a_friend_of_a_friend_is_one_voice_under_the_least_index },
	{ "who speaks with two joins them under the lesser index",
	    who_speaks_with_two_joins_them_under_the_lesser_index },
	{ "behind NAT64 the IPv4 network counts",
	    behind_nat64_the_ipv4_network_counts },
	{ "names not yet resolved are not one voice",
	    names_not_yet_resolved_are_not_one_voice },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_group = { "core/group", NULL, NULL, setup, NULL, tests };
