/* SPDX-License-Identifier: ISC */
#include "view/html.h"

#include <math.h>
#include <stdarg.h>

#define NO_BREAK "\302\240"  /* U+00A0 */
#define MICRO "\302\265"     /* U+00B5 */
#define MINUS "\342\210\222" /* U+2212 */

void
html_add(struct text *out, const char *text)
{
	for (; *text != '\0'; text++)
		switch (*text) {
		case '&':
			text_add(out, "&amp;");
			break;
		case '<':
			text_add(out, "&lt;");
			break;
		case '>':
			text_add(out, "&gt;");
			break;
		case '"':
			text_add(out, "&quot;");
			break;
		case '\'':
			text_add(out, "&#39;");
			break;
		default:
			text_add(out, "%c",
			    (unsigned char)*text < ' ' ? ' ' : *text);
		}
}

void
html_say(struct text *out, const char *fmt, ...)
{
	char buf[HTML_MAX];
	struct text t = TEXT(buf);
	va_list ap;

	va_start(ap, fmt);
	text_vadd(&t, fmt, ap);
	va_end(ap);
	html_add(out, buf);
}

struct html_words
html_seconds(double s, bool with_sign)
{
	struct html_words w;
	struct text t = TEXT(w.text);
	char plain[24];

	text_seconds(plain, sizeof(plain), s, with_sign);
	for (const char *c = plain; *c != '\0'; c++)
		if (*c == ' ')
			text_add(&t, NO_BREAK);
		else if (*c == 'u')
			text_add(&t, MICRO);
		else if (*c == '-' && c[1] != '\0')
			text_add(&t, MINUS);
		else
			text_add(&t, "%c", *c);
	return w;
}

struct html_words
html_count(double n)
{
	struct html_words w;
	struct text t = TEXT(w.text), p;
	char plain[40];

	p = TEXT(plain);
	text_add(&p, "%.0f", n);
	for (size_t i = 0; plain[i] != '\0'; i++)
		text_add(&t, "%s%c", i > 0 && (p.len - i) % 3 == 0 ? "," : "",
		    plain[i]);
	return w;
}
