/* SPDX-License-Identifier: ISC */
#include "view/attack.h"

/* Answers that nobody asked for, at any of our sockets. */
static uint64_t
unasked(const struct snapshot *s)
{
	uint64_t n = s->serve.mode_in[MODE_SERVER];

	for (unsigned i = 0; i < s->upstreams; i++)
		n += s->upstream[i].verdict[SOURCE_UNASKED] +
		    s->upstream[i].verdict[SOURCE_ZERO_ORIGIN];
	return n;
}

static uint64_t
wrong_macs(const struct snapshot *s)
{
	uint64_t n = s->serve.verdict[SERVER_BAD_MAC];

	for (unsigned i = 0; i < s->upstreams; i++)
		n += s->upstream[i].verdict[SOURCE_BAD_MAC];
	return n;
}

/* A server that was exchanged takes its counters with it: less than before is
 * nothing new. */
static uint64_t
more(uint64_t *was, uint64_t is)
{
	uint64_t n = is > *was ? is - *was : 0;

	*was = is;
	return n;
}

static enum attack_news
begins(struct attack *a, double rate, struct text *why)
{
	a->on = true;
	text_add(why,
	    "rate=%.0f/s unasked=%llu bad-mac=%llu: answers that nobody asked "
	    "for, or wrong keys; none is believed or answered",
	    rate, (unsigned long long)a->during[0],
	    (unsigned long long)a->during[1]);
	return ATTACK_BEGINS;
}

static enum attack_news
ends(struct attack *a, struct text *why)
{
	a->on = false;
	text_add(why,
	    "unasked=%llu bad-mac=%llu in all, hardly any for %.0f min",
	    (unsigned long long)a->during[0], (unsigned long long)a->during[1],
	    ATTACK_QUIET / 60);
	return ATTACK_ENDS;
}

enum attack_news
attack_look(struct attack *a, const struct snapshot *s, struct text *why)
{
	double span = s->uptime_s - a->uptime_s;
	bool known = a->begun && span > 0;
	uint64_t strange, macs;

	if (known && span < ATTACK_SPAN)
		return ATTACK_NOTHING;
	strange = more(&a->unasked, unasked(s));
	macs = more(&a->macs, wrong_macs(s));
	a->begun = true;
	a->uptime_s = s->uptime_s;
	if (!known)
		return ATTACK_NOTHING;
	if (!a->on)
		a->during[0] = a->during[1] = 0;
	a->during[0] += strange;
	a->during[1] += macs;
	if ((double)strange >= ATTACK_UNASKED * span ||
	    (double)macs >= ATTACK_MACS * span) {
		a->seen_s = s->uptime_s;
		return a->on ? ATTACK_NOTHING :
			       begins(a, (double)(strange + macs) / span, why);
	}
	return a->on && s->uptime_s - a->seen_s >= ATTACK_QUIET ?
	    ends(a, why) :
	    ATTACK_NOTHING;
}
