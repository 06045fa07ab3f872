/* SPDX-License-Identifier: ISC */
#include "core/limiter.h"

#include <assert.h>
#include <string.h>

void
limiter_init(struct limiter *l, struct limit limit, bool kod)
{
	assert(limit.interval_s > 0 && limit.burst >= 1);
	memset(l, 0, sizeof(*l));
	l->kod = kod;
	l->limit = limit;
}

bool
limiter_add(struct limiter *l, const struct prefix *p, struct limit limit)
{
	unsigned at = 0;

	for (; at < l->count && l->rule[at].prefix.len >= p->len; at++)
		if (l->rule[at].prefix.len == p->len &&
		    addr_same_host(&l->rule[at].prefix.net, &p->net))
			return false;
	if (l->count == LIMITER_PREFIXES)
		return false;
	memmove(&l->rule[at + 1], &l->rule[at],
	    (l->count - at) * sizeof(l->rule[0]));
	l->rule[at] = (struct limiter_rule){ *p, limit };
	l->count++;
	return true;
}

const struct limit *
limiter_find(const struct limiter *l, const struct addr *a)
{
	for (unsigned i = 0; i < l->count; i++)
		if (prefix_holds(&l->rule[i].prefix, a))
			return &l->rule[i].limit;
	return &l->limit;
}

/* One in n: both draws of a request use bits of their own. */
static bool
one_in(unsigned n, uint32_t luck)
{
	return luck % n == 0;
}

static enum limiter_verdict
over(bool kod, struct limiter_state *s, uint32_t luck)
{
	unsigned rare = s->deaf < LIMITER_DEAF ? LIMITER_KISS : LIMITER_HOARSE;

	if (one_in(LIMITER_LEAK, luck >> 16))
		return LIMITER_LET;
	if (!kod || !one_in(rare, luck & 0xffff))
		return LIMITER_DROP;
	if (s->deaf < UINT8_MAX)
		s->deaf++;
	return LIMITER_RATE;
}

enum limiter_verdict
limiter_take(const struct limit *limit, bool kod, struct limiter_state *s,
    double dt_s, uint32_t luck)
{
	double most = limit->burst * limit->interval_s;
	double debt = (double)s->debt_s - dt_s;

	/* A limit that was made narrower holds at once, and no longer. */
	if (debt > most)
		debt = most;
	if (!(debt > 0))
		debt = 0;
	if (debt <= most / 2)
		s->deaf = 0;
	/* The state has 24 bits: a thousandth of an interval is not over. */
	bool fits = debt + limit->interval_s * 0.999 <= most;

	s->debt_s = (float)(fits ? debt + limit->interval_s : debt);
	return fits ? LIMITER_PASS : over(kod, s, luck);
}
