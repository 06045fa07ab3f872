/* SPDX-License-Identifier: ISC */
#include "core/diagnose.h"

#include "core/packet.h"
#include "crowd.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

#define HOUR 3600.0
#define HOST "10.1.2.3"

static struct crowd w;
static struct diagnosis d;

static void
setup(void)
{
	crowd_init(&w);
}

/* Looks at the host every so often; true if it was ever sick. */
static bool
ever_sick(double until_s, double every_s)
{
	char buf[512];

	for (double t = w.t_s + every_s; t <= until_s; t += every_s) {
		crowd_run(&w, t);
		if (crowd_diagnose(&w, HOST, &d) && diagnose_sick(&d)) {
			printf("sick at %.0f s: %s\n", t,
			    diagnose_print(&d, buf, sizeof(buf)));
			return true;
		}
	}
	return false;
}

/* -------------------------------------------------------------- healthy */

static void
healthy(const struct crowd_kind *k, double hours)
{
	crowd_add(&w, k, HOST, 0);
	CU_ASSERT_FALSE(ever_sick(hours * HOUR, 60));
	CU_ASSERT_TRUE(crowd_diagnose(&w, HOST, &d));
	CU_ASSERT_EQUAL(w.kissed, 0);
}

static void
chronyd_is_healthy(void)
{
	healthy(&crowd_chronyd, 24);
	CU_ASSERT_EQUAL(d.words, 0);
}

static void
ntpd_is_healthy(void)
{
	healthy(&crowd_ntpd, 24);
	CU_ASSERT_EQUAL(d.words, 0);
}

static void
timesyncd_is_healthy(void)
{
	healthy(&crowd_timesyncd, 24);
	CU_ASSERT_EQUAL(d.words, 0);
}

static void
w32time_is_healthy(void)
{
	healthy(&crowd_w32time, 240);
	CU_ASSERT_EQUAL(d.words, 0);
}

static void
w32time_as_a_peer_is_noted_and_not_sick(void)
{
	healthy(&crowd_w32time_peer, 240);
	CU_ASSERT_EQUAL(d.words, 1u << DIAGNOSE_SYMMETRIC);
}

static void
busybox_is_healthy(void)
{
	healthy(&crowd_busybox, 24);
	CU_ASSERT_EQUAL(d.words, 0);
}

static void
a_probe_every_minute_is_healthy(void)
{
	healthy(&crowd_check_ntp, 24);
	CU_ASSERT_EQUAL(d.words, 0);
}

static void
ntpdate_every_hour_is_healthy(void)
{
	healthy(&crowd_ntpdate, 48);
	CU_ASSERT_EQUAL(d.words, 0);
}

static void
a_host_after_suspend_is_healthy(void)
{
	crowd_add(&w, &crowd_ntpd, HOST, 0);
	crowd_run(&w, 2 * HOUR);
	for (int day = 1; day <= 20; day++) {
		/* It slept: all clocks but its own went on. */
		w.client[0].next_s = w.t_s + 86400;
		w.client[0].left = 8;
		w.client[0].poll_s = 64;
		w.client[0].ahead_s = -86400;
		CU_ASSERT_FALSE(ever_sick(w.t_s + 86400 + 100, 50));
		w.client[0].ahead_s = 0;
		CU_ASSERT_FALSE(ever_sick(w.t_s + HOUR, 60));
	}
}

static void
house(const struct crowd_kind *const *kinds, unsigned n, unsigned hosts,
    double within_s)
{
	for (unsigned i = 0; i < hosts; i++)
		crowd_add(&w, kinds[i % n], HOST,
		    within_s * rng_uniform(&w.rng));
}

static void
a_nat_of_200_hosts_is_noted_and_not_sick(void)
{
	const struct crowd_kind *const k[] = { &crowd_chronyd, &crowd_ntpd };

	house(k, 2, 200, 600);
	CU_ASSERT_FALSE(ever_sick(6 * HOUR, 60));
	CU_ASSERT_EQUAL(d.words, 1u << DIAGNOSE_NAT);
}

static void
a_nat_of_any_clients_is_not_sick(void)
{
	const struct crowd_kind *const k[] = { &crowd_busybox, &crowd_timesyncd,
		&crowd_chronyd, &crowd_ntpd, &crowd_w32time };

	house(k, 5, 200, 60);
	CU_ASSERT_FALSE(ever_sick(6 * HOUR, 60));
}

static void
a_nat_of_simple_clients_alone_is_not_sick(void)
{
	const struct crowd_kind *const k[] = { &crowd_busybox };

	house(k, 1, 200, 60);
	CU_ASSERT_FALSE(ever_sick(6 * HOUR, 60));
}

static void
a_nat_after_a_power_cut_is_not_sick(void)
{
	const struct crowd_kind *const k[] = { &crowd_chronyd, &crowd_ntpd,
		&crowd_timesyncd };

	house(k, 3, 200, 2);
	CU_ASSERT_FALSE(ever_sick(6 * HOUR, 10));
}

static void
a_nat_with_a_limit_of_its_own_is_counted(void)
{
	const struct crowd_kind *const k[] = { &crowd_ntpd };
	struct prefix p;
	struct err e;

	CU_ASSERT_EQUAL(prefix_parse(&p, HOST "/32", &e), 0);
	CU_ASSERT_TRUE(
	    limiter_add(&w.limiter, &p, (struct limit){ 0.4, 1000 }));
	house(k, 1, 4000, 600); /* 40/s at first: over it for a while */
	CU_ASSERT_FALSE(ever_sick(2 * HOUR, 60));
	CU_ASSERT_TRUE(diagnose_has(&d, DIAGNOSE_NAT));
	CU_ASSERT_DOUBLE_EQUAL(d.clients, 4000, 400);
}

/* ----------------------------------------------------------------- sick */

static void
daemons(const struct crowd_kind *k, unsigned n)
{
	static struct crowd_kind kinds[5];

	/* One each hour for half a year: 64, 128 ... 1024 s; now they are
	 * somewhere in their interval, but on the second that cron began. */
	for (unsigned i = 0; i < 5; i++) {
		kinds[i] = *k;
		kinds[i].poll_s = 64 << i;
	}
	for (unsigned i = 0; i < n; i++) {
		double poll = kinds[i % 5].poll_s;

		crowd_add(&w, &kinds[i % 5], HOST,
		    (double)(rng_u64(&w.rng) % (unsigned)poll / 16 * 16));
	}
}

static void
daemons_4300_are_told_and_counted(void)
{
	daemons(&crowd_daemon, 4300);
	crowd_run(&w, 1300);
	CU_ASSERT_TRUE(crowd_diagnose(&w, HOST, &d));
	CU_ASSERT_TRUE(diagnose_has(&d, DIAGNOSE_MANY_DAEMONS));
	CU_ASSERT_TRUE(diagnose_has(&d, DIAGNOSE_BAD_ORIGIN));
	CU_ASSERT_TRUE(diagnose_has(&d, DIAGNOSE_IGNORES_KOD));
	CU_ASSERT_FALSE(diagnose_has(&d, DIAGNOSE_NAT));
	CU_ASSERT_DOUBLE_EQUAL(d.clients, 4300, 430);
	crowd_run(&w, 3 * HOUR);
	CU_ASSERT_TRUE(crowd_diagnose(&w, HOST, &d));
	CU_ASSERT_DOUBLE_EQUAL(d.clients, 4300, 430);
}

static void
daemons_4300_are_told_in_two_minutes(void)
{
	daemons(&crowd_daemon, 4300);
	crowd_run(&w, 120);
	CU_ASSERT_TRUE(crowd_diagnose(&w, HOST, &d));
	CU_ASSERT_TRUE(diagnose_has(&d, DIAGNOSE_MANY_DAEMONS));
	CU_ASSERT_TRUE(diagnose_has(&d, DIAGNOSE_BAD_ORIGIN));
}

static void
daemons_with_fresh_ports_are_counted_by_their_polls(void)
{
	daemons(&crowd_daemon_fresh, 4300);
	crowd_run(&w, 1300);
	CU_ASSERT_TRUE(crowd_diagnose(&w, HOST, &d));
	CU_ASSERT_TRUE(diagnose_has(&d, DIAGNOSE_MANY_DAEMONS));
	CU_ASSERT_DOUBLE_EQUAL(d.clients, 4300, 430);
}

/* n_ports programs that together ask rate times a second. */
static void
flood(double rate, unsigned ports, double until_s)
{
	struct addr a;
	uint8_t pkt[PACKET_SIZE] = { 4 << 3 | MODE_CLIENT };
	double end = w.t_s + until_s;

	CU_ASSERT_TRUE_FATAL(addr_parse(&a, HOST));
	for (unsigned long i = 0; w.t_s < end; i++) {
		a.port = (uint16_t)(1024 + i % ports);
		crowd_ask(&w, &a, pkt, sizeof(pkt));
		w.t_s += 1 / rate;
	}
}

static void
a_flood_is_told_within_a_minute(void)
{
	flood(50000, 1, 36);
	CU_ASSERT_TRUE(crowd_diagnose(&w, HOST, &d));
	CU_ASSERT_TRUE(diagnose_has(&d, DIAGNOSE_FLOOD));
	CU_ASSERT_FALSE(diagnose_has(&d, DIAGNOSE_NAT));
	CU_ASSERT_EQUAL(d.clients, 1);
}

static void
a_flood_s_evidence_is_in_numbers(void)
{
	flood(84, 1, 3.001 * HOUR);
	CU_ASSERT_TRUE(crowd_diagnose(&w, HOST, &d));
	CU_ASSERT_STRING_EQUAL(d.evidence[DIAGNOSE_FLOOD],
	    "84 requests/s for 3.0 h from 1 address; expected 0.016/s");
}

static void
a_flood_of_many_daemons_is_counted_within_a_minute(void)
{
	flood(10000, 4300, 50);
	CU_ASSERT_TRUE(crowd_diagnose(&w, HOST, &d));
	CU_ASSERT_TRUE(diagnose_has(&d, DIAGNOSE_FLOOD));
	CU_ASSERT_DOUBLE_EQUAL(d.clients, 4300, 430);
}

static void
a_loop_of_one_second_is_told(void)
{
	flood(1, 1, 700);
	CU_ASSERT_TRUE(crowd_diagnose(&w, HOST, &d));
	CU_ASSERT_TRUE(diagnose_has(&d, DIAGNOSE_FLOOD));
	CU_ASSERT_TRUE(diagnose_has(&d, DIAGNOSE_IGNORES_KOD));
}

static void
what_kisses_do_not_move_ignores_them(void)
{
	flood(2, 1, 200);
	CU_ASSERT_TRUE(crowd_diagnose(&w, HOST, &d));
	CU_ASSERT_EQUAL(d.words, 1u << DIAGNOSE_IGNORES_KOD);
}

static void
spikes_on_the_minute_are_cron_s(void)
{
	static struct crowd_kind k;

	k = crowd_ntpdate;
	k.poll_s = 60;
	for (unsigned i = 0; i < 30; i++)
		crowd_add(&w, &k, HOST, 60.5);
	crowd_run(&w, 2 * HOUR);
	CU_ASSERT_TRUE(crowd_diagnose(&w, HOST, &d));
	CU_ASSERT_TRUE(diagnose_has(&d, DIAGNOSE_CRON));
	/* 30 times 4 packets */
	CU_ASSERT_STRING_EQUAL(d.evidence[DIAGNOSE_CRON],
	    "100 % of its requests come at second :00 of the minute, "
	    "120 at a time");
}

static void
spikes_on_the_hour_are_cron_s(void)
{
	for (unsigned i = 0; i < 30; i++)
		crowd_add(&w, &crowd_ntpdate, HOST, 7 * 60 + 30.5);
	crowd_run(&w, 48 * HOUR);
	CU_ASSERT_TRUE(crowd_diagnose(&w, HOST, &d));
	CU_ASSERT_TRUE(diagnose_has(&d, DIAGNOSE_CRON));
	CU_ASSERT_STRING_EQUAL(d.evidence[DIAGNOSE_CRON],
	    "100 % of its requests come at second :30 of minute 7 of the "
	    "hour, 120 at a time");
}

static void
version_1_is_told(void)
{
	static struct crowd_kind k;

	k = crowd_timesyncd;
	k.version = 1;
	crowd_add(&w, &k, HOST, 0);
	crowd_run(&w, HOUR);
	CU_ASSERT_TRUE(crowd_diagnose(&w, HOST, &d));
	CU_ASSERT_EQUAL(d.words, 1u << DIAGNOSE_VERSION_1);
	CU_ASSERT_TRUE(diagnose_sick(&d));
}

static void
a_quiet_host_with_bad_origins_is_told(void)
{
	crowd_add(&w, &crowd_daemon, HOST, 0);
	crowd_run(&w, HOUR);
	CU_ASSERT_TRUE(crowd_diagnose(&w, HOST, &d));
	CU_ASSERT_EQUAL(d.words, 1u << DIAGNOSE_BAD_ORIGIN);
}

/* ---------------------------------------------------------------- words */

static void
words_and_sentences_go_together(void)
{
	struct clients_view v = { .requests = 5,
		.bad = 3,
		.redirected = 4,
		.versions = 1 << 3,
		.modes = 1 << 3,
		.ms_sntp = true };
	char buf[300], small[10];

	diagnose(&v, &d);
	CU_ASSERT_EQUAL(d.words,
	    1u << DIAGNOSE_MS_SNTP | 1u << DIAGNOSE_HARD_CODED);
	CU_ASSERT_FALSE(diagnose_sick(&d));
	CU_ASSERT_STRING_EQUAL(diagnose_print(&d, buf, sizeof(buf)),
	    "Windows asks for a signature of its domain, 3 requests were not "
	    "answered for it; 4 of 5 requests were for another server and "
	    "redirected");
	CU_ASSERT_EQUAL(strlen(diagnose_print(&d, small, sizeof(small))), 9);
	v = (struct clients_view){ .requests = 5 };
	diagnose(&v, &d);
	CU_ASSERT_STRING_EQUAL(diagnose_print(&d, buf, sizeof(buf)), "");
	CU_ASSERT_STRING_EQUAL(diagnose_name(DIAGNOSE_MANY_DAEMONS),
	    "many-daemons");
	CU_ASSERT_STRING_EQUAL(diagnose_name(DIAGNOSE_HARD_CODED),
	    "hard-coded");
}

static CU_TestInfo tests[] = {
	{ "chronyd is healthy", chronyd_is_healthy },
	{ "ntpd is healthy", ntpd_is_healthy },
	{ "timesyncd is healthy", timesyncd_is_healthy },
	{ "w32time is healthy", w32time_is_healthy },
	{ "w32time as a peer is noted and not sick",
	    w32time_as_a_peer_is_noted_and_not_sick },
	{ "busybox is healthy", busybox_is_healthy },
	{ "a probe every minute is healthy", a_probe_every_minute_is_healthy },
	{ "ntpdate every hour is healthy", ntpdate_every_hour_is_healthy },
	{ "a host after suspend is healthy", a_host_after_suspend_is_healthy },
	{ "a NAT of 200 hosts is noted and not sick",
	    a_nat_of_200_hosts_is_noted_and_not_sick },
	{ "a NAT of any clients is not sick",
	    a_nat_of_any_clients_is_not_sick },
	{ "a NAT of simple clients alone is not sick",
	    a_nat_of_simple_clients_alone_is_not_sick },
	{ "a NAT after a power cut is not sick",
	    a_nat_after_a_power_cut_is_not_sick },
	{ "a NAT with a limit of its own is counted",
	    a_nat_with_a_limit_of_its_own_is_counted },
	{ "4300 daemons are told and counted",
	    daemons_4300_are_told_and_counted },
	{ "4300 daemons are told in two minutes",
	    daemons_4300_are_told_in_two_minutes },
	{ "daemons with fresh ports are counted by their polls",
	    daemons_with_fresh_ports_are_counted_by_their_polls },
	{ "a flood is told within a minute", a_flood_is_told_within_a_minute },
	{ "a flood's evidence is in numbers",
	    a_flood_s_evidence_is_in_numbers },
	{ "a flood of many daemons is counted within a minute",
	    a_flood_of_many_daemons_is_counted_within_a_minute },
	{ "a loop of one second is told", a_loop_of_one_second_is_told },
	{ "what kisses do not move ignores them",
	    what_kisses_do_not_move_ignores_them },
	{ "spikes on the minute are cron's", spikes_on_the_minute_are_cron_s },
	{ "spikes on the hour are cron's", spikes_on_the_hour_are_cron_s },
	{ "version 1 is told", version_1_is_told },
	{ "a quiet host with bad origins is told",
	    a_quiet_host_with_bad_origins_is_told },
	{ "words and sentences go together", words_and_sentences_go_together },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_diagnose = { "core/diagnose", NULL, NULL, setup, NULL,
	tests };
