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

#endif
