/* SPDX-License-Identifier: ISC */
#include "core/source.h"

#include "unit.h"

#include <math.h>
#include <string.h>

#define S(seconds) ((int64_t)((seconds)*1e9))
/* 2026-01-01, and when our raw clock reads 100 s it is that. */
#define NOON INT64_C(1767225600)

static struct leap_table no_leaps;
static struct scale scale;
static struct source s;
static struct packet reply;
static uint8_t pkt[PACKET_MAX];
static size_t len;
static struct sample got;
static const struct auth_key *key;

static struct ntp64
utc(double seconds)
{
	return ntp64_from_wall((struct wall){ NOON * S(1) + S(seconds) });
}

static const struct source_conf conf = {
	.host = "192.0.2.1",
	.addr = { .family = ADDR_V4, .ip = { 192, 0, 2, 1 }, .port = 123 },
};

/*
 * Asked at 100 s on our raw clock; the server is 5 s ahead of us, 0.25 s away
 * each way, and takes 0.25 s.
 */
static void
setup(void)
{
	scale_init(&scale, (struct mono){ S(100) },
	    (struct wall){ NOON * S(1) }, (struct wall){ NOON * S(1) },
	    &no_leaps);
	source_init(&s, &conf);
	source_ask(&s, 0xfeedfacecafe, NULL, pkt);
	source_sent(&s, (struct mono){ S(100) });
	reply = (struct packet){ .version = 4,
		.mode = MODE_SERVER,
		.stratum = 2,
		.precision = -20,
		.root_delay = 0x8000,
		.root_disp = 0x1000,
		.refid = 0x7f7f0101,
		.reference = utc(-60),
		.origin = s.cookie,
		.receive = utc(5.25),
		.transmit = utc(5.5) };
	key = NULL;
	memset(&got, 0, sizeof(got));
}

static enum source_verdict
receive_from(const struct addr *from, double at)
{
	struct arrival a = { .pkt = pkt,
		.len = len,
		.from = *from,
		.at = { S(at) } };

	return source_receive(&s, &a, key, &scale, &got);
}

static enum source_verdict
receive(double at)
{
	packet_write(&reply, pkt);
	len = PACKET_SIZE;
	return receive_from(&conf.addr, at);
}

static void
the_question_reveals_nothing(void)
{
	static const uint8_t zero[39];
	size_t n = source_ask(&s, 0x0102030405060708, NULL, pkt);

	CU_ASSERT_EQUAL(n, PACKET_SIZE);
	CU_ASSERT_EQUAL(pkt[0], 4 << 3 | MODE_CLIENT);
	CU_ASSERT_EQUAL(memcmp(pkt + 1, zero, sizeof(zero)), 0);
	CU_ASSERT_EQUAL(memcmp(pkt + 40, "\1\2\3\4\5\6\7\10", 8), 0);
}

static void
a_cookie_is_never_zero(void)
{
	source_ask(&s, 0, NULL, pkt);
	CU_ASSERT_NOT_EQUAL(s.cookie.v, 0);
}

static void
offset_is_positive_while_we_are_slow(void)
{
	CU_ASSERT_EQUAL_FATAL(receive(100.75), SOURCE_SAMPLE);
	CU_ASSERT_DOUBLE_EQUAL(got.offset, 5.0, 1e-8);
	CU_ASSERT_DOUBLE_EQUAL(got.delay, 0.5, 1e-8);
	CU_ASSERT_EQUAL(got.at.ns, S(100.375));
	CU_ASSERT_DOUBLE_EQUAL(got.root_delay, 0.5, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(got.root_disp, 0.0625, 1e-9);
	CU_ASSERT_EQUAL(s.reach, 1);
	CU_ASSERT_EQUAL(s.stratum, 2);
}

static void
an_answer_is_taken_once(void)
{
	CU_ASSERT_EQUAL(receive(100.75), SOURCE_SAMPLE);
	CU_ASSERT_EQUAL(receive(100.75), SOURCE_UNASKED);
	CU_ASSERT_EQUAL(s.samples, 1);
	CU_ASSERT_EQUAL(s.verdicts[SOURCE_UNASKED], 1);
}

static void
a_wrong_cookie_leaves_the_question_open(void)
{
	reply.origin.v ^= 1;
	CU_ASSERT_EQUAL(receive(100.75), SOURCE_UNASKED);
	CU_ASSERT_TRUE(s.asked);
	reply.origin.v ^= 1;
	CU_ASSERT_EQUAL(receive(100.75), SOURCE_SAMPLE);
}

static void
a_zero_origin_is_no_answer_even_unasked(void)
{
	reply.origin.v = 0;
	CU_ASSERT_EQUAL(receive(100.75), SOURCE_ZERO_ORIGIN);
	CU_ASSERT_TRUE(s.asked);
	source_miss(&s);
	CU_ASSERT_EQUAL(receive(100.75), SOURCE_ZERO_ORIGIN);
}

static void
a_stranger_is_not_heard(void)
{
	struct addr other = conf.addr, port = conf.addr;

	other.ip[3] = 2;
	port.port = 124;
	packet_write(&reply, pkt);
	len = PACKET_SIZE;
	CU_ASSERT_EQUAL(receive_from(&other, 100.75), SOURCE_STRANGER);
	CU_ASSERT_EQUAL(receive_from(&port, 100.75), SOURCE_STRANGER);
	CU_ASSERT_TRUE(s.asked);
}

static void
every_short_packet_is_short(void)
{
	packet_write(&reply, pkt);
	for (len = 0; len < PACKET_SIZE; len++)
		CU_ASSERT_EQUAL(receive_from(&conf.addr, 100.75), SOURCE_SHORT);
	CU_ASSERT_TRUE(s.asked);
}

static void
only_mode_4_answers(void)
{
	for (uint8_t mode = 0; mode < 8; mode++) {
		if (mode == MODE_SERVER)
			continue;
		reply.mode = mode;
		CU_ASSERT_EQUAL(receive(100.75), SOURCE_WRONG_MODE);
	}
	CU_ASSERT_TRUE(s.asked);
}

static void
a_kiss_needs_our_cookie(void)
{
	reply.stratum = 0;
	reply.refid = 0x52415445; /* RATE */
	reply.origin.v ^= 1;
	CU_ASSERT_EQUAL(receive(100.75), SOURCE_UNASKED);
	CU_ASSERT_STRING_EQUAL(s.kiss, "");
	reply.origin.v ^= 1;
	CU_ASSERT_EQUAL(receive(100.75), SOURCE_KISS);
	CU_ASSERT_STRING_EQUAL(s.kiss, "RATE");
	CU_ASSERT_FALSE(s.asked);
}

static void
a_kiss_code_is_letters_only(void)
{
	reply.stratum = 0;
	reply.refid = 0x1b5b324a; /* ESC [ 2 J */
	CU_ASSERT_EQUAL(receive(100.75), SOURCE_KISS);
	CU_ASSERT_STRING_EQUAL(s.kiss, "...J");
}

static void
who_does_not_know_the_time_is_refused(void)
{
	reply.leap = LEAP_UNSYNC;
	CU_ASSERT_EQUAL(receive(100.75), SOURCE_UNSYNC);
	setup();
	reply.stratum = 16;
	CU_ASSERT_EQUAL(receive(100.75), SOURCE_STRATUM);
	setup();
	reply.reference = utc(-2 * 86400);
	CU_ASSERT_EQUAL(receive(100.75), SOURCE_STALE);
	setup();
	reply.reference = utc(60);
	CU_ASSERT_EQUAL(receive(100.75), SOURCE_STALE);
}

static void
a_reference_of_zero_says_nothing(void)
{
	reply.reference.v = 0;
	CU_ASSERT_EQUAL(receive(100.75), SOURCE_SAMPLE);
}

static void
a_reply_before_the_request_is_impossible(void)
{
	/* held for 0.25 s, but back after 0.1 s */
	CU_ASSERT_EQUAL(receive(100.1), SOURCE_NEGATIVE_DELAY);
	setup();
	reply.transmit = utc(5.0); /* sent before it was received */
	CU_ASSERT_EQUAL(receive(100.75), SOURCE_NEGATIVE_DELAY);
}

static void
stamps_may_be_blurred_within_the_precision(void)
{
	reply.precision = -17;			    /* 7.6 us */
	reply.transmit.v = reply.receive.v - 30000; /* 7 us before it came */
	CU_ASSERT_EQUAL(receive(100.75), SOURCE_SAMPLE);
}

static void
a_reply_without_stamps_is_no_sample(void)
{
	reply.receive.v = 0;
	CU_ASSERT_EQUAL(receive(100.75), SOURCE_MALFORMED);
	setup();
	reply.transmit.v = 0;
	reply.reference.v = 0;
	CU_ASSERT_EQUAL(receive(100.75), SOURCE_MALFORMED);
	CU_ASSERT_EQUAL(s.samples, 0);
}

static void
too_far_is_refused(void)
{
	reply.root_delay = 4 << 16; /* 2 s of distance */
	CU_ASSERT_EQUAL(receive(100.75), SOURCE_FAR);
	CU_ASSERT_EQUAL(s.samples, 0);
}

static void
reach_counts_the_last_eight_questions(void)
{
	receive(100.75);
	for (int i = 0; i < 3; i++) {
		source_ask(&s, 7, NULL, pkt);
		source_sent(&s, (struct mono){ S(200) });
		source_miss(&s);
	}
	CU_ASSERT_EQUAL(s.reach, 010);
	CU_ASSERT_EQUAL(s.missed, 3);
	CU_ASSERT_EQUAL(s.sent_count, 4);
}

static const struct auth_key secret = { .id = 7,
	.type = AUTH_AES128CMAC,
	.secret_len = 16,
	.secret = "0123456789abcde" };

static void
ask_signed(void)
{
	setup();
	s.conf.key_id = secret.id;
	key = &secret;
	CU_ASSERT_EQUAL(source_ask(&s, 9, key, pkt), PACKET_SIZE + 20);
	source_sent(&s, (struct mono){ S(100) });
	reply.origin = s.cookie;
}

static void
with_a_key_only_the_key_speaks(void)
{
	ask_signed();
	CU_ASSERT_EQUAL(receive(100.75), SOURCE_BAD_MAC);
	packet_write(&reply, pkt);
	len = auth_sign(&secret, pkt, PACKET_SIZE, sizeof(pkt));
	pkt[50] ^= 1; /* the key id: another key's word */
	CU_ASSERT_EQUAL(receive_from(&conf.addr, 100.75), SOURCE_BAD_MAC);
	pkt[50] ^= 1;
	pkt[60] ^= 1;
	CU_ASSERT_EQUAL(receive_from(&conf.addr, 100.75), SOURCE_BAD_MAC);
	pkt[60] ^= 1;
	CU_ASSERT_EQUAL(receive_from(&conf.addr, 100.75), SOURCE_SAMPLE);
}

static void
a_crypto_nak_changes_nothing(void)
{
	ask_signed();
	packet_write(&reply, pkt);
	memset(pkt + PACKET_SIZE, 0, 4);
	len = PACKET_SIZE + 4;
	CU_ASSERT_EQUAL(receive_from(&conf.addr, 100.75), SOURCE_NAK);
	CU_ASSERT_TRUE(s.asked);
}

static void
a_new_address_forgets_the_old_one(void)
{
	struct addr other = conf.addr;

	other.ip[3] = 9;
	receive(100.75);
	source_readdress(&s, &other);
	CU_ASSERT_EQUAL(s.samples, 0);
	CU_ASSERT_EQUAL(s.sent_count, 1);
	CU_ASSERT_EQUAL(s.verdicts[SOURCE_SAMPLE], 1);
	CU_ASSERT_TRUE(addr_equal(&s.conf.addr, &other));
}

static void
distance_is_half_the_way_and_what_lies_behind(void)
{
	struct sample a = { .delay = 0.02,
		.root_delay = 0.04,
		.root_disp = 0.005 };

	CU_ASSERT_DOUBLE_EQUAL(sample_distance(&a), 0.035, 1e-12);
}

/* n more good answers with that stratum and reference id. */
static void
answers(unsigned n, uint8_t stratum, uint32_t refid)
{
	for (unsigned i = 0; i < n; i++) {
		source_ask(&s, 7 + i, NULL, pkt);
		source_sent(&s, (struct mono){ S(100) });
		reply.origin = s.cookie;
		reply.stratum = stratum;
		reply.refid = refid;
		CU_ASSERT_EQUAL(receive(100.75), SOURCE_SAMPLE);
	}
}

static void
a_reference_held_eight_times_is_one_s_own(void)
{
	answers(7, 2, 0x08080808);
	CU_ASSERT_EQUAL(source_reference(&s), 0);
	answers(1, 2, 0x08080808);
	CU_ASSERT_EQUAL(source_reference(&s), 0x08080808);
}

static void
of_sixteen_samples_eight_must_have_it(void)
{
	answers(16, 3, 0x08080808);
	answers(8, 3, 0x09090909);
	/* both have eight: the newer one */
	CU_ASSERT_EQUAL(source_reference(&s), 0x09090909);
	answers(1, 3, 0x01010101);
	CU_ASSERT_EQUAL(source_reference(&s), 0x09090909);
	answers(8, 3, 0x01010101);
	CU_ASSERT_EQUAL(source_reference(&s), 0x01010101);
}

/* Every chronyd with "local" says 127.127.1.1. */
static void
what_is_not_globally_routable_is_no_reference(void)
{
	static const uint32_t none[] = { 0x7f7f0101, 0x7f000001, 0x0a000001,
		0xc0a80001, 0xa9fe0001, 0xc0000201, 0, 0x00000001, 0xe0000101,
		0xffffffff };

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		answers(16, 2, none[i]);
		CU_ASSERT_EQUAL(source_reference(&s), 0);
	}
}

/* "GPS" is a kind of clock, and no server: 71.80.83.0. */
static void
a_primary_server_follows_nobody(void)
{
	answers(16, 1, 0x47505300);
	CU_ASSERT_EQUAL(source_reference(&s), 0);
}

static void
another_address_follows_nobody_yet(void)
{
	answers(16, 2, 0x08080808);
	source_readdress(&s, &conf.addr);
	CU_ASSERT_EQUAL(source_reference(&s), 0);
}

static struct source_name
name_of(const char *host, uint16_t port)
{
	return source_name_of(host, port);
}

static void
a_server_is_called_by_its_host_and_a_port_that_is_not_ntps(void)
{
	struct source_conf c = { .host = "192.0.2.1", .addr.port = 1123 };

	CU_ASSERT_STRING_EQUAL(name_of("ntp.example", 123).text, "ntp.example");
	CU_ASSERT_STRING_EQUAL(name_of("ntp.example", 0).text, "ntp.example");
	CU_ASSERT_STRING_EQUAL(name_of("ntp.example", 124).text,
	    "ntp.example:124");
	CU_ASSERT_STRING_EQUAL(name_of("2001:db8::1", 123).text, "2001:db8::1");
	CU_ASSERT_STRING_EQUAL(name_of("2001:db8::1", 65535).text,
	    "[2001:db8::1]:65535");
	CU_ASSERT_STRING_EQUAL(source_name(&c).text, "192.0.2.1:1123");
}

/* They differ in their last letter alone. */
static void
the_longest_hosts_have_names_of_their_own(void)
{
	char a[SOURCE_HOST_MAX] = "", b[SOURCE_HOST_MAX] = "";

	memset(a, 'a', SOURCE_HOST_MAX - 1);
	memset(b, 'a', SOURCE_HOST_MAX - 1);
	b[SOURCE_HOST_MAX - 2] = 'b';
	CU_ASSERT_STRING_EQUAL(name_of(a, 123).text, a);
	CU_ASSERT_STRING_NOT_EQUAL(name_of(a, 65535).text,
	    name_of(b, 65535).text);
	CU_ASSERT_STRING_NOT_EQUAL(name_of(a, 65535).text,
	    name_of(a, 65534).text);
	CU_ASSERT_STRING_EQUAL(strrchr(name_of(a, 65535).text, ':'), ":65535");
	a[SOURCE_HOST_MAX - 9] = '\0'; /* 247 and ":65535": 253 */
	CU_ASSERT_EQUAL(strlen(name_of(a, 65535).text), 253);
	CU_ASSERT_PTR_NULL(strchr(name_of(a, 65535).text, '~'));
}

static CU_TestInfo tests[] = {
	{ "a server is called by its host, and a port that is not NTP's",
	    a_server_is_called_by_its_host_and_a_port_that_is_not_ntps },
	{ "the longest hosts have names of their own",
	    the_longest_hosts_have_names_of_their_own },
	{ "a reference held eight times is one's own",
	    a_reference_held_eight_times_is_one_s_own },
	{ "of sixteen samples eight must have it",
	    of_sixteen_samples_eight_must_have_it },
	{ "what is not globally routable is no reference",
	    what_is_not_globally_routable_is_no_reference },
	{ "a primary server follows nobody", a_primary_server_follows_nobody },
	{ "another address follows nobody yet",
	    another_address_follows_nobody_yet },
	{ "the question reveals nothing", the_question_reveals_nothing },
	{ "a cookie is never zero", a_cookie_is_never_zero },
	{ "offset is positive while we are slow",
	    offset_is_positive_while_we_are_slow },
	{ "an answer is taken once", an_answer_is_taken_once },
	{ "a wrong cookie leaves the question open",
	    a_wrong_cookie_leaves_the_question_open },
	{ "a zero origin is no answer, even unasked",
	    a_zero_origin_is_no_answer_even_unasked },
	{ "a stranger is not heard", a_stranger_is_not_heard },
	{ "every short packet is short", every_short_packet_is_short },
	{ "only mode 4 answers", only_mode_4_answers },
	{ "a kiss needs our cookie", a_kiss_needs_our_cookie },
	{ "a kiss code is letters only", a_kiss_code_is_letters_only },
	{ "who does not know the time is refused",
	    who_does_not_know_the_time_is_refused },
	{ "a reference of zero says nothing",
	    a_reference_of_zero_says_nothing },
	{ "a reply before the request is impossible",
	    a_reply_before_the_request_is_impossible },
	{ "stamps may be blurred within the precision",
	    stamps_may_be_blurred_within_the_precision },
	{ "a reply without stamps is no sample",
	    a_reply_without_stamps_is_no_sample },
	{ "too far is refused", too_far_is_refused },
	{ "reach counts the last eight questions",
	    reach_counts_the_last_eight_questions },
	{ "with a key only the key speaks", with_a_key_only_the_key_speaks },
	{ "a crypto-NAK changes nothing", a_crypto_nak_changes_nothing },
	{ "a new address forgets the old one",
	    a_new_address_forgets_the_old_one },
	{ "distance is half the way and what lies behind",
	    distance_is_half_the_way_and_what_lies_behind },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_source = { "core/source", NULL, NULL, setup, NULL, tests };
