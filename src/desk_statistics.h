/* SPDX-License-Identifier: ISC */
/*
 * desk_statistics.h - keeps the statistics files of log.statistics, in ntpd's
 * format (view/statistics.h), a file a day (sys/daily.h).
 */
#ifndef DESK_STATISTICS_H
#define DESK_STATISTICS_H

#include "roles.h"

#include "view/statistics.h"

struct desk_statistics {
	const char *dir;	       /* borrowed, kept; "": off */
	bool failed[STATISTICS_FILES]; /* and that was said */
	struct statistics written;
	struct statistics_lines lines;
};

void desk_statistics_open(struct desk_statistics *d, const struct conf *c);

void desk_statistics_told(struct desk_statistics *d, const struct snapshot *s);

#endif
