/* SPDX-License-Identifier: ISC */
/*
 * statistics.h - what ntpd writes to its statistics files, of our snapshots:
 * for ntpviz, and for whoever has a script for it.
 *
 * Each line begins with the Modified Julian Day and the second of that day,
 * UTC.  The time is the true one as far as we know it, whatever the clock of
 * the machine shows, and until we know it nothing is written.  Numbers are
 * finite and never in scientific notation; spans are s, frequencies ppm.
 *
 *	loopstats	offset frequency jitter wander interval
 *			true time - ours and what our oscillator lacks, as
 *			ntpd has their signs; half of the 95 % bound; RMS of
 *			what the frequency changes from a line to the next;
 *			log2 of the polling interval
 *	peerstats	address status offset delay dispersion jitter
 *			server - us; status is the word of RFC 9327 4.2, in hex;
 *			a port that is not NTP's stands behind the address
 *	clockstats	NTPGATE(0) key=value...
 *			for want of a reference clock's words, those of ours
 */
#ifndef VIEW_STATISTICS_H
#define VIEW_STATISTICS_H

#include "view/snapshot.h"

#define STATISTICS_S 60.0 /* between two lines on our clock, about */
#define STATISTICS_TEXT 2048

enum statistics_file {
	STATISTICS_LOOP,
	STATISTICS_PEER,
	STATISTICS_CLOCK,
	STATISTICS_FILES
};

/* What was written; zeros at first. */
struct statistics {
	bool begun;
	bool lined;	/* a line on our clock was written, */
	double lined_s; /* at that uptime */
	enum engine_state state;
	unsigned count;
	struct statistics_seen {
		struct addr addr;
		uint64_t samples;
	} seen[ENGINE_SOURCES];
};

/* Whole lines, to be added to the files of that day; "" where there are none. */
struct statistics_lines {
	int64_t day; /* since 1970-01-01 */
	char text[STATISTICS_FILES][STATISTICS_TEXT];
};

/*
 * On our clock once a minute, clockstats at a change of state too; on a server
 * if it gave a sample since the last look, one line however many it gave.
 * What the first look finds is old already, unless the time was not known.
 */
void statistics_look(struct statistics *st, const struct snapshot *s,
    struct statistics_lines *out);

/* "loopstats" */
const char *statistics_name(enum statistics_file f);

#endif
