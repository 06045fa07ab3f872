/* SPDX-License-Identifier: ISC */
#include "core/path.h"

#include <math.h>
#include <string.h>

#define STAMP_S 1e-6	    /* noise of time stamps */
#define EXCESS_PRIOR 0.10   /* mean excess, share of the delay, unseen */
#define PRIOR_UNTIL 16	    /* delays; then the prior is forgotten */
#define MEAN_OF_MEDIAN 1.19 /* two equal exponential queues: Gamma(2) */
#define RUN 8		    /* delays in a row that end a floor */
#define RUN_AFTER 24	    /* delays that must stand behind it */
#define QUANTILES 16	    /* kept of a window */

void
path_init(struct path *p)
{
	memset(p, 0, sizeof(*p));
}

/* Where delay is in sorted[], or would be. */
static unsigned
place(const struct path *p, float delay)
{
	unsigned i = 0;

	while (i < p->count && p->sorted[i] < delay)
		i++;
	return i;
}

static void
drop_oldest(struct path *p)
{
	unsigned oldest = (p->next + PATH_WINDOW - p->count) % PATH_WINDOW;
	unsigned i = place(p, p->delay[oldest]);

	p->count--;
	memmove(&p->sorted[i], &p->sorted[i + 1],
	    (p->count - i) * sizeof(p->sorted[0]));
}

static void
append(struct path *p, float delay)
{
	unsigned i;

	if (p->count == PATH_WINDOW)
		drop_oldest(p);
	i = place(p, delay);
	memmove(&p->sorted[i + 1], &p->sorted[i],
	    (p->count - i) * sizeof(p->sorted[0]));
	p->sorted[i] = delay;
	p->delay[p->next] = delay;
	p->next = (p->next + 1) % PATH_WINDOW;
	p->count++;
}

static void
keep_newest(struct path *p, unsigned n)
{
	while (p->count > n)
		drop_oldest(p);
}

static double
median_excess(const struct path *p)
{
	unsigned n = p->count;

	return ((double)p->sorted[n / 2] + (double)p->sorted[(n - 1) / 2]) / 2 -
	    p->floor;
}

/*
 * The mean excess comes from the median, which a few spikes do not move.
 * The seen floor is above the true one by a Rayleigh variable of sigma.
 */
static void
measure(struct path *p)
{
	double n = p->count, m;

	p->floor = (double)p->sorted[0];
	m = MEAN_OF_MEDIAN * median_excess(p);
	if (p->count < PRIOR_UNTIL)
		m = (2 * EXCESS_PRIOR * p->floor + (n - 1) * m) / (n + 1);
	m += 0.63 * m / sqrt(n); /* the floor itself is too high */
	p->excess = fmax(m, 2 * STAMP_S);
	p->sigma = p->excess / 2 / sqrt(n);
}

static double
least_of_newest(const struct path *p, unsigned n)
{
	double least = INFINITY;

	for (unsigned i = 1; i <= n; i++)
		least = fmin(least,
		    (double)
			p->delay[(p->next + PATH_WINDOW - i) % PATH_WINDOW]);
	return least;
}

/* The newest RUN without those, at its begin, that took the old route. */
static void
keep_run(struct path *p)
{
	keep_newest(p, RUN);
	while ((double)p->sorted[0] <
	    (double)p->sorted[p->count / 2] - 2 * p->excess)
		drop_oldest(p);
}

/* One delay far below the floor, or a run of them far above. */
static double
route_change(struct path *p)
{
	double newest = least_of_newest(p, 1);

	if (p->count > RUN && newest < p->floor - p->excess) {
		keep_newest(p, 1);
		return p->floor - newest;
	}
	if (p->count < RUN_AFTER ||
	    least_of_newest(p, RUN) <= p->floor + 2 * p->excess)
		return 0;
	keep_run(p);
	return (double)p->sorted[0] - p->floor;
}

double
path_add(struct path *p, double delay)
{
	double jump;

	append(p, (float)delay);
	jump = route_change(p);
	measure(p);
	return jump;
}

struct noise
path_noise(const struct path *p, double delay)
{
	double queued = fmax(delay - p->floor, 0);

	return (struct noise){ (queued + 1.25 * p->sigma) / 2,
		p->sigma * p->sigma + STAMP_S * STAMP_S };
}

void
path_write(const struct path *p, struct wire_out *w)
{
	wire_put_u8(w, (uint8_t)p->count);
	for (unsigned i = 0; p->count > 0 && i < QUANTILES; i++)
		wire_put_f64(w,
		    (double)p->sorted[i * (p->count - 1) / (QUANTILES - 1)]);
}

/* Which quantile stood at i of count; scattered, for order is lost. */
static unsigned
quantile_of(unsigned i, unsigned count)
{
	if (count > QUANTILES)
		return i * 7 % QUANTILES;
	return count < 2 ? 0 : (i * (QUANTILES - 1) + count - 2) / (count - 1);
}

bool
path_read(struct path *p, struct wire *w)
{
	unsigned count = wire_u8(w);
	double quantile[QUANTILES], least = 0;
	struct path fresh;

	if (count > PATH_WINDOW)
		return false;
	for (unsigned i = 0; count > 0 && i < QUANTILES; i++) {
		quantile[i] = wire_f64(w);
		if (!(quantile[i] >= least && quantile[i] < 100))
			return false;
		least = quantile[i];
	}
	if (w->bad || (count > 0 && !(quantile[0] > 0)))
		return false;
	path_init(&fresh);
	for (unsigned i = 0; i < count; i++)
		append(&fresh, (float)quantile[quantile_of(i, count)]);
	if (count > 0)
		measure(&fresh);
	*p = fresh;
	return true;
}
