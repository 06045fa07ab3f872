/* SPDX-License-Identifier: ISC */
/*
 * dhcp.c - programs that hand out leases: option 42 (and 4, which old devices
 * ask for), DHCPv6 options 31 and 56.
 *
 * RFC 5908 section 4: an option 56 holds one time source, several sources are
 * several options.  None of these servers can send two of them (of two, the
 * last is sent), and one option with several addresses is what the RFC
 * forbids: so it is one address, the service's if there is one.  Option 31 has
 * them all.
 */
#include "render/dhcp.h"

#include <string.h>

bool
render_dhcp_serves(const struct render_job *j, unsigned network)
{
	return j->dhcp == NULL || site_serves(j->dhcp, network);
}

struct render_set
render_dhcp_one(const struct render_job *j, unsigned network)
{
	struct render_set v = { 0 };

	render_add(&v, &j->site->service, ADDR_V6);
	if (v.count == 0)
		v = render_turned(j->site, network, ADDR_V6);
	if (v.count > 1)
		v.count = 1;
	return v;
}

bool
render_dhcp_next(const struct render_job *j, struct render_subnets *s)
{
	const struct site *site = j->site;

	while (s->network < site->network_count) {
		const struct site_network *n = &site->network[s->network];

		if (!render_dhcp_serves(j, s->network) || s->at == n->count) {
			s->network++;
			s->at = 0;
			continue;
		}
		s->prefix = &n->prefix[s->at++];
		if (s->prefix->net.family != s->family)
			continue;
		s->of = n;
		s->number++;
		s->servers = render_turned(site, s->network, s->family);
		s->one = render_dhcp_one(j, s->network);
		return true;
	}
	return false;
}

const struct site_pool *
render_dhcp_pool(const struct render_subnets *s, unsigned *i)
{
	while (*i < s->of->pools) {
		const struct site_pool *p = &s->of->pool[(*i)++];

		if (prefix_holds(s->prefix, &p->first))
			return p;
	}
	return NULL;
}

/* ---- Kea ---- */

static void
kea_pools(struct text *t, const struct render_subnets *s)
{
	const struct site_pool *p;
	char a[ADDR_TEXT], b[ADDR_TEXT];
	unsigned i = 0, n = 0;

	while ((p = render_dhcp_pool(s, &i)) != NULL)
		text_add(t, "%s{ \"pool\": \"%s - %s\" }",
		    n++ == 0 ? "        \"pools\": [ " : ", ",
		    addr_print(&p->first, false, a),
		    addr_print(&p->last, false, b));
	if (n > 0)
		text_add(t, " ],\n");
}

static void
kea_head(const struct render_job *j, struct text *t, int version)
{
	text_add(t,
	    "{\n  \"Dhcp%d\": {\n    \"interfaces-config\": { \"interfaces\": "
	    "[ ",
	    version);
	if (j->dhcp == NULL || j->dhcp->interfaces.count == 0)
		text_add(t, "\"*\"");
	for (unsigned i = 0; j->dhcp != NULL && i < j->dhcp->interfaces.count;
	     i++)
		text_add(t, "%s\"%s\"", i > 0 ? ", " : "",
		    j->dhcp->interfaces.name[i]);
	text_add(t, " ] },\n");
}

static void
kea_subnet(struct text *t, const struct render_subnets *s, const char *wire)
{
	char buf[ADDR_TEXT];

	text_add(t,
	    "%s      {\n        \"id\": %u,\n        \"subnet\": \"%s\",\n"
	    "        \"user-context\": { \"network\": \"%s\" },\n",
	    s->number > 1 ? ",\n" : "", s->number, prefix_print(s->prefix, buf),
	    s->of->name);
	if (wire != NULL)
		text_add(t, "        \"interface\": \"%s\",\n", wire);
	kea_pools(t, s);
	text_add(t, "        \"option-data\": [");
}

void
render_kea4(const struct render_job *j, struct text *t)
{
	struct render_subnets s = { .family = ADDR_V4 };

	kea_head(j, t, 4);
	text_add(t, "    \"subnet4\": [\n");
	while (render_dhcp_next(j, &s)) {
		kea_subnet(t, &s, NULL);
		for (int i = 0; i < 2 && s.servers.count > 0; i++) {
			text_add(t,
			    "%s\n          { \"name\": \"%s\", \"data\": \"",
			    i > 0 ? "," : "",
			    i > 0 ? "time-servers" : "ntp-servers");
			render_set_put(t, &s.servers, "", ", ");
			text_add(t, "\", \"always-send\": %s }",
			    i > 0 ? "false" : "true");
		}
		text_add(t, "\n        ]\n      }");
	}
	text_add(t, "\n    ]\n  }\n}\n");
}

/* The wire of the only subnet; NULL: which is on which is not known. */
static const char *
kea_wire(const struct render_job *j)
{
	struct render_subnets s = { .family = ADDR_V6 };

	if (j->dhcp == NULL || j->dhcp->interfaces.count != 1)
		return NULL;
	while (render_dhcp_next(j, &s))
		continue;
	return s.number == 1 ? j->dhcp->interfaces.name[0] : NULL;
}

void
render_kea6(const struct render_job *j, struct text *t)
{
	struct render_subnets s = { .family = ADDR_V6 };
	const char *wire = kea_wire(j);

	/* Other than in DHCPv4, its own address there tells it nothing. */
	if (wire == NULL)
		render_lines(j, t,
		    "Hosts that no relay stands before are answered only in "
		    "a subnet6 that names\ntheir \"interface\": add it where "
		    "Kea has one in that network.");
	kea_head(j, t, 6);
	text_add(t,
	    "    \"option-def\": [\n"
	    "      { \"name\": \"ntp-server\", \"code\": 56, \"type\": "
	    "\"empty\",\n        \"encapsulate\": \"ntp-server-suboptions\" },\n"
	    "      { \"name\": \"ntp-srv-addr\", \"code\": 1, \"type\": "
	    "\"ipv6-address\",\n        \"space\": \"ntp-server-suboptions\" "
	    "}\n    ],\n    \"subnet6\": [\n");
	while (render_dhcp_next(j, &s)) {
		kea_subnet(t, &s, wire);
		if (s.servers.count > 0) {
			text_add(t,
			    "\n          { \"name\": \"sntp-servers\", "
			    "\"data\": \"");
			render_set_put(t, &s.servers, "", ", ");
			text_add(t,
			    "\" },\n          { \"name\": \"ntp-server\", "
			    "\"always-send\": true },\n"
			    "          { \"name\": \"ntp-srv-addr\", \"space\": "
			    "\"ntp-server-suboptions\", \"data\": \"");
			render_set_put(t, &s.one, "", "");
			text_add(t, "\" }");
		}
		text_add(t, "\n        ]\n      }");
	}
	text_add(t, "\n    ]\n  }\n}\n");
}

/* ---- ISC dhcpd ---- */

static void
isc_pools(struct text *t, const struct render_subnets *s, const char *range)
{
	const struct site_pool *p;
	char a[ADDR_TEXT], b[ADDR_TEXT];
	unsigned i = 0;

	while ((p = render_dhcp_pool(s, &i)) != NULL)
		text_add(t, "\t%s %s %s;\n", range,
		    addr_print(&p->first, false, a),
		    addr_print(&p->last, false, b));
}

void
render_isc4(const struct render_job *j, struct text *t)
{
	struct render_subnets s = { .family = ADDR_V4 };
	char net[ADDR_TEXT], mask[ADDR_TEXT];

	while (render_dhcp_next(j, &s)) {
		text_add(t, "# %s\nsubnet %s netmask %s {\n", s.of->name,
		    addr_print(&s.prefix->net, false, net),
		    render_mask(s.prefix, false, mask));
		isc_pools(t, &s, "range");
		if (s.servers.count > 0) {
			text_add(t, "\toption ntp-servers ");
			render_set_put(t, &s.servers, "", ", ");
			text_add(t, ";\n\toption time-servers ");
			render_set_put(t, &s.servers, "", ", ");
			text_add(t, ";\n");
		}
		text_add(t, "}\n");
	}
}

void
render_dhcp_octets(struct text *t, const struct addr *a, const char *between)
{
	for (int i = 0; i < 16; i++)
		text_add(t, "%s%02x", i > 0 ? between : "", a->ip[i]);
}

void
render_isc6(const struct render_job *j, struct text *t)
{
	struct render_subnets s = { .family = ADDR_V6 };
	char net[ADDR_TEXT];

	/* As octets: suboption 1, length 16, the address. */
	text_add(t, "option dhcp6.ntp-server code 56 = string;\n");
	while (render_dhcp_next(j, &s)) {
		text_add(t, "# %s\nsubnet6 %s {\n", s.of->name,
		    prefix_print(s.prefix, net));
		isc_pools(t, &s, "range6");
		if (s.servers.count > 0) {
			text_add(t, "\toption dhcp6.sntp-servers ");
			render_set_put(t, &s.servers, "", ", ");
			text_add(t,
			    ";\n\toption dhcp6.ntp-server "
			    "00:01:00:10:");
			render_dhcp_octets(t, &s.one.addr[0], ":");
			text_add(t, ";\n");
		}
		text_add(t, "}\n");
	}
}

/* ---- dnsmasq ---- */

static void
dnsmasq_pools(struct text *t, const struct render_subnets *s)
{
	const struct site_pool *p;
	char a[ADDR_TEXT], b[ADDR_TEXT], mask[ADDR_TEXT];
	unsigned i = 0;

	while ((p = render_dhcp_pool(s, &i)) != NULL) {
		text_add(t, "dhcp-range=set:%s,%s,%s,", s->of->name,
		    addr_print(&p->first, false, a),
		    addr_print(&p->last, false, b));
		if (s->family == ADDR_V4)
			text_add(t, "%s,1h\n",
			    render_mask(s->prefix, false, mask));
		else /* dnsmasq knows no shorter one */
			text_add(t, "%u,1h\n",
			    s->prefix->len < 64 ? 64u : s->prefix->len);
	}
}

static void
dnsmasq_family(const struct render_job *j, struct text *t, enum addr_family f)
{
	struct render_subnets s = { .family = f };
	const struct site_network *last = NULL;
	const char *family = f == ADDR_V4 ? "option" : "option6";

	while (render_dhcp_next(j, &s)) {
		dnsmasq_pools(t, &s);
		if (s.of == last || s.servers.count == 0)
			continue;
		last = s.of;
		text_add(t, "dhcp-option=tag:%s,%s:%s,", s.of->name, family,
		    f == ADDR_V4 ? "ntp-server" : "sntp-server");
		if (f == ADDR_V4) {
			render_set_put(t, &s.servers, "", ",");
			text_add(t, "\ndhcp-option=tag:%s,4,", s.of->name);
			render_set_put(t, &s.servers, "", ",");
			text_add(t, "\n");
			continue;
		}
		text_add(t, "[");
		render_set_put(t, &s.servers, "", "],[");
		text_add(t, "]\ndhcp-option=tag:%s,option6:ntp-server,[",
		    s.of->name);
		render_set_put(t, &s.one, "", "");
		text_add(t, "]\n");
	}
}

void
render_dnsmasq(const struct render_job *j, struct text *t)
{
	render_lines(j, t,
	    "A network's options go to leases with its tag: your own "
	    "dhcp-range lines get\nset:NAME, such as "
	    "dhcp-range=set:office,10.1.0.100,10.1.0.199,1h");
	for (unsigned i = 0; j->dhcp != NULL && i < j->dhcp->interfaces.count;
	     i++)
		text_add(t, "interface=%s\n", j->dhcp->interfaces.name[i]);
	dnsmasq_family(j, t, ADDR_V4);
	dnsmasq_family(j, t, ADDR_V6);
}

/* ---- systemd-networkd, Windows ---- */

void
render_networkd(const struct render_job *j, struct text *t)
{
	struct render_subnets s = { .family = ADDR_V4 };

	render_lines(j, t,
	    "A section for each network: it goes into the .network file of "
	    "the interface\nthat has this network.  networkd sends no DHCPv6 "
	    "options.");
	while (render_dhcp_next(j, &s)) {
		if (s.at > 1 || s.servers.count == 0)
			continue;
		text_add(t,
		    "\n# %s\n[DHCPServer]\nEmitNTP=yes\nNTP=", s.of->name);
		render_set_put(t, &s.servers, "", " ");
		text_add(t, "\n");
	}
}

void
render_windows_dhcp(const struct render_job *j, struct text *t)
{
	struct render_subnets s = { .family = ADDR_V4 };
	char buf[ADDR_TEXT];

	while (render_dhcp_next(j, &s)) {
		if (s.servers.count == 0)
			continue;
		addr_print(&s.prefix->net, false, buf);
		for (int option = 42; option > 0;
		     option = option == 42 ? 4 : 0) {
			text_add(t,
			    "Set-DhcpServerv4OptionValue -ScopeId %s -OptionId "
			    "%d -Value ",
			    buf, option);
			render_set_put(t, &s.servers, "", ",");
			text_add(t, " # %s\n", s.of->name);
		}
	}
	s = (struct render_subnets){ .family = ADDR_V6 };
	while (render_dhcp_next(j, &s)) {
		if (s.servers.count == 0)
			continue;
		text_add(t,
		    "Set-DhcpServerv6OptionValue -Prefix %s -OptionId 31 "
		    "-Value ",
		    addr_print(&s.prefix->net, false, buf));
		render_set_put(t, &s.servers, "", ",");
		text_add(t, " # %s\n", s.of->name);
	}
}
