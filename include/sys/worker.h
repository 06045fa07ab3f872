/* SPDX-License-Identifier: ISC */
/*
 * worker.h - serves some sockets: batch in, batch out.
 *
 * A worker has one socket of its own at each address on which we serve, and
 * one thread for all of them (or, with --solo, the loop calls worker_serve()
 * when one is readable).  It shares with the engine what is published in
 * struct worker_board, and what it has for the engine (struct worker_bell):
 * that the sibling has news, what a peer sent, and control requests.  It alone writes its table
 * of clients, and counts; others may read both.  It takes no lock, allocates
 * nothing, and calls the system for a batch only.
 */
#ifndef SYS_WORKER_H
#define SYS_WORKER_H

#include "core/clients.h"
#include "core/server.h"
#include "sys/board.h"
#include "sys/clock.h"
#include "sys/worker_mail.h"

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

#define WORKER_SOCKETS 32

struct worker_socket {
	int fd;		 /* owned by the caller */
	struct addr at;	 /* what it is bound to */
	bool redirected; /* the firewall's port for hard-coded clients */
};

struct worker {
	unsigned sockets;
	struct worker_socket socket[WORKER_SOCKETS];
	const struct server *server;	  /* borrowed, kept while it runs */
	const struct worker_board *board; /* borrowed, kept */
	struct worker_bell *bell;	  /* borrowed, kept; or NULL */

	/* Set both before it serves, or neither: nobody is limited then. */
	struct clients *clients;       /* borrowed, kept */
	const struct limiter *limiter; /* likewise, while it runs */

	int64_t lead_ns; /* what it takes to send one reply */
	struct worker_mail mail, control;
	int64_t news_second; /* raw; of news in it, so many */
	unsigned news_in_second;
	/* What server_reply() said, and of what it answered: not sent because
	 * the client is over its limit; of these, a kiss instead. */
	_Atomic uint64_t verdict[SERVER_VERDICTS];
	_Atomic uint64_t limited, kissed;
	/* UDP payload, and datagrams by the mode in their first octet, of any
	 * version; an empty one has no mode. */
	_Atomic uint64_t octets_in, octets_out;
	_Atomic uint64_t mode_in[PACKET_MODES], mode_out[PACKET_MODES];
	_Atomic bool stop;
	bool running;
	int wake; /* ends the thread's sleep; -1 while there is no thread */
	pthread_t thread;
};

/* bell: NULL if nobody is interested. */
void worker_init(struct worker *w, const struct server *server,
    const struct worker_board *board, struct worker_bell *bell);

/* One more socket to serve, at most WORKER_SOCKETS; a listening one. */
void worker_add(struct worker *w, int fd, bool redirected);

/* Serves what is there, at most one batch of each socket; never blocks. */
void worker_serve(struct worker *w);

/* A thread that serves until worker_stop(), which waits for it. */
int worker_start(struct worker *w, struct err *e);
void worker_stop(struct worker *w);

#endif
