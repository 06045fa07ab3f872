/* SPDX-License-Identifier: ISC */
#include "base/fnv.h"
#include "core/engine.h"

#include "town.h"
#include "unit.h"

#include <math.h>
#include <string.h>

static uint8_t octets[ENGINE_STATE_MAX];
static size_t len;
static struct engine fresh;
static struct err err;

/* A day with a clock that is 20 ppm slow, and what is kept of it. */
static void
setup(void)
{
	struct now now;

	town_begin(5, 2);
	town_run(86400);
	now = town_now();
	len = engine_write(&town.engine, &now, octets);
	now = town_now();
	engine_init(&fresh, &town.conf, &town.keys, &town.leap, &now);
}

static int
read_back(const uint8_t *from, size_t n)
{
	struct now now = town_now();

	err.text[0] = '\0';
	return engine_read(&fresh, from, n, &now, &err);
}

static void
what_was_learned_comes_back(void)
{
	struct now now = town_now();
	struct estimate_view was, is;

	CU_ASSERT_TRUE_FATAL(len > 100);
	CU_ASSERT_EQUAL(read_back(octets, len), 0);
	was = estimate_at(&town.engine.estimate, now.mono);
	is = estimate_at(&fresh.estimate, now.mono);
	CU_ASSERT_FALSE(fresh.estimate.known);
	CU_ASSERT_TRUE(fresh.warm);
	CU_ASSERT_DOUBLE_EQUAL(fresh.estimate.mean.x[1],
	    town.engine.estimate.mean.x[1], 1e-9);
	CU_ASSERT_EQUAL(is.offset, 0);
	CU_ASSERT_TRUE(was.bound > 0 && isinf(is.bound));
}

/* As the daemon does it: another life, some seconds later. */
static void
live_again(uint64_t boot, double later)
{
	struct now now;

	town.conf.boot = 7;
	town.engine.conf.boot = 7;
	now = town_now();
	len = engine_write(&town.engine, &now, octets);
	town.conf.boot = boot;
	town.now += later;
	now = town_now();
	engine_init(&fresh, &town.conf, &town.keys, &town.leap, &now);
	CU_ASSERT_EQUAL(engine_read(&fresh, octets, len, &now, &err), 0);
}

static void
the_same_boot_goes_on_serving_at_once(void)
{
	struct engine_order o;
	struct engine_accuracy before, after;
	struct now now = town_now();

	before = engine_accuracy(&town.engine, &now);
	live_again(7, 10);
	now = town_now();
	CU_ASSERT_TRUE(fresh.resumed);
	after = engine_accuracy(&fresh, &now);
	CU_ASSERT_TRUE(after.bound < 3 * before.bound + 1e-3);
	CU_ASSERT_TRUE(fabs(after.offset) < 1e-3);
	/* no packet needed */
	for (int n = 0; n < 100; n++) {
		if (engine_poll(&fresh, &now, &o) == ENGINE_PUBLISH)
			break;
		CU_ASSERT_NOT_EQUAL_FATAL(o.want, ENGINE_SEND);
	}
	CU_ASSERT_EQUAL(fresh.state, ENGINE_HOLDOVER);
	CU_ASSERT_EQUAL(fresh.serving.stratum, 3);
	CU_ASSERT_EQUAL(fresh.serving.refid, town.engine.serving.refid);
}

static void
another_boot_begins_anew(void)
{
	live_again(8, 10);
	CU_ASSERT_FALSE(fresh.resumed);
	CU_ASSERT_FALSE(fresh.estimate.known);
	CU_ASSERT_EQUAL(fresh.serving.stratum, STRATUM_UNSYNC);
	live_again(0, 10);
	CU_ASSERT_FALSE(fresh.resumed);
}

static void
a_raw_clock_that_went_back_is_another_boot(void)
{
	live_again(7, -100);
	CU_ASSERT_FALSE(fresh.resumed);
}

/* Another life as the daemon has it, and the town goes on with it. */
static void
restart(uint64_t boot)
{
	struct now now;

	town.engine.conf.boot = 7;
	now = town_now();
	len = engine_write(&town.engine, &now, octets);
	town.conf.boot = boot;
	town.now += 5;
	now = town_now();
	engine_init(&town.engine, &town.conf, &town.keys, &town.leap, &now);
	CU_ASSERT_EQUAL(engine_read(&town.engine, octets, len, &now, &err), 0);
}

static void
a_restart_is_no_way_out_of_panic(void)
{
	static const uint64_t boot[] = { 7, 8 };

	for (int k = 0; k < 2; k++) {
		struct now now;
		unsigned steps;

		setup();
		steps = town.steps;
		for (int i = 0; i < 5; i++)
			town.server[i].lie = 100;
		town_run(2 * 3600);
		CU_ASSERT_EQUAL(town.engine.state, ENGINE_PANIC);
		restart(boot[k]);
		town_run(3600);
		CU_ASSERT_EQUAL(town.engine.state, ENGINE_PANIC);
		CU_ASSERT_EQUAL(town.steps, steps);
		now = town_now();
		CU_ASSERT_TRUE(engine_accept_step(&town.engine, &now));
		town_run(60);
		CU_ASSERT_EQUAL(town.engine.state, ENGINE_SYNCED);
		restart(boot[k]);
		town_run(60);
		CU_ASSERT_EQUAL(town.engine.state, ENGINE_SYNCED);
	}
}

static void
the_one_step_a_day_is_remembered(void)
{
	unsigned steps;

	town.clock += 5; /* somebody stepped it */
	town_run(1200);
	steps = town.steps;
	restart(7);
	town_run(60);
	town.clock += 5;
	town_run(3600);
	CU_ASSERT_EQUAL(town.engine.state, ENGINE_PANIC);
	/* one at the start, of what the clock was off then: nothing */
	CU_ASSERT_TRUE(town.steps <= steps + 1);
}

static void
nobody_takes_us_back_before_the_last_time_known(void)
{
	for (int i = 0; i < 5; i++)
		town.server[i].lie = -3600; /* all of them, after a reboot */
	restart(8);
	town_run(600);
	CU_ASSERT_EQUAL(town.engine.state, ENGINE_STARTING);
	CU_ASSERT_TRUE(town_heard("before the last that was known"));
}

static void
a_warm_start_needs_no_ramp(void)
{
	read_back(octets, len);
	CU_ASSERT_FALSE(fresh.schedule.ramp);
	CU_ASSERT_DOUBLE_EQUAL(fresh.schedule.interval, 64, 1e-9);
}

static void
cut_at_any_octet_it_is_refused_and_nothing_changes(void)
{
	struct engine was = fresh;

	for (size_t n = 0; n < len; n++) {
		if (read_back(octets, n) == 0)
			CU_FAIL("a file that was cut short was read");
		if (err.text[0] == '\0')
			CU_FAIL("refused without a sentence");
	}
	CU_ASSERT_EQUAL(memcmp(&was, &fresh, sizeof(was)), 0);
}

static void
a_flipped_bit_is_refused(void)
{
	for (size_t n = 0; n < len; n++) {
		uint8_t bad[ENGINE_STATE_MAX];

		memcpy(bad, octets, len);
		bad[n] ^= (uint8_t)(1 << n % 8);
		if (read_back(bad, len) == 0)
			CU_FAIL("a damaged file was read");
	}
	CU_PASS("every octet was tried");
}

static void
longer_than_it_says_is_refused(void)
{
	octets[len] = 0;
	CU_ASSERT_EQUAL(read_back(octets, len + 1), -1);
}

static void
another_version_is_named(void)
{
	octets[7] = 9;
	CU_ASSERT_EQUAL(read_back(octets, len), -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "version 9"));
}

static void
servers_are_known_by_name_not_by_place(void)
{
	struct engine_conf next = town.conf;
	struct now now = town_now();

	next.count = 4;
	next.server[0] = town.conf.server[3];
	next.server[3] = town.conf.server[0];
	strcpy(next.server[3].host, "192.0.2.200");
	engine_init(&fresh, &next, &town.keys, &town.leap, &now);
	CU_ASSERT_EQUAL(read_back(octets, len), 0);
	CU_ASSERT_EQUAL(fresh.estimate.sources, 4);
	CU_ASSERT_DOUBLE_EQUAL(fresh.estimate.path[0].floor,
	    town.engine.estimate.path[3].floor, 1e-9);
	CU_ASSERT_EQUAL(fresh.estimate.path[3].count, 0);
}

/* What has ever been written stays readable: a change of these octets needs
 * another version.  The estimator's own numbers are left out. */
static void
the_octets_are_those_of_version_1(void)
{
	static const uint8_t head[] = { 'n', 't', 'p', 'g', 'a', 't', 'e', 1, 0,
		0 };
	const struct now now = { .mono = { 5 }, .wall = { 6 } };
	const size_t before = 12 + 8 + 5 * 8 + 5 + 8 + 3 * 8 + 1 + 3 * 8 + 2;
	uint64_t sum = 0;

	fresh.panicked = true;
	fresh.stepped.ns = 7;
	fresh.known.ns = 8;
	fresh.steps = 9;
	len = engine_write(&fresh, &now, octets);
	CU_ASSERT_TRUE_FATAL(len > before + 5 * 8);
	CU_ASSERT_EQUAL(memcmp(octets, head, sizeof(head)), 0);
	CU_ASSERT_EQUAL((size_t)octets[10] << 8 | octets[11], len);
	CU_ASSERT_EQUAL(fnv(FNV_BEGIN, octets + 12, before - 12),
	    UINT64_C(0xc115ea8e0552a172));
	for (size_t i = len - 8; i < len; i++)
		sum = sum << 8 | octets[i];
	CU_ASSERT_EQUAL(sum, fnv(FNV_BEGIN, octets, len - 8));
}

static CU_TestInfo tests[] = {
	{ "what was learned comes back", what_was_learned_comes_back },
	{ "the same boot goes on serving at once",
	    the_same_boot_goes_on_serving_at_once },
	{ "another boot begins anew", another_boot_begins_anew },
	{ "a raw clock that went back is another boot",
	    a_raw_clock_that_went_back_is_another_boot },
	{ "a restart is no way out of panic",
	    a_restart_is_no_way_out_of_panic },
	{ "the one step a day is remembered",
	    the_one_step_a_day_is_remembered },
	{ "nobody takes us back before the last time known",
	    nobody_takes_us_back_before_the_last_time_known },
	{ "a warm start needs no ramp", a_warm_start_needs_no_ramp },
	{ "cut at any octet it is refused, and nothing changes",
	    cut_at_any_octet_it_is_refused_and_nothing_changes },
	{ "a flipped bit is refused", a_flipped_bit_is_refused },
	{ "longer than it says is refused", longer_than_it_says_is_refused },
	{ "another version is named", another_version_is_named },
	{ "servers are known by name, not by place",
	    servers_are_known_by_name_not_by_place },
	{ "the octets are those of version 1",
	    the_octets_are_those_of_version_1 },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_engine_memory = { "core/engine_memory", NULL, NULL, setup,
	NULL, tests };
