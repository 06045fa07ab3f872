/* SPDX-License-Identifier: ISC */
/*
 * audit_parts.h - what the audit's files call of each other; no one else
 * includes it.
 *
 *	audit.c		the table of questions
 *	audit_servers.c	whom we ask, how often, and leap seconds
 *	audit_keys.c	keys
 *	audit_access.c	whom we answer, who watches
 */
#ifndef CMD_AUDIT_PARTS_H
#define CMD_AUDIT_PARTS_H

#include "audit.h"

#define AUDIT_DAY_S 86400.0
#define AUDIT_OCTETS_MAX (1 << 20) /* of any file that is read */

/* A row for the rule that is being judged. */
void audit_add(struct audit *a, enum audit_verdict v, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The i-th server, then spare; NULL behind the last. */
const struct source_conf *audit_upstream(const struct conf *c, unsigned i);

/* How many of them are so. */
unsigned audit_count(const struct conf *c,
    bool (*is)(const struct source_conf *));

void audit_number(struct audit *a);
void audit_groups(struct audit *a);
void audit_operators(struct audit *a);
void audit_losses(struct audit *a);
void audit_permission(struct audit *a);
void audit_pool(struct audit *a);
void audit_interval(struct audit *a);
void audit_budget(struct audit *a);
void audit_poll(struct audit *a);
void audit_leap(struct audit *a);
void audit_smeared(struct audit *a);
void audit_smear_mix(struct audit *a);
void audit_smear_leap(struct audit *a);

void audit_authentication(struct audit *a);
void audit_key_file(struct audit *a); /* before those below */
void audit_key_use(struct audit *a);
void audit_key_shared(struct audit *a);
void audit_key_age(struct audit *a);
void audit_key_types(struct audit *a);
void audit_sibling_key(struct audit *a);

void audit_access(struct audit *a);
void audit_mode6(struct audit *a);
void audit_dashboard(struct audit *a);
void audit_watched(struct audit *a);
void audit_log(struct audit *a);
void audit_anycast(struct audit *a);
void audit_unseen(struct audit *a);

#endif
