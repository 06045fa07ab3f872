/* SPDX-License-Identifier: ISC */
/* junos.c - firewall filters for Junos, as "set" lines; the SRX's policies are
 * in the comments, for they speak of zones. */
#include "render/parts.h"

struct junos_filter {
	const struct render_job *j;
	struct text *t;
	enum addr_family f;
};

static void put(const struct junos_filter *x, const char *term, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

static void
put(const struct junos_filter *x, const char *term, const char *fmt, ...)
{
	va_list ap;

	text_add(x->t, "set firewall family %s filter %s term %s ",
	    x->f == ADDR_V4 ? "inet" : "inet6",
	    x->f == ADDR_V4 ? "NTPGATE-IN" : "NTPGATE-IN6", term);
	va_start(ap, fmt);
	text_vadd(x->t, fmt, ap);
	va_end(ap);
	text_add(x->t, "\n");
}

static void
put_set(const struct junos_filter *x, const char *term, const char *what,
    const struct render_set *v)
{
	char buf[ADDR_TEXT];

	for (unsigned i = 0; i < v->count; i++)
		put(x, term, "from %s %s/%d", what,
		    addr_print(&v->addr[i], false, buf),
		    x->f == ADDR_V4 ? 32 : 128);
}

static void
put_udp(const struct junos_filter *x, const char *term, const char *protocol,
    int port)
{
	put(x, term, "from %s %s", x->f == ADDR_V4 ? "protocol" : "next-header",
	    protocol);
	put(x, term, "from destination-port %d", port);
}

static void
put_exempt(const struct junos_filter *x)
{
	char term[32], buf[ADDR_TEXT];

	for (unsigned i = 0; i < x->j->site->exempt_count; i++) {
		const struct site_exempt *e = &x->j->site->exempt[i];
		struct render_set to = { 0 };
		struct text t = TEXT(term);

		if (e->address.family != x->f)
			continue;
		text_add(&t, "exempt-%u", i + 1);
		render_remark(x->j, x->t, "exempt: %s: %s",
		    addr_print(&e->address, false, buf), e->why);
		put(x, term, "from source-address %s/%d", buf,
		    x->f == ADDR_V4 ? 32 : 128);
		render_add(&to, &e->to, x->f);
		put_set(x, term, "destination-address", &to);
		put(x, term, "from %s [ udp tcp ]",
		    x->f == ADDR_V4 ? "protocol" : "next-header");
		put(x, term, "from destination-port [ 123 4460 ]");
		put(x, term, "then accept");
	}
}

static void
put_filter(const struct junos_filter *x)
{
	struct render_set in = render_answerers(x->j->site, x->f);
	struct render_set from = render_askers(x->j->site, x->f);
	struct render_set to = render_upstreams(x->j->site, x->f);
	const char *end = render_blocks(x->j) ? "discard" : "accept";

	if (in.count > 0) {
		put_set(x, "gateways", "destination-address", &in);
		put_udp(x, "gateways", "udp", RENDER_NTP);
		put(x, "gateways", "then accept");
		put_set(x, "answers", "source-address", &in);
		put(x, "answers", "from %s udp",
		    x->f == ADDR_V4 ? "protocol" : "next-header");
		put(x, "answers", "from source-port 123");
		put(x, "answers", "then accept");
		put_set(x, "upstreams", "source-address", &from);
		if (site_knows_upstreams(x->j->site))
			put_set(x, "upstreams", "destination-address", &to);
		put_udp(x, "upstreams", "udp", RENDER_NTP);
		put(x, "upstreams", "then accept");
	}
	put_exempt(x);
	put_udp(x, "hard-coded", "udp", RENDER_NTP);
	put(x, "hard-coded", "then count ntpgate-hard-coded syslog %s", end);
	put_udp(x, "nts", "tcp", RENDER_NTS);
	put(x, "nts", "then count ntpgate-nts syslog %s", end);
	put(x, "reflected", "from %s udp",
	    x->f == ADDR_V4 ? "protocol" : "next-header");
	put(x, "reflected", "from source-port 123");
	put(x, "reflected", "then count ntpgate-reflected %s", end);
}

static void
put_srx(const struct render_job *j, struct text *t)
{
	const char *in = j->router->inside.name[0];
	const char *out = j->router->outside.name[0];
	struct render_set v = render_redirect_to(j->site, ADDR_V4);
	char buf[ADDR_TEXT];

	text_add(t,
	    "#\n# On an SRX the same with zones (%s and %s, if those are "
	    "zones):\n"
	    "#   set applications application ntpgate-ntp protocol udp "
	    "destination-port 123\n"
	    "#   set security policies from-zone %s to-zone %s policy "
	    "ntpgate-block match source-address any destination-address any "
	    "application ntpgate-ntp\n"
	    "#   set security policies from-zone %s to-zone %s policy "
	    "ntpgate-block then deny log session-init\n",
	    in, out, in, out, in, out);
	if (j->site->policy != SITE_REDIRECT || v.count == 0)
		return;
	text_add(t,
	    "#   set security nat destination pool NTPGATE address %s/32 port "
	    "%d\n"
	    "#   set security nat destination rule-set NTPGATE from zone %s\n"
	    "#   set security nat destination rule-set NTPGATE rule ntpgate "
	    "match destination-address 0.0.0.0/0 destination-port 123 protocol "
	    "udp\n"
	    "#   set security nat destination rule-set NTPGATE rule ntpgate "
	    "then destination-nat pool NTPGATE\n",
	    addr_print(&v.addr[0], false, buf), RENDER_REDIRECTED, in);
}

void
render_junos(const struct render_job *j, struct text *t)
{
	struct junos_filter x = { j, t, ADDR_V4 };
	struct render_set v = render_firsts(j->site);
	char buf[ADDR_TEXT];

	if (j->site->policy == SITE_REDIRECT)
		render_lines(j, t,
		    "Policy redirect: a filter cannot redirect; it blocks. An "
		    "SRX can, see below.");
	put_filter(&x);
	x.f = ADDR_V6;
	put_filter(&x);
	render_lines(j, t,
	    "A filter ends with an invisible discard: your own terms come "
	    "behind, or\n  set firewall family inet filter NTPGATE-IN term "
	    "rest then accept\n  set firewall family inet6 filter NTPGATE-IN6 "
	    "term rest then accept\nTo put it in force:");
	for (unsigned i = 0; i < j->router->inside.count; i++) {
		const char *n = j->router->inside.name[i];

		text_add(t,
		    "#   set interfaces %s unit 0 family inet filter input "
		    "NTPGATE-IN\n"
		    "#   set interfaces %s unit 0 family inet6 filter input "
		    "NTPGATE-IN6\n",
		    n, n);
		if (j->site->spoofed != SITE_SPOOFED_OFF)
			text_add(t,
			    "#   set interfaces %s unit 0 family inet "
			    "rpf-check\n"
			    "#   set interfaces %s unit 0 family inet6 "
			    "rpf-check\n",
			    n, n);
	}
	put_srx(j, t);
	render_lines(j, t, "its own time");
	for (unsigned i = 0; i < v.count; i++)
		text_add(t, "set system ntp server %s%s\n",
		    addr_print(&v.addr[i], false, buf),
		    i == 0 ? " prefer" : "");
	render_lines(j, t, "DHCP");
	render_junos_dhcp(j, t);
}
