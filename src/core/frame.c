/* SPDX-License-Identifier: ISC */
#include "core/frame.h"

#include "base/wire.h"
#include "core/packet.h"

#include <string.h>

#define TAGS_MAX 4
#define HEADERS_MAX 8
#define UDP 17
#define UDP_HEADER 8
#define RESPONSE_CONTROL 0x80 /* in the second octet, RFC 9327 2.1 */
#define RESPONSE_PRIVATE 0x80 /* in the first */

enum ether_type {
	ETHER_IPV4 = 0x0800,
	ETHER_IPV6 = 0x86dd,
	ETHER_VLAN = 0x8100,
	ETHER_QINQ = 0x88a8,
	ETHER_QINQ_OLD = 0x9100
};

static void
skip(struct wire *w, size_t n)
{
	if (n > w->left) {
		w->bad = true;
		n = w->left;
	}
	w->at += n;
	w->left -= n;
}

/* ---- NTP and UDP ---- */

static void
read_ntp(struct wire *w, struct talk_event *e)
{
	const uint8_t first = w->left > 0 ? w->at[0] : 0;
	struct packet p;

	e->mode = first & 7;
	e->version = first >> 3 & 7;
	if (e->mode == MODE_CONTROL)
		e->response = w->left > 1 && (w->at[1] & RESPONSE_CONTROL) != 0;
	if (e->mode == MODE_PRIVATE)
		e->response = (first & RESPONSE_PRIVATE) != 0;
	if (e->mode >= MODE_CONTROL || !packet_read(&p, w->at, w->left))
		return;
	e->stamped = true;
	e->precision = p.precision;
	e->origin = p.origin.v;
	e->receive = p.receive.v;
	e->transmit = p.transmit.v;
}

static enum frame_verdict
read_udp(struct wire *w, struct talk_event *e)
{
	uint16_t len;

	e->from.port = wire_u16(w);
	e->to.port = wire_u16(w);
	if (w->bad)
		return FRAME_BAD;
	if (e->from.port != NTP_PORT && e->to.port != NTP_PORT)
		return FRAME_OTHER;
	len = wire_u16(w);
	skip(w, 2); /* the checksum */
	if (w->bad || len < UDP_HEADER)
		return FRAME_BAD;
	e->octets = (uint32_t)(len - UDP_HEADER);
	if (w->left > e->octets)
		w->left = e->octets; /* what is behind it is padding */
	read_ntp(w, e);
	return FRAME_NTP;
}

/* ---- IP ---- */

static enum frame_verdict
read_v4(struct wire *w, struct talk_event *e)
{
	uint8_t first = wire_u8(w), protocol, ip[4];
	uint16_t fragment;

	skip(w, 5); /* service, length, identification */
	fragment = wire_u16(w);
	e->ttl = wire_u8(w);
	protocol = wire_u8(w);
	skip(w, 2);
	wire_copy(w, ip, sizeof(ip));
	e->from = addr_v4(ip);
	wire_copy(w, ip, sizeof(ip));
	e->to = addr_v4(ip);
	if (w->bad || (first & 0xf) < 5)
		return FRAME_BAD;
	skip(w, 4u * ((first & 0xf) - 5u));
	if (protocol != UDP)
		return FRAME_OTHER;
	if ((fragment & 0x1fff) != 0)
		return FRAME_FRAGMENT;
	return read_udp(w, e);
}

/* Extension headers whose length is one of theirs; RFC 8200 section 4. */
static bool
is_extension(uint8_t next)
{
	return next == 0 || next == 43 || next == 60;
}

static enum frame_verdict
read_v6_rest(struct wire *w, uint8_t next, struct talk_event *e)
{
	for (int i = 0; i < HEADERS_MAX; i++) {
		const bool fragment = next == 44, auth = next == 51;
		uint8_t len;
		uint16_t offset;

		if (next == UDP)
			return read_udp(w, e);
		if (!fragment && !auth && !is_extension(next))
			return FRAME_OTHER;
		next = wire_u8(w);
		len = wire_u8(w);
		offset = wire_u16(w);
		if (fragment && (offset & 0xfff8) != 0)
			return next == UDP ? FRAME_FRAGMENT : FRAME_OTHER;
		skip(w, 4);
		if (!fragment && len > 0)
			skip(w, auth ? 4u * (len - 1u) : 8u * len);
		if (w->bad)
			return FRAME_BAD;
	}
	return FRAME_BAD;
}

static enum frame_verdict
read_v6(struct wire *w, struct talk_event *e)
{
	uint8_t next, ip[16];

	skip(w, 6); /* version, class, flow, length */
	next = wire_u8(w);
	e->ttl = wire_u8(w);
	wire_copy(w, ip, sizeof(ip));
	e->from = addr_v6(ip);
	wire_copy(w, ip, sizeof(ip));
	e->to = addr_v6(ip);
	if (w->bad)
		return FRAME_BAD;
	return read_v6_rest(w, next, e);
}

static enum frame_verdict
read_ip(struct wire *w, struct talk_event *e)
{
	uint8_t version = w->left > 0 ? w->at[0] >> 4 : 0;

	if (version == 4)
		return read_v4(w, e);
	return version == 6 ? read_v6(w, e) : FRAME_BAD;
}

/* ---- links ---- */

static enum frame_verdict
read_typed(struct wire *w, uint16_t type, struct talk_event *e)
{
	for (int i = 0; i < TAGS_MAX; i++) {
		if (type != ETHER_VLAN && type != ETHER_QINQ &&
		    type != ETHER_QINQ_OLD)
			break;
		skip(w, 2);
		type = wire_u16(w);
	}
	if (w->bad)
		return FRAME_BAD;
	if (type != ETHER_IPV4 && type != ETHER_IPV6)
		return FRAME_OTHER;
	return read_ip(w, e);
}

static enum frame_verdict
read_ethernet(struct wire *w, struct talk_event *e)
{
	skip(w, 12);
	return read_typed(w, wire_u16(w), e);
}

static enum frame_verdict
read_cooked(struct wire *w, struct talk_event *e)
{
	skip(w, 14);
	return read_typed(w, wire_u16(w), e);
}

static enum frame_verdict
read_cooked2(struct wire *w, struct talk_event *e)
{
	uint16_t type = wire_u16(w);

	skip(w, 18);
	return read_typed(w, type, e);
}

/* The family, whose number differs between systems; IP tells itself. */
static enum frame_verdict
read_loopback(struct wire *w, struct talk_event *e)
{
	skip(w, 4);
	return w->bad ? FRAME_BAD : read_ip(w, e);
}

/* The header's length, without what pads it to four octets, comes first; the
 * third octet is what was done: 0 is pass. */
static enum frame_verdict
read_pflog(struct wire *w, struct talk_event *e)
{
	uint8_t len = wire_u8(w), action;

	skip(w, 1);
	action = wire_u8(w);
	if (w->bad || len < 4)
		return FRAME_BAD;
	skip(w, ((len + 3u) & ~3u) - 3u);
	e->fate = action == 0 ? TALK_PASSED : TALK_BLOCKED;
	return w->bad ? FRAME_BAD : read_ip(w, e);
}

/* Numbers of libpcap's link types, which never change. */
static const struct {
	int link;
	enum frame_verdict (*read)(struct wire *w, struct talk_event *e);
} reader[] = {
	{ 1, read_ethernet },
	{ 113, read_cooked },
	{ 276, read_cooked2 },
	{ 12, read_ip },
	{ 14, read_ip },
	{ 101, read_ip },
	{ 228, read_ip },
	{ 229, read_ip },
	{ 0, read_loopback },
	{ 108, read_loopback },
	{ 117, read_pflog },
};

#define READERS (sizeof(reader) / sizeof(reader[0]))

bool
frame_knows(int link)
{
	for (size_t i = 0; i < READERS; i++)
		if (reader[i].link == link)
			return true;
	return false;
}

enum frame_verdict
frame_read(int link, const uint8_t *octets, size_t len, struct talk_event *e)
{
	struct wire w = { .at = octets, .left = len };

	*e = (struct talk_event){ .packets = 1 };
	for (size_t i = 0; i < READERS; i++)
		if (reader[i].link == link)
			return reader[i].read(&w, e);
	return FRAME_BAD;
}
