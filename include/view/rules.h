/* SPDX-License-Identifier: ISC */
/*
 * rules.h - the listing of a packet filter's tables ("nft -s list table"),
 * made comparable.
 *
 * A listing becomes lines, each in a section: "chain forward", "set own4",
 * "limit day640", or the table itself.  Elements of sets are lines of their
 * own, in no order; those that the kernel adds by itself (dynamic sets) are
 * left out.  Two listings of one libnftables can be compared: what it prints
 * is what the kernel holds, whoever put it there.
 */
#ifndef VIEW_RULES_H
#define VIEW_RULES_H

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

struct rules;

/* Listings one after the other, as text; "" for no table.  NULL: no memory. */
struct rules *rules_new(const char *listing);
void rules_free(struct rules *r);

enum rules_same {
	RULES_SAME,
	RULES_ELEMENTS, /* but for elements of sets */
	RULES_OTHER	/* something else, too */
};

/* table NULL: all of them. */
enum rules_same rules_compare(const struct rules *was, const struct rules *is,
    const char *table);

/* One line that only one of two has. */
struct rules_change {
	bool added; /* in "is", not in "was" */
	const char *table;
	const char *section; /* "chain forward"; "": the table's own */
	const char *line;
};

/*
 * Says what is to be done to was, so that it is is: section by section, lines
 * in their order.  The number of lines; say may be NULL.
 */
size_t rules_diff(const struct rules *was, const struct rules *is,
    void (*say)(void *arg, const struct rules_change *c), void *arg);

/*
 * Commands that fill those sets of was anew that have other elements in is:
 * what is right after RULES_ELEMENTS, and loses nothing else.
 */
void rules_refill(const struct rules *was, const struct rules *is,
    struct text *t);

/*
 * Commands that remove the limits and counters that a table of was has and is
 * has not.  False if there is more to remove (a chain, a set) or something of
 * the table's own differs: then only the whole table can be.
 */
bool rules_leftover(const struct rules *was, const struct rules *is,
    const char *table, struct text *t);

/* Is it there? */
bool rules_has_table(const struct rules *r, const char *table);

#endif
