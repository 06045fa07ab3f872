/* SPDX-License-Identifier: ISC */
#include "core/select.h"

#include "unit.h"

/* Five servers of five operators, 2 ms wide; the fifth is off by 500 ms. */
static struct select_item item[5];

static void
setup(void)
{
	for (unsigned i = 0; i < 5; i++)
		item[i] = (struct select_item){ .offset = 0.0002 * i,
			.distance = 0.001,
			.group = i };
	item[4].offset = 0.5;
}

static void
one_liar_of_five_is_outvoted(void)
{
	struct select_result r = select_truth(item, 5);

	CU_ASSERT_TRUE(r.majority);
	CU_ASSERT_EQUAL(r.agreeing, 4);
	CU_ASSERT_EQUAL(r.groups, 5);
	for (unsigned i = 0; i < 4; i++)
		CU_ASSERT_TRUE(item[i].truechimer);
	CU_ASSERT_FALSE(item[4].truechimer);
	/* 0.6 - 1 = -0.4 ms to 0 + 1 ms */
	CU_ASSERT_DOUBLE_EQUAL(r.low, -0.0004, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(r.high, 0.001, 1e-12);
}

static void
two_against_two_is_undecidable(void)
{
	struct select_result r;

	item[2].offset = item[3].offset = 0.5;
	r = select_truth(item, 4);
	CU_ASSERT_FALSE(r.majority);
	for (unsigned i = 0; i < 4; i++)
		CU_ASSERT_FALSE(item[i].truechimer);
}

static void
three_servers_of_one_operator_are_one_voice(void)
{
	struct select_result r;

	item[2].offset = item[3].offset = item[4].offset = 0.5;
	item[2].group = item[3].group = item[4].group = 2;
	r = select_truth(item, 5);
	CU_ASSERT_TRUE(r.majority);
	CU_ASSERT_EQUAL(r.groups, 3);
	CU_ASSERT_EQUAL(r.agreeing, 2);
	CU_ASSERT_TRUE(item[0].truechimer && item[1].truechimer);
	CU_ASSERT_FALSE(item[2].truechimer);
}

static void
a_group_of_two_that_disagrees_says_nothing(void)
{
	struct select_result r;

	item[1].group = 0;
	item[1].offset = 0.5;
	r = select_truth(item, 2);
	CU_ASSERT_EQUAL(r.groups, 1);
	CU_ASSERT_FALSE(r.majority);
}

static void
one_alone_is_believed(void)
{
	struct select_result r = select_truth(item, 1);

	CU_ASSERT_TRUE(r.majority);
	CU_ASSERT_TRUE(item[0].truechimer);
}

static void
nobody_is_no_majority(void)
{
	struct select_result r = select_truth(item, 0);

	CU_ASSERT_FALSE(r.majority);
	CU_ASSERT_EQUAL(r.groups, 0);
}

static void
who_claims_little_is_among_the_truechimers(void)
{
	/* half a second of doubt around the lie: it may be the truth */
	item[4].distance = 0.51;
	select_truth(item, 5);
	CU_ASSERT_TRUE(item[4].truechimer);
}

static void
touching_is_agreeing(void)
{
	struct select_item two[2] = { { .distance = 0.001, .group = 0 },
		{ .offset = 0.002, .distance = 0.001, .group = 1 } };

	CU_ASSERT_TRUE(select_truth(two, 2).majority);
}

static void
losses_are_counted_until_nobody_can_tell(void)
{
	struct select_result r = { .majority = true,
		.groups = 5,
		.agreeing = 5 };

	CU_ASSERT_EQUAL(select_losses(&r), 2); /* 3 of 5 still decide */
	r.agreeing = 4;
	CU_ASSERT_EQUAL(select_losses(&r), 1);
	r.agreeing = 3;
	CU_ASSERT_EQUAL(select_losses(&r), 0);
	r.majority = false;
	CU_ASSERT_EQUAL(select_losses(&r), 0);
}

static CU_TestInfo tests[] = {
	{ "one liar of five is outvoted", one_liar_of_five_is_outvoted },
	{ "two against two is undecidable", two_against_two_is_undecidable },
	{ "three servers of one operator are one voice",
	    three_servers_of_one_operator_are_one_voice },
	{ "a group of two that disagrees says nothing",
	    a_group_of_two_that_disagrees_says_nothing },
	{ "one alone is believed", one_alone_is_believed },
	{ "nobody is no majority", nobody_is_no_majority },
	{ "who claims little is among the truechimers",
	    who_claims_little_is_among_the_truechimers },
	{ "touching is agreeing", touching_is_agreeing },
	{ "losses are counted until nobody can tell",
	    losses_are_counted_until_nobody_can_tell },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_select = { "core/select", NULL, NULL, setup, NULL, tests };
