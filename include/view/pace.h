/* SPDX-License-Identifier: ISC */
/*
 * pace.h - why servers are asked as often as they are, for people.
 *
 *	"bound 1.90 ms < 5.00 ms"
 *
 * On the left what is to be expected just before each sample, on the right
 * upstream.accuracy.
 */
#ifndef VIEW_PACE_H
#define VIEW_PACE_H

#include "core/engine.h"

/* "start", "max", "promise", "min" or "futile" */
const char *pace_name(enum engine_pace_reason r);

/* Behind "each server every 17 min: ". */
#define PACE_MAX 96
char *pace_reason(const struct engine_pace *p, char buf[PACE_MAX]);

#endif
