/* SPDX-License-Identifier: ISC */
#include "guests.h"
#include "made.h"
#include "unit.h"

#include "view/command.h"

#include <stdlib.h>
#include <string.h>

static char answer[COMMAND_ANSWER_MAX];
static struct text out;
static struct command_order order;
static struct snapshot snapshot;

static void
setup(void)
{
	guests_init();
	snapshot = made_synced();
	out = TEXT(answer);
}

static enum command_want
ask(const char *line)
{
	out = TEXT(answer);
	return command_answer(line, &snapshot, 0, &order, &out);
}

static void
clients_are_for_the_desk_to_call(void)
{
	CU_ASSERT_EQUAL(ask("clients"), COMMAND_CLIENTS);
	CU_ASSERT_EQUAL(order.form, COMMAND_TEXT);
	CU_ASSERT_EQUAL(order.roll.sort, ROLL_BY_RATE);
	CU_ASSERT_EQUAL(order.roll.limit, 20);
	CU_ASSERT_FALSE(order.roll.flagged);
}

static void
wishes_are_heard(void)
{
	CU_ASSERT_EQUAL(ask("clients sort=last flagged limit=7 csv"),
	    COMMAND_CLIENTS);
	CU_ASSERT_EQUAL(order.form, COMMAND_CSV);
	CU_ASSERT_EQUAL(order.roll.sort, ROLL_BY_LAST);
	CU_ASSERT_EQUAL(order.roll.limit, 7);
	CU_ASSERT_TRUE(order.roll.flagged);
	ask("clients sort=requests limit=0");
	CU_ASSERT_EQUAL(order.roll.sort, ROLL_BY_REQUESTS);
	CU_ASSERT_EQUAL(order.roll.limit, ROLL_MOST);
}

static void
programs_get_all_unless_they_say_less(void)
{
	ask("json clients");
	CU_ASSERT_EQUAL(order.form, COMMAND_JSON);
	CU_ASSERT_EQUAL(order.roll.limit, ROLL_MOST);
}

static void
what_is_no_wish_is_refused(void)
{
	static const char *const bad[] = { "clients sort=name",
		"clients limit=", "clients limit=-1", "clients limit=1x",
		"clients all", "report", "report not.an.address" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CU_ASSERT_EQUAL(ask(bad[i]), COMMAND_ANSWER);
		CU_ASSERT_EQUAL(strtol(answer, NULL, 10), 2);
	}
}

static void
the_roll_is_printed_as_was_wanted(void)
{
	ask("clients");
	guests_call(order.roll.sort, false, order.roll.limit);
	command_clients(&order, &guests, &out);
	CU_ASSERT_EQUAL(strncmp(answer, "0\n host", 7), 0);
	ask("clients csv");
	command_clients(&order, &guests, &out);
	CU_ASSERT_EQUAL(strncmp(answer, "0\naddress,", 10), 0);
	ask("json clients");
	command_clients(&order, &guests, &out);
	CU_ASSERT_EQUAL(strncmp(answer, "0\n{\n", 4), 0);
}

static void
without_tables_there_is_a_sentence(void)
{
	ask("clients");
	command_clients(&order, NULL, &out);
	CU_ASSERT_EQUAL(strncmp(answer, "1\nthere are no clients", 22), 0);
}

static void
a_report_is_of_one_address(void)
{
	struct clients_view v = guests_view("10.0.0.3");

	CU_ASSERT_EQUAL(ask("report 10.0.0.3"), COMMAND_REPORT);
	command_report(&order, &snapshot, &v, 8, &out);
	CU_ASSERT_EQUAL(strncmp(answer, "0\nSubject: ", 11), 0);
	ask("json report 10.0.0.3");
	command_report(&order, &snapshot, &v, 8, &out);
	CU_ASSERT_EQUAL(strncmp(answer, "0\n{", 3), 0);
}

static void
who_is_not_known_has_no_report(void)
{
	ask("report 10.0.0.9");
	command_report(&order, &snapshot, NULL, 8, &out);
	CU_ASSERT_EQUAL(strncmp(answer, "1\n10.0.0.9 has not asked us", 27), 0);
}

static struct month_record months;

static void
a_month_is_this_one_or_the_one_that_is_named(void)
{
	CU_ASSERT_EQUAL(ask("report month"), COMMAND_MONTH);
	CU_ASSERT_EQUAL(order.month, 0);
	CU_ASSERT_EQUAL(ask("json report month 2026-10"), COMMAND_MONTH);
	CU_ASSERT_EQUAL(order.month, 12 * 2026 + 9);
	CU_ASSERT_EQUAL(order.form, COMMAND_JSON);
}

static void
what_is_no_month_is_refused(void)
{
	ask("report month 2026-13");
	CU_ASSERT_EQUAL(strncmp(answer, "2\na month is a year and two", 27), 0);
	ask("report 10.0.0.3 10.0.0.4");
	CU_ASSERT_STRING_EQUAL(answer, "2\nreport takes one host\n");
}

static void
of_a_month_that_is_not_known_there_is_a_sentence(void)
{
	month_init(&months);
	ask("report month");
	command_month(&order, &snapshot, &months, 0, &out);
	CU_ASSERT_EQUAL(strncmp(answer, "1\nnothing is recorded yet", 25), 0);
	months.began = month_begin(12 * 2026 + 9);
	months.last = month_begin(12 * 2026 + 10);
	ask("report month 2026-08");
	command_month(&order, &snapshot, &months, 0, &out);
	CU_ASSERT_STRING_EQUAL(answer,
	    "1\nnothing is recorded of 2026-08: the record began in 2026-10, "
	    "and goes a year back at most\n");
}

static void
a_month_that_is_known_is_printed(void)
{
	month_init(&months);
	months.last = month_begin(12 * 2026 + 10);
	months.month[(12 * 2026 + 10) % MONTH_KEPT].number = 12 * 2026 + 10;
	ask("report month");
	command_month(&order, &snapshot, &months, 0, &out);
	CU_ASSERT_EQUAL(strncmp(answer, "0\n", 2), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(answer, "November 2026"));
	ask("json report month 2026-11");
	command_month(&order, &snapshot, &months, 0, &out);
	CU_ASSERT_EQUAL(strncmp(answer, "0\n{", 3), 0);
}

static CU_TestInfo tests[] = {
	{ "clients are for the desk to call",
	    clients_are_for_the_desk_to_call },
	{ "wishes are heard", wishes_are_heard },
	{ "programs get all, unless they say less",
	    programs_get_all_unless_they_say_less },
	{ "what is no wish is refused", what_is_no_wish_is_refused },
	{ "the roll is printed as was wanted",
	    the_roll_is_printed_as_was_wanted },
	{ "without tables there is a sentence",
	    without_tables_there_is_a_sentence },
	{ "a report is of one address", a_report_is_of_one_address },
	{ "who is not known has no report", who_is_not_known_has_no_report },
	{ "a month is this one, or the one that is named",
	    a_month_is_this_one_or_the_one_that_is_named },
	{ "what is no month is refused", what_is_no_month_is_refused },
	{ "of a month that is not known there is a sentence",
	    of_a_month_that_is_not_known_there_is_a_sentence },
	{ "a month that is known is printed",
	    a_month_that_is_known_is_printed },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_command_clients = { "view/command clients", NULL, NULL,
	setup, NULL, tests };
