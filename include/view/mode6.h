/* SPDX-License-Identifier: ISC */
/*
 * mode6.h - what ntpq, ntpmon and check_ntp_peer ask, and are told.
 *
 * Control messages (RFC 9327), read only: the state of all associations
 * (READSTAT), variables of the system and of one (READVAR), and who asked us
 * lately (READ_MRU, with a nonce of REQ_NONCE).  Whatever would change
 * something is refused, and there is no key with which it would not be.
 *
 * What is the same as in ntpd has its name, unit and sign (spans in
 * milliseconds, rates in ppm, an offset positive while we are slow); what we
 * do not know is not there.  A variable that there is not is an error.
 *
 * Bounds, as a sender's address can be forged: to all together, whoever asks,
 * MODE6_PLAIN_S octets a second and MODE6_PLAIN at once; to who has shown by a
 * nonce that it hears us, MODE6_PROVEN_S and MODE6_PROVEN.  Without a nonce a
 * request of 12 octets gets at most 5 datagrams (MODE6_PLAIN_DATA octets of
 * data): who forges the address of a host that mode6.allow names brings at most
 * 16 kB a second upon it.  Beyond, nothing is said.
 *
 * Pure, as all of view/: the owner has the time, the tables and the wire.
 */
#ifndef VIEW_MODE6_H
#define VIEW_MODE6_H

#include "core/ctl.h"
#include "core/leap.h"
#include "view/roll.h"
#include "view/snapshot.h"

#define MODE6_SECRET 32
#define MODE6_FRAGMENTS 32 /* datagrams of an answer, at most */
#define MODE6_PLAIN_DATA (5 * CTL_DATA)

#define MODE6_PLAIN_S 16384
#define MODE6_PLAIN 65536
#define MODE6_PROVEN_S 65536
#define MODE6_PROVEN 262144

/* A nonce is good for so long (ntpd's are, too), for the host that got it. */
#define MODE6_NONCE_S 16

/* How old the table of who asked may be, for who begins to read it, and for
 * who goes on; and so many times as long as a walk through it took there is
 * no other, as 16 GB of it take half a minute. */
#define MODE6_MRU_NEW_S 1
#define MODE6_MRU_S 60
#define MODE6_MRU_REST 4

/* Octets that may be sent now. */
struct mode6_purse {
	double octets;
	struct mono at;
};

struct mode6 {
	uint8_t secret[MODE6_SECRET];
	struct mode6_purse plain, proven;
};

/* secret: random, drawn when the owner starts. */
void mode6_init(struct mode6 *m, const uint8_t secret[MODE6_SECRET],
    struct mono now);

/* All borrowed for the call. */
struct mode6_world {
	const struct snapshot *s;
	struct wall now; /* the clock that we serve */
	const char *version, *processor, *system;
	const struct leap_table *leap;
	/* The hosts that asked last, the latest first, at the end of a walk; NULL:
	 * there are no tables.  mru_at is roll->now by the clock that we serve. */
	const struct roll *mru;
	struct wall mru_at;
};

struct mode6_request {
	const uint8_t *pkt; /* borrowed; ctl_is_request() */
	size_t len;
	struct addr from;
	struct mono at;
};

/* The last walk through the table of who asked. */
struct mode6_walk {
	bool done; /* there was one */
	struct mono began, ended;
};

/*
 * Is the table to be walked, in mode6_mru_order, before q is answered?  Not
 * for who has no good nonce: it gets no work out of us.  Who came while it
 * was walked is content with that, however long it took.
 */
bool mode6_must_walk(const struct mode6 *m, const struct mode6_request *q,
    const struct mode6_walk *last);
extern const struct roll_order mode6_mru_order;

/* One datagram of an answer, at most CTL_MAX octets. */
typedef void mode6_fn(void *ctx, const uint8_t *pkt, size_t len);

/* Answers q by calls of send(ctx, ...), in the order of their offsets; by
 * none, if nothing is to be said. */
void mode6_answer(struct mode6 *m, const struct mode6_world *w,
    const struct mode6_request *q, mode6_fn *send, void *ctx);

#endif
