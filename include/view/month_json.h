/* SPDX-License-Identifier: ISC */
/*
 * month_json.h - the same for programs: one object, "schema": 1.
 */
#ifndef VIEW_MONTH_JSON_H
#define VIEW_MONTH_JSON_H

#include "base/text.h"
#include "view/month_bill.h"

void month_json(const struct month_page *m, struct text *out);

#endif
