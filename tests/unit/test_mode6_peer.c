/* SPDX-License-Identifier: ISC */
#include "asker.h"
#include "made.h"
#include "unit.h"
#include "view/mode6_parts.h"

#include <string.h>

static uint16_t whom;

static void
setup(void)
{
	asker_init();
	whom = 2; /* ntp2.example.org */
}

/* What the one variable is said to be. */
static const char *
told(const char *name)
{
	asker_ask(CTL_READVAR, whom, name);
	CU_ASSERT_FALSE_FATAL(asker.head.error);
	return asker_value(name);
}

static void
its_addresses_and_its_name_are_told(void)
{
	CU_ASSERT_STRING_EQUAL(told("srcadr"), "192.0.2.11");
	CU_ASSERT_STRING_EQUAL(told("srcport"), "123");
	CU_ASSERT_STRING_EQUAL(told("srchost"), "\"ntp2.example.org\"");
	CU_ASSERT_STRING_EQUAL(told("dstadr"), "0.0.0.0");
	asker.snapshot.upstream[1].addr.family = ADDR_V6;
	CU_ASSERT_STRING_EQUAL(told("dstadr"), "::");
	asker.snapshot.upstream[1].addr = (struct addr){ .family = ADDR_NONE };
	CU_ASSERT_STRING_EQUAL(told("srcadr"), "0.0.0.0");
}

/* In made.c: 0 ms off, 13.3 ms away, 0.21 ms of jitter. */
static void
its_numbers_are_in_milliseconds(void)
{
	whom = 3; /* half a second off */
	CU_ASSERT_STRING_EQUAL(told("offset"), "500.000000");
	CU_ASSERT_STRING_EQUAL(told("delay"), "14.300000");
	CU_ASSERT_STRING_EQUAL(told("jitter"), "0.210000");
	CU_ASSERT_STRING_EQUAL(told("rootdelay"), "1.000000");
	CU_ASSERT_STRING_EQUAL(told("rootdisp"), "2.000000");
	CU_ASSERT_STRING_EQUAL(told("filtoffset"),
	    "500.00 0.00 0.00 0.00 0.00 0.00 0.00 0.00");
	CU_ASSERT_STRING_EQUAL(told("filtdelay"),
	    "14.30 0.00 0.00 0.00 0.00 0.00 0.00 0.00");
}

/* Distance 10 ms: half of 12.3 + 1 ms, 2 ms; 1.35 ms are left. */
static void
its_dispersion_is_what_is_left_of_the_distance(void)
{
	whom = 1;
	CU_ASSERT_STRING_EQUAL(told("dispersion"), "1.350000");
}

static void
how_it_is_reached_is_told(void)
{
	CU_ASSERT_STRING_EQUAL(told("reach"), "0xff");
	CU_ASSERT_STRING_EQUAL(told("flash"), "0x0");
	CU_ASSERT_STRING_EQUAL(told("hmode"), "3");
	CU_ASSERT_STRING_EQUAL(told("pmode"), "4");
	CU_ASSERT_STRING_EQUAL(told("hpoll"), "10");
	CU_ASSERT_STRING_EQUAL(told("ppoll"), "10");
	CU_ASSERT_STRING_EQUAL(told("headway"), "212");
	asker.snapshot.upstream[1].reach = 0;
	asker.snapshot.upstream[1].missed = 9;
	CU_ASSERT_STRING_EQUAL(told("flash"), "0x1000");
	CU_ASSERT_STRING_EQUAL(told("unreach"), "9");
}

/* 100 s ago. */
static void
when_it_was_heard_is_told_if_it_is_known(void)
{
	CU_ASSERT_STRING_EQUAL(told("rec"), "0xebe6161c.00000000");
	CU_ASSERT_STRING_EQUAL(told("xmt"), "0xebe6161c.00000000");
	asker.snapshot.upstream[1].missed = 1;
	CU_ASSERT_PTR_NULL(told("rec"));
	CU_ASSERT_PTR_NOT_NULL(told("xmt"));
	asker.snapshot.upstream[1].last_s = -1;
	CU_ASSERT_PTR_NULL(told("xmt"));
}

static void
what_it_says_of_itself_is_told(void)
{
	CU_ASSERT_STRING_EQUAL(told("stratum"), "2");
	CU_ASSERT_STRING_EQUAL(told("refid"), "10.0.0.1");
	CU_ASSERT_STRING_EQUAL(told("leap"), "0");
	asker.snapshot.upstream[1].leap = LEAP_INSERT;
	CU_ASSERT_STRING_EQUAL(told("leap"), "1");
	asker.snapshot.upstream[1].precision = -22;
	CU_ASSERT_STRING_EQUAL(told("precision"), "-22");
	asker.snapshot.upstream[1].key_id = 7;
	CU_ASSERT_STRING_EQUAL(told("keyid"), "7");
}

static void
who_was_never_heard_has_nothing_to_tell(void)
{
	struct snapshot_upstream *u = &asker.snapshot.upstream[1];

	u->sampled = false;
	u->stratum = 0;
	u->offset_s = 5;
	CU_ASSERT_STRING_EQUAL(told("stratum"), "16");
	CU_ASSERT_STRING_EQUAL(told("refid"), "INIT");
	CU_ASSERT_STRING_EQUAL(told("leap"), "3");
	CU_ASSERT_STRING_EQUAL(told("offset"), "0.000000");
	CU_ASSERT_STRING_EQUAL(told("dispersion"), "0.000000");
	CU_ASSERT_EQUAL(strncmp(told("filtdisp"), "16000.00 16000.00 ", 18), 0);
}

static void
the_sibling_is_told_of_in_the_same_words(void)
{
	struct snapshot_sibling *b = &asker.snapshot.sibling;

	asker.snapshot = made_paired();
	whom = MODE6_SIBLING;
	b->reach = 0xf;
	b->offset_s = -0.001;
	b->stratum = 4;
	b->leap = LEAP_DELETE;
	b->refid = 0x0a000002;
	b->key_id = 9;
	b->symmetric = true;
	CU_ASSERT_STRING_EQUAL(told("offset"), "-1.000000");
	CU_ASSERT_STRING_EQUAL(told("stratum"), "4");
	CU_ASSERT_STRING_EQUAL(told("leap"), "2");
	CU_ASSERT_STRING_EQUAL(told("refid"), "10.0.0.2");
	CU_ASSERT_STRING_EQUAL(told("reach"), "0xf");
	CU_ASSERT_STRING_EQUAL(told("keyid"), "9");
	CU_ASSERT_STRING_EQUAL(told("hmode"), "1");
	b->reach = 0;
	CU_ASSERT_STRING_EQUAL(told("offset"), "0.000000");
	CU_ASSERT_STRING_EQUAL(told("flash"), "0x1000");
}

static CU_TestInfo tests[] = {
	{ "its addresses and its name are told",
	    its_addresses_and_its_name_are_told },
	{ "its numbers are in milliseconds", its_numbers_are_in_milliseconds },
	{ "its dispersion is what is left of the distance",
	    its_dispersion_is_what_is_left_of_the_distance },
	{ "how it is reached is told", how_it_is_reached_is_told },
	{ "when it was heard is told, if it is known",
	    when_it_was_heard_is_told_if_it_is_known },
	{ "what it says of itself is told", what_it_says_of_itself_is_told },
	{ "who was never heard has nothing to tell",
	    who_was_never_heard_has_nothing_to_tell },
	{ "the sibling is told of in the same words",
	    the_sibling_is_told_of_in_the_same_words },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_mode6_peer = { "view/mode6_peer", NULL, NULL, setup, NULL,
	tests };
