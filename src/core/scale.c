/* SPDX-License-Identifier: ISC */
#include "core/scale.h"

#define NS INT64_C(1000000000)

void
scale_init(struct scale *s, struct mono raw, struct wall wall,
    struct wall earliest, const struct leap_table *leap)
{
	s->home_ns = wall.ns + leap_tai(leap, wall) * NS - raw.ns;
	s->earliest = earliest;
	s->leap = leap;
}

double
scale_offset(const struct scale *s, struct ntp64 theirs, struct mono ours)
{
	struct wall tai = wall_from_ntp64(theirs, s->earliest);
	struct wall home = { ours.ns + s->home_ns };

	tai.ns += leap_tai(s->leap, tai) * NS;
	return wall_sub(tai, home);
}

struct wall
scale_utc(const struct scale *s, struct mono raw, double offset)
{
	struct wall home = { raw.ns + s->home_ns };
	struct wall tai = wall_add(home, offset);

	return (struct wall){ tai.ns - leap_tai_at_tai(s->leap, tai) * NS };
}
