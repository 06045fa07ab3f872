/* SPDX-License-Identifier: ISC */
/*
 * html.h - words and numbers inside a page, such that no name from a
 * configuration or from the network can become markup.
 */
#ifndef VIEW_HTML_H
#define VIEW_HTML_H

#include "base/text.h"

#include <stdbool.h>

/* The words of text, with what HTML would take for its own written out. */
void html_add(struct text *out, const char *text);

/* The same of what fmt makes, at most HTML_MAX octets of it. */
#define HTML_MAX 2048
void html_say(struct text *out, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* As text_seconds(), with a proper sign for micro and minus, and a space that
 * does not break. */
struct html_words {
	char text[48];
};
struct html_words html_seconds(double s, bool with_sign);

/* "1,234,567" */
struct html_words html_count(double n);

#endif
