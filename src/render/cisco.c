/* SPDX-License-Identifier: ISC */
/*
 * cisco.c - lists for IOS and ASA: lines for the top of the operator's own
 * list, never a whole policy, for what comes behind them is his.
 */
#include "render/parts.h"

#include <stdio.h>

/* "host 10.0.0.11" */
static char *
host(const struct addr *a, char buf[ADDR_TEXT + 8])
{
	char ip[ADDR_TEXT];
	struct text t = { buf, ADDR_TEXT + 8, 0 };

	text_add(&t, "host %s", addr_print(a, false, ip));
	return buf;
}

/* The lines of a list, each behind before. */
struct list {
	const struct render_job *j;
	struct text *t;
	enum addr_family f;
	const char *before;
	const char *port; /* how NTP's is written */
};

static void
put_askers(const struct list *l)
{
	struct render_set from = render_askers(l->j->site, l->f);
	struct render_set to = render_upstreams(l->j->site, l->f);
	char a[ADDR_TEXT + 8], b[ADDR_TEXT + 8];

	for (unsigned i = 0; i < from.count; i++) {
		host(&from.addr[i], a);
		if (!site_knows_upstreams(l->j->site))
			text_add(l->t, "%spermit udp %s any eq %s\n", l->before,
			    a, l->port);
		for (unsigned k = 0;
		     k < to.count && site_knows_upstreams(l->j->site); k++)
			text_add(l->t, "%spermit udp %s %s eq %s\n", l->before,
			    a, host(&to.addr[k], b), l->port);
	}
}

static void
put_exempt(const struct list *l)
{
	char a[ADDR_TEXT + 8], b[ADDR_TEXT + 8];

	for (unsigned i = 0; i < l->j->site->exempt_count; i++) {
		const struct site_exempt *x = &l->j->site->exempt[i];

		if (x->address.family != l->f)
			continue;
		host(&x->address, a);
		render_remark(l->j, l->t, "exempt: %s: %s", a, x->why);
		for (unsigned k = 0; k < x->to.count || k == 0; k++) {
			const char *to =
			    x->to.count == 0 ? "any" : host(&x->to.addr[k], b);

			text_add(l->t,
			    "%spermit udp %s %s eq %s\n"
			    "%spermit tcp %s %s eq 4460\n",
			    l->before, a, to, l->port, l->before, a, to);
		}
	}
}

static void
put_list(const struct list *l)
{
	struct render_set in = render_answerers(l->j->site, l->f);
	const char *what = render_blocks(l->j) ? "deny" : "permit";
	char a[ADDR_TEXT + 8];

	/* First: where the router goes between inside networks, "any" below
	 * would hit the way to the gateways, too. */
	for (unsigned i = 0; i < in.count; i++)
		text_add(l->t, "%spermit udp any %s eq %s\n", l->before,
		    host(&in.addr[i], a), l->port);
	for (unsigned i = 0; i < in.count; i++)
		text_add(l->t, "%spermit udp %s eq %s any\n", l->before,
		    host(&in.addr[i], a), l->port);
	put_askers(l);
	put_exempt(l);
	text_add(l->t,
	    "%s%s udp any any eq %s log\n%s%s tcp any any eq 4460 log\n"
	    "%s%s udp any eq %s any log\n",
	    l->before, what, l->port, l->before, what, l->before, what,
	    l->port);
}

static void
put_no_redirect(const struct render_job *j, struct text *t)
{
	if (j->site->policy == SITE_REDIRECT)
		render_lines(j, t,
		    "Policy redirect: this kind of machine cannot redirect "
		    "sensibly; it blocks.");
}

/* Some machines ask no interface by a range: one line each. */
static void
put_interfaces(const struct render_job *j, struct text *t)
{
	render_lines(j, t, "To put it in force:");
	for (unsigned i = 0; i < j->router->inside.count; i++) {
		text_add(t, "!   interface %s\n", j->router->inside.name[i]);
		text_add(t, "!    ip access-group NTPGATE-IN in\n");
		text_add(t, "!    ipv6 traffic-filter NTPGATE-IN6 in\n");
		if (j->site->spoofed != SITE_SPOOFED_OFF)
			text_add(t,
			    "!    ip verify unicast source "
			    "reachable-via rx\n"
			    "!    ipv6 verify unicast source "
			    "reachable-via rx\n");
	}
	for (unsigned i = 0; i < j->router->outside.count; i++)
		text_add(t,
		    "!   interface %s\n!    ip access-group NTPGATE-OUT in\n",
		    j->router->outside.name[i]);
	render_lines(j, t,
	    "Each list ends with an invisible \"deny\": put your own rules "
	    "behind these lines\nfirst, or \"permit ip any any\" and \"permit "
	    "ipv6 any any\" if you have none.\nAn outbound list on the outside "
	    "would come after NAT and see no inside address.");
}

static void
put_own_time(const struct render_job *j, struct text *t)
{
	struct render_set v = render_firsts(j->site);
	char buf[ADDR_TEXT];

	render_lines(j, t, "its own time");
	for (unsigned i = 0; i < v.count; i++)
		text_add(t, "ntp server %s%s\n",
		    addr_print(&v.addr[i], false, buf),
		    i == 0 ? " prefer" : "");
}

/* Answers come to port 123 where an ntpd asks from it. */
static void
put_arriving(const struct render_job *j, struct text *t)
{
	struct render_set from = render_upstreams(j->site, ADDR_V4);
	char a[ADDR_TEXT + 8];

	render_lines(j, t, "what arrives: answers of those who may be asked");
	text_add(t, "ip access-list extended NTPGATE-OUT\n");
	for (unsigned i = 0; i < j->site->exempt_count; i++)
		render_add(&from, &j->site->exempt[i].to, ADDR_V4);
	for (unsigned i = 0; i < from.count; i++)
		text_add(t, " permit udp %s eq 123 any\n",
		    host(&from.addr[i], a));
	for (unsigned i = 0; i < j->site->exempt_count; i++)
		if (j->site->exempt[i].to.count == 0 &&
		    j->site->exempt[i].address.family == ADDR_V4)
			text_add(t, " permit udp any eq 123 %s\n",
			    host(&j->site->exempt[i].address, a));
	text_add(t, " %s udp any any eq 123 log\n",
	    render_blocks(j) ? "deny" : "permit");
}

void
render_ios(const struct render_job *j, struct text *t)
{
	struct list l = { j, t, ADDR_V4, " ", "123" };

	put_no_redirect(j, t);
	render_lines(j, t, "what leaves");
	text_add(t, "ip access-list extended NTPGATE-IN\n");
	put_list(&l);
	l.f = ADDR_V6;
	text_add(t, "ipv6 access-list NTPGATE-IN6\n");
	put_list(&l);
	put_arriving(j, t);
	put_interfaces(j, t);
	put_own_time(j, t);
	render_lines(j, t, "DHCP");
	render_ios_dhcp(j, t);
}

void
render_asa(const struct render_job *j, struct text *t)
{
	struct list l = { j, t, ADDR_V4, "access-list NTPGATE extended ",
		"ntp" };

	put_no_redirect(j, t);
	put_list(&l);
	l.f = ADDR_V6;
	put_list(&l);
	render_lines(j, t, "To put it in force:");
	for (unsigned i = 0; i < j->router->inside.count; i++) {
		text_add(t, "!   access-group NTPGATE in interface %s\n",
		    j->router->inside.name[i]);
		if (j->site->spoofed != SITE_SPOOFED_OFF)
			text_add(t, "!   ip verify reverse-path interface %s\n",
			    j->router->inside.name[i]);
	}
	render_lines(j, t,
	    "The list ends with an invisible \"deny\": put your own rules "
	    "behind these lines\nfirst, or \"access-list NTPGATE extended "
	    "permit ip any any\" if you have none.\nWhat comes from outside "
	    "unasked is dropped by a lower security level already.");
	render_lines(j, t, "its own time");
	struct render_set v = render_firsts(j->site);
	char buf[ADDR_TEXT];

	for (unsigned i = 0; i < v.count; i++)
		text_add(t, "ntp server %s source %s%s\n",
		    addr_print(&v.addr[i], false, buf),
		    j->router->inside.name[0], i == 0 ? " prefer" : "");
}
