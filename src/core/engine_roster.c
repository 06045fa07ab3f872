/* SPDX-License-Identifier: ISC */
#include "core/engine_parts.h"

#include <string.h>

#define DAY_S 86400.0
#define POOR 10.0     /* of 20: the pool would not hand it out */
#define POOR_AFTER 30 /* questions; before that nobody can tell */

/* May this one stand in?  Without an address it is asked once it has one. */
static bool
fit(const struct engine *e, const struct source_conf *c, struct mono now)
{
	int line = ledger_find(&e->ledger, &c->addr);

	return c->addr.family == ADDR_NONE || line < 0 ||
	    !ledger_retired(&e->ledger, (unsigned)line, now);
}

/* Server i and spare k change places; who comes in begins anew. */
static void
exchange(struct engine *e, unsigned i, unsigned k, const struct now *now)
{
	struct engine_source *es = &e->source[i];
	struct source_conf out = es->source.conf;

	if (es->lined)
		e->ledger.line[es->line].held = false;
	*es = (struct engine_source){ .used = true };
	es->stands_for = (int)k;
	e->conf.server[i] = e->conf.spare[k];
	e->conf.spare[k] = out;
	source_init(&es->source, &e->conf.server[i]);
	engine_forget(e, i);
	schedule_drop(&e->schedule, i);
	engine_begin(e, i, now->mono);
	engine_regroup(e);
}

/* A spare for i; false if there is none. */
static bool
stand_in(struct engine *e, unsigned i, const struct now *now)
{
	const struct source_name was = source_name(&e->source[i].source.conf);

	for (unsigned k = 0; k < e->conf.spares; k++) {
		if (!fit(e, &e->conf.spare[k], now->mono))
			continue;
		engine_say(e, EVENT_SOURCE_STAND_IN,
		    "host=%s takes the place of %s",
		    source_name(&e->conf.spare[k]).text, was.text);
		exchange(e, i, k, now);
		return true;
	}
	return false;
}

/* Too few are left to find a majority of all. */
static bool
most_retired(const struct engine *e)
{
	unsigned n = 0;

	for (unsigned i = 0; i < e->conf.count; i++)
		n += e->source[i].retired;
	return 2 * n >= e->conf.count;
}

void
engine_retire(struct engine *e, unsigned i, const char *why,
    const struct now *now)
{
	struct engine_source *es = &e->source[i];

	engine_say(e, EVENT_SOURCE_RETIRED,
	    "host=%s state=retired for 30 days: %s; ntpgate upstreams revive "
	    "takes it back",
	    source_name(&es->source.conf).text, why);
	es->retired = true;
	schedule_drop(&e->schedule, i);
	if (!stand_in(e, i, now) && most_retired(e))
		engine_say(e, EVENT_SOURCE_FEW,
		    "most servers are retired: one question a day to each of "
		    "them; name others");
	engine_reconsider(e, now);
}

/* A score below 10 for a day: a spare is better, or somebody should look. */
static void
review_score(struct engine *e, unsigned i, const struct now *now)
{
	struct engine_source *es = &e->source[i];
	bool poor =
	    es->source.sent_count >= POOR_AFTER && es->source.score < POOR;

	if (!poor || !es->poor)
		es->poor_since = now->mono;
	es->poor = poor;
	if (!poor || mono_sub(now->mono, es->poor_since) < DAY_S)
		return;
	es->poor_since = now->mono;
	engine_say(e, EVENT_SOURCE_POOR,
	    "host=%s score=%.1f below 10 for a day%s",
	    source_name(&es->source.conf).text, es->source.score,
	    e->conf.spares == 0 ? ": name another, or a spare" : "");
	stand_in(e, i, now);
}

/* Too few want us: one question a day keeps the way back open. */
static void
knock(struct engine *e, unsigned i, const struct now *now)
{
	const struct ledger_line *n = &e->ledger.line[e->source[i].line];

	if (n->spent && mono_sub(now->mono, n->last) < DAY_S)
		return;
	e->source[i].burst = false;
	schedule_at(&e->schedule, i, now->mono);
}

void
engine_review(struct engine *e, const struct now *now)
{
	bool few = most_retired(e);

	for (unsigned i = 0; i < e->conf.count; i++) {
		struct engine_source *es = &e->source[i];

		if (!es->retired) {
			review_score(e, i, now);
		} else if (!ledger_retired(&e->ledger, es->line, now->mono)) {
			engine_say(e, EVENT_SOURCE_AGAIN,
			    "host=%s is asked again after 30 days",
			    source_name(&es->source.conf).text);
			engine_begin(e, i, now->mono);
		} else if (!stand_in(e, i, now) && few) {
			knock(e, i, now);
		}
	}
}

/* Out of its place, where spare k now is. */
static bool
come_back(struct engine *e, unsigned k, const struct now *now)
{
	for (unsigned i = 0; i < e->conf.count; i++)
		if (e->source[i].stands_for == (int)k) {
			exchange(e, i, k, now);
			e->source[i].stands_for = -1;
			return true;
		}
	return false;
}

static bool
forgive(struct engine *e, const struct addr *a, const struct now *now)
{
	unsigned line;
	bool was, held;

	if (a->family == ADDR_NONE)
		return false;
	line = ledger_line(&e->ledger, a);
	was = ledger_revive(&e->ledger, line, now->mono);
	held = false;
	for (unsigned i = 0; i < e->conf.count; i++)
		held |= e->source[i].lined && e->source[i].line == line;
	e->ledger.line[line].held = held;
	e->book = true;
	return was;
}

static bool
is_called(const struct source_conf *c, const char *name)
{
	return strcmp(source_name(c).text, name) == 0;
}

bool
engine_revive(struct engine *e, const char *name, const struct now *now)
{
	bool done = false;

	engine_observe(e, now);
	for (unsigned i = 0; i < e->conf.count; i++)
		if (e->source[i].retired &&
		    is_called(&e->conf.server[i], name)) {
			forgive(e, &e->source[i].source.conf.addr, now);
			engine_begin(e, i, now->mono);
			done = true;
		}
	for (unsigned k = 0; !done && k < e->conf.spares; k++)
		if (is_called(&e->conf.spare[k], name) &&
		    forgive(e, &e->conf.spare[k].addr, now)) {
			come_back(e, k, now);
			done = true;
		}
	if (done)
		engine_say(e, EVENT_SOURCE_REVIVED,
		    "host=%s taken back by the operator", name);
	return done;
}

void
engine_accept_ledger(struct engine *e, const struct now *now)
{
	engine_observe(e, now);
	ledger_accept(&e->ledger);
	e->book = true;
	engine_say(e, EVENT_LEDGER_ACCEPTED, "accepted by the operator");
	for (unsigned i = 0; i < e->conf.count; i++)
		if (!e->source[i].retired && !e->source[i].source.asked)
			engine_begin(e, i, now->mono);
}
