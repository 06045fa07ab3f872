/* SPDX-License-Identifier: ISC */
#include "core/clients_store.h"

#include "base/fnv.h"
#include "core/clients_parts.h"

#include <assert.h>
#include <string.h>

size_t
clients_store_size(size_t size)
{
	return size + sizeof(uint64_t);
}

void
clients_store_begin(struct clients_store *s, const struct clients *c,
    struct mono now, struct wall wall)
{
	*s = (struct clients_store){ .table = c,
		.sum = FNV_BEGIN,
		.now = now,
		.wall = wall };
}

/* The header as it is stored: with the time. */
static struct clients
header(const struct clients_store *s)
{
	const struct clients *c = s->table;
	struct clients h;

	memset(&h, 0, sizeof(h));
	memcpy(&h, c, offsetof(struct clients, begin_ns));
	POKE(h.hosts, PEEK(c->hosts));
	POKE(h.luck, PEEK(c->luck));
	h.stored_wall_ns = s->wall.ns;
	h.stored_ns = s->now.ns - PEEK(c->begin_ns);
	return h;
}

/* Words that a writer may be changing, whatever they are to it. */
static void
copy_words(uint8_t *to, const uint8_t *from, size_t len)
{
	for (size_t i = 0; i < len; i += 8) {
		uint64_t word =
		    __atomic_load_n((const uint64_t __attribute__((
					may_alias)) *)(const void *)(from + i),
			__ATOMIC_RELAXED);

		memcpy(to + i, &word, 8);
	}
}

size_t
clients_store_next(struct clients_store *s, void *buf, size_t len)
{
	const struct clients *c = s->table;
	size_t left = c->size - s->at, head = c->uniques_at, n;

	assert(len >= 256);
	if (s->at > c->size)
		return 0;
	if (left == 0) {
		memcpy(buf, &s->sum, sizeof(s->sum));
		s->at++;
		return sizeof(s->sum);
	}
	if (s->at == 0) {
		struct clients h = header(s);

		n = head;
		memset(buf, 0, n);
		memcpy(buf, &h, sizeof(h));
	} else {
		n = len / 8 * 8 < left ? len / 8 * 8 : left;
		copy_words(buf, clients_part(c, s->at), n);
	}
	s->sum = fnv(s->sum, buf, n);
	s->at += n;
	return n;
}

/* ------------------------------------------------------------------ back */

static bool
whole(const struct clients *c, size_t size, uint64_t sum)
{
	const struct uniques *u;

	if (clients_at(c, size) == NULL || fnv(FNV_BEGIN, c, size) != sum)
		return false;
	u = clients_part(c, c->uniques_at);
	return c->stored_ns > 0 &&
	    c->uniques_at + uniques_size(u->registers) <= c->suspects_at;
}

/* Does the entry stand where its address is looked for? */
static bool
belongs(const struct clients *c, uint32_t bucket, unsigned way)
{
	const struct clients_bucket *b = clients_bucket(c, bucket);
	uint64_t ip[2] = { PEEK(b->word[way][0]), PEEK(b->word[way][1]) };
	struct clients_place p = clients_place(c, clients_hash(c, ip));

	return clients_tag(b, way) == p.tag &&
	    (bucket == p.bucket[0] || bucket == p.bucket[1]);
}

/* An entry that was being written goes, and the hosts are counted anew. */
static uint64_t
mend_bucket(struct clients *c, uint32_t bucket)
{
	struct clients_bucket *b = clients_bucket(c, bucket);
	uint64_t hosts = 0;

	POKE(b->sequence, 0);
	for (unsigned way = 0; way < CLIENTS_WAYS; way++) {
		if (belongs(c, bucket, way)) {
			hosts++;
			continue;
		}
		clients_set_tag(b, way, 0);
		for (unsigned i = 0; i < CLIENTS_WORDS; i++)
			POKE(b->word[way][i], 0);
	}
	return hosts;
}

struct clients *
clients_restore(void *mem, size_t size, uint64_t sum, struct mono now,
    struct wall wall)
{
	struct clients *c = mem;
	uint64_t hosts = 0;

	if (!whole(c, size, sum))
		return NULL;
	int64_t lay = wall.ns - c->stored_wall_ns;

	POKE(c->begin_ns, now.ns - c->stored_ns - (lay > 0 ? lay : 0));
	for (uint32_t b = 0; b < c->bucket_count; b++)
		hosts += mend_bucket(c, b);
	POKE(c->hosts, hosts);
	for (size_t i = 0; i < c->suspect_count; i++) {
		struct suspect *s = clients_suspect(c, i);

		if (PEEK(s->opened) % 2 != 0)
			memset(s, 0, sizeof(*s));
	}
	return c;
}
