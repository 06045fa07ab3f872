/* SPDX-License-Identifier: ISC */
#include "view/rules_parts.h"

#include <stdlib.h>
#include <string.h>

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

static struct rules_section *
latest(struct rules *r)
{
	return &r->section[r->sections - 1];
}

static void
open_section(struct rules *r, const char *name)
{
	r->section[r->sections++] = (struct rules_section){ .table = r->table,
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
	struct rules_section *s = latest(r);
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
