/* SPDX-License-Identifier: ISC */
/*
 * iptables.c - chains of our own for iptables-restore --noflush, a file for
 * each family.  Declared chains are emptied by a load, so that loading twice
 * is loading once.  iptables-restore --test is weak: ports wrap silently, and
 * long prefixes are cut; what is written here is in range by construction.
 */
#include "render/parts.h"

struct table {
	const struct render_job *j;
	struct text *t;
	enum addr_family f;
	bool gateway;
};

static void
each_pair(const struct table *b, const char *fmt_before, const char *after)
{
	const struct site_router *r = b->j->router;

	for (unsigned i = 0; i < r->inside.count; i++)
		for (unsigned k = 0; k < r->outside.count; k++)
			text_add(b->t, "-A %s -i %s -o %s %s\n", fmt_before,
			    r->inside.name[i], r->outside.name[k], after);
}

static void
each_of(const struct table *b, const struct site_names *n, const char *before,
    const char *after)
{
	for (unsigned i = 0; i < n->count; i++)
		text_add(b->t, "%s %s %s\n", before, n->name[i], after);
}

static void
each_addr(const struct table *b, const struct render_set *v, const char *before,
    const char *after)
{
	char buf[ADDR_TEXT];

	for (unsigned i = 0; i < v->count; i++)
		text_add(b->t, "%s %s %s\n", before,
		    addr_print(&v->addr[i], false, buf), after);
}

static void
each_own(const struct table *b, const char *before, const char *after)
{
	struct render_prefixes all = { .site = b->j->site, .family = b->f };
	struct render_set v = render_askers(b->j->site, b->f);
	const struct prefix *p;
	char buf[ADDR_TEXT];

	render_add(&v, &b->j->site->service, b->f);
	while ((p = render_prefix_next(&all)) != NULL)
		text_add(b->t, "%s %s %s\n", before, prefix_print(p, buf),
		    after);
	each_addr(b, &v, before, after);
}

static void
each_exempt(const struct table *b, const char *chain, const char *after)
{
	char buf[ADDR_TEXT], to[ADDR_TEXT];

	for (unsigned i = 0; i < b->j->site->exempt_count; i++) {
		const struct site_exempt *x = &b->j->site->exempt[i];

		if (x->address.family != b->f)
			continue;
		addr_print(&x->address, false, buf);
		if (x->to.count == 0)
			text_add(b->t, "-A %s -s %s %s\n", chain, buf, after);
		for (unsigned k = 0; k < x->to.count; k++)
			text_add(b->t, "-A %s -s %s -d %s %s\n", chain, buf,
			    addr_print(&x->to.addr[k], false, to), after);
	}
}

/* What is served is not tracked; what is redirected is, on another port. */
static void
put_raw(const struct table *b)
{
	struct render_set v = render_answerers(b->j->site, b->f);

	if (!b->gateway)
		return;
	text_add(b->t, "*raw\n:NTPGATE-PRE - [0:0]\n:NTPGATE-RAW - [0:0]\n");
	each_addr(b, &v, "-A NTPGATE-PRE -d",
	    "-p udp -m udp --dport 123 -j CT --notrack");
	each_addr(b, &v, "-A NTPGATE-RAW -s",
	    "-p udp -m udp --sport 123 -j CT --notrack");
	text_add(b->t, "COMMIT\n");
}

static void
put_dnat(const struct table *b)
{
	struct render_set v = render_redirect_to(b->j->site, b->f);
	char buf[ADDR_TEXT];

	if (b->gateway) {
		text_add(b->t,
		    "-A NTPGATE-DNAT -p udp -m udp --dport 123 -j REDIRECT "
		    "--to-ports %d\n",
		    RENDER_REDIRECTED);
		return;
	}
	for (unsigned i = 0; i < v.count; i++) {
		text_add(b->t, "-A NTPGATE-DNAT -p udp -m udp --dport 123 ");
		/* Every n-th of those that are left, the last takes all. */
		if (i + 1 < v.count)
			text_add(b->t,
			    "-m statistic --mode nth --every %u --packet 0 ",
			    v.count - i);
		text_add(b->t,
		    b->f == ADDR_V4 ? "-j DNAT --to-destination %s:%d\n" :
				      "-j DNAT --to-destination [%s]:%d\n",
		    addr_print(&v.addr[i], false, buf), RENDER_REDIRECTED);
	}
}

static void
put_nat(const struct table *b)
{
	struct render_set askers = render_askers(b->j->site, b->f);

	if (b->j->site->policy != SITE_REDIRECT)
		return;
	text_add(b->t,
	    "*nat\n:NTPGATE-NAT - [0:0]\n:NTPGATE-DNAT - [0:0]\n"
	    ":NTPGATE-HAIRPIN - [0:0]\n");
	each_of(b, &b->j->router->inside, "-A NTPGATE-NAT -i",
	    "-p udp -m udp --dport 123 -j NTPGATE-DNAT");
	text_add(b->t,
	    "-A NTPGATE-DNAT -m addrtype --dst-type LOCAL -j RETURN\n"
	    "-A NTPGATE-DNAT -m addrtype --dst-type MULTICAST -j RETURN\n");
	if (b->f == ADDR_V4)
		text_add(b->t,
		    "-A NTPGATE-DNAT -m addrtype --dst-type BROADCAST -j "
		    "RETURN\n-A NTPGATE-DNAT -d 169.254.0.0/16 -j RETURN\n");
	each_addr(b, &askers, "-A NTPGATE-DNAT -s", "-j RETURN");
	each_own(b, "-A NTPGATE-DNAT -d", "-j RETURN");
	each_exempt(b, "NTPGATE-DNAT", "-j RETURN");
	put_dnat(b);
	/* A client beside the gateway would be answered directly, from an
	 * address that it did not ask. */
	if (!b->gateway) {
		struct render_set v = render_redirect_to(b->j->site, b->f);
		char buf[ADDR_TEXT], net[ADDR_TEXT];

		for (unsigned i = 0; i < v.count; i++) {
			const struct site_network *n =
			    site_network_of(b->j->site, &v.addr[i]);

			for (unsigned k = 0; n != NULL && k < n->count; k++)
				if (prefix_holds(&n->prefix[k], &v.addr[i]))
					text_add(b->t,
					    "-A NTPGATE-HAIRPIN -s %s -d %s -p "
					    "udp -m udp --dport %d -m conntrack "
					    "--ctstate DNAT -j MASQUERADE\n",
					    prefix_print(&n->prefix[k], net),
					    addr_print(&v.addr[i], false, buf),
					    RENDER_REDIRECTED);
		}
	}
	text_add(b->t, "COMMIT\n");
}

static const char *
verdict(const struct table *b)
{
	return render_blocks(b->j) ? "DROP" : "RETURN";
}

static void
put_blocked(const struct table *b)
{
	text_add(b->t,
	    "-A NTPGATE-BLK -m limit --limit 60/min --limit-burst 60 -j NFLOG "
	    "--nflog-group 123 --nflog-prefix \"ntpgate-%s \"\n",
	    render_blocks(b->j) ? "block" : "audit");
	if (!render_blocks(b->j))
		return;
	text_add(b->t,
	    "-A NTPGATE-BLK -m limit --limit 20/sec --limit-burst 40 -j REJECT "
	    "--reject-with %s\n-A NTPGATE-BLK -j DROP\n",
	    b->f == ADDR_V4 ? "icmp-admin-prohibited" : "icmp6-adm-prohibited");
}

/* One bucket for all: without --hashlimit-mode there is one.  It takes no
 * bucket of more than about a day, and no burst beyond 10000. */
static void
put_budget(const struct table *b)
{
	const unsigned day = b->j->site->budget_day;
	const bool many = day > 20000; /* a laboratory */
	unsigned burst = many ? 10000 : day / 2;

	text_add(b->t,
	    "-A NTPGATE-BUD -m hashlimit --hashlimit-upto %u/%s "
	    "--hashlimit-burst %u --hashlimit-name ntpgate%d "
	    "--hashlimit-htable-expire 86400000 -j RETURN\n"
	    "-A NTPGATE-BUD -j %s\n",
	    many ? day / 86400 + 1 : day, many ? "sec" : "day",
	    burst > 0 ? burst : 1, b->f == ADDR_V4 ? 4 : 6, verdict(b));
}

/* Gateways to upstreams; jumps to the budget and on. */
static void
put_askers(const struct table *b, const char *chain, const char *then)
{
	struct render_set from = render_askers(b->j->site, b->f);
	struct render_set to = render_upstreams(b->j->site, b->f);
	char buf[ADDR_TEXT], d[ADDR_TEXT];

	for (unsigned i = 0; i < from.count; i++) {
		addr_print(&from.addr[i], false, buf);
		if (!site_knows_upstreams(b->j->site))
			text_add(b->t,
			    "-A %s -s %s -p udp -m udp --dport 123 %s\n", chain,
			    buf, then);
		for (unsigned k = 0;
		     k < to.count && site_knows_upstreams(b->j->site); k++)
			text_add(b->t,
			    "-A %s -s %s -d %s -p udp -m udp --dport 123 %s\n",
			    chain, buf, addr_print(&to.addr[k], false, d),
			    then);
	}
}

static void
put_spoofed(const struct table *b)
{
	const enum site_spoofed s = b->j->site->spoofed;

	if (s == SITE_SPOOFED_OFF)
		return;
	each_own(b, "-A NTPGATE-SRC -s", "-j RETURN");
	text_add(b->t, "-A NTPGATE-SRC -j %s\n", verdict(b));
	if (render_blocks(b->j))
		each_own(b, "-A NTPGATE-OWN -s", "-j DROP");
	if (s == SITE_SPOOFED_ALL) {
		text_add(b->t,
		    "-A NTPGATE-LEAVE -j NTPGATE-SRC\n"
		    "-A NTPGATE-ARRIVE -j NTPGATE-OWN\n");
		return;
	}
	/* A list is looked at one by one: for what is NTP only. */
	text_add(b->t,
	    "-A NTPGATE-LEAVE -p udp -m udp --dport 123 -j NTPGATE-SRC\n"
	    "-A NTPGATE-LEAVE -p udp -m udp --sport 123 -j NTPGATE-SRC\n"
	    "-A NTPGATE-ARRIVE -p udp -m udp --dport 123 -j NTPGATE-OWN\n"
	    "-A NTPGATE-ARRIVE -p udp -m udp --sport 123 -j NTPGATE-OWN\n");
}

static void
put_leave(const struct table *b)
{
	const char *nts =
	    render_blocks(b->j) ? "REJECT --reject-with tcp-reset" : "RETURN";

	put_spoofed(b);
	put_askers(b, "NTPGATE-LEAVE", "-g NTPGATE-BUD");
	each_exempt(b, "NTPGATE-LEAVE", "-p udp -m udp --dport 123 -j RETURN");
	each_exempt(b, "NTPGATE-LEAVE", "-p tcp -m tcp --dport 4460 -j RETURN");
	text_add(b->t,
	    "-A NTPGATE-LEAVE -p udp -m udp --dport 123 -j NTPGATE-BLK\n"
	    "-A NTPGATE-LEAVE -p tcp -m tcp --dport 4460 -j %s\n"
	    "-A NTPGATE-LEAVE -p udp -m udp --sport 123 -m comment --comment "
	    "\"ntpgate: reflection\" -j %s\n",
	    nts, verdict(b));
}

/* This machine itself: a gateway asks its upstreams, a router nobody. */
static void
put_self(const struct table *b)
{
	struct render_set to = render_upstreams(b->j->site, b->f);

	each_of(b, &b->j->router->outside, "-A NTPGATE-OUT -o",
	    "-p udp -m udp --dport 123 -j NTPGATE-SELF");
	if (b->gateway && site_knows_upstreams(b->j->site))
		each_addr(b, &to, "-A NTPGATE-SELF -d", "-g NTPGATE-BUD");
	if (b->gateway && !site_knows_upstreams(b->j->site))
		text_add(b->t, "-A NTPGATE-SELF -g NTPGATE-BUD\n");
	else
		text_add(b->t, "-A NTPGATE-SELF -j %s\n", verdict(b));
	each_of(b, &b->j->router->outside, "-A NTPGATE-IN -i",
	    "-p udp -m udp --dport 123 -j NTPGATE-ARRIVE");
}

static void
put_filter(const struct table *b)
{
	static const char *const chains[] = { "FWD", "LEAVE", "ARRIVE", "SRC",
		"OWN", "BLK", "BUD", "OUT", "SELF", "IN" };

	text_add(b->t, "*filter\n");
	for (size_t i = 0; i < sizeof(chains) / sizeof(chains[0]); i++)
		text_add(b->t, ":NTPGATE-%s - [0:0]\n", chains[i]);
	each_pair(b, "NTPGATE-FWD", "-j NTPGATE-LEAVE");
	each_of(b, &b->j->router->outside, "-A NTPGATE-FWD -i",
	    "-j NTPGATE-ARRIVE");
	put_leave(b);
	/* An exempted ntpd asks from port 123: its answers come to 123. */
	text_add(b->t,
	    "-A NTPGATE-ARRIVE -m conntrack --ctstate ESTABLISHED,RELATED -j "
	    "RETURN\n"
	    "-A NTPGATE-ARRIVE -p udp -m udp --dport 123 -j %s\n",
	    verdict(b));
	put_blocked(b);
	put_budget(b);
	put_self(b);
	text_add(b->t, "COMMIT\n");
}

static void
put_hooks(const struct table *b)
{
	static const struct {
		const char *table, *chain, *ours;
	} hooks[] = { { "raw", "PREROUTING", "PRE" },
		{ "raw", "OUTPUT", "RAW" }, { "nat", "PREROUTING", "NAT" },
		{ "nat", "POSTROUTING", "HAIRPIN" },
		{ "filter", "FORWARD", "FWD" }, { "filter", "OUTPUT", "OUT" },
		{ "filter", "INPUT", "IN" } };
	const char *tool = b->f == ADDR_V4 ? "iptables" : "ip6tables";

	text_add(b->t, "# hook in, once:\n");
	for (size_t i = 0; i < sizeof(hooks) / sizeof(hooks[0]); i++) {
		if (hooks[i].table[0] == 'r' && !b->gateway)
			continue;
		if (hooks[i].table[0] == 'n' &&
		    b->j->site->policy != SITE_REDIRECT)
			continue;
		text_add(b->t,
		    "#   %s -t %s -C %s -j NTPGATE-%s 2>/dev/null || %s -t %s "
		    "-I %s 1 -j NTPGATE-%s\n",
		    tool, hooks[i].table, hooks[i].chain, hooks[i].ours, tool,
		    hooks[i].table, hooks[i].chain, hooks[i].ours);
	}
}

static void
put(const struct render_job *j, struct text *t, enum addr_family f)
{
	struct table b = { j, t, f,
		site_is_gateway(j->site, j->router) != NULL };
	char buf[ADDR_TEXT];

	for (unsigned i = 0; i < j->site->exempt_count; i++)
		if (j->site->exempt[i].address.family == f)
			render_remark(j, t, "exempt: %s: %s",
			    addr_print(&j->site->exempt[i].address, false, buf),
			    j->site->exempt[i].why);
	put_hooks(&b);
	put_raw(&b);
	put_nat(&b);
	put_filter(&b);
}

void
render_iptables(const struct render_job *j, struct text *t)
{
	put(j, t, ADDR_V4);
}

void
render_ip6tables(const struct render_job *j, struct text *t)
{
	put(j, t, ADDR_V6);
}
