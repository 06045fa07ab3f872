/* SPDX-License-Identifier: ISC */
/*
 * sibling.h - the link to the other gateway: what it said last, and how its
 * raw clock stands to ours.
 *
 * (sibling.c: asking and hearing; sibling_pair.c: the clocks; sibling_peer.c:
 * symmetric mode)
 *
 *	sibling_next()	  when do you want to be woken?
 *	sibling_ask()	  this is the question
 *	sibling_receive() this came; is it believed?
 *	sibling_miss()	  nothing came in time
 *
 * Client of the other's server, over the LAN, with a key; not counted in any
 * budget.  It is asked every clamp(T/4, 1 s, 64 s), sooner if it did not
 * answer; at once after each of our upstream exchanges, and then the question
 * says so (LINK_NEWS) and the other asks in return (but once a second or four
 * times a period at most): so both know of each packet within milliseconds.
 * Whatever is believed came in answer to a fresh question of ours, under its
 * MAC.
 *
 * Who does not know our field (chronyd, ntpd) is after a while asked without
 * it, then once more with it, and if no word comes is one more source, of a group
 * of its own (SIBLING_PLAIN): a gateway that begins must not be taken for one;
 * strangers are asked no sooner than every SIBLING_STRANGER_S.  Who spoke our
 * field once is not believed without it for a day.
 * With symmetric = true questions are of RFC 5905 mode 1, and so is what
 * comes; see sibling_peer().
 *
 * Nothing here decides what its words are worth: engine_sibling.c does.
 */
#ifndef CORE_SIBLING_H
#define CORE_SIBLING_H

#include "base/rng.h"
#include "core/bank.h"
#include "core/link.h"
#include "core/path.h"
#include "core/source.h"

#define SIBLING_ADDRS 4
#define SIBLING_PERIOD_MIN_S 1.0
#define SIBLING_PERIOD_MAX_S 64.0
#define SIBLING_STRANGER_S 16.0 /* oftener is what servers call abuse */
#define SIBLING_HEARD 3		/* periods; unheard for longer: it is gone */

struct sibling_conf {
	bool on;
	char host[SOURCE_HOST_MAX]; /* as written, for people */
	unsigned addrs;		    /* known so far; asked in turn until one
				       answers */
	struct addr addr[SIBLING_ADDRS];
	uint32_t key_id;
	bool symmetric;
};

enum sibling_kind {
	SIBLING_UNKNOWN, /* nothing heard yet */
	SIBLING_LINK,	 /* it speaks our field */
	SIBLING_PLAIN	 /* a stranger: an authenticated server, or peer */
};

enum sibling_verdict {
	SIBLING_WORD,	   /* good: word is new, the pair of clocks is fed */
	SIBLING_SAMPLE,	   /* good, of a stranger: sample is new */
	SIBLING_MAYBE,	   /* as a stranger's, but it may be a gateway that
			      begins: asked once more with our field */
	SIBLING_REFUSED,   /* as source.h's verdicts say: see source.last */
	SIBLING_MALFORMED, /* its field is no word, has moved backwards, or is
			      missing where it was before */
	SIBLING_OURSELVES, /* our own word: reflected, or a copied machine */
	SIBLING_VERDICTS
};

/* How the other's raw clock stands to ours, at an instant of ours. */
struct sibling_clocks {
	bool known;
	double offset;	 /* s, its raw clock - ours, less base_ns */
	double drift;	 /* s/s: its raw clock gains so much on ours */
	double variance; /* s^2, of offset */
	double drift_variance;
	double wander;	 /* s/s per sqrt(s), of both oscillators together */
	double surprise; /* of the latest exchange, sigmas; signed */
};

struct sibling {
	struct sibling_conf conf;
	struct source source; /* the exchange: cookie, verdicts, reach */
	enum sibling_kind kind;
	uint64_t life;	      /* ours */
	unsigned to;	      /* addr that is asked now */
	unsigned unfielded;   /* questions with our field in a row that nobody
			       answered */
	bool fielded;	      /* the open question has it */
	bool doubtful;	      /* one plain answer, and it may yet speak */
	struct mono tried;    /* the last question that had it */
	bool news;	      /* we have some: the next question says so */
	struct mono due;      /* next question */
	struct mono deadline; /* of the open one */
	struct mono asked_at;
	struct wall asked_wall; /* the same, by our served clock */
	double period_s;
	double rhythm_s;      /* period_s when it was last heard */
	bool ever;	      /* heard, in this life of ours */
	bool spoke;	      /* our field, in this life of ours */
	struct mono spoke_at; /* the last time */
	struct mono heard;    /* last good answer */
	struct mono met;      /* first good answer of its present life */
	struct link_word word;
	struct sample sample; /* SIBLING_SAMPLE */
	bool served_known;
	double served_offset; /* s, its served clock - ours, at heard: by NTP's
				 four stamps, whatever both claim */
	double delay;
	struct path way;    /* there and back */
	struct bank pair;   /* of the two raw clocks: its only source is the
			       link, without a bias */
	struct mono paired; /* the instant of its state */
	int64_t base_ns;    /* its raw clock - ours, near enough */
	uint64_t exchanges; /* in pair */
	double surprise;
	unsigned astray; /* exchanges in a row that do not fit: not entered,
			    but for the last of many, which begins anew */
	uint64_t verdicts[SIBLING_VERDICTS];
	struct {		     /* of mode 1, RFC 5905 8: org, rec, xmt */
		struct ntp64 theirs; /* its latest transmit stamp */
		struct wall came;    /* by our served clock */
		struct packet self;  /* what we say of our clock: leap to
					reference, by the owner, before
					sibling_ask(); stratum 0: nothing */
	} peer;
};

/* life must be unpredictable and never 0. */
void sibling_init(struct sibling *s, const struct sibling_conf *conf,
    uint64_t life, struct mono now);

/* Names were resolved, or a reload: what was learned of it stays if one of
 * its addresses does. */
void sibling_configure(struct sibling *s, const struct sibling_conf *conf,
    struct mono now);

/* MONO_NEVER if it is off or has no address. */
struct mono sibling_next(const struct sibling *s);

/*
 * Asks as soon as it may: not twice in a second or a quarter of the period,
 * whichever is less, and strangers not at all.
 * sibling_hurry(): we have news, and it will ask in return; sibling_poked():
 * it has news (link_news() of its question), and so is no stranger: it is
 * asked with our field again, but not within a few seconds.
 */
void sibling_hurry(struct sibling *s, struct mono now);
void sibling_poked(struct sibling *s, struct mono now);

/* T of the site: how often it is asked. */
void sibling_pace(struct sibling *s, double interval_s);

/*
 * Is it time?  Then the question and whom it goes to.  wall is our served
 * clock, which leaves this machine in mode 1 alone; source_sent() of
 * s->source must follow.  With a key_id, nothing is asked without the key.
 */
bool sibling_ask(struct sibling *s, struct mono now, struct wall wall,
    uint64_t cookie, const struct auth_key *key, uint8_t pkt[PACKET_MAX],
    size_t *len, struct addr *to);

/* A datagram on the socket of the question.  scale: as source_receive(). */
enum sibling_verdict sibling_receive(struct sibling *s, const struct arrival *a,
    const struct auth_key *key, const struct scale *scale);

/*
 * symmetric = true: a packet of mode 1 or 2 that came to our own port 123
 * from it, its MAC good.  came: the served clock at a->at.
 */
enum sibling_verdict sibling_peer(struct sibling *s, const struct arrival *a,
    struct wall came, const struct auth_key *key, const struct scale *scale);

/* The deadline is over (in mode 1, where answers take their time, it may move
 * on). */
void sibling_miss(struct sibling *s, struct mono now);

/* Was it heard within SIBLING_HEARD periods, and speaks our field? */
bool sibling_heard(const struct sibling *s, struct mono now);

/* The two raw clocks, at an instant of ours, past ones too. */
struct sibling_clocks sibling_clocks(const struct sibling *s, struct mono t);

/*
 * An instant of the other's raw clock on ours; variance of it in s^2.  False
 * if the pair is not known well enough yet (two exchanges and more).
 */
bool sibling_instant(const struct sibling *s, struct mono theirs,
    struct mono *ours, double *variance);

/*
 * Sample k of item as one of our own: instant on our raw clock, offset
 * against home; root distance as it is.  *doubt: variance that carrying it
 * over adds, s^2.  False too if it is of after its word.
 */
bool sibling_sample(const struct sibling *s, const struct link_item *item,
    unsigned k, const struct scale *scale, struct sample *out, double *doubt);

const char *sibling_verdict_name(enum sibling_verdict v);

#endif
