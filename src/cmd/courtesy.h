/* SPDX-License-Identifier: ISC */
/*
 * courtesy.h - the tool's own ledger: what query and survey may send to
 * servers of strangers.
 *
 * The rules are those of core/ledger.h, the file that of sys/book.h, kept in
 * $XDG_STATE_HOME/ntpgate or ~/.local/state/ntpgate, for root in
 * /var/lib/ntpgate/tool.  It is opened, and locked, when the first public
 * address is to be asked, until courtesy_close(); toward a lab nothing is
 * needed.  Where it cannot be kept, no stranger is asked.
 */
#ifndef COURTESY_H
#define COURTESY_H

#include "base/addr.h"
#include "base/err.h"
#include "core/ledger.h"
#include "sys/book.h"

#include <stdbool.h>

struct courtesy {
	bool open, failed;
	struct err failure; /* why, for whoever asks next */
	int lock;
	struct book book;
	struct ledger ledger;
};

#define COURTESY_CLOSED ((struct courtesy){ .lock = -1 })

/*
 * How many of these packets may go to a now, LEDGER_BURST_GAP_S apart: all
 * for a burst, one else; 0, and why says when.  -1: the ledger cannot be
 * kept.
 */
int courtesy_may(struct courtesy *c, const struct addr *a, unsigned packets,
    struct err *why);

/* Books one packet to a, on disk; only after 0 may it be sent.  -1: it must
 * not. */
int courtesy_spend(struct courtesy *c, const struct addr *a, struct err *e);

/* What the server said: a kiss code is remembered, an answer too ("" or
 * NULL). */
void courtesy_heard(struct courtesy *c, const struct addr *a, const char *kiss);

void courtesy_close(struct courtesy *c);

#endif
