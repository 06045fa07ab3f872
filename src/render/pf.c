/* SPDX-License-Identifier: ISC */
/*
 * pf.c - an anchor for FreeBSD's packet filter; pfSense and OPNsense write
 * theirs themselves and want the work sheet.
 */
#include "render/parts.h"

static void
put_macro(struct text *t, const char *name, const struct site_names *n)
{
	text_add(t, "%s = \"{", name);
	for (unsigned i = 0; i < n->count; i++)
		text_add(t, "%s %s", i > 0 ? "," : "", n->name[i]);
	text_add(t, " }\"\n");
}

static void
put_table(struct text *t, const char *name, const struct render_set *v)
{
	if (v->count == 0) {
		text_add(t, "table <ntpgate_%s> persist\n", name);
		return;
	}
	text_add(t, "table <ntpgate_%s> const {\n\t", name);
	render_set_put(t, v, "", "\n\t");
	text_add(t, "\n}\n");
}

static void
put_tables(const struct site *s, struct text *t)
{
	struct render_set askers = render_askers(s, ADDR_NONE);
	struct render_set upstreams = render_upstreams(s, ADDR_NONE);
	struct render_set own = askers;
	const struct prefix *p;
	char buf[ADDR_TEXT];

	put_table(t, "asker", &askers);
	put_table(t, "upstream", &upstreams);
	render_add(&own, &s->service, ADDR_NONE);
	text_add(t, "table <ntpgate_own> const {\n");
	for (enum addr_family f = ADDR_V4; f <= ADDR_V6; f++) {
		struct render_prefixes all = { .site = s, .family = f };

		while ((p = render_prefix_next(&all)) != NULL)
			text_add(t, "\t%s\n", prefix_print(p, buf));
	}
	text_add(t, "\t");
	render_set_put(t, &own, "", "\n\t");
	text_add(t, "\n}\n");
}

/* "from A to any", or to those that it may ask. */
static void
put_exempt_pair(struct text *t, const struct site_exempt *x)
{
	char buf[ADDR_TEXT];

	text_add(t, "from %s to %s", addr_print(&x->address, false, buf),
	    x->to.count == 0 ? "any" : "{ ");
	for (unsigned k = 0; k < x->to.count; k++)
		text_add(t, "%s%s", k > 0 ? ", " : "",
		    addr_print(&x->to.addr[k], false, buf));
	text_add(t, "%s", x->to.count > 0 ? " }" : "");
}

/* Translation stands before filtering. */
static void
put_redirect(const struct site *s, struct text *t)
{
	text_add(t,
	    "\n# OpenBSD: match in on $ntpgate_in ... rdr-to ADDRESS "
	    "port %d\n",
	    RENDER_REDIRECTED);
	for (unsigned i = 0; i < s->exempt_count; i++) {
		text_add(t, "no rdr on $ntpgate_in proto udp ");
		put_exempt_pair(t, &s->exempt[i]);
		text_add(t, " port 123\n");
	}
	for (enum addr_family f = ADDR_V4; f <= ADDR_V6; f++) {
		struct render_set v = render_redirect_to(s, f);

		if (v.count == 0)
			continue;
		text_add(t,
		    "rdr pass on $ntpgate_in %s proto udp from ! "
		    "<ntpgate_asker> to ! <ntpgate_own> port 123 -> ",
		    f == ADDR_V4 ? "inet" : "inet6");
		text_add(t, v.count > 1 ? "{ " : "");
		render_set_put(t, &v, "", ", ");
		text_add(t, "%s port %d%s\n", v.count > 1 ? " }" : "",
		    RENDER_REDIRECTED, v.count > 1 ? " source-hash" : "");
	}
}

static void
put_exempt(const struct render_job *j, struct text *t)
{
	char buf[ADDR_TEXT];

	for (unsigned i = 0; i < j->site->exempt_count; i++) {
		const struct site_exempt *x = &j->site->exempt[i];

		addr_print(&x->address, false, buf);
		render_remark(j, t, "exempt: %s: %s", buf, x->why);
		text_add(t, "pass in quick on $ntpgate_in proto { udp, tcp } ");
		put_exempt_pair(t, x);
		text_add(t, " port { 123, 4460 } label \"ntpgate-exempt\"\n");
	}
}

static void
put_spoofed(const struct render_job *j, struct text *t, const char *block)
{
	if (j->site->spoofed == SITE_SPOOFED_OFF)
		return;
	text_add(t,
	    "\n# BCP 38: what leaves comes from us, and nothing of ours comes "
	    "from outside\n"
	    "%s on $ntpgate_out from <ntpgate_own> to any label "
	    "\"ntpgate-spoofed\"\n",
	    block);
	if (j->site->spoofed == SITE_SPOOFED_ALL)
		text_add(t,
		    "%s on $ntpgate_in from ! <ntpgate_own> to ! <ntpgate_own> "
		    "label \"ntpgate-spoofed\"\n",
		    block);
	else
		text_add(t,
		    "%s on $ntpgate_in proto udp from ! <ntpgate_own> to ! "
		    "<ntpgate_own> port 123 label \"ntpgate-spoofed\"\n",
		    block);
}

void
render_pf(const struct render_job *j, struct text *t)
{
	const bool known = site_knows_upstreams(j->site);
	const char *block =
	    render_blocks(j) ? "block in log quick" : "match in log";
	const char *polite =
	    render_blocks(j) ? "block return in log quick" : "match in log";

	put_macro(t, "ntpgate_in", &j->router->inside);
	put_macro(t, "ntpgate_out", &j->router->outside);
	put_tables(j->site, t);
	if (j->site->policy == SITE_REDIRECT)
		put_redirect(j->site, t);
	put_spoofed(j, t, block);
	text_add(t,
	    "\n# The budget is the gateways' own: pf limits no rate of UDP.\n"
	    "pass in quick on $ntpgate_in proto udp from <ntpgate_asker> to %s "
	    "port 123 label \"ntpgate-upstream\"\n"
	    "pass out quick on $ntpgate_out proto udp from <ntpgate_asker> to "
	    "%s port 123\n",
	    known ? "<ntpgate_upstream>" : "any",
	    known ? "<ntpgate_upstream>" : "any");
	put_exempt(j, t);
	text_add(t,
	    "\n%s on $ntpgate_in proto udp from any to ! <ntpgate_own> port 123 "
	    "label \"ntpgate-hard-coded\"\n"
	    "%s on $ntpgate_in proto tcp from any to ! <ntpgate_own> port 4460 "
	    "label \"ntpgate-nts\"\n"
	    "# an inside server that answers the outside: reflection\n"
	    "%s on $ntpgate_in proto udp from any port 123 to ! <ntpgate_own> "
	    "label \"ntpgate-reflected\"\n"
	    "# answers belong to a state and do not come here\n"
	    "%s on $ntpgate_out proto udp from any to any port 123 label "
	    "\"ntpgate-unsolicited\"\n",
	    polite, polite, block, block);
}
