/* SPDX-License-Identifier: ISC */
/*
 * dash.h - the page at "/": whether the time is right, and all that belongs
 * to it, for a person who looks for five seconds.
 *
 * It is whole without a script and without a style sheet: headings, sentences
 * and tables.  ntpgate.css makes it fit any screen; ntpgate.js keeps it alive
 * (parts with data-live, words with data-k) and lets tables be sorted (cells
 * with data-v).  Nothing in it is a style or a script of its own, so the
 * strictest policy holds.
 */
#ifndef VIEW_DASH_H
#define VIEW_DASH_H

#include "base/text.h"
#include "view/history.h"
#include "view/roll.h"
#include "view/snapshot.h"

struct dash {
	const struct snapshot *s; /* NULL: the engine has not yet spoken */
	const struct history *h;
	enum history_span span;	 /* of the plots */
	double age_s;		 /* of s */
	struct wall clock;	 /* the machine's, while s does not know */
	const struct roll *rate; /* hosts that ask most; NULL: not known */
	const struct roll *sick; /* those that misbehave; likewise */
};

void dash_print(const struct dash *d, struct text *out);

/* The questions that one looks for first (dash_cards.c); and, of an offset,
 * "slow" or "fast". */
const char *dash_slow_or_fast(double offset);
void dash_cards(const struct dash *d, struct wall now, struct text *out);

/* The tables at its end (dash_table.c). */
void dash_servers(const struct snapshot *s, struct text *out);
void dash_packets(const struct snapshot *s, struct text *out);
void dash_requests(const struct snapshot *s, struct text *out);

/* id is that of the part of the page. */
void dash_hosts(const char *id, const char *caption, const struct roll *r,
    struct text *out);

#endif
