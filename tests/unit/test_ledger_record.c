/* SPDX-License-Identifier: ISC */
#include "base/fnv.h"
#include "core/ledger_record.h"

#include "unit.h"

#include <string.h>

#define BOOT 0xb007
#define NOON (INT64_C(1767225600) * 1000000000)

static uint8_t ring[LEDGER_RING * LEDGER_RECORD];
static uint8_t witness[LEDGER_RECORD];
static struct ledger l, got;
static unsigned a;
static uint64_t sequence;
static bool new_boot;

static struct mono
at(double s)
{
	return (struct mono){ (int64_t)(s * 1e9) };
}

static void
append(uint64_t n, double t)
{
	struct ledger_stamp s = { .sequence = n,
		.boot = BOOT,
		.now = at(t),
		.wall = { NOON + (int64_t)(t * 1e9) } };

	ledger_record_write(&l, &s, ring + n % LEDGER_RING * LEDGER_RECORD);
	memcpy(witness, ring + n % LEDGER_RING * LEDGER_RECORD, LEDGER_RECORD);
}

/* 100 packets, 64 s apart, and a word of RATE. */
static void
setup(void)
{
	struct addr one = addr_v4((uint8_t[4]){ 8, 8, 8, 8 });

	memset(ring, 0, sizeof(ring));
	ledger_init(&l, 640, 64, at(0));
	a = ledger_line(&l, &one);
	ledger_start(&l, at(0), false);
	for (unsigned n = 1; n <= 100; n++) {
		ledger_spend(&l, a, at(64 * n));
		if (n == 50)
			ledger_kiss(&l, a, "RATE", 10, at(64 * n));
		append(n, 64 * n);
	}
}

static enum ledger_found
read_at(double t, uint64_t boot, size_t ring_len, size_t witness_len)
{
	struct ledger_stamp s = { .boot = boot, .now = at(t) };

	ledger_init(&got, 640, 64, at(t));
	return ledger_record_read(&got, ring, ring_len, witness, witness_len,
	    &s, &sequence, &new_boot);
}

static enum ledger_found
read_all(double t)
{
	return read_at(t, BOOT, sizeof(ring), sizeof(witness));
}

static void
what_was_written_is_read(void)
{
	CU_ASSERT_EQUAL(read_all(6500), LEDGER_GOOD);
	CU_ASSERT_EQUAL(sequence, 100);
	CU_ASSERT_FALSE(new_boot);
	CU_ASSERT_EQUAL(got.total, l.total);
	CU_ASSERT_EQUAL(ledger_day(&got, at(6500)), ledger_day(&l, at(6500)));
	CU_ASSERT_EQUAL(got.line[0].last.ns, l.line[a].last.ns);
	CU_ASSERT_EQUAL(got.line[0].total, l.line[a].total);
	CU_ASSERT_STRING_EQUAL(got.line[0].kiss, "RATE");
	CU_ASSERT_EQUAL(got.starts, 1);
	CU_ASSERT_EQUAL(ledger_when(&got, 0, at(6500)).ns,
	    ledger_when(&l, a, at(6500)).ns);
}

static void
nothing_there_is_a_first_start(void)
{
	CU_ASSERT_EQUAL(read_at(0, BOOT, 0, 0), LEDGER_NEW);
	CU_ASSERT_EQUAL(sequence, 0);
	/* as the reader of a missing file has it */
	CU_ASSERT_EQUAL(ledger_record_read(&got, NULL, 0, NULL, 0,
			    &(struct ledger_stamp){ .boot = BOOT }, &sequence,
			    &new_boot),
	    LEDGER_NEW);
}

static void
another_boot_comes_in_without_a_gap(void)
{
	CU_ASSERT_EQUAL(read_at(20, 0x2222, sizeof(ring), sizeof(witness)),
	    LEDGER_GOOD);
	CU_ASSERT_TRUE(new_boot);
	/* last packet at the moment of the last writing: now */
	CU_ASSERT_EQUAL(got.line[0].last.ns, at(20).ns);
	CU_ASSERT_EQUAL(ledger_day(&got, at(20)), ledger_day(&l, at(6400)));
	CU_ASSERT_TRUE(got.gap_open);
}

static void
a_raw_clock_that_went_back_is_another_boot(void)
{
	CU_ASSERT_EQUAL(read_all(10), LEDGER_GOOD);
	CU_ASSERT_TRUE(new_boot);
	CU_ASSERT_TRUE(got.line[0].last.ns <= at(10).ns);
}

static void
a_torn_record_counts_as_a_packet(void)
{
	uint8_t was[LEDGER_RECORD];

	/* the 101st, of which only half was written; the witness is older */
	memcpy(was, ring + 101 % LEDGER_RING * LEDGER_RECORD, LEDGER_RECORD);
	memcpy(ring + 101 % LEDGER_RING * LEDGER_RECORD, witness, 700);
	CU_ASSERT_EQUAL(read_all(6500), LEDGER_TORN);
	CU_ASSERT_EQUAL(got.total, l.total + 1);
	CU_ASSERT_EQUAL(got.line[0].last.ns, at(6500).ns);
}

static void
cut_at_any_place_the_witness_knows(void)
{
	for (size_t n = 0; n < sizeof(ring); n += 509) {
		CU_ASSERT_EQUAL(read_at(6500, BOOT, n, sizeof(witness)),
		    LEDGER_WITNESS);
		CU_ASSERT_EQUAL(got.total, l.total);
	}
}

static void
cut_without_a_witness_is_lost(void)
{
	for (size_t n = 1; n < sizeof(ring); n += 509)
		CU_ASSERT_EQUAL(read_at(6500, BOOT, n, 0), LEDGER_LOST);
}

static void
a_bit_anywhere_costs_at_most_a_packet(void)
{
	for (size_t n = 0; n < sizeof(ring); n += 251) {
		enum ledger_found f;

		ring[n] ^= 0x10;
		f = read_all(6500);
		CU_ASSERT_TRUE(f == LEDGER_GOOD || f == LEDGER_TORN ||
		    f == LEDGER_WITNESS);
		CU_ASSERT_TRUE(got.total >= l.total);
		ring[n] ^= 0x10;
	}
}

static void
a_witness_cut_or_flipped_does_not_matter(void)
{
	for (size_t n = 1; n < sizeof(witness); n += 97)
		CU_ASSERT_EQUAL(read_at(6500, BOOT, sizeof(ring), n),
		    LEDGER_GOOD);
	for (size_t n = 0; n < sizeof(witness); n += 97) {
		witness[n] ^= 1;
		CU_ASSERT_EQUAL(read_all(6500), LEDGER_GOOD);
		witness[n] ^= 1;
	}
}

static void
an_old_ring_with_a_newer_witness_is_not_believed(void)
{
	/* somebody brought the ring of yesterday back */
	static uint8_t old[sizeof(ring)];

	memcpy(old, ring, sizeof(ring));
	for (unsigned n = 101; n <= 110; n++) {
		ledger_spend(&l, a, at(7000 + 640 * n));
		append(n, 7000 + 640 * n);
	}
	memcpy(ring, old, sizeof(ring));
	CU_ASSERT_EQUAL(read_all(100000), LEDGER_WITNESS);
	CU_ASSERT_EQUAL(got.total, l.total);
}

static void
garbage_of_the_right_size_is_lost(void)
{
	memset(ring, 0xa5, sizeof(ring));
	CU_ASSERT_EQUAL(read_at(6500, BOOT, sizeof(ring), 0), LEDGER_LOST);
}

static void
retired_and_frugal_survive(void)
{
	ledger_kiss(&l, a, "DENY", 64, at(6400));
	ledger_kiss(&l, a, "DENY", 64, at(6401));
	ledger_be_frugal(&l, at(6401));
	append(101, 6401);
	CU_ASSERT_EQUAL(read_all(6500), LEDGER_GOOD);
	CU_ASSERT_TRUE(ledger_retired(&got, 0, at(6500)));
	CU_ASSERT_TRUE(ledger_is_frugal(&got, at(6500)));
	CU_ASSERT_FALSE(ledger_is_frugal(&got, at(6401 + 86400)));
}

static void
a_full_ledger_fits_into_a_record(void)
{
	for (unsigned k = 0; k < LEDGER_LINES - 1; k++) {
		struct addr one = addr_v4((uint8_t[4]){ 9, 9, 9, (uint8_t)k });

		ledger_spend(&l, ledger_line(&l, &one), at(9000));
	}
	append(101, 9000);
	CU_ASSERT_EQUAL(read_all(9001), LEDGER_GOOD);
	CU_ASSERT_EQUAL(got.total, l.total);
	CU_ASSERT_EQUAL(got.line[LEDGER_LINES - 1].id,
	    l.line[LEDGER_LINES - 1].id);
}

static void
a_floor_is_never_shorter_than_before(void)
{
	l.line[a].floor_s = 181.02;
	append(101, 6401);
	CU_ASSERT_EQUAL(read_all(6500), LEDGER_GOOD);
	CU_ASSERT_EQUAL(ledger_floor(&got, 0, at(6500)), 182);
}

static void
no_record_locks_anybody_out(void)
{
	l.line[a].floor_s = 4e9;
	l.frugal = true;
	l.frugal_end = at(1e9);
	append(101, 6401);
	CU_ASSERT_EQUAL(read_all(6500), LEDGER_GOOD);
	CU_ASSERT_EQUAL(ledger_floor(&got, 0, at(6500)), LEDGER_FLOOR_MAX_S);
	CU_ASSERT_FALSE(ledger_is_frugal(&got, at(6500 + 86400)));
}

static void
before_the_clock_began_nothing_was_written(void)
{
	memset(ring, 0, sizeof(ring));
	append(101, -1);
	CU_ASSERT_EQUAL(read_all(6500), LEDGER_LOST);
}

/* What has ever been written stays readable: a change of these octets needs
 * another version. */
static void
the_octets_are_those_of_version_1(void)
{
	ledger_init(&l, 640, 64, at(0));
	l.total = 9;
	l.last = at(50);
	l.sent[0] = 8;
	l.starts = 1;
	l.start[0] = at(40);
	l.frugal = true;
	l.frugal_end = at(60);
	l.line[3] = (struct ledger_line){ .id = 5,
		.spent = true,
		.last = at(50),
		.burst = at(45),
		.total = 7,
		.sent = { 6 },
		.backoff_s = 128,
		.floor_s = 64.5,
		.kiss = "RATE",
		.kissed = at(30),
		.kisses = 2 };
	append(1, 100);
	CU_ASSERT_EQUAL(fnv(FNV_BEGIN, witness, LEDGER_RECORD),
	    UINT64_C(0x54c35335947cb178));
}

static CU_TestInfo tests[] = {
	{ "what was written is read", what_was_written_is_read },
	{ "nothing there is a first start", nothing_there_is_a_first_start },
	{ "another boot comes in without a gap",
	    another_boot_comes_in_without_a_gap },
	{ "a raw clock that went back is another boot",
	    a_raw_clock_that_went_back_is_another_boot },
	{ "a torn record counts as a packet",
	    a_torn_record_counts_as_a_packet },
	{ "cut at any place the witness knows",
	    cut_at_any_place_the_witness_knows },
	{ "cut without a witness is lost", cut_without_a_witness_is_lost },
	{ "a bit anywhere costs at most a packet",
	    a_bit_anywhere_costs_at_most_a_packet },
	{ "a witness cut or flipped does not matter",
	    a_witness_cut_or_flipped_does_not_matter },
	{ "an old ring with a newer witness is not believed",
	    an_old_ring_with_a_newer_witness_is_not_believed },
	{ "garbage of the right size is lost",
	    garbage_of_the_right_size_is_lost },
	{ "retired and frugal survive", retired_and_frugal_survive },
	{ "a full ledger fits into a record",
	    a_full_ledger_fits_into_a_record },
	{ "a floor is never shorter than before",
	    a_floor_is_never_shorter_than_before },
	{ "no record locks anybody out", no_record_locks_anybody_out },
	{ "before the clock began nothing was written",
	    before_the_clock_began_nothing_was_written },
	{ "the octets are those of version 1",
	    the_octets_are_those_of_version_1 },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_ledger_record = { "core/ledger_record", NULL, NULL, setup,
	NULL, tests };
