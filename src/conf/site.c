/* SPDX-License-Identifier: ISC */
#include "conf/site.h"

#include "conf/site_parts.h"
#include "conf/value.h"

#include <ctype.h>
#include <string.h>

const struct site_word site_policies[] = {
	{ SITE_BLOCK, "block" },
	{ SITE_REDIRECT, "redirect" },
	{ SITE_AUDIT, "audit" },
	{ 0, NULL },
};

const struct site_word site_dialects[] = {
	{ SITE_NFTABLES, "nftables" },
	{ SITE_IPTABLES, "iptables" },
	{ SITE_PF, "pf" },
	{ SITE_CISCO_IOS, "cisco-ios" },
	{ SITE_CISCO_ASA, "cisco-asa" },
	{ SITE_JUNOS, "junos" },
	{ SITE_FORTIGATE, "fortigate" },
	{ SITE_PAN_OS, "pan-os" },
	{ SITE_ROUTEROS, "routeros" },
	{ SITE_OPENWRT, "openwrt" },
	{ SITE_WORKSHEET, "worksheet" },
	{ SITE_KEA, "kea" },
	{ SITE_ISC_DHCP, "isc-dhcp" },
	{ SITE_DNSMASQ, "dnsmasq" },
	{ SITE_NETWORKD, "networkd" },
	{ SITE_WINDOWS, "windows" },
	{ 0, NULL },
};

const char *
site_dialect_name(enum site_dialect d)
{
	return site_dialects[d].word;
}

const char *
site_policy_name(enum site_policy p)
{
	return site_policies[p].word;
}

bool
site_dialect_find(const char *name, enum site_dialect *d)
{
	for (const struct site_word *w = site_dialects; w->word != NULL; w++) {
		if (strcmp(w->word, name) == 0) {
			*d = (enum site_dialect)w->value;
			return true;
		}
	}
	return false;
}

bool
site_filters(enum site_dialect d)
{
	return d <= SITE_WORKSHEET;
}

bool
site_leases(enum site_dialect d)
{
	return d > SITE_WORKSHEET || d == SITE_CISCO_IOS || d == SITE_JUNOS ||
	    d == SITE_ROUTEROS || d == SITE_OPENWRT;
}

static bool
is_of(const char *text, const char *also, size_t max)
{
	size_t n = strlen(text);

	if (n == 0 || n > max || !isalnum((unsigned char)text[0]))
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c > 127 || (!isalnum(c) && strchr(also, c) == NULL))
			return false;
	}
	return true;
}

bool
site_is_name(const char *text)
{
	/* 24 and a prefix of ours is what a PAN-OS object may have; and none
	 * of them is a folder of its own or above. */
	return is_of(text, "._-", 24);
}

bool
site_is_interface(const char *text)
{
	return is_of(text, "._-/:@", SITE_INTERFACE_MAX - 1);
}

bool
site_is_domain(const char *text)
{
	struct addr a = { 0 };
	struct err e;

	return value_host(text, &a, &e) == 0 && a.family == ADDR_NONE;
}

/*
 * Valid UTF-8 it is already.  Not taken: C0, DEL, C1; U+2028 and U+2029, which
 * end a line; U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069, which show
 * the rest of a line in another order than it is read; U+FEFF.
 */
bool
site_is_text(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	for (; *p != '\0'; p++) {
		if (*p < 0x20 || *p == 0x7f ||
		    (p[0] == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f) ||
		    (p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf))
			return false;
		if (p[0] != 0xe2)
			continue;
		if (p[1] == 0x80 &&
		    (p[2] == 0x8e || p[2] == 0x8f ||
			(p[2] >= 0xa8 && p[2] <= 0xae)))
			return false;
		if (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9)
			return false;
	}
	return true;
}

/* ---- questions ---- */

bool
site_serves(const struct site_dhcp *d, unsigned network)
{
	return !d->some || (d->serves[network / 8] >> network % 8 & 1) != 0;
}

const struct site_gateway *
site_is_gateway(const struct site *s, const struct site_router *r)
{
	for (unsigned i = 0; i < s->gateway_count; i++)
		if (strcmp(s->gateway[i].name, r->name) == 0)
			return &s->gateway[i];
	return NULL;
}

const struct site_server *
site_upstream(const struct site *s, unsigned i)
{
	if (i < s->server_count)
		return &s->server[i];
	i -= s->server_count;
	return i < s->spare_count ? &s->spare[i] : NULL;
}

bool
site_knows_upstreams(const struct site *s)
{
	const struct site_server *u;

	for (unsigned i = 0; (u = site_upstream(s, i)) != NULL; i++)
		if (u->addresses.count == 0)
			return false;
	return true;
}

const struct site_network *
site_network_of(const struct site *s, const struct addr *a)
{
	for (unsigned i = 0; i < s->network_count; i++)
		for (unsigned j = 0; j < s->network[i].count; j++)
			if (prefix_holds(&s->network[i].prefix[j], a))
				return &s->network[i];
	return NULL;
}
