/* SPDX-License-Identifier: ISC */
/* Loopback only. */
#include "sys/udp.h"
#include "sys/worker.h"
#include "unit.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

static struct err err;
static struct server server;
static struct worker_board board;
static struct worker worker;
static int fd, client;
static uint8_t answer[PACKET_MAX + 1];

static const struct server_time knows = { .leap = LEAP_NONE,
	.stratum = 3,
	.precision = -20,
	.refid = 0xc0000201,
	.root_delay_s = 0.02,
	.root_disp_s = 0.001,
	.disp_rate = 15e-6 };
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
ask_at(const char *text)
{
	struct addr to = host(text, worker.socket[0].at.port);

	if (client >= 0)
		close(client);
	client = udp_ask(&to, &err);
	CU_ASSERT_FATAL(client >= 0);
}

static void
serve_at(const char *text)
{
	struct addr a = host(text, 0);

	if (fd >= 0)
		close(fd);
	fd = udp_listen(&a, false, &err);
	CU_ASSERT_FATAL(fd >= 0);
	worker_init(&worker, &server, &board, NULL);
	worker_add(&worker, fd, false);
}

/* A worker for 127/8 that knows the time, and one who asks it. */
static void
setup(void)
{
	struct prefix p;

	fd = client = -1;
	memset(&server, 0, sizeof(server));
	prefix_parse(&p, "127.0.0.0/8", &err);
	access_add(&server.access, &p, true);
	prefix_parse(&p, "127.66.0.0/16", &err);
	access_add(&server.access, &p, false);
	prefix_parse(&p, "::1", &err);
	access_add(&server.access, &p, true);
	memset(&board, 0, sizeof(board));
	worker_publish(&board, &knows, &kernels);
	serve_at("0.0.0.0");
	ask_at("127.0.0.1");
}

static void
teardown(void)
{
	close(fd);
	close(client);
}

/* A version 4 question with number n as transmit stamp. */
static void
ask(uint8_t n)
{
	uint8_t q[PACKET_SIZE] = { 0x23, [47] = n };

	CU_ASSERT_EQUAL(send(client, q, sizeof(q), 0), PACKET_SIZE);
}

static bool
heard(int wait_ms)
{
	struct pollfd p = { .fd = client, .events = POLLIN };

	return poll(&p, 1, wait_ms) == 1;
}

/* The next answer, if there is one. */
static bool
get(struct packet *p)
{
	ssize_t n = heard(1000) ? recv(client, answer, sizeof(answer), 0) : -1;

	return n == PACKET_SIZE && packet_read(p, answer, (size_t)n);
}

static int64_t
real_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void
a_question_is_answered(void)
{
	struct packet p;

	ask(42);
	worker_serve(&worker);
	CU_ASSERT_TRUE_FATAL(get(&p));
	CU_ASSERT_EQUAL(p.mode, MODE_SERVER);
	CU_ASSERT_EQUAL(p.version, 4);
	CU_ASSERT_EQUAL(p.stratum, 3);
	CU_ASSERT_EQUAL(p.refid, 0xc0000201);
	CU_ASSERT_EQUAL(p.origin.v, 42);
	CU_ASSERT_EQUAL(worker.verdict[SERVER_ANSWERED], 1);
}

/* Asks, lets the question wait for 20 ms in the kernel, and says how long the
 * answer's two stamps say that it was with us; -1 if they cannot be. */
static double
waited(void)
{
	struct wall before = { real_ns() }, after;
	struct packet p;

	ask(1);
	usleep(20000);
	worker_serve(&worker);
	after.ns = real_ns();
	CU_ASSERT_TRUE_FATAL(get(&p));
	/* 1 us: rounding to the wire and back */
	if (ntp64_sub(p.receive, ntp64_from_wall(before)) < -1e-6 ||
	    ntp64_sub(ntp64_from_wall(after), p.transmit) < -1e-6)
		return -1;
	return ntp64_sub(p.transmit, p.receive);
}

static void
stamps_are_of_arrival_and_of_departure(void)
{
	double s = waited();

	/* The kernel begins to stamp a moment after the first socket of the
	 * machine asks for it; until then it stamps when we read. */
	for (int i = 0; i < 10 && s >= 0 && s < 0.019; i++)
		s = waited();
	CU_ASSERT_TRUE(s >= 0.019);
}

static void
an_answer_comes_from_the_address_that_was_asked(void)
{
	struct packet p;

	ask_at("127.1.2.3");
	ask(1);
	worker_serve(&worker);
	CU_ASSERT_TRUE(get(&p));
}

static void
ipv6_is_served(void)
{
	struct packet p;

	serve_at("::");
	ask_at("::1");
	ask(9);
	worker_serve(&worker);
	CU_ASSERT_TRUE_FATAL(get(&p));
	CU_ASSERT_EQUAL(p.origin.v, 9);
}

static void
who_is_denied_hears_nothing_and_is_counted(void)
{
	struct addr from = host("127.66.0.1", 0), to;
	struct sockaddr_storage ss;
	uint8_t q[PACKET_SIZE] = { 0x23 };
	socklen_t len;

	close(client);
	client = udp_listen(&from, false, &err);
	to = host("127.0.0.1", worker.socket[0].at.port);
	len = udp_sockaddr(&to, &ss);
	sendto(client, q, sizeof(q), 0, (struct sockaddr *)&ss, len);
	worker_serve(&worker);
	CU_ASSERT_FALSE(heard(10));
	CU_ASSERT_EQUAL(worker.verdict[SERVER_DENIED], 1);
	CU_ASSERT_EQUAL(worker.verdict[SERVER_ANSWERED], 0);
}

static void
rubbish_is_counted_and_not_answered(void)
{
	uint8_t octets[PACKET_MAX + 100] = { 0x23 };

	send(client, octets, 20, 0);
	send(client, octets, sizeof(octets), 0);
	octets[0] = 0x24; /* mode 4: an answer */
	send(client, octets, PACKET_SIZE, 0);
	worker_serve(&worker);
	CU_ASSERT_FALSE(heard(10));
	CU_ASSERT_EQUAL(worker.verdict[SERVER_SHORT], 1);
	CU_ASSERT_EQUAL(worker.verdict[SERVER_MALFORMED], 1);
	CU_ASSERT_EQUAL(worker.verdict[SERVER_MODE], 1);
}

static void
a_batch_is_answered_each_with_its_own(void)
{
	struct packet p;

	/* Some are not answered. */
	for (uint8_t i = 1; i <= 20; i++) {
		ask(i);
		if (i % 3 == 0)
			send(client, "x", 1, 0);
	}
	worker_serve(&worker);
	for (uint8_t i = 1; i <= 20; i++) {
		CU_ASSERT_TRUE_FATAL(get(&p));
		CU_ASSERT_EQUAL(p.origin.v, i);
	}
	CU_ASSERT_EQUAL(worker.verdict[SERVER_SHORT], 6);
}

/* Those that get no answer take no time to send.  A wire's unit is 0.23 ns. */
static void
a_later_answer_of_a_batch_leaves_later(void)
{
	struct packet first, p;

	worker.lead_ns = 10000;
	for (uint8_t i = 0; i < 20; i++) {
		ask(i);
		send(client, "x", 1, 0);
	}
	worker_serve(&worker);
	CU_ASSERT_TRUE_FATAL(get(&first));
	for (uint8_t i = 1; i < 16; i++) {
		CU_ASSERT_TRUE_FATAL(get(&p));
		CU_ASSERT_DOUBLE_EQUAL(ntp64_sub(p.transmit, first.transmit),
		    i * 10e-6, 2e-9);
	}
}

static void
what_an_answer_takes_is_learnt_and_bounded(void)
{
	int64_t least = INT64_MAX, most = 0, fastest = INT64_MAX;

	for (unsigned i = 0; i < 300; i++) {
		struct mono begin;
		int64_t took;

		ask(1);
		begin = clock_raw();
		worker_serve(&worker);
		took = clock_raw().ns - begin.ns;
		if (took < fastest)
			fastest = took;
		if (worker.lead_ns > most)
			most = worker.lead_ns;
		if (worker.lead_ns < least)
			least = worker.lead_ns;
	}
	CU_ASSERT_TRUE(least >= 0);
	/* What takes longer than the most is no measure of a reply: a machine
	 * on which all do learns nothing. */
	CU_ASSERT_TRUE(worker.lead_ns > 0 || fastest > 20000);
	CU_ASSERT_TRUE(most <= 20000);
}

static void
silence_teaches_nothing_of_what_an_answer_takes(void)
{
	worker.lead_ns = 5000;
	send(client, "x", 1, 0);
	worker_serve(&worker);
	CU_ASSERT_EQUAL(worker.verdict[SERVER_SHORT], 1);
	CU_ASSERT_EQUAL(worker.lead_ns, 5000);
}

static void
one_call_serves_one_batch(void)
{
	for (uint8_t i = 0; i < 40; i++)
		ask(i);
	worker_serve(&worker);
	CU_ASSERT_EQUAL(worker.verdict[SERVER_ANSWERED], 32);
	worker_serve(&worker);
	CU_ASSERT_EQUAL(worker.verdict[SERVER_ANSWERED], 40);
	worker_serve(&worker); /* nothing there: returns */
	CU_ASSERT_EQUAL(worker.verdict[SERVER_ANSWERED], 40);
}

static void
octets_and_modes_are_counted_both_ways(void)
{
	const uint8_t control[12] = { 0x16, 2 };

	ask(1);
	ask(2);
	CU_ASSERT_EQUAL(send(client, control, sizeof(control), 0), 12);
	CU_ASSERT_EQUAL(send(client, control, 0, 0), 0);
	worker_serve(&worker);
	CU_ASSERT_EQUAL(worker.octets_in, 2 * 48 + 12);
	CU_ASSERT_EQUAL(worker.mode_in[MODE_CLIENT], 2);
	CU_ASSERT_EQUAL(worker.mode_in[MODE_CONTROL], 1);
	CU_ASSERT_EQUAL(worker.mode_in[0], 0); /* the empty one had none */
	CU_ASSERT_EQUAL(worker.octets_out, 2 * 48);
	CU_ASSERT_EQUAL(worker.mode_out[MODE_SERVER], 2);
	CU_ASSERT_EQUAL(worker.mode_out[MODE_CONTROL], 0);
}

static void
a_virtual_clock_is_what_is_served(void)
{
	struct clock_line line = { .is_virtual = true, .rate = 0 };
	struct packet p;

	/* An hour ahead of the kernel. */
	clock_pair(&line.at, &line.wall);
	line.wall.ns += INT64_C(3600000000000);
	worker_publish(&board, &knows, &line);
	ask(1);
	worker_serve(&worker);
	CU_ASSERT_TRUE_FATAL(get(&p));
	struct wall now = { real_ns() };
	CU_ASSERT_DOUBLE_EQUAL(ntp64_sub(p.receive, ntp64_from_wall(now)), 3600,
	    1);
	double inside = ntp64_sub(p.transmit, p.receive);
	CU_ASSERT_TRUE(inside > 0 && inside < 1);
}

static void
before_the_first_word_of_the_engine_we_know_nothing(void)
{
	struct worker_told told;
	struct packet p;

	memset(&board, 0, sizeof(board));
	worker_read(&board, &told);
	CU_ASSERT_EQUAL(told.time.leap, LEAP_UNSYNC);
	CU_ASSERT_EQUAL(told.time.stratum, STRATUM_UNSYNC);
	ask(1);
	worker_serve(&worker);
	CU_ASSERT_TRUE_FATAL(get(&p));
	CU_ASSERT_EQUAL(p.leap, LEAP_UNSYNC);
}

static void
what_is_published_is_read(void)
{
	struct clock_line line = { true, { 1 }, { 2 }, 3 };
	struct worker_told told;

	worker_publish(&board, &knows, &line);
	worker_read(&board, &told);
	CU_ASSERT_EQUAL(told.time.root_delay_s, 0.02);
	CU_ASSERT_EQUAL(told.time.refid, 0xc0000201);
	CU_ASSERT_EQUAL(told.line.at.ns, 1);
	CU_ASSERT_EQUAL(told.line.wall.ns, 2);
	CU_ASSERT_EQUAL(told.line.rate, 3);
}

/* Writes 20000 lines in which both instants are the same. */
static void *
publish_much(void *arg)
{
	struct clock_line line = { .is_virtual = true };

	for (int i = 1; i <= 20000; i++) {
		line.at.ns = line.wall.ns = i;
		worker_publish(arg, &knows, &line);
	}
	return NULL;
}

static void
a_reader_never_sees_half_a_line(void)
{
	struct worker_told told;
	pthread_t writer;
	unsigned torn = 0;

	CU_ASSERT_EQUAL_FATAL(
	    pthread_create(&writer, NULL, publish_much, &board), 0);
	do {
		worker_read(&board, &told);
		torn += told.line.at.ns != told.line.wall.ns;
	} while (told.line.at.ns < 20000);
	pthread_join(writer, NULL);
	CU_ASSERT_EQUAL(torn, 0);
}

static void
a_thread_serves_until_it_is_stopped(void)
{
	struct packet p;

	CU_ASSERT_EQUAL_FATAL(worker_start(&worker, &err), 0);
	for (uint8_t i = 1; i <= 3; i++) {
		ask(i);
		CU_ASSERT_TRUE(get(&p));
		CU_ASSERT_EQUAL(p.origin.v, i);
	}
	worker_stop(&worker);
	ask(4);
	CU_ASSERT_FALSE(heard(10));
}

static void
stopping_is_prompt_and_can_be_repeated(void)
{
	int64_t before;

	worker_stop(&worker); /* was never started */
	CU_ASSERT_EQUAL_FATAL(worker_start(&worker, &err), 0);
	before = real_ns();
	worker_stop(&worker);
	worker_stop(&worker);
	CU_ASSERT_TRUE(real_ns() - before < 500000000);
}

static void
a_stopped_thread_can_start_again(void)
{
	struct packet p;

	CU_ASSERT_EQUAL_FATAL(worker_start(&worker, &err), 0);
	worker_stop(&worker);
	CU_ASSERT_EQUAL_FATAL(worker_start(&worker, &err), 0);
	ask(1);
	CU_ASSERT_TRUE(get(&p));
	worker_stop(&worker);
}

static CU_TestInfo tests[] = {
	{ "a question is answered", a_question_is_answered },
	{ "stamps are of arrival and of departure",
	    stamps_are_of_arrival_and_of_departure },
	{ "an answer comes from the address that was asked",
	    an_answer_comes_from_the_address_that_was_asked },
	{ "IPv6 is served", ipv6_is_served },
	{ "who is denied hears nothing and is counted",
	    who_is_denied_hears_nothing_and_is_counted },
	{ "rubbish is counted and not answered",
	    rubbish_is_counted_and_not_answered },
	{ "a batch is answered each with its own",
	    a_batch_is_answered_each_with_its_own },
	{ "a later answer of a batch leaves later",
	    a_later_answer_of_a_batch_leaves_later },
	{ "what an answer takes is learnt and bounded",
	    what_an_answer_takes_is_learnt_and_bounded },
	{ "silence teaches nothing of what an answer takes",
	    silence_teaches_nothing_of_what_an_answer_takes },
	{ "one call serves one batch", one_call_serves_one_batch },
	{ "octets and modes are counted both ways",
	    octets_and_modes_are_counted_both_ways },
	{ "a virtual clock is what is served",
	    a_virtual_clock_is_what_is_served },
	{ "before the first word of the engine we know nothing",
	    before_the_first_word_of_the_engine_we_know_nothing },
	{ "what is published is read", what_is_published_is_read },
	{ "a reader never sees half a line", a_reader_never_sees_half_a_line },
	{ "a thread serves until it is stopped",
	    a_thread_serves_until_it_is_stopped },
	{ "stopping is prompt and can be repeated",
	    stopping_is_prompt_and_can_be_repeated },
	{ "a stopped thread can start again",
	    a_stopped_thread_can_start_again },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_worker = { "sys/worker", NULL, NULL, setup, teardown,
	tests };
