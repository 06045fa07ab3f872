/* SPDX-License-Identifier: ISC */
#include "conf/site_parts.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define LINUX_INTERFACE_MAX 15 /* IFNAMSIZ - 1 */

#define FAIL(c, at, ...) site_fail_at((c)->e, (c)->file, (at), __VA_ARGS__)

static bool
has(const struct site_addrs *a, enum addr_family f)
{
	for (unsigned i = 0; i < a->count; i++)
		if (a->addr[i].family == f)
			return true;
	return false;
}

static bool
network_has(const struct site_network *n, enum addr_family f)
{
	for (unsigned i = 0; i < n->count; i++)
		if (n->prefix[i].net.family == f)
			return true;
	return false;
}

/* ---- names ---- */

/* The names of an array of structs that begin with name and at. */
static int
check_names(struct site_checking *c, const char *what, const void *first,
    unsigned count, size_t stride)
{
	for (unsigned i = 1; i < count; i++) {
		const char *a = (const char *)first + i * stride;

		for (unsigned j = 0; j < i; j++) {
			const char *b = (const char *)first + j * stride;

			if (strcmp(a, b) == 0)
				return FAIL(c,
				    *(const struct site_at *)(a +
					SITE_NAME_MAX),
				    "a second %s \"%s\": each has a name of "
				    "its own",
				    what, a);
		}
	}
	return 0;
}

#define CHECK_NAMES(c, what, array, count) \
	check_names(c, what, array, count, sizeof((array)[0]))

/* ---- addresses of the gateways ---- */

struct use {
	struct addr addr;
	struct site_at at;
	const char *whose;   /* gateway, or "service" */
	const char *gateway; /* NULL: the service */
};

#define USES_MAX (2 * SITE_ADDRS_MAX * SITE_GATEWAYS_MAX + SITE_ADDRS_MAX)

static unsigned
add_uses(struct use *u, unsigned n, const struct site_addrs *a,
    const char *gateway)
{
	for (unsigned i = 0; i < a->count; i++)
		u[n++] = (struct use){ a->addr[i], a->at[i],
			gateway != NULL ? gateway : "service", gateway };
	return n;
}

static int
check_uses(struct site_checking *c)
{
	struct use u[USES_MAX];
	unsigned n = add_uses(u, 0, &c->s->service, NULL);
	char buf[ADDR_TEXT];

	for (unsigned i = 0; i < c->s->gateway_count; i++) {
		const struct site_gateway *g = &c->s->gateway[i];

		n = add_uses(u, n, &g->inside, g->name);
		n = add_uses(u, n, &g->outside, g->name);
	}
	for (unsigned i = 1; i < n; i++)
		for (unsigned j = 0; j < i; j++)
			if (addr_same_host(&u[i].addr, &u[j].addr) &&
			    u[i].gateway != u[j].gateway)
				return FAIL(c, u[i].at,
				    "%s is %s's and %s's: each has an address "
				    "of its own",
				    addr_print(&u[i].addr, false, buf),
				    u[j].whose, u[i].whose);
	return 0;
}

static void
note_families(struct site *s, const struct site_gateway *g)
{
	char buf[ADDR_TEXT];

	if (has(&g->inside, ADDR_V4) && !has(&g->inside, ADDR_V6))
		site_note(s, g->at,
		    "%s has no IPv6 address inside: hosts that have IPv6 will "
		    "look for time elsewhere",
		    g->name);
	for (unsigned i = 0; i < g->inside.count; i++)
		if (site_network_of(s, &g->inside.addr[i]) == NULL)
			site_note(s, g->inside.at[i],
			    "%s's %s is in no network of this file: hosts "
			    "beside it are not served unless their network is "
			    "named too",
			    g->name,
			    addr_print(&g->inside.addr[i], false, buf));
}

static int
check_gateways(struct site_checking *c)
{
	struct site *s = c->s;

	if (s->gateway_count == 0)
		return FAIL(c, (struct site_at){ 0 },
		    "gateways: there is none; two are right");
	if (CHECK_NAMES(c, "gateway", s->gateway, s->gateway_count) == -1 ||
	    check_uses(c) == -1)
		return -1;
	for (unsigned i = 0; i < s->gateway_count; i++) {
		const struct site_gateway *g = &s->gateway[i];

		if (g->inside.count == 0)
			return FAIL(c, g->at,
			    "%s has no address inside: nobody could ask it",
			    g->name);
		note_families(s, g);
	}
	if (s->gateway_count == 1)
		site_note(s, s->gateway[0].at,
		    "there is one gateway: with two, either may die");
	if (s->service.count > 0 && s->gateway_count == 1)
		site_note(s, s->service.at[0],
		    "a service address that one gateway has alone is of no "
		    "use");
	if (has(&s->service, ADDR_V4) && !has(&s->service, ADDR_V6))
		site_note(s, s->service.at[0], "service has no IPv6 address");
	return 0;
}

/* ---- networks ---- */

struct span {
	const struct site_network *network;
	const struct prefix *prefix;
	struct site_at at;
};

static int
span_order(const void *a, const void *b)
{
	const struct prefix *p = ((const struct span *)a)->prefix;
	const struct prefix *q = ((const struct span *)b)->prefix;
	int d = (int)p->net.family - (int)q->net.family;

	if (d == 0)
		d = memcmp(p->net.ip, q->net.ip, sizeof(p->net.ip));
	return d != 0 ? d : (int)p->len - (int)q->len;
}

/* Prefixes overlap only if one holds the other, and then, in this order, it
 * holds the next too. */
static int
check_order(struct site_checking *c, const struct span *v, size_t n)
{
	char one[ADDR_TEXT], two[ADDR_TEXT];

	for (size_t i = 1; i < n; i++)
		if (prefix_holds(v[i - 1].prefix, &v[i].prefix->net))
			return FAIL(c, v[i].at,
			    "%s of %s lies in %s of %s (line %u): a host can be "
			    "in one network only",
			    prefix_print(v[i].prefix, one), v[i].network->name,
			    prefix_print(v[i - 1].prefix, two),
			    v[i - 1].network->name, v[i - 1].at.line);
	return 0;
}

static int
check_overlaps(struct site_checking *c)
{
	struct span *v =
	    calloc((size_t)SITE_PREFIXES_MAX * SITE_NETWORKS_MAX, sizeof(*v));
	size_t n = 0;
	int rc;

	if (v == NULL)
		return err_set(c->e, "%s: out of memory", c->file);
	for (unsigned i = 0; i < c->s->network_count; i++) {
		const struct site_network *w = &c->s->network[i];

		for (unsigned j = 0; j < w->count; j++)
			v[n++] =
			    (struct span){ w, &w->prefix[j], w->prefix_at[j] };
	}
	qsort(v, n, sizeof(*v), span_order);
	rc = check_order(c, v, n);
	free(v);
	return rc;
}

static int
check_pools(struct site_checking *c, const struct site_network *w)
{
	for (unsigned i = 0; i < w->pools; i++) {
		bool held = false;

		for (unsigned j = 0; j < w->count; j++)
			held |=
			    prefix_holds(&w->prefix[j], &w->pool[i].first) &&
			    prefix_holds(&w->prefix[j], &w->pool[i].last);
		if (!held)
			return FAIL(c, w->pool[i].at,
			    "this pool is not in one prefix of %s", w->name);
	}
	return 0;
}

static void
note_networks(struct site *s)
{
	const struct site_network *first = NULL;
	unsigned n = 0;

	for (unsigned i = 0; i < s->network_count; i++) {
		const struct site_network *w = &s->network[i];

		if (network_has(w, ADDR_V6))
			continue;
		n++;
		if (first == NULL)
			first = w;
	}
	if (n == 1)
		site_note(s, first->at, "%s has IPv4 but no IPv6 prefix",
		    first->name);
	else if (n > 1)
		site_note(s, first->at,
		    "%s and %u other networks have IPv4 but no IPv6 prefix",
		    first->name, n - 1);
}

static int
check_networks(struct site_checking *c)
{
	struct site *s = c->s;

	if (s->network_count == 0)
		return FAIL(c, (struct site_at){ 0 },
		    "networks: there is none: nobody would be served");
	if (CHECK_NAMES(c, "network", s->network, s->network_count) == -1)
		return -1;
	for (unsigned i = 0; i < s->network_count; i++) {
		if (s->network[i].count == 0)
			return FAIL(c, s->network[i].at, "%s has no prefix",
			    s->network[i].name);
		if (check_pools(c, &s->network[i]) == -1)
			return -1;
	}
	note_networks(s);
	return check_overlaps(c);
}

/* ---- machines ---- */

static bool
is_linux(enum site_dialect d)
{
	return d == SITE_NFTABLES || d == SITE_IPTABLES || d == SITE_KEA ||
	    d == SITE_ISC_DHCP || d == SITE_DNSMASQ || d == SITE_NETWORKD;
}

/* An interface of Linux is shorter, and part of a path of /proc. */
static int
check_interfaces(struct site_checking *c, struct site_at at, const char *name,
    enum site_dialect d, const struct site_names *n)
{
	for (unsigned i = 0; i < n->count; i++)
		if (is_linux(d) &&
		    (strlen(n->name[i]) > LINUX_INTERFACE_MAX ||
			strpbrk(n->name[i], "/:") != NULL))
			return FAIL(c, at,
			    "%s: \"%s\" is no interface of Linux: at most %d "
			    "characters, no / and no :",
			    name, n->name[i], LINUX_INTERFACE_MAX);
	return 0;
}

static int
check_router(struct site_checking *c, const struct site_router *r)
{
	if (r->inside.count == 0 || r->outside.count == 0)
		return FAIL(c, r->at,
		    "%s has no interface %s: name one at least", r->name,
		    r->inside.count == 0 ? "inside" : "outside");
	if (check_interfaces(c, r->at, r->name, r->dialect, &r->inside) == -1 ||
	    check_interfaces(c, r->at, r->name, r->dialect, &r->outside) == -1)
		return -1;
	for (unsigned i = 0; i < r->inside.count; i++)
		for (unsigned j = 0; j < r->outside.count; j++)
			if (strcmp(r->inside.name[i], r->outside.name[j]) == 0)
				return FAIL(c, r->at,
				    "%s: %s is inside and outside; it can be "
				    "one of them",
				    r->name, r->inside.name[i]);
	return 0;
}

static void
note_unserved(struct site *s)
{
	const struct site_network *first = NULL;
	unsigned n = 0;

	for (unsigned i = 0; i < s->network_count && s->dhcp_count > 0; i++) {
		bool served = false;

		for (unsigned j = 0; j < s->dhcp_count; j++)
			served |= site_serves(&s->dhcp[j], i);
		if (served)
			continue;
		n++;
		if (first == NULL)
			first = &s->network[i];
	}
	if (n > 0)
		site_note(s, first->at,
		    "%s%s of no DHCP server here: its hosts must be told of "
		    "the gateways otherwise",
		    first->name,
		    n > 1 ? " and others are networks" : " is a network");
}

static int
check_machines(struct site_checking *c)
{
	struct site *s = c->s;

	if (CHECK_NAMES(c, "router", s->router, s->router_count) == -1 ||
	    CHECK_NAMES(c, "DHCP server", s->dhcp, s->dhcp_count) == -1)
		return -1;
	for (unsigned i = 0; i < s->router_count; i++)
		if (check_router(c, &s->router[i]) == -1)
			return -1;
	for (unsigned i = 0; i < s->dhcp_count; i++)
		if (check_interfaces(c, s->dhcp[i].at, s->dhcp[i].name,
			s->dhcp[i].dialect, &s->dhcp[i].interfaces) == -1)
			return -1;
	note_unserved(s);
	if (s->router_count == 0)
		site_note(s, (struct site_at){ 0 },
		    "routers: there is none, so that nothing is known to keep "
		    "hosts from asking outside");
	return 0;
}

int
site_check(struct site *s, const char *file, struct err *e)
{
	struct site_checking c = { s, file, e };

	s->note_count = 0;
	if (site_check_upstreams(&c) == -1 || check_networks(&c) == -1 ||
	    check_gateways(&c) == -1 || check_machines(&c) == -1 ||
	    site_check_exempt(&c) == -1)
		return -1;
	if (s->verify_outside[0] == '\0')
		site_note(s, (struct site_at){ 0 },
		    "verify.outside is not said: that nobody outside answers "
		    "cannot be tried");
	if (s->anycast.as != 0 && s->service.count == 0)
		return site_fail_at(e, file, (struct site_at){ 0 },
		    "anycast: there is no service address to announce");
	return 0;
}
