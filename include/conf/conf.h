/* SPDX-License-Identifier: ISC */
/*
 * conf.h - one gateway's configuration: defaults, ranges, cross-checks.
 *
 * A plain struct without pointers: it can be copied, sent to another process
 * as one message, and compared.  conf_read() makes one from text; the checks
 * that look at more than one key are conf_check()'s.
 */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include "base/addr.h"
#include "base/err.h"
#include "core/access.h"
#include "core/engine.h"

#include <stdbool.h>
#include <stddef.h>

#define CONF_LISTEN_MAX 16
#define CONF_PATH_MAX 256
#define CONF_NAME_MAX 64
#define CONF_SERVERS_MIN 4
#define CONF_SERVERS_MAX 7
#define CONF_SPARES_MAX 8
#define CONF_LIMITS_MAX 32
#define CONF_MODE6_MAX 32
#define CONF_NOTES_MAX 24

enum conf_clock { CONF_CLOCK_SYSTEM, CONF_CLOCK_VIRTUAL };

enum conf_log {
	CONF_LOG_SYSLOG,
	CONF_LOG_JOURNAL,
	CONF_LOG_STDERR,
	CONF_LOG_FILE
};

struct conf_limit {
	double interval_s; /* 1 ms to 1 h */
	unsigned burst;	   /* 1 to 10000 */
};

struct conf {
	char name[CONF_NAME_MAX]; /* default: the host's, given by the caller */
	enum conf_clock clock;
	char state_dir[CONF_PATH_MAX];
	char run_dir[CONF_PATH_MAX];
	char user[CONF_NAME_MAX];
	char keys[CONF_PATH_MAX]; /* "": none */

	/*
	 * upstream, step, orphan, sibling.  Of the sibling's addresses all
	 * have the port, those too that are not known yet.
	 */
	struct engine_conf engine;
	unsigned spare_count;
	struct source_conf spare[CONF_SPARES_MAX];

	struct {
		unsigned listen_count;
		struct addr listen[CONF_LISTEN_MAX]; /* with the port */
		uint16_t port;
		struct access access; /* allow and deny; empty: nobody */
		unsigned workers;     /* 0: one for each processor */
		struct conf_limit limit;
		bool kod;
		unsigned limit_count;
		struct {
			struct prefix prefix;
			struct conf_limit limit;
		} limit_prefix[CONF_LIMITS_MAX];
		uint16_t redirected; /* port; 0: none */
		uint64_t memory;     /* octets */
	} serve;

	char leap_file[CONF_PATH_MAX]; /* "": none */
	struct {
		bool on;
		struct addr listen;
	} http;
	double price_per_gb;
	char agentx[CONF_PATH_MAX]; /* "": off */
	unsigned mode6_count;
	struct prefix mode6[CONF_MODE6_MAX];
	struct {
		enum conf_log to;
		char file[CONF_PATH_MAX];
		int level; /* syslog's: 3 err ... 7 debug */
		char statistics[CONF_PATH_MAX]; /* "": off */
	} log;

	/* What is right but deserves a word: shown by check and at start. */
	unsigned note_count;
	char note[CONF_NOTES_MAX][200];
};

/* The defaults of ntpgate.conf(5); nobody is asked, nobody is served. */
void conf_init(struct conf *c);

/*
 * What no single key can tell: number of servers, the same server twice,
 * poll.min above poll.max, courtesy toward public addresses, groups.  The
 * sentence begins with the key that is to be changed: "upstream.poll.min: ...".
 * Adds notes; asking twice adds none twice.
 */
int conf_check(struct conf *c, struct err *e);

/*
 * The sibling's key, once the key file was read: there, of its addresses, and
 * of a type that is worth it.  -1 and a sentence if it cannot be used; notes.
 * No sibling without a key: each must know whom it believes.
 */
int conf_check_sibling(struct conf *c, const struct auth_keys *k,
    struct err *e);

/* Could a stranger answer there?  Every name counts as public but localhost. */
bool conf_is_public(const struct source_conf *s);

/* Did an upstream's owner not say that we may ask it (RFC 8633 3.6)? */
bool conf_lacks_permission(const struct source_conf *s);

/* A name of the NTP pool: another server at each question for an address. */
bool conf_is_pool(const struct source_conf *s);

/* Voices among the servers, as they can be told before names are resolved. */
unsigned conf_groups(const struct conf *c);

/* Adds a note, unless it is there already or there is no room. */
void conf_note(struct conf *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Reads libconfig text into *c, from scratch, and does conf_check().  file is
 * for the sentence alone: "ntpgate.conf:12: ...".  name stays "" if the text
 * does not say it.  On failure *c is not to be used.
 */
int conf_read(struct conf *c, const char *file, const char *text,
    struct err *e);

/*
 * Reads a key file: "ID TYPE HEX [ADDRESS...]" a line, # begins a comment
 * at the beginning of a line or after white space; "# made 2026-11-22" behind
 * a key is its age.  An id may stand in two lines: the second is the previous
 * key.  notes gets a line for each MD5 key; may be NULL.
 */
struct text;
int keys_read(struct auth_keys *k, const char *file, const char *text,
    struct text *notes, struct err *e);

/* Words of a key file: "AES128CMAC" and others; false if there is no such. */
const char *keys_type_name(enum auth_type type);
bool keys_type(const char *name, enum auth_type *type);

/* Days from its making to now (UNIX time), -1 if nobody wrote it down. */
long keys_age(const struct auth_key *k, int64_t now);

#define KEYS_OLD 365 /* days; older ones deserve a word */

/* Writes k as such a line, with its making, to t. */
void keys_write(const struct auth_key *k, struct text *t);

/*
 * The text of a key file with a new key k in it, to t: as a line at the end
 * or, if there are keys of its id, before them; of these the first stays, as
 * the previous key.  text is one that keys_read() takes.
 */
void keys_insert(const char *text, const struct auth_key *k, struct text *t);

#endif
