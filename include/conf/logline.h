/* SPDX-License-Identifier: ISC */
/*
 * logline.h - one line of a firewall's log.
 *
 * A table of patterns, one for each form of line: nftables and iptables, pf
 * (as tcpdump prints it, and pfSense's filterlog), Cisco ASA and IOS, Junos
 * (sessions, structured or not, and firewall filters).  Another firewall is
 * another row.  Lines of several may be mixed.
 */
#ifndef CONF_LOGLINE_H
#define CONF_LOGLINE_H

#include "core/talk.h"

#define LOGLINE_MAX 2048 /* octets; what is beyond is not read */

enum logline_verdict {
	LOGLINE_NTP,	 /* the event is filled */
	LOGLINE_OTHER,	 /* a firewall's, about something else */
	LOGLINE_FOREIGN, /* no firewall's that we know */
	LOGLINE_BAD,	 /* a firewall's, but damaged */
	LOGLINE_VERDICTS
};

enum logline_dialect {
	LOGLINE_NFTABLES, /* and iptables: the kernel writes both */
	LOGLINE_PF,
	LOGLINE_ASA,
	LOGLINE_IOS,
	LOGLINE_JUNOS,
	LOGLINE_DIALECTS
};

/* What one line leaves for the next; zeros at first. */
struct logline {
	enum talk_clock clock; /* TALK_UTC never */
	int64_t at;	       /* ns, of the line before */
	int year;    /* that was added because the months began anew */
	int month;   /* of the line before, 1 to 12 */
	bool deltas; /* stamps are differences */
	bool begun;
	unsigned lines[LOGLINE_DIALECTS]; /* NTP in each */
};

/*
 * line has no newline and is terminated.  If the verdict is LOGLINE_NTP, *e
 * is filled.
 */
enum logline_verdict logline_read(struct logline *l, const char *line,
    struct talk_event *e);

const char *logline_dialect_name(enum logline_dialect d);

#endif
