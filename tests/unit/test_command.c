/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "view/command.h"

#include "made.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static char answer[COMMAND_ANSWER_MAX];
static double age_s;
static enum command_want want;
static struct command_order order;

/* The exit status; the text is in body(). */
static long
ask(const char *line, const struct snapshot *s)
{
	struct text t = TEXT(answer);

	want = command_answer(line, s, age_s, &order, &t);
	CU_ASSERT_FALSE(text_cut(&t));
	return strtol(answer, NULL, 10);
}

static const char *
body(void)
{
	const char *end = strchr(answer, '\n');

	CU_ASSERT_PTR_NOT_NULL_FATAL(end);
	return end + 1;
}

static bool
body_has(const char *text)
{
	return strstr(body(), text) != NULL;
}

static bool
body_is_json(void)
{
	json_t *v = json_loads(body(), 0, NULL);
	bool is = json_integer_value(json_object_get(v, "schema")) == 1;

	json_decref(v);
	return is;
}

static void
status_of_a_synced_gateway_is_well(void)
{
	struct snapshot s = made_synced();

	CU_ASSERT_EQUAL(ask("status", &s), 0);
	CU_ASSERT_EQUAL(want, COMMAND_ANSWER);
	CU_ASSERT_EQUAL(strncmp(body(), "gw1: synced", 11), 0);
}

static void
status_out_of_sync_is_not_well(void)
{
	struct snapshot all[] = { made_starting(), made_holdover(),
		made_panic() };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		CU_ASSERT_EQUAL(ask("status", &all[i]), 1);
		CU_ASSERT_EQUAL(ask("json status", &all[i]), 1);
	}
}

static void
json_is_asked_for_by_a_word(void)
{
	struct snapshot s = made_synced();

	CU_ASSERT_EQUAL(ask("json status", &s), 0);
	CU_ASSERT(body_is_json());
	CU_ASSERT_EQUAL(ask("json upstreams", &s), 0);
	CU_ASSERT(body_is_json());
}

static void
upstreams_are_listed(void)
{
	struct snapshot s = made_synced();

	CU_ASSERT_EQUAL(ask("upstreams", &s), 0);
	CU_ASSERT(body_has("\n*ntp1.example.net "));
}

static void
width_and_colour_reach_the_table(void)
{
	struct snapshot s = made_synced();

	ask("colour width=132 upstreams", &s);
	CU_ASSERT(body_has("time.a-very-long-name.department.example.edu"));
	CU_ASSERT(body_has("\033[32mused"));
}

static void
without_colour_there_is_no_escape(void)
{
	struct snapshot s = made_panic();

	ask("status", &s);
	CU_ASSERT_FALSE(body_has("\033"));
}

static void
an_unknown_command_is_wrong_usage(void)
{
	struct snapshot s = made_synced();

	CU_ASSERT_EQUAL(ask("stauts", &s), 2);
	CU_ASSERT(body_has("\"stauts\""));
	CU_ASSERT_EQUAL(ask("json stauts", &s), 2);
	CU_ASSERT(body_is_json());
}

static void
an_empty_line_is_wrong_usage(void)
{
	struct snapshot s = made_synced();

	CU_ASSERT_EQUAL(ask("", &s), 2);
	CU_ASSERT_EQUAL(ask(" \t ", &s), 2);
	CU_ASSERT_EQUAL(ask("json", &s), 2);
}

static void
a_width_that_is_no_number_is_wrong_usage(void)
{
	struct snapshot s = made_synced();

	CU_ASSERT_EQUAL(ask("width= status", &s), 2);
	CU_ASSERT_EQUAL(ask("width=-1 status", &s), 2);
	CU_ASSERT_EQUAL(ask("width=8x status", &s), 2);
	CU_ASSERT_EQUAL(ask("width=99999999999999999999 status", &s), 2);
}

static void
arguments_too_many_are_wrong_usage(void)
{
	struct snapshot s = made_synced();

	CU_ASSERT_EQUAL(ask("status now", &s), 2);
	CU_ASSERT(body_has("status takes 0 arguments"));
	CU_ASSERT_EQUAL(ask("status a b c d e f g h i", &s), 2);
	CU_ASSERT_EQUAL(ask("accept", &s), 2);
	CU_ASSERT(body_has("accept takes 1 argument\n"));
}

static void
a_line_too_long_is_wrong_usage(void)
{
	struct snapshot s = made_synced();
	char line[COMMAND_LINE_MAX + 1];

	memset(line, 'a', COMMAND_LINE_MAX);
	line[COMMAND_LINE_MAX] = '\0';
	CU_ASSERT_EQUAL(ask(line, &s), 2);
	line[COMMAND_LINE_MAX - 1] = '\0';
	CU_ASSERT_EQUAL(ask(line, &s), 2);
	CU_ASSERT(body_has("knows no command \"aaa"));
}

static void
while_the_engine_is_silent_nothing_is_well(void)
{
	static const char *const lines[] = { "status", "upstreams", "budget",
		"sibling", "accept step", "json status" };
	struct snapshot s = made_synced();

	age_s = COMMAND_STALE_S;
	CU_ASSERT_EQUAL(ask("status", &s), 0);
	age_s = 75;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		CU_ASSERT_EQUAL(ask(lines[i], &s), 1);
		CU_ASSERT_EQUAL(want, COMMAND_ANSWER);
		CU_ASSERT(body_has("the engine has not answered for 75 s: "));
		CU_ASSERT_FALSE(body_has("synced"));
	}
	CU_ASSERT(body_is_json());
	ask("clients", &s);
	CU_ASSERT_EQUAL(want, COMMAND_CLIENTS);
	age_s = 0;
}

static void
before_the_engine_speaks_nothing_is_well(void)
{
	CU_ASSERT_EQUAL(ask("status", NULL), 1);
	CU_ASSERT(body_has("the engine has not said anything yet"));
	CU_ASSERT_EQUAL(ask("json upstreams", NULL), 1);
	CU_ASSERT(body_is_json());
	CU_ASSERT_EQUAL(ask("accept step", NULL), 1);
	CU_ASSERT_EQUAL(want, COMMAND_ANSWER);
}

static void
accept_step_in_panic_reaches_the_engine(void)
{
	struct snapshot s = made_panic();

	CU_ASSERT_EQUAL(ask("accept step", &s), 0);
	CU_ASSERT_EQUAL(want, COMMAND_ACCEPT_STEP);
	CU_ASSERT(body_has("+3.400000 s"));
	CU_ASSERT_EQUAL(ask("json accept step", &s), 0);
	CU_ASSERT_EQUAL(want, COMMAND_ACCEPT_STEP);
	CU_ASSERT(body_is_json());
}

static void
accept_step_without_panic_moves_nothing(void)
{
	struct snapshot s = made_synced();

	CU_ASSERT_EQUAL(ask("accept step", &s), 1);
	CU_ASSERT_EQUAL(want, COMMAND_ANSWER);
	CU_ASSERT(body_has("the state is synced"));
}

static void
accept_anything_else_is_wrong_usage(void)
{
	struct snapshot s = made_panic();

	CU_ASSERT_EQUAL(ask("accept defeat", &s), 2);
	CU_ASSERT_EQUAL(want, COMMAND_ANSWER);
}

/* As synced, but the second server denied us five days ago. */
static struct snapshot
made_retired(void)
{
	struct snapshot s = made_synced();

	s.upstream[1].account.retired = true;
	s.upstream[1].account.retired_s = 25 * 86400.0;
	s.upstream[1].account.kisses = 2;
	s.upstream[1].account.kissed_s = 5 * 86400.0;
	strcpy(s.upstream[1].account.kiss, "DENY");
	return s;
}

static void
revive_reaches_the_engine_with_the_name(void)
{
	struct snapshot s = made_retired();

	CU_ASSERT_EQUAL(ask("upstreams revive NTP2.example.ORG", &s), 0);
	CU_ASSERT_EQUAL(want, COMMAND_REVIVE);
	CU_ASSERT_STRING_EQUAL(order.host, "ntp2.example.org");
	CU_ASSERT(body_has("taken back: ntp2.example.org"));
	CU_ASSERT_EQUAL(ask("json upstreams revive ntp2.example.org", &s), 0);
	CU_ASSERT_EQUAL(want, COMMAND_REVIVE);
	CU_ASSERT(body_is_json());
}

static void
a_retired_server_among_the_spares_is_revived_too(void)
{
	struct snapshot s = made_synced();

	s.spares = 1;
	strcpy(s.spare[0].host, "old.example.net");
	s.spare[0].account.retired = true;
	CU_ASSERT_EQUAL(ask("upstreams revive old.example.net", &s), 0);
	CU_ASSERT_STRING_EQUAL(order.host, "old.example.net");
}

static void
revive_of_one_that_is_not_retired_moves_nothing(void)
{
	struct snapshot s = made_retired();

	CU_ASSERT_EQUAL(ask("upstreams revive ntp1.example.net", &s), 1);
	CU_ASSERT_EQUAL(want, COMMAND_ANSWER);
	CU_ASSERT(body_has("there is no retired server of the name "
			   "\"ntp1.example.net\": this one is asked"));
	CU_ASSERT_EQUAL(ask("upstreams revive nobody.example", &s), 1);
	CU_ASSERT(body_has("\"nobody.example\"\n"));
	CU_ASSERT_STRING_EQUAL(order.host, "");
}

static void
one_host_on_many_ports_is_revived_by_its_name(void)
{
	struct snapshot s = made_synced();

	made_one_host(&s);
	s.upstream[1].account.retired = true;
	CU_ASSERT_EQUAL(ask("upstreams revive 127.0.0.1:11124", &s), 0);
	CU_ASSERT_STRING_EQUAL(order.host, "127.0.0.1:11124");
	CU_ASSERT_EQUAL(ask("upstreams revive 127.0.0.1:11123", &s), 1);
	CU_ASSERT(body_has("this one is asked"));
}

static void
a_host_that_is_many_servers_is_refused_with_their_names(void)
{
	struct snapshot s = made_synced();

	s.upstreams = 2;
	made_one_host(&s);
	s.upstream[0].account.retired = true;
	s.spares = 1;
	strcpy(s.spare[0].host, "127.0.0.1");
	s.spare[0].addr.port = 124;
	CU_ASSERT_EQUAL(ask("upstreams revive 127.0.0.1", &s), 1);
	CU_ASSERT_EQUAL(want, COMMAND_ANSWER);
	CU_ASSERT(
	    body_has("\"127.0.0.1\" is 3 servers: name one of "
		     "127.0.0.1:11123, 127.0.0.1:11124, 127.0.0.1:124\n"));
	CU_ASSERT_STRING_EQUAL(order.host, "");
}

static void
a_host_that_is_one_server_needs_no_port(void)
{
	struct snapshot s = made_synced();

	s.upstream[1].addr.port = 1123;
	s.upstream[1].account.retired = true;
	CU_ASSERT_EQUAL(ask("upstreams revive ntp2.example.org", &s), 0);
	CU_ASSERT_STRING_EQUAL(order.host, "ntp2.example.org:1123");
	/* on NTP's port the host is the whole name */
	s.upstream[0] = s.upstream[1];
	s.upstream[0].addr.port = 123;
	CU_ASSERT_EQUAL(ask("upstreams revive ntp2.example.org", &s), 0);
	CU_ASSERT_STRING_EQUAL(order.host, "ntp2.example.org");
}

static void
upstreams_with_other_words_is_wrong_usage(void)
{
	struct snapshot s = made_retired();

	CU_ASSERT_EQUAL(ask("upstreams revive", &s), 2);
	CU_ASSERT_EQUAL(ask("upstreams kill ntp2.example.org", &s), 2);
	CU_ASSERT_EQUAL(ask("upstreams now", &s), 2);
	CU_ASSERT_EQUAL(want, COMMAND_ANSWER);
}

static void
a_lost_ledger_can_be_accepted(void)
{
	struct snapshot s = made_synced();

	s.frugal_s = 3600;
	CU_ASSERT_EQUAL(ask("accept ledger", &s), 0);
	CU_ASSERT_EQUAL(want, COMMAND_ACCEPT_LEDGER);
	CU_ASSERT(body_has("the servers are asked as usual"));
	s.frugal_s = 0;
	s.hold_s = 100;
	CU_ASSERT_EQUAL(ask("json accept ledger", &s), 0);
	CU_ASSERT_EQUAL(want, COMMAND_ACCEPT_LEDGER);
	CU_ASSERT(body_is_json());
}

static void
a_good_ledger_needs_no_acceptance(void)
{
	struct snapshot s = made_synced();

	CU_ASSERT_EQUAL(ask("accept ledger", &s), 1);
	CU_ASSERT_EQUAL(want, COMMAND_ANSWER);
	CU_ASSERT(body_has("the ledger is good"));
	s.closed = true;
	CU_ASSERT_EQUAL(ask("accept ledger", &s), 1);
	CU_ASSERT_EQUAL(want, COMMAND_ANSWER);
	CU_ASSERT(body_has("the ledger cannot be written"));
}

static void
a_dropped_sibling_can_be_accepted(void)
{
	struct snapshot s = made_dropped();

	CU_ASSERT_EQUAL(ask("accept sibling", &s), 0);
	CU_ASSERT_EQUAL(want, COMMAND_ACCEPT_SIBLING);
	CU_ASSERT_STRING_EQUAL(body(),
	    "accepted: gw2 is trusted again; see \"ntpgate sibling\"\n");
	CU_ASSERT_EQUAL(ask("json accept sibling", &s), 0);
	CU_ASSERT_EQUAL(want, COMMAND_ACCEPT_SIBLING);
	CU_ASSERT(body_is_json());
	CU_ASSERT(body_has("\"accepted\": \"sibling\""));
}

static void
a_question_about_the_sibling_says_why_it_was_dropped(void)
{
	struct snapshot s = made_dropped();

	CU_ASSERT_EQUAL(ask("question accept sibling", &s), 0);
	CU_ASSERT_EQUAL(want, COMMAND_ANSWER);
	CU_ASSERT_STRING_EQUAL(body(),
	    "gw2 was dropped: its samples are 1.00 h from ours.  Its samples "
	    "and turns will count again, at once.\n");
}

static void
a_sibling_that_was_not_dropped_needs_no_acceptance(void)
{
	struct snapshot s = made_paired(), none = made_synced();

	CU_ASSERT_EQUAL(ask("accept sibling", &s), 1);
	CU_ASSERT_EQUAL(want, COMMAND_ANSWER);
	CU_ASSERT(body_has("its state is paired"));
	CU_ASSERT_EQUAL(ask("accept sibling", &none), 1);
	CU_ASSERT_EQUAL(want, COMMAND_ANSWER);
	CU_ASSERT(body_has("none is configured"));
}

static void
a_sibling_is_well_if_it_is_in_use_or_there_is_none(void)
{
	static const long status[] = { [SNAPSHOT_SIBLING_NONE] = 0,
		[SNAPSHOT_SIBLING_UNHEARD] = 1,
		[SNAPSHOT_SIBLING_PAIRED] = 0,
		[SNAPSHOT_SIBLING_PLAIN] = 0,
		[SNAPSHOT_SIBLING_DROPPED] = 1 };
	struct snapshot s = made_paired();

	for (unsigned i = 0; i < sizeof(status) / sizeof(status[0]); i++) {
		s.sibling.state = (enum snapshot_sibling_state)i;
		CU_ASSERT_EQUAL(ask("sibling", &s), status[i]);
		CU_ASSERT_EQUAL(ask("json sibling", &s), status[i]);
		CU_ASSERT(body_is_json());
	}
	CU_ASSERT_EQUAL(ask("sibling now", &s), 2);
}

static void
a_question_says_what_would_be_done_and_does_nothing(void)
{
	struct snapshot s = made_retired(), panic = made_panic();

	s.frugal_s = 7200;
	CU_ASSERT_EQUAL(ask("question upstreams revive ntp2.example.org", &s),
	    0);
	CU_ASSERT_EQUAL(want, COMMAND_ANSWER);
	CU_ASSERT_STRING_EQUAL(body(),
	    "ntp2.example.org wants no questions of us: it said DENY, 2 "
	    "times, the last 5 d ago.  It will be asked again at once; its "
	    "owner should have agreed.\n");
	CU_ASSERT_EQUAL(ask("question accept step", &panic), 0);
	CU_ASSERT_EQUAL(want, COMMAND_ANSWER);
	CU_ASSERT_STRING_EQUAL(body(),
	    "4 of 5 groups of servers say that our clock is wrong.  It will "
	    "be set by +3.400000 s, at once.\n");
	CU_ASSERT_EQUAL(ask("question accept ledger", &s), 0);
	CU_ASSERT_EQUAL(want, COMMAND_ANSWER);
	CU_ASSERT_STRING_EQUAL(body(),
	    "The ledger was lost, and for 2.0 h more each server is asked "
	    "once an hour at most.  That will end now.\n");
}

static void
a_question_about_nothing_is_refused(void)
{
	struct snapshot s = made_synced();

	CU_ASSERT_EQUAL(ask("question accept step", &s), 1);
	CU_ASSERT_EQUAL(ask("question upstreams revive x", &s), 1);
}

static void
budget_is_told(void)
{
	struct snapshot s = made_synced();

	CU_ASSERT_EQUAL(ask("budget", &s), 0);
	CU_ASSERT(body_has("330 packets of the day's 640"));
	CU_ASSERT_EQUAL(ask("json budget", &s), 0);
	CU_ASSERT(body_is_json());
	CU_ASSERT_EQUAL(ask("budget now", &s), 2);
}

static void
the_longest_names_fit_an_answer(void)
{
	struct snapshot s = made_holdover();

	s.upstreams = ENGINE_SOURCES;
	for (unsigned i = 0; i < ENGINE_SOURCES; i++) {
		s.upstream[i] = s.upstream[2];
		memset(s.upstream[i].host, 'h', SOURCE_HOST_MAX - 1);
		memset(s.upstream[i].stands_for, 's', SOURCE_HOST_MAX - 1);
		memset(s.upstream[i].shares_with, 1, SOURCE_HOST_MAX - 1);
		memset(s.upstream[i].operator_name, 1, 127);
		for (unsigned v = 0; v < SOURCE_VERDICTS; v++)
			s.upstream[i].verdict[v] = UINT64_MAX / 2;
	}
	s.spares = ENGINE_SPARES;
	for (unsigned k = 0; k < ENGINE_SPARES; k++) {
		memset(s.spare[k].host, 'h', SOURCE_HOST_MAX - 1);
		s.spare[k].account.retired = true;
		s.spare[k].account.kisses = UINT32_MAX;
	}
	CU_ASSERT_EQUAL(ask("json upstreams", &s), 0);
	CU_ASSERT(body_is_json());
	CU_ASSERT_EQUAL(ask("json budget", &s), 0);
	CU_ASSERT(body_is_json());
	CU_ASSERT_EQUAL(ask("budget", &s), 0);
	CU_ASSERT_EQUAL(ask("colour upstreams", &s), 0);
	CU_ASSERT_EQUAL(ask("status", &s), 1);
}

static CU_TestInfo tests[] = {
	{ "status of a synced gateway is well",
	    status_of_a_synced_gateway_is_well },
	{ "status out of sync is not well", status_out_of_sync_is_not_well },
	{ "json is asked for by a word", json_is_asked_for_by_a_word },
	{ "upstreams are listed", upstreams_are_listed },
	{ "width and colour reach the table",
	    width_and_colour_reach_the_table },
	{ "without colour there is no escape",
	    without_colour_there_is_no_escape },
	{ "an unknown command is wrong usage",
	    an_unknown_command_is_wrong_usage },
	{ "an empty line is wrong usage", an_empty_line_is_wrong_usage },
	{ "a width that is no number is wrong usage",
	    a_width_that_is_no_number_is_wrong_usage },
	{ "arguments too many are wrong usage",
	    arguments_too_many_are_wrong_usage },
	{ "a line too long is wrong usage", a_line_too_long_is_wrong_usage },
	{ "while the engine is silent nothing is well",
	    while_the_engine_is_silent_nothing_is_well },
	{ "before the engine speaks nothing is well",
	    before_the_engine_speaks_nothing_is_well },
	{ "accept step in panic reaches the engine",
	    accept_step_in_panic_reaches_the_engine },
	{ "accept step without panic moves nothing",
	    accept_step_without_panic_moves_nothing },
	{ "accept anything else is wrong usage",
	    accept_anything_else_is_wrong_usage },
	{ "revive reaches the engine with the name",
	    revive_reaches_the_engine_with_the_name },
	{ "a retired server among the spares is revived, too",
	    a_retired_server_among_the_spares_is_revived_too },
	{ "revive of one that is not retired moves nothing",
	    revive_of_one_that_is_not_retired_moves_nothing },
	{ "one host on many ports is revived by its name",
	    one_host_on_many_ports_is_revived_by_its_name },
	{ "a host that is many servers is refused with their names",
	    a_host_that_is_many_servers_is_refused_with_their_names },
	{ "a host that is one server needs no port",
	    a_host_that_is_one_server_needs_no_port },
	{ "upstreams with other words is wrong usage",
	    upstreams_with_other_words_is_wrong_usage },
	{ "a lost ledger can be accepted", a_lost_ledger_can_be_accepted },
	{ "a good ledger needs no acceptance",
	    a_good_ledger_needs_no_acceptance },
	{ "a dropped sibling can be accepted",
	    a_dropped_sibling_can_be_accepted },
	{ "a question about the sibling says why it was dropped",
	    a_question_about_the_sibling_says_why_it_was_dropped },
	{ "a sibling that was not dropped needs no acceptance",
	    a_sibling_that_was_not_dropped_needs_no_acceptance },
	{ "a sibling is well if it is in use, or there is none",
	    a_sibling_is_well_if_it_is_in_use_or_there_is_none },
	{ "a question says what would be done, and does nothing",
	    a_question_says_what_would_be_done_and_does_nothing },
	{ "a question about nothing is refused",
	    a_question_about_nothing_is_refused },
	{ "budget is told", budget_is_told },
	{ "the longest names fit an answer", the_longest_names_fit_an_answer },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_command = { "view/command", NULL, NULL, NULL, NULL, tests };
