/* SPDX-License-Identifier: ISC */
/*
 * talk.h - who spoke NTP with whom: what firewall logs and captures tell,
 * packet by packet, in a fixed amount of memory.
 *
 * The owner reads events from a file, in the order of time, and gives each to
 * talks_add(); talks_sum() then draws the sums over all pairs that
 * core/explain.h judges by.  Nothing here knows a file or a format.
 *
 * A question is answered by the next packet back that carries its transmit
 * stamp (RFC 5905 section 8; interleaved: its receive stamp), or, where no stamps were recorded, that goes to
 * its port within TALK_WAIT_S.  Two tables, of pairs of addresses and of
 * addresses, push out who was seen least, and longest ago, when they are
 * full; what was counted for an address does not go with its pairs.
 */
#ifndef CORE_TALK_H
#define CORE_TALK_H

#include "base/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TALK_PAIRS 81920
#define TALK_HOSTS 49152
#define TALK_INSIDE 64
#define TALK_OPEN 4	 /* questions of a pair that wait for an answer */
#define TALK_VOICES 8	 /* kinds of client told apart at one address */
#define TALK_WAIT_S 64	 /* an answer without stamps comes within this */
#define TALK_LARGE 200	 /* octets of UDP: more than time needs */
#define TALK_TIME_MIN 48 /* octets: less is no question for the time */

/* What the times of a file are. */
enum talk_clock {
	TALK_UNTIMED,
	TALK_SPAN, /* since boot, midnight or the first line */
	TALK_DAY,  /* a day whose year is not known: it is 1972 or later */
	TALK_DATE, /* since 1970, local time of where it was written */
	TALK_UTC   /* since 1970 */
};

enum talk_fate { TALK_UNKNOWN, TALK_PASSED, TALK_BLOCKED };

/* One packet, or one line of a log about some. */
struct talk_event {
	int64_t at;	       /* ns, on any scale of the file's; see timed */
	bool timed;	       /* at is known */
	struct addr from, to;  /* with ports, one of them 123 */
	uint32_t packets;      /* that it stands for, at least 1 */
	uint32_t octets;       /* of UDP payload in each; 0: not known */
	uint32_t answers;      /* the end of a session of from: how many came
				 back.  packets is 0 then */
	uint8_t ttl;	       /* hop limit; 0: not known */
	uint8_t mode, version; /* of the NTP header; 0: not known */
	int8_t precision;      /* log2 s, if stamped */
	bool response;	       /* of modes 6 and 7 */
	bool stamped;	       /* the whole header was there: */
	uint64_t origin, receive, transmit;
	enum talk_fate fate;
};

/* What went from one of a pair to the other; all are packets. */
struct talk_way {
	uint32_t asked;	   /* questions for the time */
	uint32_t answered; /* answers to questions */
	uint32_t unasked;  /* answers to nothing that was seen, */
	uint32_t early;	   /* and those whose question may have gone before
			      the file began: the rules forgive them */
	uint32_t control;  /* questions of modes 6 and 7, or as short */
	uint32_t replies;  /* answers of modes 6 and 7 */
	uint32_t large;	   /* answers of TALK_LARGE octets, and of three times
			      the question */
	uint32_t blocked;
	uint32_t run, run_max; /* questions at most 3 s apart */
	uint32_t together;     /* questions within 1 s, of different ports */
	uint16_t port;	       /* of the last question */
	uint16_t size;	       /* octets of the last question */
	uint64_t octets;
	int64_t first, last;	     /* ns, of all; only if timed */
	int64_t ask_first, ask_last; /* ns, of questions */
};

struct talk_open {
	int64_t at;
	uint64_t stamp, interleaved; /* one of them comes back */
	uint16_t port;
	uint8_t way; /* of who asked */
	bool used, stamped, done;
};

struct talk_pair {
	uint8_t ip[2][16];	/* IPv4 as ::ffff:a.b.c.d; the smaller first */
	uint32_t packets;	/* 0: this place is free */
	uint32_t seen;		/* number of the event */
	struct talk_way way[2]; /* [0]: of ip[0] to ip[1] */
	struct talk_open open[TALK_OPEN];
	uint8_t next;	     /* place in open */
	uint8_t early;	     /* events that were, of both ways */
	bool waited;	     /* the first answer to a question: */
	uint8_t asker;	     /* way of who asked */
	uint16_t asker_port; /* from where */
	int64_t asked_at;    /* ns */
	int64_t wait;	     /* ns until the answer */
};

/* One who asked and was answered, as proof. */
struct talk_proof {
	bool known;
	uint8_t ip[16];
	uint16_t port;
	int64_t asked_at, wait; /* ns */
};

struct talk_host {
	uint8_t ip[16];
	uint32_t packets; /* sent and received; 0: this place is free */
	uint32_t seen;
	bool inside;
	bool timed;
	int64_t first, last;		  /* ns, of what it sent or got */
	struct talk_way out, in;	  /* sums; the runs are talks_sum()'s */
	uint32_t second, in_second, peak; /* packets that it sent in a second */
	uint32_t broadcast;		  /* packets of mode 5 that it sent */
	uint32_t symmetric;		  /* of modes 1 and 2 */
	uint32_t largest;		  /* octets that it sent in one */
	uint32_t asked_peers;		  /* addresses that it asked */
	uint32_t asking_peers;		  /* that asked it */
	uint32_t unasked_peers; /* that it sent what they had not asked, */
	uint32_t unseen_peers;	/* and those with early answers, too */
	uint32_t ports; /* how often its source port changed, plus one */
	uint8_t voices, voices_in; /* kinds of client (hop limit, version,
				      precision) that asked from it, and that
				      asked it; TALK_VOICES: or more */
	uint8_t modes, versions;   /* bits, of what it sent */
	uint16_t said[TALK_VOICES], heard[TALK_VOICES]; /* the kinds */

	/* By talks_sum(), over the pairs that are still there. */
	uint32_t clients;	 /* addresses that it answered */
	uint32_t clients_inside; /* of them */
	uint32_t answerers;	 /* addresses that answered it */
	uint32_t once;		 /* that it asked three times at most */
	uint32_t run_max, together;
	uint32_t strangers;	   /* outside addresses that asked it */
	uint32_t strangers_once;   /* of them, once */
	uint32_t unasked_known;	   /* packets of unasked of whom they did ask */
	uint32_t amplified_to;	   /* addresses to which it sends far more than
				      they asked for */
	uint32_t amplified_from;   /* that do so to it */
	uint8_t amplified_ip[16];  /* the one with most of it */
	uint64_t amplified_octets; /* from or to that one */
	uint64_t amplified_asked;  /* octets of questions for them */
	double gap; /* s between the questions of its busiest pair; 0 if
		       there are fewer than 60 */
	uint8_t gap_ip[16];
	struct talk_proof proof; /* of a client that it answered */
	uint8_t kind;		 /* enum explain_kind, by explain_all() */
};

struct talks {
	struct prefix inside[TALK_INSIDE];
	unsigned insides;
	uint32_t events; /* that were added */
	uint64_t packets;
	uint32_t questions_out;	       /* of inside hosts to the outside */
	uint32_t pairs, hosts;	       /* in the tables */
	uint32_t pairs_out, hosts_out; /* pushed out of them */
	enum talk_clock clock;	       /* the owner's to set */
	bool timed, stamped;
	int64_t first, last; /* ns */
	struct talk_pair pair[TALK_PAIRS];
	struct talk_host host[TALK_HOSTS];
};

/*
 * Empties t, which has to be zeros or used before.  Inside are private (RFC
 * 1918, RFC 4193), shared, link-local and loopback addresses.
 */
void talks_init(struct talks *t);

/* Inside is what is named, and nothing else; false if too many are. */
bool talks_inside(struct talks *t, const struct prefix *p);

bool talks_is_inside(const struct talks *t, const struct addr *a);

/* The address of a key in the tables, without port. */
struct addr talk_addr(const uint8_t ip[16]);

/* e->from or e->to has port 123. */
void talks_add(struct talks *t, const struct talk_event *e);

/* Once, after the last event. */
void talks_sum(struct talks *t);

/* NULL if it was never seen, or was pushed out. */
const struct talk_host *talks_find(const struct talks *t, const struct addr *a);

#endif
