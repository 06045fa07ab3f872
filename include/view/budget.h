/* SPDX-License-Identifier: ISC */
/*
 * budget.h - what was sent upstream, what still may be, and what the servers
 * asked of us, for people.
 */
#ifndef VIEW_BUDGET_H
#define VIEW_BUDGET_H

#include "view/page.h"
#include "view/snapshot.h"

void budget_table(const struct snapshot *s, const struct table_style *style,
    struct text *out);

/* A paragraph for each thing that holds packets back now; often none. */
void budget_limits(const struct page *p, const struct snapshot *s);

#endif
