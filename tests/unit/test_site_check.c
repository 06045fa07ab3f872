/* SPDX-License-Identifier: ISC */
/* What no single key of site.yaml can tell. */
#include "hamlet.h"
#include "unit.h"

static void
a_good_site_has_no_notes(void)
{
	CU_ASSERT_EQUAL_FATAL(hamlet_with("", ""), 0);
	CU_ASSERT_EQUAL(hamlet_site.note_count, 0);
}

static void
networks_do_not_overlap(void)
{
	CU_ASSERT(hamlet_refused("10.1.0.0/16", "10.0.0.128/25",
	    "S:15:29: 10.0.0.128/25 of yard lies in 10.0.0.0/24 of home (line "
	    "14): a host can be in one network only"));
	CU_ASSERT(hamlet_refused("10.1.0.0/16", "10.0.0.0/24",
	    "S:15:29: 10.0.0.0/24 of yard lies in 10.0.0.0/24 of home (line "
	    "14): a host can be in one network only"));
	CU_ASSERT(hamlet_refused("2001:db8:1::/64", "2001:db8::/32",
	    "S:14:42: 2001:db8::/64 of home lies in 2001:db8::/32 of yard "
	    "(line 15): a host can be in one network only"));
}

static void
an_address_has_one_owner(void)
{
	CU_ASSERT(hamlet_refused("10.0.0.12", "10.0.0.11",
	    "S:5:26: 10.0.0.11 is gw1's and gw2's: each has an address of its "
	    "own"));
	CU_ASSERT(hamlet_refused("service: [10.0.0.10", "service: [10.0.0.12",
	    "S:5:26: 10.0.0.12 is service's and gw2's: each has an address of "
	    "its own"));
	CU_ASSERT_EQUAL(hamlet_with("gw1, ", "gw1, outside: 10.0.0.11, "), 0);
}

static void
a_name_has_one_owner(void)
{
	CU_ASSERT(hamlet_refused("{name: gw2", "{name: gw1",
	    "S:5:5: a second gateway \"gw1\": each has a name of its own"));
	CU_ASSERT(hamlet_refused("{name: yard",
	    "{name: home, prefixes: 10.7.0.0/16}\n  - {name: yard",
	    "S:15:5: a second network \"home\": each has a name of its own"));
	/* a router that is a gateway is one machine */
	CU_ASSERT_EQUAL(hamlet_with("{name: edge", "{name: gw1"), 0);
	CU_ASSERT_PTR_NOT_NULL(
	    site_is_gateway(&hamlet_site, &hamlet_site.router[0]));
}

static void
one_gateway_is_few(void)
{
	CU_ASSERT_EQUAL_FATAL(hamlet_with("  - {name: gw2, inside: [10.0.0.12, "
					  "\"2001:db8::12\"]}\n",
				  ""),
	    0);
	CU_ASSERT(hamlet_notes("there is one gateway", false));
}

static void
a_gateway_outside_all_networks_is_noted(void)
{
	CU_ASSERT_EQUAL_FATAL(hamlet_with("10.0.0.11", "10.9.0.11"), 0);
	CU_ASSERT(hamlet_notes("gw1's 10.9.0.11 is in no network", false));
}

static void
missing_ipv6_is_noted(void)
{
	CU_ASSERT_EQUAL_FATAL(hamlet_with(", \"2001:db8::11\"", ""), 0);
	CU_ASSERT(hamlet_notes("gw1 has no IPv6 address", false));
	CU_ASSERT_EQUAL_FATAL(hamlet_with(", \"2001:db8:1::/64\"", ""), 0);
	CU_ASSERT(hamlet_notes("yard has IPv4 but no IPv6", false));
	CU_ASSERT_EQUAL_FATAL(hamlet_with(", \"2001:db8::10\"", ""), 0);
	CU_ASSERT(hamlet_notes("service has no IPv6", false));
}

static void
a_public_server_needs_permission(void)
{
	CU_ASSERT_EQUAL_FATAL(hamlet_with("host: 192.0.2.1", "host: a.net"), 0);
	CU_ASSERT(hamlet_notes("a.net: no permission is noted", true));
	CU_ASSERT_EQUAL_FATAL(
	    hamlet_with("host: 192.0.2.1", "host: a.net, permission: open"), 0);
	CU_ASSERT(!hamlet_notes("a.net: no permission is noted", true));
}

static void
too_few_servers_fail(void)
{
	CU_ASSERT_EQUAL_FATAL(
	    hamlet_with("    - {host: 192.0.2.4, operator: D}\n", ""), 0);
	CU_ASSERT(hamlet_notes("upstreams.servers: 3 of them", true));
}

static void
courtesy_is_that_of_the_gateways(void)
{
	CU_ASSERT_EQUAL(hamlet_with("  servers:", "  budget: 2001\n  servers:"),
	    0); /* a laboratory's */
	CU_ASSERT_EQUAL(hamlet_with("  servers:\n    - {host: 192.0.2.1,",
			    "  budget: 2001\n  servers:\n    - {host: a.net,"),
	    -1);
}

static void
an_exempted_host_is_known(void)
{
	CU_ASSERT(hamlet_refused("10.1.2.3", "10.9.2.3",
	    "S:21:5: exempt: 10.9.2.3 is in no network of this site: name its "
	    "network, or an address of this site"));
	CU_ASSERT(hamlet_refused("10.1.2.3", "10.0.0.11",
	    "S:21:5: exempt: 10.0.0.11 is a gateway: it may ask its upstreams "
	    "as it is"));
	CU_ASSERT(hamlet_refused("198.51.100.7", "10.1.2.4",
	    "S:21:29: exempt: 10.1.2.4 is inside: nobody needs leave to ask "
	    "it"));
	CU_ASSERT(hamlet_refused("198.51.100.7", "\"2001:db8:2::1\"",
	    "S:21:29: exempt: 10.1.2.3 and 2001:db8:2::1 are not of one "
	    "family"));
	CU_ASSERT(hamlet_refused("why: GPS", "why: ' '",
	    "S:21:5: exempt: 10.1.2.3: say why, for those who come after "
	    "you"));
}

static void
a_network_that_is_served_is_known(void)
{
	CU_ASSERT(hamlet_refused("[home, yard]", "[home, shed]",
	    "S:19:48: dhcp: there is no network \"shed\" under networks"));
	CU_ASSERT_EQUAL_FATAL(hamlet_with("[home, yard]", "[home]"), 0);
	CU_ASSERT(hamlet_notes("yard is a network of no DHCP server", false));
}

static void
a_router_has_two_sides(void)
{
	CU_ASSERT(hamlet_refused("outside: wan0", "outside: lan0",
	    "S:17:5: edge: lan0 is inside and outside; it can be one of "
	    "them"));
	CU_ASSERT(hamlet_refused("outside: wan0", "outside: []",
	    "S:17:5: edge has no interface outside: name one at least"));
	CU_ASSERT(hamlet_refused("outside: wan0", "outside: ge-0/0/0",
	    "S:17:5: edge: \"ge-0/0/0\" is no interface of Linux: at most 15 "
	    "characters, no / and no :"));
}

static void
a_gateway_is_not_its_own_upstream(void)
{
	CU_ASSERT(hamlet_refused("host: 192.0.2.1", "host: 10.0.0.12",
	    "S:9:7: upstreams: 10.0.0.12 is a gateway of this site"));
}

static void
what_is_announced_is_there(void)
{
	CU_ASSERT(hamlet_refused("service: [10.0.0.10, \"2001:db8::10\"]",
	    "anycast: {as: 64512, neighbors: 10.0.0.1}",
	    "S: anycast: there is no service address to announce"));
}

static CU_TestInfo tests[] = {
	{ "a good site has no notes", a_good_site_has_no_notes },
	{ "networks do not overlap", networks_do_not_overlap },
	{ "an address has one owner", an_address_has_one_owner },
	{ "a name has one owner", a_name_has_one_owner },
	{ "one gateway is few", one_gateway_is_few },
	{ "a gateway outside all networks is noted",
	    a_gateway_outside_all_networks_is_noted },
	{ "missing IPv6 is noted", missing_ipv6_is_noted },
	{ "a public server needs permission",
	    a_public_server_needs_permission },
	{ "too few servers fail", too_few_servers_fail },
	{ "courtesy is that of the gateways",
	    courtesy_is_that_of_the_gateways },
	{ "an exempted host is known", an_exempted_host_is_known },
	{ "a network that is served is known",
	    a_network_that_is_served_is_known },
	{ "a router has two sides", a_router_has_two_sides },
	{ "a gateway is not its own upstream",
	    a_gateway_is_not_its_own_upstream },
	{ "what is announced is there", what_is_announced_is_there },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_site_check = { "conf/site_check", NULL, NULL, NULL, NULL,
	tests };
