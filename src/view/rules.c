/* SPDX-License-Identifier: ISC */
#include "view/rules.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CHAIN_MAX 512	 /* rules that are told apart one by one */
#define ELEMENTS_LINE 16 /* of a command */

/* A name of a section, and its part of the lines. */
struct section {
	const char *table, *name;
	size_t first, count; /* lines in their order */
	size_t element, elements;
	bool dynamic;
};

struct rules {
	char *text;
	const char **line; /* of all sections, pointers into text */
	size_t lines;
	struct section *section;
	size_t sections;
	const char *table; /* while it is read */
};

/* ---- reading ---- */

/* Both arrays can hold what that many octets of text can say. */
static struct rules *
allocate(const char *listing)
{
	struct rules *r = calloc(1, sizeof(*r));
	size_t lines = 1, commas = 1;

	if (r == NULL)
		return NULL;
	for (const char *p = listing; *p != '\0'; p++) {
		lines += *p == '\n';
		commas += *p == ',';
	}
	r->text = strdup(listing);
	r->line = calloc(lines + commas, sizeof(r->line[0]));
	r->section = calloc(lines, sizeof(r->section[0]));
	if (r->text != NULL && r->line != NULL && r->section != NULL)
		return r;
	rules_free(r);
	return NULL;
}

void
rules_free(struct rules *r)
{
	if (r == NULL)
		return;
	free(r->text);
	free(r->line);
	free(r->section);
	free(r);
}

static struct section *
latest(struct rules *r)
{
	return &r->section[r->sections - 1];
}

static void
open_section(struct rules *r, const char *name)
{
	r->section[r->sections++] = (struct section){ .table = r->table,
		.name = name,
		.first = r->lines };
}

static void
add_line(struct rules *r, const char *line)
{
	if (r->sections == 0)
		return; /* no listing begins so */
	r->line[r->lines++] = line;
	latest(r)->count++;
}

/* "table inet NAME {": the table is a section, and has a line. */
static void
open_table(struct rules *r, char *line)
{
	char *name = strrchr(line, ' ');

	r->table = name != NULL ? name + 1 : line;
	open_section(r, "");
	add_line(r, "the table");
}

/* The end of one element: a comma outside of quotation marks, or the end. */
static char *
element_end(char *p)
{
	bool quoted = false;

	for (; *p != '\0'; p++) {
		quoted ^= *p == '"';
		if (*p == ',' && !quoted)
			break;
	}
	return p;
}

static char *
trim(char *p)
{
	size_t n;

	p += strspn(p, " \t\n");
	for (n = strlen(p); n > 0 && strchr(" \t\n", p[n - 1]) != NULL; n--)
		p[n - 1] = '\0';
	return p;
}

/* What stands between the braces, over several lines. */
static void
add_elements(struct rules *r, char *list)
{
	struct section *s = latest(r);
	bool more = true;

	if (s->dynamic)
		return;
	s->element = r->lines;
	while (more) {
		char *end = element_end(list);

		more = *end != '\0';
		*end = '\0';
		r->line[r->lines++] = trim(list);
		s->elements++;
		list = end + 1;
	}
}

/* The line at p, cut off from what follows; NULL behind the last. */
static char *
cut_line(char **p)
{
	char *line = *p, *end;

	if (*line == '\0')
		return NULL;
	end = strchr(line, '\n');
	*p = end != NULL ? end + 1 : line + strlen(line);
	if (end != NULL)
		*end = '\0';
	return line;
}

/* Takes " {" from the end of the line, if it is there. */
static bool
opens(char *line)
{
	size_t n = strlen(line);

	if (n < 2 || strcmp(line + n - 2, " {") != 0)
		return false;
	line[n - 2] = '\0';
	return true;
}

/* Gives back the line breaks of a list of elements, and cuts it behind its
 * brace; the rest of the text is returned. */
static char *
cut_list(char *list, char *rest)
{
	char *p = list, *end;

	while ((end = strchr(p, '}')) == NULL && *rest != '\0') {
		p += strlen(p);
		*p = '\n';
		(void)cut_line(&rest);
	}
	if (end != NULL)
		*end = '\0';
	return rest;
}

static void
read_listing(struct rules *r)
{
	static const char list[] = "\t\telements = { ";
	char *rest = r->text, *line;

	while ((line = cut_line(&rest)) != NULL) {
		if (strncmp(line, "table ", 6) == 0 && opens(line)) {
			open_table(r, line);
		} else if (line[0] != '\t' || strcmp(line, "\t}") == 0) {
			continue;
		} else if (line[1] != '\t') {
			if (opens(line))
				open_section(r, line + 1);
			else
				add_line(r, line + 1); /* flags dormant */
		} else if (strncmp(line, list, sizeof(list) - 1) == 0 &&
		    r->sections > 0) {
			line += sizeof(list) - 1;
			rest = cut_list(line, rest);
			add_elements(r, line);
		} else {
			add_line(r, line + 2);
			if (strncmp(line + 2, "flags ", 6) == 0 &&
			    strstr(line, "dynamic") != NULL && r->sections > 0)
				latest(r)->dynamic = true;
		}
	}
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct rules *
rules_new(const char *listing)
{
	struct rules *r = allocate(listing);

	if (r == NULL)
		return NULL;
	read_listing(r);
	for (size_t i = 0; i < r->sections; i++)
		qsort(r->line + r->section[i].element, r->section[i].elements,
		    sizeof(r->line[0]), by_text);
	return r;
}

/* ---- comparing ---- */

static const struct section none;

/* Of the same table and name; an empty one if there is none. */
static const struct section *
counterpart(const struct rules *in, const struct section *s)
{
	for (size_t i = 0; i < in->sections; i++)
		if (strcmp(in->section[i].name, s->name) == 0 &&
		    strcmp(in->section[i].table, s->table) == 0)
			return &in->section[i];
	return &none;
}

struct comparison {
	const struct rules *was, *is;
	const struct section *old, *new;
	void (*say)(void *arg, const struct rules_change *c);
	void *arg;
	size_t lines, elements; /* that differ */
};

static void
differ(struct comparison *c, size_t *count, bool added, const char *line)
{
	const struct section *s = added ? c->new : c->old;
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
compare_section(struct comparison *c, const struct section *old,
    const struct section *new)
{
	c->old = old;
	c->new = new;
	if (old == &none || new == &none) {
		/* An object without a line (a counter) is a difference. */
		const struct section *s = old == &none ? new : old;

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
		const struct section *s = &c->is->section[i];

		if (table == NULL || strcmp(s->table, table) == 0)
			compare_section(c, counterpart(c->was, s), s);
	}
	for (size_t i = 0; i < c->was->sections; i++) {
		const struct section *s = &c->was->section[i];

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
name_of(const struct section *s)
{
	const char *space = strchr(s->name, ' ');

	return space != NULL ? space + 1 : s->name;
}

static void
put_elements(struct text *t, const struct rules *r, const struct section *s)
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
		const struct section *s = &is->section[i];
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
is_object(const struct section *s)
{
	return strncmp(s->name, "limit ", 6) == 0 ||
	    strncmp(s->name, "counter ", 8) == 0;
}

/* And not in the hook of the chain, its first line. */
static bool
differs_in_rules(const struct rules *was, const struct section *old,
    const struct rules *is, const struct section *new)
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
		const struct section *s = &was->section[i];
		const struct section *other = counterpart(is, s);
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
