/* SPDX-License-Identifier: ISC */
/*
 * source.h - one upstream server, as its client sees it.
 *
 * A source reads no clock, opens no socket, draws no random number and logs
 * nothing.  When to ask it is schedule.c's and ledger.c's to say; what to ask
 * and what to believe stands here:
 *
 *	source_ask()	  these octets are the question
 *	source_receive()  this came; is it a sample, and if not, why not?
 *	source_miss()	  nothing came in time
 *
 * The question reveals nothing (data minimisation): 64 random bits as
 * transmit stamp, no clock reading, no poll, no stratum.
 * RFC 5905 sections 8 (on-wire protocol) and 9.1; RFC 9109.
 */
#ifndef CORE_SOURCE_H
#define CORE_SOURCE_H

#include "base/addr.h"
#include "base/time.h"
#include "core/auth.h"
#include "core/packet.h"
#include "core/scale.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SOURCE_HOST_MAX 256
#define SOURCE_SAMPLES 8 /* kept for selection, as RFC 5905's clock filter */
#define SOURCE_REFIDS 16
#define SOURCE_REFID_HELD 8 /* of them, to be one's own */

/* What the configuration says of a server. */
struct source_conf {
	char host[SOURCE_HOST_MAX]; /* name or address, as written */
	char operator_name[128];    /* "": not said */
	char permission[256];	    /* "": not said */
	struct addr addr;	    /* family ADDR_NONE: not yet resolved;
					     the port is always set */
	uint32_t key_id;	    /* 0: no authentication */
	uint8_t stratum;	    /* what it should be; 0: not said */
};

/*
 * What people and records know a server by, of which no two in a
 * configuration are the same: its host; where the port is not NTP's, with it:
 * "127.0.0.1:11123", "[2001:db8::1]:11123".  A host too long for that is cut,
 * and what it was is behind "~", as a digest.  Port 0: none is known.
 */
struct source_name {
	char text[SOURCE_HOST_MAX];
};
struct source_name source_name_of(const char *host, uint16_t port);
struct source_name source_name(const struct source_conf *c);

/* What one exchange of packets says. */
struct sample {
	struct mono at; /* half way between question and answer */
	double offset;	/* s, TAI - home (scale.h) */
	double delay;	/* s, there and back without the server's time; > 0 */
	double root_delay; /* s, of the server to its primary source */
	double root_disp;  /* s */
	double gained;	   /* s, what home had gained on raw then (scale.h) */
};

enum source_verdict {
	SOURCE_SAMPLE, /* good: *out is filled */
	SOURCE_SHORT,  /* no whole header */
	SOURCE_MALFORMED, /* tail is neither fields nor MAC, or a stamp is missing */
	SOURCE_STRANGER,    /* not from the address that was asked */
	SOURCE_WRONG_MODE,  /* not a server's reply, or a version that no
				  reply to us has */
	SOURCE_ZERO_ORIGIN, /* origin zero: never an answer to us */
	SOURCE_UNASKED,	    /* answers nothing that we asked: replay, forgery */
	SOURCE_BAD_MAC,	    /* digest missing, wrong or of another key */
	SOURCE_NAK,	    /* crypto-NAK: counted, changes nothing */
	SOURCE_KISS,	    /* told to go away or slow down; see kiss */
	SOURCE_UNSYNC,	    /* leap 3: the server does not know the time */
	SOURCE_STRATUM,	    /* stratum 16 or more */
	SOURCE_NEGATIVE_DELAY, /* the reply came before the request */
	SOURCE_FAR,	       /* root distance above 1.5 s (RFC: MAXDIST) */
	SOURCE_STALE, /* reference stamp over a day old, or in the future;
			 zero, which says nothing, is neither */
	SOURCE_VERDICTS
};

struct source {
	struct source_conf conf;
	bool asked;	     /* a request is out and not yet answered */
	struct ntp64 cookie; /* what we put in transmit: random, not a time */
	struct mono sent;    /* T1, which never leaves this machine */

	uint8_t reach;	 /* RFC 5905: a bit a question, newest lowest */
	unsigned missed; /* questions in a row without a sample */
	enum source_verdict last; /* of the latest reply to a question */
	bool answered; /* something valid came since it was last asked */
	char kiss[5];  /* last kiss code, "" if none */

	uint64_t sent_count;
	uint64_t received_count;
	uint64_t verdicts[SOURCE_VERDICTS];

	/* of the latest good reply */
	uint8_t leap, stratum;
	int8_t precision;
	uint32_t refid;
	double root_delay, root_disp;

	/* Reference ids of the latest samples, in a ring; 0 where it says
	 * nothing about whom the server follows. */
	uint32_t refids[SOURCE_REFIDS];
	unsigned refid_next;

	struct sample sample[SOURCE_SAMPLES]; /* newest first */
	unsigned samples;
	double score; /* score.h: -100 to 20 */
};

void source_init(struct source *s, const struct source_conf *conf);

/* Another address for the same name: what was learned of the old is dropped,
 * what was counted stays. */
void source_readdress(struct source *s, const struct addr *addr);

/*
 * Writes the question and opens it.  cookie must be unpredictable; key is
 * that of conf.key_id, or NULL.  The length, at most PACKET_MAX.
 * source_sent() must follow with the instant of sending.
 */
size_t source_ask(struct source *s, uint64_t cookie, const struct auth_key *key,
    uint8_t pkt[PACKET_MAX]);
void source_sent(struct source *s, struct mono t1);

/* The same without a MAC, PACKET_SIZE octets: fields may follow, and then
 * auth_sign() has the last word. */
void source_question(struct source *s, uint64_t cookie,
    uint8_t pkt[PACKET_MAX]);

/* A datagram, and when it came. */
struct arrival {
	const uint8_t *pkt; /* borrowed */
	size_t len;
	struct addr from;
	struct mono at; /* kernel's stamp, on the raw clock */
};

/*
 * Takes one datagram.  *out is written, and the question closed, only if the
 * verdict is SOURCE_SAMPLE.  A reply that answers our question but is no
 * sample (kiss, unsynchronised, ...) closes it too; everything else leaves
 * it open.
 */
enum source_verdict source_receive(struct source *s, const struct arrival *a,
    const struct auth_key *key, const struct scale *scale, struct sample *out);

/*
 * What source_receive() does, in parts, for who reads fields behind the
 * header (sibling.c).  source_check(): is it the answer to our question,
 * from whom we asked and with the MAC that we want?  SOURCE_SAMPLE if so, and
 * *p and *tail are filled; it changes nothing.  source_close() counts a
 * verdict, and a question that was answered is closed.
 */
enum source_verdict source_check(const struct source *s,
    const struct arrival *a, const struct auth_key *key, struct packet *p,
    struct packet_tail *tail);
void source_close(struct source *s, enum source_verdict v, bool answered);

/* The digest alone: SOURCE_SAMPLE if it is right, or none is wanted. */
enum source_verdict source_check_mac(const struct source *s,
    const struct arrival *a, const struct packet_tail *tail,
    const struct auth_key *key);

/*
 * The sample that an authentic answer is, at s->sample[0].  elapsed: s, from
 * T1 to T4 by the best clock there is; it matters where an answer takes its
 * time (RFC 5905, symmetric modes).
 */
enum source_verdict source_measure(struct source *s, const struct packet *p,
    struct mono t4, double elapsed, const struct scale *scale);

/* No reply in time: the question is closed. */
void source_miss(struct source *s);

/* Distance to the truth at worst, s: RFC 5905 root distance of a sample. */
double sample_distance(const struct sample *s);

/*
 * The sample that says most about now: the narrowest, aged as RFC 5905 10
 * has it, so that a server is judged by what it says lately.  Its distance
 * grows by aging, s/s.  NULL if there is none.
 */
const struct sample *source_best(const struct source *s, struct mono now,
    double aging, double *distance);

/* RMS of the differences of the kept offsets to the newest, s. */
double source_jitter(const struct source *s);

/*
 * Whom the server follows: the reference id, a public address, that it had
 * at stratum 2 or above in SOURCE_REFID_HELD of its last SOURCE_REFIDS
 * samples.  0: it does not say.  127/8 is what every "local" clock says.
 */
uint32_t source_reference(const struct source *s);

/* Word for a verdict: "zero origin". */
const char *source_verdict_name(enum source_verdict v);

#endif
