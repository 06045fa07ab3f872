/* SPDX-License-Identifier: ISC */
/*
 * desk_clients.h - what the desk does with the tables of clients: answers
 * questions about them, and keeps them on disk.  All in small pieces, between
 * which it does its other work.
 */
#ifndef DESK_CLIENTS_H
#define DESK_CLIENTS_H

#include "roles.h"

#include "sys/control.h"
#include "sys/loop.h"
#include "view/command.h"

#define DESK_ASKING 16	 /* as many as the control socket takes */
#define DESK_PIECE 16384 /* places of a table in a row: a millisecond */

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

	struct event *saver; /* each hour, or goes on with file */
	struct hosts_file file;
};

/* Whoever calls the roll calls it of all tables. */
void desk_clients_tables(struct roll *r, const struct hosts *h);

int desk_clients_open(struct desk_clients *d, const struct setup *s,
    struct loop *l, struct err *e);

/* Saves what there is. */
void desk_clients_close(struct desk_clients *d);

/* Answers COMMAND_CLIENTS, in a while. */
void desk_clients_ask(struct desk_clients *d, struct control_client *c,
    const struct command_order *o);

/* Answers COMMAND_REPORT, at once. */
void desk_clients_report(const struct desk_clients *d,
    const struct command_order *o, const struct snapshot *s, struct text *out);

#endif
