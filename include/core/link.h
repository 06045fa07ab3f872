/* SPDX-License-Identifier: ISC */
/*
 * link.h - what two gateways of a site tell each other, as octets.
 *
 * An ordinary NTP client/server exchange with a MAC (RFC 5905, RFC 8573), and
 * in question and answer one extension field of private-use type (RFC 9748)
 * and the same length, so that nothing amplifies.  Only the answer's field
 * says something: it is under the MAC together with the cookie of our own
 * question, so a replay is nothing, and the freshness of what it says is
 * known.  The question's field is version, flags and zeros: its one flag says
 * that the sender has news, and that it should be asked in return.  All
 * numbers are in network order; seconds are IEEE 754 doubles or, as "f32",
 * floats; instants are signed nanoseconds of the sender's raw clock, which
 * begins anywhere.
 *
 *	octet	0	type 0xF17B, length LINK_FIELD (RFC 7822)
 *		4	version (1), count of items, state, flags
 *		8	life: random, chosen anew when the sender starts
 *		16	raw clock when the question came
 *		24	raw clock when the answer left
 *		32	name of the sender, filled with zeros (LINK_NAME octets)
 *		64	TAI - raw of the sender's served clock, ns, at octet 72
 *		72	raw clock when all this was written
 *		80	rate of the served clock against raw, f64
 *		88	error bound, s, f64 (95 %; infinite: unknown)
 *		96	sigma of frequency, f32; T, s, f32
 *		104	packets sent upstream today, u32; steps of clock, u32
 *		112	digests: LINK_DIGESTS times u32
 *		136	items, LINK_ITEM octets each, LINK_ITEMS of them:
 *			0	address (16), port (2), family (1), flags (1)
 *			20	serial of the newest sample, u32
 *			24	raw clock when it was last asked; 0: never
 *			32	LINK_SAMPLES samples, newest first, 32 octets:
 *				raw instant (8); TAI - raw then, ns (8);
 *				delay, floor, root delay, root dispersion, f32
 *			160	a stratum a sample, 0: there is none (4);
 *				a leap a sample (4)
 *		then	zeros to LINK_FIELD
 *
 * What is not said is zeros.  A field of another length or version is no word
 * of a sibling: it is passed over as an unknown field is.
 */
#ifndef CORE_LINK_H
#define CORE_LINK_H

#include "base/addr.h"
#include "base/time.h"
#include "core/packet.h"

#include <stdbool.h>
#include <stdint.h>

#define LINK_TYPE 0xF17B
#define LINK_VERSION 1
#define LINK_ITEMS 7
#define LINK_SAMPLES 4
#define LINK_NAME 32
#define LINK_ITEM 168
#define LINK_HEAD 136
#define LINK_FIELD (LINK_HEAD + LINK_ITEMS * LINK_ITEM)
#define LINK_STATES 5	  /* of enum engine_state */
#define LINK_RATE_MAX 0.1 /* s/s; more is no clock */

/* What both configurations should agree in; digests are compared one by one,
 * so that an operator can be told what differs. */
enum link_digest {
	LINK_SERVERS,  /* hosts, ports, spares; in any order */
	LINK_POLL,     /* poll.min, poll.max */
	LINK_ACCURACY, /* upstream.accuracy */
	LINK_BUDGET,   /* budget.day */
	LINK_ORPHAN,   /* serve.orphan */
	LINK_STEP,     /* step.limit, step.slew */
	LINK_DIGESTS
};

enum link_item_flag {
	LINK_RATED = 1,	 /* it asked the sender to slow down, lately */
	LINK_DENIED = 2, /* it does not want the sender */
	LINK_SILENT = 4	 /* it does not answer the sender */
};

enum link_flag {
	LINK_LEADS = 1, /* nobody upstream: the sender leads */
	LINK_OWN = 2,	/* it is synchronised by samples of its own */
	LINK_NEWS = 128 /* of a question alone: ask me in return */
};

struct link_sample {
	struct mono at;				    /* the sender's raw clock */
	int64_t tai_ns;				    /* TAI - that */
	double delay, floor, root_delay, root_disp; /* s */
	uint8_t stratum, leap;
};

/* One upstream server, as the sender meets it. */
struct link_item {
	struct addr addr; /* who it is: never the name */
	unsigned flags;	  /* enum link_item_flag */
	bool asked;
	struct mono last; /* asked by the sender; the sender's raw clock */
	uint32_t serial;  /* of sample[0]; sample[k] has serial - k */
	unsigned samples; /* the sender's own */
	struct link_sample sample[LINK_SAMPLES]; /* newest first */
};

struct link_word {
	uint64_t life;
	struct mono came, left; /* of the exchange; link_stamp() */
	char name[LINK_NAME];	/* always ends with a zero */
	unsigned state;		/* enum engine_state */
	unsigned flags;		/* enum link_flag */
	struct mono at;		/* when it was written */
	int64_t served_ns;	/* TAI - raw of the served clock, then */
	double rate;		/* s/s: served against raw */
	double bound;		/* s, 95 % */
	double frequency_sigma; /* s/s */
	double interval_s;	/* T */
	uint32_t sent_day;
	uint32_t steps;
	uint32_t digest[LINK_DIGESTS];
	unsigned items;
	struct link_item item[LINK_ITEMS];
};

/* The field, with its type and length.  Strings are cut, other octets than
 * printable ASCII become '?', numbers that no float can hold infinite. */
void link_write(const struct link_word *w, uint8_t field[LINK_FIELD]);

/* A question's field; news: with LINK_NEWS. */
void link_ask(uint8_t field[LINK_FIELD], bool news);

/* Has the sender of a question with this field news? */
bool link_news(const uint8_t field[LINK_FIELD]);

/* Puts the two stamps of an exchange into a field that link_write() made. */
void link_stamp(uint8_t field[LINK_FIELD], struct mono came, struct mono left);

/*
 * The field of a sibling among those behind the header, type and length
 * included; NULL if there is none of this version and length, or two.
 */
const uint8_t *link_find(const uint8_t *octets, const struct packet_tail *t);

/*
 * Reads a field that link_find() found.  False, and *w is zeros, if a number
 * in it is none (NaN, a negative delay, an instant beyond 146 years, a life
 * of 0, a count, state or family too large, a name that is not printable
 * ASCII) or if it says something where nothing can be said: nothing of such a
 * word is used.  What was read, link_write() writes octet by octet.
 */
bool link_read(struct link_word *w, const uint8_t field[LINK_FIELD]);

#endif
