/* SPDX-License-Identifier: ISC */
#include "audit_parts.h"

#define LEVEL_WARNING 4 /* of syslog */

/* By its first or its last address: 10.0.0.0/7 holds 11.255.255.255. */
static bool
is_public(const struct prefix *p)
{
	unsigned bits = p->net.family == ADDR_V4 ? 32 : 128;
	struct addr last = p->net;

	for (unsigned bit = p->len; bit < bits; bit++)
		last.ip[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
	return addr_is_public(&p->net) || addr_is_public(&last);
}

/* A row for each prefix that is wider than a site; true if there was none. */
static bool
is_inside(struct audit *r, const struct prefix *p, const char *key)
{
	char text[ADDR_TEXT];

	prefix_print(p, text);
	if (p->len == 0)
		audit_add(r, AUDIT_FAIL, "%s: %s is everybody in the world",
		    key, text);
	else if (is_public(p))
		audit_add(r, AUDIT_NOTE,
		    "%s: %s is a public prefix; see that it is all your own",
		    key, text);
	else
		return true;
	return false;
}

void
audit_access(struct audit *r)
{
	const struct access *a = &r->conf.serve.access;
	unsigned allowed = 0, inside = 0;

	for (unsigned i = 0; i < a->count; i++)
		if (a->rule[i].allow) {
			allowed++;
			inside +=
			    is_inside(r, &a->rule[i].prefix, "serve.allow");
		}
	if (allowed == 0)
		audit_add(r, AUDIT_NOTE,
		    "serve.allow is empty: nobody is served");
	else if (inside == allowed)
		audit_add(r, AUDIT_PASS,
		    "only inside networks are served: %u prefix%s", allowed,
		    allowed == 1 ? "" : "es");
}

void
audit_mode6(struct audit *r)
{
	const struct conf *c = &r->conf;
	unsigned inside = 0;

	for (unsigned i = 0; i < c->mode6_count; i++)
		inside += is_inside(r, &c->mode6[i], "mode6.allow");
	if (c->mode6_count == 0)
		audit_add(r, AUDIT_PASS,
		    "control queries (mode 6) are not answered");
	else if (inside == c->mode6_count)
		audit_add(r, AUDIT_PASS,
		    "control queries (mode 6) are answered inside only");
}

void
audit_dashboard(struct audit *r)
{
	char at[ADDR_TEXT];

	if (r->conf.http.on && !addr_is_loopback(&r->conf.http.listen))
		audit_add(r, AUDIT_NOTE,
		    "http.listen: %s is more than this machine; the page tells "
		    "who your clients are",
		    addr_print(&r->conf.http.listen, true, at));
}

/* By which key other machines can look, or NULL. */
static const char *
way_to_watch(const struct conf *c)
{
	if (c->agentx[0] != '\0')
		return "snmp.agentx";
	if (c->http.on && !addr_is_loopback(&c->http.listen))
		return "http.listen";
	for (unsigned i = 0; i < c->mode6_count; i++)
		if (!addr_is_loopback(&c->mode6[i].net))
			return "mode6.allow";
	return NULL;
}

void
audit_watched(struct audit *r)
{
	const char *way = way_to_watch(&r->conf);

	if (way != NULL) {
		audit_add(r, AUDIT_PASS, "other machines can watch it, by %s",
		    way);
		return;
	}
	audit_add(r, AUDIT_NOTE,
	    "nothing in this file has it watched: let another machine look at "
	    "\"ntpgate query\" of it, and this one at \"ntpgate status\"");
}

void
audit_log(struct audit *r)
{
	static const char *const name[] = { [CONF_LOG_SYSLOG] = "syslog",
		[CONF_LOG_JOURNAL] = "the journal",
		[CONF_LOG_STDERR] = "stderr" };
	const struct conf *c = &r->conf;

	if (c->log.level < LEVEL_WARNING)
		audit_add(r, AUDIT_NOTE,
		    "log.level leaves out warnings, such as that of a server "
		    "that lies");
	else
		audit_add(r, AUDIT_PASS, "the log goes to %.200s",
		    c->log.to == CONF_LOG_FILE ? c->log.file : name[c->log.to]);
}

static bool
is_listened(const struct conf *c, const struct addr *a)
{
	for (unsigned i = 0; i < c->serve.listen_count; i++)
		if (addr_same_host(&c->serve.listen[i], a))
			return true;
	return false;
}

/* An address that both gateways have is one source, however many ask it. */
void
audit_anycast(struct audit *r)
{
	const struct sibling_conf *b = &r->conf.engine.sibling;
	char at[ADDR_TEXT];

	if (!b->on || b->addrs == 0)
		return;
	for (unsigned i = 0; i < b->addrs; i++)
		if (is_listened(&r->conf, &b->addr[i])) {
			audit_add(r, AUDIT_FAIL,
			    "the sibling's %s is an address of serve.listen: "
			    "it would ask itself; each gateway needs one of "
			    "its own",
			    addr_print(&b->addr[i], false, at));
			return;
		}
	audit_add(r, AUDIT_PASS,
	    "the sibling is asked at an address of its own");
}

void
audit_unseen(struct audit *r)
{
	audit_add(r, AUDIT_NOTE,
	    "not to be seen in this file: filters against forged sources "
	    "(2.1), updates (3.1), the kinds of reference clocks (3.3), "
	    "filters of hosts (5.1)");
}
