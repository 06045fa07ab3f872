/* SPDX-License-Identifier: ISC */
/*
 * serving.h - the workers of the engine role: a thread a socket, or none of
 * their own with --solo.
 */
#ifndef SERVING_H
#define SERVING_H

#include "roles.h"

#include "sys/loop.h"
#include "sys/worker.h"

struct serving {
	const struct setup *setup; /* kept until serving_stop() */
	struct server server;
	struct worker_board board;
	struct worker worker[SETUP_SOCKETS];
};

int serving_start(struct serving *s, const struct setup *setup, struct loop *l,
    struct err *e);
void serving_stop(struct serving *s);

/* The setup's orders changed: the workers rest while what they read moves. */
int serving_reload(struct serving *s, struct err *e);

/* Adds what all workers have done. */
void serving_count(const struct serving *s, struct snapshot_serve *out);

#endif
