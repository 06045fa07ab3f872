/* SPDX-License-Identifier: ISC */
#include "desk_watch.h"

#include "desk_clients.h"

#include "base/text.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "sys/log.h"

#include <errno.h>
#include <stdlib.h>

#define NAME "watched"
#define WATCH_S 60.0
#define WELL 5	    /* looks, then it is over */
#define TOLD_MAX 20 /* lines a look */

/* ---- on disk */

static struct watched_moment
moment(const struct desk_watch *w)
{
	struct watched_moment m = { .boot = w->setup->orders.conf.engine.boot };

	clock_pair(&m.now, &m.wall);
	return m;
}

static void
remember(struct desk_watch *w)
{
	char path[CONF_PATH_MAX + sizeof(NAME) + 1];
	struct watched_moment now = moment(w);
	struct text t = TEXT(path);
	struct err err;
	char *octets;
	size_t len;

	text_add(&t, "%s/%s", w->setup->orders.conf.state_dir, NAME);
	octets = file_read(path, WATCHED_OCTETS_MAX, &len, &err);
	if (octets == NULL && errno != ENOENT)
		log_event(EVENT_CLIENTS_FORGOTTEN, "%s: told anew", err.text);
	if (octets == NULL)
		return;
	if (watched_read(&w->watched, &now, (const uint8_t *)octets, len,
		&err) == -1)
		log_event(EVENT_CLIENTS_FORGOTTEN, "%s: %s: told anew", path,
		    err.text);
	free(octets);
}

static void
keep(struct desk_watch *w)
{
	static uint8_t octets[WATCHED_OCTETS_MAX];
	struct watched_moment now = moment(w);
	size_t len = watched_write(&w->watched, &now, octets);
	struct err err;
	bool bad = file_replace(w->setup->orders.conf.state_dir, NAME, octets,
		       len, &err) == -1;

	if (bad && !w->unkept)
		log_event(EVENT_CLIENTS_UNSAVED, "who was told is not kept: %s",
		    err.text);
	w->unkept = bad;
	w->news_unkept = bad;
}

static bool
is_anybody_watched(const struct desk_watch *w)
{
	for (unsigned k = 0; k < WATCHED_KINDS; k++)
		if (w->watched.of[k].count > 0)
			return true;
	return false;
}

/* ---- what is told */

static void
say(const struct desk_watch *w, const struct addr *a,
    const struct diagnosis *is, unsigned news)
{
	char address[ADDR_TEXT], flags[128] = "", evidence[512];
	struct text t = TEXT(flags);
	struct diagnosis told = *is;

	told.words = news;
	for (unsigned i = 0; i < DIAGNOSE_WORDS; i++)
		if ((news >> i & 1) != 0)
			text_add(&t, "%s%s", t.len > 0 ? "," : "",
			    diagnose_name(i));
	news_say(w->news,
	    news == 1u << DIAGNOSE_HARD_CODED ? EVENT_CLIENTS_ROGUE :
						EVENT_CLIENTS_SICK,
	    "host=%s flags=%s: %s", addr_print(a, false, address), flags,
	    diagnose_print(&told, evidence, sizeof(evidence)));
}

static void
say_more(const struct desk_watch *w, const struct roll *r)
{
	bool rogues = w->turn == WATCHED_ROGUES;

	news_say(w->news, EVENT_CLIENTS_MORE,
	    "hosts=%llu %s in all: see \"ntpgate clients%s\"",
	    (unsigned long long)r->wanted,
	    rogues ? "ask the outside" : "are sick",
	    rogues ? "" : " --flagged");
}

static void
say_well(const struct desk_watch *w, const struct watched_host *h,
    struct mono now)
{
	char address[ADDR_TEXT], span[SNAPSHOT_SPAN];

	news_say(w->news, EVENT_CLIENTS_WELL, "host=%s is well again, after %s",
	    addr_print(&h->addr, false, address),
	    snapshot_span(mono_sub(now, h->since), span));
}

/* ---- who becomes sick, and well again */

static unsigned
words_of(const struct desk_watch *w, const struct clients_view *v,
    struct diagnosis *is)
{
	diagnose(v, is);
	return is->words & watched_words(w->turn);
}

/* Is it so still?  The roll has no more than the busiest. */
static bool
is_still(const struct desk_watch *w, const struct watched_host *h)
{
	const struct roll *r = &w->look[w->turn].roll;
	struct clients_view v;
	struct diagnosis is;

	return roll_find(r, &h->addr, r->now, &v) && words_of(w, &v, &is) != 0;
}

static void
drop_well(struct desk_watch *w)
{
	struct watched_list *l = &w->watched.of[w->turn];

	for (unsigned i = 0; i < l->count;) {
		struct watched_host *h = &l->host[i];

		h->well = h->found || is_still(w, h) ? 0 : h->well + 1;
		h->found = false;
		if (h->well < WELL) {
			i++;
			continue;
		}
		if (h->named)
			say_well(w, h, w->look[w->turn].roll.now);
		watched_drop(l, i);
		w->news_unkept = true;
	}
}

static void
keep_top(struct desk_look *k)
{
	struct diagnosis is;

	k->all = k->roll.wanted;
	k->tops = 0;
	for (unsigned i = 0; i < k->roll.rows && i < MIB_HOSTS; i++) {
		const struct clients_view *v = &k->roll.row[i].view;

		diagnose(v, &is);
		k->top[k->tops++] = (struct mib_host){ .addr = v->addr,
			.rogue = v->redirected > 0,
			.words = is.words,
			.requests = v->requests,
			.rate_per_s = v->rate_per_s,
			.last_s = v->last_s };
	}
}

static void
compare(struct desk_watch *w)
{
	const struct roll *r = &w->look[w->turn].roll;
	struct diagnosis is;
	unsigned told = 0;
	bool more = false;

	for (unsigned i = 0; i < r->rows; i++) {
		const struct clients_view *v = &r->row[i].view;
		struct watched_host *h =
		    watched_place(&w->watched.of[w->turn], &v->addr, r->now);
		unsigned words = words_of(w, v, &is), news;

		if (h == NULL)
			continue;
		news = words & ~h->words;
		h->words |= words;
		h->found = true;
		w->news_unkept |= news != 0;
		if (news != 0 && told < TOLD_MAX) {
			say(w, &v->addr, &is, news);
			h->named = true;
			told++;
		} else {
			more |= news != 0;
		}
	}
	if (more)
		say_more(w, r);
}

/* The sick and the rogues in turn. */
static void
watch(void *ctx)
{
	struct desk_watch *w = ctx;
	struct desk_look *k = &w->look[w->turn];
	const struct roll_order order = { .sort = ROLL_BY_RATE,
		.flagged = w->turn == WATCHED_SICK,
		.rogues = w->turn == WATCHED_ROGUES,
		.limit = WATCHED_HOSTS };

	if (!k->walking)
		roll_begin(&k->roll, &order, clock_raw());
	k->walking = roll_walk(&k->roll, DESK_PIECE);
	if (!k->walking) {
		compare(w);
		drop_well(w);
		keep_top(k);
		if (w->news_unkept)
			keep(w);
		w->turn = (w->turn + 1) % WATCHED_KINDS;
	}
	loop_set(w->watcher, k->walking ? 0 : WATCH_S / 2);
}

/* ---- the busiest */

static bool
has(const struct mib_host *h, unsigned n, const struct addr *a)
{
	for (unsigned i = 0; i < n; i++)
		if (addr_same_host(&h[i].addr, a))
			return true;
	return false;
}

unsigned
desk_watch_top(const struct desk_watch *w, struct mib_host out[MIB_HOSTS])
{
	const struct desk_look *sick = &w->look[WATCHED_SICK],
			       *rogue = &w->look[WATCHED_ROGUES];
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

/* ---- begin and end */

int
desk_watch_open(struct desk_watch *w, const struct setup *s,
    const struct news *news, struct loop *l, struct err *e)
{
	w->setup = s;
	w->news = news;
	for (unsigned k = 0; k < WATCHED_KINDS; k++)
		desk_clients_tables(&w->look[k].roll, &s->hosts);
	w->watcher = loop_timer(l, watch, w);
	if (w->watcher == NULL)
		return err_set(e, "out of memory");
	if (s->hosts.tables == 0)
		return 0;
	remember(w);
	loop_set(w->watcher, WATCH_S / 2);
	return 0;
}

void
desk_watch_close(struct desk_watch *w)
{
	if (w->news_unkept || is_anybody_watched(w))
		keep(w);
	loop_drop(w->watcher);
}
