/* SPDX-License-Identifier: ISC */
#include "core/link.h"

#include "unit.h"

#include <math.h>
#include <string.h>

static uint8_t field[LINK_FIELD], pkt[PACKET_MAX];
static struct link_word said, heard;

/* A word with two servers: one sampled twice, one never asked. */
static void
setup(void)
{
	static const uint8_t one[4] = { 192, 0, 2, 1 };
	static const uint8_t two[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 2 };

	said = (struct link_word){ .life = 0x0102030405060708,
		.came = { 1000 },
		.left = { 2000 },
		.name = "gw-a",
		.state = 1,
		.flags = LINK_OWN,
		.at = { -500 },
		.served_ns = INT64_C(1800000000000000000),
		.rate = -12.5e-6,
		.bound = 0.001,
		.frequency_sigma = 0.25,
		.interval_s = 4096,
		.sent_day = 17,
		.steps = 1,
		.digest = { 1, 2, 3, 4, 5, 0xffffffff },
		.items = 2 };
	said.item[0] = (struct link_item){ .addr = addr_v4(one),
		.flags = LINK_RATED,
		.asked = true,
		.last = { 77 },
		.serial = 9,
		.samples = 2,
		.sample = { { { 60 }, 5000, 0.5, 0.25, 0.125, 0.0625, 1, 0 },
		    { { 40 }, 5001, 0.5, 0.25, 0.125, 0.0625, 2, 1 } } };
	said.item[0].addr.port = 123;
	said.item[1] = (struct link_item){ .addr = addr_v6(two) };
	said.item[1].addr.port = 124;
	link_write(&said, field);
}

static bool
read_again(void)
{
	return link_read(&heard, field);
}

/* Nothing of it was used. */
static bool
is_refused(void)
{
	static const struct link_word none;

	return !read_again() && memcmp(&heard, &none, sizeof(none)) == 0;
}

static void
put64(size_t at, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		field[at + (size_t)i] = (uint8_t)(v >> (56 - 8 * i));
}

static void
put_double(size_t at, double v)
{
	uint64_t bits;

	memcpy(&bits, &v, sizeof(bits));
	put64(at, bits);
}

static void
put_float(size_t at, float v)
{
	uint32_t bits;

	memcpy(&bits, &v, sizeof(bits));
	for (int i = 0; i < 4; i++)
		field[at + (size_t)i] = (uint8_t)(bits >> (24 - 8 * i));
}

static void
what_is_written_is_read(void)
{
	CU_ASSERT_TRUE_FATAL(read_again());
	CU_ASSERT_EQUAL(heard.life, said.life);
	CU_ASSERT_EQUAL(heard.came.ns, 1000);
	CU_ASSERT_EQUAL(heard.left.ns, 2000);
	CU_ASSERT_STRING_EQUAL(heard.name, "gw-a");
	CU_ASSERT_EQUAL(heard.state, 1);
	CU_ASSERT_EQUAL(heard.flags, LINK_OWN);
	CU_ASSERT_EQUAL(heard.at.ns, -500);
	CU_ASSERT_EQUAL(heard.served_ns, said.served_ns);
	CU_ASSERT_EQUAL(heard.rate, said.rate);
	CU_ASSERT_EQUAL(heard.bound, said.bound);
	CU_ASSERT_EQUAL(heard.frequency_sigma, 0.25);
	CU_ASSERT_EQUAL(heard.interval_s, 4096);
	CU_ASSERT_EQUAL(heard.sent_day, 17);
	CU_ASSERT_EQUAL(heard.steps, 1);
	CU_ASSERT_EQUAL(heard.digest[5], 0xffffffff);
	CU_ASSERT_EQUAL(heard.items, 2);
}

static void
a_server_is_read_with_its_samples(void)
{
	const struct link_item *a = &heard.item[0], *b = &heard.item[1];

	CU_ASSERT_TRUE_FATAL(read_again());
	CU_ASSERT_TRUE(addr_equal(&a->addr, &said.item[0].addr));
	CU_ASSERT_TRUE(a->asked);
	CU_ASSERT_EQUAL(a->last.ns, 77);
	CU_ASSERT_EQUAL(a->flags, LINK_RATED);
	CU_ASSERT_EQUAL(a->serial, 9);
	CU_ASSERT_EQUAL(a->samples, 2);
	CU_ASSERT_EQUAL(a->sample[1].at.ns, 40);
	CU_ASSERT_EQUAL(a->sample[1].tai_ns, 5001);
	CU_ASSERT_EQUAL(a->sample[1].delay, 0.5);
	CU_ASSERT_EQUAL(a->sample[1].floor, 0.25);
	CU_ASSERT_EQUAL(a->sample[1].root_delay, 0.125);
	CU_ASSERT_EQUAL(a->sample[1].root_disp, 0.0625);
	CU_ASSERT_EQUAL(a->sample[1].stratum, 2);
	CU_ASSERT_EQUAL(a->sample[1].leap, 1);
	CU_ASSERT_TRUE(addr_equal(&b->addr, &said.item[1].addr));
	CU_ASSERT_FALSE(b->asked);
	CU_ASSERT_EQUAL(b->samples, 0);
}

static void
octets_stand_where_the_header_says(void)
{
	static const uint8_t head[16] = { 0xf1, 0x7b, LINK_FIELD >> 8,
		LINK_FIELD & 0xff, 1, 2, 1, 2, 1, 2, 3, 4, 5, 6, 7, 8 };

	CU_ASSERT_EQUAL(LINK_FIELD, 136 + 7 * 168);
	CU_ASSERT_EQUAL(memcmp(field, head, sizeof(head)), 0);
	CU_ASSERT_EQUAL(memcmp(field + 32, "gw-a", 5), 0);
	CU_ASSERT_EQUAL(field[107], 17);       /* sent_day */
	CU_ASSERT_EQUAL(field[115], 1);	       /* the first digest */
	CU_ASSERT_EQUAL(field[136], 192);      /* the first server */
	CU_ASSERT_EQUAL(field[136 + 17], 123); /* its port */
	CU_ASSERT_EQUAL(field[136 + 18], ADDR_V4);
	CU_ASSERT_EQUAL(field[136 + 23], 9);	 /* serial */
	CU_ASSERT_EQUAL(field[136 + 31], 77);	 /* asked */
	CU_ASSERT_EQUAL(field[136 + 39], 60);	 /* first sample */
	CU_ASSERT_EQUAL(field[136 + 71], 40);	 /* second */
	CU_ASSERT_EQUAL(field[136 + 160], 1);	 /* its stratum */
	CU_ASSERT_EQUAL(field[136 + 165], 1);	 /* leap of the second */
	CU_ASSERT_EQUAL(field[136 + 168], 0x20); /* the second server */
}

static void
question_and_answer_with_the_longest_mac_fit_a_packet(void)
{
	CU_ASSERT(PACKET_SIZE + LINK_FIELD + 24 <= PACKET_MAX);
	CU_ASSERT_EQUAL(LINK_FIELD % 4, 0);
}

static void
a_question_says_nothing_but_news(void)
{
	uint8_t quiet[LINK_FIELD];
	unsigned said_octets = 0;

	link_ask(quiet, false);
	link_ask(field, true);
	CU_ASSERT_FALSE(link_news(quiet));
	CU_ASSERT_TRUE(link_news(field));
	for (size_t i = 5; i < LINK_FIELD; i++)
		said_octets += quiet[i] != 0;
	CU_ASSERT_EQUAL(said_octets, 0);
	CU_ASSERT_TRUE(is_refused());
}

static void
stamps_are_put_in_later(void)
{
	link_stamp(field, (struct mono){ 3000 }, (struct mono){ 4000 });
	CU_ASSERT_TRUE_FATAL(read_again());
	CU_ASSERT_EQUAL(heard.came.ns, 3000);
	CU_ASSERT_EQUAL(heard.left.ns, 4000);
	CU_ASSERT_STRING_EQUAL(heard.name, "gw-a");
}

static void
an_unknown_bound_is_infinite(void)
{
	said.bound = INFINITY;
	said.frequency_sigma = INFINITY;
	link_write(&said, field);
	CU_ASSERT_TRUE_FATAL(read_again());
	CU_ASSERT_TRUE(isinf(heard.bound));
	CU_ASSERT_TRUE(isinf(heard.frequency_sigma));
}

static void
what_no_float_can_hold_becomes_infinite(void)
{
	said.frequency_sigma = 1e300;
	link_write(&said, field);
	CU_ASSERT_TRUE_FATAL(read_again());
	CU_ASSERT_TRUE(isinf(heard.frequency_sigma));
	said.frequency_sigma = NAN;
	link_write(&said, field);
	CU_ASSERT_TRUE_FATAL(read_again());
	CU_ASSERT_TRUE(isinf(heard.frequency_sigma));
}

static void
a_long_or_strange_name_is_cut_and_cleaned(void)
{
	memset(said.name, 'x', LINK_NAME);
	said.name[1] = '\n';
	link_write(&said, field);
	CU_ASSERT_TRUE_FATAL(read_again());
	CU_ASSERT_EQUAL(strlen(heard.name), LINK_NAME - 1);
	CU_ASSERT_EQUAL(heard.name[1], '?');
}

static void
too_many_servers_are_cut(void)
{
	for (unsigned i = 0; i < LINK_ITEMS; i++)
		said.item[i] = said.item[0];
	said.items = LINK_ITEMS + 3;
	link_write(&said, field);
	CU_ASSERT_TRUE_FATAL(read_again());
	CU_ASSERT_EQUAL(heard.items, LINK_ITEMS);
}

static void
asked_at_zero_was_asked(void)
{
	said.item[0].last.ns = 0;
	link_write(&said, field);
	CU_ASSERT_TRUE_FATAL(read_again());
	CU_ASSERT_TRUE(heard.item[0].asked);
}

static void
no_number_is_no_word(void)
{
	static const size_t doubles[] = { 80, 88 };
	static const size_t floats[] = { 96, 100, 136 + 48, 136 + 52, 136 + 56,
		136 + 60 };

	for (size_t i = 0; i < 2; i++) {
		setup();
		put_double(doubles[i], NAN);
		CU_ASSERT_TRUE(is_refused());
	}
	for (size_t i = 0; i < sizeof(floats) / sizeof(floats[0]); i++) {
		setup();
		put_float(floats[i], NAN);
		CU_ASSERT_TRUE(is_refused());
		put_float(floats[i], -1);
		CU_ASSERT_TRUE(is_refused());
	}
}

static void
infinite_delays_rates_and_intervals_are_no_word(void)
{
	put_double(80, INFINITY);
	CU_ASSERT_TRUE(is_refused());
	setup();
	put_float(100, INFINITY);
	CU_ASSERT_TRUE(is_refused());
	setup();
	put_float(136 + 48, INFINITY);
	CU_ASSERT_TRUE(is_refused());
}

static void
a_negative_bound_is_no_word(void)
{
	put_double(88, -1e-9);
	CU_ASSERT_TRUE(is_refused());
}

static void
a_rate_that_no_clock_has_is_no_word(void)
{
	put_double(80, 0.11);
	CU_ASSERT_TRUE(is_refused());
}

static void
instants_beyond_146_years_are_no_word(void)
{
	static const size_t at[] = { 16, 24, 64, 72, 136 + 24, 136 + 32,
		136 + 40 };

	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		setup();
		put64(at[i], (uint64_t)INT64_MAX);
		CU_ASSERT_TRUE(is_refused());
		put64(at[i], (uint64_t)INT64_MIN);
		CU_ASSERT_TRUE(is_refused());
	}
}

static void
a_life_of_zero_is_no_word(void)
{
	put64(8, 0);
	CU_ASSERT_TRUE(is_refused());
}

static void
counts_states_and_families_too_large_are_no_word(void)
{
	field[5] = LINK_ITEMS + 1;
	CU_ASSERT_TRUE(is_refused());
	setup();
	field[6] = LINK_STATES;
	CU_ASSERT_TRUE(is_refused());
	setup();
	field[136 + 18] = ADDR_V6 + 1;
	CU_ASSERT_TRUE(is_refused());
	field[136 + 18] = ADDR_NONE;
	CU_ASSERT_TRUE(is_refused());
}

static void
a_server_without_port_is_no_word(void)
{
	field[136 + 17] = 0;
	CU_ASSERT_TRUE(is_refused());
}

static void
a_name_with_control_characters_is_no_word(void)
{
	field[33] = '\033';
	CU_ASSERT_TRUE(is_refused());
	field[33] = 0x9b; /* CSI of 8 bits */
	CU_ASSERT_TRUE(is_refused());
	setup();
	memset(field + 32, 'x', LINK_NAME);
	CU_ASSERT_TRUE(is_refused());
}

static void
nothing_hides_behind_an_end(void)
{
	field[32 + 10] = 'x'; /* of the name */
	CU_ASSERT_TRUE(is_refused());
	setup();
	field[136 + 32 + 2 * 32] = 1; /* of the samples */
	CU_ASSERT_TRUE(is_refused());
	setup();
	field[136 + 163] = 1; /* a stratum behind one that is 0 */
	CU_ASSERT_TRUE(is_refused());
	setup();
	field[136 + 2 * 168] = 1; /* of the servers */
	CU_ASSERT_TRUE(is_refused());
	setup();
	field[136 + 10] = 1; /* of an IPv4 address */
	CU_ASSERT_TRUE(is_refused());
}

static void
a_mapped_address_is_not_its_own_form(void)
{
	memset(field + 136 + 168, 0, 16);
	memset(field + 136 + 168 + 10, 0xff, 2);
	CU_ASSERT_TRUE(is_refused());
}

/* Fields behind a header, n octets of them. */
static const uint8_t *
find(size_t n)
{
	struct packet_tail t;

	pkt[0] = 4 << 3 | MODE_SERVER;
	t = packet_tail_read(pkt, PACKET_SIZE + n);
	return link_find(pkt, &t);
}

static void
the_field_is_found_behind_another(void)
{
	memset(pkt, 0, sizeof(pkt));
	pkt[PACKET_SIZE + 1] = 9;
	pkt[PACKET_SIZE + 3] = 16;
	memcpy(pkt + PACKET_SIZE + 16, field, LINK_FIELD);
	CU_ASSERT_PTR_EQUAL(find(16 + LINK_FIELD), pkt + PACKET_SIZE + 16);
}

static void
of_another_type_length_or_version_it_is_unknown(void)
{
	memset(pkt, 0, sizeof(pkt));
	memcpy(pkt + PACKET_SIZE, field, LINK_FIELD);
	pkt[PACKET_SIZE + 1] ^= 1;
	CU_ASSERT_PTR_NULL(find(LINK_FIELD));
	pkt[PACKET_SIZE + 1] ^= 1;
	pkt[PACKET_SIZE + 4] = LINK_VERSION + 1;
	CU_ASSERT_PTR_NULL(find(LINK_FIELD));
	pkt[PACKET_SIZE + 4] = LINK_VERSION;
	pkt[PACKET_SIZE + 2] = (LINK_FIELD - 4) >> 8;
	pkt[PACKET_SIZE + 3] = (LINK_FIELD - 4) & 0xff;
	CU_ASSERT_PTR_NULL(find(LINK_FIELD - 4));
	CU_ASSERT_PTR_NULL(find(0));
}

/* Two do not fit PACKET_MAX, but this reads whatever comes. */
static void
of_two_fields_none_is_the_one(void)
{
	static uint8_t two[PACKET_SIZE + 2 * LINK_FIELD] = { 4 << 3 };
	struct packet_tail t;

	memcpy(two + PACKET_SIZE, field, LINK_FIELD);
	memcpy(two + PACKET_SIZE + LINK_FIELD, field, LINK_FIELD);
	t = packet_tail_read(two, sizeof(two));
	CU_ASSERT_EQUAL(t.fields_len, 2 * LINK_FIELD);
	CU_ASSERT_PTR_NULL(link_find(two, &t));
}

static CU_TestInfo tests[] = {
	{ "what is written is read", what_is_written_is_read },
	{ "a server is read with its samples",
	    a_server_is_read_with_its_samples },
	{ "octets stand where the header says",
	    octets_stand_where_the_header_says },
	{ "question and answer with the longest MAC fit a packet",
	    question_and_answer_with_the_longest_mac_fit_a_packet },
	{ "a question says nothing but news",
	    a_question_says_nothing_but_news },
	{ "stamps are put in later", stamps_are_put_in_later },
	{ "an unknown bound is infinite", an_unknown_bound_is_infinite },
	{ "what no float can hold becomes infinite",
	    what_no_float_can_hold_becomes_infinite },
	{ "a long or strange name is cut and cleaned",
	    a_long_or_strange_name_is_cut_and_cleaned },
	{ "too many servers are cut", too_many_servers_are_cut },
	{ "asked at zero was asked", asked_at_zero_was_asked },
	{ "no number is no word", no_number_is_no_word },
	{ "infinite delays, rates and intervals are no word",
	    infinite_delays_rates_and_intervals_are_no_word },
	{ "a negative bound is no word", a_negative_bound_is_no_word },
	{ "a rate that no clock has is no word",
	    a_rate_that_no_clock_has_is_no_word },
	{ "instants beyond 146 years are no word",
	    instants_beyond_146_years_are_no_word },
	{ "a life of zero is no word", a_life_of_zero_is_no_word },
	{ "counts, states and families too large are no word",
	    counts_states_and_families_too_large_are_no_word },
	{ "a server without port is no word",
	    a_server_without_port_is_no_word },
	{ "a name with control characters is no word",
	    a_name_with_control_characters_is_no_word },
	{ "nothing hides behind an end", nothing_hides_behind_an_end },
	{ "a mapped address is not its own form",
	    a_mapped_address_is_not_its_own_form },
	{ "the field is found behind another",
	    the_field_is_found_behind_another },
	{ "of another type, length or version it is unknown",
	    of_another_type_length_or_version_it_is_unknown },
	{ "of two fields none is the one", of_two_fields_none_is_the_one },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_link = { "core/link", NULL, NULL, setup, NULL, tests };
