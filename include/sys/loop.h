/* SPDX-License-Identifier: ISC */
/*
 * loop.h - libevent: descriptors, one timer an owner, signals.
 *
 * A thin cover, so that the roles read well; with solo set it keeps to what
 * a simulator can do (plain sigaction, no signal pipe).
 */
#ifndef SYS_LOOP_H
#define SYS_LOOP_H

#include "base/err.h"
#include "base/time.h"

#include <event2/event.h>
#include <stdbool.h>

#define LOOP_SIGNALS 8

typedef void loop_fn(void *ctx);

struct loop {
	struct event_base *base;
	bool solo;
	bool ended;
	unsigned signals;
	struct loop_signal {
		int sig;
		loop_fn *fn;
		void *ctx;
		struct event *ev; /* NULL in solo */
	} signal[LOOP_SIGNALS];
};

int loop_open(struct loop *l, bool solo, struct err *e);
void loop_close(struct loop *l);

/* fn(ctx) when fd is readable; NULL if memory is short.  Free with
 * loop_drop(), which leaves the descriptor open. */
struct event *loop_watch(struct loop *l, int fd, loop_fn *fn, void *ctx);
void loop_drop(struct event *ev);

/* A timer, not yet set. */
struct event *loop_timer(struct loop *l, loop_fn *fn, void *ctx);

/* Sets it to go off in s seconds (0: next round); negative: never. */
void loop_set(struct event *timer, double s);

/* Runs until loop_end(), which may come first: then it returns at once. */
void loop_run(struct loop *l);
void loop_end(struct loop *l);

/* fn(ctx) in the loop when the signal came; one that was blocked, so as not to
 * come too early, is so no longer.  With solo, one loop a process. */
int loop_signal(struct loop *l, int sig, loop_fn *fn, void *ctx, struct err *e);

#endif
