/* SPDX-License-Identifier: ISC */
#include "base/rng.h"
#include "core/estimate.h"
#include "unit.h"

#include <math.h>
#include <string.h>

/*
 * A world: our clock is 2 s and 30 ppm slow, and oscillates evenly unless a
 * test says otherwise.  Four servers are 20 ms away and back, with queues of
 * 0.5 ms each way; each may lie.
 */
static struct estimate e;
static struct rng r;
static double now, offset, frequency, lie[4], delay[4];
static enum estimate_verdict last;

static void
setup(void)
{
	estimate_init(&e, 4);
	rng_init(&r, 1);
	now = 1000;
	offset = 2;
	frequency = 30e-6;
	for (int i = 0; i < 4; i++) {
		lie[i] = 0;
		delay[i] = 0.020;
	}
}

static struct mono
at(double t)
{
	return mono_add((struct mono){ 0 }, t);
}

static void
pass(double dt)
{
	now += dt;
	offset += dt * frequency;
}

static struct sample
sample(unsigned i)
{
	double there = 0.0005 * rng_exponential(&r);
	double back = 0.0005 * rng_exponential(&r);

	return (struct sample){ .at = at(now),
		.offset = offset + lie[i] + (there - back) / 2,
		.delay = delay[i] + there + back };
}

static enum estimate_verdict
ask(unsigned i)
{
	struct sample s = sample(i);

	return estimate_add(&e, i, &s);
}

/* Rounds of four servers, each asked once in interval. */
static void
rounds(int n, double interval)
{
	for (int k = 0; k < 4 * n; k++) {
		pass(interval / 4);
		last = ask((unsigned)k % 4);
	}
}

/* A burst, an hour at 64 s and a day at 1024 s. */
static void
settle(void)
{
	rounds(4, 2);
	rounds(56, 64);
	rounds(84, 1024);
}

static double
error(void)
{
	return estimate_at(&e, at(now)).offset - offset;
}

static double
bound(void)
{
	return estimate_at(&e, at(now)).bound;
}

static void
nothing_is_known_at_first(void)
{
	struct estimate_view v = estimate_at(&e, at(5));

	CU_ASSERT_EQUAL(v.offset, 0);
	CU_ASSERT_EQUAL(v.frequency, 0);
	CU_ASSERT(isinf(v.bound));
	CU_ASSERT_EQUAL(estimate_bias(&e, 0), 0);
}

static void
the_first_sample_is_right_to_half_its_delay(void)
{
	CU_ASSERT_EQUAL(ask(0), ESTIMATE_TAKEN);
	CU_ASSERT(fabs(error()) < 0.010);
	CU_ASSERT(bound() > 0.0005 && bound() < 0.010);
}

static void
without_memory_frequency_may_be_50_ppm_off(void)
{
	struct estimate_view v;

	ask(0);
	v = estimate_at(&e, at(now));
	CU_ASSERT_DOUBLE_EQUAL(v.frequency_sigma, 50e-6, 1e-9);
	/* 1.96 * 50 ppm * 1000 s, and the milliseconds of before */
	v = estimate_at(&e, at(now + 1000));
	CU_ASSERT_DOUBLE_EQUAL(v.bound, 0.098, 0.001);
}

static void
it_converges_to_offset_and_frequency(void)
{
	struct estimate_view v;

	settle();
	v = estimate_at(&e, at(now));
	CU_ASSERT(fabs(error()) < 200e-6);
	CU_ASSERT(fabs(v.frequency - 30e-6) < 20e-9);
	CU_ASSERT(v.bound < 400e-6);
	CU_ASSERT(v.fixed < v.bound && v.fixed > 0);
	CU_ASSERT(v.wander < 1e-8);
	CU_ASSERT_EQUAL(e.taken, 4 * 144);
}

static void
the_error_is_below_the_bound(void)
{
	int good = 0;

	settle();
	for (int k = 0; k < 1000; k++) {
		frequency += 3e-8 * rng_normal(&r);
		pass(300);
		good += fabs(error()) < bound();
		if (k % 3 == 2)
			ask((unsigned)k / 3 % 4);
	}
	/* 95 % are promised; neighbours are not independent */
	CU_ASSERT(good > 900);
}

static void
the_bound_grows_until_the_next_sample(void)
{
	double before = 0;

	settle();
	for (double t = now; t < now + 1e5; t += 1000) {
		double b = estimate_at(&e, at(t)).bound;

		CU_ASSERT(b > before);
		before = b;
	}
}

static void
until_says_when_the_bound_passes(void)
{
	double t;

	settle();
	t = mono_sub(estimate_until(&e, 0.001), at(0));
	CU_ASSERT(t > now);
	CU_ASSERT_DOUBLE_EQUAL(estimate_at(&e, at(t)).bound, 0.001, 1e-6);
}

static void
until_knows_too_late_and_never(void)
{
	settle();
	CU_ASSERT_EQUAL(estimate_until(&e, 1e-9).ns, at(now).ns);
	CU_ASSERT_EQUAL(estimate_until(&e, 1e3).ns, INT64_MAX);
}

static void
a_lie_of_one_is_found(void)
{
	lie[1] = 0.0004;
	settle();
	/* seen against the mean of all, which lies by 0.1 ms itself */
	CU_ASSERT_DOUBLE_EQUAL(estimate_bias(&e, 1) - estimate_bias(&e, 0),
	    0.0004, 0.00015);
	CU_ASSERT(bound() > fabs(error()));
}

static void
an_outlier_asks_for_a_second_opinion(void)
{
	settle();
	pass(100);
	lie[0] = 0.1;
	CU_ASSERT_EQUAL(ask(0), ESTIMATE_HELD);
	CU_ASSERT(fabs(error()) < 200e-6);
}

static void
an_outlier_that_is_confirmed_moved_the_clock(void)
{
	settle();
	pass(500);
	offset += 0.1;
	CU_ASSERT_EQUAL(ask(0), ESTIMATE_HELD);
	pass(0.5);
	CU_ASSERT_EQUAL(ask(1), ESTIMATE_TAKEN);
	CU_ASSERT(fabs(error()) < 0.002);
	CU_ASSERT(bound() > fabs(error()));
	/* both have entered */
	CU_ASSERT_EQUAL(e.taken, 4 * 144 + 2);
}

static void
an_outlier_that_is_contradicted_is_dropped(void)
{
	settle();
	pass(500);
	lie[0] = 0.1;
	CU_ASSERT_EQUAL(ask(0), ESTIMATE_HELD);
	pass(0.5);
	CU_ASSERT_EQUAL(ask(1), ESTIMATE_TAKEN);
	CU_ASSERT(fabs(error()) < 300e-6);
	CU_ASSERT_EQUAL(e.taken, 4 * 144 + 1);
}

static void
who_disagrees_for_good_asks_only_twice(void)
{
	int held = 0, dropped = 0;

	settle();
	lie[0] = 0.1;
	for (int k = 0; k < 7; k++) {
		pass(250);
		last = ask(0);
		held += last == ESTIMATE_HELD;
		dropped += last == ESTIMATE_DROPPED;
		for (unsigned i = 1; i < 4; i++) {
			pass(250);
			ask(i);
		}
	}
	CU_ASSERT_EQUAL(held, 2);
	CU_ASSERT_EQUAL(dropped, 5);
	CU_ASSERT(fabs(error()) < 300e-6);
}

static void
who_disagrees_for_good_gets_a_new_bias(void)
{
	settle();
	lie[0] = 0.02;
	rounds(60, 1024);
	CU_ASSERT(fabs(error()) < 500e-6);
	CU_ASSERT(bound() < 0.002);
	CU_ASSERT_DOUBLE_EQUAL(estimate_bias(&e, 0) - estimate_bias(&e, 1),
	    0.02, 0.001);
	CU_ASSERT_EQUAL(ask(0), ESTIMATE_TAKEN);
}

static void
who_agrees_again_may_appeal_again(void)
{
	settle();
	lie[0] = 0.1;
	for (int k = 0; k < 3; k++) {
		pass(500);
		last = ask(0);
		pass(500);
		ask(1);
	}
	CU_ASSERT_EQUAL(last, ESTIMATE_DROPPED);
	lie[0] = 0;
	CU_ASSERT_EQUAL(ask(0), ESTIMATE_TAKEN);
	lie[0] = 0.1;
	CU_ASSERT_EQUAL(ask(0), ESTIMATE_HELD);
}

static void
a_new_frequency_is_believed_when_two_see_it(void)
{
	settle();
	frequency += 20e-6;
	pass(1000); /* 20 ms off */
	CU_ASSERT_EQUAL(ask(0), ESTIMATE_HELD);
	pass(0.5);
	CU_ASSERT_EQUAL(ask(2), ESTIMATE_TAKEN);
	rounds(20, 1024);
	CU_ASSERT_EQUAL(last, ESTIMATE_TAKEN);
	CU_ASSERT(fabs(error()) < 0.001);
}

static void
a_second_opinion_may_come_late(void)
{
	settle();
	frequency += 20e-6;
	pass(1000); /* 20 ms off, and 40 ms when the next one speaks */
	CU_ASSERT_EQUAL(ask(0), ESTIMATE_HELD);
	pass(1000);
	CU_ASSERT_EQUAL(ask(1), ESTIMATE_TAKEN);
}

static void
four_that_contradict_all_are_believed(void)
{
	settle();
	pass(500);
	for (unsigned i = 0; i < 4; i++) {
		lie[i] = 0.1 * (i + 1); /* never the same twice */
		pass(10);
		last = ask(i);
	}
	CU_ASSERT_EQUAL(last, ESTIMATE_TAKEN);
	CU_ASSERT_DOUBLE_EQUAL(error(), 0.4, 0.01);
}

static void
one_source_alone_is_not_locked_out(void)
{
	estimate_init(&e, 1);
	for (int k = 0; k < 60; k++) {
		pass(64);
		CU_ASSERT_EQUAL(ask(0), ESTIMATE_TAKEN);
	}
	offset += 5;
	for (int k = 0; k < 8; k++) {
		pass(64);
		last = ask(0);
	}
	CU_ASSERT_EQUAL(last, ESTIMATE_TAKEN);
	CU_ASSERT(fabs(error()) < 0.01);
}

static void
a_longer_route_is_found_by_its_delay(void)
{
	settle();
	delay[2] += 0.010; /* one way: a lie of half of it */
	lie[2] = 0.005;
	rounds(60, 1024);
	CU_ASSERT(e.path[2].floor > 0.0299);
	CU_ASSERT(fabs(error()) < 300e-6);
	CU_ASSERT_DOUBLE_EQUAL(estimate_bias(&e, 2) - estimate_bias(&e, 0),
	    0.005, 0.0005);
}

static void
a_late_sample_is_right_too(void)
{
	struct sample s;
	double before;

	settle();
	pass(64);
	s = sample(0);
	pass(60); /* 1.8 ms of our 30 ppm */
	ask(1);
	before = error();
	CU_ASSERT_EQUAL(estimate_add(&e, 0, &s), ESTIMATE_TAKEN);
	CU_ASSERT(fabs(error() - before) < 200e-6);
	CU_ASSERT_EQUAL(e.at.ns, at(now).ns);
}

static void
what_is_hours_old_is_dropped(void)
{
	struct sample s = sample(0);

	settle();
	CU_ASSERT_EQUAL(estimate_add(&e, 0, &s), ESTIMATE_DROPPED);
}

static void
what_is_no_number_is_dropped(void)
{
	static const double bad[] = { NAN, INFINITY, -INFINITY };
	struct estimate before;

	settle();
	pass(100);
	before = e;
	for (int i = 0; i < 3; i++) {
		struct sample s = sample(0);

		s.offset = bad[i];
		CU_ASSERT_EQUAL(estimate_add(&e, 0, &s), ESTIMATE_DROPPED);
		s = sample(0);
		s.delay = bad[i];
		CU_ASSERT_EQUAL(estimate_add(&e, 0, &s), ESTIMATE_DROPPED);
	}
	CU_ASSERT_EQUAL(memcmp(&before, &e, sizeof(e)), 0);
}

static void
delays_that_cannot_be_are_dropped(void)
{
	static const double bad[] = { 0, -0.001, 1000 };

	for (int i = 0; i < 3; i++) {
		struct sample s = sample(0);

		s.delay = bad[i];
		CU_ASSERT_EQUAL(estimate_add(&e, 0, &s), ESTIMATE_DROPPED);
	}
	CU_ASSERT_FALSE(e.known);
}

static void
absurd_root_delays_do_no_harm(void)
{
	static const double odd[] = { NAN, INFINITY, -1, 1e9 };

	for (unsigned i = 0; i < 4; i++) {
		struct sample s = sample(i);

		s.root_delay = odd[i];
		CU_ASSERT_EQUAL(estimate_add(&e, i, &s), ESTIMATE_TAKEN);
	}
	CU_ASSERT(fabs(error()) < 0.005);
	CU_ASSERT(isfinite(bound()));
}

static void
a_million_seconds_of_silence_are_survived(void)
{
	settle();
	frequency += 1e-7;
	pass(1e6);
	CU_ASSERT(isfinite(bound()));
	rounds(20, 64);
	CU_ASSERT_EQUAL(last, ESTIMATE_TAKEN);
	CU_ASSERT(fabs(error()) < 0.001);
}

static void
the_end_of_time_is_finite(void)
{
	struct sample s;

	settle();
	s = sample(0);
	s.at.ns = INT64_MAX - 1;
	estimate_add(&e, 0, &s);
	CU_ASSERT(isfinite(estimate_at(&e, s.at).offset));
	CU_ASSERT(isfinite(estimate_at(&e, s.at).bound));
}

static void
a_clock_at_1970_is_no_trouble(void)
{
	offset = 1.8e9;
	settle();
	CU_ASSERT(fabs(error()) < 200e-6);
}

static void
reopening_widens_the_bound(void)
{
	settle();
	CU_ASSERT(bound() < 0.001);
	estimate_reopen(&e, 1e-4, 1e-12);
	/* 1.96 * 10 ms */
	CU_ASSERT_DOUBLE_EQUAL(bound(), 0.0196, 1e-4);
	CU_ASSERT_DOUBLE_EQUAL(estimate_at(&e, at(now)).frequency_sigma, 1e-6,
	    1e-8);
	ask(0);
	CU_ASSERT(bound() < 0.005);
}

static void
another_server_in_a_slot_begins_anew(void)
{
	lie[1] = 0.0004;
	settle();
	estimate_forget(&e, 1);
	CU_ASSERT_EQUAL(estimate_bias(&e, 1), 0);
	CU_ASSERT_EQUAL(e.path[1].count, 0);
	lie[1] = 0;
	delay[1] = 0.002;
	rounds(20, 1024);
	CU_ASSERT_EQUAL(last, ESTIMATE_TAKEN);
	CU_ASSERT(fabs(error()) < 200e-6);
	CU_ASSERT_DOUBLE_EQUAL(e.path[1].floor, 0.002, 0.0005);
}

static void
changing_a_server_causes_no_jump(void)
{
	double before;

	lie[1] = 0.0004;
	settle();
	before = error();
	estimate_forget(&e, 1);
	CU_ASSERT_DOUBLE_EQUAL(error(), before, 150e-6);
}

static void
servers_may_change_places(void)
{
	static const int from[] = { 2, 1, -1 };
	double before, floor2, bias1;

	lie[1] = 0.0004;
	delay[2] = 0.007;
	settle();
	before = error();
	floor2 = e.path[2].floor;
	bias1 = estimate_bias(&e, 1);
	estimate_permute(&e, 3, from);
	CU_ASSERT_EQUAL(e.sources, 3);
	CU_ASSERT_EQUAL(e.path[0].floor, floor2);
	CU_ASSERT_EQUAL(e.path[2].count, 0);
	CU_ASSERT_EQUAL(estimate_bias(&e, 2), 0);
	CU_ASSERT_DOUBLE_EQUAL(estimate_bias(&e, 1), bias1, 150e-6);
	CU_ASSERT_DOUBLE_EQUAL(error(), before, 150e-6);
	pass(1024);
	CU_ASSERT_EQUAL(ask(2), ESTIMATE_TAKEN);
	CU_ASSERT(bound() < 0.001);
}

static uint8_t octets[8192];

static size_t
saved(void)
{
	struct wire_out w = { .at = octets, .left = sizeof(octets) };

	estimate_write(&e, &w);
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

	lie[1] = 0.0004;
	settle();
	len = saved();
	estimate_init(&e, 4);
	CU_ASSERT_TRUE(restored(&e, len, 10));
	CU_ASSERT_FALSE(e.known);
	CU_ASSERT(isinf(bound()));
	pass(10);
	offset -= 7; /* another boot */
	for (unsigned i = 0; i < 4; i++)
		ask(i);
	v = estimate_at(&e, at(now));
	CU_ASSERT(fabs(v.frequency - 30e-6) < 30e-9);
	CU_ASSERT(v.frequency_sigma < 200e-9);
	CU_ASSERT(fabs(error()) < 500e-6);
	CU_ASSERT(v.bound < 800e-6);
	CU_ASSERT_DOUBLE_EQUAL(e.path[3].floor, 0.020, 300e-6);
	CU_ASSERT_DOUBLE_EQUAL(estimate_bias(&e, 1) - estimate_bias(&e, 0),
	    0.0004, 0.00025);
}

/* What is doubted of a frequency that was saved so long ago. */
static double
doubt_after(double age)
{
	struct estimate other;

	estimate_init(&other, 4);
	CU_ASSERT_TRUE(restored(&other, saved(), age));
	return estimate_at(&other, at(0)).bound == INFINITY ?
	    sqrt(other.mean.p[1][1]) :
	    0;
}

static void
memory_fades_with_its_age(void)
{
	settle();
	CU_ASSERT(doubt_after(1e7) > doubt_after(10));
	CU_ASSERT_EQUAL(doubt_after(-1), doubt_after(86400));
	CU_ASSERT_EQUAL(doubt_after(NAN), doubt_after(86400));
	CU_ASSERT_EQUAL(doubt_after(1e12), doubt_after(86400));
}

static void
another_boot_may_be_said_before_the_first_sample(void)
{
	size_t len;

	settle();
	len = saved();
	CU_ASSERT_TRUE(restored(&e, len, 10));
	estimate_reopen(&e, 0, 1e-12);
	ask(0);
	CU_ASSERT_DOUBLE_EQUAL(estimate_at(&e, at(now)).frequency_sigma, 1e-6,
	    1e-8);
}

static void
a_cut_memory_changes_nothing(void)
{
	struct estimate other, before;
	size_t len;

	settle();
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
	settle();
	for (int k = 0; k < 2000; k++) {
		size_t len = saved();
		struct estimate other;

		octets[rng_u64(&r) % len] = (uint8_t)rng_u64(&r);
		estimate_init(&other, 4);
		if (!restored(&other, len, 10))
			continue;
		for (unsigned i = 0; i < 4; i++) {
			struct sample s = sample(i);

			estimate_add(&other, i, &s);
		}
		CU_ASSERT(isfinite(estimate_at(&other, at(now)).offset));
		CU_ASSERT(isfinite(estimate_at(&other, at(now)).bound));
	}
}

static void
a_full_house_fits_the_state_file(void)
{
	estimate_init(&e, ESTIMATE_SOURCES);
	for (unsigned k = 0; k < 10 * ESTIMATE_SOURCES; k++) {
		struct sample s = sample(k % 4);

		pass(64);
		estimate_add(&e, k % ESTIMATE_SOURCES, &s);
	}
	CU_ASSERT(saved() < 4096);
}

static CU_TestInfo tests[] = {
	{ "nothing is known at first", nothing_is_known_at_first },
	{ "the first sample is right to half its delay",
	    the_first_sample_is_right_to_half_its_delay },
	{ "without memory frequency may be 50 ppm off",
	    without_memory_frequency_may_be_50_ppm_off },
	{ "it converges to offset and frequency",
	    it_converges_to_offset_and_frequency },
	{ "the error is below the bound", the_error_is_below_the_bound },
	{ "the bound grows until the next sample",
	    the_bound_grows_until_the_next_sample },
	{ "until says when the bound passes",
	    until_says_when_the_bound_passes },
	{ "until knows too late and never", until_knows_too_late_and_never },
	{ "a lie of one is found", a_lie_of_one_is_found },
	{ "an outlier asks for a second opinion",
	    an_outlier_asks_for_a_second_opinion },
	{ "an outlier that is confirmed moved the clock",
	    an_outlier_that_is_confirmed_moved_the_clock },
	{ "an outlier that is contradicted is dropped",
	    an_outlier_that_is_contradicted_is_dropped },
	{ "who disagrees for good asks only twice",
	    who_disagrees_for_good_asks_only_twice },
	{ "who disagrees for good gets a new bias",
	    who_disagrees_for_good_gets_a_new_bias },
	{ "who agrees again may appeal again",
	    who_agrees_again_may_appeal_again },
	{ "a new frequency is believed when two see it",
	    a_new_frequency_is_believed_when_two_see_it },
	{ "a second opinion may come late", a_second_opinion_may_come_late },
	{ "four that contradict all are believed",
	    four_that_contradict_all_are_believed },
	{ "one source alone is not locked out",
	    one_source_alone_is_not_locked_out },
	{ "a longer route is found by its delay",
	    a_longer_route_is_found_by_its_delay },
	{ "a late sample is right too", a_late_sample_is_right_too },
	{ "what is hours old is dropped", what_is_hours_old_is_dropped },
	{ "what is no number is dropped", what_is_no_number_is_dropped },
	{ "delays that cannot be are dropped",
	    delays_that_cannot_be_are_dropped },
	{ "absurd root delays do no harm", absurd_root_delays_do_no_harm },
	{ "a million seconds of silence are survived",
	    a_million_seconds_of_silence_are_survived },
	{ "the end of time is finite", the_end_of_time_is_finite },
	{ "a clock at 1970 is no trouble", a_clock_at_1970_is_no_trouble },
	{ "reopening widens the bound", reopening_widens_the_bound },
	{ "another server in a slot begins anew",
	    another_server_in_a_slot_begins_anew },
	{ "changing a server causes no jump",
	    changing_a_server_causes_no_jump },
	{ "servers may change places", servers_may_change_places },
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

CU_SuiteInfo suite_estimate = { "core/estimate", NULL, NULL, setup, NULL,
	tests };
