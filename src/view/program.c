/* SPDX-License-Identifier: ISC */
#include "view/program.h"

#include "core/packet.h"

#include <assert.h>

static const struct {
	const char *name, *say, *mend;
} program[PROGRAMS] = {
	[PROGRAM_UNKNOWN] = { "unknown", "a program that we do not know",
	    "Find the program that sends to UDP port 123 (\"ss -uanp\" on "
	    "Linux shows it), and let it ask at most once in 64 seconds." },
	[PROGRAM_CHRONY] = { "chrony", "chronyd",
	    "Remove minpoll and maxpoll from the server lines of chrony.conf; "
	    "iburst may stay.  \"chronyc sources\" tells whether it takes our "
	    "answers.  One chronyd a machine is enough: containers need "
	    "none." },
	[PROGRAM_NTPD] = { "ntpd", "ntpd",
	    "Remove minpoll, maxpoll and burst from the server lines of "
	    "ntp.conf; iburst may stay.  \"ntpq -p\" tells whether it takes "
	    "our answers.  See that one ntpd runs, and not many." },
	[PROGRAM_NTPDATE] = { "ntpdate", "ntpdate or sntp",
	    "It is started again and again, by cron or by a script.  Remove "
	    "that, and let a daemon (chronyd, ntpd, systemd-timesyncd) keep "
	    "the time instead." },
	[PROGRAM_TIMESYNCD] = { "timesyncd", "systemd-timesyncd",
	    "Remove PollIntervalMinSec and PollIntervalMaxSec from "
	    "timesyncd.conf, and see with \"journalctl -u systemd-timesyncd\" "
	    "that it is not started again and again." },
	[PROGRAM_WINDOWS] = { "w32time", "the Windows time service",
	    "Set it up as a client: w32tm /config /update "
	    "/syncfromflags:manual /manualpeerlist:\"SERVER,0x8\", and leave "
	    "SpecialPollInterval at 1024 seconds or more.  Members of a domain "
	    "ask their domain controller (/syncfromflags:domhier)." },
	[PROGRAM_SIMPLE] = { "simple",
	    "a simple client such as busybox or OpenNTPD",
	    "See that one of them runs, started once: \"ps\" shows how many.  "
	    "Scripts that start it again and again must end the one before, "
	    "or go." },
	[PROGRAM_EMBEDDED] = { "embedded",
	    "a device, or a program of a few lines",
	    "Update the firmware, or set its interval to 64 seconds or more "
	    "and its waiting time after a failure to twice the last.  If it "
	    "offers neither, ask its maker." },
};

/* Octet i of the header. */
static unsigned
octet(uint64_t header, unsigned i)
{
	return (unsigned)(header >> (56 - 8 * i) & 0xff);
}

static enum program
of_version_3(uint64_t h)
{
	unsigned mode = octet(h, 0) & 7, leap = octet(h, 0) >> 6;

	if (mode == MODE_SYMMETRIC_ACTIVE || (leap == 3 && octet(h, 2) >= 6))
		return PROGRAM_WINDOWS;
	return PROGRAM_EMBEDDED;
}

/* One client that keeps its port is none that draws a new one each time. */
static enum program
of_zeros(const struct clients_view *v)
{
	const struct suspect_facts *f = &v->facts;

	return f->counted == SUSPECT_BY_PORTS && f->clients < 3 ?
	    PROGRAM_TIMESYNCD :
	    PROGRAM_SIMPLE;
}

static enum program
of_version_4(const struct clients_view *v)
{
	uint64_t h = v->facts.header;
	int precision = (int8_t)octet(h, 3);

	if (h == UINT64_C(0x2300000000000000))
		return of_zeros(v);
	if (octet(h, 0) == 0x23 && octet(h, 1) == 0 && octet(h, 3) == 0x20)
		return PROGRAM_CHRONY; /* a precision that no clock has */
	if (octet(h, 0) == 0xe3 && h << 32 == UINT64_C(0x00010000) << 32)
		return PROGRAM_NTPDATE; /* a root delay of 1 s */
	if (octet(h, 0) == 0xe3 && octet(h, 2) == 6 && octet(h, 3) == 0xec)
		return PROGRAM_EMBEDDED; /* Arduino's example */
	if (octet(h, 2) >= 3 && precision <= -10 && precision >= -30)
		return PROGRAM_NTPD;
	return PROGRAM_UNKNOWN;
}

enum program
program_of(const struct clients_view *v)
{
	unsigned version = octet(v->facts.header, 0) >> 3 & 7;

	if (v->ms_sntp)
		return PROGRAM_WINDOWS;
	if (v->suspected && version == 4)
		return of_version_4(v);
	if (v->suspected && version == 3)
		return of_version_3(v->facts.header);
	if (v->suspected || (v->versions & 1 << 1) != 0)
		return PROGRAM_EMBEDDED;
	if (v->versions == 1 << 3 && v->modes == 1 << MODE_SYMMETRIC_ACTIVE)
		return PROGRAM_WINDOWS;
	return PROGRAM_UNKNOWN;
}

const char *
program_name(enum program p)
{
	assert(p < PROGRAMS);
	return program[p].name;
}

const char *
program_say(enum program p)
{
	assert(p < PROGRAMS);
	return program[p].say;
}

const char *
program_mend(enum program p)
{
	assert(p < PROGRAMS);
	return program[p].mend;
}
