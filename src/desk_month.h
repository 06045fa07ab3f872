/* SPDX-License-Identifier: ISC */
/*
 * desk_month.h - the desk's record of the months: fed, kept on disk, and
 * asked for a page.
 */
#ifndef DESK_MONTH_H
#define DESK_MONTH_H

#include "roles.h"

#include "desk_news.h"
#include "view/command.h"
#include "view/month.h"

#define MONTH_EARLY 8 /* events */

struct desk_month {
	const struct setup *setup; /* kept */
	struct mono kept;	   /* when it was last written */
	struct mono counted;	   /* when the hosts were */
	bool noted;		   /* an incident since it was written */
	bool unkept;		   /* it could not be written, which was said */
	struct month_record record;
	bool known; /* the time, since we run */
	/* What happened before that, the first of it. */
	unsigned early;
	struct message_event event[MONTH_EARLY];
};

/* Reads what was kept, and hears the news from now on. */
void desk_month_open(struct desk_month *d, const struct setup *s,
    struct news *news);

/* Writes it. */
void desk_month_close(struct desk_month *d);

void desk_month_told(struct desk_month *d, const struct snapshot *s);

/* Answers COMMAND_MONTH, at once. */
void desk_month_answer(struct desk_month *d, const struct command_order *o,
    const struct snapshot *s, struct text *out);

#endif
