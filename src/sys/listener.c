/* SPDX-License-Identifier: ISC */
#include "sys/listener.h"

#include <errno.h>
#include <stddef.h>
#include <sys/socket.h>

#define PAUSE_S 1.0

static void
come(void *ctx)
{
	struct listener *l = ctx;
	int fd = accept4(l->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd >= 0) {
		l->fn(l->ctx, fd);
		return;
	}
	if (errno == EMFILE || errno == ENFILE || errno == ENOMEM ||
	    errno == ENOBUFS) {
		event_del(l->incoming);
		loop_set(l->resume, PAUSE_S);
	}
}

static void
resume(void *ctx)
{
	struct listener *l = ctx;

	event_add(l->incoming, NULL);
}

int
listener_open(struct listener *l, struct loop *loop, int fd, listener_fn *fn,
    void *ctx)
{
	*l = (struct listener){ .fd = fd, .fn = fn, .ctx = ctx };
	l->incoming = loop_watch(loop, fd, come, l);
	l->resume = loop_timer(loop, resume, l);
	return l->incoming != NULL && l->resume != NULL ? 0 : -1;
}

void
listener_close(struct listener *l)
{
	loop_drop(l->incoming);
	loop_drop(l->resume);
	l->incoming = l->resume = NULL;
}
