/* SPDX-License-Identifier: ISC */
/*
 * leap.h - TAI - UTC, and what to announce.
 *
 * The table comes from a leap-seconds.list (IERS, NIST); without one TAI -
 * UTC is a constant (37 s, that of 2017 and since) and nothing is announced.
 */
#ifndef CORE_LEAP_H
#define CORE_LEAP_H

#include "base/err.h"
#include "base/time.h"
#include "core/packet.h"

#define LEAP_MAX 64

struct leap_table {
	unsigned count;
	struct {
		int64_t at; /* Unix second from which on tai holds */
		int tai;    /* TAI - UTC, s */
	} line[LEAP_MAX];   /* rising */
	int64_t expires;    /* Unix second; 0: no table */
};

/*
 * Reads the text of a leap-seconds.list.  On failure the table is empty and
 * the sentence names the line.  A file cut short is refused: the hash line
 * (#h) is verified if it is there, and must be if the file says when it was
 * published (#$); the last line must be whole.
 */
int leap_read(struct leap_table *t, const char *text, struct err *e);

/* TAI - UTC at a UTC instant; before the first line that of the first. */
int leap_tai(const struct leap_table *t, struct wall utc);

/*
 * TAI - UTC at an instant given on TAI.  In an inserted second it is the new
 * one already: UTC then reads the last second of the day again, as the
 * kernel's clock does.
 */
int leap_tai_at_tai(const struct leap_table *t, struct wall tai);

/*
 * LEAP_INSERT or LEAP_DELETE in the last 24 hours before one, else
 * LEAP_NONE (RFC 8633 3.7: only on the last day of the month).
 */
enum packet_leap leap_announce(const struct leap_table *t, struct wall utc);

/* At most 24 hours from one, before it or after it. */
bool leap_near(const struct leap_table *t, struct wall utc);

/* The UTC instant of the next leap after utc, or false. */
bool leap_next(const struct leap_table *t, struct wall utc, struct wall *at);

#endif
