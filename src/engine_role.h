/* SPDX-License-Identifier: ISC */
/*
 * engine_role.h - what the engine role has, for its two files.
 */
#ifndef ENGINE_ROLE_H
#define ENGINE_ROLE_H

#include "roles.h"
#include "serving.h"

#include "sys/book.h"
#include "sys/clock.h"
#include "sys/loop.h"

/* The socket of an open question. */
struct question {
	struct engine_role *role;
	unsigned source;
	int fd; /* -1: none */
	struct event *event;
};

struct engine_role {
	struct setup *setup;
	struct loop loop;
	struct clock clock;
	struct engine engine;
	struct book book;
	struct serving serving;
	struct event *timer;
	struct question question[ENGINE_SOURCES + 1]; /* the sibling's, too */
	struct setup_orders coming;		      /* of a reload */
	struct {
		int64_t second; /* raw: of these, so many */
		unsigned asked, answered;
		bool heard; /* the desk, since asked was 0 */
	} control;
};

/* Control requests that wait go to the desk; what nobody takes is lost. */
void control_pass(struct engine_role *r);

/* The desk says that this is an answer: it goes out if it is one, to somebody
 * who may have it. */
void control_reply(struct engine_role *r, const struct message_control *m);

/* What must survive: the engine's state, now. */
void keep_state(struct engine_role *r);

/* Append, sync; the packet goes afterwards, or not at all. */
void keep_book(struct engine_role *r);

/* The state of before, if there is any: true if there is a file. */
bool keep_remember(struct engine_role *r);

/* The ledger.  evidence: other state is there, so it should be, too. */
void keep_open(struct engine_role *r, bool evidence);

#endif
