/* SPDX-License-Identifier: ISC */
#include "core/clients_parts.h"
#include "core/packet.h"
#include "crowd.h"
#include "unit.h"

#include <string.h>

static struct crowd w;
static struct clients_view v;

static void
setup(void)
{
	crowd_init(&w);
}

static void
ask(const char *addr, unsigned n, double gap_s)
{
	uint8_t pkt[PACKET_SIZE] = { 4 << 3 | MODE_CLIENT };
	struct addr a;

	CU_ASSERT_TRUE_FATAL(addr_parse(&a, addr));
	for (unsigned i = 0; i < n; i++) {
		crowd_ask(&w, &a, pkt, sizeof(pkt));
		w.t_s += gap_s;
	}
}

static bool
find(const char *addr)
{
	struct addr a;

	CU_ASSERT_TRUE_FATAL(addr_parse(&a, addr));
	return clients_find(w.table, &a, crowd_mono(&w), &v);
}

static void
each_host_is_at_one_slot(void)
{
	unsigned seen = 0;

	for (unsigned i = 0; i < 200; i++) {
		char text[ADDR_TEXT];
		struct addr a = addr_v4((uint8_t[]){ 10, 0, 0, (uint8_t)i });

		ask(addr_print(&a, false, text), 1, 0);
	}
	for (size_t i = 0; i < clients_slots(w.table); i++)
		if (clients_read(w.table, i, crowd_mono(&w), &v)) {
			CU_ASSERT_EQUAL(v.requests, 1);
			seen++;
		}
	CU_ASSERT_EQUAL(seen, 200);
}

static void
ages_and_rates_are_those_of_now(void)
{
	ask("10.0.0.1", 101, 64);
	w.t_s += 36; /* 100 s after the last */
	CU_ASSERT_TRUE(find("10.0.0.1"));
	CU_ASSERT_DOUBLE_EQUAL(v.last_s, 100, 1e-3);
	CU_ASSERT_DOUBLE_EQUAL(v.first_s, 6500, 1.001);
	/* 1/64, of 64 s memory: (1 + 1) / (64 + 100) is late, but 1/64 less */
	CU_ASSERT_DOUBLE_EQUAL(v.rate_per_s, 2.0 / 164, 2e-4);
}

static void
an_hour_later_hardly_a_rate_is_left(void)
{
	ask("10.0.0.1", 1000, 1);
	w.t_s += 3600;
	CU_ASSERT_TRUE(find("10.0.0.1"));
	CU_ASSERT_TRUE(v.rate_per_s < 0.05);
	CU_ASSERT_TRUE(v.rate_per_s > 0);
}

static void
counts_stop_at_their_largest_value(void)
{
	struct addr a;
	uint64_t ip[2];

	ask("10.0.0.1", 40, 0);
	addr_parse(&a, "10.0.0.1");
	clients_ip(&a, ip);
	struct clients_place p =
	    clients_place(w.table, clients_hash(w.table, ip));
	struct clients_bucket *b = clients_bucket(w.table, p.bucket[0]);

	/* requests and limited: the fifth word's upper half and the next */
	POKE(b->word[0][4], PEEK(b->word[0][4]) | UINT64_C(0xffffffff) << 32);
	ask("10.0.0.1", 10, 0);
	CU_ASSERT_TRUE(find("10.0.0.1"));
	CU_ASSERT_EQUAL(v.requests, UINT32_MAX);
}

static void
a_writer_that_died_does_not_stop_the_reader(void)
{
	ask("10.0.0.1", 1, 0);
	for (uint32_t b = 0; b < w.table->bucket_count; b++)
		POKE(clients_bucket(w.table, b)->sequence, 1);
	CU_ASSERT_TRUE(find("10.0.0.1"));
}

static void
only_a_table_is_one(void)
{
	static uint64_t none[CLIENTS_LEAST / 8];
	size_t size = w.table->size;

	CU_ASSERT_PTR_NULL(clients_at(none, sizeof(none)));
	CU_ASSERT_PTR_NULL(clients_at(NULL, size));
	CU_ASSERT_PTR_NULL(clients_at(w.table, size - 64));
	CU_ASSERT_PTR_NULL(clients_at(w.table, 0));
	CU_ASSERT_PTR_EQUAL(clients_at(w.table, size), w.table);
	w.table->bucket_count++;
	CU_ASSERT_PTR_NULL(clients_at(w.table, size));
}

static void
windows_own_authenticator_is_known(void)
{
	uint8_t pkt[200] = { 0 };

	CU_ASSERT_TRUE(clients_ms_sntp(pkt, 68));
	CU_ASSERT_TRUE(clients_ms_sntp(pkt, 120));
	CU_ASSERT_FALSE(clients_ms_sntp(pkt, 48));
	CU_ASSERT_FALSE(clients_ms_sntp(pkt, 72));
	pkt[48] = 1; /* a key */
	CU_ASSERT_TRUE(clients_ms_sntp(pkt, 68));
	pkt[67] = 1; /* and a digest */
	CU_ASSERT_FALSE(clients_ms_sntp(pkt, 68));
}

static void
windows_is_noted(void)
{
	uint8_t pkt[68] = { 3 << 3 | MODE_CLIENT };
	struct addr a;

	addr_parse(&a, "10.0.0.1");
	crowd_ask(&w, &a, pkt, 48);
	CU_ASSERT_TRUE(find("10.0.0.1"));
	CU_ASSERT_FALSE(v.ms_sntp);
	crowd_ask(&w, &a, pkt, 68);
	CU_ASSERT_TRUE(find("10.0.0.1"));
	CU_ASSERT_TRUE(v.ms_sntp);
}

static CU_TestInfo tests[] = {
	{ "each host is at one slot", each_host_is_at_one_slot },
	{ "ages and rates are those of now", ages_and_rates_are_those_of_now },
	{ "an hour later hardly a rate is left",
	    an_hour_later_hardly_a_rate_is_left },
	{ "counts stop at their largest value",
	    counts_stop_at_their_largest_value },
	{ "a writer that died does not stop the reader",
	    a_writer_that_died_does_not_stop_the_reader },
	{ "only a table is one", only_a_table_is_one },
	{ "Windows' own authenticator is known",
	    windows_own_authenticator_is_known },
	{ "Windows is noted", windows_is_noted },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_clients_read = { "core/clients_read", NULL, NULL, setup,
	NULL, tests };
