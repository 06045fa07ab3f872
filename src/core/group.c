/* SPDX-License-Identifier: ISC */
#include "core/group.h"

#define NET_V4 24
#define NET_V6 48

static char
lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static bool
same_word(const char *a, const char *b)
{
	while (*a != '\0' && lower(*a) == lower(*b))
		a++, b++;
	return *a == '\0' && *b == '\0';
}

static bool
same_network(const struct addr *a, const struct addr *b)
{
	/* behind NAT64 all the world is one /48: look at what it carries */
	struct addr x = addr_inner(a), y = addr_inner(b);
	struct prefix net = { .net = x,
		.len = x.family == ADDR_V4 ? NET_V4 : NET_V6 };

	return addr_is_public(&x) && prefix_holds(&net, &y);
}

static bool
one_voice(const struct source_conf *a, const struct source_conf *b)
{
	if (a->operator_name[0] != '\0' && b->operator_name[0] != '\0')
		return same_word(a->operator_name, b->operator_name);
	return same_network(&a->addr, &b->addr);
}

/* Two voices become one, under the lesser index. */
static void
unite(unsigned *group, unsigned n, unsigned a, unsigned b)
{
	for (unsigned k = 0; k < n; k++)
		if (group[k] == a || group[k] == b)
			group[k] = a < b ? a : b;
}

void
group_assign(const struct source *s, unsigned n, unsigned *group)
{
	for (unsigned i = 0; i < n; i++)
		group[i] = i;
	for (unsigned i = 0; i < n; i++)
		for (unsigned j = 0; j < i; j++)
			if (group[i] != group[j] &&
			    one_voice(&s[i].conf, &s[j].conf))
				unite(group, n, group[i], group[j]);
}

bool
group_join(const struct source *s, unsigned n, unsigned *group)
{
	bool joined = false;

	for (unsigned i = 0; i < n; i++)
		for (unsigned j = 0; j < i; j++) {
			uint32_t id = source_reference(&s[i]);

			if (group[i] == group[j] || id == 0 ||
			    id != source_reference(&s[j]))
				continue;
			unite(group, n, group[i], group[j]);
			joined = true;
		}
	return joined;
}
