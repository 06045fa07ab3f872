/* SPDX-License-Identifier: ISC */
/*
 * check_site.c - what there is to say of a site file: its own notes, and the
 * audit of a gateway's configuration as it would be rendered.
 */
#include "audit.h"
#include "render.h"

#include "view/json.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX (AUDIT_ROWS_MAX + SITE_NOTES_MAX + 8)

static const char *const verdicts[] = { "PASS", "NOTE", "FAIL" };

struct row {
	enum audit_verdict verdict;
	const char *rule;
	char text[400];
};

struct report {
	unsigned rows;
	struct row row[ROWS_MAX];
};

static void row_add(struct report *r, enum audit_verdict v, const char *rule,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

static void
row_add(struct report *r, enum audit_verdict v, const char *rule,
    const char *fmt, ...)
{
	struct row *w = &r->row[r->rows];
	struct text t = TEXT(w->text);
	va_list ap;

	if (r->rows == ROWS_MAX)
		return;
	r->rows++;
	w->verdict = v;
	w->rule = rule;
	va_start(ap, fmt);
	text_vadd(&t, fmt, ap);
	va_end(ap);
}

static void
add_site(struct report *r, const struct site *s)
{
	static const char rule[] = "ntpgate-site(5)";

	row_add(r, AUDIT_PASS, rule,
	    "%u gateway%s, %u network%s, %u router%s, %u DHCP server%s; no "
	    "address is in two networks",
	    s->gateway_count, s->gateway_count == 1 ? "" : "s",
	    s->network_count, s->network_count == 1 ? "" : "s", s->router_count,
	    s->router_count == 1 ? "" : "s", s->dhcp_count,
	    s->dhcp_count == 1 ? "" : "s");
	for (unsigned i = 0; i < s->note_count; i++) {
		const struct site_note *n = &s->note[i];
		enum audit_verdict v = n->fails ? AUDIT_FAIL : AUDIT_NOTE;

		if (n->at.line > 0)
			row_add(r, v, rule, "line %u: %s", n->at.line, n->text);
		else
			row_add(r, v, rule, "%s", n->text);
	}
}

/* Rules of the gateway's configuration that its site cannot answer: files of
 * the gateway are not here. */
static bool
is_elsewhere(const struct audit_row *row)
{
	return strncmp(row->rule->where, "BCP 223 4", 9) == 0 ||
	    strncmp(row->rule->where, "BCP 223 5.6", 11) == 0 ||
	    strstr(row->rule->question, "leap file") != NULL;
}

static int
add_audit(struct report *r, const struct render_source *source, struct err *e)
{
	static struct render_file files[RENDER_FILES_MAX];
	static struct audit a; /* both are too large for the stack */
	size_t len;
	char *text;
	int rc;

	if (source->site->server_count < CONF_SERVERS_MIN)
		return 0;
	if (render_list(source, "gateway", NULL, files, e) == -1)
		return -1;
	text = render_text(&files[0], &len);
	if (text == NULL)
		return err_set(e, "out of memory");
	rc = conf_read(&a.conf, "its ntpgate.conf", text, e);
	free(text);
	if (rc == -1)
		return -1;
	audit_run(&a);
	for (unsigned i = 0; i < a.rows; i++)
		if (!is_elsewhere(&a.row[i]))
			row_add(r, a.row[i].verdict, a.row[i].rule->where, "%s",
			    a.row[i].text);
	return 0;
}

static unsigned
count(const struct report *r, enum audit_verdict v)
{
	unsigned n = 0;

	for (unsigned i = 0; i < r->rows; i++)
		n += r->row[i].verdict == v;
	return n;
}

static void
print_json(const struct report *r, const char *file)
{
	json_t *rows = json_array();
	json_t *all = json_pack("{s:i, s:s, s:o}", "schema", JSON_SCHEMA,
	    "file", file, "rows", rows);

	for (unsigned i = 0; i < r->rows; i++)
		json_array_append_new(rows,
		    json_pack("{s:s, s:s, s:s}", "verdict",
			verdicts[r->row[i].verdict], "text", r->row[i].text,
			"rule", r->row[i].rule));
	json_dumpf(all, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(all);
}

int
cmd_check_site(const struct cmd *c, const char *file)
{
	static struct report r; /* too large for the stack */
	struct render_source source;
	struct err e = { "" };

	r.rows = 0;
	if (render_read(&source, file, &e) == -1)
		return cmd_fail(c, CMD_USAGE, "%s", e.text);
	add_site(&r, source.site);
	if (add_audit(&r, &source, &e) == -1)
		return cmd_fail(c, CMD_USAGE, "%s: %s", file, e.text);
	if (c->json) {
		print_json(&r, source.file);
	} else {
		for (unsigned i = 0; i < r.rows; i++)
			printf("%s  %-15s  %s\n", verdicts[r.row[i].verdict],
			    r.row[i].rule, r.row[i].text);
		printf("%s: %u PASS, %u NOTE, %u FAIL\n", file,
		    count(&r, AUDIT_PASS), count(&r, AUDIT_NOTE),
		    count(&r, AUDIT_FAIL));
	}
	return count(&r, AUDIT_FAIL) > 0 ? CMD_NOT_WELL : CMD_WELL;
}
