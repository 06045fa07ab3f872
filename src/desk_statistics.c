/* SPDX-License-Identifier: ISC */
#include "desk_statistics.h"

#include "sys/daily.h"
#include "sys/file.h"
#include "sys/log.h"

/* One line until it works again, and that not oftener than once a minute. */
static void
say(bool *said, const struct err *e)
{
	static struct log_gate gate;

	if (!*said)
		log_limited(&gate, EVENT_STATISTICS_FAILED,
		    "%s: lines are lost", e->text);
	*said = true;
}

void
desk_statistics_open(struct desk_statistics *d, const struct conf *c)
{
	struct err err;

	d->dir = c->log.statistics;
	if (d->dir[0] == '\0' || file_directory(d->dir, &err) == 0)
		return;
	for (unsigned f = 0; f < STATISTICS_FILES; f++)
		say(&d->failed[f], &err);
}

void
desk_statistics_told(struct desk_statistics *d, const struct snapshot *s)
{
	struct err err;

	if (d->dir[0] == '\0')
		return;
	statistics_look(&d->written, s, &d->lines);
	for (unsigned f = 0; f < STATISTICS_FILES; f++) {
		const char *lines = d->lines.text[f];

		if (lines[0] == '\0')
			continue;
		if (daily_add(d->dir, statistics_name(f), d->lines.day, lines,
			&err) == 0)
			d->failed[f] = false;
		else
			say(&d->failed[f], &err);
	}
}
