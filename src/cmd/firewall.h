/* SPDX-License-Identifier: ISC */
/*
 * firewall.h - what "ntpgate firewall" is made of.
 *
 *	firewall.c	  the command line, check, remove
 *	firewall_apply.c  what is to be done, the questions, apply
 *	firewall_guard.c  the process that takes new rules back
 *	firewall_rogues.c who still goes outside
 *	firewall_print.c  differences
 */
#ifndef FIREWALL_H
#define FIREWALL_H

#include "cmd.h"

#include "base/err.h"
#include "base/text.h"
#include "conf/site.h"
#include "sys/nft.h"
#include "view/rules.h"

#include <jansson.h>
#include <stdint.h>

#define FIREWALL_TABLE "ntpgate"
#define FIREWALL_BUDGET "ntpgate_budget"
#define FIREWALL_DIR "/run/ntpgate-firewall"
#define FIREWALL_BEFORE "before.nft" /* in it: what "nft -f" takes back */

struct firewall {
	const struct cmd *cmd;
	const char *file, *node; /* node NULL: the only one */
	bool yes;
	unsigned timeout_s;

	const struct site *site;
	const struct site_router *router;
	char *text; /* of the file for it */
	struct nft *nft;
	struct rules *want, *have; /* of the file, in the kernel */
};

/* ---- firewall.c ---- */

/* Rules as the kernel has them now; NULL, and a sentence. */
struct rules *firewall_have(struct nft *n, struct err *e);

/* All that put() writes, in new memory; NULL, and a sentence. */
char *firewall_text(void (*put)(const void *arg, struct text *t),
    const void *arg, struct err *e);

/* One question on stderr, an answer from stdin; anything but yes is no. */
bool firewall_asks(const char *question);

/* ---- firewall_print.c ---- */

void firewall_print_changes(const struct firewall *f);
json_t *firewall_changes_json(const struct firewall *f);
/* {"schema", "site", "router", "result"} and the differences. */
void firewall_print_json(const struct firewall *f, const char *result,
    const char *why);

/* ---- firewall_apply.c, firewall_rogues.c ---- */

int firewall_apply(struct firewall *f);
int firewall_rogues(struct firewall *f);

/* ---- firewall_guard.c ---- */

/* New rules, and what takes them back; borrowed. */
struct guard_orders {
	const char *rules, *before;
	const struct rules *want; /* how the kernel is to hold them */
	unsigned timeout_s;
};

/* Puts them in force, and sees that they are; if not, the old ones are. */
int guard_put(struct nft *n, const struct guard_orders *o, struct err *e);

enum guard_word {
	GUARD_LOST = 0,	     /* it died */
	GUARD_PUT = 'p',     /* the new rules are in force */
	GUARD_FAILED = 'f',  /* they are not, and the old ones are */
	GUARD_KEEP = 'k',    /* to it: keep them; from it: they stay */
	GUARD_RESTORE = 'r', /* to it: now; from it: the old ones are back */
	GUARD_STUCK = 's'    /* they could not be put back */
};

/*
 * Starts a process of its own session that puts the new rules in force and,
 * unless told to keep them, the old ones after timeout_s: whatever becomes of
 * us.  The socket to it, or -1.  Descriptor lock is its, too.
 */
int guard_start(const struct guard_orders *o, int lock, struct err *e);

/* What it says next, with the sentence of a failure. */
enum guard_word guard_hear(int fd, struct err *e);

void guard_say(int fd, enum guard_word word);

#endif
