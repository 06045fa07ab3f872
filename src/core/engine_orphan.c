/* SPDX-License-Identifier: ISC */
#include "core/engine_parts.h"

#include <math.h>

#define LOOPBACK 0x7f000001u /* the reference of who follows nobody */
#define DISPERSION_MAX_S 1.0 /* clients listen below 1.5 s (MAXDIST) */
#define DISP_RATE 15e-6	     /* RFC 5905: PHI */
#define FASTEST_S 64.0	     /* of time between two words that count */
#define SIGMAS 2.0	     /* of our frequency: so fast we follow */

/*
 * Synchronised once, and served what was kept for as long as it was good:
 * rather all hosts of a site at one time than each at its own.
 */
bool
engine_may_orphan(const struct engine *e, const struct now *now)
{
	struct engine_accuracy a = engine_accuracy(e, now);

	return e->conf.orphan > 0 && e->estimate.known &&
	    (e->state == ENGINE_HOLDOVER || e->state == ENGINE_ORPHAN) &&
	    wall_sub(now->wall, e->conf.built) > 0 &&
	    fabs(a.offset) < e->conf.step_limit_s;
}

/* What UTC is nobody knows any more; that we are one site is said by the
 * stratum. */
void
engine_serve_orphan(struct engine *e, const struct now *now)
{
	struct engine_accuracy a = engine_accuracy(e, now);

	e->serving = (struct server_time){ .stratum = e->conf.orphan,
		.precision = -20,
		.refid = LOOPBACK,
		.updated = now->wall,
		.root_disp_s = fmin(a.bound, DISPERSION_MAX_S),
		.disp_rate = a.bound < DISPERSION_MAX_S ? DISP_RATE : 0 };
}

static bool
is_adrift(unsigned state)
{
	return state == ENGINE_HOLDOVER || state == ENGINE_ORPHAN;
}

/* Of two that nobody leads, or that both lead. */
static bool
we_are_better(const struct engine *e, double bound)
{
	double theirs = e->pair.link.word.bound;

	/* As good as equal: both must come to the same answer. */
	if (fabs(bound - theirs) > 0.1 * fmax(bound, theirs))
		return bound < theirs;
	return engine_comes_first(e);
}

/* By what we should be off our own opinion to be where it is. */
static void
follow(struct engine *e, const struct estimate_view *v, const struct now *now)
{
	struct engine_pair *p = &e->pair;
	double dt = fmin(mono_sub(now->mono, p->moved), FASTEST_S);
	double most = SIGMAS * v->frequency_sigma * dt;
	double wanted =
	    p->follow + p->link.served_offset - engine_accuracy(e, now).offset;

	wanted = fmax(fmin(wanted, v->bound), -v->bound);
	p->follow += fmax(fmin(wanted - p->follow, most), -most);
	p->moved = now->mono;
}

void
engine_lead(struct engine *e, const struct now *now)
{
	struct engine_pair *p = &e->pair;
	const struct link_word *w = &p->link.word;
	struct estimate_view v = engine_view(e, now->mono);
	bool led = w->flags & LINK_LEADS;

	if (!is_adrift(e->state)) {
		p->leads = p->follows = false;
		p->follow = 0;
		return;
	}
	if (!is_adrift(w->state)) {
		p->leads = p->follows = false;
		return;
	}
	if (led == p->leads)
		led = !we_are_better(e, v.bound);
	if (led && !p->follows)
		p->moved = now->mono;
	p->leads = !led;
	p->follows = led;
	if (led)
		follow(e, &v, now);
}
