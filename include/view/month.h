/* SPDX-License-Identifier: ISC */
/*
 * month.h - what a gateway did, month by month (UTC), in fixed memory.
 *
 * Fed with snapshots, events and numbers of hosts by an owner who keeps the
 * octets of month_record.h wherever it likes.  A snapshot has counters of the
 * engine since its start; what they gained since the snapshot before is the
 * month's.  Which engine it was is kept too, so that neither a restart of the
 * engine nor one of the owner counts anything twice.
 *
 * What is counted before the true time is known is held, and belongs to the day
 * on which it becomes known; so are events, by the owner: month_event() knows
 * no time but the record's last.
 */
#ifndef VIEW_MONTH_H
#define VIEW_MONTH_H

#include "view/snapshot.h"

#define MONTH_KEPT 13 /* this one and a year */
#define MONTH_DAYS 31
#define MONTH_UPSTREAMS 16 /* servers that have a line of their own */
#define MONTH_STATES (ENGINE_PANIC + 1)
#define MONTH_SUBJECTS 4    /* hosts that are named, of a kind of event */
#define MONTH_SUBJECT 80    /* octets of their name */
#define MONTH_LATE_S 1800.0 /* an engine met so late counts from then on */

/* Sums.  The first ones are differences of struct snapshot_serve. */
enum month_count {
	MONTH_ANSWERED, /* requests, also the sibling's */
	MONTH_LIMITED,
	MONTH_DENIED,
	MONTH_BAD,
	MONTH_SIBLING, /* of the answered: questions of the sibling */
	MONTH_IN,      /* packets on the port that serves */
	MONTH_OUT,
	MONTH_OCTETS_IN, /* their UDP payload */
	MONTH_OCTETS_OUT,
	MONTH_OF_SERVING,
	MONTH_SENT = MONTH_OF_SERVING, /* to servers outside */
	MONTH_RECEIVED,
	MONTH_KISSES,
	MONTH_SENT_OCTETS, /* with headers of UDP and IP, as the kind of
			    * address has them */
	MONTH_RECEIVED_OCTETS,
	MONTH_STARTS, /* of the engine */
	MONTH_COUNTS
};

/* Incidents: events that are counted, with their hosts. */
enum month_kind {
	MONTH_HOLDOVER,
	MONTH_ORPHAN,
	MONTH_PANIC,
	MONTH_STEPPED,
	MONTH_MISSED,
	MONTH_SILENT,
	MONTH_FALSETICKER,
	MONTH_KISSED,
	MONTH_RETIRED,
	MONTH_FEW,
	MONTH_BUDGET_HIGH,
	MONTH_BUDGET_SPENT,
	MONTH_LEDGER_LOST,
	MONTH_LEDGER_CLOSED,
	MONTH_SIBLING_LOST,
	MONTH_SIBLING_DROPPED,
	MONTH_ATTACK,
	MONTH_SICK,
	MONTH_ROGUE,
	MONTH_MORE,
	MONTH_KINDS
};

struct month_subject {
	char name[MONTH_SUBJECT]; /* "": the place is free */
	uint32_t count;
	struct wall last;
};

/* The most frequent subjects are kept; count is of all. */
struct month_incident {
	uint32_t count;
	struct wall first, last;
	struct month_subject subject[MONTH_SUBJECTS];
};

/* In one state of the engine. */
struct month_spell {
	double s;	   /* in all */
	double longest_s;  /* at once, in this month */
	struct wall began; /* the longest */
};

struct month_upstream {
	char host[SOURCE_HOST_MAX]; /* name; "": the place is free */
	uint64_t sent, received, kisses;
	double score_s; /* sum of score times seconds, */
	double asked_s; /* of so many seconds: since it was first asked */
	double score;	/* the last */
	double worst;	/* the lowest to which it fell: a score that rises from
			 * a start is no fault */
};

struct month_day {
	float covered_s, synced_s;
	uint32_t hosts;	   /* that asked; about 1 % off */
	uint32_t sent;	   /* packets to servers */
	uint64_t requests; /* of hosts, answered or limited */
};

struct month {
	int32_t number; /* of the month, since the year 0; 0: empty */
	uint64_t count[MONTH_COUNTS];
	double covered_s; /* of which there are snapshots */
	double served_s;  /* of these: hosts were given the time */
	struct month_spell spell[MONTH_STATES];
	double bound_s;	  /* sum of the error bound times seconds, */
	double bounded_s; /* of so many seconds: while served */
	double bound_worst_s;
	double hosts;	     /* different ones in the month */
	double sibling_sent; /* packets of the other gateway to servers, */
	double sibling_s;    /* as it said in so many seconds */
	uint32_t day_most;   /* packets to servers within 24 h */
	uint32_t budget;     /* the last known */
	struct month_upstream upstream[MONTH_UPSTREAMS];
	struct month_day day[MONTH_DAYS];
	struct month_incident incident[MONTH_KINDS];
};

/* Counters of one server at the snapshot before. */
struct month_base {
	char host[SOURCE_HOST_MAX]; /* name */
	uint64_t sent, received, kisses;
	double score;
};

struct month_record {
	struct wall began, last; /* of the record; 0: it holds nothing */
	struct mono engine;	 /* snapshot.started of the one before */
	double uptime_s;	 /* at the snapshot before */
	uint64_t count[MONTH_OF_SERVING];
	struct month_base upstream[ENGINE_SOURCES];
	/* not yet of any month: the time was not known */
	double held_s[MONTH_STATES];
	uint32_t held_starts;
	struct month month[MONTH_KEPT];
};

void month_init(struct month_record *r);

/* False: when that is nobody knows yet. */
bool month_feed(struct month_record *r, const struct snapshot *s);

/*
 * Something happened; what kind of it is counted, and of which host, is told
 * by the event and its text ("host=..." in it).  True if it is counted.
 */
bool month_event(struct month_record *r, enum event_id event, struct wall at,
    const char *text);

/* So many different hosts asked since the day and the month of r->last began;
 * the most is kept. */
void month_hosts(struct month_record *r, double day, double month);

/* Seconds since the day and the month of that time began. */
double month_day_s(struct wall at);
double month_month_s(struct wall at);

/* The month with that number, NULL if nothing is known of it. */
const struct month *month_find(const struct month_record *r, int32_t number);

/* The latest that is known; 0: none. */
int32_t month_latest(const struct month_record *r);

/* Of an instant; of "2026-10", 0 if it is none; and back. */
int32_t month_number(struct wall at);
int32_t month_parse(const char *text);
#define MONTH_NAME 16
char *month_name(int32_t number, char buf[MONTH_NAME]);
struct wall month_begin(int32_t number);
int month_length(int32_t number); /* days */

/* The event of a kind. */
enum event_id month_kind_event(enum month_kind k);

#endif
