/* SPDX-License-Identifier: ISC */
/* Loopback only. */
#include "sys/udp.h"
#include "unit.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct err err;
static uint8_t buf[64];
static struct udp_packet got;

static void
setup(void)
{
	memset(buf, 0, sizeof(buf));
	got = (struct udp_packet){ .buf = buf, .size = sizeof(buf) };
}

static struct addr
host(const char *text, uint16_t port)
{
	struct addr a;

	CU_ASSERT_TRUE_FATAL(addr_parse(&a, text));
	a.port = port;
	return a;
}

static uint16_t
port_of(int fd)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	getsockname(fd, (struct sockaddr *)&ss, &len);
	return udp_addr((struct sockaddr *)&ss).port;
}

/* A server at the address, on a port that was free; and who asks it as to. */
static void
open_two(const char *at, const char *to, int *server, int *client)
{
	struct addr a = host(at, 0);

	*server = udp_listen(&a, false, &err);
	CU_ASSERT_FATAL(*server >= 0);
	a = host(to, port_of(*server));
	*client = udp_ask(&a, &err);
	CU_ASSERT_FATAL(*client >= 0);
}

static int
receive(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	poll(&p, 1, 1000);
	return udp_receive(fd, &got);
}

static void
addresses_survive_the_way_to_sockaddr_and_back(void)
{
	const struct addr some[] = { host("192.0.2.1", 123),
		host("2001:db8::1", 65535), host("fe80::1", 0) };
	struct sockaddr_storage ss;

	for (size_t i = 0; i < 3; i++) {
		struct addr a = some[i];

		if (i == 2)
			a.scope = 3;
		udp_sockaddr(&a, &ss);
		struct addr back = udp_addr((struct sockaddr *)&ss);
		CU_ASSERT_TRUE(addr_equal(&a, &back));
	}
}

static void
a_mapped_address_becomes_ipv4(void)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
		.sin6_port = htons(123),
		.sin6_scope_id = 7 };
	struct addr want = host("192.0.2.1", 123);

	memcpy(&in6.sin6_addr, "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\x00\x02\x01",
	    16);
	struct addr a = udp_addr((struct sockaddr *)&in6);
	CU_ASSERT_TRUE(addr_equal(&a, &want));
}

static void
another_family_is_no_address(void)
{
	struct sockaddr sa = { .sa_family = AF_UNIX };

	CU_ASSERT_EQUAL(udp_addr(&sa).family, ADDR_NONE);
}

/* One datagram from client to server: all that is known about it. */
static void
check_exchange(const char *any, const char *to)
{
	struct addr want = host(to, 0);
	struct timespec now;
	int server, client;

	open_two(any, to, &server, &client);
	CU_ASSERT_EQUAL(send(client, "hello", 5, 0), 5);
	CU_ASSERT_EQUAL(receive(server), 1);
	CU_ASSERT_EQUAL(got.len, 5);
	CU_ASSERT_EQUAL(memcmp(buf, "hello", 5), 0);
	CU_ASSERT_FALSE(got.cut);
	CU_ASSERT_EQUAL(got.from.port, port_of(client));
	CU_ASSERT_TRUE(addr_same_host(&got.to, &want));
	CU_ASSERT_NOT_EQUAL(got.interface, 0);
	clock_gettime(CLOCK_REALTIME, &now);
	CU_ASSERT_TRUE(got.stamped);
	CU_ASSERT_DOUBLE_EQUAL((double)got.stamp.ns * 1e-9,
	    (double)now.tv_sec + (double)now.tv_nsec * 1e-9, 5);
	close(server);
	close(client);
}

static void
a_datagram_tells_from_to_and_when(void)
{
	check_exchange("0.0.0.0", "127.0.0.5");
	check_exchange("::", "::1");
}

/* Nothing else can come to it: there is no need to say so each time. */
static void
who_is_bound_to_an_address_hears_of_no_other(void)
{
	int server, client;

	open_two("127.0.0.1", "127.0.0.1", &server, &client);
	CU_ASSERT_EQUAL(send(client, "x", 1, 0), 1);
	CU_ASSERT_EQUAL(receive(server), 1);
	CU_ASSERT_EQUAL(got.to.family, ADDR_NONE);
	close(server);
	close(client);
}

static void
room_for_a_burst_is_asked_for(void)
{
	int server, client;

	open_two("127.0.0.1", "127.0.0.1", &server, &client);
	/* 100 kB are less than any kernel's limit. */
	CU_ASSERT_EQUAL(udp_buffer(server, 100 * 1024), 100 * 1024);
	CU_ASSERT_TRUE(udp_buffer(server, SIZE_MAX) > 100 * 1024);
	close(server);
	close(client);
}

static void
nothing_that_a_server_sends_is_cut_to_pieces(void)
{
	int server, client, how = -1;
	socklen_t len = sizeof(how);

	open_two("127.0.0.1", "127.0.0.1", &server, &client);
	getsockopt(server, IPPROTO_IP, IP_MTU_DISCOVER, &how, &len);
	CU_ASSERT_EQUAL(how, IP_PMTUDISC_PROBE);
	close(server);
	close(client);
}

static void
nothing_there_is_no_error(void)
{
	int server, client;

	open_two("127.0.0.1", "127.0.0.1", &server, &client);
	CU_ASSERT_EQUAL(udp_receive(server, &got), 0);
	close(server);
	close(client);
}

static void
a_long_datagram_is_cut_and_says_so(void)
{
	uint8_t much[sizeof(buf) + 1] = { 0 };
	int server, client;

	open_two("127.0.0.1", "127.0.0.1", &server, &client);
	send(client, much, sizeof(much), 0);
	CU_ASSERT_EQUAL(receive(server), 1);
	CU_ASSERT_EQUAL(got.len, sizeof(buf));
	CU_ASSERT_TRUE(got.cut);
	send(client, much, sizeof(buf), 0);
	CU_ASSERT_EQUAL(receive(server), 1);
	CU_ASSERT_FALSE(got.cut);
	close(server);
	close(client);
}

static void
an_empty_datagram_is_one(void)
{
	int server, client;

	open_two("127.0.0.1", "127.0.0.1", &server, &client);
	send(client, "", 0, 0);
	CU_ASSERT_EQUAL(receive(server), 1);
	CU_ASSERT_EQUAL(got.len, 0);
	close(server);
	close(client);
}

static void
nobody_there_is_an_error_on_the_socket_that_asked(void)
{
	int server, client;

	open_two("127.0.0.1", "127.0.0.1", &server, &client);
	close(server);
	send(client, "x", 1, 0);
	CU_ASSERT_EQUAL(receive(client), -1);
	CU_ASSERT_EQUAL(errno, ECONNREFUSED);
	close(client);
}

static void
an_answer_leaves_from_the_address_that_was_asked(void)
{
	struct sockaddr_storage ss;
	union udp_control control;
	struct iovec iov = { (void *)(uintptr_t) "hi", 2 };
	int server, client;

	open_two("0.0.0.0", "127.0.0.7", &server, &client);
	send(client, "x", 1, 0);
	CU_ASSERT_EQUAL_FATAL(receive(server), 1);

	struct msghdr m = { .msg_name = &ss,
		.msg_namelen = udp_sockaddr(&got.from, &ss),
		.msg_iov = &iov,
		.msg_iovlen = 1 };
	udp_source(&m, &control, &got.to);
	CU_ASSERT_EQUAL(sendmsg(server, &m, 0), 2);
	/* The client's socket is connected: it hears 127.0.0.7 alone. */
	CU_ASSERT_EQUAL(receive(client), 1);
	CU_ASSERT_EQUAL(got.len, 2);
	close(server);
	close(client);
}

static void
nobody_speaks_from_a_group(void)
{
	struct addr group = host("224.0.1.1", 0), none = { 0 };
	union udp_control control;
	struct msghdr m = { .msg_control = &control, .msg_controllen = 5 };

	udp_source(&m, &control, &group);
	CU_ASSERT_EQUAL(m.msg_controllen, 0);
	udp_source(&m, &control, &none);
	CU_ASSERT_EQUAL(m.msg_controllen, 0);
}

static void
a_port_that_is_taken_is_one_sentence(void)
{
	struct addr a = host("127.0.0.1", 0);
	int first = udp_listen(&a, false, &err);
	char want[128];

	a.port = port_of(first);
	CU_ASSERT_EQUAL(udp_listen(&a, false, &err), -1);
	snprintf(want, sizeof(want),
	    "listen 127.0.0.1:%u: Address already in use "
	    "(is another NTP server running?)",
	    a.port);
	CU_ASSERT_STRING_EQUAL(err.text, want);
	close(first);
}

static void
shared_sockets_have_one_port_together(void)
{
	struct addr a = host("127.0.0.1", 0);
	int first = udp_listen(&a, true, &err), second;

	a.port = port_of(first);
	second = udp_listen(&a, true, &err);
	CU_ASSERT_TRUE(second >= 0);
	close(first);
	close(second);
}

static void
a_port_that_others_share_is_not_free(void)
{
	struct addr a = host("127.0.0.1", 0);
	int first = udp_listen(&a, true, &err);

	a.port = port_of(first);
	CU_ASSERT_EQUAL(udp_free(&a, &err), -1);
	CU_ASSERT_EQUAL(errno, EADDRINUSE);
	close(first);
	CU_ASSERT_EQUAL(udp_free(&a, &err), 0);
}

static void
both_families_have_one_port_together(void)
{
	struct addr a = host("0.0.0.0", 0);
	int v4 = udp_listen(&a, false, &err), v6;

	a = host("::", port_of(v4));
	v6 = udp_listen(&a, false, &err);
	CU_ASSERT_TRUE(v6 >= 0);
	close(v4);
	close(v6);
}

static void
an_address_that_comes_later_can_be_listened_at(void)
{
	struct addr a = host("192.0.2.77", 0);
	int fd = udp_listen(&a, false, &err);

	CU_ASSERT_TRUE(fd >= 0);
	close(fd);
	a = host("2001:db8::77", 0);
	fd = udp_listen(&a, false, &err);
	CU_ASSERT_TRUE(fd >= 0);
	close(fd);
}

static void
each_question_has_a_port_of_its_own(void)
{
	struct addr a = host("127.0.0.1", 9);
	int one = udp_ask(&a, &err), two = udp_ask(&a, &err);

	CU_ASSERT_NOT_EQUAL(port_of(one), 0);
	CU_ASSERT_NOT_EQUAL(port_of(one), port_of(two));
	close(one);
	close(two);
}

static void
a_question_may_leave_from_an_address_of_ours(void)
{
	struct addr from, to;
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof(ss);
	int asks;

	addr_parse(&from, "127.0.0.9");
	addr_parse(&to, "127.0.0.1");
	from.port = 1; /* is ignored */
	to.port = 9;
	asks = udp_ask_from(&from, &to, &err);
	CU_ASSERT_FATAL(asks >= 0);
	CU_ASSERT_EQUAL(getsockname(asks, (struct sockaddr *)&ss, &len), 0);
	to = udp_addr((struct sockaddr *)&ss);
	CU_ASSERT_TRUE(addr_same_host(&from, &to));
	CU_ASSERT_TRUE(to.port > 1);
	close(asks);
}

static void
an_address_that_is_not_ours_fails(void)
{
	struct addr from, to;

	addr_parse(&from, "192.0.2.1");
	addr_parse(&to, "127.0.0.1");
	CU_ASSERT_EQUAL(udp_ask_from(&from, &to, &err), -1);
}

static void
the_machine_has_its_own_addresses_and_no_others(void)
{
	struct addr a = host("127.0.0.1", 123);

	CU_ASSERT_TRUE(udp_ours(&a));
	a = host("0.0.0.0", 123);
	CU_ASSERT_TRUE(udp_ours(&a));
	a = host("192.0.2.1", 123);
	CU_ASSERT_FALSE(udp_ours(&a));
	a = host("2001:db8::1", 123);
	CU_ASSERT_FALSE(udp_ours(&a));
}

static CU_TestInfo tests[] = {
	{ "the machine has its own addresses, and no others",
	    the_machine_has_its_own_addresses_and_no_others },
	{ "who is bound to an address hears of no other",
	    who_is_bound_to_an_address_hears_of_no_other },
	{ "room for a burst is asked for", room_for_a_burst_is_asked_for },
	{ "a question may leave from an address of ours",
	    a_question_may_leave_from_an_address_of_ours },
	{ "an address that is not ours fails",
	    an_address_that_is_not_ours_fails },
	{ "addresses survive the way to sockaddr and back",
	    addresses_survive_the_way_to_sockaddr_and_back },
	{ "a mapped address becomes IPv4", a_mapped_address_becomes_ipv4 },
	{ "another family is no address", another_family_is_no_address },
	{ "a datagram tells from, to and when",
	    a_datagram_tells_from_to_and_when },
	{ "nothing that a server sends is cut to pieces",
	    nothing_that_a_server_sends_is_cut_to_pieces },
	{ "nothing there is no error", nothing_there_is_no_error },
	{ "a long datagram is cut and says so",
	    a_long_datagram_is_cut_and_says_so },
	{ "an empty datagram is one", an_empty_datagram_is_one },
	{ "nobody there is an error on the socket that asked",
	    nobody_there_is_an_error_on_the_socket_that_asked },
	{ "an answer leaves from the address that was asked",
	    an_answer_leaves_from_the_address_that_was_asked },
	{ "nobody speaks from a group", nobody_speaks_from_a_group },
	{ "a port that is taken is one sentence",
	    a_port_that_is_taken_is_one_sentence },
	{ "shared sockets have one port together",
	    shared_sockets_have_one_port_together },
	{ "a port that others share is not free",
	    a_port_that_others_share_is_not_free },
	{ "both families have one port together",
	    both_families_have_one_port_together },
	{ "an address that comes later can be listened at",
	    an_address_that_comes_later_can_be_listened_at },
	{ "each question has a port of its own",
	    each_question_has_a_port_of_its_own },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_udp = { "sys/udp", NULL, NULL, setup, NULL, tests };
