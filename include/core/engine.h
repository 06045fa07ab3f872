/* SPDX-License-Identifier: ISC */
/*
 * engine.h - the parts of the client behind three doors.
 *
 *	engine_next()	 when do you want to be woken?
 *	engine_poll()	 it is that time; what shall I do?  One order a call,
 *			 until ENGINE_REST
 *	engine_receive() this came
 *
 * The owner brings both clocks and 64 unpredictable bits to every call, and
 * carries the orders out: sends, steers the clock, publishes what is served,
 * keeps what must survive.  The engine reads no clock, opens no socket,
 * draws no random number of its own and logs nothing; what an operator
 * should know comes out of engine_take_change().
 * The daemon, the simulator and the tests are owners of the same engine.
 */
#ifndef CORE_ENGINE_H
#define CORE_ENGINE_H

#include "base/rng.h"
#include "base/time.h"
#include "core/auth.h"
#include "core/estimate.h"
#include "core/event.h"
#include "core/leap.h"
#include "core/ledger.h"
#include "core/packet.h"
#include "core/scale.h"
#include "core/schedule.h"
#include "core/select.h"
#include "core/server.h"
#include "core/servo.h"
#include "core/sibling.h"
#include "core/source.h"

#define ENGINE_SOURCES 8
#define ENGINE_SPARES 8
#define ENGINE_SIBLING ENGINE_SOURCES /* as "source i": the sibling */
#define ENGINE_REPLY_S 3.0	      /* a reply later than that is a miss */

struct engine_conf {
	unsigned count; /* of servers */
	struct source_conf server[ENGINE_SOURCES];
	unsigned spares; /* stand-ins for those that are retired */
	struct source_conf spare[ENGINE_SPARES];
	double poll_min_s, poll_max_s;
	double accuracy_s;   /* 95 % bound to keep */
	unsigned budget_day; /* packets to all servers */
	double step_limit_s;
	double slew;	      /* s/s */
	struct wall built;    /* date of the build: never serve before it */
	uint64_t boot;	      /* who this boot of the machine is; 0: unknown */
	char name[LINK_NAME]; /* ours, for the sibling */
	struct sibling_conf sibling;
	uint8_t orphan; /* stratum when nothing upstream answers; 0: never */
};

/* Both clocks, read as one, and some luck. */
struct now {
	struct mono mono;  /* CLOCK_MONOTONIC_RAW */
	struct wall wall;  /* the clock that we steer, kernel's or virtual */
	int64_t asleep_ns; /* BOOTTIME - MONOTONIC: spent in suspend */
	uint64_t chance;   /* unpredictable; new for each call */
};

enum engine_state {
	ENGINE_STARTING, /* not yet synchronised since the start */
	ENGINE_SYNCED,
	ENGINE_HOLDOVER, /* was, and no majority says anything now */
	ENGINE_ORPHAN,	 /* nobody upstream: the sibling and we keep together */
	ENGINE_PANIC	 /* far off, for no reason that we may act on: served is
			  * what we knew before, while that is good */
};

enum engine_want {
	ENGINE_REST,	/* nothing more until engine_next() */
	ENGINE_BOOK,	/* put the ledger on disk; then engine_booked() */
	ENGINE_SEND,	/* ask a server; then engine_sent() */
	ENGINE_STEP,	/* add amount seconds to the clock */
	ENGINE_RATE,	/* run it at 1 + amount s a raw second */
	ENGINE_PUBLISH, /* engine->serving changed, or engine_word() */
	ENGINE_SAVE	/* engine_write() what must survive */
};

struct engine_order {
	enum engine_want want;
	unsigned source; /* of ENGINE_SEND; ENGINE_SIBLING is one, too */
	struct addr to;	 /* of ENGINE_SEND */
	bool peer;	 /* of ENGINE_SEND: from the port on which we serve */
	size_t len;	 /* of ENGINE_SEND */
	uint8_t pkt[PACKET_MAX];
	double amount; /* of ENGINE_STEP, ENGINE_RATE */
};

/* Something an operator can act on or wants in a report: one log line. */
struct engine_change {
	enum event_id event;
	char text[240];
};

#define ENGINE_CHANGES 16

struct engine_source {
	struct source source;
	bool used;	  /* a server has this slot */
	unsigned group;	  /* group.h: one of the two below */
	unsigned apart;	  /* group by operator and network */
	unsigned joined;  /* by reference id, too */
	uint32_t follows; /* reference id by which joined was told; 0: none */
	bool truechimer;  /* at the last selection */
	bool named;	  /* as falseticker, and not yet taken back */
	bool leap_late;	  /* off by a second, a leap is near: muted */
	bool selectable;  /* had something to say in it */
	bool unreachable; /* the network says that nothing is there */
	bool burst;	  /* begin with a burst, if the ledger lets us */
	bool lined;	  /* line is its line in the ledger */
	unsigned line;
	bool retired;	/* it does not want us, and nobody stands in */
	int stands_for; /* the spare[] whose place it took; -1: none's */
	bool poor;	/* its score is low, since then */
	struct mono poor_since;
	unsigned appeals; /* questions to others because it was outvoted */
	bool unheard;	  /* its latest sample was not entered */
	/* The sibling's latest sample of it: speaks for it while it is
	 * silent to us. */
	bool lent; /* it does, in the last selection */
	bool has_shared;
	struct sample shared;
	uint8_t shared_stratum;
	double credit; /* so many more of its samples may be entered */
	struct mono credited;
	uint8_t leap;	      /* last said of it, enum packet_leap */
	double offset;	      /* s, of its best sample to the estimate, then */
	double distance;      /* s, of that sample */
	struct mono deadline; /* of the open question */
};

/* What we make of the sibling (engine_sibling.c). */
struct engine_pair {
	struct sibling link;
	uint64_t life;	/* of it, that all below is about */
	bool on;	/* it is heard, and not dropped */
	bool older_key; /* it answers to that */
	bool dropped;	/* mad: nothing of it is used until an operator says
			* so, or we start anew */
	char why[160];	/* dropped, or "" */
	struct estimate own; /* the judge: our samples, our oscillator */
	unsigned odd;	     /* its latest samples, a bit each: refused? */
	unsigned astray;     /* own samples in a row that say: we are misled */
	uint32_t serial[ENGINE_SOURCES]; /* the newest taken, of each source */
	bool known[ENGINE_SOURCES];	 /* serial is one */
	uint64_t taken, refused;	 /* samples of it */
	bool leaning;			 /* home leans on its oscillator */
	double weight;			 /* of it, 0 to 1 */
	double drift;	   /* s/s, that of the pair at the latest word */
	double ahead;	   /* s, its raw clock to ours, then */
	double target;	   /* s, what home should have gained by then */
	double rate;	   /* s/s, what it gains from there, of the pair's */
	struct mono leant; /* the instant of both */
	bool leads;	   /* nobody upstream: we do, or it does */
	bool follows;
	double follow;		    /* s, by what we follow it, in our target */
	struct mono moved;	    /* the instant of follow */
	unsigned remarked, remarks; /* what it said that is odd */
	struct mono remarked_at;
	uint32_t differs; /* a bit a digest, as last told; then one for
			    * names that it resolves otherwise */
	bool fed;	  /* its samples alone keep us synchronised */
	bool plain;	  /* a stranger, and it has a voice */
	bool truechimer;  /* then: at the last selection */
	double offset;	  /* then: s, of its sample to the estimate */
	double distance;
};

/* Since the start, with those who left: a counter that others read never
 * falls. */
struct engine_sums {
	uint64_t heard; /* packets at the sockets of our own questions */
	uint64_t sibling_asked;		   /* by such a socket */
	uint64_t verdict[SOURCE_VERDICTS]; /* on packets of servers */
	uint64_t sibling_verdict[SIBLING_VERDICTS];
};

struct engine {
	struct engine_conf conf;
	const struct auth_keys *keys;  /* borrowed, kept */
	const struct leap_table *leap; /* borrowed, kept */
	struct rng rng;
	enum engine_state state;
	struct mono since; /* of state */
	struct mono started;
	bool warm; /* a remembered frequency was taken */
	struct scale scale;
	struct engine_source source[ENGINE_SOURCES];
	struct engine_pair pair;
	struct select_result truth; /* of the last selection */
	bool unsure; /* begun, or slept: most of all groups must agree */
	struct estimate estimate;
	struct servo servo;
	struct schedule schedule;
	struct ledger ledger;
	struct estimate_view before; /* the latest sample; panic keeps it */
	struct mono before_at;
	struct server_time serving;
	struct now last;	 /* readings at the last call, after orders */
	unsigned peer;		 /* whom our reference id names */
	double to_step, to_rate; /* orders that wait */
	bool step_waits, rate_waits, publish, save;
	bool book;     /* the ledger changed: ENGINE_BOOK waits */
	int granted;   /* source whose packet waits for the book; -1: none */
	bool futile;   /* the promise, even at poll.min: packets are spared */
	bool closed;   /* the ledger cannot be written: nobody is asked */
	bool resumed;  /* the estimate is of before a restart */
	bool restless; /* and that was not the first of this hour */
	struct mono saved;   /* last ENGINE_SAVE */
	struct mono stepped; /* last step that was not the first */
	struct wall known;   /* the last time that was verified, or 0 */
	bool panicked;	     /* and no operator said anything since */
	bool has_stepped;
	bool has_jumped; /* our own clock, and was not yet put right */
	bool waited;	 /* long enough for first answers */
	int tai;	 /* TAI - UTC that the clock shows, s */
	uint64_t steps;	 /* of the clock, ordered */
	struct engine_sums sums;
	uint64_t reloads;
	bool thrifty, spent; /* four fifths, or all, of the day's packets */
	unsigned change_first, changes, changes_lost;
	struct engine_change change[ENGINE_CHANGES];
};

/*
 * conf is copied; keys and leap are kept until the engine is gone or
 * reloaded, and may be empty.
 */
void engine_init(struct engine *e, const struct engine_conf *conf,
    const struct auth_keys *keys, const struct leap_table *leap,
    const struct now *now);

/*
 * A new configuration.  Servers that stay (host and port) keep their past;
 * the estimate goes on.
 */
void engine_reload(struct engine *e, const struct engine_conf *conf,
    const struct now *now);

/* The name host was resolved, or moved; the port stays.  Names that are no
 * server's are ignored. */
void engine_address(struct engine *e, const char *host, const struct addr *addr,
    const struct now *now);

struct mono engine_next(const struct engine *e);
enum engine_want engine_poll(struct engine *e, const struct now *now,
    struct engine_order *out);

/*
 * The ledger, which engine_init() made empty, was filled from what was kept
 * (sys/book.h): comes once, before the first engine_poll().  closed: it can be
 * written nowhere.  An owner that keeps nothing does not call it.
 */
void engine_opened(struct engine *e, bool new_boot, bool closed,
    const struct now *now);

/* The ledger is on disk; or it is not, and then nothing is sent. */
void engine_booked(struct engine *e, bool good, const struct now *now);

/* The question to source i left at t1; or it could not be sent. */
void engine_sent(struct engine *e, unsigned i, struct mono t1);
void engine_unsent(struct engine *e, unsigned i, const struct now *now);

/*
 * A datagram came on the socket of source i.  True: the question is closed,
 * the socket may go.
 */
bool engine_receive(struct engine *e, unsigned i, const struct arrival *a,
    const struct now *now);

/* The network says that nobody is there (ICMP). */
void engine_refused(struct engine *e, unsigned i, const struct now *now);

/* The operator's way out of panic: one step of any size, now. */
bool engine_accept_step(struct engine *e, const struct now *now);

/*
 * The operator takes a retired server back: into its place, if a spare has
 * it.  False if there is no retired server of that name
 * (source_name()).
 */
bool engine_revive(struct engine *e, const char *name, const struct now *now);

/*
 * The sibling.  engine_address() takes its name's addresses, too; the
 * question to it is ENGINE_SEND's with source ENGINE_SIBLING, and so are
 * engine_sent() and the others above.
 *
 * engine_poked(): it asked our server (a good MAC and our field).
 * engine_peer(): symmetric = true, and a packet of mode 1 or 2 with a good MAC
 * came from it to the port on which we serve; came: the same instant as
 * a->at, by the clock that we serve.
 * engine_word(): what our server answers it, for link_stamp() and then the
 * MAC; to be published at ENGINE_PUBLISH.
 * engine_accept_sibling(): the operator trusts it again; false if it was not
 * dropped.
 */
void engine_poked(struct engine *e, const struct now *now);
void engine_peer(struct engine *e, const struct arrival *a, struct wall came,
    const struct now *now);
void engine_word(const struct engine *e, const struct now *now,
    uint8_t field[LINK_FIELD]);
bool engine_accept_sibling(struct engine *e, const struct now *now);

/* The operator accepts that the ledger was lost. */
void engine_accept_ledger(struct engine *e, const struct now *now);

/* The steered clock at now: what we know it to be off by, and what it may be
 * off by, the known part included. */
struct engine_accuracy {
	double offset;	  /* s, true - ours: waits to be slewed */
	double bound;	  /* s, 95 %; infinite while unknown */
	double frequency; /* s/s, of the raw clock */
};
struct engine_accuracy engine_accuracy(const struct engine *e,
    const struct now *now);

/* Another server, of another operator and network, that follows the same
 * one as i (source_reference()); -1: none. */
int engine_shares(const struct engine *e, unsigned i);

/* Why servers are asked as often as they are. */
enum engine_pace_reason {
	ENGINE_PACE_START,   /* we begin: often, then ever more rarely */
	ENGINE_PACE_MAX,     /* the promise holds at poll.max */
	ENGINE_PACE_PROMISE, /* more rarely would break it */
	ENGINE_PACE_MIN,     /* it may not hold even so, but for a while */
	ENGINE_PACE_FUTILE   /* poll.min could not keep it: poll.max */
};
struct engine_pace {
	enum engine_pace_reason reason;
	double interval_s; /* T, to each server */
	double promised_s; /* upstream.accuracy */
	double peak_s;	   /* bound to be expected just before a sample */
	double best_s;	   /* the same, were all asked at poll.min */
};
struct engine_pace engine_pace(const struct engine *e);

/* The oldest change not yet taken; false if none. */
bool engine_take_change(struct engine *e, struct engine_change *out);

/*
 * The state that survives, as octets: self-describing, with a checksum.
 * engine_read() refuses, with a sentence, whatever is cut, damaged or of
 * another version, and then changes nothing.  It is called once, between
 * engine_init() and the first engine_poll().
 */
#define ENGINE_STATE_MAX 16384
size_t engine_write(const struct engine *e, const struct now *now,
    uint8_t octets[ENGINE_STATE_MAX]);
int engine_read(struct engine *e, const uint8_t *octets, size_t len,
    const struct now *now, struct err *err);

#endif
