/* SPDX-License-Identifier: ISC */
#include "conf/site_parts.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define FAIL(c, at, ...) site_fail_at((c)->e, (c)->file, (at), __VA_ARGS__)

/* ---- exemptions ---- */

static bool
is_gateways(const struct site *s, const struct addr *a)
{
	for (unsigned i = 0; i < s->gateway_count; i++) {
		const struct site_gateway *g = &s->gateway[i];

		for (unsigned j = 0; j < g->inside.count; j++)
			if (addr_same_host(&g->inside.addr[j], a))
				return true;
		for (unsigned j = 0; j < g->outside.count; j++)
			if (addr_same_host(&g->outside.addr[j], a))
				return true;
	}
	return false;
}

static int
check_exempt(struct site_checking *c, const struct site_exempt *x)
{
	char buf[ADDR_TEXT], net[ADDR_TEXT];

	addr_print(&x->address, false, buf);
	if (is_gateways(c->s, &x->address))
		return FAIL(c, x->at,
		    "exempt: %s is a gateway: it may ask its upstreams as it "
		    "is",
		    buf);
	if (site_network_of(c->s, &x->address) == NULL)
		return FAIL(c, x->at,
		    "exempt: %s is in no network of this site: name its "
		    "network, or an address of this site",
		    buf);
	if (x->why[strspn(x->why, " ")] == '\0')
		return FAIL(c, x->at,
		    "exempt: %s: say why, for those who come after you", buf);
	for (unsigned i = 0; i < x->to.count; i++) {
		if (x->to.addr[i].family != x->address.family)
			return FAIL(c, x->to.at[i],
			    "exempt: %s and %s are not of one family", buf,
			    addr_print(&x->to.addr[i], false, net));
		if (site_network_of(c->s, &x->to.addr[i]) != NULL)
			return FAIL(c, x->to.at[i],
			    "exempt: %s is inside: nobody needs leave to ask "
			    "it",
			    addr_print(&x->to.addr[i], false, net));
	}
	return 0;
}

int
site_check_exempt(struct site_checking *c)
{
	const struct site *s = c->s;
	char buf[ADDR_TEXT];

	for (unsigned i = 0; i < s->exempt_count; i++) {
		if (check_exempt(c, &s->exempt[i]) == -1)
			return -1;
		for (unsigned j = 0; j < i; j++)
			if (addr_same_host(&s->exempt[i].address,
				&s->exempt[j].address))
				return FAIL(c, s->exempt[i].at,
				    "exempt: %s stands here twice: name all in "
				    "one \"to\"",
				    addr_print(&s->exempt[i].address, false,
					buf));
	}
	return 0;
}

/* ---- upstreams ---- */

/* As the gateways will see them: the same rules, the same sentences. */
static int
check_as_conf(struct site_checking *c)
{
	const struct site *s = c->s;
	struct conf *f = calloc(1, sizeof(*f));
	int rc;

	if (f == NULL)
		return err_set(c->e, "%s: out of memory", c->file);
	conf_init(f);
	f->engine.count = s->server_count;
	for (unsigned i = 0; i < s->server_count; i++)
		f->engine.server[i] = s->server[i].conf;
	f->spare_count = s->spare_count;
	for (unsigned i = 0; i < s->spare_count; i++)
		f->spare[i] = s->spare[i].conf;
	text_copy(f->keys, sizeof(f->keys), s->keys.file);
	f->engine.accuracy_s = s->accuracy_s;
	f->engine.budget_day = s->budget_day;
	rc = conf_check(f, c->e);
	free(f);
	if (rc == -1)
		return err_at(c->e, "%s:%u:%u", c->file, s->upstreams_at.line,
		    s->upstreams_at.column);
	return 0;
}

int
site_check_upstreams(struct site_checking *c)
{
	struct site *s = c->s;
	const struct site_server *u;
	unsigned unknown = 0;

	if (s->server_count < CONF_SERVERS_MIN)
		site_note_failure(s, s->upstreams_at,
		    "upstreams.servers: %u of them; %d to %d are right, of "
		    "different operators: ntpgated takes no fewer",
		    s->server_count, CONF_SERVERS_MIN, CONF_SERVERS_MAX);
	for (unsigned i = 0; (u = site_upstream(s, i)) != NULL; i++) {
		for (unsigned j = 0; j < u->addresses.count; j++)
			if (is_gateways(s, &u->addresses.addr[j]))
				return FAIL(c, u->at,
				    "upstreams: %s is a gateway of this site",
				    u->conf.host);
		unknown += u->addresses.count == 0;
		if (conf_lacks_permission(&u->conf))
			site_note_failure(s, u->at,
			    "%.80s: no permission is noted; ask its owner, or "
			    "note where it is given",
			    u->conf.host);
	}
	if (unknown > 0)
		site_note(s, s->upstreams_at,
		    "%u upstreams without \"addresses\": firewalls let the "
		    "gateways ask any address, within the budget",
		    unknown);
	return s->server_count < CONF_SERVERS_MIN ? 0 : check_as_conf(c);
}
