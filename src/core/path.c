/* SPDX-License-Identifier: ISC */
#include "core/path.h"

#include <math.h>
#include <string.h>

#define STAMP_S 1e-6	    /* noise of time stamps */
#define EXCESS_PRIOR 0.10   /* mean excess, share of the delay, unseen */
#define PRIOR_UNTIL 16	    /* delays; then the prior is forgotten */
#define MEAN_OF_MEDIAN 1.19 /* two equal exponential queues: Gamma(2) */
#define FALL 5.0	    /* sigmas below the floor that end it */
#define FALL_AFTER 9	    /* delays that must stand behind it */
#define QUANTILES 16	    /* kept of a window */

/*
 * So many delays in a row, each so many mean excesses above the floor, end
 * it.  Two equal exponential queues do that by chance once in 10^8 or 10^6
 * samples.
 */
static const struct {
	unsigned delays;
	double excesses;
} runs[] = { { 8, 2 }, { 16, 1 } };

#define BEHIND 16 /* delays that must stand behind a floor to end it */

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
		m = (2 * p->prior + (n - 1) * m) / (n + 1);
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

/* The newest n without those, at their begin, that took the old route. */
static void
keep_run(struct path *p, unsigned n)
{
	keep_newest(p, n);
	while ((double)p->sorted[0] <
	    (double)p->sorted[p->count / 2] - 2 * p->excess)
		drop_oldest(p);
}

/* Below what the doubt of the floor allows: once in 10^5 by chance. */
static bool
fallen(const struct path *p)
{
	return p->count >= FALL_AFTER &&
	    least_of_newest(p, 1) < p->floor - FALL * p->sigma;
}

/* The length of the run that ends the floor; 0: none does. */
static unsigned
risen(const struct path *p)
{
	for (unsigned i = 0; i < sizeof(runs) / sizeof(runs[0]); i++)
		if (p->count >= runs[i].delays + BEHIND &&
		    least_of_newest(p, runs[i].delays) >
			p->floor + runs[i].excesses * p->excess)
			return runs[i].delays;
	return 0;
}

double
path_add(struct path *p, double delay)
{
	const double floor = p->floor, excess = p->excess;
	unsigned run;

	append(p, (float)delay);
	if (p->prior == 0)
		p->prior = EXCESS_PRIOR * delay;
	run = fallen(p) ? 1 : risen(p);
	if (run > 0) {
		keep_run(p, run);
		p->prior = excess; /* the queues are as they were */
	}
	measure(p);
	return run > 0 ? fabs(p->floor - floor) : 0;
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
	fresh.prior = EXCESS_PRIOR * (count > 0 ? quantile[0] : 0);
	if (count > 0)
		measure(&fresh);
	*p = fresh;
	return true;
}
