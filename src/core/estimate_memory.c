/* SPDX-License-Identifier: ISC */
/* What an estimate was goes on as something else: another life, other slots. */
#include "core/estimate_parts.h"

#include <assert.h>

#define DAY_S 86400.0
#define YEAR_S (365 * DAY_S)

void
estimate_resume(struct estimate *e, struct mono at, double offset,
    double variance)
{
	bank_reset(&e->bank, FILTER_OFFSET, offset, variance);
	e->known = true;
	e->at = at;
	estimate_conclude(e);
}

void
estimate_permute(struct estimate *e, unsigned sources, const int *from)
{
	const struct estimate was = *e;

	assert(sources <= ESTIMATE_SOURCES);
	e->sources = sources;
	e->held.holding = false;
	bias_init(&e->bias, sources);
	e->bias.spread = was.bias.spread;
	bank_permute(&e->bank, sources, from);
	estimate_forget_shared(e);
	for (unsigned i = 0; i < sources; i++) {
		path_init(&e->path[i]);
		e->shortest[i] = 0;
		e->refused[i] = e->astray[i] = 0;
		if (from[i] < 0)
			continue;
		e->path[i] = was.path[from[i]];
		e->shared[i] = was.shared[from[i]];
		e->odd[i] = was.odd[from[i]];
		e->shortest[i] = was.shortest[from[i]];
		e->bias.usual[i] = was.bias.usual[from[i]];
		e->bias.scale[i] = was.bias.scale[from[i]];
		e->refused[i] = was.refused[from[i]];
		e->astray[i] = was.astray[from[i]];
	}
	estimate_conclude(e);
}

void
estimate_write(const struct estimate *e, struct wire_out *w)
{
	bank_write(&e->bank, w);
	bias_write(&e->bias, w);
	for (unsigned i = 0; i < e->sources; i++)
		path_write(&e->path[i], w);
}

bool
estimate_read(struct estimate *e, struct wire *w, double saved_age_s)
{
	struct estimate fresh;
	bool good;

	if (!(saved_age_s >= 0 && saved_age_s < 10 * YEAR_S))
		saved_age_s = DAY_S;
	estimate_init(&fresh, e->sources);
	good =
	    bank_read(&fresh.bank, w, saved_age_s) && bias_read(&fresh.bias, w);
	for (unsigned i = 0; good && i < e->sources; i++) {
		good = path_read(&fresh.path[i], w);
		fresh.shortest[i] = fresh.path[i].floor;
	}
	if (!good)
		return false;
	estimate_conclude(&fresh);
	*e = fresh;
	return true;
}
