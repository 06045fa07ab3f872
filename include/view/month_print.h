/* SPDX-License-Identifier: ISC */
/*
 * month_print.h - the month on one page, for people who pay for it: what the
 * gateway did, what it saved, and what went wrong.
 */
#ifndef VIEW_MONTH_PRINT_H
#define VIEW_MONTH_PRINT_H

#include "view/month_bill.h"
#include "view/page.h"

void month_print(const struct month_page *m, const struct table_style *style,
    struct text *out);

#endif
