/* SPDX-License-Identifier: ISC */
/*
 * nftables.c - two tables of our own on a Linux router.
 *
 * What was learned with real packets stands beside the rules: a table can
 * only forbid (accept here overrides no drop elsewhere); a table that is
 * loaded anew has counters of zero and full buckets, so that the budget has a
 * table of its own and sets can be changed alone; names of hosts would be
 * resolved at load, so that addresses alone are written; iifname and not iif,
 * for interfaces that come later.
 */
#include "render/nft.h"

static void
put_interfaces(struct text *t, const char *name, const struct site_names *n)
{
	text_add(t, "\tset %s {\n\t\ttype ifname\n\t\telements = { ", name);
	for (unsigned i = 0; i < n->count; i++)
		text_add(t, "%s\"%s\"", i > 0 ? ", " : "", n->name[i]);
	text_add(t, " }\n\t}\n");
}

/* ---- what leaves, what arrives ---- */

/* Pairs of source and destination, kept that long; "ntpgate firewall rogues"
 * reads them. */
static void
put_pairs(struct text *t, const char *name, const char *kept)
{
	NFT_EACH_FAMILY(f)
	text_add(t,
	    "\tset %s%d {\n\t\ttype %s . %s\n"
	    "\t\tflags dynamic,timeout\n\t\tsize 65536\n\t\ttimeout %s\n"
	    "\t\tcounter\n\t}\n",
	    name, nft_number(f), nft_type(f), nft_type(f), kept);
}

/* Statements that end a rule: a set that is full ends it, too.  "add" leaves
 * the time of a pair that is there alone, so that it tells since when. */
static void
put_note(struct text *t, const char *name, enum addr_family f)
{
	const char *i = nft_ip(f);
	int n = nft_number(f);

	text_add(t,
	    "update @%s%d { %s saddr . %s daddr } "
	    "add @since%d { %s saddr . %s daddr }\n",
	    name, n, i, i, n, i, i);
}

static void
put_counters(const struct render_job *j, struct text *t)
{
	static const char *const names[] = { "hard_coded", "hard_coded_nts",
		"exempted", "reflected", "spoofed_out", "spoofed_in",
		"unsolicited", "own_foreign", "served", "redirected" };

	text_add(t,
	    "\n\t# Who tried, and whither; nft -j list set inet ntpgate "
	    "offenders4\n");
	put_pairs(t, "offenders", "1d");
	put_pairs(t, "nts", "1d");
	if (j->site->policy == SITE_REDIRECT)
		put_pairs(t, "keyed", "1d");
	put_pairs(t, "since", "30d");
	text_add(t, "\n");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		text_add(t, "\tcounter %s {\n\t}\n", names[i]);
}

/* "drop" of what the policy forbids; under audit it is let through. */
static const char *
verdict(const struct render_job *j)
{
	return render_blocks(j) ? " drop" : "";
}

static void
put_spoofed(const struct render_job *j, struct text *t)
{
	if (j->site->spoofed == SITE_SPOOFED_OFF)
		return;
	text_add(t,
	    "\t# BCP 38: what leaves comes from us\n"
	    "\tchain spoofed {\n\t\tcounter name spoofed_out\n");
	if (render_blocks(j) && j->site->spoofed == SITE_SPOOFED_ALL)
		text_add(t, "\t\tdrop\n");
	else if (render_blocks(j))
		text_add(t, "\t\tudp dport 123 drop\n\t\tudp sport 123 drop\n");
	text_add(t, "\t}\n");
}

static void
put_leaving_family(const struct render_job *j, struct text *t,
    enum addr_family f)
{
	const bool known = site_knows_upstreams(j->site);
	const char *i = nft_ip(f);
	int n = nft_number(f);

	if (j->site->spoofed != SITE_SPOOFED_OFF)
		text_add(t,
		    "\t\tmeta nfproto ipv%d %s saddr != @own%d jump spoofed\n",
		    n, i, n);
	if (known)
		text_add(t,
		    "\t\t%s saddr @asker%d %s daddr @upstream%d udp dport 123 "
		    "return\n",
		    i, n, i, n);
	else
		text_add(t, "\t\t%s saddr @asker%d udp dport 123 return\n", i,
		    n);
	text_add(t,
	    "\t\t%s saddr @exempt%d meta l4proto { tcp, udp } th dport "
	    "{ 123, 4460 } counter name exempted return\n"
	    "\t\t%s saddr . %s daddr @exempt_to%d meta l4proto { tcp, udp } th "
	    "dport { 123, 4460 } counter name exempted return\n"
	    "\t\tmeta nfproto ipv%d udp dport 123 goto hard_coded%d\n",
	    i, n, i, i, n, n, n);
}

static void
put_leaving(const struct render_job *j, struct text *t)
{
	text_add(t, "\tchain leaving {\n");
	NFT_EACH_FAMILY(f)
	put_leaving_family(j, t, f);
	text_add(t,
	    "\t\t# NTS cannot be redirected (TLS); blocking its key exchange "
	    "is part of blocking NTP\n");
	NFT_EACH_FAMILY(f)
	{
		text_add(t, "\t\tmeta nfproto ipv%d tcp dport 4460 ",
		    nft_number(f));
		put_note(t, "nts", f);
	}
	text_add(t,
	    "\t\ttcp dport 4460 counter name hard_coded_nts%s\n"
	    "\t\t# an inside server that answers the outside: reflection\n"
	    "\t\tudp sport 123 counter name reflected%s\n\t}\n",
	    render_blocks(j) ? " reject with tcp reset" : "", verdict(j));
}

static void
put_hard_coded(const struct render_job *j, struct text *t, enum addr_family f)
{
	/* The kernel's own log of a namespace is silent; group 123 never is:
	 * tcpdump -ni nflog:123 */
	text_add(t, "\tchain hard_coded%d {\n\t\t", nft_number(f));
	put_note(t, "offenders", f);
	text_add(t,
	    "\t\tcounter name hard_coded\n"
	    "\t\tlimit rate 60/minute burst 60 packets log group 123 prefix "
	    "\"ntpgate-%s \"\n",
	    render_blocks(j) ? "block" : "audit");
	/* Saves no packet, but is polite: some hosts give up sooner. */
	if (render_blocks(j))
		text_add(t,
		    "\t\tlimit rate 20/second burst 40 packets reject with "
		    "icmpx type admin-prohibited\n\t\tdrop\n");
	text_add(t, "\t}\n");
}

static void
put_arriving(const struct render_job *j, struct text *t)
{
	text_add(t, "\tchain arriving {\n");
	NFT_EACH_FAMILY(f)
	if (j->site->spoofed != SITE_SPOOFED_OFF)
		text_add(t, "\t\t%s saddr @own%d counter name spoofed_in%s\n",
		    nft_ip(f), nft_number(f), verdict(j));
	/* An exempted ntpd asks from port 123: its answers come to 123. */
	text_add(t,
	    "\t\tct state established,related return\n"
	    "\t\tudp dport 123 counter name unsolicited%s\n\t}\n",
	    verdict(j));
}

static void
put_forward(const struct render_job *j, struct text *t)
{
	put_spoofed(j, t);
	NFT_EACH_FAMILY(f)
	put_hard_coded(j, t, f);
	put_leaving(j, t);
	put_arriving(j, t);
	text_add(t,
	    "\tchain forward {\n"
	    "\t\ttype filter hook forward priority filter - 5; policy accept;\n"
	    "\t\tiifname @inside_if oifname @outside_if jump leaving\n"
	    "\t\tiifname @outside_if jump arriving\n\t}\n");
}

/* ---- the router itself ---- */

static void
put_self(const struct render_job *j, struct text *t, bool gateway)
{
	const bool known = site_knows_upstreams(j->site);

	text_add(t,
	    "\n\t# this machine itself: %s\n\tchain output {\n"
	    "\t\ttype filter hook output priority filter - 5; policy accept;\n"
	    "\t\toifname != @outside_if return\n",
	    gateway ? "a gateway" :
		      "a router asks the gateways, nobody "
		      "outside");
	NFT_EACH_FAMILY(f)
	if (gateway && known)
		text_add(t, "\t\t%s daddr @upstream%d udp dport 123 return\n",
		    nft_ip(f), nft_number(f));
	/* The daemon sees the drop: its sendto fails with EPERM. */
	if (!gateway || known)
		text_add(t, "\t\tudp dport 123 counter name own_foreign%s\n",
		    verdict(j));
	text_add(t,
	    "\t}\n\tchain input {\n"
	    "\t\ttype filter hook input priority filter - 5; policy accept;\n"
	    "\t\tiifname != @outside_if return\n"
	    "\t\tct state established,related return\n"
	    "\t\tudp dport 123 counter name unsolicited%s\n\t}\n",
	    verdict(j));
}

/*
 * What is served is never tracked: a thousand hosts fill a table of
 * connections.  For port 123 only: what is redirected needs its connection, or
 * the answer would come from another address than was asked.
 */
static void
put_notrack(struct text *t)
{
	text_add(t,
	    "\n\tchain raw_in {\n\t\ttype filter hook prerouting "
	    "priority raw; policy accept;\n");
	NFT_EACH_FAMILY(f)
	text_add(t,
	    "\t\tiifname @inside_if %s daddr @gateway%d udp dport 123 "
	    "fib daddr type local counter name served notrack\n",
	    nft_ip(f), nft_number(f));
	text_add(t,
	    "\t}\n\tchain raw_out {\n\t\ttype filter hook output "
	    "priority raw; policy accept;\n");
	NFT_EACH_FAMILY(f)
	text_add(t,
	    "\t\toifname @inside_if %s saddr @gateway%d udp sport 123 "
	    "notrack\n",
	    nft_ip(f), nft_number(f));
	text_add(t, "\t}\n");
}

/* ---- redirect ---- */

/* What stays as it is: our own questions, questions to us, the exempted,
 * broadcast, and a cloud's time at its link-local address. */
static void
put_not_redirected(struct text *t, enum addr_family f)
{
	const char *i = nft_ip(f);
	int n = nft_number(f);

	text_add(t,
	    "\t\t%s saddr @asker%d return\n"
	    "\t\t%s daddr @gateway%d return\n\t\t%s daddr @own%d return\n"
	    "\t\t%s saddr @exempt%d return\n"
	    "\t\t%s saddr . %s daddr @exempt_to%d return\n",
	    i, n, i, n, i, n, i, n, i, i, n);
	text_add(t,
	    f == ADDR_V4 ?
		"\t\tip daddr { 169.254.0.0/16, 224.0.0.0/4, 255.255.255.255 } "
		"return\n" :
		"\t\tip6 daddr { fe80::/10, ff00::/8 } return\n");
}

/* Longer than a header, 8 octets of UDP and 48 of NTP: a key's digest or the
 * fields of NTS, which no other server can answer.  Only the first packet of a
 * flow comes here. */
static void
put_keyed(struct text *t, enum addr_family f)
{
	text_add(t, "\t\tmeta nfproto ipv%d udp dport 123 udp length > 56 ",
	    nft_number(f));
	put_note(t, "keyed", f);
}

/* One of several by the client's address: always the same for each. */
static void
put_dnat(const struct site *s, struct text *t, enum addr_family f)
{
	struct render_set v = render_redirect_to(s, f);
	char buf[ADDR_TEXT];

	if (v.count == 0)
		return;
	/* The match of the port must stand in the rule that maps one. */
	text_add(t,
	    "\t\tmeta nfproto ipv%d udp dport 123 counter name redirected dnat "
	    "%s to ",
	    nft_number(f), nft_ip(f));
	if (v.count == 1) {
		text_add(t, f == ADDR_V4 ? "%s:%d\n" : "[%s]:%d\n",
		    addr_print(&v.addr[0], false, buf), RENDER_REDIRECTED);
		return;
	}
	text_add(t, "jhash %s saddr mod %u map { ", nft_ip(f), v.count);
	for (unsigned i = 0; i < v.count; i++)
		text_add(t, "%s%u : %s", i > 0 ? ", " : "", i,
		    addr_print(&v.addr[i], false, buf));
	text_add(t, " } : %d\n", RENDER_REDIRECTED);
}

/*
 * A client in the gateway's own network would be answered directly, from an
 * address that it did not ask: there, and only there, the router puts itself
 * between, which hides the client's address.
 */
static void
put_hairpin(const struct site *s, struct text *t, enum addr_family f)
{
	struct render_set v = render_redirect_to(s, f);
	char buf[ADDR_TEXT], net[ADDR_TEXT];

	for (unsigned i = 0; i < v.count; i++) {
		const struct site_network *n = site_network_of(s, &v.addr[i]);

		for (unsigned k = 0; n != NULL && k < n->count; k++)
			if (prefix_holds(&n->prefix[k], &v.addr[i]))
				text_add(t,
				    "\t\toifname @inside_if %s saddr %s %s "
				    "daddr %s udp dport %d ct status dnat "
				    "masquerade\n",
				    nft_ip(f), prefix_print(&n->prefix[k], net),
				    nft_ip(f),
				    addr_print(&v.addr[i], false, buf),
				    RENDER_REDIRECTED);
	}
}

static void
put_redirect(const struct render_job *j, struct text *t, bool gateway)
{
	text_add(t,
	    "\n\t# To a port of its own, so that redirected hosts are known as "
	    "such.  A flow that is older\n\t# than these rules goes on as it "
	    "was: conntrack -D -p udp --dport 123\n"
	    "\tchain redirect_in {\n\t\ttype nat hook prerouting priority "
	    "dstnat; policy accept;\n"
	    "\t\tiifname != @inside_if return\n"
	    "\t\tfib daddr type local return\n");
	NFT_EACH_FAMILY(f)
	put_not_redirected(t, f);
	NFT_EACH_FAMILY(f)
	put_keyed(t, f);
	if (gateway)
		text_add(t,
		    "\t\tudp dport 123 counter name redirected redirect to "
		    ":%d\n",
		    RENDER_REDIRECTED);
	NFT_EACH_FAMILY(f)
	if (!gateway)
		put_dnat(j->site, t, f);
	text_add(t, "\t}\n");
	if (gateway)
		return;
	text_add(t,
	    "\tchain redirect_out {\n\t\ttype nat hook postrouting "
	    "priority srcnat; policy accept;\n");
	NFT_EACH_FAMILY(f)
	put_hairpin(j->site, t, f);
	text_add(t, "\t}\n");
}

/* ---- budget ---- */

/* The limit is named by its number: one that changed is another object, one
 * that did not keeps its tokens.  The first half of a day's budget may go at
 * once, as a start needs it. */
static void
put_budget(const struct render_job *j, struct text *t, bool gateway)
{
	unsigned day = j->site->budget_day;

	text_add(t,
	    "\n# The second fence around the budget; the first is the "
	    "gateways' own ledger.\n"
	    "table inet ntpgate_budget {\n\tlimit day%u {\n"
	    "\t\trate over %u/day burst %u packets\n\t}\n"
	    "\tcounter over_budget {\n\t}\n\tcounter within_budget {\n\t}\n"
	    "\tchain spend {\n\t}\n\tchain forward {\n"
	    "\t\ttype filter hook forward priority filter - 4; policy accept;\n"
	    "\t}\n\tchain output {\n"
	    "\t\ttype filter hook output priority filter - 4; policy accept;\n"
	    "\t}\n}\nflush chain inet ntpgate_budget spend\n"
	    "flush chain inet ntpgate_budget forward\n"
	    "flush chain inet ntpgate_budget output\n"
	    "table inet ntpgate_budget {\n\tchain spend {\n"
	    "\t\tlimit name \"day%u\" counter name over_budget%s\n"
	    "\t\tcounter name within_budget\n\t}\n\tchain forward {\n",
	    day, day, day > 1 ? day / 2 : 1, day, verdict(j));
	NFT_EACH_FAMILY(f)
	{
		struct render_set v = render_askers(j->site, f);

		for (unsigned i = 0;
		     i < j->router->outside.count && v.count > 0; i++) {
			text_add(t, "\t\toifname \"%s\" %s saddr { ",
			    j->router->outside.name[i], nft_ip(f));
			render_set_put(t, &v, "", ", ");
			text_add(t, " } udp dport 123 jump spend\n");
		}
	}
	text_add(t, "\t}\n\tchain output {\n");
	for (unsigned i = 0; i < j->router->outside.count && gateway; i++)
		text_add(t, "\t\toifname \"%s\" udp dport 123 jump spend\n",
		    j->router->outside.name[i]);
	text_add(t, "\t}\n}\n");
}

/* ---- the files ---- */

static void
put_why(const struct render_job *j, struct text *t)
{
	char buf[ADDR_TEXT];

	for (unsigned i = 0; i < j->site->exempt_count; i++)
		render_remark(j, t, "exempt: %s: %s",
		    addr_print(&j->site->exempt[i].address, false, buf),
		    j->site->exempt[i].why);
	if (!site_knows_upstreams(j->site))
		render_lines(j, t,
		    "Not all upstreams have \"addresses\" in the site file: "
		    "gateways may ask any\naddress, within the budget.");
}

/* Our tables can only forbid: where all is forbidden that is not allowed,
 * these lines belong to the operator's own rules. */
static void
put_permits(const struct render_job *j, struct text *t, bool gateway)
{
	text_add(t,
	    "\n# Where your own rules drop by default, let these "
	    "through, too:\n");
	NFT_EACH_FAMILY(f)
	{
		struct render_set in = render_answerers(j->site, f);
		struct render_set out = render_askers(j->site, f);

		if (in.count == 0)
			continue;
		text_add(t, "#\t%s daddr { ", nft_ip(f));
		render_set_put(t, &in, "", ", ");
		text_add(t, " } udp dport %s accept\t\t# %s\n",
		    j->site->policy == SITE_REDIRECT ? "{ 123, 1123 }" : "123",
		    gateway ? "input, and forward to the other gateway" :
			      "forward");
		text_add(t, "#\t%s saddr { ", nft_ip(f));
		render_set_put(t, &out, "", ", ");
		text_add(t, " } udp dport 123 accept\t\t# %s\n",
		    gateway ? "output, and forward" : "forward");
	}
	text_add(t, "#\tct state established,related accept\n");
	if (gateway)
		text_add(t,
		    "#\tudp sport 123 accept\t\t# output: what is not "
		    "tracked is not established\n");
}

void
render_nftables(const struct render_job *j, struct text *t)
{
	const bool gateway = site_is_gateway(j->site, j->router) != NULL;

	put_why(j, t);
	/* The first line makes the second succeed when there is none yet. */
	text_add(t,
	    "\ntable inet ntpgate\ndelete table inet ntpgate\n"
	    "table inet ntpgate {\n");
	put_interfaces(t, "inside_if", &j->router->inside);
	put_interfaces(t, "outside_if", &j->router->outside);
	nft_sets(j->site, t, false);
	put_counters(j, t);
	text_add(t, "\n");
	put_forward(j, t);
	put_self(j, t, gateway);
	if (gateway)
		put_notrack(t);
	if (j->site->policy == SITE_REDIRECT)
		put_redirect(j, t, gateway);
	text_add(t, "}\n");
	put_budget(j, t, gateway);
	put_permits(j, t, gateway);
}
