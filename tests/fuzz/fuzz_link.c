/* SPDX-License-Identifier: ISC */
/*
 * Any octets as what a sibling answers: as they came; with our cookie as
 * origin; and then signed, too, so that they get as far as words do.
 *
 * A field is no word, or is one that link_write() writes again octet by
 * octet.  The pair of clocks stays as it is unless the MAC was good, and is
 * made of numbers whatever was signed.
 */
#include "core/sibling.h"

#include <assert.h>
#include <math.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *pkt, size_t len);

#define T0 INT64_C(1800000000000000000)
#define COOKIE UINT64_C(0xfeedfacecafebeef)
#define ORIGIN 24 /* octet of the header */
#define ROUNDS 3

static const struct leap_table no_leaps;
static const struct auth_key key = { .id = 7,
	.type = AUTH_AES128CMAC,
	.secret_len = 16,
	.secret = "0123456789abcde" };
static const struct sibling_conf conf = { .on = true,
	.host = "192.0.2.1",
	.addrs = 1,
	.addr = { { .family = ADDR_V4,
	    .ip = { 192, 0, 2, 1 },
	    .port = NTP_PORT } },
	.key_id = 7 };
static struct scale scale;

static void
check_field(const uint8_t *field)
{
	static const struct link_word none;
	uint8_t again[LINK_FIELD];
	struct link_word w;

	if (link_read(&w, field)) {
		assert(w.items <= LINK_ITEMS && w.life != 0);
		assert(memchr(w.name, '\0', sizeof(w.name)) != NULL);
		link_write(&w, again);
		assert(memcmp(again, field, LINK_FIELD) == 0);
	} else {
		assert(memcmp(&w, &none, sizeof(w)) == 0);
	}
}

/* Whatever length it has: the octets as a field, cut or filled with zeros. */
static void
check_octets(const uint8_t *pkt, size_t len)
{
	uint8_t field[LINK_FIELD] = { LINK_TYPE >> 8, LINK_TYPE & 0xff,
		LINK_FIELD >> 8, LINK_FIELD & 0xff, LINK_VERSION };

	if (len > PACKET_SIZE + 5) {
		size_t n = len - PACKET_SIZE - 5;

		memcpy(field + 5, pkt + PACKET_SIZE + 5,
		    n < LINK_FIELD - 5 ? n : LINK_FIELD - 5);
	}
	check_field(field);
}

/* What is made of a word that was believed: numbers. */
static void
check_known(const struct sibling *s)
{
	struct sibling_clocks c = sibling_clocks(s, s->heard);
	struct sample sample;
	double doubt;

	assert(isfinite(c.offset) && isfinite(c.drift) && c.variance >= 0);
	assert(isfinite(c.surprise) && isfinite(s->served_offset));
	for (unsigned i = 0; i < s->word.items; i++)
		for (unsigned k = 0; k < LINK_SAMPLES; k++)
			if (sibling_sample(s, &s->word.item[i], k, &scale,
				&sample, &doubt))
				assert(isfinite(sample.offset) &&
				    sample.delay > 0 && doubt >= 0);
}

/* The datagram as the answer to each of some questions. */
static void
hear(const uint8_t *pkt, size_t len, bool authentic)
{
	static struct sibling s;
	uint8_t question[PACKET_MAX];
	size_t question_len;
	struct addr to;

	sibling_init(&s, &conf, 1, (struct mono){ 1000000000 });
	for (int64_t i = 1; i <= ROUNDS; i++) {
		struct mono t1 = { i * 20000000000 };
		struct arrival a = { .pkt = pkt,
			.len = len,
			.from = conf.addr[0],
			.at = { t1.ns + 10000000 } };
		struct bank pair = s.pair;
		enum sibling_verdict v;

		if (!sibling_ask(&s, t1, (struct wall){ T0 + t1.ns }, COOKIE,
			&key, question, &question_len, &to))
			assert(i > 1); /* a stranger has time */
		source_sent(&s.source, t1);
		v = sibling_receive(&s, &a, &key, &scale);
		assert(v < SIBLING_VERDICTS);
		if (!authentic)
			assert(v == SIBLING_REFUSED);
		if (v != SIBLING_WORD)
			assert(memcmp(&pair, &s.pair, sizeof(pair)) == 0);
		if (s.source.asked)
			sibling_miss(&s, a.at);
		check_known(&s);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *pkt, size_t len)
{
	uint8_t copy[PACKET_MAX + AUTH_MAC_MAX];
	struct packet_tail tail;

	scale_init(&scale, (struct mono){ 0 }, (struct wall){ T0 },
	    (struct wall){ T0 - 86400000000000 }, &no_leaps);
	check_octets(pkt, len);
	hear(pkt, len, false);
	if (len < PACKET_SIZE || len > PACKET_MAX - AUTH_MAC_MAX)
		return 0;
	memcpy(copy, pkt, len);
	for (int i = 0; i < 8; i++)
		copy[ORIGIN + i] = (uint8_t)(COOKIE >> (56 - 8 * i));
	hear(copy, len, false);
	len = auth_sign(&key, copy, len, sizeof(copy));
	tail = packet_tail_read(copy, len);
	hear(copy, len, tail.kind == TAIL_MAC);
	return 0;
}
