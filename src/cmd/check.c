/* SPDX-License-Identifier: ISC */
/*
 * check.c - reads a configuration as the daemon would, and has it audited.
 */
#include "audit.h"
#include "cmd.h"
#include "render.h"

#include "sys/file.h"

#include <stdlib.h>
#include <string.h>

#define OCTETS_MAX (1 << 20) /* of a configuration */

static bool
is_site(const char *file)
{
	const char *dot = strrchr(file, '.');

	return dot != NULL &&
	    (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0);
}

int
cmd_check(const struct cmd *c, int argc, char **argv)
{
	static struct audit r; /* too large for the stack */
	struct err e;
	size_t len;
	char *text;
	int rc;

	if (argc != 2 || argv[1][0] == '-')
		return cmd_usage(argv[0]);
	if (is_site(argv[1]))
		return cmd_check_site(c, argv[1]);
	text = file_read_any(argv[1], OCTETS_MAX, &len, &e);
	if (text == NULL)
		return cmd_fail(c, CMD_USAGE, "%s", e.text);
	rc = strlen(text) != len ?
	    err_set(&e, "%s: a zero octet is in it: this is no text", argv[1]) :
	    conf_read(&r.conf, argv[1], text, &e);
	free(text);
	if (rc == -1)
		return cmd_fail(c, CMD_USAGE, "%s", e.text);

	audit_run(&r);
	return audit_print(c, &r, argv[1]);
}
