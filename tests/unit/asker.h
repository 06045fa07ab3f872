/* SPDX-License-Identifier: ISC */
/*
 * asker.h - who asks for control messages: a world to be asked about, and what
 * came back.
 */
#ifndef ASKER_H
#define ASKER_H

#include "view/mode6.h"

#define ASKER_DATAGRAMS 64

struct asker {
	struct snapshot snapshot;
	struct leap_table leap;
	struct mode6_world world; /* of these two */
	struct mode6 mode6;
	struct addr from; /* 192.0.2.99 */
	struct mono at;

	/* The answer: */
	unsigned datagrams;
	uint8_t pkt[ASKER_DATAGRAMS][CTL_MAX];
	size_t len[ASKER_DATAGRAMS];
	struct ctl head;			   /* of the last datagram */
	char data[MODE6_FRAGMENTS * CTL_DATA + 1]; /* of all, with an end */
	size_t data_len;
};
extern struct asker asker;

/* Synchronised (made.h), at 2025-06-01 00:00:00 UTC; no table of clients. */
void asker_init(void);

/* Asks by a message of version 4, sequence 7; 0 if nothing came. */
unsigned asker_ask(uint8_t op, uint16_t association, const char *data);

/* The same, with octets as they are. */
unsigned asker_send(const uint8_t *pkt, size_t len);

/* The value of a variable of the answer; NULL: it is not there. */
const char *asker_value(const char *name);

/* Of a nonce of its own: "nonce=...". */
const char *asker_nonce(void);

#endif
