/* SPDX-License-Identifier: ISC */
#include "view/why.h"

#include "base/text.h"

#include <math.h>
#include <string.h>

char
why_tally(const struct snapshot *s, unsigned i)
{
	const struct snapshot_upstream *u = &s->upstream[i];

	if (u->truechimer)
		return (int)i == s->named ? '*' : '+';
	return u->active && u->selectable && s->majority ? 'x' : ' ';
}

enum standing {
	USED,
	FALSETICKER,
	LEAP_LATE,
	SILENT,
	WAITING,
	UNRESOLVED,
	REFUSED,
	RETIRED,
	BAD
};

static uint64_t
unsigned_answers(const struct snapshot_upstream *u)
{
	return u->verdict[SOURCE_BAD_MAC] + u->verdict[SOURCE_NAK];
}

static enum standing
standing(const struct snapshot *s, const struct snapshot_upstream *u)
{
	if (!u->active)
		return UNRESOLVED;
	if (u->account.retired)
		return RETIRED;
	if (u->truechimer)
		return USED;
	if (u->selectable && s->majority)
		return FALSETICKER;
	if (u->missed > 0)
		return unsigned_answers(u) > 0 && !u->sampled ? BAD : SILENT;
	if (u->last == SOURCE_SAMPLE)
		return u->leap_late ? LEAP_LATE : WAITING;
	return u->last == SOURCE_KISS ? REFUSED : BAD;
}

static const char *
plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* How far the offsets of those that are believed lie from each other. */
static double
spread(const struct snapshot *s)
{
	double low = INFINITY, high = -INFINITY;

	for (unsigned i = 0; i < s->upstreams; i++)
		if (s->upstream[i].truechimer && s->upstream[i].sampled) {
			low = fmin(low, s->upstream[i].offset_s);
			high = fmax(high, s->upstream[i].offset_s);
		}
	return high - low;
}

static void
say_again(const struct snapshot_upstream *u, struct text *t)
{
	char span[SNAPSHOT_SPAN];

	if (u->asked)
		text_add(t, "; just asked again");
	else if (u->next_s < 0)
		text_add(t, "; not asked any more");
	else
		text_add(t, "; asked again in %s",
		    snapshot_span(u->next_s, span));
}

static void
say_used(const struct snapshot *s, const struct snapshot_upstream *u,
    struct text *t)
{
	text_add(t, "used: %u of %u groups agree", s->agreeing, s->groups);
	if (s->named >= 0 && u == &s->upstream[s->named])
		text_add(t, ", and our reference id names this one");
	if (u->missed == 1)
		text_add(t, "; its last question is unanswered");
	else if (u->missed > 1)
		text_add(t, "; its last %u questions are unanswered",
		    u->missed);
}

static void
say_falseticker(const struct snapshot *s, const struct snapshot_upstream *u,
    struct text *t)
{
	double within = spread(s);
	char off[24], text[24];

	text_add(t, "not used: off by %s, while %u of %u groups agree",
	    text_seconds(off, sizeof(off), fabs(u->offset_s), false),
	    s->agreeing, s->groups);
	if (within > 0 && isfinite(within))
		text_add(t, " within %s",
		    text_seconds(text, sizeof(text), within, false));
}

static void
say_leap_late(const struct snapshot *s, const struct snapshot_upstream *u,
    struct text *t)
{
	char off[24];

	(void)s;
	text_add(t,
	    "leap-late: off by %s, within a day of a leap second: not heard "
	    "until this is over",
	    text_seconds(off, sizeof(off), fabs(u->offset_s), false));
	say_again(u, t);
}

static void
say_silent(const struct snapshot *s, const struct snapshot_upstream *u,
    struct text *t)
{
	(void)s;
	text_add(t, "silent: %u question%s unanswered", u->missed,
	    plural(u->missed));
	if (u->unreachable)
		text_add(t, ", and the network says that nothing is there");
	say_again(u, t);
}

static void
say_waiting(const struct snapshot *s, const struct snapshot_upstream *u,
    struct text *t)
{
	unsigned quorum = snapshot_quorum(s);
	char span[SNAPSHOT_SPAN];

	if (u->sent == 0 && u->next_s >= 0)
		text_add(t, "waiting: its first question goes out in %s",
		    snapshot_span(u->next_s, span));
	else if (u->sent == 0)
		text_add(t, "waiting for its turn to be asked");
	else if (!u->sampled)
		text_add(t, "waiting for its first answer");
	else if (!u->selectable)
		text_add(t, "waiting: what it says is not judged yet");
	else if (s->state == ENGINE_STARTING && s->groups < quorum)
		text_add(t, "waiting: %u of %u groups answer%s, %u must agree",
		    s->groups, snapshot_groups(s), s->groups == 1 ? "s" : "",
		    quorum);
	else
		text_add(t,
		    "waiting: %u groups answer, but no majority of them "
		    "agrees: nobody is believed",
		    s->groups);
}

static void
say_unresolved(const struct snapshot *s, const struct snapshot_upstream *u,
    struct text *t)
{
	(void)s;
	(void)u;
	text_add(t,
	    "no address yet: the name does not resolve; it is looked up again");
}

static void
say_refused(const struct snapshot *s, const struct snapshot_upstream *u,
    struct text *t)
{
	(void)s;
	text_add(t, "refused: kiss-o'-death %s", u->kiss);
	if (strcmp(u->kiss, "RATE") == 0)
		text_add(t, " (come less often)");
	else if (strcmp(u->kiss, "DENY") == 0 || strcmp(u->kiss, "RSTR") == 0)
		text_add(t, " (it does not serve us)");
	say_again(u, t);
}

static const char *
bad_because(const struct snapshot_upstream *u)
{
	static const char *const because[SOURCE_VERDICTS] = {
		[SOURCE_UNSYNC] = "it says that it does not know the time",
		[SOURCE_STRATUM] = "it is not synchronised (stratum 16)",
		[SOURCE_NEGATIVE_DELAY] =
		    "it answers before we ask: its stamps are impossible",
		[SOURCE_FAR] = "it may be wrong by more than 1.5 s, by its "
			       "own account (root distance)",
		[SOURCE_STALE] = "it was not set for a day, or will be set "
				 "in the future (reference stamp)",
	};

	if (u->missed > 0 && u->verdict[SOURCE_NAK] > 0)
		return "it does not know our key (crypto-NAK)";
	if (u->missed > 0)
		return "its answers are not signed with our key";
	return because[u->last] != NULL ? because[u->last] :
					  source_verdict_name(u->last);
}

static void
add_retired(const struct snapshot *s, const char *host,
    const struct snapshot_account *a, struct text *t)
{
	char until[SNAPSHOT_UNTIL];

	text_add(t,
	    "retired %s: it denied us twice; \"ntpgate upstreams revive %s\" "
	    "takes it back",
	    snapshot_until(s, a->retired_s, until), host);
}

static void
say_retired(const struct snapshot *s, const struct snapshot_upstream *u,
    struct text *t)
{
	add_retired(s, snapshot_name(u).text, &u->account, t);
}

static void
say_bad(const struct snapshot *s, const struct snapshot_upstream *u,
    struct text *t)
{
	(void)s;
	text_add(t, "bad: %s", bad_because(u));
	say_again(u, t);
}

static const struct {
	const char *word;
	void (*say)(const struct snapshot *s, const struct snapshot_upstream *u,
	    struct text *t);
} standings[] = {
	[USED] = { "used", say_used },
	[FALSETICKER] = { "falseticker", say_falseticker },
	[LEAP_LATE] = { "leap-late", say_leap_late },
	[SILENT] = { "silent", say_silent },
	[WAITING] = { "waiting", say_waiting },
	[UNRESOLVED] = { "unresolved", say_unresolved },
	[REFUSED] = { "refused", say_refused },
	[RETIRED] = { "retired", say_retired },
	[BAD] = { "bad", say_bad },
};

/* What would happen if it failed. */
static void
say_without(const struct snapshot *s, const struct snapshot_upstream *u,
    struct text *t)
{
	const struct select_result *r = &u->without;

	if (!s->majority || !u->selectable)
		return;
	if (!r->majority)
		text_add(t, "; if it failed, no majority would be left");
	else if (u->truechimer)
		text_add(t,
		    "; if it failed: %u of %u, losses until undecidable: %u",
		    r->agreeing, r->groups, select_losses(r));
	else
		text_add(t, "; if it failed, nothing would be lost");
}

/* What else is to be known of it. */
static void
say_more(const struct snapshot_upstream *u, struct text *t)
{
	char span[SNAPSHOT_SPAN];

	if (u->account.rated_s > 0 && !u->account.retired)
		text_add(t, "; it wants %s between two questions (RATE)",
		    snapshot_span(u->account.rated_s, span));
	if (u->shares_with[0] != '\0')
		text_add(t, "; follows the same server as %s", u->shares_with);
	if (u->stands_for[0] != '\0')
		text_add(t, "; stands in for %s", u->stands_for);
}

const char *
why_state(const struct snapshot *s, unsigned i)
{
	return standings[standing(s, &s->upstream[i])].word;
}

char *
why_sentence(const struct snapshot *s, unsigned i, char buf[WHY_MAX])
{
	const struct snapshot_upstream *u = &s->upstream[i];
	struct text t = { buf, WHY_MAX, 0 };

	buf[0] = '\0';
	standings[standing(s, u)].say(s, u, &t);
	say_without(s, u, &t);
	say_more(u, &t);
	return buf;
}

const char *
why_spare_state(const struct snapshot_spare *p)
{
	if (p->account.retired)
		return "retired";
	return p->addr.family == ADDR_NONE ? "unresolved" : "spare";
}

char *
why_spare(const struct snapshot *s, unsigned k, char buf[WHY_MAX])
{
	const struct snapshot_spare *p = &s->spare[k];
	struct text t = { buf, WHY_MAX, 0 };

	if (p->account.retired)
		add_retired(s, snapshot_spare_name(p).text, &p->account, &t);
	else if (p->addr.family == ADDR_NONE)
		text_add(&t, "no address yet: the name does not resolve");
	else
		text_add(&t, "spare: not asked unless a server gives up");
	return buf;
}
