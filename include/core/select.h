/* SPDX-License-Identifier: ISC */
/*
 * select.h - who tells the truth.
 *
 * Marzullo's intersection as RFC 5905 11.2.1 has it, but counted over
 * groups: servers of one operator, network or reference are one voice.
 * A group says "the truth may be here" where more than half of its members
 * that speak do.  The truth is where most groups say so; there is a majority
 * if more than half of the groups do.
 */
#ifndef CORE_SELECT_H
#define CORE_SELECT_H

#include <stdbool.h>

#define SELECT_MAX 16

struct select_item {
	double offset;	 /* s, all items at one instant */
	double distance; /* s, > 0: it claims offset - distance to + distance */
	unsigned group;
	bool truechimer; /* out */
};

struct select_result {
	bool majority;	   /* a truth was found; else nothing else holds */
	double low, high;  /* s: the truth is between */
	unsigned groups;   /* that spoke */
	unsigned agreeing; /* groups behind the truth */
};

/* item[].truechimer is false for all without a majority.  n <= SELECT_MAX. */
struct select_result select_truth(struct select_item *item, unsigned n);

/*
 * How many of the agreeing groups may fall silent or lie, one after the
 * other, until no majority is left to find: the "losses until undecidable".
 */
unsigned select_losses(const struct select_result *r);

#endif
