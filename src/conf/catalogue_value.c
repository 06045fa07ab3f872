/* SPDX-License-Identifier: ISC */
#include "conf/catalogue_value.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

void
catalogue_mend(char *text)
{
	size_t n = strlen(text), tail = 0;

	while (tail < n && tail < 4 &&
	    ((unsigned char)text[n - 1 - tail] & 0xc0) == 0x80)
		tail++;
	if (tail == n)
		return;

	unsigned char first = (unsigned char)text[n - 1 - tail];
	size_t wants = first >= 0xf0 ? 3 :
	    first >= 0xe0	     ? 2 :
	    first >= 0xc0	     ? 1 :
				       0;

	if (tail < wants)
		text[n - 1 - tail] = '\0';
}

static void
tidy(char *text)
{
	static const char *const nothing[] = { "unknown", "?", "-", "n/a",
		"none", "null", "~" };
	char *to = text;

	for (const char *from = text; *from != '\0'; from++) {
		bool space = (unsigned char)*from <= ' ' || *from == 0x7f;

		if (!space)
			*to++ = *from;
		else if (to > text && to[-1] != ' ')
			*to++ = ' ';
	}
	if (to > text && to[-1] == ' ')
		to--;
	*to = '\0';
	for (size_t i = 0; i < COUNT(nothing); i++)
		if (strcasecmp(text, nothing[i]) == 0)
			text[0] = '\0';
}

/* "[Example University](https://...)", as on a web page. */
static void
take_link(char *text)
{
	char *end = strstr(text, "](");

	if (text[0] != '[' || end == NULL)
		return;
	*end = '\0';
	memmove(text, text + 1, strlen(text));
}

void
catalogue_tidy(char *text)
{
	catalogue_mend(text);
	tidy(text);
	take_link(text);
}

static bool
is_host(const char *s)
{
	return s[0] != '\0' && s[0] != '-' && !addr_is_torn(s) &&
	    strspn(s,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789.-_:") == strlen(s);
}

bool
catalogue_port(const char *text, uint16_t *port)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != '\0' || n < 1 || n > 65535)
		return false;
	*port = (uint16_t)n;
	return true;
}

bool
catalogue_host(struct survey_said *s, char *text)
{
	char *port = NULL, *colon = strrchr(text, ':');
	size_t len;

	if (*text == '[') {
		char *close = strchr(++text, ']');

		if (close == NULL || (close[1] != '\0' && close[1] != ':'))
			return false;
		port = close[1] == ':' ? close + 2 : NULL;
		*close = '\0';
	} else if (colon != NULL && strchr(text, ':') == colon) {
		*colon = '\0';
		port = colon + 1;
	}
	len = strlen(text);
	if (len > 1 && text[len - 1] == '.') /* the root */
		text[len - 1] = '\0';
	return is_host(text) && text_copy(s->host, sizeof(s->host), text) &&
	    (port == NULL || catalogue_port(port, &s->port));
}

void
catalogue_as(struct survey_said *s, const char *text)
{
	unsigned depth = 0;
	char *end;

	for (const char *t = text; *t != '\0'; t++) {
		char before = t == text ? ' ' : t[-1];
		unsigned long n;

		depth += *t == '(';
		depth -= depth > 0 && *t == ')';
		if (depth > 0 || *t < '0' || *t > '9' ||
		    strchr(" ,;/sSnN", before) == NULL)
			continue;
		n = strtoul(t, &end, 10);
		if (n >= 1 && n <= UINT32_MAX && s->as_count < SURVEY_AS)
			s->as[s->as_count++] = (uint32_t)n;
		t = end - 1;
	}
}

uint8_t
catalogue_stratum(const char *text)
{
	const char *digit = strpbrk(text, "0123456789");
	char *end;
	unsigned long n;

	if (digit == NULL || (digit > text && digit[-1] == '-'))
		return 0;
	n = strtoul(digit, &end, 10);
	if (strpbrk(end, "0123456789") != NULL || n < 1 || n > 15)
		return 0;
	return (uint8_t)n;
}

bool
catalogue_true(const char *text)
{
	return strcasecmp(text, "true") == 0 || strcasecmp(text, "yes") == 0 ||
	    strcasecmp(text, "on") == 0;
}
