/* SPDX-License-Identifier: ISC */
/* gateway.c - ntpgate.conf of each gateway. */
#include "render/parts.h"

#include "conf/value.h"
#include "core/access.h"
#include "core/sibling.h"

/* Of the table of rules, for each family; gateways and service stand beside
 * them. */
#define ALLOWED_MAX 200

/* ---- upstream ---- */

/* Without it libconfig would cut a number that does not fit. */
static const char *
mark(uint32_t number)
{
	return number > INT32_MAX ? "L" : "";
}

static void
put_server(struct text *t, const struct site_server *u, bool last)
{
	const struct source_conf *c = &u->conf;

	text_add(t, "\t\t{ host = ");
	text_quote(t, c->host);
	if (c->addr.port != RENDER_NTP)
		text_add(t, "; port = %u", c->addr.port);
	if (c->stratum != 0)
		text_add(t, "; stratum = %u", c->stratum);
	if (c->key_id != 0)
		text_add(t, "; key = %u%s", c->key_id, mark(c->key_id));
	if (c->operator_name[0] != '\0') {
		text_add(t, ";\n\t\t  operator = ");
		text_quote(t, c->operator_name);
	}
	if (c->permission[0] != '\0') {
		text_add(t, ";\n\t\t  permission = ");
		text_quote(t, c->permission);
	}
	text_add(t, "; }%s\n", last ? "" : ",");
}

static void
put_list(struct text *t, const char *name, const struct site_server *u,
    unsigned n)
{
	text_add(t, "\t%s = (\n", name);
	for (unsigned i = 0; i < n; i++)
		put_server(t, &u[i], i + 1 == n);
	text_add(t, "\t);\n");
}

/* Gateways go in pairs that share turns and samples; each pair has its part
 * of the site's budget, and each of a pair the number of both. */
static unsigned
budget(const struct site *s)
{
	unsigned parts = s->keys.sibling == 0 ? s->gateway_count :
						(s->gateway_count + 1) / 2;
	unsigned day = s->budget_day / parts;

	return day > 0 ? day : 1;
}

static void
put_upstream(const struct site *s, struct text *t)
{
	char buf[VALUE_TEXT];

	text_add(t, "upstream: {\n");
	put_list(t, "servers", s->server, s->server_count);
	if (s->spare_count > 0)
		put_list(t, "spares", s->spare, s->spare_count);
	text_add(t, "\taccuracy = \"%s\";\n\tbudget = { day = %u; };\n};\n",
	    value_time_print(s->accuracy_s, buf), budget(s));
}

/* ---- sibling ---- */

static const struct site_gateway *
sibling_of(const struct render_job *j)
{
	unsigned own = (unsigned)(j->gateway - j->site->gateway);

	if (j->site->keys.sibling == 0 || (own ^ 1) >= j->site->gateway_count)
		return NULL;
	return &j->site->gateway[own ^ 1];
}

static void
put_sibling(const struct render_job *j, struct text *t)
{
	const struct site_gateway *g = sibling_of(j);
	struct render_set v = { 0 }, own = { 0 };
	char buf[ADDR_TEXT];

	if (g == NULL)
		return;
	render_add(&v, &g->inside, ADDR_NONE);
	render_add(&own, &j->gateway->inside, ADDR_NONE);
	text_add(t,
	    "\n# %s, the other gateway.  The same line in both key files "
	    "makes them known to each\n# other:\n"
	    "#   ntpgate keys --file %s new --id %u ",
	    g->name, j->site->keys.file, j->site->keys.sibling);
	render_set_put(t, &own, "", " ");
	text_add(t, " ");
	render_set_put(t, &v, "", " ");
	text_add(t, "\n");
	text_add(t, "sibling: { host = \"%s\"; key = %u%s;",
	    addr_print(&v.addr[0], false, buf), j->site->keys.sibling,
	    mark(j->site->keys.sibling));
	if (v.count > 1)
		text_add(t, " also = (");
	for (unsigned i = 1; i < v.count && i < SIBLING_ADDRS; i++)
		text_add(t, "%s \"%s\"", i > 1 ? "," : "",
		    addr_print(&v.addr[i], false, buf));
	text_add(t, "%s };\n", v.count > 1 ? " );" : "");
}

/* ---- serve ---- */

struct allowed {
	unsigned count;
	struct prefix prefix[ALLOWED_MAX];
};

static void
shorten(struct prefix *p, unsigned len)
{
	if (p->len <= len)
		return;
	p->len = (uint8_t)len;
	for (unsigned bit = len; bit < 128; bit++)
		p->net.ip[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
}

static bool
held(const struct allowed *a, const struct prefix *p)
{
	for (unsigned i = 0; i < a->count; i++)
		if (a->prefix[i].len <= p->len &&
		    prefix_holds(&a->prefix[i], &p->net))
			return true;
	return false;
}

/* All networks of a family, none longer than len; false if they do not fit. */
static bool
collect(struct allowed *a, const struct site *s, enum addr_family f,
    unsigned len)
{
	struct render_prefixes all = { .site = s, .family = f };
	const struct prefix *p;

	a->count = 0;
	while ((p = render_prefix_next(&all)) != NULL) {
		struct prefix q = *p;

		shorten(&q, len);
		if (held(a, &q))
			continue;
		if (a->count == ALLOWED_MAX)
			return false;
		a->prefix[a->count++] = q;
	}
	return true;
}

/* A site of thousands of networks: the table of rules is smaller, and the
 * firewall stands before it. */
static unsigned
allow(struct allowed *a, const struct site *s, enum addr_family f)
{
	unsigned full = f == ADDR_V4 ? 32 : 128, len = full;

	while (len > 4 && !collect(a, s, f, len))
		len -= 4;
	return len == full ? 0 : len;
}

/* Checks of health come once a second, from a gateway itself and from the
 * other: more often than a host may ask. */
static void
put_limit(const struct site *s, struct text *t)
{
	struct render_set own = { 0 };
	char buf[ADDR_TEXT];

	if (s->service.count == 0)
		return;
	for (unsigned i = 0; i < s->gateway_count; i++)
		render_add(&own, &s->gateway[i].inside, ADDR_NONE);
	text_add(t,
	    "\t# their checks of health come every second\n"
	    "\tlimit = { prefixes = (");
	for (unsigned i = 0; i < own.count; i++)
		text_add(t,
		    "%s\n\t\t{ prefix = \"%s/%d\"; interval = \"100ms\"; "
		    "burst = 100; }",
		    i > 0 ? "," : "", addr_print(&own.addr[i], false, buf),
		    own.addr[i].family == ADDR_V4 ? 32 : 128);
	text_add(t, "\n\t); };\n");
}

static void
put_serve(const struct render_job *j, struct text *t)
{
	struct render_set own = render_answerers(j->site, ADDR_NONE);
	struct allowed a;
	char buf[ADDR_TEXT];

	text_add(t,
	    "\nserve: {\n\t# all addresses: that of the service comes "
	    "and goes\n\tlisten = ( \"0.0.0.0\", \"::\" );\n"
	    "\tallow = (\n");
	for (enum addr_family f = ADDR_V4; f <= ADDR_V6; f++) {
		unsigned len = allow(&a, j->site, f);

		if (len > 0)
			text_add(t,
			    "\t\t# too many networks to name each: by their "
			    "first %u bits\n",
			    len);
		for (unsigned i = 0; i < a.count; i++)
			text_add(t, "\t\t\"%s\",\n",
			    prefix_print(&a.prefix[i], buf));
	}
	text_add(t, "\t\t# the gateways, for checks of their health\n\t\t\"");
	render_set_put(t, &own, "", "\",\n\t\t\"");
	text_add(t, "\"\n\t);\n");
	put_limit(j->site, t);
	if (j->site->policy == SITE_REDIRECT)
		text_add(t, "\tredirected = %d;\n", RENDER_REDIRECTED);
	text_add(t, "};\n");
}

static bool
has_keys(const struct site *s)
{
	const struct site_server *u;

	for (unsigned i = 0; (u = site_upstream(s, i)) != NULL; i++)
		if (u->conf.key_id != 0)
			return true;
	return false;
}

void
render_gateway(const struct render_job *j, struct text *t)
{
	const struct site *s = j->site;

	if (s->server_count < CONF_SERVERS_MIN)
		text_add(t,
		    "# NOT READY: ntpgated wants %d upstreams; the site has "
		    "%u\n",
		    CONF_SERVERS_MIN, s->server_count);
	text_add(t, "name = \"%s\";\n", j->gateway->name);
	if (sibling_of(j) != NULL || has_keys(s))
		text_add(t, "keys = \"%s\";\n", s->keys.file);
	text_add(t, "\n");
	put_upstream(s, t);
	put_sibling(j, t);
	put_serve(j, t);
}
