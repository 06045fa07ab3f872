/* SPDX-License-Identifier: ISC */
#include "sys/clock.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <sys/random.h>
#include <sys/timex.h>
#include <unistd.h>

#define NS 1000000000
#define RATE_MAX 0.1		 /* tick may be 10 % off */
#define FREQ_MAX 500e-6		 /* what ADJ_FREQUENCY can do */
#define FREQ_UNIT (1e-6 / 65536) /* s/s, of timex.freq */
#define MAXERROR_US 16000000	 /* at which the kernel calls itself unsynced */
#define TRIES 3

static int64_t
read_ns(clockid_t id)
{
	struct timespec t;

	if (clock_gettime(id, &t) != 0)
		return 0; /* a simulator has no such clock */
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* ------------------------------------------------------------- reading */

struct mono
clock_raw(void)
{
	return (struct mono){ read_ns(CLOCK_MONOTONIC_RAW) };
}

void
clock_pair(struct mono *raw, struct wall *real)
{
	int64_t best = INT64_MAX;

	/* An interruption between the readings makes the sandwich thick: the
	 * thinnest of three is taken. */
	for (int i = 0; i < TRIES; i++) {
		int64_t before = read_ns(CLOCK_MONOTONIC_RAW);
		int64_t at = read_ns(CLOCK_REALTIME);
		int64_t thick = read_ns(CLOCK_MONOTONIC_RAW) - before;

		if (thick >= best)
			continue;
		best = thick;
		raw->ns = before + thick / 2;
		real->ns = at;
	}
}

/* BOOTTIME and MONOTONIC differ by the time asleep, and by the time between
 * our two readings: the least difference has least of the latter. */
static int64_t
asleep(void)
{
	int64_t least = INT64_MAX;

	for (int i = 0; i < TRIES; i++) {
		int64_t mono = read_ns(CLOCK_MONOTONIC);
		int64_t boot = read_ns(CLOCK_BOOTTIME);

		if (boot == 0)
			return 0;
		if (boot - mono < least)
			least = boot - mono;
	}
	return least;
}

/* 64 bits that nobody can guess. */
static uint64_t
chance(void)
{
	uint64_t bits;
	ssize_t n;

	do
		n = getrandom(&bits, sizeof(bits), 0);
	while (n < 0 && errno == EINTR);
	assert(n == sizeof(bits)); /* so few come whole (getrandom(2)) */
	return bits;
}

void
clock_now(const struct clock *c, struct now *now)
{
	struct wall real;

	now->asleep_ns = asleep();
	now->chance = chance();
	clock_pair(&now->mono, &real);
	now->wall = clock_wall(&c->line, now->mono, real);
}

struct wall
clock_wall(const struct clock_line *l, struct mono raw, struct wall real)
{
	if (!l->is_virtual)
		return real;
	/* The long part in whole nanoseconds: a double has not enough digits
	 * for a year of them. */
	int64_t since = raw.ns - l->at.ns;
	int64_t gained = (int64_t)llrint((double)since * l->rate);

	return (struct wall){ l->wall.ns + since + gained };
}

struct wall
clock_read(const struct clock_line *l)
{
	struct wall real = { 0 };
	struct mono raw = { 0 };

	if (l->is_virtual)
		raw.ns = read_ns(CLOCK_MONOTONIC_RAW);
	else
		real.ns = read_ns(CLOCK_REALTIME);
	return clock_wall(l, raw, real);
}

struct mono
clock_raw_of(struct wall stamp, struct mono raw, struct wall real)
{
	return (struct mono){ raw.ns - (real.ns - stamp.ns) };
}

/* ---------------------------------------------- the kernel's clock rate */

/* Microseconds of a tick at the nominal rate. */
static long
nominal(void)
{
	return 1000000 / sysconf(_SC_CLK_TCK);
}

struct clock_kernel
clock_kernel(double rate)
{
	struct clock_kernel k = { .tick = nominal() };
	double step = 1.0 / (double)k.tick;
	double rest = rate;

	/* Tick is coarse, 100 ppm; it is left alone while frequency can do. */
	if (fabs(rate) > FREQ_MAX) {
		long ticks = lrint(rate / step);

		k.tick += ticks;
		rest -= (double)ticks * step;
	}
	k.freq = lrint(rest / FREQ_UNIT);
	return k;
}

double
clock_kernel_rate(struct clock_kernel k)
{
	/* Against the raw clock: both count the same oscillator, and the
	 * kernel's adjustments are of the nominal rate at which raw runs. */
	return (double)(k.tick - nominal()) / (double)nominal() +
	    (double)k.freq * FREQ_UNIT;
}

/* What the kernel is ordered to do now; needs no right. */
static double
kernel_rate(void)
{
	struct timex t = { .modes = 0 };

	if (clock_adjtime(CLOCK_REALTIME, &t) < 0)
		return 0;
	return clock_kernel_rate((struct clock_kernel){ t.tick, t.freq });
}

static int
adjust(struct timex *t, const char *what, struct err *e)
{
	if (clock_adjtime(CLOCK_REALTIME, t) >= 0)
		return 0;
	if (errno == EPERM)
		return err_set(e,
		    "clock: cannot %s without CAP_SYS_TIME (clock = "
		    "\"virtual\" leaves it alone)",
		    what);
	return err_sys(e, "clock: cannot %s", what);
}

/*
 * An offset in progress is slewed to its end even when the PLL is taken
 * away.  So it is set to zero, for which the PLL must be on; frequency hold
 * keeps it from learning something from that.  What adjtime(3) left over has
 * a call of its own.
 */
static int
kernel_calm(struct err *e)
{
	struct timex end = { .modes = ADJ_STATUS | ADJ_OFFSET,
		.status = STA_PLL | STA_FREQHOLD | STA_UNSYNC };
	struct timex single = { .modes = ADJ_OFFSET_SINGLESHOT };
	struct timex off = { .modes = ADJ_STATUS, .status = STA_UNSYNC };

	if (adjust(&end, "steer the kernel's clock", e) != 0 ||
	    adjust(&single, "end adjtime", e) != 0 ||
	    adjust(&off, "switch the kernel's PLL off", e) != 0)
		return -1;
	return 0;
}

static int
kernel_step(double seconds, struct err *e)
{
	double whole = floor(seconds);
	int64_t ns = (int64_t)llrint((seconds - whole) * NS);
	struct timex t = { .modes = ADJ_SETOFFSET | ADJ_NANO };

	t.time.tv_sec = (time_t)whole + ns / NS;
	t.time.tv_usec = (suseconds_t)(ns % NS);
	if (clock_adjtime(CLOCK_REALTIME, &t) >= 0)
		return 0;

	/* A kernel without it: the same, but for the time between the two. */
	struct wall to =
	    wall_add((struct wall){ read_ns(CLOCK_REALTIME) }, seconds);
	struct timespec ts = { .tv_sec = to.ns / NS, .tv_nsec = to.ns % NS };

	if (clock_settime(CLOCK_REALTIME, &ts) != 0)
		return err_sys(e, "clock: cannot step it by %.9f s", seconds);
	return 0;
}

/* ------------------------------------------------------------- the doors */

int
clock_open(struct clock *c, bool is_virtual, struct err *e)
{
	*c = (struct clock){ .line.is_virtual = is_virtual };
	if (is_virtual) {
		clock_pair(&c->line.at, &c->line.wall);
		c->line.rate = kernel_rate();
		return 0;
	}
	if (kernel_calm(e) != 0)
		return -1;
	c->kernel_rate = kernel_rate();
	return 0;
}

int
clock_step(struct clock *c, double seconds, struct err *e)
{
	if (!isfinite(seconds) || fabs(seconds) > 9e9)
		return err_set(e, "clock: a step of %g s", seconds);
	if (!c->line.is_virtual)
		return kernel_step(seconds, e);
	c->line.wall = wall_add(c->line.wall, seconds);
	return 0;
}

int
clock_rate(struct clock *c, double rate, struct err *e)
{
	if (!(fabs(rate) <= RATE_MAX))
		return err_set(e, "clock: cannot run %g ppm off", rate * 1e6);
	if (c->line.is_virtual) {
		/* A new line from where the old one is now. */
		struct mono raw = { read_ns(CLOCK_MONOTONIC_RAW) };

		c->line.wall = clock_wall(&c->line, raw, (struct wall){ 0 });
		c->line.at = raw;
		c->line.rate = rate;
		return 0;
	}
	struct clock_kernel k = clock_kernel(rate);
	struct timex t = { .modes = ADJ_FREQUENCY | ADJ_TICK,
		.freq = k.freq,
		.tick = k.tick };

	if (adjust(&t, "steer the kernel's clock", e) != 0)
		return -1;
	c->kernel_rate = clock_kernel_rate(k);
	return 0;
}

void
clock_status(const struct clock *c, bool synced, double error_s)
{
	double us = ceil(error_s * 1e6);
	struct timex t = { .modes = ADJ_STATUS | ADJ_MAXERROR | ADJ_ESTERROR,
		.status = synced ? 0 : STA_UNSYNC };

	if (c->line.is_virtual)
		return;
	t.maxerror = us >= 0 && us < MAXERROR_US ? (long)us : MAXERROR_US;
	t.esterror = t.maxerror;
	/* A sign for others; our time is right without it. */
	(void)clock_adjtime(CLOCK_REALTIME, &t);
}
