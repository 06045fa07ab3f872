/* SPDX-License-Identifier: ISC */
/*
 * sim.h - a world for the engine: true time, our crystal and clock, a network
 * and servers of every character.
 *
 * The simulator is the owner of a real engine: it wakes it when it wants to
 * be woken, carries out its orders to the nanosecond, lets real packets
 * travel, and knows the truth that the engine guesses.  Nothing of the real
 * machine enters: the same seed gives the same figures.
 *
 *	struct sim *sim = sim_new(trial, 0);
 *
 *	sim_network(sim, "wan");
 *	sim_oscillator(sim, "w9");
 *	sim_run(sim, DAY);
 *	sim->server[2].offset = 0.5;
 *	sim_run(sim, DAY);
 *	f = sim_figures(sim, DAY, 2 * DAY);
 *	sim_free(sim);
 *
 * What may be changed between two runs: the server[] and the conf before the
 * first run; everything else through functions.
 */
#ifndef SIM_H
#define SIM_H

#include "core/engine.h"
#include "core/ledger_record.h"
#include "osc.h"

#include <stdbool.h>

#define MINUTE 60.0
#define HOUR 3600.0
#define DAY 86400.0

#define SIM_FLIGHTS 64

/* One run of one scenario. */
struct trial {
	uint64_t seed;
	bool brief;   /* cut what is long: a sanitizer is watching */
	bool verbose; /* print what the engine says */
	unsigned failed;
};

/* Scenarios say what they expect; the sentence says what was found. */
void expect(struct trial *t, bool ok, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void figure(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A server and the way to it.  All zero but for the way: a perfect one. */
struct sim_server {
	double up, down; /* s, one way without queues */
	double jitter;	 /* s, mean of the exponential queue, each way */
	double spike_chance, spike; /* now and then a longer one, mean s */
	double loss;		    /* chance, each way */
	double offset;		    /* s, its clock ahead of the truth */
	double creep;		    /* s/s: see sim_creep() */
	uint8_t stratum;	    /* 0: 1 */
	uint8_t leap;		    /* enum packet_leap */
	double root_delay, root_disp;
	char kiss[5]; /* it answers that and no time */
	bool dead;    /* silence */
	bool refused; /* the network says that nobody is there */
	bool unsent;  /* our own network is down */
	bool lab;     /* its address is private: courtesy is looser */
	bool twice;   /* each answer comes twice */
	bool forged;  /* a forger's answer comes first */
	bool unnamed; /* its name does not resolve at first */
	const char *operator_name; /* NULL: its own */
};

struct sim_sample {
	double t;	 /* s since the start, true */
	double error;	 /* s, true - ours */
	double bound;	 /* s, what the engine claims for that */
	double distance; /* s, root distance that we serve */
	bool judged;	 /* not beside a leap second */
	bool serving;	 /* as synchronised */
	enum engine_state state;
};

struct sim_sent {
	double t;    /* s, true */
	double raw;  /* s, as the engine sees time */
	unsigned to; /* source */
	struct addr whom;
	bool lab;
	unsigned life;
};

struct sim_flight {
	bool flying, refusal;
	bool arrived;	   /* and waits until somebody looks */
	int64_t at;	   /* true, ns */
	struct mono stamp; /* the kernel's, when it arrived */
	unsigned source;   /* of the engine */
	unsigned server;   /* of the world */
	size_t len;
	uint8_t pkt[PACKET_MAX];
};

enum sim_fate {
	SIM_ALIVE,
	SIM_FROZEN, /* what comes waits in its sockets */
	SIM_DEAD
};

struct pair;

struct sim {
	struct trial *trial;
	struct pair *pair;    /* pair.h; NULL: a gateway alone */
	unsigned side;	      /* which of the two */
	struct rng net, luck; /* for the network; for the owner */
	struct engine_conf conf;
	struct leap_table leap;
	struct auth_keys keys;
	struct engine engine;
	bool started;
	enum sim_fate fate;

	int64_t now;	   /* true time since the start, ns */
	int64_t begin_tai; /* TAI then, ns since 1970 */
	double leap_at;	   /* true second of a leap second; 0: none */
	int leap_sign;
	struct osc osc;
	double fine_until;  /* s: look every second until then */
	int64_t raw_offset; /* raw - true - ahead, ns */
	int64_t asleep;	    /* ns */
	/* our clock: a line on raw */
	int64_t line_raw, line_wall;
	double line_part, line_rate;
	double wrong_start; /* s, true - ours at the start */

	unsigned servers;
	struct sim_server server[ENGINE_SOURCES];
	double creep_since[ENGINE_SOURCES];
	struct addr address[ENGINE_SOURCES];
	unsigned asking; /* the engine's source whose question leaves */
	struct sim_flight flight[SIM_FLIGHTS];

	struct server_time served; /* as last published */
	uint8_t word[LINK_FIELD];  /* for the sibling, then */
	uint64_t sequence;	   /* of the ledger */
	uint8_t ring[LEDGER_RING * LEDGER_RECORD], witness[LEDGER_RECORD];
	size_t saved_len;
	uint8_t saved[ENGINE_STATE_MAX];
	unsigned life;	     /* restarts */
	unsigned steps;	     /* of our clock, carried out */
	double stepped;	     /* s, sum of their sizes */
	double rate_changes; /* orders of it */
	unsigned wakes;	     /* of the engine, for whatever reason */
	int64_t woken;	     /* true, ns: it wants to be, next */
	int64_t polled;	     /* true, ns: it was, last */
	unsigned spins;	     /* so often at this instant */
	double latency;	     /* ns, of the next wake-up */
	double fastest;	     /* s/s, largest rate against the truth */

	struct sim_sample *sample;
	unsigned samples, samples_room;
	struct sim_sent *sent;
	unsigned sents, sents_room;
	char *said; /* all changes, a line each */
	size_t said_len, said_room;
};

/* The nth world of a trial: each has its own luck. */
struct sim *sim_new(struct trial *t, unsigned nth);

/* And the courtesy of all that was sent is judged. */
void sim_free(struct sim *s);

unsigned sim_add(struct sim *s, struct sim_server server);
/* After all servers: who may take a place. */
unsigned sim_add_spare(struct sim *s, struct sim_server server);
/* "lan", "wan", "bad": four servers; "w10", "w9", "w8", "w9t", "w10t".
 * False if there is none of that name. */
bool sim_network(struct sim *s, const char *name);
bool sim_oscillator(struct sim *s, const char *name);

/* Before the first run: the true date (Unix second), and how far our clock
 * is behind it. */
void sim_date(struct sim *s, int64_t unix_s, double wrong);

/* A second is inserted (1) or left out (-1) before the Unix second at; all
 * know it. */
void sim_leap(struct sim *s, int64_t at, int sign);

void sim_run(struct sim *s, double seconds);

/*
 * The same in steps, for who has two worlds: the instant at which something
 * happens next, not after end; and on to an instant that is not later.
 */
void sim_begin(struct sim *s);
int64_t sim_next(struct sim *s, int64_t end);
void sim_advance(struct sim *s, int64_t to);

/* It was told something through another door. */
void sim_drain(struct sim *s);

/* What other programs, people and the weather do. */
void sim_step_clock(struct sim *s, double seconds);
/* The RTC thinks that the sleep was longer by rtc_error.  line: our clock is
 * a line on the raw clock and stands still too. */
void sim_suspend(struct sim *s, double seconds, double rtc_error, bool line);
void sim_temperature(struct sim *s, double df);
void sim_resolve(struct sim *s, unsigned i);
void sim_creep(struct sim *s, unsigned i, double rate); /* s/s, from now on */
void sim_reload(struct sim *s);		  /* with s->conf, as it is now */
void sim_move(struct sim *s, unsigned i); /* its name has a new address */
void sim_all(struct sim *s, void (*change)(struct sim_server *v));

/*
 * The daemon ends and comes back after down seconds: with its state, or
 * cold.  reboot: raw begins anew and the clock comes from the RTC, wrong
 * seconds behind.
 */
struct sim_restart {
	double down, wrong;
	bool cold, reboot;
};
void sim_restart(struct sim *s, struct sim_restart how);

/* It ends, and what it knew is saved; sim_restart() brings it back. */
void sim_stop(struct sim *s);

/* Now. */
double sim_time(const struct sim *s); /* s since the start */
struct now sim_now(struct sim *s);
struct mono sim_raw(const struct sim *s);
struct wall sim_truth(const struct sim *s); /* UTC */
double sim_error(struct sim *s);	    /* true - ours, s */

/* judge.c: what came of it */
struct sim_figures {
	double n, sum, sum2, max;
	double covered, bounds, bounded; /* |error| < bound */
	double reached;			 /* |error| within root distance */
	double serving;			 /* samples served as synchronised */
	double packets_day;		 /* a server */
};

void sim_look(struct sim *s); /* takes a sample now */
struct sim_figures sim_figures(const struct sim *s, double from, double to);
struct sim_figures sim_pool(struct sim_figures a, struct sim_figures b);
double sim_rms(struct sim_figures f);
double sim_coverage(struct sim_figures f);
double sim_mean_bound(struct sim_figures f);
void sim_print(const char *what, struct sim_figures f);

/* When |error| was above limit for the last time, s; 0: never. */
double sim_settled(const struct sim *s, double limit);

/* Packets to source i (or all, -1) between two instants. */
unsigned sim_packets(const struct sim *s, int i, double from, double to);
/* The most in any 24 hours. */
unsigned sim_packets_day(const struct sim *s, int i);

/* Did the engine say a line with both words?  NULL: any. */
bool sim_said(const struct sim *s, const char *a, const char *b);
void sim_forget_said(struct sim *s);

/* internal: net.c and judge.c to sim.c */
void net_ask(struct sim *s, const struct engine_order *o);
int64_t net_next(const struct sim *s);
bool net_arrive(struct sim *s); /* true: somebody should look */
void net_deliver(struct sim *s);
void judge_courtesy(struct sim *s);
void judge_sent(struct sim *s, unsigned i);
void judge_say(struct sim *s, const struct engine_change *c);
int64_t sim_utc_at(const struct sim *s, int64_t t);

/* The scenarios; each list ends with a NULL name. */
struct scenario {
	const char *name;
	void (*run)(struct trial *t);
};
extern const struct scenario accuracy_scenarios[];
extern const struct scenario attacks_scenarios[];
extern const struct scenario voices_scenarios[];
extern const struct scenario clocks_scenarios[];
extern const struct scenario manners_scenarios[];
extern const struct scenario pair_scenarios[];
extern const struct scenario death_scenarios[];
extern const struct scenario mad_scenarios[];

/* Two weeks of one network and oscillator, pooled over some seeds. */
struct cell {
	const char *net, *osc;
	double poll_min_s, poll_max_s;
	unsigned seeds, days;
	struct sim_figures steady; /* out: from the third day on */
	double cold_10ms_s;	   /* out: last moment above 10 ms, worst */
	double cold_max; /* out: s, worst from minute 10 to the end of day 1 */
	unsigned first_hour; /* out: packets to one server, most */
};
bool cell_run(struct trial *t, struct cell *c); /* false: no such name */

/* Five servers, 5 ms promised, a good oscillator: prints a row of packets of
 * the first day and of the seven after. */
bool day_run(struct trial *t, double poll_min_s, double poll_max_s);
/* Cold starts: 2 s and 30 ppm off, nothing remembered; six hours each. */
struct cold {
	const char *net;
	unsigned seeds;
	double after_10s;	 /* out: s, worst of all */
	double later;		 /* out: the same from minute 30 on */
	unsigned below_1ms;	 /* out: starts that were so from then on */
	unsigned below_1500us;	 /* out */
	unsigned below_3ms;	 /* out */
	unsigned first_hour;	 /* out: packets to one server, most */
	struct sim_figures days; /* out: all of them */
};
bool cold_run(struct trial *t, struct cold *c); /* false: no such name */

/* What it costs: seven servers, poll 4096 s, w9 on the wan. */
struct cost {
	double sample_s;   /* out: CPU of estimate_add() */
	double wakes_hour; /* out: of the engine, when nobody asks it */
};
struct cost cost_run(struct trial *t);

#endif
