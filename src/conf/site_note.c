/* SPDX-License-Identifier: ISC */
#include "conf/site_parts.h"

#include "base/text.h"

#include <stdarg.h>

__attribute__((format(printf, 4, 0))) static void
add_note(struct site *s, struct site_at at, bool fails, const char *fmt,
    va_list ap)
{
	struct site_note *n = &s->note[s->note_count];
	struct text t = TEXT(n->text);

	if (s->note_count == SITE_NOTES_MAX)
		return;
	s->note_count++;
	n->at = at;
	n->fails = fails;
	n->text[0] = '\0';
	text_vadd(&t, fmt, ap);
}

void
site_note(struct site *s, struct site_at at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_note(s, at, false, fmt, ap);
	va_end(ap);
}

void
site_note_failure(struct site *s, struct site_at at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_note(s, at, true, fmt, ap);
	va_end(ap);
}
