/* SPDX-License-Identifier: ISC */
/*
 * made.h - snapshots made by hand, one for each state.  Five upstreams, each
 * a group of its own; the third, with the long name, is half a second off.
 */
#ifndef MADE_H
#define MADE_H

#include "view/snapshot.h"

/* 4 of 5 groups agree; upstream 0 is the one that our reference id names. */
struct snapshot made_synced(void);

/*
 * 12 s after a cold start: 0 has answered, the name of 1 does not resolve, 2
 * was asked, 3 says that it is unsynchronised, 4 comes next.
 */
struct snapshot made_starting(void);

/* 0 and 4 are silent, 1 too and the network says so, 2 sends kisses, 3 says
 * that it is unsynchronised. */
struct snapshot made_holdover(void);

/* As synced, but all agree that we are 3.4 s slow. */
struct snapshot made_panic(void);

/*
 * As synced, with the sibling gw2.  It asked upstream 0 last, and we asked
 * upstream 1; the rest it has not asked.
 */
struct snapshot made_paired(void);

/* The same, when it has not been heard for 12 min. */
struct snapshot made_unheard(void);

/* A sibling that does not know our field. */
struct snapshot made_plain(void);

/* A mad one. */
struct snapshot made_dropped(void);

/* One host, 127.0.0.1, on as many ports: 11123 and so on. */
void made_one_host(struct snapshot *s);

#endif
