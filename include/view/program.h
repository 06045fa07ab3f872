/* SPDX-License-Identifier: ISC */
/*
 * program.h - which NTP client a host seems to run, by what it fills in.
 *
 * A guess: the first eight octets of a request (leap, version and mode,
 * stratum, poll, precision, root delay) differ between programs.
 */
#ifndef VIEW_PROGRAM_H
#define VIEW_PROGRAM_H

#include "core/clients.h"

enum program {
	PROGRAM_UNKNOWN,
	PROGRAM_CHRONY,
	PROGRAM_NTPD,
	PROGRAM_NTPDATE,
	PROGRAM_TIMESYNCD,
	PROGRAM_WINDOWS,
	PROGRAM_SIMPLE,	  /* busybox, OpenNTPD: a header of zeros */
	PROGRAM_EMBEDDED, /* a device, or a sketch of a few lines */
	PROGRAMS
};

enum program program_of(const struct clients_view *v);

/* "chrony": for programs. */
const char *program_name(enum program p);

/* "chronyd": for people, in a sentence. */
const char *program_say(enum program p);

/* What its owner does so that it asks as it should: a sentence or two. */
const char *program_mend(enum program p);

#endif
