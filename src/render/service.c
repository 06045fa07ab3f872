/* SPDX-License-Identifier: ISC */
/*
 * service.c - the address that the gateways share: by VRRP (keepalived) or
 * announced by each (BIRD).  Either asks the gateway as a client would.  Who
 * is in holdover and within its limit still answers well, and so stays; and
 * two that are ill are both better than nobody.
 */
#include "render/parts.h"

static const char *
interface(const struct render_job *j)
{
	return j->gateway->interface[0] != '\0' ? j->gateway->interface :
						  "eth0";
}

static void
note_interface(const struct render_job *j, struct text *t)
{
	if (j->gateway->interface[0] == '\0')
		render_lines(j, t,
		    "The site file does not name this gateway's "
		    "\"interface\": eth0 is a guess.");
}

static unsigned
own_number(const struct render_job *j)
{
	return (unsigned)(j->gateway - j->site->gateway);
}

static struct render_set
service(const struct render_job *j, enum addr_family f)
{
	struct render_set v = { 0 };

	render_add(&v, &j->site->service, f);
	return v;
}

/* ---- keepalived ---- */

static void
put_instance(const struct render_job *j, struct text *t, enum addr_family f)
{
	struct render_set v = service(j, f);
	char buf[ADDR_TEXT];

	if (v.count == 0)
		return;
	text_add(t,
	    "vrrp_instance NTPGATE%d {\n\tstate BACKUP\n\tinterface %s\n"
	    "\tvirtual_router_id 123\n\tpriority %u\n\tadvert_int 0.5\n"
	    "\tversion 3\n\tvirtual_ipaddress {\n",
	    f == ADDR_V4 ? 4 : 6, interface(j), 150 - 10 * own_number(j));
	for (unsigned i = 0; i < v.count; i++)
		text_add(t, "\t\t%s/%d\n", addr_print(&v.addr[i], false, buf),
		    f == ADDR_V4 ? 32 : 128);
	text_add(t, "\t}\n\ttrack_script {\n\t\tntp_well\n\t}\n}\n");
}

void
render_keepalived(const struct render_job *j, struct text *t)
{
	char buf[ADDR_TEXT];

	note_interface(j, t);
	/*
	 * Its own address, not the service's, which may be the other's.  Two
	 * checks that time out, and 3.5 intervals of adverts, as the other
	 * waits for those of its own priority alone: 5 s.
	 */
	text_add(t,
	    "global_defs {\n\trouter_id %s\n\tscript_user nobody\n"
	    "\tenable_script_security\n\tvrrp_garp_master_delay 1\n}\n"
	    "vrrp_script ntp_well {\n"
	    "\tscript \"/usr/bin/ntpgate query %s\"\n"
	    "\tinterval 1\n\ttimeout 1\n\tfall 2\n\trise 3\n"
	    "\t# less and not a fault: of two that are ill, one stays\n"
	    "\tweight -100\n}\n",
	    j->gateway->name,
	    addr_print(&j->gateway->inside.addr[0], false, buf));
	put_instance(j, t, ADDR_V4);
	put_instance(j, t, ADDR_V6);
}

/* ---- BIRD ---- */

static void
put_static(const struct render_job *j, struct text *t, enum addr_family f)
{
	struct render_set v = service(j, f);
	char buf[ADDR_TEXT];
	int n = f == ADDR_V4 ? 4 : 6;

	if (v.count == 0)
		return;
	text_add(t,
	    "protocol static ntpgate%d {\n"
	    "\tdisabled;\t# the check of health enables it\n\tipv%d;\n",
	    n, n);
	for (unsigned i = 0; i < v.count; i++)
		text_add(t, "\troute %s/%d blackhole;\n",
		    addr_print(&v.addr[i], false, buf),
		    f == ADDR_V4 ? 32 : 128);
	text_add(t, "}\n");
}

static void
put_ospf(const struct render_job *j, struct text *t, enum addr_family f)
{
	int n = f == ADDR_V4 ? 4 : 6;

	if (service(j, f).count == 0)
		return;
	text_add(t,
	    "protocol ospf v%d {\n\tipv%d {\n\t\timport none;\n"
	    "\t\texport where proto = \"ntpgate%d\";\n\t};\n"
	    "\tarea 0 {\n\t\tinterface \"%s\" {\n\t\t\thello 2;\n"
	    "\t\t\tdead 6;\n\t\t};\n\t};\n}\n",
	    n == 4 ? 2 : 3, n, n, interface(j));
}

/* Our address of the neighbour's family. */
static const struct addr *
local_of(const struct render_job *j, enum addr_family f)
{
	for (unsigned i = 0; i < j->gateway->inside.count; i++)
		if (j->gateway->inside.addr[i].family == f)
			return &j->gateway->inside.addr[i];
	return NULL;
}

static void
put_bgp(const struct render_job *j, struct text *t)
{
	const struct site *s = j->site;
	char buf[ADDR_TEXT], own[ADDR_TEXT];

	for (unsigned i = 0; i < s->anycast.neighbors.count; i++) {
		const struct addr *a = &s->anycast.neighbors.addr[i];
		const struct addr *local = local_of(j, a->family);
		int n = a->family == ADDR_V4 ? 4 : 6;

		if (local == NULL || service(j, a->family).count == 0)
			continue;
		/* direct: without it the next hop of a neighbour on the same
		 * wire is unreachable. */
		text_add(t,
		    "protocol bgp router%u {\n\tlocal %s as %u;\n"
		    "\tneighbor %s as %u;\n\tdirect;\n\thold time 6;\n"
		    "\tkeepalive time 2;\n\tconnect delay time 1;\n"
		    "\tipv%d {\n\t\timport none;\n"
		    "\t\texport where proto = \"ntpgate%d\";\n"
		    "\t\tnext hop self;\n\t};\n}\n",
		    i + 1, addr_print(local, false, own), s->anycast.as,
		    addr_print(a, false, buf), s->anycast.as, n, n);
	}
}

void
render_bird(const struct render_job *j, struct text *t)
{
	const struct addr *a = local_of(j, ADDR_V4);
	char buf[ADDR_TEXT];

	/* A router id has the form of an IPv4 address, whatever is routed. */
	if (a != NULL)
		text_add(t, "router id %s;\n", addr_print(a, false, buf));
	else
		text_add(t, "router id 10.123.0.%u;\n", own_number(j) + 1);
	text_add(t, "log syslog all;\nprotocol device {\n\tscan time 5;\n}\n");
	put_static(j, t, ADDR_V4);
	put_static(j, t, ADDR_V6);
	if (j->site->anycast.as != 0) {
		put_bgp(j, t);
		return;
	}
	note_interface(j, t);
	put_ospf(j, t, ADDR_V4);
	put_ospf(j, t, ADDR_V6);
}

/* ---- the check of health for BIRD ---- */

static void
put_addresses(const struct render_job *j, struct text *t, enum addr_family f)
{
	struct render_set v = service(j, f), others = { 0 };

	for (unsigned i = 0; i < j->site->gateway_count; i++)
		if (i != own_number(j)) {
			struct render_set one = { 0 };

			render_add(&one, &j->site->gateway[i].inside, f);
			if (one.count > 0)
				others.addr[others.count++] = one.addr[0];
		}
	text_add(t, "service%d='", f == ADDR_V4 ? 4 : 6);
	v.count = v.count > 1 ? 1 : v.count;
	render_set_put(t, &v, "", " ");
	text_add(t, "'\nothers%d='", f == ADDR_V4 ? 4 : 6);
	render_set_put(t, &others, "", " ");
	text_add(t, "'\n");
}

void
render_health(const struct render_job *j, struct text *t)
{
	struct render_set all = service(j, ADDR_NONE);
	char buf[ADDR_TEXT];

	put_addresses(j, t, ADDR_V4);
	put_addresses(j, t, ADDR_V6);
	text_add(t,
	    "\n# the service's addresses stand on lo; announced or "
	    "not\n");
	for (unsigned i = 0; i < all.count; i++)
		text_add(t, "ip addr replace %s/%d dev lo\n",
		    addr_print(&all.addr[i], false, buf),
		    all.addr[i].family == ADDR_V4 ? 32 : 128);
	text_add(t,
	    "\nwell() {\n\ttimeout 3 ntpgate query \"$1\" >/dev/null 2>&1\n}\n"
	    "any_other() {\n\tfor a in $1; do\n"
	    "\t\tif well \"$a\"; then return 0; fi\n\tdone\n\treturn 1\n}\n"
	    "\n# look PROTOCOL SERVICE OTHERS MISSES GOOD: prints the new "
	    "MISSES GOOD.  Two misses\n"
	    "# withdraw, three good answers announce, and every half minute "
	    "again, for a BIRD that\n# was started anew.  Whoever is the last "
	    "stays announced.\n"
	    "look() {\n\tif well \"$2\"; then\n\t\tset -- \"$1\" \"$2\" \"$3\" "
	    "0 $(($5 + 1))\n\telse\n\t\tset -- \"$1\" \"$2\" \"$3\" $(($4 + 1)) "
	    "0\n\tfi\n"
	    "\tif [ $(($5 %% 15)) -eq 3 ]; then\n\t\tbirdc enable \"$1\" "
	    ">/dev/null\n"
	    "\telif [ \"$4\" -ge 2 ] && any_other \"$3\"; then\n"
	    "\t\tbirdc disable \"$1\" >/dev/null\n\tfi\n"
	    "\techo \"$4 $5\"\n}\n"
	    "\nstate4='0 0' state6='0 0'\nwhile :; do\n"
	    "\t# shellcheck disable=SC2086 # two numbers\n"
	    "\tif [ -n \"$service4\" ]; then\n"
	    "\t\tstate4=$(look ntpgate4 \"$service4\" \"$others4\" $state4)\n"
	    "\tfi\n"
	    "\t# shellcheck disable=SC2086\n"
	    "\tif [ -n \"$service6\" ]; then\n"
	    "\t\tstate6=$(look ntpgate6 \"$service6\" \"$others6\" $state6)\n"
	    "\tfi\n\tsleep 2\ndone\n");
}
