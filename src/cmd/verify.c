/* SPDX-License-Identifier: ISC */
/*
 * verify.c - proves the site, from an inside host: the gateways answer,
 * outside does not, and DHCP says so.
 */
#include "verify.h"
#include "render.h"

#include "base/text.h"
#include "view/json.h"
#include "view/json_put.h"

#include <getopt.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name, *colour;
} verdicts[] = {
	[VERIFY_PASS] = { "PASS", "\033[32m" },
	[VERIFY_FAIL] = { "FAIL", "\033[31m" },
	[VERIFY_SKIP] = { "SKIP", "\033[33m" },
};

struct options {
	const char *site, *interface, *keys_file;
	bool no_dhcp;
	uint32_t key_id; /* 0: none */
};

/* ---- points ---- */

static void
print_point(const struct cmd *c, const struct verify_point *p)
{
	printf("%s%s%s  %s: %s\n", c->colour ? verdicts[p->verdict].colour : "",
	    verdicts[p->verdict].name, c->colour ? "\033[0m" : "", p->what,
	    p->text);
	fflush(stdout); /* the next may take seconds */
}

void
verify_say(struct verify *v, enum verify_verdict verdict, const char *what,
    const char *fmt, ...)
{
	struct verify_point *p = &v->point[v->count];
	struct text t = TEXT(p->text);
	va_list ap;

	if (v->count == VERIFY_POINTS_MAX)
		return;
	v->count++;
	p->verdict = verdict;
	text_copy(p->what, sizeof(p->what), what);
	va_start(ap, fmt);
	text_vadd(&t, fmt, ap);
	va_end(ap);
	if (!v->cmd->json)
		print_point(v->cmd, p);
}

static unsigned
count(const struct verify *v, enum verify_verdict verdict)
{
	unsigned n = 0;

	for (unsigned i = 0; i < v->count; i++)
		n += v->point[i].verdict == verdict;
	return n;
}

static void
print_json(const struct verify *v)
{
	json_t *points = json_array();
	json_t *all = json_pack("{s:i, s:o, s:s, s:i, s:i, s:i, s:o}", "schema",
	    JSON_SCHEMA, "site", put_string(v->file), "policy",
	    site_policy_name(v->site->policy), "pass",
	    (int)count(v, VERIFY_PASS), "fail", (int)count(v, VERIFY_FAIL),
	    "skip", (int)count(v, VERIFY_SKIP), "points", points);

	for (unsigned i = 0; i < v->count; i++)
		json_array_append_new(points,
		    json_pack("{s:s, s:o, s:o}", "verdict",
			verdicts[v->point[i].verdict].name, "what",
			put_string(v->point[i].what), "text",
			put_string(v->point[i].text)));
	json_dumpf(all, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(all);
}

/* ---- the command line ---- */

static bool
read_arguments(struct options *o, int argc, char **argv)
{
	static const struct option options[] = {
		{ "site", required_argument, NULL, 's' },
		{ "interface", required_argument, NULL, 'i' },
		{ "no-dhcp", no_argument, NULL, 'n' },
		{ "key", required_argument, NULL, 'k' },
		{ "keys", required_argument, NULL, 'f' },
		{ NULL, 0, NULL, 0 },
	};
	bool right = true;
	int opt;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (opt == 's')
			o->site = optarg;
		else if (opt == 'i')
			o->interface = optarg;
		else if (opt == 'n')
			o->no_dhcp = true;
		else if (opt == 'f')
			o->keys_file = optarg;
		else if (opt == 'k' && strlen(optarg) <= 9 &&
		    optarg[strspn(optarg, "0123456789")] == '\0')
			o->key_id = (uint32_t)atoi(optarg);
		else
			right = opt == 'k' &&
			    cmd_wrong("verify --key", optarg,
				"the number of a key");
	}
	return right && optind == argc && o->site != NULL &&
	    (o->key_id != 0) == (o->keys_file != NULL);
}

static int
run(struct verify *v, const struct options *o)
{
	v->dhcp = !o->no_dhcp;
	verify_gateways(v);
	verify_outside(v);
	courtesy_close(&v->courtesy);
	if (v->dhcp)
		verify_dhcp(v);
	if (v->cmd->json)
		print_json(v);
	else
		printf("%s: %u PASS, %u FAIL, %u SKIP\n", v->file,
		    count(v, VERIFY_PASS), count(v, VERIFY_FAIL),
		    count(v, VERIFY_SKIP));
	return count(v, VERIFY_FAIL) > 0 ? CMD_NOT_WELL : CMD_WELL;
}

int
cmd_verify(const struct cmd *c, int argc, char **argv)
{
	static struct auth_keys keys; /* large, as the next */
	static struct verify v;
	struct options o = { 0 };
	struct render_source source;
	struct err e;
	int status;

	v = (struct verify){ .cmd = c, .courtesy = COURTESY_CLOSED };
	if (!read_arguments(&o, argc, argv))
		return cmd_usage(argv[0]);
	if (o.interface != NULL &&
	    !text_copy(v.interface, sizeof(v.interface), o.interface))
		return cmd_fail(c, CMD_USAGE, "there is no interface %s",
		    o.interface);
	if (render_read(&source, o.site, &e) == -1 ||
	    (o.keys_file != NULL &&
		ask_key(o.keys_file, o.key_id, &keys, &v.key, &e) == -1))
		return cmd_fail(c, CMD_USAGE, "%s", e.text);
	v.file = o.site;
	v.site = source.site;
	status = run(&v, &o);
	explicit_bzero(&keys, sizeof(keys));
	return status;
}
