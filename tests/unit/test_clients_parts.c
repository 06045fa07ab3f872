/* SPDX-License-Identifier: ISC */
#include "core/clients_parts.h"

#include "base/rng.h"
#include "unit.h"

#include <string.h>

#define MB (1024 * 1024)

static struct clients c;

static void
setup(void)
{
	memset(&c, 0, sizeof(c));
	clients_lay_out(&c, 64 * MB);
}

static void
the_hash_is_siphash_1_3(void)
{
	/* Key and text 00 01 ... 0f, by an independent program that also gives
	 * the authors' value for SipHash-2-4. */
	uint8_t octets[16];
	uint64_t ip[2];

	for (uint8_t i = 0; i < 16; i++)
		octets[i] = i;
	memcpy(c.key, octets, 16);
	memcpy(ip, octets, 16);
	CU_ASSERT_EQUAL(clients_hash(&c, ip), UINT64_C(0xcc4fdd1a7d908b66));
}

static void
a_million_hosts_need_at_most_64_mb(void)
{
	CU_ASSERT_TRUE(clients_size(1000000) <= 64 * MB);
	CU_ASSERT_TRUE(clients_slots(&c) > 1000000);
	CU_ASSERT_TRUE(c.suspect_count > 900);
}

static void
a_table_has_the_slots_that_it_was_sized_for(void)
{
	for (size_t hosts = 100; hosts < 4000000; hosts *= 2) {
		CU_ASSERT_TRUE_FATAL(clients_lay_out(&c, clients_size(hosts)));
		CU_ASSERT_TRUE(
		    (double)clients_slots(&c) * 0.96 >= (double)hosts);
	}
}

static void
parts_do_not_overlap(void)
{
	for (size_t size = CLIENTS_LEAST; size < 100 * MB;
	     size = size * 5 / 4) {
		CU_ASSERT_TRUE_FATAL(clients_lay_out(&c, size));
		CU_ASSERT_TRUE(c.uniques_at >= sizeof(struct clients));
		CU_ASSERT_TRUE(
		    c.suspects_at >= c.uniques_at + uniques_size(256));
		CU_ASSERT_TRUE(c.buckets_at >=
		    c.suspects_at + c.suspect_count * sizeof(struct suspect));
		CU_ASSERT_TRUE(c.buckets_at +
			c.bucket_count * sizeof(struct clients_bucket) <=
		    size);
		CU_ASSERT_TRUE(c.suspect_count < UINT16_MAX);
		CU_ASSERT_EQUAL(
		    (c.uniques_at | c.suspects_at | c.buckets_at) % 64, 0);
	}
}

static void
too_little_is_refused(void)
{
	CU_ASSERT_FALSE(clients_lay_out(&c, CLIENTS_LEAST - 1));
	CU_ASSERT_FALSE(clients_lay_out(&c, 0));
}

static void
both_places_lead_to_each_other(void)
{
	struct rng r;

	rng_init(&r, unit_seed);
	for (unsigned i = 0; i < 100000; i++) {
		struct clients_place p = clients_place(&c, rng_u64(&r));

		CU_ASSERT_TRUE_FATAL(p.tag != 0);
		CU_ASSERT_TRUE_FATAL(p.bucket[0] < c.bucket_count);
		CU_ASSERT_TRUE_FATAL(p.bucket[1] < c.bucket_count);
		CU_ASSERT_EQUAL_FATAL(clients_other(&c, p.bucket[1], p.tag),
		    p.bucket[0]);
	}
}

static void
addresses_of_both_families_are_words(void)
{
	struct addr a;
	uint64_t v4[2], v6[2];

	addr_parse(&a, "192.0.2.1");
	clients_ip(&a, v4);
	addr_parse(&a, "::c000:201"); /* the same octets, not mapped */
	clients_ip(&a, v6);
	CU_ASSERT_EQUAL(v4[0], v6[0]);
	CU_ASSERT_NOT_EQUAL(v4[1], v6[1]);
	CU_ASSERT_NOT_EQUAL(clients_hash(&c, v4), clients_hash(&c, v6));
}

static void
time_begins_at_one_second(void)
{
	static _Alignas(64) uint8_t mem[CLIENTS_LEAST];
	static const uint8_t key[CLIENTS_KEY];
	struct mono now = { 123456789000 };
	struct clients *t = clients_init(mem, sizeof(mem), key, now);

	CU_ASSERT_DOUBLE_EQUAL(clients_s(t, now), 1, 1e-9);
	CU_ASSERT_EQUAL(clients_count(t), 0);
	CU_ASSERT_PTR_EQUAL(clients_at(mem, sizeof(mem)), t);
}

static CU_TestInfo tests[] = {
	{ "the hash is SipHash-1-3", the_hash_is_siphash_1_3 },
	{ "a million hosts need at most 64 MB",
	    a_million_hosts_need_at_most_64_mb },
	{ "a table has the slots that it was sized for",
	    a_table_has_the_slots_that_it_was_sized_for },
	{ "parts do not overlap", parts_do_not_overlap },
	{ "too little is refused", too_little_is_refused },
	{ "both places lead to each other", both_places_lead_to_each_other },
	{ "addresses of both families are words",
	    addresses_of_both_families_are_words },
	{ "time begins at one second", time_begins_at_one_second },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_clients_parts = { "core/clients_parts", NULL, NULL, setup,
	NULL, tests };
