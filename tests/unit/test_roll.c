/* SPDX-License-Identifier: ISC */
#include "guests.h"
#include "unit.h"

#include <string.h>

/* The address in row i. */
static const char *
row(unsigned i)
{
	static char text[ADDR_TEXT];

	CU_ASSERT_TRUE_FATAL(i < guests.rows);
	return addr_print(&guests.row[i].view.addr, false, text);
}

static void
all_are_called_whatever_the_table(void)
{
	guests_call(ROLL_BY_RATE, false, ROLL_MOST);
	CU_ASSERT_EQUAL(guests.hosts, 4);
	CU_ASSERT_EQUAL(guests.wanted, 4);
	CU_ASSERT_EQUAL(guests.rows, 4);
}

static void
the_most_frequent_is_first(void)
{
	guests_call(ROLL_BY_RATE, false, ROLL_MOST);
	CU_ASSERT_STRING_EQUAL(row(0), "10.0.0.3");
}

static void
requests_can_be_the_order(void)
{
	guests_call(ROLL_BY_REQUESTS, false, ROLL_MOST);
	CU_ASSERT_STRING_EQUAL(row(0), "10.0.0.3");
	CU_ASSERT_STRING_EQUAL(row(1), "10.0.0.1");
	CU_ASSERT_STRING_EQUAL(row(2), "2001:db8::4");
	CU_ASSERT_STRING_EQUAL(row(3), "10.0.0.2");
}

static void
the_last_heard_can_be_first(void)
{
	guests_call(ROLL_BY_LAST, false, ROLL_MOST);
	CU_ASSERT_STRING_EQUAL(row(0), "10.0.0.3");
	CU_ASSERT_STRING_EQUAL(row(1), "2001:db8::4");
	CU_ASSERT_STRING_EQUAL(row(2), "10.0.0.2");
	CU_ASSERT_STRING_EQUAL(row(3), "10.0.0.1");
}

static void
a_limit_keeps_the_foremost(void)
{
	guests_call(ROLL_BY_REQUESTS, false, 2);
	CU_ASSERT_EQUAL_FATAL(guests.rows, 2);
	CU_ASSERT_EQUAL(guests.wanted, 4);
	CU_ASSERT_STRING_EQUAL(row(0), "10.0.0.3");
	CU_ASSERT_STRING_EQUAL(row(1), "10.0.0.1");
}

static void
the_sick_can_be_called_alone(void)
{
	guests_call(ROLL_BY_RATE, true, ROLL_MOST);
	CU_ASSERT_EQUAL_FATAL(guests.rows, 1);
	CU_ASSERT_STRING_EQUAL(row(0), "10.0.0.3");
	CU_ASSERT_EQUAL(guests.sick, 1);
	CU_ASSERT_EQUAL(guests.hosts, 4);
}

static void
no_limit_is_above_the_largest(void)
{
	guests_call(ROLL_BY_RATE, false, ROLL_MOST + 1000);
	CU_ASSERT_EQUAL(guests.order.limit, ROLL_MOST);
}

static void
different_hosts_are_estimated(void)
{
	guests_call(ROLL_BY_RATE, false, 1);
	CU_ASSERT_DOUBLE_EQUAL(guests.hour, 4, 0.2);
	CU_ASSERT_DOUBLE_EQUAL(guests.month, 4, 0.2);
}

static void
pieces_are_as_long_as_is_said(void)
{
	size_t places = 0, pieces = 0;

	for (unsigned i = 0; i < guests.tables; i++)
		places += clients_slots(guests.table[i]);
	roll_begin(&guests, &(struct roll_order){ .limit = 1 }, guests_now());
	while (roll_walk(&guests, 100))
		pieces++;
	CU_ASSERT_TRUE(pieces >= places / 100 - 1);
	CU_ASSERT_TRUE(pieces <= places / 100 + 1);
}

static void
a_host_is_found_in_any_table(void)
{
	struct clients_view v;
	struct addr a;

	addr_parse(&a, "10.0.0.3");
	CU_ASSERT_TRUE(roll_find(&guests, &a, guests_now(), &v));
	CU_ASSERT_EQUAL(v.requests, 500);
	addr_parse(&a, "10.0.0.9");
	CU_ASSERT_FALSE(roll_find(&guests, &a, guests_now(), &v));
}

static CU_TestInfo tests[] = {
	{ "all are called, whatever the table",
	    all_are_called_whatever_the_table },
	{ "the most frequent is first", the_most_frequent_is_first },
	{ "requests can be the order", requests_can_be_the_order },
	{ "the last heard can be first", the_last_heard_can_be_first },
	{ "a limit keeps the foremost", a_limit_keeps_the_foremost },
	{ "the sick can be called alone", the_sick_can_be_called_alone },
	{ "no limit is above the largest", no_limit_is_above_the_largest },
	{ "different hosts are estimated", different_hosts_are_estimated },
	{ "pieces are as long as is said", pieces_are_as_long_as_is_said },
	{ "a host is found in any table", a_host_is_found_in_any_table },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_roll = { "view/roll", NULL, NULL, guests_init, NULL, tests };
