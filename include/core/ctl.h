/* SPDX-License-Identifier: ISC */
/*
 * ctl.h - the header of a control message, mode 6 (RFC 9327 section 2), both
 * ways.
 *
 * A codec, as packet.h is for time: what is said in a message is view/mode6.h's.
 */
#ifndef CORE_CTL_H
#define CORE_CTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CTL_HEADER 12 /* octets */
#define CTL_DATA 468  /* octets of data in a message of ours, at most */
#define CTL_MAX (CTL_HEADER + CTL_DATA)

/* A request may bring as much data, and a MAC of a key, that we do not ask
 * for, behind it: padded to 8 octets. */
#define CTL_REQUEST_MAX (CTL_MAX + 32)

enum ctl_op {
	CTL_READSTAT = 1,
	CTL_READVAR = 2,
	CTL_WRITEVAR = 3,
	CTL_READCLOCK = 4,
	CTL_WRITECLOCK = 5,
	CTL_SETTRAP = 6,
	CTL_CONFIGURE = 8,
	CTL_SAVECONFIG = 9,
	CTL_READ_MRU = 10,
	CTL_READ_LIST = 11,
	CTL_REQ_NONCE = 12,
	CTL_UNSETTRAP = 31
};

/* The first octet of the status of an error. */
enum ctl_error {
	CTL_BAD_FORMAT = 2,
	CTL_BAD_OP = 3,
	CTL_BAD_ASSOCIATION = 4,
	CTL_UNKNOWN_VARIABLE = 5,
	CTL_BAD_VALUE = 6,
	CTL_PROHIBITED = 7
};

struct ctl {
	uint8_t leap;	 /* enum packet_leap: in an answer, ours */
	uint8_t version; /* 1 to 4 */
	bool response, error, more;
	uint8_t op; /* 0 to 31 */
	uint16_t sequence;
	uint16_t status;
	uint16_t association;
	uint16_t offset; /* of these data in all of the answer */
	uint16_t count;	 /* octets of data here */
};

/* False if it is not of mode 6, or says that it has more than it has. */
bool ctl_read(struct ctl *c, const uint8_t *pkt, size_t len);

void ctl_write(const struct ctl *c, uint8_t pkt[CTL_HEADER]);

/*
 * A whole request of one datagram, of a version that there is: everything
 * else is not worth an answer to anybody, an error neither.
 */
bool ctl_is_request(const uint8_t *pkt, size_t len);

/* Something that could be our answer to one. */
bool ctl_is_answer(const uint8_t *pkt, size_t len);

#endif
