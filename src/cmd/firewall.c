/* SPDX-License-Identifier: ISC */
/*
 * firewall.c - the packet filter of this router: is it what the site file
 * asks for, and if not, let it be.
 */
#include "firewall.h"
#include "render.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TIMEOUT_S 60
#define TIMEOUT_MAX_S 3600

static const char *const tables[] = { FIREWALL_TABLE, FIREWALL_BUDGET };

/* ---- helpers ---- */

char *
firewall_text(void (*put)(const void *arg, struct text *t), const void *arg,
    struct err *e)
{
	char none[1];
	struct text t = TEXT(none);
	char *buf;

	put(arg, &t); /* to learn its length */
	buf = malloc(t.len + 1);
	if (buf == NULL) {
		err_sys(e, "%zu octets of rules", t.len);
		return NULL;
	}
	buf[0] = '\0';
	t = (struct text){ buf, t.len + 1, 0 };
	put(arg, &t);
	return buf;
}

struct rules *
firewall_have(struct nft *n, struct err *e)
{
	char *part[2] = { NULL, NULL }, *all = NULL;
	struct rules *r = NULL;

	for (int i = 0; i < 2; i++)
		part[i] = nft_list(n, tables[i], NFT_LISTING, e);
	if (part[0] != NULL && part[1] != NULL &&
	    asprintf(&all, "%s%s", part[0], part[1]) >= 0)
		r = rules_new(all);
	if (part[0] != NULL && part[1] != NULL && r == NULL)
		err_sys(e, "the kernel's rules");
	free(part[0]);
	free(part[1]);
	free(all);
	return r;
}

bool
firewall_asks(const char *question)
{
	char line[16] = "";

	/* What stands behind the line is the answer to another question. */
	setvbuf(stdin, NULL, _IONBF, 0);
	fprintf(stderr, "%s [y/N] ", question);
	return fgets(line, sizeof(line), stdin) != NULL &&
	    (line[0] == 'y' || line[0] == 'Y');
}

/* ---- the site, and the router that this is ---- */

/* By name, or the only one, or the one that is called as this machine. */
static int
choose_router(struct firewall *f, struct err *e)
{
	char host[SITE_NAME_MAX] = "";
	const struct site *s = f->site;
	unsigned count = 0;

	(void)gethostname(host, sizeof(host) - 1);
	host[strcspn(host, ".")] = '\0';
	for (unsigned i = 0; i < s->router_count; i++) {
		const struct site_router *r = &s->router[i];
		const char *name = f->node != NULL ? f->node : host;

		if (r->dialect != SITE_NFTABLES)
			continue;
		count++;
		if (strcmp(r->name, name) == 0) {
			f->router = r;
			return 0;
		}
		f->router = r;
	}
	if (count == 0)
		return err_set(e,
		    "%s: no router of dialect nftables is in it: there is "
		    "nothing to load here",
		    f->file);
	if (f->node != NULL)
		return err_set(e,
		    "%s: there is no router \"%s\" of dialect nftables",
		    f->file, f->node);
	if (count > 1)
		return err_set(e,
		    "%s: %u routers are of dialect nftables, and none is "
		    "called \"%s\" as this machine: --node says which",
		    f->file, count, host);
	return 0;
}

/* The file that loads alone. */
static int
render_router(struct firewall *f, const struct render_source *source,
    struct err *e)
{
	static struct render_file files[RENDER_FILES_MAX];
	int n = render_list(source, "nftables", f->router->name, files, e);
	size_t len;

	for (int i = 0; i < n; i++) {
		const char *dot = strrchr(files[i].path, '.');

		if (dot == NULL || strcmp(dot, ".nft") != 0)
			continue;
		f->text = render_text(&files[i], &len);
		return f->text != NULL ? 0 : err_sys(e, "the rules");
	}
	return n == -1 ? -1 : err_set(e, "%s: nothing to render", f->file);
}

static enum cmd_status
load_site(struct firewall *f, struct err *e)
{
	struct render_source source;

	if (render_read(&source, f->file, e) == -1)
		return CMD_USAGE;
	f->site = source.site;
	if (choose_router(f, e) == -1 || render_router(f, &source, e) == -1)
		return CMD_USAGE;
	return CMD_WELL;
}

static enum cmd_status
load_rules(struct firewall *f, struct err *e)
{
	char *listing = nft_list_of(f->text, e);

	if (listing == NULL)
		return CMD_NOT_WELL;
	f->want = rules_new(listing);
	free(listing);
	if (f->want == NULL) {
		err_sys(e, "the rules of %s", f->file);
		return CMD_NOT_WELL;
	}
	f->have = firewall_have(f->nft, e);
	return f->have != NULL ? CMD_WELL : CMD_NOT_WELL;
}

/* ---- check ---- */

static int
check(struct firewall *f)
{
	size_t n = rules_diff(f->have, f->want, NULL, NULL);
	const bool loaded = rules_has_table(f->have, FIREWALL_TABLE);

	if (f->cmd->json) {
		firewall_print_json(f,
		    n == 0     ? "same" :
			loaded ? "differs" :
				 "missing",
		    NULL);
	} else if (n == 0) {
		printf("The kernel has the rules of %s for %s, and no others "
		       "in their tables.\n",
		    f->file, f->router->name);
	} else if (!loaded) {
		printf("The rules of %s for %s are not in the kernel; "
		       "\"ntpgate firewall apply\" puts them there.\n",
		    f->file, f->router->name);
	} else {
		printf("The kernel (-) differs from %s for %s (+) in %zu "
		       "line%s; \"ntpgate firewall apply\" puts that right.\n",
		    f->file, f->router->name, n, n == 1 ? "" : "s");
		firewall_print_changes(f);
	}
	return n == 0 ? CMD_WELL : CMD_NOT_WELL;
}

/* ---- remove ---- */

static int
remove_tables(struct firewall *f)
{
	static const char rules[] =
	    "table inet " FIREWALL_TABLE "\ndelete table inet " FIREWALL_TABLE
	    "\ntable inet " FIREWALL_BUDGET
	    "\ndelete table inet " FIREWALL_BUDGET "\n";
	struct err e;

	f->have = firewall_have(f->nft, &e);
	if (f->have == NULL)
		return cmd_fail(f->cmd, CMD_NOT_WELL, "%s", e.text);
	if (!rules_has_table(f->have, FIREWALL_TABLE) &&
	    !rules_has_table(f->have, FIREWALL_BUDGET)) {
		if (f->cmd->json)
			firewall_print_json(f, "missing", NULL);
		else
			printf("Our tables are not in the kernel: there is "
			       "nothing to remove.\n");
		return CMD_WELL;
	}
	if (!f->yes &&
	    !firewall_asks(
		"The tables inet " FIREWALL_TABLE " and inet " FIREWALL_BUDGET
		" go, with their counters and the list of "
		"offenders; no other.\nThen inside hosts may ask "
		"anybody outside.  Go on?"))
		return cmd_fail(f->cmd, CMD_NOT_WELL, "nothing was changed");
	if (nft_run(f->nft, rules, false, &e) == -1)
		return cmd_fail(f->cmd, CMD_NOT_WELL, "%s", e.text);
	if (f->cmd->json)
		firewall_print_json(f, "removed", NULL);
	else
		printf("The tables inet " FIREWALL_TABLE
		       " and inet " FIREWALL_BUDGET " are gone.\n");
	return CMD_WELL;
}

/* ---- the command line ---- */

static const struct verb {
	const char *name;
	int (*run)(struct firewall *f);
	bool site;  /* it needs the site file */
	bool rules; /* and what it and the kernel say */
} verbs[] = {
	{ "apply", firewall_apply, true, true },
	{ "check", check, true, true },
	{ "rogues", firewall_rogues, true, false },
	{ "remove", remove_tables, false, false },
};

/* "60" or "60s". */
static bool
read_timeout(const char *text, unsigned *s)
{
	char *end;
	unsigned long v = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' ||
	    (*end != '\0' && strcmp(end, "s") != 0) || v < 1 ||
	    v > TIMEOUT_MAX_S)
		return false;
	*s = (unsigned)v;
	return true;
}

static bool
read_arguments(struct firewall *f, const struct verb **verb, int argc,
    char **argv)
{
	static const struct option options[] = {
		{ "site", required_argument, NULL, 's' },
		{ "node", required_argument, NULL, 'n' },
		{ "yes", no_argument, NULL, 'y' },
		{ "timeout", required_argument, NULL, 't' },
		{ NULL, 0, NULL, 0 },
	};
	bool right = true;
	int opt;

	while ((opt = getopt_long(argc, argv, "y", options, NULL)) != -1) {
		if (opt == 's')
			f->file = optarg;
		else if (opt == 'n')
			f->node = optarg;
		else if (opt == 'y')
			f->yes = true;
		else
			right = right && opt == 't' &&
			    (read_timeout(optarg, &f->timeout_s) ||
				cmd_wrong("firewall --timeout", optarg,
				    "1 to 3600 seconds"));
	}
	if (!right || argc - optind != 1)
		return false;
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i].name, argv[optind]) == 0)
			*verb = &verbs[i];
	if (*verb == NULL)
		return cmd_wrong("firewall", argv[optind],
		    "apply, check, rogues or remove");
	return !(*verb)->site || f->file != NULL ||
	    cmd_wrong("firewall", argv[optind],
		"given a site file, by --site FILE");
}

static int
run(struct firewall *f, const struct verb *v)
{
	enum cmd_status status = CMD_WELL;
	struct err e = { "" };

	if (f->file != NULL)
		status = load_site(f, &e);
	if (status == CMD_WELL && (f->nft = nft_open(&e)) == NULL)
		status = CMD_NOT_WELL;
	if (status == CMD_WELL && v->rules)
		status = load_rules(f, &e);
	if (status != CMD_WELL)
		return cmd_fail(f->cmd, status, "%s", e.text);
	return v->run(f);
}

int
cmd_firewall(const struct cmd *c, int argc, char **argv)
{
	struct firewall f = { .cmd = c, .timeout_s = TIMEOUT_S };
	const struct verb *v = NULL;
	int status;

	if (!read_arguments(&f, &v, argc, argv))
		return cmd_usage(argv[0]);
	status = run(&f, v);
	nft_close(f.nft);
	rules_free(f.want);
	rules_free(f.have);
	free(f.text);
	return status;
}
