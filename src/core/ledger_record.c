/* SPDX-License-Identifier: ISC */
#include "core/ledger_record.h"

#include "base/sealed.h"

#include <math.h>
#include <string.h>

#define AGE_MAX_NS (INT64_C(3650) * 86400 * 1000000000)
#define RING_OCTETS ((size_t)LEDGER_RECORD * LEDGER_RING)

static const struct sealed kind = { "a record of the ledger", "ntpledg", 7, 1 };

enum { PUBLIC = 1, SPENT = 2, BURSTED = 4, RETIRED = 8 };

/* The kth slot back from the one that is being filled. */
static unsigned
newest_first(unsigned slot, unsigned k)
{
	return (slot + LEDGER_SLOTS - k) % LEDGER_SLOTS;
}

/* ---- writing ---- */

static void
put_mono(struct wire_out *w, struct mono t)
{
	wire_put_u64(w, (uint64_t)t.ns);
}

static void
put_line(struct wire_out *w, const struct ledger *l,
    const struct ledger_line *n)
{
	wire_put_u64(w, n->id);
	wire_put_u8(w,
	    (uint8_t)((n->public ? PUBLIC : 0) | (n->spent ? SPENT : 0) |
		(n->bursted ? BURSTED : 0) | (n->retired ? RETIRED : 0)));
	put_mono(w, n->last);
	put_mono(w, n->burst);
	wire_put_u8(w, n->burst_left);
	wire_put_u64(w, n->total);
	wire_put_u32(w, (uint32_t)n->backoff_s);
	wire_put_u32(w, (uint32_t)ceil(n->floor_s));
	put_mono(w, n->rated);
	wire_put(w, n->kiss, 4);
	put_mono(w, n->kissed);
	wire_put_u32(w, n->kisses);
	wire_put_u8(w, n->denied);
	put_mono(w, n->retired_at);
	for (unsigned k = 0; k < LEDGER_SLOTS; k++)
		wire_put_u16(w, n->sent[newest_first(l->slot, k)]);
}

void
ledger_record_write(const struct ledger *l, const struct ledger_stamp *s,
    uint8_t octets[LEDGER_RECORD])
{
	struct wire_out w = { octets, LEDGER_RECORD - SEALED_SUM, false };
	unsigned lines = 0;

	memset(octets, 0, LEDGER_RECORD);
	sealed_begin(&w, &kind);
	wire_put_u64(&w, s->sequence);
	wire_put_u64(&w, s->boot);
	put_mono(&w, s->now);
	wire_put_u64(&w, (uint64_t)s->wall.ns);
	wire_put_u64(&w, l->total);
	put_mono(&w, l->last);
	put_mono(&w, l->slot_began);
	for (unsigned k = 0; k < LEDGER_SLOTS; k++)
		wire_put_u32(&w, l->sent[newest_first(l->slot, k)]);
	wire_put_u8(&w, (uint8_t)l->starts);
	for (unsigned k = 0; k < LEDGER_STARTS; k++)
		put_mono(&w, l->start[k]);
	wire_put_u8(&w, l->frugal);
	put_mono(&w, l->frugal_end);
	for (unsigned i = 0; i < LEDGER_LINES; i++)
		lines += l->line[i].id != 0;
	wire_put_u8(&w, (uint8_t)lines);
	for (unsigned i = 0; i < LEDGER_LINES; i++)
		if (l->line[i].id != 0)
			put_line(&w, l, &l->line[i]);
	w = (struct wire_out){ octets + LEDGER_RECORD - SEALED_SUM, SEALED_SUM,
		w.bad };
	sealed_end(&w, octets);
}

/* ---- reading ---- */

/* The sequence of a whole record, or 0. */
static uint64_t
whole(const uint8_t *octets)
{
	struct wire w = { octets, LEDGER_RECORD, false };
	struct err e;

	return sealed_open(&w, &kind, &e) == -1 ? 0 : wire_u64(&w);
}

/* From the clock of the record to ours. */
struct carry {
	struct mono now; /* of the reading */
	int64_t by;	 /* ns, to be added */
};

/* What would be later than now is now: the future forbids nothing.  Before
 * the beginning is the beginning: differences must not overflow. */
static struct mono
get_mono(struct wire *w, const struct carry *c)
{
	struct mono t = { (int64_t)wire_u64(w) };

	if (__builtin_add_overflow(t.ns, c->by, &t.ns) || t.ns > c->now.ns)
		t = c->now;
	if (t.ns < c->now.ns - AGE_MAX_NS)
		t.ns = c->now.ns - AGE_MAX_NS;
	return t;
}

/* It may lie ahead, by a day at most. */
static struct mono
get_frugal_end(struct wire *w, const struct carry *c)
{
	struct mono t = { (int64_t)wire_u64(w) };
	struct mono most = mono_add(c->now, LEDGER_FRUGAL_S);

	if (__builtin_add_overflow(t.ns, c->by, &t.ns))
		return most;
	return mono_min(t, most);
}

static void
get_line(struct wire *w, const struct carry *c, struct ledger_line *n)
{
	uint8_t flags;

	n->id = wire_u64(w);
	flags = wire_u8(w);
	n->public = flags & PUBLIC;
	n->spent = flags & SPENT;
	n->bursted = flags & BURSTED;
	n->retired = flags & RETIRED;
	n->last = get_mono(w, c);
	n->burst = get_mono(w, c);
	(void)wire_u8(w); /* a burst does not outlive its process */
	n->total = wire_u64(w);
	n->backoff_s = wire_u32(w);
	n->floor_s = fmin(wire_u32(w), LEDGER_FLOOR_MAX_S);
	n->rated = get_mono(w, c);
	wire_copy(w, n->kiss, 4);
	n->kissed = get_mono(w, c);
	n->kisses = wire_u32(w);
	n->denied = wire_u8(w);
	n->retired_at = get_mono(w, c);
	for (unsigned k = 0; k < LEDGER_SLOTS; k++)
		n->sent[newest_first(0, k)] = wire_u16(w);
}

/* A record that is whole, on our clock. */
static bool
read_record(struct ledger *l, const uint8_t *octets,
    const struct ledger_stamp *s, bool *new_boot)
{
	struct wire w = { octets + 16, LEDGER_RECORD - 24, false };
	struct ledger was = *l;
	struct carry c = { .now = s->now };
	uint64_t boot = wire_u64(&w);
	int64_t written = (int64_t)wire_u64(&w);
	unsigned lines;

	*new_boot = boot != s->boot || boot == 0 || written > s->now.ns;
	/* Another boot's clock: as if no time had gone by (ledger.h). */
	if (*new_boot && written >= 0)
		c.by = s->now.ns - written;
	l->gap_wall.ns = (int64_t)wire_u64(&w);
	l->gap_read = s->now;
	l->gap_open = *new_boot && l->gap_wall.ns != 0;
	l->total = wire_u64(&w);
	l->last = get_mono(&w, &c);
	l->slot_began = get_mono(&w, &c);
	l->slot = 0;
	for (unsigned k = 0; k < LEDGER_SLOTS; k++)
		l->sent[newest_first(0, k)] = wire_u32(&w);
	l->starts = wire_u8(&w);
	for (unsigned k = 0; k < LEDGER_STARTS; k++)
		l->start[k] = get_mono(&w, &c);
	l->frugal = wire_u8(&w);
	l->frugal_end = get_frugal_end(&w, &c);
	lines = wire_u8(&w);
	if (l->starts > LEDGER_STARTS || lines > LEDGER_LINES || written < 0)
		w.bad = true;
	for (unsigned i = 0; i < lines && !w.bad; i++)
		get_line(&w, &c, &l->line[i]);
	if (w.bad)
		*l = was;
	return !w.bad;
}

static bool
empty(const uint8_t *octets)
{
	for (size_t i = 0; i < LEDGER_RECORD; i++)
		if (octets[i] != 0)
			return false;
	return true;
}

/* The newest whole record of the ring; torn: one was begun after it. */
static const uint8_t *
newest(const uint8_t *ring, size_t len, uint64_t *sequence, bool *torn)
{
	const uint8_t *best = NULL, *next;

	*sequence = 0;
	for (size_t at = 0; at + LEDGER_RECORD <= len; at += LEDGER_RECORD) {
		uint64_t n = whole(ring + at);

		if (n > *sequence) {
			*sequence = n;
			best = ring + at;
		}
	}
	*torn = false;
	if (len != RING_OCTETS)
		return best;
	next = ring + (*sequence + 1) % LEDGER_RING * LEDGER_RECORD;
	*torn = whole(next) == 0 && !empty(next);
	return best;
}

/* The packet of a record that was cut: nobody knows whose it was. */
static void
add_torn(struct ledger *l, struct mono now)
{
	l->total++;
	l->sent[l->slot]++;
	l->last = now;
	for (unsigned i = 0; i < LEDGER_LINES; i++)
		if (l->line[i].id != 0) {
			l->line[i].spent = true;
			l->line[i].last = now;
		}
}

enum ledger_found
ledger_record_read(struct ledger *l, const uint8_t *ring, size_t ring_len,
    const uint8_t *witness, size_t witness_len, const struct ledger_stamp *s,
    uint64_t *sequence, bool *new_boot)
{
	bool torn, good = ring_len == RING_OCTETS;
	const uint8_t *best = newest(ring, ring_len, sequence, &torn);
	uint64_t seen = witness_len == LEDGER_RECORD ? whole(witness) : 0;

	*new_boot = true;
	if (ring_len == 0 && witness_len == 0)
		return LEDGER_NEW;
	/* A ring that was cut may have lost its newest: only the witness can
	 * say that it has not. */
	if (seen >= *sequence && seen > 0 && (seen > *sequence || !good)) {
		*sequence = seen;
		best = witness;
		good = false;
	} else if (!good || best == NULL) {
		return LEDGER_LOST;
	}
	if (!read_record(l, best, s, new_boot))
		return LEDGER_LOST;
	if (best == witness && !good)
		return LEDGER_WITNESS;
	if (torn)
		add_torn(l, s->now);
	return torn ? LEDGER_TORN : LEDGER_GOOD;
}
