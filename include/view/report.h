/* SPDX-License-Identifier: ISC */
/*
 * report.h - the notice to whoever runs a sick host: what it does, with
 * evidence, and how to mend it.
 */
#ifndef VIEW_REPORT_H
#define VIEW_REPORT_H

#include "base/text.h"
#include "core/clients.h"
#include "view/page.h"
#include "view/snapshot.h"

/* A host, and who tells of it. */
struct report {
	const struct clients_view *view; /* borrowed */
	const struct snapshot *snapshot; /* borrowed: our name, the time */
	double interval_s;		 /* its limit: one request in so long */
};

void report_text(const struct report *r, const struct table_style *style,
    struct text *out);
void report_json(const struct report *r, struct text *out);

#endif
