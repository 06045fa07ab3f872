/* SPDX-License-Identifier: ISC */
/* Loopback only. */
#include "sys/steer.h"

#include "sys/udp.h"
#include "unit.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SOCKETS 3
#define SALT 0x9e3779b9

static struct err err;
static int group[SOCKETS];
static struct addr at;

static struct addr
host(const char *text, uint16_t port)
{
	struct addr a;

	CU_ASSERT_TRUE_FATAL(addr_parse(&a, text));
	a.port = port;
	return a;
}

/* Three sockets that share a port at this address, steered. */
static void
open_group(const char *text)
{
	at = host(text, 0);
	for (int i = 0; i < SOCKETS; i++) {
		struct sockaddr_storage ss;
		socklen_t len = sizeof(ss);

		group[i] = udp_listen(&at, true, &err);
		CU_ASSERT_FATAL(group[i] >= 0);
		getsockname(group[i], (struct sockaddr *)&ss, &len);
		at.port = udp_addr((struct sockaddr *)&ss).port;
	}
	CU_ASSERT_EQUAL_FATAL(steer(group[0], at.family, SOCKETS, SALT, &err),
	    0);
}

static void
teardown(void)
{
	for (int i = 0; i < SOCKETS; i++)
		close(group[i]);
}

/* Sends from this address, from any port: which socket heard it? */
static int
heard_by(const struct addr *from)
{
	int fd = udp_ask_from(from, &at, &err), found = -1;
	char octet;

	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(send(fd, "x", 1, 0), 1);
	for (int i = 0; i < SOCKETS; i++)
		if (recv(group[i], &octet, 1, MSG_DONTWAIT) == 1)
			found = i;
	close(fd);
	return found;
}

static void
the_kernel_steers_as_we_say(void)
{
	unsigned heard[SOCKETS] = { 0 };

	open_group("127.0.0.1");
	for (unsigned i = 1; i <= 60; i++) {
		char text[ADDR_TEXT];

		snprintf(text, sizeof(text), "127.0.%u.%u", i % 7, i);
		struct addr a = host(text, 0);
		int by = heard_by(&a);

		CU_ASSERT_EQUAL(by, (int)steer_of(&a, SOCKETS, SALT));
		heard[by >= 0 ? by : 0]++;
	}
	/* 60 hosts among three: not one of them without. */
	for (int i = 0; i < SOCKETS; i++)
		CU_ASSERT_TRUE(heard[i] > 0);
}

static void
ports_do_not_matter(void)
{
	struct addr a = host("127.0.0.9", 0);

	open_group("127.0.0.1");
	for (int i = 0; i < 20; i++)
		CU_ASSERT_EQUAL(heard_by(&a), (int)steer_of(&a, SOCKETS, SALT));
}

static void
ipv6_is_steered(void)
{
	struct addr a = host("::1", 0);

	open_group("::1");
	CU_ASSERT_EQUAL(heard_by(&a), (int)steer_of(&a, SOCKETS, SALT));
}

/* Worked by hand: 0x0a000001 * 3 = 0x1e000003, and 0x1e00 / 65536 of 100 is
 * 11.7. */
static void
the_hash_is_of_the_address_alone(void)
{
	struct addr a = host("10.0.0.1", 123);

	open_group("127.0.0.1");
	CU_ASSERT_EQUAL(steer_of(&a, 100, 3), 11);
	a.port = 5;
	CU_ASSERT_EQUAL(steer_of(&a, 100, 3), 11);
}

static void
every_octet_of_an_ipv6_address_counts(void)
{
	struct addr a = host("2001:db8::1", 0), b = a;
	unsigned differ = 0;

	open_group("127.0.0.1");
	for (int i = 0; i < 16; i++) {
		b = a;
		b.ip[i] ^= 0x10;
		differ += steer_of(&a, 4096, SALT) != steer_of(&b, 4096, SALT);
	}
	CU_ASSERT_EQUAL(differ, 16);
}

static CU_TestInfo tests[] = {
	{ "the kernel steers as we say", the_kernel_steers_as_we_say },
	{ "ports do not matter", ports_do_not_matter },
	{ "IPv6 is steered", ipv6_is_steered },
	{ "the hash is of the address alone",
	    the_hash_is_of_the_address_alone },
	{ "every octet of an IPv6 address counts",
	    every_octet_of_an_ipv6_address_counts },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_steer = { "sys/steer", NULL, NULL, NULL, teardown, tests };
