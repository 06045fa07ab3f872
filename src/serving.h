/* SPDX-License-Identifier: ISC */
/*
 * serving.h - the workers of the engine role: a thread each, or none of their
 * own with --solo.
 */
#ifndef SERVING_H
#define SERVING_H

#include "roles.h"

#include "sys/loop.h"
#include "sys/worker.h"

struct serving {
	const struct setup *setup; /* kept until serving_stop() */
	struct server server;
	struct limiter limiter;
	struct worker_board board;
	struct worker_bell bell;
	struct worker worker[SETUP_WORKERS];
	/* What the engine itself sent, like the workers' counts of theirs. */
	uint64_t octets_out, mode_out[PACKET_MODES];

	/* Set before serving_start(): a worker has something for the engine,
	 * see serving_news() and serving_letter(). */
	loop_fn *rung;
	void *rung_ctx;
};

/* The limits of serve.limit. */
void serving_limiter(const struct conf *c, struct limiter *l);

/* The tables of clients, and who hears whom: while files may be read. */
void serving_open(const struct setup *setup, struct mono now, struct wall wall);

int serving_start(struct serving *s, const struct setup *setup, struct loop *l,
    struct err *e);
void serving_stop(struct serving *s);

/* The setup's orders changed: the workers rest while what they read moves. */
int serving_reload(struct serving *s, struct err *e);

/* Has the sibling news since the last call?  Before serving_letter(). */
bool serving_news(struct serving *s);

/* The next letter of a peer; false: no more. */
bool serving_letter(struct serving *s, struct worker_letter *out);

/* The next control request of somebody who may; false: no more. */
bool serving_control(struct serving *s, struct worker_letter *out);

/* Sends from our address from, which was asked, and the port on which we
 * serve. */
bool serving_answer(struct serving *s, const struct addr *from,
    const struct addr *to, const uint8_t *pkt, size_t len);

/* Sends from the port on which we serve; false: it could not be sent. */
bool serving_send(struct serving *s, const struct addr *to, const uint8_t *pkt,
    size_t len);

/* Adds what all workers have done. */
void serving_count(const struct serving *s, struct snapshot_serve *out);

#endif
