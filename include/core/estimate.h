/* SPDX-License-Identifier: ISC */
/*
 * estimate.h - the one estimator: all samples of all truechimers in, time
 * and its error bound out.
 *
 * A Kalman filter in continuous time on the raw clock, its state
 *
 *	x = [ offset, frequency, bias of source 0, 1, ... ]
 *
 * offset and frequency of TAI against home (scale.h; s and s/s, positive
 * while we are slow), biases the constant lie of each path.  Frequency
 * wanders; how much is learned (bank.h).  A sample's error lies in a box as
 * wide as its delay is above the floor of its path (path.h, filter.h).  What
 * all paths may have in common is learned from how they differ (bias.h).
 * Steering and leap seconds never enter.
 *
 * Fixed size, no heap; adding a sample costs some ten microseconds.
 */
#ifndef CORE_ESTIMATE_H
#define CORE_ESTIMATE_H

#include "base/time.h"
#include "base/wire.h"
#include "core/bank.h"
#include "core/bias.h"
#include "core/filter.h"
#include "core/path.h"
#include "core/source.h"

#include <stdbool.h>
#include <stdint.h>

#define ESTIMATE_SOURCES FILTER_SOURCES

#define ESTIMATE_WITNESSES 3

/*
 * The latest outlier, which another source may confirm.  A sample that fits
 * both, the clock as it was and the clock that has moved, decides nothing
 * alone: odds add up until they say enough.
 */
struct estimate_held {
	bool holding;
	unsigned source;
	struct sample sample;
	double off;   /* s, of what was expected */
	double since; /* s, from the last good sample to it */
	struct noise noise;
	struct filter moved; /* the estimate, if the clock has moved */
	struct mono at;	     /* of that */
	double odds;	     /* log, of that it has */
	unsigned witnesses;  /* who could not tell */
	unsigned witness[ESTIMATE_WITNESSES];
	struct sample evidence[ESTIMATE_WITNESSES];
};

struct estimate {
	bool known; /* a sample has been taken */
	unsigned sources;
	struct mono at; /* of the filters' states: the latest sample taken */
	struct bank bank;
	struct filter mean; /* of the bank */
	struct filter tied; /* and with what bias says of the biases */
	struct path path[ESTIMATE_SOURCES];
	struct path shared[ESTIMATE_SOURCES]; /* the sibling's way to it */
	unsigned odd[ESTIMATE_SOURCES];	      /* outliers of that in a row */
	double more; /* (s/s)^2 per s: wander beyond what the bank learned */
	double shortest[ESTIMATE_SOURCES]; /* s, floor of each path lately */
	struct bias bias;
	struct estimate_held held;
	unsigned refused[ESTIMATE_SOURCES]; /* appeals, in a row */
	unsigned astray[ESTIMATE_SOURCES];  /* outliers of it in a row */
	unsigned strays;		    /* outliers in a row, of anyone */
	double surprise; /* mean square of innovations, 1: as expected */
	double rerouted; /* s, floor of its path moved by, latest sample; 0 */
	uint64_t taken;
};

enum estimate_verdict {
	ESTIMATE_TAKEN,
	ESTIMATE_HELD,	 /* an outlier, or one that could not tell whether
			  * another is: ask a third group at once */
	ESTIMATE_DROPPED /* an outlier, and nobody else says so */
};

/* What is known at an instant. */
struct estimate_view {
	double offset;	  /* s, TAI - home */
	double frequency; /* s/s */
	double frequency_sigma;
	double bound;  /* s: |error| is below it 95 % of the time */
	double fixed;  /* s, the part of bound that no packet reduces; also
			* of what all paths became longer by, on one way */
	double wander; /* s/s per sqrt(s), learned, and what is added to it */
};

void estimate_init(struct estimate *e, unsigned sources);

/*
 * Enters a sample.  Samples come in the order of their arrival; one that is
 * older than the newest by up to a minute is right too, one that is older by
 * more than an hour is dropped, and so is what is no number.
 * source < sources.
 *
 * An outlier (5 sigma) waits for another source: if that says the same, our
 * clock has moved and both are taken; if not, the first is dropped; if nobody
 * can tell, a third is wanted, and a fourth.  A source
 * that was refused twice in a row causes no more questions.  Nobody is locked
 * out for good: four outliers in a row, whosoever, are believed, and a source
 * that disagrees with all others eight times in a row has a new bias.
 */
enum estimate_verdict estimate_add(struct estimate *e, unsigned source,
    const struct sample *s);

/*
 * Enters a sample that the sibling took of the same source, carried over to
 * our clock: doubt (s^2) is what that cost.  Same bias, a floor of its own.
 * An outlier is never believed and changes nothing: ESTIMATE_HELD says that
 * the source should be asked by ourselves; after two in a row it is
 * ESTIMATE_DROPPED and causes no more questions.
 */
enum estimate_verdict estimate_add_shared(struct estimate *e, unsigned source,
    const struct sample *s, double doubt);

/* The sibling began anew: the floors of its paths are unknown. */
void estimate_forget_shared(struct estimate *e);

/* From now on the scale wanders more than what was learned, by that variance
 * (s/s)^2 per s; 0 takes it back.  It is not written. */
void estimate_wander(struct estimate *e, double more);

/*
 * At an instant not before the latest sample.  All zero but for bound, which
 * is then infinite, while nothing is known.
 */
struct estimate_view estimate_at(const struct estimate *e, struct mono t);

/* The instant at which bound will pass limit; MONO_NEVER if beyond a week. */
struct mono estimate_until(const struct estimate *e, double limit);

/*
 * The bound that is to be expected just before each sample, if samples come
 * gap seconds apart for good; infinite while nothing is known.
 */
double estimate_reach(const struct estimate *e, double gap);

/* What this source's samples are found to be off by, s. */
double estimate_bias(const struct estimate *e, unsigned source);

/* A slot gets another server: its bias and floor begin anew. */
void estimate_forget(struct estimate *e, unsigned source);

/*
 * The process was started again, the raw clock went on: after
 * estimate_read(), the offset was that at that instant.
 */
void estimate_resume(struct estimate *e, struct mono at, double offset,
    double variance);

/*
 * Other servers after a reload, or in another order: slot i is what slot
 * from[i] was, or begins anew if from[i] is -1.  Offset and frequency stay.
 */
void estimate_permute(struct estimate *e, unsigned sources, const int *from);

/*
 * Something happened to our oscillator (suspend, migration, a step of
 * temperature, another boot): variances are added to offset (s^2) and
 * frequency.
 */
void estimate_reopen(struct estimate *e, double offset_var,
    double frequency_var);

/*
 * What survives a restart: frequency, wander, biases and floors; not the
 * offset, for the raw clock begins anew.  saved_age_s is how long ago it was
 * written, and the variances grow by it; negative or absurd: as one day.
 * To be read after estimate_init() with as many sources, in the same order,
 * before the first sample.  False, and *e is as it was, if what was read
 * cannot be what was written.
 */
void estimate_write(const struct estimate *e, struct wire_out *w);
bool estimate_read(struct estimate *e, struct wire *w, double saved_age_s);

#endif
