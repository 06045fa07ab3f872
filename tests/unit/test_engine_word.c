/* SPDX-License-Identifier: ISC */
/* What the two gateways tell each other, but for samples. */
#include "core/engine_parts.h"

#include "mate.h"
#include "unit.h"

#include <string.h>

static const struct engine *const e = &town.engine;

static void
setup(void)
{
	town_begin(4, 2);
	mate_begin();
}

static void
who_is_alike_is_not_called_different(void)
{
	town_run(600);
	CU_ASSERT_FALSE(town_heard("configured otherwise"));
}

static void
another_promise(struct link_word *w)
{
	w->digest[LINK_ACCURACY]++;
}

static void
a_difference_is_named_and_said_once(void)
{
	mate.says = another_promise;
	town_run(5);
	CU_ASSERT_TRUE(
	    town_heard("configured otherwise: upstream.accuracy differ"));
	town_run(600);
	CU_ASSERT_FALSE(town_heard("configured otherwise"));
}

static void
a_difference_that_is_over_is_said(void)
{
	mate.says = another_promise;
	town_run(5);
	mate.says = NULL;
	town_run(120);
	CU_ASSERT_TRUE(town_heard("configured as we are"));
}

static void
our_name(struct link_word *w)
{
	strcpy(w->name, town.engine.conf.name);
}

static void
denied_by_all(struct link_word *w)
{
	for (unsigned k = 0; k < w->items; k++)
		w->item[k].flags |= LINK_DENIED;
}

static void
in_haste(struct link_word *w)
{
	w->interval_s = 1;
}

static void
a_namesake_is_named_and_one_of_two_is_first(void)
{
	struct sibling *l = &town.engine.pair.link;
	bool first;

	mate.says = our_name;
	town_run(5);
	CU_ASSERT_TRUE(town_heard("says: it has our name"));
	first = l->life < l->word.life;
	CU_ASSERT_EQUAL(engine_comes_first(e), first);
}

static void
servers_that_do_not_want_it_are_one_line(void)
{
	mate.says = denied_by_all;
	town_run(5);
	CU_ASSERT_TRUE(town_heard("says: 4 servers do not want it"));
	CU_ASSERT_TRUE(e->schedule.line[0].alone);
	town_run(600);
	CU_ASSERT_FALSE(town_heard("do not want it"));
}

static void
haste_is_a_line_and_not_ours(void)
{
	mate.says = in_haste;
	town_run(5);
	CU_ASSERT_TRUE(town_heard("says: it would ask each server every 1s"));
}

/* however often it changes its mind */
static void
what_is_odd_is_said_once_an_hour(void)
{
	mate.says = in_haste;
	town_run(5);
	town_heard("");
	mate.says = denied_by_all;
	town_run(1800);
	CU_ASSERT_FALSE(town_heard("says:"));
	town_run(2400);
	CU_ASSERT_TRUE(town_heard("says: 4 servers do not want it"));
}

static CU_TestInfo tests[] = {
	{ "who is alike is not called different",
	    who_is_alike_is_not_called_different },
	{ "a difference is named and said once",
	    a_difference_is_named_and_said_once },
	{ "a difference that is over is said",
	    a_difference_that_is_over_is_said },
	{ "a namesake is named, and one of two is first",
	    a_namesake_is_named_and_one_of_two_is_first },
	{ "servers that do not want it are one line",
	    servers_that_do_not_want_it_are_one_line },
	{ "haste is a line, and not ours", haste_is_a_line_and_not_ours },
	{ "what is odd is said once an hour",
	    what_is_odd_is_said_once_an_hour },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_engine_word = { "core/engine_word", NULL, NULL, setup, NULL,
	tests };
