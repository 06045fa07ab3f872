/* SPDX-License-Identifier: ISC */
/*
 * verify.h - what "ntpgate verify" is made of.
 *
 *	verify.c	 the command line, the points, how they are printed
 *	verify_ask.c	 gateways, and a server outside
 *	verify_dhcp.c	 what DHCP servers hand out
 *	verify_socket.c	 the sockets for that
 */
#ifndef VERIFY_H
#define VERIFY_H

#include "ask.h"
#include "cmd.h"

#include "conf/site.h"
#include "core/dhcp.h"

#include <net/if.h>
#include <stdbool.h>

#define VERIFY_POINTS_MAX 128
#define VERIFY_HEARD_MAX 80

enum verify_verdict { VERIFY_PASS, VERIFY_FAIL, VERIFY_SKIP };

struct verify_point {
	enum verify_verdict verdict;
	char what[128];
	char text[384]; /* what is so, and what to do */
};

/* What a gateway answered. */
struct verify_heard {
	const char *name;
	struct addr addr;
	double offset, delay; /* s */
	uint8_t stratum;
	uint32_t refid;
	int ttl;
};

struct verify {
	const struct cmd *cmd;
	const char *file;
	const struct site *site;
	char interface[IF_NAMESIZE]; /* "": that of the way to the gateways */
	bool dhcp;
	const struct auth_key *key; /* or NULL */
	struct courtesy courtesy;
	/* Our own addresses on the way to gateways; ADDR_NONE: no way. */
	struct addr local4, local6;

	unsigned heard_count;
	struct verify_heard heard[VERIFY_HEARD_MAX];
	unsigned count;
	struct verify_point point[VERIFY_POINTS_MAX];
};

void verify_say(struct verify *v, enum verify_verdict verdict, const char *what,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

void verify_gateways(struct verify *v);
void verify_outside(struct verify *v);
void verify_dhcp(struct verify *v);

/* ---- verify_socket.c ---- */

struct verify_link {
	unsigned index;
	uint8_t mac[6];
	bool ethernet, has_v6;
};

/* The interface that has this address of ours; false if none has. */
bool verify_interface(const struct addr *a, char name[IF_NAMESIZE]);
int verify_link(const char *name, struct verify_link *l, struct err *e);

/* A socket on the client's port of that family, on that interface alone. */
int verify_open(const char *interface, bool six, struct err *e);
int verify_send(int fd, const struct verify_link *l, bool six,
    const uint8_t *pkt, size_t len);

#endif
