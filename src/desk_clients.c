/* SPDX-License-Identifier: ISC */
#include "desk_clients.h"
#include "serving.h"

#include "base/text.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <stdlib.h>
#include <string.h>

#define SAVE_S 3600.0

void
desk_clients_tables(struct roll *r, const struct hosts *h)
{
	r->tables = h->tables;
	for (unsigned i = 0; i < h->tables; i++)
		r->table[i] = hosts_table(h, i);
}

/* ---- questions ---- */

static void
begin_next(struct desk_clients *d)
{
	if (d->asking == 0)
		return;
	roll_begin(&d->roll, &d->queue[0].order.roll, clock_raw());
	loop_set(d->walker, 0);
}

static void
walk(void *ctx)
{
	struct desk_clients *d = ctx;
	struct text t = { d->answer, d->answer_size, 0 };

	if (roll_walk(&d->roll, DESK_PIECE)) {
		loop_set(d->walker, 0);
		return;
	}
	command_clients(&d->queue[0].order, &d->roll, &t);
	control_answer(d->queue[0].client, d->answer, strlen(d->answer));
	memmove(&d->queue[0], &d->queue[1], --d->asking * sizeof(d->queue[0]));
	begin_next(d);
}

void
desk_clients_ask(struct desk_clients *d, struct control_client *c,
    const struct command_order *o)
{
	struct text t = { d->answer, d->answer_size, 0 };

	if (d->setup->hosts.tables == 0 || d->asking == DESK_ASKING) {
		command_clients(o, NULL, &t);
		control_answer(c, d->answer, strlen(d->answer));
		return;
	}
	d->queue[d->asking++] = (struct desk_asking){ c, *o };
	if (d->asking == 1)
		begin_next(d);
}

void
desk_clients_report(const struct desk_clients *d, const struct command_order *o,
    const struct snapshot *s, struct text *out)
{
	struct clients_view view;
	struct limiter limiter;
	bool known = roll_find(&d->roll, &o->addr, clock_raw(), &view);

	serving_limiter(&d->setup->orders.conf, &limiter);
	command_report(o, s, known ? &view : NULL,
	    limiter_find(&limiter, &o->addr)->interval_s, out);
}

/* ---- on disk ---- */

static int
begin_save(struct desk_clients *d, struct err *e)
{
	return hosts_save_begin(&d->file, &d->setup->hosts,
	    d->setup->orders.conf.state_dir, e);
}

static void
log_unsaved(const struct err *e)
{
	static struct log_gate gate;

	log_limited(&gate, EVENT_CLIENTS_UNSAVED, "not saved: %s", e->text);
}

/* A piece of it; 1: there is more. */
static int
save_piece(struct desk_clients *d)
{
	struct err err;
	int more = -1;

	if (d->file.fd != -1 || begin_save(d, &err) == 0)
		more = hosts_save(&d->file, &err);
	if (more == -1)
		log_unsaved(&err);
	return more;
}

static void
save(void *ctx)
{
	struct desk_clients *d = ctx;

	loop_set(d->saver, save_piece(d) == 1 ? 0 : SAVE_S);
}

/* ---- begin and end ---- */

int
desk_clients_open(struct desk_clients *d, const struct setup *s, struct loop *l,
    struct err *e)
{
	d->setup = s;
	d->file.fd = -1;
	desk_clients_tables(&d->roll, &s->hosts);
	d->walker = loop_timer(l, walk, d);
	d->saver = loop_timer(l, save, d);
	if (d->walker == NULL || d->saver == NULL)
		return err_set(e, "out of memory");
	if (s->hosts.tables > 0)
		loop_set(d->saver, SAVE_S);
	return 0;
}

void
desk_clients_close(struct desk_clients *d)
{
	while (d->setup->hosts.tables > 0 && save_piece(d) == 1)
		;
	loop_drop(d->walker);
	loop_drop(d->saver);
}
