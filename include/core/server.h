/* SPDX-License-Identifier: ISC */
/*
 * server.h - request in; reply, or silence, out.
 *
 * One pure function, for any number of threads at once.  Promises that no
 * input breaks:
 *	- a reply is never longer than its request;
 *	- only requests are answered (modes 1 and 3, and mode 0 of version 1),
 *	  never a reply, a control or a private message, so that two servers
 *	  cannot be set upon each other; a control request of whom the
 *	  configuration names is handed on, and the same holds there;
 *	- nothing is kept: no state moves.
 * RFC 5905 9.2 and 14; versions 1 to 3 are answered in their version.  Mode 1
 * (peers, and Windows without its client flag) gets the reply in mode 2, as
 * it would from a passive peer, but nothing is mobilised (RFC 8633 5.6).
 * Version 1 had no modes (RFC 1059): 0 is a client if its port is not 123.
 *
 * The sibling (sibling.h) is whoever has its key: if its question has the
 * field of link.h it is answered with our word in one as long, and where it
 * is a peer (symmetric) what it sends is not answered here but handed on.
 */
#ifndef CORE_SERVER_H
#define CORE_SERVER_H

#include "base/addr.h"
#include "base/time.h"
#include "core/access.h"
#include "core/auth.h"
#include "core/packet.h"
#include "core/sibling.h"

/* The time that we serve, as far as it changes: published by the engine. */
struct server_time {
	uint8_t leap;	     /* enum packet_leap; LEAP_UNSYNC: we do not know */
	uint8_t stratum;     /* 1 to 15, or STRATUM_UNSYNC */
	int8_t precision;    /* log2 s */
	uint32_t refid;	     /* host order; 0 while unsynchronised */
	struct wall updated; /* when the clock was last corrected */
	double root_delay_s;
	double root_disp_s; /* at updated */
	double disp_rate;   /* s/s: how it grows since (RFC 5905: 15e-6) */
};

enum server_verdict {
	SERVER_ANSWERED,
	SERVER_DENIED,	  /* address not allowed: silence */
	SERVER_SHORT,	  /* no whole header */
	SERVER_VERSION,	  /* 0 or above 4: silence */
	SERVER_MODE,	  /* not a request: silence */
	SERVER_OURSELVES, /* from one of our own serving sockets */
	SERVER_MALFORMED, /* what follows the header is neither MAC nor field */
	SERVER_BAD_MAC,	  /* unknown key, wrong host or digest: see below */
	SERVER_SIBLING,	  /* the other gateway: answered, with our word */
	SERVER_PEER,	  /* it speaks as a peer: for engine_peer() */
	SERVER_CONTROL,	  /* ctl_is_request(), and it may: for the desk */
	SERVER_VERDICTS
};

struct server_request {
	const uint8_t *pkt; /* borrowed */
	size_t len;
	struct addr from;
	struct addr to; /* the address that was asked, with our port */
	struct wall t2; /* arrival, on the clock that we serve */

	/* For the sibling: what link_write() made, LINK_FIELD octets,
	 * borrowed, or NULL; and the raw clock at t2 and at now. */
	const uint8_t *word;
	struct mono came, left;
};

#define SERVER_CONTROL_MAX 32

struct server {
	struct access access;
	/* Whose control requests are handed on; of nobody, if none. */
	unsigned control_count;
	struct prefix control[SERVER_CONTROL_MAX];
	struct auth_keys keys;
	unsigned own_count;  /* our serving sockets, with their ports */
	struct addr own[32]; /* an "any" address here means: the address
				   asked, with this port */
	struct sibling_conf sibling;
};

/*
 * Decides about r and, if the verdict is SERVER_ANSWERED or SERVER_SIBLING,
 * writes the reply (at most r->len octets, at most PACKET_MAX) and its length.  now is the
 * served clock just before sending: the transmit stamp.  A request with a
 * MAC that does not verify gets no answer (BAD_MAC): a crypto-NAK would help
 * only a prober.
 * Extension fields that we do not know are ignored and not echoed.
 */
enum server_verdict server_reply(const struct server *s,
    const struct server_time *t, const struct server_request *r,
    struct wall now, uint8_t reply[PACKET_MAX], size_t *reply_len);

/*
 * Makes of the reply that server_reply() wrote to r the kiss RATE (RFC 5905
 * 7.4): ask once in interval_s at most.  As long as the reply, signed if that
 * was; the length.
 */
size_t server_kiss(const struct server *s, const struct server_request *r,
    double interval_s, uint8_t reply[PACKET_MAX]);

/* May the host at a ask what control messages tell? */
bool server_tells(const struct server *s, const struct addr *a);

/* Word for a verdict: "denied", for counters and logs. */
const char *server_verdict_name(enum server_verdict v);

/*
 * Our reference id while we follow the server at a: the IPv4 address, or the
 * first four octets of the MD5 of the IPv6 address (RFC 5905 7.3).
 */
uint32_t server_refid(const struct addr *a);

#endif
