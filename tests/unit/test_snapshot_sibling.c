/* SPDX-License-Identifier: ISC */
/* What a snapshot has of the sibling. */
#include "unit.h"

#include "base/text.h"
#include "view/snapshot.h"

#include <math.h>
#include <string.h>

#define S(seconds) ((struct mono){ (int64_t)((seconds)*1e9) })

/* An engine of two servers, 100 s after its start. */
static struct engine engine;
static struct auth_keys keys;
static struct leap_table leap;
static struct snapshot shot;
static struct now now;

static void
setup(void)
{
	struct engine_conf conf = { .count = 2,
		.poll_min_s = 64,
		.poll_max_s = 1024,
		.accuracy_s = 0.005,
		.budget_day = 640,
		.step_limit_s = 1,
		.slew = 500e-6 };

	now = (struct now){ S(1000), { 1000000 * INT64_C(1000000000) }, 0, 42 };
	for (unsigned i = 0; i < conf.count; i++) {
		text_copy(conf.server[i].host, SOURCE_HOST_MAX, "192.0.2.1");
		conf.server[i].addr =
		    addr_v4((const uint8_t[]){ 192, 0, 2, (uint8_t)(1 + i) });
		conf.server[i].addr.port = 123;
	}
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

/* A sibling that was heard 2 s ago, for the first time 50 s ago. */
static struct sibling *
with_sibling(enum sibling_kind kind)
{
	struct sibling *l = &engine.pair.link;

	engine.conf.sibling.on = l->conf.on = true;
	text_copy(l->conf.host, sizeof(l->conf.host), "gw2.example.net");
	l->conf.addrs = 1;
	l->conf.addr[0] = addr_v4((const uint8_t[]){ 10, 0, 0, 12 });
	l->kind = kind;
	l->ever = true;
	l->period_s = 16;
	l->heard = mono_add(now.mono, -2);
	l->met = mono_add(now.mono, -50);
	l->served_offset = -3e-6;
	l->delay = 0.0002;
	l->word = (struct link_word){ .name = "gw2",
		.state = ENGINE_HOLDOVER,
		.bound = 0.001,
		.interval_s = 512,
		.sent_day = 77 };
	return l;
}

static void
without_a_sibling_there_is_none(void)
{
	take();
	CU_ASSERT_EQUAL(shot.sibling.state, SNAPSHOT_SIBLING_NONE);
}

static void
a_sibling_that_speaks_our_field_is_paired(void)
{
	with_sibling(SIBLING_LINK);
	take();
	CU_ASSERT_EQUAL(shot.sibling.state, SNAPSHOT_SIBLING_PAIRED);
	CU_ASSERT_STRING_EQUAL(shot.sibling.host, "gw2.example.net");
	CU_ASSERT_STRING_EQUAL(shot.sibling.name, "gw2");
	CU_ASSERT_EQUAL(shot.sibling.addr.ip[3], 12);
	CU_ASSERT_DOUBLE_EQUAL(shot.sibling.heard_s, 2, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(shot.sibling.met_s, 50, 1e-9);
	CU_ASSERT_EQUAL(shot.sibling.offset_s, -3e-6);
	CU_ASSERT_EQUAL(shot.sibling.delay_s, 0.0002);
	CU_ASSERT_EQUAL(shot.sibling.says, ENGINE_HOLDOVER);
	CU_ASSERT_EQUAL(shot.sibling.bound_s, 0.001);
	CU_ASSERT_EQUAL(shot.sibling.interval_s, 512);
	CU_ASSERT_EQUAL(shot.sibling.sent_day, 77);
}

/* Three periods of 16 s. */
static void
a_sibling_silent_for_three_periods_is_unheard(void)
{
	struct sibling *l = with_sibling(SIBLING_LINK);

	l->heard = mono_add(now.mono, -49);
	take();
	CU_ASSERT_EQUAL(shot.sibling.state, SNAPSHOT_SIBLING_UNHEARD);
	CU_ASSERT_DOUBLE_EQUAL(shot.sibling.heard_s, 49, 1e-9);
	CU_ASSERT(shot.sibling.met_s < 0);
	l->kind = SIBLING_PLAIN;
	take();
	CU_ASSERT_EQUAL(shot.sibling.state, SNAPSHOT_SIBLING_UNHEARD);
}

static void
a_sibling_never_heard_has_no_words(void)
{
	with_sibling(SIBLING_UNKNOWN)->ever = false;
	take();
	CU_ASSERT_EQUAL(shot.sibling.state, SNAPSHOT_SIBLING_UNHEARD);
	CU_ASSERT(shot.sibling.heard_s < 0);
	CU_ASSERT_STRING_EQUAL(shot.sibling.name, "");
	CU_ASSERT(isinf(shot.sibling.bound_s));
	CU_ASSERT(isnan(shot.sibling.drift_ppm));
}

static void
a_stranger_is_plain_and_has_no_words(void)
{
	with_sibling(SIBLING_PLAIN);
	take();
	CU_ASSERT_EQUAL(shot.sibling.state, SNAPSHOT_SIBLING_PLAIN);
	CU_ASSERT_STRING_EQUAL(shot.sibling.name, "");
	CU_ASSERT_DOUBLE_EQUAL(shot.sibling.met_s, 50, 1e-9);
}

static void
a_dropped_sibling_is_dropped_though_it_is_heard(void)
{
	with_sibling(SIBLING_LINK);
	engine.pair.dropped = true;
	text_copy(engine.pair.why, sizeof(engine.pair.why), "mad");
	take();
	CU_ASSERT_EQUAL(shot.sibling.state, SNAPSHOT_SIBLING_DROPPED);
	CU_ASSERT_STRING_EQUAL(shot.sibling.why, "mad");
}

/* It comes from another machine. */
static void
a_state_that_is_none_is_starting(void)
{
	with_sibling(SIBLING_LINK)->word.state = 77;
	take();
	CU_ASSERT_EQUAL(shot.sibling.says, ENGINE_STARTING);
}

static void
what_we_make_of_the_sibling_is_told(void)
{
	with_sibling(SIBLING_LINK);
	engine.pair.fed = engine.pair.leads = engine.pair.follows = true;
	engine.pair.taken = 12;
	engine.pair.refused = 3;
	engine.pair.differs = 5;
	engine.pair.weight = 0.5;
	take();
	CU_ASSERT(shot.sibling.fed);
	CU_ASSERT(shot.sibling.leads);
	CU_ASSERT(shot.sibling.follows);
	CU_ASSERT_EQUAL(shot.sibling.taken, 12);
	CU_ASSERT_EQUAL(shot.sibling.refused, 3);
	CU_ASSERT_EQUAL(shot.sibling.differs, 5);
	CU_ASSERT_EQUAL(shot.sibling.weight, 0);
	engine.pair.leaning = true;
	take();
	CU_ASSERT_EQUAL(shot.sibling.weight, 0.5);
}

static void
the_siblings_questions_are_told(void)
{
	take();
	CU_ASSERT(shot.upstream[0].other_s < 0);
	engine.schedule.line[0].shared = true;
	engine.schedule.line[0].other = mono_add(now.mono, -30);
	take();
	CU_ASSERT_DOUBLE_EQUAL(shot.upstream[0].other_s, 30, 1e-9);
	CU_ASSERT(shot.upstream[1].other_s < 0);
}

static CU_TestInfo tests[] = {
	{ "without a sibling there is none", without_a_sibling_there_is_none },
	{ "a sibling that speaks our field is paired",
	    a_sibling_that_speaks_our_field_is_paired },
	{ "a sibling silent for three periods is unheard",
	    a_sibling_silent_for_three_periods_is_unheard },
	{ "a sibling never heard has no words",
	    a_sibling_never_heard_has_no_words },
	{ "a stranger is plain, and has no words",
	    a_stranger_is_plain_and_has_no_words },
	{ "a dropped sibling is dropped, though it is heard",
	    a_dropped_sibling_is_dropped_though_it_is_heard },
	{ "a state that is none is starting",
	    a_state_that_is_none_is_starting },
	{ "what we make of the sibling is told",
	    what_we_make_of_the_sibling_is_told },
	{ "the sibling's questions are told", the_siblings_questions_are_told },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_snapshot_sibling = { "view/snapshot: sibling", NULL, NULL,
	setup, NULL, tests };
