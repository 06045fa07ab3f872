/* SPDX-License-Identifier: ISC */
/*
 * text.h - text into the caller's buffer: cut, but counted, when full.
 *
 * The buffer always holds a terminated string.  len is what the whole text
 * would have needed, so text_cut() says whether something is missing and len
 * + 1 says how large a buffer would have done.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct text {
	char *buf;   /* borrowed */
	size_t size; /* octets of buf, at least 1 */
	size_t len;  /* characters wanted so far, without the terminator */
};

/* A writer into a char array; empties it at the first addition. */
#define TEXT(array) ((struct text){ (array), sizeof(array), 0 })

void text_add(struct text *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void text_vadd(struct text *t, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

/* Between double quotes, as libconfig and YAML have it. */
void text_quote(struct text *t, const char *value);

bool text_cut(const struct text *t);

/*
 * Copies from into to, which has size octets; false, and to holds what
 * fitted, if it was too long.
 */
bool text_copy(char *to, size_t size, const char *from);

/*
 * A duration for people, in at most seven characters while below 27 years:
 * "12 ns", "850 us", "1.24 ms", "64 s", "17 min", "3.5 h", "12 d".  In front
 * of them "-", or "+" if with_sign is set and s is above 0.  "-" alone if s is
 * not finite.  buf is returned.
 */
char *text_seconds(char *buf, size_t size, double s, bool with_sign);

#endif
