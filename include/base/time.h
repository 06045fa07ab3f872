/* SPDX-License-Identifier: ISC */
/*
 * time.h - instants and differences.
 *
 * Three clocks are three types, so that mixing them does not compile.  Only
 * differences are double seconds.  No function here reads a clock.
 *
 *	struct wall	nanoseconds since 1970-01-01 00:00 UTC
 *	struct mono	nanoseconds of CLOCK_MONOTONIC_RAW, that nobody steers
 *	struct ntp64	as on the wire: 32.32 bits, seconds since 1900, and
 *			round again every 136 years (RFC 5905 section 6)
 */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include <stdbool.h>
#include <stdint.h>

struct wall {
	int64_t ns;
};

struct mono {
	int64_t ns;
};

struct ntp64 {
	uint64_t v;
};

/* Later than every instant: "do not wake me". */
#define MONO_NEVER ((struct mono){ INT64_MAX })

/* Seconds from 1900 to 1970. */
#define NTP_UNIX_EPOCH 2208988800u

/* a - b in seconds; exact to the nanosecond while below 104 days. */
double wall_sub(struct wall a, struct wall b);
double mono_sub(struct mono a, struct mono b);

/* a + s.  Saturates at the ends of the type; MONO_NEVER stays. */
struct wall wall_add(struct wall a, double s);
struct mono mono_add(struct mono a, double s);

/* The earlier of the two. */
struct mono mono_min(struct mono a, struct mono b);

/*
 * a - b, in seconds.  Right across an era boundary while the two are less
 * than 68 years apart.
 */
double ntp64_sub(struct ntp64 a, struct ntp64 b);

/* To the wire, in whatever era: 2036 needs no thought. */
struct ntp64 ntp64_from_wall(struct wall t);

/*
 * From the wire: the one instant with these bits in the 136 years that begin
 * at earliest.  Who passes the date of the build is right until then + 136
 * years, whatever the local clock says (RFC 5905 section 6, era).
 */
struct wall wall_from_ntp64(struct ntp64 t, struct wall earliest);

/* Of the Gregorian calendar, before it was one too. */
struct date {
	int64_t year;
	int month, day; /* from 1 */
};

/* Days since 1970-01-01, and back. */
struct date date_of(int64_t day);
int64_t date_day(const struct date *d);

/*
 * NTP short format, 16.16 bits, seconds (root delay and dispersion).  To the
 * wire it is rounded up and saturates, and what is not a number is the
 * largest: a distance is never understated.
 */
double ntp32_to_s(uint32_t v);
uint32_t ntp32_from_s(double s);

#endif
