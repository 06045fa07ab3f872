/* SPDX-License-Identifier: ISC */
#include "view/dash.h"

#include "core/diagnose.h"
#include "view/html.h"
#include "view/pair.h"
#include "view/plot.h"
#include "view/why.h"

#include <math.h>
#include <string.h>

#define SICK_MAX 3 /* hosts that the card names */

const char *
dash_slow_or_fast(double offset)
{
	return offset < 0 ? "fast" : "slow";
}

/* A card: a question, a figure, a sentence. */
static void
begin_card(const char *question, const char *level, struct text *out)
{
	text_add(out, "<div class=\"card %s\"><dt>%s</dt>", level, question);
}

/* The servers know how far our clock is off, or nobody does. */
static void
add_disputed(const struct snapshot *s, struct text *out)
{
	begin_card("How far off?", "bad", out);
	text_add(out,
	    "<dd class=\"figure\">%s?</dd><dd>%s, if the servers are right, "
	    "&plusmn;<span data-k=\"bound\">%s</span></dd></div>",
	    html_seconds(fabs(s->offset_s), false).text,
	    dash_slow_or_fast(s->offset_s),
	    html_seconds(s->error_bound_s, false).text);
}

static void
add_offset(const struct snapshot *s, struct text *out)
{
	bool known = isfinite(s->error_bound_s);

	if (s->state == ENGINE_PANIC) {
		add_disputed(s, out);
		return;
	}
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
		    fabs(s->frequency_ppm), dash_slow_or_fast(s->frequency_ppm),
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
	text_add(out, "packets in 24&nbsp;h%s. %s", pair_half(s),
	    s->sent.day >= s->sent.budget ?
		"Used up: nobody is asked until some of them are older. " :
		"");
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
		text_add(out, " was last heard %s ago: we ask alone",
		    html_seconds(b->heard_s, false).text);
	else
		text_add(out, ": its clock is %s from ours",
		    html_seconds(b->offset_s, true).text);
	if (b->state == SNAPSHOT_SIBLING_DROPPED) {
		text_add(out, ". Not used: ");
		html_add(out, b->why);
		text_add(out,
		    ". When it is mended: <code>ntpgate accept sibling"
		    "</code>");
	}
	if (b->state == SNAPSHOT_SIBLING_PLAIN)
		text_add(out, "; one server more, it does not share turns");
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
			add_why(snapshot_name(&s->upstream[i]).text,
			    why_sentence(s, i, why), out);
			n++;
		}
	for (unsigned k = 0; k < s->spares; k++)
		if (s->spare[k].account.retired) {
			add_why(snapshot_spare_name(&s->spare[k]).text,
			    why_spare(s, k, why), out);
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

/* ---- all of them */

void
dash_cards(const struct dash *d, struct wall now, struct text *out)
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
