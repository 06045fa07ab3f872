/* SPDX-License-Identifier: ISC */
/*
 * metrics.h - the snapshot for Prometheus and its like: base units, counters
 * that end in _total, one line a number.
 *
 * Two dialects of the same numbers: OpenMetrics 1.0, for who asks for it, and
 * the older text format 0.0.4, which knows no unit and no end.  What is not
 * known is left out.  How many lines there are is bounded by the
 * configuration: no label holds what a stranger can choose.
 */
#ifndef VIEW_METRICS_H
#define VIEW_METRICS_H

#include "base/text.h"
#include "view/snapshot.h"

#define METRICS_OPEN \
	"application/openmetrics-text; version=1.0.0; charset=utf-8"
#define METRICS_TEXT "text/plain; version=0.0.4; charset=utf-8"

void metrics_print(const struct snapshot *s, bool openmetrics,
    struct text *out);

#endif
