/* SPDX-License-Identifier: ISC */
/* audit_print.c - says line by line what audit.c finds. */
#include "audit.h"
#include "cmd.h"

#include "view/json.h"
#include "view/json_put.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define VERDICT_WIDTH 6 /* columns, with the gap behind */
#define RULE_WIDTH 22
#define TEXT_WIDTH_MIN 20

static const struct {
	const char *name, *colour;
} verdicts[] = {
	[AUDIT_PASS] = { "PASS", "\033[32m" },
	[AUDIT_NOTE] = { "NOTE", "\033[33m" },
	[AUDIT_FAIL] = { "FAIL", "\033[31m" },
};

static unsigned
count(const struct audit *r, enum audit_verdict v)
{
	unsigned n = 0;

	for (unsigned i = 0; i < r->rows; i++)
		n += r->row[i].verdict == v;
	return n;
}

/* Characters of text that fit in width: whole words, or a cut long one. */
static size_t
fitting(const char *text, size_t width)
{
	size_t n = strlen(text), end = 0;

	if (n <= width)
		return n;
	for (size_t i = 0; i <= width; i++)
		if (text[i] == ' ')
			end = i;
	return end > 0 ? end : width;
}

static void
print_row(const struct cmd *c, const struct audit_row *row)
{
	size_t width = c->width > VERDICT_WIDTH + RULE_WIDTH + TEXT_WIDTH_MIN ?
	    c->width - VERDICT_WIDTH - RULE_WIDTH :
	    TEXT_WIDTH_MIN;
	const char *level = audit_level_name(row->rule->level);
	const char *text = row->text;
	size_t n = fitting(text, width);

	printf("%s%s%s  %-*.*s  %s%s%s\n",
	    c->colour ? verdicts[row->verdict].colour : "",
	    verdicts[row->verdict].name, c->colour ? "\033[0m" : "", (int)width,
	    (int)n, text, row->rule->where, level[0] != '\0' ? " " : "", level);
	for (text += n; *text != '\0'; text += n) {
		text += *text == ' ';
		n = fitting(text, width);
		printf("%*s%.*s\n", VERDICT_WIDTH, "", (int)n, text);
	}
}

static void
print_json(const struct audit *r, const char *file)
{
	json_t *rows = json_array();
	json_t *all = json_pack("{s:i, s:o, s:o}", "schema", JSON_SCHEMA,
	    "file", put_string(file), "rows", rows);

	for (unsigned i = 0; i < r->rows; i++)
		json_array_append_new(rows,
		    json_pack("{s:s, s:o, s:s, s:s, s:s}", "verdict",
			verdicts[r->row[i].verdict].name, "text",
			put_string(r->row[i].text), "rule",
			r->row[i].rule->where, "level",
			audit_level_name(r->row[i].rule->level), "question",
			r->row[i].rule->question));
	json_dumpf(all, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(all);
}

static void
print_text(const struct cmd *c, const struct audit *r, const char *file)
{
	for (unsigned i = 0; i < r->rows; i++)
		print_row(c, &r->row[i]);
	printf("%s: %u PASS, %u NOTE, %u FAIL\n", file, count(r, AUDIT_PASS),
	    count(r, AUDIT_NOTE), count(r, AUDIT_FAIL));
}

int
audit_print(const struct cmd *c, const struct audit *r, const char *file)
{
	if (c->json)
		print_json(r, file);
	else
		print_text(c, r, file);
	return count(r, AUDIT_FAIL) > 0 ? CMD_NOT_WELL : CMD_WELL;
}
