/* SPDX-License-Identifier: ISC */
/*
 * crowd.h - models of the clients of this world, healthy and sick, that ask a
 * table of clients: for tests.
 */
#ifndef CROWD_H
#define CROWD_H

#include "base/rng.h"
#include "core/clients.h"
#include "core/diagnose.h"

#define CROWD_MOST 4400

enum crowd_port { CROWD_SAME_PORT, CROWD_FRESH_PORT };
enum crowd_origin {
	CROWD_ORIGIN_NONE,
	CROWD_ORIGIN_CHAIN,
	CROWD_ORIGIN_RANDOM
};

/* How a kind of client behaves. */
struct crowd_kind {
	uint8_t version, mode;
	enum crowd_port port;
	enum crowd_origin origin;
	bool true_stamps; /* transmit is its clock; else random */
	unsigned burst;	  /* packets at the start */
	double burst_gap_s;
	unsigned each;	   /* packets at each poll, 20 ms apart */
	double poll_s;	   /* first poll */
	double poll_max_s; /* doubles up to it; 0: stays */
	bool says_poll;	   /* in the packet */
	double jitter;	   /* share of the poll, drawn each time */
	bool deaf;	   /* to kisses; else doubles its poll */
};

extern const struct crowd_kind crowd_chronyd, crowd_ntpd, crowd_timesyncd,
    crowd_w32time, crowd_w32time_peer, crowd_busybox, crowd_check_ntp,
    crowd_ntpdate, crowd_daemon, crowd_daemon_fresh;

struct crowd_client {
	double next_s;
	const struct crowd_kind *kind;
	struct addr addr;
	uint64_t answer; /* the last we had; 0: none */
	double poll_s;
	double ahead_s; /* its clock */
	unsigned left;	/* of a burst */
};

struct crowd {
	struct clients *table;
	struct limiter limiter;
	struct rng rng;
	double t_s; /* since the start, which is a full hour */
	unsigned count;
	struct crowd_client client[CROWD_MOST]; /* a heap, the next first */
	unsigned long asked, answered, kissed;
};

/* An empty world with the default limits. */
void crowd_init(struct crowd *w);

/* A client at this IPv4 address that begins at start_s. */
void crowd_add(struct crowd *w, const struct crowd_kind *k, const char *addr,
    double start_s);

/* Lets them ask until t_s. */
void crowd_run(struct crowd *w, double t_s);

/* One request as it comes: for what no kind does. */
enum clients_verdict crowd_ask(struct crowd *w, const struct addr *from,
    const uint8_t *pkt, size_t len);

/* What is to be said of the address now; false: unknown. */
bool crowd_diagnose(const struct crowd *w, const char *addr,
    struct diagnosis *d);

/* Time of the world. */
struct mono crowd_mono(const struct crowd *w);
struct wall crowd_wall(const struct crowd *w);

#endif
