/* SPDX-License-Identifier: ISC */
/* estimate_parts.h - what the files of the estimator share among them. */
#ifndef CORE_ESTIMATE_PARTS_H
#define CORE_ESTIMATE_PARTS_H

#include "core/estimate.h"

/* After the bank has changed: what is known, for who asks. */
void estimate_conclude(struct estimate *e);

#endif
