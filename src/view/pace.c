/* SPDX-License-Identifier: ISC */
#include "view/pace.h"

#include "base/text.h"
#include "core/ledger.h"

#include <math.h>

const char *
pace_name(enum engine_pace_reason r)
{
	static const char *const name[] = {
		[ENGINE_PACE_START] = "start",
		[ENGINE_PACE_MAX] = "max",
		[ENGINE_PACE_PROMISE] = "promise",
		[ENGINE_PACE_MIN] = "min",
		[ENGINE_PACE_FUTILE] = "futile",
	};

	return name[r];
}

/* "1.90 ms < 5.00 ms" */
static void
compare(double bound, double promised, struct text *t)
{
	char left[24] = "unknown", right[24];

	if (isfinite(bound))
		text_seconds(left, sizeof(left), bound, false);
	text_add(t, "%s %s %s", left, bound < promised ? "<" : ">",
	    text_seconds(right, sizeof(right), promised, false));
}

double
pace_interval(const struct snapshot *s)
{
	return s->frugal_s > 0 ?
	    fmax(s->pace.interval_s, LEDGER_FRUGAL_FLOOR_S) :
	    s->pace.interval_s;
}

char *
pace_reason(const struct snapshot *s, char buf[PACE_MAX])
{
	const struct engine_pace *p = &s->pace;
	struct text t = { buf, PACE_MAX, 0 };

	buf[0] = '\0';
	if (pace_interval(s) > p->interval_s) {
		text_add(&t, "the ledger was lost, and courtesy comes first");
		return buf;
	}
	if (p->reason == ENGINE_PACE_START) {
		text_add(&t, "a start, more and more rarely from now on");
		return buf;
	}
	if (p->reason == ENGINE_PACE_FUTILE) {
		text_add(&t, "poll.max: ");
		compare(p->best_s, p->promised_s, &t);
		text_add(&t, " even at poll.min");
		return buf;
	}
	text_add(&t, "bound ");
	compare(p->peak_s, p->promised_s, &t);
	if (p->reason == ENGINE_PACE_MAX)
		text_add(&t, ", at poll.max");
	else if (p->reason == ENGINE_PACE_MIN)
		text_add(&t, ", at poll.min");
	return buf;
}
