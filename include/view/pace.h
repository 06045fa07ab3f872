/* SPDX-License-Identifier: ISC */
/*
 * pace.h - why servers are asked as often as they are, for people.
 *
 *	"bound 1.90 ms < 5.00 ms"
 *
 * On the left what is to be expected just before each sample, on the right
 * upstream.accuracy.  After the ledger was lost courtesy alone says how often.
 */
#ifndef VIEW_PACE_H
#define VIEW_PACE_H

#include "view/snapshot.h"

/* "start", "max", "promise", "min" or "futile" */
const char *pace_name(enum engine_pace_reason r);

/* Each server is asked no more often than this, in seconds. */
double pace_interval(const struct snapshot *s);

/* Behind "each server every 17 min: ". */
#define PACE_MAX 96
char *pace_reason(const struct snapshot *s, char buf[PACE_MAX]);

#endif
