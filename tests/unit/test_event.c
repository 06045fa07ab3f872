/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "core/event.h"

#include <string.h>

static void
a_name_is_a_component_and_a_word(void)
{
	CU_ASSERT_STRING_EQUAL(event_name(EVENT_SOURCE_FALSETICKER),
	    "source.falseticker");
	for (unsigned i = 0; i < EVENTS; i++) {
		const char *name = event_name((enum event_id)i);
		const char *dot = strchr(name, '.');

		CU_ASSERT_PTR_NOT_NULL(dot);
		CU_ASSERT_TRUE(strspn(name, "abcdefghijklmnopqrstuvwxyz.-") ==
		    strlen(name));
		CU_ASSERT_TRUE(dot > name && dot[1] != '\0' &&
		    strchr(dot + 1, '.') == NULL);
	}
}

static void
an_event_is_found_by_its_name_alone(void)
{
	enum event_id e = EVENTS;

	for (unsigned i = 0; i < EVENTS; i++) {
		CU_ASSERT_TRUE(event_find(event_name((enum event_id)i), &e));
		CU_ASSERT_EQUAL(e, i);
	}
	CU_ASSERT_FALSE(event_find("source", &e));
	CU_ASSERT_FALSE(event_find("", &e));
}

static void
it_is_as_loud_as_syslog_has_it(void)
{
	CU_ASSERT_EQUAL(event_level(EVENT_CLOCK_PANIC), 3);
	CU_ASSERT_EQUAL(event_level(EVENT_CLOCK_HOLDOVER), 4);
	CU_ASSERT_EQUAL(event_level(EVENT_CLOCK_SYNCED), 5);
	CU_ASSERT_EQUAL(event_level(EVENT_STATE_COLD), 6);
}

static void
each_says_what_it_means(void)
{
	for (unsigned i = 0; i < EVENTS; i++)
		CU_ASSERT_TRUE(strlen(event_meaning((enum event_id)i)) > 10);
}

static CU_TestInfo tests[] = {
	{ "a name is a component and a word",
	    a_name_is_a_component_and_a_word },
	{ "an event is found by its name alone",
	    an_event_is_found_by_its_name_alone },
	{ "it is as loud as syslog has it", it_is_as_loud_as_syslog_has_it },
	{ "each says what it means", each_says_what_it_means },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_event = { "core/event", NULL, NULL, NULL, NULL, tests };
