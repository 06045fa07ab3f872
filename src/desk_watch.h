/* SPDX-License-Identifier: ISC */
/*
 * desk_watch.h - the desk's watch for hosts that become sick or rogue, and well
 * again: each is told once, whatever desks and daemons come and go.  In small
 * pieces, as all that it does with the tables of clients.
 */
#ifndef DESK_WATCH_H
#define DESK_WATCH_H

#include "roles.h"

#include "desk_news.h"
#include "sys/loop.h"
#include "view/mib.h"
#include "view/roll.h"
#include "view/watched.h"

/* What it sees of a kind. */
struct desk_look {
	bool walking;
	struct roll roll;
	unsigned tops;
	struct mib_host top[MIB_HOSTS]; /* the busiest at the last look */
	uint64_t all;			/* that there are */
};

struct desk_watch {
	const struct setup *setup; /* kept */
	const struct news *news;   /* borrowed, kept */
	struct event *watcher;	   /* each half minute, or goes on */
	enum watched_kind turn;
	struct desk_look look[WATCHED_KINDS];
	struct watched watched;
	bool news_unkept; /* something was told since it was written */
	bool unkept;	  /* it could not be written, which was said */
};

/* Reads what was kept. */
int desk_watch_open(struct desk_watch *w, const struct setup *s,
    const struct news *news, struct loop *l, struct err *e);

/* Writes it. */
void desk_watch_close(struct desk_watch *w);

/* The busiest sick hosts and rogues of the last minute, the busiest first. */
unsigned desk_watch_top(const struct desk_watch *w,
    struct mib_host out[MIB_HOSTS]);

#endif
