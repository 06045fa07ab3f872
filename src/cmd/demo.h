/* SPDX-License-Identifier: ISC */
/*
 * demo.h - who plays in the demonstration, and where.
 *
 * Five small servers, two gateways and three hundred inside hosts, all on
 * loopback.  Each part runs in a process of its own, until it is killed.
 *
 * (demo.c: begins, looks on and ends; demo_site.c: the gateways' folders;
 * demo_cast.c: the servers; demo_hosts.c: the hosts; demo_screen.c: what is
 * shown)
 */
#ifndef CMD_DEMO_H
#define CMD_DEMO_H

#include "cmd.h"

#include "base/err.h"

#include <limits.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

#define DEMO_SERVERS 5
#define DEMO_PAGES 8123 /* of gw1, where a browser looks */
#define DEMO_FIRST 11	/* 127.0.0.11 is the first server */
#define DEMO_LIAR 2	/* index: half a second ahead */
#define DEMO_MORTAL 4	/* index: dies at die_s */
#define DEMO_LIE_S 0.5
#define DEMO_GATEWAYS 2 /* 127.0.0.1 and 127.0.0.2: gw1 and gw2 */
#define DEMO_HOSTS 300
#define DEMO_DAEMONS 40 /* on the insane host: an hourly job forgets them */
#define DEMO_ASKERS (DEMO_HOSTS + DEMO_DAEMONS)
#define DEMO_PATH 200 /* a Unix socket's path is short anyway */

/* What hosts found: in memory that they share with the screen. */
struct demo_tally {
	atomic_ulong asked;
	atomic_ulong answered;
	atomic_ulong kissed; /* of these: RATE */
	atomic_ulong ready;  /* of these: by a gateway that knew the time */
	atomic_ulong wrong;  /* of these: more than 10 ms off */
	atomic_long last_ns; /* offset of the last one that was ready */
	atomic_long worst_ns;
};

struct demo_gateway {
	char dir[DEMO_PATH + 8];
	char socket[DEMO_PATH + 16];
	char state[16]; /* as last seen; "": it has not spoken */
	char pair[16];	/* how it is with the other */
	unsigned sent;	/* packets upstream, as last seen */
	pid_t pid;	/* 0: it is not running */
};

struct demo_site {
	char dir[DEMO_PATH];
	char daemon[PATH_MAX];
	uint16_t port;
	struct demo_gateway gateway[DEMO_GATEWAYS];
};

/* Makes a temporary folder with a configuration and a key for each gateway,
 * and finds the daemon.  demo_site_remove() after failure, too. */
int demo_site_make(struct demo_site *s, struct err *e);
void demo_site_remove(struct demo_site *s);

/* In a child: becomes that gateway. */
_Noreturn void demo_gateway_run(const struct demo_site *s, unsigned gateway);

/* Opens the servers' sockets, so that a port that is taken is seen at once. */
int demo_servers_open(int fd[DEMO_SERVERS], uint16_t port, struct err *e);

/* Plays them; one dies after die_s seconds. */
_Noreturn void demo_servers_run(const int fd[DEMO_SERVERS], double die_s);

/* Opens the hosts' sockets, each connected to one of the gateways; those of
 * the insane host are last. */
int demo_hosts_open(int fd[DEMO_ASKERS], uint16_t port, struct err *e);

/* One tally a gateway, and one of the insane host. */
_Noreturn void demo_hosts_run(const int fd[DEMO_ASKERS],
    struct demo_tally tallies[DEMO_GATEWAYS + 1]);
void demo_tally_print(const struct demo_tally tallies[DEMO_GATEWAYS + 1]);

/* Looks at a gateway; true if its state is another than before. */
bool demo_look(struct demo_gateway *g);

/* Prints what it answers to a command; style: "", "json" or "colour". */
void demo_print(const struct demo_gateway *g, const struct cmd *c,
    const char *style, const char *command);

/* Who asked the servers how often. */
void demo_turns_print(const struct demo_site *s);

/* On stderr: what a gateway that has ended said. */
void demo_log_print(const struct demo_gateway *g);

#endif
