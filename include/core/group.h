/* SPDX-License-Identifier: ISC */
/*
 * group.h - which upstream servers are one voice.
 *
 * Servers of one operator; where no operator is given, servers of one public
 * /24 or /48.
 */
#ifndef CORE_GROUP_H
#define CORE_GROUP_H

#include "core/source.h"

/* group[i] is the least index of a server that speaks with i. */
void group_assign(const struct source *s, unsigned n, unsigned *group);

#endif
