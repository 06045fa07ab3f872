/* SPDX-License-Identifier: ISC */
/*
 * log.h - one line, one event: its name (event.h) first, then what happened.
 *
 * Levels are syslog's.  Whatever a stranger can provoke goes through
 * log_limited(): at most one line a minute and place, with a count of those
 * that were held back.  Control characters come out as question marks.
 * Until log_open(), and after log_close(), lines go to stderr.
 */
#ifndef SYS_LOG_H
#define SYS_LOG_H

#include "base/err.h"
#include "core/event.h"

#include <stdint.h>

enum log_to { LOG_TO_SYSLOG, LOG_TO_JOURNAL, LOG_TO_STDERR, LOG_TO_FILE };

/*
 * level: syslog's number, lines above it are dropped.  file for
 * LOG_TO_FILE only; opening again is how it is rotated.  On failure the log
 * stays as it was.
 */
int log_open(enum log_to to, const char *file, int level, const char *ident,
    struct err *e);
void log_close(void);

/* What happened (event.h says how loud it is), and with whom. */
void log_event(enum event_id event, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* For who looks for a fault of ours: no event, and dropped unless wanted. */
void log_debug(const char *component, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* State of one place that strangers can reach; zero at first. */
struct log_gate {
	int64_t opens_ns;
	unsigned held;
};
void log_limited(struct log_gate *g, enum event_id event, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
