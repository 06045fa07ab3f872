/* SPDX-License-Identifier: ISC */
/*
 * month_bill.h - what a month's traffic was, what it would have been without
 * a gateway, and what both cost.
 *
 * The estimate, and all that it assumes: without us each request of a host
 * would have gone to a public server and would have been answered, in two
 * packets of MONTH_BILL_PACKET octets.  A host that a public server would have
 * told to ask less asks as often there.
 * Octets are those on the wire: headers of IPv4 and UDP are added to what was
 * served inside, whose families are not counted apart.
 */
#ifndef VIEW_MONTH_BILL_H
#define VIEW_MONTH_BILL_H

#include "view/month.h"

#define MONTH_BILL_HEADERS 28 /* octets of IPv4 and UDP */
#define MONTH_BILL_PACKET (48 + MONTH_BILL_HEADERS)
#define MONTH_BILL_GB 1e9

/* What a page of a month is made of. */
struct month_page {
	const struct month_record *record; /* borrowed */
	const struct month *month;	   /* borrowed, one of it */
	const struct snapshot *snapshot;   /* borrowed: who we are now */
	double price_per_gb;		   /* 0: no money is spoken of */
};

struct month_traffic {
	uint64_t in, out; /* packets, seen from us */
	uint64_t octets;  /* of both */
	double cost;
};

struct month_bill {
	struct wall since, until; /* what of the month can be known */
	bool whole;		  /* that is all of it */
	double unknown_s;	  /* of that: no snapshots, nobody ran */
	uint64_t requests;	  /* of hosts, answered or limited */
	struct month_traffic inside, outside, without;
	double saving; /* without - outside, in money */
};

void month_bill(const struct month_page *p, struct month_bill *out);

#endif
