/* SPDX-License-Identifier: ISC */
/*
 * pages.h - the desk's pages: HTTP on one side, snapshots on the other, and
 * the history between, which is kept in state_dir.
 */
#ifndef PAGES_H
#define PAGES_H

#include "roles.h"

#include "sys/http.h"
#include "sys/loop.h"
#include "view/history.h"
#include "view/roll.h"
#include "view/route.h"

struct pages {
	bool on;
	struct setup *setup;
	struct http *http;
	loop_fn *ask; /* for a snapshot of the engine */
	void *ask_ctx;
	const struct snapshot *s; /* the last one; NULL: none */
	struct mono heard, fed, kept;
	bool unkept; /* the history cannot be written, and that was said */
	/* Who asks us, called each in turn; which is which changes. */
	struct event *walker;
	bool walking, of_sick; /* what next is to become */
	struct roll *rate, *sick, *next;
	struct roll roll[3];
	unsigned waiting_count;
	struct pages_waiting {
		struct http_client *client;
		struct request request;
	} waiting[HTTP_CLIENTS];
	struct history history;
	char body[ROUTE_BODY_MAX];
};

/* Off, and free of charge, where main has opened no socket for it.  ask(ctx)
 * is to bring about pages_told() or pages_late(). */
int pages_open(struct pages *p, struct setup *s, struct loop *l, loop_fn *ask,
    void *ctx, struct err *e);

/* The engine has spoken; s is kept until the next call. */
void pages_told(struct pages *p, const struct snapshot *s);

/* It has not: who waits gets what is known. */
void pages_late(struct pages *p);

void pages_close(struct pages *p);

#endif
