/* SPDX-License-Identifier: ISC */
#include "core/engine.h"

#include "base/text.h"
#include "core/engine_parts.h"
#include "core/group.h"
#include "core/score.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#define START_S 0.2	  /* from start to the first question */
#define START_APART_S 0.3 /* between first questions to two servers */
#define SAVE_S 3600.0
#define ERA_BEFORE_S (34 * 365.25 * 86400)
#define SILENT 3 /* misses after which a server is called silent */

void
engine_say(struct engine *e, enum engine_level level, const char *component,
    const char *fmt, ...)
{
	struct engine_change *c;
	struct text t;
	va_list ap;

	if (e->changes == ENGINE_CHANGES) {
		e->change_first = (e->change_first + 1) % ENGINE_CHANGES;
		e->changes--;
		e->changes_lost++;
	}
	c = &e->change[(e->change_first + e->changes++) % ENGINE_CHANGES];
	c->level = level;
	c->component = component;
	t = TEXT(c->text);
	va_start(ap, fmt);
	text_vadd(&t, fmt, ap);
	va_end(ap);
}

bool
engine_take_change(struct engine *e, struct engine_change *out)
{
	if (e->changes == 0)
		return false;
	*out = e->change[e->change_first];
	e->change_first = (e->change_first + 1) % ENGINE_CHANGES;
	e->changes--;
	return true;
}

void
engine_begin(struct engine *e, unsigned i, struct mono at)
{
	struct engine_source *es = &e->source[i];
	const struct addr *a = &es->source.conf.addr;

	if (!es->used || a->family == ADDR_NONE)
		return;
	ledger_server(&e->ledger, i, addr_is_public(a));
	es->burst = true;
	es->unreachable = false;
	schedule_at(&e->schedule, i, mono_add(at, START_APART_S * i));
}

static void
regroup(struct engine *e)
{
	struct source s[ENGINE_SOURCES];
	unsigned group[ENGINE_SOURCES];

	for (unsigned i = 0; i < e->conf.count; i++)
		s[i] = e->source[i].source;
	group_assign(s, e->conf.count, group);
	for (unsigned i = 0; i < e->conf.count; i++)
		e->source[i].group = group[i];
}

/* The floor for lab servers: what the configuration wants, not above the
 * one for everybody. */
static double
lab_floor(const struct engine_conf *c)
{
	return fmin(c->poll_min_s, LEDGER_PUBLIC_FLOOR_S);
}

void
engine_init(struct engine *e, const struct engine_conf *conf,
    const struct auth_keys *keys, const struct leap_table *leap,
    const struct now *now)
{
	assert(conf->count <= ENGINE_SOURCES);
	*e = (struct engine){ .conf = *conf,
		.keys = keys,
		.leap = leap,
		.since = now->mono,
		.started = now->mono,
		.saved = now->mono,
		.unsure = true,
		.last = *now };
	rng_init(&e->rng, now->chance);
	/* Before the build and after it are told apart: the era's 136 years
	 * begin 34 before it. */
	scale_init(&e->scale, now->mono, now->wall,
	    wall_add(conf->built, -ERA_BEFORE_S), leap);
	e->tai = leap_tai(leap, now->wall);
	estimate_init(&e->estimate, conf->count);
	servo_init(&e->servo, conf->slew);
	schedule_init(&e->schedule, conf->count, conf->poll_min_s,
	    conf->poll_max_s, true);
	ledger_init(&e->ledger, conf->budget_day, lab_floor(conf), now->mono);
	for (unsigned i = 0; i < conf->count; i++) {
		e->source[i].used = true;
		source_init(&e->source[i].source, &conf->server[i]);
		engine_begin(e, i, mono_add(now->mono, START_S));
	}
	regroup(e);
	e->serving.leap = LEAP_UNSYNC;
	e->serving.stratum = STRATUM_UNSYNC;
	e->publish = true;
}

/* Which of the servers we have is this one?  -1: none. */
static int
find(const struct engine_source *have, const struct source_conf *c)
{
	for (int i = 0; i < ENGINE_SOURCES; i++) {
		const struct source_conf *h = &have[i].source.conf;

		if (have[i].used && strcmp(h->host, c->host) == 0 &&
		    h->addr.port == c->addr.port)
			return i;
	}
	return -1;
}

void
engine_reload(struct engine *e, const struct engine_conf *conf,
    const struct now *now)
{
	struct engine_source was[ENGINE_SOURCES];
	struct schedule plan = e->schedule;
	struct ledger_line spent[LEDGER_SOURCES];
	int from[ESTIMATE_SOURCES];

	memcpy(was, e->source, sizeof(was));
	memcpy(spent, e->ledger.line, sizeof(spent));
	memset(e->source, 0, sizeof(e->source));
	memset(e->ledger.line, 0, sizeof(e->ledger.line));
	e->conf = *conf;
	e->servo.slew = conf->slew;
	ledger_limits(&e->ledger, conf->budget_day, lab_floor(conf));
	e->schedule.count = conf->count;
	schedule_limits(&e->schedule, conf->poll_min_s, conf->poll_max_s);
	for (unsigned i = 0; i < conf->count; i++) {
		struct engine_source *es = &e->source[i];

		from[i] = find(was, &conf->server[i]);
		schedule_drop(&e->schedule, i);
		if (from[i] < 0) {
			es->used = true;
			source_init(&es->source, &conf->server[i]);
			engine_begin(e, i, mono_add(now->mono, START_S));
			continue;
		}
		*es = was[from[i]];
		if (conf->server[i].addr.family == ADDR_NONE)
			e->conf.server[i].addr = es->source.conf.addr;
		es->source.conf = e->conf.server[i];
		e->schedule.line[i] = plan.line[from[i]];
		e->ledger.line[i] = spent[from[i]];
	}
	estimate_permute(&e->estimate, conf->count, from);
	regroup(e);
	e->peer = 0;
	engine_reconsider(e, now);
}

void
engine_address(struct engine *e, const char *host, const struct addr *addr,
    const struct now *now)
{
	char text[ADDR_TEXT];

	for (unsigned i = 0; i < e->conf.count; i++) {
		struct source *s = &e->source[i].source;
		struct addr a = *addr;

		if (strcmp(s->conf.host, host) != 0)
			continue;
		a.port = s->conf.addr.port;
		if (addr_equal(&a, &s->conf.addr))
			continue;
		engine_say(e, ENGINE_NOTICE, "source", "host=%s address=%s",
		    host, addr_print(&a, false, text));
		if (s->samples > 0)
			estimate_forget(&e->estimate, i);
		source_readdress(s, &a);
		schedule_drop(&e->schedule, i);
		engine_begin(e, i, now->mono);
		regroup(e);
	}
}

/* No answer: asked more and more rarely. */
static void
miss(struct engine *e, unsigned i, const struct now *now)
{
	struct source *s = &e->source[i].source;

	source_miss(s);
	s->score = score_add(s->score, SCORE_NO_ANSWER, 0);
	if (s->missed > 1)
		ledger_burst_end(&e->ledger, i);
	if (e->ledger.line[i].burst_left == 0)
		schedule_missed(&e->schedule, i, now->mono, &e->rng);
	if (s->missed != SILENT)
		return;
	engine_say(e, ENGINE_WARNING, "source",
	    "host=%s state=silent unanswered=%u%s", s->conf.host, s->missed,
	    e->source[i].unreachable ? " (nothing listens there)" : "");
	engine_reconsider(e, now);
}

static void
expire(struct engine *e, const struct now *now)
{
	for (unsigned i = 0; i < e->conf.count; i++)
		if (e->source[i].source.asked &&
		    now->mono.ns >= e->source[i].deadline.ns)
			miss(e, i, now);
}

/* How long from now the promise holds without another sample, s. */
static double
promise(const struct engine *e, const struct now *now)
{
	struct estimate_view v = estimate_at(&e->estimate, now->mono);

	if (!e->estimate.known)
		return 0;
	if (v.fixed >= e->conf.accuracy_s)
		return INFINITY; /* packets could not keep it: spend none */
	return mono_sub(estimate_until(&e->estimate, e->conf.accuracy_s),
	    now->mono);
}

/* The ledger has granted a packet to i. */
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
	if (e->ledger.line[i].burst_left > 0)
		schedule_at(&e->schedule, i,
		    mono_add(now->mono, LEDGER_BURST_GAP_S));
	else
		schedule_asked(&e->schedule, i, now->mono, promise(e, now),
		    &e->rng);
}

/* Is a server due, and may it be asked? */
static bool
ask_due(struct engine *e, const struct now *now, struct engine_order *out)
{
	unsigned i = 0;

	while (schedule_next(&e->schedule, &i).ns <= now->mono.ns) {
		struct engine_source *es = &e->source[i];
		struct mono when;

		if (es->source.asked) { /* one question at a time */
			schedule_at(&e->schedule, i, es->deadline);
			continue;
		}
		if (es->burst)
			ledger_burst(&e->ledger, i, now->mono);
		es->burst = false;
		when = ledger_when(&e->ledger, i, now->mono);
		if (when.ns > now->mono.ns) {
			schedule_at(&e->schedule, i, when);
			continue;
		}
		bool granted = ledger_spend(&e->ledger, i, now->mono);

		assert(granted); /* else we would come back at once, for ever */
		ask(e, i, now, out);
		return granted;
	}
	return false;
}

void
engine_ask_another(struct engine *e, unsigned i, const struct now *now)
{
	int best = -1;

	for (unsigned k = 0; k < e->conf.count; k++) {
		const struct engine_source *es = &e->source[k];

		if (!es->truechimer || es->group == e->source[i].group ||
		    es->source.asked)
			continue;
		if (best < 0 ||
		    e->schedule.line[k].last.ns <
			e->schedule.line[best].last.ns)
			best = (int)k;
	}
	if (best >= 0)
		schedule_at(&e->schedule, (unsigned)best, now->mono);
}

struct mono
engine_next(const struct engine *e)
{
	struct mono next = engine_tick_next(e);
	unsigned i;

	if (e->step_waits || e->rate_waits || e->publish || e->save)
		return (struct mono){ 0 };
	next = mono_min(next, schedule_next(&e->schedule, &i));
	next = mono_min(next, servo_next(&e->servo));
	if (e->estimate.known)
		next = mono_min(next, mono_add(e->saved, SAVE_S));
	for (i = 0; i < e->conf.count; i++)
		if (e->source[i].source.asked)
			next = mono_min(next, e->source[i].deadline);
	return next;
}

/* Orders that were decided and wait to be carried out. */
static bool
waiting(struct engine *e, struct engine_order *out)
{
	if (e->step_waits) {
		e->step_waits = false;
		e->last.wall = wall_add(e->last.wall, e->to_step);
		e->steps++;
		out->want = ENGINE_STEP;
		out->amount = e->to_step;
	} else if (e->rate_waits) {
		e->rate_waits = false;
		out->want = ENGINE_RATE;
		out->amount = e->to_rate;
	} else if (e->publish) {
		e->publish = false;
		out->want = ENGINE_PUBLISH;
	} else if (e->save) {
		e->save = false;
		out->want = ENGINE_SAVE;
	} else {
		return false;
	}
	return true;
}

enum engine_want
engine_poll(struct engine *e, const struct now *now, struct engine_order *out)
{
	engine_observe(e, now);
	expire(e, now);
	engine_tick(e, now);
	if (servo_poll(&e->servo, now->mono)) {
		e->rate_waits = true;
		e->to_rate = e->servo.rate;
	}
	if (e->estimate.known && mono_sub(now->mono, e->saved) >= SAVE_S) {
		e->saved = now->mono;
		e->save = true;
	}
	out->want = ENGINE_REST;
	if (!waiting(e, out))
		ask_due(e, now, out);
	return out->want;
}

void
engine_sent(struct engine *e, unsigned i, struct mono t1)
{
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
	struct source *s = &e->source[i].source;
	bool rate = strcmp(s->kiss, "RATE") == 0;
	bool denied =
	    strcmp(s->kiss, "DENY") == 0 || strcmp(s->kiss, "RSTR") == 0;

	s->score = score_add(s->score,
	    rate       ? SCORE_RATE :
		denied ? SCORE_DENIED :
			 SCORE_KISS,
	    0);
	if (!rate && !denied)
		return; /* RFC 5905 7.4: unknown codes move nothing */
	ledger_burst_end(&e->ledger, i);
	if (denied)
		schedule_rest(&e->schedule, i, now->mono, &e->rng);
	else
		schedule_missed(&e->schedule, i, now->mono, &e->rng);
	engine_say(e, ENGINE_WARNING, "source",
	    "host=%s kiss-o'-death=%s interval=%.0fs", s->conf.host, s->kiss,
	    e->schedule.line[i].backoff_s);
}

bool
engine_receive(struct engine *e, unsigned i, const struct arrival *a,
    const struct now *now)
{
	struct engine_source *es = &e->source[i];
	struct source *s = &es->source;
	const struct auth_key *key = NULL;
	unsigned missed = s->missed;
	enum source_verdict last = s->last, v;
	struct sample sample;

	engine_observe(e, now);
	if (s->conf.key_id != 0)
		key = auth_find(e->keys, s->conf.key_id);
	v = source_receive(s, a, key, &e->scale, &sample);
	if (s->asked)
		return false;
	es->unreachable = false;
	if (missed >= SILENT)
		engine_say(e, ENGINE_NOTICE, "source",
		    "host=%s state=answering unanswered=%u", s->conf.host,
		    missed);
	if (v == SOURCE_KISS) {
		kissed(e, i, now);
	} else {
		schedule_answered(&e->schedule, i, now->mono, &e->rng);
		if (v != SOURCE_SAMPLE && v != last)
			engine_say(e, ENGINE_WARNING, "source",
			    "host=%s state=refused reason=\"%s\"", s->conf.host,
			    source_verdict_name(v));
	}
	if (v == SOURCE_SAMPLE)
		engine_learn(e, i, &sample, now);
	else
		engine_reconsider(e, now);
	return true;
}
