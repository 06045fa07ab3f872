/* SPDX-License-Identifier: ISC */
/*
 * book.h - keeps the ledger on disk: append, sync.
 *
 * The files are those of core/ledger_record.h, in a directory of ours.  Where
 * they cannot be written, a second directory (run_dir) takes their place, and
 * the ledger is frugal; where that cannot be written either, nobody asks.
 * What is damaged is set aside under another name, never thrown away.  The
 * second directory also has a copy of the witness, so that an older ledger
 * put in the place of the newest (a backup, an image) is seen in this boot.
 */
#ifndef SYS_BOOK_H
#define SYS_BOOK_H

#include "base/err.h"
#include "core/ledger.h"
#include "core/ledger_record.h"

#include <stdbool.h>
#include <stdint.h>

#define BOOK_PATH_MAX 256

enum book_how {
	BOOK_FIRST,	/* nothing was there: a first start */
	BOOK_GOOD,	/* read, and all is well */
	BOOK_MENDED,	/* read, but something was wrong: why says what */
	BOOK_LOST,	/* not readable: set aside; the ledger is frugal */
	BOOK_ELSEWHERE, /* not writable: in the second directory; frugal */
	BOOK_NOWHERE	/* not writable anywhere: nothing may be asked */
};

struct book {
	char dir[BOOK_PATH_MAX];    /* where it is kept now */
	char second[BOOK_PATH_MAX]; /* "": there is none */
	int ring, witness;	    /* -1: not open */
	int copy;		    /* of the witness, in second */
	uint64_t sequence;	    /* of the latest record */
	uint64_t boot;
	bool moved; /* what was in the place of a file was set aside */
};

/* Who this boot is, from the kernel's boot id; 0: it does not say. */
uint64_t book_boot(void);

/*
 * Reads the ledger of dir (or of second, if that one is newer) into l, which
 * was initialised, and makes the files ready.  evidence: other state says
 * that this is no first start.  new_boot is for ledger_start().  why is one
 * sentence for all but BOOK_FIRST and BOOK_GOOD.
 */
enum book_how book_open(struct book *b, const char *dir, const char *second,
    bool evidence, struct ledger *l, struct mono now, bool *new_boot,
    struct err *why);

/*
 * Appends the ledger as it is now; returns when it is on disk.  wall is UTC
 * if a majority has verified it, else ns 0.  On failure the second directory
 * is tried, with *l frugal from then on; -1 if that fails too: what was to be
 * sent must not be.
 */
int book_append(struct book *b, struct ledger *l, struct mono now,
    struct wall wall, struct err *e);

void book_close(struct book *b);

#endif
