/* SPDX-License-Identifier: ISC */
/*
 * attack.h - is somebody at it?  From what two snapshots count between them.
 *
 * Nothing of it does harm: what is not asked for is not believed, and what has
 * a wrong MAC is not answered.  But who sees thousands of answers that nobody
 * asked for is the target of a flood that others reflect, and who sees wrong
 * MACs has a host with an old key, or one that tries keys.
 */
#ifndef VIEW_ATTACK_H
#define VIEW_ATTACK_H

#include "base/text.h"
#include "view/snapshot.h"

#define ATTACK_SPAN 9.0 /* s, between two looks at least */
/* Suspected from so many packets a second on: answers that nobody asked for,
 * which a site has none of; and wrong MACs, which three thousand hosts send
 * that missed a change of keys and ask once a minute. */
#define ATTACK_UNASKED 5.0
#define ATTACK_MACS 50.0
#define ATTACK_QUIET 300.0 /* s below that: it is over */

enum attack_news { ATTACK_NOTHING, ATTACK_BEGINS, ATTACK_ENDS };

/* Zeros at first. */
struct attack {
	bool begun, on;
	double uptime_s;	/* of the last snapshot */
	double seen_s;		/* uptime when it was last seen */
	uint64_t unasked, macs; /* ever, at the last snapshot */
	uint64_t during[2];	/* since it began: unasked, wrong MACs */
};

/*
 * Looks at a snapshot, unless it comes too soon.  If it says that an attack
 * begins or ends, the sentence on that goes to *why, which is the caller's.
 */
enum attack_news attack_look(struct attack *a, const struct snapshot *s,
    struct text *why);

#endif
