/* SPDX-License-Identifier: ISC */
#include "core/engine_parts.h"

#include "core/score.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define FRESH_S 60.0 /* what was said since then is news */
#define LEAP_BLUR_S 2.0
#define SILENT 3 /* misses after which a server is called silent */

static struct ledger_line *
line_of(struct engine *e, unsigned i)
{
	return &e->ledger.line[e->source[i].line];
}

/* No answer: asked more and more rarely. */
static void
miss(struct engine *e, unsigned i, const struct now *now)
{
	struct source *s = &e->source[i].source;

	source_miss(s);
	engine_tell_sibling(e, now);
	s->score = score_add(s->score, SCORE_NO_ANSWER, 0);
	if (s->missed > 1)
		ledger_burst_end(&e->ledger, e->source[i].line);
	if (line_of(e, i)->burst_left == 0)
		schedule_missed(&e->schedule, i, now->mono, &e->rng);
	if (s->missed != SILENT)
		return;
	engine_say(e, EVENT_SOURCE_SILENT,
	    "host=%s state=silent unanswered=%u%s", source_name(&s->conf).text,
	    s->missed,
	    e->source[i].unreachable ? " (nothing listens there)" : "");
	engine_reconsider(e, now);
}

void
engine_expire(struct engine *e, const struct now *now)
{
	for (unsigned i = 0; i < e->conf.count; i++)
		if (e->source[i].source.asked &&
		    now->mono.ns >= e->source[i].deadline.ns)
			miss(e, i, now);
}

/* The ledger has granted a packet to i, and it is on disk. */
static void
ask(struct engine *e, unsigned i, const struct now *now,
    struct engine_order *out)
{
	struct source *s = &e->source[i].source;
	const struct auth_key *key = NULL;

	if (s->conf.key_id != 0)
		key = auth_find(e->keys, s->conf.key_id);
	out->want = ENGINE_SEND;
	out->source = i;
	out->to = s->conf.addr;
	out->len = source_ask(s, now->chance, key, out->pkt);
	e->source[i].deadline = mono_add(now->mono, ENGINE_REPLY_S);
}

/* The ledger grants a packet to i: it is booked first. */
static void
grant(struct engine *e, unsigned i, const struct now *now)
{
	struct ledger_line *n = line_of(e, i);
	bool granted = ledger_spend(&e->ledger, e->source[i].line, now->mono);

	assert(granted); /* else we would come back at once, for ever */
	e->granted = (int)i;
	e->book = true;
	if (n->burst_left > 0)
		schedule_at(&e->schedule, i,
		    mono_add(now->mono, LEDGER_BURST_GAP_S));
	else
		schedule_asked(&e->schedule, i, now->mono, engine_promise(e),
		    &e->rng);
	n->backoff_s = e->schedule.line[i].backoff_s;
	if (e->source[i].retired) /* one knock, and no more by itself */
		schedule_drop(&e->schedule, i);
}

/* While UTC has two readings, or servers differ in when it has, an answer
 * says nothing. */
static bool
leap_is_near(const struct engine *e, const struct now *now)
{
	struct wall leap;

	return e->state != ENGINE_STARTING &&
	    leap_next(e->leap, wall_add(now->wall, -LEAP_BLUR_S), &leap) &&
	    wall_sub(leap, now->wall) < LEAP_BLUR_S + ENGINE_REPLY_S;
}

bool
engine_ask(struct engine *e, const struct now *now, struct engine_order *out)
{
	unsigned i = 0;

	if (e->granted >= 0) {
		i = (unsigned)e->granted;
		e->granted = -1;
		ask(e, i, now, out);
		return true;
	}

	while (schedule_next(&e->schedule, &i).ns <= now->mono.ns) {
		struct engine_source *es = &e->source[i];
		struct mono when;

		if (es->source.asked) { /* one question at a time */
			schedule_at(&e->schedule, i, es->deadline);
			continue;
		}
		if (leap_is_near(e, now)) {
			schedule_at(&e->schedule, i,
			    mono_add(now->mono, LEAP_BLUR_S));
			continue;
		}
		if (es->burst && !engine_covered(e, i))
			ledger_burst(&e->ledger, es->line, now->mono);
		es->burst = false;
		when = ledger_when(&e->ledger, es->line, now->mono);
		if (when.ns > now->mono.ns) {
			schedule_at(&e->schedule, i, when);
			continue;
		}
		grant(e, i, now);
		out->want = ENGINE_BOOK;
		return true;
	}
	return false;
}

/*
 * Could k say something new about what i said?  Not who is silent or has
 * denied us: what made it a truechimer was long ago.
 */
static bool
witness(const struct engine *e, unsigned k, unsigned i, const struct now *now)
{
	const struct engine_source *es = &e->source[k];
	const struct schedule_line *l = &e->schedule.line[k];

	if (es->group == e->source[i].group || es->source.asked ||
	    es->retired || !es->selectable || !l->active || l->backoff_s > 0)
		return false;
	if (e->truth.majority && !es->truechimer)
		return false;
	return mono_sub(now->mono, l->last) > FRESH_S;
}

void
engine_ask_another(struct engine *e, unsigned i, const struct now *now)
{
	int best = -1;

	for (unsigned k = 0; k < e->conf.count; k++) {
		if (!witness(e, k, i, now))
			continue;
		if (best < 0 ||
		    e->schedule.line[k].last.ns <
			e->schedule.line[best].last.ns)
			best = (int)k;
	}
	if (best >= 0)
		schedule_extra(&e->schedule, (unsigned)best, now->mono);
}

void
engine_booked(struct engine *e, bool good, const struct now *now)
{
	e->book = false;
	if (good == e->closed)
		engine_say(e,
		    good ? EVENT_LEDGER_WRITABLE : EVENT_LEDGER_CLOSED,
		    good ? "can be written again" :
			   "cannot be written: nobody is asked");
	e->closed = !good;
	if (good || e->granted < 0)
		return;
	schedule_at(&e->schedule, (unsigned)e->granted,
	    mono_add(now->mono, LEDGER_PUBLIC_FLOOR_S));
	e->granted = -1;
}

/* A word while there is time to look, and one when it is over; not each time
 * that one packet of a day ago leaves the count. */
void
engine_watch_budget(struct engine *e, struct mono now)
{
	unsigned day = ledger_day(&e->ledger, now);
	unsigned most = ledger_budget(&e->ledger);
	bool was_thrifty = e->thrifty, was_spent = e->spent;

	e->thrifty = day >= (e->thrifty ? 0.7 : 0.8) * most;
	e->spent = day >= (e->spent ? 0.9 : 1.0) * most;
	if (e->spent && !was_spent)
		engine_say(e, EVENT_BUDGET_SPENT,
		    "sent=%u of %u in a day: nobody is asked before one of "
		    "them is a day old",
		    day, most);
	else if (e->thrifty && !was_thrifty)
		engine_say(e, EVENT_BUDGET_HIGH,
		    "sent=%u of %u in a day: what is left is made to last", day,
		    most);
	else if (was_thrifty && !e->thrifty)
		engine_say(e, EVENT_BUDGET_LOW, "sent=%u of %u in a day", day,
		    most);
}

void
engine_sent(struct engine *e, unsigned i, struct mono t1)
{
	if (i == ENGINE_SIBLING) {
		source_sent(&e->pair.link.source, t1);
		e->sums.sibling_asked += !e->conf.sibling.symmetric;
		return;
	}
	ledger_sent(&e->ledger, e->source[i].line, t1);
	engine_watch_budget(e, t1);
	source_sent(&e->source[i].source, t1);
	e->source[i].deadline = mono_add(t1, ENGINE_REPLY_S);
}

void
engine_unsent(struct engine *e, unsigned i, const struct now *now)
{
	engine_sent(e, i, now->mono);
	engine_refused(e, i, now);
}

void
engine_refused(struct engine *e, unsigned i, const struct now *now)
{
	if (i == ENGINE_SIBLING) {
		engine_miss_sibling(e, now);
		return;
	}
	if (!e->source[i].source.asked)
		return;
	engine_observe(e, now);
	e->source[i].unreachable = true;
	miss(e, i, now);
}

/* The server wants to hear less of us, or nothing more. */
static void
kissed(struct engine *e, unsigned i, const struct now *now)
{
	struct engine_source *es = &e->source[i];
	struct source *s = &es->source;
	bool rate = strcmp(s->kiss, "RATE") == 0;
	uint32_t before = line_of(e, i)->kisses;
	bool retired = ledger_kiss(&e->ledger, es->line, s->kiss,
	    e->schedule.interval, now->mono);

	s->score = score_add(s->score,
	    rate			       ? SCORE_RATE :
		line_of(e, i)->kisses > before ? SCORE_DENIED :
						 SCORE_KISS,
	    0);
	if (line_of(e, i)->kisses == before)
		return; /* RFC 5905 7.4: unknown codes move nothing */
	e->book = true;
	engine_say(e, EVENT_SOURCE_KISSED,
	    "host=%s kiss-o'-death=%s floor=%.0fs", source_name(&s->conf).text,
	    s->kiss, ledger_floor(&e->ledger, es->line, now->mono));
	if (retired)
		engine_retire(e, i, "twice denied", now);
}

/* A proper answer, of whatever worth: what was denied is forgotten. */
static void
answered(struct engine *e, unsigned i, const struct now *now)
{
	if (line_of(e, i)->denied > 0) {
		ledger_answered(&e->ledger, e->source[i].line);
		e->book = true;
	}
	if (e->source[i].retired) {
		engine_begin(e, i, now->mono);
		return;
	}
	schedule_answered(&e->schedule, i, now->mono, &e->rng);
}

static bool
hear(struct engine *e, unsigned i, const struct arrival *a,
    const struct now *now)
{
	struct engine_source *es = &e->source[i];
	struct source *s = &es->source;
	const struct auth_key *key = NULL;
	unsigned missed = s->missed;
	enum source_verdict last = s->last, v;
	struct sample sample;

	if (s->conf.key_id != 0)
		key = auth_find(e->keys, s->conf.key_id);
	e->sums.heard++;
	v = source_receive(s, a, key, &e->scale, &sample);
	e->sums.verdict[v]++;
	if (s->asked)
		return false;
	es->unreachable = false;
	if (missed >= SILENT)
		engine_say(e, EVENT_SOURCE_ANSWERING,
		    "host=%s state=answering unanswered=%u",
		    source_name(&s->conf).text, missed);
	if (v == SOURCE_KISS) {
		kissed(e, i, now);
	} else {
		answered(e, i, now);
		if (v != SOURCE_SAMPLE && v != last)
			engine_say(e, EVENT_SOURCE_REFUSED,
			    "host=%s state=refused reason=\"%s\"",
			    source_name(&s->conf).text, source_verdict_name(v));
	}
	if (v == SOURCE_SAMPLE)
		engine_learn(e, i, &sample, now);
	else
		engine_reconsider(e, now);
	engine_tell_sibling(e, now);
	return true;
}

bool
engine_receive(struct engine *e, unsigned i, const struct arrival *a,
    const struct now *now)
{
	engine_observe(e, now);
	return i == ENGINE_SIBLING ? engine_hear_sibling(e, a, now) :
				     hear(e, i, a, now);
}
