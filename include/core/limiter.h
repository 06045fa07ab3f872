/* SPDX-License-Identifier: ISC */
/*
 * limiter.h - how often one client may ask.
 *
 * A token bucket: burst requests at once, then one each interval.  It is kept
 * as a debt: every request that passes adds an interval, time pays it back,
 * and a request that would bring it above burst intervals is over the limit.
 *
 * Over the limit one request in LIMITER_LEAK, drawn at random, is answered
 * all the same: who forges a client's address can use up its bucket, but
 * cannot silence it.  Of the others one in LIMITER_KISS gets a RATE kiss
 * (RFC 5905 7.4), which is limited in turn: after LIMITER_DEAF of them without
 * the debt ever coming down to the half, nobody is listening, and one in
 * LIMITER_HOARSE is left, for those that learn late.
 */
#ifndef CORE_LIMITER_H
#define CORE_LIMITER_H

#include "base/addr.h"

#include <stdbool.h>
#include <stdint.h>

#define LIMITER_LEAK 8
#define LIMITER_KISS 4
#define LIMITER_DEAF 8
#define LIMITER_HOARSE 256
#define LIMITER_PREFIXES 32

struct limit {
	double interval_s; /* 1 ms to 1 h */
	double burst;	   /* 1 to 10000 requests */
};

struct limiter {
	bool kod; /* say RATE; false: silence alone */
	struct limit limit;
	unsigned count;
	struct limiter_rule {
		struct prefix prefix;
		struct limit limit;
	} rule[LIMITER_PREFIXES]; /* longest first */
};

enum limiter_verdict {
	LIMITER_PASS, /* within the limit */
	LIMITER_LET,  /* over it, and answered by luck */
	LIMITER_DROP, /* over it: silence */
	LIMITER_RATE  /* over it: say so */
};

/* What is kept of one client; begins as zeros. */
struct limiter_state {
	float debt_s;
	uint8_t deaf; /* kisses since the debt was last low; saturates */
};

void limiter_init(struct limiter *l, struct limit limit, bool kod);

/*
 * Another limit for the addresses of p, such as those of a NAT.  False if the
 * table is full or the prefix is there already.
 */
bool limiter_add(struct limiter *l, const struct prefix *p, struct limit limit);

/* The limit of the longest prefix that holds a; borrowed from l. */
const struct limit *limiter_find(const struct limiter *l, const struct addr *a);

/*
 * One request, dt_s after the client's last; luck is 32 random bits that the
 * client cannot guess.
 */
enum limiter_verdict limiter_take(const struct limit *limit, bool kod,
    struct limiter_state *s, double dt_s, uint32_t luck);

#endif
