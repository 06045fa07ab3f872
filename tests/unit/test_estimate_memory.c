/* SPDX-License-Identifier: ISC */
/* What an estimate remembers over a restart. */
#include "core/estimate.h"
#include "unit.h"
#include "world.h"

#include <math.h>
#include <string.h>

static uint8_t octets[8192];

static size_t
saved(void)
{
	struct wire_out w = { .at = octets, .left = sizeof(octets) };

	estimate_write(&world.e, &w);
	CU_ASSERT_FALSE(w.bad);
	return sizeof(octets) - w.left;
}

static bool
restored(struct estimate *to, size_t len, double age)
{
	struct wire w = { .at = octets, .left = len };

	return estimate_read(to, &w, age);
}

static void
a_restart_remembers_frequency_and_floors(void)
{
	struct estimate_view v;
	size_t len;

	world.lie[1] = 0.0004;
	world_settle();
	len = saved();
	estimate_init(&world.e, 4);
	CU_ASSERT_TRUE(restored(&world.e, len, 10));
	CU_ASSERT_FALSE(world.e.known);
	CU_ASSERT(isinf(world_bound()));
	world_pass(10);
	world.offset -= 7; /* another boot */
	for (unsigned i = 0; i < 4; i++)
		world_ask(i);
	v = estimate_at(&world.e, mono_at(world.now));
	CU_ASSERT(fabs(v.frequency - 30e-6) < 30e-9);
	CU_ASSERT(v.frequency_sigma < 200e-9);
	CU_ASSERT(fabs(world_error()) < 500e-6);
	CU_ASSERT(v.bound < 800e-6);
	CU_ASSERT_DOUBLE_EQUAL(world.e.path[3].floor, 0.020, 300e-6);
	CU_ASSERT_DOUBLE_EQUAL(estimate_bias(&world.e, 1) -
		estimate_bias(&world.e, 0),
	    0.0004, 0.00025);
}

/* What is doubted of a frequency that was saved so long ago. */
static double
doubt_after(double age)
{
	struct estimate other;

	estimate_init(&other, 4);
	CU_ASSERT_TRUE(restored(&other, saved(), age));
	return estimate_at(&other, mono_at(0)).bound == INFINITY ?
	    sqrt(other.mean.p[1][1]) :
	    0;
}

static void
memory_fades_with_its_age(void)
{
	world_settle();
	CU_ASSERT(doubt_after(1e7) > doubt_after(10));
	CU_ASSERT_EQUAL(doubt_after(-1), doubt_after(86400));
	CU_ASSERT_EQUAL(doubt_after(NAN), doubt_after(86400));
	CU_ASSERT_EQUAL(doubt_after(1e12), doubt_after(86400));
}

static void
another_boot_may_be_said_before_the_first_sample(void)
{
	size_t len;

	world_settle();
	len = saved();
	CU_ASSERT_TRUE(restored(&world.e, len, 10));
	estimate_reopen(&world.e, 0, 1e-12);
	world_ask(0);
	CU_ASSERT_DOUBLE_EQUAL(
	    estimate_at(&world.e, mono_at(world.now)).frequency_sigma, 1e-6,
	    1e-8);
}

static void
a_cut_memory_changes_nothing(void)
{
	struct estimate other, before;
	size_t len;

	world_settle();
	len = saved();
	estimate_init(&other, 4);
	before = other;
	for (size_t n = 0; n < len; n++)
		CU_ASSERT_FALSE(restored(&other, n, 10));
	CU_ASSERT_EQUAL(memcmp(&other, &before, sizeof(other)), 0);
	CU_ASSERT_TRUE(restored(&other, len, 10));
}

/* Whatever a damaged memory says, if it is taken then time is still found. */
static void
a_damaged_memory_is_refused_or_harmless(void)
{
	world_settle();
	for (int k = 0; k < 2000; k++) {
		size_t len = saved();
		struct estimate other;

		octets[rng_u64(&world.rng) % len] =
		    (uint8_t)rng_u64(&world.rng);
		estimate_init(&other, 4);
		if (!restored(&other, len, 10))
			continue;
		for (unsigned i = 0; i < 4; i++) {
			struct sample s = world_sample(i);

			estimate_add(&other, i, &s);
		}
		CU_ASSERT(
		    isfinite(estimate_at(&other, mono_at(world.now)).offset));
		CU_ASSERT(
		    isfinite(estimate_at(&other, mono_at(world.now)).bound));
	}
}

static void
a_full_house_fits_the_state_file(void)
{
	estimate_init(&world.e, ESTIMATE_SOURCES);
	for (unsigned k = 0; k < 10 * ESTIMATE_SOURCES; k++) {
		struct sample s = world_sample(k % 4);

		world_pass(64);
		estimate_add(&world.e, k % ESTIMATE_SOURCES, &s);
	}
	CU_ASSERT(saved() < 4096);
}

static CU_TestInfo tests[] = {
	{ "a restart remembers frequency and floors",
	    a_restart_remembers_frequency_and_floors },
	{ "memory fades with its age", memory_fades_with_its_age },
	{ "another boot may be said before the first sample",
	    another_boot_may_be_said_before_the_first_sample },
	{ "a cut memory changes nothing", a_cut_memory_changes_nothing },
	{ "a damaged memory is refused or harmless",
	    a_damaged_memory_is_refused_or_harmless },
	{ "a full house fits the state file",
	    a_full_house_fits_the_state_file },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_estimate_memory = { "core/estimate memory", NULL, NULL,
	world_init, NULL, tests };
