/* SPDX-License-Identifier: ISC */
#include "desk_clients.h"
#include "serving.h"

#include "base/text.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <stdlib.h>
#include <string.h>

#define WATCH_S 60.0
#define SAVE_S 3600.0
#define WELL 5	    /* looks, then it is over */
#define TOLD_MAX 20 /* lines a look */

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

/* ---- who becomes sick, and well again ---- */

static struct desk_sick *
find_sick(struct desk_clients *d, const struct addr *a)
{
	for (unsigned i = 0; i < d->sick_count; i++)
		if (addr_same_host(&d->sick[i].addr, a))
			return &d->sick[i];
	return NULL;
}

static void
log_sick(const struct addr *a, const struct diagnosis *is, unsigned news)
{
	char address[ADDR_TEXT], flags[128] = "", evidence[512];
	struct text t = TEXT(flags);
	struct diagnosis told = *is;

	told.words = news;
	for (unsigned w = 0; w < DIAGNOSE_SICK; w++)
		if ((news >> w & 1) != 0)
			text_add(&t, "%s%s", t.len > 0 ? "," : "",
			    diagnose_name(w));
	log_event(EVENT_CLIENTS_SICK, "host=%s flags=%s: %s",
	    addr_print(a, false, address), flags,
	    diagnose_print(&told, evidence, sizeof(evidence)));
}

/* Notes a host that is sick now: the words that are new. */
static unsigned
note(struct desk_clients *d, const struct clients_view *v, unsigned words)
{
	struct desk_sick *s = find_sick(d, &v->addr);
	unsigned news;

	if (s == NULL && d->sick_count == DESK_SICK)
		return 0;
	if (s == NULL) {
		s = &d->sick[d->sick_count++];
		*s = (struct desk_sick){ .addr = v->addr,
			.since = d->watch.now };
	}
	news = words & ~s->words;
	s->words |= words;
	s->found = true;
	s->well = 0;
	return news;
}

static void
drop_well(struct desk_clients *d)
{
	char address[ADDR_TEXT], span[SNAPSHOT_SPAN];

	for (unsigned i = 0; i < d->sick_count;) {
		struct desk_sick *s = &d->sick[i];

		s->well += !s->found;
		s->found = false;
		if (s->well < WELL) {
			i++;
			continue;
		}
		log_event(EVENT_CLIENTS_WELL, "host=%s is well again, after %s",
		    addr_print(&s->addr, false, address),
		    snapshot_span(mono_sub(d->watch.now, s->since), span));
		*s = d->sick[--d->sick_count];
	}
}

static void
compare(struct desk_clients *d)
{
	const unsigned sick = (1u << DIAGNOSE_SICK) - 1;
	struct diagnosis is;
	unsigned told = 0, more = 0;

	for (unsigned i = 0; i < d->watch.rows; i++) {
		const struct clients_view *v = &d->watch.row[i].view;
		unsigned news;

		diagnose(v, &is);
		news = note(d, v, is.words & sick);
		if (news != 0 && told < TOLD_MAX) {
			log_sick(&v->addr, &is, news);
			told++;
		} else {
			more += news != 0;
		}
	}
	if (more > 0)
		log_event(EVENT_CLIENTS_MORE,
		    "more=%u hosts are sick: see \"ntpgate clients --flagged\"",
		    more);
	drop_well(d);
}

static void
watch(void *ctx)
{
	struct desk_clients *d = ctx;
	static const struct roll_order all = { .sort = ROLL_BY_REQUESTS,
		.flagged = true,
		.limit = DESK_SICK };

	if (!d->watching)
		roll_begin(&d->watch, &all, clock_raw());
	d->watching = roll_walk(&d->watch, DESK_PIECE);
	if (!d->watching)
		compare(d);
	loop_set(d->watcher, d->watching ? 0 : WATCH_S);
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
	desk_clients_tables(&d->watch, &s->hosts);
	d->walker = loop_timer(l, walk, d);
	d->watcher = loop_timer(l, watch, d);
	d->saver = loop_timer(l, save, d);
	if (d->walker == NULL || d->watcher == NULL || d->saver == NULL)
		return err_set(e, "out of memory");
	if (s->hosts.tables > 0) {
		loop_set(d->watcher, WATCH_S / 2);
		loop_set(d->saver, SAVE_S);
	}
	return 0;
}

void
desk_clients_close(struct desk_clients *d)
{
	while (d->setup->hosts.tables > 0 && save_piece(d) == 1)
		;
	loop_drop(d->walker);
	loop_drop(d->watcher);
	loop_drop(d->saver);
}
