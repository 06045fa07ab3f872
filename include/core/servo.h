/* SPDX-License-Identifier: ISC */
/*
 * servo.h - how fast the clock shall run.
 *
 * The clock (the kernel's, or our virtual one) is read and steered by the
 * owner; here it is only decided.  Frequency is corrected by running the
 * clock at another rate than the raw clock; an offset by a slew: a rate that
 * is off by at most a limit for as long as it takes, ended at servo_next().
 * When a step is due, and whether it may be, is the engine's to say.
 * RFC 5905 11.3, 12.
 */
#ifndef CORE_SERVO_H
#define CORE_SERVO_H

#include "base/time.h"

#include <stdbool.h>

struct servo {
	double slew;	   /* s/s, most */
	double rate;	   /* s/s, ordered: clock against raw, minus 1 */
	double frequency;  /* s/s, the part of rate that is no slew */
	struct mono until; /* end of the slew; MONO_NEVER: none */
};

/* slew in s/s, above 0. */
void servo_init(struct servo *s, double slew);

/* When a slew ends. */
struct mono servo_next(const struct servo *s);

/*
 * The clock is error seconds behind the truth, and the raw clock frequency
 * s/s slow.  The rate to order: error is gone after at least smooth_s
 * seconds, or later if the limit says so.
 */
double servo_slew(struct servo *s, struct mono now, double error,
    double frequency, double smooth_s);

/* True if the slew is over: the rate to order is s->rate from now on. */
bool servo_poll(struct servo *s, struct mono now);

#endif
