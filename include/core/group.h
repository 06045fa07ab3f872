/* SPDX-License-Identifier: ISC */
/*
 * group.h - which upstream servers are one voice.
 *
 * Servers of one operator; where no operator is given, servers of one public
 * /24 or /48.  And those that follow one server, as their reference ids say
 * (source_reference()): that is a guess, and must not cost us the majority.
 */
#ifndef CORE_GROUP_H
#define CORE_GROUP_H

#include "core/source.h"

/* group[i] is the least index of a server that speaks with i. */
void group_assign(const struct source *s, unsigned n, unsigned *group);

/*
 * Joins the groups of servers that follow the same one; false if there are
 * none of different groups.
 */
bool group_join(const struct source *s, unsigned n, unsigned *group);

#endif
