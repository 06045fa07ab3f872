/* SPDX-License-Identifier: ISC */
/*
 * peek.h - into a world of mib.h, by names such as "ntp.1.2.1.0" and
 * "own.1.1.5.0", which begin at the roots.  What is missing or of another
 * type fails the test.
 */
#ifndef PEEK_H
#define PEEK_H

#include "view/mib.h"

/* A world of that snapshot, or NULL, with the defaults of mib_kept_init() and
 * without hosts.  It borrows. */
struct mib_world peek_world(const struct snapshot *s);

/* What peek_world() gives to read. */
extern struct mib_kept peek_kept;

struct mib_oid peek_name(const char *name);

/* "1.3.6.1" */
#define PEEK_TEXT 160
char *peek_print(const struct mib_oid *o, char buf[PEEK_TEXT]);

bool peek_has(const struct mib_world *w, const char *name);
struct mib_value peek(const struct mib_world *w, const char *name);
int64_t peek_number(const struct mib_world *w, const char *name);
const char *peek_text(const struct mib_world *w, const char *name);

/* The octets as "c0:00:02" */
const char *peek_hex(const struct mib_world *w, const char *name);

#endif
