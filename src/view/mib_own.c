/* SPDX-License-Identifier: ISC */
/*
 * mib_own.c - the scalars of etc/NTPGATE-MIB.txt.  tests/check-mib.sh compares
 * the two.
 */
#include "view/mib_parts.h"

#include <math.h>

#define MICRO 1e6 /* parts of a second */

/* ---- ntpgateClock */

static void
name(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put_text(v, w->s->name);
}

/* starting(1) to panic(5) */
static void
state(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put(v, w->s->state + 1);
}

static void
state_age(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put_gauge(v, w->s->since_s + w->age_s);
}

static void
stratum(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put(v, mib_stratum(w));
}

/* Of what means nothing while nothing is known. */
static double
known(const struct mib_world *w, double x)
{
	return isfinite(w->s->error_bound_s) ? x : NAN;
}

static void
offset(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put_parts(v, known(w, w->s->offset_s), MICRO);
}

static void
error_bound(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put_parts(v, w->s->error_bound_s, MICRO);
}

static void
root_delay(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put_parts(v, known(w, w->s->serving.root_delay_s), MICRO);
}

static void
root_dispersion(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put_parts(v, known(w, w->s->root_disp_s), MICRO);
}

static void
root_distance(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put_parts(v, w->s->root_distance_s, MICRO);
}

/* Parts per billion. */
static void
frequency(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put_parts(v, known(w, w->s->frequency_ppm), 1e3);
}

static void
steps(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put_count(v, w->s->steps);
}

static void
answering(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put(v, w->s->groups);
}

static void
agreeing(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put(v, w->s->agreeing);
}

static void
losses(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put(v, w->s->losses);
}

static const struct mib_leaf clock[] = {
	{ 1, MIB_OCTETS, name, MIB_HEARD },
	{ 2, MIB_INTEGER, state, MIB_HEARD },
	{ 3, MIB_UNSIGNED, state_age, MIB_HEARD },
	{ 4, MIB_UNSIGNED, stratum, MIB_HEARD },
	{ 5, MIB_INTEGER, offset, MIB_HEARD },
	{ 6, MIB_INTEGER, error_bound, MIB_HEARD },
	{ 7, MIB_INTEGER, root_delay, MIB_HEARD },
	{ 8, MIB_INTEGER, root_dispersion, MIB_HEARD },
	{ 9, MIB_INTEGER, root_distance, MIB_HEARD },
	{ 10, MIB_INTEGER, frequency, MIB_HEARD },
	{ 11, MIB_COUNTER, steps, MIB_HEARD },
	{ 12, MIB_UNSIGNED, answering, MIB_HEARD },
	{ 13, MIB_UNSIGNED, agreeing, MIB_HEARD },
	{ 14, MIB_UNSIGNED, losses, MIB_HEARD },
};

const struct mib_group mib_clock = { MIB_OWN, 2, { 1, 1 }, MIB_SCALARS(clock) };

/* ---- ntpgateBudget */

static void
limit(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put(v, w->s->sent.budget);
}

static void
hour(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put(v, w->s->sent.hour);
}

static void
day(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put(v, w->s->sent.day);
}

static void
ever(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put_count(v, w->s->sent.total);
}

static void
left(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put(v, snapshot_left(w->s));
}

/* A gauge: the sum over those who are asked now, and they change. */
static void
kisses(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	int64_t n = 0;

	(void)row;
	for (unsigned i = 0; i < w->s->upstreams; i++)
		n += w->s->upstream[i].account.kisses;
	mib_put(v, n);
}

static void
interval(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put_gauge(v, w->s->pace.interval_s);
}

static void
writable(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put_truth(v, !w->s->closed);
}

static const struct mib_leaf budget[] = {
	{ 1, MIB_UNSIGNED, limit, MIB_HEARD },
	{ 2, MIB_UNSIGNED, hour, MIB_HEARD },
	{ 3, MIB_UNSIGNED, day, MIB_HEARD },
	{ 4, MIB_COUNTER64, ever, MIB_HEARD },
	{ 5, MIB_UNSIGNED, left, MIB_HEARD },
	{ 6, MIB_UNSIGNED, kisses, MIB_HEARD },
	{ 7, MIB_UNSIGNED, interval, MIB_HEARD },
	{ 8, MIB_INTEGER, writable, MIB_HEARD },
};

const struct mib_group mib_budget = { MIB_OWN, 2, { 1, 2 },
	MIB_SCALARS(budget) };

/* ---- ntpgateSibling */

/* none(1) to dropped(5) */
static void
sibling_state(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put(v, w->s->sibling.state + 1);
}

static void
sibling_host(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put_text(v, w->s->sibling.host);
}

/* Of what there is once it was heard. */
static double
heard(const struct mib_world *w, double x)
{
	const struct snapshot_sibling *b = &w->s->sibling;

	return b->state != SNAPSHOT_SIBLING_NONE && b->heard_s >= 0 ? x : NAN;
}

static void
sibling_heard_age(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put_gauge(v, heard(w, w->s->sibling.heard_s + w->age_s));
}

static void
sibling_offset(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put_parts(v, heard(w, w->s->sibling.offset_s), MICRO);
}

/* That of a stranger is infinite. */
static void
sibling_bound(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put_parts(v, heard(w, w->s->sibling.bound_s), MICRO);
}

static void
sibling_differences(const struct mib_world *w, unsigned row,
    struct mib_value *v)
{
	int64_t n = 0;

	(void)row;
	for (uint32_t d = w->s->sibling.differs; d != 0; d &= d - 1)
		n++;
	mib_put(v, n);
}

static const struct mib_leaf sibling[] = {
	{ 1, MIB_INTEGER, sibling_state, MIB_HEARD },
	{ 2, MIB_OCTETS, sibling_host, MIB_HEARD },
	{ 3, MIB_UNSIGNED, sibling_heard_age, MIB_HEARD },
	{ 4, MIB_INTEGER, sibling_offset, MIB_HEARD },
	{ 5, MIB_INTEGER, sibling_bound, MIB_HEARD },
	{ 6, MIB_UNSIGNED, sibling_differences, MIB_HEARD },
};

const struct mib_group mib_sibling = { MIB_OWN, 2, { 1, 4 },
	MIB_SCALARS(sibling) };

/* ---- ntpgateService */

static void
received(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put_count(v, w->s->serve.received);
}

static void
answered(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put_count(v, w->s->serve.answered);
}

static void
limited(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put_count(v, w->s->serve.limited);
}

static void
kissed(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put_count(v, w->s->serve.kissed);
}

static void
denied(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put_count(v, w->s->serve.denied);
}

static void
bad(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put_count(v, w->s->serve.bad);
}

static void
octets_in(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put_count(v, w->s->serve.octets_in);
}

static void
octets_out(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put_count(v, w->s->serve.octets_out);
}

static void
clients(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put_count(v, w->s->serve.clients);
}

static const struct mib_leaf service[] = {
	{ 1, MIB_COUNTER64, received, MIB_HEARD },
	{ 2, MIB_COUNTER64, answered, MIB_HEARD },
	{ 3, MIB_COUNTER64, limited, MIB_HEARD },
	{ 4, MIB_COUNTER64, kissed, MIB_HEARD },
	{ 5, MIB_COUNTER64, denied, MIB_HEARD },
	{ 6, MIB_COUNTER64, bad, MIB_HEARD },
	{ 7, MIB_COUNTER64, octets_in, MIB_HEARD },
	{ 8, MIB_COUNTER64, octets_out, MIB_HEARD },
	{ 9, MIB_UNSIGNED, clients, MIB_HEARD },
};

const struct mib_group mib_service = { MIB_OWN, 2, { 1, 5 },
	MIB_SCALARS(service) };

/* ---- ntpgateHosts */

static void
flagged(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put(v, w->flagged);
}

static void
rogues(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	(void)row;
	mib_put(v, w->rogues);
}

static const struct mib_leaf hosts[] = {
	{ 1, MIB_UNSIGNED, flagged, MIB_HEARD },
	{ 2, MIB_UNSIGNED, rogues, MIB_HEARD },
};

const struct mib_group mib_hosts = { MIB_OWN, 2, { 1, 6 }, MIB_SCALARS(hosts) };
