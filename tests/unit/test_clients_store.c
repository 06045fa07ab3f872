/* SPDX-License-Identifier: ISC */
#include "core/clients_store.h"

#include "core/clients_parts.h"
#include "core/packet.h"
#include "crowd.h"
#include "unit.h"

#include <string.h>

#define SIZE (2 * CLIENTS_LEAST) /* of the crowd's table */
#define HOST "10.1.2.3"

static struct crowd w;
static _Alignas(64) uint8_t image[SIZE + 8];
static struct clients_view v;

static void
setup(void)
{
	crowd_init(&w);
}

/* The whole image, in pieces of len octets; returns the checksum. */
static uint64_t
store(size_t len)
{
	struct clients_store s;
	uint8_t buf[5000];
	size_t at = 0, n;
	uint64_t sum;

	clients_store_begin(&s, w.table, crowd_mono(&w), crowd_wall(&w));
	while ((n = clients_store_next(&s, buf, len)) > 0) {
		CU_ASSERT_TRUE_FATAL(at + n <= sizeof(image));
		memcpy(image + at, buf, n);
		at += n;
	}
	CU_ASSERT_EQUAL(at, clients_store_size(SIZE));
	memcpy(&sum, image + SIZE, sizeof(sum));
	return sum;
}

/* As a daemon would that starts lay_s later on another boot. */
static struct clients *
restore(uint64_t sum, double lay_s, struct mono now)
{
	return clients_restore(image, SIZE, sum, now,
	    wall_add(crowd_wall(&w), lay_s));
}

static void
some_hosts(void)
{
	struct addr a;
	uint8_t pkt[PACKET_SIZE] = { 4 << 3 | MODE_CLIENT };

	for (unsigned i = 0; i < 500; i++) {
		a = addr_v4(
		    (uint8_t[]){ 10, 2, (uint8_t)(i >> 8), (uint8_t)i });
		crowd_ask(&w, &a, pkt, sizeof(pkt));
	}
	addr_parse(&a, HOST);
	for (unsigned i = 0; i < 2000; i++, w.t_s += 0.05)
		crowd_ask(&w, &a, pkt, sizeof(pkt));
}

static void
all_comes_back(void)
{
	struct mono now = { 77000000000 };
	struct clients_view before;
	struct addr a;

	some_hosts();
	addr_parse(&a, HOST);
	CU_ASSERT_TRUE(clients_find(w.table, &a, crowd_mono(&w), &before));
	struct clients *c = restore(store(4096), 0, now);

	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	CU_ASSERT_EQUAL(clients_count(c), 501);
	CU_ASSERT_TRUE(clients_find(c, &a, now, &v));
	CU_ASSERT_EQUAL(v.requests, before.requests);
	CU_ASSERT_EQUAL(v.limited, before.limited);
	CU_ASSERT_EQUAL(v.facts.requests, before.facts.requests);
	CU_ASSERT_DOUBLE_EQUAL(v.first_s, before.first_s, 1e-3);
	CU_ASSERT_DOUBLE_EQUAL(clients_unique(c, 3600, now), 501, 80);
}

static void
time_went_on_while_it_lay(void)
{
	struct mono now = { 77000000000 };
	struct addr a;

	some_hosts();
	struct clients *c = restore(store(4096), 7200, now);

	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	addr_parse(&a, HOST);
	CU_ASSERT_TRUE(clients_find(c, &a, now, &v));
	CU_ASSERT_DOUBLE_EQUAL(v.last_s, 7200, 1);
	CU_ASSERT_EQUAL(clients_unique(c, 3600, now), 0);
	CU_ASSERT_DOUBLE_EQUAL(clients_unique(c, 86400, now), 501, 80);
}

static void
a_clock_that_was_put_back_is_no_time_at_all(void)
{
	struct mono now = { 77000000000 };
	struct addr a;

	some_hosts();
	struct clients *c = restore(store(4096), -1e6, now);

	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	addr_parse(&a, HOST);
	CU_ASSERT_TRUE(clients_find(c, &a, now, &v));
	CU_ASSERT_DOUBLE_EQUAL(v.last_s, 0, 1);
}

static void
it_is_used_as_before(void)
{
	struct mono now = { 77000000000 };

	some_hosts();
	struct clients *c = restore(store(4096), 1, now);

	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	w.table = c;
	w.t_s = 0;
	some_hosts();
	CU_ASSERT_EQUAL(clients_count(c), 501);
}

static void
pieces_may_have_any_size(void)
{
	some_hosts();
	uint64_t sum = store(256);

	CU_ASSERT_EQUAL(store(5000), sum);
	CU_ASSERT_EQUAL(store(1001), sum);
}

static void
damage_is_seen(void)
{
	some_hosts();
	uint64_t sum = store(4096);

	for (size_t at = 3; at < SIZE; at += SIZE / 50) {
		image[at] ^= 4;
		CU_ASSERT_PTR_NULL(restore(sum, 0, (struct mono){ 1 }));
		image[at] ^= 4;
	}
	CU_ASSERT_PTR_NULL(restore(sum ^ 1, 0, (struct mono){ 1 }));
	CU_ASSERT_PTR_NULL(clients_restore(image, SIZE - 4096, sum,
	    (struct mono){ 1 }, crowd_wall(&w)));
	memset(image, 0, sizeof(image));
	CU_ASSERT_PTR_NULL(restore(0, 0, (struct mono){ 1 }));
}

static void
what_was_being_written_is_mended(void)
{
	struct clients_bucket *b;
	unsigned first = 0;

	some_hosts();
	/* A host that is half another, and a writer that stopped there. */
	for (b = clients_bucket(w.table, 0);
	     PEEK(b->word[0][0]) == 0 && PEEK(b->word[0][1]) == 0; b++)
		first++;
	POKE(b->word[0][1], 0);
	POKE(b->sequence, 7);
	struct clients *c = restore(store(4096), 0, (struct mono){ 1 });

	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	CU_ASSERT_EQUAL(clients_count(c), 500);
	b = clients_bucket(c, first);
	CU_ASSERT_EQUAL(PEEK(b->sequence), 0);
	CU_ASSERT_EQUAL(PEEK(b->word[0][0]), 0);
	CU_ASSERT_EQUAL(PEEK(b->tag[0]) & 0xffff, 0);
}

static CU_TestInfo tests[] = {
	{ "all comes back", all_comes_back },
	{ "time went on while it lay", time_went_on_while_it_lay },
	{ "a clock that was put back is no time at all",
	    a_clock_that_was_put_back_is_no_time_at_all },
	{ "it is used as before", it_is_used_as_before },
	{ "pieces may have any size", pieces_may_have_any_size },
	{ "damage is seen", damage_is_seen },
	{ "what was being written is mended",
	    what_was_being_written_is_mended },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_clients_store = { "core/clients_store", NULL, NULL, setup,
	NULL, tests };
