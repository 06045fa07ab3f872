/* SPDX-License-Identifier: ISC */
/* What a worker does for the other gateway.  Loopback only. */
#include "base/wire.h"
#include "sys/udp.h"
#include "sys/worker.h"
#include "unit.h"

#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define QUESTION (PACKET_SIZE + LINK_FIELD)

/* A worker on 127.0.0.1, whose sibling is there, too, and has key 7. */
static struct server server;
static struct worker_board board;
static struct worker_bell bell;
static struct worker worker;
static int fd, client;
static struct err err;
static uint8_t answer[PACKET_MAX];
static ssize_t answer_len;
static bool news; /* says the question */

static const struct server_time knows = { .stratum = 3, .precision = -20 };
static const struct clock_line kernels = { .is_virtual = false };

static void
setup(void)
{
	uint8_t field[LINK_FIELD];
	struct link_word word = { .name = "gw1", .life = 42 };
	struct addr here;
	struct prefix p;

	memset(&server, 0, sizeof(server));
	memset(&board, 0, sizeof(board));
	prefix_parse(&p, "127.0.0.0/8", &err);
	access_add(&server.access, &p, true);
	server.keys.count = 1;
	server.keys.key[0] = (struct auth_key){ .id = 7,
		.type = AUTH_AES128CMAC,
		.secret_len = 16,
		.secret = "0123456789abcde",
		.addr_count = 1,
		.addr = { p } };
	server.sibling.on = true;
	server.sibling.key_id = 7;
	news = true;
	worker_publish(&board, &knows, &kernels);
	link_write(&word, field);
	worker_publish_word(&board, field);
	addr_parse(&here, "127.0.0.1");
	here.port = 0;
	fd = udp_listen(&here, false, &err);
	CU_ASSERT_FATAL(fd >= 0);
	bell = (struct worker_bell){ .wake = eventfd(0,
					 EFD_NONBLOCK | EFD_CLOEXEC) };
	worker_init(&worker, &server, &board, &bell);
	worker_add(&worker, fd, false);
	here.port = worker.socket[0].at.port;
	client = udp_ask(&here, &err);
	CU_ASSERT_FATAL(client >= 0);
}

static void
teardown(void)
{
	close(fd);
	close(client);
	close(bell.wake);
}

/* Sends a packet of that mode, with the sibling's field or without, signed;
 * and has it served. */
static void
ask(uint8_t mode, size_t len)
{
	uint8_t q[PACKET_MAX] = { (uint8_t)(4 << 3 | mode) };
	struct pollfd p = { .fd = client, .events = POLLIN };

	if (len == QUESTION)
		link_ask(q + PACKET_SIZE, news);
	len = auth_sign(&server.keys.key[0], q, len, sizeof(q));
	CU_ASSERT_EQUAL_FATAL(send(client, q, len, 0), (ssize_t)len);
	worker_serve(&worker);
	answer_len =
	    poll(&p, 1, 0) == 1 ? recv(client, answer, sizeof(answer), 0) : -1;
}

static bool
rings(void)
{
	struct pollfd p = { .fd = bell.wake, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

static void
the_sibling_is_answered_with_the_word(void)
{
	ask(MODE_CLIENT, QUESTION);
	CU_ASSERT_EQUAL_FATAL(answer_len, QUESTION + 20);
	CU_ASSERT_EQUAL(answer[PACKET_SIZE + 4], LINK_VERSION);
	CU_ASSERT_TRUE(
	    auth_verify(&server.keys.key[0], answer, (size_t)answer_len, 20));
	CU_ASSERT_EQUAL(worker.verdict[SERVER_SIBLING], 1);
}

static void
the_raw_instants_are_of_this_exchange(void)
{
	struct wire w = { .at = answer + PACKET_SIZE + 16, .left = 16 };
	struct mono before, after;
	struct packet p;
	struct wall real;
	int64_t came, left;

	clock_pair(&before, &real);
	ask(MODE_CLIENT, QUESTION);
	clock_pair(&after, &real);
	CU_ASSERT_EQUAL_FATAL(answer_len, QUESTION + 20);
	came = (int64_t)wire_u64(&w);
	left = (int64_t)wire_u64(&w);
	/* a kernel stamp is carried over by a pair of readings: 0.1 ms */
	CU_ASSERT_TRUE(came > before.ns - 100000);
	CU_ASSERT_TRUE(came <= left + 100000);
	CU_ASSERT_TRUE(left <= after.ns);
	/* and the stamps of the header say the same */
	packet_read(&p, answer, (size_t)answer_len);
	CU_ASSERT_DOUBLE_EQUAL(ntp64_sub(p.transmit, p.receive),
	    (double)(left - came) * 1e-9, 1e-4);
}

/* Half of what an answer takes, 40 ms here, after the batch was read. */
static void
the_instants_are_those_at_which_it_will_leave(void)
{
	struct wire w = { .at = answer + PACKET_SIZE + 16, .left = 16 };
	struct mono before;
	struct packet p;
	struct wall real;

	worker.lead_ns = 40000000;
	clock_pair(&before, &real);
	ask(MODE_CLIENT, QUESTION);
	CU_ASSERT_EQUAL_FATAL(answer_len, QUESTION + 20);
	int64_t came = (int64_t)wire_u64(&w), left = (int64_t)wire_u64(&w);

	CU_ASSERT_TRUE(left >= before.ns + 20000000);
	packet_read(&p, answer, (size_t)answer_len);
	CU_ASSERT_DOUBLE_EQUAL(ntp64_sub(p.transmit, p.receive),
	    (double)(left - came) * 1e-9, 1e-4);
}

static void
the_engine_is_poked(void)
{
	CU_ASSERT_FALSE(rings());
	ask(MODE_CLIENT, QUESTION);
	CU_ASSERT_TRUE(rings());
	CU_ASSERT_TRUE(worker_look(&bell));
	CU_ASSERT_FALSE(rings());
	CU_ASSERT_FALSE(worker_look(&bell));
}

static void
without_news_it_is_not(void)
{
	news = false;
	ask(MODE_CLIENT, QUESTION);
	CU_ASSERT_EQUAL(answer_len, QUESTION + 20);
	CU_ASSERT_FALSE(rings());
}

static void
the_engine_is_woken_once_until_it_looks(void)
{
	uint64_t times = 0;

	for (int i = 0; i < 5; i++)
		ask(MODE_CLIENT, QUESTION);
	CU_ASSERT_EQUAL(read(bell.wake, &times, sizeof(times)), sizeof(times));
	CU_ASSERT_EQUAL(times, 1);
	worker_look(&bell);
	ask(MODE_CLIENT, QUESTION);
	CU_ASSERT_TRUE(rings());
}

static void
who_replays_a_question_wakes_it_seldom(void)
{
	struct wall real;
	struct mono began, ended;
	int64_t seconds;
	unsigned wakes = 0;

	clock_pair(&began, &real);
	for (int i = 0; i < 50; i++) {
		ask(MODE_CLIENT, QUESTION);
		wakes += rings();
		worker_look(&bell);
	}
	clock_pair(&ended, &real);
	seconds = ended.ns / 1000000000 - began.ns / 1000000000 + 1;
	CU_ASSERT_TRUE(wakes > 0 && wakes <= WORKER_NEWS_S * seconds);
}

static void
others_do_not_wake_the_engine(void)
{
	ask(MODE_CLIENT, PACKET_SIZE);
	CU_ASSERT_EQUAL(answer_len, PACKET_SIZE + 20);
	server.sibling.on = false;
	ask(MODE_CLIENT, QUESTION);
	CU_ASSERT_EQUAL(answer_len, PACKET_SIZE + 20);
	CU_ASSERT_FALSE(rings());
	CU_ASSERT_FALSE(atomic_load(&bell.rung));
}

static void
without_a_word_it_is_answered_as_anyone(void)
{
	memset(&board.word, 0, sizeof(board.word));
	ask(MODE_CLIENT, QUESTION);
	CU_ASSERT_EQUAL(answer_len, PACKET_SIZE + 20);
	CU_ASSERT_EQUAL(worker.verdict[SERVER_ANSWERED], 1);
}

static void
nobody_need_listen(void)
{
	worker.bell = NULL;
	server.sibling.symmetric = true;
	ask(MODE_CLIENT, QUESTION);
	CU_ASSERT_EQUAL(answer_len, QUESTION + 20);
	ask(MODE_SYMMETRIC_ACTIVE, PACKET_SIZE);
	CU_ASSERT_FALSE(rings());
}

static void
a_peer_s_packet_is_a_letter(void)
{
	struct worker_letter l;
	struct mono raw;
	struct wall real;

	server.sibling.symmetric = true;
	ask(MODE_SYMMETRIC_ACTIVE, PACKET_SIZE);
	clock_pair(&raw, &real);
	CU_ASSERT_EQUAL(answer_len, -1);
	CU_ASSERT_TRUE(rings());
	CU_ASSERT_FALSE(worker_look(&bell));
	CU_ASSERT_TRUE_FATAL(worker_take(&worker.mail, &l));
	CU_ASSERT_EQUAL(l.len, PACKET_SIZE + 20);
	CU_ASSERT_EQUAL(l.pkt[0], 4 << 3 | MODE_SYMMETRIC_ACTIVE);
	CU_ASSERT_TRUE(addr_is_loopback(&l.from));
	CU_ASSERT_DOUBLE_EQUAL(mono_sub(raw, l.at), 0, 1);
	CU_ASSERT_DOUBLE_EQUAL(wall_sub(real, l.came), 0, 1);
	CU_ASSERT_FALSE(worker_take(&worker.mail, &l));
}

static void
letters_beyond_the_mailbox_are_lost(void)
{
	struct worker_letter l;
	unsigned n = 0;

	server.sibling.symmetric = true;
	for (int i = 0; i < WORKER_MAIL + 3; i++)
		ask(MODE_SYMMETRIC_ACTIVE, PACKET_SIZE);
	while (worker_take(&worker.mail, &l))
		n++;
	CU_ASSERT_EQUAL(n, WORKER_MAIL);
	CU_ASSERT_EQUAL(worker.verdict[SERVER_PEER], WORKER_MAIL + 3);
}

static void
letters_beyond_so_many_a_second_are_lost(void)
{
	struct worker_letter l;
	unsigned n = 0;

	server.sibling.symmetric = true;
	for (int i = 0; i < 4 * WORKER_MAIL_S; i++) {
		ask(MODE_SYMMETRIC_PASSIVE, PACKET_SIZE);
		n += worker_take(&worker.mail, &l);
	}
	/* Twice as many if a second begins meanwhile. */
	CU_ASSERT_TRUE(n == WORKER_MAIL_S || n == 2 * WORKER_MAIL_S);
}

static void
no_peer_writes_long_letters(void)
{
	struct worker_letter l;

	server.sibling.symmetric = true;
	ask(MODE_SYMMETRIC_ACTIVE, QUESTION);
	CU_ASSERT_EQUAL(worker.verdict[SERVER_PEER], 1);
	CU_ASSERT_FALSE(worker_take(&worker.mail, &l));
}

static CU_TestInfo tests[] = {
	{ "the sibling is answered with the word",
	    the_sibling_is_answered_with_the_word },
	{ "the raw instants are of this exchange",
	    the_raw_instants_are_of_this_exchange },
	{ "the engine is poked", the_engine_is_poked },
	{ "without news it is not", without_news_it_is_not },
	{ "the engine is woken once until it looks",
	    the_engine_is_woken_once_until_it_looks },
	{ "who replays a question wakes it seldom",
	    who_replays_a_question_wakes_it_seldom },
	{ "others do not wake the engine", others_do_not_wake_the_engine },
	{ "the instants are those at which it will leave",
	    the_instants_are_those_at_which_it_will_leave },
	{ "without a word it is answered as anyone",
	    without_a_word_it_is_answered_as_anyone },
	{ "nobody need listen", nobody_need_listen },
	{ "a peer's packet is a letter", a_peer_s_packet_is_a_letter },
	{ "letters beyond the mailbox are lost",
	    letters_beyond_the_mailbox_are_lost },
	{ "letters beyond so many a second are lost",
	    letters_beyond_so_many_a_second_are_lost },
	{ "no peer writes long letters", no_peer_writes_long_letters },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_worker_sibling = { "sys/worker: the sibling", NULL, NULL,
	setup, teardown, tests };
