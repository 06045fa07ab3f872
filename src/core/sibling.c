/* SPDX-License-Identifier: ISC */
#include "core/sibling_parts.h"

#include <math.h>
#include <string.h>

#define ANSWER_S 1.0 /* a LAN is quicker */
#define SLOWER 1.1   /* after each question that a sibling never heard misses */
#define HURRY_S 1.0  /* not twice within that, */
#define HURRY_PART 0.25	 /* or that part of the period: turns yield one */
#define TRIES 4		 /* with our field, before one without */
#define AGAIN_S 3600.0	 /* a stranger is asked with our field */
#define SPOKEN_S 86400.0 /* who spoke our field has to */
#define SPEAKS_S 4.0	 /* who asks with our field is asked with it */
#define SILENT 8	 /* questions; then a stranger may be another */
#define HELD_S 1e-3	 /* rates and stamps, in how long a question was held */

void
sibling_init(struct sibling *s, const struct sibling_conf *conf, uint64_t life,
    struct mono now)
{
	*s = (struct sibling){ .conf = *conf,
		.life = life != 0 ? life : 1,
		.due = now,
		.deadline = MONO_NEVER,
		.period_s = SIBLING_PERIOD_MIN_S,
		.rhythm_s = SIBLING_PERIOD_MIN_S };
	struct source_conf sc = { .addr = conf->addr[0],
		.key_id = conf->key_id };

	memcpy(sc.host, conf->host, sizeof(sc.host));
	source_init(&s->source, &sc);
	sibling_forget_pair(s);
}

/* The index of an address in conf; -1 if it is none of its. */
static int
place(const struct sibling_conf *conf, const struct addr *a)
{
	for (unsigned i = 0; i < conf->addrs && i < SIBLING_ADDRS; i++)
		if (addr_equal(&conf->addr[i], a))
			return (int)i;
	return -1;
}

/* Asks another address from now on. */
static void
turn_to(struct sibling *s, unsigned i)
{
	s->to = i;
	s->source.conf.addr = s->conf.addr[i];
}

static bool
one_stays(const struct sibling *s, const struct sibling_conf *conf)
{
	for (unsigned i = 0; i < s->conf.addrs; i++)
		if (place(conf, &s->conf.addr[i]) >= 0)
			return true;
	return false;
}

void
sibling_configure(struct sibling *s, const struct sibling_conf *conf,
    struct mono now)
{
	struct addr asked = s->source.conf.addr;
	int to = place(conf, &asked);

	if (!conf->on || conf->symmetric != s->conf.symmetric ||
	    !one_stays(s, conf)) {
		sibling_init(s, conf, s->life, now);
		return;
	}
	if (to < 0 || conf->key_id != s->conf.key_id) {
		s->source.asked = false;
		s->source.cookie.v = 0;
		s->due = mono_min(s->due, mono_add(now, HURRY_S));
	}
	s->conf = *conf;
	memcpy(s->source.conf.host, conf->host, sizeof(conf->host));
	s->source.conf.key_id = conf->key_id;
	turn_to(s, to < 0 ? 0 : (unsigned)to);
}

bool
sibling_is_stranger(const struct sibling *s)
{
	return s->conf.symmetric || s->conf.key_id == 0 ||
	    s->kind == SIBLING_PLAIN;
}

struct mono
sibling_next(const struct sibling *s)
{
	if (!s->conf.on || s->conf.addrs == 0)
		return MONO_NEVER;
	return s->source.asked ? s->deadline : s->due;
}

static double
period(const struct sibling *s)
{
	return sibling_is_stranger(s) ? fmax(s->period_s, SIBLING_STRANGER_S) :
					s->period_s;
}

/* Asks as soon as it may. */
static void
hasten(struct sibling *s, struct mono now)
{
	struct mono may =
	    mono_add(s->asked_at, fmin(HURRY_PART * s->period_s, HURRY_S));

	if (sibling_is_stranger(s))
		return;
	if (may.ns < now.ns || s->asked_at.ns == 0)
		may = now;
	s->due = mono_min(s->due, may);
}

void
sibling_poked(struct sibling *s, struct mono now)
{
	/* It speaks our field: it came just after we had asked without. */
	if (s->kind == SIBLING_PLAIN && !s->conf.symmetric &&
	    s->conf.key_id != 0 && mono_sub(now, s->tried) >= SPEAKS_S) {
		s->kind = SIBLING_UNKNOWN;
		s->unfielded = 0;
	}
	hasten(s, now);
}

void
sibling_hurry(struct sibling *s, struct mono now)
{
	s->news = true;
	hasten(s, now);
}

void
sibling_pace(struct sibling *s, double interval_s)
{
	s->period_s = fmin(fmax(interval_s / 4, SIBLING_PERIOD_MIN_S),
	    SIBLING_PERIOD_MAX_S);
	if (s->asked_at.ns != 0)
		s->due = mono_min(s->due, mono_add(s->asked_at, period(s)));
}

/* It spoke our field, and lately: without it, it is not believed. */
static bool
must_speak(const struct sibling *s, struct mono now)
{
	return s->spoke && mono_sub(now, s->spoke_at) < SPOKEN_S;
}

/*
 * One in five without: with up to four addresses, asked in turn, that comes
 * to each of them.
 */
static bool
with_field(const struct sibling *s, struct mono now)
{
	if (s->conf.symmetric || s->conf.key_id == 0)
		return false;
	if (s->kind == SIBLING_PLAIN)
		return mono_sub(now, s->tried) >= AGAIN_S;
	return s->unfielded < TRIES || must_speak(s, now);
}

/* The question in pkt, but for the MAC: its length. */
static size_t
put_question(struct sibling *s, struct mono now, struct wall wall,
    uint64_t cookie, uint8_t pkt[PACKET_MAX])
{
	s->fielded = with_field(s, now);
	if (s->conf.symmetric)
		sibling_peer_question(s, wall, cookie, pkt);
	else
		source_question(&s->source, cookie, pkt);
	if (!s->fielded)
		return PACKET_SIZE;
	link_ask(pkt + PACKET_SIZE, s->news);
	s->news = false;
	s->tried = now;
	return PACKET_SIZE + LINK_FIELD;
}

bool
sibling_ask(struct sibling *s, struct mono now, struct wall wall,
    uint64_t cookie, const struct auth_key *key, uint8_t pkt[PACKET_MAX],
    size_t *len, struct addr *to)
{
	if (!s->conf.on || s->conf.addrs == 0 || s->source.asked ||
	    now.ns < s->due.ns)
		return false;
	s->due = mono_add(now, period(s));
	if (key == NULL && (s->conf.key_id != 0 || s->conf.symmetric))
		return false;
	*len = put_question(s, now, wall, cookie, pkt);
	if (s->conf.key_id != 0)
		*len = auth_sign(key, pkt, *len, PACKET_MAX);
	*to = s->source.conf.addr;
	s->asked_at = now;
	s->asked_wall = wall;
	s->deadline = s->conf.symmetric ? s->due : mono_add(now, ANSWER_S);
	return true;
}

enum sibling_verdict
sibling_count(struct sibling *s, enum sibling_verdict v)
{
	s->verdicts[v]++;
	return v;
}

/* What is the same for all good answers. */
static void
note_heard(struct sibling *s, struct mono at)
{
	if (!s->ever)
		s->met = at;
	s->ever = true;
	s->heard = at;
	s->rhythm_s = period(s);
	s->unfielded = 0;
}

enum sibling_verdict
sibling_sampled(struct sibling *s, struct mono at)
{
	s->sample = s->source.sample[0];
	s->delay = s->sample.delay;
	s->kind = SIBLING_PLAIN;
	note_heard(s, at);
	/* it was asked as one of ours is, until now */
	s->due = mono_add(s->asked_at, period(s));
	return SIBLING_SAMPLE;
}

/*
 * Its served clock against ours, RFC 5905 section 8.  Ours at T4 is T1's
 * reading and what the raw clock says went by: a LAN is quick.
 */
static void
compare_served(struct sibling *s, const struct packet *p, struct mono t4)
{
	struct wall t1 =
	    wall_add(s->asked_wall, mono_sub(s->source.sent, s->asked_at));
	struct wall end = wall_add(t1, mono_sub(t4, s->source.sent));

	if (p->receive.v == 0 || p->transmit.v == 0)
		return;
	s->served_known = true;
	s->served_offset = (ntp64_sub(p->receive, ntp64_from_wall(t1)) +
			       ntp64_sub(p->transmit, ntp64_from_wall(end))) /
	    2;
}

/* Could that word have been written by who wrote the last one, now? */
static bool
goes_on(const struct sibling *s, const struct link_word *w, struct mono t4)
{
	const struct link_word *last = &s->word;
	double held = mono_sub(w->left, w->came);
	double elapsed = mono_sub(t4, s->source.sent);

	if (held < 0 || elapsed < 0 || held > elapsed + HELD_S)
		return false;
	return w->life != last->life ||
	    (w->at.ns >= last->at.ns && w->came.ns >= last->came.ns &&
		w->left.ns >= last->left.ns);
}

static void
take_word(struct sibling *s, const struct link_word *w, struct mono t4)
{
	double elapsed = mono_sub(t4, s->source.sent);

	if (w->life != s->word.life) {
		sibling_forget_pair(s);
		s->met = t4;
	}
	note_heard(s, t4);
	s->kind = SIBLING_LINK;
	s->doubtful = false;
	s->spoke = true;
	s->spoke_at = t4;
	s->word = *w;
	s->delay = fmax(elapsed - mono_sub(w->left, w->came), 1e-7);
	sibling_pair(s, w, s->source.sent, t4, s->delay);
}

/* The answer to our question, with a field: its MAC is good. */
static enum sibling_verdict
hear_word(struct sibling *s, const uint8_t *field, const struct packet *p,
    struct mono t4)
{
	struct link_word w;

	if (!link_read(&w, field))
		return SIBLING_MALFORMED;
	if (w.life == s->life)
		return SIBLING_OURSELVES;
	if (!goes_on(s, &w, t4))
		return SIBLING_MALFORMED;
	take_word(s, &w, t4);
	compare_served(s, p, t4);
	s->source.leap = p->leap;
	s->source.stratum = p->stratum;
	return SIBLING_WORD;
}

/*
 * The first answer without a word: from a stranger, or from a gateway that
 * was asked without our field when it came to life, or has no word yet.  Its
 * time is none to be believed then.
 */
static bool
is_doubtful(struct sibling *s, struct mono t4)
{
	if (s->kind != SIBLING_UNKNOWN || s->conf.key_id == 0 || s->doubtful)
		return false;
	s->doubtful = true;
	s->unfielded = TRIES - 1;
	s->due = mono_add(t4, SPEAKS_S);
	return true;
}

/* The answer to our question without a field, such as any server gives. */
static enum sibling_verdict
hear_plain(struct sibling *s, const struct packet *p, struct mono t4,
    const struct scale *scale)
{
	enum source_verdict v;

	if (must_speak(s, t4)) {
		source_close(&s->source, SOURCE_MALFORMED, true);
		return SIBLING_MALFORMED;
	}
	v = source_measure(&s->source, p, t4, mono_sub(t4, s->source.sent),
	    scale);
	source_close(&s->source, v, true);
	if (v != SOURCE_SAMPLE)
		return SIBLING_REFUSED;
	if (is_doubtful(s, t4))
		return SIBLING_MAYBE;
	compare_served(s, p, t4);
	return sibling_sampled(s, t4);
}

enum sibling_verdict
sibling_receive(struct sibling *s, const struct arrival *a,
    const struct auth_key *key, const struct scale *scale)
{
	struct packet p;
	struct packet_tail tail;
	enum source_verdict v = source_check(&s->source, a, key, &p, &tail);
	enum sibling_verdict said;
	const uint8_t *field;

	if (v == SOURCE_SAMPLE && (!s->conf.on || s->conf.symmetric))
		v = SOURCE_WRONG_MODE;
	if (v != SOURCE_SAMPLE) {
		source_close(&s->source, v, false);
		return sibling_count(s, SIBLING_REFUSED);
	}
	field = s->fielded ? link_find(a->pkt, &tail) : NULL;
	if (field == NULL)
		return sibling_count(s, hear_plain(s, &p, a->at, scale));
	said = hear_word(s, field, &p, a->at);
	source_close(&s->source,
	    said == SIBLING_WORD ? SOURCE_SAMPLE : SOURCE_MALFORMED, true);
	return sibling_count(s, said);
}

/* Nobody was there: another address, and another kind of question. */
static void
vary(struct sibling *s)
{
	if (s->fielded)
		s->unfielded++;
	else
		s->unfielded = 0;
	if (s->kind == SIBLING_PLAIN && s->source.missed >= SILENT) {
		s->kind = SIBLING_UNKNOWN;
		s->doubtful = false;
		s->unfielded = 0;
	}
	if (s->conf.addrs > 1)
		turn_to(s, (s->to + 1) % s->conf.addrs);
}

void
sibling_miss(struct sibling *s, struct mono now)
{
	/* A peer answers when its own turn comes. */
	if (s->conf.symmetric && now.ns < s->due.ns) {
		s->deadline = s->due;
		return;
	}
	source_miss(&s->source);
	vary(s);
	if (!s->ever) /* perhaps there is none yet */
		s->period_s = fmin(s->period_s * SLOWER, SIBLING_PERIOD_MAX_S);
	/* One packet lost is no reason to be silent for long. */
	if (sibling_heard(s, now))
		s->due = mono_min(s->due,
		    mono_add(s->asked_at, fmax(period(s) / 4, HURRY_S)));
}

bool
sibling_heard(const struct sibling *s, struct mono now)
{
	double most = SIBLING_HEARD * fmax(period(s), s->rhythm_s);

	return s->conf.on && s->ever && s->kind == SIBLING_LINK &&
	    mono_sub(now, s->heard) <= most;
}

const char *
sibling_verdict_name(enum sibling_verdict v)
{
	static const char *const name[SIBLING_VERDICTS] = {
		[SIBLING_WORD] = "word",
		[SIBLING_SAMPLE] = "sample",
		[SIBLING_MAYBE] = "doubtful",
		[SIBLING_REFUSED] = "refused",
		[SIBLING_MALFORMED] = "malformed",
		[SIBLING_OURSELVES] = "ourselves",
	};

	return v < SIBLING_VERDICTS ? name[v] : "?";
}
