/* SPDX-License-Identifier: ISC */
#include "core/talk.h"

#include "base/fnv.h"
#include "core/packet.h"

#include <string.h>

#define WAYS 8 /* places where an entry can be */
#define SECOND INT64_C(1000000000)
#define RUN_S 3
#define EARLY_S 10 /* questions may have gone before the file began */
#define EARLY_MAX 2

enum role { QUESTION, ANSWER, CONTROL, REPLY, BROADCAST };

static void
bump(uint32_t *count, uint32_t n)
{
	*count = n > UINT32_MAX - *count ? UINT32_MAX : *count + n;
}

/* ---- addresses ---- */

struct addr
talk_addr(const uint8_t ip[16])
{
	return addr_v6(ip);
}

bool
talks_is_inside(const struct talks *t, const struct addr *a)
{
	for (unsigned i = 0; i < t->insides; i++)
		if (prefix_holds(&t->inside[i], a))
			return true;
	return false;
}

static const struct prefix private[] = {
	{ { ADDR_V4, { 10 }, 0, 0 }, 8 },
	{ { ADDR_V4, { 172, 16 }, 0, 0 }, 12 },
	{ { ADDR_V4, { 192, 168 }, 0, 0 }, 16 },
	{ { ADDR_V4, { 100, 64 }, 0, 0 }, 10 },
	{ { ADDR_V4, { 169, 254 }, 0, 0 }, 16 },
	{ { ADDR_V4, { 127 }, 0, 0 }, 8 },
	{ { ADDR_V6, { 0xfc }, 0, 0 }, 7 },
	{ { ADDR_V6, { 0xfe, 0x80 }, 0, 0 }, 10 },
	{ { ADDR_V6, { [15] = 1 }, 0, 0 }, 128 },
};

#define PRIVATE (sizeof(private) / sizeof(private[0]))

void
talks_init(struct talks *t)
{
	/* Places that were never used are not touched: most files are small. */
	for (size_t i = 0; t->pairs > 0 && i < TALK_PAIRS; i++)
		t->pair[i].packets = 0;
	for (size_t i = 0; t->hosts > 0 && i < TALK_HOSTS; i++)
		t->host[i].packets = 0;
	memset(t, 0, offsetof(struct talks, pair));
	memcpy(t->inside, private, sizeof(private));
	t->insides = PRIVATE;
}

bool
talks_inside(struct talks *t, const struct prefix *p)
{
	if (t->insides == PRIVATE &&
	    memcmp(t->inside, private, sizeof(private)) == 0)
		t->insides = 0;
	if (t->insides == TALK_INSIDE)
		return false;
	t->inside[t->insides++] = *p;
	return true;
}

/* ---- the tables ---- */

/* Who was seen least goes, and of those the one seen longest ago. */
static bool
goes_before(uint32_t packets, uint32_t seen, uint32_t p, uint32_t s)
{
	return packets != p ? packets < p : seen < s;
}

static struct talk_host *
find_host(const struct talks *t, const uint8_t ip[16])
{
	size_t set = fnv(FNV_BEGIN, ip, 16) % (TALK_HOSTS / WAYS);
	const struct talk_host *h = &t->host[set * WAYS];

	for (size_t i = 0; i < WAYS; i++)
		if (h[i].packets != 0 && memcmp(h[i].ip, ip, 16) == 0)
			return (struct talk_host *)&h[i];
	return NULL;
}

/* Makes room, but not where keep is. */
static struct talk_host *
add_host(struct talks *t, const struct addr *a, const struct talk_host *keep)
{
	uint8_t ip[16];
	struct talk_host *h, *old = NULL;

	addr_octets(a, ip);
	h = find_host(t, ip);
	if (h != NULL)
		return h;
	h = &t->host[fnv(FNV_BEGIN, ip, 16) % (TALK_HOSTS / WAYS) * WAYS];
	for (size_t i = 0; i < WAYS; i++) {
		if (&h[i] == keep)
			continue;
		if (old == NULL ||
		    goes_before(h[i].packets, h[i].seen, old->packets,
			old->seen))
			old = &h[i];
	}
	if (old->packets != 0)
		bump(&t->hosts_out, 1);
	else
		t->hosts++;
	memset(old, 0, sizeof(*old));
	memcpy(old->ip, ip, 16);
	old->inside = talks_is_inside(t, a);
	return old;
}

/* *way: of from to to. */
static struct talk_pair *
add_pair(struct talks *t, const struct talk_event *e, unsigned *way)
{
	uint8_t ip[2][16], from[16];
	struct talk_pair *p, *old;

	addr_octets(&e->from, from);
	addr_octets(&e->to, ip[1]);
	*way = memcmp(from, ip[1], 16) > 0;
	memcpy(ip[0], *way ? ip[1] : from, 16);
	if (*way)
		memcpy(ip[1], from, 16);
	p = &t->pair[fnv(FNV_BEGIN, ip, 32) % (TALK_PAIRS / WAYS) * WAYS];
	old = p;
	for (size_t i = 0; i < WAYS; i++) {
		if (p[i].packets != 0 && memcmp(p[i].ip, ip, 32) == 0)
			return &p[i];
		if (goes_before(p[i].packets, p[i].seen, old->packets,
			old->seen))
			old = &p[i];
	}
	if (old->packets != 0)
		bump(&t->pairs_out, 1);
	else
		t->pairs++;
	memset(old, 0, sizeof(*old));
	memcpy(old->ip, ip, 32);
	return old;
}

const struct talk_host *
talks_find(const struct talks *t, const struct addr *a)
{
	uint8_t ip[16];

	addr_octets(a, ip);
	return find_host(t, ip);
}

/* ---- question or answer? ---- */

static struct talk_open *
find_open(struct talk_pair *p, const struct talk_event *e, unsigned asker)
{
	for (unsigned i = 1; i <= TALK_OPEN; i++) { /* the last one first */
		struct talk_open *o = &p->open[(p->next - i) % TALK_OPEN];

		if (!o->used || o->way != asker)
			continue;
		if (o->stamped && e->stamped) {
			if (o->stamp == e->origin ||
			    (o->interleaved != 0 &&
				o->interleaved == e->origin))
				return o;
		} else if (o->port == e->to.port &&
		    e->at - o->at <= TALK_WAIT_S * SECOND) {
			return o;
		}
	}
	return NULL;
}

/* No mode: the ports tell, and where both are 123, who is where. */
static enum role
role_by_port(const struct talks *t, struct talk_pair *p,
    const struct talk_event *e, unsigned way)
{
	bool from_inside, to_inside;

	if (e->from.port != NTP_PORT)
		return e->octets > 0 && e->octets < TALK_TIME_MIN ? CONTROL :
								    QUESTION;
	if (e->to.port != NTP_PORT || find_open(p, e, !way) != NULL)
		return ANSWER;
	if (e->octets > 0 && e->octets < TALK_TIME_MIN)
		return CONTROL;
	from_inside = talks_is_inside(t, &e->from);
	to_inside = talks_is_inside(t, &e->to);
	if (from_inside != to_inside)
		return from_inside ? QUESTION : ANSWER;
	/* Who began, asks. */
	return p->way[!way].asked > p->way[way].asked ? ANSWER : QUESTION;
}

static enum role
role_of(const struct talks *t, struct talk_pair *p, const struct talk_event *e,
    unsigned way)
{
	struct talk_open *o;

	switch (e->mode) {
	case MODE_SYMMETRIC_ACTIVE:
		o = find_open(p, e, !way);
		return o != NULL && !o->done ? ANSWER : QUESTION;
	case MODE_CLIENT:
		return QUESTION;
	case MODE_SYMMETRIC_PASSIVE:
	case MODE_SERVER:
		return ANSWER;
	case MODE_BROADCAST:
		return BROADCAST;
	case MODE_CONTROL:
	case MODE_PRIVATE:
		return e->response ? REPLY : CONTROL;
	default:
		return role_by_port(t, p, e, way);
	}
}

/* ---- counting ---- */

struct scene {
	struct talks *t;
	const struct talk_event *e;
	struct talk_pair *p;
	struct talk_host *from, *to;
	unsigned way;
};

static void
count_both(const struct scene *s, size_t field, uint32_t n)
{
	bump((uint32_t *)((char *)&s->p->way[s->way] + field), n);
	bump((uint32_t *)((char *)&s->from->out + field), n);
	bump((uint32_t *)((char *)&s->to->in + field), n);
}

#define COUNT(s, member, n) count_both(s, offsetof(struct talk_way, member), n)

/* A kind of client: what a NAT leaves as it was. */
static void
hear_voice(uint16_t voice[TALK_VOICES], uint8_t *n, const struct talk_event *e)
{
	const uint8_t kind[3] = { e->ttl, e->version, (uint8_t)e->precision };
	uint16_t v = (uint16_t)fnv(FNV_BEGIN, kind, sizeof(kind));

	if (e->ttl == 0)
		return;
	for (unsigned i = 0; i < *n; i++)
		if (voice[i] == v)
			return;
	if (*n < TALK_VOICES)
		voice[(*n)++] = v;
}

static void
count_run(struct talk_way *w, const struct talk_event *e)
{
	int64_t gap = e->at - w->ask_last;
	bool near = w->asked + w->control > 0 && e->timed;

	if (near && gap <= RUN_S * SECOND)
		bump(&w->run, e->packets);
	else
		w->run = e->packets;
	if (w->run > w->run_max)
		w->run_max = w->run;
	if (near && gap <= SECOND && w->port != e->from.port)
		bump(&w->together, 1);
	if (w->asked + w->control == 0)
		w->ask_first = e->at;
	w->ask_last = e->at;
}

static void
note_question(const struct scene *s, bool control)
{
	const struct talk_event *e = s->e;
	struct talk_way *w = &s->p->way[s->way];
	struct talk_open *o = &s->p->open[s->p->next];

	if (w->asked + w->control == 0) {
		bump(&s->from->asked_peers, 1);
		bump(&s->to->asking_peers, 1);
	}
	count_run(w, e);
	if (s->from->out.asked + s->from->out.control == 0 ||
	    s->from->out.port != e->from.port)
		bump(&s->from->ports, 1);
	s->from->out.port = w->port = e->from.port;
	w->size = (uint16_t)(e->octets < UINT16_MAX ? e->octets : UINT16_MAX);
	hear_voice(s->from->said, &s->from->voices, e);
	hear_voice(s->to->heard, &s->to->voices_in, e);
	if (s->from->inside && !s->to->inside)
		bump(&s->t->questions_out, e->packets);
	if (control) {
		COUNT(s, control, e->packets);
		return;
	}
	COUNT(s, asked, e->packets);
	*o = (struct talk_open){ .at = e->at,
		.stamp = e->transmit,
		.interleaved = e->receive,
		.port = e->from.port,
		.way = (uint8_t)s->way,
		.used = true,
		.stamped = e->stamped };
	s->p->next = (uint8_t)((s->p->next + 1) % TALK_OPEN);
}

static void
note_large(const struct scene *s)
{
	uint32_t octets = s->e->octets;

	if (octets >= TALK_LARGE && octets >= 3u * s->p->way[!s->way].size)
		COUNT(s, large, s->e->packets);
}

/* An answer whose question is not in the file. */
static void
note_unseen(const struct scene *s, bool early)
{
	const struct talk_way *w = &s->p->way[s->way];

	if (w->unasked + w->early == 0)
		bump(&s->from->unseen_peers, 1);
	if (early) {
		s->p->early++;
		COUNT(s, early, s->e->packets);
		return;
	}
	if (w->unasked == 0)
		bump(&s->from->unasked_peers, 1);
	COUNT(s, unasked, s->e->packets);
}

static void
note_answer(const struct scene *s)
{
	const struct talk_event *e = s->e;
	struct talk_pair *p = s->p;
	struct talk_open *o = find_open(p, e, !s->way);

	note_large(s);
	if (o == NULL && e->at - s->t->first <= EARLY_S * SECOND &&
	    p->way[!s->way].asked == 0 && p->early < EARLY_MAX) {
		note_unseen(s, true);
		return;
	}
	if (o == NULL || (o->done && e->stamped)) {
		note_unseen(s, false);
		return;
	}
	o->done = true;
	COUNT(s, answered, e->packets);
	if (p->waited)
		return;
	p->waited = true;
	p->asker = !s->way;
	p->asker_port = o->port;
	p->asked_at = o->at;
	p->wait = e->at - o->at;
}

static void
note_size(const struct scene *s)
{
	const struct talk_event *e = s->e;
	uint64_t octets = (uint64_t)e->octets * e->packets;

	s->p->way[s->way].octets += octets;
	s->from->out.octets += octets;
	s->to->in.octets += octets;
	if (e->octets > s->from->largest)
		s->from->largest = e->octets;
	if (e->fate == TALK_BLOCKED)
		COUNT(s, blocked, e->packets);
}

static void
note_span(bool begun, int64_t *first, int64_t *last, int64_t at)
{
	if (!begun || at < *first)
		*first = at;
	if (!begun || at > *last)
		*last = at;
}

static void
note_time(const struct scene *s)
{
	const int64_t at = s->e->at;
	struct talk_way *w = &s->p->way[s->way];
	uint32_t second = (uint32_t)(at / SECOND);

	if (!s->e->timed)
		return;
	note_span(w->first != 0 || w->last != 0, &w->first, &w->last, at);
	note_span(s->from->timed, &s->from->first, &s->from->last, at);
	note_span(s->to->timed, &s->to->first, &s->to->last, at);
	note_span(s->t->timed, &s->t->first, &s->t->last, at);
	s->from->timed = s->to->timed = s->t->timed = true;
	if (second != s->from->second)
		s->from->in_second = 0;
	s->from->second = second;
	bump(&s->from->in_second, s->e->packets);
	if (s->from->in_second > s->from->peak)
		s->from->peak = s->from->in_second;
}

static void
note_role(const struct scene *s)
{
	const struct talk_event *e = s->e;

	switch (role_of(s->t, s->p, e, s->way)) {
	case QUESTION:
		note_question(s, false);
		break;
	case CONTROL:
		note_question(s, true);
		break;
	case ANSWER:
		note_answer(s);
		break;
	case REPLY:
		note_large(s);
		COUNT(s, replies, e->packets);
		break;
	case BROADCAST:
		bump(&s->from->broadcast, e->packets);
		break;
	}
}

/* The end of a session says how much came back, and nothing else new. */
static void
note_end(const struct scene *s)
{
	struct talk_event back = *s->e;
	struct scene answer = { s->t, &back, s->p, s->to, s->from, !s->way };

	if (s->e->answers == 0)
		return;
	back.from = s->e->to;
	back.to = s->e->from;
	back.packets = s->e->answers;
	COUNT(&answer, answered, back.packets);
}

void
talks_add(struct talks *t, const struct talk_event *e)
{
	struct scene s = { .t = t, .e = e };

	t->events++;
	s.p = add_pair(t, e, &s.way);
	s.from = add_host(t, &e->from, NULL);
	s.to = add_host(t, &e->to, s.from);
	bump(&s.p->packets, e->packets > 0 ? e->packets : 1);
	bump(&s.from->packets, e->packets > 0 ? e->packets : 1);
	bump(&s.to->packets, e->packets > 0 ? e->packets : 1);
	s.p->seen = s.from->seen = s.to->seen = t->events;
	t->packets += e->packets;
	t->stamped = t->stamped || e->stamped;
	note_time(&s);
	if (e->packets == 0) {
		note_end(&s);
		return;
	}
	s.from->modes |= (uint8_t)(e->mode != 0 ? 1u << e->mode : 0);
	s.from->versions |= (uint8_t)(e->version != 0 ? 1u << e->version : 0);
	if (e->mode == MODE_SYMMETRIC_ACTIVE ||
	    e->mode == MODE_SYMMETRIC_PASSIVE)
		bump(&s.from->symmetric, e->packets);
	note_role(&s);
	note_size(&s);
}
