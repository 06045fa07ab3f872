/* SPDX-License-Identifier: ISC */
/* Control messages (mode 6) before server_reply(). */
#include "core/ctl.h"
#include "core/server.h"
#include "unit.h"

#include <string.h>

static struct server server;
static struct server_request request;
static uint8_t asked[CTL_REQUEST_MAX + 4], reply[PACKET_MAX];

static struct addr
addr(const char *text, uint16_t port)
{
	struct addr a;

	CU_ASSERT_TRUE_FATAL(addr_parse(&a, text));
	a.port = port;
	return a;
}

static void
tell(const char *text)
{
	struct err e;

	CU_ASSERT_EQUAL_FATAL(
	    prefix_parse(&server.control[server.control_count++], text, &e), 0);
}

/* "What are your variables?", from somebody who may. */
static void
setup(void)
{
	memset(&server, 0, sizeof(server));
	memset(asked, 0, sizeof(asked));
	memset(reply, 0xa5, sizeof(reply));
	tell("192.0.2.0/28");
	tell("2001:db8::7");
	server.own_count = 1;
	server.own[0] = addr("10.0.0.11", 123);
	asked[0] = 4 << 3 | MODE_CONTROL;
	asked[1] = CTL_READVAR;
	request = (struct server_request){ .pkt = asked,
		.len = CTL_HEADER,
		.from = addr("192.0.2.9", 40000),
		.to = addr("10.0.0.11", 123) };
}

static enum server_verdict
ask(void)
{
	static const struct server_time unsynced = { .leap = LEAP_UNSYNC,
		.stratum = STRATUM_UNSYNC };
	size_t len = 0;
	enum server_verdict v = server_reply(&server, &unsynced, &request,
	    (struct wall){ 0 }, reply, &len);

	CU_ASSERT_EQUAL(len, 0);
	CU_ASSERT_EQUAL(reply[0], 0xa5); /* no verdict here has an answer */
	return v;
}

static void
who_may_is_handed_on(void)
{
	CU_ASSERT_EQUAL(ask(), SERVER_CONTROL);
	request.from = addr("2001:db8::7", 40000);
	request.to = addr("2001:db8::11", 123);
	CU_ASSERT_EQUAL(ask(), SERVER_CONTROL);
	/* Of no importance here: who looks need not be served. */
	CU_ASSERT_FALSE(access_allowed(&server.access, &request.from));
}

static void
who_may_not_meets_silence(void)
{
	request.from = addr("192.0.2.16", 40000);
	CU_ASSERT_EQUAL(ask(), SERVER_MODE);
	request.from = addr("2001:db8::8", 40000);
	CU_ASSERT_EQUAL(ask(), SERVER_MODE);
}

static void
where_nobody_may_nobody_may(void)
{
	server.control_count = 0;
	CU_ASSERT_EQUAL(ask(), SERVER_MODE);
}

static void
an_answer_meets_silence(void)
{
	asked[1] |= 0x80;
	CU_ASSERT_EQUAL(ask(), SERVER_MODE);
}

static void
a_private_message_meets_silence(void)
{
	asked[0] = 4 << 3 | MODE_PRIVATE;
	request.len = PACKET_SIZE;
	CU_ASSERT_EQUAL(ask(), SERVER_MODE);
}

static void
our_own_socket_asks_nothing(void)
{
	tell("10.0.0.11");
	request.from = server.own[0];
	CU_ASSERT_EQUAL(ask(), SERVER_OURSELVES);
	request.from.port = 40000; /* a tool on the gateway does */
	CU_ASSERT_EQUAL(ask(), SERVER_CONTROL);
}

static void
a_group_is_not_asked(void)
{
	request.to = addr("224.0.1.1", 123);
	CU_ASSERT_EQUAL(ask(), SERVER_MODE);
}

static void
half_a_header_is_short(void)
{
	request.len = CTL_HEADER - 1;
	CU_ASSERT_EQUAL(ask(), SERVER_SHORT);
}

static void
more_than_a_request_can_have_meets_silence(void)
{
	request.len = CTL_REQUEST_MAX;
	CU_ASSERT_EQUAL(ask(), SERVER_CONTROL);
	request.len++;
	CU_ASSERT_EQUAL(ask(), SERVER_MODE);
}

static CU_TestInfo tests[] = {
	{ "who may is handed on", who_may_is_handed_on },
	{ "who may not meets silence", who_may_not_meets_silence },
	{ "where nobody may nobody may", where_nobody_may_nobody_may },
	{ "an answer meets silence", an_answer_meets_silence },
	{ "a private message meets silence", a_private_message_meets_silence },
	{ "our own socket asks nothing", our_own_socket_asks_nothing },
	{ "a group is not asked", a_group_is_not_asked },
	{ "half a header is short", half_a_header_is_short },
	{ "more than a request can have meets silence",
	    more_than_a_request_can_have_meets_silence },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_server_control = { "core/server_control", NULL, NULL, setup,
	NULL, tests };
