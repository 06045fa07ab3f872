/* SPDX-License-Identifier: ISC */
/*
 * ledger.h - courtesy: what was sent upstream, what may still be, and what
 * the servers asked of us.
 *
 * Nothing leaves for an upstream that ledger_spend() did not grant and that
 * is not on disk (ledger_record.h): append, sync, then send.  So no crash, no
 * restart and no bug above can exceed it.  The rules, all of them here:
 *
 *	budget	packets a day to all servers; its second half goes evenly
 *	floor	between two packets to one address
 *	burst	four packets, once in six hours
 *	hold	the n-th start within an hour: nothing leaves within
 *		2^(n-1) s, at most an hour, of the last packet
 *	kisses	RATE doubles the floor, for a day, and it decays by halves;
 *		DENY or RSTR twice retire a server for 30 days
 *	frugal	a ledger that was lost: a day of one packet a server an hour
 *
 * Toward public addresses no configuration reaches below the limits of this
 * header.  RFC 4330 10, RFC 5905 7.4, RFC 8633 5.4.
 *
 * Instants are of the raw clock of this boot.  What another boot wrote comes
 * in as if no time had passed since; ledger_verified() makes it older, once
 * the wall clock can be trusted.
 */
#ifndef CORE_LEDGER_H
#define CORE_LEDGER_H

#include "base/addr.h"
#include "base/time.h"

#include <stdbool.h>
#include <stdint.h>

#define LEDGER_LINES 32
#define LEDGER_SLOTS 49 /* half hours: a day, and the one being filled */
#define LEDGER_STARTS 13

/* Toward public addresses no setting goes beyond these. */
#define LEDGER_PUBLIC_FLOOR_S 64.0
#define LEDGER_PUBLIC_BURST 4
#define LEDGER_PUBLIC_DAY 2000

#define LEDGER_BURST LEDGER_PUBLIC_BURST
#define LEDGER_BURST_GAP_S 2.0 /* between its packets */
#define LEDGER_BURST_AGAIN_S 21600.0
#define LEDGER_FLOOR_MAX_S 8192.0 /* 2^13: no kiss makes it longer */
#define LEDGER_RETIRED_S (30 * 86400.0)
#define LEDGER_FRUGAL_S 86400.0
#define LEDGER_FRUGAL_FLOOR_S 3600.0

/* One address that we ask, or asked. */
struct ledger_line {
	uint64_t id;	    /* ledger_id(); 0: the line is free */
	bool held;	    /* somebody uses the line: it is not given away */
	bool public;	    /* the stricter limits hold */
	bool spent;	    /* at least once: last is set */
	struct mono last;   /* packet */
	bool bursted;	    /* at least once: burst is set */
	struct mono burst;  /* begin of the last burst */
	uint8_t burst_left; /* packets of it not yet sent */
	uint64_t total;
	uint16_t sent[LEDGER_SLOTS]; /* as struct ledger's */
	double backoff_s;	/* schedule.h: it does not answer; 0: it does */
	double floor_s;		/* that RATE asked for; 0: none */
	struct mono rated;	/* when */
	char kiss[5];		/* the last one, "" if none */
	struct mono kissed;	/* when */
	uint32_t kisses;	/* all of them */
	uint8_t denied;		/* DENY, RSTR in a row */
	bool retired;		/* until then nobody asks it */
	struct mono retired_at; /* when it was */
};

struct ledger {
	unsigned budget_day;
	double floor_s; /* between two packets to one lab server */
	struct ledger_line line[LEDGER_LINES];
	struct mono last; /* packet to anyone, if total > 0 */
	struct mono slot_began;
	unsigned slot; /* the one that is being filled */
	uint32_t sent[LEDGER_SLOTS];
	uint64_t total;
	unsigned starts; /* remembered, newest first */
	struct mono start[LEDGER_STARTS];
	struct mono hold; /* nothing leaves before */
	bool frugal;	  /* until frugal_end */
	struct mono frugal_end;
	/* of another boot, and so not yet aged (ledger_verified()) */
	bool gap_open;
	struct wall gap_wall; /* when it was last written */
	struct mono gap_read; /* when we read it */
};

void ledger_init(struct ledger *l, unsigned budget_day, double floor_s,
    struct mono now);

/* New limits after a reload: what was spent stays spent. */
void ledger_limits(struct ledger *l, unsigned budget_day, double floor_s);

/*
 * Who an address is to the ledger: the host, for a public one; in a lab host
 * and port.  An IPv6 address that only carries an IPv4 one (NAT64) is that
 * one.  Never 0.
 */
uint64_t ledger_id(const struct addr *a);

/*
 * The line of an address, held from now on; its index.  Two names with one
 * address get the same line.  What was known of the address is still known.
 */
unsigned ledger_line(struct ledger *l, const struct addr *a);

/* The line of an address, if it has one; else -1. */
int ledger_find(const struct ledger *l, const struct addr *a);

/* Nobody holds any line: before a reload says who does. */
void ledger_release(struct ledger *l);

/* We have started: the hold-off, at most 16 s if the machine did, too. */
void ledger_start(struct ledger *l, struct mono now, bool new_boot);

/* There was a start within the last hour. */
bool ledger_restless(const struct ledger *l, struct mono now);

/* The earliest instant at which ledger_spend() could grant a packet. */
struct mono ledger_when(const struct ledger *l, unsigned i, struct mono now);

/* Grants one packet to line i now and books it; false: it must not go. */
bool ledger_spend(struct ledger *l, unsigned i, struct mono now);

/* A burst to i may begin; its packets may be LEDGER_BURST_GAP_S apart. */
bool ledger_burst(struct ledger *l, unsigned i, struct mono now);

/* A kiss, or anything else that ends a burst. */
void ledger_burst_end(struct ledger *l, unsigned i);

/*
 * A kiss code from i, which was asked interval_s after the time before.
 * RATE, DENY and RSTR are obeyed; others are not even remembered (RFC 5905
 * 7.4).  True if the server is retired by it.
 */
bool ledger_kiss(struct ledger *l, unsigned i, const char *code,
    double interval_s, struct mono now);

/* i gave a proper answer: what was denied is forgotten. */
void ledger_answered(struct ledger *l, unsigned i);

bool ledger_retired(const struct ledger *l, unsigned i, struct mono now);

/* The operator takes a retired server back; false if it is none. */
bool ledger_revive(struct ledger *l, unsigned i, struct mono now);

/* The floor that holds for i now, s. */
double ledger_floor(const struct ledger *l, unsigned i, struct mono now);

/* What of it only RATE asked for: the whole floor, or 0. */
double ledger_rated(const struct ledger *l, unsigned i, struct mono now);

/* Packets a day that may go to all, and the least time between two of them,
 * s: 0 in the first half of the budget. */
unsigned ledger_budget(const struct ledger *l);
double ledger_pace(const struct ledger *l, struct mono now);

/* The ledger was lost: a day of little. */
void ledger_be_frugal(struct ledger *l, struct mono now);
bool ledger_is_frugal(const struct ledger *l, struct mono now);

/* The operator's way back: nothing is held against us any more but what was
 * spent in this life. */
void ledger_accept(struct ledger *l);

/* A majority says what time it is: how long ago was the other boot? */
void ledger_verified(struct ledger *l, struct mono now, struct wall wall);

/* It left at that instant, a little after it was granted. */
void ledger_sent(struct ledger *l, unsigned i, struct mono at);

/* Packets of the last hour (to half an hour) and day; to i alone. */
unsigned ledger_hour(const struct ledger *l, struct mono now);
unsigned ledger_day(const struct ledger *l, struct mono now);
unsigned ledger_line_hour(const struct ledger *l, unsigned i, struct mono now);
unsigned ledger_line_day(const struct ledger *l, unsigned i, struct mono now);

#endif
