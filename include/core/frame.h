/* SPDX-License-Identifier: ISC */
/*
 * frame.h - one captured packet, from the link layer down to NTP.
 *
 * Ethernet with VLAN tags, Linux "cooked" (two versions), raw IP, BSD
 * loopback, pf's log; IPv4 and IPv6 with its extension headers.  Packets may be cut:
 * what is not there is unknown, not wrong.
 */
#ifndef CORE_FRAME_H
#define CORE_FRAME_H

#include "core/talk.h"

enum frame_verdict {
	FRAME_NTP,	/* UDP of port 123: the event is filled, but for at */
	FRAME_OTHER,	/* something else */
	FRAME_FRAGMENT, /* a later fragment: whose, it does not say */
	FRAME_BAD,	/* cut before the ports, or no packet at all */
	FRAME_VERDICTS
};

/* Is this link type (as libpcap numbers it, DLT_*) one of those? */
bool frame_knows(int link);

/* link is known.  octets is borrowed for the call. */
enum frame_verdict frame_read(int link, const uint8_t *octets, size_t len,
    struct talk_event *e);

#endif
