/* SPDX-License-Identifier: ISC */
/*
 * pages.c - the pages of a fixed snapshot, for tests/golden/pages.sh, and for
 * who wants to look at them.
 *
 *	pages metrics.txt|openmetrics.txt|page.html
 */
#include "base/text.h"
#include "view/dash.h"
#include "view/metrics.h"

#include "made.h"

#include <stdio.h>
#include <string.h>

static struct history h;
static char buf[262144];

/* Half an hour, in which hosts ask 200 times a second. */
static void
live(struct snapshot *s)
{
	s->at = (struct wall){ INT64_C(1795305600) * 1000000000 };
	for (int i = 0; i < 180; i++) {
		s->at = wall_add(s->at, 10);
		s->uptime_s += 10;
		s->serve.answered += (uint64_t)(2000 + i % 7);
		s->offset_s = 1e-6 * (i % 50);
		s->error_bound_s = 0.0003 + 1e-6 * (i % 100);
		history_feed(&h, s);
	}
}

int
main(int argc, char **argv)
{
	struct snapshot s = made_paired();
	struct text t = TEXT(buf);

	if (argc != 2)
		return 2;
	history_init(&h);
	live(&s);
	if (strcmp(argv[1], "page.html") == 0)
		dash_print(&(struct dash){ .s = &s, .h = &h }, &t);
	else
		metrics_print(&s, strcmp(argv[1], "openmetrics.txt") == 0, &t);
	fputs(buf, stdout);
	return text_cut(&t);
}
