/* SPDX-License-Identifier: ISC */
#include "view/dash.h"

#include "core/diagnose.h"
#include "view/html.h"
#include "view/pace.h"
#include "view/page.h"
#include "view/pair.h"
#include "view/plot.h"
#include "view/why.h"

#include <math.h>
#include <string.h>

#define SICK_MAX 3  /* hosts that the card names */
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

static const struct verdict *
judge(const struct dash *d)
{
	const struct snapshot *s = d->s;

	if (d->age_s > STALE_S)
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

static const char *
slow_or_fast(double offset)
{
	return offset < 0 ? "fast" : "slow";
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
		    "explains it. Look at a clock that you trust; then "
		    "<code>ntpgate accept step</code>, or replace the "
		    "servers.",
		    html_seconds(fabs(s->offset_s), false).text,
		    slow_or_fast(s->offset_s));
	else if (s->state != ENGINE_SYNCED)
		add_alone(s, out);
	else
		add_within(s, out);
	if (s->state == ENGINE_SYNCED)
		text_add(out, "; it is <span data-k=\"offset\">%s %s</span>.",
		    html_seconds(fabs(s->offset_s), false).text,
		    slow_or_fast(s->offset_s));
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
	    v->level, snapshot_state_name(s->state), v->sign, v->words);
	if (d->age_s > STALE_S)
		text_add(out,
		    "The engine has not answered for %s: what stands here is "
		    "as old. ",
		    html_seconds(d->age_s, false).text);
	add_sentence(s, out);
	text_add(out,
	    "</p><p class=\"less\">State <strong>%s</strong> for %s, stratum "
	    "%u; running for %s</p></section>\n",
	    snapshot_state_name(s->state), html_seconds(s->since_s, false).text,
	    s->serving.stratum, html_seconds(s->uptime_s, false).text);
}

/* ---- cards: a question, a figure, a sentence */

static void
begin_card(const char *question, const char *level, struct text *out)
{
	text_add(out, "<div class=\"card %s\"><dt>%s</dt>", level, question);
}

static void
add_offset(const struct snapshot *s, struct text *out)
{
	bool known = isfinite(s->error_bound_s);

	begin_card("How far off?", "", out);
	text_add(out,
	    "<dd class=\"figure\">&plusmn;<span data-k=\"bound\">%s</span>"
	    "</dd><dd>",
	    known ? html_seconds(s->error_bound_s, false).text : "?");
	if (!known)
		text_add(out, "nothing is known yet</dd></div>");
	else
		text_add(out,
		    "offset <span data-k=\"signed\">%s</span>, oscillator "
		    "%.3f&nbsp;ppm %s; kernel&#39;s clock %s</dd></div>",
		    html_seconds(s->offset_s, true).text,
		    fabs(s->frequency_ppm), slow_or_fast(s->frequency_ppm),
		    s->clock_virtual ? "untouched" : "steered");
}

static void
add_truth(const struct snapshot *s, struct text *out)
{
	begin_card("Who says so?", s->majority ? "" : "warn", out);
	text_add(out,
	    "<dd class=\"figure\">%u of %u</dd><dd>groups of servers %s",
	    s->majority ? s->agreeing : s->groups,
	    s->majority ? s->groups : snapshot_groups(s),
	    s->majority ? "agree" : "answer, no majority agrees");
	if (s->majority)
		text_add(out, "; %u more may fail", s->losses);
	if (s->source[0] != '\0') {
		text_add(out, "; reference ");
		html_add(out, s->source);
	}
	text_add(out, "</dd></div>");
}

/* Against what our hosts would have asked of the world without us. */
static void
add_cost(const struct dash *d, struct wall now, struct text *out)
{
	const struct snapshot *s = d->s;
	double covered, asked = history_asked(d->h, now, &covered);
	struct html_words span = html_seconds(covered, false);

	begin_card("What do we cost the world?",
	    s->sent.day >= s->sent.budget ? "bad" : "", out);
	text_add(out,
	    "<dd class=\"figure\"><span data-k=\"sent\">%u</span> of %u</dd>"
	    "<dd>",
	    s->sent.day, s->sent.budget);
	plot_bar(s->sent.day, s->sent.budget, out);
	text_add(out, "packets in 24&nbsp;h%s. ", pair_half(s));
	if (covered > 0)
		text_add(out,
		    "Without us our hosts would have sent "
		    "<strong>%s</strong> in the last %s.",
		    html_count(asked).text,
		    covered > 0.95 * 86400 ? "24&nbsp;h" : span.text);
	text_add(out, "</dd></div>");
}

static void
add_hosts(const struct snapshot *s, struct text *out)
{
	const struct snapshot_serve *c = &s->serve;

	begin_card("Whom do we serve?", "", out);
	text_add(out,
	    "<dd class=\"figure\"><span data-k=\"answered\">%s</span></dd>"
	    "<dd>requests answered",
	    html_count((double)c->answered).text);
	if (c->clients > 0)
		text_add(out, " of %s hosts",
		    html_count((double)c->clients).text);
	text_add(out, "; %s limited, %s denied, %s bad</dd></div>",
	    html_count((double)c->limited).text,
	    html_count((double)c->denied).text,
	    html_count((double)c->bad).text);
}

static const char *
sibling_level(const struct snapshot_sibling *b)
{
	if (b->state == SNAPSHOT_SIBLING_DROPPED)
		return "bad";
	return b->state == SNAPSHOT_SIBLING_UNHEARD || b->differs != 0 ||
		b->fed ?
	    "warn" :
	    "";
}

static void
add_sibling_words(const struct snapshot *s, struct text *out)
{
	const struct snapshot_sibling *b = &s->sibling;

	html_add(out, pair_name(s));
	if (b->heard_s < 0)
		text_add(out, " was never heard");
	else if (b->met_s < 0)
		text_add(out, " was heard %s ago",
		    html_seconds(b->heard_s, false).text);
	else
		text_add(out, ": its clock is %s from ours",
		    html_seconds(b->offset_s, true).text);
	if (b->state == SNAPSHOT_SIBLING_DROPPED) {
		text_add(out, ". Dropped: ");
		html_add(out, b->why);
	}
	if (b->fed)
		text_add(out, "; it alone keeps us synchronised");
	if (b->differs != 0)
		text_add(out, "; the configurations differ");
}

static void
add_sibling(const struct snapshot *s, struct text *out)
{
	if (s->sibling.state == SNAPSHOT_SIBLING_NONE)
		return;
	begin_card("How is the other gateway?", sibling_level(&s->sibling),
	    out);
	text_add(out, "<dd class=\"figure\">%s</dd><dd>",
	    snapshot_sibling_name(s->sibling.state));
	add_sibling_words(s, out);
	text_add(out, "</dd></div>");
}

/* ---- who misbehaves */

/* The sentence as far as it says why; the table has what comes next. */
static void
add_why(const char *host, const char *why, struct text *out)
{
	static const char known[] = "not used: ";
	char first[WHY_MAX];

	if (strncmp(why, known, sizeof(known) - 1) == 0)
		why += sizeof(known) - 1;
	text_copy(first, sizeof(first), why);
	first[strcspn(first, ";")] = '\0';
	text_add(out, "<li><strong>");
	html_add(out, host);
	text_add(out, "</strong>: ");
	html_add(out, first);
	text_add(out, "</li>");
}

static bool
misbehaves(const char *state)
{
	return strcmp(state, "used") != 0 && strcmp(state, "waiting") != 0;
}

static unsigned
add_suspects(const struct snapshot *s, struct text *out)
{
	char why[WHY_MAX];
	unsigned n = 0;

	for (unsigned i = 0; i < s->upstreams; i++)
		if (misbehaves(why_state(s, i))) {
			add_why(s->upstream[i].host, why_sentence(s, i, why),
			    out);
			n++;
		}
	for (unsigned k = 0; k < s->spares; k++)
		if (s->spare[k].account.retired) {
			add_why(s->spare[k].host, why_spare(s, k, why), out);
			n++;
		}
	return n;
}

/* The worst of our own hosts; a table below has more. */
static void
add_sick(const struct roll *r, struct text *out)
{
	char addr[ADDR_TEXT], evidence[512];
	struct diagnosis d;

	for (unsigned i = 0; r != NULL && i < r->rows && i < SICK_MAX; i++) {
		diagnose(&r->row[i].view, &d);
		add_why(addr_print(&r->row[i].view.addr, false, addr),
		    diagnose_print(&d, evidence, sizeof(evidence)), out);
	}
}

static void
add_number(const char *comma, double n, const char *what, struct text *out)
{
	if (n > 0)
		text_add(out, "%s%s %s%s", comma, html_count(n).text, what,
		    n == 1 ? "" : "s");
}

static void
add_misbehaviour(const struct dash *d, struct text *out)
{
	char list[8192] = "";
	struct text t = TEXT(list);
	unsigned servers = add_suspects(d->s, &t);
	double hosts = d->sick != NULL ? (double)d->sick->wanted : 0;

	add_sick(d->sick, &t);
	begin_card("Who misbehaves?", t.len > 0 ? "warn" : "", out);
	text_add(out, "<dd class=\"figure\">");
	add_number("", servers, "server", out);
	add_number(servers > 0 ? ", " : "", hosts, "host", out);
	text_add(out, "%s</dd>", t.len > 0 ? "" : "nobody");
	if (t.len > 0 && !text_cut(&t)) /* else the tables have them all */
		text_add(out, "<dd><ul>%s</ul></dd>", list);
	text_add(out, "</div>");
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
add_cards(const struct dash *d, struct wall now, struct text *out)
{
	text_add(out, "<dl id=\"cards\" data-live>");
	add_offset(d->s, out);
	add_truth(d->s, out);
	add_cost(d, now, out);
	add_hosts(d->s, out);
	add_sibling(d->s, out);
	add_misbehaviour(d, out);
	text_add(out, "</dl>\n");
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
	begin_page(s->name, snapshot_state_name(s->state), out);
	add_answer(d, out);
	add_cards(d, now, out);
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
