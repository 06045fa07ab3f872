/* SPDX-License-Identifier: ISC */
#include "core/score.h"

#include <math.h>

#define KEPT 0.95
#define WORST -100.0 /* where no answer at all would lead */
#define BEST 20.0
#define FAR_S 3.0
#define FAR_SCORE -20.0

double
score_step(double offset)
{
	double x = fabs(offset);

	if (!(x <= FAR_S)) /* not a number is far off too */
		return -4;
	if (x > 0.75)
		return -2;
	if (x > 0.1)
		return 0.731 - 2.308 * x;
	if (x > 0.025)
		return 1.167 - 6.667 * x;
	return 1;
}

double
score_add(double score, double step, double offset)
{
	double sum = fmax(fmin(KEPT * score + step, BEST), WORST);

	return fabs(offset) <= FAR_S ? sum : fmin(sum, FAR_SCORE);
}
