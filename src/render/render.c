/* SPDX-License-Identifier: ISC */
/* render.c - the table of what can be rendered, and the head of each file. */
#include "render/parts.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool
has_service(const struct site *s)
{
	return s->service.count > 0;
}

#define ROUTER(d) RENDER_ROUTER, SITE_##d
#define DHCP(d) RENDER_DHCP, SITE_##d
#define NO_SERVICE                                                    \
	.has = has_service,                                           \
	.lacks = "the site has no \"service\" address that gateways " \
		 "could share"

static const struct render_output outputs[] = {
	{ "gateway", RENDER_GATEWAY, 0, "gateways/%s/ntpgate.conf", "# ",
	    "configuration of a gateway",
	    "/etc/ntpgate/ntpgate.conf; systemctl reload-or-restart ntpgated",
	    "ntpgate check FILE", "systemctl disable --now ntpgated",
	    render_gateway, NULL, NULL },
	{ "keepalived", RENDER_GATEWAY, 0, "gateways/%s/keepalived.conf", "# ",
	    "the service address by VRRP",
	    "/etc/keepalived/keepalived.conf; systemctl reload-or-restart keepalived",
	    "keepalived -t -f FILE", "systemctl disable --now keepalived",
	    render_keepalived, NO_SERVICE },
	{ "bird", RENDER_GATEWAY, 0, "gateways/%s/bird.conf", "# ",
	    "the service address by routing; ntpgate-anycast.sh beside it says when",
	    "/etc/bird/bird.conf; birdc configure", "bird -p -c FILE",
	    "birdc disable ntpgate4; birdc disable ntpgate6", render_bird,
	    NO_SERVICE },
	{ "bird", RENDER_GATEWAY, 0, "gateways/%s/ntpgate-anycast.sh", "# ",
	    "the check of health that BIRD's announcement follows",
	    "sh FILE, as a service of systemd with Restart=always",
	    "sh -n FILE",
	    "stop it, then birdc disable ntpgate4; birdc disable ntpgate6",
	    render_health, NO_SERVICE },

	{ "nftables", ROUTER(NFTABLES), "routers/%s/ntpgate.nft", "# ",
	    "packet filter", "nft -f FILE", "nft -c -f FILE",
	    "nft delete table inet ntpgate; nft delete table inet ntpgate_budget",
	    render_nftables, NULL, NULL },
	{ "nftables", ROUTER(NFTABLES), "routers/%s/ntpgate.sets", "# ",
	    "its sets alone: changes them, keeps counters and tokens",
	    "nft -f FILE, while ntpgate.nft of the same policy is loaded",
	    "nft -c -f FILE, while it is", "nothing", render_nftables_sets,
	    NULL, NULL },
	{ "iptables", ROUTER(IPTABLES), "routers/%s/ntpgate.v4", "# ",
	    "packet filter, IPv4", "iptables-restore --noflush FILE",
	    "iptables-restore --noflush --test FILE",
	    "iptables -D of each line below that has -C, then -F and -X of the "
	    "NTPGATE chains",
	    render_iptables, NULL, NULL },
	{ "iptables", ROUTER(IPTABLES), "routers/%s/ntpgate.v6", "# ",
	    "packet filter, IPv6", "ip6tables-restore --noflush FILE",
	    "ip6tables-restore --noflush --test FILE",
	    "ip6tables -D of each line below that has -C, then -F and -X of "
	    "the NTPGATE chains",
	    render_ip6tables, NULL, NULL },
	{ "pf", ROUTER(PF), "routers/%s/ntpgate.pf", "# ", "packet filter",
	    "/etc/ntpgate.pf; in pf.conf, each at its place: rdr-anchor \"ntpgate\"\n"
	    "  anchor \"ntpgate\"; load anchor \"ntpgate\" from \"/etc/ntpgate.pf\"",
	    "pfctl -nf FILE; counters: pfctl -a ntpgate -s labels",
	    "pfctl -a ntpgate -F all", render_pf, NULL, NULL },
	{ "cisco-ios", ROUTER(CISCO_IOS), "routers/%s/ntpgate.ios", "! ",
	    "lines for IOS and IOS XE",
	    "configure terminal, paste; then the lines in the comments",
	    "show access-lists NTPGATE-IN; show ipv6 access-list NTPGATE-IN6",
	    "no ip access-list extended NTPGATE-IN, NTPGATE-OUT; no ipv6 access-list NTPGATE-IN6",
	    render_ios, NULL, NULL },
	{ "cisco-asa", ROUTER(CISCO_ASA), "routers/%s/ntpgate.asa", "! ",
	    "lines for ASA",
	    "configure terminal, paste; then the lines in the comments",
	    "show access-list NTPGATE", "clear configure access-list NTPGATE",
	    render_asa, NULL, NULL },
	{ "junos", ROUTER(JUNOS), "routers/%s/ntpgate.set", "# ",
	    "set lines for Junos",
	    "configure; load set terminal; commit confirmed 2; commit",
	    "show | compare; commit check; show firewall",
	    "delete firewall family inet filter NTPGATE-IN, inet6 NTPGATE-IN6",
	    render_junos, NULL, NULL },
	{ "fortigate", ROUTER(FORTIGATE), "routers/%s/ntpgate.fortios", "# ",
	    "lines for FortiOS",
	    "paste into the console; then move the policies",
	    "show firewall policy",
	    "delete the policies and objects whose names begin with ntpgate",
	    render_fortigate, NULL, NULL },
	{ "pan-os", ROUTER(PAN_OS), "routers/%s/ntpgate.panos", "# ",
	    "lines for PAN-OS",
	    "set cli scripting-mode on; configure; paste the lines that\n"
	    "  begin with set or move; commit",
	    "validate full; show | match ntpgate",
	    "delete the rules and objects whose names begin with ntpgate",
	    render_panos, NULL, NULL },
	{ "routeros", ROUTER(ROUTEROS), "routers/%s/ntpgate.rsc", "# ",
	    "script for RouterOS 7",
	    "/import FILE, once: a second import doubles the rules",
	    "/ip firewall filter print where comment=ntpgate",
	    "/ip firewall filter remove [find comment=ntpgate], and nat, address-list,\n"
	    "  interface list likewise",
	    render_routeros, NULL, NULL },
	{ "openwrt", ROUTER(OPENWRT), "routers/%s/ntpgate.uci", "# ",
	    "sections for OpenWrt",
	    "append each to the file that it names; /etc/init.d/firewall reload",
	    "fw4 check; uci show firewall | grep ntpgate",
	    "delete the sections whose names begin with ntpgate",
	    render_openwrt, NULL, NULL },
	{ "worksheet", ROUTER(WORKSHEET), "routers/%s/worksheet.txt", "",
	    "work sheet for a firewall with a web page", "by hand",
	    "point by point", "by hand", render_worksheet, NULL, NULL },

	{ "kea", DHCP(KEA), "dhcp/%s/kea-dhcp4.conf", "// ",
	    "options for Kea, DHCPv4",
	    "/etc/kea/kea-dhcp4.conf, or its option-data into your own subnets",
	    "kea-dhcp4 -t FILE", "take the option-data out", render_kea4, NULL,
	    NULL },
	{ "kea", DHCP(KEA), "dhcp/%s/kea-dhcp6.conf", "// ",
	    "options for Kea, DHCPv6",
	    "/etc/kea/kea-dhcp6.conf, or its option-def and option-data into your own",
	    "kea-dhcp6 -t FILE", "take the option-data out", render_kea6, NULL,
	    NULL },
	{ "isc-dhcp", DHCP(ISC_DHCP), "dhcp/%s/dhcpd.conf", "# ",
	    "options for ISC dhcpd, DHCPv4",
	    "/etc/dhcp/dhcpd.conf, or its options into your own subnets",
	    "dhcpd -t -cf FILE", "take the options out", render_isc4, NULL,
	    NULL },
	{ "isc-dhcp", DHCP(ISC_DHCP), "dhcp/%s/dhcpd6.conf", "# ",
	    "options for ISC dhcpd, DHCPv6",
	    "/etc/dhcp/dhcpd6.conf, or its options into your own subnets",
	    "dhcpd -6 -t -cf FILE", "take the options out", render_isc6, NULL,
	    NULL },
	{ "dnsmasq", DHCP(DNSMASQ), "dhcp/%s/dnsmasq.conf", "# ",
	    "options for dnsmasq",
	    "/etc/dnsmasq.d/ntpgate.conf; systemctl restart dnsmasq",
	    "dnsmasq --test -C FILE", "delete it, restart", render_dnsmasq,
	    NULL, NULL },
	{ "networkd", DHCP(NETWORKD), "dhcp/%s/networkd.sections", "# ",
	    "options for systemd-networkd", "see below; networkctl reload",
	    "networkctl status", "take the lines out", render_networkd, NULL,
	    NULL },
	{ "windows", DHCP(WINDOWS), "dhcp/%s/ntpgate.ps1", "# ",
	    "options for a Windows DHCP server", "powershell -File FILE",
	    "Get-DhcpServerv4OptionValue -ScopeId SCOPE -OptionId 42",
	    "Remove-DhcpServerv4OptionValue -ScopeId SCOPE -OptionId 42,4",
	    render_windows_dhcp, NULL, NULL },
	{ "cisco-ios", DHCP(CISCO_IOS), "dhcp/%s/ntpgate.ios", "! ",
	    "DHCP pools for IOS", "configure terminal, paste",
	    "show ip dhcp pool", "no option 42 in each pool", render_ios_dhcp,
	    NULL, NULL },
	{ "junos", DHCP(JUNOS), "dhcp/%s/ntpgate.set", "# ",
	    "DHCP pools for Junos", "configure; load set terminal; commit",
	    "commit check", "delete the attributes", render_junos_dhcp, NULL,
	    NULL },
	{ "routeros", DHCP(ROUTEROS), "dhcp/%s/ntpgate.rsc", "# ",
	    "DHCP options for RouterOS 7", "/import FILE",
	    "/ip dhcp-server network print", "set ntp-server=\"\"",
	    render_routeros_dhcp, NULL, NULL },
	{ "openwrt", DHCP(OPENWRT), "dhcp/%s/ntpgate.uci", "# ",
	    "DHCP options for OpenWrt",
	    "into /etc/config/dhcp; /etc/init.d/dnsmasq restart",
	    "uci show dhcp", "take the lines out", render_openwrt_dhcp, NULL,
	    NULL },

	{ "chrony", RENDER_SITE, 0, "clients/chrony/ntpgate.sources", "# ",
	    "sources for chrony",
	    "/etc/chrony/sources.d/ntpgate.sources; chronyc reload sources",
	    "chronyc sources", "delete it, chronyc reload sources",
	    render_chrony, NULL, NULL },
	{ "timesyncd", RENDER_SITE, 0, "clients/timesyncd/ntpgate.conf", "# ",
	    "servers for systemd-timesyncd",
	    "/etc/systemd/timesyncd.conf.d/ntpgate.conf; systemctl restart systemd-timesyncd",
	    "timedatectl timesync-status", "delete it, restart",
	    render_timesyncd, NULL, NULL },
	{ "ntp", RENDER_SITE, 0, "clients/ntp/ntp.conf", "# ",
	    "configuration of ntpd (ntp.org, NTPsec)",
	    "/etc/ntpsec/ntp.conf or /etc/ntp.conf; systemctl restart ntpsec",
	    "ntpq -p", "put your own back", render_ntp, NULL, NULL },
	{ "openntpd", RENDER_SITE, 0, "clients/openntpd/ntpd.conf", "# ",
	    "configuration of OpenNTPD",
	    "/etc/openntpd/ntpd.conf or /etc/ntpd.conf", "ntpd -n -f FILE",
	    "put your own back", render_openntpd, NULL, NULL },
	{ "windows", RENDER_SITE, 0, "clients/windows/ntpgate.cmd", "rem ",
	    "commands for Windows; in a domain, on its forest-root PDC emulator only",
	    "run it as administrator", "w32tm /query /status",
	    "w32tm /config /syncfromflags:domhier /update", render_windows,
	    NULL, NULL },
	{ "macos", RENDER_SITE, 0, "clients/macos/ntpgate.sh", "# ",
	    "commands for macOS", "sudo sh FILE",
	    "systemsetup -getnetworktimeserver",
	    "systemsetup -setnetworktimeserver time.apple.com", render_macos,
	    NULL, NULL },
	{ "esxi", RENDER_SITE, 0, "clients/esxi/ntpgate.sh", "# ",
	    "commands for ESXi 7 and later", "sh FILE, on the host",
	    "esxcli system ntp get", "esxcli system ntp set --reset",
	    render_esxi, NULL, NULL },
};

const char *
render_target(unsigned i)
{
	unsigned n = 0;

	for (size_t k = 0; k < COUNT(outputs); k++) {
		bool first = true;

		for (size_t before = 0; before < k; before++)
			first &= strcmp(outputs[before].target,
				     outputs[k].target) != 0;
		if (first && n++ == i)
			return outputs[k].target;
	}
	return n == i ? "all" : NULL;
}

/* ---- which machines ---- */

/* None of its own: the first router's interfaces, so that an operator can see
 * what such a machine would get. */
static const struct site_router nobody = { .name = "any",
	.inside = { 1, { "inside" } },
	.outside = { 1, { "outside" } } };

#define LENT UINT32_MAX

static unsigned
nodes(const struct site *s, enum render_of of)
{
	return of == RENDER_GATEWAY ? s->gateway_count :
	    of == RENDER_ROUTER	    ? s->router_count :
	    of == RENDER_DHCP	    ? s->dhcp_count :
				      1;
}

static const char *
node_name(const struct site *s, enum render_of of, unsigned node)
{
	return node == LENT	 ? "any" :
	    of == RENDER_GATEWAY ? s->gateway[node].name :
	    of == RENDER_ROUTER	 ? s->router[node].name :
	    of == RENDER_DHCP	 ? s->dhcp[node].name :
				   "";
}

/* A router that hands out leases by its own dialect is one file. */
static bool
is_router_too(const struct site *s, const struct site_dhcp *d)
{
	for (unsigned i = 0; i < s->router_count; i++)
		if (s->router[i].dialect == d->dialect &&
		    strcmp(s->router[i].name, d->name) == 0)
			return true;
	return false;
}

static bool
concerns(const struct site *s, const struct render_output *o, unsigned node)
{
	if (o->of == RENDER_ROUTER)
		return s->router[node].dialect == o->dialect;
	if (o->of == RENDER_DHCP)
		return s->dhcp[node].dialect == o->dialect &&
		    !is_router_too(s, &s->dhcp[node]);
	return true;
}

static bool
knows_node(const struct site *s, const char *name)
{
	for (int of = RENDER_GATEWAY; of <= RENDER_DHCP; of++)
		for (unsigned i = 0; i < nodes(s, (enum render_of)of); i++)
			if (strcmp(node_name(s, (enum render_of)of, i), name) ==
			    0)
				return true;
	return false;
}

/* ---- the list ---- */

struct list {
	const struct render_source *source;
	const char *target, *node;
	struct render_file *files;
	unsigned count;
};

static void
add_file(struct list *l, const struct render_output *o, unsigned node)
{
	struct render_file *f = &l->files[l->count];
	struct text t = TEXT(f->path);
	const char *mark = strstr(o->path, "%s");

	if (l->count == RENDER_FILES_MAX)
		return;
	l->count++;
	f->output = o;
	f->source = l->source;
	f->node = node;
	if (mark == NULL)
		text_add(&t, "%s", o->path);
	else
		text_add(&t, "%.*s%s%s", (int)(mark - o->path), o->path,
		    node_name(l->source->site, o->of, node), mark + 2);
}

static unsigned
add_output(struct list *l, const struct render_output *o)
{
	const struct site *s = l->source->site;
	unsigned before = l->count;

	for (unsigned i = 0; i < nodes(s, o->of); i++) {
		if (!concerns(s, o, i))
			continue;
		if (l->node != NULL && o->of != RENDER_SITE &&
		    strcmp(node_name(s, o->of, i), l->node) != 0)
			continue;
		if (l->node != NULL && o->of == RENDER_SITE)
			continue;
		add_file(l, o, i);
	}
	return l->count - before;
}

static bool
wanted(const struct list *l, const struct render_output *o)
{
	return strcmp(l->target, "all") == 0 ||
	    strcmp(l->target, o->target) == 0;
}

static int
fail_empty(const struct list *l, struct err *e)
{
	if (l->node != NULL && !knows_node(l->source->site, l->node))
		return err_set(e, "there is no machine \"%.40s\" in %s",
		    l->node, l->source->file);
	return err_set(e, "%.40s needs no \"%s\"; \"all\" is what it needs",
	    l->node, l->target);
}

/* A target that no machine of the site is: for any such machine. */
static void
lend(struct list *l)
{
	for (size_t i = 0; i < COUNT(outputs); i++)
		if (wanted(l, &outputs[i]) &&
		    (outputs[i].of == RENDER_ROUTER ||
			(outputs[i].of == RENDER_DHCP &&
			    !site_filters(outputs[i].dialect))))
			add_file(l, &outputs[i], LENT);
}

int
render_list(const struct render_source *source, const char *target,
    const char *node, struct render_file files[RENDER_FILES_MAX], struct err *e)
{
	struct list l = { source, target, node, files, 0 };
	bool machines = false, known = false;

	for (size_t i = 0; i < COUNT(outputs); i++) {
		const struct render_output *o = &outputs[i];

		if (!wanted(&l, o))
			continue;
		known = true;
		if (o->has != NULL && !o->has(source->site)) {
			if (strcmp(target, "all") == 0)
				continue;
			return err_set(e, "%s", o->lacks);
		}
		if (add_output(&l, o) > 0 &&
		    (o->of == RENDER_ROUTER || o->of == RENDER_DHCP))
			machines = true;
	}
	if (!known)
		return err_set(e, "there is no target \"%.40s\"", target);
	if (!machines && node == NULL && strcmp(target, "all") != 0)
		lend(&l);
	return l.count > 0 ? (int)l.count : fail_empty(&l, e);
}

/* ---- a file ---- */

static void
head_line(const struct render_job *j, struct text *t, const char *name,
    const char *words)
{
	char line[512] = "";
	struct text l = TEXT(line);

	text_add(&l, "%-8s%s", name, words);
	render_lines(j, t, line);
}

/* Its name is the operator's: shown, but never an end of the line. */
static void
put_head(const struct render_file *f, const struct render_job *j,
    struct text *t)
{
	const struct render_output *o = f->output;
	const char *name = node_name(f->source->site, o->of, f->node);

	if (o->path[strlen(o->path) - 1] == 'h' &&
	    strstr(o->path, ".sh") != NULL)
		text_add(t, "#!/bin/sh\n");
	if (strcmp(j->lead, "rem ") == 0)
		text_add(t, "@echo off\n");
	text_add(t, "%s%s%s%s (site %s, policy %s)\n", j->lead, name,
	    name[0] != '\0' ? ": " : "", o->what, f->source->site->name,
	    site_policy_name(f->source->site->policy));
	render_remark(j, t, "ntpgate render %s, from %s", o->target,
	    f->source->file);
	text_add(t, "%s" RENDER_DIGEST "%016llx\n", j->lead,
	    (unsigned long long)f->source->digest);
	head_line(j, t, "load:", o->load);
	head_line(j, t, "check:", o->check);
	head_line(j, t, "remove:", o->remove);
	if (j->lent)
		render_lines(j, t,
		    "The site has no such machine: interfaces are to be "
		    "replaced.");
	text_add(t, "\n");
}

/* The DHCP server that a router is too. */
static const struct site_dhcp *
same_machine(const struct site *s, const struct site_router *r)
{
	for (unsigned i = 0; i < s->dhcp_count; i++)
		if (s->dhcp[i].dialect == r->dialect &&
		    strcmp(s->dhcp[i].name, r->name) == 0)
			return &s->dhcp[i];
	return NULL;
}

void
render_put(const struct render_file *f, struct text *t)
{
	const struct site *s = f->source->site;
	const struct render_output *o = f->output;
	struct render_job j = { .site = s,
		.lead = o->lead,
		.lent = f->node == LENT };

	if (o->of == RENDER_GATEWAY) {
		j.gateway = &s->gateway[f->node];
	} else if (o->of == RENDER_ROUTER && j.lent) {
		j.router = &nobody;
	} else if (o->of == RENDER_ROUTER) {
		j.router = &s->router[f->node];
		j.dhcp = same_machine(s, j.router);
	} else if (o->of == RENDER_DHCP && !j.lent) {
		j.dhcp = &s->dhcp[f->node];
	}
	put_head(f, &j, t);
	o->put(&j, t);
}
