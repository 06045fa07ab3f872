/* SPDX-License-Identifier: ISC */
/*
 * clients_store.h - a table of clients to a file and back.
 *
 * The image is the table's block and eight octets of checksum.  It is made
 * piece by piece, by any process that sees the table and while the table is
 * in use: what changes meanwhile is of one moment or the other.  A table is
 * read back only into a block of the same size; everything else is damage,
 * and then one begins anew.
 */
#ifndef CORE_CLIENTS_STORE_H
#define CORE_CLIENTS_STORE_H

#include "core/clients.h"

struct clients_store {
	const struct clients *table; /* kept until the end */
	size_t at;		     /* octets made so far */
	uint64_t sum;
	struct mono now;
	struct wall wall;
};

/* Octets of the image of a table of size octets. */
size_t clients_store_size(size_t size);

/* now and wall are the same instant; wall is how long it lay will be told. */
void clients_store_begin(struct clients_store *s, const struct clients *c,
    struct mono now, struct wall wall);

/* The next octets, at most len, which is 256 at least; 0: that was all. */
size_t clients_store_next(struct clients_store *s, void *buf, size_t len);

/*
 * Makes a table of mem, which holds the first size octets of an image, sum
 * being the eight behind them.  Time went on while it lay.  NULL, and mem
 * holds nothing of use, if it is not whole or not of this size and version.
 */
struct clients *clients_restore(void *mem, size_t size, uint64_t sum,
    struct mono now, struct wall wall);

#endif
