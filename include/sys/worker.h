/* SPDX-License-Identifier: ISC */
/*
 * worker.h - serves one socket: batch in, batch out.
 *
 * A worker has one socket and one thread (or, with --solo, the loop calls
 * worker_serve() when the socket is readable).  It shares with the engine
 * only what is published in struct worker_board, a sequence-locked line; it
 * takes no lock and allocates nothing.
 */
#ifndef SYS_WORKER_H
#define SYS_WORKER_H

#include "core/server.h"
#include "sys/clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

/* What a worker must know about the time. */
struct worker_told {
	struct server_time time;
	struct clock_line line;
};

#define WORKER_WORDS ((sizeof(struct worker_told) + 7) / 8)

/*
 * What the engine publishes for all workers; begins as zeros, which means
 * that we do not know the time.  One writer, any number of readers.
 */
struct worker_board {
	_Atomic uint32_t sequence;	     /* odd while it is being written */
	_Atomic uint64_t word[WORKER_WORDS]; /* a worker_told */
};

void worker_publish(struct worker_board *b, const struct server_time *t,
    const struct clock_line *l);
void worker_read(const struct worker_board *b, struct worker_told *told);

struct worker {
	int fd;				  /* owned by the caller */
	uint16_t port;			  /* of fd */
	const struct server *server;	  /* borrowed, kept while it runs */
	const struct worker_board *board; /* borrowed, kept */
	_Atomic uint64_t verdict[SERVER_VERDICTS];
	_Atomic bool stop;
	bool running;
	int wake; /* ends the thread's sleep; -1 while there is no thread */
	pthread_t thread;
};

void worker_init(struct worker *w, int fd, const struct server *server,
    const struct worker_board *board);

/* Serves what is there, at most one batch; never blocks. */
void worker_serve(struct worker *w);

/* A thread that serves until worker_stop(), which waits for it. */
int worker_start(struct worker *w, struct err *e);
void worker_stop(struct worker *w);

#endif
