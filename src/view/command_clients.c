/* SPDX-License-Identifier: ISC */
#include "view/command.h"

#include "view/json.h"
#include "view/month_json.h"
#include "view/month_print.h"
#include "view/report.h"
#include "view/roll_print.h"

#include <stdlib.h>
#include <string.h>

enum { WELL, NOT_WELL };

static void
refuse(const struct command_order *o, const char *sentence, struct text *out)
{
	text_add(out, "%d\n", NOT_WELL);
	if (o->form == COMMAND_JSON)
		json_error(sentence, out);
	else
		text_add(out, "%s\n", sentence);
}

static bool
read_limit(const char *text, unsigned *limit)
{
	char *end;
	unsigned long v = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != '\0')
		return false;
	/* 0 is all, as far as they can be said. */
	*limit = v == 0 || v > ROLL_MOST ? ROLL_MOST : (unsigned)v;
	return true;
}

bool
command_wish(const char *word, struct command_order *o)
{
	static const char *const sort[] = { [ROLL_BY_RATE] = "sort=rate",
		[ROLL_BY_REQUESTS] = "sort=requests",
		[ROLL_BY_LAST] = "sort=last" };

	for (unsigned i = 0; i < sizeof(sort) / sizeof(sort[0]); i++)
		if (strcmp(word, sort[i]) == 0) {
			o->roll.sort = (enum roll_sort)i;
			return true;
		}
	if (strcmp(word, "flagged") == 0)
		o->roll.flagged = true;
	else if (strcmp(word, "csv") == 0)
		o->form = COMMAND_CSV;
	else
		return strncmp(word, "limit=", 6) == 0 &&
		    read_limit(word + 6, &o->roll.limit);
	return true;
}

void
command_clients(const struct command_order *o, const struct roll *r,
    struct text *out)
{
	if (r == NULL) {
		refuse(o, "there are no clients: serve.allow names nobody",
		    out);
		return;
	}
	text_add(out, "%d\n", WELL);
	if (o->form == COMMAND_JSON)
		roll_json(r, out);
	else if (o->form == COMMAND_CSV)
		roll_csv(r, out);
	else
		roll_table(r, &o->style, out);
}

void
command_report(const struct command_order *o, const struct snapshot *s,
    const struct clients_view *view, double interval_s, struct text *out)
{
	const struct report report = { view, s, interval_s };
	char sentence[160], address[ADDR_TEXT];
	struct text t = TEXT(sentence);

	if (view == NULL) {
		text_add(&t, "%s has not asked us, as far as we remember",
		    addr_print(&o->addr, false, address));
		refuse(o, sentence, out);
		return;
	}
	text_add(out, "%d\n", WELL);
	if (o->form == COMMAND_JSON)
		report_json(&report, out);
	else
		report_text(&report, &o->style, out);
}

/* There is no such month; what there is. */
static void
refuse_month(const struct command_order *o, const struct month_record *r,
    int32_t number, struct text *out)
{
	char name[MONTH_NAME], first[MONTH_NAME], sentence[160];
	struct text t = TEXT(sentence);

	if (month_latest(r) == 0)
		text_add(&t,
		    "nothing is recorded yet: the time has not been known "
		    "since the record began");
	else
		text_add(&t,
		    "nothing is recorded of %s: the record began in %s, and "
		    "goes a year back at most",
		    month_name(number, name),
		    month_name(month_number(r->began), first));
	refuse(o, sentence, out);
}

void
command_month(const struct command_order *o, const struct snapshot *s,
    const struct month_record *r, double price_per_gb, struct text *out)
{
	int32_t number = o->month != 0 ? o->month : month_latest(r);
	const struct month_page page = { r, month_find(r, number), s,
		price_per_gb };

	if (page.month == NULL) {
		refuse_month(o, r, number, out);
		return;
	}
	text_add(out, "%d\n", WELL);
	if (o->form == COMMAND_JSON)
		month_json(&page, out);
	else
		month_print(&page, &o->style, out);
}
