/* SPDX-License-Identifier: ISC */
/*
 * access.h - the longest prefix that holds a client's address says what it
 * may do.  Nobody may, if nobody is named.
 */
#ifndef CORE_ACCESS_H
#define CORE_ACCESS_H

#include "base/addr.h"

#include <stdbool.h>
#include <stddef.h>

#define ACCESS_MAX 512 /* rules */

struct access {
	unsigned count;
	struct access_rule {
		struct prefix prefix;
		bool allow;
	} rule[ACCESS_MAX]; /* longest first: the first that holds decides */
};

/*
 * Adds a rule.  False if the table is full, or if the same prefix is there
 * with the other verdict.
 */
bool access_add(struct access *a, const struct prefix *p, bool allow);

bool access_allowed(const struct access *a, const struct addr *client);

#endif
