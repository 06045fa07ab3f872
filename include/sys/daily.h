/* SPDX-License-Identifier: ISC */
/*
 * daily.h - files of a day each, such as ntpd's filegen makes:
 * DIR/STEM.YYYYMMDD, and DIR/STEM as a second name of the current one.
 *
 * They fill no disk: a file has at most DAILY_MAX octets, and when a day
 * begins all but the newest go, as far as there are more than DAILY_KEEP or
 * they are larger than DAILY_TOTAL together.  What was a day is told by the
 * name, so that a clock that is set costs at most the oldest ones.
 */
#ifndef SYS_DAILY_H
#define SYS_DAILY_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

#define DAILY_KEEP 35
#define DAILY_MAX (2 * 1024 * 1024)
#define DAILY_TOTAL (16 * 1024 * 1024) /* of one stem */

/*
 * Adds whole lines to the file of that day (since 1970-01-01): all of them, or
 * none.  On failure errno says why: ENOSPC, EDQUOT, ...; EFBIG: it has all the
 * octets that it may have.  Nothing is kept open.
 */
int daily_add(const char *dir, const char *stem, int64_t day, const char *lines,
    struct err *e);

#endif
