/* SPDX-License-Identifier: ISC */
/*
 * demo.h - who plays in the demonstration beside the gateway.
 *
 * Five small servers and three hundred inside hosts, all on loopback.  Each
 * part runs in a process of its own, until it is killed.
 */
#ifndef CMD_DEMO_H
#define CMD_DEMO_H

#include "base/err.h"

#include <stdatomic.h>
#include <stdint.h>

#define DEMO_SERVERS 5
#define DEMO_FIRST 11 /* 127.0.0.11 is the first server */
#define DEMO_LIAR 2   /* index: half a second ahead */
#define DEMO_MORTAL 4 /* index: dies at die_s */
#define DEMO_LIE_S 0.5
#define DEMO_HOSTS 300

/* What the inside hosts found: in memory that they share with the screen. */
struct demo_tally {
	atomic_ulong asked;
	atomic_ulong answered;
	atomic_ulong ready;  /* of these: by a gateway that knew the time */
	atomic_ulong wrong;  /* of these: more than 10 ms off */
	atomic_long last_ns; /* offset of the last one that was ready */
	atomic_long worst_ns;
};

/* Opens the servers' sockets, so that a port that is taken is seen at once. */
int demo_servers_open(int fd[DEMO_SERVERS], uint16_t port, struct err *e);

/* Plays them; one dies after die_s seconds. */
_Noreturn void demo_servers_run(const int fd[DEMO_SERVERS], double die_s);

/* Opens the hosts' sockets, connected to the gateway at 127.0.0.1. */
int demo_hosts_open(int fd[DEMO_HOSTS], uint16_t port, struct err *e);
_Noreturn void demo_hosts_run(const int fd[DEMO_HOSTS], struct demo_tally *t);

/* Two lines for the screen. */
void demo_tally_print(const struct demo_tally *t);

#endif
