/* SPDX-License-Identifier: ISC */
#include "view/pair.h"

#include "base/text.h"

#include <math.h>
#include <string.h>

#define HOST 30 /* columns of a host */

/* Of us and the sibling; who asked last yields a quarter longer. */
struct pair_turn
pair_turn(const struct snapshot *s, unsigned i)
{
	const struct snapshot_upstream *u = &s->upstream[i];
	struct pair_turn ours = { PAIR_OURS, u->next_s };
	double its = fmax(0, s->pace.interval_s - u->last_s);

	if (u->next_s < 0)
		return (struct pair_turn){ PAIR_NOBODY, 0 };
	if (s->sibling.state != SNAPSHOT_SIBLING_PAIRED || u->other_s < 0 ||
	    u->last_s < 0 || u->last_s > u->other_s || its >= u->next_s)
		return ours;
	return (struct pair_turn){ PAIR_SIBLING, its };
}

const char *
pair_name(const struct snapshot *s)
{
	return s->sibling.name[0] != '\0' ? s->sibling.name : s->sibling.host;
}

const char *
pair_digest_name(unsigned d)
{
	static const char *const name[PAIR_DIGESTS] = {
		[LINK_SERVERS] = "servers",
		[LINK_POLL] = "poll",
		[LINK_ACCURACY] = "accuracy",
		[LINK_BUDGET] = "budget",
		[LINK_ORPHAN] = "orphan",
		[LINK_STEP] = "step",
		[LINK_DIGESTS] = "addresses",
	};

	return name[d];
}

const char *
pair_half(const struct snapshot *s)
{
	return s->sibling.state == SNAPSHOT_SIBLING_NONE ?
	    "" :
	    "; half of the site's";
}

char *
pair_asked(const struct snapshot *s, unsigned i, char buf[PAIR_ASKED])
{
	const struct snapshot_upstream *u = &s->upstream[i];
	struct pair_turn turn = pair_turn(s, i);
	struct text t = { buf, PAIR_ASKED, 0 };

	buf[0] = '\0';
	if (s->sibling.state != SNAPSHOT_SIBLING_PAIRED || u->other_s < 0)
		return buf;
	text_add(&t, "; asked by %.63s %s ago", pair_name(s),
	    page_span(u->other_s).text);
	if (turn.who != PAIR_NOBODY)
		text_add(&t, ", next by %s in %s",
		    turn.who == PAIR_OURS ? "us" : "it",
		    page_span(turn.in_s).text);
	return buf;
}

/* "gw2 (10.0.0.12)" */
static void
add_who(const struct snapshot *s, struct text *t)
{
	const char *name = pair_name(s);
	char addr[ADDR_TEXT];

	text_add(t, "%s", name);
	if (s->sibling.addr.family == ADDR_NONE)
		return;
	addr_print(&s->sibling.addr, false, addr);
	if (strcmp(addr, name) != 0)
		text_add(t, " (%s)", addr);
}

/* " poll, budget" */
static void
add_differs(const struct snapshot *s, struct text *t)
{
	const char *comma = " ";

	for (unsigned d = 0; d < PAIR_DIGESTS; d++)
		if (s->sibling.differs >> d & 1) {
			text_add(t, "%s%s", comma, pair_digest_name(d));
			comma = ", ";
		}
}

static double
share(const struct snapshot *s)
{
	double all = (double)s->sent.day + s->sibling.sent_day;

	return all > 0 ? 100 * s->sibling.sent_day / all : 0;
}

static void
add_clocks(const struct snapshot *s, struct text *t)
{
	const struct snapshot_sibling *b = &s->sibling;

	text_add(t, "%s %s us, %s there and back",
	    page_seconds(fabs(b->offset_s)).text,
	    b->offset_s < 0 ? "behind" : "ahead of",
	    page_seconds(b->delay_s).text);
}

static enum page_colour
colour_of(const struct snapshot *s)
{
	switch (s->sibling.state) {
	case SNAPSHOT_SIBLING_PAIRED:
		return s->sibling.differs != 0 || s->sibling.fed ? PAGE_YELLOW :
								   PAGE_GREEN;
	case SNAPSHOT_SIBLING_PLAIN:
		return PAGE_GREEN;
	case SNAPSHOT_SIBLING_UNHEARD:
		return PAGE_YELLOW;
	default:
		return PAGE_RED;
	}
}

static void
add_unheard(const struct snapshot *s, struct text *t)
{
	if (s->sibling.heard_s < 0)
		text_add(t, " since we began");
	else
		text_add(t, " for %s", page_span(s->sibling.heard_s).text);
}

/* What the clocks and packets of a pair are like, or who is in need. */
static void
status_paired(const struct snapshot *s, struct text *t)
{
	const struct snapshot_sibling *b = &s->sibling;

	text_add(t, " with ");
	add_who(s, t);
	text_add(t, ": ");
	add_clocks(s, t);
	text_add(t, "; it asked %.0f %% of today's packets", share(s));
	if (b->says != ENGINE_SYNCED)
		text_add(t, "; it is in state %s",
		    snapshot_state_name(b->says));
	if (b->fed)
		text_add(t, "; it alone keeps us synchronised");
	if (b->leads || b->follows)
		text_add(t, "; nobody upstream answers: %s",
		    b->leads ? "it follows us" : "we follow it");
	if (b->differs != 0) {
		text_add(t, "; configurations differ:");
		add_differs(s, t);
	}
}

static void
status_rest(const struct snapshot *s, struct text *t)
{
	switch (s->sibling.state) {
	case SNAPSHOT_SIBLING_PAIRED:
		status_paired(s, t);
		return;
	case SNAPSHOT_SIBLING_PLAIN:
		text_add(t, ": ");
		add_who(s, t);
		text_add(t, ", ");
		add_clocks(s, t);
		text_add(t, "; one server more, turns are not shared");
		return;
	case SNAPSHOT_SIBLING_UNHEARD:
		add_unheard(s, t);
		text_add(t, ": ");
		add_who(s, t);
		text_add(t,
		    "; we ask alone, with half of the site's budget; see "
		    "\"ntpgate sibling\"");
		return;
	default:
		text_add(t, ": ");
		add_who(s, t);
		text_add(t,
		    ": %s; nothing of it is used; see \"ntpgate sibling\"",
		    s->sibling.why);
	}
}

void
pair_status(const struct page *p, const struct snapshot *s)
{
	char rest[PAGE_PARAGRAPH_MAX];
	struct text t = TEXT(rest);

	if (s->sibling.state == SNAPSHOT_SIBLING_NONE)
		return;
	status_rest(s, &t);
	page_mark(p, "Sibling", colour_of(s),
	    snapshot_sibling_name(s->sibling.state), rest);
}

static void
headline_rest(const struct snapshot *s, struct text *t)
{
	const struct snapshot_sibling *b = &s->sibling;

	if (b->state == SNAPSHOT_SIBLING_UNHEARD)
		add_unheard(s, t);
	else if (b->state == SNAPSHOT_SIBLING_DROPPED)
		text_add(t, ": %s", b->why);
	else
		text_add(t, ", for %s", page_span(b->met_s).text);
}

static void
say_headline(const struct page *p, const struct snapshot *s)
{
	const char *state = snapshot_sibling_name(s->sibling.state);
	char who[SOURCE_HOST_MAX + ADDR_TEXT + 4], rest[PAGE_PARAGRAPH_MAX];
	struct text w = TEXT(who), t = TEXT(rest);

	add_who(s, &w);
	headline_rest(s, &t);
	text_add(p->out, "%s: ", who);
	page_colour(p, colour_of(s), state, (int)strlen(state));
	page_wrap(p, strlen(who) + 2 + strlen(state), 4, rest);
	text_add(p->out, "\n");
}

/* Why nothing good is heard: what came last tells most. */
static const char *
unheard_advice(const struct snapshot_sibling *b)
{
	if (b->addr.family == ADDR_NONE)
		return "its name has no address yet: write an address as "
		       "sibling.host, or put its name into /etc/hosts";
	if (b->reach == 0 && b->heard_s < 0 &&
	    (b->last == SOURCE_BAD_MAC || b->last == SOURCE_NAK))
		return "it answers, but not with our key: the key of "
		       "sibling.key must be the same in both files of keys, "
		       "and ours must be allowed there";
	if (b->answered && b->last == SOURCE_KISS)
		return "it answers with a kiss-o'-death: do serve.allow and "
		       "the limits there let us ask?";
	return "does it run, does its serve.allow have our address, have both "
	       "the same key, and is udp port 123 between the two open both "
	       "ways?";
}

static void
say_advice(const struct page *p, const struct snapshot *s)
{
	const struct snapshot_sibling *b = &s->sibling;

	switch (b->state) {
	case SNAPSHOT_SIBLING_UNHEARD:
		page_say(p, "Meanwhile",
		    "we ask all servers alone, as often as ever, within half "
		    "of the site's budget; the other half is its own");
		page_say(p, "To do", "%s", unheard_advice(b));
		return;
	case SNAPSHOT_SIBLING_PLAIN:
		page_say(p, "Meaning",
		    "it answers as any NTP %s does: it is one source more, of "
		    "a group of its own; turns and samples are not shared",
		    b->symmetric ? "peer" : "server");
		return;
	case SNAPSHOT_SIBLING_DROPPED:
		page_say(p, "Meanwhile",
		    "nothing of it is used, and we ask as if we were alone");
		page_say(p, "To do",
		    "look at its log, its clock and a clock that you trust.  "
		    "When it is well, restart it, or say \"ntpgate accept "
		    "sibling\" here.");
		return;
	default:
		return;
	}
}

static void
say_heard(const struct page *p, const struct snapshot *s)
{
	const struct snapshot_sibling *b = &s->sibling;
	char clocks[PAGE_PARAGRAPH_MAX];
	struct text t = TEXT(clocks);

	if (b->heard_s < 0) {
		page_say(p, "Heard", "never; reach %03o", b->reach);
		return;
	}
	page_say(p, "Heard", "%s ago; reach %03o%s", page_span(b->heard_s).text,
	    b->reach, b->symmetric ? "; symmetric" : "");
	add_clocks(s, &t);
	page_say(p, "Clock", "%s%s", clocks,
	    b->met_s < 0 ? ", when it was heard" : "");
}

static void
say_word(const struct page *p, const struct snapshot *s)
{
	const struct snapshot_sibling *b = &s->sibling;
	char within[64];
	struct text t = TEXT(within);

	if (b->name[0] == '\0')
		return;
	if (isfinite(b->bound_s))
		text_add(&t, "within %s (95 %%)",
		    page_seconds(b->bound_s).text);
	else
		text_add(&t, "the time is not known");
	page_say(p, b->met_s < 0 ? "It said" : "It says",
	    "%s, %s; asks each server every %s", snapshot_state_name(b->says),
	    within, page_span(b->interval_s).text);
	if (b->met_s < 0)
		return;
	page_say(p, "Packets",
	    "%u of it in a day, %u of us: it asked %.0f %% of them",
	    b->sent_day, s->sent.day, share(s));
}

static void
say_oscillators(const struct page *p, const struct snapshot_sibling *b)
{
	char drift[64] = "";
	struct text t = TEXT(drift);

	if (!isfinite(b->drift_ppm))
		return;
	text_add(&t, "its oscillator %s %.3f ppm %s ours",
	    b->drift_ppm < 0 ? "loses" : "gains", fabs(b->drift_ppm),
	    b->drift_ppm < 0 ? "to" : "on");
	if (b->weight > 0)
		page_say(p, "Oscillator",
		    "%s, and is %.0f %% of our time scale", drift,
		    100 * b->weight);
	else
		page_say(p, "Oscillator", "%s; not used in our time scale",
		    drift);
}

static void
say_refused(const struct page *p, const struct snapshot_sibling *b)
{
	char list[PAGE_PARAGRAPH_MAX] = "";
	struct text t = TEXT(list);

	for (unsigned v = SIBLING_REFUSED; v < SIBLING_VERDICTS; v++)
		if (b->verdict[v] > 0)
			text_add(&t, "%s%llu %s", t.len > 0 ? ", " : "",
			    (unsigned long long)b->verdict[v],
			    sibling_verdict_name(v));
	if (t.len > 0)
		page_say(p, "Answers", "not taken: %s", list);
}

static void
say_need(const struct page *p, const struct snapshot *s)
{
	const struct snapshot_sibling *b = &s->sibling;
	char list[PAGE_PARAGRAPH_MAX] = "";
	struct text t = TEXT(list);

	if (b->fed)
		page_say(p, "Fed",
		    "our own servers do not answer: its samples alone keep "
		    "us synchronised; look at our uplink");
	if (b->leads)
		page_say(p, "Leads", "nobody upstream answers: it follows us");
	if (b->follows)
		page_say(p, "Follows", "nobody upstream answers: we follow it");
	add_differs(s, &t);
	if (t.len > 0)
		page_say(p, "Alarm",
		    "configurations differ:%s; make them alike on both "
		    "gateways",
		    list);
}

static void
say_samples(const struct page *p, const struct snapshot_sibling *b)
{
	if (b->taken > 0 || b->refused > 0)
		page_say(p, "Samples", "%llu of it taken, %llu refused",
		    (unsigned long long)b->taken,
		    (unsigned long long)b->refused);
}

static const char *
ago(double s, struct page_words *buf)
{
	if (s < 0)
		return "-";
	*buf = page_span(s);
	return buf->text;
}

static void
say_turns(const struct page *p, const struct snapshot *s)
{
	text_add(p->out, "\n  %-*s %10s %10s  %s\n", HOST,
	    "server, last asked by", "us", "it", "next");
	for (unsigned i = 0; i < s->upstreams; i++) {
		const struct snapshot_upstream *u = &s->upstream[i];
		struct pair_turn turn = pair_turn(s, i);
		struct page_words us, it;

		text_add(p->out, "  ");
		page_name(p, snapshot_name(u).text, HOST);
		text_add(p->out, " %10s %10s  ", ago(u->last_s, &us),
		    ago(u->other_s, &it));
		if (turn.who == PAIR_NOBODY)
			text_add(p->out, "-\n");
		else
			text_add(p->out, "%s in %s\n",
			    turn.who == PAIR_OURS ? "we" : "it",
			    page_span(turn.in_s).text);
	}
}

void
pair_table(const struct snapshot *s, const struct table_style *style,
    struct text *out)
{
	struct page p = { style, out };

	if (s->sibling.state == SNAPSHOT_SIBLING_NONE) {
		text_add(out,
		    "no sibling is configured; ntpgate.conf(5) tells how\n");
		return;
	}
	say_headline(&p, s);
	say_advice(&p, s);
	say_heard(&p, s);
	say_word(&p, s);
	say_need(&p, s);
	say_samples(&p, &s->sibling);
	say_oscillators(&p, &s->sibling);
	say_refused(&p, &s->sibling);
	say_turns(&p, s);
}
