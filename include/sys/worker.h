/* SPDX-License-Identifier: ISC */
/*
 * worker.h - serves one socket: batch in, batch out.
 *
 * A worker has one socket and one thread (or, with --solo, the loop calls
 * worker_serve() when the socket is readable).  It shares with the engine
 * what is published in struct worker_board, and what it has for the engine
 * (struct worker_bell): that the sibling has news, and what a peer sent.  It
 * takes no lock and allocates nothing.
 */
#ifndef SYS_WORKER_H
#define SYS_WORKER_H

#include "core/server.h"
#include "sys/board.h"
#include "sys/clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

/* What a worker must know about the time. */
struct worker_told {
	struct server_time time;
	struct clock_line line;
};

/*
 * What the engine publishes for all workers; begins as zeros, which means
 * that we do not know the time, and have no word for a sibling.
 */
struct worker_board {
	struct board told; /* a worker_told */
	struct board word; /* a field of link.h, LINK_FIELD octets */
};

void worker_publish(struct worker_board *b, const struct server_time *t,
    const struct clock_line *l);
void worker_publish_word(struct worker_board *b,
    const uint8_t field[LINK_FIELD]);
void worker_read(const struct worker_board *b, struct worker_told *told);

/* Rung by any worker; the engine is woken once until it has looked. */
struct worker_bell {
	int wake;	   /* eventfd; -1: the engine looks by itself */
	_Atomic bool rung; /* and not yet looked */
	_Atomic bool news; /* the sibling asked, and said that it has some */
};

/* The engine looks: has the sibling news?  Mail is to be taken after that. */
bool worker_look(struct worker_bell *b);

/*
 * What a peer sent, for engine_peer(): at most WORKER_MAIL of them wait and at
 * most WORKER_MAIL_S come a second; beyond they are dropped, and so is what is
 * longer than any peer's packet.
 */
#define WORKER_LETTER_MAX 128
#define WORKER_MAIL 4
#define WORKER_MAIL_S 16

struct worker_letter {
	struct addr from;
	struct mono at;	  /* arrival, raw */
	struct wall came; /* the same, by the clock that we serve */
	size_t len;
	uint8_t pkt[WORKER_LETTER_MAX];
};

struct worker_mail {
	_Atomic unsigned put, taken; /* so many, ever */
	int64_t second;		     /* raw; the worker's alone */
	unsigned in_second;	     /* likewise */
	struct worker_letter letter[WORKER_MAIL];
};

struct worker {
	int fd;				  /* owned by the caller */
	uint16_t port;			  /* of fd */
	const struct server *server;	  /* borrowed, kept while it runs */
	const struct worker_board *board; /* borrowed, kept */
	struct worker_bell *bell;	  /* borrowed, kept; or NULL */
	struct worker_mail mail;
	_Atomic uint64_t verdict[SERVER_VERDICTS];
	_Atomic bool stop;
	bool running;
	int wake; /* ends the thread's sleep; -1 while there is no thread */
	pthread_t thread;
};

/* bell: NULL if nobody is interested. */
void worker_init(struct worker *w, int fd, const struct server *server,
    const struct worker_board *board, struct worker_bell *bell);

/* Serves what is there, at most one batch; never blocks. */
void worker_serve(struct worker *w);

/* A thread that serves until worker_stop(), which waits for it. */
int worker_start(struct worker *w, struct err *e);
void worker_stop(struct worker *w);

/* The oldest letter, if there is one; for the engine alone. */
bool worker_take(struct worker *w, struct worker_letter *out);

#endif
