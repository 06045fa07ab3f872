/* SPDX-License-Identifier: ISC */
/*
 * page.h - text that fits a terminal: lines that break between words, and
 * labels with text beside them.
 */
#ifndef VIEW_PAGE_H
#define VIEW_PAGE_H

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

#define PAGE_WIDTH_MIN 80
#define PAGE_PARAGRAPH_MAX 2048

struct table_style {
	bool colour;
	unsigned width; /* columns of the terminal; 80 if unknown */
};

/* Where text goes. */
struct page {
	const struct table_style *style;
	struct text *out;
};

enum page_colour { PAGE_RED = 31, PAGE_GREEN = 32, PAGE_YELLOW = 33 };

/* Columns: those of the terminal, 80 at least. */
unsigned page_width(const struct table_style *style);

/*
 * Words of text from column at on, in lines as wide as the terminal; the
 * later ones begin at column indent.  A number and its unit stay together.
 */
void page_wrap(const struct page *p, size_t at, size_t indent,
    const char *text);

/* len octets of word, coloured if the style has colours. */
void page_colour(const struct page *p, enum page_colour c, const char *word,
    int len);

/* A name in len columns: the middle of a long one is left out. */
void page_name(const struct page *p, const char *name, unsigned len);

/* "  Label      text", at most PAGE_PARAGRAPH_MAX octets. */
void page_say(const struct page *p, const char *label, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The same, the first word coloured: "  Label      word, and text". */
void page_mark(const struct page *p, const char *label, enum page_colour c,
    const char *word, const char *text);

/* Words that are arguments of page_say(). */
struct page_words {
	char text[24];
};

/* "1.24 ms"; "12 d" */
struct page_words page_seconds(double s);
struct page_words page_span(double s);

#endif
