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
find(struct desk_watch *w, const struct addr *a)
{
	for (unsigned i = 0; i < w->count; i++)
		if (addr_same_host(&w->host[i].addr, a))
			return &w->host[i];
	return NULL;
}

static void
say(const struct desk_clients *d, const struct addr *a,
    const struct diagnosis *is, unsigned news)
{
	char address[ADDR_TEXT], flags[128] = "", evidence[512];
	struct text t = TEXT(flags);
	struct diagnosis told = *is;

	told.words = news;
	for (unsigned w = 0; w < DIAGNOSE_WORDS; w++)
		if ((news >> w & 1) != 0)
			text_add(&t, "%s%s", t.len > 0 ? "," : "",
			    diagnose_name(w));
	news_say(d->news,
	    news == 1u << DIAGNOSE_HARD_CODED ? EVENT_CLIENTS_ROGUE :
						EVENT_CLIENTS_SICK,
	    "host=%s flags=%s: %s", addr_print(a, false, address), flags,
	    diagnose_print(&told, evidence, sizeof(evidence)));
}

/* The place of the host; NULL: all are taken. */
static struct desk_sick *
place_of(struct desk_watch *w, const struct addr *a)
{
	struct desk_sick *s = find(w, a);

	if (s != NULL || w->count == DESK_SICK)
		return s;
	s = &w->host[w->count++];
	*s = (struct desk_sick){ .addr = *a, .since = w->roll.now };
	return s;
}

static unsigned
words_of(const struct desk_watch *w, const struct clients_view *v,
    struct diagnosis *is)
{
	diagnose(v, is);
	return is->words &
	    (w->rogues ? 1u << DIAGNOSE_HARD_CODED : (1u << DIAGNOSE_SICK) - 1);
}

/* Is it so still?  The roll has no more than the busiest. */
static bool
is_still(const struct desk_watch *w, const struct desk_sick *s)
{
	struct clients_view v;
	struct diagnosis is;

	return roll_find(&w->roll, &s->addr, w->roll.now, &v) &&
	    words_of(w, &v, &is) != 0;
}

static void
say_well(const struct desk_clients *d, const struct desk_watch *w,
    const struct desk_sick *s)
{
	char address[ADDR_TEXT], span[SNAPSHOT_SPAN];

	news_say(d->news, EVENT_CLIENTS_WELL, "host=%s is well again, after %s",
	    addr_print(&s->addr, false, address),
	    snapshot_span(mono_sub(w->roll.now, s->since), span));
}

static void
drop_well(const struct desk_clients *d, struct desk_watch *w)
{
	for (unsigned i = 0; i < w->count;) {
		struct desk_sick *s = &w->host[i];

		s->well = s->found || is_still(w, s) ? 0 : s->well + 1;
		s->found = false;
		if (s->well < WELL) {
			i++;
			continue;
		}
		if (s->named)
			say_well(d, w, s);
		*s = w->host[--w->count];
	}
}

static void
keep_top(struct desk_watch *w)
{
	struct diagnosis is;

	w->all = w->roll.wanted;
	w->tops = 0;
	for (unsigned i = 0; i < w->roll.rows && i < MIB_HOSTS; i++) {
		const struct clients_view *v = &w->roll.row[i].view;

		diagnose(v, &is);
		w->top[w->tops++] = (struct mib_host){ .addr = v->addr,
			.rogue = v->redirected > 0,
			.words = is.words,
			.requests = v->requests,
			.rate_per_s = v->rate_per_s,
			.last_s = v->last_s };
	}
}

static void
compare(const struct desk_clients *d, struct desk_watch *w)
{
	struct diagnosis is;
	unsigned told = 0;
	bool more = false;

	for (unsigned i = 0; i < w->roll.rows; i++) {
		const struct clients_view *v = &w->roll.row[i].view;
		struct desk_sick *s = place_of(w, &v->addr);
		unsigned words = words_of(w, v, &is), news;

		if (s == NULL)
			continue;
		news = words & ~s->words;
		s->words |= words;
		s->found = true;
		if (news != 0 && told < TOLD_MAX) {
			say(d, &v->addr, &is, news);
			s->named = true;
			told++;
		} else {
			more |= news != 0;
		}
	}
	if (more)
		news_say(d->news, EVENT_CLIENTS_MORE,
		    "hosts=%llu %s in all: see \"ntpgate clients%s\"",
		    (unsigned long long)w->roll.wanted,
		    w->rogues ? "ask the outside" : "are sick",
		    w->rogues ? "" : " --flagged");
	drop_well(d, w);
	keep_top(w);
}

/* The sick and the rogues in turn. */
static void
watch(void *ctx)
{
	struct desk_clients *d = ctx;
	struct desk_watch *w = &d->watch[d->watching];
	const struct roll_order order = { .sort = ROLL_BY_RATE,
		.flagged = !w->rogues,
		.rogues = w->rogues,
		.limit = DESK_SICK };

	if (!w->walking)
		roll_begin(&w->roll, &order, clock_raw());
	w->walking = roll_walk(&w->roll, DESK_PIECE);
	if (!w->walking) {
		compare(d, w);
		d->watching = 1 - d->watching;
	}
	loop_set(d->watcher, w->walking ? 0 : WATCH_S / 2);
}

static bool
has(const struct mib_host *h, unsigned n, const struct addr *a)
{
	for (unsigned i = 0; i < n; i++)
		if (addr_same_host(&h[i].addr, a))
			return true;
	return false;
}

unsigned
desk_clients_top(const struct desk_clients *d, struct mib_host out[MIB_HOSTS])
{
	const struct desk_watch *sick = &d->watch[0], *rogue = &d->watch[1];
	unsigned n = 0, s = 0, r = 0;

	while (n < MIB_HOSTS && (s < sick->tops || r < rogue->tops)) {
		bool is_sick = r == rogue->tops ||
		    (s < sick->tops &&
			sick->top[s].rate_per_s >= rogue->top[r].rate_per_s);
		const struct mib_host *h =
		    is_sick ? &sick->top[s++] : &rogue->top[r++];

		if (!has(out, n, &h->addr))
			out[n++] = *h;
	}
	return n;
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
desk_clients_open(struct desk_clients *d, const struct setup *s,
    const struct news *news, struct loop *l, struct err *e)
{
	d->setup = s;
	d->news = news;
	d->watch[1].rogues = true;
	d->file.fd = -1;
	desk_clients_tables(&d->roll, &s->hosts);
	for (unsigned i = 0; i < 2; i++)
		desk_clients_tables(&d->watch[i].roll, &s->hosts);
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
