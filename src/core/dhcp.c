/* SPDX-License-Identifier: ISC */
#include "core/dhcp.h"

#include "base/wire.h"

#include <string.h>

/* ---- IPv4, RFC 2131 figure 1 ---- */

#define BOOTREQUEST 1
#define BOOTREPLY 2
#define ETHERNET 1
#define MAC 6
#define CHADDR 16
#define SNAME 64
#define FILE_NAME 128
#define BROADCAST 0x8000u
#define COOKIE 0x63825363u
#define DISCOVER 1
#define OFFER 2

enum {
	PAD = 0,
	NTP_SERVERS = 42,
	OVERLOAD = 52,
	MESSAGE = 53,
	SERVER = 54,
	LIST = 55,
	CLIENT = 61,
	END = 255
};

static const char identity[] = "ntpgate"; /* before the MAC */

static void
put_option(struct wire_out *w, uint8_t code, const void *value, size_t len)
{
	wire_put_u8(w, code);
	wire_put_u8(w, (uint8_t)len);
	wire_put(w, value, len);
}

size_t
dhcp4_discover(const struct dhcp_question *q, uint8_t pkt[DHCP4_QUESTION])
{
	static const uint8_t message = DISCOVER,
			     wanted[] = { 1, 3, 6, NTP_SERVERS };
	struct wire_out w = { .at = pkt, .left = DHCP4_QUESTION };
	/* Type 0: not a hardware address alone (RFC 2132 9.14). */
	uint8_t id[1 + sizeof(identity) - 1 + MAC] = { 0 };

	memset(pkt, 0, DHCP4_QUESTION);
	memcpy(id + 1, identity, sizeof(identity) - 1);
	memcpy(id + sizeof(identity), q->mac, MAC);
	wire_put_u8(&w, BOOTREQUEST);
	wire_put_u8(&w, ETHERNET);
	wire_put_u8(&w, MAC);
	wire_put_u8(&w, 0); /* hops */
	wire_put_u32(&w, q->xid);
	wire_put_u16(&w, 0); /* seconds */
	/* We do not have the offered address: answer to all. */
	wire_put_u16(&w, BROADCAST);
	w.at += 16; /* four addresses, unknown */
	w.left -= 16;
	wire_put(&w, q->mac, MAC);
	w.at += CHADDR - MAC + SNAME + FILE_NAME;
	w.left -= CHADDR - MAC + SNAME + FILE_NAME;
	wire_put_u32(&w, COOKIE);
	put_option(&w, MESSAGE, &message, 1);
	put_option(&w, CLIENT, id, sizeof(id));
	put_option(&w, LIST, wanted, sizeof(wanted));
	wire_put_u8(&w, END);
	return DHCP4_QUESTION;
}

/* What the options of one message say. */
struct options4 {
	uint8_t message, overload;
	struct addr server;
	uint8_t ntp[4 * DHCP_SERVERS];
	size_t ntp_len;
	bool listed, bad;
};

/* A long option comes in several parts (RFC 3396).  What is beyond our room is
 * left out, which is no fault of the server's. */
static void
take_servers(struct options4 *o, struct wire value)
{
	size_t room = sizeof(o->ntp) - o->ntp_len;
	size_t n = value.left < room ? value.left : room;

	o->listed = true;
	wire_copy(&value, o->ntp + o->ntp_len, n);
	o->ntp_len += n;
}

static void
take_option(struct options4 *o, uint8_t code, struct wire value)
{
	uint8_t ip[4];

	if (code == MESSAGE && value.left == 1)
		o->message = wire_u8(&value);
	if (code == OVERLOAD && value.left == 1)
		o->overload = wire_u8(&value);
	if (code == SERVER && value.left == 4) {
		wire_copy(&value, ip, 4);
		o->server = addr_v4(ip);
	}
	if (code == NTP_SERVERS)
		take_servers(o, value);
}

static void
read_options(struct options4 *o, struct wire w)
{
	while (w.left > 0 && !w.bad) {
		uint8_t code = wire_u8(&w);
		struct wire value;

		if (code == PAD)
			continue;
		if (code == END)
			return;
		value = (struct wire){ .left = wire_u8(&w) };
		if (w.bad || value.left > w.left) {
			o->bad = true;
			return;
		}
		value.at = w.at;
		w.at += value.left;
		w.left -= value.left;
		take_option(o, code, value);
	}
}

/* RFC 2131 4.1: the names of host and file may be options, too. */
static void
read_overload(struct options4 *o, const uint8_t *sname)
{
	const uint8_t where = o->overload;

	if (where & 1)
		read_options(o,
		    (struct wire){ .at = sname + SNAME, .left = FILE_NAME });
	if (where & 2)
		read_options(o, (struct wire){ .at = sname, .left = SNAME });
}

static void
fill(struct dhcp_answer *a, const struct options4 *o)
{
	a->server = o->server;
	a->listed = o->listed;
	a->bad =
	    o->bad || (o->listed && o->ntp_len == 0) || o->ntp_len % 4 != 0;
	for (size_t i = 0; i + 4 <= o->ntp_len; i += 4)
		a->server_at[a->servers++] = addr_v4(o->ntp + i);
}

bool
dhcp4_offer(const struct dhcp_question *q, const uint8_t *pkt, size_t len,
    struct dhcp_answer *a)
{
	struct wire w = { .at = pkt, .left = len };
	struct options4 o = { 0 };
	uint8_t head[4], rest[8], ip[4], mac[CHADDR];
	const uint8_t *sname;
	uint32_t xid;

	*a = (struct dhcp_answer){ 0 };
	wire_copy(&w, head, sizeof(head));
	xid = wire_u32(&w);
	wire_copy(&w, rest, sizeof(rest)); /* seconds, flags, ciaddr */
	wire_copy(&w, ip, sizeof(ip));
	wire_copy(&w, rest, sizeof(rest)); /* siaddr, giaddr */
	wire_copy(&w, mac, sizeof(mac));
	if (w.bad || w.left < SNAME + FILE_NAME)
		return false;
	sname = w.at;
	w.at += SNAME + FILE_NAME;
	w.left -= SNAME + FILE_NAME;
	if (head[0] != BOOTREPLY || xid != q->xid ||
	    memcmp(mac, q->mac, MAC) != 0 || wire_u32(&w) != COOKIE)
		return false;
	read_options(&o, w);
	read_overload(&o, sname);
	if (o.message != OFFER)
		return false;
	a->offered = addr_v4(ip);
	fill(a, &o);
	return true;
}

/* ---- IPv6, RFC 8415 section 8 ---- */

#define INFORMATION_REQUEST 11
#define REPLY 7
#define XID6 0xffffffu
#define DUID_LL 3

enum { CLIENT6 = 1, ORO = 6, ELAPSED = 8, SNTP = 31, NTP = 56 };
enum { SUB_ADDR = 1, SUB_MULTICAST = 2, SUB_FQDN = 3 };

size_t
dhcp6_inform(const struct dhcp_question *q, uint8_t pkt[DHCP6_QUESTION])
{
	struct wire_out w = { .at = pkt, .left = DHCP6_QUESTION };

	wire_put_u32(&w, (uint32_t)INFORMATION_REQUEST << 24 | (q->xid & XID6));
	wire_put_u16(&w, CLIENT6);
	wire_put_u16(&w, 4 + MAC);
	wire_put_u16(&w, DUID_LL);
	wire_put_u16(&w, ETHERNET);
	wire_put(&w, q->mac, MAC);
	wire_put_u16(&w, ORO);
	wire_put_u16(&w, 4);
	wire_put_u16(&w, SNTP);
	wire_put_u16(&w, NTP);
	wire_put_u16(&w, ELAPSED);
	wire_put_u16(&w, 2);
	wire_put_u16(&w, 0);
	return DHCP6_QUESTION - w.left;
}

/* The next option, its value cut off from w; false at the end, or when it
 * does not fit, which w then says. */
static bool
next_option(struct wire *w, uint16_t *code, struct wire *value)
{
	if (w->left == 0 || w->bad)
		return false;
	*code = wire_u16(w);
	*value = (struct wire){ .left = wire_u16(w) };
	if (w->bad || value->left > w->left) {
		w->bad = true;
		return false;
	}
	value->at = w->at;
	w->at += value->left;
	w->left -= value->left;
	return true;
}

/* Letters, digits, hyphens and underscores, which a terminal can bear. */
static bool
is_label(const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!(p[i] >= 'a' && p[i] <= 'z') &&
		    !(p[i] >= 'A' && p[i] <= 'Z') &&
		    !(p[i] >= '0' && p[i] <= '9') && p[i] != '-' && p[i] != '_')
			return false;
	return true;
}

/* RFC 1035 3.1, without compression (RFC 8415 10). */
static bool
read_name(struct wire w, char name[DHCP_NAME])
{
	size_t at = 0;

	while (w.left > 0) {
		size_t n = wire_u8(&w);

		if (n == 0)
			break;
		if (n > 63 || n > w.left || at + n + 2 > DHCP_NAME ||
		    !is_label(w.at, n))
			return false;
		if (at > 0)
			name[at++] = '.';
		wire_copy(&w, name + at, n);
		at += n;
	}
	name[at] = '\0';
	return at > 0 && w.left == 0;
}

static void
take_addr(struct dhcp_answer *a, struct wire *value)
{
	uint8_t ip[16];

	wire_copy(value, ip, 16);
	if (a->source_addrs < DHCP_SERVERS)
		a->source[a->source_addrs++] = addr_v6(ip);
}

/* RFC 5908 4: each option holds one source. */
static void
take_source(struct dhcp_answer *a, struct wire w)
{
	unsigned found = 0;
	uint16_t code = 0;
	struct wire value;

	while (next_option(&w, &code, &value)) {
		found++;
		if ((code == SUB_ADDR || code == SUB_MULTICAST) &&
		    value.left == 16)
			take_addr(a, &value);
		else if (code == SUB_FQDN && a->source_names < DHCP_NAMES &&
		    read_name(value, a->source_name[a->source_names]))
			a->source_names++;
		else if (code <= SUB_FQDN)
			a->bad = true;
	}
	a->sources++;
	a->bad |= w.bad || found == 0;
	a->crowded |= found > 1;
}

static void
take_sntp(struct dhcp_answer *a, struct wire value)
{
	uint8_t ip[16];

	a->listed = true;
	a->bad |= value.left == 0 || value.left % 16 != 0;
	while (value.left >= 16 && a->servers < DHCP_SERVERS) {
		wire_copy(&value, ip, 16);
		a->server_at[a->servers++] = addr_v6(ip);
	}
}

bool
dhcp6_reply(const struct dhcp_question *q, const uint8_t *pkt, size_t len,
    struct dhcp_answer *a)
{
	struct wire w = { .at = pkt, .left = len };
	uint32_t head = wire_u32(&w);
	struct wire value;
	uint16_t code = 0;

	*a = (struct dhcp_answer){ 0 };
	if (w.bad || head != ((uint32_t)REPLY << 24 | (q->xid & XID6)))
		return false;
	while (next_option(&w, &code, &value))
		if (code == SNTP)
			take_sntp(a, value);
		else if (code == NTP)
			take_source(a, value);
	a->bad |= w.bad;
	return true;
}
