/* SPDX-License-Identifier: ISC */
#include "view/request.h"

#include <string.h>
#include <strings.h>

enum { GOOD = 200, BAD = 400, METHOD = 405, BODY = 413, LONG = 414 };
enum { LARGE = 431, VERSION = 505 };

/* A part of what came; not terminated. */
struct span {
	const char *at;
	size_t len;
};

/* What the head says, beside the request line. */
struct fields {
	unsigned hosts;
	bool body, openmetrics;
};

static bool
is(struct span s, const char *word)
{
	return s.len == strlen(word) && strncasecmp(s.at, word, s.len) == 0;
}

static bool
begins(struct span s, const char *word)
{
	return s.len >= strlen(word) &&
	    strncasecmp(s.at, word, strlen(word)) == 0;
}

static bool
holds(struct span s, const char *word)
{
	for (; s.len > 0; s.at++, s.len--)
		if (begins(s, word))
			return true;
	return false;
}

static bool
copy(char to[REQUEST_PATH_MAX], struct span s)
{
	if (s.len >= REQUEST_PATH_MAX)
		return false;
	memcpy(to, s.at, s.len);
	to[s.len] = '\0';
	return true;
}

/* Up to the next c, which is skipped; all of it if there is none. */
static struct span
cut(struct span *rest, char c)
{
	struct span s = *rest;
	const char *end = memchr(rest->at, c, rest->len);

	if (end != NULL)
		s.len = (size_t)(end - rest->at);
	rest->at += s.len + (end != NULL);
	rest->len -= s.len + (end != NULL);
	return s;
}

/* A line without its end. */
static struct span
cut_line(struct span *rest)
{
	struct span s = cut(rest, '\n');

	if (s.len > 0 && s.at[s.len - 1] == '\r')
		s.len--;
	return s;
}

static struct span
trim(struct span s)
{
	while (s.len > 0 && (*s.at == ' ' || *s.at == '\t')) {
		s.at++;
		s.len--;
	}
	while (s.len > 0 && (s.at[s.len - 1] == ' ' || s.at[s.len - 1] == '\t'))
		s.len--;
	return s;
}

/* Octets that no head has: one of them ends it all. */
static bool
is_text(struct span s)
{
	for (; s.len > 0; s.at++, s.len--)
		if ((unsigned char)*s.at < ' ' && *s.at != '\t')
			return false;
		else if (*s.at == 0x7f)
			return false;
	return true;
}

/* RFC 9110 5.6.2 */
static bool
is_token(struct span s)
{
	static const char others[] = "!#$%&'*+-.^_`|~";

	if (s.len == 0)
		return false;
	for (; s.len > 0; s.at++, s.len--) {
		bool letter = (*s.at | 32) >= 'a' && (*s.at | 32) <= 'z';
		bool digit = *s.at >= '0' && *s.at <= '9';

		if (!letter && !digit &&
		    memchr(others, *s.at, sizeof(others) - 1) == NULL)
			return false;
	}
	return true;
}

/* "/metrics?x", or the same behind http://host (RFC 9112 3.2.2). */
static unsigned
read_target(struct request *r, struct span target)
{
	static const char scheme[] = "http://";
	const char *slash;
	struct span path;

	if (begins(target, scheme)) {
		target.at += sizeof(scheme) - 1;
		target.len -= sizeof(scheme) - 1;
		slash = memchr(target.at, '/', target.len);
		if (slash == NULL)
			return BAD;
		target.len -= (size_t)(slash - target.at);
		target.at = slash;
	}
	if (!begins(target, "/"))
		return BAD;
	path = cut(&target, '?');
	return copy(r->path, path) && copy(r->query, target) ? GOOD : LONG;
}

static unsigned
read_line(struct request *r, struct span line)
{
	struct span method = cut(&line, ' '), target = cut(&line, ' ');
	unsigned status;

	if (!is_token(method) || target.len == 0 || !begins(line, "HTTP/"))
		return BAD;
	if (!is(line, "HTTP/1.1") && !is(line, "HTTP/1.0"))
		return VERSION;
	r->head = method.len == 4 && memcmp(method.at, "HEAD", 4) == 0;
	if (!r->head && !(method.len == 3 && memcmp(method.at, "GET", 3) == 0))
		return METHOD;
	status = read_target(r, target);
	return status;
}

static bool
read_field(struct fields *f, struct span line)
{
	struct span value = line, name = cut(&value, ':');

	/* No colon, a folded line or white space before the colon: ways to
	 * smuggle (RFC 9112 5.1, 5.2). */
	if (name.len == line.len || !is_token(name) || !is_text(value))
		return false;
	value = trim(value);
	if (is(name, "host"))
		f->hosts++;
	else if (is(name, "transfer-encoding"))
		f->body = true;
	else if (is(name, "content-length"))
		f->body = f->body || !is(value, "0");
	else if (is(name, "accept"))
		f->openmetrics = holds(value, "application/openmetrics-text");
	return true;
}

static bool
is_1_0(struct span line)
{
	return line.len > 3 && memcmp(line.at + line.len - 3, "1.0", 3) == 0;
}

unsigned
request_read(struct request *r, const char *octets, size_t len)
{
	struct span rest = { octets, len }, line, first;
	struct fields f = { 0 };
	unsigned status;

	*r = (struct request){ 0 };
	if (memchr(octets, '\n', len) == NULL)
		return len >= REQUEST_MAX ? LONG : 0;
	first = cut_line(&rest);
	status = is_text(first) ? read_line(r, first) : BAD;
	if (status == BAD || status == VERSION || status == LONG)
		return status; /* nothing more is worth waiting for */
	for (;;) {
		if (memchr(rest.at, '\n', rest.len) == NULL)
			return len >= REQUEST_MAX ? LARGE : 0;
		line = cut_line(&rest);
		if (line.len == 0)
			break;
		if (!read_field(&f, line))
			return BAD;
	}
	if (status != GOOD)
		return status;
	if (f.hosts > 1 || (f.hosts == 0 && !is_1_0(first)))
		return BAD;
	r->openmetrics = f.openmetrics;
	return f.body ? BODY : GOOD;
}
