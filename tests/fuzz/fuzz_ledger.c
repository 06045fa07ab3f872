/* SPDX-License-Identifier: ISC */
/*
 * Any octets as the ledger on disk: as they are; and as what was changed in a
 * good one, the checksum made right or not.  Either nothing of it is taken,
 * and the ledger is as before; or what is taken is a ledger that grants no
 * packet before a floor after the last one, grants one within two days, and
 * reads the same when it is written again.
 *
 * A change is: an octet of flags; then for each three octets a place in the
 * newest record (16 bits) and what is turned over there.
 */
#include "base/wire.h"
#include "core/ledger_record.h"

#include <assert.h>
#include <math.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

enum { REPAIR = 1, RING_TOO = 2, CUT_RING = 4, CUT_WITNESS = 8, NO_RING = 16 };

#define SUM_AT (LEDGER_RECORD - 8)
#define RECORDS 3 /* in the good ring */

static const struct ledger_stamp stamp = { .sequence = RECORDS,
	.boot = 1,
	.now = { 1000000000000000 } };

static struct mono
ago(double s)
{
	return mono_add(stamp.now, -s);
}

/* Servers of every fate. */
static void
good(struct ledger *l)
{
	ledger_init(l, 640, 64, ago(90000));
	for (uint8_t i = 0; i < 5; i++) {
		struct addr a = addr_v4((uint8_t[4]){ 8, 8, 8, i });
		unsigned line = ledger_line(l, &a);

		for (unsigned n = 0; n < 20; n++)
			ledger_spend(l, line, ago(80000 - 1000 * n - i));
	}
	ledger_start(l, ago(5000), false);
	ledger_start(l, ago(4000), false);
	ledger_kiss(l, 1, "RATE", 1024, ago(3000));
	ledger_kiss(l, 2, "DENY", 1024, ago(3000));
	ledger_kiss(l, 2, "RSTR", 1024, ago(2000));
	l->line[3].backoff_s = 8192;
	ledger_be_frugal(l, ago(70000));
}

static enum ledger_found
read_files(struct ledger *l, const uint8_t *ring, size_t ring_len,
    const uint8_t *witness, size_t witness_len)
{
	uint64_t sequence;
	bool new_boot;

	return ledger_record_read(l, ring, ring_len, witness, witness_len,
	    &stamp, &sequence, &new_boot);
}

/* Never too early, and never not at all. */
static void
grants(struct ledger *l, unsigned i)
{
	struct mono last = l->line[i].last, t = stamp.now;
	bool spent = l->line[i].spent;
	double gap = ledger_floor(l, i, t);

	for (unsigned tries = 0; !ledger_spend(l, i, t); tries++) {
		struct mono when = ledger_when(l, i, t);

		assert(tries < 200);
		assert(when.ns > t.ns);
		assert(mono_sub(when, stamp.now) <= 2 * 86400.0);
		t = when;
	}
	/* a floor that ends meanwhile (frugal) is no floor any more */
	if (spent && ledger_floor(l, i, t) >= gap)
		assert(mono_sub(t, last) >= gap - 1e-3);
}

static void
reads_the_same(const struct ledger *l)
{
	static uint8_t ring[LEDGER_RING * LEDGER_RECORD];
	static uint8_t again[LEDGER_RECORD];
	uint8_t *at = ring + stamp.sequence % LEDGER_RING * LEDGER_RECORD;
	static struct ledger copy;

	ledger_record_write(l, &stamp, at);
	ledger_init(&copy, l->budget_day, l->floor_s, stamp.now);
	assert(read_files(&copy, ring, sizeof(ring), at, LEDGER_RECORD) ==
	    LEDGER_GOOD);
	ledger_record_write(&copy, &stamp, again);
	assert(memcmp(at, again, LEDGER_RECORD) == 0);
}

static void
take(const uint8_t *ring, size_t ring_len, const uint8_t *witness,
    size_t witness_len)
{
	static uint8_t before[LEDGER_RECORD], after[LEDGER_RECORD];
	static struct ledger l, one;
	enum ledger_found found;

	ledger_init(&l, 640, 64, stamp.now);
	ledger_record_write(&l, &stamp, before);
	found = read_files(&l, ring, ring_len, witness, witness_len);
	if (found == LEDGER_NEW || found == LEDGER_LOST) {
		ledger_record_write(&l, &stamp, after);
		assert(memcmp(before, after, LEDGER_RECORD) == 0);
		return;
	}
	reads_the_same(&l);
	for (unsigned i = 0; i < LEDGER_LINES; i++) {
		one = l;
		if (one.line[i].id != 0)
			grants(&one, i);
	}
}

static void
change(uint8_t record[LEDGER_RECORD], const uint8_t *octets, size_t len,
    bool repair)
{
	struct wire_out w = { record + SUM_AT, 8, false };
	uint64_t h = 0xcbf29ce484222325; /* FNV-1a */

	for (size_t k = 0; k + 3 <= len; k += 3) {
		size_t at = (size_t)octets[k] << 8 | octets[k + 1];

		record[at % LEDGER_RECORD] ^= octets[k + 2];
	}
	for (size_t k = 0; repair && k < SUM_AT; k++)
		h = (h ^ record[k]) * 0x100000001b3;
	if (repair)
		wire_put_u64(&w, h);
}

int
LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	static uint8_t ring[LEDGER_RING * LEDGER_RECORD];
	static uint8_t witness[LEDGER_RECORD];
	static struct ledger l;
	struct ledger_stamp s = stamp;
	uint8_t *newest = ring + (size_t)RECORDS * LEDGER_RECORD;
	uint8_t how = len > 0 ? octets[0] : 0;
	size_t ring_len = sizeof(ring), witness_len = sizeof(witness);

	take(octets, len, octets, len / 2);
	good(&l);
	memset(ring, 0, sizeof(ring));
	for (s.sequence = 1; s.sequence <= RECORDS; s.sequence++)
		ledger_record_write(&l, &s,
		    ring + (size_t)s.sequence * LEDGER_RECORD);
	memcpy(witness, newest, sizeof(witness));
	if (len > 1)
		change(witness, octets + 1, len - 1, how & REPAIR);
	if (how & RING_TOO)
		memcpy(newest, witness, sizeof(witness));
	if (how & CUT_RING)
		ring_len -= len * 1000 % sizeof(ring);
	if (how & CUT_WITNESS)
		witness_len -= len % sizeof(witness);
	take(how & NO_RING ? NULL : ring, how & NO_RING ? 0 : ring_len, witness,
	    witness_len);
	return 0;
}
