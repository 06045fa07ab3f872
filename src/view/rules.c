/* SPDX-License-Identifier: ISC */
#include "view/rules_parts.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CHAIN_MAX 512	 /* rules that are told apart one by one */
#define ELEMENTS_LINE 16 /* of a command */

/* ---- comparing ---- */

static const struct rules_section none;

/* Of the same table and name; an empty one if there is none. */
static const struct rules_section *
counterpart(const struct rules *in, const struct rules_section *s)
{
	for (size_t i = 0; i < in->sections; i++)
		if (strcmp(in->section[i].name, s->name) == 0 &&
		    strcmp(in->section[i].table, s->table) == 0)
			return &in->section[i];
	return &none;
}

struct comparison {
	const struct rules *was, *is;
	const struct rules_section *old, *new;
	void (*say)(void *arg, const struct rules_change *c);
	void *arg;
	size_t lines, elements; /* that differ */
};

static void
differ(struct comparison *c, size_t *count, bool added, const char *line)
{
	const struct rules_section *s = added ? c->new : c->old;
	struct rules_change change = { added, s->table, s->name, line };

	(*count)++;
	if (c->say != NULL)
		c->say(c->arg, &change);
}

/* What is left of both sections. */
struct lines {
	const char *const *a, *const *b;
	size_t n, m;
};

static uint16_t
longer(uint16_t a, uint16_t b)
{
	return a > b ? a : b;
}

/* common[i][k]: how many lines a from i on and b from k on have in common, in
 * their order; NULL where there is no room for that. */
static uint16_t *
measure(const struct lines *l)
{
	size_t row = l->m + 1;
	uint16_t *common = NULL;

	if (l->n <= CHAIN_MAX && l->m <= CHAIN_MAX)
		common = calloc((l->n + 1) * row, sizeof(*common));
	if (common == NULL)
		return NULL;
	for (size_t i = l->n; i-- > 0;)
		for (size_t k = l->m; k-- > 0;)
			common[i * row + k] = strcmp(l->a[i], l->b[k]) == 0 ?
			    (uint16_t)(common[(i + 1) * row + k + 1] + 1) :
			    longer(common[(i + 1) * row + k],
				common[i * row + k + 1]);
	return common;
}

static void
compare_lines(struct comparison *c)
{
	struct lines l = { c->was->line + c->old->first,
		c->is->line + c->new->first, c->old->count, c->new->count };
	size_t i = 0, k = 0, row;
	uint16_t *common;

	for (; l.n > 0 && l.m > 0 && strcmp(*l.a, *l.b) == 0; l.n--, l.m--)
		l.a++, l.b++;
	common = measure(&l);
	row = l.m + 1;
	while (i < l.n || k < l.m)
		if (common != NULL && i < l.n && k < l.m &&
		    strcmp(l.a[i], l.b[k]) == 0)
			i++, k++;
		else if (k == l.m ||
		    (i < l.n &&
			(common == NULL ||
			    common[(i + 1) * row + k] >=
				common[i * row + k + 1])))
			differ(c, &c->lines, false, l.a[i++]);
		else
			differ(c, &c->lines, true, l.b[k++]);
	free(common);
}

/* Both sorted. */
static void
compare_elements(struct comparison *c)
{
	size_t i = 0, k = 0, n = c->old->elements, m = c->new->elements;
	const char *const *a = c->was->line + c->old->element;
	const char *const *b = c->is->line + c->new->element;

	while (i < n || k < m) {
		int d = i == n ? 1 : k == m ? -1 : strcmp(a[i], b[k]);

		if (d != 0)
			differ(c, &c->elements, d > 0, d > 0 ? b[k] : a[i]);
		i += d <= 0;
		k += d >= 0;
	}
}

static void
compare_section(struct comparison *c, const struct rules_section *old,
    const struct rules_section *new)
{
	c->old = old;
	c->new = new;
	if (old == &none || new == &none) {
		/* An object without a line (a counter) is a difference. */
		const struct rules_section *s = old == &none ? new : old;

		if (s->name[0] != '\0' && s->count == 0)
			differ(c, &c->lines, old == &none, "");
	}
	compare_lines(c);
	compare_elements(c);
}

static void
compare(struct comparison *c, const char *table)
{
	for (size_t i = 0; i < c->is->sections; i++) {
		const struct rules_section *s = &c->is->section[i];

		if (table == NULL || strcmp(s->table, table) == 0)
			compare_section(c, counterpart(c->was, s), s);
	}
	for (size_t i = 0; i < c->was->sections; i++) {
		const struct rules_section *s = &c->was->section[i];

		if ((table == NULL || strcmp(s->table, table) == 0) &&
		    counterpart(c->is, s) == &none)
			compare_section(c, s, &none);
	}
}

enum rules_same
rules_compare(const struct rules *was, const struct rules *is,
    const char *table)
{
	struct comparison c = { .was = was, .is = is };

	compare(&c, table);
	if (c.lines > 0)
		return RULES_OTHER;
	return c.elements > 0 ? RULES_ELEMENTS : RULES_SAME;
}

size_t
rules_diff(const struct rules *was, const struct rules *is,
    void (*say)(void *arg, const struct rules_change *c), void *arg)
{
	struct comparison c = { .was = was, .is = is, .say = say, .arg = arg };

	compare(&c, NULL);
	return c.lines + c.elements;
}

/* ---- commands ---- */

/* "set own4" -> "own4" */
static const char *
name_of(const struct rules_section *s)
{
	const char *space = strchr(s->name, ' ');

	return space != NULL ? space + 1 : s->name;
}

static void
put_elements(struct text *t, const struct rules *r,
    const struct rules_section *s)
{
	for (size_t i = 0; i < s->elements; i++) {
		if (i % ELEMENTS_LINE == 0)
			text_add(t, "%sadd element inet %s %s { ",
			    i > 0 ? " }\n" : "", s->table, name_of(s));
		text_add(t, "%s%s", i % ELEMENTS_LINE > 0 ? ", " : "",
		    r->line[s->element + i]);
	}
	if (s->elements > 0)
		text_add(t, " }\n");
}

void
rules_refill(const struct rules *was, const struct rules *is, struct text *t)
{
	for (size_t i = 0; i < is->sections; i++) {
		const struct rules_section *s = &is->section[i];
		struct comparison c = { .was = was, .is = is, .new = s };

		c.old = counterpart(was, s);
		compare_elements(&c);
		if (c.elements == 0)
			continue;
		text_add(t, "flush set inet %s %s\n", s->table, name_of(s));
		put_elements(t, is, s);
	}
}

static bool
is_object(const struct rules_section *s)
{
	return strncmp(s->name, "limit ", 6) == 0 ||
	    strncmp(s->name, "counter ", 8) == 0;
}

/* And not in the hook of the chain, its first line. */
static bool
differs_in_rules(const struct rules *was, const struct rules_section *old,
    const struct rules *is, const struct rules_section *new)
{
	const char *a = old->count > 0 ? was->line[old->first] : "";
	const char *b = new->count > 0 ? is->line[new->first] : "";
	bool hooked =
	    strncmp(a, "type ", 5) == 0 || strncmp(b, "type ", 5) == 0;

	return strncmp(old->name, "chain ", 6) == 0 &&
	    (!hooked || strcmp(a, b) == 0);
}

bool
rules_leftover(const struct rules *was, const struct rules *is,
    const char *table, struct text *t)
{
	for (size_t i = 0; i < was->sections; i++) {
		const struct rules_section *s = &was->section[i];
		const struct rules_section *other = counterpart(is, s);
		struct comparison c = { was, is, s, other, NULL, NULL, 0, 0 };

		if (strcmp(s->table, table) != 0)
			continue;
		if (other == &none && is_object(s)) {
			text_add(t, "delete %.*s inet %s %s\n",
			    (int)strcspn(s->name, " "), s->name, table,
			    name_of(s));
			continue;
		}
		compare_lines(&c);
		/* Rules are flushed and written anew; all else stays. */
		if (other == &none ||
		    (c.lines > 0 && !differs_in_rules(was, s, is, other)))
			return false;
	}
	return true;
}

bool
rules_has_table(const struct rules *r, const char *table)
{
	for (size_t i = 0; i < r->sections; i++)
		if (strcmp(r->section[i].table, table) == 0)
			return true;
	return false;
}
