/* SPDX-License-Identifier: ISC */
#include "conf/site_parts.h"

#include "base/text.h"

#include <stdarg.h>

static void
add_note(struct site *s, struct site_at at, bool fails, const char *text)
{
	struct site_note *n = &s->note[s->note_count];

	if (s->note_count == SITE_NOTES_MAX)
		return;
	s->note_count++;
	n->at = at;
	n->fails = fails;
	text_copy(n->text, sizeof(n->text), text);
}

void
site_note(struct site *s, struct site_at at, const char *fmt, ...)
{
	char sentence[sizeof(s->note[0].text)] = "";
	struct text t = TEXT(sentence);
	va_list ap;

	va_start(ap, fmt);
	text_vadd(&t, fmt, ap);
	va_end(ap);
	add_note(s, at, false, sentence);
}

void
site_note_failure(struct site *s, struct site_at at, const char *fmt, ...)
{
	char sentence[sizeof(s->note[0].text)] = "";
	struct text t = TEXT(sentence);
	va_list ap;

	va_start(ap, fmt);
	text_vadd(&t, fmt, ap);
	va_end(ap);
	add_note(s, at, true, sentence);
}
