/* SPDX-License-Identifier: ISC */
/*
 * hamlet.h - a small good site file, for tests that change one thing in it.
 */
#ifndef HAMLET_H
#define HAMLET_H

#include "conf/site.h"

extern const char hamlet[];
extern struct site hamlet_site;
extern struct err hamlet_err;

/* Reads the file with the first from replaced by to; site_read()'s value. */
int hamlet_with(const char *from, const char *to);

/* Does that fail with exactly this sentence?  Prints it if not. */
bool hamlet_refused(const char *from, const char *to, const char *sentence);

/* Does the site have a note that begins so? */
bool hamlet_notes(const char *begin, bool fails);

#endif
