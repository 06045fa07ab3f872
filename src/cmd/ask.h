/* SPDX-License-Identifier: ISC */
/*
 * ask.h - one question to one NTP server, and what became of it.
 *
 * A stranger is asked through the ledger of courtesy.h, which the caller
 * closes.
 */
#ifndef ASK_H
#define ASK_H

#include "courtesy.h"

#include "base/addr.h"
#include "base/err.h"
#include "conf/conf.h"
#include "core/source.h"

#include <stdbool.h>

#define ASK_WAIT_S 3.0

struct ask_outcome {
	bool sent;
	bool replied;	 /* header is set, and last says how good it is */
	bool good;	 /* sample is set */
	bool refused;	 /* an ICMP error answered: nothing listens there */
	bool forbidden;	 /* another one, or sending: a firewall */
	unsigned strays; /* datagrams that answer nothing */
	bool bad_mac;	 /* one of them would have, but for its digest */
	int ttl;	 /* hop limit of the reply; -1: not known */
	struct source source;
	struct packet header;
	struct sample sample;
	char why[512]; /* it is not good */
};

/* Key id of the file; *key points into keys.  -1 and a sentence if it cannot
 * be had. */
int ask_key(const char *file, uint32_t id, struct auth_keys *keys,
    const struct auth_key **key, struct err *e);

/* A socket to it, or -1: there is no way, errno says why. */
int ask_open(const struct addr *to, struct err *e);

struct ask_whom {
	struct addr addr;
	const struct auth_key *key; /* or NULL */
	double wait_s;
};

/*
 * Asks on the socket and waits.  -1: nothing was sent, and e says why: the
 * ledger says no, or a firewall (forbidden).  Else *o is filled, with the
 * sentence why if it is no good.
 */
int ask_once(int fd, const struct ask_whom *whom, struct courtesy *courtesy,
    struct ask_outcome *o, struct err *e);

/* To its primary source at worst, s, by what the reply says. */
double ask_root_distance(const struct ask_outcome *o);

#endif
