/* SPDX-License-Identifier: ISC */
#include "core/access.h"

#include <string.h>

static bool
prefix_equal(const struct prefix *a, const struct prefix *b)
{
	return a->len == b->len && addr_same_host(&a->net, &b->net);
}

bool
access_add(struct access *a, const struct prefix *p, bool allow)
{
	unsigned at = 0;

	for (; at < a->count && a->rule[at].prefix.len >= p->len; at++)
		if (prefix_equal(&a->rule[at].prefix, p))
			return a->rule[at].allow == allow;
	if (a->count == ACCESS_MAX)
		return false;
	memmove(&a->rule[at + 1], &a->rule[at],
	    (a->count - at) * sizeof(a->rule[0]));
	a->rule[at] = (struct access_rule){ .prefix = *p, .allow = allow };
	a->count++;
	return true;
}

bool
access_allowed(const struct access *a, const struct addr *client)
{
	for (unsigned i = 0; i < a->count; i++)
		if (prefix_holds(&a->rule[i].prefix, client))
			return a->rule[i].allow;
	return false;
}
