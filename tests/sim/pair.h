/* SPDX-License-Identifier: ISC */
/*
 * pair.h - two gateways of one site: two worlds of sim.h, with crystals and
 * clocks of their own, the same servers upstream, and a LAN between them that
 * carries real octets.
 *
 *	struct pair *p = pair_new(trial, 0, "wan", "w9");
 *
 *	pair_run(p, DAY);
 *	sim_stop(p->side[1]);
 *	pair_run(p, HOUR);
 *	sim_restart(p->side[1], (struct sim_restart){ .cold = true });
 *	pair_free(p);
 *
 * Side 0 is the gateway that pair_alone() would give for the same seed.
 */
#ifndef PAIR_H
#define PAIR_H

#include "sim.h"

#define PAIR_FLIGHTS 128
#define PAIR_REPLAYS 8

/* The LAN; each way alone. */
struct pair_link {
	double delay, jitter;	  /* s; jitter is the mean of a queue */
	double loss;		  /* chance */
	double twice;		  /* chance: it comes twice */
	double late_chance, late; /* chance, and s: it is overtaken */
	bool cut;
};

struct pair_flight {
	bool flying, arrived, question;
	unsigned to;	   /* side */
	int64_t at;	   /* true, ns */
	struct mono stamp; /* of the kernel of that side */
	struct wall wall;
	size_t len;
	uint8_t pkt[PACKET_MAX];
};

struct pair {
	struct trial *trial;
	struct rng rng;
	struct sim *side[2];
	double begins[2]; /* s: before that it is not there */
	int64_t now;
	struct addr address[2];
	struct server server[2];
	struct pair_link link;
	struct pair_flight flight[PAIR_FLIGHTS];
	/* Side 1 is mad: it says what this makes of its word. */
	void (*mad)(struct pair *p, struct link_word *w);
	double mad_since;  /* s */
	double mad_served; /* s, its served clock is ahead of itself */
	bool replay;	   /* old answers of it come first */
	unsigned replays;
	size_t replay_len[PAIR_REPLAYS];
	uint8_t replay_pkt[PAIR_REPLAYS][PACKET_MAX];
};

/* Before the first run, all may be changed on both sides. */
struct pair *pair_new(struct trial *t, unsigned nth, const char *net,
    const char *osc);
struct sim *pair_alone(struct trial *t, unsigned nth, const char *net,
    const char *osc);
void pair_free(struct pair *p);

void pair_run(struct pair *p, double seconds);

/* The same, and the largest difference of the two clocks in that time, s. */
double pair_apart(struct pair *p, double seconds);

/* Called of both. */
void pair_conf(struct pair *p, void (*change)(struct engine_conf *c));
void pair_servers(struct pair *p, void (*change)(struct sim_server *v));

/* Packets of both. */
unsigned pair_packets(const struct pair *p, int i, double from, double to);
unsigned pair_packets_day(const struct pair *p);

/* internal: sim.c to pair.c */
void pair_ask(struct sim *s, const struct engine_order *o);

#endif
