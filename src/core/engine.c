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
engine_say(struct engine *e, enum event_id event, const char *fmt, ...)
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
	c->event = event;
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

/* The line of i's address; what the ledger remembers of it holds. */
static void
take_line(struct engine *e, unsigned i)
{
	struct engine_source *es = &e->source[i];

	if (es->lined)
		e->ledger.line[es->line].held = false;
	es->line = ledger_line(&e->ledger, &es->source.conf.addr);
	es->lined = true;
}

void
engine_begin(struct engine *e, unsigned i, struct mono at)
{
	struct engine_source *es = &e->source[i];
	const struct ledger_line *n;

	if (!es->used || es->source.conf.addr.family == ADDR_NONE)
		return;
	take_line(e, i);
	n = &e->ledger.line[es->line];
	es->retired = ledger_retired(&e->ledger, es->line, at);
	es->burst = true;
	es->unreachable = false;
	if (es->retired) {
		schedule_drop(&e->schedule, i);
		return;
	}
	at = mono_add(at, START_APART_S * i);
	if (n->spent && n->backoff_s > 0)
		schedule_resume(&e->schedule, i, n->last, n->backoff_s);
	else
		schedule_at(&e->schedule, i, at);
}

void
engine_regroup(struct engine *e)
{
	struct source s[ENGINE_SOURCES];
	unsigned group[ENGINE_SOURCES];

	for (unsigned i = 0; i < e->conf.count; i++) {
		s[i] = e->source[i].source;
		e->source[i].follows = source_reference(&s[i]);
	}
	group_assign(s, e->conf.count, group);
	for (unsigned i = 0; i < e->conf.count; i++)
		e->source[i].apart = group[i];
	group_join(s, e->conf.count, group);
	for (unsigned i = 0; i < e->conf.count; i++)
		e->source[i].group = e->source[i].joined = group[i];
}

/* The floor for lab servers: what the configuration wants, not above the
 * one for everybody. */
static double
lab_floor(const struct engine_conf *c)
{
	return fmin(c->poll_min_s, LEDGER_PUBLIC_FLOOR_S);
}

/* Of the site's budget, half is the sibling's, heard or not: nothing that is
 * said or left unsaid can change what may be sent. */
static unsigned
allowance(const struct engine_conf *c)
{
	return c->sibling.on && c->budget_day > 1 ? c->budget_day / 2 :
						    c->budget_day;
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
		.granted = -1,
		.last = *now };
	rng_init(&e->rng, now->chance);
	/* Before the build and after it are told apart: the era's 136 years
	 * begin 34 before it. */
	scale_init(&e->scale, now->mono, now->wall,
	    wall_add(conf->built, -ERA_BEFORE_S), leap);
	e->tai = leap_tai(leap, now->wall);
	estimate_init(&e->estimate, engine_voices(conf));
	estimate_init(&e->pair.own, engine_voices(conf));
	if (conf->sibling.on)
		sibling_init(&e->pair.link, &conf->sibling,
		    rng_u64(&e->rng) | 1, now->mono);
	servo_init(&e->servo, conf->slew);
	schedule_init(&e->schedule, conf->count, conf->poll_min_s,
	    conf->poll_max_s, true);
	ledger_init(&e->ledger, allowance(conf), lab_floor(conf), now->mono);
	for (unsigned i = 0; i < conf->count; i++) {
		e->source[i].used = true;
		e->source[i].stands_for = -1;
		source_init(&e->source[i].source, &conf->server[i]);
		engine_begin(e, i, mono_add(now->mono, START_S));
	}
	engine_regroup(e);
	e->serving.leap = LEAP_UNSYNC;
	e->serving.stratum = STRATUM_UNSYNC;
	e->publish = true;
}

void
engine_hold_back(struct engine *e)
{
	for (unsigned i = 0; i < e->conf.count; i++) {
		struct engine_source *es = &e->source[i];
		const struct ledger_line *n = &e->ledger.line[es->line];
		struct mono due = mono_add(n->last, e->schedule.interval);

		if (!e->restless || !e->resumed || !es->lined || !n->spent ||
		    !e->schedule.line[i].active)
			continue;
		es->burst = false;
		if (due.ns > e->schedule.line[i].due.ns)
			schedule_at(&e->schedule, i, due);
	}
}

void
engine_opened(struct engine *e, bool new_boot, bool closed,
    const struct now *now)
{
	ledger_limits(&e->ledger, allowance(&e->conf), lab_floor(&e->conf));
	ledger_release(&e->ledger);
	for (unsigned i = 0; i < e->conf.count; i++) {
		e->source[i].lined = false;
		engine_begin(e, i, mono_add(now->mono, START_S));
	}
	e->restless = ledger_restless(&e->ledger, now->mono);
	engine_hold_back(e);
	ledger_start(&e->ledger, now->mono, new_boot);
	e->closed = closed;
	e->book = !closed;
	if (mono_sub(e->ledger.hold, now->mono) > 0)
		engine_say(e, EVENT_LEDGER_HOLD,
		    "started %u times lately: first question in %.0fs",
		    e->ledger.starts, mono_sub(e->ledger.hold, now->mono));
	engine_review(e, now);
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

/* One more address of the sibling's name; of too many, the latest. */
static void
add_sibling(struct sibling_conf *b, const struct addr *a)
{
	struct addr new = *a;

	new.port = b->addr[0].port;
	for (unsigned i = 0; i < b->addrs; i++)
		if (addr_same_host(&b->addr[i], &new))
			return;
	if (b->addrs == SIBLING_ADDRS)
		b->addrs--;
	b->addr[b->addrs++] = new;
}

/* Its name was looked up already: a reload need not wait for that. */
static void
keep_sibling(struct sibling_conf *b, const struct sibling_conf *was)
{
	struct addr literal;

	if (!b->on || !was->on || strcmp(b->host, was->host) != 0 ||
	    b->addr[0].port != was->addr[0].port ||
	    addr_parse(&literal, b->host))
		return;
	for (unsigned i = 0; i < was->addrs; i++)
		add_sibling(b, &was->addr[i]);
}

/* A life of its own begins with the first sibling, not with each reload. */
static void
reload_sibling(struct engine *e, const struct now *now)
{
	const struct sibling_conf *b = &e->conf.sibling;

	memset(e->pair.known, 0, sizeof(e->pair.known));
	if (!b->on)
		engine_part(e, now);
	if (b->on && e->pair.link.life == 0)
		sibling_init(&e->pair.link, b, rng_u64(&e->rng) | 1, now->mono);
	else
		sibling_configure(&e->pair.link, b, now->mono);
}

void
engine_reload(struct engine *e, const struct engine_conf *conf,
    const struct now *now)
{
	struct engine_source was[ENGINE_SOURCES];
	struct schedule plan = e->schedule;
	struct sibling_conf sibling = e->conf.sibling;
	unsigned had = e->conf.count;
	int from[ESTIMATE_SOURCES];

	memcpy(was, e->source, sizeof(was));
	memset(e->source, 0, sizeof(e->source));
	ledger_release(&e->ledger);
	e->granted = -1;
	e->conf = *conf;
	keep_sibling(&e->conf.sibling, &sibling);
	e->servo.slew = conf->slew;
	e->reloads++;
	ledger_limits(&e->ledger, allowance(conf), lab_floor(conf));
	e->schedule.count = conf->count;
	schedule_limits(&e->schedule, conf->poll_min_s, conf->poll_max_s);
	for (unsigned i = 0; i < conf->count; i++) {
		struct engine_source *es = &e->source[i];

		from[i] = find(was, &conf->server[i]);
		schedule_drop(&e->schedule, i);
		if (from[i] < 0) {
			es->used = true;
			es->stands_for = -1;
			source_init(&es->source, &conf->server[i]);
			engine_begin(e, i, mono_add(now->mono, START_S));
			continue;
		}
		*es = was[from[i]];
		if (conf->server[i].addr.family == ADDR_NONE)
			e->conf.server[i].addr = es->source.conf.addr;
		es->source.conf = e->conf.server[i];
		/* Its socket is closed; that is no fault of the server's. */
		es->source.asked = false;
		es->source.cookie.v = 0;
		e->schedule.line[i] = plan.line[from[i]];
		es->stands_for = -1;
		es->lined = false;
		if (es->source.conf.addr.family != ADDR_NONE)
			take_line(e, i);
	}
	from[conf->count] = sibling.on ? (int)had : -1;
	estimate_permute(&e->estimate, engine_voices(conf), from);
	estimate_permute(&e->pair.own, engine_voices(conf), from);
	reload_sibling(e, now);
	engine_regroup(e);
	engine_watch_budget(e, now->mono);
	e->peer = 0;
	engine_review(e, now);
	engine_reconsider(e, now);
}

void
engine_forget(struct engine *e, unsigned i)
{
	estimate_forget(&e->estimate, i);
	estimate_forget(&e->pair.own, i);
	e->source[i].has_shared = false;
	e->pair.known[i] = false;
}

/* Server i is at a now; what was learned at its old address is dropped. */
static void
move(struct engine *e, unsigned i, const struct addr *a, const struct now *now)
{
	struct source *s = &e->source[i].source;
	char text[ADDR_TEXT];

	engine_say(e, EVENT_SOURCE_ADDRESS, "host=%s address=%s",
	    source_name(&s->conf).text, addr_print(a, false, text));
	if (s->samples > 0 || e->source[i].has_shared)
		engine_forget(e, i);
	if (e->granted == (int)i)
		e->granted = -1;
	source_readdress(s, a);
	e->conf.server[i].addr = *a;
	schedule_drop(&e->schedule, i);
	engine_begin(e, i, now->mono);
	engine_regroup(e);
}

void
engine_address(struct engine *e, const char *host, const struct addr *addr,
    const struct now *now)
{
	struct addr a = *addr, literal;

	/* Who looked it up may have been taken over. */
	if ((a.family != ADDR_V4 && a.family != ADDR_V6) || addr_is_any(&a) ||
	    addr_is_multicast(&a))
		return;
	if (addr_parse(&literal, host))
		return; /* an address is no name: it stays where it is */
	for (unsigned i = 0; i < e->conf.count; i++) {
		const struct source_conf *c = &e->source[i].source.conf;

		a.port = c->addr.port;
		if (strcmp(c->host, host) == 0 && !addr_equal(&a, &c->addr))
			move(e, i, &a, now);
	}
	for (unsigned k = 0; k < e->conf.spares; k++) {
		struct source_conf *c = &e->conf.spare[k];

		a.port = c->addr.port;
		if (strcmp(c->host, host) == 0)
			c->addr = a;
	}
	if (e->conf.sibling.on && strcmp(e->conf.sibling.host, host) == 0) {
		add_sibling(&e->conf.sibling, &a);
		sibling_configure(&e->pair.link, &e->conf.sibling, now->mono);
	}
}

struct mono
engine_next(const struct engine *e)
{
	struct mono next = engine_tick_next(e);
	unsigned i;

	if (e->step_waits || e->rate_waits || e->publish || e->save ||
	    e->book || e->granted >= 0)
		return (struct mono){ 0 };
	next = mono_min(next, schedule_next(&e->schedule, &i));
	next = mono_min(next, servo_next(&e->servo));
	next = mono_min(next, mono_add(e->saved, SAVE_S));
	for (i = 0; i < e->conf.count; i++)
		if (e->source[i].source.asked)
			next = mono_min(next, e->source[i].deadline);
	if (e->conf.sibling.on)
		next = mono_min(next, sibling_next(&e->pair.link));
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
	} else if (e->book) {
		out->want = ENGINE_BOOK;
	} else {
		return false;
	}
	return true;
}

enum engine_want
engine_poll(struct engine *e, const struct now *now, struct engine_order *out)
{
	engine_observe(e, now);
	engine_expire(e, now);
	engine_expire_sibling(e, now);
	engine_tick(e, now);
	if (servo_poll(&e->servo, now->mono)) {
		e->rate_waits = true;
		e->to_rate = e->servo.rate;
	}
	if (mono_sub(now->mono, e->saved) >= SAVE_S) {
		e->saved = now->mono;
		e->save = e->estimate.known;
		engine_review(e, now);
	}
	out->want = ENGINE_REST;
	out->peer = false;
	if (!waiting(e, out) && !engine_ask_sibling(e, now, out))
		engine_ask(e, now, out);
	return out->want;
}
