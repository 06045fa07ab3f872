/* SPDX-License-Identifier: ISC */
/* mib_own_table.c - the tables of etc/NTPGATE-MIB.txt. */
#include "view/mib_parts.h"

#include "core/diagnose.h"
#include "view/why.h"

#include <math.h>
#include <string.h>

#define MICRO 1e6 /* parts of a second */

/* ---- ntpgateUpstreamTable: its row is ntpAssociationTable's */

static const struct snapshot_upstream *
upstream(const struct mib_world *w, unsigned row)
{
	return &w->s->upstream[row - 1];
}

static bool
has_upstream(const struct mib_world *w, unsigned row)
{
	return w->s != NULL && row <= w->s->upstreams;
}

static void
host(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	mib_put_text(v, snapshot_name(upstream(w, row)).text);
}

static void
address_type(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	mib_put_address_type(v, &upstream(w, row)->addr);
}

static void
address(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	mib_put_address(v, &upstream(w, row)->addr);
}

/* why.h's, as the MIB numbers them from 1 */
static const char *const state_words[] = { "used", "falseticker", "leap-late",
	"silent", "waiting", "unresolved", "refused", "retired", "bad" };

const char *
mib_upstream_word(unsigned i)
{
	return i < sizeof(state_words) / sizeof(state_words[0]) ?
	    state_words[i] :
	    NULL;
}

static void
state(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	const char *is = why_state(w->s, row - 1), *word;

	for (unsigned i = 0; (word = mib_upstream_word(i)) != NULL; i++)
		if (strcmp(is, word) == 0)
			mib_put(v, i + 1);
}

static void
named(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	mib_put_truth(v, mib_syspeer(w) == row);
}

static void
stratum(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	mib_put(v, upstream(w, row)->stratum);
}

static void
reach(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	mib_put(v, upstream(w, row)->reach);
}

static double
sampled(const struct mib_world *w, unsigned row, double x)
{
	return upstream(w, row)->sampled ? x : NAN;
}

static void
offset(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	mib_put_parts(v, sampled(w, row, upstream(w, row)->offset_s), MICRO);
}

static void
delay(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	mib_put_parts(v, sampled(w, row, upstream(w, row)->delay_s), MICRO);
}

static void
jitter(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	mib_put_parts(v, sampled(w, row, upstream(w, row)->jitter_s), MICRO);
}

static void
distance(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	mib_put_parts(v, sampled(w, row, upstream(w, row)->distance_s), MICRO);
}

/* In hundredths. */
static void
score(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	mib_put_parts(v, upstream(w, row)->score, 100);
}

static void
sent(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	mib_put_count(v, upstream(w, row)->sent);
}

static void
received(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	mib_put_count(v, upstream(w, row)->received);
}

static void
day(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	mib_put(v, upstream(w, row)->account.day);
}

static void
kisses(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	mib_put(v, upstream(w, row)->account.kisses);
}

static void
retired(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	mib_put_truth(v, upstream(w, row)->account.retired);
}

static void
interval(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	mib_put_gauge(v, upstream(w, row)->poll_s);
}

static const struct mib_leaf upstreams[] = {
	{ 2, MIB_OCTETS, host, MIB_HEARD },
	{ 3, MIB_INTEGER, address_type, MIB_HEARD },
	{ 4, MIB_OCTETS, address, MIB_HEARD },
	{ 5, MIB_INTEGER, state, MIB_HEARD },
	{ 6, MIB_INTEGER, named, MIB_HEARD },
	{ 7, MIB_UNSIGNED, stratum, MIB_HEARD },
	{ 8, MIB_UNSIGNED, reach, MIB_HEARD },
	{ 9, MIB_INTEGER, offset, MIB_HEARD },
	{ 10, MIB_INTEGER, delay, MIB_HEARD },
	{ 11, MIB_INTEGER, jitter, MIB_HEARD },
	{ 12, MIB_INTEGER, distance, MIB_HEARD },
	{ 13, MIB_INTEGER, score, MIB_HEARD },
	{ 14, MIB_COUNTER64, sent, MIB_HEARD },
	{ 15, MIB_COUNTER64, received, MIB_HEARD },
	{ 16, MIB_UNSIGNED, day, MIB_HEARD },
	{ 17, MIB_UNSIGNED, kisses, MIB_HEARD },
	{ 18, MIB_INTEGER, retired, MIB_HEARD },
	{ 19, MIB_UNSIGNED, interval, MIB_HEARD },
};

const struct mib_group mib_upstreams = { MIB_OWN, 4, { 1, 3, 1, 1 },
	MIB_LEAVES(upstreams), ENGINE_SOURCES, has_upstream };

/* ---- ntpgateHostTable: the row is the rank */

static bool
has_host(const struct mib_world *w, unsigned row)
{
	return row <= w->hosts;
}

static void
host_address_type(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	mib_put_address_type(v, &w->host[row - 1].addr);
}

static void
host_address(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	mib_put_address(v, &w->host[row - 1].addr);
}

/* rogue(0), then those of diagnose.h in its order */
static void
host_kinds(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	const struct mib_host *h = &w->host[row - 1];

	mib_put_bits(v, h->words << 1 | h->rogue, DIAGNOSE_WORDS + 1);
}

static void
host_requests(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	mib_put_count(v, w->host[row - 1].requests);
}

static void
host_rate(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	mib_put_gauge(v, 60 * w->host[row - 1].rate_per_s);
}

static void
host_last(const struct mib_world *w, unsigned row, struct mib_value *v)
{
	mib_put_gauge(v, w->host[row - 1].last_s);
}

static const struct mib_leaf rows[] = {
	{ 2, MIB_INTEGER, host_address_type, MIB_HEARD },
	{ 3, MIB_OCTETS, host_address, MIB_HEARD },
	{ 4, MIB_OCTETS, host_kinds, MIB_HEARD },
	{ 5, MIB_UNSIGNED, host_requests, MIB_HEARD },
	{ 6, MIB_UNSIGNED, host_rate, MIB_HEARD },
	{ 7, MIB_UNSIGNED, host_last, MIB_HEARD },
};

const struct mib_group mib_host_rows = { MIB_OWN, 4, { 1, 6, 3, 1 },
	MIB_LEAVES(rows), MIB_HOSTS, has_host };
