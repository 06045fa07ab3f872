/* SPDX-License-Identifier: ISC */
#include "view/snapshot.h"

#include "base/text.h"

#include <math.h>
#include <string.h>

static double
ppm(double rate)
{
	return rate * 1e6;
}

/* Until t; negative if that is never. */
static double
until(struct mono t, struct mono now)
{
	if (t.ns == MONO_NEVER.ns)
		return -1;
	return fmax(0, mono_sub(t, now));
}

/* When it is both its turn and allowed. */
static double
next_question(const struct engine *e, unsigned i, struct mono now)
{
	const struct schedule_line *l = &e->schedule.line[i];

	if (!l->active || l->due.ns == MONO_NEVER.ns)
		return -1;
	struct mono may = ledger_when(&e->ledger, e->source[i].line, now);
	return until(may.ns > l->due.ns ? may : l->due, now);
}

static void
take_exchange(struct snapshot_upstream *u, const struct source *src)
{
	u->asked = src->asked;
	u->reach = src->reach;
	u->leap = src->leap;
	u->stratum = src->stratum;
	u->refid = src->refid;
	u->last = src->last;
	u->answered = src->answered;
	u->missed = src->missed;
	memcpy(u->kiss, src->kiss, sizeof(u->kiss));
	u->sent = src->sent_count;
	u->received = src->received_count;
	memcpy(u->verdict, src->verdicts, sizeof(u->verdict));
	u->root_delay_s = src->root_delay;
	u->root_disp_s = src->root_disp;
	u->score = src->score;
}

static void
take_account(struct snapshot_account *a, const struct ledger *l, unsigned i,
    struct mono now)
{
	const struct ledger_line *n = &l->line[i];

	a->hour = ledger_line_hour(l, i, now);
	a->day = ledger_line_day(l, i, now);
	a->total = n->total;
	memcpy(a->kiss, n->kiss, sizeof(a->kiss));
	a->kisses = n->kisses;
	a->kissed_s = n->kisses > 0 ? fmax(0, mono_sub(now, n->kissed)) : 0;
	a->floor_s = ledger_floor(l, i, now);
	a->rated_s = ledger_rated(l, i, now);
	a->retired = ledger_retired(l, i, now);
	if (a->retired)
		a->retired_s =
		    until(mono_add(n->retired_at, LEDGER_RETIRED_S), now);
}

static void
take_spares(struct snapshot *s, const struct engine *e, struct mono now)
{
	s->spares = e->conf.spares;
	for (unsigned k = 0; k < s->spares; k++) {
		const struct source_conf *c = &e->conf.spare[k];
		int line = ledger_find(&e->ledger, &c->addr);

		text_copy(s->spare[k].host, sizeof(s->spare[k].host), c->host);
		s->spare[k].addr = c->addr;
		if (c->addr.family != ADDR_NONE && line >= 0)
			take_account(&s->spare[k].account, &e->ledger,
			    (unsigned)line, now);
	}
}

/* How the ledger holds us back. */
static void
take_ledger(struct snapshot *s, const struct engine *e, struct mono now)
{
	const struct ledger *l = &e->ledger;

	s->sent.hour = ledger_hour(l, now);
	s->sent.day = ledger_day(l, now);
	s->sent.budget = ledger_budget(l);
	s->sent.total = l->total;
	s->hold_s = until(l->hold, now);
	s->frugal_s = ledger_is_frugal(l, now) ? until(l->frugal_end, now) : 0;
	/* a frugal day has its own, smaller measure */
	s->pace_s = s->frugal_s > 0 ? 0 : ledger_pace(l, now);
	s->closed = e->closed;
}

static void
take_upstream(struct snapshot_upstream *u, const struct engine *e, unsigned i,
    struct mono now)
{
	const struct engine_source *es = &e->source[i];
	const struct source *src = &es->source;
	const struct schedule_line *l = &e->schedule.line[i];

	text_copy(u->host, sizeof(u->host), src->conf.host);
	text_copy(u->operator_name, sizeof(u->operator_name),
	    src->conf.operator_name);
	u->addr = src->conf.addr;
	u->group = es->group;
	u->active = src->conf.addr.family != ADDR_NONE;
	u->selectable = es->selectable;
	u->leap_late = es->leap_late;
	u->unreachable = es->unreachable;
	u->authenticated = src->conf.key_id != 0;
	u->key_id = src->conf.key_id;
	u->precision = src->precision;
	take_exchange(u, src);
	if (es->lined)
		take_account(&u->account, &e->ledger, es->line, now);
	if (es->stands_for >= 0)
		text_copy(u->stands_for, sizeof(u->stands_for),
		    source_name(&e->conf.spare[es->stands_for]).text);
	if (engine_shares(e, i) >= 0)
		text_copy(u->shares_with, sizeof(u->shares_with),
		    source_name(&e->source[engine_shares(e, i)].source.conf)
			.text);
	u->poll_s = l->backoff_s > 0 ? l->backoff_s : e->schedule.interval;
	u->poll_s = fmax(u->poll_s, u->account.rated_s);
	u->next_s = next_question(e, i, now);
	u->last_s = l->asked ? fmax(0, mono_sub(now, l->last)) : -1;
	u->other_s = l->shared ? fmax(0, mono_sub(now, l->other)) : -1;
	u->sampled = src->samples > 0;
	if (!u->sampled)
		return;
	u->offset_s = es->offset;
	u->delay_s = src->sample[0].delay;
	u->jitter_s = source_jitter(src);
	u->distance_s =
	    es->selectable ? es->distance : sample_distance(&src->sample[0]);
	u->bias_s = estimate_bias(&e->estimate, i);
}

static bool
names(const struct snapshot *s, unsigned i)
{
	const struct snapshot_upstream *u = &s->upstream[i];

	return u->active && server_refid(&u->addr) == s->serving.refid;
}

/* The engine's peer, unless a reload has moved it. */
static int
find_named(const struct snapshot *s, unsigned peer)
{
	if (s->serving.leap == LEAP_UNSYNC)
		return -1;
	if (peer < s->upstreams && names(s, peer))
		return (int)peer;
	for (unsigned i = 0; i < s->upstreams; i++)
		if (names(s, i))
			return (int)i;
	return -1;
}

/* The truth without upstream i. */
static struct select_result
without(const struct engine *e, unsigned i)
{
	struct select_item item[ENGINE_SOURCES];
	unsigned n = 0;

	for (unsigned k = 0; k < e->conf.count; k++)
		if (k != i && e->source[k].selectable)
			item[n++] =
			    (struct select_item){ .offset = e->source[k].offset,
				    .distance = e->source[k].distance,
				    .group = e->source[k].group };
	return select_truth(item, n);
}

/* While starting, a majority of those that answer is not enough. */
static void
take_truth(struct snapshot *s, const struct engine *e)
{
	s->groups = e->truth.groups;
	s->majority = e->truth.majority &&
	    (e->state != ENGINE_STARTING ||
		e->truth.agreeing >= snapshot_quorum(s));
	if (s->majority) {
		s->agreeing = e->truth.agreeing;
		s->losses = select_losses(&e->truth);
	}
	for (unsigned i = 0; i < s->upstreams; i++) {
		s->upstream[i].truechimer = s->majority &&
		    e->source[i].truechimer && e->source[i].selectable;
		if (s->majority)
			s->upstream[i].without = without(e, i);
	}
}

static void
take_time(struct snapshot *s, const struct engine *e, const struct now *now)
{
	struct engine_accuracy a = engine_accuracy(e, now);
	struct estimate_view v = estimate_at(&e->estimate, now->mono);
	double age = fmax(0, wall_sub(now->wall, e->serving.updated));

	s->serving = e->serving;
	s->root_disp_s = s->serving.root_disp_s + s->serving.disp_rate * age;
	s->error_bound_s = a.bound;
	s->root_distance_s = INFINITY;
	if (!isfinite(a.bound))
		return;
	/* The dispersion that is served holds the bound already. */
	s->root_distance_s = s->serving.root_delay_s / 2 + s->root_disp_s;
	s->at = wall_add(now->wall, a.offset);
	s->offset_s = a.offset;
	s->frequency_ppm = ppm(a.frequency);
	s->frequency_sigma_ppm = ppm(v.frequency_sigma);
	s->wander_ppm = ppm(v.wander);
	s->good_s = until(estimate_until(&e->estimate, 1), now->mono);
}

static void
take_pace(struct snapshot *s, const struct engine *e)
{
	struct engine_pace p = engine_pace(e);

	/* Member by member: the padding is zero already. */
	s->pace.reason = p.reason;
	s->pace.interval_s = p.interval_s;
	s->pace.promised_s = p.promised_s;
	s->pace.peak_s = p.peak_s;
	s->pace.best_s = p.best_s;
}

/* A stranger's answers, as sibling_heard() judges those of our kind. */
static bool
plain_heard(const struct sibling *l, struct mono now)
{
	double period = fmax(l->period_s, l->rhythm_s);

	return l->kind == SIBLING_PLAIN && l->ever &&
	    mono_sub(now, l->heard) <=
	    SIBLING_HEARD * fmax(period, SIBLING_STRANGER_S);
}

static enum snapshot_sibling_state
sibling_state(const struct engine_pair *p, struct mono now)
{
	if (p->dropped)
		return SNAPSHOT_SIBLING_DROPPED;
	if (sibling_heard(&p->link, now))
		return SNAPSHOT_SIBLING_PAIRED;
	return plain_heard(&p->link, now) ? SNAPSHOT_SIBLING_PLAIN :
					    SNAPSHOT_SIBLING_UNHEARD;
}

/* What it says of itself; it may be lying. */
static void
take_word(struct snapshot_sibling *b, const struct link_word *w)
{
	text_copy(b->name, sizeof(b->name), w->name);
	b->says = w->state <= ENGINE_PANIC ? (enum engine_state)w->state :
					     ENGINE_STARTING;
	b->bound_s = w->bound;
	b->interval_s = w->interval_s;
	b->sent_day = w->sent_day;
}

static void
take_link(struct snapshot_sibling *b, const struct sibling *l, struct mono now)
{
	struct sibling_clocks c = sibling_clocks(l, now);

	text_copy(b->host, sizeof(b->host), l->conf.host);
	if (l->to < l->conf.addrs)
		b->addr = l->conf.addr[l->to];
	b->symmetric = l->conf.symmetric;
	b->reach = l->source.reach;
	b->last = l->source.last;
	b->answered = l->source.received_count > 0;
	b->sent = l->source.sent_count;
	b->received = l->source.received_count;
	b->stratum = l->source.stratum;
	b->leap = l->source.leap;
	b->precision = l->source.precision;
	b->refid = l->source.refid;
	b->root_delay_s = l->source.root_delay;
	b->root_disp_s = l->source.root_disp;
	b->key_id = l->conf.key_id;
	b->heard_s = l->ever ? fmax(0, mono_sub(now, l->heard)) : -1;
	b->met_s = -1;
	b->offset_s = l->served_offset;
	b->delay_s = l->delay;
	b->bound_s = INFINITY;
	b->drift_ppm = c.known ? ppm(c.drift) : NAN;
	memcpy(b->verdict, l->verdicts, sizeof(b->verdict));
	if (l->ever && l->kind == SIBLING_LINK)
		take_word(b, &l->word);
}

static void
take_sibling(struct snapshot_sibling *b, const struct engine *e,
    struct mono now)
{
	const struct engine_pair *p = &e->pair;

	take_link(b, &p->link, now);
	b->state = sibling_state(p, now);
	if (sibling_heard(&p->link, now) || plain_heard(&p->link, now))
		b->met_s = fmax(0, mono_sub(now, p->link.met));
	text_copy(b->why, sizeof(b->why), p->why);
	b->leads = p->leads;
	b->follows = p->follows;
	b->fed = p->fed;
	b->weight = p->leaning ? p->weight : 0;
	b->taken = p->taken;
	b->refused = p->refused;
	b->differs = p->differs;
}

void
snapshot_take(struct snapshot *s, const struct engine *e, const struct now *now)
{
	/* All octets, padding too: they go to another process. */
	memset(s, 0, sizeof(*s));
	s->state = e->state;
	s->since_s = mono_sub(now->mono, e->since);
	s->uptime_s = mono_sub(now->mono, e->started);
	s->started = e->started;
	take_time(s, e, now);
	take_pace(s, e);
	s->ramp = e->schedule.ramp;
	s->steps = e->steps;
	s->reloads = e->reloads;
	s->sums = e->sums;
	take_ledger(s, e, now->mono);
	take_spares(s, e, now->mono);
	s->upstreams = e->conf.count;
	for (unsigned i = 0; i < s->upstreams; i++)
		take_upstream(&s->upstream[i], e, i, now->mono);
	take_truth(s, e);
	s->named = find_named(s, e->peer);
	if (s->named >= 0)
		text_copy(s->source, sizeof(s->source),
		    snapshot_name(&s->upstream[s->named]).text);
	if (e->conf.sibling.on)
		take_sibling(&s->sibling, e, now->mono);
}

unsigned
snapshot_left(const struct snapshot *s)
{
	return s->sent.day < s->sent.budget ? s->sent.budget - s->sent.day : 0;
}

unsigned
snapshot_groups(const struct snapshot *s)
{
	unsigned n = 0;

	for (unsigned i = 0; i < s->upstreams; i++) {
		unsigned j = 0;

		while (s->upstream[j].group != s->upstream[i].group)
			j++;
		n += j == i;
	}
	return n;
}

unsigned
snapshot_quorum(const struct snapshot *s)
{
	return snapshot_groups(s) / 2 + 1;
}
