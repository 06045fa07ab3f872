/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "base/text.h"
#include "view/dash.h"

#include "guests.h"
#include "made.h"

#include <string.h>

static char page[65536];
static struct snapshot s;

static void
setup(void)
{
	s = made_synced();
}

static bool
says(void (*print)(const struct snapshot *, struct text *), const char *words)
{
	struct text t = TEXT(page);

	page[0] = '\0';
	print(&s, &t);
	CU_ASSERT_FALSE(text_cut(&t));
	return strstr(page, words) != NULL;
}

static unsigned
count(const char *words)
{
	unsigned n = 0;

	for (const char *c = page; (c = strstr(c, words)) != NULL; c++)
		n++;
	return n;
}

static void
each_server_has_a_row_with_its_state_and_why(void)
{
	CU_ASSERT(says(dash_servers,
	    "<tr><th scope=\"row\">ntp2.example.org</th><td><span "
	    "class=\"state good\">used</span></td>"));
	CU_ASSERT(says(dash_servers, "class=\"state bad\">falseticker<"));
	CU_ASSERT(says(dash_servers,
	    "<td class=\"why\">not used: off by 500 ms, while 4 of 5"));
	CU_ASSERT_EQUAL(count("<tr>"), 6);
}

static void
cells_are_sorted_by_numbers_not_by_words(void)
{
	CU_ASSERT(says(dash_servers, "data-v=\"0.5\">+500\302\240ms</td>"));
}

static void
what_is_not_known_is_a_dash(void)
{
	s = made_starting();
	CU_ASSERT(says(dash_servers,
	    "unresolved</span></td><td class=\"n\">&ndash;</td>"));
}

static void
spares_come_last_with_as_many_cells(void)
{
	unsigned before, columns;

	says(dash_servers, "");
	columns = count("<th scope=\"col\"");
	before = count("<td");
	s.spares = 1;
	text_copy(s.spare[0].host, SOURCE_HOST_MAX, "spare.example");
	s.spare[0].addr.family = ADDR_V4;
	CU_ASSERT(says(dash_servers, "spare.example"));
	CU_ASSERT_EQUAL(count("<td") - before, columns - 1);
	CU_ASSERT_EQUAL(before, 5 * (columns - 1));
}

static void
packets_add_up(void)
{
	CU_ASSERT(says(dash_packets,
	    "<th scope=\"row\">All</th><td class=\"n\">22</td><td "
	    "class=\"n\">310</td><td class=\"n wide\">311</td>"));
}

static void
a_kiss_is_shown(void)
{
	s.upstream[0].account.kisses = 2;
	s.upstream[0].account.kissed_s = 720;
	text_copy(s.upstream[0].account.kiss, 5, "RATE");
	CU_ASSERT(says(dash_packets, "RATE, 12 min ago"));
}

static void
requests_stand_by_what_became_of_them(void)
{
	CU_ASSERT(says(dash_requests, "none has come yet"));
	s.serve.verdict[SERVER_ANSWERED] = 1234567;
	s.serve.verdict[SERVER_DENIED] = 0;
	CU_ASSERT(says(dash_requests, "data-v=\"1234567\">1,234,567<"));
	CU_ASSERT_EQUAL(count("<tr>"), 2);
}

/* guests.h: 10.0.0.3 asks twenty times a second, in version 1. */
static void
a_sick_host_stands_with_its_evidence(void)
{
	struct text t = TEXT(page);

	page[0] = '\0';
	guests_init();
	guests_call(ROLL_BY_RATE, false, 20);
	dash_hosts("most", "Hosts", &guests, &t);
	CU_ASSERT_EQUAL(count("<tr><th scope=\"row\">"), 4);
	CU_ASSERT_PTR_NOT_NULL(strstr(page,
	    "<tbody><tr><th scope=\"row\">10.0.0.3</th><td class=\"n\" "
	    "data-v=\""));
	CU_ASSERT(count("state bad") > 0);
}

static void
without_tables_there_are_no_hosts(void)
{
	struct text t = TEXT(page);

	page[0] = '\0';
	dash_hosts("most", "Hosts", NULL, &t);
	CU_ASSERT_PTR_NOT_NULL(strstr(page, "<tbody></tbody>"));
}

static void
every_table_has_a_caption_and_headings(void)
{
	void (*const table[])(const struct snapshot *,
	    struct text *) = { dash_servers, dash_packets, dash_requests };

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		CU_ASSERT(says(table[i], "<caption id="));
		CU_ASSERT(says(table[i], "<th scope=\"col\""));
		CU_ASSERT(says(table[i], "tabindex=\"0\" aria-labelledby="));
	}
}

static CU_TestInfo tests[] = {
	{ "each server has a row with its state and why",
	    each_server_has_a_row_with_its_state_and_why },
	{ "cells are sorted by numbers, not by words",
	    cells_are_sorted_by_numbers_not_by_words },
	{ "what is not known is a dash", what_is_not_known_is_a_dash },
	{ "spares come last, with as many cells",
	    spares_come_last_with_as_many_cells },
	{ "packets add up", packets_add_up },
	{ "a kiss is shown", a_kiss_is_shown },
	{ "requests stand by what became of them",
	    requests_stand_by_what_became_of_them },
	{ "a sick host stands with its evidence",
	    a_sick_host_stands_with_its_evidence },
	{ "without tables there are no hosts",
	    without_tables_there_are_no_hosts },
	{ "every table has a caption and headings",
	    every_table_has_a_caption_and_headings },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_dash_table = { "view/dash_table", NULL, NULL, setup, NULL,
	tests };
