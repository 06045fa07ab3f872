/* SPDX-License-Identifier: ISC */
/* nft.h - what the two files that write nftables share; no one else includes
 * it. */
#ifndef RENDER_NFT_H
#define RENDER_NFT_H

#include "render/parts.h"

#define NFT_EACH_FAMILY(f) for (enum addr_family f = ADDR_V4; f <= ADDR_V6; f++)

const char *nft_ip(enum addr_family f);	  /* "ip" or "ip6" */
int nft_number(enum addr_family f);	  /* 4 or 6 */
const char *nft_type(enum addr_family f); /* of its addresses */

/* All sets of addresses: declared with their elements inside a table, or
 * filled anew in the table that is loaded. */
void nft_sets(const struct site *s, struct text *t, bool refill);

#endif
