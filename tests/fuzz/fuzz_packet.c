/* SPDX-License-Identifier: ISC */
/*
 * Any octets: a header that was read is written back as it was, and fields,
 * MAC and header make up the whole packet.
 */
#include "core/packet.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *pkt, size_t len);

/* Walks the fields: they lie one behind the other, inside the packet. */
static size_t
walk(const uint8_t *pkt, const struct packet_tail *t)
{
	const uint8_t *body, *end = pkt + PACKET_SIZE;
	size_t at = 0, body_len;
	uint16_t type;

	while (packet_field_next(pkt, t, &at, &type, &body, &body_len)) {
		assert(body == end + 4);
		assert(body_len >= 12 && body_len % 4 == 0);
		end = body + body_len;
	}
	return at;
}

int
LLVMFuzzerTestOneInput(const uint8_t *pkt, size_t len)
{
	static const size_t
	    nak_len[] = { [TAIL_NAK] = 4, [TAIL_MALFORMED] = 0 };
	uint8_t again[PACKET_SIZE];
	struct packet_tail t;
	struct packet p;

	if (!packet_read(&p, pkt, len)) {
		assert(len < PACKET_SIZE);
		return 0;
	}
	packet_write(&p, again);
	assert(memcmp(again, pkt, PACKET_SIZE) == 0);

	t = packet_tail_read(pkt, len);
	assert(walk(pkt, &t) == t.fields_len);
	if (t.kind == TAIL_MALFORMED)
		assert(t.fields_len == 0 && t.mac_len == 0);
	else
		assert(
		    PACKET_SIZE + t.fields_len + t.mac_len + nak_len[t.kind] ==
		    len);
	assert((t.kind == TAIL_MAC) == (t.mac_len == 20 || t.mac_len == 24));
	assert(p.version >= 4 || t.fields_len == 0);
	return 0;
}
