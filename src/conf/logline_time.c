/* SPDX-License-Identifier: ISC */
#include "conf/logline_time.h"

#include "base/time.h"

#include <string.h>

#define SECOND INT64_C(1000000000)
#define LEADING 64   /* octets in which a stamp begins */
#define NO_YEAR 1972 /* has a 29th of February */

struct reader {
	const char *at;
	bool bad;
};

/* width digits, or up to width if loose */
static int
digits(struct reader *r, int width, bool loose)
{
	int v = 0, n = 0;

	for (; n < width && *r->at >= '0' && *r->at <= '9'; n++)
		v = v * 10 + (*r->at++ - '0');
	if (n == 0 || (n < width && !loose))
		r->bad = true;
	return v;
}

static void
literal(struct reader *r, char c)
{
	if (*r->at == c)
		r->at++;
	else
		r->bad = true;
}

static int64_t
fraction(struct reader *r)
{
	int64_t v = 0, unit = SECOND / 10;

	if (*r->at != '.' && *r->at != ',')
		return 0;
	for (r->at++; *r->at >= '0' && *r->at <= '9'; r->at++) {
		v += (*r->at - '0') * unit;
		unit /= 10;
	}
	return v;
}

/* ns of a day */
static int64_t
clock_time(struct reader *r)
{
	int h = digits(r, 2, false), m, s;

	literal(r, ':');
	m = digits(r, 2, false);
	literal(r, ':');
	s = digits(r, 2, false);
	r->bad = r->bad || h > 23 || m > 59 || s > 60;
	return ((h * 60 + m) * 60 + s) * SECOND + fraction(r);
}

static int64_t
date(struct reader *r, int year, int month, int day, int64_t rest)
{
	const struct date d = { year, month, day };

	r->bad = r->bad || month < 1 || month > 12 || day < 1 || day > 31 ||
	    year < 1970 || year > 2200;
	return r->bad ? 0 : date_day(&d) * 86400 * SECOND + rest;
}

/* "2026-11-22T03:12:05" */
static bool
read_iso(const char *s, int64_t *at)
{
	struct reader r = { s, false };
	int year = digits(&r, 4, false), month, day;

	literal(&r, '-');
	month = digits(&r, 2, false);
	literal(&r, '-');
	day = digits(&r, 2, false);
	if (*r.at == 'T' || *r.at == ' ')
		r.at++;
	else
		r.bad = true;
	*at = date(&r, year, month, day, clock_time(&r));
	return !r.bad;
}

/* 1 to 12, or 0 */
static int
month_of(const char *s)
{
	static const char name[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int i = 0; i < 12; i++)
		if (strncmp(s, name + 3L * i, 3) == 0)
			return i + 1;
	return 0;
}

/* "Nov 22 03:12:05", with or without a year; *year is 0 without. */
static bool
read_day(struct logline *l, const char *s, int *year, int64_t *at)
{
	struct reader r = { s + 3, false };
	int month = month_of(s), day;

	if (month == 0 || *r.at != ' ')
		return false;
	r.at += strspn(r.at, " ");
	day = digits(&r, 2, true);
	literal(&r, ' ');
	*year = 0;
	if (!r.bad && strspn(r.at, "0123456789") == 4) {
		*year = digits(&r, 4, false);
		literal(&r, ' ');
	}
	if (*year == 0) {
		/* December, and then January: a year has gone by. */
		if (l->month > month + 6)
			l->year++;
		*at = date(&r, NO_YEAR + l->year, month, day, clock_time(&r));
		l->month = r.bad ? l->month : month;
	} else {
		*at = date(&r, *year, month, day, clock_time(&r));
	}
	return !r.bad;
}

/* "[  123.456789]": since boot */
static bool
read_boot(const char *s, int64_t *at)
{
	struct reader r = { s + 1, false };

	r.at += strspn(r.at, " ");
	*at = digits(&r, 9, true) * SECOND;
	if (*r.at != '.')
		return false;
	*at += fraction(&r);
	return !r.bad && *r.at == ']';
}

/* "00:00:01.5": of the day, or since the line before if the first was 0. */
static bool
read_span(struct logline *l, const char *s, int64_t *at)
{
	struct reader r = { s, false };
	int64_t v = clock_time(&r);

	if (r.bad || *r.at != ' ')
		return false;
	if (!l->begun)
		l->deltas = v == 0;
	*at = l->deltas ? l->at + v : v;
	return true;
}

static enum talk_clock
read_here(struct logline *l, const char *s, int64_t *at)
{
	int year;

	if (*s >= '0' && *s <= '9') {
		if (read_iso(s, at))
			return TALK_DATE;
		return read_span(l, s, at) ? TALK_SPAN : TALK_UNTIMED;
	}
	if (*s == '[')
		return read_boot(s, at) ? TALK_SPAN : TALK_UNTIMED;
	if (!read_day(l, s, &year, at))
		return TALK_UNTIMED;
	return year == 0 ? TALK_DAY : TALK_DATE;
}

bool
logline_time(struct logline *l, const char *line, int64_t *at)
{
	const char *s = line;
	enum talk_clock found = TALK_UNTIMED;

	/* Word by word: "<166>", "1", "000123:", a name, "*Nov". */
	for (unsigned i = 0; i < 6 && s < line + LEADING; i++) {
		if (*s == '<')
			s += strcspn(s, ">") + (strchr(s, '>') != NULL);
		s += strspn(s, "*.:");
		found = read_here(l, s, at);
		if (found != TALK_UNTIMED || *s == '\0' ||
		    (month_of(s) != 0 && s[3] == ' '))
			break;
		s += strcspn(s, " ");
		s += strspn(s, " ");
	}
	if (found == TALK_UNTIMED || (l->begun && found != l->clock))
		return false;
	l->begun = true;
	l->clock = found;
	l->at = *at;
	return true;
}
