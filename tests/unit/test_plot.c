/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "base/text.h"
#include "view/plot.h"

#include "made.h"

#include <math.h>
#include <string.h>

static struct history h;
static struct snapshot s;
static struct plot p;
static char out[65536];
static struct text t;

/* Three points, 10 s apart, at the end of the hour. */
static void
setup(void)
{
	history_init(&h);
	s = made_synced();
	s.at = (struct wall){ INT64_C(1795305600) * 1000000000 };
	for (int i = 0; i < 3; i++) {
		s.at = wall_add(s.at, 10);
		s.uptime_s += 10;
		s.serve.answered += 1000;
		history_feed(&h, &s);
	}
	p = (struct plot){ &h, HISTORY_HOUR, s.at };
	t = TEXT(out);
	out[0] = '\0';
}

static void
limits_are_round(void)
{
	CU_ASSERT_DOUBLE_EQUAL(plot_nice(0.00012), 0.0002, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(plot_nice(0.0002), 0.0002, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(plot_nice(3), 5, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(plot_nice(51), 100, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(plot_nice(1), 1, 0);
}

static void
a_limit_of_nothing_is_one(void)
{
	CU_ASSERT_DOUBLE_EQUAL(plot_nice(0), 1, 0);
	CU_ASSERT_DOUBLE_EQUAL(plot_nice(NAN), 1, 0);
	CU_ASSERT_DOUBLE_EQUAL(plot_nice(INFINITY), 1, 0);
}

/* Bound 410 us: the limit is 0.5 ms, and the band's edge at 18 of 200 below
 * the top: (500 - 410) / 1000 * 200.  360 points on 720: the last is at 719,
 * two units from the one before. */
static void
the_band_is_where_the_bound_is(void)
{
	plot_offset(&p, &t);
	CU_ASSERT_PTR_NOT_NULL(strstr(out,
	    "<path class=\"band\" d=\"M715 18L717 18L719 18L719 182L717 "
	    "182L715 182z\"/>"));
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "<li>+500\302\240\302\265s</li>"));
}

/* 120 us: (500 - 120) / 1000 * 200 = 76. */
static void
the_line_is_where_the_offset_is(void)
{
	plot_offset(&p, &t);
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(out, "<path class=\"ours\" d=\"M715 76h0h2h2\"/>"));
}

static void
a_gap_breaks_the_line(void)
{
	s.at = wall_add(s.at, 100);
	s.uptime_s += 100;
	history_feed(&h, &s);
	p.now = s.at;
	plot_offset(&p, &t);
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "M695 76h0h2h2M719 76h0\"/>"));
}

static void
without_a_history_it_says_so(void)
{
	history_init(&h);
	plot_offset(&p, &t);
	plot_upstreams(&p, &s, &t);
	plot_rate(&p, &t);
	CU_ASSERT_PTR_NULL(strstr(out, "<svg role"));
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(out, "Nothing is known of this hour yet"));
}

/* The believed ones are within 0.9 ms; the liar, at 0.5 s, is named. */
static void
a_liar_does_not_flatten_the_others(void)
{
	plot_upstreams(&p, &s, &t);
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "<li>+2.00\302\240ms</li>"));
	CU_ASSERT_PTR_NOT_NULL(strstr(out,
	    "department.example.edu: <strong>+500\302\240ms, off the scale"));
	/* At the edge, not outside of the drawing. */
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(out, "<path class=\"u2\" d=\"M715 0h0h2h2\"/>"));
}

static void
the_rate_is_a_second(void)
{
	plot_rate(&p, &t);
	/* 1000 in 10 s; the first point has the engine's life before. */
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "Requests a second over time"));
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "h2\"/>"));
}

static void
names_are_no_markup(void)
{
	text_copy(s.upstream[0].host, SOURCE_HOST_MAX, "<x>");
	plot_upstreams(&p, &s, &t);
	CU_ASSERT_PTR_NULL(strstr(out, "<x>"));
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "&lt;x&gt;"));
}

static void
a_bar_is_as_long_as_its_part(void)
{
	plot_bar(310, 640, &t);
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "class=\"bar good\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "width=\"48.4\""));
}

static void
a_full_bar_is_full_and_red(void)
{
	plot_bar(700, 640, &t);
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "class=\"bar bad\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "width=\"100.0\""));
}

static CU_TestInfo tests[] = {
	{ "limits are round", limits_are_round },
	{ "a limit of nothing is one", a_limit_of_nothing_is_one },
	{ "the band is where the bound is", the_band_is_where_the_bound_is },
	{ "the line is where the offset is", the_line_is_where_the_offset_is },
	{ "a gap breaks the line", a_gap_breaks_the_line },
	{ "without a history it says so", without_a_history_it_says_so },
	{ "a liar does not flatten the others",
	    a_liar_does_not_flatten_the_others },
	{ "the rate is a second", the_rate_is_a_second },
	{ "names are no markup", names_are_no_markup },
	{ "a bar is as long as its part", a_bar_is_as_long_as_its_part },
	{ "a full bar is full and red", a_full_bar_is_full_and_red },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_plot = { "view/plot", NULL, NULL, setup, NULL, tests };
