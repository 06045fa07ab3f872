/* SPDX-License-Identifier: ISC */
#include "guests.h"
#include "made.h"
#include "unit.h"

#include "core/diagnose.h"
#include "view/report.h"

#include <jansson.h>
#include <string.h>

static char buf[65536];
static struct text out;
static struct snapshot snapshot;
static struct clients_view view;
static struct report report;

static void
setup(void)
{
	guests_init();
	snapshot = made_synced();
	report = (struct report){ &view, &snapshot, 8 };
	out = TEXT(buf);
}

static bool
has(const char *text)
{
	return strstr(buf, text) != NULL;
}

static void
print(const char *host)
{
	view = guests_view(host);
	report_text(&report, &(struct table_style){ .width = 80 }, &out);
}

static void
a_sick_host_s_owner_reads_what_and_how_to_mend_it(void)
{
	print("10.0.0.3");
	CU_ASSERT(has("Subject: NTP requests of 10.0.0.3 to gw1\n"));
	CU_ASSERT(has("  Host       10.0.0.3\n"));
	CU_ASSERT(has("  Requests   500: "));
	CU_ASSERT(has("a request in 8 s is allowed"));
	CU_ASSERT(has("What it does:\n"));
	CU_ASSERT(has("  version-1: "));
	CU_ASSERT(has("of 1988"));
	CU_ASSERT(has("What helps:\n"));
	CU_ASSERT(has("Update the firmware"));
	CU_ASSERT(has("Update the program"));
}

static void
what_works_but_could_be_better_is_said_so(void)
{
	print("2001:db8::4");
	CU_ASSERT(has("could be better"));
	CU_ASSERT(has("  symmetric: "));
	CU_ASSERT(has("0x8"));
	CU_ASSERT_FALSE(has("harms"));
}

static void
of_an_unknown_program_nothing_seems(void)
{
	view = guests_view("10.0.0.1");
	view.facts.header = UINT64_C(0x2301010100000000);
	report_text(&report, &(struct table_style){ .width = 80 }, &out);
	CU_ASSERT(has("  Program    a program that we do not know\n"));
}

static void
of_a_healthy_host_nothing_is_asked(void)
{
	print("10.0.0.1");
	CU_ASSERT_EQUAL(strncmp(buf, "Nothing is wrong with 10.0.0.1.\n", 32),
	    0);
	CU_ASSERT_FALSE(has("What helps"));
}

/* First seen 24.95 s before the end of its requests. */
static void
times_are_those_of_the_gateway_when_it_knows_them(void)
{
	snapshot.at.ns = INT64_C(1800000060) * 1000000000;
	snapshot.serving.leap = LEAP_NONE;
	print("10.0.0.3");
	CU_ASSERT(has("Last seen  2027-01-15 08:01 UTC, 0 s ago\n"));
	out = TEXT(buf);
	snapshot.serving.leap = LEAP_UNSYNC;
	print("10.0.0.3");
	CU_ASSERT(has("Last seen  0 s ago\n"));
}

static void
programs_get_the_same(void)
{
	view = guests_view("10.0.0.3");
	report_json(&report, &out);
	json_t *v = json_loads(buf, 0, NULL);
	json_t *finding = json_array_get(json_object_get(v, "findings"), 0);

	CU_ASSERT_PTR_NOT_NULL_FATAL(v);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(v, "address")),
	    "10.0.0.3");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(v, "gateway")),
	    "gw1");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(v, "program")),
	    "embedded");
	CU_ASSERT_PTR_NOT_NULL(json_object_get(finding, "evidence"));
	CU_ASSERT_TRUE(json_array_size(json_object_get(v, "advice")) > 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(
	    json_string_value(json_object_get(v, "notice")), "Subject: "));
	json_decref(v);
}

static CU_TestInfo tests[] = {
	{ "a sick host's owner reads what, and how to mend it",
	    a_sick_host_s_owner_reads_what_and_how_to_mend_it },
	{ "what works but could be better is said so",
	    what_works_but_could_be_better_is_said_so },
	{ "of an unknown program nothing seems",
	    of_an_unknown_program_nothing_seems },
	{ "of a healthy host nothing is asked",
	    of_a_healthy_host_nothing_is_asked },
	{ "times are those of the gateway, when it knows them",
	    times_are_those_of_the_gateway_when_it_knows_them },
	{ "programs get the same", programs_get_the_same },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_report = { "view/report", NULL, NULL, setup, NULL, tests };
