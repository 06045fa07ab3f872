/* SPDX-License-Identifier: ISC */
#include "core/path.h"
#include "unit.h"

#include <math.h>
#include <string.h>

static struct path p;

static void
setup(void)
{
	path_init(&p);
}

/* n delays of 20 ms and up, 0 to 4 ms above it in a saw-tooth; the largest
 * jump that was reported. */
static double
add_normal(unsigned n)
{
	double most = 0;

	for (unsigned i = 0; i < n; i++)
		most = fmax(most, path_add(&p, 0.020 + 0.001 * (i % 5)));
	return most;
}

static void
the_first_delay_is_the_floor_and_doubted(void)
{
	CU_ASSERT_EQUAL(path_add(&p, 0.020), 0);
	CU_ASSERT_DOUBLE_EQUAL(p.floor, 0.020, 1e-8);
	/* 10 % of the delay, and 1.63 for one sample; sigma is half of it */
	CU_ASSERT_DOUBLE_EQUAL(p.excess, 0.00326, 1e-7);
	CU_ASSERT_DOUBLE_EQUAL(p.sigma, 0.00163, 1e-7);
}

static void
the_floor_is_the_least_seen(void)
{
	add_normal(50);
	CU_ASSERT_DOUBLE_EQUAL(p.floor, 0.020, 1e-8);
	path_add(&p, 0.0195);
	CU_ASSERT_DOUBLE_EQUAL(p.floor, 0.0195, 1e-8);
}

static void
a_sample_is_worth_half_of_what_waited(void)
{
	struct noise n;

	add_normal(128);
	n = path_noise(&p, 0.030);
	CU_ASSERT_DOUBLE_EQUAL(n.half_width, (0.010 + 1.25 * p.sigma) / 2,
	    1e-8);
	/* The floor's doubt, and a microsecond of time stamps. */
	CU_ASSERT_DOUBLE_EQUAL(n.variance, p.sigma * p.sigma + 1e-12, 1e-15);
}

static void
excess_comes_from_the_median(void)
{
	add_normal(128);
	/* median 2 ms: 1.19 times it, and 0.63/sqrt(128) more */
	CU_ASSERT_DOUBLE_EQUAL(p.excess, 0.00238 * 1.0557, 1e-6);
	/* half of it by sqrt(128) */
	CU_ASSERT_DOUBLE_EQUAL(p.sigma, p.excess / 22.627, 1e-8);
}

static void
spikes_do_not_move_the_excess(void)
{
	double before;

	add_normal(100);
	before = p.excess;
	for (int i = 0; i < 5; i++)
		path_add(&p, 1.5);
	CU_ASSERT(p.excess < 1.6 * before);
}

static void
a_constant_delay_leaves_the_stamps_noise(void)
{
	for (int i = 0; i < 40; i++)
		path_add(&p, 0.001);
	CU_ASSERT_DOUBLE_EQUAL(p.excess, 2e-6, 1e-12);
}

static void
eight_delays_far_above_end_a_floor(void)
{
	add_normal(40);
	for (int i = 0; i < 7; i++)
		CU_ASSERT_EQUAL(path_add(&p, 0.035), 0);
	CU_ASSERT_DOUBLE_EQUAL(path_add(&p, 0.036), 0.015, 1e-7);
	CU_ASSERT_DOUBLE_EQUAL(p.floor, 0.035, 1e-7);
	CU_ASSERT_EQUAL(p.count, 8);
}

static void
slow_packets_of_the_old_route_are_not_the_new_floor(void)
{
	double jump = 0;

	add_normal(40);
	path_add(&p, 0.027);
	path_add(&p, 0.026);
	for (int i = 0; i < 8; i++)
		jump += path_add(&p, 0.035);
	CU_ASSERT_DOUBLE_EQUAL(jump, 0.015, 1e-7);
	CU_ASSERT_DOUBLE_EQUAL(p.floor, 0.035, 1e-7);
}

static void
one_good_delay_breaks_the_run(void)
{
	add_normal(40);
	for (int i = 0; i < 30; i++)
		CU_ASSERT_EQUAL(path_add(&p, i % 8 == 7 ? 0.021 : 0.035), 0);
	CU_ASSERT_DOUBLE_EQUAL(p.floor, 0.020, 1e-7);
}

static void
too_few_delays_make_no_floor_to_end(void)
{
	CU_ASSERT_EQUAL(add_normal(15), 0);
	for (int i = 0; i < 8; i++)
		CU_ASSERT_EQUAL(path_add(&p, 0.035), 0);
}

static void
one_delay_far_below_begins_a_new_floor(void)
{
	add_normal(40);
	CU_ASSERT_DOUBLE_EQUAL(path_add(&p, 0.012), 0.008, 1e-7);
	CU_ASSERT_EQUAL(p.count, 1);
	CU_ASSERT_DOUBLE_EQUAL(p.floor, 0.012, 1e-7);
}

static void
a_delay_within_the_doubt_of_the_floor_does_not(void)
{
	add_normal(128); /* sigma 0.11 ms */
	CU_ASSERT_EQUAL(path_add(&p, 0.0196), 0);
	CU_ASSERT_DOUBLE_EQUAL(path_add(&p, 0.0185), 0.0011, 1e-7);
}

static void
the_queues_of_a_new_route_are_those_of_the_old(void)
{
	double before;

	add_normal(128);
	before = p.excess;
	path_add(&p, 0.010);
	/* 1.63 for one sample */
	CU_ASSERT_DOUBLE_EQUAL(p.excess, 1.63 * before, 1e-8);
}

static void
sixteen_delays_above_the_mean_end_a_floor(void)
{
	add_normal(41);
	for (int i = 0; i < 15; i++)
		CU_ASSERT_EQUAL(path_add(&p, 0.024), 0);
	CU_ASSERT_DOUBLE_EQUAL(path_add(&p, 0.024), 0.004, 1e-7);
}

static void
ordinary_delays_are_no_change_of_route(void)
{
	CU_ASSERT_EQUAL(add_normal(1000), 0);
}

static void
a_floor_is_forgotten_after_a_window(void)
{
	path_add(&p, 0.0199);
	add_normal(127);
	CU_ASSERT_DOUBLE_EQUAL(p.floor, 0.0199, 1e-8);
	path_add(&p, 0.022);
	CU_ASSERT_DOUBLE_EQUAL(p.floor, 0.020, 1e-8);
	CU_ASSERT_EQUAL(p.count, PATH_WINDOW);
}

static uint8_t octets[256];

static size_t
written(void)
{
	struct wire_out w = { .at = octets, .left = sizeof(octets) };

	path_write(&p, &w);
	CU_ASSERT_FALSE(w.bad);
	return sizeof(octets) - w.left;
}

static bool
read_back(struct path *to, size_t len)
{
	struct wire w = { .at = octets, .left = len };

	return path_read(to, &w);
}

static void
what_is_written_reads_the_same(void)
{
	static const unsigned counts[] = { 1, 2, 5, 15, 16, 17, 31, 128 };

	for (unsigned i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct path q;

		setup();
		for (unsigned k = 0; k < counts[i]; k++)
			path_add(&p, 0.020 + 0.00004 * (k * 37 % 101));
		CU_ASSERT_TRUE(read_back(&q, written()));
		CU_ASSERT_EQUAL(q.count, counts[i]);
		CU_ASSERT_EQUAL(q.floor, p.floor);
		CU_ASSERT_DOUBLE_EQUAL(q.excess, p.excess, 0.2 * p.excess);
	}
}

static void
a_short_window_reads_exactly(void)
{
	struct path q;

	add_normal(7);
	CU_ASSERT_TRUE(read_back(&q, written()));
	CU_ASSERT_EQUAL(memcmp(q.sorted, p.sorted, 7 * sizeof(float)), 0);
}

static void
a_window_that_was_read_is_no_change_of_route(void)
{
	struct path q;

	add_normal(128);
	CU_ASSERT_TRUE(read_back(&q, written()));
	for (int i = 0; i < 200; i++)
		CU_ASSERT_EQUAL(path_add(&q, 0.020 + 0.001 * (i * 3 % 5)), 0);
}

static void
an_empty_window_reads_as_one(void)
{
	struct path q = { .count = 3 };

	CU_ASSERT_EQUAL(written(), 1);
	CU_ASSERT_TRUE(read_back(&q, 1));
	CU_ASSERT_EQUAL(q.count, 0);
}

static void
what_is_cut_is_refused(void)
{
	struct path q = { .count = 77 };
	size_t len;

	add_normal(20);
	len = written();
	for (size_t n = 0; n < len; n++)
		CU_ASSERT_FALSE(read_back(&q, n));
	CU_ASSERT_EQUAL(q.count, 77);
}

/* The octets of one quantile replaced. */
static void
put_quantile(unsigned i, double v)
{
	struct wire_out w = { .at = octets + 1 + 8 * i, .left = 8 };

	wire_put_f64(&w, v);
}

static void
impossible_delays_are_refused(void)
{
	static const double bad[] = { 0, -0.001, 101, INFINITY, -INFINITY,
		NAN };
	struct path q = { .count = 77 };
	size_t len;

	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		setup();
		add_normal(20);
		len = written();
		put_quantile(0, bad[i]);
		CU_ASSERT_FALSE(read_back(&q, len));
	}
	written();
	put_quantile(3, 0.001); /* less than the one before */
	CU_ASSERT_FALSE(read_back(&q, len));
	written();
	octets[0] = PATH_WINDOW + 1;
	CU_ASSERT_FALSE(read_back(&q, len));
	CU_ASSERT_EQUAL(q.count, 77);
}

static CU_TestInfo tests[] = {
	{ "the first delay is the floor, and doubted",
	    the_first_delay_is_the_floor_and_doubted },
	{ "the floor is the least seen", the_floor_is_the_least_seen },
	{ "a sample is worth half of what waited",
	    a_sample_is_worth_half_of_what_waited },
	{ "excess comes from the median", excess_comes_from_the_median },
	{ "spikes do not move the excess", spikes_do_not_move_the_excess },
	{ "a constant delay leaves the stamps' noise",
	    a_constant_delay_leaves_the_stamps_noise },
	{ "eight delays far above end a floor",
	    eight_delays_far_above_end_a_floor },
	{ "slow packets of the old route are not the new floor",
	    slow_packets_of_the_old_route_are_not_the_new_floor },
	{ "one good delay breaks the run", one_good_delay_breaks_the_run },
	{ "too few delays make no floor to end",
	    too_few_delays_make_no_floor_to_end },
	{ "one delay far below begins a new floor",
	    one_delay_far_below_begins_a_new_floor },
	{ "a delay within the doubt of the floor does not",
	    a_delay_within_the_doubt_of_the_floor_does_not },
	{ "the queues of a new route are those of the old",
	    the_queues_of_a_new_route_are_those_of_the_old },
	{ "sixteen delays above the mean end a floor",
	    sixteen_delays_above_the_mean_end_a_floor },
	{ "ordinary delays are no change of route",
	    ordinary_delays_are_no_change_of_route },
	{ "a floor is forgotten after a window",
	    a_floor_is_forgotten_after_a_window },
	{ "what is written reads the same", what_is_written_reads_the_same },
	{ "a short window reads exactly", a_short_window_reads_exactly },
	{ "a window that was read is no change of route",
	    a_window_that_was_read_is_no_change_of_route },
	{ "an empty window reads as one", an_empty_window_reads_as_one },
	{ "what is cut is refused", what_is_cut_is_refused },
	{ "impossible delays are refused", impossible_delays_are_refused },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_path = { "core/path", NULL, NULL, setup, NULL, tests };
