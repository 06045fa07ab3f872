/* SPDX-License-Identifier: ISC */
#include "gateways.h"

static bool
has(const struct site_addrs *all, const struct addr *a)
{
	for (unsigned i = 0; i < all->count; i++)
		if (addr_same_host(&all->addr[i], a))
			return true;
	return false;
}

bool
gateways_have(const struct site *s, const struct addr *a)
{
	for (unsigned i = 0; i < s->gateway_count; i++)
		if (has(&s->gateway[i].inside, a))
			return true;
	return has(&s->service, a);
}

void
gateways_print(const struct site *s, enum addr_family f, struct text *t)
{
	const char *between = "";
	char buf[ADDR_TEXT];

	for (unsigned i = 0; i < s->gateway_count; i++) {
		const struct site_addrs *all = &s->gateway[i].inside;

		for (unsigned k = 0; k < all->count; k++) {
			if (all->addr[k].family != f)
				continue;
			text_add(t, "%s%s", between,
			    addr_print(&all->addr[k], false, buf));
			between = ", ";
		}
	}
}
