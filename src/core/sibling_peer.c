/* SPDX-License-Identifier: ISC */
#include "core/sibling_parts.h"

#include <math.h>

#define RANDOM 0xfffu /* bits of a stamp below a microsecond */
#define PRECISION (-20)
#define PHI 15e-6    /* s/s, RFC 5905: what an exchange loses by taking long */
#define STEPPED 1e-3 /* s/s: no two clocks differ so much by rate */

/* What we tell of our clock, and nothing while nobody told us. */
static struct packet
describe(const struct sibling *s)
{
	struct packet p = s->peer.self;

	if (p.stratum == 0)
		p = (struct packet){ .leap = LEAP_UNSYNC };
	p.version = 4;
	p.mode = MODE_SYMMETRIC_ACTIVE;
	p.poll = (int8_t)round(log2(fmax(s->period_s, SIBLING_STRANGER_S)));
	if (p.precision == 0)
		p.precision = PRECISION;
	return p;
}

void
sibling_peer_question(struct sibling *s, struct wall wall, uint64_t cookie,
    uint8_t pkt[PACKET_MAX])
{
	struct packet p = describe(s);
	uint64_t stamp = ntp64_from_wall(wall).v;

	/* opens it; the cookie is a time here, as peers expect */
	source_question(&s->source,
	    (stamp & ~(uint64_t)RANDOM) | (cookie & RANDOM), pkt);
	p.transmit = s->source.cookie;
	if (s->peer.theirs.v != 0) {
		p.origin = s->peer.theirs;
		p.receive = ntp64_from_wall(s->peer.came);
	}
	packet_write(&p, pkt);
}

/* Is it from one of its addresses?  Then that one is asked from now on. */
static bool
from_it(struct sibling *s, const struct addr *from)
{
	for (unsigned i = 0; i < s->conf.addrs; i++)
		if (addr_equal(&s->conf.addr[i], from)) {
			s->to = i;
			s->source.conf.addr = *from;
			return true;
		}
	return false;
}

/* Header, MAC and address. */
static enum source_verdict
check(struct sibling *s, const struct arrival *a, const struct auth_key *key,
    struct packet *p)
{
	struct packet_tail tail;
	enum source_verdict v;

	if (!packet_read(p, a->pkt, a->len))
		return SOURCE_SHORT;
	if ((p->mode != MODE_SYMMETRIC_ACTIVE &&
		p->mode != MODE_SYMMETRIC_PASSIVE) ||
	    p->version < 1 || p->version > 4 || !s->conf.symmetric)
		return SOURCE_WRONG_MODE;
	tail = packet_tail_read(a->pkt, a->len);
	if (tail.kind == TAIL_MALFORMED || p->transmit.v == 0)
		return SOURCE_MALFORMED;
	if (s->conf.key_id == 0)
		return SOURCE_BAD_MAC;
	v = source_check_mac(&s->source, a, &tail, key);
	if (v == SOURCE_SAMPLE && !from_it(s, &a->from))
		v = SOURCE_STRANGER;
	return v;
}

/*
 * How long the exchange took.  A peer answers when its own turn comes, a
 * minute later perhaps, and our raw clock may be off by 50 ppm: the served
 * one knows better, unless it was stepped.
 */
static double
elapsed(const struct sibling *s, struct mono t4, struct wall came)
{
	double raw = mono_sub(t4, s->source.sent);
	double served = wall_sub(came, s->asked_wall) -
	    mono_sub(s->source.sent, s->asked_at);

	if (fabs(served - raw) > STEPPED * raw + 1e-6)
		return raw;
	return served;
}

static enum sibling_verdict
measure(struct sibling *s, const struct packet *p, struct mono t4,
    struct wall came, const struct scale *scale)
{
	double took = elapsed(s, t4, came);
	enum source_verdict v = source_measure(&s->source, p, t4, took, scale);
	struct sample *sample = &s->source.sample[0];
	struct wall t1 = wall_add(came, -took);

	source_close(&s->source, v, true);
	if (v != SOURCE_SAMPLE)
		return SIBLING_REFUSED;
	sample->root_disp += PHI * took;
	s->served_known = true;
	s->served_offset = (ntp64_sub(p->receive, ntp64_from_wall(t1)) +
			       ntp64_sub(p->transmit, ntp64_from_wall(came))) /
	    2;
	return sibling_sampled(s, t4);
}

/* Counted, and of no further use; the question stays open. */
static enum sibling_verdict
refuse(struct sibling *s, enum source_verdict v)
{
	source_close(&s->source, v, false);
	return SIBLING_REFUSED;
}

static enum sibling_verdict
hear(struct sibling *s, const struct arrival *a, struct wall came,
    const struct auth_key *key, const struct scale *scale)
{
	struct packet p;
	enum source_verdict v = check(s, a, key, &p);
	bool answer = v == SOURCE_SAMPLE && s->source.asked &&
	    p.origin.v == s->source.cookie.v;

	if (v != SOURCE_SAMPLE)
		return refuse(s, v);
	/* An old packet, its MAC still good, must not become what we answer
	 * to; only who answers us may have set his clock back. */
	if (s->peer.theirs.v != 0 &&
	    (p.transmit.v == s->peer.theirs.v ||
		(!answer && ntp64_sub(p.transmit, s->peer.theirs) < 0)))
		return refuse(s, SOURCE_UNASKED);
	s->peer.theirs = p.transmit;
	s->peer.came = came;
	if (!answer)
		return refuse(s, SOURCE_UNASKED);
	return measure(s, &p, a->at, came, scale);
}

enum sibling_verdict
sibling_peer(struct sibling *s, const struct arrival *a, struct wall came,
    const struct auth_key *key, const struct scale *scale)
{
	return sibling_count(s, hear(s, a, came, key, scale));
}
