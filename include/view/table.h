/* SPDX-License-Identifier: ISC */
/*
 * table.h - the snapshot for people: columns that line up at 80.  A wider
 * terminal gets longer lines; a narrower one gets 80 columns all the same.
 */
#ifndef VIEW_TABLE_H
#define VIEW_TABLE_H

#include "base/text.h"
#include "view/page.h"
#include "view/snapshot.h"

void table_status(const struct snapshot *s, const struct table_style *style,
    struct text *out);
void table_upstreams(const struct snapshot *s, const struct table_style *style,
    struct text *out);

#endif
