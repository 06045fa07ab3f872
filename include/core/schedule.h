/* SPDX-License-Identifier: ISC */
/*
 * schedule.h - who is asked when.
 *
 * N servers at interval T are asked T/N apart, +-10 % at random, so that the
 * estimator sees a sample every T/N for the load of T.  After a cold start T
 * begins short and doubles about every third round (the ramp), after an hour
 * every sixth; then it is as long as the promised accuracy allows.  A server that does not answer is
 * asked half as often at each miss, and comes back in halves.
 * Whether a packet may really go is the ledger's to say.
 */
#ifndef CORE_SCHEDULE_H
#define CORE_SCHEDULE_H

#include "base/rng.h"
#include "base/time.h"

#include <stdbool.h>

#define SCHEDULE_SOURCES 16
#define SCHEDULE_BACKOFF_MAX_S 8192.0

struct schedule_line {
	bool active;	  /* has an address, is not retired */
	struct mono due;  /* next question */
	struct mono last; /* latest question */
	bool asked;	  /* ever: last is set */
	bool extra;	  /* due is out of turn */
	struct mono turn; /* then: when it would have been */
	double backoff_s; /* 0: answers; else its own interval */
	bool fixed;	  /* due is for our own sake: news do not move it */
	/* of the sibling, while it is heard: */
	bool shared;	   /* it asked, and showed the answer */
	struct mono other; /* when it last did */
	double yield_s;	   /* due is so long after the turn of the site;
			    * negative: before it, lest we starve */
	bool warned; /* it was told to slow down: our T is twice as long */
	bool alone;  /* it is denied: only our own half is ours */
};

struct schedule {
	double min_s, max_s; /* of T, in steady state */
	double interval;     /* T now, s */
	bool ramp;	     /* T is still growing from a cold start */
	double other_s;	     /* the sibling's T; 0: it is not heard */
	unsigned count;
	struct schedule_line line[SCHEDULE_SOURCES];
};

/*
 * cold: begin with the ramp at min(64 s, min_s); else T is min_s.  Nothing is
 * due until schedule_at().
 */
void schedule_init(struct schedule *s, unsigned count, double min_s,
    double max_s, bool cold);

/* i takes part from now on, first at the given instant. */
void schedule_at(struct schedule *s, unsigned i, struct mono due);
void schedule_drop(struct schedule *s, unsigned i);

/* When the next server is due, and which; MONO_NEVER if none takes part. */
struct mono schedule_next(const struct schedule *s, unsigned *i);

/* i is asked out of turn, at once; its turn stays. */
void schedule_extra(struct schedule *s, unsigned i, struct mono now);

/*
 * i was asked: its next turn is set.  within: how long after a sample the
 * bound stays below the promise, seconds; it tightens or stretches T between
 * min_s and max_s once the ramp is over.
 */
void schedule_asked(struct schedule *s, unsigned i, struct mono now,
    double within, struct rng *rng);

/*
 * Something was learned: the promise holds for so long from now, seconds.  If
 * nobody is due before that, the next one is, but not sooner than at min_s.
 */
void schedule_hurry(struct schedule *s, struct mono now, double within);

void schedule_answered(struct schedule *s, unsigned i, struct mono now,
    struct rng *rng);
void schedule_missed(struct schedule *s, unsigned i, struct mono now,
    struct rng *rng);

/*
 * Turns (two gateways, one client).  While the sibling is heard, T is the
 * shorter of both, but for its sake never below min_s.  The turn of a server
 * is T/N behind the last in line, whoever asked it, and we ask it at
 *
 *	min(turn (+ 0.25 T if it was us who asked last), our own last + 3 T)
 *
 * so whoever asked last yields, and nobody starves.  We do not yield to who
 * has not asked that server for 3 T.  T also steps with the sibling's
 * questions, so that both climb the ramp together.
 *
 * schedule_pair(): it is heard, and its T is that (seconds; > 0), or, 0, it is
 * not: alone T is T, and no line waits for it any more.
 */
void schedule_pair(struct schedule *s, double other_s, struct mono now,
    struct rng *rng);

/* The sibling asked i at that instant, not to come, and the answer is here,
 * too.  Older news than what is known is no news. */
void schedule_shared(struct schedule *s, unsigned i, struct mono at,
    double within, struct rng *rng);

/* What servers told the sibling (schedule_line). */
void schedule_warned(struct schedule *s, unsigned i, bool warned, bool alone);

/* i did not answer in an earlier life: it goes on where it was. */
void schedule_resume(struct schedule *s, unsigned i, struct mono last,
    double backoff_s);

/* New limits after a reload. */
void schedule_limits(struct schedule *s, double min_s, double max_s);

/* T: that of the site, if there are two of us. */
double schedule_interval(const struct schedule *s);

/* Seconds from one question to the next, whoever asks whom: T/N. */
double schedule_gap(const struct schedule *s);

#endif
