/* SPDX-License-Identifier: ISC */
#include "view/table.h"

#include "view/budget.h"
#include "view/pace.h"
#include "view/pair.h"
#include "view/why.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define HOST 24 /* columns of a host at a width of 80 */

static const char *
slow_or_fast(double offset)
{
	return offset < 0 ? "fast" : "slow";
}

/* Do we tell inside hosts that we know the time? */
static bool
served(const struct snapshot *s)
{
	return s->serving.leap != LEAP_UNSYNC;
}

static void
headline_rest(const struct snapshot *s, struct text *t)
{
	const struct page_words since = page_span(s->since_s);

	if (s->state == ENGINE_STARTING)
		text_add(t, ", for %s: the time is not yet known", since.text);
	else if (s->state == ENGINE_PANIC)
		text_add(t,
		    ", for %s: the servers say that we are %s %s, and nothing "
		    "explains it",
		    since.text, page_seconds(fabs(s->offset_s)).text,
		    slow_or_fast(s->offset_s));
	else if (!served(s))
		text_add(t,
		    ", for %s: too long alone, the time is no longer good "
		    "enough to serve",
		    since.text);
	else
		text_add(t,
		    ", stratum %u, within %s of the truth (95 %%), for %s",
		    s->serving.stratum, page_seconds(s->error_bound_s).text,
		    since.text);
}

static enum page_colour
state_colour(enum engine_state s)
{
	if (s == ENGINE_SYNCED)
		return PAGE_GREEN;
	return s == ENGINE_PANIC ? PAGE_RED : PAGE_YELLOW;
}

static void
say_headline(const struct page *p, const struct snapshot *s)
{
	const char *state = snapshot_state_name(s->state);
	char rest[PAGE_PARAGRAPH_MAX];
	struct text t = TEXT(rest);

	headline_rest(s, &t);
	text_add(p->out, "%s: ", s->name);
	page_colour(p, state_colour(s->state), state, (int)strlen(state));
	page_wrap(p, strlen(s->name) + 2 + strlen(state), 4, rest);
	text_add(p->out, "\n");
}

static void
say_no_majority(const struct page *p, const struct snapshot *s)
{
	unsigned quorum = snapshot_quorum(s);

	if (s->state == ENGINE_STARTING && s->groups < quorum)
		page_say(p, "Truth",
		    "%u of %u groups of servers must agree; %u answer%s so far",
		    quorum, snapshot_groups(s), s->groups,
		    s->groups == 1 ? "s" : "");
	else if (s->groups == 0)
		page_say(p, "Truth", "no server answers");
	else
		page_say(p, "Truth",
		    "%u of %u groups of servers answer, but no majority of "
		    "them agrees: nobody is believed",
		    s->groups, snapshot_groups(s));
}

static void
say_truth(const struct page *p, const struct snapshot *s)
{
	if (!s->majority)
		say_no_majority(p, s);
	else
		page_say(p, "Truth",
		    "%u of %u groups agree; losses until undecidable: %u%s",
		    s->agreeing, s->groups, s->losses,
		    s->losses > 0 ?
			"" :
			" (if one more fails, no majority is left)");
}

/* How long we can go on without servers. */
static void
say_alone(const struct page *p, const struct snapshot *s)
{
	char span[SNAPSHOT_SPAN];

	if (served(s))
		page_say(p, "Alone",
		    "our oscillator carries us; in %s the bound passes 1 s, "
		    "and hosts are told that we do not know the time",
		    s->good_s < 0 ? "more than a week" :
				    snapshot_span(s->good_s, span));
	else
		page_say(p, "Alone",
		    "the bound has passed 1 s: hosts are told that we do not "
		    "know the time");
	page_say(p, "To do",
	    "do answers of the servers (UDP, from port 123) still reach us?");
}

static void
say_panic(const struct page *p, const struct snapshot *s)
{
	page_say(p, "To do",
	    "look at a clock that you trust.  If the servers are right, "
	    "\"ntpgate accept step\" sets ours by %+.3f s at once.  If they "
	    "are wrong, replace them in ntpgate.conf.",
	    s->offset_s);
	page_say(p, "Meanwhile", "%s",
	    served(s) ? "hosts get our own time, until its bound passes 1 s" :
			"hosts are told that we do not know the time");
}

static void
say_starting(const struct page *p)
{
	page_say(p, "Meanwhile",
	    "hosts are told that we do not know the time (leap 3, stratum 16)");
}

static void
say_advice(const struct page *p, const struct snapshot *s)
{
	static const char *const
	    day[] = { [LEAP_INSERT] = "inserted", [LEAP_DELETE] = "removed" };

	if (s->state == ENGINE_STARTING)
		say_starting(p);
	else if (s->state == ENGINE_HOLDOVER || s->state == ENGINE_ORPHAN)
		say_alone(p, s);
	else if (s->state == ENGINE_PANIC)
		say_panic(p, s);
	if (s->serving.leap == LEAP_INSERT || s->serving.leap == LEAP_DELETE)
		page_say(p, "Leap", "a second is %s at the end of today (UTC)",
		    day[s->serving.leap]);
}

static void
say_offset(const struct page *p, const struct snapshot *s)
{
	if (!isfinite(s->error_bound_s))
		return;
	page_say(p, "Our clock",
	    "%s %s, oscillator %.3f ppm %s; kernel's clock %s",
	    page_seconds(fabs(s->offset_s)).text, slow_or_fast(s->offset_s),
	    fabs(s->frequency_ppm), slow_or_fast(s->frequency_ppm),
	    s->clock_virtual ? "untouched" : "steered");
	if (served(s))
		page_say(p, "We serve", "stratum %u, root distance %s%s%s",
		    s->serving.stratum, page_seconds(s->root_distance_s).text,
		    s->source[0] != '\0' ? ", reference " : "", s->source);
}

static void
say_used(const struct page *p, const struct snapshot *s)
{
	char list[PAGE_PARAGRAPH_MAX] = "";
	struct text t = TEXT(list);

	for (unsigned i = 0; i < s->upstreams; i++)
		if (s->upstream[i].truechimer)
			text_add(&t, "%s%s", t.len > 0 ? ", " : "",
			    snapshot_name(&s->upstream[i]).text);
	if (t.len > 0)
		page_say(p, "Used", "%s", list);
}

static void
say_unused(const struct page *p, const struct snapshot *s)
{
	static const char known[] = "not used: ";
	const char *label = "Not used";
	char why[WHY_MAX];

	for (unsigned i = 0; i < s->upstreams; i++) {
		const char *text = why_sentence(s, i, why);

		if (s->upstream[i].truechimer)
			continue;
		if (strncmp(text, known, strlen(known)) == 0)
			text += strlen(known);
		/* What comes next is told by "upstreams". */
		page_say(p, label, "%s: %.*s",
		    snapshot_name(&s->upstream[i]).text,
		    (int)strcspn(text, ";"), text);
		label = "";
	}
	for (unsigned k = 0; k < s->spares; k++)
		if (s->spare[k].account.retired) {
			why_spare(s, k, why);
			page_say(p, label, "%s: %.*s",
			    snapshot_spare_name(&s->spare[k]).text,
			    (int)strcspn(why, ";"), why);
			label = "";
		}
}

static void
say_asking(const struct page *p, const struct snapshot *s)
{
	char why[PACE_MAX];

	page_say(p, "Asking", "each server every %s: %s",
	    page_span(pace_interval(s)).text, pace_reason(s, why));
	page_say(p, "Budget",
	    "%u of %u packets in a day (%.0f %%), %u in the last hour, %llu "
	    "in all%s",
	    s->sent.day, s->sent.budget,
	    s->sent.budget > 0 ? 100.0 * s->sent.day / s->sent.budget : 100,
	    s->sent.hour, (unsigned long long)s->sent.total, pair_half(s));
}

static void
say_hosts(const struct page *p, const struct snapshot *s)
{
	const struct snapshot_serve *c = &s->serve;
	char hosts[32] = "";
	struct text t = TEXT(hosts);

	if (c->clients > 0)
		text_add(&t, "%llu served; ", (unsigned long long)c->clients);
	page_say(p, "Hosts",
	    "%s%llu requests: %llu answered, %llu limited, %llu denied, %llu "
	    "bad",
	    hosts, (unsigned long long)c->received,
	    (unsigned long long)c->answered, (unsigned long long)c->limited,
	    (unsigned long long)c->denied, (unsigned long long)c->bad);
}

void
table_status(const struct snapshot *s, const struct table_style *style,
    struct text *out)
{
	struct page p = { style, out };

	say_headline(&p, s);
	say_truth(&p, s);
	say_advice(&p, s);
	say_offset(&p, s);
	say_used(&p, s);
	say_unused(&p, s);
	say_asking(&p, s);
	budget_limits(&p, s);
	say_hosts(&p, s);
	pair_status(&p, s);
	page_say(&p, "Running", "for %s; clock stepped %llu time%s",
	    page_span(s->uptime_s).text, (unsigned long long)s->steps,
	    s->steps == 1 ? "" : "s");
}

/* Right-aligned in width columns behind a space; "-" while unknown. */
static void
add_seconds(bool known, double s, bool with_sign, int width, struct text *out)
{
	char cell[24] = "-", shorter[SNAPSHOT_SPAN];

	if (known)
		text_seconds(cell, sizeof(cell), s, with_sign);
	if (strlen(cell) > (size_t)width) {
		struct text t = TEXT(cell);

		text_add(&t, "%s%s",
		    s < 0	  ? "-" :
			with_sign ? "+" :
				    "",
		    snapshot_span(fabs(s), shorter));
	}
	text_add(out, " %*s", width, cell);
}

static void
add_row(const struct page *p, const struct snapshot *s, unsigned i,
    unsigned host)
{
	const struct snapshot_upstream *u = &s->upstream[i];
	struct text *out = p->out;
	bool sampled = u->sampled;

	text_add(out, "%c", why_tally(s, i));
	page_name(p, snapshot_name(u).text, host);
	if (sampled)
		text_add(out, " %2u", u->stratum);
	else
		text_add(out, "  -");
	text_add(out, "   %03o", u->reach);
	text_add(out, " %6s", page_span(u->poll_s).text);
	text_add(out, " %6s", u->next_s >= 0 ? page_span(u->next_s).text : "-");
	add_seconds(sampled, u->offset_s, true, 8, out);
	add_seconds(sampled, u->delay_s, false, 7, out);
	add_seconds(sampled, u->jitter_s, false, 7, out);
	text_add(out, " %6.1f\n", u->score);
}

static enum page_colour
colour_of(const char *state)
{
	static const char *const good[] = { "used", "spare" };

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (strcmp(state, good[i]) == 0)
			return PAGE_GREEN;
	return strcmp(state, "waiting") == 0 ? PAGE_YELLOW : PAGE_RED;
}

/* Indented; what stands before the colon has the colour of the state. */
static void
add_why(const struct page *p, const char *state, const char *why)
{
	static const int indent = 4;
	int word = (int)strcspn(why, ":");

	if (why[word] == '\0')
		word = 0;
	text_add(p->out, "%*s", indent, "");
	page_colour(p, colour_of(state), why, word);
	page_wrap(p, (size_t)(indent + word), (size_t)indent, why + word);
}

/* Longest name, as far as the terminal allows. */
static unsigned
host_column(const struct snapshot *s, const struct table_style *style)
{
	unsigned most = HOST + page_width(style) - PAGE_WIDTH_MIN, want = HOST;

	for (unsigned i = 0; i < s->upstreams; i++)
		if (strlen(snapshot_name(&s->upstream[i]).text) > want)
			want = (unsigned)strlen(
			    snapshot_name(&s->upstream[i]).text);
	return want < most ? want : most;
}

void
table_upstreams(const struct snapshot *s, const struct table_style *style,
    struct text *out)
{
	unsigned host = host_column(s, style);
	struct page p = { style, out };
	char why[WHY_MAX + PAIR_ASKED], asked[PAIR_ASKED];

	text_add(out,
	    " %-*s st reach   poll   next   offset   delay  jitter  "
	    "score\n",
	    (int)host, "host");
	for (unsigned i = 0; i < s->upstreams; i++) {
		add_row(&p, s, i, host);
		why_sentence(s, i, why);
		strcat(why, pair_asked(s, i, asked));
		add_why(&p, why_state(s, i), why);
	}
	for (unsigned k = 0; k < s->spares; k++) {
		text_add(out, " %s\n", snapshot_spare_name(&s->spare[k]).text);
		add_why(&p, why_spare_state(&s->spare[k]),
		    why_spare(s, k, why));
	}
	text_add(out, "\n");
	if (s->majority)
		text_add(out,
		    "%u of %u groups agree; losses until undecidable: %u\n",
		    s->agreeing, s->groups, s->losses);
	text_add(out, "each server is asked every %s: %s\n",
	    page_span(pace_interval(s)).text, pace_reason(s, why));
	text_add(out,
	    "* used, and our reference id   + used   x tells another time   "
	    "blank: not used\n");
}
