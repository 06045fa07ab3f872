/* SPDX-License-Identifier: ISC */
#include "core/engine_parts.h"

#include <math.h>
#include <string.h>

#define WAIT_S 12.0 /* for all first answers, before we begin */
#define STEP_AGAIN_S 86400.0
#define SMOOTH_S 64.0 /* a slew is spread over at most that, if it can */
#define ASLEEP_S 0.1
#define RTC_DRIFT 1e-4 /* s/s */
#define ANNOUNCE_S 86400.0

/* ---- our own clock ---- */

/* All that was measured is of before: ask again, and soon. */
static void
measure_anew(struct engine *e, const struct now *now)
{
	e->unsure = true;
	for (unsigned i = 0; i < e->conf.count; i++) {
		e->source[i].source.samples = 0;
		e->source[i].has_shared = false; /* of before, too */
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
	estimate_reopen(&e->pair.own, pow(0.5 + RTC_DRIFT * s, 2), 1e-14);
	engine_lean_end(e);
	engine_say(e, EVENT_CLOCK_SLEPT, "asleep=%.1fs measuring anew", s);
	measure_anew(e, now);
}

/* The leap second, if it is now: the clock shows one second too many, or too
 * few (RFC 5905 7.3, leap). */
static void
pass_leap(struct engine *e, const struct now *now)
{
	struct estimate_view v = estimate_at(&e->estimate, now->mono);
	struct wall home = scale_home(&e->scale, now->mono);
	int tai = leap_tai_at_tai(e->leap, wall_add(home, v.offset));

	if (e->state == ENGINE_STARTING || e->step_waits || tai == e->tai)
		return;
	e->to_step = e->tai - tai;
	e->step_waits = true;
	e->tai = tai;
	engine_say(e, EVENT_CLOCK_LEAP, "leap second step=%+.0fs", e->to_step);
	engine_publish(e, now);
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
		engine_say(e, EVENT_CLOCK_STEPPED,
		    "stepped by=%+.3fs by another program or the machine", off);
	if (asleep > ASLEEP_S)
		slept(e, asleep, now);
	else if (fabs(off) > allowed)
		engine_steer(e, now);
	else if (e->estimate.known)
		pass_leap(e, now);
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
	static const enum event_id changed[] = { [ENGINE_STARTING] =
						     EVENT_CLOCK_STARTING,
		[ENGINE_SYNCED] = EVENT_CLOCK_SYNCED,
		[ENGINE_HOLDOVER] = EVENT_CLOCK_HOLDOVER,
		[ENGINE_ORPHAN] = EVENT_CLOCK_ORPHAN,
		[ENGINE_PANIC] = EVENT_CLOCK_PANIC };
	struct engine_accuracy a = engine_accuracy(e, now);

	if (state == e->state)
		return;
	engine_say(e, changed[state],
	    "state=%s was=%s groups=%u of %u agree bound=%.6fs",
	    state_name(state), state_name(e->state), e->truth.agreeing,
	    engine_groups(e), a.bound);
	if (state == ENGINE_SYNCED) {
		/* Now the wall clock says how old another boot's ledger is. */
		ledger_verified(&e->ledger, now->mono,
		    wall_add(now->wall, a.offset));
		e->book = true;
		e->save = true; /* a crash shall not cost what we know */
		e->pair.leads = e->pair.follows = false;
		e->pair.follow = 0;
	}
	e->state = state;
	e->since = now->mono;
	e->publish = true;
}

struct engine_accuracy
engine_accuracy(const struct engine *e, const struct now *now)
{
	struct estimate_view v = engine_view(e, now->mono);
	struct engine_accuracy a = { .bound = INFINITY };
	struct wall target;

	if (!e->estimate.known)
		return a;
	target = scale_utc(&e->scale, now->mono, v.offset + e->pair.follow);
	a.offset = wall_sub(target, now->wall);
	if (e->step_waits)
		a.offset -= e->to_step; /* decided, and as good as done */
	/* What waits to be slewed is an error of our clock all the same. */
	a.bound = v.bound + fabs(a.offset) + fabs(e->pair.follow);
	a.frequency = v.frequency + e->scale.lean_rate; /* of raw */
	return a;
}

/* ---- the clock ---- */

/* All first answers are there, or we have waited for them long enough. */
static bool
ready(const struct engine *e, const struct now *now)
{
	if (e->resumed || mono_sub(now->mono, e->started) >= WAIT_S)
		return true;
	for (unsigned i = 0; i < e->conf.count; i++)
		if (e->schedule.line[i].active &&
		    e->source[i].source.missed == 0 &&
		    (e->source[i].source.samples == 0 ||
			e->ledger.line[e->source[i].line].burst_left > 0))
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
	engine_say(e, EVENT_CLOCK_STEP, "step=%+.6fs", amount);
}

/* The first correction: of any size, but not to before the build. */
static void
begin(struct engine *e, const struct engine_accuracy *a, const struct now *now)
{
	struct wall target = wall_add(now->wall, a->offset);

	if (!ready(e, now))
		return;
	if (wall_sub(target, e->conf.built) < 0 ||
	    wall_sub(target, e->known) < -e->conf.step_limit_s) {
		engine_say(e, EVENT_CLOCK_ABSURD,
		    "%u groups agree on a time before %s: not believed",
		    e->truth.agreeing,
		    wall_sub(target, e->conf.built) < 0 ?
			"this program was built" :
			"the last that was known");
		return;
	}
	if (e->panicked && fabs(a->offset) > e->conf.step_limit_s) {
		/* A restart is no operator. */
		become(e, ENGINE_PANIC, now);
		return;
	}
	e->tai = leap_tai(e->leap, target);
	step(e, a->offset, a->frequency, now);
	become(e, e->truth.majority ? ENGINE_SYNCED : ENGINE_HOLDOVER, now);
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
	e->panicked = e->save = true;
	become(e, ENGINE_PANIC, now);
	engine_say(e, EVENT_CLOCK_OFF,
	    "off by %+.3fs, more than step.limit: not corrected; if that is "
	    "the truth: ntpgate accept step",
	    a->offset);
}

/* An orphan may have come far from the truth: it is slewed back, and one
 * until it is there. */
static void
settle(struct engine *e, const struct engine_accuracy *a, const struct now *now)
{
	bool near = fabs(a->offset) <= e->conf.step_limit_s;

	if (e->truth.majority && near)
		become(e, ENGINE_SYNCED, now);
	else if (e->state != ENGINE_ORPHAN)
		become(e, ENGINE_HOLDOVER, now);
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
	} else if (fabs(a.offset) > e->conf.step_limit_s &&
	    e->state != ENGINE_ORPHAN) {
		far_off(e, &a, now);
	} else {
		e->to_rate = servo_slew(&e->servo, now->mono, a.offset,
		    a.frequency, fmin(gap / 2, SMOOTH_S));
		e->rate_waits = true;
		settle(e, &a, now);
	}
	engine_publish(e, now);
}

bool
engine_accept_step(struct engine *e, const struct now *now)
{
	struct engine_accuracy a = engine_accuracy(e, now);

	engine_observe(e, now);
	if (e->state != ENGINE_PANIC || !e->estimate.known)
		return false;
	engine_say(e, EVENT_CLOCK_ACCEPTED, "step accepted by the operator");
	e->panicked = false;
	e->save = true;
	step(e, a.offset, a.frequency, now);
	become(e, e->truth.majority ? ENGINE_SYNCED : ENGINE_HOLDOVER, now);
	engine_publish(e, now);
	return true;
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
		next = e->resumed ? e->started : mono_add(e->started, WAIT_S);
		if (e->waited)
			next = MONO_NEVER;
	}
	if (leap_wake(e, &at))
		next = mono_min(next,
		    mono_add(e->last.mono, wall_sub(at, e->last.wall) + 0.001));
	/* Time does not get better by itself; in panic the hourly wake-up
	 * does. */
	if (e->serving.stratum < STRATUM_UNSYNC &&
	    (e->state == ENGINE_STARTING || e->state == ENGINE_HOLDOVER))
		next = mono_min(next,
		    estimate_until(&e->estimate, ENGINE_SERVE_BOUND_S));
	return next;
}

void
engine_tick(struct engine *e, const struct now *now)
{
	if (!e->estimate.known)
		return;
	if (e->state == ENGINE_STARTING) {
		bool waited =
		    e->resumed || mono_sub(now->mono, e->started) >= WAIT_S;

		if (waited && !e->waited)
			engine_steer(e, now);
		e->waited = waited;
		return;
	}
	if (e->state == ENGINE_HOLDOVER && !engine_servable(e, now) &&
	    engine_may_orphan(e, now)) {
		become(e, ENGINE_ORPHAN, now);
		engine_publish(e, now);
	}
	if (e->serving.stratum == STRATUM_UNSYNC)
		return;
	if ((e->state != ENGINE_ORPHAN && !engine_servable(e, now)) ||
	    e->serving.leap != (uint8_t)leap_announce(e->leap, now->wall))
		engine_publish(e, now);
}
