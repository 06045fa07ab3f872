/* SPDX-License-Identifier: ISC */
#include "conf/catalogue_value.h"

#include "unit.h"

#include <string.h>

static struct survey_said said;

static void
setup(void)
{
	said = (struct survey_said){ .port = 123 };
}

/* Is this taken as that host and port? */
static bool
host_is(const char *text, const char *host, unsigned port)
{
	char spent[300];

	setup();
	strcpy(spent, text);
	return catalogue_host(&said, spent) && strcmp(said.host, host) == 0 &&
	    said.port == port;
}

static bool
refused(const char *text)
{
	char spent[300];

	strcpy(spent, text);
	return !catalogue_host(&said, spent);
}

static void
a_host_is_a_name_or_an_address(void)
{
	CU_ASSERT(host_is("ntp1.example.net", "ntp1.example.net", 123));
	CU_ASSERT(host_is("192.0.2.1", "192.0.2.1", 123));
	CU_ASSERT(host_is("2001:db8::1", "2001:db8::1", 123));
	CU_ASSERT(host_is("[2001:db8::1]", "2001:db8::1", 123));
}

static void
a_port_may_follow(void)
{
	CU_ASSERT(host_is("ntp1.example.net:1123", "ntp1.example.net", 1123));
	CU_ASSERT(host_is("[2001:db8::1]:65535", "2001:db8::1", 65535));
}

static void
the_dot_of_the_root_is_dropped(void)
{
	CU_ASSERT(host_is("ntp1.example.net.", "ntp1.example.net", 123));
}

static void
what_is_no_host_is_refused(void)
{
	char longest[300];

	CU_ASSERT(refused(""));
	CU_ASSERT(refused("two words"));
	CU_ASSERT(refused("ntp://host"));
	CU_ASSERT(refused("-option"));
	CU_ASSERT(refused("host:"));
	CU_ASSERT(refused("host:0"));
	CU_ASSERT(refused("host:65536"));
	CU_ASSERT(refused("host:12x"));
	CU_ASSERT(refused("[::1"));
	CU_ASSERT(refused("10.0.0"));
	CU_ASSERT(refused("10.0.0:123"));
	CU_ASSERT(refused("[::1]5"));
	memset(longest, 'a', 256);
	longest[256] = '\0';
	CU_ASSERT(refused(longest));
}

static bool
tidied(const char *from, const char *to)
{
	char text[128];

	strcpy(text, from);
	catalogue_tidy(text);
	return strcmp(text, to) == 0;
}

static void
text_becomes_one_line(void)
{
	CU_ASSERT(tidied("  a \n\t b  ", "a b"));
	CU_ASSERT(tidied("\x1b[31mred", "[31mred"));
	CU_ASSERT(tidied("", ""));
}

static void
words_for_nothing_are_nothing(void)
{
	CU_ASSERT(tidied("Unknown", ""));
	CU_ASSERT(tidied(" UNKNOWN ", ""));
	CU_ASSERT(tidied("n/a", ""));
	CU_ASSERT(tidied("~", ""));
	CU_ASSERT(tidied("Unknown Ltd", "Unknown Ltd"));
}

static void
of_a_link_the_words_stay(void)
{
	CU_ASSERT(tidied("[Example University](https://www.example.net)",
	    "Example University"));
	CU_ASSERT(tidied("[a] b", "[a] b"));
}

static void
half_a_character_is_taken_away(void)
{
	/* o with umlaut: c3 b6; euro: e2 82 ac */
	CU_ASSERT(tidied("Malm\xc3", "Malm"));
	CU_ASSERT(tidied("Malm\xc3\xb6", "Malm\xc3\xb6"));
	CU_ASSERT(tidied("5 \xe2\x82", "5"));
	CU_ASSERT(tidied("5 \xe2\x82\xac", "5 \xe2\x82\xac"));
	CU_ASSERT(tidied("\xf0\x9f\x95", ""));
}

static unsigned
systems(const char *text)
{
	setup();
	catalogue_as(&said, text);
	return said.as_count;
}

static void
systems_are_the_numbers_behind_as(void)
{
	CU_ASSERT_EQUAL(systems("AS64500"), 1);
	CU_ASSERT_EQUAL(said.as[0], 64500);
	CU_ASSERT_EQUAL(systems("AS64500, as64501 / ASN64502;64503"), 4);
	CU_ASSERT_EQUAL(said.as[1], 64501);
	CU_ASSERT_EQUAL(said.as[2], 64502);
	CU_ASSERT_EQUAL(said.as[3], 64503);
	CU_ASSERT_EQUAL(systems("4294967295"), 1);
}

static void
what_is_no_system_is_passed_over(void)
{
	CU_ASSERT_EQUAL(systems("Unknown"), 0);
	CU_ASSERT_EQUAL(systems("AS0"), 0);
	CU_ASSERT_EQUAL(systems("AS4294967296"), 0);
	CU_ASSERT_EQUAL(systems("AS64500 (was AS64501)"), 1);
	CU_ASSERT_EQUAL(systems("1 2 3 4 5 6 7 8 9 10"), SURVEY_AS);
}

static void
a_stratum_is_one_number_from_1_to_15(void)
{
	CU_ASSERT_EQUAL(catalogue_stratum("2"), 2);
	CU_ASSERT_EQUAL(catalogue_stratum("stratum 2"), 2);
	CU_ASSERT_EQUAL(catalogue_stratum("15"), 15);
}

static void
any_other_stratum_is_unknown(void)
{
	CU_ASSERT_EQUAL(catalogue_stratum("Unknown"), 0);
	CU_ASSERT_EQUAL(catalogue_stratum("2 or 3"), 0);
	CU_ASSERT_EQUAL(catalogue_stratum("16"), 0);
	CU_ASSERT_EQUAL(catalogue_stratum("0"), 0);
	CU_ASSERT_EQUAL(catalogue_stratum("-1"), 0);
	CU_ASSERT_EQUAL(catalogue_stratum("99999999999999999999999"), 0);
}

static void
true_has_three_words(void)
{
	CU_ASSERT(catalogue_true("Yes"));
	CU_ASSERT(catalogue_true("true"));
	CU_ASSERT(catalogue_true("on"));
	CU_ASSERT(!catalogue_true("false"));
	CU_ASSERT(!catalogue_true(""));
}

static CU_TestInfo tests[] = {
	{ "a host is a name or an address", a_host_is_a_name_or_an_address },
	{ "a port may follow", a_port_may_follow },
	{ "the dot of the root is dropped", the_dot_of_the_root_is_dropped },
	{ "what is no host is refused", what_is_no_host_is_refused },
	{ "text becomes one line", text_becomes_one_line },
	{ "words for nothing are nothing", words_for_nothing_are_nothing },
	{ "of a link the words stay", of_a_link_the_words_stay },
	{ "half a character is taken away", half_a_character_is_taken_away },
	{ "systems are the numbers behind AS",
	    systems_are_the_numbers_behind_as },
	{ "what is no system is passed over",
	    what_is_no_system_is_passed_over },
	{ "a stratum is one number from 1 to 15",
	    a_stratum_is_one_number_from_1_to_15 },
	{ "any other stratum is unknown", any_other_stratum_is_unknown },
	{ "true has three words", true_has_three_words },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_catalogue_value = { "conf/catalogue_value", NULL, NULL,
	setup, NULL, tests };
