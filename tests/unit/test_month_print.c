/* SPDX-License-Identifier: ISC */
/* The whole page is in tests/golden/month. */
#include "unit.h"

#include "view/month_print.h"

#include "diary.h"

#include <string.h>

static struct month_record r;
static struct month *m;
static double price;
static char page[32768];

static void
setup(void)
{
	diary_busy(&r);
	m = &r.month[DIARY_NOVEMBER % MONTH_KEPT];
	price = 0;
}

static bool
says(const char *words)
{
	static const struct table_style wide = { false, 1000 };
	struct month_page p = diary_page(&r, price);
	struct text t = TEXT(page);

	month_print(&p, &wide, &t);
	CU_ASSERT_FALSE(text_cut(&t));
	return strstr(page, words) != NULL;
}

static void
it_says_who_and_when(void)
{
	CU_ASSERT(says("gw1: time served in November 2026 (UTC)\n"));
	CU_ASSERT(says("Recorded   1 Nov 00:00 to 23 Nov 04:12"));
}

/* 1,915,920 s from the first to now, less 1,911,600 s. */
static void
what_is_not_known_is_said(void)
{
	CU_ASSERT(says("of 72 min of it nothing is known"));
	m->covered_s += 4319;
	CU_ASSERT_FALSE(says("nothing is known"));
}

static void
a_month_that_is_over_is_whole(void)
{
	r.last = month_begin(DIARY_NOVEMBER + 1);
	m->covered_s = 30 * 86400;
	m->count[MONTH_STARTS] = 0;
	CU_ASSERT(says("Recorded   the whole month\n"));
}

static void
a_hundred_percent_is_all_and_nothing_less(void)
{
	CU_ASSERT(says("Available  99.96 % of the 22 d"));
	m->served_s = m->covered_s;
	CU_ASSERT(says("Available  100 % of the 22 d"));
	m->served_s = m->covered_s - 1;
	CU_ASSERT(says("Available  99.99 % of the 22 d"));
	m->served_s = m->covered_s = 0;
	CU_ASSERT(says("Available  0.00 % of the 0 s"));
}

static void
money_is_spoken_of_only_with_a_price(void)
{
	CU_ASSERT_FALSE(says("Money"));
	/* 425.6 GB at 0.5 */
	price = 0.5;
	CU_ASSERT(says("Money      at 0.5 a GB: 212.80 without us, less than "
		       "0.01 with us, 212.80 saved\n"));
	m->count[MONTH_ANSWERED] = m->count[MONTH_LIMITED] = 0;
	m->count[MONTH_SENT_OCTETS] = UINT64_C(2000000000);
	m->count[MONTH_RECEIVED_OCTETS] = 0;
	CU_ASSERT(says("0.00 without us, 1.00 with us, 1.00 lost\n"));
	CU_ASSERT(says("Saved      nothing: "));
}

static void
a_high_price_is_no_power_of_ten(void)
{
	diary_busy(&r);
	price = 1e6;
	CU_ASSERT(says("at 1000000 a GB: 425600000.00 without us"));
}

static void
estimates_have_three_digits_and_counts_have_all(void)
{
	CU_ASSERT(says("about 100 000 different ones asked"));
	CU_ASSERT(says("2 800 000 000 of hosts, 1 000 000 of them above"));
	m->hosts = 1;
	CU_ASSERT(says("about 1 different one asked"));
	m->hosts = 999;
	CU_ASSERT(says("about 999 different ones asked"));
	m->hosts = 9996;
	CU_ASSERT(says("about 10 000 different ones asked"));
	m->hosts = 0;
	CU_ASSERT(says("how many asked for the time is unknown"));
}

static void
who_was_asked_by_nobody_says_so(void)
{
	diary_quiet(&r);
	CU_ASSERT(says("nobody inside asked for the time"));
	CU_ASSERT_FALSE(says("Busiest"));
	CU_ASSERT(says("  outside                             300"));
	CU_ASSERT(says("Incidents  none\n"));
}

static void
servers_without_a_line_are_others(void)
{
	CU_ASSERT_FALSE(says("  others"));
	m->count[MONTH_SENT] += 7;
	m->count[MONTH_RECEIVED] += 6;
	CU_ASSERT(
	    says("  others                                7        6      "
		 "0      -      -      -\n"));
}

static void
hosts_of_an_incident_are_named_and_the_rest_are_others(void)
{
	CU_ASSERT(says("Wrong server, once on 23 Nov 03:06: "
		       "ntp2.example.org.  (It"));
	m->incident[MONTH_FALSETICKER].count = 4;
	m->incident[MONTH_FALSETICKER].subject[0].count = 3;
	CU_ASSERT(says("Wrong server, 4 times, the last on 23 Nov 03:06: "
		       "ntp2.example.org (3 times), others.  (It"));
}

static void
the_longest_holdover_is_told(void)
{
	CU_ASSERT(says("Holdover, 2 times, the last on 23 Nov 04:00, the "
		       "longest for 40 min from 12 Nov 13:05.  (No"));
}

static void
a_sibling_that_is_none_is_not_spoken_of(void)
{
	static const struct table_style plain = { false, 80 };
	struct month_page p = diary_page(&r, 0);
	struct snapshot alone = *p.snapshot;
	struct text t = TEXT(page);

	CU_ASSERT(says("the other gateway (gw2) sent about 8 710 packets"));
	m->sibling_s = 0;
	CU_ASSERT(says("what the other gateway sent to servers is not known"));
	alone.sibling.state = SNAPSHOT_SIBLING_NONE;
	p.snapshot = &alone;
	month_print(&p, &plain, &t);
	CU_ASSERT_PTR_NULL(strstr(page, "Sibling"));
}

static CU_TestInfo tests[] = {
	{ "it says who and when", it_says_who_and_when },
	{ "what is not known is said", what_is_not_known_is_said },
	{ "a month that is over is whole", a_month_that_is_over_is_whole },
	{ "a hundred percent is all and nothing less",
	    a_hundred_percent_is_all_and_nothing_less },
	{ "money is spoken of only with a price",
	    money_is_spoken_of_only_with_a_price },
	{ "a high price is no power of ten", a_high_price_is_no_power_of_ten },
	{ "estimates have three digits, and counts have all",
	    estimates_have_three_digits_and_counts_have_all },
	{ "who was asked by nobody says so", who_was_asked_by_nobody_says_so },
	{ "servers without a line are others",
	    servers_without_a_line_are_others },
	{ "hosts of an incident are named, and the rest are others",
	    hosts_of_an_incident_are_named_and_the_rest_are_others },
	{ "the longest holdover is told", the_longest_holdover_is_told },
	{ "a sibling that is none is not spoken of",
	    a_sibling_that_is_none_is_not_spoken_of },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_month_print = { "view/month print", NULL, NULL, setup, NULL,
	tests };
