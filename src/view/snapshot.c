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
	u->unreachable = es->unreachable;
	u->authenticated = src->conf.key_id != 0;
	take_exchange(u, src);
	u->poll_s = l->backoff_s > 0 ? l->backoff_s : e->schedule.interval;
	u->next_s = next_question(e, i, now);
	u->last_s = l->asked ? fmax(0, mono_sub(now, l->last)) : -1;
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
	for (unsigned i = 0; i < s->upstreams; i++)
		s->upstream[i].truechimer = s->majority &&
		    e->source[i].truechimer && e->source[i].selectable;
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

void
snapshot_take(struct snapshot *s, const struct engine *e, const struct now *now)
{
	/* All octets, padding too: they go to another process. */
	memset(s, 0, sizeof(*s));
	s->state = e->state;
	s->since_s = mono_sub(now->mono, e->since);
	s->uptime_s = mono_sub(now->mono, e->started);
	take_time(s, e, now);
	s->accuracy_s = e->conf.accuracy_s;
	s->interval_s = e->schedule.interval;
	s->ramp = e->schedule.ramp;
	s->steps = e->steps;
	s->sent.hour = ledger_hour(&e->ledger, now->mono);
	s->sent.day = ledger_day(&e->ledger, now->mono);
	s->sent.budget = e->conf.budget_day;
	s->sent.total = e->ledger.total;
	s->upstreams = e->conf.count;
	for (unsigned i = 0; i < s->upstreams; i++)
		take_upstream(&s->upstream[i], e, i, now->mono);
	take_truth(s, e);
	s->named = find_named(s, e->peer);
	if (s->named >= 0)
		text_copy(s->source, sizeof(s->source),
		    s->upstream[s->named].host);
}

const char *
snapshot_state_name(enum engine_state s)
{
	static const char *const name[] = {
		[ENGINE_STARTING] = "starting",
		[ENGINE_SYNCED] = "synced",
		[ENGINE_HOLDOVER] = "holdover",
		[ENGINE_ORPHAN] = "orphan",
		[ENGINE_PANIC] = "panic",
	};

	return name[s];
}

const char *
snapshot_leap_name(uint8_t leap)
{
	static const char *const name[] = {
		[LEAP_NONE] = "none",
		[LEAP_INSERT] = "insert",
		[LEAP_DELETE] = "delete",
		[LEAP_UNSYNC] = "unsynchronised",
	};

	return name[leap & 3];
}

char *
snapshot_refid(uint8_t stratum, uint32_t refid, char buf[SNAPSHOT_REFID])
{
	struct text t = { buf, SNAPSHOT_REFID, 0 };
	uint8_t o[4] = { (uint8_t)(refid >> 24), (uint8_t)(refid >> 16),
		(uint8_t)(refid >> 8), (uint8_t)refid };
	size_t letters = 0;

	buf[0] = '\0';
	if (stratum >= STRATUM_UNSYNC)
		return buf;
	while (letters < 4 && o[letters] > ' ' && o[letters] < 127)
		letters++;
	/* Letters, then zeros or spaces up to the fourth. */
	bool text = letters > 0;
	for (size_t i = letters; i < 4; i++)
		text = text && (o[i] == 0 || o[i] == ' ');
	if (stratum <= 1 && text)
		text_add(&t, "%.*s", (int)letters, (const char *)o);
	else
		text_add(&t, "%u.%u.%u.%u", o[0], o[1], o[2], o[3]);
	return buf;
}

char *
snapshot_span(double s, char buf[SNAPSHOT_SPAN])
{
	struct text t = { buf, SNAPSHOT_SPAN, 0 };

	if (s < 99.5)
		text_add(&t, "%.0f s", s);
	else if (s < 99.5 * 60)
		text_add(&t, "%.0f min", s / 60);
	else if (s < 9.95 * 3600)
		text_add(&t, "%.1f h", s / 3600);
	else if (s < 99.5 * 3600)
		text_add(&t, "%.0f h", s / 3600);
	else
		text_add(&t, "%.0f d", s / 86400);
	return buf;
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
