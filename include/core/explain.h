/* SPDX-License-Identifier: ISC */
/*
 * explain.h - what an address is that speaks NTP in a log or a capture: the
 * verdict, the evidence, and whether anybody should be told.
 *
 * Rules are asked from the worst kind on, and the first that holds decides.
 * A false alarm does more harm than a miss: who is taken for an attacker and
 * is none gets angry letters, and the next letter is not read.
 */
#ifndef CORE_EXPLAIN_H
#define CORE_EXPLAIN_H

#include "base/text.h"
#include "core/talk.h"

enum explain_kind {
	EXPLAIN_REFLECTOR, /* sends far more than was asked for */
	EXPLAIN_VICTIM,	   /* gets that */
	EXPLAIN_FLOOD,	   /* sends far too much */
	EXPLAIN_FLOODED,   /* gets it, from addresses that are forged */
	EXPLAIN_SPOOFED,   /* answers what nobody asked */
	EXPLAIN_ATTEMPT,   /* wants to make a reflector of somebody */
	EXPLAIN_SCAN,	   /* asks one address after the other */
	EXPLAIN_HAMMER,	   /* a client that asks too often */
	EXPLAIN_CONTROL,   /* asks for the state of a daemon */
	EXPLAIN_NAT,	   /* several clients behind one address */
	EXPLAIN_BURST,	   /* a client that starts */
	EXPLAIN_LIKELY,	   /* answers, whose questions are not in the file */
	EXPLAIN_ANSWERS,   /* answers to questions of inside hosts */
	EXPLAIN_PEER,	   /* symmetric modes */
	EXPLAIN_SERVER,
	EXPLAIN_BROADCAST,
	EXPLAIN_CLIENT,
	EXPLAIN_TARGET, /* was asked, or answered, and said nothing */
	EXPLAIN_UNCLEAR,
	EXPLAIN_KINDS
};

enum explain_to {
	EXPLAIN_NOBODY,
	EXPLAIN_OWNER,	  /* of this inside host */
	EXPLAIN_OPERATOR, /* of the outside address: its abuse contact */
	EXPLAIN_PROVIDER  /* ours: only there it can be stopped */
};

/* After talks_sum(). */
enum explain_kind explain_judge(const struct talks *t,
    const struct talk_host *h);

/* Judges every host: host.kind. */
void explain_all(struct talks *t);

/* Is this kind an attack, whoever is behind it? */
bool explain_is_attack(enum explain_kind k);

enum explain_to explain_whom(enum explain_kind k, const struct talk_host *h);

/* A word for programs: "reflector", "answers". */
const char *explain_kind_name(enum explain_kind k);
/* "answers to our own questions" */
const char *explain_kind_title(enum explain_kind k);
const char *explain_to_name(enum explain_to to);

/* Questions a second that it sent, over its time in the file; 0 if unknown. */
double explain_rate(const struct talk_host *h);

/* The verdict in one sentence; what was seen; and whom to write to, or not. */
void explain_verdict(const struct talks *t, const struct talk_host *h,
    enum explain_kind k, struct text *out);
void explain_evidence(const struct talks *t, const struct talk_host *h,
    struct text *out);
void explain_advice(const struct talk_host *h, enum explain_kind k,
    struct text *out);

/* "2026-11-22 03:12:05" */
void explain_when(const struct talks *t, int64_t at, struct text *out);

/*
 * The hosts, the worst kind first, and of a kind those with most packets;
 * order has room for t->hosts.  How many there are.  After explain_all().
 */
unsigned explain_order(const struct talks *t, uint32_t *order);

#endif
