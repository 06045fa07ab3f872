/* SPDX-License-Identifier: ISC */
/*
 * nft.h - the packet filter of this machine, or rather of this network
 * namespace, through libnftables.
 *
 * Everything needs CAP_NET_ADMIN, reading too.  Where ntpgate was built
 * without libnftables, nft_open() says so.
 */
#ifndef SYS_NFT_H
#define SYS_NFT_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct nft;

/* NULL, and a sentence, without the library or the capability. */
struct nft *nft_open(struct err *e);
void nft_close(struct nft *n);

/*
 * Commands or a whole file, in one transaction: all of it or nothing.  dry:
 * only asks the kernel whether it would.  The sentence of a failure is the
 * library's first line.
 */
int nft_run(struct nft *n, const char *text, bool dry, struct err *e);

enum nft_form {
	NFT_LISTING, /* as "nft -s list table": without counts and times */
	NFT_STATE,   /* with them; can be loaded again */
	NFT_JSON
};

/*
 * The table inet NAME, to be freed; "" if there is none of that name.  NULL on
 * failure.
 */
char *nft_list(struct nft *n, const char *table, enum nft_form form,
    struct err *e);

/*
 * What NFT_LISTING would say of all tables inet after text had been loaded
 * into an empty packet filter: that of a network namespace which lives as
 * long as this call.  To be freed.
 */
char *nft_list_of(const char *text, struct err *e);

#endif
