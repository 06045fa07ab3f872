/* SPDX-License-Identifier: ISC */
#include "conf/catalogue.h"

#include "base/text.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct survey v;
static struct err e;

static int
read_octets(const char *text, size_t len)
{
	e.text[0] = '\0';
	return catalogue_read(&v, "F", text, len, &e);
}

static int
read_text(const char *text)
{
	return read_octets(text, strlen(text));
}

static bool
refused(const char *text, const char *sentence)
{
	if (read_text(text) == 0)
		return false;
	if (strcmp(e.text, sentence) != 0)
		printf("\n\"%s\", not \"%s\"", e.text, sentence);
	return strcmp(e.text, sentence) == 0 && v.count == 0;
}

/* The start of the sentence; the rest is the library's. */
static bool
refused_at(const char *text, const char *start)
{
	return read_text(text) == -1 &&
	    strncmp(e.text, start, strlen(start)) == 0 && v.count == 0;
}

static void
a_server_is_what_is_said_of_it(void)
{
	const struct survey_said *s = &v.server[0].said;

	CU_ASSERT_EQUAL_FATAL(read_text("servers:\n"
					"- hostname: ntp1.example.net\n"
					"  AS: AS64500, AS64501\n"
					"  stratum: 2\n"
					"  location: Sweden\n"
					"  owner: Example University\n"
					"  notes: \"Malm\\xF6\"\n"
					"  permission: open access\n"
					"  vm: true\n"),
	    0);
	CU_ASSERT_EQUAL(v.count, 1);
	CU_ASSERT_STRING_EQUAL(s->host, "ntp1.example.net");
	CU_ASSERT_EQUAL(s->port, 123);
	CU_ASSERT_EQUAL(s->as_count, 2);
	CU_ASSERT_EQUAL(s->as[1], 64501);
	CU_ASSERT_EQUAL(s->stratum, 2);
	CU_ASSERT_STRING_EQUAL(s->location, "Sweden");
	CU_ASSERT_STRING_EQUAL(s->operator_name, "Example University");
	CU_ASSERT_STRING_EQUAL(s->notes, "Malm\xc3\xb6");
	CU_ASSERT_STRING_EQUAL(s->permission, "open access");
	CU_ASSERT(s->virtual_machine);
	CU_ASSERT_EQUAL(s->line, 2);
}

static void
what_is_not_known_is_nothing(void)
{
	const struct survey_said *s = &v.server[0].said;

	CU_ASSERT_EQUAL_FATAL(
	    read_text("servers:\n- {hostname: a.example.net, AS: Unknown, "
		      "stratum: Unknown, owner: unknown, notes: ''}\n"),
	    0);
	CU_ASSERT_EQUAL(s->as_count, 0);
	CU_ASSERT_EQUAL(s->stratum, 0);
	CU_ASSERT_STRING_EQUAL(s->operator_name, "");
	CU_ASSERT_STRING_EQUAL(s->notes, "");
}

static void
a_list_may_stand_alone(void)
{
	CU_ASSERT_EQUAL(read_text("- hostname: a.example.net\n"
				  "- hostname: b.example.net\n"),
	    0);
	CU_ASSERT_EQUAL(v.count, 2);
}

static void
a_server_may_be_a_host_alone(void)
{
	CU_ASSERT_EQUAL(read_text("[ a.example.net, 'b.example.net:1123' ]"),
	    0);
	CU_ASSERT_EQUAL(v.count, 2);
	CU_ASSERT_EQUAL(v.server[1].said.port, 1123);
}

static void
keys_have_other_names_and_any_case(void)
{
	const struct survey_said *s = &v.server[0].said;

	CU_ASSERT_EQUAL_FATAL(
	    read_text("- {Host: a.example.net, Operator: Example, asn: 64500,"
		      " Country: Sweden, City: Lund, port: 1123}"),
	    0);
	CU_ASSERT_STRING_EQUAL(s->operator_name, "Example");
	CU_ASSERT_EQUAL(s->as[0], 64500);
	CU_ASSERT_STRING_EQUAL(s->location, "Sweden, Lund");
	CU_ASSERT_EQUAL(s->port, 1123);
}

static void
a_value_may_be_a_list(void)
{
	const struct survey_said *s = &v.server[0].said;

	CU_ASSERT_EQUAL_FATAL(
	    read_text("- {host: a.example.net, AS: [AS64500, {b: 1}, 64501], "
		      "notes: [one, two]}"),
	    0);
	CU_ASSERT_EQUAL(s->as_count, 2);
	CU_ASSERT_STRING_EQUAL(s->notes, "one, two");
}

static void
what_is_not_known_to_us_is_passed_over(void)
{
	CU_ASSERT_EQUAL(read_text(
			    "version: [1, {a: b}]\n"
			    "servers:\n"
			    "- host: a.example.net\n"
			    "  contact: {mail: x@example.net, phones: [1, 2]}\n"
			    "  owner: {name: Example}\n"
			    "about: none\n"),
	    0);
	CU_ASSERT_EQUAL(v.count, 1);
	CU_ASSERT_STRING_EQUAL(v.server[0].said.operator_name, "");
}

static void
a_long_value_is_cut_between_characters(void)
{
	static char text[2048] = "- {host: a.example.net, notes: '";
	const char *notes = v.server[0].said.notes;

	for (int i = 0; i < 100; i++)
		strcat(text, "\xc3\xb6\xc3\xb6");
	strcat(text, "x'}");
	CU_ASSERT_EQUAL_FATAL(read_text(text), 0);
	/* 119 octets fit, and 59 characters of two. */
	CU_ASSERT_EQUAL(strlen(notes), 118);
	CU_ASSERT_STRING_EQUAL(notes + 116, "\xc3\xb6");
}

static void
a_server_without_host_is_refused(void)
{
	CU_ASSERT(refused("servers:\n- hostname: a.example.net\n"
			  "- owner: Example\n",
	    "F:3:3: this server has no hostname"));
	CU_ASSERT(refused("servers:\n- hostname: Unknown\n",
	    "F:2:3: this server has no hostname"));
	CU_ASSERT(refused("- ''\n", "F:1:3: this server has no hostname"));
}

static void
what_is_no_host_is_refused(void)
{
	CU_ASSERT(refused("servers:\n- hostname: a b\n",
	    "F:2:13: \"a b\" is not a host: a name or an address is"));
	CU_ASSERT(refused("- {host: a.example.net, name: b.example.net}\n",
	    "F:1:31: a second host \"b.example.net\" for a.example.net: one "
	    "server, one host"));
}

static void
what_is_not_yaml_is_refused_with_its_place(void)
{
	CU_ASSERT(refused_at("servers:\n- hostname: [a\n",
	    "F:3:1: this is not YAML: "));
	CU_ASSERT(refused_at("servers:\n\t- a\n", "F:2:1: this is not YAML: "));
	CU_ASSERT(
	    refused_at("servers:\n- b\xff\n", "F:2:4: this is not YAML: "));
}

static void
what_is_no_list_is_refused(void)
{
	CU_ASSERT(refused("", "F: nothing is in it"));
	CU_ASSERT(refused("# servers\n", "F: nothing is in it"));
	CU_ASSERT(refused("servers", "F:1:1: a list of servers is expected"));
	CU_ASSERT(refused("hosts: [a.example.net]\n",
	    "F:1:1: there is no list \"servers\""));
	CU_ASSERT(refused("servers: {a: b}\n",
	    "F:1:1: there is no list \"servers\""));
	CU_ASSERT(
	    refused("servers: [[a]]\n", "F:1:11: a server is expected here"));
	CU_ASSERT(refused("? [a]\n: b\n",
	    "F:1:3: a name is expected here, such as hostname"));
	CU_ASSERT(refused("[a]\n---\n[b]\n",
	    "F:2:1: a second document: a catalogue has one"));
}

static void
an_empty_list_is_a_list(void)
{
	CU_ASSERT_EQUAL(read_text("servers: []\n"), 0);
	CU_ASSERT_EQUAL(v.count, 0);
}

static void
an_alias_bomb_is_refused_at_its_first_alias(void)
{
	CU_ASSERT(refused("a: &a [x, x]\nb: &b [*a, *a]\nservers: *b\n",
	    "F:2:8: aliases are not taken: write the value out"));
}

static void
depth_is_bounded(void)
{
	char text[256] = "- {host: a.example.net, notes: [";

	for (int i = 0; i < CATALOGUE_DEPTH; i++)
		strcat(text, "[");
	for (int i = 0; i < CATALOGUE_DEPTH; i++)
		strcat(text, "]");
	strcat(text, "]}");
	CU_ASSERT_EQUAL(read_text(text), 0);
	memmove(strchr(text, '[') + 1, strchr(text, '['),
	    strlen(strchr(text, '[')) + 1);
	CU_ASSERT(refused(text, "F:1:49: nested too deeply for a catalogue"));
}

static void
servers_are_bounded(void)
{
	size_t size = 4 * SURVEY_SERVERS + 8;
	char *text = calloc(1, size);

	for (int i = 0; i < SURVEY_SERVERS; i++)
		strcpy(text + 4 * (size_t)i, "- a\n");
	CU_ASSERT_EQUAL(read_text(text), 0);
	CU_ASSERT_EQUAL(v.count, SURVEY_SERVERS);
	strcpy(text + 4 * SURVEY_SERVERS, "- a\n");
	CU_ASSERT(refused(text, "F:1025:3: more than 1024 servers"));
	free(text);
}

static void
octets_are_bounded(void)
{
	char *text = malloc(CATALOGUE_OCTETS + 1);

	memset(text, '\n', CATALOGUE_OCTETS + 1);
	memcpy(text, "[a]", 3);
	CU_ASSERT_EQUAL(read_octets(text, CATALOGUE_OCTETS), 0);
	CU_ASSERT_EQUAL(read_octets(text, CATALOGUE_OCTETS + 1), -1);
	CU_ASSERT_STRING_EQUAL(e.text, "F: larger than 1048576 octets");
	free(text);
}

static CU_TestInfo tests[] = {
	{ "a server is what is said of it", a_server_is_what_is_said_of_it },
	{ "what is not known is nothing", what_is_not_known_is_nothing },
	{ "a list may stand alone", a_list_may_stand_alone },
	{ "a server may be a host alone", a_server_may_be_a_host_alone },
	{ "keys have other names and any case",
	    keys_have_other_names_and_any_case },
	{ "a value may be a list", a_value_may_be_a_list },
	{ "what is not known to us is passed over",
	    what_is_not_known_to_us_is_passed_over },
	{ "a long value is cut between characters",
	    a_long_value_is_cut_between_characters },
	{ "a server without host is refused",
	    a_server_without_host_is_refused },
	{ "what is no host is refused", what_is_no_host_is_refused },
	{ "what is not YAML is refused with its place",
	    what_is_not_yaml_is_refused_with_its_place },
	{ "what is no list is refused", what_is_no_list_is_refused },
	{ "an empty list is a list", an_empty_list_is_a_list },
	{ "an alias bomb is refused at its first alias",
	    an_alias_bomb_is_refused_at_its_first_alias },
	{ "depth is bounded", depth_is_bounded },
	{ "servers are bounded", servers_are_bounded },
	{ "octets are bounded", octets_are_bounded },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_catalogue = { "conf/catalogue", NULL, NULL, NULL, NULL,
	tests };
