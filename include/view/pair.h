/* SPDX-License-Identifier: ISC */
/*
 * pair.h - the two gateways of a site, for people: is the other one well, and
 * whose turn is it?
 */
#ifndef VIEW_PAIR_H
#define VIEW_PAIR_H

#include "view/page.h"
#include "view/snapshot.h"

enum pair_who {
	PAIR_NOBODY, /* it is not asked now */
	PAIR_OURS,
	PAIR_SIBLING
};

struct pair_turn {
	enum pair_who who;
	double in_s;
};

/* The next question to upstream i, as schedule.h says: whoever asked last
 * yields.  Without a sibling that is heard all turns are ours. */
struct pair_turn pair_turn(const struct snapshot *s, unsigned i);

/* What it calls itself; its host, while it has not said. */
const char *pair_name(const struct snapshot *s);

/* "servers", "poll", ...: what both should agree in, the bits of
 * snapshot_sibling.differs. */
#define PAIR_DIGESTS (LINK_DIGESTS + 1)
const char *pair_digest_name(unsigned d);

/* "; half of the site's" behind a budget, which it is if there are two. */
const char *pair_half(const struct snapshot *s);

/* "; asked by gw2 12 min ago, next by us in 34 min", of upstream i; "" if the
 * sibling has not asked it. */
#define PAIR_ASKED 160
char *pair_asked(const struct snapshot *s, unsigned i, char buf[PAIR_ASKED]);

/* Its line in "status"; nothing if there is none. */
void pair_status(const struct page *p, const struct snapshot *s);

void pair_table(const struct snapshot *s, const struct table_style *style,
    struct text *out);

#endif
