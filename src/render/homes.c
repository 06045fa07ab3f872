/* SPDX-License-Identifier: ISC */
/* homes.c - RouterOS and OpenWrt, where one machine filters, hands out leases
 * and asks for the time itself. */
#include "render/parts.h"

/* ---- RouterOS ---- */

static void
ros_list(struct text *t, const char *path, const char *list,
    const struct render_set *v)
{
	char buf[ADDR_TEXT];

	for (unsigned i = 0; i < v->count; i++)
		text_add(t,
		    "/%s firewall address-list add list=ntpgate-%s address=%s "
		    "comment=ntpgate\n",
		    path, list, addr_print(&v->addr[i], false, buf));
}

static void
ros_lists(const struct render_job *j, struct text *t, enum addr_family f)
{
	const char *path = f == ADDR_V4 ? "ip" : "ipv6";
	struct render_set askers = render_askers(j->site, f);
	struct render_set gates = render_answerers(j->site, f);
	struct render_set up = render_upstreams(j->site, f);
	struct render_prefixes all = { .site = j->site, .family = f };
	const struct prefix *p;
	char buf[ADDR_TEXT];

	ros_list(t, path, "asker", &askers);
	ros_list(t, path, "upstream", &up);
	for (unsigned i = 0; i < j->site->gateway_count; i++)
		render_add(&gates, &j->site->gateway[i].outside, f);
	ros_list(t, path, "own", &gates); /* each once, or the import ends */
	while ((p = render_prefix_next(&all)) != NULL)
		text_add(t,
		    "/%s firewall address-list add list=ntpgate-own address=%s "
		    "comment=ntpgate\n",
		    path, prefix_print(p, buf));
}

/* Order matters: each at the place behind the one before it. */
struct ros {
	const struct render_job *j;
	struct text *t;
	const char *path;
	unsigned place;
};

static void
ros_rule(struct ros *r, const char *action, const char *match)
{
	text_add(r->t,
	    "/%s firewall filter add chain=forward action=%s %s "
	    "comment=ntpgate place-before=%u\n",
	    r->path, action, match, r->place++);
}

static void
ros_exempt(struct ros *r, enum addr_family f)
{
	char buf[ADDR_TEXT], to[ADDR_TEXT], match[256];

	for (unsigned i = 0; i < r->j->site->exempt_count; i++) {
		const struct site_exempt *x = &r->j->site->exempt[i];

		if (x->address.family != f)
			continue;
		addr_print(&x->address, false, buf);
		render_remark(r->j, r->t, "exempt: %s: %s", buf, x->why);
		for (unsigned k = 0; k < x->to.count || k == 0; k++) {
			struct text m = TEXT(match);

			text_add(&m,
			    "protocol=udp dst-port=123 src-address=%s%s%s", buf,
			    x->to.count > 0 ? " dst-address=" : "",
			    x->to.count > 0 ?
				addr_print(&x->to.addr[k], false, to) :
				"");
			ros_rule(r, "accept", match);
		}
	}
}

static void
ros_filter(const struct render_job *j, struct text *t, enum addr_family f)
{
	struct ros r = { j, t, f == ADDR_V4 ? "ip" : "ipv6", 0 };
	const char *drop = render_blocks(j) ? "drop" : "log";

	ros_rule(&r, "accept",
	    site_knows_upstreams(j->site) ?
		"protocol=udp dst-port=123 src-address-list=ntpgate-asker "
		"dst-address-list=ntpgate-upstream" :
		"protocol=udp dst-port=123 src-address-list=ntpgate-asker");
	ros_exempt(&r, f);
	if (j->site->spoofed != SITE_SPOOFED_OFF)
		ros_rule(&r, drop,
		    j->site->spoofed == SITE_SPOOFED_ALL ?
			"in-interface-list=ntpgate-in "
			"out-interface-list=ntpgate-out "
			"src-address-list=!ntpgate-own" :
			"protocol=udp port=123 in-interface-list=ntpgate-in "
			"out-interface-list=ntpgate-out "
			"src-address-list=!ntpgate-own");
	ros_rule(&r, drop,
	    "protocol=udp dst-port=123 in-interface-list=ntpgate-in "
	    "out-interface-list=ntpgate-out log=yes log-prefix=ntpgate-block");
	ros_rule(&r, drop,
	    "protocol=tcp dst-port=4460 in-interface-list=ntpgate-in "
	    "out-interface-list=ntpgate-out");
	ros_rule(&r, drop,
	    "protocol=udp src-port=123 in-interface-list=ntpgate-in "
	    "out-interface-list=ntpgate-out");
	ros_rule(&r, drop,
	    "protocol=udp dst-port=123 in-interface-list=ntpgate-out "
	    "connection-state=new");
}

static void
ros_redirect(const struct render_job *j, struct text *t)
{
	struct render_set v = render_redirect_to(j->site, ADDR_V4);
	char buf[ADDR_TEXT];

	if (j->site->policy != SITE_REDIRECT || v.count == 0)
		return;
	for (unsigned i = 0; i < j->site->exempt_count; i++)
		if (j->site->exempt[i].address.family == ADDR_V4)
			text_add(t,
			    "/ip firewall nat add chain=dstnat action=accept "
			    "protocol=udp dst-port=123 src-address=%s "
			    "comment=ntpgate\n",
			    addr_print(&j->site->exempt[i].address, false,
				buf));
	text_add(t,
	    "/ip firewall nat add chain=dstnat action=dst-nat to-addresses=%s "
	    "to-ports=%d protocol=udp dst-port=123 "
	    "in-interface-list=ntpgate-in src-address-list=!ntpgate-asker "
	    "dst-address-list=!ntpgate-own comment=ntpgate\n",
	    addr_print(&v.addr[0], false, buf), RENDER_REDIRECTED);
}

static void
ros_interfaces(struct text *t, const char *list, const struct site_names *n)
{
	text_add(t, "/interface list add name=ntpgate-%s comment=ntpgate\n",
	    list);
	for (unsigned i = 0; i < n->count; i++)
		text_add(t,
		    "/interface list member add list=ntpgate-%s interface=%s "
		    "comment=ntpgate\n",
		    list, n->name[i]);
}

void
render_routeros(const struct render_job *j, struct text *t)
{
	struct render_set v = render_firsts(j->site);

	ros_interfaces(t, "in", &j->router->inside);
	ros_interfaces(t, "out", &j->router->outside);
	for (enum addr_family f = ADDR_V4; f <= ADDR_V6; f++)
		ros_lists(j, t, f);
	render_lines(j, t,
	    "place-before wants a rule that is there: an empty table needs "
	    "one first.");
	for (enum addr_family f = ADDR_V4; f <= ADDR_V6; f++)
		ros_filter(j, t, f);
	ros_redirect(j, t);
	render_lines(j, t, "its own time");
	text_add(t, "/system ntp client set enabled=yes servers=");
	render_set_put(t, &v, "", ",");
	text_add(t, "\n");
	render_lines(j, t, "DHCP");
	render_routeros_dhcp(j, t);
}

/* ---- OpenWrt ---- */

static void
uci_rule(struct text *t, const char *name, const char *options)
{
	text_add(t, "config rule\n\toption name '%s'\n%s\n", name, options);
}

static void
uci_upstreams(const struct render_job *j, struct text *t, enum addr_family f)
{
	struct render_set from = render_askers(j->site, f);
	struct render_set to = { 0 };

	if (site_knows_upstreams(j->site))
		to = render_upstreams(j->site, f);
	if (from.count == 0 || (site_knows_upstreams(j->site) && to.count == 0))
		return;
	text_add(t,
	    "config rule\n\toption name 'ntpgate-upstreams%d'\n"
	    "\toption src '%s'\n\toption dest '%s'\n\toption proto 'udp'\n"
	    "\toption dest_port '123'\n\toption target 'ACCEPT'\n",
	    f == ADDR_V4 ? 4 : 6, j->router->inside.name[0],
	    j->router->outside.name[0]);
	text_add(t, "\tlist src_ip '");
	render_set_put(t, &from, "", "'\n\tlist src_ip '");
	if (to.count > 0) {
		text_add(t, "'\n\tlist dest_ip '");
		render_set_put(t, &to, "", "'\n\tlist dest_ip '");
	}
	text_add(t, "'\n\n");
}

static void
uci_exempt(const struct render_job *j, struct text *t)
{
	char buf[ADDR_TEXT];

	for (unsigned i = 0; i < j->site->exempt_count; i++) {
		const struct site_exempt *x = &j->site->exempt[i];

		render_remark(j, t, "exempt: %s", x->why);
		text_add(t,
		    "config rule\n\toption name 'ntpgate-exempt-%u'\n"
		    "\toption src '%s'\n\toption dest '%s'\n"
		    "\toption proto 'tcp udp'\n\toption dest_port '123 4460'\n"
		    "\toption target 'ACCEPT'\n\toption src_ip '%s'\n",
		    i + 1, j->router->inside.name[0],
		    j->router->outside.name[0],
		    addr_print(&x->address, false, buf));
		for (unsigned k = 0; k < x->to.count; k++)
			text_add(t, "\tlist dest_ip '%s'\n",
			    addr_print(&x->to.addr[k], false, buf));
		text_add(t, "\n");
	}
}

static void
uci_block(const struct render_job *j, struct text *t)
{
	const char *what = render_blocks(j) ? "REJECT" : "ACCEPT";

	for (unsigned i = 0; i < j->router->inside.count; i++)
		for (unsigned k = 0; k < j->router->outside.count; k++) {
			char o[256];
			struct text w = TEXT(o);

			text_add(&w,
			    "\toption src '%s'\n\toption dest '%s'\n"
			    "\toption proto 'tcp udp'\n"
			    "\toption dest_port '123 4460'\n"
			    "\toption family 'any'\n\toption target '%s'\n",
			    j->router->inside.name[i],
			    j->router->outside.name[k], what);
			uci_rule(t, "ntpgate-block", o);
			w.len = 0;
			text_add(&w,
			    "\toption src '%s'\n\toption dest '%s'\n"
			    "\toption proto 'udp'\n\toption src_port '123'\n"
			    "\toption target '%s'\n",
			    j->router->inside.name[i],
			    j->router->outside.name[k],
			    render_blocks(j) ? "DROP" : "ACCEPT");
			uci_rule(t, "ntpgate-reflected", o);
		}
}

/* Gateways' own questions and the exempted stay as they are. */
static void
uci_not_from(const struct render_job *j, struct text *t)
{
	struct render_set v = render_askers(j->site, ADDR_V4);
	char buf[ADDR_TEXT];

	for (unsigned i = 0; i < v.count; i++)
		text_add(t, "\tlist src_ip '!%s'\n",
		    addr_print(&v.addr[i], false, buf));
	for (unsigned i = 0; i < j->site->exempt_count; i++)
		if (j->site->exempt[i].address.family == ADDR_V4)
			text_add(t, "\tlist src_ip '!%s'\n",
			    addr_print(&j->site->exempt[i].address, false,
				buf));
}

static void
uci_redirect(const struct render_job *j, struct text *t)
{
	struct render_set v = render_redirect_to(j->site, ADDR_V4);
	char buf[ADDR_TEXT];

	if (j->site->policy != SITE_REDIRECT || v.count == 0)
		return;
	for (unsigned i = 0; i < j->router->inside.count; i++) {
		text_add(t,
		    "config redirect\n\toption name 'ntpgate-redirect'\n"
		    "\toption family 'ipv4'\n"
		    "\toption src '%s'\n\toption src_dport '123'\n"
		    "\toption src_dip '!%s'\n\toption proto 'udp'\n"
		    "\toption dest_ip '%s'\n\toption dest_port '%d'\n"
		    "\toption target 'DNAT'\n",
		    j->router->inside.name[i],
		    addr_print(&v.addr[0], false, buf), buf, RENDER_REDIRECTED);
		uci_not_from(j, t);
		text_add(t, "\n");
	}
}

void
render_openwrt(const struct render_job *j, struct text *t)
{
	struct render_set v = render_firsts(j->site);

	render_lines(j, t, "/etc/config/firewall; the names are zones");
	for (enum addr_family f = ADDR_V4; f <= ADDR_V6; f++)
		uci_upstreams(j, t, f);
	uci_exempt(j, t);
	uci_redirect(j, t);
	uci_block(j, t);
	render_lines(j, t,
	    "/etc/config/system, in place of its \"timeserver\" section: its "
	    "own time");
	text_add(t,
	    "config timeserver 'ntp'\n\toption enabled '1'\n"
	    "\toption enable_server '0'\n\toption use_dhcp '0'\n");
	if (v.count > 0) {
		text_add(t, "\tlist server '");
		render_set_put(t, &v, "", "'\n\tlist server '");
		text_add(t, "'\n");
	}
	render_lines(j, t,
	    "/etc/config/dhcp, in the sections of the interfaces");
	render_openwrt_dhcp(j, t);
}
