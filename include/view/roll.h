/* SPDX-License-Identifier: ISC */
/*
 * roll.h - calls the roll of all clients: who is in the tables, and the
 * foremost of them by some order.
 *
 * A million places take a tenth of a second; who has other work meanwhile
 * walks a few at a time.  The tables may be in use.
 */
#ifndef VIEW_ROLL_H
#define VIEW_ROLL_H

#include "core/clients.h"
#include "core/diagnose.h"

#include <stdbool.h>
#include <stddef.h>

#define ROLL_MOST 1000 /* rows */
#define ROLL_TABLES 256

enum roll_sort { ROLL_BY_RATE, ROLL_BY_REQUESTS, ROLL_BY_LAST };

struct roll_order {
	enum roll_sort sort;
	bool flagged;	/* the sick alone */
	bool rogues;	/* those alone that the firewall brought here */
	unsigned limit; /* rows, at most ROLL_MOST */
};

struct roll_row {
	double key; /* the larger, the further ahead */
	struct clients_view view;
};

/* Begin with zeros and the tables, which are borrowed. */
struct roll {
	unsigned tables;
	const struct clients *table[ROLL_TABLES];

	struct roll_order order;
	struct mono now;
	unsigned at; /* table */
	size_t slot;

	/* Of all hosts, whatever the order wants: */
	uint64_t hosts, sick, rogues;
	/* different ones in the last hour, day, 30 days; a client has one
	 * table, so that they add up */
	double hour, day, month;
	uint64_t wanted; /* rows that there would be without a limit */
	unsigned rows;
	struct roll_row row[ROLL_MOST];
};

void roll_begin(struct roll *r, const struct roll_order *o, struct mono now);

/* Looks at so many places; false: that was all, and the rows are in order. */
bool roll_walk(struct roll *r, size_t places);

/* The host a in any of the tables. */
bool roll_find(const struct roll *r, const struct addr *a, struct mono now,
    struct clients_view *v);

#endif
