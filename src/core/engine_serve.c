/* SPDX-License-Identifier: ISC */
#include "core/engine_parts.h"

#include <math.h>
#include <string.h>

#define DISP_RATE 15e-6 /* RFC 5905: PHI */

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
	struct estimate_view v = engine_view(e, now->mono);
	const struct sample *sample;
	unsigned stratum;
	double d, disp;

	sample =
	    es->lent ? &es->shared : source_best(s, now->mono, DISP_RATE, &d);
	stratum = es->lent ? es->shared_stratum + 1u : s->stratum;
	disp = sample->root_disp + fabs(es->offset) +
	    DISP_RATE * fmax(mono_sub(now->mono, sample->at), 0);
	e->serving = (struct server_time){
		.stratum = (uint8_t)(stratum < 15 ? stratum + 1 : 15),
		.precision = -20,
		.refid = server_refid(&s->conf.addr),
		.updated = wall_add(now->wall, e->step_waits ? e->to_step : 0),
		.root_delay_s = sample->root_delay + sample->delay +
		    (es->lent ? e->pair.link.delay : 0),
		.root_disp_s = fmax(disp, a.bound),
		.disp_rate = fmax(DISP_RATE, 2 * v.frequency_sigma),
	};
}

/* The only voice left is a stranger's, our sibling's. */
static void
serve_from_sibling(struct engine *e, const struct now *now)
{
	const struct sibling *l = &e->pair.link;
	struct engine_accuracy a = engine_accuracy(e, now);
	unsigned stratum = l->source.stratum;

	e->serving = (struct server_time){
		.stratum = (uint8_t)(stratum < 15 ? stratum + 1 : 15),
		.precision = -20,
		.refid = server_refid(&l->conf.addr[l->to]),
		.updated = wall_add(now->wall, e->step_waits ? e->to_step : 0),
		.root_delay_s = l->sample.root_delay + l->sample.delay,
		.root_disp_s = fmax(l->sample.root_disp, a.bound),
		.disp_rate = DISP_RATE,
	};
}

static void
unserve(struct engine *e)
{
	e->serving = (struct server_time){ .leap = LEAP_UNSYNC,
		.stratum = STRATUM_UNSYNC,
		.precision = -20 };
}

/*
 * What all say now is not believed, and what we knew before has grown old.
 * Its errors of offset and frequency are taken to be of one sign.
 */
static bool
servable_in_panic(const struct engine *e, const struct now *now)
{
	const struct estimate_view *v = &e->before;
	double dt = mono_sub(now->mono, e->before_at);
	struct wall target =
	    scale_utc(&e->scale, now->mono, v->offset + dt * v->frequency);
	double wander = v->wander * dt * sqrt(dt / 3);
	double bound = v->bound + 2 * (v->frequency_sigma * dt + wander);

	return bound + fabs(wall_sub(target, now->wall)) < ENGINE_SERVE_BOUND_S;
}

bool
engine_servable(const struct engine *e, const struct now *now)
{
	struct engine_accuracy a = engine_accuracy(e, now);
	struct estimate_view v = engine_view(e, now->mono);

	if (e->state == ENGINE_STARTING)
		return false;
	if (e->state == ENGINE_PANIC)
		return servable_in_panic(e, now);
	return v.bound < ENGINE_SERVE_BOUND_S &&
	    fabs(a.offset) < fmax(ENGINE_SERVE_BOUND_S, e->conf.step_limit_s);
}

void
engine_publish(struct engine *e, const struct now *now)
{
	bool known = engine_servable(e, now);

	e->publish = true;
	if (e->state == ENGINE_SYNCED && choose_peer(e))
		serve_from_peer(e, now);
	else if (e->state == ENGINE_SYNCED && e->pair.truechimer)
		serve_from_sibling(e, now);
	if (e->state == ENGINE_ORPHAN)
		engine_serve_orphan(e, now);
	else if (!known)
		unserve(e);
	if (e->serving.stratum < STRATUM_UNSYNC)
		e->serving.leap = (uint8_t)leap_announce(e->leap, now->wall);
}
