/* SPDX-License-Identifier: ISC */
/*
 * desk.h - main's care for the desk (desk_role.c): it is started, started
 * again when it dies, and ended.  Without it time is served all the same.
 */
#ifndef DESK_H
#define DESK_H

#include "roles.h"

#include <stdbool.h>
#include <sys/types.h>

/* Starts it; if that cannot be now, desk_next() says when it is tried again. */
void desk_start(struct setup *s);

/* At a reload.  stays: it opens its log anew, and no more; else another one
 * takes its place, and if it hangs it is made to go. */
void desk_reload(bool stays);

/* True: it was the desk that ended, and desk_next() says when to start it. */
bool desk_buried(pid_t pid, int status);

/* Seconds until desk_poll() wants to be called; < 0: it does not. */
double desk_next(void);
void desk_poll(struct setup *s);

/* Its process; 0: there is none. */
pid_t desk_pid(void);

#endif
