/* SPDX-License-Identifier: ISC */
/* Each kind of setting, in keys of ntpgate.conf that are of that kind. */
#include "conf/field.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

#define SERVERS                                                              \
	"servers = ( { host = \"192.0.2.1\"; }, { host = \"192.0.2.2\"; }, " \
	"{ host = \"192.0.2.3\"; }, { host = \"192.0.2.4\"; } );"

static struct conf c;
static struct err err;

/* The text as it stands: "" or the sentence. */
static const char *
whole(const char *text)
{
	return conf_read(&c, "f", text, &err) == 0 ? "" : err.text;
}

/* The same in line 2, behind four servers in the lab. */
static const char *
with(const char *text)
{
	static char buf[4096];

	snprintf(buf, sizeof(buf), "upstream: { " SERVERS " };\n%s", text);
	return whole(buf);
}

/* The same in line 2, within upstream. */
static const char *
within(const char *text)
{
	static char buf[4096];

	snprintf(buf, sizeof(buf), "upstream: { " SERVERS "\n%s };", text);
	return whole(buf);
}

/* A server in line 2, the fifth. */
static const char *
server(const char *text)
{
	static char buf[4096];

	snprintf(buf, sizeof(buf),
	    "upstream: { servers = ( { host = \"192.0.2.1\"; }, { host = "
	    "\"192.0.2.2\"; }, { host = \"192.0.2.3\"; }, { host = "
	    "\"192.0.2.4\"; },\n{ %s } ); };",
	    text);
	return whole(buf);
}

static void
an_unknown_key_is_offered_the_nearest(void)
{
	CU_ASSERT_STRING_EQUAL(within("accurasy = \"5ms\";"),
	    "f:2: upstream.accurasy: unknown key; did you mean \"accuracy\"?");
	CU_ASSERT_STRING_EQUAL(with("upstreams: { };"),
	    "f:2: upstreams: unknown key; did you mean \"upstream\"?");
	CU_ASSERT_STRING_EQUAL(server("hots = \"x\";"),
	    "f:2: upstream.servers.hots: unknown key; did you mean \"host\"?");
}

static void
a_key_like_no_other_is_shown_them_all(void)
{
	CU_ASSERT_STRING_EQUAL(with("http: { documentroot = \"x\"; };"),
	    "f:2: http.documentroot: unknown key; what may stand here is "
	    "listen");
	CU_ASSERT_STRING_EQUAL(with("step: { quux = 1; };"),
	    "f:2: step.quux: unknown key; what may stand here is limit, "
	    "slew");
}

static void
a_bare_number_is_no_time(void)
{
	CU_ASSERT_STRING_EQUAL(within("poll = { min = 1024; };"),
	    "f:2: upstream.poll.min = 1024: a time needs a unit, such as "
	    "\"1024s\"");
	CU_ASSERT_STRING_EQUAL(within("poll = { min = \"1024\"; };"),
	    "f:2: upstream.poll.min = \"1024\": a time needs a unit, such as "
	    "\"1024s\"");
	CU_ASSERT_STRING_EQUAL(within("accuracy = 0.005;"),
	    "f:2: upstream.accuracy = 0.005: must be a time in quotes, such "
	    "as \"1024s\"");
}

static void
a_time_out_of_range_is_told_the_range(void)
{
	CU_ASSERT_STRING_EQUAL(within("poll = { min = \"0.5s\"; };"),
	    "f:2: upstream.poll.min = \"0.5s\": must be 1s to 36h");
	CU_ASSERT_STRING_EQUAL(within("poll = { max = \"37h\"; };"),
	    "f:2: upstream.poll.max = \"37h\": must be 1s to 36h");
	CU_ASSERT_STRING_EQUAL(
	    with("serve: { limit = { interval = \"2h\"; }; };"),
	    "f:2: serve.limit.interval = \"2h\": must be 1ms to 1h");
}

static void
a_number_out_of_range_is_told_the_range(void)
{
	CU_ASSERT_STRING_EQUAL(with("serve: { port = 70000; };"),
	    "f:2: serve.port = 70000: must be 1 to 65535");
	CU_ASSERT_STRING_EQUAL(with("serve: { port = 0; };"),
	    "f:2: serve.port = 0: must be 1 to 65535");
	CU_ASSERT_STRING_EQUAL(with("serve: { orphan = 16; };"),
	    "f:2: serve.orphan = 16: must be 0 to 15");
	CU_ASSERT_STRING_EQUAL(with("serve: { workers = -1; };"),
	    "f:2: serve.workers = -1: must be 0 to 256");
	CU_ASSERT_STRING_EQUAL(with("serve: { limit = { burst = 10001; }; };"),
	    "f:2: serve.limit.burst = 10001: must be 1 to 10000");
	CU_ASSERT_STRING_EQUAL(with("step: { slew = 0.0; };"),
	    "f:2: step.slew = 0: must be 1 to 5000");
	CU_ASSERT_STRING_EQUAL(with("report: { price_per_gb = 2e6; };"),
	    "f:2: report.price_per_gb = 2000000: must be 0 to 1000000");
	CU_ASSERT_STRING_EQUAL(with("step: { slew = 1e999; };"),
	    "f:2: step.slew = inf: must be 1 to 5000");
}

static void
a_number_that_libconfig_would_cut_is_refused(void)
{
	/* 2^32 + 640 */
	CU_ASSERT_STRING_EQUAL(within("budget = { day = 4294967936; };"),
	    "f:2: 4294967936: a number beyond 2147483647 ends in L: "
	    "4294967936L");
	CU_ASSERT_STRING_EQUAL(within("budget = { day = 4294967936L; };"),
	    "f:2: upstream.budget.day = 4294967936: must be 1 to 100000000");
}

static void
a_wrong_type_is_told_the_right_one(void)
{
	CU_ASSERT_STRING_EQUAL(with("serve: { port = \"123\"; };"),
	    "f:2: serve.port = \"123\": must be a whole number without quotes, "
	    "1 to 65535");
	CU_ASSERT_STRING_EQUAL(with("serve: { port = 123.0; };"),
	    "f:2: serve.port = 123: must be a whole number without quotes, "
	    "1 to 65535");
	CU_ASSERT_STRING_EQUAL(with("serve: { limit = { kod = 1; }; };"),
	    "f:2: serve.limit.kod = 1: must be true or false, without quotes");
	CU_ASSERT_STRING_EQUAL(with("name = 5;"),
	    "f:2: name = 5: must be text in quotes, such as \"...\"");
	CU_ASSERT_STRING_EQUAL(with("state_dir = true;"),
	    "f:2: state_dir = true: must be text in quotes, such as "
	    "\"/var/lib/ntpgate\"");
	CU_ASSERT_STRING_EQUAL(with("step: { slew = \"500\"; };"),
	    "f:2: step.slew = \"500\": must be a number without quotes, 1 to "
	    "5000");
}

static void
sections_and_lists_are_told_apart(void)
{
	CU_ASSERT_STRING_EQUAL(with("serve = 5;"),
	    "f:2: serve = 5: must be a section, such as { listen = ...; }");
	CU_ASSERT_STRING_EQUAL(with("serve = ( );"),
	    "f:2: serve: must be a section, such as { listen = ...; }");
	CU_ASSERT_STRING_EQUAL(within("spares = { };"),
	    "f:2: upstream.spares: must be a list, such as ( { host = ...; } "
	    ")");
	CU_ASSERT_STRING_EQUAL(within("spares = ( \"192.0.2.9\" );"),
	    "f:2: upstream.spares = \"192.0.2.9\": must be a section, such as "
	    "{ host = ...; }");
	CU_ASSERT_STRING_EQUAL(with("serve: { allow = \"10.0.0.0/8\"; };"),
	    "f:2: serve.allow = \"10.0.0.0/8\": must be a list, such as ( "
	    "\"192.0.2.1\" )");
	CU_ASSERT_STRING_EQUAL(with("serve: { allow = ( 10 ); };"),
	    "f:2: serve.allow = 10: must be text in quotes, such as "
	    "\"192.0.2.1\"");
}

static void
a_wrong_word_is_told_the_right_ones(void)
{
	CU_ASSERT_STRING_EQUAL(with("clock = \"sytem\";"),
	    "f:2: clock = \"sytem\": must be \"system\" or \"virtual\"");
	CU_ASSERT_STRING_EQUAL(with("clock = 1;"),
	    "f:2: clock = 1: must be \"system\" or \"virtual\"");
	CU_ASSERT_STRING_EQUAL(with("log: { level = \"loud\"; };"),
	    "f:2: log.level = \"loud\": must be \"err\", \"warning\", "
	    "\"notice\", \"info\" or \"debug\"");
	CU_ASSERT_STRING_EQUAL(with("log: { to = \"sylsog\"; };"),
	    "f:2: log.to = \"sylsog\": must be \"syslog\", \"journal\", "
	    "\"stderr\" or the path of a file");
}

static void
empty_and_endless_texts_are_refused(void)
{
	char text[400] = "name = \"";

	CU_ASSERT_STRING_EQUAL(with("name = \"\";"),
	    "f:2: name = \"\": must not be empty");
	memset(text + 8, 'x', 64);
	strcpy(text + 8 + 64, "\";");
	CU_ASSERT_STRING_EQUAL(with(text),
	    "f:2: name = \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	    "xxxxxxxxx...\": 64 characters are too long; at most 63");
	strcpy(text + 8 + 63, "\";");
	CU_ASSERT_STRING_EQUAL(with(text), "");
}

static void
control_characters_are_refused_and_not_repeated(void)
{
	CU_ASSERT_STRING_EQUAL(with("name = \"a\\x1b[31mb\";"),
	    "f:2: name = \"a?[31mb\": control characters have no business "
	    "here");
	CU_ASSERT_STRING_EQUAL(with("clock = \"a\\nb\";"),
	    "f:2: clock = \"a?b\": must be \"system\" or \"virtual\"");
}

static void
lists_have_an_end(void)
{
	char text[4096] = "serve: { listen = ( \"127.0.0.1\"";

	for (int i = 2; i <= 17; i++)
		sprintf(text + strlen(text), ", \"127.0.0.%d\"", i);
	strcat(text, " ); };");
	CU_ASSERT_STRING_EQUAL(with(text),
	    "f:2: serve.listen: 17 of them; at most 16");
}

static void
eight_servers_are_refused_and_not_written(void)
{
	CU_ASSERT_STRING_EQUAL(
	    server("host = \"192.0.2.5\"; }, { host = \"192.0.2.6\"; }, { "
		   "host = \"192.0.2.7\"; }, { host = \"192.0.2.8\"; "),
	    "f:1: upstream.servers: 8 servers: name 4 to 7");
	CU_ASSERT_EQUAL(c.engine.count, 0);
}

static void
what_a_section_cannot_do_without_is_missed(void)
{
	CU_ASSERT_STRING_EQUAL(server("port = 123;"),
	    "f:2: upstream.servers: host is missing");
	CU_ASSERT_STRING_EQUAL(with("sibling: { key = 1; };"),
	    "f:2: sibling: host is missing");
	CU_ASSERT_STRING_EQUAL(with("http: { };"),
	    "f:2: http: listen is missing");
	CU_ASSERT_STRING_EQUAL(with("snmp: { };"),
	    "f:2: snmp: agentx is missing");
}

static void
bad_hosts_are_refused(void)
{
	CU_ASSERT_STRING_EQUAL(server("host = \"192.0.2.300\";"),
	    "f:2: upstream.servers.host = \"192.0.2.300\": neither an address "
	    "nor a name, such as 192.0.2.10, 2001:db8::10 or "
	    "ntp1.example.net");
	CU_ASSERT_STRING_EQUAL(server("host = \"224.0.1.1\";"),
	    "f:2: upstream.servers.host = \"224.0.1.1\": a multicast or "
	    "broadcast address is not one server");
	CU_ASSERT_STRING_EQUAL(with("sibling: { host = \"0.0.0.0\"; };"),
	    "f:2: sibling.host = \"0.0.0.0\": this address means \"any\", not "
	    "a server");
}

static void
a_size_is_checked(void)
{
	CU_ASSERT_STRING_EQUAL(with("serve: { memory = \"64\"; };"),
	    "f:2: serve.memory = \"64\": a size is a number and one of the "
	    "units kB, MB or GB, such as \"64MB\"");
	CU_ASSERT_STRING_EQUAL(with("serve: { memory = \"17GB\"; };"),
	    "f:2: serve.memory = \"17GB\": must be 1MB to 16GB");
}

static void
a_bad_agent_or_dashboard_address_is_refused(void)
{
	CU_ASSERT_STRING_EQUAL(with("http: { listen = \"localhost\"; };"),
	    "f:2: http.listen = \"localhost\": must be an address and a port, "
	    "such as \"127.0.0.1:8123\" or \"[::1]:8123\"");
	CU_ASSERT_STRING_EQUAL(with("snmp: { agentx = \"master\"; };"),
	    "f:2: snmp.agentx = \"master\": must be where the SNMP agent "
	    "listens, such as \"unix:/var/agentx/master\" or "
	    "\"tcp:127.0.0.1:705\"");
}

static void
a_socket_that_the_agent_could_not_reach_is_refused(void)
{
	char text[512] = "snmp: { agentx = \"unix:/", *end = strchr(text, '/');

	memset(end + 1, 'x', 106);
	strcpy(end + 107, "\"; };");
	CU_ASSERT_STRING_EQUAL(with(text), "");
	strcpy(end + 107, "x\"; };");
	CU_ASSERT_STRING_EQUAL(with(text),
	    "f:2: snmp.agentx = \"unix:/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	    "xxxxxxxxxxxxxxxx...\": 108 octets are too long for the path of a "
	    "socket; at most 107");
}

static void
statistics_go_where_it_is_clear(void)
{
	CU_ASSERT_STRING_EQUAL(with("log: { statistics = \"/a\"; };"), "");
	CU_ASSERT_STRING_EQUAL(with("log: { statistics = \"./a\"; };"), "");
	CU_ASSERT_STRING_EQUAL(with("log: { statistics = \"\"; };"), "");
	CU_ASSERT_STRING_EQUAL(with("log: { statistics = \"yes\"; };"),
	    "f:2: log.statistics = \"yes\": must be the path of a "
	    "directory, such as \"/var/log/ntpgate\", or \"\" for none");
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(with("log: { statistics = 1; };"), "log.statistics"));
}

static void
host_bits_are_refused_with_what_was_meant(void)
{
	CU_ASSERT_STRING_EQUAL(with("serve: { allow = ( \"10.0.0.1/8\" ); };"),
	    "f:2: serve.allow: \"10.0.0.1/8\" has host bits set; did you mean "
	    "10.0.0.0/8?");
	CU_ASSERT_STRING_EQUAL(with("mode6: { allow = ( \"::1/64\" ); };"),
	    "f:2: mode6.allow: \"::1/64\" has host bits set; did you mean "
	    "::/64?");
	CU_ASSERT_STRING_EQUAL(
	    with("serve: { limit = { prefixes = ( { prefix = \"10.7.0.1/31\"; "
		 "} ); }; };"),
	    "f:2: serve.limit.prefixes.prefix: \"10.7.0.1/31\" has host bits "
	    "set; did you mean 10.7.0.0/31?");
}

static CU_TestInfo tests[] = {
	{ "an unknown key is offered the nearest",
	    an_unknown_key_is_offered_the_nearest },
	{ "a key like no other is shown them all",
	    a_key_like_no_other_is_shown_them_all },
	{ "a bare number is no time", a_bare_number_is_no_time },
	{ "a time out of range is told the range",
	    a_time_out_of_range_is_told_the_range },
	{ "a number out of range is told the range",
	    a_number_out_of_range_is_told_the_range },
	{ "a number that libconfig would cut is refused",
	    a_number_that_libconfig_would_cut_is_refused },
	{ "a wrong type is told the right one",
	    a_wrong_type_is_told_the_right_one },
	{ "sections and lists are told apart",
	    sections_and_lists_are_told_apart },
	{ "a wrong word is told the right ones",
	    a_wrong_word_is_told_the_right_ones },
	{ "empty and endless texts are refused",
	    empty_and_endless_texts_are_refused },
	{ "control characters are refused and not repeated",
	    control_characters_are_refused_and_not_repeated },
	{ "lists have an end", lists_have_an_end },
	{ "eight servers are refused and not written",
	    eight_servers_are_refused_and_not_written },
	{ "what a section cannot do without is missed",
	    what_a_section_cannot_do_without_is_missed },
	{ "bad hosts are refused", bad_hosts_are_refused },
	{ "a size is checked", a_size_is_checked },
	{ "a bad agent or dashboard address is refused",
	    a_bad_agent_or_dashboard_address_is_refused },
	{ "a socket that the agent could not reach is refused",
	    a_socket_that_the_agent_could_not_reach_is_refused },
	{ "statistics go where it is clear", statistics_go_where_it_is_clear },
	{ "host bits are refused with what was meant",
	    host_bits_are_refused_with_what_was_meant },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_field = { "conf/field", NULL, NULL, NULL, NULL, tests };
