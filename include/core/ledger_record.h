/* SPDX-License-Identifier: ISC */
/*
 * ledger_record.h - the ledger as octets on disk.
 *
 * Two files.  The ring (state_dir/ledger) has LEDGER_RING records of
 * LEDGER_RECORD octets, made whole before the first packet, so that a full
 * disk does not matter afterwards; each append writes the whole ledger as
 * the next record, and syncs it.  The witness (state_dir/ledger.witness) is
 * one record, a copy of the latest.  A record, all big-endian:
 *
 *	8	"ntpledg" and the version of this format, 1
 *	8	sequence, from 1; the place in the ring is sequence mod LEDGER_RING
 *	8	who the boot is (of its boot id)
 *	8	raw clock of that boot at writing, ns: all instants are on it
 *	8	UTC at writing, ns since 1970, or 0: not verified by a majority
 *	8	packets to all, ever
 *	8	last packet to anyone
 *	8	begin of the current slot
 *	4	packets in it, and in the 48 before, newest first: 49 x 4
 *	1	starts remembered, then 13 x 8 instants
 *	1	frugal, 8 until when
 *	1	number of lines, then for each 173 octets:
 *		8 id, 1 flags (1 public, 2 spent, 4 bursted, 8 retired),
 *		8 last, 8 burst, 1 burst left, 8 total, 4 back-off s,
 *		4 floor s, 8 rated, 4 kiss code, 8 kissed, 4 kisses,
 *		1 denied, 8 retired at, packets in slots as above: 49 x 2
 *	...	zeros
 *	8	FNV-1a of all before
 */
#ifndef CORE_LEDGER_RECORD_H
#define CORE_LEDGER_RECORD_H

#include "core/ledger.h"

#include <stddef.h>

#define LEDGER_RECORD 8192
#define LEDGER_RING 64

/* What is known when a record is written or read. */
struct ledger_stamp {
	uint64_t sequence;
	uint64_t boot; /* who this boot is; 0: nobody knows */
	struct mono now;
	struct wall wall; /* ns 0: not verified */
};

void ledger_record_write(const struct ledger *l, const struct ledger_stamp *s,
    uint8_t octets[LEDGER_RECORD]);

enum ledger_found {
	LEDGER_NEW, /* no file: a first start, if nothing else is there */
	LEDGER_GOOD,
	LEDGER_TORN,	/* the last append was cut: one packet is added */
	LEDGER_WITNESS, /* the ring is missing or damaged, its copy is not */
	LEDGER_LOST	/* something is there, and nothing of it can be read */
};

/*
 * What the two files say.  ring or witness may be NULL with length 0: not
 * there.  *l, which was initialised, is filled by all but LEDGER_NEW and
 * LEDGER_LOST; its limits stay.  *sequence is that of the newest record, 0 if
 * none; *new_boot whether it was written by another boot.  s->now and s->boot
 * are of the reading; instants that cannot be are those of now.
 */
enum ledger_found ledger_record_read(struct ledger *l, const uint8_t *ring,
    size_t ring_len, const uint8_t *witness, size_t witness_len,
    const struct ledger_stamp *s, uint64_t *sequence, bool *new_boot);

#endif
