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

/* Another one, which is fed, and the last snapshot of it. */
extern struct diary {
	struct month_record r;
	struct snapshot s;
} diary;

/*
 * Its first minute: the engine of 10:00 on 12 November 2026 has run for 60 s,
 * in which hosts asked 1000 times and each of five servers was asked once.
 */
void diary_begin(void);

/* d seconds later, during which hosts asked n times. */
void diary_later(double d, uint64_t n);

/* Its November, and a sum of that; NULL and 0 if nothing is known of it. */
const struct month *diary_month(void);
uint64_t diary_count(enum month_count c);

struct wall diary_at(int64_t year, int month, int day, double s_of_day);

/* The page of that month of r, as gw1 with the sibling gw2. */
struct month_page diary_page(const struct month_record *r, double price);

#endif
