/* SPDX-License-Identifier: ISC */
/*
 * clients_parts.h - how a table of clients lies in memory: for clients*.c and
 * their tests.
 *
 * Header, uniques, suspects, buckets.  All that changes is atomic and written
 * relaxed, by one thread; a bucket's sequence is odd while an entry of it is
 * being written, and readers try again.
 */
#ifndef CORE_CLIENTS_PARTS_H
#define CORE_CLIENTS_PARTS_H

#include "core/clients.h"
#include "core/relaxed.h"
#include "core/uniques.h"

#define CLIENTS_MAGIC UINT64_C(0x7374657374617465) /* and their version: */
#define CLIENTS_FORMAT 1
#define CLIENTS_WAYS 8
#define CLIENTS_WORDS 7

struct clients {
	uint64_t magic;
	uint64_t format; /* CLIENTS_FORMAT and the sizes of the parts */
	uint64_t size;	 /* octets of all */
	uint64_t uniques_at, suspects_at, buckets_at; /* from here */
	uint64_t suspect_count;
	uint64_t bucket_count;
	uint64_t key[2];
	_Atomic int64_t begin_ns; /* mono when the table's time was 0 */
	_Atomic uint64_t hosts;
	_Atomic uint64_t luck; /* state of a generator, the writer's */
	/* set when it is stored: */
	int64_t stored_wall_ns;
	int64_t stored_ns; /* the table's time */
};

/* 56 octets a host. */
struct clients_entry {
	uint64_t ip[2]; /* as in memory; IPv4 mapped; both 0: free */
	uint64_t when;	/* last, 48 bits of 1.024 us; above: enum below */
	float debt_s;	/* struct limiter_state */
	float rate;
	uint32_t first_s;
	uint32_t requests;
	uint32_t limited;
	uint32_t refused; /* denied or bad */
	uint16_t redirected;
	uint16_t kisses;
	uint16_t suspect; /* 1 and its number; 0: none.  Valid if the record
			     has the same address */
	uint8_t bad_origins;
	uint8_t deaf; /* struct limiter_state */
};

#define CLIENTS_LAST_BITS 48
#define CLIENTS_LAST ((UINT64_C(1) << CLIENTS_LAST_BITS) - 1)

/* Bits of when. */
enum clients_seen {
	CLIENTS_SEEN_VERSION = 48, /* of version 1; to 4 */
	CLIENTS_SEEN_MODE = 52,	   /* of mode 0; to 7 */
	CLIENTS_SEEN_MS_SNTP = 60,
	CLIENTS_SEEN_DENIED = 61
};

struct clients_bucket {
	_Atomic uint64_t tag[2]; /* 16 bits an entry; 0: free */
	_Atomic uint32_t sequence;
	uint32_t unused;
	_Atomic uint64_t word[CLIENTS_WAYS][CLIENTS_WORDS];
};

/*
 * Marks the lanes of word, 16 bits each, that are tag: their highest bit.
 * Above a true one there may be a false one, so that addresses are compared.
 */
static inline uint64_t
clients_matches(uint64_t word, uint16_t tag)
{
	const uint64_t ones = UINT64_C(0x0001000100010001);
	uint64_t x = word ^ tag * ones;

	return (x - ones) & ~x & ones << 15;
}

/* What an entry's rate becomes by a request after so long. */
static inline double
clients_rate(double rate, double gap_s)
{
	const double memory_s = 64;

	return (1 + rate * memory_s) / (memory_s + gap_s);
}

/* The tag of an entry of a bucket; 0: free. */
static inline uint16_t
clients_tag(const struct clients_bucket *b, unsigned way)
{
	return (uint16_t)(PEEK(b->tag[way / 4]) >> way % 4 * 16);
}

static inline void
clients_set_tag(struct clients_bucket *b, unsigned way, uint16_t tag)
{
	unsigned shift = way % 4 * 16;
	uint64_t word = PEEK(b->tag[way / 4]);

	word &= ~(UINT64_C(0xffff) << shift);
	POKE(b->tag[way / 4], word | (uint64_t)tag << shift);
}

/* Where an address may be; the first is looked at first. */
struct clients_place {
	uint32_t bucket[2];
	uint16_t tag;
};

void *clients_part(const struct clients *c, uint64_t at);
struct clients_bucket *clients_bucket(const struct clients *c, uint32_t b);
struct suspect *clients_suspect(const struct clients *c, size_t i);
void clients_ip(const struct addr *a, uint64_t ip[2]);
uint64_t clients_hash(const struct clients *c, const uint64_t ip[2]);
struct clients_place clients_place(const struct clients *c, uint64_t hash);

/* Who may be in bucket b with this tag may be in that one too, and back. */
uint32_t clients_other(const struct clients *c, uint32_t b, uint16_t tag);

/* The table's time. */
double clients_s(const struct clients *c, struct mono now);

/* How the parts share size octets; false: too few. */
bool clients_lay_out(struct clients *c, size_t size);

#endif
