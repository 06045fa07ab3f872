/* SPDX-License-Identifier: ISC */
/*
 * notify.h - what systemd is told: readiness, a line of status, and log
 * lines for its journal.  Without systemd nobody is told (notify_none.c).
 */
#ifndef SYS_NOTIFY_H
#define SYS_NOTIFY_H

#include "base/err.h"

void notify_ready(void);
void notify_reloading(void); /* until notify_ready() */
void notify_stopping(void);
void notify_status(const char *text); /* one line */
void notify_watchdog(void);

/* Half of the watchdog's interval in s, or 0: there is none. */
double notify_watchdog_interval(void);

/* Can the journal take our lines?  -1 with a sentence if not. */
int notify_journal_open(struct err *e);
void notify_journal(int level, const char *ident, const char *event,
    const char *text);

#endif
