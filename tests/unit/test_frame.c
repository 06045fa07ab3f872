/* SPDX-License-Identifier: ISC */
#include "core/frame.h"

#include "core/packet.h"
#include "unit.h"

#include <string.h>

#define ETHERNET 1
#define RAW 101

static uint8_t frame[256];
static size_t len;
static struct talk_event got;

static void
put(const void *octets, size_t n)
{
	memcpy(frame + len, octets, n);
	len += n;
}

#define PUT(...)                                          \
	do {                                              \
		const uint8_t octets[] = { __VA_ARGS__ }; \
		put(octets, sizeof(octets));              \
	} while (0)

static void
put_ethernet(void)
{
	PUT(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2);
}

/* 192.0.2.1 to 10.0.0.5, hop limit 55 */
static void
put_v4(uint8_t protocol, uint8_t fragment_high, uint8_t fragment_low)
{
	PUT(0x45, 0, 0, 76, 0, 1, fragment_high, fragment_low, 55, protocol, 0,
	    0, 192, 0, 2, 1, 10, 0, 0, 5);
}

/* Port 123 to 4000, 56 octets with the header. */
static void
put_udp(void)
{
	PUT(0, 123, 4000 >> 8, 4000 & 255, 0, 56, 0, 0);
}

static void
put_server(void)
{
	uint8_t ntp[PACKET_SIZE] = { 0x24, 1, 6, 0xec, [31] = 7, [47] = 9 };

	put(ntp, sizeof(ntp));
}

static void
setup(void)
{
	len = 0;
	memset(frame, 0, sizeof(frame));
}

static enum frame_verdict
read_it(int link)
{
	return frame_read(link, frame, len, &got);
}

static void
put_all(void)
{
	put_v4(17, 0, 0);
	put_udp();
	put_server();
}

static void
an_answer_in_ethernet_is_read_whole(void)
{
	put_ethernet();
	PUT(0x08, 0);
	put_all();
	CU_ASSERT_EQUAL_FATAL(read_it(ETHERNET), FRAME_NTP);
	CU_ASSERT_EQUAL(got.from.ip[0], 192);
	CU_ASSERT_EQUAL(got.from.port, 123);
	CU_ASSERT_EQUAL(got.to.ip[3], 5);
	CU_ASSERT_EQUAL(got.to.port, 4000);
	CU_ASSERT_EQUAL(got.ttl, 55);
	CU_ASSERT_EQUAL(got.octets, 48);
	CU_ASSERT_EQUAL(got.mode, MODE_SERVER);
	CU_ASSERT_EQUAL(got.version, 4);
	CU_ASSERT_EQUAL(got.precision, -20);
	CU_ASSERT(got.stamped);
	CU_ASSERT_EQUAL(got.origin, 7);
	CU_ASSERT_EQUAL(got.transmit, 9);
}
static void
two_vlan_tags_are_read_through(void)
{
	put_ethernet();
	PUT(0x88, 0xa8, 0, 5, 0x81, 0, 0, 7, 0x08, 0);
	put_all();
	CU_ASSERT_EQUAL(read_it(ETHERNET), FRAME_NTP);
}
static void
cooked_packets_of_both_versions_are(void)
{
	PUT(0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0x08, 0);
	put_all();
	CU_ASSERT_EQUAL(read_it(113), FRAME_NTP);
	setup();
	PUT(0x08, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0);
	put_all();
	CU_ASSERT_EQUAL(read_it(276), FRAME_NTP);
}
static void
raw_ip_and_loopback_are(void)
{
	put_all();
	CU_ASSERT_EQUAL(read_it(RAW), FRAME_NTP);
	CU_ASSERT_EQUAL(read_it(228), FRAME_NTP);
	setup();
	PUT(2, 0, 0, 0);
	put_all();
	CU_ASSERT_EQUAL(read_it(0), FRAME_NTP);
}
static void
pf_says_whether_it_was_blocked(void)
{
	/* 61 octets of header, padded to 64; 1 is a drop */
	PUT(61, 2, 1);
	len = 64;
	put_all();
	CU_ASSERT_EQUAL(read_it(117), FRAME_NTP);
	CU_ASSERT_EQUAL(got.fate, TALK_BLOCKED);
}
static void
version_6_with_a_hop_by_hop_header_is(void)
{
	PUT(0x60, 0, 0, 0, 0, 64, 0, 60);
	PUT(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
	PUT(0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5);
	PUT(17, 0, 1, 4, 0, 0, 0, 0);
	put_udp();
	put_server();
	CU_ASSERT_EQUAL_FATAL(read_it(RAW), FRAME_NTP);
	CU_ASSERT_EQUAL(got.from.family, ADDR_V6);
	CU_ASSERT_EQUAL(got.ttl, 60);
	CU_ASSERT_EQUAL(got.octets, 48);
}
static void
a_first_fragment_counts_and_a_later_one_is_only_counted(void)
{
	put_v4(17, 0x20, 0);
	put_udp();
	CU_ASSERT_EQUAL(read_it(RAW), FRAME_NTP);
	setup();
	put_v4(17, 0, 0xb9);
	put_udp();
	CU_ASSERT_EQUAL(read_it(RAW), FRAME_FRAGMENT);
}
static void
fragments_of_version_6_are_the_same(void)
{
	for (int later = 0; later < 2; later++) {
		setup();
		PUT(0x60, 0, 0, 0, 0, 64, 44, 60);
		len = 40;
		PUT(17, 0, 0, (uint8_t)(later ? 8 : 1), 0, 0, 0, 1);
		put_udp();
		CU_ASSERT_EQUAL(read_it(RAW),
		    later ? FRAME_FRAGMENT : FRAME_NTP);
	}
}
static void
a_cut_packet_has_what_it_has(void)
{
	put_all();
	len = 20 + 8 + 1;
	CU_ASSERT_EQUAL(read_it(RAW), FRAME_NTP);
	CU_ASSERT_EQUAL(got.mode, MODE_SERVER);
	CU_ASSERT(!got.stamped);
	len = 20 + 3;
	CU_ASSERT_EQUAL(read_it(RAW), FRAME_BAD);
	len = 19;
	CU_ASSERT_EQUAL(read_it(RAW), FRAME_BAD);
}
static void
questions_and_answers_of_modes_6_and_7_are_told_apart(void)
{
	put_all();
	frame[28] = 0x16;
	frame[29] = 2;
	CU_ASSERT_EQUAL(read_it(RAW), FRAME_NTP);
	CU_ASSERT(!got.response && got.mode == MODE_CONTROL);
	frame[29] = 0x82;
	read_it(RAW);
	CU_ASSERT(got.response);
	frame[28] = 0x97;
	read_it(RAW);
	CU_ASSERT(got.response && got.mode == MODE_PRIVATE);
	frame[28] = 0x17;
	read_it(RAW);
	CU_ASSERT(!got.response);
}
static void
other_ports_and_protocols_are_other(void)
{
	put_all();
	frame[21] = 124;
	CU_ASSERT_EQUAL(read_it(RAW), FRAME_OTHER);
	setup();
	put_v4(6, 0, 0);
	put_udp();
	CU_ASSERT_EQUAL(read_it(RAW), FRAME_OTHER);
	setup();
	put_ethernet();
	PUT(0x08, 0x06, 0, 1);
	CU_ASSERT_EQUAL(read_it(ETHERNET), FRAME_OTHER);
}
static void
a_datagram_shorter_than_its_header_is_damaged(void)
{
	put_all();
	frame[25] = 7;
	CU_ASSERT_EQUAL(read_it(RAW), FRAME_BAD);
}
static void
other_links_are_not_known(void)
{
	CU_ASSERT(frame_knows(ETHERNET) && frame_knows(276));
	CU_ASSERT(!frame_knows(105));
	CU_ASSERT_EQUAL(read_it(105), FRAME_BAD);
}

static CU_TestInfo tests[] = {
	{ "an answer in ethernet is read whole",
	    an_answer_in_ethernet_is_read_whole },
	{ "two vlan tags are read through", two_vlan_tags_are_read_through },
	{ "cooked packets of both versions are",
	    cooked_packets_of_both_versions_are },
	{ "raw ip and loopback are", raw_ip_and_loopback_are },
	{ "pf says whether it was blocked", pf_says_whether_it_was_blocked },
	{ "version 6 with a hop by hop header is",
	    version_6_with_a_hop_by_hop_header_is },
	{ "a first fragment counts and a later one is only counted",
	    a_first_fragment_counts_and_a_later_one_is_only_counted },
	{ "fragments of version 6 are the same",
	    fragments_of_version_6_are_the_same },
	{ "a cut packet has what it has", a_cut_packet_has_what_it_has },
	{ "questions and answers of modes 6 and 7 are told apart",
	    questions_and_answers_of_modes_6_and_7_are_told_apart },
	{ "other ports and protocols are other",
	    other_ports_and_protocols_are_other },
	{ "a datagram shorter than its header is damaged",
	    a_datagram_shorter_than_its_header_is_damaged },
	{ "other links are not known", other_links_are_not_known },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_frame = { "core/frame", NULL, NULL, setup, NULL, tests };
