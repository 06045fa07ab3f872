/* SPDX-License-Identifier: ISC */
/*
 * worker_mail.h - what a worker has for the engine: a bell and letters.
 *
 * One writer, one reader, and neither ever waits for the other.
 */
#ifndef SYS_WORKER_MAIL_H
#define SYS_WORKER_MAIL_H

#include "core/ctl.h"
#include "core/server.h"

#include <stdatomic.h>
#include <stdbool.h>

/* Rung by any worker; the engine is woken once until it has looked. */
struct worker_bell {
	int wake;	   /* eventfd; -1: the engine looks by itself */
	_Atomic bool rung; /* and not yet looked */
	_Atomic bool news; /* the sibling asked, and said that it has some */
};

void worker_ring(struct worker_bell *b); /* NULL: nobody hears it */

/*
 * The engine looks: has the sibling news?  Mail is to be taken after that.  A
 * worker says so WORKER_NEWS_S times a second at most, whoever replays an old
 * question; that is as often as the sibling may be asked in return.
 */
#define WORKER_NEWS_S 4
bool worker_look(struct worker_bell *b);

/* Not more than most of them in a second of the raw clock; begin with zeros. */
bool worker_seldom(int64_t *second, unsigned *in_second, unsigned most,
    struct mono at);

/*
 * What a peer sent, for engine_peer(), in one box, and control requests, for
 * the desk, in another: at most WORKER_MAIL of them wait and so many come a
 * second; beyond they are dropped, and so is what is longer than any of them.
 * A flood of the one kind is none of the other.  ntpq asks for what we do not
 * know one by one, a hundred times in a row, and waits five seconds for each
 * that we drop.
 */
#define WORKER_LETTER_MAX CTL_REQUEST_MAX
#define WORKER_PEER_MAX 128
#define WORKER_MAIL 4
#define WORKER_MAIL_S 16
#define WORKER_CONTROL_S 256

struct worker_letter {
	struct addr from, to; /* to: which address of ours */
	struct mono at;	      /* arrival, raw */
	struct wall came;     /* the same, by the clock that we serve */
	size_t len;
	uint8_t pkt[WORKER_LETTER_MAX];
};

struct worker_mail {
	_Atomic unsigned put, taken; /* so many, ever */
	int64_t second;		     /* raw; the worker's alone */
	unsigned in_second;	     /* likewise */
	struct worker_letter letter[WORKER_MAIL];
};

/* False: it was dropped. */
bool worker_post(struct worker_mail *m, const struct server_request *q,
    size_t longest, unsigned a_second);

/* The oldest letter, if there is one; for the engine alone. */
bool worker_take(struct worker_mail *m, struct worker_letter *out);

#endif
