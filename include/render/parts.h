/* SPDX-License-Identifier: ISC */
/*
 * parts.h - what the files of render/ have in common; no one else includes
 * it.
 */
#ifndef RENDER_PARTS_H
#define RENDER_PARTS_H

#include "render/render.h"

#define RENDER_NTP 123
#define RENDER_NTS 4460
#define RENDER_REDIRECTED 1123 /* serve.redirected */

enum render_of { RENDER_SITE, RENDER_GATEWAY, RENDER_ROUTER, RENDER_DHCP };

/* One rendering: the site, and whom it is for. */
struct render_job {
	const struct site *site;
	const char *lead; /* of a comment */
	const struct site_gateway *gateway;
	const struct site_router *router;
	const struct site_dhcp *dhcp;
	/* No machine of this kind is in the site: interfaces are those of
	 * the first router, networks all. */
	bool lent;
};

struct render_output {
	const char *target;
	enum render_of of;
	enum site_dialect dialect; /* of routers and DHCP servers */
	const char *path;	   /* with %s for the machine's name */
	const char *lead;	   /* of a comment; "": plain text */
	const char *what;
	const char *load, *check, *remove; /* lines; "": nothing to say */
	void (*put)(const struct render_job *j, struct text *t);
	bool (*has)(const struct site *s); /* NULL: always */
	const char *lacks;		   /* the sentence if not */
};

/* ---- parts.c ---- */

#define RENDER_SET_MAX 96

struct render_set {
	unsigned count;
	struct addr addr[RENDER_SET_MAX];
};

/* Addresses of one family (ADDR_NONE: both), each once. */
void render_add(struct render_set *v, const struct site_addrs *a,
    enum addr_family f);

/* From where gateways ask, inside and outside. */
struct render_set render_askers(const struct site *s, enum addr_family f);

/* Where gateways answer: inside, and the service. */
struct render_set render_answerers(const struct site *s, enum addr_family f);

/* Upstreams and spares, as far as their addresses are known. */
struct render_set render_upstreams(const struct site *s, enum addr_family f);

/*
 * The gateways' inside addresses, beginning with another gateway from network
 * to network, so that the load splits where clients ask the first only.
 */
struct render_set render_turned(const struct site *s, unsigned network,
    enum addr_family f);

/* One address of each gateway: one that is named twice would look like two
 * sources that agree. */
struct render_set render_firsts(const struct site *s);

/* To whom hard-coded hosts are sent: the service, or the gateways. */
struct render_set render_redirect_to(const struct site *s, enum addr_family f);

/* before each, between them, after each. */
void render_set_put(struct text *t, const struct render_set *v,
    const char *before, const char *between);

bool render_has(const struct site *s, enum addr_family f); /* a gateway */

/* "255.255.0.0", or "0.0.255.255" */
char *render_mask(const struct prefix *p, bool wild, char buf[ADDR_TEXT]);

/* A comment of one line, with free text in it: what would end or continue a
 * line, call for help or complete a word at a console becomes harmless. */
void render_remark(const struct render_job *j, struct text *t, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

/* Lines of fixed text as comments, each with the lead. */
void render_lines(const struct render_job *j, struct text *t,
    const char *lines);

/* The prefixes of all networks of a family, one after the other. */
struct render_prefixes {
	const struct site *site;
	enum addr_family family;
	unsigned network, at;
};
const struct prefix *render_prefix_next(struct render_prefixes *p);

bool render_blocks(const struct render_job *j); /* not audit */

/* ---- a file each ---- */

void render_gateway(const struct render_job *j, struct text *t);
void render_keepalived(const struct render_job *j, struct text *t);
void render_bird(const struct render_job *j, struct text *t);
void render_health(const struct render_job *j, struct text *t);
void render_nftables(const struct render_job *j, struct text *t);
void render_nftables_sets(const struct render_job *j, struct text *t);
void render_iptables(const struct render_job *j, struct text *t);
void render_ip6tables(const struct render_job *j, struct text *t);
void render_pf(const struct render_job *j, struct text *t);
void render_ios(const struct render_job *j, struct text *t);
void render_asa(const struct render_job *j, struct text *t);
void render_junos(const struct render_job *j, struct text *t);
void render_fortigate(const struct render_job *j, struct text *t);
void render_panos(const struct render_job *j, struct text *t);
void render_routeros(const struct render_job *j, struct text *t);
void render_openwrt(const struct render_job *j, struct text *t);
void render_worksheet(const struct render_job *j, struct text *t);
void render_kea4(const struct render_job *j, struct text *t);
void render_kea6(const struct render_job *j, struct text *t);
void render_isc4(const struct render_job *j, struct text *t);
void render_isc6(const struct render_job *j, struct text *t);
void render_dnsmasq(const struct render_job *j, struct text *t);
void render_networkd(const struct render_job *j, struct text *t);
void render_windows_dhcp(const struct render_job *j, struct text *t);
void render_chrony(const struct render_job *j, struct text *t);
void render_timesyncd(const struct render_job *j, struct text *t);
void render_ntp(const struct render_job *j, struct text *t);
void render_openntpd(const struct render_job *j, struct text *t);
void render_windows(const struct render_job *j, struct text *t);
void render_macos(const struct render_job *j, struct text *t);
void render_esxi(const struct render_job *j, struct text *t);

/* The DHCP part of a router's own dialect. */
void render_ios_dhcp(const struct render_job *j, struct text *t);
void render_junos_dhcp(const struct render_job *j, struct text *t);
void render_routeros_dhcp(const struct render_job *j, struct text *t);
void render_openwrt_dhcp(const struct render_job *j, struct text *t);

#endif
