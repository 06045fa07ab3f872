/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "view/json.h"

#include "look.h"
#include "made.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

static void
status_has_every_member_of_the_contract(void)
{
	static const char *const path[] = { "schema", "name", "state",
		"stratum", "leap", "offset_s", "error_bound_s",
		"root_distance_s", "frequency_ppm", "root_delay_s",
		"root_dispersion_s", "source", "upstream.sent_hour",
		"upstream.sent_day", "upstream.sent_total",
		"upstream.budget_day", "upstream.left", "serve.received",
		"serve.answered", "serve.limited", "serve.kissed",
		"serve.denied", "serve.bad", "serve.clients", "sibling.host",
		"sibling.state", "sibling.offset_s", "uptime_s" };
	json_t *v = load(json_status, made_synced());

	for (size_t i = 0; i < sizeof(path) / sizeof(path[0]); i++)
		CU_ASSERT_PTR_NOT_NULL(get(v, path[i]));
	json_decref(v);
}

static void
upstreams_have_every_member_of_the_contract(void)
{
	static const char *const name[] = { "host", "address", "group", "tally",
		"state", "why", "stratum", "refid", "reach", "poll_s", "next_s",
		"sent", "received", "offset_s", "delay_s", "jitter_s",
		"score" };
	json_t *v = load(json_upstreams, made_synced());

	CU_ASSERT_EQUAL(number(v, "schema"), 1);
	CU_ASSERT_EQUAL(json_array_size(get(v, "upstreams")), 5);
	for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++)
		CU_ASSERT_PTR_NOT_NULL(get(upstream(v, 4), name[i]));
	json_decref(v);
}

static void
the_source_is_a_host_of_upstreams(void)
{
	struct snapshot s = made_synced();
	json_t *v;

	s.named = 0;
	s.upstream[0].addr.port = 11123;
	text_copy(s.source, sizeof(s.source), "ntp1.example.net:11123");
	v = load(json_status, s);
	CU_ASSERT_STRING_EQUAL(text(v, "source"), "ntp1.example.net");
	json_decref(v);
}

static void
status_tells_the_numbers(void)
{
	json_t *v = load(json_status, made_synced());

	CU_ASSERT_EQUAL(number(v, "schema"), 1);
	CU_ASSERT_STRING_EQUAL(text(v, "name"), "gw1");
	CU_ASSERT_STRING_EQUAL(text(v, "state"), "synced");
	CU_ASSERT_STRING_EQUAL(text(v, "source"), "ntp1.example.net");
	CU_ASSERT_STRING_EQUAL(text(v, "refid"), "192.0.2.10");
	CU_ASSERT_EQUAL(number(v, "stratum"), 3);
	CU_ASSERT_DOUBLE_EQUAL(number(v, "offset_s"), 0.00012, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(number(v, "error_bound_s"), 0.00041, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(number(v, "root_dispersion_s"), 0.0021, 1e-12);
	CU_ASSERT_EQUAL(number(v, "uptime_s"), 11550);
	json_decref(v);
}

static void
requests_are_told_by_what_became_of_them(void)
{
	struct snapshot s = made_synced();
	json_t *v;

	s.serve.limited = 900;
	s.serve.kissed = 7;
	v = load(json_status, s);
	CU_ASSERT_EQUAL(number(v, "serve.received"), 12345);
	CU_ASSERT_EQUAL(number(v, "serve.answered"), 12300);
	CU_ASSERT_EQUAL(number(v, "serve.limited"), 900);
	CU_ASSERT_EQUAL(number(v, "serve.kissed"), 7);
	CU_ASSERT_EQUAL(number(v, "serve.denied"), 45);
	json_decref(v);
}

static void
what_is_left_is_budget_less_today(void)
{
	struct snapshot s = made_synced();
	json_t *v = load(json_status, s);

	CU_ASSERT_EQUAL(number(v, "upstream.left"), 640 - 310);
	json_decref(v);
	s.sent.day = 700; /* the budget was just made smaller */
	v = load(json_status, s);
	CU_ASSERT_EQUAL(number(v, "upstream.left"), 0);
	json_decref(v);
}

static void
unknown_numbers_are_null(void)
{
	static const char *const name[] = { "offset_s", "error_bound_s",
		"root_distance_s", "frequency_ppm", "root_delay_s",
		"root_dispersion_s", "source", "refid" };
	json_t *v = load(json_status, made_starting());

	for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++)
		CU_ASSERT(json_is_null(get(v, name[i])));
	CU_ASSERT_EQUAL(number(v, "stratum"), 16);
	json_decref(v);
}

static void
a_nan_becomes_null(void)
{
	struct snapshot s = made_synced();
	json_t *v;

	s.offset_s = NAN;
	s.upstream[0].jitter_s = -INFINITY;
	v = load(json_status, s);
	CU_ASSERT(json_is_null(get(v, "offset_s")));
	json_decref(v);
	v = load(json_upstreams, s);
	CU_ASSERT(json_is_null(get(upstream(v, 0), "jitter_s")));
	json_decref(v);
}

static void
leap_is_a_word(void)
{
	static const char *const word[] = { "none", "insert", "delete",
		"unsynchronised" };
	struct snapshot s = made_synced();

	for (uint8_t i = 0; i < 4; i++) {
		json_t *v;

		s.serving.leap = i;
		v = load(json_status, s);
		CU_ASSERT_STRING_EQUAL(text(v, "leap"), word[i]);
		json_decref(v);
	}
}

static void
state_is_a_word(void)
{
	static const char *const word[] = { "starting", "synced", "holdover",
		"orphan", "panic" };
	struct snapshot s = made_synced();

	for (int i = 0; i < 5; i++) {
		json_t *v;

		s.state = (enum engine_state)i;
		v = load(json_status, s);
		CU_ASSERT_STRING_EQUAL(text(v, "state"), word[i]);
		json_decref(v);
	}
}

static void
hosts_nobody_counted_are_null(void)
{
	struct snapshot s = made_synced();
	json_t *v = load(json_status, s);

	CU_ASSERT(json_is_null(get(v, "serve.clients")));
	json_decref(v);
	s.serve.clients = 7;
	v = load(json_status, s);
	CU_ASSERT_EQUAL(number(v, "serve.clients"), 7);
	json_decref(v);
}

static void
nobody_served_is_zero_hosts(void)
{
	struct snapshot s = made_synced();
	json_t *v;

	s.serve = (struct snapshot_serve){ .received = 3, .denied = 3 };
	v = load(json_status, s);
	CU_ASSERT_EQUAL(number(v, "serve.clients"), 0);
	json_decref(v);
}

static void
a_sibling_is_named_or_null(void)
{
	json_t *v = load(json_status, made_synced());

	CU_ASSERT(json_is_null(get(v, "sibling.host")));
	CU_ASSERT_STRING_EQUAL(text(v, "sibling.state"), "none");
	json_decref(v);
	v = load(json_status, made_paired());
	CU_ASSERT_STRING_EQUAL(text(v, "sibling.host"), "10.0.0.12");
	CU_ASSERT_STRING_EQUAL(text(v, "sibling.state"), "paired");
	CU_ASSERT_DOUBLE_EQUAL(number(v, "sibling.offset_s"), -3e-6, 1e-12);
	json_decref(v);
}

static void
an_upstream_tells_its_numbers(void)
{
	json_t *v = load(json_upstreams, made_synced());
	json_t *u = upstream(v, 2);

	CU_ASSERT_STRING_EQUAL(text(u, "address"), "192.0.2.12");
	CU_ASSERT_STRING_EQUAL(text(u, "tally"), "x");
	CU_ASSERT_STRING_EQUAL(text(u, "state"), "falseticker");
	CU_ASSERT_STRING_EQUAL(text(u, "refid"), "10.0.0.1");
	CU_ASSERT_EQUAL(number(u, "reach"), 255);
	CU_ASSERT_EQUAL(number(u, "group"), 2);
	CU_ASSERT_EQUAL(number(u, "port"), 123);
	CU_ASSERT_DOUBLE_EQUAL(number(u, "offset_s"), 0.5, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(number(u, "delay_s"), 0.0143, 1e-12);
	CU_ASSERT_EQUAL(number(u, "verdicts.sample"), 60);
	json_decref(v);
}

static void
an_upstream_not_heard_has_no_numbers(void)
{
	static const char *const name[] = { "address", "next_s", "last_s",
		"stratum", "refid", "offset_s", "delay_s", "jitter_s", "kiss" };
	json_t *v = load(json_upstreams, made_starting());
	json_t *u = upstream(v, 1);

	for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++)
		CU_ASSERT(json_is_null(get(u, name[i])));
	CU_ASSERT_EQUAL(number(u, "sent"), 0);
	json_decref(v);
}

static void
octets_that_are_no_utf8_do_no_harm(void)
{
	struct snapshot s = made_synced();
	json_t *v;

	strcpy(s.upstream[0].operator_name, "Universit\xe4t");
	v = load(json_upstreams, s);
	CU_ASSERT_STRING_EQUAL(text(upstream(v, 0), "operator"), "Universit?t");
	json_decref(v);
}

static void
status_tells_what_the_ledger_forbids(void)
{
	struct snapshot s = made_synced();
	json_t *v = load(json_status, s);

	CU_ASSERT_STRING_EQUAL(text(v, "upstream.ledger"), "good");
	CU_ASSERT(json_is_false(get(v, "upstream.frugal")));
	CU_ASSERT_EQUAL(number(v, "upstream.hold_s"), 0);
	json_decref(v);
	s.frugal_s = 3600;
	s.hold_s = 32;
	v = load(json_status, s);
	CU_ASSERT_STRING_EQUAL(text(v, "upstream.ledger"), "frugal");
	CU_ASSERT(json_is_true(get(v, "upstream.frugal")));
	CU_ASSERT_EQUAL(number(v, "upstream.hold_s"), 32);
	json_decref(v);
	s.closed = true;
	v = load(json_status, s);
	CU_ASSERT_STRING_EQUAL(text(v, "upstream.ledger"), "closed");
	json_decref(v);
}

/* The same object in both. */
static void
told_pace(json_t *v)
{
	CU_ASSERT_STRING_EQUAL(text(v, "pace.reason"), "promise");
	CU_ASSERT_EQUAL(number(v, "pace.interval_s"), 1024);
	CU_ASSERT_DOUBLE_EQUAL(number(v, "pace.promised_s"), 0.005, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(number(v, "pace.peak_s"), 0.0048, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(number(v, "pace.best_s"), 0.0019, 1e-12);
	json_decref(v);
}

static void
both_tell_why_servers_are_asked_so_often(void)
{
	told_pace(load(json_status, made_synced()));
	told_pace(load(json_upstreams, made_synced()));
}

static void
a_bound_not_yet_known_is_null_in_pace(void)
{
	json_t *v = load(json_status, made_starting());

	CU_ASSERT_STRING_EQUAL(text(v, "pace.reason"), "start");
	CU_ASSERT_EQUAL(number(v, "pace.interval_s"), 64);
	CU_ASSERT(json_is_null(get(v, "pace.peak_s")));
	CU_ASSERT(json_is_null(get(v, "pace.best_s")));
	json_decref(v);
}

static void
an_upstream_tells_its_place(void)
{
	struct snapshot s = made_synced();
	json_t *v = load(json_upstreams, s);

	CU_ASSERT(json_is_false(get(upstream(v, 1), "retired")));
	CU_ASSERT(json_is_null(get(upstream(v, 1), "retired_s")));
	CU_ASSERT(json_is_null(get(upstream(v, 1), "stands_for")));
	CU_ASSERT(json_is_null(get(upstream(v, 1), "shares_with")));
	CU_ASSERT_EQUAL(number(upstream(v, 1), "floor_s"), 64);
	/* 3 of 4: one more, and 2 of 4 are no majority */
	CU_ASSERT_EQUAL(number(upstream(v, 1), "losses_without"), 0);
	/* 4 of 4: two may be lost, 2 of 4 are none */
	CU_ASSERT_EQUAL(number(upstream(v, 2), "losses_without"), 1);
	json_decref(v);
	s.upstream[1].account.retired = true;
	s.upstream[1].account.retired_s = 86400;
	s.upstream[1].without.majority = false;
	strcpy(s.upstream[1].stands_for, "old.example.net");
	v = load(json_upstreams, s);
	CU_ASSERT(json_is_true(get(upstream(v, 1), "retired")));
	CU_ASSERT_EQUAL(number(upstream(v, 1), "retired_s"), 86400);
	CU_ASSERT(json_is_null(get(upstream(v, 1), "losses_without")));
	CU_ASSERT_STRING_EQUAL(text(upstream(v, 1), "stands_for"),
	    "old.example.net");
	json_decref(v);
}

static void
spares_have_a_list_of_their_own(void)
{
	struct snapshot s = made_synced();
	json_t *v, *spare;

	s.spares = 1;
	strcpy(s.spare[0].host, "old.example.net");
	s.spare[0].account.retired = true;
	v = load(json_upstreams, s);
	CU_ASSERT_EQUAL(json_array_size(get(v, "upstreams")), 5);
	CU_ASSERT_EQUAL(json_array_size(get(v, "spares")), 1);
	spare = json_array_get(get(v, "spares"), 0);
	CU_ASSERT_STRING_EQUAL(text(spare, "state"), "retired");
	CU_ASSERT(json_is_true(get(spare, "retired")));
	CU_ASSERT(json_is_null(get(spare, "address")));
	json_decref(v);
}

static void
budget_tells_each_server(void)
{
	struct snapshot s = made_synced();
	struct snapshot_account *a = &s.spare[0].account;
	json_t *v, *list;

	s.spares = 1;
	strcpy(s.spare[0].host, "spare.example.net");
	*a = (struct snapshot_account){ .kiss = "RATE",
		.kisses = 2,
		.kissed_s = 60,
		.total = 9 };
	s.pace_s = 135;
	v = load(json_budget, s);
	list = get(v, "servers");
	CU_ASSERT_EQUAL(number(v, "left"), 330);
	CU_ASSERT_EQUAL(number(v, "pace_s"), 135);
	CU_ASSERT_EQUAL(json_array_size(list), 6);
	CU_ASSERT_EQUAL(number(json_array_get(list, 0), "sent_day"), 62);
	CU_ASSERT_STRING_EQUAL(text(json_array_get(list, 0), "role"), "server");
	CU_ASSERT(json_is_null(get(json_array_get(list, 0), "kiss")));
	list = json_array_get(list, 5);
	CU_ASSERT_STRING_EQUAL(text(list, "role"), "spare");
	CU_ASSERT_STRING_EQUAL(text(list, "kiss"), "RATE");
	CU_ASSERT_EQUAL(number(list, "kisses"), 2);
	CU_ASSERT_EQUAL(number(list, "kissed_s"), 60);
	CU_ASSERT(json_is_null(get(list, "floor_s")));
	json_decref(v);
}

static void
an_error_is_an_object_too(void)
{
	char buf[256];
	struct text t = TEXT(buf);
	json_t *v;

	json_error("no \"way\"", &t);
	v = json_loads(buf, 0, NULL);
	CU_ASSERT_STRING_EQUAL(text(v, "error"), "no \"way\"");
	CU_ASSERT_EQUAL(number(v, "schema"), 1);
	json_decref(v);
}

static CU_TestInfo tests[] = {
	{ "status has every member of the contract",
	    status_has_every_member_of_the_contract },
	{ "upstreams have every member of the contract",
	    upstreams_have_every_member_of_the_contract },
	{ "status tells the numbers", status_tells_the_numbers },
	{ "the source is a host of upstreams",
	    the_source_is_a_host_of_upstreams },
	{ "requests are told by what became of them",
	    requests_are_told_by_what_became_of_them },
	{ "what is left is budget less today",
	    what_is_left_is_budget_less_today },
	{ "unknown numbers are null", unknown_numbers_are_null },
	{ "a NaN becomes null", a_nan_becomes_null },
	{ "leap is a word", leap_is_a_word },
	{ "state is a word", state_is_a_word },
	{ "hosts nobody counted are null", hosts_nobody_counted_are_null },
	{ "nobody served is zero hosts", nobody_served_is_zero_hosts },
	{ "a sibling is named or null", a_sibling_is_named_or_null },
	{ "an upstream tells its numbers", an_upstream_tells_its_numbers },
	{ "an upstream not heard has no numbers",
	    an_upstream_not_heard_has_no_numbers },
	{ "octets that are no UTF-8 do no harm",
	    octets_that_are_no_utf8_do_no_harm },
	{ "status tells what the ledger forbids",
	    status_tells_what_the_ledger_forbids },
	{ "both tell why servers are asked so often",
	    both_tell_why_servers_are_asked_so_often },
	{ "a bound not yet known is null in pace",
	    a_bound_not_yet_known_is_null_in_pace },
	{ "an upstream tells its place", an_upstream_tells_its_place },
	{ "spares have a list of their own", spares_have_a_list_of_their_own },
	{ "budget tells each server", budget_tells_each_server },
	{ "an error is an object too", an_error_is_an_object_too },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_json = { "view/json", NULL, NULL, NULL, NULL, tests };
