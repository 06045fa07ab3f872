/* SPDX-License-Identifier: ISC */
#include "render.h"

#include <stdio.h>
#include <string.h>

/* How far to look for the line where the two agree again. */
#define AHEAD 400

struct line {
	const char *text;
	size_t len;
};

static struct line
line_at(const char *text)
{
	return (struct line){ text, strcspn(text, "\n") };
}

static const char *
behind(struct line l)
{
	return l.text + l.len + (l.text[l.len] == '\n');
}

/* Two lines that tell the digest of the site file are as good as one. */
static bool
tells_digest(struct line l)
{
	const char *found = strstr(l.text, RENDER_DIGEST);

	return found != NULL && found < l.text + l.len;
}

static bool
same(struct line a, struct line b)
{
	if (tells_digest(a) && tells_digest(b))
		return true;
	return a.len == b.len && memcmp(a.text, b.text, a.len) == 0;
}

/* How many lines of text until one is as l; AHEAD if none is near. */
static unsigned
distance(const char *text, struct line l)
{
	unsigned n = 0;

	for (; *text != '\0' && n < AHEAD; n++) {
		struct line x = line_at(text);

		if (same(x, l))
			return n;
		text = behind(x);
	}
	return AHEAD;
}

static const char *
print_line(char sign, const char *text)
{
	struct line l = line_at(text);

	printf("%c%.*s\n", sign, (int)l.len, l.text);
	return behind(l);
}

bool
render_diff(const char *path, const char *old, const char *new)
{
	bool differs = false;

	while (*old != '\0' || *new != '\0') {
		struct line a = line_at(old), b = line_at(new);
		bool both = *old != '\0' && *new != '\0';

		if (both && same(a, b)) {
			old = behind(a);
			new = behind(b);
			continue;
		}
		if (!differs)
			printf("--- %s\n+++ rendered now\n", path);
		differs = true;
		/* The nearer of the two ways to agree again. */
		if (*new == '\0' ||
		    (*old != '\0' && distance(new, a) >= distance(old, b)))
			old = print_line('-', old);
		else
			new = print_line('+', new);
	}
	return differs;
}
