/* SPDX-License-Identifier: ISC */
#include "core/packet.h"
#include "unit.h"

#include <string.h>

/* A client's request of version 4, and room for what follows it. */
static uint8_t pkt[PACKET_MAX];

static void
setup(void)
{
	memset(pkt, 0, sizeof(pkt));
	pkt[0] = 4 << 3 | MODE_CLIENT;
}

/* An extension field at octet at, of len octets with its head. */
static void
put_field(size_t at, uint16_t type, uint16_t len)
{
	pkt[at] = (uint8_t)(type >> 8);
	pkt[at + 1] = (uint8_t)type;
	pkt[at + 2] = (uint8_t)(len >> 8);
	pkt[at + 3] = (uint8_t)len;
}

static struct packet_tail
tail(size_t octets)
{
	return packet_tail_read(pkt, PACKET_SIZE + octets);
}

static void
every_field_stands_where_rfc_5905_figure_8_has_it(void)
{
	struct packet p;

	for (uint8_t i = 0; i < PACKET_SIZE; i++)
		pkt[i] = i;
	pkt[0] = 2 << 6 | 3 << 3 | 5;
	CU_ASSERT_TRUE(packet_read(&p, pkt, PACKET_SIZE));
	CU_ASSERT_EQUAL(p.leap, LEAP_DELETE);
	CU_ASSERT_EQUAL(p.version, 3);
	CU_ASSERT_EQUAL(p.mode, MODE_BROADCAST);
	CU_ASSERT_EQUAL(p.stratum, 1);
	CU_ASSERT_EQUAL(p.poll, 2);
	CU_ASSERT_EQUAL(p.precision, 3);
	CU_ASSERT_EQUAL(p.root_delay, 0x04050607);
	CU_ASSERT_EQUAL(p.root_disp, 0x08090a0b);
	CU_ASSERT_EQUAL(p.refid, 0x0c0d0e0f);
	CU_ASSERT_EQUAL(p.reference.v, UINT64_C(0x1011121314151617));
	CU_ASSERT_EQUAL(p.origin.v, UINT64_C(0x18191a1b1c1d1e1f));
	CU_ASSERT_EQUAL(p.receive.v, UINT64_C(0x2021222324252627));
	CU_ASSERT_EQUAL(p.transmit.v, UINT64_C(0x28292a2b2c2d2e2f));
}

static void
what_was_read_is_written_again(void)
{
	uint8_t again[PACKET_SIZE];
	struct packet p;

	for (unsigned i = 0; i < PACKET_SIZE; i++)
		pkt[i] = (uint8_t)(255 - 5 * i);
	CU_ASSERT_TRUE_FATAL(packet_read(&p, pkt, PACKET_SIZE));
	packet_write(&p, again);
	CU_ASSERT_EQUAL(memcmp(again, pkt, PACKET_SIZE), 0);
}

static void
poll_and_precision_are_signed(void)
{
	struct packet p;

	pkt[2] = 0xfe;
	pkt[3] = 0xe9;
	packet_read(&p, pkt, PACKET_SIZE);
	CU_ASSERT_EQUAL(p.poll, -2);
	CU_ASSERT_EQUAL(p.precision, -23);
}

static void
a_header_cut_short_is_refused_at_every_octet(void)
{
	struct packet p;

	memset(pkt, 0xff, sizeof(pkt));
	for (size_t len = 0; len < PACKET_SIZE; len++)
		CU_ASSERT_FALSE(packet_read(&p, pkt, len));
	CU_ASSERT_EQUAL(p.receive.v, UINT64_MAX);
	CU_ASSERT_EQUAL(p.transmit.v, 0); /* ran out: zeros */
}

static void
values_too_wide_for_their_bits_leave_the_others_alone(void)
{
	uint8_t out[PACKET_SIZE];
	struct packet p = { .leap = 4, .version = 8, .mode = 8 | MODE_SERVER };

	packet_write(&p, out);
	CU_ASSERT_EQUAL(out[0], MODE_SERVER);
}

static void
nothing_behind_the_header_is_no_tail(void)
{
	CU_ASSERT_EQUAL(tail(0).kind, TAIL_NONE);
	CU_ASSERT_EQUAL(tail(0).fields_len, 0);
	CU_ASSERT_EQUAL(tail(0).mac_len, 0);
}

static void
macs_of_20_and_24_octets_are_told_by_their_length(void)
{
	pkt[PACKET_SIZE + 2] = 1; /* key 258 */
	pkt[PACKET_SIZE + 3] = 2;
	CU_ASSERT_EQUAL(tail(20).kind, TAIL_MAC);
	CU_ASSERT_EQUAL(tail(20).mac_len, 20);
	CU_ASSERT_EQUAL(tail(20).key_id, 258);
	CU_ASSERT_EQUAL(tail(24).kind, TAIL_MAC);
	CU_ASSERT_EQUAL(tail(24).mac_len, 24);
	CU_ASSERT_EQUAL(tail(24).key_id, 258);
}

static void
four_zero_octets_are_a_crypto_nak(void)
{
	CU_ASSERT_EQUAL(tail(4).kind, TAIL_NAK);
	CU_ASSERT_EQUAL(tail(4).mac_len, 0);
}

static void
four_other_octets_are_nothing(void)
{
	pkt[PACKET_SIZE + 3] = 1;
	CU_ASSERT_EQUAL(tail(4).kind, TAIL_MALFORMED);
}

static void
other_lengths_up_to_24_are_malformed(void)
{
	put_field(PACKET_SIZE, 1, 16); /* too short to stand last: 7.5.1.4 */
	for (size_t n = 1; n < 24; n++)
		if (n != 4 && n != 20)
			CU_ASSERT_EQUAL(tail(n).kind, TAIL_MALFORMED);
}

static void
a_field_of_28_octets_may_stand_alone(void)
{
	put_field(PACKET_SIZE, 0x104, 28);
	CU_ASSERT_EQUAL(tail(28).kind, TAIL_NONE);
	CU_ASSERT_EQUAL(tail(28).fields_len, 28);
}

static void
fields_are_taken_off_before_the_mac(void)
{
	put_field(PACKET_SIZE, 0x104, 16);
	put_field(PACKET_SIZE + 16, 0x204, 20);
	pkt[PACKET_SIZE + 39] = 7;
	CU_ASSERT_EQUAL(tail(36 + 20).kind, TAIL_MAC);
	CU_ASSERT_EQUAL(tail(36 + 20).fields_len, 36);
	CU_ASSERT_EQUAL(tail(36 + 20).key_id, 7);
	CU_ASSERT_EQUAL(tail(36 + 24).mac_len, 24);
}

static void
a_nak_may_follow_fields(void)
{
	put_field(PACKET_SIZE, 0x104, 28);
	CU_ASSERT_EQUAL(tail(28 + 4).kind, TAIL_NAK);
	CU_ASSERT_EQUAL(tail(28 + 4).fields_len, 28);
}

static void
a_field_with_a_bad_length_is_malformed(void)
{
	static const uint16_t lengths[] = { 0, 3, 4, 12, 17, 18, 30, 44,
		0xffff };

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		put_field(PACKET_SIZE, 0x104, lengths[i]);
		CU_ASSERT_EQUAL(tail(40).kind, TAIL_MALFORMED);
		CU_ASSERT_EQUAL(tail(40).fields_len, 0);
	}
}

static void
a_bad_length_is_malformed_though_the_next_field_is_good(void)
{
	put_field(PACKET_SIZE, 0x104, 12);
	put_field(PACKET_SIZE + 12, 0x104, 28);
	CU_ASSERT_EQUAL(tail(12 + 28).kind, TAIL_MALFORMED);
	put_field(PACKET_SIZE, 0x104, 30);
	put_field(PACKET_SIZE + 30, 0x104, 28);
	CU_ASSERT_EQUAL(tail(30 + 28).kind, TAIL_MALFORMED);
}

static void
versions_before_4_have_no_fields(void)
{
	put_field(PACKET_SIZE, 0x104, 28);
	pkt[0] = 3 << 3 | MODE_CLIENT;
	CU_ASSERT_EQUAL(tail(28).kind, TAIL_MALFORMED);
	CU_ASSERT_EQUAL(tail(20).kind, TAIL_MAC);
}

static void
fields_are_walked_one_after_the_other(void)
{
	struct packet_tail t;
	const uint8_t *body;
	size_t at = 0, len;
	uint16_t type;

	put_field(PACKET_SIZE, 0x104, 16);
	put_field(PACKET_SIZE + 16, 0x204, 32);
	t = tail(48);
	CU_ASSERT_TRUE_FATAL(
	    packet_field_next(pkt, &t, &at, &type, &body, &len));
	CU_ASSERT_EQUAL(type, 0x104);
	CU_ASSERT_EQUAL(len, 12);
	CU_ASSERT_PTR_EQUAL(body, pkt + PACKET_SIZE + 4);
	CU_ASSERT_TRUE_FATAL(
	    packet_field_next(pkt, &t, &at, &type, &body, &len));
	CU_ASSERT_EQUAL(type, 0x204);
	CU_ASSERT_EQUAL(len, 28);
	CU_ASSERT_FALSE(packet_field_next(pkt, &t, &at, &type, &body, &len));
}

static void
a_mac_is_not_walked_as_a_field(void)
{
	struct packet_tail t;
	const uint8_t *body;
	size_t at = 0, len;
	uint16_t type;

	put_field(PACKET_SIZE, 0x104, 20);
	t = tail(20);
	CU_ASSERT_FALSE(packet_field_next(pkt, &t, &at, &type, &body, &len));
}

static CU_TestInfo tests[] = {
	{ "every field stands where RFC 5905 figure 8 has it",
	    every_field_stands_where_rfc_5905_figure_8_has_it },
	{ "what was read is written again", what_was_read_is_written_again },
	{ "poll and precision are signed", poll_and_precision_are_signed },
	{ "a header cut short is refused at every octet",
	    a_header_cut_short_is_refused_at_every_octet },
	{ "values too wide for their bits leave the others alone",
	    values_too_wide_for_their_bits_leave_the_others_alone },
	{ "nothing behind the header is no tail",
	    nothing_behind_the_header_is_no_tail },
	{ "MACs of 20 and 24 octets are told by their length",
	    macs_of_20_and_24_octets_are_told_by_their_length },
	{ "four zero octets are a crypto-NAK",
	    four_zero_octets_are_a_crypto_nak },
	{ "four other octets are nothing", four_other_octets_are_nothing },
	{ "other lengths up to 24 are malformed",
	    other_lengths_up_to_24_are_malformed },
	{ "a field of 28 octets may stand alone",
	    a_field_of_28_octets_may_stand_alone },
	{ "fields are taken off before the MAC",
	    fields_are_taken_off_before_the_mac },
	{ "a NAK may follow fields", a_nak_may_follow_fields },
	{ "a field with a bad length is malformed",
	    a_field_with_a_bad_length_is_malformed },
	{ "a bad length is malformed though the next field is good",
	    a_bad_length_is_malformed_though_the_next_field_is_good },
	{ "versions before 4 have no fields",
	    versions_before_4_have_no_fields },
	{ "fields are walked one after the other",
	    fields_are_walked_one_after_the_other },
	{ "a MAC is not walked as a field", a_mac_is_not_walked_as_a_field },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_packet = { "core/packet", NULL, NULL, setup, NULL, tests };
