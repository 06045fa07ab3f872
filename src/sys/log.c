/* SPDX-License-Identifier: ISC */
#include "sys/log.h"

#include "base/text.h"
#include "sys/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#define GATE_NS INT64_C(60000000000)

/* One process, one log. */
static struct {
	enum log_to to;
	int level;
	int fd; /* of LOG_TO_FILE, else -1 */
	char ident[32];
} out = { LOG_TO_STDERR, LOG_NOTICE, -1, "ntpgate" };

int
log_open(enum log_to to, const char *file, int level, const char *ident,
    struct err *e)
{
	int fd = -1;

	/* The new one first: if it fails, the old one goes on. */
	if (to == LOG_TO_FILE) {
		fd = open(file,
		    O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
		if (fd < 0)
			return err_sys(e, "log: %s", file);
	}
	if (to == LOG_TO_JOURNAL && notify_journal_open(e) != 0)
		return err_at(e, "log");
	log_close();
	out.to = to;
	out.level = level;
	out.fd = fd;
	text_copy(out.ident, sizeof(out.ident), ident);
	if (to == LOG_TO_SYSLOG)
		openlog(out.ident, LOG_PID | LOG_NDELAY, LOG_DAEMON);
	return 0;
}

void
log_close(void)
{
	if (out.to == LOG_TO_SYSLOG)
		closelog();
	if (out.fd >= 0)
		close(out.fd);
	out.fd = -1;
	out.to = LOG_TO_STDERR;
}

/* Nobody may write a second line, or move an operator's cursor, through us:
 * neither by ASCII's control characters nor by C1's in UTF-8. */
static void
clean(char *s)
{
	for (unsigned char *p = (unsigned char *)s; *p != '\0'; p++) {
		bool c1 = *p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0;

		if (c1)
			*p++ = '?';
		if (c1 || *p < ' ' || *p == 0x7f)
			*p = '?';
	}
}

/* One write a line, so that the lines of two processes do not mix. */
static void
put_line(int fd, const char *event, const char *what)
{
	char line[1400];
	struct text t = { line, sizeof(line) - 1, 0 };
	time_t now = time(NULL);
	struct tm utc;
	char stamp[32];

	if (fd != STDERR_FILENO && gmtime_r(&now, &utc) != NULL &&
	    strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%SZ", &utc) > 0)
		text_add(&t, "%s %s[%d]: ", stamp, out.ident, (int)getpid());
	text_add(&t, "%s: %s", event, what);

	size_t len = strlen(line);
	line[len] = '\n';
	/* A log that cannot be written has nobody to tell. */
	if (write(fd, line, len + 1) < 0)
		return;
}

static void
put(int level, const char *event, const char *what)
{
	switch (out.to) {
	case LOG_TO_SYSLOG:
		syslog(level, "%s: %s", event, what);
		break;
	case LOG_TO_JOURNAL:
		notify_journal(level, out.ident, event, what);
		break;
	case LOG_TO_FILE:
		put_line(out.fd, event, what);
		break;
	case LOG_TO_STDERR:
		put_line(STDERR_FILENO, event, what);
		break;
	}
}

__attribute__((format(printf, 4, 0))) static void
vlog(int level, unsigned held, const char *event, const char *fmt, va_list ap)
{
	char what[1024];
	struct text t = TEXT(what);
	int saved = errno;

	if (level > out.level)
		return;
	text_vadd(&t, fmt, ap);
	if (held > 0)
		text_add(&t, " (%u more like it were held back)", held);
	clean(what);
	put(level, event, what);
	errno = saved;
}

void
log_event(enum event_id event, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vlog((int)event_level(event), 0, event_name(event), fmt, ap);
	va_end(ap);
}

void
log_debug(const char *component, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vlog(LOG_DEBUG, 0, component, fmt, ap);
	va_end(ap);
}

void
log_limited(struct log_gate *g, enum event_id event, const char *fmt, ...)
{
	struct timespec t = { 0 };
	va_list ap;

	if ((int)event_level(event) > out.level)
		return;
	clock_gettime(CLOCK_MONOTONIC, &t);
	int64_t now = t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
	if (now < g->opens_ns) {
		g->held++;
		return;
	}
	va_start(ap, fmt);
	vlog((int)event_level(event), g->held, event_name(event), fmt, ap);
	va_end(ap);
	g->opens_ns = now + GATE_NS;
	g->held = 0;
}
