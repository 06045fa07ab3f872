/* SPDX-License-Identifier: ISC */
/* The whole object is in tests/golden/month. */
#include "unit.h"

#include "view/month_json.h"

#include "diary.h"

#include <jansson.h>
#include <string.h>

static struct month_record r;
static struct month *m;
static char text[65536];
static json_t *root;

static void
setup(void)
{
	diary_busy(&r);
	m = &r.month[DIARY_NOVEMBER % MONTH_KEPT];
}

/* Borrowed until drop(). */
static json_t *
take(double price)
{
	struct month_page p = diary_page(&r, price);
	struct text t = TEXT(text);

	month_json(&p, &t);
	CU_ASSERT_FALSE(text_cut(&t));
	root = json_loads(text, 0, NULL);
	return root;
}

static void
drop(void)
{
	json_decref(root);
}

/* Member b of member a. */
static const json_t *
of(const char *a, const char *b)
{
	return json_object_get(json_object_get(root, a), b);
}

static void
it_is_one_object_of_schema_1(void)
{
	CU_ASSERT_PTR_NOT_NULL_FATAL(take(0));
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(root, "schema")), 1);
	CU_ASSERT_STRING_EQUAL(
	    json_string_value(json_object_get(root, "month")), "2026-11");
	CU_ASSERT_STRING_EQUAL(
	    json_string_value(json_object_get(root, "until")),
	    "2026-11-23T04:12:00Z");
	drop();
}

static void
traffic_inside_outside_and_without_us(void)
{
	CU_ASSERT_PTR_NOT_NULL_FATAL(take(0));
	CU_ASSERT_EQUAL(json_integer_value(of("inside", "requests")),
	    2800000000);
	CU_ASSERT_EQUAL(json_integer_value(of("outside", "packets_out")), 9300);
	CU_ASSERT_EQUAL(json_integer_value(of("outside", "octets")),
	    76 * (9300 + 9294));
	CU_ASSERT_EQUAL(json_integer_value(of("without_us", "octets")),
	    425600000000);
	drop();
}

static void
without_a_price_cost_is_null(void)
{
	CU_ASSERT_PTR_NOT_NULL_FATAL(take(0));
	CU_ASSERT(json_is_null(of("cost", "price_per_gb")));
	CU_ASSERT(json_is_null(of("cost", "saved")));
	drop();
	CU_ASSERT_PTR_NOT_NULL_FATAL(take(0.5));
	CU_ASSERT_DOUBLE_EQUAL(json_real_value(of("cost", "without_us")), 212.8,
	    1e-9);
	drop();
}

static void
a_server_that_never_fell_has_no_worst_score(void)
{
	const json_t *list;

	CU_ASSERT_PTR_NOT_NULL_FATAL(take(0));
	list = json_object_get(root, "upstreams");
	CU_ASSERT_EQUAL(json_array_size(list), 6);
	CU_ASSERT(json_is_null(
	    json_object_get(json_array_get(list, 0), "score_worst")));
	CU_ASSERT_DOUBLE_EQUAL(json_real_value(json_object_get(
				   json_array_get(list, 1), "score_worst")),
	    9, 0);
	drop();
}

static void
incidents_have_the_names_of_events(void)
{
	const json_t *list;

	CU_ASSERT_PTR_NOT_NULL_FATAL(take(0));
	list = json_object_get(root, "incidents");
	CU_ASSERT_EQUAL(json_array_size(list), MONTH_KINDS);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(
				   json_array_get(list, 0), "event")),
	    "clock.holdover");
	CU_ASSERT_EQUAL(json_integer_value(
			    json_object_get(json_array_get(list, 0), "count")),
	    2);
	drop();
}

static void
days_that_are_known_are_listed(void)
{
	CU_ASSERT_PTR_NOT_NULL_FATAL(take(0));
	CU_ASSERT_EQUAL(json_array_size(json_object_get(root, "days")), 23);
	drop();
	m->day[4] = (struct month_day){ 0 };
	CU_ASSERT_PTR_NOT_NULL_FATAL(take(0));
	CU_ASSERT_EQUAL(json_array_size(json_object_get(root, "days")), 22);
	drop();
}

static void
a_host_that_is_no_utf_8_does_no_harm(void)
{
	strcpy(m->upstream[0].host, "ntp\xff.example");
	CU_ASSERT_PTR_NOT_NULL_FATAL(take(0));
	drop();
}

static void
the_emptiest_month_is_an_object_too(void)
{
	memset(m, 0, sizeof(*m));
	m->number = DIARY_NOVEMBER;
	CU_ASSERT_PTR_NOT_NULL_FATAL(take(1));
	CU_ASSERT(json_is_null(of("time", "available_percent")));
	CU_ASSERT(json_is_null(of("time", "bound_mean_s")));
	CU_ASSERT(json_is_null(of("inside", "hosts")));
	CU_ASSERT(json_is_null(of("sibling", "sent")));
	drop();
}

static CU_TestInfo tests[] = {
	{ "it is one object of schema 1", it_is_one_object_of_schema_1 },
	{ "traffic inside, outside and without us",
	    traffic_inside_outside_and_without_us },
	{ "without a price cost is null", without_a_price_cost_is_null },
	{ "a server that never fell has no worst score",
	    a_server_that_never_fell_has_no_worst_score },
	{ "incidents have the names of events",
	    incidents_have_the_names_of_events },
	{ "days that are known are listed", days_that_are_known_are_listed },
	{ "a host that is no UTF-8 does no harm",
	    a_host_that_is_no_utf_8_does_no_harm },
	{ "the emptiest month is an object, too",
	    the_emptiest_month_is_an_object_too },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_month_json = { "view/month json", NULL, NULL, setup, NULL,
	tests };
