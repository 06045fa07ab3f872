/* SPDX-License-Identifier: ISC */
#include "core/clients.h"

#include "base/rng.h"
#include "core/clients_parts.h"
#include "core/packet.h"
#include "crowd.h"
#include "unit.h"

#include <string.h>

static struct crowd w;
static struct clients_view v;
static uint8_t pkt[PACKET_SIZE];

static void
setup(void)
{
	crowd_init(&w);
	memset(pkt, 0, sizeof(pkt));
	pkt[0] = 4 << 3 | MODE_CLIENT;
}

static struct addr
host(uint32_t n)
{
	struct addr a = addr_v4((uint8_t[]){ (uint8_t)(n >> 24),
	    (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n });

	a.port = 40000;
	return a;
}

static enum clients_verdict
ask(uint32_t n)
{
	struct addr a = host(n);

	return crowd_ask(&w, &a, pkt, sizeof(pkt));
}

/* With what server_reply() found set in r. */
static enum clients_verdict
ask_as(uint32_t n, struct clients_request r)
{
	struct addr a = host(n);

	r.from = &a;
	r.hash = clients_hash_of(w.table, &a);
	r.now = crowd_mono(&w);
	r.arrival = crowd_wall(&w);
	r.pkt = pkt;
	r.len = sizeof(pkt);
	return clients_hear(w.table, &w.limiter, &r);
}

static bool
find(uint32_t n)
{
	struct addr a = host(n);

	return clients_find(w.table, &a, crowd_mono(&w), &v);
}

static void
who_asks_is_answered_and_known(void)
{
	CU_ASSERT_FALSE(find(1));
	CU_ASSERT_EQUAL(ask(1), CLIENTS_ANSWER);
	CU_ASSERT_TRUE(find(1));
	CU_ASSERT_EQUAL(v.requests, 1);
	CU_ASSERT_EQUAL(v.answered, 1);
	CU_ASSERT_EQUAL(v.versions, 1 << 4);
	CU_ASSERT_EQUAL(v.modes, 1 << MODE_CLIENT);
	CU_ASSERT_EQUAL(clients_count(w.table), 1);
	CU_ASSERT_FALSE(find(2));
}

static void
the_limit_holds_and_is_counted(void)
{
	unsigned got[3] = { 0 };

	for (unsigned i = 0; i < 1016; i++)
		got[ask(1)]++;
	CU_ASSERT_TRUE(find(1));
	CU_ASSERT_EQUAL(v.requests, 1016);
	CU_ASSERT_EQUAL(v.answered, got[CLIENTS_ANSWER]);
	CU_ASSERT_EQUAL(v.limited, got[CLIENTS_SILENCE] + got[CLIENTS_KISS]);
	CU_ASSERT_EQUAL(v.kisses, got[CLIENTS_KISS]);
	/* 16, and an eighth of 1000: 125, deviation 10 */
	CU_ASSERT_DOUBLE_EQUAL(v.answered, 141, 45);
	CU_ASSERT_TRUE(v.kisses >= LIMITER_DEAF && v.kisses < 40);
}

static void
one_host_s_limit_is_not_another_s(void)
{
	for (unsigned i = 0; i < 1000; i++)
		ask(1);
	for (unsigned i = 0; i < 16; i++)
		CU_ASSERT_EQUAL(ask(2), CLIENTS_ANSWER);
}

static void
who_is_denied_gets_silence_and_is_counted(void)
{
	for (unsigned i = 0; i < 5; i++)
		CU_ASSERT_EQUAL(
		    ask_as(1, (struct clients_request){ .denied = true }),
		    CLIENTS_SILENCE);
	CU_ASSERT_TRUE(find(1));
	CU_ASSERT_EQUAL(v.requests, 5);
	CU_ASSERT_EQUAL(v.denied, 5);
	CU_ASSERT_EQUAL(v.bad, 0);
	CU_ASSERT_EQUAL(v.answered, 0);
	CU_ASSERT_EQUAL(clients_unique(w.table, 3600, crowd_mono(&w)), 0);
}

static void
what_is_bad_gets_silence_and_is_counted(void)
{
	ask_as(1, (struct clients_request){ .bad = true });
	CU_ASSERT_EQUAL(ask(1), CLIENTS_ANSWER);
	CU_ASSERT_TRUE(find(1));
	CU_ASSERT_EQUAL(v.bad, 1);
	CU_ASSERT_EQUAL(v.denied, 0);
	CU_ASSERT_EQUAL(v.answered, 1);
}

static void
who_is_redirected_is_answered_and_counted(void)
{
	CU_ASSERT_EQUAL(
	    ask_as(1, (struct clients_request){ .redirected = true }),
	    CLIENTS_ANSWER);
	CU_ASSERT_TRUE(find(1));
	CU_ASSERT_EQUAL(v.redirected, 1);
}

static void
no_packet_is_too_short(void)
{
	struct addr a = host(1);

	CU_ASSERT_EQUAL(crowd_ask(&w, &a, pkt, 0), CLIENTS_ANSWER);
	CU_ASSERT_EQUAL(crowd_ask(&w, &a, pkt, 47), CLIENTS_ANSWER);
	CU_ASSERT_TRUE(find(1));
	CU_ASSERT_EQUAL(v.versions, 0);
	CU_ASSERT_EQUAL(v.modes, 0);
}

static void
each_version_and_mode_is_noted(void)
{
	for (unsigned i = 0; i < 8; i++) {
		pkt[0] = (uint8_t)(i << 3 | i);
		ask(1);
	}
	CU_ASSERT_TRUE(find(1));
	CU_ASSERT_EQUAL(v.versions, 0x1e);
	CU_ASSERT_EQUAL(v.modes, 0xff);
}

static void
ipv4_and_ipv6_are_told_apart(void)
{
	struct addr a, mapped;

	addr_parse(&a, "2001:db8::1");
	crowd_ask(&w, &a, pkt, sizeof(pkt));
	CU_ASSERT_TRUE(clients_find(w.table, &a, crowd_mono(&w), &v));
	CU_ASSERT_TRUE(addr_same_host(&v.addr, &a));
	addr_parse(&a, "192.0.2.1");
	addr_parse(&mapped, "::ffff:192.0.2.1");
	crowd_ask(&w, &a, pkt, sizeof(pkt));
	CU_ASSERT_TRUE(clients_find(w.table, &mapped, crowd_mono(&w), &v));
	CU_ASSERT_EQUAL(v.addr.family, ADDR_V4);
}

static void
time_that_goes_back_harms_nobody(void)
{
	w.t_s = 100;
	ask(1);
	w.t_s = 99;
	CU_ASSERT_EQUAL(ask(1), CLIENTS_ANSWER);
	CU_ASSERT_TRUE(find(1));
	CU_ASSERT_EQUAL(v.last_s, 0);
}

/* How many of first to first + n are known. */
static unsigned
known(uint32_t first, uint32_t n)
{
	unsigned k = 0;

	for (uint32_t i = first; i < first + n; i++)
		k += find(i);
	return k;
}

static double
unique(double window_s)
{
	return clients_unique(w.table, window_s, crowd_mono(&w));
}

static void
who_keeps_asking_stays_one_of_the_hour(void)
{
	for (w.t_s = 0; w.t_s < 7200; w.t_s += 10)
		ask(1);
	CU_ASSERT_DOUBLE_EQUAL(unique(120), 1, 0.1);
	w.t_s += 3000;
	CU_ASSERT_DOUBLE_EQUAL(unique(3600), 1, 0.1);
	w.t_s += 1000;
	CU_ASSERT_EQUAL(unique(3600), 0);
}

static void
who_was_refused_is_one_of_the_hour_when_answered(void)
{
	w.t_s = 100;
	ask_as(1, (struct clients_request){ .bad = true });
	CU_ASSERT_EQUAL(unique(3600), 0);
	ask(1);
	CU_ASSERT_DOUBLE_EQUAL(unique(3600), 1, 0.1);
}

/* One look is then enough to find anybody. */
static void
in_an_empty_table_all_are_where_one_looks_first(void)
{
	uint32_t n = (uint32_t)clients_slots(w.table) / 20, first = 0;

	for (uint32_t i = 0; i < n; i++)
		ask(i);
	for (uint32_t i = 0; i < n; i++) {
		struct addr a = host(i);
		struct clients_place p =
		    clients_place(w.table, clients_hash_of(w.table, &a));
		struct clients_bucket *b = clients_bucket(w.table, p.bucket[0]);

		first += (clients_matches(PEEK(b->tag[0]), p.tag) |
			     clients_matches(PEEK(b->tag[1]), p.tag)) != 0;
	}
	CU_ASSERT_TRUE(first >= n - n / 100);
}

static void
nearly_every_slot_can_be_used(void)
{
	uint32_t n = (uint32_t)((double)clients_slots(w.table) * 0.95);

	for (uint32_t i = 0; i < n; i++)
		ask(i);
	CU_ASSERT_TRUE(known(0, n) >= n - n / 1000);
	CU_ASSERT_EQUAL(clients_count(w.table), known(0, n));
}

static void
the_oldest_go_when_all_is_full(void)
{
	uint32_t n = (uint32_t)clients_slots(w.table);

	for (uint32_t i = 0; i < 3 * n; i++) {
		w.t_s = i * 0.01;
		ask(i);
	}
	CU_ASSERT_TRUE(clients_count(w.table) <= n);
	/* Of the last half nearly all are there, of the first third none. */
	CU_ASSERT_TRUE(known(3 * n - n / 2, n / 2) > n / 2 - n / 20);
	CU_ASSERT_TRUE(known(0, n) < n / 20);
}

static void
passers_by_do_not_drive_out_regulars(void)
{
	uint32_t n = (uint32_t)clients_slots(w.table);

	/* 100 hosts that ask each 64 s, and 20 strangers a second. */
	for (uint32_t i = 0; i < 4 * n; i++) {
		w.t_s = i * 0.05;
		ask(1000000 + i);
		if (i % 13 == 0)
			ask(i / 13 % 100);
	}
	CU_ASSERT_EQUAL(known(0, 100), 100);
	for (uint32_t i = 0; i < 100; i++) {
		find(i);
		CU_ASSERT_TRUE(v.requests > n / 13 * 4 / 100 - 3);
	}
}

static void
who_is_over_the_limit_gets_a_record(void)
{
	for (unsigned i = 0; i < 16; i++)
		ask(1);
	CU_ASSERT_TRUE(find(1));
	CU_ASSERT_FALSE(v.suspected);
	for (unsigned i = 0; i < 20; i++)
		ask(1);
	CU_ASSERT_TRUE(find(1));
	CU_ASSERT_TRUE(v.suspected);
}

static void
strangers_do_not_wash_out_a_suspect(void)
{
	/* One that asks 2 times a second for 15 minutes ... */
	for (unsigned i = 0; i < 1800; i++) {
		w.t_s = i * 0.5;
		ask(1);
	}
	/* ... and 10000 forged addresses with 40 requests each. */
	for (uint32_t i = 0; i < 10000; i++) {
		for (unsigned k = 0; k < 40; k++)
			ask(1000000 + i);
		w.t_s += 0.01;
		if (i % 50 == 0)
			ask(1);
	}
	CU_ASSERT_TRUE(find(1));
	CU_ASSERT_TRUE(v.suspected);
	CU_ASSERT_TRUE(v.facts.requests > 1900);
}

static void
a_forger_cannot_silence_a_client(void)
{
	unsigned answered = 0;

	for (unsigned i = 0; i < 64 * 500; i++) {
		w.t_s = i / 500.0;
		ask(1);
		if (i % 500 == 0)
			answered += ask(1) == CLIENTS_ANSWER;
	}
	/* 64 tries, one in eight: none at all has a chance of 2e-4 */
	CU_ASSERT_TRUE(answered > 0);
}

static CU_TestInfo tests[] = {
	{ "who asks is answered and known", who_asks_is_answered_and_known },
	{ "the limit holds and is counted", the_limit_holds_and_is_counted },
	{ "one host's limit is not another's",
	    one_host_s_limit_is_not_another_s },
	{ "who is denied gets silence and is counted",
	    who_is_denied_gets_silence_and_is_counted },
	{ "what is bad gets silence and is counted",
	    what_is_bad_gets_silence_and_is_counted },
	{ "who is redirected is answered and counted",
	    who_is_redirected_is_answered_and_counted },
	{ "no packet is too short", no_packet_is_too_short },
	{ "each version and mode is noted", each_version_and_mode_is_noted },
	{ "IPv4 and IPv6 are told apart", ipv4_and_ipv6_are_told_apart },
	{ "time that goes back harms nobody",
	    time_that_goes_back_harms_nobody },
	{ "who keeps asking stays one of the hour",
	    who_keeps_asking_stays_one_of_the_hour },
	{ "who was refused is one of the hour when answered",
	    who_was_refused_is_one_of_the_hour_when_answered },
	{ "in an empty table all are where one looks first",
	    in_an_empty_table_all_are_where_one_looks_first },
	{ "nearly every slot can be used", nearly_every_slot_can_be_used },
	{ "the oldest go when all is full", the_oldest_go_when_all_is_full },
	{ "passers-by do not drive out regulars",
	    passers_by_do_not_drive_out_regulars },
	{ "who is over the limit gets a record",
	    who_is_over_the_limit_gets_a_record },
	{ "strangers do not wash out a suspect",
	    strangers_do_not_wash_out_a_suspect },
	{ "a forger cannot silence a client",
	    a_forger_cannot_silence_a_client },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_clients = { "core/clients", NULL, NULL, setup, NULL, tests };
