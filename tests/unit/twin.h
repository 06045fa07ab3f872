/* SPDX-License-Identifier: ISC */
/*
 * twin.h - another gateway for tests of the link: its raw clock gains drift
 * seconds a second on ours, and is offset ahead when ours reads 0.
 */
#ifndef TWIN_H
#define TWIN_H

#include "core/sibling.h"

#define TWIN_LIFE 0x1111
#define TWIN_OURS 0x2222
#define TWIN_NOON INT64_C(1767225600) /* 2026-01-01: our raw clock reads 0 */

struct twin {
	struct sibling s; /* what we know of it */
	struct leap_table leap;
	struct scale scale;
	struct auth_key key;
	double offset, drift;
	double ahead;		  /* s, its served clock to ours */
	double there, back, held; /* s */
	struct link_word word;
	bool speaks; /* our field */
	uint8_t leap_said, stratum;
	uint8_t pkt[PACKET_MAX], reply[PACKET_MAX];
	size_t len, reply_len;
	struct addr to;
};

extern struct twin twin;

struct mono twin_raw(double t);	   /* ours at t */
struct mono twin_its(double t);	   /* its raw clock then */
struct wall twin_wall(double t);   /* our served clock, which is right */
struct addr twin_addr(unsigned i); /* 192.0.2.1 + i, port 123 */

/* One address, a key, 1 ms each way, held for 1 ms. */
void twin_setup(void);

/* Asks at t: was it time? */
bool twin_ask(double t);

/* Its answer to that in twin.reply; what comes of a change there needs
 * twin_sign(). */
void twin_answer(double t);
void twin_sign(void);

/* twin.reply comes from where we asked. */
enum sibling_verdict twin_receive(double t);

/* Question, answer and all, begun at t. */
enum sibling_verdict twin_exchange(double t);

#endif
