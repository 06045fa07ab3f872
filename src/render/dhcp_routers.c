/* SPDX-License-Identifier: ISC */
/* dhcp_routers.c - routers that hand out leases. */
#include "render/dhcp.h"

/* A second prefix of a network has a pool of its own. */
static void
put_name(struct text *t, const struct render_subnets *s)
{
	text_add(t, "%s", s->of->name);
	if (s->at > 1)
		text_add(t, "-%u", s->at);
}

/* Without a DHCP server of that machine in the file there is nothing to say;
 * where no machine at all is of that kind, all is shown. */
static bool
asked(const struct render_job *j)
{
	return j->dhcp != NULL || j->lent;
}

void
render_ios_dhcp(const struct render_job *j, struct text *t)
{
	struct render_subnets s = { .family = ADDR_V4 };
	char net[ADDR_TEXT], mask[ADDR_TEXT];

	while (asked(j) && render_dhcp_next(j, &s)) {
		if (s.servers.count == 0)
			continue;
		text_add(t, "ip dhcp pool ");
		put_name(t, &s);
		text_add(t, "\n network %s %s\n option 42 ip ",
		    addr_print(&s.prefix->net, false, net),
		    render_mask(s.prefix, false, mask));
		render_set_put(t, &s.servers, "", " ");
		text_add(t, "\n");
	}
	s = (struct render_subnets){ .family = ADDR_V6 };
	while (asked(j) && render_dhcp_next(j, &s)) {
		if (s.servers.count == 0)
			continue;
		text_add(t, "ipv6 dhcp pool ");
		put_name(t, &s);
		text_add(t, "\n sntp address ");
		render_set_put(t, &s.servers, "", "\n sntp address ");
		text_add(t, "\n");
	}
}

void
render_junos_dhcp(const struct render_job *j, struct text *t)
{
	char net[ADDR_TEXT];

	for (enum addr_family f = ADDR_V4; f <= ADDR_V6 && asked(j); f++) {
		struct render_subnets s = { .family = f };

		while (render_dhcp_next(j, &s)) {
			if (s.servers.count == 0)
				continue;
			for (int line = 0; line < 2; line++) {
				text_add(t,
				    "set access address-assignment pool ");
				put_name(t, &s);
				text_add(t, f == ADDR_V4 ? "" : "-6");
				text_add(t, " family %s ",
				    f == ADDR_V4 ? "inet" : "inet6");
				if (line == 0) {
					text_add(t, "%s %s\n",
					    f == ADDR_V4 ? "network" : "prefix",
					    prefix_print(s.prefix, net));
					continue;
				}
				text_add(t,
				    f == ADDR_V4 ?
					"dhcp-attributes option 42 array "
					"ip-address [ " :
					"dhcp-attributes sntp-server [ ");
				render_set_put(t, &s.servers, "", " ");
				text_add(t, " ]\n");
			}
		}
	}
}

void
render_routeros_dhcp(const struct render_job *j, struct text *t)
{
	struct render_subnets s = { .family = ADDR_V4 };
	char net[ADDR_TEXT];

	while (asked(j) && render_dhcp_next(j, &s)) {
		if (s.servers.count == 0)
			continue;
		text_add(t,
		    "/ip dhcp-server network set [find address=%s] ntp-server=",
		    prefix_print(s.prefix, net));
		render_set_put(t, &s.servers, "", ",");
		text_add(t, "\n");
	}
	s = (struct render_subnets){ .family = ADDR_V6 };
	while (asked(j) && render_dhcp_next(j, &s)) {
		if (s.one.count == 0)
			continue;
		text_add(t,
		    "/ipv6 dhcp-server option add code=56 "
		    "name=ntpgate-56-");
		put_name(t, &s);
		text_add(t, " value=0x00010010");
		render_dhcp_octets(t, &s.one.addr[0], "");
		text_add(t,
		    "\n/ipv6 dhcp-server option add code=31 "
		    "name=ntpgate-31-");
		put_name(t, &s);
		text_add(t, " value=0x");
		for (unsigned i = 0; i < s.servers.count; i++)
			render_dhcp_octets(t, &s.servers.addr[i], "");
		text_add(t, "\n");
	}
}

void
render_openwrt_dhcp(const struct render_job *j, struct text *t)
{
	for (unsigned i = 0; i < j->site->network_count && asked(j); i++) {
		struct render_set v4 = render_turned(j->site, i, ADDR_V4);
		struct render_set v6 = render_turned(j->site, i, ADDR_V6);

		if (!render_dhcp_serves(j, i))
			continue;
		text_add(t, "config dhcp '%s'\n", j->site->network[i].name);
		if (v4.count > 0) {
			text_add(t, "\tlist dhcp_option '42,");
			render_set_put(t, &v4, "", ",");
			text_add(t, "'\n\tlist dhcp_option '4,");
			render_set_put(t, &v4, "", ",");
			text_add(t, "'\n");
		}
		/* odhcpd; each is an option 56 of its own making */
		for (unsigned k = 0; k < v6.count; k++) {
			char buf[ADDR_TEXT];

			text_add(t, "\tlist ntp '%s'\n",
			    addr_print(&v6.addr[k], false, buf));
		}
		text_add(t, "\n");
	}
}
