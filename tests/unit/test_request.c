/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "view/request.h"

#include <string.h>

static struct request r;

static unsigned
status(const char *head)
{
	return request_read(&r, head, strlen(head));
}

static void
a_page_is_asked_for(void)
{
	CU_ASSERT_EQUAL(status("GET / HTTP/1.1\r\nHost: gw1:8123\r\n\r\n"),
	    200);
	CU_ASSERT_STRING_EQUAL(r.path, "/");
	CU_ASSERT_STRING_EQUAL(r.query, "");
	CU_ASSERT_FALSE(r.head);
	CU_ASSERT_FALSE(r.openmetrics);
}

static void
a_query_stands_apart(void)
{
	CU_ASSERT_EQUAL(status("GET /?span=day HTTP/1.0\r\n\r\n"), 200);
	CU_ASSERT_STRING_EQUAL(r.path, "/");
	CU_ASSERT_STRING_EQUAL(r.query, "span=day");
}

static void
head_is_get_without_the_body(void)
{
	CU_ASSERT_EQUAL(status("HEAD /metrics HTTP/1.1\nHost: a\n\n"), 200);
	CU_ASSERT_STRING_EQUAL(r.path, "/metrics");
	CU_ASSERT(r.head);
}

static void
a_proxys_form_is_understood(void)
{
	CU_ASSERT_EQUAL(status("GET http://gw1:8123/healthz HTTP/1.1\r\nHost: "
			       "gw1:8123\r\n\r\n"),
	    200);
	CU_ASSERT_STRING_EQUAL(r.path, "/healthz");
	CU_ASSERT_EQUAL(status("GET http://gw1 HTTP/1.1\r\nHost: a\r\n\r\n"),
	    400);
}

static void
openmetrics_is_for_who_accepts_it(void)
{
	CU_ASSERT_EQUAL(
	    status("GET /metrics HTTP/1.1\r\nHost: a\r\naccept: "
		   "application/openmetrics-text;version=1.0.0,text/plain;q="
		   "0.5\r\n\r\n"),
	    200);
	CU_ASSERT(r.openmetrics);
	CU_ASSERT_EQUAL(status("GET /metrics HTTP/1.1\r\nHost: a\r\nAccept: "
			       "*/*\r\n\r\n"),
	    200);
	CU_ASSERT_FALSE(r.openmetrics);
}

static void
every_beginning_of_a_request_asks_for_more(void)
{
	static const char whole[] =
	    "GET /metrics HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n";

	for (size_t n = 0; n < sizeof(whole) - 1; n++)
		CU_ASSERT_EQUAL(request_read(&r, whole, n), 0);
	CU_ASSERT_EQUAL(request_read(&r, whole, sizeof(whole) - 1), 200);
}

static void
nothing_but_get_and_head_is_allowed(void)
{
	CU_ASSERT_EQUAL(status("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: "
			       "3\r\n\r\nabc"),
	    405);
	CU_ASSERT_EQUAL(status("DELETE / HTTP/1.1\r\nHost: a\r\n\r\n"), 405);
	CU_ASSERT_EQUAL(status("get / HTTP/1.1\r\nHost: a\r\n\r\n"), 405);
	CU_ASSERT_EQUAL(status("GETS / HTTP/1.1\r\nHost: a\r\n\r\n"), 405);
}

static void
a_body_is_refused(void)
{
	CU_ASSERT_EQUAL(
	    status("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n"),
	    413);
	CU_ASSERT_EQUAL(status("GET / HTTP/1.1\r\nHost: a\r\n"
			       "Transfer-Encoding: chunked\r\n\r\n"),
	    413);
	CU_ASSERT_EQUAL(
	    status("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"),
	    200);
}

static void
what_is_no_http_is_refused_at_its_first_line(void)
{
	static const char *const bad[] = { "\r\n", "hello\r\n", "GET /\r\n",
		"GET / HTTP/1.1 x\r\n", "GET  / HTTP/1.1\r\n",
		"GET / HTTPS/1.1\r\n", "GET x HTTP/1.1\r\n",
		" GET / HTTP/1.1\n", "GET /\x01 HTTP/1.1\r\n",
		"G\tT / HTTP/1.1\r\n", "\x16\x03\x01\x02\n" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		unsigned got = status(bad[i]);

		CU_ASSERT(got == 400 || got == 505);
	}
	CU_ASSERT_EQUAL(status("GET / HTTP/2.0\r\n"), 505);
	CU_ASSERT_EQUAL(request_read(&r, "GET /\0 HTTP/1.1\r\n", 18), 400);
}

static void
smugglers_fields_are_refused(void)
{
	CU_ASSERT_EQUAL(status("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
	    400);
	CU_ASSERT_EQUAL(status("GET / HTTP/1.1\r\n\r\n"), 400);
	CU_ASSERT_EQUAL(status("GET / HTTP/1.1\r\nHost : a\r\n\r\n"), 400);
	CU_ASSERT_EQUAL(status("GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n"),
	    400);
	CU_ASSERT_EQUAL(status("GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n"),
	    400);
	CU_ASSERT_EQUAL(status("GET / HTTP/1.1\r\nHost: a\r\nx: \x7f\r\n\r\n"),
	    400);
}

static void
what_is_too_long_is_refused(void)
{
	static char line[REQUEST_MAX + 64];

	memset(line, 'a', sizeof(line));
	CU_ASSERT_EQUAL(request_read(&r, line, REQUEST_MAX - 1), 0);
	CU_ASSERT_EQUAL(request_read(&r, line, REQUEST_MAX), 414);
	memcpy(line, "GET /", 5);
	memcpy(line + 200, " HTTP/1.1\r\n", 11);
	CU_ASSERT_EQUAL(request_read(&r, line, 211), 414);
	memcpy(line, "GET / HTTP/1.1\r\nx: ", 19);
	line[200] = 'a';
	memset(line + 200, 'a', 11);
	CU_ASSERT_EQUAL(request_read(&r, line, REQUEST_MAX - 1), 0);
	CU_ASSERT_EQUAL(request_read(&r, line, REQUEST_MAX), 431);
}

static CU_TestInfo tests[] = {
	{ "a page is asked for", a_page_is_asked_for },
	{ "a query stands apart", a_query_stands_apart },
	{ "HEAD is GET without the body", head_is_get_without_the_body },
	{ "a proxy's form is understood", a_proxys_form_is_understood },
	{ "OpenMetrics is for who accepts it",
	    openmetrics_is_for_who_accepts_it },
	{ "every beginning of a request asks for more",
	    every_beginning_of_a_request_asks_for_more },
	{ "nothing but GET and HEAD is allowed",
	    nothing_but_get_and_head_is_allowed },
	{ "a body is refused", a_body_is_refused },
	{ "what is no HTTP is refused at its first line",
	    what_is_no_http_is_refused_at_its_first_line },
	{ "smugglers' fields are refused", smugglers_fields_are_refused },
	{ "what is too long is refused", what_is_too_long_is_refused },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_request = { "view/request", NULL, NULL, NULL, NULL, tests };
