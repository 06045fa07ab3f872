/* SPDX-License-Identifier: ISC */
/* Without libsystemd. */
#include "sys/notify.h"

void
notify_ready(void)
{
}

void
notify_reloading(void)
{
}

void
notify_stopping(void)
{
}

void
notify_status(const char *text)
{
	(void)text;
}

void
notify_watchdog(void)
{
}

double
notify_watchdog_interval(void)
{
	return 0;
}

int
notify_journal_open(struct err *e)
{
	return err_set(e, "no journal: built without systemd");
}

void
notify_journal(int level, const char *ident, const char *event,
    const char *text)
{
	(void)level;
	(void)ident;
	(void)event;
	(void)text;
}
