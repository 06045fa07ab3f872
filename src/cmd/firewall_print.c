/* SPDX-License-Identifier: ISC */
#include "firewall.h"

#include "view/json.h"
#include "view/json_put.h"

#include <stdio.h>
#include <string.h>

/* ---- text ---- */

struct printing {
	const struct cmd *cmd;
	const char *table, *section;
};

static void
print_change(void *arg, const struct rules_change *c)
{
	struct printing *p = arg;

	/* Names are pointers into one listing or the other. */
	if (p->table == NULL || strcmp(p->table, c->table) != 0 ||
	    strcmp(p->section, c->section) != 0)
		printf("  %s%s%s\n", c->table, *c->section != '\0' ? ", " : "",
		    c->section);
	p->table = c->table;
	p->section = c->section;
	printf("    %s%c %s%s\n",
	    !p->cmd->colour ? "" :
		c->added    ? "\033[32m" :
			      "\033[31m",
	    c->added ? '+' : '-', *c->line != '\0' ? c->line : c->section,
	    p->cmd->colour ? "\033[0m" : "");
}

void
firewall_print_changes(const struct firewall *f)
{
	struct printing p = { .cmd = f->cmd };

	rules_diff(f->have, f->want, print_change, &p);
}

/* ---- JSON ---- */

static void
add_change(void *arg, const struct rules_change *c)
{
	json_array_append_new(arg,
	    json_pack("{s:s, s:s, s:s, s:o}", "in",
		c->added ? "site" : "kernel", "table", c->table, "section",
		c->section, "line", put_string(c->line)));
}

json_t *
firewall_changes_json(const struct firewall *f)
{
	json_t *all = json_array();

	if (f->have != NULL && f->want != NULL)
		rules_diff(f->have, f->want, add_change, all);
	return all;
}

void
firewall_print_json(const struct firewall *f, const char *result,
    const char *why)
{
	json_t *v = json_pack("{s:i, s:o, s:o, s:s, s:o, s:o}", "schema",
	    JSON_SCHEMA, "site",
	    f->file != NULL ? put_string(f->file) : json_null(), "router",
	    f->router != NULL ? json_string(f->router->name) : json_null(),
	    "result", result, "why",
	    why != NULL ? put_string(why) : json_null(), "differences",
	    firewall_changes_json(f));

	json_dumpf(v, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(v);
}
