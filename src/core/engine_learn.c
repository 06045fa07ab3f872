/* SPDX-License-Identifier: ISC */
#include "core/engine_parts.h"

#include "core/score.h"

#include <math.h>

#define SPEAKS_MISSES 3	    /* a source with fewer in a row has a voice */
#define DISTANCE_MIN_S 1e-3 /* nobody is a liar for less */
#define APPEALS 2	    /* in a row; then it is believed to lie */
#define LATE_S 1.0	    /* off by that, near a leap second */
#define LATE_WITHIN_S 0.1   /* ours is known better than that */
#define HEARING_S 128.0 /* so long an outvoted sample may be right after all */

static bool
speaks(const struct source *s)
{
	return s->samples > 0 && s->missed < SPEAKS_MISSES &&
	    s->last == SOURCE_SAMPLE;
}

/* A source is on the other side of the truth than was last said: one line. */
static void
told(struct engine *e, unsigned i, const struct select_result *r)
{
	struct engine_source *es = &e->source[i];

	if (!r->majority || es->truechimer != es->named)
		return;
	es->named = !es->truechimer;
	if (es->named)
		engine_say(e, EVENT_SOURCE_FALSETICKER,
		    "host=%s state=falseticker offset=%+.6fs distance=%.6fs "
		    "agreeing=%u of %u groups",
		    source_name(&es->source.conf).text, es->offset,
		    es->distance, r->agreeing, r->groups);
	else
		engine_say(e, EVENT_SOURCE_TRUECHIMER,
		    "host=%s state=truechimer offset=%+.6fs",
		    source_name(&es->source.conf).text, es->offset);
}

/* The truth, if the servers that follow one server are one voice, or not. */
static struct select_result
truth_among(struct engine *e, struct select_item *item, const unsigned *index,
    unsigned n, bool joined)
{
	struct select_result r;

	for (unsigned i = 0; i < e->conf.count; i++)
		e->source[i].group =
		    joined ? e->source[i].joined : e->source[i].apart;
	for (unsigned k = 0; k < n; k++)
		item[k].group = e->source[index[k]].group;
	r = select_truth(item, n + e->pair.plain);
	if (e->unsure && 2 * r.agreeing <= engine_groups(e))
		r.majority = false; /* of all, not of who spoke first */
	return r;
}

/* What says most about now of this source: our own samples, or if we have
 * none the sibling's latest. */
static const struct sample *
best(const struct engine_source *es, struct mono now, double aging,
    double *distance)
{
	if (!es->lent)
		return source_best(&es->source, now, aging, distance);
	*distance = sample_distance(&es->shared) +
	    aging * fmax(mono_sub(now, es->shared.at), 0);
	return &es->shared;
}

/* A stranger as sibling is one more source, of a group of its own. */
static struct select_item
plain_voice(struct engine *e, const struct estimate_view *v, double aging,
    const struct now *now)
{
	struct engine_pair *p = &e->pair;
	const struct sample *s = &p->link.sample;
	double age = fmax(mono_sub(now->mono, s->at), 0);

	p->offset = s->offset - v->offset + v->frequency * age;
	p->distance = sample_distance(s) + aging * age + DISTANCE_MIN_S;
	return (struct select_item){ .offset = p->offset,
		.distance = p->distance,
		.group = ENGINE_SIBLING };
}

/* Is there a majority, and nobody of it answers us? */
static bool
is_fed(const struct engine *e)
{
	for (unsigned i = 0; i < e->conf.count; i++)
		if (e->source[i].truechimer && !e->source[i].lent)
			return false;
	return e->truth.majority;
}

/* One line, when it begins and when it is over. */
static void
look_who_feeds_us(struct engine *e)
{
	bool fed = is_fed(e);

	if (fed == e->pair.fed)
		return;
	e->pair.fed = fed;
	engine_say(e, fed ? EVENT_SIBLING_FED : EVENT_SIBLING_UNFED,
	    fed ? "host=%s no upstream server answers us: fed by the sibling "
		  "alone" :
		  "host=%s upstream servers answer us again",
	    e->conf.sibling.host);
}

/*
 * May the sibling speak for servers that are silent to us?  Before the judge
 * knows anything, only where nobody of ours speaks: what is lent outvotes no
 * one then.
 */
static bool
may_lend(const struct engine *e)
{
	if (e->pair.own.known)
		return true;
	for (unsigned i = 0; i < e->conf.count; i++)
		if (speaks(&e->source[i].source))
			return false;
	return true;
}

/* RFC 5905 11.2.1, all claims carried to now by what is known of our
 * frequency. */
static void
select_sources(struct engine *e, const struct now *now)
{
	bool lends = may_lend(e);
	struct estimate_view v = estimate_at(&e->estimate, now->mono);
	double sigma = e->estimate.known ? v.frequency_sigma : 50e-6;
	struct select_item item[ENGINE_SOURCES + 1];
	unsigned index[ENGINE_SOURCES], n = 0;

	for (unsigned i = 0; i < e->conf.count; i++) {
		struct engine_source *es = &e->source[i];
		const struct sample *s;
		double d = 0;

		es->selectable = speaks(&es->source) && !es->leap_late;
		es->lent = !es->selectable && !es->leap_late && lends &&
		    engine_lends(e, i, now);
		if (!es->selectable && !es->lent)
			continue;
		es->selectable = true;
		s = best(es, now->mono, 2 * sigma, &d);
		es->offset = s->offset - v.offset +
		    v.frequency * mono_sub(now->mono, s->at);
		es->distance = d + DISTANCE_MIN_S;
		item[n] = (struct select_item){ .offset = es->offset,
			.distance = es->distance };
		index[n++] = i;
	}
	e->pair.plain = engine_is_plain(e);
	if (e->pair.plain)
		item[n] = plain_voice(e, &v, 2 * sigma, now);
	e->truth = truth_among(e, item, index, n, true);
	/* A shared reference alone does not prevent synchronisation. */
	if (!e->truth.majority)
		e->truth = truth_among(e, item, index, n, false);
	e->unsure = e->unsure && !e->truth.majority;
	for (unsigned k = 0; k < n; k++) {
		e->source[index[k]].truechimer = item[k].truechimer;
		told(e, index[k], &e->truth);
	}
	e->pair.truechimer = e->pair.plain && item[n].truechimer;
	look_who_feeds_us(e);
}

/* A majority at last: what its members have said so far, in its order. */
static void
enter_all(struct engine *e)
{
	unsigned left[ENGINE_SOURCES];

	for (unsigned i = 0; i < e->conf.count; i++)
		left[i] =
		    e->source[i].truechimer ? e->source[i].source.samples : 0;
	for (;;) {
		int first = -1;

		for (unsigned i = 0; i < e->conf.count; i++) {
			const struct source *s = &e->source[i].source;

			if (left[i] > 0 &&
			    (first < 0 ||
				s->sample[left[i] - 1].at.ns <
				    e->source[first]
					.source.sample[left[first] - 1]
					.at.ns))
				first = (int)i;
		}
		if (first < 0)
			return;
		left[first]--;
		estimate_add(&e->estimate, (unsigned)first,
		    &e->source[first].source.sample[left[first]]);
		engine_judge(e, (unsigned)first,
		    &e->source[first].source.sample[left[first]]);
	}
}

int
engine_shares(const struct engine *e, unsigned i)
{
	const struct engine_source *es = &e->source[i];

	for (unsigned k = 0; k < e->conf.count; k++)
		if (es->follows != 0 && e->source[k].follows == es->follows &&
		    e->source[k].apart != es->apart)
			return (int)k;
	return -1;
}

/* i may follow another server than before. */
static void
look_whom_it_follows(struct engine *e, unsigned i)
{
	struct engine_source *es = &e->source[i];
	uint32_t id = source_reference(&es->source);
	int other;

	if (id == es->follows)
		return;
	engine_regroup(e);
	other = engine_shares(e, i);
	if (other >= 0)
		engine_say(e, EVENT_SOURCE_SHARED,
		    "host=%s follows the same server as host=%s "
		    "(refid=%u.%u.%u.%u): one voice; name others",
		    source_name(&es->source.conf).text,
		    source_name(&e->source[other].source.conf).text, id >> 24,
		    id >> 16 & 0xff, id >> 8 & 0xff, id & 0xff);
}

static void
score(struct engine *e, unsigned i, const struct sample *sample)
{
	struct source *s = &e->source[i].source;
	struct estimate_view v = estimate_at(&e->estimate, sample->at);
	double off = sample->offset - v.offset;
	double by = s->stratum >= 8 ? SCORE_STRATUM : score_step(off);

	if (engine_shares(e, i) >= 0)
		by += SCORE_SHARED;
	if (e->estimate.known)
		s->score = score_add(s->score, by, off);
}

/* The oldest sample that was outvoted when it came, of who is believed now;
 * -1: none. */
static int
unheard(const struct engine *e, struct mono now)
{
	int first = -1;

	for (unsigned k = 0; k < e->conf.count; k++) {
		const struct engine_source *es = &e->source[k];
		struct mono at = es->source.sample[0].at;

		if (es->unheard && es->truechimer &&
		    mono_sub(now, at) < HEARING_S &&
		    (first < 0 ||
			at.ns < e->source[first].source.sample[0].at.ns))
			first = (int)k;
	}
	return first;
}

/* Should what comes now lead to panic: this is what we knew. */
static void
remember(struct engine *e, const struct now *now)
{
	if (e->state == ENGINE_PANIC)
		return;
	e->before = engine_view(e, now->mono);
	e->before_at = now->mono;
}

/* What is believed goes into the estimate. */
static enum estimate_verdict
enter(struct engine *e, const struct now *now)
{
	enum estimate_verdict verdict = ESTIMATE_DROPPED;
	int k;

	while ((k = unheard(e, now->mono)) >= 0) {
		struct engine_source *es = &e->source[k];

		es->unheard = false;
		es->appeals = 0;
		verdict = estimate_add(&e->estimate, (unsigned)k,
		    &es->source.sample[0]);
		engine_judge(e, (unsigned)k, &es->source.sample[0]);
		if (e->estimate.rerouted > 0)
			engine_say(e, EVENT_SOURCE_REROUTED,
			    "host=%s route changed by=%.6fs delay=%.6fs: what "
			    "it lies is learned anew",
			    source_name(&es->source.conf).text,
			    e->estimate.rerouted, e->estimate.path[k].floor);
		if (verdict == ESTIMATE_HELD)
			engine_ask_another(e, (unsigned)k, now);
	}
	return verdict;
}

/*
 * Outvoted, but by what others said an hour ago, carried to now by what we
 * believed of our clock: has that moved?  They are asked again.
 */
void
engine_appeal(struct engine *e, unsigned i, const struct now *now)
{
	struct engine_source *es = &e->source[i];

	if (es->appeals >= APPEALS)
		return;
	es->appeals++;
	engine_ask_another(e, i, now);
}

/* Leap seconds come from the table; a server that says other is named. */
static void
look_at_leap(struct engine *e, unsigned i, const struct now *now)
{
	struct engine_source *es = &e->source[i];
	uint8_t leap = es->source.leap;

	if (leap == es->leap)
		return;
	es->leap = leap;
	if (leap != LEAP_NONE && leap != leap_announce(e->leap, now->wall))
		engine_say(e, EVENT_LEAP_UNKNOWN,
		    "host=%s announces a leap second that the table does not "
		    "have: ignored",
		    source_name(&es->source.conf).text);
}

/*
 * Off by a second while a leap second is near: whether it came too late there
 * or too early, that is neither a lie nor a reason to doubt our own time,
 * however many do it.
 */
static bool
leaps_late(const struct engine *e, const struct sample *s)
{
	struct estimate_view v = estimate_at(&e->estimate, s->at);
	double off = fabs(s->offset - v.offset);

	return e->estimate.known && v.bound < LATE_WITHIN_S &&
	    fabs(off - LATE_S) <= LATE_WITHIN_S &&
	    leap_near(e->leap, scale_utc(&e->scale, s->at, v.offset));
}

/* Muted until it is right, or the leap is a day away. */
static void
look_whether_it_leapt(struct engine *e, unsigned i, const struct sample *s)
{
	struct engine_source *es = &e->source[i];
	bool was = es->leap_late;

	es->leap_late = leaps_late(e, s);
	if (!es->leap_late && !was)
		return;
	es->offset = s->offset - estimate_at(&e->estimate, s->at).offset;
	if (!es->leap_late) {
		es->source.samples = 1; /* those of before are a second off */
		engine_say(e, EVENT_LEAP_OVER,
		    "host=%s was=leap-late offset=%+.6fs: heard again",
		    source_name(&es->source.conf).text, es->offset);
	} else if (!was) {
		es->truechimer = es->named = false;
		engine_say(e, EVENT_LEAP_LATE,
		    "host=%s state=leap-late offset=%+.6fs: a leap second is "
		    "near, not heard until this is over",
		    source_name(&es->source.conf).text, es->offset);
	}
}

void
engine_learn(struct engine *e, unsigned i, const struct sample *sample,
    const struct now *now)
{
	enum estimate_verdict verdict = ESTIMATE_DROPPED;

	/* What ours has to say puts right for a while what the sibling's
	 * have done: it is judged before. */
	engine_compare(e, now);
	look_whom_it_follows(e, i);
	if (e->state != ENGINE_STARTING) /* until then we have no date */
		look_at_leap(e, i, now);
	look_whether_it_leapt(e, i, sample);
	select_sources(e, now);
	e->source[i].unheard = e->estimate.known && !e->source[i].leap_late;
	if (!e->estimate.known) {
		if (!e->truth.majority)
			return;
		enter_all(e);
	} else if (e->truth.majority && e->source[i].truechimer) {
		remember(e, now);
		verdict = enter(e, now);
	} else if (!e->source[i].leap_late) {
		engine_appeal(e, i, now);
	}
	score(e, i, sample);
	engine_repace(e, now);
	engine_steer(e, now);
	/* Our clock was put right, or had not jumped far. */
	if (verdict == ESTIMATE_TAKEN && e->state == ENGINE_SYNCED &&
	    2 * e->truth.agreeing > engine_groups(e))
		e->has_jumped = false;
}

void
engine_reconsider(struct engine *e, const struct now *now)
{
	select_sources(e, now);
	if (e->estimate.known)
		engine_steer(e, now);
}

unsigned
engine_groups(const struct engine *e)
{
	unsigned n = 0;

	for (unsigned i = 0; i < e->conf.count; i++)
		n += e->source[i].group == i; /* the least index of each */
	return n + e->pair.plain;
}
