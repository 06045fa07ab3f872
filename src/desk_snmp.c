/* SPDX-License-Identifier: ISC */
#include "desk_snmp.h"

#include "sys/role.h"

#include <errno.h>

#define REST_S 0.02 /* between two questions: nobody makes us do more */

static void asked(void *ctx);

static void
listen_again(void *ctx)
{
	struct desk_snmp *d = ctx;

	d->reader = loop_watch(d->loop, d->wire, asked, d);
	if (d->reader == NULL)
		loop_set(d->rest, REST_S);
}

static void
asked(void *ctx)
{
	struct desk_snmp *d = ctx;
	uint32_t kind;
	size_t len;
	char body;
	int got = role_receive(d->wire, &kind, &body, 0, &len);

	loop_drop(d->reader);
	d->reader = NULL;
	/* main keeps the other end, too: it is over with main alone. */
	if (got == -1 && errno != EBADMSG)
		return;
	loop_set(d->rest, REST_S);
	if (got != 1 || kind != MESSAGE_WATCH)
		return;
	d->wanted = true;
	d->ask(d->ask_ctx);
}

static void
happened(void *ctx, const struct message_event *m)
{
	const struct desk_snmp *d = ctx;

	role_send(d->wire, MESSAGE_EVENT, m, sizeof(*m));
}

int
desk_snmp_open(struct desk_snmp *d, const struct setup *s, struct news *n,
    struct loop *l, struct err *e)
{
	if (s->orders.conf.agentx[0] == '\0')
		return 0;
	d->wire = s->snmp;
	d->loop = l;
	d->rest = loop_timer(l, listen_again, d);
	if (d->rest == NULL)
		return err_set(e, "out of memory");
	listen_again(d);
	news_read(n, happened, d);
	return 0;
}

void
desk_snmp_told(struct desk_snmp *d, const struct snapshot *s)
{
	struct message_world *w = &d->world;

	if (!d->wanted)
		return;
	d->wanted = false;
	w->snapshot = *s;
	w->flagged = (unsigned)d->watch->look[WATCHED_SICK].all;
	w->rogues = (unsigned)d->watch->look[WATCHED_ROGUES].all;
	w->hosts = desk_watch_top(d->watch, w->host);
	role_send(d->wire, MESSAGE_WORLD, w, sizeof(*w));
}

void
desk_snmp_close(struct desk_snmp *d)
{
	loop_drop(d->reader);
	loop_drop(d->rest);
	d->reader = d->rest = NULL;
}
