/* SPDX-License-Identifier: ISC */
/*
 * brief.h - how we are, in one line: what "systemctl status" shows.
 */
#ifndef VIEW_BRIEF_H
#define VIEW_BRIEF_H

#include "base/text.h"
#include "view/snapshot.h"

#define BRIEF_MAX 256

/* "synced, within 820 us (95 %), stratum 3, 212 hosts; 96 of 640 packets
 * today"; no line end, no names. */
void brief_print(const struct snapshot *s, struct text *out);

#endif
