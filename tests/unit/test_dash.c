/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "base/text.h"
#include "view/asset.h"
#include "view/dash.h"

#include "guests.h"
#include "made.h"

#include <string.h>

static char page[131072];
static struct history h;
static struct snapshot s;
static struct dash d;

static void
setup(void)
{
	s = made_paired();
	s.at = (struct wall){ INT64_C(1795305600) * 1000000000 };
	history_init(&h);
	history_feed(&h, &s);
	d = (struct dash){ .s = &s, .h = &h };
}

static const char *
print(void)
{
	struct text t = TEXT(page);

	page[0] = '\0';
	dash_print(&d, &t);
	CU_ASSERT_FALSE(text_cut(&t));
	return page;
}

static bool
says(const char *words)
{
	return strstr(print(), words) != NULL;
}

static void
synced_is_right_and_says_how_far(void)
{
	CU_ASSERT(says("</span> The time is right</h2>"));
	CU_ASSERT(says("<section id=\"answer\" class=\"good\""));
	CU_ASSERT(says("within <strong data-k=\"bound\">410\302\240\302\265s"));
	CU_ASSERT(says("120\302\240\302\265s slow"));
}

static void
starting_is_not_known(void)
{
	s = made_starting();
	CU_ASSERT(says("The time is not yet known"));
	CU_ASSERT(says("3 of 5 groups of servers must agree first; 1 answers"));
	CU_ASSERT_FALSE(says("data-k=\"offset\""));
}

static void
holdover_is_still_right_while_it_is_served(void)
{
	s = made_holdover();
	CU_ASSERT(says("The time is still right"));
	s.serving.leap = LEAP_UNSYNC;
	CU_ASSERT(says("The time is in doubt"));
	CU_ASSERT(says("class=\"bad\""));
}

static void
orphan_is_our_own(void)
{
	s = made_holdover();
	s.state = ENGINE_ORPHAN;
	CU_ASSERT(says("The time is our own"));
	CU_ASSERT(says("Nobody upstream answers"));
}

static void
panic_says_what_to_do(void)
{
	s = made_panic();
	CU_ASSERT(says("The time is in dispute"));
	CU_ASSERT(says("3.40\302\240s slow"));
	CU_ASSERT(says("ntpgate accept step"));
}

static void
panic_says_what_hosts_get(void)
{
	s = made_panic();
	CU_ASSERT(says("Hosts are still given our time"));
	s.serving.leap = LEAP_UNSYNC;
	CU_ASSERT(says("Hosts are told that we do not know the time"));
}

static void
an_engine_that_is_silent_is_doubt(void)
{
	d.age_s = 60;
	CU_ASSERT(says("The time is in doubt"));
	CU_ASSERT(says("The engine has not answered for 60\302\240s"));
	CU_ASSERT(says("<title>gw1: silent</title>"));
	CU_ASSERT_FALSE(says("Our clock is within"));
}

static void
before_the_first_word_there_is_a_page_too(void)
{
	d.s = NULL;
	CU_ASSERT(says("The engine has not spoken yet"));
	CU_ASSERT(says("</html>"));
}

static void
sick_hosts_have_a_table(void)
{
	CU_ASSERT_FALSE(says("Hosts that misbehave"));
	guests_init();
	guests_call(ROLL_BY_RATE, true, 20);
	d.sick = &guests;
	CU_ASSERT(says("Hosts that misbehave"));
}

static void
the_span_that_is_shown_is_marked(void)
{
	d.span = HISTORY_DAY;
	CU_ASSERT(says("The last day"));
	CU_ASSERT(says("<a href=\"/?span=day\" aria-current=\"page\">day"));
	CU_ASSERT(says("<a href=\"/?span=hour\">hour"));
}

static void
no_name_can_be_markup(void)
{
	static const char evil[] = "<img src=x onerror=\"a()\">";

	text_copy(s.name, sizeof(s.name), evil);
	text_copy(s.sibling.name, sizeof(s.sibling.name), evil);
	text_copy(s.source, sizeof(s.source), evil);
	s.sibling.state = SNAPSHOT_SIBLING_DROPPED;
	text_copy(s.sibling.why, sizeof(s.sibling.why), evil);
	for (unsigned i = 0; i < s.upstreams; i++)
		text_copy(s.upstream[i].host, SOURCE_HOST_MAX, evil);
	CU_ASSERT_FALSE(says("<img"));
	CU_ASSERT(says("&lt;img"));
}

/* What the policy of content forbids would not be seen. */
static void
it_has_no_style_and_no_script_of_its_own(void)
{
	print();
	CU_ASSERT_PTR_NULL(strstr(page, " style="));
	CU_ASSERT_PTR_NULL(strstr(page, "<style"));
	CU_ASSERT_PTR_NULL(strstr(page,
	    " on"
	    "click"));
	CU_ASSERT_PTR_NULL(strstr(page, "<script>"));
	CU_ASSERT_PTR_NULL(strstr(page, "://"));
}

/* A history that is full, and all servers and spares that there can be. */
static void
the_largest_page_and_its_files_are_below_100_kb(void)
{
	size_t all = 0;

	s.upstreams = ENGINE_SOURCES;
	for (unsigned i = 5; i < ENGINE_SOURCES; i++) {
		s.upstream[i] = s.upstream[i - 5];
		s.upstream[i].host[0] = (char)('a' + i);
	}
	for (unsigned i = 0; i < HISTORY_HOUR_POINTS; i++) {
		s.at = wall_add(s.at, 10);
		s.uptime_s += 10;
		s.serve.answered += 1000 + 100 * (i % 7);
		s.offset_s = 1e-5 * (i % 13);
		s.error_bound_s = 1e-4 * (1 + i % 5);
		for (unsigned k = 0; k < s.upstreams; k++)
			s.upstream[k].offset_s = 1e-4 * ((i * (k + 3)) % 17);
		history_feed(&h, &s);
	}
	all = strlen(print());
	CU_ASSERT(all > 20000);
	all += strlen(asset_find("/ntpgate.css")->text);
	all += strlen(asset_find("/ntpgate.js")->text);
	all += strlen(asset_find("/ntpgate.svg")->text);
	CU_ASSERT(all < 100000);
}

static CU_TestInfo tests[] = {
	{ "synced is right, and says how far",
	    synced_is_right_and_says_how_far },
	{ "starting is not known", starting_is_not_known },
	{ "holdover is still right while it is served",
	    holdover_is_still_right_while_it_is_served },
	{ "orphan is our own", orphan_is_our_own },
	{ "panic says what to do", panic_says_what_to_do },
	{ "panic says what hosts get", panic_says_what_hosts_get },
	{ "an engine that is silent is doubt",
	    an_engine_that_is_silent_is_doubt },
	{ "before the first word there is a page, too",
	    before_the_first_word_there_is_a_page_too },
	{ "sick hosts have a table", sick_hosts_have_a_table },
	{ "the span that is shown is marked",
	    the_span_that_is_shown_is_marked },
	{ "no name can be markup", no_name_can_be_markup },
	{ "it has no style and no script of its own",
	    it_has_no_style_and_no_script_of_its_own },
	{ "the largest page and its files are below 100 kB",
	    the_largest_page_and_its_files_are_below_100_kb },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_dash = { "view/dash", NULL, NULL, setup, NULL, tests };
