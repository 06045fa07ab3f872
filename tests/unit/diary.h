/* SPDX-License-Identifier: ISC */
/*
 * diary.h - records of months made by hand.
 */
#ifndef DIARY_H
#define DIARY_H

#include "view/month_bill.h"

#define DIARY_NOVEMBER (12 * 2026 + 10)

/* November 2026 until the 23rd at 04:12: about 100,000 hosts, five servers
 * and one that is used no more, every kind of incident. */
void diary_busy(struct month_record *r);

/* The first hour of a gateway that nobody asks. */
void diary_quiet(struct month_record *r);

/* The page of that month of r, as gw1 with the sibling gw2. */
struct month_page diary_page(const struct month_record *r, double price);

#endif
