/* SPDX-License-Identifier: ISC */
/*
 * agent.h - main's care for the SNMP agent, which is a program of its own
 * (snmp_role.c): it is started, started again when it dies, and ended.
 * Without it all the rest goes on.
 */
#ifndef AGENT_H
#define AGENT_H

#include "roles.h"

#include <stdbool.h>
#include <sys/types.h>

/* Where it is: beside this program.  Before anything is given up. */
void agent_find(void);

/* The sentence, if s wants SNMP and there is no such program; or NULL. */
const char *agent_missing(const struct setup *s);

/* Starts it, if s wants it. */
void agent_start(const struct setup *s);

/* At a reload: another one, if it was started with other words. */
void agent_reload(const struct setup *s);

/* True: it was the agent that died, and agent_next() says when to start it. */
bool agent_buried(pid_t pid, int status);

/* Seconds until agent_poll() wants to be called; < 0: it does not. */
double agent_next(void);
void agent_poll(const struct setup *s);

/* Ends it, by force after a quarter of a second: net-snmp may hang.  SIGTERM if
 * all of the daemon ends, and SIGINT if it does not.  Who cannot be killed
 * (role_end()) is left behind, and does nothing any more. */
void agent_stop(int sig);

#endif
