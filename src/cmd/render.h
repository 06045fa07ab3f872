/* SPDX-License-Identifier: ISC */
/*
 * render.h - what the commands that read a site file share: render, check,
 * init.
 */
#ifndef CMD_RENDER_H
#define CMD_RENDER_H

#include "cmd.h"

#include "render/render.h"

#include <stddef.h>

/* Reads and checks the file; its site stays until the next call.  -1 and a
 * sentence if it cannot be taken. */
int render_read(struct render_source *source, const char *file, struct err *e);

/* One rendered file in new memory; free() it.  NULL without memory. */
char *render_text(const struct render_file *f, size_t *len);

/*
 * Prints how the text new differs from old, in the manner of diff -u without
 * context.  True if it does; the line of the digest is no difference, for it
 * changes with every change of the site file.
 */
bool render_diff(const char *path, const char *old, const char *new);

/* "check" of a site file. */
int cmd_check_site(const struct cmd *c, const char *file);

#endif
