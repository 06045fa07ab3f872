/* SPDX-License-Identifier: ISC */
#include "core/select.h"

#include <assert.h>

static bool
claims(const struct select_item *i, double x)
{
	return i->offset - i->distance <= x && x <= i->offset + i->distance;
}

/* Does this group, by more than half of its members, say x may be true? */
static bool
group_claims(const struct select_item *item, unsigned n, unsigned group,
    double x)
{
	unsigned members = 0, yes = 0;

	for (unsigned i = 0; i < n; i++)
		if (item[i].group == group) {
			members++;
			yes += claims(&item[i], x);
		}
	return 2 * yes > members;
}

/* Is item i the first of its group? */
static bool
first_of_group(const struct select_item *item, unsigned i)
{
	for (unsigned j = 0; j < i; j++)
		if (item[j].group == item[i].group)
			return false;
	return true;
}

static unsigned
votes(const struct select_item *item, unsigned n, double x)
{
	unsigned v = 0;

	for (unsigned i = 0; i < n; i++)
		if (first_of_group(item, i))
			v += group_claims(item, n, item[i].group, x);
	return v;
}

struct select_result
select_truth(struct select_item *item, unsigned n)
{
	struct select_result r = { 0 };

	assert(n <= SELECT_MAX);
	/* The number of votes changes only where an interval begins or ends,
	 * so the best region begins at a lower end and ends at an upper. */
	for (unsigned i = 0; i < n; i++) {
		double low = item[i].offset - item[i].distance;
		unsigned v = votes(item, n, low);

		r.groups += first_of_group(item, i);
		if (v > r.agreeing) {
			r.agreeing = v;
			r.low = low;
		}
		item[i].truechimer = false;
	}
	r.majority = r.agreeing > 0 && 2 * r.agreeing > r.groups;
	if (!r.majority)
		return r;
	r.high = r.low;
	for (unsigned i = 0; i < n; i++) {
		double high = item[i].offset + item[i].distance;

		if (high > r.high && votes(item, n, high) == r.agreeing)
			r.high = high;
	}
	for (unsigned i = 0; i < n; i++)
		item[i].truechimer =
		    item[i].offset - item[i].distance <= r.high &&
		    item[i].offset + item[i].distance >= r.low;
	return r;
}

unsigned
select_losses(const struct select_result *r)
{
	unsigned groups = r->groups, agreeing = r->agreeing, losses = 0;

	if (!r->majority)
		return 0;
	/* Each loss turns a voice for the truth into one against it. */
	while (agreeing > 0 && 2 * (agreeing - 1) > groups) {
		agreeing--;
		losses++;
	}
	return losses;
}
