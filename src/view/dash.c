/* SPDX-License-Identifier: ISC */
#include "view/dash.h"

#include "view/html.h"
#include "view/plot.h"

#include <math.h>
#include <string.h>

#define STALE_S 5.0 /* a snapshot is that old: the engine is silent */

/* ---- is the time right? */

struct verdict {
	const char *level; /* class: good, warn, bad */
	const char *sign;  /* for who does not see colours */
	const char *words;
};

static const struct verdict right = { "good", "&#10003;", "The time is right" };
static const struct verdict alone = { "warn", "!", "The time is still right" };
static const struct verdict unknown = { "warn", "!",
	"The time is not yet known" };
static const struct verdict orphan = { "warn", "!", "The time is our own" };
static const struct verdict doubt = { "bad", "&#10007;",
	"The time is in doubt" };
static const struct verdict dispute = { "bad", "&#10007;",
	"The time is in dispute" };

static bool
served(const struct snapshot *s)
{
	return s->serving.leap != LEAP_UNSYNC;
}

static bool
is_stale(const struct dash *d)
{
	return d->age_s > STALE_S;
}

/* In titles, and for the script: "synced". */
static const char *
state_of(const struct dash *d)
{
	return is_stale(d) ? "silent" : snapshot_state_name(d->s->state);
}

static const struct verdict *
judge(const struct dash *d)
{
	const struct snapshot *s = d->s;

	if (is_stale(d))
		return &doubt;
	switch (s->state) {
	case ENGINE_SYNCED:
		return &right;
	case ENGINE_HOLDOVER:
		return served(s) ? &alone : &doubt;
	case ENGINE_STARTING:
		return &unknown;
	case ENGINE_ORPHAN:
		return &orphan;
	default:
		return &dispute;
	}
}

static void
add_within(const struct snapshot *s, struct text *out)
{
	text_add(out,
	    "Our clock is within <strong data-k=\"bound\">%s</strong> of the "
	    "truth (95 %%)",
	    html_seconds(s->error_bound_s, false).text);
}

static void
add_alone(const struct snapshot *s, struct text *out)
{
	add_within(s, out);
	if (!served(s))
		text_add(out,
		    ", which is too far: hosts are told that we do not know "
		    "the time. ");
	else if (s->good_s < 0)
		text_add(out, ", and stays good for more than a week. ");
	else
		text_add(out, ", and good enough to serve for another %s. ",
		    html_seconds(s->good_s, false).text);
	text_add(out,
	    s->state == ENGINE_ORPHAN ?
		"Nobody upstream answers: the gateways keep together, and "
		"perhaps both away from the truth." :
		"No majority of the servers answers: our oscillator carries "
		"us.");
}

static void
add_sentence(const struct snapshot *s, struct text *out)
{
	if (s->state == ENGINE_STARTING)
		text_add(out,
		    "%u of %u groups of servers must agree first; %u answer%s "
		    "so far. Until then hosts are told that we do not know "
		    "the time.",
		    snapshot_quorum(s), snapshot_groups(s), s->groups,
		    s->groups == 1 ? "s" : "");
	else if (s->state == ENGINE_PANIC)
		text_add(out,
		    "The servers say that our clock is %s %s, and nothing "
		    "explains it. %s. Look at a clock that you trust; then "
		    "<code>ntpgate accept step</code>, or replace the "
		    "servers.",
		    html_seconds(fabs(s->offset_s), false).text,
		    dash_slow_or_fast(s->offset_s),
		    served(s) ? "Hosts are still given our time" :
				"Hosts are told that we do not know the time");
	else if (s->state != ENGINE_SYNCED)
		add_alone(s, out);
	else
		add_within(s, out);
	if (s->state == ENGINE_SYNCED)
		text_add(out, "; it is <span data-k=\"offset\">%s %s</span>.",
		    html_seconds(fabs(s->offset_s), false).text,
		    dash_slow_or_fast(s->offset_s));
}

static void
add_answer(const struct dash *d, struct text *out)
{
	const struct snapshot *s = d->s;
	const struct verdict *v = judge(d);

	text_add(out,
	    "<section id=\"answer\" class=\"%s\" data-live data-state=\"%s\">"
	    "<h2><span class=\"sign\" aria-hidden=\"true\">%s</span> %s</h2>"
	    "<p>",
	    v->level, state_of(d), v->sign, v->words);
	if (is_stale(d))
		text_add(out,
		    "The engine has not answered for %s: "
		    "<code>journalctl -u ntpgated</code> may say why. What "
		    "stands here is as old.",
		    html_seconds(d->age_s, false).text);
	else
		add_sentence(s, out);
	text_add(out,
	    "</p><p class=\"less\">State <strong>%s</strong> for %s, stratum "
	    "%u; running for %s</p></section>\n",
	    snapshot_state_name(s->state), html_seconds(s->since_s, false).text,
	    s->serving.stratum, html_seconds(s->uptime_s, false).text);
}

/* ---- the page */

static void
begin_page(const char *name, const char *title, struct text *out)
{
	text_add(out,
	    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
	    "<meta name=\"viewport\" content=\"width=device-width, "
	    "initial-scale=1\"><title>");
	html_say(out, "%s: %s", name, title);
	text_add(out,
	    "</title><link rel=\"icon\" href=\"/ntpgate.svg\">"
	    "<link rel=\"stylesheet\" href=\"/ntpgate.css\">"
	    "<script src=\"/ntpgate.js\" defer></script></head>\n<body>"
	    "<header><h1>");
	html_add(out, name);
	text_add(out,
	    "</h1><p id=\"fresh\" role=\"status\"></p></header>\n<main>\n");
}

static void
end_page(struct text *out)
{
	text_add(out,
	    "</main>\n<footer>ntpgate: one site, one NTP client. For programs: "
	    "<a href=\"/status.json\">status</a>, "
	    "<a href=\"/upstreams.json\">servers</a>, "
	    "<a href=\"/budget.json\">budget</a>, "
	    "<a href=\"/sibling.json\">sibling</a>, "
	    "<a href=\"/metrics\">metrics</a>, "
	    "<a href=\"/healthz\">health</a></footer></body></html>\n");
}

static void
add_plots(const struct dash *d, struct wall now, struct text *out)
{
	struct plot p = { d->h, d->span, now };

	text_add(out,
	    "<section class=\"plots\"><h2>The last %s</h2><nav "
	    "aria-label=\"Span of the plots\"><ul>",
	    history_span_name(d->span));
	for (unsigned i = 0; i < HISTORY_SPANS; i++)
		text_add(out, "<li><a href=\"/?span=%s\"%s>%s</a></li>",
		    history_span_name(i),
		    i == d->span ? " aria-current=\"page\"" : "",
		    history_span_name(i));
	text_add(out, "</ul></nav><div class=\"grid\">");
	plot_offset(&p, out);
	plot_upstreams(&p, d->s, out);
	plot_rate(&p, out);
	text_add(out, "</div></section>\n");
}

void
dash_print(const struct dash *d, struct text *out)
{
	const struct snapshot *s = d->s;
	struct wall now = s != NULL && s->at.ns > 0 ? s->at : d->clock;

	if (s == NULL) {
		begin_page("ntpgate", "starting", out);
		text_add(out,
		    "<section id=\"answer\" class=\"warn\" data-live>"
		    "<h2><span class=\"sign\" aria-hidden=\"true\">!</span> "
		    "The engine has not spoken yet</h2><p>Ask again in a "
		    "second.</p></section>\n");
		end_page(out);
		return;
	}
	begin_page(s->name, state_of(d), out);
	add_answer(d, out);
	dash_cards(d, now, out);
	add_plots(d, now, out);
	dash_servers(s, out);
	dash_packets(s, out);
	if (d->sick != NULL && d->sick->rows > 0)
		dash_hosts("sick", "Hosts that misbehave", d->sick, out);
	if (d->rate != NULL)
		dash_hosts("most", "Hosts that ask most", d->rate, out);
	dash_requests(s, out);
	end_page(out);
}
