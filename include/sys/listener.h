/* SPDX-License-Identifier: ISC */
/*
 * listener.h - accepts connections in the loop.
 *
 * When no more files can be opened, nobody is accepted for a second: else the
 * loop would ask again at once, for ever.
 */
#ifndef SYS_LISTENER_H
#define SYS_LISTENER_H

#include "sys/loop.h"

/* A connection, non-blocking and closed on exec; fd is the callee's. */
typedef void listener_fn(void *ctx, int fd);

struct listener {
	int fd; /* borrowed */
	listener_fn *fn;
	void *ctx;
	struct event *incoming, *resume;
};

/* -1 if memory is short; listener_close() is right then, too. */
int listener_open(struct listener *l, struct loop *loop, int fd,
    listener_fn *fn, void *ctx);

/* Leaves fd open.  A listener of zeros is closed. */
void listener_close(struct listener *l);

#endif
