/* SPDX-License-Identifier: ISC */
#include "base/err.h"

#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

int
err_set(struct err *e, const char *fmt, ...)
{
	struct text t = TEXT(e->text);
	va_list ap;

	va_start(ap, fmt);
	text_vadd(&t, fmt, ap);
	va_end(ap);
	return -1;
}

int
err_sys(struct err *e, const char *fmt, ...)
{
	const char *reason = strerror(errno);
	struct text t = TEXT(e->text);
	va_list ap;

	va_start(ap, fmt);
	text_vadd(&t, fmt, ap);
	va_end(ap);
	text_add(&t, ": %s", reason);
	return -1;
}

int
err_at(struct err *e, const char *fmt, ...)
{
	char was[sizeof(e->text)];
	struct text t = TEXT(e->text);
	va_list ap;

	memcpy(was, e->text, sizeof(was));
	va_start(ap, fmt);
	text_vadd(&t, fmt, ap);
	va_end(ap);
	text_add(&t, ": %s", was);
	return -1;
}
