/* SPDX-License-Identifier: ISC */
/* Reading site.yaml: what is taken, and how the rest is refused. */
#include "hamlet.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct site *const s = &hamlet_site;

static void
a_site_is_what_its_file_says(void)
{
	CU_ASSERT_EQUAL_FATAL(hamlet_with("", ""), 0);
	CU_ASSERT_STRING_EQUAL(s->name, "hamlet");
	CU_ASSERT_EQUAL(s->policy, SITE_BLOCK);
	CU_ASSERT_EQUAL(s->gateway_count, 2);
	CU_ASSERT_STRING_EQUAL(s->gateway[1].name, "gw2");
	CU_ASSERT_EQUAL(s->gateway[1].at.line, 5);
	CU_ASSERT_EQUAL(s->gateway[1].at.column, 5);
	CU_ASSERT_EQUAL(s->service.count, 2);
	CU_ASSERT_EQUAL(s->server_count, 4);
	CU_ASSERT_EQUAL(s->network_count, 2);
	CU_ASSERT_EQUAL(s->network[1].prefix[0].len, 16);
	CU_ASSERT_STRING_EQUAL(s->exempt[0].why, "GPS");
	CU_ASSERT_STRING_EQUAL(s->verify_outside, "ntp1.example.net");
}

static void
a_list_of_one_may_be_its_element(void)
{
	CU_ASSERT_EQUAL_FATAL(hamlet_with("", ""), 0);
	CU_ASSERT_EQUAL(s->router[0].inside.count, 1);
	CU_ASSERT_STRING_EQUAL(s->router[0].inside.name[0], "lan0");
}

static void
what_is_not_said_has_a_default(void)
{
	CU_ASSERT_EQUAL_FATAL(hamlet_with("", ""), 0);
	CU_ASSERT_DOUBLE_EQUAL(s->accuracy_s, 0.005, 1e-12);
	CU_ASSERT_EQUAL(s->budget_day, 640);
	CU_ASSERT_EQUAL(s->spoofed, SITE_SPOOFED_NTP);
	CU_ASSERT_EQUAL(s->keys.sibling, 1);
	CU_ASSERT_EQUAL(s->server[0].conf.addr.port, 123);
}

static void
an_address_as_host_is_known_to_firewalls(void)
{
	CU_ASSERT_EQUAL_FATAL(hamlet_with("", ""), 0);
	CU_ASSERT(site_knows_upstreams(s));
	CU_ASSERT_EQUAL_FATAL(hamlet_with("host: 192.0.2.1", "host: a.b"), 0);
	CU_ASSERT(!site_knows_upstreams(s));
	CU_ASSERT_EQUAL_FATAL(
	    hamlet_with("host: 192.0.2.1", "host: a.b, addresses: 192.0.2.9"),
	    0);
	CU_ASSERT(site_knows_upstreams(s));
}

static void
a_dhcp_server_serves_what_it_names_or_all(void)
{
	CU_ASSERT_EQUAL_FATAL(
	    hamlet_with("networks: [home, yard]", "networks: [yard]"), 0);
	CU_ASSERT(!site_serves(&s->dhcp[0], 0));
	CU_ASSERT(site_serves(&s->dhcp[0], 1));
	CU_ASSERT_EQUAL_FATAL(hamlet_with(", networks: [home, yard]", ""), 0);
	CU_ASSERT(site_serves(&s->dhcp[0], 0));
}

static void
an_unknown_key_is_told_the_nearest(void)
{
	CU_ASSERT(hamlet_refused("policy:", "polizy:",
	    "S:2:1: unknown key \"polizy\"; did you mean \"policy\"?"));
	CU_ASSERT(hamlet_refused("{name: edge,", "{name: edge, colour: red,",
	    "S:17:18: routers[0]: unknown key \"colour\"; what may stand here "
	    "is name, dialect, inside, outside"));
}

static void
a_key_stands_once(void)
{
	CU_ASSERT(
	    hamlet_refused("policy: block\n", "policy: block\npolicy: audit\n",
		"S:3:1: \"policy\" stands here twice"));
	CU_ASSERT(hamlet_refused("{name: gw1,", "{name: gw1, name: gw3,",
	    "S:4:17: gateways[0]: \"name\" stands here twice"));
}

static void
a_missing_key_is_named(void)
{
	CU_ASSERT(hamlet_refused("policy: block\n", "",
	    "S:1:1: \"policy\" is missing here"));
	CU_ASSERT(hamlet_refused(", why: GPS", "",
	    "S:21:5: exempt[0]: \"why\" is missing here"));
}

#define NO_DECORATION                                           \
	"anchors (&), aliases (*) and tags (!) are not taken: " \
	"write the value out, in quotes if it begins so"

static void
no_anchor_alias_or_tag_is_taken(void)
{
	CU_ASSERT(hamlet_refused("site: hamlet", "site: &a hamlet",
	    "S:1:7: site: " NO_DECORATION));
	CU_ASSERT(hamlet_refused("site: hamlet", "site: *a",
	    "S:1:7: site: " NO_DECORATION));
	CU_ASSERT(hamlet_refused("site: hamlet", "site: !!str hamlet",
	    "S:1:7: site: " NO_DECORATION));
	CU_ASSERT(hamlet_refused("networks:\n", "networks: &n\n",
	    "S:13:11: networks: " NO_DECORATION));
}

static void
a_bomb_does_not_go_off(void)
{
	static const char bomb[] = "a: &a [x,x,x,x,x,x,x,x]\n"
				   "b: &b [*a,*a,*a,*a,*a,*a,*a,*a]\n"
				   "c: &c [*b,*b,*b,*b,*b,*b,*b,*b]\n";

	CU_ASSERT_EQUAL(site_read(s, "S", bomb, sizeof(bomb) - 1, &hamlet_err),
	    -1);
	CU_ASSERT_STRING_EQUAL(hamlet_err.text,
	    "S:1:1: unknown key \"a\"; what may stand here is site, domain, "
	    "policy, spoofed, gateways, service, upstreams, networks, "
	    "routers, dhcp, exempt, keys, anycast, verify");
}

static void
depth_alone_is_refused_at_once(void)
{
	static char deep[100000];

	memset(deep, '[', sizeof(deep));
	CU_ASSERT_EQUAL(site_read(s, "S", deep, sizeof(deep), &hamlet_err), -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(hamlet_err.text, "S:1:1: keys with"));
}

static void
there_is_one_document(void)
{
	CU_ASSERT(hamlet_refused("verify: {outside: ntp1.example.net}\n",
	    "---\nsite: b\n", "S:22:1: a second document: a site has one"));
}

static void
nothing_is_no_site(void)
{
	CU_ASSERT_EQUAL(site_read(s, "S", "", 0, &hamlet_err), -1);
	CU_ASSERT_STRING_EQUAL(hamlet_err.text, "S: nothing is in it");
	CU_ASSERT_EQUAL(site_read(s, "S", "a: [", 4, &hamlet_err), -1);
	CU_ASSERT_EQUAL(site_read(s, "S", "x", SITE_OCTETS + 1, &hamlet_err),
	    -1);
}

#define NO_NAME                                                       \
	"is not a name: up to 24 letters, digits, dots, hyphens and " \
	"underscores, a letter or digit first"

static void
a_name_ends_no_quotation_and_no_line_anywhere(void)
{
	static const char *const bad[] = { "a\\\"b", "a'b", "a b", "a;b", "a/b",
		"../b", "..", "-a", "a}", "a$b", "a`b", "a#b", "a\\\\b",
		"\xc3\xa9", "", "abcdefghijklmnopqrstuvwxy" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char to[80];

		snprintf(to, sizeof(to), "{name: \"%s\", ", bad[i]);
		CU_ASSERT_EQUAL(hamlet_with("{name: edge, ", to), -1);
		CU_ASSERT_PTR_NOT_NULL(strstr(hamlet_err.text, NO_NAME));
	}
	CU_ASSERT_EQUAL(
	    hamlet_with("name: edge", "name: abcdefghijklmnopqrstuvwx"), 0);
}

static void
an_interface_ends_no_quotation_either(void)
{
	static const char *const bad[] = { "lan\\\"0", "lan 0", "lan;0", "lan+",
		"*", "lan{0", "lan,0", "!lan", "lan\\\\", "" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char to[80];

		snprintf(to, sizeof(to), "inside: \"%s\"", bad[i]);
		CU_ASSERT_EQUAL(hamlet_with("inside: lan0", to), -1);
		CU_ASSERT_PTR_NOT_NULL(
		    strstr(hamlet_err.text, "is not an interface or zone"));
	}
}

static void
no_text_ends_its_line(void)
{
	static const char *const bad[] = { "a\\nb", "a\\rb", "a\\0b", "a\\x1b",
		"a\\tb", "a\\x7f", "a\\x85", "a\\u2028b", "a\\u2029b",
		"a\\u202eb", "a\\u2066b", "a\\u200fb", "a\\ufeffb" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char to[80];

		snprintf(to, sizeof(to), "why: \"%s\"", bad[i]);
		CU_ASSERT_EQUAL(hamlet_with("why: GPS", to), -1);
		CU_ASSERT_PTR_NOT_NULL(strstr(hamlet_err.text,
		    "S:21:48: exempt[0].why: line ends, control characters"));
	}
	CU_ASSERT_EQUAL(hamlet_with("why: GPS",
			    "why: \"\\\"; } # \\\\ \xc3\xa9 \xe6\x99\x82\""),
	    0);
}

static void
ports_and_prefixes_are_in_range(void)
{
	CU_ASSERT(hamlet_refused("192.0.2.1,", "192.0.2.1, port: 65536,",
	    "S:9:31: upstreams.servers[0].port: \"65536\" is not a number from "
	    "1 to 65535"));
	CU_ASSERT(hamlet_refused("192.0.2.1,", "192.0.2.1, port: 99999999999,",
	    "S:9:31: upstreams.servers[0].port: \"99999999999\" is not a number "
	    "from 1 to 65535"));
	CU_ASSERT(hamlet_refused("10.1.0.0/16", "10.1.0.0/33",
	    "S:15:29: networks[1].prefixes: \"10.1.0.0/33\": the length after "
	    "/ must be 0 to 32"));
	CU_ASSERT(hamlet_refused("10.1.0.0/16", "0.0.0.0/0",
	    "S:15:29: networks[1].prefixes: 0.0.0.0/0 is more than one network "
	    "of ours"));
	CU_ASSERT(hamlet_refused("10.1.0.0/16", "10.1.2.3/16",
	    "S:15:29: networks[1].prefixes: \"10.1.2.3/16\" has host bits set; "
	    "did you mean 10.1.0.0/16?"));
}

static void
an_address_is_that_of_one_host(void)
{
	static const char *const bad[] = { "0.0.0.0", "224.0.1.1", "127.0.0.1",
		"\"fe80::1\"", "\"fe80::1%eth0\"", "\"::\"", "10.0.0",
		"ntp.example.net", "10.0.0.11/24" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char to[80];

		snprintf(to, sizeof(to), "inside: [%s", bad[i]);
		CU_ASSERT_EQUAL(hamlet_with("inside: [10.0.0.11", to), -1);
		CU_ASSERT_PTR_NOT_NULL(
		    strstr(hamlet_err.text, "S:4:26: gateways[0].inside: "));
	}
}

static void
a_word_is_one_of_its_list(void)
{
	CU_ASSERT(hamlet_refused("policy: block", "policy: allow",
	    "S:2:9: policy: \"allow\" is not known here; it may be block, "
	    "redirect, audit"));
	CU_ASSERT(hamlet_refused("dialect: kea", "dialect: nftables",
	    "S:19:26: dhcp[0].dialect: \"nftables\" is not known here; it may "
	    "be cisco-ios, junos, routeros, openwrt, kea, isc-dhcp, dnsmasq, "
	    "networkd, windows"));
}

static void
a_pool_lies_in_its_network(void)
{
	CU_ASSERT_EQUAL(hamlet_with("{name: yard,",
			    "{name: yard, pools: 10.1.0.5-10.1.0.9,"),
	    0);
	CU_ASSERT(hamlet_refused("{name: yard,",
	    "{name: yard, pools: 10.1.0.5-10.2.0.9,",
	    "S:15:25: this pool is not in one prefix of yard"));
	CU_ASSERT(hamlet_refused("{name: yard,",
	    "{name: yard, pools: 10.1.0.9-10.1.0.5,",
	    "S:15:25: networks[1].pools: a pool is its first and last address, "
	    "such as 10.1.0.100-10.1.0.199"));
}

static CU_TestInfo tests[] = {
	{ "a site is what its file says", a_site_is_what_its_file_says },
	{ "a list of one may be its element",
	    a_list_of_one_may_be_its_element },
	{ "what is not said has a default", what_is_not_said_has_a_default },
	{ "an address as host is known to firewalls",
	    an_address_as_host_is_known_to_firewalls },
	{ "a dhcp server serves what it names, or all",
	    a_dhcp_server_serves_what_it_names_or_all },
	{ "an unknown key is told the nearest",
	    an_unknown_key_is_told_the_nearest },
	{ "a key stands once", a_key_stands_once },
	{ "a missing key is named", a_missing_key_is_named },
	{ "no anchor, alias or tag is taken", no_anchor_alias_or_tag_is_taken },
	{ "a bomb does not go off", a_bomb_does_not_go_off },
	{ "depth alone is refused at once", depth_alone_is_refused_at_once },
	{ "there is one document", there_is_one_document },
	{ "nothing is no site", nothing_is_no_site },
	{ "a name ends no quotation and no line anywhere",
	    a_name_ends_no_quotation_and_no_line_anywhere },
	{ "an interface ends no quotation either",
	    an_interface_ends_no_quotation_either },
	{ "no text ends its line", no_text_ends_its_line },
	{ "ports and prefixes are in range", ports_and_prefixes_are_in_range },
	{ "an address is that of one host", an_address_is_that_of_one_host },
	{ "a word is one of its list", a_word_is_one_of_its_list },
	{ "a pool lies in its network", a_pool_lies_in_its_network },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_site = { "conf/site", NULL, NULL, NULL, NULL, tests };
