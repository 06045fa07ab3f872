/* SPDX-License-Identifier: ISC */
/*
 * engine_control.c - control messages (RFC 9327) between those who ask and the
 * desk, which answers: the engine only carries them, and waits for nobody.
 *
 * The desk keeps count of its octets; what it may ever send through us is
 * bounded here once more, as the desk is what speaks with strangers.
 */
#include "engine_role.h"

#include "sys/role.h"

#include <string.h>

#define ASKED_S 256 /* to the desk, of all workers */
#define ANSWERED_S 512

/*
 * The counts of this second.  A desk that is behind gets no more of it until
 * it speaks: what it is told of events needs room, too.
 */
static void
begin_second(struct engine_role *r)
{
	int64_t second = clock_raw().ns / 1000000000;

	if (second == r->control.second)
		return;
	r->control.second = second;
	r->control.answered = 0;
	if (r->control.heard)
		r->control.asked = 0;
	r->control.heard = false;
}

static void
pass(const struct engine_role *r, const struct worker_letter *l)
{
	struct message_control m = { .us = l->to,
		.peer = l->from,
		.len = l->len };

	memcpy(m.pkt, l->pkt, l->len);
	role_send(r->setup->desk, MESSAGE_CONTROL, &m, sizeof(m));
}

void
control_pass(struct engine_role *r)
{
	struct worker_letter l;

	begin_second(r);
	while (serving_control(&r->serving, &l))
		if (!r->setup->solo && r->control.asked++ < ASKED_S)
			pass(r, &l);
}

void
control_reply(struct engine_role *r, const struct message_control *m)
{
	begin_second(r);
	if (m->len > sizeof(m->pkt) || !ctl_is_answer(m->pkt, m->len) ||
	    !server_tells(&r->serving.server, &m->peer) ||
	    r->control.answered++ >= ANSWERED_S)
		return;
	/* What does not leave is lost, as packets are. */
	(void)serving_answer(&r->serving, &m->us, &m->peer, m->pkt, m->len);
}
