/* SPDX-License-Identifier: ISC */
/*
 * Any octets as the reply to a question: as they came; with our cookie as
 * origin, so that they get further; and, to a source with a key, signed too.
 * A sample has a delay above zero and closes the question; nothing that does
 * not carry the cookie closes it; and no reply is taken twice.
 */
#include "core/source.h"

#include <assert.h>
#include <math.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *pkt, size_t len);

#define T0 INT64_C(1800000000000000000)
#define COOKIE UINT64_C(0xfeedfacecafebeef)
#define ORIGIN 24 /* octet of the header */

static const struct leap_table no_leaps;
static const struct auth_key key = { .id = 7,
	.type = AUTH_AES128CMAC,
	.secret_len = 16,
	.secret = "0123456789abcde" };
static struct scale scale;

/* A source that asked a second after the clocks were read. */
static struct source
asked(const struct auth_key *k)
{
	struct source_conf conf = { .host = "192.0.2.1",
		.addr = { .family = ADDR_V4,
		    .ip = { 192, 0, 2, 1 },
		    .port = NTP_PORT },
		.key_id = k != NULL ? k->id : 0 };
	uint8_t question[PACKET_MAX];
	struct source s;

	source_init(&s, &conf);
	source_ask(&s, COOKIE, k, question);
	source_sent(&s, (struct mono){ 1000000000 });
	return s;
}

static bool
has_cookie(const uint8_t *pkt, size_t len)
{
	for (int i = 0; i < 8; i++)
		if (len < PACKET_SIZE ||
		    pkt[ORIGIN + i] != (uint8_t)(COOKIE >> (56 - 8 * i)))
			return false;
	return true;
}

static enum source_verdict
reply(const uint8_t *pkt, size_t len, const struct auth_key *k)
{
	struct source s = asked(k);
	struct arrival a = { .pkt = pkt,
		.len = len,
		.from = s.conf.addr,
		.at = { 1010000000 } };
	struct sample out;
	enum source_verdict v = source_receive(&s, &a, k, &scale, &out);

	assert(v < SOURCE_VERDICTS);
	if (v == SOURCE_SAMPLE) {
		assert(out.delay > 0 && isfinite(out.offset));
		assert(sample_distance(&out) >= out.delay / 2);
		assert(!s.asked);
	}
	assert(s.asked || has_cookie(pkt, len));
	assert(source_receive(&s, &a, k, &scale, &out) != SOURCE_SAMPLE);
	a.from.ip[3]++;
	assert(source_receive(&s, &a, k, &scale, &out) != SOURCE_SAMPLE);
	return v;
}

int
LLVMFuzzerTestOneInput(const uint8_t *pkt, size_t len)
{
	uint8_t copy[PACKET_MAX + AUTH_MAC_MAX];

	scale_init(&scale, (struct mono){ 0 }, (struct wall){ T0 },
	    (struct wall){ T0 - 86400000000000 }, &no_leaps);
	reply(pkt, len, NULL);
	if (len < PACKET_SIZE || len > PACKET_MAX)
		return 0;
	memcpy(copy, pkt, len);
	for (int i = 0; i < 8; i++)
		copy[ORIGIN + i] = (uint8_t)(COOKIE >> (56 - 8 * i));
	reply(copy, len, NULL);
	assert(reply(copy, len, &key) != SOURCE_SAMPLE);
	len = auth_sign(&key, copy, len, sizeof(copy));
	reply(copy, len, &key);
	return 0;
}
