/* SPDX-License-Identifier: ISC */
/*
 * explain_words.c - counts, rates and times, as parts of a sentence.
 */
#include "core/explain_parts.h"

#include "base/time.h"

#define DAY_S 86400

const char *
explain_plural(uint32_t n)
{
	return n == 1 ? "" : "s";
}

void
explain_count(struct text *out, uint32_t n, const char *what)
{
	text_add(out, "%u %s%s", n, what, explain_plural(n));
}

void
explain_addresses(struct text *out, uint32_t n)
{
	text_add(out, "%u address%s", n, n == 1 ? "" : "es");
}

void
explain_seconds(struct text *out, double s)
{
	char buf[24];

	text_add(out, "%s", text_seconds(buf, sizeof(buf), s, false));
}

void
explain_pace(struct text *out, uint32_t n, double s, const char *what)
{
	if (n < 2 || s <= 0)
		return;
	if (n / s >= 1.5) {
		text_add(out, "%.0f %ss a second", n / s, what);
		return;
	}
	text_add(out, "a %s in ", what);
	explain_seconds(out, s / (n - 1));
}

static void
date_add(struct text *out, int64_t day, bool with_year)
{
	static const char name[12][4] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	const struct date d = date_of(day);

	if (with_year)
		text_add(out, "%04d-%02d-%02d", (int)d.year, d.month, d.day);
	else
		text_add(out, "%s %d", name[d.month - 1], d.day);
}

void
explain_when(const struct talks *t, int64_t at, struct text *out)
{
	const int64_t s = at / 1000000000 - (at % 1000000000 < 0);
	int64_t day = s / DAY_S - (s % DAY_S < 0);
	int of_day = (int)(s - day * DAY_S);

	if (t->clock == TALK_UNTIMED) {
		text_add(out, "an unknown time");
		return;
	}
	if (t->clock == TALK_SPAN) {
		text_add(out, "second %.1f", (double)at * 1e-9);
		return;
	}
	date_add(out, day, t->clock != TALK_DAY);
	text_add(out, " %02d:%02d:%02d%s", of_day / 3600, of_day / 60 % 60,
	    of_day % 60, t->clock == TALK_UTC ? " UTC" : "");
}
