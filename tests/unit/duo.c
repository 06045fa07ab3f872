/* SPDX-License-Identifier: ISC */
#include "duo.h"

#include "unit.h"

#include <math.h>
#include <string.h>

struct schedule duo_side[2];
struct rng duo_rng[2];
struct duo duo;

struct mono
duo_at(double t)
{
	return (struct mono){ (int64_t)(t * 1e9) };
}

double
duo_seconds(struct mono t)
{
	return (double)t.ns / 1e9;
}

void
duo_begin(unsigned n, double max0, double max1, double later)
{
	double most[] = { max0, max1 };

	for (unsigned k = 0; k < 2; k++) {
		rng_init(&duo_rng[k], unit_seed + k);
		schedule_init(&duo_side[k], n, 1024, most[k], true);
		for (unsigned i = 0; i < n; i++)
			schedule_at(&duo_side[k], i, duo_at(i + later * k));
	}
	memset(&duo, 0, sizeof(duo));
	duo.within = INFINITY;
}

void
duo_count(double t)
{
	duo.from = t;
	duo.asked[0] = duo.asked[1] = duo.again = duo.close = 0;
	for (unsigned i = 0; i < SCHEDULE_SOURCES; i++)
		duo.by[i] = -1;
}

static void
count(unsigned k, unsigned i, double t)
{
	double gap = t - duo.last;

	duo.last = t;
	if (t < duo.from)
		return;
	duo.asked[k]++;
	duo.again += duo.by[i] == (int)k;
	duo.close += gap < DUO_T / duo_side[0].count / 4;
	duo.by[i] = (int)k;
}

/* Each knows the other's T. */
static void
meet(struct mono t)
{
	for (unsigned k = 0; k < 2; k++)
		schedule_pair(&duo_side[k],
		    duo.deaf ? 0 : duo_side[!k].interval, t, &duo_rng[k]);
}

void
duo_ask(unsigned k, unsigned i, struct mono t)
{
	count(k, i, duo_seconds(t));
	schedule_asked(&duo_side[k], i, t, duo.within, &duo_rng[k]);
	schedule_answered(&duo_side[k], i, t, &duo_rng[k]);
	if (!duo.deaf)
		schedule_shared(&duo_side[!k], i, t, duo.within, &duo_rng[!k]);
}

void
duo_run(double until)
{
	for (double claim = duo.last;; claim = fmax(claim, duo.last)) {
		unsigned i[2] = { 0, 0 }, k;
		struct mono t[] = { schedule_next(&duo_side[0], &i[0]),
			duo.dead || duo.liar ?
			    MONO_NEVER :
			    schedule_next(&duo_side[1], &i[1]) };

		k = t[1].ns < t[0].ns;
		if (duo.liar && claim + 60 < duo_seconds(t[0])) {
			claim += 60;
			for (unsigned s = 0; s < duo_side[0].count; s++)
				schedule_shared(&duo_side[0], s, duo_at(claim),
				    duo.within, &duo_rng[0]);
			continue;
		}
		if (duo_seconds(t[k]) > until)
			return;
		meet(t[k]);
		duo_ask(k, i[k], t[k]);
	}
}

/* Questions to each server in T, of both. */
double
duo_load(double until)
{
	return (duo.asked[0] + duo.asked[1]) * DUO_T / duo_side[0].count /
	    (until - duo.from);
}
