/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "base/text.h"
#include "view/dash.h"

#include "guests.h"
#include "made.h"

#include <string.h>

static char page[16384];
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

static bool
says(const char *words)
{
	struct text t = TEXT(page);

	page[0] = '\0';
	dash_cards(&d, s.at, &t);
	CU_ASSERT_FALSE(text_cut(&t));
	return strstr(page, words) != NULL;
}

static void
offsets_have_a_word(void)
{
	CU_ASSERT_STRING_EQUAL(dash_slow_or_fast(0.001), "slow");
	CU_ASSERT_STRING_EQUAL(dash_slow_or_fast(-0.001), "fast");
}

/* The 410 us are of an estimate that nobody follows. */
static void
panic_does_not_claim_that_we_are_near(void)
{
	s = made_panic();
	CU_ASSERT(says("<dd class=\"figure\">3.40\302\240s?</dd>"));
	CU_ASSERT_FALSE(says("<dd class=\"figure\">&plusmn;"));
}

static void
a_budget_that_is_used_up_is_said(void)
{
	CU_ASSERT_FALSE(says("Used up"));
	s.sent.day = s.sent.budget;
	CU_ASSERT(says("Used up: nobody is asked"));
}

static void
it_says_who_says_so(void)
{
	CU_ASSERT(says("<dd class=\"figure\">4 of 5</dd>"));
	CU_ASSERT(says("2 more may fail; reference ntp1.example.net"));
}

/* 12300 answered, in 11550 s of the engine's life. */
static void
it_says_what_we_cost_the_world_and_would_without_us(void)
{
	CU_ASSERT(says("<span data-k=\"sent\">310</span> of 640"));
	CU_ASSERT(says("would have sent <strong>12,300</strong> in the last "
		       "3.2\302\240h"));
	CU_ASSERT(says("half of the site's"));
}

static void
it_says_how_the_sibling_does(void)
{
	CU_ASSERT(says("<dd class=\"figure\">paired</dd>"));
	s = made_dropped();
	CU_ASSERT(says("Not used: its samples are 1.00 h from ours"));
	CU_ASSERT(says("ntpgate accept sibling"));
	s = made_unheard();
	CU_ASSERT(says("was last heard 12\302\240min ago: we ask alone"));
	s = made_plain();
	CU_ASSERT(says("one server more"));
	s = made_synced();
	CU_ASSERT_FALSE(says("other gateway"));
}

static void
it_says_who_misbehaves(void)
{
	CU_ASSERT(says("<dd class=\"figure\">1 server</dd>"));
	CU_ASSERT(says("department.example.edu</strong>: off by 500 ms"));
	s.upstream[2].truechimer = true;
	CU_ASSERT(says("<dd class=\"figure\">nobody</dd>"));
}

static void
sick_hosts_are_named(void)
{
	guests_init();
	guests_call(ROLL_BY_RATE, true, 20);
	d.sick = &guests;
	CU_ASSERT(says("<dd class=\"figure\">1 server, "));
	CU_ASSERT(says("<li><strong>10.0.0.3</strong>: "));
}

static CU_TestInfo tests[] = {
	{ "offsets have a word", offsets_have_a_word },
	{ "panic does not claim that we are near",
	    panic_does_not_claim_that_we_are_near },
	{ "a budget that is used up is said",
	    a_budget_that_is_used_up_is_said },
	{ "it says who says so", it_says_who_says_so },
	{ "it says what we cost the world and would without us",
	    it_says_what_we_cost_the_world_and_would_without_us },
	{ "it says how the sibling does", it_says_how_the_sibling_does },
	{ "it says who misbehaves", it_says_who_misbehaves },
	{ "sick hosts are named", sick_hosts_are_named },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_dash_cards = { "view/dash_cards", NULL, NULL, setup, NULL,
	tests };
