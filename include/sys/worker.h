/* SPDX-License-Identifier: ISC */
/*
 * worker.h - serves some sockets: batch in, batch out.
 *
 * A worker has one socket of its own at each address on which we serve, and
 * one thread for all of them (or, with --solo, the loop calls worker_serve()
 * when one is readable).  It shares with the engine what is published in
 * struct worker_board, and what it has for the engine (struct worker_bell):
 * that the sibling has news, and what a peer sent.  It alone writes its table
 * of clients, and counts; others may read both.  It takes no lock, allocates
 * nothing, and calls the system for a batch only.
 */
#ifndef SYS_WORKER_H
#define SYS_WORKER_H

#include "core/clients.h"
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

/*
 * The engine looks: has the sibling news?  Mail is to be taken after that.  A
 * worker says so WORKER_NEWS_S times a second at most, whoever replays an old
 * question; that is as often as the sibling may be asked in return.
 */
#define WORKER_NEWS_S 4
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
	struct worker_mail mail;
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

/* The oldest letter, if there is one; for the engine alone. */
bool worker_take(struct worker *w, struct worker_letter *out);

#endif
