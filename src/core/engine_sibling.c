/* SPDX-License-Identifier: ISC */
#include "core/engine_parts.h"

#include <math.h>
#include <string.h>

#define OTHER_KEY 3 /* unanswered: is it still at the key before? */

/* ---- asking, and what comes ---- */

/*
 * Both keys of one id are good while they are being changed: the newer is
 * tried first, and the one that was answered is kept.
 */
static const struct auth_key *
key_of(const struct engine *e)
{
	uint32_t id = e->conf.sibling.key_id;
	const struct auth_key *other = auth_find_other(e->keys, id);

	return e->pair.older_key && other != NULL ? other :
						    auth_find(e->keys, id);
}

void
engine_miss_sibling(struct engine *e, const struct now *now)
{
	struct sibling *l = &e->pair.link;

	if (!l->source.asked)
		return;
	sibling_miss(l, now->mono);
	if (l->source.missed > 0 && l->source.missed % OTHER_KEY == 0)
		e->pair.older_key = !e->pair.older_key;
}

/* What mode 1 says of our clock, too (RFC 5905 9.2). */
static void
describe_clock(const struct server_time *t, struct packet *self)
{
	*self = (struct packet){ .leap = t->leap,
		.stratum = t->stratum < STRATUM_UNSYNC ? t->stratum : 0,
		.precision = t->precision,
		.refid = t->refid,
		.root_delay = ntp32_from_s(t->root_delay_s),
		.root_disp = ntp32_from_s(t->root_disp_s) };
	if (t->updated.ns != 0)
		self->reference = ntp64_from_wall(t->updated);
}

bool
engine_ask_sibling(struct engine *e, const struct now *now,
    struct engine_order *out)
{
	struct sibling *l = &e->pair.link;

	if (!e->conf.sibling.on)
		return false;
	describe_clock(&e->serving, &l->peer.self);
	if (!sibling_ask(l, now->mono, now->wall, now->chance, key_of(e),
		out->pkt, &out->len, &out->to))
		return false;
	out->want = ENGINE_SEND;
	out->source = ENGINE_SIBLING;
	out->peer = e->conf.sibling.symmetric;
	return true;
}

void
engine_tell_sibling(struct engine *e, const struct now *now)
{
	if (!e->conf.sibling.on)
		return;
	e->publish = true; /* what we say is new */
	sibling_hurry(&e->pair.link, now->mono);
}

void
engine_poked(struct engine *e, const struct now *now)
{
	engine_observe(e, now);
	if (e->conf.sibling.on)
		sibling_poked(&e->pair.link, now->mono);
}

bool
engine_comes_first(const struct engine *e)
{
	const struct sibling *l = &e->pair.link;
	int order = strcmp(e->conf.name, l->word.name);

	return order < 0 || (order == 0 && l->life < l->word.life);
}

bool
engine_covered(const struct engine *e, unsigned i)
{
	const struct link_word *w = &e->pair.link.word;

	if (!e->pair.on)
		return false;
	if (w->state == ENGINE_STARTING) /* both begin: one is enough */
		return !engine_comes_first(e);
	/* It has what a burst would bring, though we may not yet know on
	 * which instants of ours. */
	for (unsigned k = 0; k < w->items; k++)
		if (w->item[k].samples == LINK_SAMPLES &&
		    addr_equal(&w->item[k].addr,
			&e->source[i].source.conf.addr))
			return true;
	return false;
}

void
engine_part(struct engine *e, const struct now *now)
{
	struct engine_pair *p = &e->pair;

	p->on = p->leads = p->follows = false;
	schedule_pair(&e->schedule, 0, now->mono, &e->rng);
	for (unsigned i = 0; i < e->conf.count; i++)
		schedule_warned(&e->schedule, i, false, false);
	engine_lean_end(e);
}

/* The other is heard, or no longer. */
static void
look(struct engine *e, const struct now *now)
{
	struct engine_pair *p = &e->pair;
	bool heard = sibling_heard(&p->link, now->mono);
	bool on = heard && !p->dropped;

	if (on == p->on)
		return;
	p->on = on;
	engine_say(e, on ? EVENT_SIBLING_PAIRED : EVENT_SIBLING_LOST,
	    on ? "host=%s state=paired name=%s: taking turns" :
		 "host=%s state=%s: asking alone",
	    e->conf.sibling.host,
	    on		   ? p->link.word.name :
		p->dropped ? "dropped" :
			     "unheard");
	if (on)
		return;
	engine_part(e, now);
	engine_reconsider(e, now);
}

/* ---- what it says ---- */

int
engine_at(const struct engine *e, const struct addr *a)
{
	for (unsigned i = 0; i < e->conf.count; i++)
		if (addr_equal(&e->source[i].source.conf.addr, a))
			return (int)i;
	return -1;
}

/* It has started anew: what we knew of it was another. */
static void
meet(struct engine *e)
{
	struct engine_pair *p = &e->pair;

	p->life = p->link.word.life;
	memset(p->known, 0, sizeof(p->known));
	for (unsigned i = 0; i < ENGINE_SOURCES; i++)
		e->source[i].has_shared = false;
	estimate_forget_shared(&e->estimate);
	engine_lean_end(e);
	p->odd = 0;
}

static void
take_word(struct engine *e, const struct now *now)
{
	struct engine_pair *p = &e->pair;

	if (p->link.word.life != p->life)
		meet(e);
	look(e, now);
	if (!p->on)
		return;
	engine_read_word(e, now);
	schedule_pair(&e->schedule, p->link.word.interval_s, now->mono,
	    &e->rng);
	sibling_pace(&p->link, schedule_interval(&e->schedule));
	engine_share(e, now);
	if (!p->on) /* it was found mad */
		return;
	engine_lean(e, now);
	engine_lead(e, now);
	engine_steer(e, now);
}

bool
engine_is_plain(const struct engine *e)
{
	const struct sibling *l = &e->pair.link;

	return e->conf.sibling.on && !e->pair.dropped &&
	    l->kind == SIBLING_PLAIN && l->ever &&
	    l->source.missed <= SIBLING_HEARD;
}

unsigned
engine_voices(const struct engine_conf *c)
{
	return c->count + c->sibling.on;
}

/* A stranger's sample: from one more source. */
static void
take_sample(struct engine *e, const struct now *now)
{
	struct engine_pair *p = &e->pair;

	engine_reconsider(e, now);
	if (!e->truth.majority || !p->truechimer)
		return;
	estimate_add(&e->estimate, e->conf.count, &p->link.sample);
	engine_repace(e, now);
	engine_steer(e, now);
}

/* Something came: a word, a stranger's sample, or nothing of worth. */
static void
heard(struct engine *e, enum sibling_verdict v, const struct now *now)
{
	e->sums.sibling_verdict[v]++;
	if (v == SIBLING_WORD)
		take_word(e, now);
	else if (v == SIBLING_SAMPLE)
		take_sample(e, now);
	look(e, now);
}

bool
engine_hear_sibling(struct engine *e, const struct arrival *a,
    const struct now *now)
{
	struct sibling *l = &e->pair.link;

	if (!l->source.asked)
		return true;
	e->sums.heard++;
	heard(e, sibling_receive(l, a, key_of(e), &e->scale), now);
	return !l->source.asked;
}

void
engine_peer(struct engine *e, const struct arrival *a, struct wall came,
    const struct now *now)
{
	engine_observe(e, now);
	if (e->conf.sibling.on && e->conf.sibling.symmetric)
		heard(e,
		    sibling_peer(&e->pair.link, a, came, key_of(e), &e->scale),
		    now);
}

void
engine_expire_sibling(struct engine *e, const struct now *now)
{
	struct sibling *l = &e->pair.link;

	if (!e->conf.sibling.on)
		return;
	if (now->mono.ns >= l->deadline.ns)
		engine_miss_sibling(e, now);
	if (e->pair.on)
		look(e, now);
	if (e->pair.plain && !engine_is_plain(e))
		engine_reconsider(e, now);
}

bool
engine_accept_sibling(struct engine *e, const struct now *now)
{
	struct engine_pair *p = &e->pair;

	engine_observe(e, now);
	if (!p->dropped)
		return false;
	p->dropped = false;
	p->why[0] = '\0';
	p->odd = 0;
	engine_say(e, EVENT_SIBLING_ACCEPTED,
	    "host=%s trusted again by the operator", e->conf.sibling.host);
	sibling_hurry(&p->link, now->mono);
	return true;
}
