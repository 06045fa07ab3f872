/* SPDX-License-Identifier: ISC */
/*
 * ledger.h - courtesy: what was sent upstream, and what may still be.
 *
 * Nothing leaves for an upstream that ledger_spend() did not grant.  A site
 * budget in packets a day, of which the second half is spent evenly, a floor
 * between two packets to one server, and a burst once in six hours.  The limits toward public addresses stand in one place,
 * ledger.c, and no configuration reaches below them (RFC 4330 10).
 */
#ifndef CORE_LEDGER_H
#define CORE_LEDGER_H

#include "base/time.h"

#include <stdbool.h>
#include <stdint.h>

#define LEDGER_SOURCES 16
#define LEDGER_SLOTS 49 /* half hours: a day, and the one being filled */

/* Toward public addresses no setting goes beyond these. */
#define LEDGER_PUBLIC_FLOOR_S 64.0
#define LEDGER_PUBLIC_BURST 4
#define LEDGER_PUBLIC_DAY 2000

#define LEDGER_BURST 4	       /* packets */
#define LEDGER_BURST_GAP_S 2.0 /* between them */
#define LEDGER_BURST_AGAIN_S 21600.0

struct ledger_line {
	bool public;	     /* the stricter limits hold */
	bool spent;	     /* at least once: last is set */
	struct mono last;    /* packet */
	bool bursted;	     /* at least once: burst is set */
	struct mono burst;   /* begin of the last burst */
	unsigned burst_left; /* packets of it not yet sent */
	uint64_t total;
};

struct ledger {
	unsigned budget_day;
	double floor_s; /* between two packets to one lab server */
	struct ledger_line line[LEDGER_SOURCES];
	struct mono last; /* packet to anyone, if total > 0 */
	struct mono slot_began;
	unsigned slot; /* the one that is being filled */
	uint32_t sent[LEDGER_SLOTS];
	uint64_t total;
};

void ledger_init(struct ledger *l, unsigned budget_day, double floor_s,
    struct mono now);

/* New limits after a reload: what was spent stays spent. */
void ledger_limits(struct ledger *l, unsigned budget_day, double floor_s);

/* The server behind index i: is it a stranger's?  Its past is kept. */
void ledger_server(struct ledger *l, unsigned i, bool is_public);

/* The earliest instant at which ledger_spend() could grant a packet. */
struct mono ledger_when(const struct ledger *l, unsigned i, struct mono now);

/* Grants one packet to server i now and books it; false: it must not go. */
bool ledger_spend(struct ledger *l, unsigned i, struct mono now);

/* A burst to i may begin; its packets may be LEDGER_BURST_GAP_S apart. */
bool ledger_burst(struct ledger *l, unsigned i, struct mono now);

/* A kiss, or anything else that ends a burst. */
void ledger_burst_end(struct ledger *l, unsigned i);

/* Packets of the last hour (to half an hour) and day. */
unsigned ledger_hour(const struct ledger *l, struct mono now);
unsigned ledger_day(const struct ledger *l, struct mono now);

#endif
