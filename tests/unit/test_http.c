/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "sys/http.h"
#include "sys/udp.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BODY 60000

static struct loop loop;
static struct http *http;
static struct addr at;
static int listening;
static struct http_client *kept; /* not answered at once */
static bool keep;
static char path[REQUEST_PATH_MAX];
static char body[BODY], got[2 * BODY];

static void
asked(void *ctx, struct http_client *c, const struct request *r)
{
	(void)ctx;
	memcpy(path, r->path, sizeof(path));
	if (keep) {
		kept = c;
		return;
	}
	http_answer(c,
	    &(struct http_answer){ 200, "text/plain", true, body,
		sizeof(body) });
}

static void
serve_at(const char *text)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	struct err e;

	at = (struct addr){ 0 };
	CU_ASSERT_FATAL(addr_parse(&at, text));
	listening = http_listen(&at, &e);
	CU_ASSERT_FATAL(listening != -1);
	getsockname(listening, (struct sockaddr *)&ss, &len);
	at = udp_addr((struct sockaddr *)&ss);
	CU_ASSERT_EQUAL_FATAL(loop_open(&loop, false, &e), 0);
	http = http_new(&loop, listening, asked, NULL, &e);
	CU_ASSERT_PTR_NOT_NULL_FATAL(http);
	keep = false;
	kept = NULL;
	path[0] = '\0';
	memset(body, 'x', sizeof(body));
}

static void
setup(void)
{
	serve_at("127.0.0.1");
}

static void
teardown(void)
{
	http_free(http);
	loop_close(&loop);
	close(listening);
}

static double
now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

static int
connect_to(void)
{
	struct sockaddr_storage ss;
	socklen_t len = udp_sockaddr(&at, &ss);
	int fd = socket(ss.ss_family, SOCK_STREAM, 0);

	CU_ASSERT_EQUAL_FATAL(connect(fd, (struct sockaddr *)&ss, len), 0);
	return fd;
}

static void
say(int fd, const char *text)
{
	CU_ASSERT_EQUAL(send(fd, text, strlen(text), MSG_NOSIGNAL),
	    (ssize_t)strlen(text));
}

/* Runs the server for at most s seconds, until fd has something. */
static bool
run(int fd, double s)
{
	double until = now_s() + unit_moment(s);
	struct pollfd p = { .fd = fd, .events = POLLIN };

	while (now_s() < until) {
		event_base_loop(loop.base, EVLOOP_NONBLOCK);
		if (poll(&p, 1, 1) == 1)
			return true;
	}
	return false;
}

/* All that comes until the end; its length. */
static size_t
hear(int fd)
{
	size_t n = 0;

	while (n < sizeof(got) - 1 && run(fd, 2)) {
		ssize_t more =
		    recv(fd, got + n, sizeof(got) - 1 - n, MSG_DONTWAIT);

		if (more <= 0)
			break;
		n += (size_t)more;
	}
	got[n] = '\0';
	close(fd);
	return n;
}

static size_t
ask(const char *request)
{
	int fd = connect_to();

	say(fd, request);
	return hear(fd);
}

static const char *
body_of(const char *answer)
{
	const char *end = strstr(answer, "\r\n\r\n");

	CU_ASSERT_PTR_NOT_NULL_FATAL(end);
	return end + 4;
}

static void
a_request_is_answered_whole(void)
{
	ask("GET /page?x HTTP/1.1\r\nHost: a\r\n\r\n");
	CU_ASSERT_STRING_EQUAL(path, "/page");
	CU_ASSERT_EQUAL(strncmp(got, "HTTP/1.1 200 OK\r\n", 17), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(got, "Content-Length: 60000\r\n"));
	CU_ASSERT_EQUAL(strlen(body_of(got)), BODY);
}

static void
every_answer_forbids_what_pages_do_not_need(void)
{
	static const char *const head[] = { "default-src 'none'",
		"frame-ancestors 'none'", "X-Content-Type-Options: nosniff\r\n",
		"Referrer-Policy: no-referrer\r\n",
		"Cache-Control: no-store\r\n", "Connection: close\r\n" };

	for (int bad = 0; bad < 2; bad++) {
		ask(bad ? "nonsense\r\n\r\n" :
			  "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
		for (size_t i = 0; i < sizeof(head) / sizeof(head[0]); i++)
			CU_ASSERT_PTR_NOT_NULL(strstr(got, head[i]));
		CU_ASSERT_PTR_NULL(strstr(got, "unsafe"));
	}
}

static void
head_gets_the_head_alone(void)
{
	ask("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(got, "Content-Length: 60000\r\n"));
	CU_ASSERT_STRING_EQUAL(body_of(got), "");
}

static void
post_is_refused_and_its_body_not_waited_for(void)
{
	ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nab");
	CU_ASSERT_EQUAL(strncmp(got, "HTTP/1.1 405 ", 13), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(got, "Allow: GET, HEAD\r\n"));
	CU_ASSERT_STRING_EQUAL(path, "");
}

static void
a_request_may_come_octet_by_octet(void)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
	int fd = connect_to();

	for (size_t i = 0; i < sizeof(request) - 1; i++) {
		CU_ASSERT_EQUAL(send(fd, request + i, 1, MSG_NOSIGNAL), 1);
		run(-1, 0.002);
	}
	CU_ASSERT(hear(fd) > BODY);
}

static void
a_head_without_end_is_refused(void)
{
	static char line[REQUEST_MAX + 1];

	memset(line, 'a', REQUEST_MAX);
	memcpy(line, "GET / HTTP/1.1\r\nx: ", 19);
	ask(line);
	CU_ASSERT_EQUAL(strncmp(got, "HTTP/1.1 431 ", 13), 0);
}

static void
who_says_nothing_is_cut_off(void)
{
	int fd = connect_to();
	double began = now_s();

	CU_ASSERT(run(fd, 20));
	CU_ASSERT(now_s() - began > 4);
	CU_ASSERT_EQUAL(recv(fd, got, 1, MSG_DONTWAIT), 0);
	close(fd);
}

static void
an_answer_may_come_later(void)
{
	int fd = connect_to();

	keep = true;
	say(fd, "GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
	run(fd, 0.1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(kept);
	http_answer(kept,
	    &(struct http_answer){ 503, "text/plain", true, "no\n", 3 });
	hear(fd);
	CU_ASSERT_EQUAL(strncmp(got, "HTTP/1.1 503 ", 13), 0);
	CU_ASSERT_STRING_EQUAL(body_of(got), "no\n");
}

static void
who_went_away_is_answered_without_harm(void)
{
	int fd = connect_to();

	keep = true;
	say(fd, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
	run(-1, 0.05);
	close(fd);
	run(-1, 0.05);
	CU_ASSERT_PTR_NOT_NULL_FATAL(kept);
	http_answer(kept,
	    &(struct http_answer){ 200, "text/plain", true, body,
		sizeof(body) });
	keep = false;
	CU_ASSERT(ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n") > BODY);
}

/* Three times as many as there are places: the newest is served. */
static void
a_crowd_of_the_slow_keeps_nobody_out(void)
{
	static int fd[3 * HTTP_CLIENTS];
	size_t n;

	for (unsigned i = 0; i < 3 * HTTP_CLIENTS; i++) {
		fd[i] = connect_to();
		run(-1, 0.002);
	}
	n = ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
	CU_ASSERT(n > BODY);
	/* The first ones were let go. */
	CU_ASSERT_EQUAL(recv(fd[0], got, 1, MSG_DONTWAIT), 0);
	for (unsigned i = 0; i < 3 * HTTP_CLIENTS; i++)
		close(fd[i]);
}

static void
it_listens_at_ipv6_too(void)
{
	teardown();
	serve_at("::1");
	CU_ASSERT(ask("GET / HTTP/1.1\r\nHost: [::1]\r\n\r\n") > BODY);
}

static void
a_port_that_is_taken_is_one_sentence(void)
{
	struct err e = { "" };

	CU_ASSERT_EQUAL(http_listen(&at, &e), -1);
	CU_ASSERT_EQUAL(strncmp(e.text, "http.listen: 127.0.0.1:", 23), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(e.text, "Address already in use"));
}

/* What a reload does: another server at the same socket, and who came
 * meanwhile waits in its queue. */
static void
the_socket_outlives_the_server(void)
{
	struct err e;
	int fd;

	http_free(http);
	fd = connect_to();
	say(fd, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
	http = http_new(&loop, listening, asked, NULL, &e);
	CU_ASSERT_PTR_NOT_NULL_FATAL(http);
	CU_ASSERT(hear(fd) > BODY);
}

static CU_TestInfo tests[] = {
	{ "a request is answered whole", a_request_is_answered_whole },
	{ "every answer forbids what pages do not need",
	    every_answer_forbids_what_pages_do_not_need },
	{ "HEAD gets the head alone", head_gets_the_head_alone },
	{ "POST is refused, and its body not waited for",
	    post_is_refused_and_its_body_not_waited_for },
	{ "a request may come octet by octet",
	    a_request_may_come_octet_by_octet },
	{ "a head without end is refused", a_head_without_end_is_refused },
	{ "who says nothing is cut off", who_says_nothing_is_cut_off },
	{ "an answer may come later", an_answer_may_come_later },
	{ "who went away is answered without harm",
	    who_went_away_is_answered_without_harm },
	{ "a crowd of the slow keeps nobody out",
	    a_crowd_of_the_slow_keeps_nobody_out },
	{ "it listens at IPv6, too", it_listens_at_ipv6_too },
	{ "a port that is taken is one sentence",
	    a_port_that_is_taken_is_one_sentence },
	{ "the socket outlives the server", the_socket_outlives_the_server },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_http = { "sys/http", NULL, NULL, setup, teardown, tests };
