/* SPDX-License-Identifier: ISC */
/*
 * survey.h - which of many servers suit a site: the judgement alone.
 *
 * Somebody reads a catalogue (conf/catalogue.h) and asks servers; here plain
 * structs come in, and verdicts with a sentence go out, in this order:
 *
 *	survey_filter()	 what the catalogue alone speaks against
 *	survey_order()	 whom to ask first, if not all can be asked
 *	survey_heard()	 is this answer worth another question?
 *	survey_judge()	 all answers together: who is distant, wrong, circular
 *	survey_choose()	 the set, and why each other server is not in it
 *
 * Servers of one operator are one voice and are never chosen together; nor
 * are two that follow the same public reference (RFC 8633 3.2).  One network
 * (AS, /24, /48) is shared only where there is nobody else.
 */
#ifndef CORE_SURVEY_H
#define CORE_SURVEY_H

#include "base/addr.h"
#include "core/source.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SURVEY_SERVERS 1024
#define SURVEY_AS 8 /* systems of one server that are looked at */
#define SURVEY_STRATUM 2
#define SURVEY_WANT_MIN 4
#define SURVEY_WANT_MAX 7
#define SURVEY_PACKETS 4 /* to one server */
#define SURVEY_DISTANCE_MAX_S 0.25
#define SURVEY_AGREE_S 0.01 /* beyond half the delay: another time */

enum survey_verdict {
	SURVEY_CANDIDATE, /* nothing speaks against it so far */
	SURVEY_CHOSEN,
	/* by the catalogue */
	SURVEY_TWICE,	   /* the same host as one before */
	SURVEY_POOL,	   /* a name for many hosts */
	SURVEY_ANYCAST,	   /* an address of many hosts */
	SURVEY_STRATUM_NO, /* said, or heard: not 2 */
	SURVEY_PERMISSION, /* it must be asked for first */
	SURVEY_SMEARS,	   /* leap seconds */
	SURVEY_REGION,	   /* none of the words */
	/* by asking */
	SURVEY_UNASKED, /* the budget, or courtesy */
	SURVEY_UNRESOLVED,
	SURVEY_SILENT,
	SURVEY_KISSED,
	SURVEY_UNSYNC,
	SURVEY_UNFIT,	 /* the answer cannot be believed */
	SURVEY_DISTANT,	 /* root distance */
	SURVEY_WRONG,	 /* another time than most: smeared, or mad */
	SURVEY_CIRCULAR, /* follows a candidate, or us, or its own clock */
	/* by the choice */
	SURVEY_SAME_VOICE, /* as one that is chosen */
	SURVEY_NOT_NEEDED,
	SURVEY_VERDICTS
};

/* What the catalogue says of a server: "" and 0 are unknown. */
struct survey_said {
	char host[SOURCE_HOST_MAX]; /* name or address */
	uint16_t port;
	char operator_name[128];
	char location[128];
	char notes[120];
	char permission[120];
	uint32_t as[SURVEY_AS];
	unsigned as_count;
	uint8_t stratum;
	bool virtual_machine;
	unsigned line; /* of the catalogue */
};

/* What asking it said. */
struct survey_found {
	struct addr addr;   /* ADDR_NONE: not known */
	unsigned addresses; /* of the name, in different networks */
	unsigned sent, samples;
	enum source_verdict last; /* of the latest answer, if answered */
	bool answered;
	char kiss[5];
	uint8_t stratum;
	uint32_t refid;
	double offset, delay; /* s, of the sample with the least delay */
	double jitter;	      /* s, spread of the offsets */
	double distance;      /* s, root distance of that sample */
};

struct survey_server {
	struct survey_said said;
	struct survey_found found;
	enum survey_verdict verdict;
	char why[448]; /* a sentence without a full stop */
	unsigned rank; /* of its operator's candidates: 0 is the first */
	double cost;   /* s: delay, and what else speaks against it */
};

struct survey {
	unsigned count;
	struct survey_server server[SURVEY_SERVERS];
};

/* Words that a region goes by, "" at the end of them. */
#define SURVEY_WORDS 32
#define SURVEY_WORD_MAX 64

struct survey_wish {
	unsigned want;				    /* 4 to 7 */
	char region[SURVEY_WORDS][SURVEY_WORD_MAX]; /* none: anywhere */
	const uint32_t *own; /* reference ids that name us; kept */
	unsigned own_count;
};

/* Does the word, or words, stand in text whole?  Letters A to Z in any
 * case. */
bool survey_has_word(const char *text, const char *word);

/* Is the host of those who say that they smear leap seconds? */
bool survey_smears(const char *host);

/* Writes why, and sets the verdict. */
void survey_refuse(struct survey_server *s, enum survey_verdict v,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Who it is run by: the operator, or else the domain; "" if it has neither.
 * Cut to size. */
void survey_operator(const struct survey_said *s, char *buf, size_t size);

/* Case, punctuation and what stands in parentheses do not make another.
 * Where one of the two names no operator, the domains are compared. */
bool survey_same_operator(const struct survey_said *a,
    const struct survey_said *b);

void survey_filter(struct survey *v, const struct survey_wish *w);

/*
 * The candidates' indices in order: each operator's best, then each
 * operator's second, and so on.  How many; sets rank and cost.
 */
unsigned survey_order(struct survey *v, unsigned index[SURVEY_SERVERS]);

/* After each answer or silence: false, and refused with a reason, if it need
 * not be asked again. */
bool survey_heard(struct survey_server *s);

/* Refuses the distant, the wrong, the circular, and one host by two names. */
void survey_judge(struct survey *v, const struct survey_wish *w);

/*
 * Proposes, from the candidates that are left; the number chosen.  asked: by
 * what was measured, and only from those that have samples; else by the
 * catalogue alone.
 */
unsigned survey_choose(struct survey *v, const struct survey_wish *w,
    bool asked);

/* Word for a verdict, for programs: "same-voice". */
const char *survey_verdict_name(enum survey_verdict v);

#endif
