/* SPDX-License-Identifier: ISC */
/*
 * scale.h - home: the engine's own time scale.
 *
 * Home time is the raw clock plus a constant: nobody steers it, it has no
 * leap seconds, and two of its readings can be subtracted however far apart
 * they are.  The constant is chosen once, so that home is near TAI.  All that
 * is estimated is one number that moves slowly:
 *
 *	offset = TAI - home	(positive while we are slow)
 *
 * With a sibling, home leans on both oscillators: it runs faster or slower
 * than raw by what the other's raw clock says (scale_lean()), never jumps,
 * and so wanders less than either.
 */
#ifndef CORE_SCALE_H
#define CORE_SCALE_H

#include "base/time.h"
#include "core/leap.h"

struct scale {
	int64_t home_ns;	       /* home - raw, without what it leans */
	struct mono lean_at;	       /* since then */
	double lean;		       /* s, home gained on raw until then */
	double lean_rate;	       /* s/s, and gains from there */
	struct wall earliest;	       /* era pivot: the date of the build */
	const struct leap_table *leap; /* borrowed, kept */
};

/* Home near TAI, from one reading of both clocks. */
void scale_init(struct scale *s, struct mono raw, struct wall wall,
    struct wall earliest, const struct leap_table *leap);

/* Home at a raw instant, not long before the latest scale_lean(). */
struct wall scale_home(const struct scale *s, struct mono raw);

/* What home gained on raw until then, s. */
double scale_gained(const struct scale *s, struct mono raw);

/* From that instant on home gains rate seconds a raw second. */
void scale_lean(struct scale *s, struct mono at, double rate);

/* TAI - home, by a server's stamp (UTC) and our raw clock. */
double scale_offset(const struct scale *s, struct ntp64 theirs,
    struct mono ours);

/* UTC at a raw instant, given the offset then. */
struct wall scale_utc(const struct scale *s, struct mono raw, double offset);

#endif
