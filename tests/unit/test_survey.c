/* SPDX-License-Identifier: ISC */
#include "core/survey.h"

#include "unit.h"

#include <string.h>

static struct survey v;
static struct survey_wish wish;
static unsigned order[SURVEY_SERVERS];

static void
setup(void)
{
	memset(&v, 0, sizeof(v));
	wish = (struct survey_wish){ .want = 5 };
}

static struct survey_said *
add(const char *host, const char *operator_name)
{
	struct survey_said *s = &v.server[v.count].said;

	strcpy(s->host, host);
	strcpy(s->operator_name, operator_name);
	s->port = 123;
	s->stratum = 2;
	s->line = ++v.count;
	return s;
}

static enum survey_verdict
verdict(unsigned i)
{
	survey_filter(&v, &wish);
	return v.server[i].verdict;
}

static void
a_word_stands_whole_in_any_case(void)
{
	CU_ASSERT(survey_has_word("Berlin, Germany", "germany"));
	CU_ASSERT(survey_has_word("ntp1.example.se", "SE"));
	CU_ASSERT(survey_has_word("in New York City", "new york"));
	CU_ASSERT(survey_has_word("a germanyx germany", "germany"));
	CU_ASSERT(!survey_has_word("Prussia", "Russia"));
	CU_ASSERT(!survey_has_word("Use", "us"));
	CU_ASSERT(!survey_has_word("Lule\xc3\xa5", "lule"));
	CU_ASSERT(!survey_has_word("anything", ""));
	CU_ASSERT(!survey_has_word("", "a"));
}

static void
a_plain_server_is_a_candidate(void)
{
	add("ntp1.example.net", "Example");
	CU_ASSERT_EQUAL(verdict(0), SURVEY_CANDIDATE);
	CU_ASSERT_STRING_EQUAL(v.server[0].why, "");
}

static void
an_unknown_stratum_is_a_candidate(void)
{
	add("ntp1.example.net", "Example")->stratum = 0;
	CU_ASSERT_EQUAL(verdict(0), SURVEY_CANDIDATE);
}

static void
another_stratum_is_refused(void)
{
	add("ntp1.example.net", "Example")->stratum = 1;
	add("ntp3.example.net", "Example")->stratum = 3;
	CU_ASSERT_EQUAL(verdict(0), SURVEY_STRATUM_NO);
	CU_ASSERT_EQUAL(verdict(1), SURVEY_STRATUM_NO);
	CU_ASSERT_STRING_EQUAL(v.server[0].why,
	    "the catalogue says stratum 1: a site asks stratum 2");
}

static void
a_pool_is_refused_by_its_name(void)
{
	add("0.se.pool.example.org", "Example");
	add("liverpool.example.org", "Example");
	CU_ASSERT_EQUAL(verdict(0), SURVEY_POOL);
	CU_ASSERT_EQUAL(verdict(1), SURVEY_CANDIDATE);
}

static void
anycast_is_refused_by_its_note(void)
{
	strcpy(add("ntp.example.net", "Example")->notes, "Anycast");
	strcpy(add("ntp2.example.net", "Example")->notes, "Europe");
	CU_ASSERT_EQUAL(verdict(0), SURVEY_ANYCAST);
	CU_ASSERT_EQUAL(verdict(1), SURVEY_CANDIDATE);
}

static void
who_smears_is_refused(void)
{
	strcpy(add("ntp.example.net", "Example")->notes, "leap-smeared");
	add("time1.google.com", "Google");
	add("google.com.example.net", "Example");
	CU_ASSERT_EQUAL(verdict(0), SURVEY_SMEARS);
	CU_ASSERT_EQUAL(verdict(1), SURVEY_SMEARS);
	CU_ASSERT_EQUAL(verdict(2), SURVEY_CANDIDATE);
}

static void
who_wants_to_be_asked_first_is_refused(void)
{
	strcpy(add("a.example.net", "A")->notes, "please contact us");
	strcpy(add("b.example.net", "B")->permission, "restricted");
	CU_ASSERT_EQUAL(verdict(0), SURVEY_PERMISSION);
	CU_ASSERT_EQUAL(verdict(1), SURVEY_PERMISSION);
	CU_ASSERT_STRING_EQUAL(v.server[1].why,
	    "it wants to be asked first: \"restricted\"");
}

static void
what_is_open_or_granted_is_not(void)
{
	strcpy(add("a.example.net", "A")->notes, "no permission needed");
	strcpy(add("b.example.net", "B")->permission, "Open Access");
	strcpy(add("c.example.net", "C")->notes, "members only");
	strcpy(v.server[2].said.permission, "granted: Ann, 2026");
	CU_ASSERT_EQUAL(verdict(0), SURVEY_CANDIDATE);
	CU_ASSERT_EQUAL(verdict(1), SURVEY_CANDIDATE);
	CU_ASSERT_EQUAL(verdict(2), SURVEY_CANDIDATE);
}

static void
a_region_is_any_of_its_words(void)
{
	strcpy(add("a.example.net", "A")->location, "Germany");
	strcpy(add("b.example.net", "B")->notes, "Stockholm");
	add("c.example.se", "C");
	add("d.example.net", "University of Sweden");
	strcpy(add("e.example.net", "E")->location, "France");
	strcpy(wish.region[0], "stockholm");
	strcpy(wish.region[1], "se");
	strcpy(wish.region[2], "SWEDEN");
	strcpy(wish.region[3], "germany");
	for (unsigned i = 0; i < 4; i++)
		CU_ASSERT_EQUAL(verdict(i), SURVEY_CANDIDATE);
	CU_ASSERT_EQUAL(verdict(4), SURVEY_REGION);
}

static void
a_host_counts_once(void)
{
	add("ntp1.example.net", "Example");
	add("NTP1.example.net", "Example");
	add("ntp1.example.net", "Example")->port = 1123;
	CU_ASSERT_EQUAL(verdict(1), SURVEY_TWICE);
	CU_ASSERT_STRING_EQUAL(v.server[1].why, "it stands in line 1 already");
	CU_ASSERT_EQUAL(verdict(2), SURVEY_CANDIDATE);
}

static bool
same(const char *a_host, const char *a, const char *b_host, const char *b)
{
	setup();
	add(a_host, a);
	add(b_host, b);
	return survey_same_operator(&v.server[0].said, &v.server[1].said);
}

static void
operators_are_compared_by_their_letters(void)
{
	CU_ASSERT(same("a.net", "Example University", "b.net",
	    "example  university (EU)"));
	CU_ASSERT(same("a.net", "Example, Inc.", "b.net", "EXAMPLE INC"));
	CU_ASSERT(!same("a.net", "Example", "b.net", "Example Two"));
	CU_ASSERT(!same("a.net", "Example", "a.net", "Other"));
}

static void
without_operator_the_domain_is_compared(void)
{
	CU_ASSERT(same("ntp1.example.net", "", "ntp2.example.net", "Example"));
	CU_ASSERT(same("ntp1.x.ac.uk", "", "x.ac.uk", ""));
	CU_ASSERT(!same("ntp.one.ac.uk", "", "ntp.two.ac.uk", ""));
	CU_ASSERT(!same("ntp1.example.net", "", "ntp1.example.org", ""));
}

static void
addresses_without_operator_are_strangers(void)
{
	CU_ASSERT(!same("192.0.2.1", "", "192.0.2.2", ""));
	CU_ASSERT(!same("2001:db8::1", "", "2001:db8::1", ""));
}

static void
the_operator_is_its_name_or_its_domain(void)
{
	char name[SOURCE_HOST_MAX];

	survey_operator(add("ntp.example.net", "Example"), name, sizeof(name));
	CU_ASSERT_STRING_EQUAL(name, "Example");
	survey_operator(add("ntp.cs.example.net", ""), name, sizeof(name));
	CU_ASSERT_STRING_EQUAL(name, "example.net");
	survey_operator(add("192.0.2.1", ""), name, sizeof(name));
	CU_ASSERT_STRING_EQUAL(name, "");
}

static void
each_operator_is_asked_before_one_is_twice(void)
{
	add("a1.example.net", "A");
	add("a2.example.net", "A");
	add("b1.example.org", "B");
	add("no.example.com", "C")->stratum = 1;
	survey_filter(&v, &wish);
	CU_ASSERT_EQUAL_FATAL(survey_order(&v, order), 3);
	CU_ASSERT_EQUAL(order[0], 0);
	CU_ASSERT_EQUAL(order[1], 2);
	CU_ASSERT_EQUAL(order[2], 1);
	CU_ASSERT_EQUAL(v.server[1].rank, 1);
}

static void
what_is_known_better_is_asked_first(void)
{
	add("a.example.net", "A")->stratum = 0;
	add("b.example.net", "B")->virtual_machine = true;
	add("c.example.net", "C");
	strcpy(add("d.example.net", "D")->permission, "open access");
	survey_filter(&v, &wish);
	CU_ASSERT_EQUAL_FATAL(survey_order(&v, order), 4);
	CU_ASSERT_EQUAL(order[0], 3);
	CU_ASSERT_EQUAL(order[1], 2);
	CU_ASSERT_EQUAL(order[2], 1);
	CU_ASSERT_EQUAL(order[3], 0);
}

static void
each_verdict_has_a_word_of_its_own(void)
{
	for (int i = 0; i < SURVEY_VERDICTS; i++)
		for (int k = 0; k < i; k++)
			CU_ASSERT_STRING_NOT_EQUAL(
			    survey_verdict_name((enum survey_verdict)i),
			    survey_verdict_name((enum survey_verdict)k));
}

static CU_TestInfo tests[] = {
	{ "a word stands whole, in any case", a_word_stands_whole_in_any_case },
	{ "a plain server is a candidate", a_plain_server_is_a_candidate },
	{ "an unknown stratum is a candidate",
	    an_unknown_stratum_is_a_candidate },
	{ "another stratum is refused", another_stratum_is_refused },
	{ "a pool is refused by its name", a_pool_is_refused_by_its_name },
	{ "anycast is refused by its note", anycast_is_refused_by_its_note },
	{ "who smears is refused", who_smears_is_refused },
	{ "who wants to be asked first is refused",
	    who_wants_to_be_asked_first_is_refused },
	{ "what is open or granted is not", what_is_open_or_granted_is_not },
	{ "a region is any of its words", a_region_is_any_of_its_words },
	{ "a host counts once", a_host_counts_once },
	{ "operators are compared by their letters",
	    operators_are_compared_by_their_letters },
	{ "without operator the domain is compared",
	    without_operator_the_domain_is_compared },
	{ "addresses without operator are strangers",
	    addresses_without_operator_are_strangers },
	{ "the operator is its name or its domain",
	    the_operator_is_its_name_or_its_domain },
	{ "each operator is asked before one is twice",
	    each_operator_is_asked_before_one_is_twice },
	{ "what is known better is asked first",
	    what_is_known_better_is_asked_first },
	{ "each verdict has a word of its own",
	    each_verdict_has_a_word_of_its_own },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_survey = { "core/survey", NULL, NULL, setup, NULL, tests };
