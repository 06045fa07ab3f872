/* SPDX-License-Identifier: ISC */
#include "core/scale.h"

#define NS INT64_C(1000000000)

void
scale_init(struct scale *s, struct mono raw, struct wall wall,
    struct wall earliest, const struct leap_table *leap)
{
	*s = (struct scale){ .home_ns =
				 wall.ns + leap_tai(leap, wall) * NS - raw.ns,
		.lean_at = raw,
		.earliest = earliest,
		.leap = leap };
}

double
scale_gained(const struct scale *s, struct mono raw)
{
	return s->lean + s->lean_rate * mono_sub(raw, s->lean_at);
}

struct wall
scale_home(const struct scale *s, struct mono raw)
{
	struct wall home = { raw.ns + s->home_ns };

	return wall_add(home, scale_gained(s, raw));
}

void
scale_lean(struct scale *s, struct mono at, double rate)
{
	s->lean = scale_gained(s, at);
	s->lean_at = at;
	s->lean_rate = rate;
}

double
scale_offset(const struct scale *s, struct ntp64 theirs, struct mono ours)
{
	struct wall tai = wall_from_ntp64(theirs, s->earliest);

	tai.ns += leap_tai(s->leap, tai) * NS;
	return wall_sub(tai, scale_home(s, ours));
}

struct wall
scale_utc(const struct scale *s, struct mono raw, double offset)
{
	struct wall tai = wall_add(scale_home(s, raw), offset);

	return (struct wall){ tai.ns - leap_tai_at_tai(s->leap, tai) * NS };
}
