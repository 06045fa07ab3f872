/* SPDX-License-Identifier: ISC */
/*
 * mode6_parts.h - what the files of mode 6 have from each other.
 */
#ifndef VIEW_MODE6_PARTS_H
#define VIEW_MODE6_PARTS_H

#include "base/text.h"
#include "view/mode6.h"

/* A list of variables: items with commas between them, in lines that a
 * terminal shows whole. */
struct mode6_list {
	struct text *out;
	size_t column;
};

void mode6_put(struct mode6_list *l, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* An instant as NTP's 32.32 bits: "0xe5d2c3b4.80000000". */
#define MODE6_STAMP 24
char *mode6_stamp(struct wall t, char buf[MODE6_STAMP]);

/* The next item of a request's data: name and, if there is one, value,
 * terminated and without blanks around them.  False: no more, or (*bad) too
 * long to be any of ours. */
#define MODE6_ITEM 96
struct mode6_items {
	const char *at;
	size_t left;
	bool bad;
};
bool mode6_item(struct mode6_items *i, char name[MODE6_ITEM],
    char value[MODE6_ITEM]);

/*
 * Variables of the system (association 0) or of one association, those that
 * the items name or, if there are none, all.  An error of RFC 9327, or 0.
 */
unsigned mode6_variables(const struct mode6_world *w, uint16_t association,
    struct mode6_items *i, struct text *out);

/* Of whom a variable is asked. */
struct mode6_subject {
	const struct mode6_world *w;
	const struct snapshot *s;
	const struct snapshot_upstream *u; /* NULL: the system, the sibling */
};

/* Writes "name=value"; nothing, if it is not known now. */
typedef void mode6_put_fn(const struct mode6_subject *x, struct mode6_list *l);

/* Tables of them end with a name that is NULL. */
struct mode6_variable {
	const char *name;
	mode6_put_fn *put;
};
extern const struct mode6_variable mode6_system[], mode6_peer[];

/* Values, as they all are written. */
void mode6_ms(struct mode6_list *l, const char *name, double s);
void mode6_instant(struct mode6_list *l, const char *name, struct wall t);
void mode6_refid(struct mode6_list *l, uint8_t stratum, uint32_t refid);
void mode6_date(struct mode6_list *l, const char *name, int64_t second);
void mode6_address(struct mode6_list *l, const char *what,
    const struct addr *a);
void mode6_quoted(struct mode6_list *l, const char *name, const char *text);
int mode6_log2(double s);

/* Nobody upstream is heard, and the sibling leads. */
bool mode6_follows_sibling(const struct snapshot *s);

/* Status words (RFC 9327 section 3). */
uint16_t mode6_system_status(const struct snapshot *s);
uint16_t mode6_peer_status(const struct snapshot *s, uint16_t association);

/* Is there one with this number? */
bool mode6_is_association(const struct snapshot *s, uint16_t association);
#define MODE6_SIBLING (ENGINE_SOURCES + 1)

/* "nonce=..." for the host that asks. */
void mode6_put_nonce(const struct mode6 *m, const struct mode6_request *q,
    struct mode6_list *l);

/* The answer to READ_MRU, not longer than most octets. */
enum mode6_mru {
	MODE6_MRU_TOLD,
	MODE6_MRU_SILENT, /* no good nonce */
	MODE6_MRU_FORMAT, /* it asks in a way that we do not understand */
	MODE6_MRU_VALUE,
	MODE6_MRU_LOST /* where it wants to go on is no longer known */
};
enum mode6_mru mode6_mru(const struct mode6 *m, const struct mode6_world *w,
    const struct mode6_request *q, size_t most, struct text *out);

#endif
