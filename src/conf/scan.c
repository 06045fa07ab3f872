/* SPDX-License-Identifier: ISC */
#include "conf/scan.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 16 /* our deepest key stands in the fifth bracket */

/* The text as the scanner of libconfig sees it: comments and strings apart. */
struct scan {
	const char *at;
	unsigned line;
	unsigned comment; /* line where one without end began; 0: none */
	char last;	  /* what came before */
	unsigned depth;	  /* of brackets that are open */
	struct {
		char closing;
		unsigned line;
	} bracket[DEPTH_MAX];
};

static void
skip(struct scan *s, size_t n)
{
	for (; n > 0 && *s->at != '\0'; n--)
		s->line += *s->at++ == '\n';
}

static void
skip_comment(struct scan *s)
{
	s->comment = s->line;
	skip(s, 2);
	while (*s->at != '\0' && strncmp(s->at, "*/", 2) != 0)
		skip(s, 1);
	if (*s->at != '\0')
		s->comment = 0;
	skip(s, 2);
}

/* To the next character that means something. */
static char
scan_next(struct scan *s)
{
	for (;;) {
		if (isspace((unsigned char)*s->at))
			skip(s, 1);
		else if (*s->at == '#' || strncmp(s->at, "//", 2) == 0)
			skip(s, strcspn(s->at, "\n"));
		else if (strncmp(s->at, "/*", 2) == 0)
			skip_comment(s);
		else
			return *s->at;
	}
}

/*
 * Past a word or a number.  libconfig would cut a number to 32 bits without
 * a word, and 4294967936 packets a day would become 640.
 */
static int
scan_word(struct scan *s, const char *file, struct err *e)
{
	size_t n = strspn(s->at,
	    "0123456789abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ_*.+-");
	bool sign = *s->at == '-' || *s->at == '+';
	bool hex = s->at[0] == '0' && (s->at[1] | 0x20) == 'x';
	char *end;

	if (isdigit((unsigned char)s->at[sign])) {
		long long v = strtoll(s->at, &end, hex ? 16 : 10);

		if ((size_t)(end - s->at) == n &&
		    (v > INT32_MAX || v < INT32_MIN))
			return err_set(e,
			    "%s:%u: %.*s: a number beyond 2147483647 ends in "
			    "L: %.*sL",
			    file, s->line, (int)n, s->at, (int)n, s->at);
	}
	skip(s, n > 0 ? n : 1);
	return 0;
}

static bool
in_list(const struct scan *s)
{
	return s->depth > 0 && s->bracket[s->depth - 1].closing != '}';
}

/* libconfig loses the memory of a string that has no place. */
static bool
takes_string(const struct scan *s)
{
	return s->last == ',' ? in_list(s) : strchr("=:([\"", s->last) != NULL;
}

/*
 * Past a string, whose opening quote is at s; a backslash hides a quote.  No
 * value of ours has more than a line: a quote is missing, and libconfig would
 * look for it in the next string.
 */
static int
scan_string(struct scan *s, const char *file, struct err *e)
{
	skip(s, 1);
	while (*s->at != '\0' && *s->at != '\n' && *s->at != '"')
		skip(s, *s->at == '\\' && s->at[1] != '\n' ? 2 : 1);
	if (*s->at != '"')
		return err_set(e, "%s:%u: a quote is missing in this line",
		    file, s->line);
	skip(s, 1);
	return 0;
}

static int
scan_bracket(struct scan *s, const char *file, struct err *e)
{
	char c = *s->at;

	if (strchr("({[", c) != NULL) {
		if (s->depth == DEPTH_MAX)
			return err_set(e, "%s:%u: brackets are nested too deep",
			    file, s->line);
		s->bracket[s->depth].closing = c == '(' ? ')' :
		    c == '{'				? '}' :
							  ']';
		s->bracket[s->depth++].line = s->line;
		return 0;
	}
	if (s->depth == 0)
		return err_set(e, "%s:%u: %c closes nothing", file, s->line, c);
	s->depth--;
	if (s->bracket[s->depth].closing != c)
		return err_set(e,
		    "%s:%u: %c stands where %c must, to close "
		    "what line %u opens",
		    file, s->line, c, s->bracket[s->depth].closing,
		    s->bracket[s->depth].line);
	if (s->last == ',' && c != '}')
		return err_set(e,
		    "%s:%u: a list takes no comma behind its last element",
		    file, s->line);
	return 0;
}

/* Whatever is at s, and past it. */
static int
scan_one(struct scan *s, const char *file, struct err *e)
{
	char c = *s->at;

	if (c == '@')
		return err_set(e,
		    "%s:%u: @include is not allowed: one gateway, one file",
		    file, s->line);
	if (c == '"' && !takes_string(s))
		return err_set(e,
		    "%s:%u: a text in quotes stands behind =, or in a list",
		    file, s->line);
	if (strchr("(){}[]", c) != NULL && scan_bracket(s, file, e) == -1)
		return -1;
	s->last = c;
	return c == '"' ? scan_string(s, file, e) : scan_word(s, file, e);
}

int
scan_text(const char *file, const char *text, struct err *e)
{
	struct scan s = { .at = text, .line = 1, .last = ';' };

	while (scan_next(&s) != '\0')
		if (scan_one(&s, file, e) == -1)
			return -1;
	if (s.comment != 0)
		return err_set(e,
		    "%s:%u: the comment that begins here has no end", file,
		    s.comment);
	if (s.depth > 0)
		return err_set(e,
		    "%s:%u: %c is missing, to close what begins "
		    "here",
		    file, s.bracket[s.depth - 1].line,
		    s.bracket[s.depth - 1].closing);
	return 0;
}
