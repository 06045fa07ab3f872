/* SPDX-License-Identifier: ISC */
/*
 * desk_clients.h - what the desk does with the tables of clients: answers
 * questions about them, watches for hosts that become sick, and keeps the
 * tables on disk.  All in small pieces, between which it does its other work.
 */
#ifndef DESK_CLIENTS_H
#define DESK_CLIENTS_H

#include "roles.h"

#include "desk_news.h"
#include "sys/control.h"
#include "sys/loop.h"
#include "view/command.h"
#include "view/mib.h"

#define DESK_ASKING 16	 /* as many as the control socket takes */
#define DESK_SICK 256	 /* hosts that are watched */
#define DESK_PIECE 16384 /* places of a table in a row: a millisecond */

/* A host that is watched. */
struct desk_sick {
	struct addr addr;
	unsigned words; /* that were news once */
	unsigned well;	/* looks in a row that found it so */
	struct mono since;
	bool found; /* at this look */
	bool named; /* in the log, if not all of its words */
};

/* The sick, or the rogues: hosts that ask the outside, and that the firewall
 * brought to us. */
struct desk_watch {
	bool rogues;
	bool walking;
	struct roll roll;
	unsigned count;
	struct desk_sick host[DESK_SICK];
	unsigned tops;
	struct mib_host top[MIB_HOSTS]; /* the busiest at the last look */
	uint64_t all;			/* that there are */
};

struct desk_clients {
	const struct setup *setup; /* kept */
	char *answer;		   /* borrowed, kept: room for an answer */
	size_t answer_size;

	struct event *walker; /* goes on with roll */
	struct roll roll;
	unsigned asking;
	struct desk_asking {
		struct control_client *client;
		struct command_order order;
	} queue[DESK_ASKING]; /* the first is being answered */

	const struct news *news; /* borrowed, kept */
	struct event *watcher;	 /* each half minute, or goes on */
	unsigned watching;	 /* of watch */
	struct desk_watch watch[2];

	struct event *saver; /* each hour, or goes on with file */
	struct hosts_file file;
};

/* Whoever calls the roll calls it of all tables. */
void desk_clients_tables(struct roll *r, const struct hosts *h);

int desk_clients_open(struct desk_clients *d, const struct setup *s,
    const struct news *news, struct loop *l, struct err *e);

/* Saves what there is. */
void desk_clients_close(struct desk_clients *d);

/* Answers COMMAND_CLIENTS, in a while. */
void desk_clients_ask(struct desk_clients *d, struct control_client *c,
    const struct command_order *o);

/* The busiest sick hosts and rogues of the last minute, the busiest first. */
unsigned desk_clients_top(const struct desk_clients *d,
    struct mib_host out[MIB_HOSTS]);

/* Answers COMMAND_REPORT, at once. */
void desk_clients_report(const struct desk_clients *d,
    const struct command_order *o, const struct snapshot *s, struct text *out);

#endif
