/* SPDX-License-Identifier: ISC */
/* Control requests, and who else's letters they are not. */
#include "sys/udp.h"
#include "sys/worker.h"
#include "unit.h"

#include <string.h>
#include <unistd.h>

static struct err err;
static struct server server;
static struct worker_board board;
static struct worker_bell bell;
static struct worker worker;
static int fd, client;
static uint8_t asked[CTL_REQUEST_MAX + 1];

static void
open_worker(bool redirected)
{
	struct addr a;

	CU_ASSERT_TRUE_FATAL(addr_parse(&a, "0.0.0.0"));
	a.port = 0;
	fd = udp_listen(&a, false, &err);
	CU_ASSERT_FATAL(fd >= 0);
	worker_init(&worker, &server, &board, &bell);
	worker_add(&worker, fd, redirected);
	CU_ASSERT_TRUE_FATAL(addr_parse(&a, "127.0.0.7"));
	a.port = worker.socket[0].at.port;
	client = udp_ask(&a, &err);
	CU_ASSERT_FATAL(client >= 0);
}

static void
setup(void)
{
	memset(&server, 0, sizeof(server));
	memset(&board, 0, sizeof(board));
	memset(&bell, 0, sizeof(bell));
	memset(asked, 0, sizeof(asked));
	bell.wake = -1;
	prefix_parse(&server.control[0], "127.0.0.0/8", &err);
	server.control_count = 1;
	asked[0] = 4 << 3 | MODE_CONTROL;
	asked[1] = CTL_READVAR;
	asked[3] = 9;
	open_worker(false);
}

static void
teardown(void)
{
	close(fd);
	close(client);
}

static void
ask(size_t len)
{
	CU_ASSERT_EQUAL(send(client, asked, len, 0), (ssize_t)len);
	worker_serve(&worker);
}

static void
a_request_is_a_letter_with_both_addresses(void)
{
	struct worker_letter l;

	ask(CTL_HEADER);
	CU_ASSERT_TRUE(atomic_load(&bell.rung));
	CU_ASSERT_FALSE(worker_look(&bell)); /* not the sibling's news */
	CU_ASSERT_TRUE_FATAL(worker_take(&worker.control, &l));
	CU_ASSERT_EQUAL(l.len, CTL_HEADER);
	CU_ASSERT_EQUAL(memcmp(l.pkt, asked, CTL_HEADER), 0);
	CU_ASSERT_EQUAL(l.to.ip[3], 7);
	CU_ASSERT_TRUE(addr_is_loopback(&l.from));
	CU_ASSERT_NOT_EQUAL(l.from.port, 0);
	CU_ASSERT_FALSE(worker_take(&worker.control, &l));
	CU_ASSERT_FALSE(worker_take(&worker.mail, &l));
}

static void
nothing_is_sent_to_who_asks(void)
{
	uint8_t got;

	ask(CTL_HEADER);
	CU_ASSERT_EQUAL(recv(client, &got, 1, MSG_DONTWAIT), -1);
	CU_ASSERT_EQUAL(worker.octets_out, 0);
}

static void
the_longest_request_is_whole(void)
{
	struct worker_letter l;

	ask(CTL_REQUEST_MAX);
	CU_ASSERT_TRUE_FATAL(worker_take(&worker.control, &l));
	CU_ASSERT_EQUAL(l.len, CTL_REQUEST_MAX);
	ask(CTL_REQUEST_MAX + 1);
	CU_ASSERT_FALSE(worker_take(&worker.control, &l));
}

static void
who_may_not_ask_writes_no_letter(void)
{
	struct worker_letter l;

	server.control_count = 0;
	ask(CTL_HEADER);
	CU_ASSERT_FALSE(atomic_load(&bell.rung));
	CU_ASSERT_FALSE(worker_take(&worker.control, &l));
	CU_ASSERT_EQUAL(worker.verdict[SERVER_MODE], 1);
}

static void
what_the_firewall_brought_writes_no_letter(void)
{
	struct worker_letter l;

	teardown();
	open_worker(true);
	ask(CTL_HEADER);
	CU_ASSERT_EQUAL(worker.verdict[SERVER_CONTROL], 1);
	CU_ASSERT_FALSE(worker_take(&worker.control, &l));
}

static void
requests_beyond_the_mailbox_are_lost(void)
{
	struct worker_letter l;
	unsigned n = 0;

	for (int i = 0; i < WORKER_MAIL + 3; i++)
		ask(CTL_HEADER);
	while (worker_take(&worker.control, &l))
		n++;
	CU_ASSERT_EQUAL(n, WORKER_MAIL);
	CU_ASSERT_EQUAL(worker.verdict[SERVER_CONTROL], WORKER_MAIL + 3);
}

static void
requests_beyond_so_many_a_second_are_lost(void)
{
	const int64_t first = clock_raw().ns / 1000000000;
	struct worker_letter l;
	int64_t seconds;
	unsigned n = 0;

	for (int i = 0; i < 4 * WORKER_CONTROL_S; i++) {
		ask(CTL_HEADER);
		n += worker_take(&worker.control, &l);
	}
	seconds = clock_raw().ns / 1000000000 - first + 1;
	CU_ASSERT_TRUE(n >= WORKER_CONTROL_S);
	CU_ASSERT_TRUE(n <= seconds * WORKER_CONTROL_S);
}

static void
so_many_a_second_are_let_through(void)
{
	int64_t second = 0;
	unsigned in_second = 0;

	for (int i = 0; i < WORKER_CONTROL_S; i++)
		CU_ASSERT_TRUE(
		    worker_seldom(&second, &in_second, WORKER_CONTROL_S,
			(struct mono){ INT64_C(7000000000) + i }));
	CU_ASSERT_FALSE(worker_seldom(&second, &in_second, WORKER_CONTROL_S,
	    (struct mono){ INT64_C(7999999999) }));
	CU_ASSERT_TRUE(worker_seldom(&second, &in_second, WORKER_CONTROL_S,
	    (struct mono){ INT64_C(8000000000) }));
}

static CU_TestInfo tests[] = {
	{ "a request is a letter with both addresses",
	    a_request_is_a_letter_with_both_addresses },
	{ "nothing is sent to who asks", nothing_is_sent_to_who_asks },
	{ "the longest request is whole", the_longest_request_is_whole },
	{ "who may not ask writes no letter",
	    who_may_not_ask_writes_no_letter },
	{ "what the firewall brought writes no letter",
	    what_the_firewall_brought_writes_no_letter },
	{ "requests beyond the mailbox are lost",
	    requests_beyond_the_mailbox_are_lost },
	{ "so many a second are let through",
	    so_many_a_second_are_let_through },
	{ "requests beyond so many a second are lost",
	    requests_beyond_so_many_a_second_are_lost },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_worker_control = { "sys/worker_control", NULL, NULL, setup,
	teardown, tests };
