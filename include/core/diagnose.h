/* SPDX-License-Identifier: ISC */
/*
 * diagnose.h - what is wrong with a host, in words, with evidence.
 *
 * False alarms matter more than misses: each rule asks for more than any
 * healthy client shows.  Rates are those of suspect.h, fading over 10 s;
 * "allowed" is one request each limit.interval.  Clients behind an address are
 * counted by their ports, by the chains of origin stamps, or by the polls that
 * they claim; "one client" is also whose requests come like clockwork (their
 * gaps vary by less than 30 %).  Spells end when the rate falls below half.
 *
 * Sick:
 *	flood		for 30 s at least 8 requests a second, or for 10 min at
 *			least 0.5 while at most two clients are there; in both
 *			at least 4 times what is allowed, and more than one
 *			request in 4 s for each client.  Where the clients
 *			cannot be counted: 512 a second for 30 s, or 64 for 10
 *			min
 *	many-daemons	8 clients or more, and half of all requests or more
 *			have an origin that was never ours, or each client asks
 *			more than once in 4 s for a minute, or they come in
 *			spikes (cron)
 *	cron		in 5 minutes or more in which it asked, at least half of
 *			all requests came in the same two seconds of the
 *			minute, 16 or more each time
 *	ignores-kod	8 kisses in a row changed nothing, for a minute, and it
 *			is one or two clients, or sends bad origins, or is a
 *			flood of clients that cannot be counted
 *	bad-origin	16 requests or more, and half of all or more, whose
 *			origin stamp is neither 0 nor of the last 30 days: no
 *			answer of ours, nor of any server with the right time
 *	version-1	two requests or more, one of them of NTP version 1
 *			(RFC 1059, 1988)
 *
 * To be known, no sickness:
 *	symmetric	asks as a peer (mode 1), as Windows does by default
 *	nat		3 clients or more behind the address, or 3 clocks
 *	ms-sntp		Windows asks for an answer signed by a domain
 *			controller, which we are not
 *	hard-coded	came over the firewall's redirection: it does not know
 *			that we exist
 */
#ifndef CORE_DIAGNOSE_H
#define CORE_DIAGNOSE_H

#include "core/clients.h"

#include <stdbool.h>

enum diagnose_word {
	DIAGNOSE_FLOOD,
	DIAGNOSE_MANY_DAEMONS,
	DIAGNOSE_CRON,
	DIAGNOSE_IGNORES_KOD,
	DIAGNOSE_BAD_ORIGIN,
	DIAGNOSE_VERSION_1,
	DIAGNOSE_SICK, /* from here on: to be known */
	DIAGNOSE_SYMMETRIC = DIAGNOSE_SICK,
	DIAGNOSE_NAT,
	DIAGNOSE_MS_SNTP,
	DIAGNOSE_HARD_CODED,
	DIAGNOSE_WORDS
};

#define DIAGNOSE_EVIDENCE 160

struct diagnosis {
	unsigned words;	  /* bit 1 << enum diagnose_word */
	unsigned clients; /* behind the address; 0: cannot be told */
	/* A sentence for each word that is set, else "". */
	char evidence[DIAGNOSE_WORDS][DIAGNOSE_EVIDENCE];
};

void diagnose(const struct clients_view *v, struct diagnosis *d);

bool diagnose_sick(const struct diagnosis *d);
bool diagnose_has(const struct diagnosis *d, enum diagnose_word w);

/* "many-daemons" */
const char *diagnose_name(enum diagnose_word w);

/*
 * All sentences, the sick ones first, with "; " between; cut if they are too
 * long.  buf is returned.
 */
char *diagnose_print(const struct diagnosis *d, char *buf, size_t size);

#endif
