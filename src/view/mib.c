/* SPDX-License-Identifier: ISC */
#include "view/mib.h"

#include "view/mib_parts.h"

#include <string.h>

static const struct mib_oid roots[MIB_ROOTS] = {
	/* mib-2 197: ntpSnmpMIB, RFC 5907 */
	[MIB_NTP] = { .len = 7, .id = { 1, 3, 6, 1, 2, 1, 197 } },
	/* netSnmpPlaypen 123: ntpgateMIB.  No other place in the code knows
	 * this number, which changes when IANA gives us one. */
	[MIB_OWN] = { .len = 10,
	    .id = { 1, 3, 6, 1, 4, 1, 8072, 9999, 9999, 123 } },
};

/* In the order of a walk. */
static const struct mib_group *const groups[] = {
	&mib_info,
	&mib_status,
	&mib_modes,
	&mib_associations,
	&mib_association_counts,
	&mib_control,
	&mib_clock,
	&mib_budget,
	&mib_upstreams,
	&mib_sibling,
	&mib_service,
	&mib_hosts,
	&mib_host_rows,
};

#define GROUPS (sizeof(groups) / sizeof(groups[0]))

const struct mib_oid *
mib_root(unsigned i)
{
	return &roots[i];
}

int
mib_compare(const struct mib_oid *a, const struct mib_oid *b)
{
	for (unsigned i = 0; i < a->len && i < b->len; i++)
		if (a->id[i] != b->id[i])
			return a->id[i] < b->id[i] ? -1 : 1;
	return (a->len > b->len) - (a->len < b->len);
}

static void
append(struct mib_oid *o, const uint32_t *id, unsigned len)
{
	for (unsigned i = 0; i < len && o->len < MIB_IDS; i++)
		o->id[o->len++] = id[i];
}

struct mib_oid
mib_name(enum mib_tree t, const uint32_t *id, unsigned len)
{
	struct mib_oid o = roots[t];

	append(&o, id, len);
	return o;
}

static struct mib_oid
leaf_name(const struct mib_group *g, const struct mib_leaf *l)
{
	struct mib_oid o = mib_name(g->tree, g->id, g->len);

	append(&o, &l->id, 1);
	return o;
}

/* What is looked for, and where it goes once it is found. */
struct search {
	const struct mib_world *w;
	const struct mib_oid *from;
	bool exact; /* that one; or the first behind it */
	struct mib_oid found;
	struct mib_value *v;
};

static bool
fits(const struct search *s, const struct mib_oid *o)
{
	int c = mib_compare(o, s->from);

	return s->exact ? c == 0 : c > 0;
}

static bool
exists(const struct mib_world *w, const struct mib_group *g,
    const struct mib_leaf *l, unsigned row)
{
	return (w->s != NULL || l->when == MIB_ALWAYS) &&
	    (g->has == NULL || g->has(w, row));
}

static bool
search_leaf(struct search *s, const struct mib_group *g,
    const struct mib_leaf *l)
{
	for (uint32_t row = g->has != NULL; row <= g->rows; row++) {
		s->found = leaf_name(g, l);
		append(&s->found, &row, 1);
		if (!fits(s, &s->found) || !exists(s->w, g, l, row))
			continue;
		*s->v = (struct mib_value){ .type = l->type };
		l->of(s->w, row, s->v);
		return true;
	}
	return false;
}

/* From the first to the last: there are a few hundred of them, and no index
 * would be worth its lines. */
static bool
search(struct search *s)
{
	for (size_t g = 0; g < GROUPS; g++)
		for (unsigned l = 0; l < groups[g]->leaves; l++)
			if (search_leaf(s, groups[g], &groups[g]->leaf[l]))
				return true;
	return false;
}

bool
mib_get(const struct mib_world *w, const struct mib_oid *o, struct mib_value *v)
{
	struct search s = { .w = w, .from = o, .exact = true, .v = v };

	return search(&s);
}

bool
mib_next(const struct mib_world *w, const struct mib_oid *o,
    struct mib_oid *next, struct mib_value *v)
{
	struct search s = { .w = w, .from = o, .v = v };

	if (!search(&s))
		return false;
	*next = s.found;
	return true;
}

bool
mib_leaf(unsigned i, struct mib_oid *name, enum mib_type *type)
{
	for (size_t g = 0; g < GROUPS; i -= groups[g]->leaves, g++)
		if (i < groups[g]->leaves) {
			*name = leaf_name(groups[g], &groups[g]->leaf[i]);
			*type = groups[g]->leaf[i].type;
			return true;
		}
	return false;
}

/* ---- what can be set */

void
mib_kept_init(struct mib_kept *k)
{
	/* 60 s: RFC 5907's default, for who switches the heartbeat on */
	*k = (struct mib_kept){ .heartbeat_s = 60 };
	for (unsigned bit = MIB_MODE_CHANGE; bit < MIB_HEARTBEAT; bit++)
		k->bits |= (uint16_t)(1u << bit);
}

static enum mib_refusal
set_interval(struct mib_kept *k, const struct mib_value *v)
{
	if (v->type != MIB_UNSIGNED)
		return MIB_WRONG_TYPE;
	if (v->number < 0 || v->number > UINT32_MAX)
		return MIB_WRONG_VALUE;
	k->heartbeat_s = (uint32_t)v->number;
	return MIB_SET;
}

/* BITS may be shorter or longer than ours: what is missing is zero, and so
 * must be what we do not know. */
static enum mib_refusal
set_bits(struct mib_kept *k, const struct mib_value *v)
{
	uint16_t bits = 0;

	if (v->type != MIB_OCTETS)
		return MIB_WRONG_TYPE;
	if (v->len > MIB_OCTETS_MAX)
		return MIB_WRONG_LENGTH;
	for (unsigned n = 0; n < 8 * v->len; n++) {
		if ((v->octets[n / 8] << n % 8 & 0x80) == 0)
			continue;
		if (n > MIB_HEARTBEAT)
			return MIB_WRONG_VALUE;
		bits |= (uint16_t)(1u << n);
	}
	k->bits = bits;
	return MIB_SET;
}

static const struct {
	uint32_t id[4];
	enum mib_refusal (*set)(struct mib_kept *k, const struct mib_value *v);
} writable[] = {
	{ { 1, 4, 1, 0 }, set_interval },
	{ { 1, 4, 2, 0 }, set_bits },
};

enum mib_refusal
mib_set(struct mib_kept *k, const struct mib_oid *o, const struct mib_value *v)
{
	for (size_t i = 0; i < sizeof(writable) / sizeof(writable[0]); i++) {
		struct mib_oid name = mib_name(MIB_NTP, writable[i].id, 4);

		if (mib_compare(o, &name) == 0)
			return writable[i].set(k, v);
	}
	return MIB_NOT_WRITABLE;
}
