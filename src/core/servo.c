/* SPDX-License-Identifier: ISC */
#include "core/servo.h"

#include <assert.h>
#include <math.h>

void
servo_init(struct servo *s, double slew)
{
	assert(slew > 0);
	*s = (struct servo){ .slew = slew, .until = MONO_NEVER };
}

struct mono
servo_next(const struct servo *s)
{
	return s->until;
}

double
servo_slew(struct servo *s, struct mono now, double error, double frequency,
    double smooth_s)
{
	double lasts = fmax(fabs(error) / s->slew, fmax(smooth_s, 1));

	s->frequency = frequency;
	s->rate = frequency + error / lasts;
	s->until = mono_add(now, lasts);
	return s->rate;
}

bool
servo_poll(struct servo *s, struct mono now)
{
	if (now.ns < s->until.ns)
		return false;
	s->until = MONO_NEVER;
	s->rate = s->frequency;
	return true;
}
