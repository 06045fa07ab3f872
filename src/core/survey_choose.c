/* SPDX-License-Identifier: ISC */
/*
 * survey_choose.c - what was heard, judged; and the choice.
 */
#include "base/text.h"
#include "core/server.h"
#include "core/survey.h"

#include <math.h>
#include <string.h>

#define COST_OWN_CLOCK 0.5  /* in a lab; a stranger's is refused */
#define COST_ADDRESSES 0.02 /* a name that may move */
#define MEDIAN_MIN 3	    /* fewer cannot outvote anybody */

/* ---- one answer ---- */

static bool
refuse_unanswered(struct survey_server *s)
{
	if (s->found.sent < 2)
		return false; /* one packet may get lost */
	survey_refuse(s, SURVEY_SILENT, "no answer to %u packets",
	    s->found.sent);
	return true;
}

static bool
refuse_answer(struct survey_server *s)
{
	const struct survey_found *f = &s->found;

	switch (f->last) {
	case SOURCE_SAMPLE:
		return false;
	case SOURCE_KISS:
		survey_refuse(s, SURVEY_KISSED,
		    "it sends us away: kiss-o'-death %s", f->kiss);
		return true;
	case SOURCE_UNSYNC:
	case SOURCE_STRATUM:
		survey_refuse(s, SURVEY_UNSYNC, "it does not know the time");
		return true;
	case SOURCE_FAR:
		survey_refuse(s, SURVEY_DISTANT,
		    "its root distance is above 1.5 s");
		return true;
	default:
		survey_refuse(s, SURVEY_UNFIT, "not to be believed: %s",
		    source_verdict_name(f->last));
		return true;
	}
}

bool
survey_heard(struct survey_server *s)
{
	const struct survey_found *f = &s->found;

	if (!f->answered)
		return f->samples > 0 || !refuse_unanswered(s);
	if (refuse_answer(s))
		return false;
	if (f->stratum != SURVEY_STRATUM) {
		survey_refuse(s, SURVEY_STRATUM_NO,
		    "it says stratum %u: a site asks stratum %u", f->stratum,
		    SURVEY_STRATUM);
		return false;
	}
	return true;
}

/* ---- all answers ---- */

static bool
fit(const struct survey_server *s)
{
	return s->verdict == SURVEY_CANDIDATE && s->found.samples > 0;
}

static void
refuse_distant(struct survey_server *s)
{
	char is[24], most[24];

	if (!fit(s) || s->found.distance <= SURVEY_DISTANCE_MAX_S)
		return;
	survey_refuse(s, SURVEY_DISTANT, "root distance %s: %s is enough",
	    text_seconds(is, sizeof(is), s->found.distance, false),
	    text_seconds(most, sizeof(most), SURVEY_DISTANCE_MAX_S, false));
}

/* Two catalogue names for one host. */
static void
refuse_alias(struct survey *v, unsigned i)
{
	struct survey_server *s = &v->server[i];

	for (unsigned k = 0; fit(s) && k < i; k++)
		if (fit(&v->server[k]) &&
		    addr_equal(&v->server[k].found.addr, &s->found.addr))
			survey_refuse(s, SURVEY_TWICE, "it is %s",
			    v->server[k].said.host);
}

/* Has an operator spoken before i in the catalogue? */
static bool
spoke_before(const struct survey *v, unsigned i)
{
	for (unsigned k = 0; k < i; k++)
		if (fit(&v->server[k]) &&
		    survey_same_operator(&v->server[k].said,
			&v->server[i].said))
			return true;
	return false;
}

/* What most operators say, one sample each: half of them are on either side.
 * False with too few. */
static bool
median(const struct survey *v, double *offset)
{
	double sorted[SURVEY_SERVERS];
	unsigned n = 0;

	for (unsigned i = 0; i < v->count; i++) {
		unsigned k;

		if (!fit(&v->server[i]) || spoke_before(v, i))
			continue;
		for (k = n++;
		     k > 0 && sorted[k - 1] > v->server[i].found.offset; k--)
			sorted[k] = sorted[k - 1];
		sorted[k] = v->server[i].found.offset;
	}
	if (n < MEDIAN_MIN)
		return false;
	*offset = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
	return true;
}

/* An honest path makes an error of at most half its delay. */
static void
refuse_wrong(struct survey_server *s, double truth)
{
	double d = s->found.offset - truth;
	char by[24];

	if (!fit(s) || fabs(d) <= s->found.delay / 2 + SURVEY_AGREE_S)
		return;
	survey_refuse(s, SURVEY_WRONG,
	    "its time is %s from what most say: smeared, or wrong",
	    text_seconds(by, sizeof(by), d, true));
}

static bool
names_loopback(uint32_t refid)
{
	return refid >> 24 == 127;
}

static bool
is_public_refid(uint32_t refid)
{
	const uint8_t ip[4] = { (uint8_t)(refid >> 24), (uint8_t)(refid >> 16),
		(uint8_t)(refid >> 8), (uint8_t)refid };
	struct addr a = addr_v4(ip);

	return refid != 0 && addr_is_public(&a);
}

/* It says of itself, or the catalogue of it, that it asks others. */
static bool
is_secondary(const struct survey_server *s)
{
	if (s->found.samples > 0)
		return s->found.stratum > 1;
	return s->found.addr.family != ADDR_NONE && s->said.stratum > 1;
}

/* One that itself asks others, and whom this reference id names. */
static const struct survey_server *
named_by(const struct survey *v, const struct survey_server *s)
{
	for (unsigned i = 0; i < v->count; i++) {
		const struct survey_server *o = &v->server[i];

		if (o != s && is_secondary(o) &&
		    server_refid(&o->found.addr) == s->found.refid)
			return o;
	}
	return NULL;
}

static bool
names_us(const struct survey_wish *w, uint32_t refid)
{
	for (unsigned i = 0; i < w->own_count; i++)
		if (w->own[i] == refid)
			return true;
	return false;
}

static void
refuse_circular(const struct survey *v, struct survey_server *s,
    const struct survey_wish *w)
{
	const struct survey_server *o = named_by(v, s);

	if (!fit(s))
		return;
	if (server_refid(&s->found.addr) == s->found.refid) {
		survey_refuse(s, SURVEY_CIRCULAR, "it follows itself");
	} else if (names_loopback(s->found.refid)) {
		if (addr_is_public(&s->found.addr))
			survey_refuse(s, SURVEY_CIRCULAR,
			    "it follows its own clock, nobody else's");
	} else if (names_us(w, s->found.refid)) {
		survey_refuse(s, SURVEY_CIRCULAR, "it follows us");
	} else if (o != NULL) {
		survey_refuse(s, SURVEY_CIRCULAR, "it follows %s",
		    o->said.host);
	}
}

void
survey_judge(struct survey *v, const struct survey_wish *w)
{
	double truth;

	for (unsigned i = 0; i < v->count; i++) {
		refuse_distant(&v->server[i]);
		refuse_alias(v, i);
	}
	/* Who follows whom is asked of all before the first is refused. */
	for (unsigned i = 0; i < v->count; i++)
		refuse_circular(v, &v->server[i], w);
	if (!median(v, &truth))
		return;
	for (unsigned i = 0; i < v->count; i++)
		refuse_wrong(&v->server[i], truth);
}

/* ---- the choice ---- */

static uint32_t
shared_as(const struct survey_said *a, const struct survey_said *b)
{
	for (unsigned i = 0; i < a->as_count; i++)
		for (unsigned k = 0; k < b->as_count; k++)
			if (a->as[i] == b->as[k])
				return a->as[i];
	return 0;
}

/* One /24 or /48; in a lab all are neighbours, and that means nothing. */
static bool
same_network(const struct addr *a, const struct addr *b)
{
	if (a->family != b->family || a->family == ADDR_NONE ||
	    !addr_is_public(a))
		return false;
	return memcmp(a->ip, b->ip, a->family == ADDR_V4 ? 3 : 6) == 0;
}

/* Both follow the same server; stratum 1 names a kind of clock. */
static bool
same_reference(const struct survey_found *a, const struct survey_found *b)
{
	return a->samples > 0 && b->samples > 0 && a->refid == b->refid &&
	    a->refid != 0 && !names_loopback(a->refid);
}

/* Never both: why, or "". */
static void
one_voice(const struct survey_server *s, const struct survey_server *chosen,
    struct text *why)
{
	char name[SOURCE_HOST_MAX];

	survey_operator(&s->said, name, sizeof(name));
	if (survey_same_operator(&s->said, &chosen->said))
		text_add(why, "run by %s, as %s", name, chosen->said.host);
	else if (same_reference(&s->found, &chosen->found) &&
	    is_public_refid(s->found.refid))
		text_add(why, "it follows the same server as %s",
		    chosen->said.host);
}

/* Both, if there is nobody else: why not, or "". */
static void
neighbours(const struct survey_server *s, const struct survey_server *chosen,
    struct text *why)
{
	uint32_t as = shared_as(&s->said, &chosen->said);

	if (as != 0)
		text_add(why, "in AS%u, as %s", as, chosen->said.host);
	else if (same_network(&s->found.addr, &chosen->found.addr))
		text_add(why, "in the network of %s", chosen->said.host);
	else if (same_reference(&s->found, &chosen->found))
		text_add(why, "it follows the same server as %s",
		    chosen->said.host);
}

/* Why it must not stand beside those that are chosen, into s->why; strict
 * minds neighbours, too. */
static bool
conflicts(const struct survey *v, struct survey_server *s, bool strict)
{
	for (unsigned i = 0; i < v->count; i++) {
		const struct survey_server *c = &v->server[i];
		struct text why = TEXT(s->why);

		if (c->verdict != SURVEY_CHOSEN)
			continue;
		s->why[0] = '\0';
		one_voice(s, c, &why);
		if (s->why[0] == '\0' && strict)
			neighbours(s, c, &why);
		if (s->why[0] != '\0')
			return true;
	}
	s->why[0] = '\0';
	return false;
}

static double
found_cost(const struct survey_found *f)
{
	double cost = f->delay + 2 * f->jitter + f->distance / 2;

	if (names_loopback(f->refid))
		cost += COST_OWN_CLOCK;
	if (f->addresses > 1)
		cost += COST_ADDRESSES;
	return cost;
}

/* What it shares with others that are chosen, if anything. */
static void
shared(const struct survey *v, const struct survey_server *s, struct text *why)
{
	why->buf[0] = '\0';
	for (unsigned i = 0; i < v->count && why->buf[0] == '\0'; i++)
		if (&v->server[i] != s && v->server[i].verdict == SURVEY_CHOSEN)
			neighbours(s, &v->server[i], why);
}

static void
praise(const struct survey *v, struct survey_server *s)
{
	char shares[sizeof(s->why)], delay[24];
	struct text share = TEXT(shares), t = TEXT(s->why);
	const struct survey_found *f = &s->found;

	shared(v, s, &share);
	if (f->samples > 0)
		text_add(&t, "%s away; ",
		    text_seconds(delay, sizeof(delay), f->delay, false));
	else if (s->said.stratum == 0)
		text_add(&t, "stratum not known, to be asked; ");
	text_add(&t, "nobody else of its %s",
	    s->said.operator_name[0] != '\0' ? "operator" : "domain");
	if (s->said.as_count > 0 && shares[0] == '\0')
		text_add(&t, ", AS");
	if (addr_is_public(&f->addr) && shares[0] == '\0')
		text_add(&t, ", network");
	if (f->samples > 0 && shares[0] == '\0' && !names_loopback(f->refid))
		text_add(&t, ", reference");
	if (shares[0] != '\0')
		text_add(&t, ", but %s", shares);
}

static void
not_needed(struct survey_server *s, const struct survey_wish *w)
{
	char delay[24];

	if (s->found.samples > 0)
		survey_refuse(s, SURVEY_NOT_NEEDED,
		    "%s away: %u nearer or steadier ones are enough",
		    text_seconds(delay, sizeof(delay), s->found.delay, false),
		    w->want);
	else if (s->said.stratum == 0)
		survey_refuse(s, SURVEY_NOT_NEEDED,
		    "its stratum is not known, and %u are enough", w->want);
	else
		survey_refuse(s, SURVEY_NOT_NEEDED,
		    "as good as others, but %u are enough", w->want);
}

static void
refuse_rest(const struct survey *v, struct survey_server *s,
    const struct survey_wish *w, bool asked)
{
	if (asked && s->found.samples == 0)
		survey_refuse(s, SURVEY_UNASKED,
		    "not asked: the budget of packets is spent");
	else if (conflicts(v, s, true))
		s->verdict = SURVEY_SAME_VOICE;
	else
		not_needed(s, w);
}

static unsigned
choose(struct survey *v, const unsigned *order, unsigned n, unsigned more,
    bool strict)
{
	unsigned chosen = 0;

	for (unsigned i = 0; i < n && chosen < more; i++) {
		struct survey_server *s = &v->server[order[i]];

		if (s->verdict != SURVEY_CANDIDATE || conflicts(v, s, strict))
			continue;
		s->verdict = SURVEY_CHOSEN;
		chosen++;
	}
	return chosen;
}

/* The candidates, cheapest first. */
static unsigned
by_cost(const struct survey *v, bool asked, unsigned order[SURVEY_SERVERS])
{
	unsigned n = 0;

	for (unsigned i = 0; i < v->count; i++) {
		const struct survey_server *s = &v->server[i];
		unsigned k;

		if (s->verdict != SURVEY_CANDIDATE ||
		    (asked && s->found.samples == 0))
			continue;
		for (k = n++; k > 0 && v->server[order[k - 1]].cost > s->cost;
		     k--)
			order[k] = order[k - 1];
		order[k] = i;
	}
	return n;
}

unsigned
survey_choose(struct survey *v, const struct survey_wish *w, bool asked)
{
	unsigned order[SURVEY_SERVERS], n, chosen;

	survey_order(v, order); /* for what the catalogue costs */
	for (unsigned i = 0; asked && i < v->count; i++)
		v->server[i].cost =
		    v->server[i].cost / 10 + found_cost(&v->server[i].found);
	n = by_cost(v, asked, order);
	chosen = choose(v, order, n, w->want, true);
	chosen += choose(v, order, n, w->want - chosen, false);
	for (unsigned i = 0; i < v->count; i++) {
		struct survey_server *s = &v->server[i];

		if (s->verdict == SURVEY_CHOSEN)
			praise(v, s);
		else if (s->verdict == SURVEY_CANDIDATE)
			refuse_rest(v, s, w, asked);
	}
	return chosen;
}
