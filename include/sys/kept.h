/* SPDX-License-Identifier: ISC */
/*
 * kept.h - what managers have set, and how many notifications went out: in
 * state_dir/snmp, with a checksum.
 */
#ifndef SYS_KEPT_H
#define SYS_KEPT_H

#include "base/err.h"
#include "view/mib.h"

/* 0, or -1 where it is missing (errno is ENOENT) or damaged; then *k has the
 * defaults. */
int kept_read(const char *dir, struct mib_kept *k, struct err *e);

/* Replaces it, synced.  On failure what was there is there still. */
int kept_write(const char *dir, const struct mib_kept *k, struct err *e);

#endif
