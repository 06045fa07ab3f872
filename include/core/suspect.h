/* SPDX-License-Identifier: ISC */
/*
 * suspect.h - evidence about a host whose requests are too many or odd.
 *
 * Most hosts never have such a record: it is opened when a host goes over its
 * limit or shows what no healthy client shows, and holds what diagnose.h
 * needs: rates, the gaps between requests, in which seconds they come, and
 * three ways to count the clients behind one address:
 *
 *	ports	each client keeps its source port: how many ports, when they
 *		come again and again (linear counting in a bitmap);
 *	chains	a client's origin stamp is our last answer to it, so each
 *		request tells its client's interval: N clients, heard for W
 *		seconds, bring intervals that sum up to N W;
 *	polls	the same sum with the interval that the client claims.
 *
 * A plain block without pointers.  One thread hears; any number may ask for
 * the facts meanwhile: a member may be newer than another, no more.
 */
#ifndef CORE_SUSPECT_H
#define CORE_SUSPECT_H

#include "base/time.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define SUSPECT_PORTS 8192	/* bits */
#define SUSPECT_CLOCKS 512	/* bits */
#define SUSPECT_WINDOW_S 1100.0 /* the longest usual poll, and a little */

/* What came; times in seconds of the table's own clock. */
struct suspect_heard {
	double t_s;
	struct wall wall; /* arrival, on the clock that we serve */
	uint16_t port;
	uint8_t poll;	 /* as in the packet */
	uint64_t header; /* its first eight octets */
	uint64_t origin; /* NTP stamps */
	uint64_t transmit;
	bool limited; /* over the limit, whether answered by luck or not */
	bool refused; /* denied, or nothing that can be answered */
	bool answered;
	uint8_t deaf;	      /* struct limiter_state */
	double allowed_per_s; /* 1 / interval of its limit */
};

struct suspect_window {
	_Atomic double begin_s;
	_Atomic uint32_t requests;
	_Atomic uint32_t limited;
	_Atomic uint32_t chained;   /* origin is an answer of ours */
	_Atomic double chain_s;	    /* sum of their intervals */
	_Atomic uint32_t claimed;   /* a poll that can be */
	_Atomic double claim_s;	    /* sum */
	_Atomic uint32_t clocklike; /* transmit within a day of our time */
	_Atomic uint64_t port[SUSPECT_PORTS / 64];
	_Atomic uint64_t clock[SUSPECT_CLOCKS / 64]; /* offsets, to 1 s */
};

struct suspect {
	_Atomic uint64_t ip[2];	  /* whose; both 0: free */
	_Atomic uint32_t opened;  /* counts; odd while it changes hands */
	_Atomic uint32_t current; /* window */
	_Atomic double since_s, last_s;
	_Atomic uint64_t requests, limited, refused, answered;
	_Atomic uint64_t header; /* of the last: programs differ in it */
	_Atomic float rate;	 /* 1/s, over the last 10 s or so */
	_Atomic float calm;	 /* the same over 1024 s */
	_Atomic float peak;	 /* highest rate since since_s */
	_Atomic float gap, gap2; /* s, s^2: means of the last 64 or so */
	_Atomic double flood_s;	 /* since when flooding; 0: not */
	_Atomic double busy_s;	 /* since when busy; 0: not */
	_Atomic double deaf_s;	 /* since when deaf to kisses; 0: not */
	_Atomic uint32_t origin_none, origin_good, origin_bad;
	_Atomic uint32_t minutes;    /* in which it asked */
	_Atomic uint64_t minute;     /* the last of them */
	_Atomic uint32_t second[60]; /* requests in each second of a minute */
	_Atomic uint32_t hour[60];   /* in each minute of an hour */
	struct suspect_window window[2]; /* this one and the one before */
};

enum suspect_counted {
	SUSPECT_UNCOUNTED,
	SUSPECT_BY_PORTS,
	SUSPECT_BY_CHAINS,
	SUSPECT_BY_POLLS,
	SUSPECT_BY_GAPS /* regular: it is one */
};

/* The same for people; nothing here needs care any more. */
struct suspect_facts {
	double since_s; /* ages, both */
	double last_s;
	double requests;
	double answered;
	double limited;	 /* over the limit, answered by luck or not */
	double refused;	 /* denied or bad */
	uint64_t header; /* first eight octets of the last request */
	double rate;	 /* 1/s, when last heard */
	double rate_now; /* faded since */
	double peak;
	double flood_s; /* for how long, until last_s; 0: not */
	double busy_s;
	double deaf_s;
	double clients; /* behind the address; 0: cannot be told */
	enum suspect_counted counted;
	double polls; /* clients if they poll as they say; 0: they do not say */
	double clocks;	     /* distinct ones; 0: stamps are not times */
	double origin_bad;   /* requests */
	double origin_share; /* of all */
	double variation;    /* of the gaps: 0 clockwork, 1 random */
	unsigned second;     /* where most requests come, 0 to 59 */
	double second_share; /* of all, in this second and the next */
	double second_each;  /* requests, each time */
	bool hourly;	     /* and in one minute of the hour only */
	unsigned minute;     /* which */
	unsigned minutes;    /* in which it asked */
};

/* Was this origin stamp an answer's?  0 is none, and tells nothing. */
bool suspect_origin_bad(uint64_t origin, struct wall now);

void suspect_open(struct suspect *s, const uint64_t ip[2], double t_s);
void suspect_hear(struct suspect *s, const struct suspect_heard *h);

/*
 * Requests a second, as of t_s: how much the record deserves its place.  Who
 * has been here for ten minutes counts eightfold, so that passers-by cannot
 * wash it out.
 */
double suspect_weight(const struct suspect *s, double t_s);

/* False: the record is another's, or was changing hands. */
bool suspect_facts(const struct suspect *s, const uint64_t ip[2], double t_s,
    struct suspect_facts *f);

#endif
