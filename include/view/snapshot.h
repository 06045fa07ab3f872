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
	uint64_t verdict[SERVER_VERDICTS];
	uint64_t clients; /* distinct hosts seen; 0 until there is a table */
};

struct snapshot_upstream {
	char host[SOURCE_HOST_MAX];
	char operator_name[128];
	struct addr addr;
	unsigned group;
	bool active;	    /* has an address */
	bool truechimer;    /* believed, as one of a majority */
	bool selectable;    /* had something to say */
	bool unreachable;   /* the network says that nothing is there */
	bool authenticated; /* by a key */
	bool asked;	    /* a question is out */
	uint8_t reach, leap, stratum;
	uint32_t refid;
	enum source_verdict last;
	bool answered;
	unsigned missed;
	char kiss[5];
	double poll_s;
	double next_s; /* until the next question; < 0: none is planned */
	double last_s; /* since the last one; < 0: never asked */
	uint64_t sent, received;
	uint64_t verdict[SOURCE_VERDICTS];
	bool sampled; /* the numbers below are of samples */
	double offset_s, delay_s, jitter_s, distance_s, bias_s;
	double root_delay_s, root_disp_s;
	double score;
};

struct snapshot {
	char name[64];
	bool clock_virtual;
	enum engine_state state;
	double since_s, uptime_s;
	struct wall at; /* true time of the snapshot, if known */
	struct server_time serving;
	/* error_bound_s (95 %) and root_distance_s are infinite, and offset_s
	 * and frequency_ppm mean nothing, while nothing is known. */
	double offset_s, error_bound_s, root_distance_s;
	double root_disp_s;   /* now: serving.root_disp_s, grown since */
	double frequency_ppm; /* positive: our oscillator is slow */
	double good_s; /* until the bound passes 1 s; < 0: beyond a week */
	double frequency_sigma_ppm, wander_ppm; /* ppm per sqrt(s) */
	double accuracy_s;			/* promised */
	double interval_s;			/* T now */
	bool ramp;
	/* Groups that answer; that agree; of these, how many may fail before
	 * no majority is left.  The last two are 0 without a majority. */
	unsigned groups, agreeing, losses;
	bool majority; /* while starting: of all groups configured */
	uint64_t steps;
	struct {
		unsigned hour, day, budget;
		uint64_t total;
	} sent;
	int named; /* upstream that our reference id names; -1: none */
	char source[SOURCE_HOST_MAX]; /* its host, or "" */
	struct snapshot_serve serve;
	unsigned upstreams;
	struct snapshot_upstream upstream[ENGINE_SOURCES];
	char sibling_host[SOURCE_HOST_MAX]; /* "": none */
};

/* Fills all but name, clock_virtual, serve and sibling_host, which the
 * engine does not know: they are set to zero. */
void snapshot_take(struct snapshot *s, const struct engine *e,
    const struct now *now);

/* The word for a state, in texts and in JSON: "starting", "synced", ... */
const char *snapshot_state_name(enum engine_state s);

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

/* Groups among the upstreams, and how many of them must agree at first. */
unsigned snapshot_groups(const struct snapshot *s);
unsigned snapshot_quorum(const struct snapshot *s);

#endif
