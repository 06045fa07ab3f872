/* SPDX-License-Identifier: ISC */
#include "view/brief.h"

#include <math.h>

static unsigned
answering(const struct snapshot *s)
{
	unsigned n = 0;

	for (unsigned i = 0; i < s->upstreams; i++)
		n += s->upstream[i].sampled;
	return n;
}

/* What it is worth, and what hosts are told. */
static void
put_time(const struct snapshot *s, struct text *out)
{
	char bound[24];

	text_add(out, "%s, within %s (95 %%)", snapshot_state_name(s->state),
	    text_seconds(bound, sizeof(bound), s->error_bound_s, false));
	if (s->serving.leap == LEAP_UNSYNC)
		text_add(out, ", hosts are told that the time is not known");
	else
		text_add(out, ", stratum %u", s->serving.stratum);
}

static void
put_state(const struct snapshot *s, struct text *out)
{
	char off[24];

	if (s->state == ENGINE_PANIC)
		text_add(out,
		    "panic, the clock is off by %s: see \"ntpgate status\"",
		    text_seconds(off, sizeof(off), s->offset_s, true));
	else if (isfinite(s->error_bound_s))
		put_time(s, out);
	else
		text_add(out,
		    "%s, the time is not known yet: %u of %u servers have "
		    "answered",
		    snapshot_state_name(s->state), answering(s), s->upstreams);
}

void
brief_print(const struct snapshot *s, struct text *out)
{
	unsigned long long hosts = s->serve.clients;

	put_state(s, out);
	text_add(out, ", %llu host%s; ", hosts, hosts == 1 ? "" : "s");
	if (s->closed)
		text_add(out, "the ledger cannot be written: nobody is asked");
	else
		text_add(out, "%u of %u packets today", s->sent.day,
		    s->sent.budget);
}
