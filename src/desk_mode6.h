/* SPDX-License-Identifier: ISC */
/*
 * desk_mode6.h - the desk answers control messages (view/mode6.h): with a
 * snapshot that is a second old at most, and a table of clients that it walks
 * in small pieces between its other work.
 */
#ifndef DESK_MODE6_H
#define DESK_MODE6_H

#include "roles.h"

#include "sys/loop.h"
#include "view/mode6.h"

#define DESK_MODE6_WAITING 16

struct desk_mode6 {
	const struct setup *setup; /* kept */
	loop_fn *ask;		   /* for a snapshot of the engine */
	void *ask_ctx;
	const struct snapshot *s; /* the last one; NULL: none */
	struct mono heard;
	struct mode6 mode6;
	char processor[66], system[140];
	unsigned waiting_count;
	struct desk_asker {
		struct message_control message;
		struct mono at;
	} waiting[DESK_MODE6_WAITING]; /* beyond them one is not heard */
	struct event *walker;	       /* goes on with roll */
	bool walking;
	struct mode6_walk walk; /* if it is done, roll is whole */
	struct roll roll;
	struct wall roll_at; /* roll.now, by the served clock */
};

/* ask(ctx) is to bring about desk_mode6_told() or desk_mode6_late(). */
int desk_mode6_open(struct desk_mode6 *d, const struct setup *s, struct loop *l,
    loop_fn *ask, void *ctx, struct err *e);
void desk_mode6_close(struct desk_mode6 *d);

/* Somebody asks. */
void desk_mode6_asked(struct desk_mode6 *d, const struct message_control *m);

/* The engine has spoken; s is kept until the next call.  Or it has not: who
 * waits asks again, or is content with silence. */
void desk_mode6_told(struct desk_mode6 *d, const struct snapshot *s);
void desk_mode6_late(struct desk_mode6 *d);

#endif
