/* SPDX-License-Identifier: ISC */
/*
 * watched.h - the hosts that are sick (diagnose.h) or rogue, and what of it was
 * told: who was named once is not named again by the next desk, or the next
 * daemon.
 *
 * As octets it is, in a frame (base/sealed.h) "ntpwatched\0", version 1:
 *
 *	8	boot, which the instants are of
 *	8	raw clock at the writing, ns
 *	8	time then, ns since 1970
 *	...	for the sick, then for the rogues: 2 how many, and for each
 *		16 address, 2 words, 1 well, 1 named, 8 since, ns
 *
 * An order of enum diagnose_word that is another needs another version.
 */
#ifndef VIEW_WATCHED_H
#define VIEW_WATCHED_H

#include "base/addr.h"
#include "base/err.h"
#include "base/time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WATCHED_HOSTS 256 /* of a kind; more are not watched */
#define WATCHED_OCTETS_MAX 16384

enum watched_kind {
	WATCHED_SICK,
	WATCHED_ROGUES, /* ask the outside; the firewall brought them to us */
	WATCHED_KINDS
};

struct watched_host {
	struct addr addr; /* port 0 */
	unsigned words;	  /* that were news once; 0: it is not kept */
	unsigned well;	  /* looks in a row that found it so */
	struct mono since;
	bool found; /* at this look; not kept */
	bool named; /* in the log, if not all of its words */
};

struct watched_list {
	unsigned count;
	struct watched_host host[WATCHED_HOSTS];
};

/* What is known when it is written or read. */
struct watched_moment {
	uint64_t boot; /* who this boot is; 0: nobody knows */
	struct mono now;
	struct wall wall;
};

struct watched {
	struct watched_list of[WATCHED_KINDS];
};

/* The words by which a host is of that kind: 1 << enum diagnose_word */
unsigned watched_words(enum watched_kind k);

/* NULL: it is not watched. */
struct watched_host *watched_find(struct watched_list *l, const struct addr *a);

/* The place of the host, which is watched from now on; NULL: all are taken. */
struct watched_host *watched_place(struct watched_list *l, const struct addr *a,
    struct mono now);

/* Another takes its place. */
void watched_drop(struct watched_list *l, unsigned i);

size_t watched_write(const struct watched *w, const struct watched_moment *m,
    uint8_t octets[WATCHED_OCTETS_MAX]);

/* What was written, as of m; time went on while it lay.  -1: it is cut short,
 * damaged, of another version or no such list; then *w is empty. */
int watched_read(struct watched *w, const struct watched_moment *m,
    const uint8_t *octets, size_t len, struct err *e);

#endif
