/* SPDX-License-Identifier: ISC */
/*
 * why.h - why an upstream is or is not used, for people who did not read the
 * RFC.
 */
#ifndef VIEW_WHY_H
#define VIEW_WHY_H

#include "view/snapshot.h"

#define WHY_MAX 1024

/* As ntpq prints it: ' ' not used, 'x' falseticker, '+' used, '*' the one that
 * our reference id names. */
char why_tally(const struct snapshot *s, unsigned i);

/* "used", "falseticker", "leap-late", "silent", "waiting", "unresolved",
 * "refused", "retired" or "bad". */
const char *why_state(const struct snapshot *s, unsigned i);

/*
 * One sentence.  Up to the first colon, if there is one, it says whether the
 * server is used; behind the first semicolon stands what comes next.
 */
char *why_sentence(const struct snapshot *s, unsigned i, char buf[WHY_MAX]);

/* The same of a spare: "spare", "retired" or "unresolved", and why. */
const char *why_spare_state(const struct snapshot_spare *p);
char *why_spare(const struct snapshot *s, unsigned k, char buf[WHY_MAX]);

#endif
