/* SPDX-License-Identifier: ISC */
/*
 * site.h - the whole site, from site.yaml: gateways, networks, and the
 * machines of others for which ntpgate writes rules and configurations.
 *
 * A plain struct without pointers, too large for a stack.  site_read() makes
 * one and checks it whole.  What goes into it can be written into any of the
 * dialects: names, interfaces and addresses are of few characters, checked
 * here; free text (operator, permission, why) is one line of characters that
 * can be seen, to be quoted by whom it goes to.
 */
#ifndef CONF_SITE_H
#define CONF_SITE_H

#include "base/addr.h"
#include "base/err.h"
#include "conf/conf.h"
#include "core/source.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SITE_OCTETS (4 << 20)
#define SITE_NAME_MAX 32
#define SITE_INTERFACE_MAX 32
#define SITE_DOMAIN_MAX 254
#define SITE_WHY_MAX 128
#define SITE_ADDRS_MAX 4
#define SITE_GATEWAYS_MAX 8
#define SITE_NETWORKS_MAX 4096
#define SITE_PREFIXES_MAX 8 /* of a network */
#define SITE_POOLS_MAX 4    /* of a network */
#define SITE_ROUTERS_MAX 64
#define SITE_INTERFACES_MAX 32
#define SITE_DHCP_MAX 64
#define SITE_EXEMPT_MAX 256
#define SITE_NEIGHBORS_MAX 8
#define SITE_NOTES_MAX 64

enum site_policy { SITE_BLOCK, SITE_REDIRECT, SITE_AUDIT };

/* What becomes of packets whose source is none of ours (BCP 38). */
enum site_spoofed {
	SITE_SPOOFED_NTP, /* dropped if NTP, counted if not */
	SITE_SPOOFED_ALL, /* dropped */
	SITE_SPOOFED_OFF
};

enum site_dialect {
	SITE_NFTABLES,
	SITE_IPTABLES,
	SITE_PF,
	SITE_CISCO_IOS,
	SITE_CISCO_ASA,
	SITE_JUNOS,
	SITE_FORTIGATE,
	SITE_PAN_OS,
	SITE_ROUTEROS,
	SITE_OPENWRT,
	SITE_WORKSHEET, /* the last that filters */
	SITE_KEA,
	SITE_ISC_DHCP,
	SITE_DNSMASQ,
	SITE_NETWORKD,
	SITE_WINDOWS,
	SITE_DIALECTS
};

/* Where in the file, both from 1. */
struct site_at {
	uint32_t line, column;
};

struct site_addrs {
	unsigned count;
	struct addr addr[SITE_ADDRS_MAX];
	struct site_at at[SITE_ADDRS_MAX];
};

struct site_names {
	unsigned count;
	char name[SITE_INTERFACES_MAX][SITE_INTERFACE_MAX];
};

struct site_gateway {
	char name[SITE_NAME_MAX];
	struct site_at at;
	char interface[SITE_INTERFACE_MAX]; /* inside; "": not said */
	struct site_addrs inside;
	struct site_addrs outside; /* none: as inside */
};

struct site_server {
	struct site_at at;
	struct source_conf conf;
	/* For firewalls: those of a host that is a name; that of one that is
	 * an address is here too. */
	struct site_addrs addresses;
};

struct site_pool {
	struct addr first, last;
	struct site_at at;
};

struct site_network {
	char name[SITE_NAME_MAX];
	struct site_at at;
	unsigned count;
	struct prefix prefix[SITE_PREFIXES_MAX];
	struct site_at prefix_at[SITE_PREFIXES_MAX];
	unsigned pools;
	struct site_pool pool[SITE_POOLS_MAX];
};

struct site_router {
	char name[SITE_NAME_MAX]; /* a gateway's, if it is that machine */
	struct site_at at;
	enum site_dialect dialect;
	struct site_names inside, outside; /* interfaces or zones */
};

struct site_dhcp {
	char name[SITE_NAME_MAX];
	struct site_at at;
	enum site_dialect dialect;
	struct site_names interfaces;	       /* none: all */
	bool some;			       /* not all networks, but */
	uint8_t serves[SITE_NETWORKS_MAX / 8]; /* those; a bit each */
};

struct site_exempt {
	struct site_at at;
	struct addr address;
	struct site_addrs to; /* none: anywhere */
	char why[SITE_WHY_MAX];
};

/* Right, but deserves a word. */
struct site_note {
	struct site_at at; /* line 0: the file as a whole */
	bool fails;	   /* wrong, but nothing breaks */
	char text[240];
};

struct site {
	char name[SITE_NAME_MAX];
	char domain[SITE_DOMAIN_MAX]; /* "": not said */
	enum site_policy policy;
	enum site_spoofed spoofed;
	unsigned gateway_count;
	struct site_gateway gateway[SITE_GATEWAYS_MAX];
	struct site_addrs service; /* shared by the gateways; may be none */

	struct site_at upstreams_at;
	unsigned server_count, spare_count;
	struct site_server server[CONF_SERVERS_MAX];
	struct site_server spare[CONF_SPARES_MAX];
	double accuracy_s;
	unsigned budget_day;

	unsigned network_count;
	struct site_network network[SITE_NETWORKS_MAX];
	unsigned router_count;
	struct site_router router[SITE_ROUTERS_MAX];
	unsigned dhcp_count;
	struct site_dhcp dhcp[SITE_DHCP_MAX];
	unsigned exempt_count;
	struct site_exempt exempt[SITE_EXEMPT_MAX];

	struct {
		char file[CONF_PATH_MAX]; /* on the gateways; "": none */
		unsigned sibling;	  /* key of the gateways, 0: none */
	} keys;
	struct {
		uint32_t as; /* 0: OSPF instead of BGP */
		struct site_addrs neighbors;
	} anycast;
	char verify_outside[SOURCE_HOST_MAX]; /* "": not said */

	unsigned note_count;
	struct site_note note[SITE_NOTES_MAX];
};

/*
 * Reads YAML into *s, from scratch, and does site_check().  file is for the
 * sentence alone: "site.yaml:12:5: what, what would be right".  On failure *s
 * is not to be used.  Anchors, aliases, tags and second documents are
 * refused: no bomb, no cycle.
 */
int site_read(struct site *s, const char *file, const char *text, size_t len,
    struct err *e);

/* What no single key can tell; adds the notes. */
int site_check(struct site *s, const char *file, struct err *e);

const char *site_dialect_name(enum site_dialect d);
const char *site_policy_name(enum site_policy p);

/* False if there is none of that name. */
bool site_dialect_find(const char *name, enum site_dialect *d);

/* Is it a packet filter; does it hand out leases? */
bool site_filters(enum site_dialect d);
bool site_leases(enum site_dialect d);

bool site_serves(const struct site_dhcp *d, unsigned network);

/* The one that a router is too, or NULL. */
const struct site_gateway *site_is_gateway(const struct site *s,
    const struct site_router *r);

/* The network that holds it, or NULL. */
const struct site_network *site_network_of(const struct site *s,
    const struct addr *a);

/* The i-th server, then spare; NULL behind the last. */
const struct site_server *site_upstream(const struct site *s, unsigned i);

/* Are the addresses of all upstreams and spares in the file? */
bool site_knows_upstreams(const struct site *s);

/* Names, interfaces and free text as they may be in the file. */
bool site_is_name(const char *text);
bool site_is_interface(const char *text);
bool site_is_text(const char *text);
bool site_is_domain(const char *text);

#endif
