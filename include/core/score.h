/* SPDX-License-Identifier: ISC */
/*
 * score.h - the NTP pool's score for a server, from our own samples.
 *
 * score = 0.95 score + step; 20 is perfect, below 10 the pool would not
 * hand it out.
 */
#ifndef CORE_SCORE_H
#define CORE_SCORE_H

#define SCORE_NEW 0.0
#define SCORE_NO_ANSWER -5.0
#define SCORE_RATE -3.5
#define SCORE_DENIED -10.0 /* DENY, RSTR */
#define SCORE_KISS -2.0	   /* other stratum 0 */
#define SCORE_STRATUM -4.0 /* stratum 8 and above */
#define SCORE_SHARED -0.25 /* its reference is another's too: 15 is perfect */

/* The step for a sample that is offset seconds from the truth, -4 to 1. */
double score_step(double offset);

/* The score after a step; offset_s the offset that caused it or 0: after
 * more than 3 s it is at most -20. */
double score_add(double score, double step, double offset);

#endif
