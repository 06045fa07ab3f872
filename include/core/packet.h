/* SPDX-License-Identifier: ISC */
/*
 * packet.h - the NTP header and what may follow it, both ways.
 *
 * A codec: octets in, numbers out, and back.  What a packet means, and
 * whether it is believed, is decided by server.c and source.c.
 * RFC 5905 7.3-7.5; extension fields and the MAC behind them: RFC 7822.
 */
#ifndef CORE_PACKET_H
#define CORE_PACKET_H

#include "base/time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PACKET_SIZE 48	/* octets of the header */
#define PACKET_MAX 1408 /* octets; longer datagrams are not NTP to us */
#define NTP_PORT 123

enum packet_mode {
	MODE_SYMMETRIC_ACTIVE = 1,
	MODE_SYMMETRIC_PASSIVE = 2,
	MODE_CLIENT = 3,
	MODE_SERVER = 4,
	MODE_BROADCAST = 5,
	MODE_CONTROL = 6, /* RFC 9327 */
	MODE_PRIVATE = 7
};

#define PACKET_MODES 8 /* there are, with 0 */

/* The mode of a datagram that has an octet at least. */
static inline uint8_t
packet_mode(const uint8_t *pkt)
{
	return pkt[0] & 7;
}

enum packet_leap {
	LEAP_NONE,
	LEAP_INSERT, /* the last minute of the month has 61 seconds */
	LEAP_DELETE, /* it has 59 */
	LEAP_UNSYNC  /* the sender does not know the time */
};

#define STRATUM_UNSYNC 16 /* 1 to 15 know the time; on the wire 0 is a kiss */

struct packet {
	uint8_t leap;	     /* enum packet_leap */
	uint8_t version;     /* 1 to 4; 0 and 5 to 7 are read too */
	uint8_t mode;	     /* enum packet_mode */
	uint8_t stratum;     /* 0: kiss-o'-death, or unspecified */
	int8_t poll;	     /* log2 s */
	int8_t precision;    /* log2 s */
	uint32_t root_delay; /* 16.16 s, to the primary source and back */
	uint32_t root_disp;  /* 16.16 s */
	uint32_t refid;	     /* IPv4 address or hash; text at stratum 0 and 1 */
	struct ntp64 reference;
	struct ntp64 origin;
	struct ntp64 receive;
	struct ntp64 transmit;
};

/*
 * Reads the header.  Octets after it are left alone.
 * False, and *p is zeros where the octets ran out, if len < PACKET_SIZE.
 */
bool packet_read(struct packet *p, const uint8_t *octets, size_t len);

/* Writes the header: exactly PACKET_SIZE octets. */
void packet_write(const struct packet *p, uint8_t octets[PACKET_SIZE]);

/* What stands behind the header. */
enum packet_tail_kind {
	TAIL_NONE,     /* nothing, or extension fields alone */
	TAIL_MAC,      /* key id and digest, the last octets */
	TAIL_NAK,      /* crypto-NAK: four zero octets, no digest */
	TAIL_MALFORMED /* neither fields nor a MAC */
};

struct packet_tail {
	enum packet_tail_kind kind;
	size_t fields_len; /* octets of extension fields, from PACKET_SIZE */
	uint32_t key_id;   /* of TAIL_MAC */
	size_t mac_len;	   /* octets of TAIL_MAC with its key id: 20 or 24;
			      0 otherwise */
};

/*
 * Tells extension fields and MAC apart (RFC 7822 7.5.1.4): fields are
 * walked while more octets are left than the longest MAC; what is left then
 * is a MAC if its length is one.  Needs version 4 for extension fields; an
 * older version may carry a MAC only.
 * len >= PACKET_SIZE.
 */
struct packet_tail packet_tail_read(const uint8_t *octets, size_t len);

/*
 * The next extension field from *at, inside fields_len octets that
 * packet_tail_read() walked; start with *at = 0.  False at the end.  body is
 * borrowed from octets and body_len excludes the four octets of type and
 * length but not the padding.
 */
bool packet_field_next(const uint8_t *octets, const struct packet_tail *t,
    size_t *at, uint16_t *type, const uint8_t **body, size_t *body_len);

#endif
