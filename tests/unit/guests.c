/* SPDX-License-Identifier: ISC */
#include "guests.h"

#include "core/packet.h"
#include "unit.h"

#include <string.h>

#define NOON INT64_C(1800000000000000000)

struct roll guests;

static _Alignas(64) uint8_t memory[2][CLIENTS_LEAST];
static struct clients *table[2];
static struct limiter limiter;

static struct mono
at(double s)
{
	return mono_add((struct mono){ INT64_C(1000000000000) }, s);
}

struct mono
guests_now(void)
{
	return at(1000);
}

/* n requests, gap_s apart, the last at s. */
static void
ask(unsigned t, const char *text, uint8_t first, unsigned n, double gap_s,
    double s)
{
	uint8_t pkt[PACKET_SIZE] = { first };
	struct addr from;

	CU_ASSERT_TRUE_FATAL(addr_parse(&from, text));
	from.port = 40000;
	for (unsigned i = 0; i < n; i++) {
		double when = s - gap_s * (n - 1 - i);

		clients_hear(table[t], &limiter,
		    &(struct clients_request){ .from = &from,
			.hash = clients_hash_of(table[t], &from),
			.now = at(when),
			.arrival = wall_add((struct wall){ NOON }, when),
			.pkt = pkt,
			.len = sizeof(pkt) });
	}
}

void
guests_init(void)
{
	static const uint8_t key[CLIENTS_KEY] = "a key of tests";

	memset(memory, 0, sizeof(memory));
	limiter_init(&limiter, (struct limit){ 8, 16 }, true);
	guests.tables = 2;
	for (unsigned i = 0; i < 2; i++) {
		table[i] = clients_init(memory[i], CLIENTS_LEAST, key, at(0));
		guests.table[i] = table[i];
	}
	ask(0, "10.0.0.1", 4 << 3 | MODE_CLIENT, 10, 1, 900);
	ask(0, "10.0.0.2", 4 << 3 | MODE_CLIENT, 1, 1, 950);
	ask(0, "2001:db8::4", 3 << 3 | MODE_SYMMETRIC_ACTIVE, 2, 1, 980);
	ask(1, "10.0.0.3", 1 << 3 | MODE_CLIENT, 500, 0.05, 1000);
}

void
guests_call(enum roll_sort sort, bool flagged, unsigned limit)
{
	roll_begin(&guests,
	    &(struct roll_order){ .sort = sort,
		.flagged = flagged,
		.limit = limit },
	    guests_now());
	while (roll_walk(&guests, 1000))
		;
}

struct clients_view
guests_view(const char *text)
{
	struct clients_view v;
	struct addr a;

	CU_ASSERT_TRUE_FATAL(addr_parse(&a, text));
	CU_ASSERT_TRUE_FATAL(roll_find(&guests, &a, guests_now(), &v));
	return v;
}
