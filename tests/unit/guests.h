/* SPDX-License-Identifier: ISC */
/*
 * guests.h - two tables with clients in them, healthy and sick, for the views
 * of them.
 *
 *	10.0.0.1	ten requests, a second apart, 100 s ago
 *	10.0.0.2	one request, 50 s ago
 *	10.0.0.3	500 requests of version 1, twenty a second, until now;
 *			in the second table
 *	2001:db8::4	a peer, twice, 20 s ago
 */
#ifndef GUESTS_H
#define GUESTS_H

#include "view/roll.h"

extern struct roll guests; /* of both tables, not begun */

void guests_init(void);

/* The present. */
struct mono guests_now(void);

/* The whole roll, begun and walked. */
void guests_call(enum roll_sort sort, bool flagged, unsigned limit);

/* What is known of an address; fatal if nothing is. */
struct clients_view guests_view(const char *text);

#endif
