/* SPDX-License-Identifier: ISC */
/*
 * clock.h - reads the clocks, and carries out clock orders.
 *
 * CLOCK_SYSTEM_KIND steers the kernel's clock (clock_adjtime: frequency and
 * tick, and offset for a step).  CLOCK_VIRTUAL_KIND leaves it alone and keeps a
 * line of its own on the raw clock, which nobody can step.  The rest of the
 * program does not know which of the two it has.
 */
#ifndef SYS_CLOCK_H
#define SYS_CLOCK_H

#include "base/err.h"
#include "base/time.h"
#include "core/engine.h"

#include <stdbool.h>
#include <time.h>

/*
 * The steered clock as a line on the raw clock; for CLOCK system it is not
 * used, the kernel's clock is the line.  Plain data: it is published to the
 * workers.
 */
struct clock_line {
	bool is_virtual;
	struct mono at;	  /* raw instant of the anchor */
	struct wall wall; /* our clock there */
	double rate;	  /* s/s: it runs at 1 + rate */
};

struct clock {
	struct clock_line line;
	double kernel_rate; /* ordered, system only */
};

/*
 * Virtual: begins at the kernel's time, at the kernel's rate.  System: takes
 * the frequency that the kernel has and ends any adjustment in progress;
 * fails without CAP_SYS_TIME.
 */
int clock_open(struct clock *c, bool is_virtual, struct err *e);

/* Both clocks, as one reading; chance from the kernel. */
void clock_now(const struct clock *c, struct now *now);

/* Our clock at a raw instant (virtual), or at a kernel stamp (system). */
struct wall clock_wall(const struct clock_line *l, struct mono raw,
    struct wall real);

/* Our clock now, by one reading: for the packet path. */
struct wall clock_read(const struct clock_line *l);

int clock_step(struct clock *c, double seconds, struct err *e);

/* From now on our clock runs at 1 + rate against the raw clock.  The kernel
 * can be off by at most 10 %. */
int clock_rate(struct clock *c, double rate, struct err *e);

/* Kernel's idea of being synchronised (status, maxerror); system only. */
void clock_status(const struct clock *c, bool synced, double error_s);

/*
 * A kernel stamp (CLOCK_REALTIME) as an instant of the raw clock, by a pair
 * of readings taken after it.
 */
struct mono clock_raw_of(struct wall stamp, struct mono raw, struct wall real);

/* The raw clock now: for waits and for ages. */
struct mono clock_raw(void);

/* Raw and real, read as close together as it goes. */
void clock_pair(struct mono *raw, struct wall *real);

/*
 * A rate as the kernel is told it: frequency alone up to 500 ppm, tick with
 * it beyond.  rate is against the raw clock, at most 0.1 either way.
 */
struct clock_kernel {
	long tick; /* us */
	long freq; /* 2^-16 ppm */
};
struct clock_kernel clock_kernel(double rate);
double clock_kernel_rate(struct clock_kernel k);

#endif
