/* SPDX-License-Identifier: ISC */
#include "asker.h"
#include "made.h"
#include "unit.h"

#include <math.h>
#include <string.h>

/* What the one variable is said to be. */
static const char *
told(const char *name)
{
	asker_ask(CTL_READVAR, 0, name);
	CU_ASSERT_FALSE_FATAL(asker.head.error);
	return asker_value(name);
}

static void
programs_are_told_who_we_are(void)
{
	CU_ASSERT_STRING_EQUAL(told("version"), "\"ntpgate 9.9\"");
	CU_ASSERT_STRING_EQUAL(told("processor"), "\"x86_64\"");
	CU_ASSERT_STRING_EQUAL(told("system"), "\"Linux/6.1\"");
}

static void
spans_are_in_milliseconds(void)
{
	CU_ASSERT_STRING_EQUAL(told("rootdelay"), "12.300000");
	CU_ASSERT_STRING_EQUAL(told("rootdisp"), "2.100000");
	CU_ASSERT_STRING_EQUAL(told("rootdist"), "8.600000");
	CU_ASSERT_STRING_EQUAL(told("offset"), "0.120000");
	CU_ASSERT_STRING_EQUAL(told("sys_jitter"), "0.210000");
}

static void
a_rate_is_in_ppm(void)
{
	CU_ASSERT_STRING_EQUAL(told("frequency"), "12.345000");
}

static void
whom_we_follow_is_named_twice(void)
{
	CU_ASSERT_STRING_EQUAL(told("refid"), "192.0.2.10");
	CU_ASSERT_STRING_EQUAL(told("peer"), "1");
	asker.snapshot.named = -1;
	CU_ASSERT_STRING_EQUAL(told("peer"), "0");
}

/* ntpq's "sysinfo" ends at an unknown mode. */
static void
whom_we_follow_has_an_address_and_a_mode(void)
{
	CU_ASSERT_STRING_EQUAL(told("peeradr"), "192.0.2.10:123");
	CU_ASSERT_STRING_EQUAL(told("peermode"), "3");
	asker.snapshot.named = -1;
	CU_ASSERT_STRING_EQUAL(told("peeradr"), "0.0.0.0:0");
	CU_ASSERT_STRING_EQUAL(told("peermode"), "0");
}

static void
a_sibling_that_leads_has_them_too(void)
{
	asker.snapshot = made_paired();
	asker.snapshot.named = -1;
	asker.snapshot.sibling.follows = true;
	asker.snapshot.sibling.symmetric = true;
	addr_parse(&asker.snapshot.sibling.addr, "192.0.2.2");
	CU_ASSERT_STRING_EQUAL(told("peer"), "9");
	CU_ASSERT_STRING_EQUAL(told("peeradr"), "192.0.2.2:0");
	CU_ASSERT_STRING_EQUAL(told("peermode"), "1");
}

/* "A,B=" and "\"GPS": what a server of stratum 1 calls itself. */
static void
no_reference_is_more_than_a_value(void)
{
	asker.snapshot.upstream[1].stratum = 1;
	asker.snapshot.upstream[1].refid = 0x412c423d;
	asker_ask(CTL_READVAR, 2, "refid");
	CU_ASSERT_STRING_EQUAL(asker.data, "refid=A.B.\r\n");
	asker.snapshot.upstream[1].refid = 0x22475053;
	asker_ask(CTL_READVAR, 2, "refid");
	CU_ASSERT_STRING_EQUAL(asker.data, "refid=.GPS\r\n");
}

/* 1024 s is two to the tenth. */
static void
the_pace_is_a_logarithm(void)
{
	CU_ASSERT_STRING_EQUAL(told("tc"), "10");
}

static void
instants_are_stamps(void)
{
	CU_ASSERT_STRING_EQUAL(told("clock"), "0xebe61680.00000000");
	CU_ASSERT_STRING_EQUAL(told("reftime"), "0x00000000.00000000");
	asker.snapshot.serving.updated = wall_add(asker.world.now, -16);
	CU_ASSERT_STRING_EQUAL(told("reftime"), "0xebe61670.00000000");
}

static void
leap_seconds_are_told(void)
{
	CU_ASSERT_STRING_EQUAL(told("tai"), "37");
	CU_ASSERT_STRING_EQUAL(told("leapsec"), "\"2017-01-01T00:00Z\"");
	CU_ASSERT_STRING_EQUAL(told("expire"), "\"2025-12-28T00:00Z\"");
}

static void
what_is_not_known_is_not_told(void)
{
	asker.leap.count = 0;
	asker.leap.expires = 0;
	CU_ASSERT_PTR_NULL(told("leapsec"));
	CU_ASSERT_PTR_NULL(told("expire"));
	asker.snapshot.root_distance_s = INFINITY;
	CU_ASSERT_PTR_NULL(told("rootdist"));
}

static void
who_knows_nothing_says_so(void)
{
	asker.snapshot = made_starting();
	asker.snapshot.offset_s = 77;
	CU_ASSERT_STRING_EQUAL(told("stratum"), "16");
	CU_ASSERT_STRING_EQUAL(told("leap"), "3");
	CU_ASSERT_STRING_EQUAL(told("refid"), "INIT");
	CU_ASSERT_STRING_EQUAL(told("offset"), "0.000000");
	CU_ASSERT_STRING_EQUAL(told("frequency"), "0.000000");
}

static void
no_text_ends_a_quotation(void)
{
	asker.world.version = "a\"b,\r\nc\x80";
	asker_ask(CTL_READVAR, 0, "version");
	CU_ASSERT_STRING_EQUAL(asker.data, "version=\"ab,c\"\r\n");
}

static CU_TestInfo tests[] = {
	{ "programs are told who we are", programs_are_told_who_we_are },
	{ "spans are in milliseconds", spans_are_in_milliseconds },
	{ "a rate is in ppm", a_rate_is_in_ppm },
	{ "whom we follow is named twice", whom_we_follow_is_named_twice },
	{ "whom we follow has an address and a mode",
	    whom_we_follow_has_an_address_and_a_mode },
	{ "a sibling that leads has them too",
	    a_sibling_that_leads_has_them_too },
	{ "no reference is more than a value",
	    no_reference_is_more_than_a_value },
	{ "the pace is a logarithm", the_pace_is_a_logarithm },
	{ "instants are stamps", instants_are_stamps },
	{ "leap seconds are told", leap_seconds_are_told },
	{ "what is not known is not told", what_is_not_known_is_not_told },
	{ "who knows nothing says so", who_knows_nothing_says_so },
	{ "no text ends a quotation", no_text_ends_a_quotation },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_mode6_system = { "view/mode6_system", NULL, NULL, asker_init,
	NULL, tests };
