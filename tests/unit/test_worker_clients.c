/* SPDX-License-Identifier: ISC */
/* A worker with a table of clients, and the limiter on it.  Loopback only. */
#include "sys/udp.h"
#include "sys/worker.h"
#include "unit.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

static struct err err;
static struct server server;
static struct limiter limiter;
static struct worker_board board;
static struct worker worker;
static _Alignas(64) uint8_t memory[CLIENTS_LEAST];
static const uint8_t key[CLIENTS_KEY] = "0123456789abcde";
static struct clients_view view;
static struct mono now;
static int fd, second, client;

static const struct server_time knows = { .leap = LEAP_NONE, .stratum = 3 };
static const struct clock_line kernels = { .is_virtual = false };

static struct addr
host(const char *text, uint16_t port)
{
	struct addr a;

	CU_ASSERT_TRUE_FATAL(addr_parse(&a, text));
	a.port = port;
	return a;
}

static void
ask_from(const char *text, unsigned socket)
{
	struct addr from = host(text, 0);
	struct addr to = host("127.0.0.1", worker.socket[socket].at.port);

	if (client >= 0)
		close(client);
	client = udp_ask_from(&from, &to, &err);
	CU_ASSERT_FATAL(client >= 0);
}

/* A worker for 127/8 with two sockets, the second of them for hard-coded
 * clients; four requests at once are the limit, then one in an hour. */
static void
setup(void)
{
	struct addr any = host("127.0.0.1", 0);
	struct prefix p;

	client = -1;
	memset(&server, 0, sizeof(server));
	prefix_parse(&p, "127.0.0.0/8", &err);
	access_add(&server.access, &p, true);
	prefix_parse(&p, "127.66.0.0/16", &err);
	access_add(&server.access, &p, false);
	memset(memory, 0, sizeof(memory));
	memset(&board, 0, sizeof(board));
	worker_publish(&board, &knows, &kernels);
	limiter_init(&limiter, (struct limit){ 3600, 4 }, true);
	worker_init(&worker, &server, &board, NULL);
	clock_pair(&now, &(struct wall){ 0 });
	worker.clients = clients_init(memory, sizeof(memory), key, now);
	worker.limiter = &limiter;
	fd = udp_listen(&any, false, &err);
	second = udp_listen(&any, false, &err);
	CU_ASSERT_FATAL(fd >= 0 && second >= 0);
	worker_add(&worker, fd, false);
	worker_add(&worker, second, true);
	ask_from("127.0.0.5", 0);
}

static void
teardown(void)
{
	close(fd);
	close(second);
	close(client);
}

static void
ask(unsigned n)
{
	uint8_t q[PACKET_SIZE] = { 0x23, [47] = 1 };

	for (unsigned i = 0; i < n; i++)
		CU_ASSERT_EQUAL(send(client, q, sizeof(q), 0), PACKET_SIZE);
	for (unsigned i = 0; i < n; i += 32)
		worker_serve(&worker);
}

/* Answers that came, and of them those that are kisses. */
static unsigned
answers(unsigned *kisses)
{
	uint8_t octets[PACKET_MAX];
	unsigned n = 0;

	*kisses = 0;
	while (
	    recv(client, octets, sizeof(octets), MSG_DONTWAIT) == PACKET_SIZE) {
		n++;
		*kisses +=
		    octets[1] == 0 && memcmp(octets + 12, "RATE", 4) == 0;
	}
	return n;
}

static bool
known(const char *text)
{
	struct addr a = host(text, 0);

	clock_pair(&now, &(struct wall){ 0 });
	return clients_find(worker.clients, &a, now, &view);
}

static void
who_asks_is_known(void)
{
	ask(3);
	CU_ASSERT_TRUE_FATAL(known("127.0.0.5"));
	CU_ASSERT_EQUAL(view.requests, 3);
	CU_ASSERT_EQUAL(view.answered, 3);
	CU_ASSERT_EQUAL(view.versions, 1 << 4);
	CU_ASSERT_EQUAL(view.modes, 1 << 3);
	CU_ASSERT_TRUE(view.last_s < 5);
}

/* 204 requests: four pass, one in eight of the others is answered by lot, and
 * eight kisses are said, then hardly any. */
static void
who_asks_too_often_is_limited_and_told(void)
{
	unsigned kisses, n;

	for (int i = 0; i < 17; i++)
		ask(12);
	n = answers(&kisses);
	CU_ASSERT_TRUE(n - kisses >= 4 + 8 && n - kisses <= 4 + 50);
	CU_ASSERT_TRUE(kisses >= 4 && kisses <= 12);
	CU_ASSERT_EQUAL(worker.verdict[SERVER_ANSWERED], 204);
	CU_ASSERT_EQUAL(worker.limited, 204 - (n - kisses));
	CU_ASSERT_EQUAL(worker.kissed, kisses);
}

static void
others_are_not_limited_for_it(void)
{
	unsigned kisses;

	ask(100);
	ask_from("127.0.0.6", 0);
	ask(4);
	CU_ASSERT_EQUAL(answers(&kisses), 4);
	CU_ASSERT_EQUAL(kisses, 0);
}

static void
without_kisses_there_is_silence(void)
{
	unsigned kisses;

	limiter.kod = false;
	ask(100);
	answers(&kisses);
	CU_ASSERT_EQUAL(kisses, 0);
	CU_ASSERT_EQUAL(worker.kissed, 0);
	CU_ASSERT_TRUE(worker.limited > 50);
}

static void
a_prefix_has_a_limit_of_its_own(void)
{
	unsigned kisses;
	struct prefix p;

	prefix_parse(&p, "127.0.0.5", &err);
	limiter_add(&limiter, &p, (struct limit){ 1, 1000 });
	ask(100);
	CU_ASSERT_EQUAL(answers(&kisses), 100);
}

static void
who_is_denied_is_known_too(void)
{
	ask_from("127.66.0.1", 0);
	ask(2);
	CU_ASSERT_TRUE_FATAL(known("127.66.0.1"));
	CU_ASSERT_EQUAL(view.denied, 2);
	CU_ASSERT_EQUAL(view.answered, 0);
	CU_ASSERT_EQUAL(worker.limited, 0);
}

static void
rubbish_is_counted_for_its_sender(void)
{
	send(client, "x", 1, 0);
	worker_serve(&worker);
	CU_ASSERT_TRUE_FATAL(known("127.0.0.5"));
	CU_ASSERT_EQUAL(view.bad, 1);
}

static void
the_second_port_is_for_hard_coded_clients(void)
{
	unsigned kisses;

	ask_from("127.0.0.7", 1);
	ask(2);
	CU_ASSERT_EQUAL(answers(&kisses), 2);
	CU_ASSERT_TRUE_FATAL(known("127.0.0.7"));
	CU_ASSERT_EQUAL(view.redirected, 2);
	ask_from("127.0.0.5", 0);
	ask(1);
	CU_ASSERT_TRUE_FATAL(known("127.0.0.5"));
	CU_ASSERT_EQUAL(view.redirected, 0);
}

static void
what_we_send_ourselves_is_nobodys(void)
{
	uint8_t q[PACKET_SIZE] = { 0x23 };
	struct sockaddr_storage ss;
	socklen_t len = udp_sockaddr(&worker.socket[0].at, &ss);

	server.own[0] = worker.socket[1].at;
	server.own_count = 1;
	sendto(second, q, sizeof(q), 0, (struct sockaddr *)&ss, len);
	worker_serve(&worker);
	CU_ASSERT_EQUAL(worker.verdict[SERVER_OURSELVES], 1);
	CU_ASSERT_EQUAL(clients_count(worker.clients), 0);
}

static CU_TestInfo tests[] = {
	{ "who asks is known", who_asks_is_known },
	{ "who asks too often is limited, and told",
	    who_asks_too_often_is_limited_and_told },
	{ "others are not limited for it", others_are_not_limited_for_it },
	{ "without kisses there is silence", without_kisses_there_is_silence },
	{ "a prefix has a limit of its own", a_prefix_has_a_limit_of_its_own },
	{ "who is denied is known, too", who_is_denied_is_known_too },
	{ "rubbish is counted for its sender",
	    rubbish_is_counted_for_its_sender },
	{ "the second port is for hard-coded clients",
	    the_second_port_is_for_hard_coded_clients },
	{ "what we send ourselves is nobody's",
	    what_we_send_ourselves_is_nobodys },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_worker_clients = { "sys/worker clients", NULL, NULL, setup,
	teardown, tests };
