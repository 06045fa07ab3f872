/* SPDX-License-Identifier: ISC */
/*
 * The keys of site.yaml, as tables; what they mean stands in
 * ntpgate-site(5), which has an entry for each row.
 */
#include "conf/site_parts.h"

#include "core/packet.h"

#include <stdlib.h>
#include <string.h>

#define IN(type, m) .at = offsetof(type, m), .size = sizeof(((type *)0)->m)
#define AT(m) IN(struct site, m)
#define ELEMENTS(m, n)                              \
	.at = offsetof(struct site, m),             \
	.stride = sizeof(((struct site *)0)->m[0]), \
	.beside = offsetof(struct site, n)
#define MARK(type) .mark = offsetof(type, at)

static const struct site_word spoofeds[] = {
	{ SITE_SPOOFED_NTP, "ntp" },
	{ SITE_SPOOFED_ALL, "all" },
	{ SITE_SPOOFED_OFF, "off" },
	{ 0, NULL },
};

static bool
filters(int value)
{
	return site_filters((enum site_dialect)value);
}

static bool
leases(int value)
{
	return site_leases((enum site_dialect)value);
}

static const struct site_key gateway_keys[] = {
	{ "name", site_field_name, IN(struct site_gateway, name),
	    .required = true },
	{ "inside", site_field_addrs, IN(struct site_gateway, inside),
	    .required = true },
	{ "outside", site_field_addrs, IN(struct site_gateway, outside) },
	{ "interface", site_field_interface,
	    IN(struct site_gateway, interface) },
	{ 0 },
};

static const struct site_key server_keys[] = {
	{ "host", site_field_host, IN(struct site_server, conf.host),
	    .required = true,
	    .beside = offsetof(struct site_server, conf.addr) },
	{ "port", site_field_port, IN(struct site_server, conf.addr.port),
	    .min = 1, .max = UINT16_MAX },
	{ "operator", site_field_text,
	    IN(struct site_server, conf.operator_name) },
	{ "permission", site_field_text,
	    IN(struct site_server, conf.permission) },
	{ "stratum", site_field_count, IN(struct site_server, conf.stratum),
	    .min = 1, .max = 15 },
	{ "key", site_field_count, IN(struct site_server, conf.key_id),
	    .min = 1, .max = UINT32_MAX },
	{ "addresses", site_field_addrs, IN(struct site_server, addresses) },
	{ 0 },
};

static const struct site_key upstream_keys[] = {
	{ "servers", site_field_list, ELEMENTS(server, server_count),
	    .keys = server_keys, .max = CONF_SERVERS_MAX,
	    MARK(struct site_server), .required = true },
	{ "spares", site_field_list, ELEMENTS(spare, spare_count),
	    .keys = server_keys, .max = CONF_SPARES_MAX,
	    MARK(struct site_server) },
	{ "accuracy", site_field_time, AT(accuracy_s), .min = 1e-6, .max = 10 },
	{ "budget", site_field_count, AT(budget_day), .min = 1, .max = 1e8 },
	{ 0 },
};

static const struct site_key network_keys[] = {
	{ "name", site_field_name, IN(struct site_network, name),
	    .required = true },
	{ "prefixes", site_field_prefixes, .required = true },
	{ "pools", site_field_pools, .at = 0 },
	{ 0 },
};

static const struct site_key router_keys[] = {
	{ "name", site_field_name, IN(struct site_router, name),
	    .required = true },
	{ "dialect", site_field_word, IN(struct site_router, dialect),
	    .required = true, .words = site_dialects, .takes = filters },
	{ "inside", site_field_interfaces, IN(struct site_router, inside),
	    .required = true },
	{ "outside", site_field_interfaces, IN(struct site_router, outside),
	    .required = true },
	{ 0 },
};

static const struct site_key dhcp_keys[] = {
	{ "name", site_field_name, IN(struct site_dhcp, name),
	    .required = true },
	{ "dialect", site_field_word, IN(struct site_dhcp, dialect),
	    .required = true, .words = site_dialects, .takes = leases },
	{ "networks", site_field_serves, .at = 0 },
	{ "interfaces", site_field_interfaces,
	    IN(struct site_dhcp, interfaces) },
	{ 0 },
};

static const struct site_key exempt_keys[] = {
	{ "address", site_field_addr, IN(struct site_exempt, address),
	    .required = true },
	{ "to", site_field_addrs, IN(struct site_exempt, to) },
	{ "why", site_field_text, IN(struct site_exempt, why),
	    .required = true },
	{ 0 },
};

static const struct site_key key_keys[] = {
	{ "file", site_field_path, AT(keys.file) },
	{ "sibling", site_field_count, AT(keys.sibling), .min = 0,
	    .max = UINT32_MAX },
	{ 0 },
};

static const struct site_key anycast_keys[] = {
	{ "as", site_field_count, AT(anycast.as), .min = 1, .max = UINT32_MAX,
	    .required = true },
	{ "neighbors", site_field_addrs, AT(anycast.neighbors),
	    .required = true },
	{ 0 },
};

static const struct site_key verify_keys[] = {
	{ "outside", site_field_host, AT(verify_outside) },
	{ 0 },
};

static const struct site_key keys[] = {
	{ "site", site_field_name, AT(name), .required = true },
	{ "domain", site_field_domain, AT(domain) },
	{ "policy", site_field_word, AT(policy), .words = site_policies,
	    .required = true },
	{ "spoofed", site_field_word, AT(spoofed), .words = spoofeds },
	{ "gateways", site_field_list, ELEMENTS(gateway, gateway_count),
	    .keys = gateway_keys, .max = SITE_GATEWAYS_MAX,
	    MARK(struct site_gateway), .required = true },
	{ "service", site_field_addrs, AT(service) },
	{ "upstreams", site_field_map, .keys = upstream_keys,
	    .mark = offsetof(struct site, upstreams_at), .required = true },
	{ "networks", site_field_list, ELEMENTS(network, network_count),
	    .keys = network_keys, .max = SITE_NETWORKS_MAX,
	    MARK(struct site_network), .required = true },
	{ "routers", site_field_list, ELEMENTS(router, router_count),
	    .keys = router_keys, .max = SITE_ROUTERS_MAX,
	    MARK(struct site_router) },
	{ "dhcp", site_field_list, ELEMENTS(dhcp, dhcp_count),
	    .keys = dhcp_keys, .max = SITE_DHCP_MAX, MARK(struct site_dhcp) },
	{ "exempt", site_field_list, ELEMENTS(exempt, exempt_count),
	    .keys = exempt_keys, .max = SITE_EXEMPT_MAX,
	    MARK(struct site_exempt) },
	{ "keys", site_field_map, .keys = key_keys },
	{ "anycast", site_field_map, .keys = anycast_keys },
	{ "verify", site_field_map, .keys = verify_keys },
	{ 0 },
};

/* ---- the document ---- */

static int
read_document(struct site_reader *r)
{
	if (site_next(r) == -1 || site_next(r) == -1) /* stream, document */
		return -1;
	if (site_is(r, YAML_STREAM_END_EVENT))
		return err_set(r->err, "%s: nothing is in it", r->file);
	if (site_next(r) == -1)
		return -1;
	r->base = r->site;
	if (site_keys(r, keys) == -1 || site_next(r) == -1 ||
	    site_next(r) == -1)
		return -1;
	if (!site_is(r, YAML_STREAM_END_EVENT))
		return site_fail(r, "a second document: a site has one");
	return 0;
}

static const struct site_wanted *
find_wanted(struct site_reader *r, size_t i, unsigned *network)
{
	for (unsigned n = 0; n < r->site->network_count; n++) {
		if (strcmp(r->site->network[n].name, r->wanted[i].name) == 0) {
			*network = n;
			return &r->wanted[i];
		}
	}
	return NULL;
}

static int
settle_dhcp(struct site_reader *r)
{
	for (size_t i = 0; i < r->wanted_count; i++) {
		unsigned n = 0;
		const struct site_wanted *w = find_wanted(r, i, &n);

		if (w == NULL)
			return site_fail_at(r->err, r->file, r->wanted[i].at,
			    "dhcp: there is no network \"%s\" under networks",
			    r->wanted[i].name);
		r->site->dhcp[w->dhcp].serves[n / 8] |= (uint8_t)(1u << n % 8);
	}
	return 0;
}

/* The address of a host that is one need not be said twice. */
static void
settle_server(struct site_server *s)
{
	struct site_addrs *a = &s->addresses;

	if (s->conf.addr.port == 0)
		s->conf.addr.port = NTP_PORT;
	if (s->conf.addr.family == ADDR_NONE || a->count > 0)
		return;
	a->addr[0] = s->conf.addr;
	a->addr[0].port = 0;
	a->at[0] = s->at;
	a->count = 1;
}

static int
settle(struct site_reader *r)
{
	for (unsigned i = 0; i < r->site->server_count; i++)
		settle_server(&r->site->server[i]);
	for (unsigned i = 0; i < r->site->spare_count; i++)
		settle_server(&r->site->spare[i]);
	return settle_dhcp(r);
}

int
site_read(struct site *s, const char *file, const char *text, size_t len,
    struct err *e)
{
	struct site_reader r = { .file = file,
		.text = text,
		.len = len,
		.site = s,
		.err = e };
	int rc;

	memset(s, 0, sizeof(*s));
	s->accuracy_s = 5e-3;
	s->budget_day = 640;
	s->keys.sibling = 1;
	strcpy(s->keys.file, "/etc/ntpgate/keys");
	if (len > SITE_OCTETS)
		return err_set(e, "%s: larger than %d octets", file,
		    SITE_OCTETS);
	if (!yaml_parser_initialize(&r.yaml))
		return err_set(e, "%s: out of memory", file);
	yaml_parser_set_input_string(&r.yaml, (const unsigned char *)text, len);
	rc = read_document(&r) == -1 || settle(&r) == -1 ||
		site_check(s, file, e) == -1 ?
	    -1 :
	    0;
	yaml_event_delete(&r.event);
	yaml_parser_delete(&r.yaml);
	free(r.wanted);
	return rc;
}
