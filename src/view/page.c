/* SPDX-License-Identifier: ISC */
#include "view/page.h"

#include "view/snapshot.h"

#include <stdarg.h>
#include <string.h>

#define LABEL 13 /* columns before the text beside a label */

unsigned
page_width(const struct table_style *style)
{
	return style->width > PAGE_WIDTH_MIN ? style->width : PAGE_WIDTH_MIN;
}

/* Octets up to the next place where a line may end: not between a number and
 * its unit. */
static size_t
unbroken(const char *text)
{
	size_t n = strcspn(text, " ");

	while (
	    n > 0 && text[n] == ' ' && text[n - 1] >= '0' && text[n - 1] <= '9')
		n += 1 + strcspn(text + n + 1, " ");
	return n;
}

void
page_wrap(const struct page *p, size_t at, size_t indent, const char *text)
{
	const size_t width = page_width(p->style);
	bool first = true;

	while (*text != '\0') {
		size_t gap = strspn(text, " ");
		size_t word = unbroken(text + gap);

		if (!first && at + gap + word > width) {
			text_add(p->out, "\n%*s", (int)indent, "");
			at = indent;
			text += gap;
			gap = 0;
		}
		text_add(p->out, "%.*s", (int)(gap + word), text);
		at += gap + word;
		text += gap + word;
		first = false;
	}
	text_add(p->out, "\n");
}

void
page_colour(const struct page *p, enum page_colour c, const char *word, int len)
{
	if (p->style->colour)
		text_add(p->out, "\033[%dm%.*s\033[0m", (int)c, len, word);
	else
		text_add(p->out, "%.*s", len, word);
}

void
page_say(const struct page *p, const char *label, const char *fmt, ...)
{
	char buf[PAGE_PARAGRAPH_MAX];
	struct text t = TEXT(buf);
	va_list ap;

	va_start(ap, fmt);
	text_vadd(&t, fmt, ap);
	va_end(ap);
	text_add(p->out, "  %-*s", LABEL - 2, label);
	page_wrap(p, LABEL, LABEL, buf);
}

void
page_mark(const struct page *p, const char *label, enum page_colour c,
    const char *word, const char *text)
{
	text_add(p->out, "  %-*s", LABEL - 2, label);
	page_colour(p, c, word, (int)strlen(word));
	page_wrap(p, LABEL + strlen(word), LABEL, text);
}

void
page_name(const struct page *p, const char *name, unsigned len)
{
	size_t n = strlen(name), tail = (len - 2) / 2 + 2;

	if (n <= len)
		text_add(p->out, "%-*s", (int)len, name);
	else
		text_add(p->out, "%.*s..%s", (int)(len - 2 - tail), name,
		    name + n - tail);
}

struct page_words
page_seconds(double s)
{
	struct page_words w;

	text_seconds(w.text, sizeof(w.text), s, false);
	return w;
}

struct page_words
page_span(double s)
{
	struct page_words w;

	snapshot_span(s, w.text);
	return w;
}
