/* SPDX-License-Identifier: ISC */
/*
 * status.h - the line that systemd shows of us: the desk has it, and main says
 * it.
 *
 * Who may speak to systemd can also say that all is well when it is not, or
 * that we stop.  So the unit listens to main alone, which reads nothing that a
 * stranger wrote; the desk, which does, can hand main a line and no more.
 */
#ifndef STATUS_H
#define STATUS_H

#include "roles.h"

#include "view/brief.h"

/* What the desk said last; zeros at first. */
struct status {
	char said[BRIEF_MAX];
	enum engine_state state;
	double said_s; /* uptime then */
};

/* In main, which waits for signals: SIGIO tells it that there is a line. */
int status_open(struct setup *s, struct err *e);

/* In the desk: a line if it is another one; a change of state at once, the
 * rest not oftener than each 10 s. */
void status_told(struct status *t, const struct setup *s,
    const struct snapshot *now);

/* In main: passes on what there is, with nothing in it that systemd could take
 * for more than a text. */
void status_pass(const struct setup *s);

/* In main: the last one again, where other words took its place. */
void status_again(void);

#endif
