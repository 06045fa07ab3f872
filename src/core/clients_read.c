/* SPDX-License-Identifier: ISC */
#include "core/clients.h"
#include "core/clients_parts.h"
#include "core/packet.h"

#include <math.h>
#include <string.h>

#define PATIENCE 64 /* then a torn entry is as good as any */

const struct clients *
clients_at(const void *mem, size_t size)
{
	const struct clients *c = mem;
	struct clients made;

	memset(&made, 0, sizeof(made));
	if (mem == NULL || !clients_lay_out(&made, size))
		return NULL;
	return memcmp(c, &made, offsetof(struct clients, key)) == 0 ? c : NULL;
}

size_t
clients_slots(const struct clients *c)
{
	return c->bucket_count * CLIENTS_WAYS;
}

size_t
clients_count(const struct clients *c)
{
	return PEEK(c->hosts);
}

double
clients_unique(const struct clients *c, double window_s, struct mono now)
{
	return uniques_count(clients_part(c, c->uniques_at), window_s,
	    clients_s(c, now));
}

bool
clients_ms_sntp(const uint8_t *pkt, size_t len)
{
	/* Key id and an empty checksum; the extended one is longer. */
	static const uint8_t empty[16] = { 0 };

	return len == PACKET_SIZE + 72 ||
	    (len == PACKET_SIZE + 20 &&
		memcmp(pkt + PACKET_SIZE + 4, empty, sizeof(empty)) == 0);
}

/* ---------------------------------------------------------------- views */

static struct clients_entry
read_entry(const struct clients_bucket *b, unsigned way)
{
	uint64_t word[CLIENTS_WORDS];
	uint32_t before, after;
	struct clients_entry e;

	for (unsigned i = 0; i < PATIENCE; i++) {
		before =
		    atomic_load_explicit(&b->sequence, memory_order_acquire);
		for (unsigned k = 0; k < CLIENTS_WORDS; k++)
			word[k] = PEEK(b->word[way][k]);
		atomic_thread_fence(memory_order_acquire);
		after = PEEK(b->sequence);
		if (before == after && before % 2 == 0)
			break;
	}
	memcpy(&e, word, sizeof(e));
	return e;
}

static struct addr
addr_of(const uint64_t ip[2])
{
	uint8_t octets[16];

	memcpy(octets, ip, 16);
	return addr_v6(octets); /* what is mapped becomes IPv4 */
}

/* As it is now: a rate fades with silence, but not before it is late. */
static double
rate_now(double rate, double silent_s)
{
	return fmin(rate, clients_rate(rate, silent_s));
}

static void
count(const struct clients_entry *e, struct clients_view *v)
{
	uint64_t lost = (uint64_t)e->limited + e->refused;
	bool denied = e->when >> CLIENTS_SEEN_DENIED & 1;

	v->requests = e->requests;
	v->answered = lost < e->requests ? e->requests - lost : 0;
	v->limited = e->limited;
	v->denied = denied ? e->refused : 0;
	v->bad = denied ? 0 : e->refused;
	v->redirected = e->redirected;
	v->kisses = e->kisses;
}

/* The record counts further than the entry does. */
static void
look_up_facts(const struct clients *c, const struct clients_entry *e,
    double t_s, struct clients_view *v)
{
	if (e->suspect == 0)
		return;
	v->suspected = suspect_facts(clients_suspect(c, e->suspect - 1u), e->ip,
	    t_s, &v->facts);
	if (v->suspected && v->facts.last_s <= v->last_s + 1)
		v->rate_per_s = v->facts.rate_now;
	if (v->suspected && v->facts.requests > (double)v->requests) {
		v->requests = (uint64_t)v->facts.requests;
		if (v->answered > 0)
			v->answered = (uint64_t)v->facts.answered;
	}
}

static void
view(const struct clients *c, const struct clients_entry *e, double t_s,
    struct clients_view *v)
{
	double last = (double)(e->when & CLIENTS_LAST) * 1.024e-6;

	memset(v, 0, sizeof(*v));
	v->addr = addr_of(e->ip);
	count(e, v);
	v->first_s = fmax(t_s - e->first_s, 0);
	v->last_s = fmax(t_s - last, 0);
	v->rate_per_s = rate_now((double)e->rate, v->last_s);
	v->versions = (uint8_t)((e->when >> CLIENTS_SEEN_VERSION & 15) << 1);
	v->modes = (uint8_t)(e->when >> CLIENTS_SEEN_MODE);
	v->ms_sntp = e->when >> CLIENTS_SEEN_MS_SNTP & 1;
	v->deaf = e->deaf;
	look_up_facts(c, e, t_s, v);
}

bool
clients_read(const struct clients *c, size_t i, struct mono now,
    struct clients_view *v)
{
	const struct clients_bucket *b =
	    clients_bucket(c, (uint32_t)(i / CLIENTS_WAYS));
	struct clients_entry e = read_entry(b, i % CLIENTS_WAYS);

	if (e.requests == 0)
		return false;
	view(c, &e, clients_s(c, now), v);
	return true;
}

bool
clients_find(const struct clients *c, const struct addr *a, struct mono now,
    struct clients_view *v)
{
	uint64_t ip[2];

	clients_ip(a, ip);
	struct clients_place p = clients_place(c, clients_hash(c, ip));

	for (unsigned i = 0; i < 2 * CLIENTS_WAYS; i++) {
		struct clients_entry e =
		    read_entry(clients_bucket(c, p.bucket[i / CLIENTS_WAYS]),
			i % CLIENTS_WAYS);

		if (e.requests != 0 && e.ip[0] == ip[0] && e.ip[1] == ip[1]) {
			view(c, &e, clients_s(c, now), v);
			return true;
		}
	}
	return false;
}
