/* SPDX-License-Identifier: ISC */
#include "core/packet.h"
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

/* Of 10.0.0.1 to 10.0.0.9 the odd ones come over the port for hard-coded
 * clients, each with as many requests as its number. */
static struct roll *
with_rogues(const struct roll_order *o)
{
	static _Alignas(64) uint8_t memory[CLIENTS_LEAST];
	static const uint8_t key[CLIENTS_KEY] = "a key of tests";
	static struct roll roll;
	uint8_t pkt[PACKET_SIZE] = { 4 << 3 | MODE_CLIENT };
	struct limiter limiter;
	struct mono now = guests_now();
	struct clients *c;

	memset(memory, 0, sizeof(memory));
	limiter_init(&limiter, (struct limit){ 8, 16 }, true);
	c = clients_init(memory, sizeof(memory), key, now);
	for (uint8_t i = 1; i < 10; i++) {
		struct addr from = addr_v4((uint8_t[]){ 10, 0, 0, i });

		for (unsigned k = 0; k < i; k++)
			clients_hear(c, &limiter,
			    &(struct clients_request){ .from = &from,
				.hash = clients_hash_of(c, &from),
				.now = now,
				.pkt = pkt,
				.len = sizeof(pkt),
				.redirected = i % 2 == 1 });
	}
	roll.tables = 1;
	roll.table[0] = c;
	roll_begin(&roll, o, now);
	while (roll_walk(&roll, 1000))
		;
	return &roll;
}

static void
rogues_are_counted_whatever_is_wanted(void)
{
	struct roll *r = with_rogues(
	    &(struct roll_order){ .sort = ROLL_BY_REQUESTS, .limit = 1 });

	CU_ASSERT_EQUAL(r->hosts, 9);
	CU_ASSERT_EQUAL(r->rogues, 5);
	CU_ASSERT_EQUAL(r->wanted, 9);
}

static void
rogues_can_be_called_alone_the_busiest_first(void)
{
	struct roll *r =
	    with_rogues(&(struct roll_order){ .sort = ROLL_BY_REQUESTS,
		.rogues = true,
		.limit = 3 });

	CU_ASSERT_EQUAL(r->wanted, 5);
	CU_ASSERT_EQUAL_FATAL(r->rows, 3);
	for (unsigned i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL(r->row[i].view.addr.ip[3], 9 - 2 * i);
		CU_ASSERT_EQUAL(r->row[i].view.redirected, 9 - 2 * i);
	}
}

static void
where_nothing_is_redirected_there_are_no_rogues(void)
{
	guests_call(ROLL_BY_RATE, false, ROLL_MOST);
	CU_ASSERT_EQUAL(guests.rogues, 0);
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
	{ "rogues are counted, whatever is wanted",
	    rogues_are_counted_whatever_is_wanted },
	{ "rogues can be called alone, the busiest first",
	    rogues_can_be_called_alone_the_busiest_first },
	{ "where nothing is redirected there are no rogues",
	    where_nothing_is_redirected_there_are_no_rogues },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_roll = { "view/roll", NULL, NULL, guests_init, NULL, tests };
