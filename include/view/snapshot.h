/* SPDX-License-Identifier: ISC */
/*
 * snapshot.h - the engine's state as plain numbers.
 *
 * No pointers: it crosses from engine to desk as one message.  Everything
 * that people and programs are shown is a pure function of it.  Spans are in
 * seconds; an offset is true time - ours, positive while we are slow.
 */
#ifndef VIEW_SNAPSHOT_H
#define VIEW_SNAPSHOT_H

#include "core/engine.h"

struct snapshot_serve {
	uint64_t received, answered, limited, denied, bad;
	uint64_t kissed; /* of the limited: told so (RATE) */
	uint64_t verdict[SERVER_VERDICTS];
	uint64_t clients; /* hosts that the tables know */
	/* On the port that serves: UDP payload, and datagrams by the mode in
	 * their first octet.  What upstreams are asked is not in it. */
	uint64_t octets_in, octets_out;
	uint64_t mode_in[PACKET_MODES], mode_out[PACKET_MODES];
};

/* What the ledger has on one server. */
struct snapshot_account {
	unsigned hour, day; /* packets */
	uint64_t total;
	char kiss[5]; /* the last one that is obeyed, "" if none */
	uint32_t kisses;
	double kissed_s; /* since then */
	double floor_s;	 /* between two packets to it, now */
	double rated_s;	 /* the same, if it is RATE that asked for it; else 0 */
	bool retired;	 /* it denied us twice */
	double retired_s; /* until it is asked again */
};

/* A stand-in; or a retired server, while one stands in for it. */
struct snapshot_spare {
	char host[SOURCE_HOST_MAX];
	struct addr addr;
	struct snapshot_account account;
};

struct snapshot_upstream {
	char host[SOURCE_HOST_MAX];
	char operator_name[128];
	struct addr addr;
	unsigned group;
	bool active;	    /* has an address */
	bool truechimer;    /* believed, as one of a majority */
	bool selectable;    /* had something to say */
	bool leap_late;	    /* off by a second, a leap is near: muted */
	bool unreachable;   /* the network says that nothing is there */
	bool authenticated; /* by a key */
	uint32_t key_id;    /* that one, or 0 */
	int8_t precision;   /* log2 s, of its clock, if it was ever heard */
	bool asked;	    /* a question is out */
	uint8_t reach, leap, stratum;
	uint32_t refid;
	enum source_verdict last;
	bool answered;
	unsigned missed;
	char kiss[5];
	double poll_s;
	double next_s;	/* until the next question; < 0: none is planned */
	double last_s;	/* since the last one; < 0: never asked */
	double other_s; /* since the sibling asked it; < 0: not known */
	uint64_t sent, received;
	uint64_t verdict[SOURCE_VERDICTS];
	bool sampled; /* the numbers below are of samples */
	double offset_s, delay_s, jitter_s, distance_s, bias_s;
	double root_delay_s, root_disp_s;
	double score;
	struct snapshot_account account;
	char stands_for[SOURCE_HOST_MAX];  /* name; "": it is no stand-in */
	char shares_with[SOURCE_HOST_MAX]; /* name of who follows the same
					      server; "": none does */
	/* What would be left if it fell silent; only with a majority. */
	struct select_result without;
};

enum snapshot_sibling_state {
	SNAPSHOT_SIBLING_NONE,	  /* none is configured */
	SNAPSHOT_SIBLING_UNHEARD, /* it does not answer: we are alone */
	SNAPSHOT_SIBLING_PAIRED,  /* two gateways, one client */
	SNAPSHOT_SIBLING_PLAIN,	  /* a stranger: an authenticated server */
	SNAPSHOT_SIBLING_DROPPED  /* mad: see why */
};

struct snapshot_sibling {
	enum snapshot_sibling_state state;
	char host[SOURCE_HOST_MAX];
	struct addr addr;     /* the one that is asked now */
	char name[LINK_NAME]; /* what it calls itself */
	char why[160];	      /* dropped because of that */
	bool symmetric;	      /* RFC 5905 mode 1 */
	uint32_t key_id;
	uint8_t reach;
	enum source_verdict last; /* of its latest answer, if it gave one */
	bool answered;
	double heard_s;	 /* since its last good answer; < 0: never */
	double met_s;	 /* it is heard for so long; < 0: it is not */
	double offset_s; /* its served clock - ours, when it was heard */
	double delay_s;
	/* What it says of itself: */
	enum engine_state says;
	double bound_s, interval_s;
	unsigned sent_day;
	bool leads, follows; /* nobody upstream: we; it does, and we follow */
	bool fed;	     /* its samples alone keep us synchronised */
	double weight;	     /* of its oscillator in our time scale, 0 to 1 */
	double drift_ppm;    /* it gains so much on ours; NaN: not known */
	uint64_t taken, refused; /* samples of it */
	uint64_t sent, received; /* packets to it, and from it */
	uint8_t stratum;	 /* of its latest answer; 0: none */
	uint8_t leap;		 /* likewise, and the next */
	int8_t precision;
	uint32_t refid;
	double root_delay_s, root_disp_s;
	uint64_t verdict[SIBLING_VERDICTS];
	uint32_t differs; /* a bit for each enum link_digest, and one more:
			   * other addresses of the same names */
};

struct snapshot {
	char name[64];
	bool clock_virtual;
	enum engine_state state;
	double since_s, uptime_s;
	struct mono started; /* the engine: no two are the same */
	struct wall at;	     /* true time of the snapshot, if known */
	struct server_time serving;
	/* error_bound_s (95 %) and root_distance_s are infinite, and offset_s
	 * and frequency_ppm mean nothing, while nothing is known. */
	double offset_s, error_bound_s, root_distance_s;
	double root_disp_s;   /* now: serving.root_disp_s, grown since */
	double frequency_ppm; /* positive: our oscillator is slow */
	double good_s; /* until the bound passes 1 s; < 0: beyond a week */
	double frequency_sigma_ppm, wander_ppm; /* ppm per sqrt(s) */
	struct engine_pace pace;		/* T now, and why */
	bool ramp;
	/* Groups that answer; that agree; of these, how many may fail before
	 * no majority is left.  The last two are 0 without a majority. */
	unsigned groups, agreeing, losses;
	bool majority; /* while starting: of all groups configured */
	uint64_t steps;
	uint64_t reloads; /* of the configuration */
	struct engine_sums sums;
	struct {
		unsigned hour, day, budget;
		uint64_t total;
	} sent;
	/* The ledger: */
	double hold_s;	 /* until the first packet, after many starts; or 0 */
	double frugal_s; /* until the day after a lost ledger is over; or 0 */
	double pace_s;	 /* least time between two packets to anyone; or 0 */
	bool closed;	 /* it cannot be written: nobody is asked */
	int named;	 /* upstream that our reference id names; -1: none */
	char source[SOURCE_HOST_MAX]; /* its name, or "" */
	struct snapshot_serve serve;
	unsigned upstreams;
	struct snapshot_upstream upstream[ENGINE_SOURCES];
	unsigned spares;
	struct snapshot_spare spare[ENGINE_SPARES];
	struct snapshot_sibling sibling;
};

/* Fills all but name, clock_virtual and serve, which the engine does not
 * know: they are set to zero. */
void snapshot_take(struct snapshot *s, const struct engine *e,
    const struct now *now);

/* When it was taken, by the raw clock: it may have lain in a wire since. */
static inline struct mono
snapshot_taken(const struct snapshot *s)
{
	return mono_add(s->started, s->uptime_s);
}

/* What they are called, wherever the host alone could be another's too. */
static inline struct source_name
snapshot_name(const struct snapshot_upstream *u)
{
	return source_name_of(u->host, u->addr.port);
}

static inline struct source_name
snapshot_spare_name(const struct snapshot_spare *p)
{
	return source_name_of(p->host, p->addr.port);
}

/* The word for a state, in texts and in JSON: "starting", "synced", ... */
const char *snapshot_state_name(enum engine_state s);

/* "none", "unheard", "paired", "plain", "dropped" */
const char *snapshot_sibling_name(enum snapshot_sibling_state s);

/* "none", "insert", "delete", "unsynchronised" */
const char *snapshot_leap_name(uint8_t leap);

/* A reference id as text: letters at stratum 0 and 1, else a dotted quad;
 * "" for stratum 16, which has none. */
#define SNAPSHOT_REFID 16
char *snapshot_refid(uint8_t stratum, uint32_t refid, char buf[SNAPSHOT_REFID]);

/* A span of time, in at most six characters for less than three years: "12 s",
 * "34 min", "3.2 h", "12 d". */
#define SNAPSHOT_SPAN 16
char *snapshot_span(double s, char buf[SNAPSHOT_SPAN]);

/*
 * When that many seconds are over, behind "not": "until 12 Dec", "until 14:05
 * UTC" if it is within a day; "for 12 d more" while we do not know the time.
 */
#define SNAPSHOT_UNTIL 32
char *snapshot_until(const struct snapshot *s, double ahead_s,
    char buf[SNAPSHOT_UNTIL]);

/* "good", "frugal" (it was lost: a day of little) or "closed" (it cannot be
 * written: nobody is asked). */
const char *snapshot_ledger_name(const struct snapshot *s);

/* Packets that may still go today. */
unsigned snapshot_left(const struct snapshot *s);

/* Groups among the upstreams, and how many of them must agree at first. */
unsigned snapshot_groups(const struct snapshot *s);
unsigned snapshot_quorum(const struct snapshot *s);

#endif
