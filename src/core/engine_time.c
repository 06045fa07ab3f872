/* SPDX-License-Identifier: ISC */
#include "core/engine_parts.h"

#include "core/score.h"

#include <math.h>
#include <string.h>

#define SPEAKS_MISSES 3	    /* a source with fewer in a row has a voice */
#define DISTANCE_MIN_S 1e-3 /* nobody is a liar for less */
#define WAIT_S 12.0	    /* for all first answers, before we begin */
#define STEP_AGAIN_S 86400.0
#define SERVE_BOUND_S 1.0 /* worse than that we do not know the time */
#define DISP_RATE 15e-6	  /* RFC 5905: PHI */
#define SMOOTH_S 64.0	  /* a slew is spread over at most that, if it can */
#define ASLEEP_S 0.1
#define RTC_DRIFT 1e-4 /* s/s */
#define ANNOUNCE_S 86400.0

static void publish(struct engine *e, const struct now *now);

static const char *
host_of(const struct engine *e, unsigned i)
{
	return e->source[i].source.conf.host;
}

unsigned
engine_groups(const struct engine *e)
{
	unsigned n = 0;

	for (unsigned i = 0; i < e->conf.count; i++)
		n += e->source[i].group == i; /* the least index of each */
	return n;
}

/* ---- our own clock ---- */

/* All that was measured is of before: ask again, and soon. */
static void
measure_anew(struct engine *e, const struct now *now)
{
	e->unsure = true;
	for (unsigned i = 0; i < e->conf.count; i++) {
		e->source[i].source.samples = 0;
		e->source[i].truechimer = false;
		if (!e->source[i].source.asked)
			engine_begin(e, i, now->mono);
	}
	engine_reconsider(e, now);
}

/* The raw clock stood still while the machine slept: home moves on by what
 * the RTC says, which counts in seconds and is a bad clock. */
static void
slept(struct engine *e, double s, const struct now *now)
{
	e->scale.home_ns += llrint(s * 1e9);
	estimate_reopen(&e->estimate, pow(0.5 + RTC_DRIFT * s, 2), 1e-14);
	engine_say(e, ENGINE_NOTICE, "clock", "asleep=%.1fs measuring anew", s);
	measure_anew(e, now);
}

/* The leap second, if it is now: the clock shows one second too many, or too
 * few (RFC 5905 7.3, leap). */
static void
pass_leap(struct engine *e, const struct now *now)
{
	struct estimate_view v = estimate_at(&e->estimate, now->mono);
	struct wall home = { now->mono.ns + e->scale.home_ns };
	int tai = leap_tai_at_tai(e->leap, wall_add(home, v.offset));

	if (e->state == ENGINE_STARTING || e->step_waits || tai == e->tai)
		return;
	e->to_step = e->tai - tai;
	e->step_waits = true;
	e->tai = tai;
	engine_say(e, ENGINE_NOTICE, "clock", "leap second step=%+.0fs",
	    e->to_step);
	publish(e, now);
}

void
engine_observe(struct engine *e, const struct now *now)
{
	double dt = mono_sub(now->mono, e->last.mono);
	double asleep = (double)(now->asleep_ns - e->last.asleep_ns) * 1e-9;
	double moved = wall_sub(now->wall, e->last.wall);
	double off = moved - dt * (1 + e->servo.rate) - fmax(asleep, 0);
	/* Before the first order the kernel may run as it likes. */
	double allowed =
	    e->servo.rate != 0 ? 0.01 + 2e-5 * dt : 0.01 + 1e-3 * dt;

	e->last = *now;
	if (asleep > ASLEEP_S || fabs(off) > allowed)
		e->has_jumped = true;
	if (fabs(off) > allowed)
		engine_say(e, ENGINE_WARNING, "clock",
		    "stepped by=%+.3fs by another program or the machine", off);
	if (asleep > ASLEEP_S)
		slept(e, asleep, now);
	else if (fabs(off) > allowed)
		engine_steer(e, now);
	else if (e->estimate.known)
		pass_leap(e, now);
}

/* ---- who is believed ---- */

/*
 * The sample that says most about now: the narrowest, aged as RFC 5905 10
 * has it, so that a server is judged by what it says lately.  Its distance
 * grows by aging, s/s.
 */
static const struct sample *
best_sample(const struct source *s, struct mono now, double aging,
    double *distance)
{
	const struct sample *best = NULL;
	double least = INFINITY;

	for (unsigned k = 0; k < s->samples; k++) {
		double age = fmax(mono_sub(now, s->sample[k].at), 0);
		double d = sample_distance(&s->sample[k]);

		if (d + DISP_RATE * age < least) {
			best = &s->sample[k];
			least = d + DISP_RATE * age;
			*distance = d + aging * age;
		}
	}
	return best;
}

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
		engine_say(e, ENGINE_WARNING, "source",
		    "host=%s state=falseticker offset=%+.6fs distance=%.6fs "
		    "agreeing=%u of %u groups",
		    host_of(e, i), es->offset, es->distance, r->agreeing,
		    r->groups);
	else
		engine_say(e, ENGINE_NOTICE, "source",
		    "host=%s state=truechimer offset=%+.6fs", host_of(e, i),
		    es->offset);
}

/* RFC 5905 11.2.1, all claims carried to now by what is known of our
 * frequency. */
static void
select_sources(struct engine *e, const struct now *now)
{
	struct estimate_view v = estimate_at(&e->estimate, now->mono);
	double sigma = e->estimate.known ? v.frequency_sigma : 50e-6;
	struct select_item item[ENGINE_SOURCES];
	unsigned index[ENGINE_SOURCES], n = 0;

	for (unsigned i = 0; i < e->conf.count; i++) {
		struct engine_source *es = &e->source[i];
		const struct sample *s;
		double d = 0;

		es->selectable = speaks(&es->source);
		if (!es->selectable)
			continue;
		s = best_sample(&es->source, now->mono, 2 * sigma, &d);
		es->offset = s->offset - v.offset +
		    v.frequency * mono_sub(now->mono, s->at);
		es->distance = d + DISTANCE_MIN_S;
		item[n] = (struct select_item){ .offset = es->offset,
			.distance = es->distance,
			.group = es->group };
		index[n++] = i;
	}
	e->truth = select_truth(item, n);
	if (e->unsure && 2 * e->truth.agreeing <= engine_groups(e))
		e->truth.majority = false; /* of all, not of who spoke first */
	e->unsure = e->unsure && !e->truth.majority;
	for (unsigned k = 0; k < n; k++) {
		e->source[index[k]].truechimer = item[k].truechimer;
		told(e, index[k], &e->truth);
	}
}

/* ---- state ---- */

static const char *
state_name(enum engine_state s)
{
	static const char *const name[] = { "starting", "synced", "holdover",
		"orphan", "panic" };

	return name[s];
}

static void
become(struct engine *e, enum engine_state state, const struct now *now)
{
	enum engine_level level = state == ENGINE_PANIC ? ENGINE_ERR :
	    state == ENGINE_HOLDOVER			? ENGINE_WARNING :
							  ENGINE_NOTICE;
	struct engine_accuracy a = engine_accuracy(e, now);

	if (state == e->state)
		return;
	engine_say(e, level, "clock",
	    "state=%s was=%s groups=%u of %u agree bound=%.6fs",
	    state_name(state), state_name(e->state), e->truth.agreeing,
	    engine_groups(e), a.bound);
	e->state = state;
	e->since = now->mono;
	e->publish = true;
}

struct engine_accuracy
engine_accuracy(const struct engine *e, const struct now *now)
{
	struct estimate_view v = estimate_at(&e->estimate, now->mono);
	struct engine_accuracy a = { .bound = INFINITY };
	struct wall target;

	if (!e->estimate.known)
		return a;
	target = scale_utc(&e->scale, now->mono, v.offset);
	a.offset = wall_sub(target, now->wall);
	if (e->step_waits)
		a.offset -= e->to_step; /* decided, and as good as done */
	/* What waits to be slewed is an error of our clock all the same. */
	a.bound = v.bound + fabs(a.offset);
	a.frequency = v.frequency;
	return a;
}

/* ---- what is served ---- */

/* Whom our reference id names: the nearest truechimer; the one we have is
 * kept while it is not twice as far, so that clients see no hopping. */
static bool
choose_peer(struct engine *e)
{
	int best = -1;

	for (unsigned i = 0; i < e->conf.count; i++) {
		const struct engine_source *es = &e->source[i];

		if (es->truechimer && es->selectable &&
		    (best < 0 || es->distance < e->source[best].distance))
			best = (int)i;
	}
	if (best < 0)
		return false;
	if (!e->source[e->peer].truechimer || !e->source[e->peer].selectable ||
	    e->source[e->peer].distance > 2 * e->source[best].distance)
		e->peer = (unsigned)best;
	return true;
}

/* RFC 5905 11.2.3 and 11.3: distances from the peer, never below our own
 * bound. */
static void
serve_from_peer(struct engine *e, const struct now *now)
{
	const struct engine_source *es = &e->source[e->peer];
	const struct source *s = &es->source;
	struct engine_accuracy a = engine_accuracy(e, now);
	struct estimate_view v = estimate_at(&e->estimate, now->mono);
	const struct sample *sample;
	double d, disp;

	sample = best_sample(s, now->mono, DISP_RATE, &d);
	disp = sample->root_disp + fabs(es->offset) +
	    DISP_RATE * fmax(mono_sub(now->mono, sample->at), 0);
	e->serving = (struct server_time){
		.stratum = (uint8_t)(s->stratum < 15 ? s->stratum + 1 : 15),
		.precision = -20,
		.refid = server_refid(&s->conf.addr),
		.updated = wall_add(now->wall, e->step_waits ? e->to_step : 0),
		.root_delay_s = sample->root_delay + sample->delay,
		.root_disp_s = fmax(disp, a.bound),
		.disp_rate = fmax(DISP_RATE, 2 * v.frequency_sigma),
	};
}

static void
unserve(struct engine *e)
{
	e->serving = (struct server_time){ .leap = LEAP_UNSYNC,
		.stratum = STRATUM_UNSYNC,
		.precision = -20 };
}

static void
publish(struct engine *e, const struct now *now)
{
	struct engine_accuracy a = engine_accuracy(e, now);
	struct estimate_view v = estimate_at(&e->estimate, now->mono);
	bool known = e->state != ENGINE_STARTING && v.bound < SERVE_BOUND_S &&
	    fabs(a.offset) < fmax(SERVE_BOUND_S, e->conf.step_limit_s);

	e->publish = true;
	if (e->state == ENGINE_SYNCED && choose_peer(e))
		serve_from_peer(e, now);
	if (!known)
		unserve(e);
	else if (e->serving.stratum < STRATUM_UNSYNC)
		e->serving.leap = (uint8_t)leap_announce(e->leap, now->wall);
}

/* ---- the clock ---- */

/* All first answers are there, or we have waited for them long enough. */
static bool
ready(const struct engine *e, const struct now *now)
{
	if (mono_sub(now->mono, e->started) >= WAIT_S)
		return true;
	for (unsigned i = 0; i < e->conf.count; i++)
		if (e->schedule.line[i].active &&
		    e->source[i].source.missed == 0 &&
		    (e->source[i].source.samples == 0 ||
			e->ledger.line[i].burst_left > 0))
			return false;
	return true;
}

/* A step by amount, then the bare frequency. */
static void
step(struct engine *e, double amount, double frequency, const struct now *now)
{
	e->to_step = amount;
	e->step_waits = true;
	e->to_rate = servo_slew(&e->servo, now->mono, 0, frequency, 1);
	e->rate_waits = true;
	engine_say(e, ENGINE_NOTICE, "clock", "step=%+.6fs", amount);
}

/* The first correction: of any size, but not to before the build. */
static void
begin(struct engine *e, const struct engine_accuracy *a, const struct now *now)
{
	struct wall target = wall_add(now->wall, a->offset);

	if (!ready(e, now))
		return;
	if (wall_sub(target, e->conf.built) < 0) {
		engine_say(e, ENGINE_ERR, "clock",
		    "%u groups agree on a time before this program was built: "
		    "not believed",
		    e->truth.agreeing);
		return;
	}
	e->tai = leap_tai(e->leap, target);
	step(e, a->offset, a->frequency, now);
	become(e, ENGINE_SYNCED, now);
}

/* Off by more than the limit, and not for the first time: only if it was our
 * own clock that jumped, and once a day. */
static void
far_off(struct engine *e, const struct engine_accuracy *a,
    const struct now *now)
{
	/* One voice alone moves no clock that far, and raises no panic. */
	bool agreed = e->truth.majority &&
	    (e->truth.agreeing > 1 || engine_groups(e) == 1);
	bool again =
	    e->has_stepped && mono_sub(now->mono, e->stepped) < STEP_AGAIN_S;

	if (e->state == ENGINE_PANIC)
		return;
	if (!agreed) {
		/* Known to be wrong, but nobody to ask: not served. */
		become(e, ENGINE_HOLDOVER, now);
		return;
	}
	if (e->has_jumped && !again) {
		e->has_stepped = true;
		e->stepped = now->mono;
		e->has_jumped = false;
		step(e, a->offset, a->frequency, now);
		become(e, ENGINE_SYNCED, now);
		return;
	}
	become(e, ENGINE_PANIC, now);
	engine_say(e, ENGINE_ERR, "clock",
	    "off by %+.3fs, more than step.limit: not corrected; if that is "
	    "the truth: ntpgate accept step",
	    a->offset);
}

void
engine_steer(struct engine *e, const struct now *now)
{
	struct engine_accuracy a = engine_accuracy(e, now);
	double gap = schedule_gap(&e->schedule);

	if (!e->estimate.known || e->step_waits)
		return;
	if (e->state == ENGINE_STARTING) {
		begin(e, &a, now);
	} else if (fabs(a.offset) > e->conf.step_limit_s) {
		far_off(e, &a, now);
	} else {
		e->to_rate = servo_slew(&e->servo, now->mono, a.offset,
		    a.frequency, fmin(gap / 2, SMOOTH_S));
		e->rate_waits = true;
		become(e, e->truth.majority ? ENGINE_SYNCED : ENGINE_HOLDOVER,
		    now);
	}
	publish(e, now);
}

bool
engine_accept_step(struct engine *e, const struct now *now)
{
	struct engine_accuracy a = engine_accuracy(e, now);

	engine_observe(e, now);
	if (e->state != ENGINE_PANIC || !e->estimate.known)
		return false;
	engine_say(e, ENGINE_NOTICE, "clock", "step accepted by the operator");
	step(e, a.offset, a.frequency, now);
	become(e, e->truth.majority ? ENGINE_SYNCED : ENGINE_HOLDOVER, now);
	publish(e, now);
	return true;
}

/* ---- samples ---- */

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
	}
}

static void
score(struct engine *e, unsigned i, const struct sample *sample)
{
	struct source *s = &e->source[i].source;
	struct estimate_view v = estimate_at(&e->estimate, sample->at);
	double off = sample->offset - v.offset;
	double by = s->stratum >= 8 ? SCORE_STRATUM : score_step(off);

	if (e->estimate.known)
		s->score = score_add(s->score, by, off);
}

void
engine_learn(struct engine *e, unsigned i, const struct sample *sample,
    const struct now *now)
{
	enum estimate_verdict verdict = ESTIMATE_DROPPED;

	select_sources(e, now);
	if (!e->estimate.known) {
		if (!e->truth.majority)
			return;
		enter_all(e);
	} else if (e->truth.majority && e->source[i].truechimer) {
		verdict = estimate_add(&e->estimate, i, sample);
		if (verdict == ESTIMATE_HELD)
			engine_ask_another(e, i, now);
	}
	score(e, i, sample);
	if (e->truth.majority)
		e->corrected = now->mono;
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

/* ---- what happens without a packet ---- */

/* UTC instant to come at which something about a leap changes. */
static bool
leap_wake(const struct engine *e, struct wall *at)
{
	struct wall leap, announce;

	if (!leap_next(e->leap, e->last.wall, &leap))
		return false;
	announce = wall_add(leap, -ANNOUNCE_S);
	*at = announce.ns > e->last.wall.ns ? announce : leap;
	return true;
}

struct mono
engine_tick_next(const struct engine *e)
{
	struct mono next = MONO_NEVER;
	struct wall at;

	if (!e->estimate.known)
		return next;
	if (e->state == ENGINE_STARTING) {
		next = mono_add(e->started, WAIT_S);
		if (next.ns <= e->last.mono.ns)
			next = MONO_NEVER;
	}
	if (leap_wake(e, &at))
		next = mono_min(next,
		    mono_add(e->last.mono, wall_sub(at, e->last.wall) + 0.001));
	/* Time does not get better by itself. */
	if (e->serving.stratum < STRATUM_UNSYNC && e->state != ENGINE_SYNCED)
		next =
		    mono_min(next, estimate_until(&e->estimate, SERVE_BOUND_S));
	return next;
}

void
engine_tick(struct engine *e, const struct now *now)
{
	struct estimate_view v = estimate_at(&e->estimate, now->mono);

	if (!e->estimate.known)
		return;
	if (e->state == ENGINE_STARTING) {
		bool waited = mono_sub(now->mono, e->started) >= WAIT_S;

		if (waited && !e->waited)
			engine_steer(e, now);
		e->waited = waited;
		return;
	}
	if (e->serving.stratum == STRATUM_UNSYNC)
		return;
	if (v.bound > SERVE_BOUND_S ||
	    e->serving.leap != (uint8_t)leap_announce(e->leap, now->wall))
		publish(e, now);
}
