/* SPDX-License-Identifier: ISC */
#include "core/ctl.h"

#include "base/wire.h"
#include "core/packet.h"

#include <string.h>

#define RESPONSE 0x80
#define ERROR 0x40
#define MORE 0x20
#define OP 0x1f

bool
ctl_read(struct ctl *c, const uint8_t *pkt, size_t len)
{
	struct wire w = { pkt, len, false };
	uint8_t first = wire_u8(&w), second = wire_u8(&w);

	*c = (struct ctl){ .leap = first >> 6,
		.version = first >> 3 & 7,
		.response = (second & RESPONSE) != 0,
		.error = (second & ERROR) != 0,
		.more = (second & MORE) != 0,
		.op = second & OP };
	c->sequence = wire_u16(&w);
	c->status = wire_u16(&w);
	c->association = wire_u16(&w);
	c->offset = wire_u16(&w);
	c->count = wire_u16(&w);
	return !w.bad && packet_mode(pkt) == MODE_CONTROL && c->count <= w.left;
}

void
ctl_write(const struct ctl *c, uint8_t pkt[CTL_HEADER])
{
	struct wire_out w = { pkt, CTL_HEADER, false };

	wire_put_u8(&w,
	    (uint8_t)(c->leap << 6 | c->version << 3 | MODE_CONTROL));
	wire_put_u8(&w,
	    (uint8_t)((c->response ? RESPONSE : 0) | (c->error ? ERROR : 0) |
		(c->more ? MORE : 0) | (c->op & OP)));
	wire_put_u16(&w, c->sequence);
	wire_put_u16(&w, c->status);
	wire_put_u16(&w, c->association);
	wire_put_u16(&w, c->offset);
	wire_put_u16(&w, c->count);
}

bool
ctl_is_request(const uint8_t *pkt, size_t len)
{
	struct ctl c;

	return len <= CTL_REQUEST_MAX && ctl_read(&c, pkt, len) &&
	    c.version >= 1 && c.version <= 4 && !c.response && !c.error &&
	    !c.more && c.offset == 0 && c.count <= CTL_DATA;
}

bool
ctl_is_answer(const uint8_t *pkt, size_t len)
{
	struct ctl c;

	return len <= CTL_MAX && ctl_read(&c, pkt, len) && c.response;
}
