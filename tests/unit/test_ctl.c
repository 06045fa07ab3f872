/* SPDX-License-Identifier: ISC */
#include "core/ctl.h"

#include "unit.h"

#include <string.h>

/*
 * By hand, from RFC 9327 section 2: leap 0, version 2, mode 6 (00 010 110);
 * response, error, more 0, command 2; sequence 1; status 0; association 0x102;
 * offset 0; count 6; "offset" and two octets of padding.
 */
static const uint8_t readvar[] = { 0x16, 0x02, 0x00, 0x01, 0x00, 0x00, 0x01,
	0x02, 0x00, 0x00, 0x00, 0x06, 'o', 'f', 'f', 's', 'e', 't', 0, 0 };

static uint8_t pkt[CTL_REQUEST_MAX + 4];
static size_t len;

static void
setup(void)
{
	memset(pkt, 0, sizeof(pkt));
	memcpy(pkt, readvar, sizeof(readvar));
	len = sizeof(readvar);
}

static void
a_header_is_read(void)
{
	struct ctl c;

	CU_ASSERT_TRUE_FATAL(ctl_read(&c, pkt, len));
	CU_ASSERT_EQUAL(c.leap, 0);
	CU_ASSERT_EQUAL(c.version, 2);
	CU_ASSERT_FALSE(c.response || c.error || c.more);
	CU_ASSERT_EQUAL(c.op, CTL_READVAR);
	CU_ASSERT_EQUAL(c.sequence, 1);
	CU_ASSERT_EQUAL(c.association, 0x102);
	CU_ASSERT_EQUAL(c.offset, 0);
	CU_ASSERT_EQUAL(c.count, 6);
}

static void
a_header_is_written_as_it_stands_in_the_rfc(void)
{
	/* leap 3, version 4, mode 6: 11 100 110; R and M and command 1. */
	static const uint8_t want[CTL_HEADER] = { 0xe6, 0xa1, 0x12, 0x34, 0x06,
		0x15, 0x00, 0x07, 0x01, 0xd4, 0x00, 0x10 };
	const struct ctl c = { .leap = 3,
		.version = 4,
		.response = true,
		.more = true,
		.op = CTL_READSTAT,
		.sequence = 0x1234,
		.status = 0x0615,
		.association = 7,
		.offset = 468,
		.count = 16 };
	uint8_t got[CTL_HEADER];

	ctl_write(&c, got);
	CU_ASSERT_EQUAL(memcmp(got, want, sizeof(want)), 0);
}

static void
the_error_bit_is_the_second(void)
{
	const struct ctl c = { .version = 4, .response = true, .error = true };
	uint8_t got[CTL_HEADER];

	ctl_write(&c, got);
	CU_ASSERT_EQUAL(got[1], 0xc0);
}

static void
a_request_is_one(void)
{
	CU_ASSERT_TRUE(ctl_is_request(pkt, len));
	CU_ASSERT_FALSE(ctl_is_answer(pkt, len));
}

static void
an_answer_is_no_request(void)
{
	pkt[1] |= 0x80;
	CU_ASSERT_FALSE(ctl_is_request(pkt, len));
	CU_ASSERT_TRUE(ctl_is_answer(pkt, len));
}

static void
an_error_or_a_fragment_is_no_request(void)
{
	pkt[1] |= 0x40;
	CU_ASSERT_FALSE(ctl_is_request(pkt, len));
	pkt[1] = 0x20 | CTL_READVAR;
	CU_ASSERT_FALSE(ctl_is_request(pkt, len));
	pkt[1] = CTL_READVAR;
	pkt[9] = 4; /* offset */
	CU_ASSERT_FALSE(ctl_is_request(pkt, len));
}

static void
any_command_is_a_request(void)
{
	for (uint8_t op = 0; op < 32; op++) {
		pkt[1] = op;
		CU_ASSERT_TRUE(ctl_is_request(pkt, len));
	}
}

static void
versions_1_to_4_there_are(void)
{
	for (uint8_t v = 0; v < 8; v++) {
		pkt[0] = (uint8_t)(v << 3 | 6);
		CU_ASSERT_EQUAL(ctl_is_request(pkt, len), v >= 1 && v <= 4);
	}
}

static void
another_mode_is_no_control_message(void)
{
	struct ctl c;

	pkt[0] = 0x13;
	CU_ASSERT_FALSE(ctl_read(&c, pkt, len));
	pkt[0] = 0x17; /* private: never */
	CU_ASSERT_FALSE(ctl_is_request(pkt, len));
}

static void
what_is_cut_is_refused(void)
{
	struct ctl c;

	for (size_t n = 0; n < 18; n++)
		CU_ASSERT_FALSE(ctl_read(&c, pkt, n));
	CU_ASSERT_TRUE(ctl_read(&c, pkt, 18)); /* 12 and 6 */
}

static void
a_bare_header_is_a_request(void)
{
	pkt[11] = 0;
	CU_ASSERT_TRUE(ctl_is_request(pkt, CTL_HEADER));
}

static void
too_much_data_are_refused(void)
{
	pkt[10] = CTL_DATA >> 8;
	pkt[11] = CTL_DATA & 0xff;
	CU_ASSERT_TRUE(ctl_is_request(pkt, CTL_MAX));
	CU_ASSERT_TRUE(ctl_is_request(pkt, CTL_REQUEST_MAX));
	CU_ASSERT_FALSE(ctl_is_request(pkt, CTL_REQUEST_MAX + 1));
	pkt[11]++;
	CU_ASSERT_FALSE(ctl_is_request(pkt, CTL_REQUEST_MAX));
}

static void
a_long_answer_is_none(void)
{
	pkt[1] |= 0x80;
	CU_ASSERT_TRUE(ctl_is_answer(pkt, CTL_MAX));
	CU_ASSERT_FALSE(ctl_is_answer(pkt, CTL_MAX + 1));
}

static CU_TestInfo tests[] = {
	{ "a header is read", a_header_is_read },
	{ "a header is written as it stands in the RFC",
	    a_header_is_written_as_it_stands_in_the_rfc },
	{ "the error bit is the second", the_error_bit_is_the_second },
	{ "a request is one", a_request_is_one },
	{ "an answer is no request", an_answer_is_no_request },
	{ "an error or a fragment is no request",
	    an_error_or_a_fragment_is_no_request },
	{ "any command is a request", any_command_is_a_request },
	{ "versions 1 to 4 there are", versions_1_to_4_there_are },
	{ "another mode is no control message",
	    another_mode_is_no_control_message },
	{ "what is cut is refused", what_is_cut_is_refused },
	{ "a bare header is a request", a_bare_header_is_a_request },
	{ "too much data are refused", too_much_data_are_refused },
	{ "a long answer is none", a_long_answer_is_none },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_ctl = { "core/ctl", NULL, NULL, setup, NULL, tests };
