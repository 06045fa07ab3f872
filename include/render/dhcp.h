/* SPDX-License-Identifier: ISC */
/*
 * dhcp.h - the subnets that a DHCP server serves, and what each is told; for
 * the files of render/ alone.
 */
#ifndef RENDER_DHCP_H
#define RENDER_DHCP_H

#include "render/parts.h"

/* Begin with the family alone; the rest is filled for each. */
struct render_subnets {
	enum addr_family family;
	unsigned network, at; /* where to go on */
	unsigned number;      /* of this subnet, from 1 */
	const struct site_network *of;
	const struct prefix *prefix;
	struct render_set servers; /* of the family, turned */
	struct render_set one;	   /* IPv6, for option 56; or none */
};

bool render_dhcp_next(const struct render_job *j, struct render_subnets *s);

/* The pools that lie in the subnet; *i begins with 0. */
const struct site_pool *render_dhcp_pool(const struct render_subnets *s,
    unsigned *i);

bool render_dhcp_serves(const struct render_job *j, unsigned network);

/* The one source of an option 56: the service, or the network's first. */
struct render_set render_dhcp_one(const struct render_job *j, unsigned network);

/* The 16 octets of an IPv6 address. */
void render_dhcp_octets(struct text *t, const struct addr *a,
    const char *between);

#endif
