/* SPDX-License-Identifier: ISC */
#include "view/month_bill.h"

#include <math.h>

/* Between a snapshot and the next; and what two clocks may differ by. */
#define SLACK_S 60.0

static uint64_t
less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

static void
find_span(const struct month_page *p, struct month_bill *b)
{
	const struct month_record *r = p->record;
	const struct wall from = month_begin(p->month->number),
			  to = month_begin(p->month->number + 1);

	b->since = r->began.ns > from.ns ? r->began : from;
	b->until = r->last.ns < to.ns ? r->last : to;
	if (b->until.ns < b->since.ns)
		b->until = b->since;
	b->whole = wall_sub(b->since, from) < SLACK_S && b->until.ns == to.ns;
	b->unknown_s = wall_sub(b->until, b->since) - p->month->covered_s;
	if (b->unknown_s < SLACK_S)
		b->unknown_s = 0;
}

static void
price(struct month_traffic *t, double per_gb)
{
	t->cost = (double)t->octets / MONTH_BILL_GB * per_gb;
}

void
month_bill(const struct month_page *p, struct month_bill *b)
{
	const uint64_t *n = p->month->count;

	*b = (struct month_bill){ 0 };
	find_span(p, b);
	b->requests =
	    less(n[MONTH_ANSWERED], n[MONTH_SIBLING]) + n[MONTH_LIMITED];
	b->inside = (struct month_traffic){ .in = n[MONTH_IN],
		.out = n[MONTH_OUT],
		.octets = n[MONTH_OCTETS_IN] + n[MONTH_OCTETS_OUT] +
		    MONTH_BILL_HEADERS * (n[MONTH_IN] + n[MONTH_OUT]) };
	b->outside = (struct month_traffic){ .in = n[MONTH_RECEIVED],
		.out = n[MONTH_SENT],
		.octets = n[MONTH_SENT_OCTETS] + n[MONTH_RECEIVED_OCTETS] };
	b->without = (struct month_traffic){ .in = b->requests,
		.out = b->requests,
		.octets = 2 * MONTH_BILL_PACKET * b->requests };
	price(&b->outside, p->price_per_gb);
	price(&b->without, p->price_per_gb);
	b->saving = b->without.cost - b->outside.cost;
}
