/* SPDX-License-Identifier: ISC */
/*
 * months.c - the month on one page, of records made by hand, for
 * tests/golden/month.sh, and for who wants to look at it.
 *
 *	months busy|quiet text|json
 */
#include "view/month_json.h"
#include "view/month_print.h"

#include "diary.h"

#include <stdio.h>
#include <string.h>

static struct month_record r;
static char buf[65536];

int
main(int argc, char **argv)
{
	static const struct table_style plain = { false, 80 };
	struct text t = TEXT(buf);
	struct month_page page;

	if (argc != 3)
		return 2;
	if (strcmp(argv[1], "busy") == 0)
		diary_busy(&r);
	else
		diary_quiet(&r);
	page = diary_page(&r, strcmp(argv[1], "busy") == 0 ? 0.05 : 0);
	if (strcmp(argv[2], "json") == 0)
		month_json(&page, &t);
	else
		month_print(&page, &plain, &t);
	fputs(buf, stdout);
	return text_cut(&t);
}
