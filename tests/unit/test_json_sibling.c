/* SPDX-License-Identifier: ISC */
/* What json.c says of the sibling. */
#include "unit.h"

#include "view/json.h"

#include "look.h"
#include "made.h"

static void
each_state_of_a_sibling_is_a_word(void)
{
	static const char *const word[] = { "none", "unheard", "paired",
		"plain", "dropped" };
	struct snapshot s = made_paired();

	for (unsigned i = 0; i < sizeof(word) / sizeof(word[0]); i++) {
		s.sibling.state = (enum snapshot_sibling_state)i;
		json_t *v = load(json_status, s);

		CU_ASSERT_STRING_EQUAL(text(v, "sibling.state"), word[i]);
		json_decref(v);
	}
}

static void
no_sibling_is_null(void)
{
	json_t *v = load(json_sibling, made_synced());

	CU_ASSERT_EQUAL(number(v, "schema"), 1);
	CU_ASSERT(json_is_null(get(v, "sibling")));
	CU_ASSERT_STRING_EQUAL(text(upstream(v, 0), "turn"), "ours");
	json_decref(v);
}

static void
a_sibling_tells_its_numbers(void)
{
	struct snapshot s = made_paired();
	s.sibling.differs = 1U << LINK_ORPHAN;
	json_t *v = load(json_sibling, s);

	CU_ASSERT_EQUAL(number(v, "sent_day"), 310);
	CU_ASSERT_STRING_EQUAL(text(v, "sibling.name"), "gw2");
	CU_ASSERT_STRING_EQUAL(text(v, "sibling.address"), "10.0.0.12");
	CU_ASSERT_STRING_EQUAL(text(v, "sibling.says.state"), "synced");
	CU_ASSERT_EQUAL(number(v, "sibling.says.sent_day"), 290);
	CU_ASSERT_EQUAL(number(v, "sibling.heard_s"), 2);
	CU_ASSERT_EQUAL(number(v, "sibling.taken"), 120);
	CU_ASSERT_EQUAL(number(v, "sibling.weight"), 0.48);
	CU_ASSERT_EQUAL(number(v, "sibling.drift_ppm"), -1.25);
	CU_ASSERT_EQUAL(json_array_size(get(v, "sibling.differs")), 1);
	CU_ASSERT_STRING_EQUAL(
	    json_string_value(json_array_get(get(v, "sibling.differs"), 0)),
	    "orphan");
	CU_ASSERT(json_is_null(get(v, "sibling.why")));
	json_decref(v);
}

static void
a_sibling_tells_whose_turn_it_is(void)
{
	json_t *v = load(json_sibling, made_paired());

	CU_ASSERT_STRING_EQUAL(text(upstream(v, 0), "turn"), "ours");
	CU_ASSERT_EQUAL(number(upstream(v, 0), "other_s"), 900);
	CU_ASSERT_STRING_EQUAL(text(upstream(v, 1), "turn"), "sibling");
	CU_ASSERT_EQUAL(number(upstream(v, 1), "turn_s"), 724);
	CU_ASSERT(json_is_null(get(upstream(v, 2), "other_s")));
	json_decref(v);
}

static void
a_stranger_says_nothing_of_itself(void)
{
	json_t *v = load(json_sibling, made_plain());

	CU_ASSERT(json_is_null(get(v, "sibling.says")));
	CU_ASSERT(json_is_null(get(v, "sibling.drift_ppm")));
	json_decref(v);
}

static void
a_sibling_that_is_silent_has_no_numbers(void)
{
	struct snapshot s = made_unheard();
	s.sibling.heard_s = -1;
	json_t *v = load(json_sibling, s);

	CU_ASSERT(json_is_null(get(v, "sibling.heard_s")));
	CU_ASSERT(json_is_null(get(v, "sibling.met_s")));
	CU_ASSERT(json_is_null(get(v, "sibling.offset_s")));
	json_decref(v);
}

static void
a_dropped_sibling_tells_why(void)
{
	json_t *v = load(json_sibling, made_dropped());

	CU_ASSERT_STRING_EQUAL(text(v, "sibling.why"),
	    "its samples are 1.00 h from ours");
	json_decref(v);
}

static void
an_upstream_tells_when_the_sibling_asked(void)
{
	json_t *v = load(json_upstreams, made_paired());

	CU_ASSERT_EQUAL(number(upstream(v, 0), "other_s"), 900);
	CU_ASSERT(json_is_null(get(upstream(v, 4), "other_s")));
	json_decref(v);
}

static CU_TestInfo tests[] = {
	{ "each state of a sibling is a word",
	    each_state_of_a_sibling_is_a_word },
	{ "no sibling is null", no_sibling_is_null },
	{ "a sibling tells its numbers", a_sibling_tells_its_numbers },
	{ "a sibling tells whose turn it is",
	    a_sibling_tells_whose_turn_it_is },
	{ "a stranger says nothing of itself",
	    a_stranger_says_nothing_of_itself },
	{ "a sibling that is silent has no numbers",
	    a_sibling_that_is_silent_has_no_numbers },
	{ "a dropped sibling tells why", a_dropped_sibling_tells_why },
	{ "an upstream tells when the sibling asked",
	    an_upstream_tells_when_the_sibling_asked },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_json_sibling = { "view/json: sibling", NULL, NULL, NULL,
	NULL, tests };
