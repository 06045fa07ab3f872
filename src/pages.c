/* SPDX-License-Identifier: ISC */
#include "pages.h"
#include "desk_clients.h"

#include "base/text.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "sys/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NAME "history"
#define FRESH_S 1.0  /* a snapshot is good enough that long */
#define KEEP_S 600.0 /* between two writings of the history */
#define WALK_S 10.0  /* between two rolls */
#define ROWS 20

static double
age(const struct pages *p)
{
	return p->s != NULL ? mono_sub(clock_raw(), p->heard) : 1e9;
}

/* ---- requests */

static void
answer(struct pages *p, struct http_client *c, const struct request *r)
{
	struct text body = TEXT(p->body);
	struct route_world w = { .s = p->s,
		.age_s = age(p),
		.h = &p->history,
		.rate = p->rate,
		.sick = p->sick };
	struct mono now;
	struct route_answer a;

	clock_pair(&now, &w.clock);
	p->body[0] = '\0';
	a = route(r, &w, &body);
	if (text_cut(&body)) {
		a = (struct route_answer){ 500, "text/plain", true };
		body.len = 0;
	}
	http_answer(c,
	    &(struct http_answer){ .status = a.status,
		.type = a.type,
		.live = a.live,
		.body = p->body,
		.len = body.len });
}

static void
answer_all(struct pages *p)
{
	unsigned n = p->waiting_count;

	p->waiting_count = 0;
	for (unsigned i = 0; i < n; i++)
		answer(p, p->waiting[i].client, &p->waiting[i].request);
}

/* The engine is asked once a second at most, however many ask us. */
static void
asked(void *ctx, struct http_client *c, const struct request *r)
{
	struct pages *p = ctx;

	if (!route_is_live(r) || age(p) < FRESH_S ||
	    p->waiting_count == HTTP_CLIENTS) {
		answer(p, c, r);
		return;
	}
	p->waiting[p->waiting_count++] =
	    (struct pages_waiting){ .client = c, .request = *r };
	p->ask(p->ask_ctx);
}

/* ---- the history */

static void
remember(struct pages *p)
{
	char path[CONF_PATH_MAX + sizeof(NAME) + 1];
	struct text t = TEXT(path);
	struct err err;
	char *octets;
	size_t len;

	history_init(&p->history);
	text_add(&t, "%s/%s", p->setup->orders.conf.state_dir, NAME);
	octets = file_read(path, HISTORY_OCTETS_MAX, &len, &err);
	if (octets == NULL) {
		if (errno != ENOENT)
			log_event(EVENT_HTTP_FORGOTTEN, "%s: it begins anew",
			    err.text);
		return;
	}
	if (history_read(&p->history, (const uint8_t *)octets, len, &err) == -1)
		log_event(EVENT_HTTP_FORGOTTEN, "%s: %s: it begins anew", path,
		    err.text);
	free(octets);
}

static void
keep(struct pages *p)
{
	static uint8_t octets[HISTORY_OCTETS_MAX];
	size_t len = history_write(&p->history, octets);
	struct err err;
	bool bad = file_replace(p->setup->orders.conf.state_dir, NAME, octets,
		       len, &err) == -1;

	if (bad && !p->unkept)
		log_event(EVENT_HTTP_UNSAVED, "the history is not kept: %s",
		    err.text);
	p->unkept = bad;
	p->kept = p->heard;
}

void
pages_told(struct pages *p, const struct snapshot *s)
{
	if (!p->on)
		return;
	p->s = s;
	p->heard = snapshot_taken(s);
	if (p->fed.ns == 0 ||
	    mono_sub(p->heard, p->fed) > 0.9 * HISTORY_FEED_S) {
		history_feed(&p->history, s);
		p->fed = p->heard;
	}
	if (mono_sub(p->heard, p->kept) > KEEP_S)
		keep(p);
	answer_all(p);
}

void
pages_late(struct pages *p)
{
	if (p->on)
		answer_all(p);
}

/* ---- hosts */

static void
take_roll(struct pages *p)
{
	struct roll **is = p->of_sick ? &p->sick : &p->rate;
	struct roll *was = *is;

	*is = p->next;
	for (unsigned i = 0; was == NULL && i < 3; i++)
		if (&p->roll[i] != p->rate && &p->roll[i] != p->sick)
			was = &p->roll[i];
	p->next = was;
	p->of_sick = !p->of_sick;
}

/* Some places at a time, between requests. */
static void
walk(void *ctx)
{
	struct pages *p = ctx;
	const struct roll_order order = { .sort = ROLL_BY_RATE,
		.flagged = p->of_sick,
		.limit = ROWS };

	if (!p->walking)
		roll_begin(p->next, &order, clock_raw());
	p->walking = roll_walk(p->next, DESK_PIECE);
	if (!p->walking)
		take_roll(p);
	loop_set(p->walker, p->walking ? 0 : p->sick == NULL ? 1 : WALK_S);
}

static void
find_tables(struct pages *p)
{
	const struct hosts *h = &p->setup->hosts;

	for (unsigned i = 0; i < 3; i++)
		desk_clients_tables(&p->roll[i], h);
	p->next = &p->roll[0];
	if (h->tables > 0)
		loop_set(p->walker, 1);
}

/* ---- begin and end */

int
pages_open(struct pages *p, struct setup *s, struct loop *l, loop_fn *ask,
    void *ctx, struct err *e)
{
	p->setup = s;
	p->ask = ask;
	p->ask_ctx = ctx;
	if (s->http == -1)
		return 0;
	remember(p);
	p->kept = clock_raw();
	p->http = http_new(l, s->http, asked, p, e);
	if (p->http == NULL)
		return -1;
	p->walker = loop_timer(l, walk, p);
	if (p->walker == NULL)
		return err_set(e, "out of memory");
	find_tables(p);
	p->on = true;
	return 0;
}

void
pages_close(struct pages *p)
{
	if (!p->on)
		return;
	p->on = false;
	if (p->fed.ns != 0)
		keep(p);
	http_free(p->http);
	loop_drop(p->walker);
}
