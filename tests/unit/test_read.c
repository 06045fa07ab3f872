/* SPDX-License-Identifier: ISC */
#include "conf/conf.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
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
four_servers_are_a_whole_configuration(void)
{
	struct conf fresh;

	CU_ASSERT_STRING_EQUAL(with(""), "");
	CU_ASSERT_EQUAL(c.engine.count, 4);
	CU_ASSERT_EQUAL(c.note_count, 0);
	conf_init(&fresh);
	CU_ASSERT_DOUBLE_EQUAL(c.engine.poll_min_s, fresh.engine.poll_min_s, 0);
	CU_ASSERT_EQUAL(memcmp(&c.serve, &fresh.serve, sizeof(c.serve)), 0);
}

static void
nothing_survives_from_an_earlier_file(void)
{
	static struct conf before;

	with("");
	before = c;
	with("name = \"gw9\"; clock = \"virtual\"; keys = \"/k\"; "
	     "sibling: { host = \"10.0.0.12\"; key = 1; }; "
	     "serve: { listen = ( \"::1\" ); allow = ( \"10.0.0.0/8\" ); "
	     "port = 1123; limit = { prefixes = ( { prefix = "
	     "\"10.7.0.1/32\"; } ); }; }; http: { listen = \"[::1]:80\"; }; "
	     "mode6: { allow = ( \"::1\" ); }; log: { to = \"/x\"; };");
	CU_ASSERT_NOT_EQUAL(memcmp(&c, &before, sizeof(c)), 0);
	memset(&c, 0x5a, sizeof(c));
	with("");
	CU_ASSERT_EQUAL(memcmp(&c.serve, &before.serve, sizeof(c.serve)), 0);
	CU_ASSERT_EQUAL(memcmp(&c.engine.sibling, &before.engine.sibling,
			    sizeof(c.engine.sibling)),
	    0);
	CU_ASSERT_STRING_EQUAL(c.name, "");
	CU_ASSERT_EQUAL(c.clock, CONF_CLOCK_SYSTEM);
	CU_ASSERT_STRING_EQUAL(c.keys, "");
	CU_ASSERT_FALSE(c.http.on);
	CU_ASSERT_EQUAL(c.mode6_count, 0);
	CU_ASSERT_EQUAL(c.log.to, CONF_LOG_SYSLOG);
	CU_ASSERT_EQUAL(c.note_count, 0);
}

static void
a_bad_file_does_not_spoil_the_next(void)
{
	CU_ASSERT_STRING_NOT_EQUAL(
	    with("serve: { allow = ( \"10.0.0.0/8\" ); }; x = 1;"), "");
	CU_ASSERT_STRING_EQUAL(with(""), "");
	CU_ASSERT_EQUAL(c.serve.access.count, 0);
}

static void
names_and_places_are_taken(void)
{
	CU_ASSERT_STRING_EQUAL(with("name = \"gw1\"; clock = \"virtual\"; "
				    "state_dir = \"/s\"; run_dir = \"/r\"; "
				    "user = \"root\"; keys = \"/k\"; "
				    "leap: { file = \"/l\"; };"),
	    "");
	CU_ASSERT_STRING_EQUAL(c.name, "gw1");
	CU_ASSERT_EQUAL(c.clock, CONF_CLOCK_VIRTUAL);
	CU_ASSERT_STRING_EQUAL(c.state_dir, "/s");
	CU_ASSERT_STRING_EQUAL(c.run_dir, "/r");
	CU_ASSERT_STRING_EQUAL(c.user, "root");
	CU_ASSERT_STRING_EQUAL(c.keys, "/k");
	CU_ASSERT_STRING_EQUAL(c.leap_file, "/l");
}

static void
a_server_has_all_its_members(void)
{
	const struct source_conf *s = &c.engine.server[0];
	char a[ADDR_TEXT];

	CU_ASSERT_STRING_EQUAL(
	    whole("keys = \"/k\"; upstream: { servers = ( { host = "
		  "\"2001:db8::7\"; port = 1123; operator = \"Example "
		  "University\"; permission = \"open access\"; stratum = 2; "
		  "key = 4294967295L; }, { host = \"192.0.2.2\"; }, { host = "
		  "\"192.0.2.3\"; }, { host = \"192.0.2.4\"; } ); };"),
	    "");
	CU_ASSERT_STRING_EQUAL(s->host, "2001:db8::7");
	CU_ASSERT_STRING_EQUAL(addr_print(&s->addr, true, a),
	    "[2001:db8::7]:1123");
	CU_ASSERT_STRING_EQUAL(s->operator_name, "Example University");
	CU_ASSERT_STRING_EQUAL(s->permission, "open access");
	CU_ASSERT_EQUAL(s->stratum, 2);
	CU_ASSERT_EQUAL(s->key_id, 4294967295u);
}

static void
a_servers_port_is_123_if_it_is_not_said(void)
{
	CU_ASSERT_STRING_EQUAL(server("host = \"ntp1.example.net\";"), "");
	CU_ASSERT_EQUAL(c.engine.count, 5);
	CU_ASSERT_EQUAL(c.engine.server[4].addr.port, 123);
	CU_ASSERT_EQUAL(c.engine.server[4].addr.family, ADDR_NONE);
	CU_ASSERT_EQUAL(c.engine.server[0].addr.port, 123);
}

static void
port_before_host_is_kept(void)
{
	CU_ASSERT_STRING_EQUAL(server("port = 1123; host = \"192.0.2.5\";"),
	    "");
	CU_ASSERT_EQUAL(c.engine.server[4].addr.port, 1123);
	CU_ASSERT_EQUAL(c.engine.server[4].addr.family, ADDR_V4);
}

static void
times_and_numbers_of_upstream_are_taken(void)
{
	CU_ASSERT_STRING_EQUAL(
	    within("poll = { min = \"1s\"; max = \"2h\"; }; accuracy = "
		   "\"250us\"; budget = { day = 100000; };"),
	    "");
	CU_ASSERT_DOUBLE_EQUAL(c.engine.poll_min_s, 1, 0);
	CU_ASSERT_DOUBLE_EQUAL(c.engine.poll_max_s, 7200, 0);
	CU_ASSERT_DOUBLE_EQUAL(c.engine.accuracy_s, 250e-6, 1e-12);
	CU_ASSERT_EQUAL(c.engine.budget_day, 100000);
}

static void
slew_is_in_ppm_with_or_without_a_point(void)
{
	CU_ASSERT_STRING_EQUAL(with("step: { limit = \"2s\"; slew = 100.5; };"),
	    "");
	CU_ASSERT_DOUBLE_EQUAL(c.engine.step_limit_s, 2, 0);
	CU_ASSERT_DOUBLE_EQUAL(c.engine.slew, 100.5e-6, 1e-12);
	CU_ASSERT_STRING_EQUAL(with("step: { slew = 200; };"), "");
	CU_ASSERT_DOUBLE_EQUAL(c.engine.slew, 200e-6, 1e-12);
}

static void
what_is_listened_at_replaces_the_default(void)
{
	char a[ADDR_TEXT];

	CU_ASSERT_STRING_EQUAL(
	    with("serve: { listen = ( \"127.0.0.1\" ); port = 1123; };"), "");
	CU_ASSERT_EQUAL(c.serve.listen_count, 1);
	CU_ASSERT_STRING_EQUAL(addr_print(&c.serve.listen[0], true, a),
	    "127.0.0.1:1123");
}

static void
the_default_listens_at_the_port_that_is_said(void)
{
	CU_ASSERT_STRING_EQUAL(with("serve: { port = 1123; };"), "");
	CU_ASSERT_EQUAL(c.serve.listen_count, 2);
	CU_ASSERT_EQUAL(c.serve.listen[0].port, 1123);
	CU_ASSERT_EQUAL(c.serve.listen[1].port, 1123);
}

static void
the_longest_prefix_decides(void)
{
	struct addr in, out;

	CU_ASSERT_STRING_EQUAL(with("serve: { allow = ( \"10.0.0.0/8\" ); "
				    "deny = [ \"10.9.0.0/16\" ]; };"),
	    "");
	addr_parse(&in, "10.1.2.3");
	addr_parse(&out, "10.9.2.3");
	CU_ASSERT(access_allowed(&c.serve.access, &in));
	CU_ASSERT_FALSE(access_allowed(&c.serve.access, &out));
}

static void
numbers_of_serving_are_taken(void)
{
	CU_ASSERT_STRING_EQUAL(
	    with("serve: { workers = 3; orphan = 0; redirected = 1124; memory "
		 "= \"1GB\"; limit = { interval = \"1h\"; burst = 10000; kod "
		 "= false; }; };"),
	    "");
	CU_ASSERT_EQUAL(c.serve.workers, 3);
	CU_ASSERT_EQUAL(c.engine.orphan, 0);
	CU_ASSERT_EQUAL(c.serve.redirected, 1124);
	CU_ASSERT_EQUAL(c.serve.memory, 1u << 30);
	CU_ASSERT_DOUBLE_EQUAL(c.serve.limit.interval_s, 3600, 0);
	CU_ASSERT_EQUAL(c.serve.limit.burst, 10000);
	CU_ASSERT_FALSE(c.serve.kod);
}

static void
a_limited_prefix_inherits_what_it_does_not_say(void)
{
	char p[ADDR_TEXT];

	CU_ASSERT_STRING_EQUAL(
	    with("serve: { limit = { prefixes = ( { prefix = \"10.7.0.1\"; "
		 "burst = 4000; }, { prefix = \"10.8.0.0/16\"; interval = "
		 "\"10ms\"; } ); interval = \"4s\"; burst = 5; }; };"),
	    "");
	CU_ASSERT_EQUAL(c.serve.limit_count, 2);
	CU_ASSERT_STRING_EQUAL(prefix_print(&c.serve.limit_prefix[0].prefix, p),
	    "10.7.0.1/32");
	CU_ASSERT_DOUBLE_EQUAL(c.serve.limit_prefix[0].limit.interval_s, 4, 0);
	CU_ASSERT_EQUAL(c.serve.limit_prefix[0].limit.burst, 4000);
	CU_ASSERT_DOUBLE_EQUAL(c.serve.limit_prefix[1].limit.interval_s, 0.01,
	    1e-12);
	CU_ASSERT_EQUAL(c.serve.limit_prefix[1].limit.burst, 5);
}

static void
sections_are_off_until_they_are_there(void)
{
	char a[ADDR_TEXT];

	CU_ASSERT_STRING_EQUAL(
	    with("sibling: { host = \"10.0.0.12\"; }; http: { listen = "
		 "\"127.0.0.1:8123\"; }; snmp: { agentx = "
		 "\"unix:/var/agentx/master\"; }; mode6: { allow = ( "
		 "\"127.0.0.1\", \"10.1.0.0/16\" ); }; report: { price_per_gb "
		 "= 0.5; };"),
	    "");
	CU_ASSERT(c.engine.sibling.on);
	CU_ASSERT_STRING_EQUAL(addr_print(&c.engine.sibling.addr[0], true, a),
	    "10.0.0.12:123");
	CU_ASSERT(c.http.on);
	CU_ASSERT_EQUAL(c.http.listen.port, 8123);
	CU_ASSERT_STRING_EQUAL(c.agentx, "unix:/var/agentx/master");
	CU_ASSERT_EQUAL(c.mode6_count, 2);
	CU_ASSERT_DOUBLE_EQUAL(c.price_per_gb, 0.5, 0);
}

static void
a_sibling_has_several_addresses_and_one_port(void)
{
	const struct sibling_conf *b = &c.engine.sibling;
	char a[ADDR_TEXT];

	with("sibling: { also = ( \"2001:db8::12\", \"10.1.0.12\" ); port = "
	     "1123; host = \"10.0.0.12\"; };");
	CU_ASSERT_EQUAL(b->addrs, 3);
	CU_ASSERT_STRING_EQUAL(addr_print(&b->addr[0], true, a),
	    "10.0.0.12:1123");
	CU_ASSERT_STRING_EQUAL(addr_print(&b->addr[1], true, a),
	    "[2001:db8::12]:1123");
	CU_ASSERT_STRING_EQUAL(addr_print(&b->addr[2], true, a),
	    "10.1.0.12:1123");
	with("sibling: { host = \"gw2.example\"; also = ( \"10.1.0.12\" ); };");
	CU_ASSERT_EQUAL(b->addrs, 1);
	CU_ASSERT_STRING_EQUAL(addr_print(&b->addr[0], true, a),
	    "10.1.0.12:123");
	CU_ASSERT_EQUAL(b->addr[1].family, ADDR_NONE);
	CU_ASSERT_EQUAL(b->addr[1].port, 123);
}

static void
a_sibling_that_is_a_name_keeps_its_port(void)
{
	const struct sibling_conf *b = &c.engine.sibling;

	with("sibling: { host = \"gw2.example\"; port = 1123; };");
	CU_ASSERT_EQUAL(b->addrs, 0);
	CU_ASSERT_EQUAL(b->addr[0].port, 1123);
	CU_ASSERT_FALSE(b->symmetric);
}

static void
a_sibling_is_also_at_addresses_only(void)
{
	CU_ASSERT_STRING_EQUAL(with("sibling: { host = \"10.0.0.12\"; also = ( "
				    "\"gw2.example\" ); };"),
	    "f:2: sibling.also = \"gw2.example\": must be one more address of "
	    "the sibling, such as 2001:db8::12; a name stands in "
	    "sibling.host");
}

static void
what_is_acted_on_needs_no_note(void)
{
	with("sibling: { host = \"10.0.0.12\"; }; http: { listen = "
	     "\"127.0.0.1:8123\"; }; serve: { limit = { burst = 3; }; "
	     "redirected = 1124; }; log: { statistics = \"/x\"; }; mode6: { "
	     "allow = ( \"::1\" ); }; report: { price_per_gb = 1; };");
	CU_ASSERT_EQUAL(c.note_count, 0);
}

static void
what_is_switched_off_is_not_noted(void)
{
	with("serve: { redirected = 0; }; log: { statistics = \"\"; }; mode6: "
	     "{ allow = ( ); };");
	CU_ASSERT_STRING_EQUAL(within("spares = ( );"), "");
	CU_ASSERT_EQUAL(c.note_count, 0);
}

static void
the_cross_check_has_its_notes(void)
{
	CU_ASSERT_STRING_EQUAL(
	    whole("upstream: { servers = ( { host = \"192.0.2.1\"; }, { host = "
		  "\"192.0.2.2\"; }, { host = \"192.0.2.3\"; }, { host = "
		  "\"ntp1.example.net\"; } ); };"),
	    "");
	CU_ASSERT_EQUAL_FATAL(c.note_count, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(c.note[0], "no permission"));
}

static void
the_log_goes_where_it_is_said(void)
{
	CU_ASSERT_STRING_EQUAL(with("log: { to = \"journal\"; };"), "");
	CU_ASSERT_EQUAL(c.log.to, CONF_LOG_JOURNAL);
	CU_ASSERT_STRING_EQUAL(
	    with("log: { to = \"/var/log/x\"; level = \"debug\"; };"), "");
	CU_ASSERT_EQUAL(c.log.to, CONF_LOG_FILE);
	CU_ASSERT_STRING_EQUAL(c.log.file, "/var/log/x");
	CU_ASSERT_EQUAL(c.log.level, 7);
}

static void
a_prefix_cannot_be_allowed_and_denied(void)
{
	CU_ASSERT_STRING_EQUAL(with("serve: { allow = ( \"10.0.0.0/8\" );\n"
				    "deny = ( \"10.0.0.0/8\" ); };"),
	    "f:3: serve.deny: \"10.0.0.0/8\" is in serve.allow too; it cannot "
	    "be both");
	CU_ASSERT_STRING_EQUAL(
	    with("serve: { deny = ( \"::/0\" ); allow = ( \"::/0\" ); };"),
	    "f:2: serve.allow: \"::/0\" is in serve.deny too; it cannot be "
	    "both");
}

static void
only_addresses_are_listened_at(void)
{
	CU_ASSERT_STRING_EQUAL(with("serve: { listen = ( \"eth0\" ); };"),
	    "f:2: serve.listen = \"eth0\": must be an address of this machine, "
	    "such as 0.0.0.0 or 2001:db8::11; the port is serve.port");
	CU_ASSERT_STRING_EQUAL(with("serve: { listen = ( \"224.0.1.1\" ); };"),
	    "f:2: serve.listen = \"224.0.1.1\": a multicast or broadcast "
	    "address cannot be listened at");
	CU_ASSERT_STRING_EQUAL(with("serve: { listen = ( ); };"),
	    "f:2: serve.listen: name at least one address; who shall not be "
	    "served is left out of serve.allow");
}

static void
a_cross_check_names_the_line_of_its_key(void)
{
	CU_ASSERT_STRING_EQUAL(within("poll = { max = \"2s\";\n"
				      "min = \"3s\"; };"),
	    "f:3: upstream.poll.min: 3s is above upstream.poll.max, which is "
	    "2s");
	/* min is not in the file: the line of poll must do. */
	CU_ASSERT_STRING_EQUAL(within("poll = { max = \"2s\"; };"),
	    "f:2: upstream.poll.min: 1024s is above upstream.poll.max, which "
	    "is 2s");
	/* Nor is anything of it: the file alone. */
	CU_ASSERT_STRING_EQUAL(whole(""),
	    "f: upstream.servers: no server is named: name 4 to 7 that you "
	    "may use, of different operators");
}

static void
courtesy_is_not_configurable_away(void)
{
	CU_ASSERT_STRING_EQUAL(
	    server("host = \"ntp1.example.net\"; } );\npoll = { min = "
		   "\"32s\"; }; spares = ( {  host = \"192.0.2.9\"; "),
	    "f:3: upstream.poll.min: 32s is below 64s, which only lab addresses "
	    "may be asked at, and ntp1.example.net counts as public");
}

static void
a_key_stands_once(void)
{
	CU_ASSERT_STRING_EQUAL(with("name = \"a\";\nname = \"b\";"),
	    "f:3: this key stands in its section already");
}

static void
a_syntax_error_has_its_line(void)
{
	CU_ASSERT_STRING_EQUAL(with("name 5;"),
	    "f:2: syntax error: look for a missing quote, bracket or equals "
	    "sign here or in the line before");
}

static void
mixed_arrays_are_refused(void)
{
	CU_ASSERT_STRING_EQUAL(
	    with("serve: { allow = [ \"10.0.0.0/8\", 5 ]; };"),
	    "f:2: mismatched element type in array");
}

static void
a_file_cut_anywhere_is_refused_or_whole(void)
{
	static const char text[] =
	    "upstream: { " SERVERS " poll = { min = \"2s\"; }; };\n"
	    "serve: { allow = ( \"10.0.0.0/8\" ); limit = { kod = true; }; };";

	for (size_t n = 0; n < sizeof(text); n++) {
		char *cut = strndup(text, n); /* sanitizers see its end */

		if (conf_read(&c, "f", cut, &err) == 0)
			CU_ASSERT_EQUAL(c.engine.count, 4)
		else
			CU_ASSERT_EQUAL(strncmp(err.text, "f:", 2), 0)
		free(cut);
	}
}

static CU_TestInfo tests[] = {
	{ "four servers are a whole configuration",
	    four_servers_are_a_whole_configuration },
	{ "nothing survives from an earlier file",
	    nothing_survives_from_an_earlier_file },
	{ "a bad file does not spoil the next",
	    a_bad_file_does_not_spoil_the_next },
	{ "names and places are taken", names_and_places_are_taken },
	{ "a server has all its members", a_server_has_all_its_members },
	{ "a servers port is 123 if it is not said",
	    a_servers_port_is_123_if_it_is_not_said },
	{ "port before host is kept", port_before_host_is_kept },
	{ "times and numbers of upstream are taken",
	    times_and_numbers_of_upstream_are_taken },
	{ "slew is in ppm with or without a point",
	    slew_is_in_ppm_with_or_without_a_point },
	{ "what is listened at replaces the default",
	    what_is_listened_at_replaces_the_default },
	{ "the default listens at the port that is said",
	    the_default_listens_at_the_port_that_is_said },
	{ "the longest prefix decides", the_longest_prefix_decides },
	{ "numbers of serving are taken", numbers_of_serving_are_taken },
	{ "a limited prefix inherits what it does not say",
	    a_limited_prefix_inherits_what_it_does_not_say },
	{ "sections are off until they are there",
	    sections_are_off_until_they_are_there },
	{ "a sibling has several addresses and one port",
	    a_sibling_has_several_addresses_and_one_port },
	{ "a sibling that is a name keeps its port",
	    a_sibling_that_is_a_name_keeps_its_port },
	{ "a sibling is also at addresses only",
	    a_sibling_is_also_at_addresses_only },
	{ "what is acted on needs no note", what_is_acted_on_needs_no_note },
	{ "what is switched off is not noted",
	    what_is_switched_off_is_not_noted },
	{ "the cross check has its notes", the_cross_check_has_its_notes },
	{ "the log goes where it is said", the_log_goes_where_it_is_said },
	{ "a prefix cannot be allowed and denied",
	    a_prefix_cannot_be_allowed_and_denied },
	{ "only addresses are listened at", only_addresses_are_listened_at },
	{ "a cross check names the line of its key",
	    a_cross_check_names_the_line_of_its_key },
	{ "courtesy is not configurable away",
	    courtesy_is_not_configurable_away },
	{ "a key stands once", a_key_stands_once },
	{ "a syntax error has its line", a_syntax_error_has_its_line },
	{ "mixed arrays are refused", mixed_arrays_are_refused },
	{ "a file cut anywhere is refused or whole",
	    a_file_cut_anywhere_is_refused_or_whole },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_read = { "conf/read", NULL, NULL, NULL, NULL, tests };
