/* SPDX-License-Identifier: ISC */
/*
 * agentx.h - SNMP by way of a master agent (RFC 2741), with net-snmp.
 *
 * It registers the trees that mib.h names and knows no object in them: who
 * owns it answers.  net-snmp blocks while its master does not answer, for 5 s
 * each time, or, in connect(), until the master goes on: it is for a process of
 * its own, which others end by force.  One a process.
 */
#ifndef SYS_AGENTX_H
#define SYS_AGENTX_H

#include "sys/loop.h"
#include "view/mib.h"

/* How the questions of managers are answered; ctx comes back. */
struct agentx_owner {
	void *ctx;
	/* As mib_get() and mib_next(). */
	bool (*get)(void *ctx, const struct mib_oid *o, struct mib_value *v);
	bool (*next)(void *ctx, const struct mib_oid *o, struct mib_oid *next,
	    struct mib_value *v);
	/*
	 * SET, of several objects at once: each is tested, then all are set
	 * (false: they cannot be kept), which may be undone; then done, which
	 * comes after a refusal, too.
	 */
	enum mib_refusal (*test)(void *ctx, const struct mib_oid *o,
	    const struct mib_value *v);
	bool (*set)(void *ctx);
	void (*undo)(void *ctx);
	void (*done)(void *ctx);
	/* The master is there, or gone. */
	void (*changed)(void *ctx, bool connected);
};

/*
 * Looks for the master at address ("unix:/var/agentx/master", "tcp:..."), and
 * again every two seconds while there is none.  Ends the loop if the master
 * takes us by halves.  Changes SNMP's variables of the environment.  address, o
 * and its ctx are kept until agentx_close().
 */
int agentx_open(struct loop *l, const char *address,
    const struct agentx_owner *o, struct err *e);

/* Says goodbye to the master.  net-snmp keeps some of its memory. */
void agentx_close(void);

/* Sends a notification; false: there is no master to take it. */
bool agentx_notify(const struct mib_notice *n);

#endif
