/* SPDX-License-Identifier: ISC */
#include "desk.h"

#include "sys/clock.h"
#include "sys/log.h"
#include "sys/role.h"

#include <math.h>
#include <signal.h>

#define AGAIN_S 1.0 /* the least between two starts */
#define END_S 5.0   /* to end, at a reload */

static struct desk {
	pid_t pid; /* 0: it does not run */
	struct mono began;
	struct mono due;  /* to be started */
	struct mono over; /* its time to end by itself */
} desk = { .due = { INT64_MAX }, .over = { INT64_MAX } };

void
desk_start(struct setup *s)
{
	static struct log_gate gate;
	struct err err;

	desk.due = MONO_NEVER;
	if (desk.began.ns != 0)
		setup_http(s); /* where a reload wants it */
	desk.began = clock_raw();
	desk.pid = setup_fork(s, desk_role, &err);
	if (desk.pid != -1)
		return;
	desk.pid = 0;
	desk.due = mono_add(desk.began, AGAIN_S);
	log_limited(&gate, EVENT_MAIN_DESK_DIED,
	    "the desk cannot be started: %s: tried again each second",
	    err.text);
}

void
desk_reload(bool stays)
{
	if (desk.pid == 0) /* the next one reads the new names */
		return;
	kill(desk.pid, stays ? SIGHUP : SIGTERM);
	if (!stays)
		desk.over = mono_min(desk.over, mono_add(clock_raw(), END_S));
}

bool
desk_buried(pid_t pid, int status)
{
	char how[ROLE_HOW];

	if (pid != desk.pid)
		return false;
	desk.pid = 0;
	desk.over = MONO_NEVER;
	desk.due = mono_add(desk.began, AGAIN_S);
	role_how(status, how);
	if (status != 0)
		log_event(EVENT_MAIN_DESK_DIED,
		    "the desk died (%s): started again", how);
	return true;
}

double
desk_next(void)
{
	struct mono next = mono_min(desk.due, desk.over);

	if (next.ns == MONO_NEVER.ns)
		return -1;
	return fmax(mono_sub(next, clock_raw()), 0);
}

void
desk_poll(struct setup *s)
{
	struct mono now = clock_raw();

	if (mono_sub(desk.over, now) <= 0) {
		desk.over = MONO_NEVER;
		log_event(EVENT_MAIN_KILLED,
		    "the desk (pid %d) does not end for a reload: killed",
		    (int)desk.pid);
		kill(desk.pid, SIGKILL);
	}
	if (mono_sub(desk.due, now) <= 0)
		desk_start(s);
}

pid_t
desk_pid(void)
{
	return desk.pid;
}
