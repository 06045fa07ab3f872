/* SPDX-License-Identifier: ISC */
/*
 * control.h - the control socket: run_dir/control.
 *
 * Server side for the desk, client side for the tool.  At most 16 clients at
 * once, one line each, 2 s to say it and 10 s to read the answer; who is
 * slower is dropped.  view/command.h has the protocol.
 */
#ifndef SYS_CONTROL_H
#define SYS_CONTROL_H

#include "base/err.h"
#include "base/text.h"
#include "sys/loop.h"

#include <stddef.h>

struct control;
struct control_client;

/* A request line came from c; answer it with control_answer(), now or
 * later, once. */
typedef void control_fn(void *ctx, struct control_client *c, const char *line);

/*
 * Listens at dir/control (mode 0660); a socket left behind by the dead is
 * replaced, one that is alive is an error.
 */
struct control *control_new(struct loop *l, const char *dir, control_fn *fn,
    void *ctx, struct err *e);
void control_free(struct control *c);

/* text is copied.  c is good until then, even if the client went away. */
void control_answer(struct control_client *c, const char *text, size_t len);

/*
 * The tool's side: sends the line, waits at most 5 s, returns the answer in
 * new memory; NULL if the daemon cannot be reached.
 */
char *control_ask(const char *socket_path, const char *line, struct err *e);

#endif
