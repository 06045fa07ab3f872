/* SPDX-License-Identifier: ISC */
/*
 * appliances.c - FortiGate and PAN-OS: objects, and rules that must be moved
 * to the top; and the work sheet for what has a web page only.
 */
#include "render/parts.h"

/* What becomes of the objects' addresses: all with one prefix, numbered. */
struct objects {
	const struct render_job *j;
	struct text *t;
	void (*put)(struct text *t, const char *name, const struct prefix *p);
};

static struct prefix
single(const struct addr *a)
{
	return (
	    struct prefix){ *a, (uint8_t)(a->family == ADDR_V4 ? 32 : 128) };
}

static unsigned
put_objects(const struct objects *o, const char *what,
    const struct render_set *v)
{
	for (unsigned i = 0; i < v->count; i++) {
		struct prefix p = single(&v->addr[i]);
		char name[SITE_NAME_MAX] = "";
		struct text n = TEXT(name);

		text_add(&n, "ntpgate-%s-%u", what, i + 1);
		o->put(o->t, name, &p);
	}
	return v->count;
}

/* ---- FortiGate ---- */

static void
forti_object(struct text *t, const char *name, const struct prefix *p)
{
	char buf[ADDR_TEXT];

	text_add(t,
	    p->net.family == ADDR_V4 ?
		"config firewall address\n    edit \"%s\"\n        set subnet "
		"%s\n    next\nend\n" :
		"config firewall address6\n    edit \"%s\"\n        set ip6 "
		"%s\n    next\nend\n",
	    name, prefix_print(p, buf));
}

static void
forti_names(struct text *t, const char *key, const char *what, unsigned n)
{
	text_add(t, "        set %s", key);
	if (n == 0)
		text_add(t, " \"all\"");
	for (unsigned i = 0; i < n; i++)
		text_add(t, " \"ntpgate-%s-%u\"", what, i + 1);
	text_add(t, "\n");
}

static void
forti_interfaces(struct text *t, const char *key, const struct site_names *n)
{
	text_add(t, "        set %s", key);
	for (unsigned i = 0; i < n->count; i++)
		text_add(t, " \"%s\"", n->name[i]);
	text_add(t, "\n");
}

struct forti_policy {
	const char *name, *from, *to; /* of objects; NULL: all */
	unsigned from4, from6, to4, to6;
	const char *action, *service;
};

static void
forti_policy(const struct render_job *j, struct text *t,
    const struct forti_policy *p)
{
	text_add(t,
	    "config firewall policy\n    edit 0\n        set name \"%s\"\n",
	    p->name);
	forti_interfaces(t, "srcintf", &j->router->inside);
	forti_interfaces(t, "dstintf", &j->router->outside);
	if (p->from4 > 0 || p->from == NULL) {
		forti_names(t, "srcaddr", p->from, p->from4);
		forti_names(t, "dstaddr", p->to, p->to4);
	}
	if (p->from6 > 0 || p->from == NULL) {
		forti_names(t, "srcaddr6", p->from == NULL ? "" : p->from,
		    p->from6);
		forti_names(t, "dstaddr6", p->to == NULL ? "" : p->to, p->to6);
	}
	text_add(t,
	    "        set action %s\n        set schedule \"always\"\n"
	    "        set service %s\n        set logtraffic all\n"
	    "    next\nend\n",
	    p->action, p->service);
}

static void
forti_exempt(const struct render_job *j, struct text *t)
{
	struct objects o = { j, t, forti_object };

	for (unsigned i = 0; i < j->site->exempt_count; i++) {
		const struct site_exempt *x = &j->site->exempt[i];
		const bool v4 = x->address.family == ADDR_V4;
		struct render_set from = { 1, { x->address } }, to = { 0 };
		char name[SITE_NAME_MAX] = "", f[16] = "", d[20] = "";
		struct text n = TEXT(name), ft = TEXT(f), dt = TEXT(d);

		text_add(&ft, "ex%u", i + 1);
		text_add(&dt, "ex%u-to", i + 1);
		text_add(&n, "ntpgate-exempt-%u", i + 1);
		render_remark(j, t, "exempt: %s", x->why);
		render_add(&to, &x->to, x->address.family);
		put_objects(&o, f, &from);
		put_objects(&o, d, &to);
		forti_policy(j, t,
		    &(struct forti_policy){ name, f, d, v4, !v4,
			v4 ? to.count : 0, v4 ? 0 : to.count, "accept",
			"\"ntpgate-ntp\" \"ntpgate-nts\"" });
	}
}

/* v4 first, then v6, in one numbering would mix families in one key: each
 * family has its own names. */
static void
forti_askers(const struct render_job *j, struct text *t)
{
	struct objects o = { j, t, forti_object };

	for (enum addr_family f = ADDR_V4; f <= ADDR_V6; f++) {
		const bool v4 = f == ADDR_V4;
		struct render_set from = render_askers(j->site, f);
		struct render_set to = { 0 };

		if (site_knows_upstreams(j->site))
			to = render_upstreams(j->site, f);
		if (from.count == 0 ||
		    (site_knows_upstreams(j->site) && to.count == 0))
			continue;
		put_objects(&o, v4 ? "gw4" : "gw6", &from);
		put_objects(&o, v4 ? "up4" : "up6", &to);
		forti_policy(j, t,
		    &(struct forti_policy){ v4 ? "ntpgate-upstreams-4" :
						 "ntpgate-upstreams-6",
			v4 ? "gw4" : "gw6", v4 ? "up4" : "up6",
			v4 ? from.count : 0, v4 ? 0 : from.count,
			v4 ? to.count : 0, v4 ? 0 : to.count, "accept",
			"\"ntpgate-ntp\"" });
	}
}

static void
forti_time(const struct render_job *j, struct text *t)
{
	struct render_set v = render_firsts(j->site);
	char buf[ADDR_TEXT];

	text_add(t,
	    "# its own time\nconfig system ntp\n    set ntpsync enable\n"
	    "    set type custom\n    config ntpserver\n");
	for (unsigned i = 0; i < v.count; i++)
		text_add(t,
		    "        edit %u\n            set server \"%s\"\n"
		    "        next\n",
		    i + 1, addr_print(&v.addr[i], false, buf));
	text_add(t, "    end\nend\n");
}

void
render_fortigate(const struct render_job *j, struct text *t)
{
	const char *action = render_blocks(j) ? "deny" : "accept";

	if (j->site->policy == SITE_REDIRECT)
		render_lines(j, t,
		    "Policy redirect: FortiOS redirects what comes to an "
		    "address of its own; it blocks.");
	text_add(t,
	    "config firewall service custom\n    edit \"ntpgate-ntp\"\n"
	    "        set udp-portrange 123\n    next\n"
	    "    edit \"ntpgate-nts\"\n        set tcp-portrange 4460\n"
	    "    next\nend\n");
	forti_askers(j, t);
	forti_exempt(j, t);
	forti_policy(j, t,
	    &(struct forti_policy){ "ntpgate-block", NULL, NULL, 0, 0, 0, 0,
		action, "\"ntpgate-ntp\" \"ntpgate-nts\"" });
	text_add(t,
	    "# A new policy is the last.  Show their numbers, and move each "
	    "before your first,\n# ntpgate-block after the others:\n"
	    "#   show firewall policy | grep -f ntpgate\n"
	    "#   config firewall policy\n#   move NUMBER before FIRST\n#   "
	    "end\n");
	if (j->site->spoofed != SITE_SPOOFED_OFF)
		text_add(t,
		    "# BCP 38 for what leaves:\n"
		    "#   config system settings\n"
		    "#   set strict-src-check enable\n#   end\n");
	forti_time(j, t);
}

/* ---- PAN-OS ---- */

static void
pan_object(struct text *t, const char *name, const struct prefix *p)
{
	char buf[ADDR_TEXT];

	text_add(t, "set address %s ip-netmask %s\n", name,
	    prefix_print(p, buf));
}

static void
pan_names(struct text *t, const char *key, const char *what, unsigned n)
{
	text_add(t, " %s ", key);
	if (n == 0)
		text_add(t, "any");
	else
		text_add(t, "[");
	for (unsigned i = 0; i < n; i++)
		text_add(t, " ntpgate-%s-%u", what, i + 1);
	if (n > 0)
		text_add(t, " ]");
}

static void
pan_zones(const struct render_job *j, struct text *t)
{
	text_add(t, " from [");
	for (unsigned i = 0; i < j->router->inside.count; i++)
		text_add(t, " %s", j->router->inside.name[i]);
	text_add(t, " ] to [");
	for (unsigned i = 0; i < j->router->outside.count; i++)
		text_add(t, " %s", j->router->outside.name[i]);
	text_add(t, " ]");
}

static void
pan_exempt(const struct render_job *j, struct text *t)
{
	struct objects o = { j, t, pan_object };

	for (unsigned i = 0; i < j->site->exempt_count; i++) {
		const struct site_exempt *x = &j->site->exempt[i];
		struct render_set from = { 1, { x->address } }, to = { 0 };
		char f[16] = "", d[20] = "";
		struct text ft = TEXT(f), dt = TEXT(d);

		text_add(&ft, "ex%u", i + 1);
		text_add(&dt, "ex%u-to", i + 1);
		render_remark(j, t, "exempt: %s", x->why);
		render_add(&to, &x->to, ADDR_NONE);
		put_objects(&o, f, &from);
		put_objects(&o, d, &to);
		text_add(t, "set rulebase security rules ntpgate-%s", f);
		pan_zones(j, t);
		pan_names(t, "source", f, 1);
		pan_names(t, "destination", d, to.count);
		text_add(t,
		    " application any service [ ntpgate-ntp ntpgate-nts ] "
		    "action allow\n");
	}
}

static void
pan_upstreams(const struct render_job *j, struct text *t)
{
	struct objects o = { j, t, pan_object };
	struct render_set from = render_askers(j->site, ADDR_NONE), to = { 0 };

	if (site_knows_upstreams(j->site))
		to = render_upstreams(j->site, ADDR_NONE);
	put_objects(&o, "gw", &from);
	put_objects(&o, "up", &to);
	text_add(t, "set rulebase security rules ntpgate-upstreams");
	pan_zones(j, t);
	pan_names(t, "source", "gw", from.count);
	pan_names(t, "destination", "up", to.count);
	text_add(t, " application any service ntpgate-ntp action allow\n");
}

static void
pan_redirect(const struct render_job *j, struct text *t)
{
	struct render_set v = render_redirect_to(j->site, ADDR_V4);
	char buf[ADDR_TEXT];

	if (j->site->policy != SITE_REDIRECT || v.count == 0)
		return;
	text_add(t, "set rulebase nat rules ntpgate-redirect");
	pan_zones(j, t);
	text_add(t,
	    " source any destination any service ntpgate-ntp "
	    "destination-translation translated-address %s translated-port "
	    "%d\n",
	    addr_print(&v.addr[0], false, buf), RENDER_REDIRECTED);
	text_add(t,
	    "# no NAT for gateways and the exempted: a rule without "
	    "translation, above\n"
	    "set rulebase nat rules ntpgate-no-redirect");
	pan_zones(j, t);
	pan_names(t, "source", "gw", render_askers(j->site, ADDR_NONE).count);
	text_add(t,
	    " destination any service ntpgate-ntp\n"
	    "move rulebase nat rules ntpgate-redirect top\n"
	    "move rulebase nat rules ntpgate-no-redirect top\n");
}

static void
pan_moves(const struct render_job *j, struct text *t)
{
	struct render_set v = render_firsts(j->site);
	static const char *const which[] = { "primary", "secondary" };
	char buf[ADDR_TEXT];

	text_add(t, "move rulebase security rules ntpgate-block top\n");
	for (unsigned i = 0; i < j->site->exempt_count; i++)
		text_add(t, "move rulebase security rules ntpgate-ex%u top\n",
		    i + 1);
	text_add(t, "move rulebase security rules ntpgate-upstreams top\n");
	if (j->site->spoofed != SITE_SPOOFED_OFF)
		render_lines(j, t,
		    "BCP 38: a zone protection profile with \"spoofed IP "
		    "address\" on the inside zones");
	render_lines(j, t, "its own time");
	for (unsigned i = 0; i < v.count && i < 2; i++)
		text_add(t,
		    "set deviceconfig system ntp-servers %s-ntp-server "
		    "ntp-server-address %s\n",
		    which[i], addr_print(&v.addr[i], false, buf));
}

void
render_panos(const struct render_job *j, struct text *t)
{
	text_add(t,
	    "set service ntpgate-ntp protocol udp port 123\n"
	    "set service ntpgate-nts protocol tcp port 4460\n");
	pan_upstreams(j, t);
	pan_exempt(j, t);
	pan_redirect(j, t);
	text_add(t, "set rulebase security rules ntpgate-block");
	pan_zones(j, t);
	text_add(t,
	    " source any destination any application any service [ ntpgate-ntp "
	    "ntpgate-nts ] action %s log-end yes\n",
	    render_blocks(j) ? "deny" : "allow");
	pan_moves(j, t);
}

/* ---- the work sheet ---- */

static void
sheet_list(struct text *t, const char *title, const struct render_set *v)
{
	text_add(t, "\n%s\n    ", title);
	if (v->count == 0)
		text_add(t, "(none known)");
	render_set_put(t, v, "", "\n    ");
	text_add(t, "\n");
}

static void
sheet_networks(const struct site *s, struct text *t)
{
	char buf[ADDR_TEXT];

	text_add(t, "\nObject NTPGATE-INSIDE, networks:\n");
	for (unsigned i = 0; i < s->network_count; i++) {
		text_add(t, "    %s:", s->network[i].name);
		for (unsigned k = 0; k < s->network[i].count; k++)
			text_add(t, " %s",
			    prefix_print(&s->network[i].prefix[k], buf));
		text_add(t, "\n");
	}
}

static void
sheet_exempt(const struct render_job *j, struct text *t)
{
	char buf[ADDR_TEXT];

	for (unsigned i = 0; i < j->site->exempt_count; i++) {
		const struct site_exempt *x = &j->site->exempt[i];
		struct render_set to = { 0 };

		render_add(&to, &x->to, ADDR_NONE);
		text_add(t, "2.%u ALLOW  from %s to ", i + 1,
		    addr_print(&x->address, false, buf));
		render_set_put(t, &to, "", ", ");
		text_add(t, "%s, udp 123 and tcp 4460; because:\n",
		    to.count == 0 ? "any" : "");
		render_remark(j, t, "       %s", x->why);
	}
}

void
render_worksheet(const struct render_job *j, struct text *t)
{
	struct render_set askers = render_askers(j->site, ADDR_NONE);
	struct render_set gates = render_answerers(j->site, ADDR_NONE);
	struct render_set up = render_upstreams(j->site, ADDR_NONE);
	struct render_set to = render_redirect_to(j->site, ADDR_V4);

	text_add(t,
	    "Enter this in the firewall's own pages, and tick each "
	    "point.\n");
	sheet_list(t,
	    "Object NTPGATE-ASKERS, hosts that may ask outside:", &askers);
	sheet_list(t,
	    "Object NTPGATE-GATEWAYS, hosts that answer inside:", &gates);
	sheet_list(t, "Object NTPGATE-UPSTREAMS, servers outside:", &up);
	if (!site_knows_upstreams(j->site))
		text_add(t, "    (not all are known: use \"any\" for now)\n");
	sheet_networks(j->site, t);
	text_add(t,
	    "\nRules, in this order, above all others:\n\n"
	    "[ ] 1   ALLOW  from NTPGATE-ASKERS to NTPGATE-UPSTREAMS, "
	    "udp 123\n");
	sheet_exempt(j, t);
	if (j->site->policy == SITE_REDIRECT && to.count > 0) {
		text_add(t,
		    "[ ] 3   REDIRECT (port forward, destination NAT) "
		    "on the inside interfaces:\n"
		    "        from not NTPGATE-ASKERS to not "
		    "NTPGATE-GATEWAYS and not NTPGATE-INSIDE,\n"
		    "        udp 123, to ");
		to.count = 1;
		render_set_put(t, &to, "", "");
		text_add(t, " port %d; NAT reflection off\n",
		    RENDER_REDIRECTED);
	}
	text_add(t,
	    "[ ] 4   %s from any inside to any outside, udp 123, log\n"
	    "[ ] 5   %s from any inside to any outside, tcp 4460 (NTS), log\n"
	    "[ ] 6   %s from any outside to any inside, udp 123\n"
	    "[ ] 7   %s from inside port udp 123 to any outside (reflection)\n",
	    render_blocks(j) ? "REJECT" : "LOG   ",
	    render_blocks(j) ? "REJECT" : "LOG   ",
	    render_blocks(j) ? "DROP  " : "LOG   ",
	    render_blocks(j) ? "DROP  " : "LOG   ");
	if (j->site->spoofed != SITE_SPOOFED_OFF)
		text_add(t,
		    "[ ] 8   DROP   from not NTPGATE-INSIDE and not "
		    "NTPGATE-ASKERS to any outside%s\n",
		    j->site->spoofed == SITE_SPOOFED_NTP ? ", udp 123" : "");
	text_add(t,
	    "[ ] 9   The firewall's own time: NTPGATE-GATEWAYS\n"
	    "[ ] 10  DHCP, option 42 (and 4): see the networks above, "
	    "both gateways\n"
	    "\nThen, on a host inside: \"ntpgate query\" a gateway: it "
	    "answers; a server outside: %s.\n",
	    j->site->policy == SITE_REDIRECT ?
		"a gateway answers in its place" :
		render_blocks(j) ? "it does not" :
				   "it answers, and the log says so");
}
