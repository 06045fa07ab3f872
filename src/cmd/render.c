/* SPDX-License-Identifier: ISC */
/*
 * render.c - writes what other programs need, from the site file; or shows
 * what would change.
 */
#include "render.h"

#include "base/fnv.h"
#include "sys/file.h"
#include "view/json.h"

#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define TEXT_FIRST (1 << 16) /* most files fit */
#define OLD_MAX (64 << 20)   /* octets of a file that is there */

struct options {
	const char *target, *site, *node, *out;
	bool diff;
};

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

int
render_read(struct render_source *source, const char *file, struct err *e)
{
	static struct site site; /* too large for the stack */
	size_t len;
	char *text = file_read_any(file, SITE_OCTETS, &len, e);
	int rc;

	if (text == NULL)
		return -1;
	rc = site_read(&site, file, text, len, e);
	/* Without its folder: the same file gives the same text anywhere. */
	*source = (struct render_source){ &site, base_name(file),
		fnv(FNV_BEGIN, text, len) };
	free(text);
	return rc;
}

/* Twice, if it did not fit the first time: it is known then how long it is. */
char *
render_text(const struct render_file *f, size_t *len)
{
	size_t size = TEXT_FIRST;

	for (;;) {
		char *buf = malloc(size);
		struct text t = { buf, size, 0 };

		if (buf == NULL)
			return NULL;
		render_put(f, &t);
		*len = t.len;
		if (!text_cut(&t))
			return buf;
		free(buf);
		size = t.len + 1;
	}
}

/* ---- one file ---- */

static int
make_folders(const char *dir, char *path, struct err *e)
{
	char full[4096];
	struct text t = TEXT(full);

	if (mkdir(dir, 0755) == -1 && errno != EEXIST)
		return err_sys(e, "%s", dir);
	text_add(&t, "%s/", dir);
	for (char *slash = strchr(path, '/'); slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		t.len = strlen(dir) + 1;
		text_add(&t, "%.*s", (int)(slash - path), path);
		if (text_cut(&t))
			return err_set(e, "%.100s...: too long a name", dir);
		if (mkdir(full, 0755) == -1 && errno != EEXIST)
			return err_sys(e, "%s", full);
	}
	return 0;
}

static int
write_file(const struct options *o, const struct render_file *f,
    const char *text, size_t len, struct err *e)
{
	char path[RENDER_PATH_MAX], folder[4096] = "";
	struct text t = TEXT(folder);
	char *slash;

	text_copy(path, sizeof(path), f->path);
	if (make_folders(o->out, path, e) == -1)
		return -1;
	slash = strrchr(path, '/');
	*slash = '\0';
	text_add(&t, "%s/%s", o->out, path);
	if (text_cut(&t))
		return err_set(e, "%.100s...: too long a name", o->out);
	if (file_replace(folder, slash + 1, text, len, e) == -1)
		return -1;
	printf("%s/%s\n", folder, slash + 1);
	return 0;
}

/* 1 if it differs from what is there; nothing there is an empty file. */
static int
compare_file(const struct options *o, const struct render_file *f,
    const char *text, struct err *e)
{
	char path[4096] = "";
	struct text t = TEXT(path);
	char *old;
	size_t len;
	bool differs;

	text_add(&t, "%s/%s", o->out, f->path);
	if (text_cut(&t))
		return err_set(e, "%.100s...: too long a name", o->out);
	old = file_read(path, OLD_MAX, &len, e);
	if (old == NULL && errno != ENOENT && errno != ENOTDIR)
		return -1;
	differs = render_diff(path, old != NULL ? old : "", text);
	free(old);
	return differs;
}

static void
print_file(const struct render_file *f, const char *text, bool alone)
{
	if (!alone)
		printf("==> %s <==\n", f->path);
	fputs(text, stdout);
}

static void
print_json(const struct render_file *files, int count, char **texts)
{
	json_t *list = json_array();
	json_t *all =
	    json_pack("{s:i, s:o}", "schema", JSON_SCHEMA, "files", list);

	for (int i = 0; i < count; i++)
		json_array_append_new(list,
		    json_pack("{s:s, s:s}", "path", files[i].path, "text",
			texts[i]));
	json_dumpf(all, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(all);
}

/* ---- all of them ---- */

/* All texts first: a run that cannot end leaves nothing half written. */
static int
make_texts(const struct render_file *files, int count, char **texts,
    size_t *len, struct err *e)
{
	for (int i = 0; i < count; i++) {
		texts[i] = render_text(&files[i], &len[i]);
		if (texts[i] == NULL)
			return err_set(e, "out of memory");
	}
	return 0;
}

static int
deliver(const struct cmd *c, const struct options *o,
    const struct render_file *files, int count)
{
	static char *texts[RENDER_FILES_MAX];
	static size_t len[RENDER_FILES_MAX];
	struct err e = { "" };
	int rc = make_texts(files, count, texts, len, &e), differing = 0;

	if (rc == 0 && o->out == NULL && c->json)
		print_json(files, count, texts);
	for (int i = 0; rc == 0 && i < count; i++) {
		if (o->out == NULL && !c->json)
			print_file(&files[i], texts[i], count == 1);
		else if (o->out != NULL && o->diff)
			rc = compare_file(o, &files[i], texts[i], &e);
		else if (o->out != NULL)
			rc = write_file(o, &files[i], texts[i], len[i], &e);
		differing += rc == 1;
		rc = rc == -1 ? -1 : 0;
	}
	for (int i = 0; i < count; i++)
		free(texts[i]);
	if (rc == -1)
		return cmd_fail(c, CMD_USAGE, "%s", e.text);
	return differing > 0 ? CMD_NOT_WELL : CMD_WELL;
}

static bool
read_arguments(struct options *o, int argc, char **argv)
{
	static const struct option options[] = {
		{ "diff", no_argument, NULL, 'd' },
		{ "node", required_argument, NULL, 'n' },
		{ "out", required_argument, NULL, 'o' },
		{ "site", required_argument, NULL, 's' },
		{ NULL, 0, NULL, 0 },
	};
	int opt;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (opt == 'd')
			o->diff = true;
		else if (opt == 'n')
			o->node = optarg;
		else if (opt == 'o')
			o->out = optarg;
		else if (opt == 's')
			o->site = optarg;
		else
			return false;
	}
	o->target = argc - optind == 1 ? argv[optind] : NULL;
	if (o->diff && o->out == NULL)
		return cmd_wrong("render", "--diff",
		    "given together with --out DIR");
	return o->target != NULL && o->site != NULL;
}

static int
fail_target(const struct cmd *c, const char *target)
{
	char list[512] = "";
	struct text t = TEXT(list);
	const char *name;

	for (unsigned i = 0; (name = render_target(i)) != NULL; i++)
		text_add(&t, "%s%s", i > 0 ? ", " : "", name);
	return cmd_fail(c, CMD_USAGE,
	    "there is no target \"%.40s\"; there are %s", target, list);
}

static bool
is_target(const char *target)
{
	const char *name;

	for (unsigned i = 0; (name = render_target(i)) != NULL; i++)
		if (strcmp(name, target) == 0)
			return true;
	return false;
}

int
cmd_render(const struct cmd *c, int argc, char **argv)
{
	static struct render_file files[RENDER_FILES_MAX];
	struct options o = { 0 };
	struct render_source source;
	struct err e = { "" };
	int count;

	if (!read_arguments(&o, argc, argv))
		return cmd_usage(argv[0]);
	if (!is_target(o.target))
		return fail_target(c, o.target);
	if (render_read(&source, o.site, &e) == -1)
		return cmd_fail(c, CMD_USAGE, "%s", e.text);
	for (unsigned i = 0; i < source.site->note_count && !c->json; i++)
		if (source.site->note[i].fails)
			fprintf(stderr, "ntpgate: %s:%u: %s\n", o.site,
			    source.site->note[i].at.line,
			    source.site->note[i].text);
	count = render_list(&source, o.target, o.node, files, &e);
	if (count == -1)
		return cmd_fail(c, CMD_USAGE, "%s", e.text);
	return deliver(c, &o, files, count);
}
