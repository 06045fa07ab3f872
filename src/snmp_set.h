/* SPDX-License-Identifier: ISC */
/*
 * snmp_set.h - what managers have set in the SNMP agent, and how many
 * notifications it has sent: in memory, and in state_dir (sys/kept.h).
 *
 * One SET of a manager changes all that it names, or nothing.  The master asks
 * in steps: snmp_set_test() for each object, then snmp_set_commit(); if
 * somebody else who is part of it fails, snmp_set_undo(); and snmp_set_end()
 * however it went.
 */
#ifndef SNMP_SET_H
#define SNMP_SET_H

#include "view/mib.h"

#include <stdbool.h>

struct snmp_set {
	const char *state_dir;
	struct mib_kept kept; /* what holds */
	bool unsaved;	      /* its count of notifications */
	bool going;	      /* between the first test and the end: */
	struct mib_kept was, wanted;
};

/* Reads what is kept; damage is an event, and all is as at first.  state_dir
 * is kept. */
void snmp_set_open(struct snmp_set *s, const char *state_dir);

/* One more notification was sent: snmp_set_save() is to come soon. */
void snmp_set_count(struct snmp_set *s);
void snmp_set_save(struct snmp_set *s);

enum mib_refusal snmp_set_test(struct snmp_set *s, const struct mib_oid *o,
    const struct mib_value *v);

/* True: it holds, and is on the disk, before the manager hears so. */
bool snmp_set_commit(struct snmp_set *s);
void snmp_set_undo(struct snmp_set *s);
void snmp_set_end(struct snmp_set *s);

#endif
