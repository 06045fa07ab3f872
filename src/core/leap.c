/* SPDX-License-Identifier: ISC */
#include "core/leap.h"

#include "base/wire.h"
#include "core/auth.h"

#include <string.h>

#define DAY 86400
#define NS 1000000000
#define HASH_WORDS 5
#define NUMBER_MAX INT64_C(1000000000000) /* far beyond any date */
#define TAI_SINCE_2017 37

/* What is being read. */
struct reader {
	struct leap_table *t;
	const char *at;
	const char *end; /* of the line */
	unsigned line;
	unsigned hash_line; /* 0: none seen */
	bool published;	    /* has the #$ line of those who publish it */
	uint32_t hash[HASH_WORDS];
	size_t digits;
	/* the digits that the hash is over */
	char hashed[(LEAP_MAX + 2) * 16];
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void
skip_blanks(struct reader *r)
{
	while (r->at < r->end &&
	    (*r->at == ' ' || *r->at == '\t' || *r->at == '\r'))
		r->at++;
}

/* A number, its digits put down for the hash; -1 if there is none. */
static int64_t
read_number(struct reader *r)
{
	int64_t n = 0;

	skip_blanks(r);
	if (r->at == r->end || !is_digit(*r->at))
		return -1;
	for (; r->at < r->end && is_digit(*r->at); r->at++) {
		n = n * 10 + (*r->at - '0');
		if (n > NUMBER_MAX || r->digits == sizeof(r->hashed))
			return -1;
		r->hashed[r->digits++] = *r->at;
	}
	return n;
}

static int
hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Five words, of which some publishers leave out leading zeros. */
static int
read_hash(struct reader *r, struct err *e)
{
	r->hash_line = r->line;
	for (int i = 0; i < HASH_WORDS; i++) {
		const char *begin;

		skip_blanks(r);
		begin = r->at;
		r->hash[i] = 0;
		for (; r->at < r->end && hex_value(*r->at) >= 0; r->at++)
			r->hash[i] =
			    r->hash[i] << 4 | (uint32_t)hex_value(*r->at);
		if (r->at == begin || r->at - begin > 8)
			return err_set(e,
			    "line %u: the hash (#h) should be five words of "
			    "eight hexadecimal digits",
			    r->line);
	}
	return 0;
}

/* Is this Unix second the first of a month? */
static bool
begins_month(int64_t at)
{
	return at % DAY == 0 && date_of(at / DAY).day == 1;
}

static int
read_line(struct reader *r, struct err *e)
{
	struct leap_table *t = r->t;
	unsigned n = t->count;
	int64_t at = read_number(r), tai = read_number(r);

	skip_blanks(r);
	if (at < 0 || tai < 0 || (r->at < r->end && *r->at != '#'))
		return err_set(e,
		    "line %u: not a second since 1900 and TAI - UTC, such as "
		    "\"3692217600 37\"",
		    r->line);
	at -= NTP_UNIX_EPOCH;
	if (n == LEAP_MAX)
		return err_set(e, "line %u: more than %d leap seconds", r->line,
		    LEAP_MAX);
	if (!begins_month(at))
		return err_set(e,
		    "line %u: a leap second comes before the first second of "
		    "a month, and this is none",
		    r->line);
	if (n > 0 && at <= t->line[n - 1].at)
		return err_set(e, "line %u: not later than the line before it",
		    r->line);
	if (n > 0 && tai != t->line[n - 1].tai + 1 &&
	    tai != t->line[n - 1].tai - 1)
		return err_set(e,
		    "line %u: TAI - UTC goes from %d to %lld, not by one "
		    "second",
		    r->line, t->line[n - 1].tai, (long long)tai);
	if (tai > 1000)
		return err_set(e, "line %u: TAI - UTC of %lld s is absurd",
		    r->line, (long long)tai);
	t->line[n].at = at;
	t->line[n].tai = (int)tai;
	t->count++;
	return 0;
}

/* A line that begins with #: a comment, but for three of them. */
static int
read_special(struct reader *r, struct err *e)
{
	int64_t n = 0;
	char what = r->end - r->at < 2 ? '\0' : r->at[1];

	if (what != '$' && what != '@' && what != 'h')
		return 0;
	r->at += 2;
	if (what == 'h')
		return read_hash(r, e);
	n = read_number(r);
	if (n < NTP_UNIX_EPOCH)
		return err_set(e,
		    "line %u: after #%c should be a second since 1900", r->line,
		    what);
	if (what == '@')
		r->t->expires = n - NTP_UNIX_EPOCH;
	else
		r->published = true;
	return 0;
}

/* Whole, and as it was published? */
static int
check(const struct reader *r, struct err *e)
{
	uint8_t digest[AUTH_HASH_MAX];
	struct wire w = { .at = digest, .left = HASH_WORDS * 4 };

	if (r->t->count == 0)
		return err_set(e,
		    "no leap second in it: not a "
		    "leap-seconds.list");
	if (r->t->expires == 0)
		return err_set(e, "no line with the date of expiry (#@)");
	if (r->hash_line == 0 && r->published)
		return err_set(e,
		    "line %u: ends without a hash (#h): the file is cut short",
		    r->line);
	if (r->hash_line == 0)
		return 0;
	auth_hash(AUTH_SHA1, r->hashed, r->digits, digest);
	for (int i = 0; i < HASH_WORDS; i++)
		if (r->hash[i] != wire_u32(&w))
			return err_set(e,
			    "line %u: the hash (#h) is not that of the lines "
			    "above: the file is damaged or was changed",
			    r->hash_line);
	return 0;
}

static int
read_all(struct reader *r, struct err *e)
{
	const char *next = r->at;

	while (*next != '\0') {
		r->at = next;
		r->end = strchr(next, '\n');
		r->line++;
		if (r->end == NULL)
			return err_set(e,
			    "line %u: has no end: the file is cut short",
			    r->line);
		next = r->end + 1;
		skip_blanks(r);
		if (r->at == r->end)
			continue;
		if ((*r->at == '#' ? read_special : read_line)(r, e) == -1)
			return -1;
	}
	return check(r, e);
}

int
leap_read(struct leap_table *t, const char *text, struct err *e)
{
	struct reader r = { .t = t, .at = text };

	*t = (struct leap_table){ 0 };
	if (read_all(&r, e) == -1) {
		*t = (struct leap_table){ 0 };
		return -1;
	}
	return 0;
}

/* Rounded down, before 1970 too. */
static int64_t
second_of(struct wall t)
{
	return t.ns / NS - (t.ns % NS < 0);
}

/* Lines that hold at a UTC second; the last of them does. */
static unsigned
lines_until(const struct leap_table *t, int64_t s)
{
	unsigned n = t->count;

	while (n > 0 && t->line[n - 1].at > s)
		n--;
	return n;
}

int
leap_tai(const struct leap_table *t, struct wall utc)
{
	unsigned n = lines_until(t, second_of(utc));

	if (t->count == 0)
		return TAI_SINCE_2017;
	return t->line[n > 0 ? n - 1 : 0].tai;
}

int
leap_tai_at_tai(const struct leap_table *t, struct wall tai)
{
	int64_t s = second_of(tai);
	unsigned n = t->count;

	if (n == 0)
		return TAI_SINCE_2017;
	/* The new difference begins with the inserted second, in which UTC
	 * reads the last second of the day once more; and where one is
	 * deleted, with the second after the gap: at TAI at + the lesser. */
	for (; n > 1; n--) {
		int was = t->line[n - 2].tai, is = t->line[n - 1].tai;

		if (s >= t->line[n - 1].at + (was < is ? was : is))
			break;
	}
	return t->line[n - 1].tai;
}

enum packet_leap
leap_announce(const struct leap_table *t, struct wall utc)
{
	int64_t s = second_of(utc);
	unsigned n = lines_until(t, s);

	if (n == 0 || n == t->count || t->line[n].at - s > DAY)
		return LEAP_NONE;
	return t->line[n].tai > t->line[n - 1].tai ? LEAP_INSERT : LEAP_DELETE;
}

bool
leap_near(const struct leap_table *t, struct wall utc)
{
	int64_t s = second_of(utc);

	/* the first line begins the table: it is no leap */
	for (unsigned n = 1; n < t->count; n++)
		if (t->line[n].at - s <= DAY && s - t->line[n].at <= DAY)
			return true;
	return false;
}

bool
leap_next(const struct leap_table *t, struct wall utc, struct wall *at)
{
	unsigned n = lines_until(t, second_of(utc));

	if (n == 0 && t->count > 0)
		n = 1; /* the first line begins the table: it is no leap */
	if (n == t->count)
		return false;
	*at = (struct wall){ t->line[n].at * NS };
	return true;
}
