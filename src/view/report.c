/* SPDX-License-Identifier: ISC */
#include "view/report.h"

#include "core/diagnose.h"
#include "view/json_put.h"
#include "view/program.h"
#include "view/roll_print.h"

#include <string.h>
#include <time.h>

#define WHEN 32

/* What a flag means for us, and what is to be done about it whatever the
 * program is; NULL: what the program's own advice says is enough. */
static const struct {
	const char *means, *mend;
} word[DIAGNOSE_WORDS] = {
	[DIAGNOSE_FLOOD] = { "It asks far more often than anybody needs to: a "
			     "clock is kept well with a question in 64 to 1024 "
			     "seconds.",
	    NULL },
	[DIAGNOSE_MANY_DAEMONS] = { "Many programs ask at once where one would "
				    "do; often a cron job starts another each "
				    "time and none of them ends.",
	    "Look how many of them run, and since when (\"ps -eo "
	    "pid,lstart,args\" on Linux); end all but one, and remove what "
	    "starts them." },
	[DIAGNOSE_CRON] = { "It asks all at once, at the same second: all "
			    "servers feel such spikes.",
	    "Let a daemon keep the time instead of cron; where that cannot be, "
	    "let each wait for a random time first." },
	[DIAGNOSE_IGNORES_KOD] = { "It was told to ask less (the kiss RATE, "
				   "RFC 5905 7.4) and went on as before.",
	    "Update the program: all that are maintained obey." },
	[DIAGNOSE_BAD_ORIGIN] = { "Its requests carry an origin stamp of no "
				  "server's answer: the program is broken, or "
				  "the packets are made up.",
	    "See on the host itself whether it sends them (\"tcpdump -n udp "
	    "port 123\"): if not, somebody forges its address, and filters "
	    "after BCP 38 are what helps." },
	[DIAGNOSE_VERSION_1] = { "It speaks NTP version 1, of 1988.",
	    "Update the program, or set it to version 4 or 3." },
	[DIAGNOSE_SYMMETRIC] = { "It asks as a peer; we answer, but it should "
				 "ask as a client.",
	    "Windows: add ,0x8 to the server's name in its list; others: say "
	    "\"server\" and not \"peer\"." },
	[DIAGNOSE_NAT] = { "Many clients share the address.  That is no fault; "
			   "if they are limited, ask us for a limit of their "
			   "own (serve.limit.prefixes).",
	    NULL },
	[DIAGNOSE_MS_SNTP] = { "It asks for an answer signed by a Windows "
			       "domain, which we are not a part of.",
	    "A member of a domain asks its domain controller; the controllers "
	    "ask us, as plain NTP clients." },
	[DIAGNOSE_HARD_CODED] = { "It asks a server outside, whose address is "
				  "built in; the firewall sends it to us.",
	    "Set its time server to us, if it can be set." },
};

/* ------------------------------------------------------------- the facts */

/* "2026-11-22 13:05 UTC", s before the snapshot; false: we do not know. */
static bool
print_when(const struct snapshot *s, double ago_s, char buf[WHEN])
{
	time_t t = (time_t)(s->at.ns / 1000000000 - (int64_t)ago_s);
	struct tm tm;

	return s->at.ns != 0 && s->serving.leap != LEAP_UNSYNC &&
	    gmtime_r(&t, &tm) != NULL &&
	    strftime(buf, WHEN, "%Y-%m-%d %H:%M UTC", &tm) > 0;
}

/* "2026-11-22 13:05 UTC, 3 h ago" */
static void
add_when(struct text *t, const struct report *r, double ago_s)
{
	char when[WHEN];

	if (print_when(r->snapshot, ago_s, when))
		text_add(t, "%s, ", when);
	text_add(t, "%s ago", page_span(ago_s).text);
}

static void
say_when(const struct page *p, const struct report *r)
{
	char first[64], last[64];
	struct text t = TEXT(first), u = TEXT(last);

	add_when(&t, r, r->view->first_s);
	add_when(&u, r, r->view->last_s);
	page_say(p, "First seen", "%s", first);
	page_say(p, "Last seen", "%s", last);
}

static void
say_counts(const struct page *p, const struct clients_view *v)
{
	page_say(p, "Requests",
	    "%llu: %llu answered, %llu over the limit, %llu not allowed, %llu "
	    "that cannot be answered; told %llu times to ask less (RATE)",
	    (unsigned long long)v->requests, (unsigned long long)v->answered,
	    (unsigned long long)v->limited, (unsigned long long)v->denied,
	    (unsigned long long)v->bad, (unsigned long long)v->kisses);
}

static void
say_rate(const struct page *p, const struct report *r)
{
	const struct clients_view *v = r->view;
	char now[ROLL_COUNT], peak[ROLL_COUNT], most[64] = "";
	struct text t = TEXT(most);

	if (v->suspected)
		text_add(&t, ", %s at most",
		    roll_rate_text(v->facts.peak, peak));
	page_say(p, "Rate", "%s now%s; a request in %s is allowed",
	    roll_rate_text(v->rate_per_s, now), most,
	    page_seconds(r->interval_s).text);
}

static void
say_facts(const struct page *p, const struct report *r)
{
	enum program program = program_of(r->view);
	char address[ADDR_TEXT];

	page_say(p, "Host", "%s", addr_print(&r->view->addr, false, address));
	page_say(p, "Asks", "%s", r->snapshot->name);
	say_when(p, r);
	say_counts(p, r->view);
	say_rate(p, r);
	page_say(p, "Program", "%s%s", program_say(program),
	    program != PROGRAM_UNKNOWN ? ", as it seems" : "");
}

/* ------------------------------------------------------------- the notice */

#define INDENT 4

static void
say_findings(const struct page *p, const struct diagnosis *d)
{
	for (unsigned w = 0; w < DIAGNOSE_WORDS; w++) {
		const char *name = diagnose_name(w);
		char line[DIAGNOSE_EVIDENCE + 8];
		struct text t = TEXT(line);

		if (!diagnose_has(d, w))
			continue;
		text_add(p->out, "  %s", name);
		text_add(&t, ": %s.", d->evidence[w]);
		page_wrap(p, 2 + strlen(name), INDENT, line);
		text_add(p->out, "%*s", INDENT, "");
		page_wrap(p, INDENT, INDENT, word[w].means);
	}
}

static void
say_item(const struct page *p, const char *text)
{
	text_add(p->out, "  * ");
	page_wrap(p, INDENT, INDENT, text);
}

static void
say_advice(const struct page *p, const struct report *r,
    const struct diagnosis *d)
{
	if (diagnose_sick(d))
		say_item(p, program_mend(program_of(r->view)));
	for (unsigned w = 0; w < DIAGNOSE_WORDS; w++)
		if (diagnose_has(d, w) && word[w].mend != NULL)
			say_item(p, word[w].mend);
}

void
report_text(const struct report *r, const struct table_style *style,
    struct text *out)
{
	struct page p = { style, out };
	char address[ADDR_TEXT];
	struct diagnosis d;

	diagnose(r->view, &d);
	addr_print(&r->view->addr, false, address);
	if (d.words == 0) {
		text_add(out, "Nothing is wrong with %s.\n\n", address);
		say_facts(&p, r);
		return;
	}
	text_add(out, "Subject: NTP requests of %s to %s\n\n", address,
	    r->snapshot->name);
	page_wrap(&p, 0, 0,
	    diagnose_sick(&d) ?
		"A host of yours asks our time server in a way that "
		"harms it and others.  Please have a look." :
		"A host of yours asks our time server in a way that works, "
		"but could be better.");
	text_add(out, "\n");
	say_facts(&p, r);
	text_add(out, "\nWhat it does:\n");
	say_findings(&p, &d);
	text_add(out, "\nWhat helps:\n");
	say_advice(&p, r, &d);
}

/* ---------------------------------------------------------- for programs */

static json_t *
advice(const struct report *r, const struct diagnosis *d)
{
	json_t *list = json_array();

	if (diagnose_sick(d))
		json_array_append_new(list,
		    json_string(program_mend(program_of(r->view))));
	for (unsigned w = 0; w < DIAGNOSE_WORDS; w++)
		if (diagnose_has(d, w) && word[w].mend != NULL)
			json_array_append_new(list, json_string(word[w].mend));
	return list;
}

static json_t *
findings(const struct diagnosis *d)
{
	json_t *list = json_array();

	for (unsigned w = 0; w < DIAGNOSE_WORDS; w++) {
		json_t *o;

		if (!diagnose_has(d, w))
			continue;
		o = json_object();
		put_text(o, "flag", diagnose_name(w));
		put_bool(o, "sick", w < DIAGNOSE_SICK);
		put_text(o, "evidence", d->evidence[w]);
		put_text(o, "means", word[w].means);
		json_array_append_new(list, o);
	}
	return list;
}

void
report_json(const struct report *r, struct text *out)
{
	static const struct table_style plain = { .width = PAGE_WIDTH_MIN };
	const enum program program = program_of(r->view);
	char when[WHEN], notice[16384] = "";
	struct text t = TEXT(notice);
	json_t *o = put_schema();
	struct diagnosis d;

	diagnose(r->view, &d);
	roll_put(o, r->view, &d);
	put_text(o, "gateway", r->snapshot->name);
	put_text_if(o, "since", print_when(r->snapshot, r->view->first_s, when),
	    when);
	put_number_if(o, "peak_per_s", r->view->suspected, r->view->facts.peak);
	put_number(o, "allowed_per_s", 1 / r->interval_s);
	put_text(o, "program", program_name(program));
	json_object_set_new(o, "findings", findings(&d));
	json_object_set_new(o, "advice", advice(r, &d));
	report_text(r, &plain, &t);
	json_object_set_new(o, "notice", json_string(notice));
	put_print(o, out);
}
