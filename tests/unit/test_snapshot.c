/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "base/text.h"
#include "view/snapshot.h"
#include "view/why.h"

#include "made.h"

#include <math.h>
#include <string.h>

#define S(seconds) ((struct mono){ (int64_t)((seconds)*1e9) })

/* An engine of four servers, one without an address, 100 s after its start. */
static struct engine engine;
static struct auth_keys keys;
static struct leap_table leap;
static struct snapshot shot;
static struct now now;

static struct source_conf
server(unsigned i)
{
	struct source_conf c = { .addr = { .port = 123 } };

	text_copy(c.host, sizeof(c.host), "ntp0.example.net");
	c.host[3] = (char)('0' + i);
	if (i == 3)
		return c;
	c.addr = addr_v4((const uint8_t[]){ 10, 0, (uint8_t)i, 1 });
	c.addr.port = 123;
	return c;
}

static void
setup(void)
{
	struct engine_conf conf = { .count = 4,
		.poll_min_s = 64,
		.poll_max_s = 1024,
		.accuracy_s = 0.005,
		.budget_day = 640,
		.step_limit_s = 1,
		.slew = 500e-6 };

	now = (struct now){ S(1000), { 1000000 * INT64_C(1000000000) }, 0, 42 };
	for (unsigned i = 0; i < conf.count; i++)
		conf.server[i] = server(i);
	engine_init(&engine, &conf, &keys, &leap, &now);
	now.mono = mono_add(now.mono, 100);
	now.wall = wall_add(now.wall, 100);
}

static void
take(void)
{
	memset(&shot, 0x5a, sizeof(shot));
	snapshot_take(&shot, &engine, &now);
}

/* Server i has spoken, and is 20 ms away. */
static void
heard(unsigned i)
{
	struct engine_source *es = &engine.source[i];
	struct sample sample = { .at = mono_add(now.mono, -10),
		.offset = 0.25,
		.delay = 0.020,
		.root_delay = 0.002,
		.root_disp = 0.001 };

	es->source.samples = 1;
	es->source.sample[0] = sample;
	es->source.stratum = 2;
	es->source.refid = 0xc0000201;
	es->source.reach = 1;
	es->selectable = es->truechimer = true;
	es->offset = 0.001 * i;
	estimate_add(&engine.estimate, i, &sample);
}

/* All three agree. */
static void
agreement(void)
{
	for (unsigned i = 0; i < 3; i++)
		heard(i);
	engine.truth = (struct select_result){ .majority = true,
		.groups = 3,
		.agreeing = 3 };
}

static void
serving(unsigned peer)
{
	engine.state = ENGINE_SYNCED;
	engine.peer = peer;
	engine.serving = (struct server_time){ .stratum = 3,
		.refid = server_refid(&engine.source[peer].source.conf.addr),
		.updated = wall_add(now.wall, -50),
		.root_delay_s = 0.1,
		.root_disp_s = 0.01,
		.disp_rate = 15e-6 };
}

static void
a_fresh_engine_knows_nothing(void)
{
	take();
	CU_ASSERT_EQUAL(shot.state, ENGINE_STARTING);
	CU_ASSERT(isinf(shot.error_bound_s));
	CU_ASSERT_EQUAL(shot.serving.leap, LEAP_UNSYNC);
	CU_ASSERT_EQUAL(shot.named, -1);
	CU_ASSERT_STRING_EQUAL(shot.source, "");
	CU_ASSERT_DOUBLE_EQUAL(shot.uptime_s, 100, 1e-6);
	CU_ASSERT_EQUAL(shot.sent.budget, 640);
	CU_ASSERT_EQUAL(shot.pace.promised_s, 0.005);
	CU_ASSERT_EQUAL(shot.pace.interval_s, 64);
	CU_ASSERT_EQUAL(shot.pace.reason, ENGINE_PACE_START);
	CU_ASSERT(isinf(shot.pace.peak_s) && isinf(shot.pace.best_s));
}

static void
what_the_engine_counts_is_told(void)
{
	engine.sums.heard = 12;
	engine.sums.sibling_asked = 13;
	engine.sums.verdict[SOURCE_STALE] = 14;
	engine.sums.sibling_verdict[SIBLING_OURSELVES] = 15;
	engine.reloads = 3;
	engine.steps = 2;
	take();
	CU_ASSERT_EQUAL(shot.sums.heard, 12);
	CU_ASSERT_EQUAL(shot.sums.sibling_asked, 13);
	CU_ASSERT_EQUAL(shot.sums.verdict[SOURCE_STALE], 14);
	CU_ASSERT_EQUAL(shot.sums.sibling_verdict[SIBLING_OURSELVES], 15);
	CU_ASSERT_EQUAL(shot.reloads, 3);
	CU_ASSERT_EQUAL(shot.steps, 2);
}

static void
when_it_was_taken_is_told_by_the_raw_clock(void)
{
	take();
	CU_ASSERT_EQUAL(snapshot_taken(&shot).ns, now.mono.ns);
	CU_ASSERT_NOT_EQUAL(shot.started.ns, now.mono.ns);
}

static void
what_the_engine_does_not_know_is_zero(void)
{
	take();
	CU_ASSERT_STRING_EQUAL(shot.name, "");
	CU_ASSERT_STRING_EQUAL(shot.sibling.host, "");
	CU_ASSERT_EQUAL(shot.serve.received, 0);
	CU_ASSERT_FALSE(shot.clock_virtual);
}

static void
the_same_engine_gives_the_same_octets(void)
{
	struct snapshot other;

	take();
	memset(&other, 0xa5, sizeof(other));
	snapshot_take(&other, &engine, &now);
	CU_ASSERT_EQUAL(memcmp(&other, &shot, sizeof(other)), 0);
}

static void
a_server_without_an_address_is_not_active(void)
{
	take();
	CU_ASSERT_EQUAL(shot.upstreams, 4);
	CU_ASSERT(shot.upstream[2].active);
	CU_ASSERT_FALSE(shot.upstream[3].active);
	CU_ASSERT(shot.upstream[3].next_s < 0);
	CU_ASSERT(shot.upstream[3].last_s < 0);
	CU_ASSERT_STRING_EQUAL(shot.upstream[3].host, "ntp3.example.net");
}

static void
a_question_that_is_overdue_comes_in_no_time(void)
{
	take();
	CU_ASSERT_EQUAL(shot.upstream[0].next_s, 0);
}

/* The ledger wants 64 s between two packets to this server. */
static void
the_ledger_may_put_the_next_question_off(void)
{
	CU_ASSERT(
	    ledger_spend(&engine.ledger, engine.source[1].line, now.mono));
	take();
	CU_ASSERT_DOUBLE_EQUAL(shot.upstream[1].next_s, 64, 0.1);
	CU_ASSERT_EQUAL(shot.sent.hour, 1);
	CU_ASSERT_EQUAL(shot.sent.day, 1);
	CU_ASSERT_EQUAL(shot.sent.total, 1);
}

static void
a_silent_server_has_an_interval_of_its_own(void)
{
	engine.schedule.line[1].backoff_s = 4096;
	take();
	CU_ASSERT_EQUAL(shot.upstream[1].poll_s, 4096);
	CU_ASSERT_EQUAL(shot.upstream[0].poll_s, engine.schedule.interval);
}

static void
samples_bring_numbers(void)
{
	agreement();
	serving(0);
	take();
	CU_ASSERT(isfinite(shot.error_bound_s));
	CU_ASSERT(shot.upstream[2].sampled);
	CU_ASSERT_DOUBLE_EQUAL(shot.upstream[2].offset_s, 0.002, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(shot.upstream[2].delay_s, 0.020, 1e-9);
	CU_ASSERT_FALSE(shot.upstream[3].sampled);
}

/* 100 ms / 2 + 10 ms + 50 s * 15 ppm */
static void
distance_is_half_delay_and_dispersion(void)
{
	agreement();
	serving(0);
	take();
	CU_ASSERT_DOUBLE_EQUAL(shot.root_disp_s, 0.01075, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(shot.root_distance_s, 0.05 + 0.01075, 1e-9);
}

static void
true_time_is_ours_and_the_offset(void)
{
	agreement();
	serving(0);
	take();
	CU_ASSERT_DOUBLE_EQUAL(wall_sub(shot.at, now.wall), shot.offset_s,
	    1e-9);
	CU_ASSERT_DOUBLE_EQUAL(shot.offset_s, 0.25, 0.05);
}

static void
the_reference_id_names_the_peer(void)
{
	agreement();
	serving(1);
	take();
	CU_ASSERT_EQUAL(shot.named, 1);
	CU_ASSERT_STRING_EQUAL(shot.source, "ntp1.example.net");
	CU_ASSERT_EQUAL(why_tally(&shot, 1), '*');
	CU_ASSERT_EQUAL(why_tally(&shot, 2), '+');
	CU_ASSERT_EQUAL(why_tally(&shot, 3), ' ');
}

/* A reload has moved the servers since. */
static void
the_reference_id_is_found_if_the_peer_has_moved(void)
{
	agreement();
	serving(1);
	engine.peer = 0;
	take();
	CU_ASSERT_EQUAL(shot.named, 1);
}

static void
unsynchronised_names_nobody(void)
{
	agreement();
	serving(1);
	engine.serving.leap = LEAP_UNSYNC;
	take();
	CU_ASSERT_EQUAL(shot.named, -1);
}

/* Two of three groups that answer, but four are configured. */
static void
at_first_most_of_all_groups_must_agree(void)
{
	heard(0);
	heard(1);
	engine.truth = (struct select_result){ .majority = true,
		.groups = 3,
		.agreeing = 2 };
	take();
	CU_ASSERT_FALSE(shot.majority);
	CU_ASSERT_EQUAL(shot.agreeing, 0);
	CU_ASSERT_STRING_EQUAL(why_state(&shot, 0), "waiting");
	engine.state = ENGINE_SYNCED;
	take();
	CU_ASSERT(shot.majority);
	CU_ASSERT_EQUAL(shot.agreeing, 2);
	CU_ASSERT_STRING_EQUAL(why_state(&shot, 0), "used");
}

static void
who_fell_silent_is_not_believed_any_more(void)
{
	agreement();
	serving(0);
	engine.source[2].selectable = false;
	engine.source[2].source.missed = 3;
	take();
	CU_ASSERT_EQUAL(why_tally(&shot, 2), ' ');
	CU_ASSERT_STRING_EQUAL(why_state(&shot, 2), "silent");
}

/* The second of three that agree: without it two of two do. */
static void
what_would_be_left_without_one(void)
{
	agreement();
	serving(0);
	for (unsigned i = 0; i < 3; i++)
		engine.source[i].distance = 0.02;
	take();
	CU_ASSERT(shot.upstream[1].without.majority);
	CU_ASSERT_EQUAL(shot.upstream[1].without.groups, 2);
	CU_ASSERT_EQUAL(shot.upstream[1].without.agreeing, 2);
	/* with a liar in its place no majority would be left of the other */
	engine.source[2].offset = 5;
	engine.source[2].truechimer = false;
	engine.truth.agreeing = 2;
	take();
	CU_ASSERT_FALSE(shot.upstream[1].without.majority);
	CU_ASSERT(shot.upstream[2].without.majority);
}

/* RATE at an interval of 512 s: the floor is 1024 s, for a day. */
static void
the_ledger_s_lines_are_told(void)
{
	unsigned line = engine.source[1].line;

	CU_ASSERT(ledger_spend(&engine.ledger, line, now.mono));
	ledger_kiss(&engine.ledger, line, "RATE", 512, now.mono);
	now.mono = mono_add(now.mono, 100);
	take();
	CU_ASSERT_EQUAL(shot.upstream[1].account.hour, 1);
	CU_ASSERT_EQUAL(shot.upstream[1].account.day, 1);
	CU_ASSERT_EQUAL(shot.upstream[1].account.total, 1);
	CU_ASSERT_STRING_EQUAL(shot.upstream[1].account.kiss, "RATE");
	CU_ASSERT_DOUBLE_EQUAL(shot.upstream[1].account.kissed_s, 100, 1e-6);
	CU_ASSERT_EQUAL(shot.upstream[1].account.floor_s, 1024);
	CU_ASSERT_EQUAL(shot.upstream[1].account.rated_s, 1024);
	CU_ASSERT_EQUAL(shot.upstream[1].poll_s, 1024);
	CU_ASSERT_EQUAL(shot.upstream[0].account.rated_s, 0);
	CU_ASSERT_EQUAL(shot.upstream[0].account.kisses, 0);
}

static void
a_spare_and_whom_it_replaces_are_told(void)
{
	struct source_conf spare = server(4);

	engine.conf.spares = 1;
	engine.conf.spare[0] = spare;
	engine.source[1].stands_for = 0;
	take();
	CU_ASSERT_EQUAL(shot.spares, 1);
	CU_ASSERT_STRING_EQUAL(shot.spare[0].host, spare.host);
	CU_ASSERT_FALSE(shot.spare[0].account.retired);
	CU_ASSERT_STRING_EQUAL(shot.upstream[1].stands_for, spare.host);
	CU_ASSERT_STRING_EQUAL(shot.upstream[0].stands_for, "");
	/* it denied us in an earlier life, and nobody uses its line now */
	unsigned line = ledger_line(&engine.ledger, &spare.addr);
	ledger_kiss(&engine.ledger, line, "DENY", 64, now.mono);
	ledger_kiss(&engine.ledger, line, "DENY", 64, now.mono);
	take();
	CU_ASSERT(shot.spare[0].account.retired);
	CU_ASSERT_DOUBLE_EQUAL(shot.spare[0].account.retired_s, 30 * 86400.0,
	    1);
}

static void
what_holds_the_ledger_is_told(void)
{
	take();
	CU_ASSERT_STRING_EQUAL(snapshot_ledger_name(&shot), "good");
	CU_ASSERT_EQUAL(shot.hold_s, 0);
	CU_ASSERT_EQUAL(shot.pace_s, 0);
	ledger_be_frugal(&engine.ledger, now.mono);
	engine.ledger.hold = mono_add(now.mono, 8);
	engine.closed = true;
	take();
	CU_ASSERT_DOUBLE_EQUAL(shot.frugal_s, 86400, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(shot.hold_s, 8, 1e-6);
	CU_ASSERT_STRING_EQUAL(snapshot_ledger_name(&shot), "closed");
	now.mono = mono_add(now.mono, 86401);
	engine.closed = false;
	take();
	CU_ASSERT_EQUAL(shot.frugal_s, 0);
	CU_ASSERT_STRING_EQUAL(snapshot_ledger_name(&shot), "good");
}

static void
servers_of_one_group_count_once(void)
{
	struct snapshot s = made_synced();

	CU_ASSERT_EQUAL(snapshot_groups(&s), 5);
	CU_ASSERT_EQUAL(snapshot_quorum(&s), 3);
	s.upstream[1].group = s.upstream[4].group = 0;
	CU_ASSERT_EQUAL(snapshot_groups(&s), 3);
	CU_ASSERT_EQUAL(snapshot_quorum(&s), 2);
}

static CU_TestInfo tests[] = {
	{ "a fresh engine knows nothing", a_fresh_engine_knows_nothing },
	{ "when it was taken is told by the raw clock",
	    when_it_was_taken_is_told_by_the_raw_clock },
	{ "what the engine does not know is zero",
	    what_the_engine_does_not_know_is_zero },
	{ "what the engine counts is told", what_the_engine_counts_is_told },
	{ "the same engine gives the same octets",
	    the_same_engine_gives_the_same_octets },
	{ "a server without an address is not active",
	    a_server_without_an_address_is_not_active },
	{ "a question that is overdue comes in no time",
	    a_question_that_is_overdue_comes_in_no_time },
	{ "the ledger may put the next question off",
	    the_ledger_may_put_the_next_question_off },
	{ "a silent server has an interval of its own",
	    a_silent_server_has_an_interval_of_its_own },
	{ "samples bring numbers", samples_bring_numbers },
	{ "distance is half delay and dispersion",
	    distance_is_half_delay_and_dispersion },
	{ "true time is ours and the offset",
	    true_time_is_ours_and_the_offset },
	{ "the reference id names the peer", the_reference_id_names_the_peer },
	{ "the reference id is found if the peer has moved",
	    the_reference_id_is_found_if_the_peer_has_moved },
	{ "unsynchronised names nobody", unsynchronised_names_nobody },
	{ "at first most of all groups must agree",
	    at_first_most_of_all_groups_must_agree },
	{ "who fell silent is not believed any more",
	    who_fell_silent_is_not_believed_any_more },
	{ "what would be left without one", what_would_be_left_without_one },
	{ "the ledger's lines are told", the_ledger_s_lines_are_told },
	{ "a spare, and whom it replaces, are told",
	    a_spare_and_whom_it_replaces_are_told },
	{ "what holds the ledger is told", what_holds_the_ledger_is_told },
	{ "servers of one group count once", servers_of_one_group_count_once },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_snapshot = { "view/snapshot", NULL, NULL, setup, NULL,
	tests };
