/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "base/text.h"
#include "view/metrics.h"
#include "view/route.h"

#include "guests.h"
#include "made.h"

#include <jansson.h>
#include <string.h>

static char body[ROUTE_BODY_MAX];
static struct history h;
static struct snapshot s;
static struct route_world w;
static struct request r;

static void
setup(void)
{
	s = made_paired();
	history_init(&h);
	w = (struct route_world){ .s = &s, .h = &h };
	r = (struct request){ 0 };
}

static struct route_answer
get(const char *path)
{
	struct text t = TEXT(body);

	body[0] = '\0';
	text_copy(r.path, sizeof(r.path), path);
	return route(&r, &w, &t);
}

static void
each_page_is_of_its_type(void)
{
	CU_ASSERT_STRING_EQUAL(get("/").type, "text/html; charset=utf-8");
	CU_ASSERT_STRING_EQUAL(get("/status.json").type, "application/json");
	CU_ASSERT_STRING_EQUAL(get("/metrics").type, METRICS_TEXT);
	CU_ASSERT_STRING_EQUAL(get("/ntpgate.css").type,
	    "text/css; charset=utf-8");
	CU_ASSERT_STRING_EQUAL(get("/healthz").type,
	    "text/plain; charset=utf-8");
}

static void
what_is_of_this_moment_is_not_stored(void)
{
	CU_ASSERT(get("/").live);
	CU_ASSERT(get("/metrics").live);
	CU_ASSERT(get("/status.json").live);
	CU_ASSERT_FALSE(get("/ntpgate.js").live);
}

static void
only_what_is_live_needs_the_engine(void)
{
	text_copy(r.path, sizeof(r.path), "/upstreams.json");
	CU_ASSERT(route_is_live(&r));
	text_copy(r.path, sizeof(r.path), "/ntpgate.css");
	CU_ASSERT_FALSE(route_is_live(&r));
	text_copy(r.path, sizeof(r.path), "/nothing");
	CU_ASSERT_FALSE(route_is_live(&r));
}

static void
objects_are_those_of_the_tool(void)
{
	static const char *const path[] = { "/status.json", "/upstreams.json",
		"/budget.json", "/sibling.json" };

	for (size_t i = 0; i < sizeof(path) / sizeof(path[0]); i++) {
		struct route_answer a = get(path[i]);
		json_t *v = json_loads(body, JSON_REJECT_DUPLICATES, NULL);

		CU_ASSERT_EQUAL(a.status, 200);
		CU_ASSERT_EQUAL(
		    json_integer_value(json_object_get(v, "schema")), 1);
		json_decref(v);
	}
}

static void
health_is_ok_while_the_time_is_right(void)
{
	CU_ASSERT_EQUAL(get("/healthz").status, 200);
	CU_ASSERT_STRING_EQUAL(body, "ok\n");
	s = made_holdover();
	CU_ASSERT_EQUAL(get("/healthz").status, 200);
}

static void
health_is_503_in_every_other_state(void)
{
	static const enum engine_state bad[] = { ENGINE_STARTING, ENGINE_ORPHAN,
		ENGINE_PANIC };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		s.state = bad[i];
		CU_ASSERT_EQUAL(get("/healthz").status, 503);
	}
	s = made_holdover();
	s.serving.leap = LEAP_UNSYNC;
	CU_ASSERT_EQUAL(get("/healthz").status, 503);
	CU_ASSERT_STRING_EQUAL(body, "holdover\n");
}

static void
an_engine_that_is_silent_is_not_well(void)
{
	w.age_s = ROUTE_STALE_S + 1;
	CU_ASSERT_EQUAL(get("/healthz").status, 503);
	CU_ASSERT_STRING_EQUAL(body, "the engine does not answer\n");
	CU_ASSERT_EQUAL(get("/").status, 200); /* which says so */
	CU_ASSERT_EQUAL(get("/metrics").status, 503);
	CU_ASSERT_PTR_NULL(strstr(body, "ntpgate_synchronised"));
	CU_ASSERT_EQUAL(get("/status.json").status, 503);
	CU_ASSERT_PTR_NULL(strstr(body, "synced"));
	w.s = NULL;
	w.age_s = 0;
	CU_ASSERT_EQUAL(get("/healthz").status, 503);
	CU_ASSERT_EQUAL(get("/").status, 503);
	CU_ASSERT_EQUAL(get("/metrics").status, 503);
	CU_ASSERT_EQUAL(get("/status.json").status, 503);
	CU_ASSERT_EQUAL(get("/ntpgate.css").status, 200);
}

static void
openmetrics_for_who_wants_it(void)
{
	r.openmetrics = true;
	CU_ASSERT_STRING_EQUAL(get("/metrics").type, METRICS_OPEN);
	CU_ASSERT_PTR_NOT_NULL(strstr(body, "# EOF"));
}

static void
the_span_is_in_the_query(void)
{
	text_copy(r.query, sizeof(r.query), "span=week");
	get("/");
	CU_ASSERT_PTR_NOT_NULL(strstr(body, "The last week"));
	text_copy(r.query, sizeof(r.query), "span=<b>");
	get("/");
	CU_ASSERT_PTR_NOT_NULL(strstr(body, "The last hour"));
}

static void
clients_are_an_object_too(void)
{
	CU_ASSERT_EQUAL(get("/clients.json").status, 503);
	guests_init();
	guests_call(ROLL_BY_RATE, false, 20);
	w.rate = &guests;
	CU_ASSERT_EQUAL(get("/clients.json").status, 200);
	CU_ASSERT_PTR_NOT_NULL(strstr(body, "\"10.0.0.3\""));
}

/* What does something, or is no page: not even its name is repeated. */
static void
nothing_else_is_there(void)
{
	static const char *const path[] = { "/accept.json", "/status",
		"/status.json/", "/status.jsonx", "//", "/../keys", "/keys",
		"/%2e", "/STATUS.json", "/healthz/" };

	for (size_t i = 0; i < sizeof(path) / sizeof(path[0]); i++) {
		CU_ASSERT_EQUAL(get(path[i]).status, 404);
		CU_ASSERT_STRING_EQUAL(body,
		    "there is no such page; / is one\n");
	}
}

static CU_TestInfo tests[] = {
	{ "each page is of its type", each_page_is_of_its_type },
	{ "what is of this moment is not stored",
	    what_is_of_this_moment_is_not_stored },
	{ "only what is live needs the engine",
	    only_what_is_live_needs_the_engine },
	{ "objects are those of the tool", objects_are_those_of_the_tool },
	{ "health is ok while the time is right",
	    health_is_ok_while_the_time_is_right },
	{ "health is 503 in every other state",
	    health_is_503_in_every_other_state },
	{ "an engine that is silent is not well",
	    an_engine_that_is_silent_is_not_well },
	{ "OpenMetrics for who wants it", openmetrics_for_who_wants_it },
	{ "the span is in the query", the_span_is_in_the_query },
	{ "clients are an object, too", clients_are_an_object_too },
	{ "nothing else is there", nothing_else_is_there },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_route = { "view/route", NULL, NULL, setup, NULL, tests };
