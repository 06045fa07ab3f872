/* SPDX-License-Identifier: ISC */
/*
 * logline_time.h - the stamp at the start of a line of a log.
 *
 * "2026-11-22T03:12:05.1+01:00", "Nov 22 03:12:05", "Nov 22 2026 03:12:05",
 * "[  123.456789]", "03:12:05.123456"; in front of it what syslog and routers
 * put there.  A zone is not applied: times are those that stand in the log.
 */
#ifndef CONF_LOGLINE_TIME_H
#define CONF_LOGLINE_TIME_H

#include "conf/logline.h"

/*
 * Sets l->clock by the first stamp.  *at is ns: since 1970 for a date or a
 * day (whose year is then 1972, and one more after each December), else
 * since boot, midnight, or, of "tcpdump -ttt", the first line.  False if
 * there is none, or one of another kind than before.
 */
bool logline_time(struct logline *l, const char *line, int64_t *at);

#endif
