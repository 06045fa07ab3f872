/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "view/month_bill.h"

#include "made.h"

#define NOVEMBER (12 * 2026 + 10)

static struct month_record r;
static struct month *m;
static struct snapshot s;
static struct month_page page;
static struct month_bill b;

/* The whole of November, of which 20 h are missing. */
static void
setup(void)
{
	month_init(&r);
	m = &r.month[NOVEMBER % MONTH_KEPT];
	m->number = NOVEMBER;
	m->covered_s = 29 * 86400 + 14400;
	r.began = month_begin(NOVEMBER - 1);
	r.last = month_begin(NOVEMBER + 2);
	s = made_synced();
	page = (struct month_page){ &r, m, &s, 0 };
}

/* A million requests, and of them 10 % limited; 200 questions of the sibling;
 * 4000 packets each way outside. */
static void
fill(void)
{
	m->count[MONTH_ANSWERED] = 900200;
	m->count[MONTH_LIMITED] = 100000;
	m->count[MONTH_SIBLING] = 200;
	m->count[MONTH_IN] = 1000200;
	m->count[MONTH_OUT] = 900200;
	m->count[MONTH_OCTETS_IN] = 1000200 * 48;
	m->count[MONTH_OCTETS_OUT] = 900200 * 48;
	m->count[MONTH_SENT] = m->count[MONTH_RECEIVED] = 4000;
	m->count[MONTH_SENT_OCTETS] = m->count[MONTH_RECEIVED_OCTETS] =
	    4000 * 76;
}

static void
requests_are_the_hosts_and_not_the_siblings(void)
{
	fill();
	month_bill(&page, &b);
	CU_ASSERT_EQUAL(b.requests, 1000000);
}

/* 2 x 1000000 x 76 octets; 8000 x 76; 1900400 x 76. */
static void
traffic_with_us_and_without(void)
{
	fill();
	month_bill(&page, &b);
	CU_ASSERT_EQUAL(b.without.octets, 152000000);
	CU_ASSERT_EQUAL(b.without.in, 1000000);
	CU_ASSERT_EQUAL(b.without.out, 1000000);
	CU_ASSERT_EQUAL(b.outside.octets, 608000);
	CU_ASSERT_EQUAL(b.outside.in, 4000);
	CU_ASSERT_EQUAL(b.inside.octets, 144430400);
}

/* 0.152 GB at 10, 0.000608 GB at 10. */
static void
the_price_makes_money_of_it(void)
{
	fill();
	page.price_per_gb = 10;
	month_bill(&page, &b);
	CU_ASSERT_DOUBLE_EQUAL(b.without.cost, 1.52, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(b.outside.cost, 0.00608, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(b.saving, 1.51392, 1e-9);
}

static void
without_a_price_nothing_costs(void)
{
	fill();
	month_bill(&page, &b);
	CU_ASSERT_EQUAL(b.without.cost, 0);
	CU_ASSERT_EQUAL(b.saving, 0);
}

static void
nobody_asked_and_we_cost_more_than_we_saved(void)
{
	m->count[MONTH_SENT_OCTETS] = 7600;
	page.price_per_gb = 1e6;
	month_bill(&page, &b);
	CU_ASSERT_EQUAL(b.requests, 0);
	CU_ASSERT_DOUBLE_EQUAL(b.saving, -7.6, 1e-9);
}

/* The sibling alone asked: never fewer than none. */
static void
requests_do_not_wrap(void)
{
	m->count[MONTH_ANSWERED] = 5;
	m->count[MONTH_SIBLING] = 6;
	month_bill(&page, &b);
	CU_ASSERT_EQUAL(b.requests, 0);
}

/* 100,000 hosts at 64 s: 1350 a day each, 30 days. */
static void
a_hundred_thousand_hosts_fit(void)
{
	m->count[MONTH_ANSWERED] = UINT64_C(100000) * 1350 * 30;
	page.price_per_gb = 1;
	month_bill(&page, &b);
	CU_ASSERT_EQUAL(b.without.octets, UINT64_C(615600000000));
	CU_ASSERT_DOUBLE_EQUAL(b.without.cost, 615.6, 1e-9);
}

static void
a_month_between_others_is_whole_with_what_is_missing(void)
{
	month_bill(&page, &b);
	CU_ASSERT(b.whole);
	CU_ASSERT_DOUBLE_EQUAL(b.unknown_s, 72000, 1e-6);
	CU_ASSERT_EQUAL(b.since.ns, month_begin(NOVEMBER).ns);
	CU_ASSERT_EQUAL(b.until.ns, month_begin(NOVEMBER + 1).ns);
}

static void
the_first_month_begins_with_the_record_and_the_last_ends_now(void)
{
	r.began = wall_add(month_begin(NOVEMBER), 86400);
	r.last = wall_add(month_begin(NOVEMBER), 2 * 86400);
	m->covered_s = 86395;
	month_bill(&page, &b);
	CU_ASSERT_FALSE(b.whole);
	CU_ASSERT_EQUAL(b.since.ns, r.began.ns);
	CU_ASSERT_EQUAL(b.until.ns, r.last.ns);
	CU_ASSERT_EQUAL(b.unknown_s, 0);
}

static void
a_time_that_was_set_back_gives_no_negative_span(void)
{
	r.began = month_begin(NOVEMBER + 1);
	r.last = month_begin(NOVEMBER);
	month_bill(&page, &b);
	CU_ASSERT_EQUAL(b.since.ns, b.until.ns);
	CU_ASSERT_EQUAL(b.unknown_s, 0);
}

static CU_TestInfo tests[] = {
	{ "requests are the hosts', and not the sibling's",
	    requests_are_the_hosts_and_not_the_siblings },
	{ "traffic with us and without", traffic_with_us_and_without },
	{ "the price makes money of it", the_price_makes_money_of_it },
	{ "without a price nothing costs", without_a_price_nothing_costs },
	{ "nobody asked, and we cost more than we saved",
	    nobody_asked_and_we_cost_more_than_we_saved },
	{ "requests do not wrap", requests_do_not_wrap },
	{ "a hundred thousand hosts fit", a_hundred_thousand_hosts_fit },
	{ "a month between others is whole, with what is missing",
	    a_month_between_others_is_whole_with_what_is_missing },
	{ "the first month begins with the record, and the last ends now",
	    the_first_month_begins_with_the_record_and_the_last_ends_now },
	{ "a time that was set back gives no negative span",
	    a_time_that_was_set_back_gives_no_negative_span },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_month_bill = { "view/month bill", NULL, NULL, setup, NULL,
	tests };
