/* SPDX-License-Identifier: ISC */
/*
 * history.h - the last hour, day and week in fixed memory, for plots.
 *
 * Time is cut into buckets, counted since 1970; a bucket has one place in its
 * ring, so that a gap, a restart or a clock that is set needs no care: a place
 * that holds another bucket than the one asked for holds nothing.
 * Fed with snapshots, by an owner who keeps the octets of history_write()
 * wherever it likes.  Offsets are true time - ours.
 */
#ifndef VIEW_HISTORY_H
#define VIEW_HISTORY_H

#include "base/err.h"
#include "view/snapshot.h"

enum history_span { HISTORY_HOUR, HISTORY_DAY, HISTORY_WEEK, HISTORY_SPANS };

#define HISTORY_HOUR_POINTS 360 /* of 10 s */
#define HISTORY_DAY_POINTS 288	/* of 5 min */
#define HISTORY_WEEK_POINTS 336 /* of 30 min */
#define HISTORY_POINTS \
	(HISTORY_HOUR_POINTS + HISTORY_DAY_POINTS + HISTORY_WEEK_POINTS)
#define HISTORY_FEED_S 10.0 /* how often it wants a snapshot */

struct history_point {
	uint32_t bucket; /* Unix seconds / step */
	uint16_t count;	 /* snapshots in it; 0: empty */
	float offset_s;	 /* mean */
	float bound_s;	 /* the largest */
	float asked;	 /* requests of hosts, answered or limited */
	float covered_s; /* in which they came */
	float sent;	 /* packets upstream */
	float upstream_s[ENGINE_SOURCES]; /* offsets, the last; NaN: none */
};

struct history {
	char host[ENGINE_SOURCES][SOURCE_HOST_MAX]; /* names of upstream_s */
	bool begun;				    /* what follows is known */
	double uptime_s;			    /* of the last snapshot */
	uint64_t asked, sent;
	struct history_point point[HISTORY_POINTS];
};

void history_init(struct history *h);

/* Takes a snapshot; one that does not know the time leaves no trace. */
void history_feed(struct history *h, const struct snapshot *s);

/* "hour", "day", "week" */
const char *history_span_name(enum history_span span);
unsigned history_count(enum history_span span); /* of points */
double history_step_s(enum history_span span);

/* The i-th point of the span that ends now, the oldest first; NULL if there
 * is nothing. */
const struct history_point *history_at(const struct history *h,
    enum history_span span, struct wall now, unsigned i);

/* Requests of hosts in the last day, and of how many seconds that is known. */
double history_asked(const struct history *h, struct wall now,
    double *covered_s);

/* The host's place in upstream_s; -1: not heard of. */
int history_find(const struct history *h, const char *host);

/*
 * As octets, with a checksum, and back.  history_read() refuses, with a
 * sentence, whatever is cut, damaged or of another version: then h is empty.
 */
#define HISTORY_OCTETS_MAX 65536
size_t history_write(const struct history *h,
    uint8_t octets[HISTORY_OCTETS_MAX]);
int history_read(struct history *h, const uint8_t *octets, size_t len,
    struct err *e);

#endif
