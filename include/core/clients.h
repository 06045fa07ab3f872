/* SPDX-License-Identifier: ISC */
/*
 * clients.h - who asks us: a table of fixed size, and the limiter on it.
 *
 * A worker owns one table, which is a plain block of memory without pointers:
 * it can be a mapping that other processes read, at any address, and it can
 * be written to a file and read back (clients_store.h).  There is one writer,
 * which takes no lock, allocates nothing and makes no system call; readers
 * take no lock either and disturb nobody.
 *
 * An address has two places where it may be, of eight entries each, drawn by
 * a keyed hash that a stranger cannot steer.  If both are full the oldest goes,
 * and who asked but once counts as eight times as old.  What the table learns of
 * a host beyond its counts stands in a suspect record (suspect.h), of which
 * there are fewer; who has one is not forgotten while it is heard once an
 * hour.
 *
 * 64 MB hold 1,000,000 hosts.
 */
#ifndef CORE_CLIENTS_H
#define CORE_CLIENTS_H

#include "base/addr.h"
#include "base/time.h"
#include "core/limiter.h"
#include "core/suspect.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLIENTS_KEY 16		   /* octets */
#define CLIENTS_LEAST (256 * 1024) /* octets of the smallest table */

struct clients; /* the block */

/* One request, after server_reply() decided what it is. */
struct clients_request {
	const struct addr *from; /* borrowed; with its port */
	uint64_t hash;		 /* clients_prefetch()'s */
	struct mono now;
	struct wall arrival; /* on the clock that we serve */
	const uint8_t *pkt;  /* borrowed */
	size_t len;
	bool denied;	 /* the address is not allowed */
	bool bad;	 /* not a request that could be answered */
	bool redirected; /* came over the port for hard-coded clients */
};

enum clients_verdict {
	CLIENTS_ANSWER,
	CLIENTS_SILENCE, /* over the limit, denied or bad */
	CLIENTS_KISS	 /* answer with RATE (RFC 5905 7.4) */
};

/* One host as its table knows it.  Counts stop at their largest value. */
struct clients_view {
	struct addr addr; /* port 0 */
	uint64_t requests;
	uint64_t answered; /* kisses are not answers */
	uint64_t limited;  /* not answered, but perhaps by a kiss */
	uint64_t denied;
	uint64_t bad;
	uint64_t redirected;
	uint64_t kisses;
	double rate_per_s;	/* now */
	double first_s, last_s; /* ages */
	uint8_t versions;	/* bit 1: version 1, ... bit 4 */
	uint8_t modes;		/* bit 1: mode 1, ... bit 7 */
	bool ms_sntp;
	uint8_t deaf;	/* kisses in a row that changed nothing */
	bool suspected; /* facts are there */
	struct suspect_facts facts;
};

/* Octets of a table for so many hosts. */
size_t clients_size(size_t hosts);

/*
 * Makes an empty table of mem, which is zeros (a fresh mapping, so that what
 * is not used costs nothing), aligned to 64, and at least CLIENTS_LEAST
 * octets.  key is secret and random.  The table lies in mem: keep it.
 */
struct clients *clients_init(void *mem, size_t size,
    const uint8_t key[CLIENTS_KEY], struct mono now);

/* What the table knows a by. */
uint64_t clients_hash_of(const struct clients *c, const struct addr *a);

/*
 * What clients_hear() will need of the table begins to come into the
 * processor's cache, in two steps, of which the second needs what the first
 * brought.  Call each for a whole batch, with nothing else between: so the
 * memory works on all of them at once.
 */
void clients_prefetch(const struct clients *c, uint64_t hash);
void clients_prefetch_entry(const struct clients *c, uint64_t hash);

/* Counts a request and says what its client shall get.  The writer's. */
enum clients_verdict clients_hear(struct clients *c, const struct limiter *l,
    const struct clients_request *r);

/* A request of Windows for a signed answer ([MS-SNTP] 2.2.1, 2.2.3). */
bool clients_ms_sntp(const uint8_t *pkt, size_t len);

/* ---- for readers, in any process that maps the block */

/* The table in such a mapping; NULL if there is none. */
const struct clients *clients_at(const void *mem, size_t size);

size_t clients_slots(const struct clients *c);
size_t clients_count(const struct clients *c); /* hosts that it holds */

/* What is at slot i; false if nobody. */
bool clients_read(const struct clients *c, size_t i, struct mono now,
    struct clients_view *v);

/* The host a, wherever it is; false if it is not known. */
bool clients_find(const struct clients *c, const struct addr *a,
    struct mono now, struct clients_view *v);

/* Different hosts in the last window_s, up to 30 days: about 1 % off. */
double clients_unique(const struct clients *c, double window_s,
    struct mono now);

#endif
