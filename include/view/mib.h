/* SPDX-License-Identifier: ISC */
/*
 * mib.h - what SNMP is told: an object's name and a world in, its value out.
 *
 * Two trees: the NTPv4-MIB of RFC 5907 (1.3.6.1.2.1.197) and our own,
 * etc/NTPGATE-MIB.txt, for what it has no objects for.  All pure; who speaks
 * AgentX (sys/agentx.h) knows no object, and nothing here knows net-snmp.
 */
#ifndef VIEW_MIB_H
#define VIEW_MIB_H

#include "core/event.h"
#include "view/snapshot.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MIB_IDS 24 /* of the longest name of ours */

/* The name of an object or of an instance of one. */
struct mib_oid {
	unsigned len;
	uint32_t id[MIB_IDS];
};

enum mib_type {
	MIB_INTEGER,   /* Integer32, and enumerations */
	MIB_UNSIGNED,  /* Unsigned32, Gauge32 */
	MIB_COUNTER,   /* Counter32: the number, modulo 2^32 */
	MIB_COUNTER64, /* Counter64 */
	MIB_TICKS,     /* TimeTicks: hundredths of a second */
	MIB_OCTETS,    /* OCTET STRING, and BITS */
	MIB_NAME       /* OBJECT IDENTIFIER */
};

#define MIB_OCTETS_MAX 255

struct mib_value {
	enum mib_type type;
	int64_t number; /* all but the last two; a counter's is not < 0 */
	size_t len;	/* of octets */
	uint8_t octets[MIB_OCTETS_MAX];
	struct mib_oid name;
};

/* What outlives the role: its owner keeps it on disk. */
struct mib_kept {
	uint32_t heartbeat_s;	/* ntpEntHeartbeatInterval; 0: one, no more */
	uint16_t bits;		/* ntpEntNotifBits: 1 << n for BITS' bit n */
	uint32_t notifications; /* ntpEntStatusNotifications: sent ever */
};

/* Bits of RFC 5907's notifications; the numbers are theirs. */
enum mib_bit {
	MIB_MODE_CHANGE = 1,
	MIB_STRATUM_CHANGE,
	MIB_SYSPEER_CHANGED,
	MIB_ADD_ASSOCIATION,
	MIB_REMOVE_ASSOCIATION,
	MIB_CONFIG_CHANGED,
	MIB_LEAP_ANNOUNCED,
	MIB_HEARTBEAT
};

/* Defaults: all notifications of RFC 5907 but the heartbeat, which would come
 * each 60 s. */
void mib_kept_init(struct mib_kept *k);

/* A host that deserves a word: sick (diagnose.h), or rogue, which is: it asks
 * the outside, and the firewall brought it to us. */
#define MIB_HOSTS 20
struct mib_host {
	struct addr addr;
	bool rogue;
	unsigned words; /* 1 << enum diagnose_word */
	uint64_t requests;
	double rate_per_s;
	double last_s; /* since its last request */
};

/* What the values are made of; borrowed for the call. */
struct mib_world {
	const struct snapshot *s; /* NULL: nothing was heard: not running */
	double age_s;		  /* since s was taken */
	const char *version;	  /* of the daemon */
	const char *system;	  /* "Linux 6.1.0 / x86_64" */
	const struct mib_kept *kept;
	unsigned flagged, rogues; /* hosts of that kind, in all */
	unsigned hosts;
	const struct mib_host *host; /* the busiest first */
};

/* The trees' roots; an agent registers each. */
#define MIB_ROOTS 2
const struct mib_oid *mib_root(unsigned i);

/* < 0, 0, > 0, in the order of SNMP's walk */
int mib_compare(const struct mib_oid *a, const struct mib_oid *b);

/* False: there is no such instance; without a snapshot most are missing, for a
 * counter that is not known is no 0. */
bool mib_get(const struct mib_world *w, const struct mib_oid *o,
    struct mib_value *v);

/* The first instance behind o; false: there is none. */
bool mib_next(const struct mib_world *w, const struct mib_oid *o,
    struct mib_oid *next, struct mib_value *v);

/* Why a SET is refused; the words are SNMP's. */
enum mib_refusal {
	MIB_SET, /* it is not */
	MIB_NOT_WRITABLE,
	MIB_WRONG_TYPE,
	MIB_WRONG_LENGTH,
	MIB_WRONG_VALUE
};

/* Sets ntpEntHeartbeatInterval or ntpEntNotifBits in *k, or refuses and leaves
 * it as it is. */
enum mib_refusal mib_set(struct mib_kept *k, const struct mib_oid *o,
    const struct mib_value *v);

/* A notification: its name, and the objects it carries. */
#define MIB_OBJECTS 6
struct mib_notice {
	struct mib_oid name;
	unsigned count;
	struct {
		struct mib_oid name;
		struct mib_value value;
	} object[MIB_OBJECTS];
};

/* What was told last, so that a change is told once; zeros at first.  The first
 * world with a snapshot is no change, but that a daemon which is that young has
 * started is told. */
#define MIB_YOUNG_S 5.0
struct mib_told {
	bool begun;
	int mode;
	uint8_t stratum, leap;
	uint32_t source; /* fnv of the latest system peer's host; 0: none */
	uint64_t reloads;
	char host[ENGINE_SOURCES + 1][SOURCE_HOST_MAX]; /* by row */
};

/*
 * RFC 5907's notifications that this world deserves after the last one, as
 * far as kept->bits wants them; at most MIB_NOTICES at once.
 */
#define MIB_NOTICES (2 * (ENGINE_SOURCES + 1) + 5)
unsigned mib_changes(struct mib_told *t, const struct mib_world *w,
    struct mib_notice out[MIB_NOTICES]);

/* The heartbeat, whenever it is time; whether it is wanted is kept->bits'. */
void mib_heartbeat(const struct mib_world *w, struct mib_notice *out);

/* Has our own MIB a notification for such an event? */
bool mib_is_news(enum event_id event);

/* Our own MIB's notification for an event with its text; false: the event has
 * none.  Objects that cannot be told are left out. */
bool mib_notice_of(const struct mib_world *w, enum event_id event,
    const char *text, struct mib_notice *out);

#endif
