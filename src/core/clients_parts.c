/* SPDX-License-Identifier: ISC */
#include "core/clients_parts.h"

#include <assert.h>
#include <string.h>

#define LOAD 0.95 /* of the slots: so far hosts find room without loss */
#define ROUND(n) (((n) + 63) / 64 * 64)

_Static_assert(sizeof(struct clients) <= 192, "the header's room");
_Static_assert(sizeof(struct clients_bucket) == 472, "no gaps");

/* ---------------------------------------------------------------- parts */

void *
clients_part(const struct clients *c, uint64_t at)
{
	return (uint8_t *)(uintptr_t)c + at;
}

struct clients_bucket *
clients_bucket(const struct clients *c, uint32_t b)
{
	return (struct clients_bucket *)clients_part(c, c->buckets_at) + b;
}

struct suspect *
clients_suspect(const struct clients *c, size_t i)
{
	return (struct suspect *)clients_part(c, c->suspects_at) +
	    i % c->suspect_count;
}

/* The most registers that take at most a ninety-sixth of all. */
static uint32_t
registers_for(size_t size)
{
	uint32_t n = 256;

	while (n < 8192 && uniques_size(2 * n) <= size / 96)
		n *= 2;
	return n;
}

bool
clients_lay_out(struct clients *c, size_t size)
{
	size_t suspects = size / 24 / sizeof(struct suspect);

	if (size < CLIENTS_LEAST)
		return false;
	if (suspects < 8)
		suspects = 8;
	if (suspects >= UINT16_MAX)
		suspects = UINT16_MAX - 1;
	c->magic = CLIENTS_MAGIC;
	c->format = (uint64_t)CLIENTS_FORMAT << 48 |
	    (uint64_t)sizeof(struct suspect) << 16 |
	    sizeof(struct clients_bucket);
	c->size = size;
	c->uniques_at = 192;
	c->suspects_at =
	    ROUND(c->uniques_at + uniques_size(registers_for(size)));
	c->suspect_count = suspects;
	c->buckets_at =
	    ROUND(c->suspects_at + suspects * sizeof(struct suspect));
	c->bucket_count =
	    (size - c->buckets_at) / sizeof(struct clients_bucket);
	return c->bucket_count <= UINT32_MAX;
}

size_t
clients_size(size_t hosts)
{
	double slots = (double)hosts / LOAD + 2 * CLIENTS_WAYS;
	double buckets = slots / CLIENTS_WAYS * sizeof(struct clients_bucket);
	/* the shares of suspects and uniques, and what rounding takes */
	size_t size = (size_t)(buckets / (1 - 1.0 / 24 - 1.0 / 96)) + 4096;

	if (size < CLIENTS_LEAST * 2)
		size += CLIENTS_LEAST; /* there the least of each weighs more */
	return (size + 4095) / 4096 * 4096;
}

struct clients *
clients_init(void *mem, size_t size, const uint8_t key[CLIENTS_KEY],
    struct mono now)
{
	struct clients *c = mem;
	bool room;

	assert((uintptr_t)mem % 64 == 0);
	room = clients_lay_out(c, size);
	assert(room);
	memcpy(c->key, key, CLIENTS_KEY);
	/* The table's time begins at 1 s: 0 means never. */
	POKE(c->begin_ns, now.ns - 1000000000);
	POKE(c->luck, (c->key[0] ^ c->key[1] << 1 ^ (uint64_t)now.ns) | 1);
	uniques_init(clients_part(c, c->uniques_at), registers_for(size));
	return c;
}

double
clients_s(const struct clients *c, struct mono now)
{
	return (double)(now.ns - PEEK(c->begin_ns)) * 1e-9;
}

/* --------------------------------------------------------------- places */

void
clients_ip(const struct addr *a, uint64_t ip[2])
{
	uint8_t octets[16];

	addr_octets(a, octets);
	memcpy(ip, octets, sizeof(octets));
}

static inline uint64_t
rotl(uint64_t x, unsigned k)
{
	return x << k | x >> (64 - k);
}

static inline void
sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotl(v[1], 13) ^ v[0];
	v[0] = rotl(v[0], 32);
	v[2] += v[3];
	v[3] = rotl(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotl(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotl(v[1], 17) ^ v[2];
	v[2] = rotl(v[2], 32);
}

/* SipHash-1-3 (Aumasson and Bernstein) of 16 octets. */
uint64_t
clients_hash(const struct clients *c, const uint64_t ip[2])
{
	const uint64_t word[3] = { ip[0], ip[1], UINT64_C(16) << 56 };
	uint64_t v[4] = { c->key[0] ^ UINT64_C(0x736f6d6570736575),
		c->key[1] ^ UINT64_C(0x646f72616e646f6d),
		c->key[0] ^ UINT64_C(0x6c7967656e657261),
		c->key[1] ^ UINT64_C(0x7465646279746573) };

	for (unsigned i = 0; i < 3; i++) {
		v[3] ^= word[i];
		sip_round(v);
		v[0] ^= word[i];
	}
	v[2] ^= 0xff;
	for (unsigned i = 0; i < 3; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint32_t
clients_other(const struct clients *c, uint32_t b, uint16_t tag)
{
	uint64_t spread = tag * UINT64_C(0x9e3779b1) & 0xffffffff;
	uint64_t n = c->bucket_count, sum = spread * n >> 32;

	return (uint32_t)(sum >= b ? sum - b : sum + n - b);
}

struct clients_place
clients_place(const struct clients *c, uint64_t hash)
{
	struct clients_place p = { .tag = (uint16_t)hash };

	if (p.tag == 0)
		p.tag = 1;
	p.bucket[0] = (uint32_t)((hash >> 32) * c->bucket_count >> 32);
	p.bucket[1] = clients_other(c, p.bucket[0], p.tag);
	return p;
}

uint64_t
clients_hash_of(const struct clients *c, const struct addr *a)
{
	uint64_t ip[2];

	clients_ip(a, ip);
	return clients_hash(c, ip);
}

void
clients_prefetch(const struct clients *c, uint64_t hash)
{
	__builtin_prefetch(clients_bucket(c, clients_place(c, hash).bucket[0]));
}

void
clients_prefetch_entry(const struct clients *c, uint64_t hash)
{
	struct clients_place p = clients_place(c, hash);
	struct clients_bucket *b = clients_bucket(c, p.bucket[0]);

	for (unsigned half = 0; half < 2; half++) {
		uint64_t m = clients_matches(PEEK(b->tag[half]), p.tag);

		if (m == 0)
			continue;
		unsigned way = half * 4 + (unsigned)__builtin_ctzll(m) / 16;

		__builtin_prefetch(&b->word[way][0]);
		__builtin_prefetch(&b->word[way][CLIENTS_WORDS - 1]);
		return;
	}
	__builtin_prefetch(clients_bucket(c, p.bucket[1]));
}
