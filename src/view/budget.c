/* SPDX-License-Identifier: ISC */
#include "view/budget.h"

#include "view/pair.h"

#include <string.h>

#define HOST 30 /* columns of a host */

void
budget_limits(const struct page *p, const struct snapshot *s)
{
	char until[SNAPSHOT_UNTIL];

	if (s->closed)
		page_say(p, "Ledger",
		    "it cannot be written: nobody is asked until it can be; "
		    "the log says why");
	if (s->frugal_s > 0)
		page_say(p, "Ledger",
		    "it was lost or not writable: %s each server is asked "
		    "once an hour at most; \"ntpgate accept ledger\" ends "
		    "that",
		    snapshot_until(s, s->frugal_s, until));
	if (s->hold_s >= 0.5) /* else it reads "0 s" */
		page_say(p, "Waiting",
		    "started many times lately: nobody is asked before %s "
		    "are over",
		    page_span(s->hold_s).text);
	if (s->pace_s > 0)
		page_say(p, "Pace",
		    "half of the budget is spent: from now on a packet each "
		    "%s, so that it lasts all day",
		    page_span(s->pace_s).text);
}

/* A line of the table; account may be that of nobody. */
static void
add_row(const struct page *p, const char *host, const char *role,
    const struct snapshot_account *a)
{
	text_add(p->out, "  ");
	page_name(p, host, HOST);
	text_add(p->out, " %9u %8u %10llu%s%s\n", a->hour, a->day,
	    (unsigned long long)a->total, role[0] != '\0' ? "  " : "", role);
}

/* What went to servers that are named no more, or to others by survey. */
static struct snapshot_account
others(const struct snapshot *s)
{
	struct snapshot_account sum = { 0 }, rest;

	for (unsigned i = 0; i < s->upstreams; i++) {
		sum.hour += s->upstream[i].account.hour;
		sum.day += s->upstream[i].account.day;
		sum.total += s->upstream[i].account.total;
	}
	for (unsigned k = 0; k < s->spares; k++) {
		sum.hour += s->spare[k].account.hour;
		sum.day += s->spare[k].account.day;
		sum.total += s->spare[k].account.total;
	}
	rest = (struct snapshot_account){
		.hour = s->sent.hour > sum.hour ? s->sent.hour - sum.hour : 0,
		.day = s->sent.day > sum.day ? s->sent.day - sum.day : 0,
		.total =
		    s->sent.total > sum.total ? s->sent.total - sum.total : 0,
	};
	return rest;
}

static const char *
role_of(const struct snapshot_account *a, const char *role)
{
	return a->retired ? "retired" : role;
}

static void
say_rows(const struct page *p, const struct snapshot *s)
{
	const struct snapshot_account rest = others(s);
	const struct snapshot_account all = { .hour = s->sent.hour,
		.day = s->sent.day,
		.total = s->sent.total };

	text_add(p->out, "  %-*s %9s %8s %10s\n", HOST, "packets to",
	    "last hour", "last day", "since ever");
	for (unsigned i = 0; i < s->upstreams; i++) {
		const struct snapshot_upstream *u = &s->upstream[i];

		add_row(p, snapshot_name(u).text,
		    role_of(&u->account,
			u->stands_for[0] != '\0' ? "stands in" : "server"),
		    &u->account);
	}
	for (unsigned k = 0; k < s->spares; k++)
		add_row(p, snapshot_spare_name(&s->spare[k]).text,
		    role_of(&s->spare[k].account, "spare"),
		    &s->spare[k].account);
	if (rest.total > 0)
		add_row(p, "others", "named no more", &rest);
	add_row(p, "all", "", &all);
	text_add(p->out, "\n");
}

/* One server's word, and what we make of it; false if it said none. */
static bool
say_kiss(const struct page *p, const struct snapshot *s, const char *host,
    const struct snapshot_account *a)
{
	char rest[160] = "";
	struct text t = TEXT(rest);
	char until[SNAPSHOT_UNTIL];

	if (a->kisses == 0)
		return false;
	if (a->retired)
		text_add(&t, "; retired %s",
		    snapshot_until(s, a->retired_s, until));
	else if (a->rated_s > 0)
		text_add(&t, "; now %s at least between two packets",
		    page_span(a->rated_s).text);
	else
		text_add(&t, "; over");
	page_say(p, "Kiss", "%s: %s, %u kiss%s, the last %s ago%s", host,
	    a->kiss, a->kisses, a->kisses == 1 ? "" : "es",
	    page_span(a->kissed_s).text, rest);
	return true;
}

static void
say_kisses(const struct page *p, const struct snapshot *s)
{
	bool any = false;

	for (unsigned i = 0; i < s->upstreams; i++)
		any |= say_kiss(p, s, snapshot_name(&s->upstream[i]).text,
		    &s->upstream[i].account);
	for (unsigned k = 0; k < s->spares; k++)
		any |= say_kiss(p, s, snapshot_spare_name(&s->spare[k]).text,
		    &s->spare[k].account);
	if (!any)
		page_say(p, "Kisses",
		    "none: no server has asked for less (RATE), or to be left "
		    "alone (DENY, RSTR)");
}

static bool
is_held(const struct snapshot *s)
{
	return s->closed || s->frugal_s > 0 || s->hold_s >= 0.5 ||
	    s->pace_s > 0;
}

void
budget_table(const struct snapshot *s, const struct table_style *style,
    struct text *out)
{
	struct page p = { style, out };

	text_add(out, "%s: %u of %u packets in a day\n\n", s->name, s->sent.day,
	    s->sent.budget);
	say_rows(&p, s);
	page_say(&p, "Left", "%u packet%s of the day's %u%s", snapshot_left(s),
	    snapshot_left(s) == 1 ? "" : "s", s->sent.budget, pair_half(s));
	budget_limits(&p, s);
	if (!is_held(s))
		page_say(&p, "Held by",
		    "nothing: each server is asked when it is its turn");
	say_kisses(&p, s);
}
