/* SPDX-License-Identifier: ISC */
/*
 * town.h - an engine and its servers, for the unit tests of the engine: no
 * jitter, no wander, 10 ms there and 10 ms back.  Weather is tests/sim's.
 */
#ifndef TOWN_H
#define TOWN_H

#include "core/engine.h"

#define TOWN_NOON INT64_C(1767225600) /* 2026-01-01, when raw reads 1000 s */

struct town_server {
	double lie; /* s */
	bool dead, refused;
	char kiss[5];
	uint8_t leap;
	uint32_t refid;
};

extern struct town {
	struct engine engine;
	struct engine_conf conf;
	struct auth_keys keys;
	struct leap_table leap;
	struct town_server server[ENGINE_SOURCES];
	double now;	   /* s on raw: the true time, too */
	double clock;	   /* s, our clock - true */
	double rate;	   /* s/s, ordered */
	int64_t asleep_ns; /* raw stood still, our clock did not */
	bool full;	   /* the disk: the ledger cannot be written */
	unsigned sent[ENGINE_SOURCES], steps, saves, books;
	double stepped; /* the last one */
} town;

/* n servers of n operators at 192.0.2.1...; our clock behind by that much. */
void town_begin(unsigned n, double behind);

/* Time passes; all that the engine orders is carried out. */
void town_run(double seconds);

struct now town_now(void);
struct mono town_at(double t);

/* Takes all changes; did one have this in its text? */
bool town_heard(const char *words);

#endif
