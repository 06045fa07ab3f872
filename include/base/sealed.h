/* SPDX-License-Identifier: ISC */
/*
 * sealed.h - the frame of what is kept on disk: octets that say what it is, one
 * for the version, the owner's own, and a checksum of all of that (FNV-1a),
 * which tells damage and withstands nobody who wants to deceive it.
 */
#ifndef BASE_SEALED_H
#define BASE_SEALED_H

#include "base/err.h"
#include "base/wire.h"

#define SEALED_SUM 8 /* octets of the checksum */

struct sealed {
	const char *is;	  /* for sentences: "a history" */
	const char *name; /* what it begins with */
	size_t name_len;  /* zeros may be in it */
	uint8_t version;  /* the only one that is read */
};

void sealed_begin(struct wire_out *w, const struct sealed *s);

/* The checksum of what was written since begin. */
void sealed_end(struct wire_out *w, const uint8_t *begin);

/*
 * w has all octets; then it has the owner's own.  -1, and e says why: cut
 * short, something else, of another version, damaged.
 */
int sealed_open(struct wire *w, const struct sealed *s, struct err *e);

#endif
