/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "base/text.h"
#include "view/metrics.h"

#include "made.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static char text[65536];
static struct snapshot s;

static void
setup(void)
{
	s = made_paired();
}

static const char *
metrics(bool open)
{
	struct text t = TEXT(text);

	text[0] = '\0';
	metrics_print(&s, open, &t);
	CU_ASSERT_FALSE(text_cut(&t));
	return text;
}

/* Is that a whole line of it? */
static bool
has(const char *line)
{
	size_t n = strlen(line);

	for (const char *c = text; (c = strstr(c, line)) != NULL; c += n)
		if ((c == text || c[-1] == '\n') && c[n] == '\n')
			return true;
	return false;
}

static void
the_time_is_in_seconds(void)
{
	metrics(false);
	CU_ASSERT(has("ntpgate_offset_seconds 0.00012"));
	CU_ASSERT(has("ntpgate_error_bound_seconds 0.00041"));
	CU_ASSERT(has("ntpgate_frequency_offset_ratio 1.2345e-05"));
	CU_ASSERT(has("ntpgate_stratum 3"));
	CU_ASSERT(has("ntpgate_synchronised 1"));
}

static void
one_state_is_1_and_the_others_0(void)
{
	s.state = ENGINE_HOLDOVER;
	metrics(false);
	CU_ASSERT(has("ntpgate_state{state=\"synced\"} 0"));
	CU_ASSERT(has("ntpgate_state{state=\"holdover\"} 1"));
}

static void
what_is_not_known_is_left_out(void)
{
	s = made_starting();
	metrics(true);
	CU_ASSERT_PTR_NULL(strstr(text, "ntpgate_offset_seconds"));
	CU_ASSERT_PTR_NULL(strstr(text, "ntpgate_error_bound_seconds"));
	CU_ASSERT_PTR_NULL(strstr(text, "nan"));
	CU_ASSERT_PTR_NULL(strstr(text, "inf "));
	CU_ASSERT_PTR_NULL(strstr(text, "ntpgate_sibling"));
	CU_ASSERT(has("ntpgate_synchronised 0"));
}

static void
counters_end_in_total_in_both_dialects(void)
{
	metrics(false);
	CU_ASSERT(has("# TYPE ntpgate_upstream_packets_total counter"));
	CU_ASSERT(has("ntpgate_upstream_packets_total 311"));
	metrics(true);
	CU_ASSERT(has("# TYPE ntpgate_upstream_packets counter"));
	CU_ASSERT(has("ntpgate_upstream_packets_total 311"));
}

static void
who_was_told_to_ask_less_is_counted_among_the_limited(void)
{
	s.serve.limited = 900;
	s.serve.kissed = 7;
	metrics(false);
	CU_ASSERT(has("ntpgate_requests_total{result=\"limited\"} 900"));
	CU_ASSERT(has("ntpgate_kisses_sent_total 7"));
}

static void
only_openmetrics_has_units_and_an_end(void)
{
	metrics(true);
	CU_ASSERT(has("# UNIT ntpgate_offset_seconds seconds"));
	CU_ASSERT_STRING_EQUAL(text + strlen(text) - 6, "# EOF\n");
	metrics(false);
	CU_ASSERT_PTR_NULL(strstr(text, "# UNIT"));
	CU_ASSERT_PTR_NULL(strstr(text, "# EOF"));
}

static void
a_liar_can_be_told(void)
{
	metrics(false);
	CU_ASSERT(has("ntpgate_server_falseticker{server=\"time.a-very-long-"
		      "name.department.example.edu\"} 1"));
	CU_ASSERT(has("ntpgate_server_used{server=\"ntp1.example.net\"} 1"));
	CU_ASSERT(has("ntpgate_server_falseticker{server=\"ntp1.example.net\"}"
		      " 0"));
}

static void
the_sibling_is_there_if_there_is_one(void)
{
	s.sibling.differs = 5;
	metrics(false);
	CU_ASSERT(has("ntpgate_sibling_state{state=\"paired\"} 1"));
	CU_ASSERT(has("ntpgate_sibling_offset_seconds -3e-06"));
	CU_ASSERT(has("ntpgate_sibling_differences 2"));
}

static void
names_cannot_break_a_line(void)
{
	text_copy(s.name, sizeof(s.name), "a\"b\\c\nd\xff");
	metrics(true);
	CU_ASSERT(has("ntpgate_gateway_info{name=\"a\\\"b\\\\c\\nd?\"} 1"));
}

/* HELP, TYPE, UNIT and samples of a family stand together; a sample's family
 * is the last that was begun. */
static void
each_sample_stands_below_its_type(void)
{
	char family[128] = "", *save = NULL;

	metrics(true);
	for (char *l = strtok_r(text, "\n", &save); l != NULL;
	     l = strtok_r(NULL, "\n", &save)) {
		if (strncmp(l, "# TYPE ", 7) == 0) {
			text_copy(family, sizeof(family), l + 7);
			family[strcspn(family, " ")] = '\0';
		}
		if (l[0] != '#') {
			size_t n = strlen(family);

			CU_ASSERT_EQUAL(strncmp(l, family, n), 0);
			CU_ASSERT(l[n] == ' ' || l[n] == '{' ||
			    strncmp(l + n, "_total", 6) == 0);
		}
	}
}

/* Is that series there already, before line l?  Its end is that of labels. */
static bool
is_series_before(const char *l)
{
	size_t n = strcspn(l, " ") + 1;

	for (const char *c = text; c < l; c += strcspn(c, "\n") + 1)
		if (strncmp(c, l, n) == 0)
			return true;
	return false;
}

static void
one_host_on_many_ports_is_as_many_servers(void)
{
	made_one_host(&s);
	metrics(false);
	CU_ASSERT(has("ntpgate_server_used{server=\"127.0.0.1:11123\"} 1"));
	CU_ASSERT(has("ntpgate_server_used{server=\"127.0.0.1:11125\"} 0"));
	for (const char *l = text; *l != '\0'; l += strcspn(l, "\n") + 1)
		CU_ASSERT(*l == '#' || !is_series_before(l));
}

static CU_TestInfo tests[] = {
	{ "one host on many ports is as many servers",
	    one_host_on_many_ports_is_as_many_servers },
	{ "the time is in seconds", the_time_is_in_seconds },
	{ "one state is 1 and the others 0", one_state_is_1_and_the_others_0 },
	{ "what is not known is left out", what_is_not_known_is_left_out },
	{ "counters end in _total in both dialects",
	    counters_end_in_total_in_both_dialects },
	{ "who was told to ask less is counted among the limited",
	    who_was_told_to_ask_less_is_counted_among_the_limited },
	{ "only OpenMetrics has units and an end",
	    only_openmetrics_has_units_and_an_end },
	{ "a liar can be told", a_liar_can_be_told },
	{ "the sibling is there if there is one",
	    the_sibling_is_there_if_there_is_one },
	{ "names cannot break a line", names_cannot_break_a_line },
	{ "each sample stands below its type",
	    each_sample_stands_below_its_type },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_metrics = { "view/metrics", NULL, NULL, setup, NULL, tests };
