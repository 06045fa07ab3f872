/* SPDX-License-Identifier: ISC */
/* With libsystemd; notify_none.c is the other. */
#include "sys/notify.h"

/* The line of the program that calls would be notify.c's. */
#define SD_JOURNAL_SUPPRESS_LOCATION

#include <stdint.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>
#include <time.h>
#include <unistd.h>

static const char journal_socket[] = "/run/systemd/journal/socket";

void
notify_ready(void)
{
	sd_notify(0, "READY=1");
}

void
notify_reloading(void)
{
	struct timespec t = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &t);
	sd_notifyf(0,
	    "RELOADING=1\nMONOTONIC_USEC=%lld\n"
	    "STATUS=reading the configuration again",
	    (long long)t.tv_sec * 1000000 + t.tv_nsec / 1000);
}

void
notify_stopping(void)
{
	sd_notify(0, "STOPPING=1\nSTATUS=saving what is known");
}

void
notify_status(const char *text)
{
	sd_notifyf(0, "STATUS=%s", text);
}

void
notify_watchdog(void)
{
	sd_notify(0, "WATCHDOG=1");
}

double
notify_watchdog_interval(void)
{
	uint64_t us;

	return sd_watchdog_enabled(0, &us) > 0 ? (double)us / 2e6 : 0;
}

int
notify_journal_open(struct err *e)
{
	/* sd_journal_send() calls it a success when nobody listens. */
	if (access(journal_socket, W_OK) != 0)
		return err_sys(e, "no journal: %s", journal_socket);
	return 0;
}

void
notify_journal(int level, const char *ident, const char *event,
    const char *text)
{
	sd_journal_send("MESSAGE=%s: %s", event, text, "PRIORITY=%i", level,
	    "SYSLOG_IDENTIFIER=%s", ident, "NTPGATE_EVENT=%s", event, NULL);
}
