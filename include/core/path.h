/* SPDX-License-Identifier: ISC */
/*
 * path.h - the delays of the path to one server, and what they say about a
 * sample's error.
 *
 * What a packet was delayed above the floor of its path waited in queues, on
 * the way there or back: the error of the offset is anywhere within half of
 * that.  The floor is the least delay seen lately, and a little above the
 * true one; a change of route ends it.
 */
#ifndef CORE_PATH_H
#define CORE_PATH_H

#include "base/wire.h"
#include "core/filter.h"

#include <stdbool.h>

#define PATH_WINDOW 128 /* delays behind a floor */

struct path {
	unsigned count, next;	  /* in delay[], a ring */
	float delay[PATH_WINDOW]; /* s */
	float sorted[PATH_WINDOW];
	double prior;  /* s, mean excess to expect of few delays */
	double floor;  /* s, least delay seen lately */
	double excess; /* s, mean above it */
	double sigma;  /* s, doubt of the floor */
};

void path_init(struct path *p);

/*
 * Enters a delay, > 0.  If it shows that the route has changed, the floor
 * begins anew and the answer is how far it jumped, > 0; else 0.
 */
double path_add(struct path *p, double delay);

/* What a sample of that delay is worth; path_add() came before. */
struct noise path_noise(const struct path *p, double delay);

/*
 * The shape of the window, condensed.  False, and *p is as it was, if what
 * was read is no such shape.
 */
void path_write(const struct path *p, struct wire_out *w);
bool path_read(struct path *p, struct wire *w);

#endif
