/* SPDX-License-Identifier: ISC */
/*
 * bank.h - filters that differ in nothing but the wander they assume.
 *
 * Each is weighted by how likely what was measured is to it, lately; so how
 * much our oscillator wanders is learned while it runs.
 */
#ifndef CORE_BANK_H
#define CORE_BANK_H

#include "base/wire.h"
#include "core/filter.h"

#include <stdbool.h>

#define BANK_FILTERS 8

struct bank {
	struct filter filter[BANK_FILTERS];
};

/* Wander from 1e-10 to 3e-7; frequency 0 give or take 50 ppm. */
void bank_init(struct bank *b, unsigned sources);

/* As filter.h, for each. */
void bank_predict(struct bank *b, double dt);
void bank_update(struct bank *b, const struct measurement *m);
void bank_open(struct bank *b, unsigned state, double variance);
void bank_reset(struct bank *b, unsigned state, double x, double variance);
void bank_walk(struct bank *b, unsigned state, double variance, double most);
void bank_wander(struct bank *b, double more); /* filter.more */
void bank_permute(struct bank *b, unsigned sources, const int *from);

/* The weighted mean of all, as one filter; its loglik means nothing. */
void bank_mix(const struct bank *b, struct filter *out);

/*
 * What survives a restart: frequency, wander, biases; not the offset.  The
 * frequency is age_s older when it is read.  False, and *b is as it was, if
 * what was read is not a possible state of as many sources.
 */
void bank_write(const struct bank *b, struct wire_out *w);
bool bank_read(struct bank *b, struct wire *w, double age_s);

#endif
