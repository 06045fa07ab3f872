/* SPDX-License-Identifier: ISC */
/*
 * engine_word.c - what the two gateways tell each other, but for samples
 * (engine_share.c): ours is made here, and the other's is read for what
 * upstream servers told it, and for what differs.
 */
#include "core/engine_parts.h"

#include "base/fnv.h"
#include "base/text.h"

#include <math.h>
#include <string.h>

#define HASTY_S 60.0 /* every ramp begins slower */
#define HASTY_PART 0.1
#define REMARK_S 3600.0
#define ADDRESSES_DIFFER (1u << LINK_DIGESTS)
#define NS INT64_C(1000000000)

/* ---- what we say ---- */

static uint32_t
fold(uint64_t h)
{
	return (uint32_t)(h ^ h >> 32);
}

static uint64_t
number(double v)
{
	return fnv(FNV_BEGIN, &v, sizeof(v));
}

/* In any order: sums of what each server is. */
static uint64_t
servers(const struct source_conf *s, unsigned n)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < n; i++) {
		uint8_t port[2] = { (uint8_t)(s[i].addr.port >> 8),
			(uint8_t)s[i].addr.port };
		uint64_t h = fnv(FNV_BEGIN, s[i].host, strlen(s[i].host));

		sum += fnv(h, port, sizeof(port));
	}
	return sum;
}

static void
digest(const struct engine_conf *c, uint32_t out[LINK_DIGESTS])
{
	out[LINK_SERVERS] = fold(
	    servers(c->server, c->count) + 3 * servers(c->spare, c->spares));
	out[LINK_POLL] =
	    fold(number(c->poll_min_s) + 3 * number(c->poll_max_s));
	out[LINK_ACCURACY] = fold(number(c->accuracy_s));
	out[LINK_BUDGET] = fold(number(c->budget_day));
	out[LINK_ORPHAN] = fold(number(c->orphan));
	out[LINK_STEP] = fold(number(c->step_limit_s) + 3 * number(c->slew));
}

static void
describe_sample(const struct engine *e, unsigned i, unsigned k,
    struct link_sample *out)
{
	const struct source *s = &e->source[i].source;
	const struct sample *m = &s->sample[k];

	*out = (struct link_sample){ .at = m->at,
		.tai_ns =
		    e->scale.home_ns + llrint((m->offset + m->gained) * 1e9),
		.delay = m->delay,
		.floor = e->estimate.path[i].floor,
		.root_delay = m->root_delay,
		.root_disp = m->root_disp,
		.stratum = s->stratum,
		.leap = s->leap };
}

static void
describe(const struct engine *e, unsigned i, const struct now *now,
    struct link_item *out)
{
	const struct engine_source *es = &e->source[i];
	const struct schedule_line *l = &e->schedule.line[i];

	*out = (struct link_item){ .addr = es->source.conf.addr,
		.asked = l->asked,
		.last = l->last,
		.serial = (uint32_t)es->source.verdicts[SOURCE_SAMPLE] };
	if (es->lined && ledger_rated(&e->ledger, es->line, now->mono) > 0)
		out->flags |= LINK_RATED;
	if (es->retired || (es->lined && e->ledger.line[es->line].denied > 0))
		out->flags |= LINK_DENIED;
	if (es->source.missed > 1)
		out->flags |= LINK_SILENT;
	out->samples = es->source.samples < LINK_SAMPLES ? es->source.samples :
							   LINK_SAMPLES;
	for (unsigned k = 0; k < out->samples; k++)
		describe_sample(e, i, k, &out->sample[k]);
}

static int64_t
served(const struct engine *e, const struct now *now)
{
	return now->wall.ns + e->tai * NS - now->mono.ns;
}

void
engine_word(const struct engine *e, const struct now *now,
    uint8_t field[LINK_FIELD])
{
	struct engine_accuracy a = engine_accuracy(e, now);
	struct link_word w = { .life = e->pair.link.life,
		.state = e->state,
		.at = now->mono,
		.served_ns = served(e, now),
		.rate = e->servo.rate,
		.bound = a.bound,
		.frequency_sigma = engine_view(e, now->mono).frequency_sigma,
		.interval_s = e->schedule.interval,
		.sent_day = ledger_day(&e->ledger, now->mono),
		.steps = (uint32_t)e->steps };
	struct text name = TEXT(w.name);

	text_add(&name, "%s", e->conf.name);
	w.flags = (e->pair.leads ? LINK_LEADS : 0u) |
	    (e->truth.majority && !e->pair.fed ? LINK_OWN : 0u);
	digest(&e->conf, w.digest);
	for (unsigned i = 0; i < e->conf.count && w.items < LINK_ITEMS; i++)
		if (e->source[i].source.conf.addr.family != ADDR_NONE)
			describe(e, i, now, &w.item[w.items++]);
	link_write(&w, field);
}

/* ---- what it says ---- */

static const char *const digest_name[LINK_DIGESTS + 1] = {
	[LINK_SERVERS] = "upstream.servers",
	[LINK_POLL] = "upstream.poll",
	[LINK_ACCURACY] = "upstream.accuracy",
	[LINK_BUDGET] = "upstream.budget",
	[LINK_ORPHAN] = "serve.orphan",
	[LINK_STEP] = "step",
	[LINK_DIGESTS] = "addresses of the same names",
};

/* Where must the two agree, and do not? */
static uint32_t
differences(const struct engine *e)
{
	const struct link_word *w = &e->pair.link.word;
	uint32_t ours[LINK_DIGESTS], differs = 0;

	digest(&e->conf, ours);
	for (unsigned k = 0; k < LINK_DIGESTS; k++)
		if (ours[k] != w->digest[k])
			differs |= 1u << k;
	for (unsigned k = 0; k < w->items; k++)
		if (engine_at(e, &w->item[k].addr) < 0 &&
		    !(differs & 1u << LINK_SERVERS))
			differs |= ADDRESSES_DIFFER;
	return differs;
}

static void
compare_configurations(struct engine *e)
{
	uint32_t differs = differences(e);
	char what[160] = "";
	struct text t = TEXT(what);

	if (differs == e->pair.differs)
		return;
	/* A spare that stands in, a name that just moved: not at once. */
	if ((differs ^ e->pair.differs) == ADDRESSES_DIFFER &&
	    e->pair.link.exchanges < 8)
		return;
	e->pair.differs = differs;
	for (unsigned k = 0; k <= LINK_DIGESTS; k++)
		if (differs & 1u << k)
			text_add(&t, "%s%s", t.len > 0 ? ", " : "",
			    digest_name[k]);
	engine_say(e,
	    differs != 0 ? EVENT_SIBLING_DIFFERS : EVENT_SIBLING_ALIKE,
	    differs != 0 ? "host=%s configured otherwise: %s differ" :
			   "host=%s configured as we are%s",
	    e->conf.sibling.host, what);
}

/* What upstream servers told it, as far as it holds for us. */
static void
take_warnings(struct engine *e, unsigned *denied, unsigned *rated)
{
	const struct link_word *w = &e->pair.link.word;

	for (unsigned k = 0; k < w->items; k++) {
		int i = engine_at(e, &w->item[k].addr);
		unsigned flags = w->item[k].flags;

		*denied += (flags & LINK_DENIED) != 0;
		*rated += (flags & LINK_RATED) != 0;
		if (i >= 0)
			schedule_warned(&e->schedule, (unsigned)i,
			    flags & LINK_RATED, flags & LINK_DENIED);
	}
}

enum remark { NAMESAKE = 1, DENIED = 2, RATED = 4, HASTY = 8 };

/*
 * What it says is followed as far as it does no harm; that it says so is one
 * line, and not more than one an hour.
 */
static void
remark(struct engine *e, unsigned denied, unsigned rated, const struct now *now)
{
	struct engine_pair *p = &e->pair;
	const struct link_word *w = &p->link.word;
	bool hasty = w->interval_s <
	    fmin(HASTY_S, e->conf.poll_min_s * (1 - HASTY_PART));
	unsigned odd = (strcmp(w->name, e->conf.name) == 0 ? NAMESAKE : 0u) |
	    (denied > 0 ? DENIED : 0u) | (rated > 0 ? RATED : 0u) |
	    (hasty ? HASTY : 0u);
	char what[180] = "";
	struct text t = TEXT(what);

	if (odd == p->remarked ||
	    (p->remarks > 0 && mono_sub(now->mono, p->remarked_at) < REMARK_S))
		return;
	p->remarked = odd;
	p->remarked_at = now->mono;
	p->remarks++;
	if (odd & NAMESAKE)
		text_add(&t, ": it has our name");
	if (odd & DENIED)
		text_add(&t, ": %u servers do not want it", denied);
	if (odd & RATED)
		text_add(&t, ": %u servers told it to slow down", rated);
	if (odd & HASTY)
		text_add(&t, ": it would ask each server every %.0fs",
		    w->interval_s);
	engine_say(e, odd != 0 ? EVENT_SIBLING_ODD : EVENT_SIBLING_QUIET,
	    "host=%s says%s", e->conf.sibling.host,
	    odd != 0 ? what : ": nothing unusual any more");
}

void
engine_read_word(struct engine *e, const struct now *now)
{
	unsigned denied = 0, rated = 0;

	compare_configurations(e);
	take_warnings(e, &denied, &rated);
	remark(e, denied, rated, now);
}
