/* SPDX-License-Identifier: ISC */
/*
 * check_site.c - what there is to say of a site file: its own notes, and the
 * audit of a gateway's configuration as it would be rendered.
 */
#include "audit_parts.h"
#include "render.h"

#include <stdlib.h>
#include <string.h>

static const struct audit_rule rule = { "ntpgate-site(5)", AUDIT_SHOULD,
	"does the site hold together?", NULL, NULL };

static const char *
plural(unsigned n)
{
	return n == 1 ? "" : "s";
}

static void
add_site(struct audit *r, const struct site *s)
{
	r->rule = &rule;
	audit_add(r, AUDIT_PASS,
	    "%u gateway%s, %u network%s, %u router%s, %u DHCP server%s; no "
	    "address is in two networks",
	    s->gateway_count, plural(s->gateway_count), s->network_count,
	    plural(s->network_count), s->router_count, plural(s->router_count),
	    s->dhcp_count, plural(s->dhcp_count));
	for (unsigned i = 0; i < s->note_count; i++) {
		const struct site_note *n = &s->note[i];
		enum audit_verdict v = n->fails ? AUDIT_FAIL : AUDIT_NOTE;

		if (n->at.line > 0)
			audit_add(r, v, "line %u: %s", n->at.line, n->text);
		else
			audit_add(r, v, "%s", n->text);
	}
}

/* Questions that the site cannot answer: the files are on the gateway. */
static bool
is_elsewhere(const struct audit_rule *k)
{
	return strncmp(k->where, "BCP 223 4", 9) == 0 ||
	    strcmp(k->where, "BCP 223 5.6") == 0 ||
	    strstr(k->question, "leap file") != NULL;
}

static int
add_audit(struct audit *r, const struct render_source *source, struct err *e)
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
	a.rows = 0;
	audit_run(&a);
	for (unsigned i = 0; i < a.rows; i++)
		if (!is_elsewhere(a.row[i].rule) && r->rows < AUDIT_ROWS_MAX)
			r->row[r->rows++] = a.row[i];
	return 0;
}

int
cmd_check_site(const struct cmd *c, const char *file)
{
	static struct audit r; /* too large for the stack */
	struct render_source source;
	struct err e = { "" };

	r.rows = 0;
	if (render_read(&source, file, &e) == -1)
		return cmd_fail(c, CMD_USAGE, "%s", e.text);
	add_site(&r, source.site);
	if (add_audit(&r, &source, &e) == -1)
		return cmd_fail(c, CMD_USAGE, "%s: %s", file, e.text);
	return audit_print(c, &r, file);
}
