/* SPDX-License-Identifier: ISC */
#include "base/time.h"

#include <math.h>

#define NS 1000000000

static int64_t
add_ns(int64_t ns, double s)
{
	double d = s * NS;
	int64_t sum;

	if (!(fabs(d) < 9.2e18))
		return d < 0 ? INT64_MIN : INT64_MAX;
	if (__builtin_add_overflow(ns, (int64_t)llrint(d), &sum))
		return d < 0 ? INT64_MIN : INT64_MAX;
	return sum;
}

static double
sub_ns(int64_t a, int64_t b)
{
	int64_t d;

	if (__builtin_sub_overflow(a, b, &d))
		return a < b ? -9.2e9 : 9.2e9;
	return (double)d / NS;
}

double
wall_sub(struct wall a, struct wall b)
{
	return sub_ns(a.ns, b.ns);
}

double
mono_sub(struct mono a, struct mono b)
{
	return sub_ns(a.ns, b.ns);
}

struct wall
wall_add(struct wall a, double s)
{
	return (struct wall){ add_ns(a.ns, s) };
}

struct mono
mono_add(struct mono a, double s)
{
	if (a.ns == INT64_MAX)
		return a;
	return (struct mono){ add_ns(a.ns, s) };
}

struct mono
mono_min(struct mono a, struct mono b)
{
	return a.ns < b.ns ? a : b;
}

double
ntp64_sub(struct ntp64 a, struct ntp64 b)
{
	/* The difference of two unsigned counters, read as signed, is the
	 * short way round the circle: eras cancel. */
	return ldexp((double)(int64_t)(a.v - b.v), -32);
}

struct ntp64
ntp64_from_wall(struct wall t)
{
	int64_t s = t.ns / NS, ns = t.ns % NS;

	if (ns < 0) {
		ns += NS;
		s--;
	}
	/* Rounded to the nearest 2^-32 s, so that the way back is exact. */
	uint64_t frac = (((uint64_t)ns << 32) + NS / 2) / NS;

	return (struct ntp64){ ((uint64_t)(s + NTP_UNIX_EPOCH) << 32) + frac };
}

struct wall
wall_from_ntp64(struct ntp64 t, struct wall earliest)
{
	/* How far the wire is after the pivot, the long way round if need be:
	 * 0 to 2^32 s. */
	uint64_t after = t.v - ntp64_from_wall(earliest).v;
	uint64_t s = after >> 32;
	uint64_t ns = ((after & UINT32_MAX) * NS + (1u << 31)) >> 32;

	int64_t sum;

	if (__builtin_add_overflow(earliest.ns, (int64_t)(s * NS + ns), &sum))
		sum = INT64_MAX;
	return (struct wall){ sum };
}

/* Years begin in March, so that a leap day is the last; 400 are alike. */
#define MARCH 719468 /* days from 0000-03-01 to 1970-01-01 */
#define ERA 146097   /* days of 400 years */

struct date
date_of(int64_t day)
{
	int64_t d = day + MARCH, era = (d >= 0 ? d : d - (ERA - 1)) / ERA;
	int64_t of_era = d - era * ERA;
	int64_t year =
	    (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t m = (5 * of_year + 2) / 153;

	return (struct date){ .year = year + era * 400 + (m >= 10),
		.month = (int)(m < 10 ? m + 3 : m - 9),
		.day = (int)(of_year - (153 * m + 2) / 5 + 1) };
}

int64_t
date_day(const struct date *d)
{
	int64_t y = d->year - (d->month <= 2), m = (d->month + 9) % 12;
	int64_t era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;

	return era * ERA + of_era * 365 + of_era / 4 - of_era / 100 +
	    (m * 306 + 5) / 10 + d->day - 1 - MARCH;
}

double
ntp32_to_s(uint32_t v)
{
	return ldexp(v, -16);
}

uint32_t
ntp32_from_s(double s)
{
	double v = ceil(ldexp(s, 16));

	if (v <= 0)
		return 0;
	return v < UINT32_MAX ? (uint32_t)v : UINT32_MAX; /* or not a number */
}
