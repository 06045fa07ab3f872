/* SPDX-License-Identifier: ISC */
/*
 * dhcp.h - as much of DHCP as it takes to ask which time servers are handed
 * out, without taking an address.
 *
 * IPv4: a DISCOVER, whose OFFERs nobody follows up (RFC 2131; option 42, RFC
 * 2132 8.3).  IPv6: an Information-request (RFC 8415 18.2.6), which takes
 * nothing by nature; options 31 (RFC 4075) and 56 (RFC 5908).
 *
 * Names and addresses of an answer are a stranger's: they are printed only
 * because what is no name is refused here.
 */
#ifndef CORE_DHCP_H
#define CORE_DHCP_H

#include "base/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DHCP_PACKET 1500   /* octets of the longest that is read */
#define DHCP4_QUESTION 300 /* RFC 1542 2.1: no shorter one */
#define DHCP6_QUESTION 64
#define DHCP4_PORT 67  /* of servers; clients have the next */
#define DHCP6_PORT 547 /* of servers; clients have the one before */
#define DHCP_SERVERS 16
#define DHCP_NAMES 4
#define DHCP_NAME 256

struct dhcp_question {
	uint32_t xid;	/* random; IPv6 uses 24 bits of it */
	uint8_t mac[6]; /* of the interface */
};

struct dhcp_answer {
	struct addr server;  /* IPv4: who offers; ADDR_NONE: not said */
	struct addr offered; /* IPv4: the address that we do not take */
	bool listed;	     /* option 42 or 31 is there */
	unsigned servers;
	struct addr server_at[DHCP_SERVERS]; /* in option 42 or 31 */
	unsigned sources;		     /* options 56 */
	unsigned source_addrs, source_names;
	struct addr source[DHCP_SERVERS];
	char source_name[DHCP_NAMES][DHCP_NAME];
	bool crowded; /* one option 56 held more than one source */
	bool bad;     /* one of these options is not as it must be */
};

/* Each writes the question and returns its length.  The client identifier is
 * our own, so that no lease of this host is touched. */
size_t dhcp4_discover(const struct dhcp_question *q,
    uint8_t pkt[DHCP4_QUESTION]);
size_t dhcp6_inform(const struct dhcp_question *q, uint8_t pkt[DHCP6_QUESTION]);

/* True if it is an OFFER (IPv6: a Reply) to this question; then *a is filled
 * with what could be read. */
bool dhcp4_offer(const struct dhcp_question *q, const uint8_t *pkt, size_t len,
    struct dhcp_answer *a);
bool dhcp6_reply(const struct dhcp_question *q, const uint8_t *pkt, size_t len,
    struct dhcp_answer *a);

#endif
