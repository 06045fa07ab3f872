/* SPDX-License-Identifier: ISC */
/*
 * desk_snmp.h - what the desk tells the SNMP agent (snmp_role.c): how things
 * are when it asks, and what happens at once.  An agent that does not listen
 * misses it; nobody waits.
 */
#ifndef DESK_SNMP_H
#define DESK_SNMP_H

#include "desk_news.h"
#include "desk_watch.h"
#include "roles.h"

#include "sys/loop.h"

struct desk_snmp {
	/* Its owner's, kept: */
	const struct desk_watch *watch;
	loop_fn *ask; /* for a snapshot: is to bring about desk_snmp_told() */
	void *ask_ctx;

	int wire;
	struct loop *loop;
	struct event *reader; /* NULL: it rests, or no agent is wanted */
	struct event *rest;
	bool wanted; /* the agent waits for a world */
	struct message_world world;
};

/* After its first three members are set.  Listens to the agent, and to n; does
 * nothing where none is wanted. */
int desk_snmp_open(struct desk_snmp *d, const struct setup *s, struct news *n,
    struct loop *l, struct err *e);

/* The engine has spoken. */
void desk_snmp_told(struct desk_snmp *d, const struct snapshot *s);

void desk_snmp_close(struct desk_snmp *d);

#endif
