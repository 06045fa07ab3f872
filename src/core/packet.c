/* SPDX-License-Identifier: ISC */
#include "core/packet.h"

#include "base/wire.h"

#include <string.h>

#define FIELD_MIN 16   /* RFC 7822 7.5.1.3 */
#define FIELD_HEAD 4   /* type and length */
#define MAC_SHORT 20   /* key id and 16 octets */
#define MAC_LONG 24    /* key id and 20 octets */
#define NAK_LEN 4      /* key id zero, and nothing more */
#define FIELDS_SINCE 4 /* the version that brought extension fields */

bool
packet_read(struct packet *p, const uint8_t *octets, size_t len)
{
	struct wire w = { .at = octets, .left = len };
	uint8_t first = wire_u8(&w);

	p->leap = first >> 6;
	p->version = first >> 3 & 7;
	p->mode = first & 7;
	p->stratum = wire_u8(&w);
	p->poll = (int8_t)wire_u8(&w);
	p->precision = (int8_t)wire_u8(&w);
	p->root_delay = wire_u32(&w);
	p->root_disp = wire_u32(&w);
	p->refid = wire_u32(&w);
	p->reference.v = wire_u64(&w);
	p->origin.v = wire_u64(&w);
	p->receive.v = wire_u64(&w);
	p->transmit.v = wire_u64(&w);
	return !w.bad;
}

void
packet_write(const struct packet *p, uint8_t octets[PACKET_SIZE])
{
	struct wire_out w = { .at = octets, .left = PACKET_SIZE };

	wire_put_u8(&w,
	    (uint8_t)((p->leap & 3) << 6 | (p->version & 7) << 3 |
		(p->mode & 7)));
	wire_put_u8(&w, p->stratum);
	wire_put_u8(&w, (uint8_t)p->poll);
	wire_put_u8(&w, (uint8_t)p->precision);
	wire_put_u32(&w, p->root_delay);
	wire_put_u32(&w, p->root_disp);
	wire_put_u32(&w, p->refid);
	wire_put_u64(&w, p->reference.v);
	wire_put_u64(&w, p->origin.v);
	wire_put_u64(&w, p->receive.v);
	wire_put_u64(&w, p->transmit.v);
}

/* Length of the extension field at w, or 0 if there is no whole one. */
static size_t
field_len(struct wire w)
{
	size_t left = w.left;

	wire_u16(&w); /* type */
	size_t len = wire_u16(&w);
	return w.bad || len < FIELD_MIN || len % 4 != 0 || len > left ? 0 : len;
}

/* What the octets at w are, if all fields were taken off before. */
static enum packet_tail_kind
tail_kind(struct wire w)
{
	switch (w.left) {
	case 0:
		return TAIL_NONE;
	case NAK_LEN:
		return wire_u32(&w) == 0 ? TAIL_NAK : TAIL_MALFORMED;
	case MAC_SHORT:
	case MAC_LONG:
		return TAIL_MAC;
	default:
		return TAIL_MALFORMED;
	}
}

struct packet_tail
packet_tail_read(const uint8_t *octets, size_t len)
{
	struct packet_tail t = { .kind = TAIL_MALFORMED };
	struct wire w = { .at = octets + PACKET_SIZE,
		.left = len - PACKET_SIZE };
	bool may_have_fields = (octets[0] >> 3 & 7) >= FIELDS_SINCE;

	while (may_have_fields && w.left > MAC_LONG) {
		size_t n = field_len(w);

		if (n == 0)
			return (struct packet_tail){ .kind = TAIL_MALFORMED };
		w.at += n;
		w.left -= n;
		t.fields_len += n;
	}
	t.kind = tail_kind(w);
	if (t.kind == TAIL_MALFORMED)
		t.fields_len = 0;
	if (t.kind == TAIL_MAC) {
		t.mac_len = w.left;
		t.key_id = wire_u32(&w);
	}
	return t;
}

bool
packet_field_next(const uint8_t *octets, const struct packet_tail *t,
    size_t *at, uint16_t *type, const uint8_t **body, size_t *body_len)
{
	if (*at >= t->fields_len)
		return false;

	struct wire w = { .at = octets + PACKET_SIZE + *at,
		.left = t->fields_len - *at };
	size_t n = field_len(w);

	if (n == 0)
		return false;
	*type = wire_u16(&w);
	*body = octets + PACKET_SIZE + *at + FIELD_HEAD;
	*body_len = n - FIELD_HEAD;
	*at += n;
	return true;
}
