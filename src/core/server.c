/* SPDX-License-Identifier: ISC */
#include "core/server.h"

#include "core/ctl.h"

#include <math.h>
#include <string.h>

#define VERSION_MIN 1
#define VERSION_MAX 4
#define UNSYNC_DISP_S 16.0   /* MAXDISP: as far off as can be said */
#define KISS_RATE 0x52415445 /* "RATE" */
#define POLL_MAX 17	     /* RFC 5905 7.3 */

/* The mode of a reply to it; 0 if it is not a request. */
static uint8_t
reply_mode(const struct packet *p, const struct addr *from)
{
	if (p->mode == MODE_CLIENT)
		return MODE_SERVER;
	if (p->mode == MODE_SYMMETRIC_ACTIVE)
		return MODE_SYMMETRIC_PASSIVE;
	if (p->version == 1 && p->mode == 0 && from->port != NTP_PORT)
		return MODE_SERVER;
	return 0;
}

/* Was it sent from a socket that we serve on? */
static bool
from_ourselves(const struct server *s, const struct server_request *r)
{
	for (unsigned i = 0; i < s->own_count; i++) {
		const struct addr *own = &s->own[i];

		if (own->port != r->from.port)
			continue;
		if (addr_is_any(own))
			own = &r->to;
		if (addr_same_host(own, &r->from))
			return true;
	}
	return false;
}

/* A request, as far as it was understood. */
struct question {
	struct packet packet;
	struct packet_tail tail;
	const struct auth_key *key; /* for the reply, too; NULL: none */
	bool sibling;		    /* it has the sibling's key */
};

/* Finds the key; false if the request is not to be answered. */
static bool
authentic(const struct server *s, const struct server_request *r,
    struct question *q)
{
	const struct auth_claim claim = { .pkt = r->pkt,
		.len = r->len,
		.mac_len = q->tail.mac_len,
		.id = q->tail.key_id,
		.from = &r->from };

	if (q->tail.kind == TAIL_NONE)
		return true;
	if (q->tail.kind != TAIL_MAC)
		return false; /* a crypto-NAK is no request */
	q->key = auth_check(&s->keys, &claim);
	return q->key != NULL;
}

/* Could it be the sibling as a peer?  Only its MAC can tell. */
static bool
is_peers(const struct server *s, const struct packet *q)
{
	return s->sibling.on && s->sibling.symmetric &&
	    (q->mode == MODE_SYMMETRIC_ACTIVE ||
		q->mode == MODE_SYMMETRIC_PASSIVE);
}

/* Who has the sibling's key is the sibling: the key is bound to its addresses,
 * or, if to none, it must come from one of those that were configured. */
static bool
from_sibling(const struct server *s, const struct server_request *r,
    const struct auth_key *key)
{
	const struct sibling_conf *b = &s->sibling;

	if (!b->on || key == NULL || key->id != b->key_id)
		return false;
	if (key->addr_count > 0 || b->addrs == 0)
		return true;
	for (unsigned i = 0; i < b->addrs; i++)
		if (addr_same_host(&b->addr[i], &r->from))
			return true;
	return false;
}

/* Our word behind the header, if the sibling's question has room for it. */
static bool
add_word(const struct server_request *r, const struct question *q,
    uint8_t reply[PACKET_MAX])
{
	if (!q->sibling || q->packet.mode != MODE_CLIENT || r->word == NULL ||
	    link_find(r->pkt, &q->tail) == NULL)
		return false;
	memcpy(reply + PACKET_SIZE, r->word, LINK_FIELD);
	link_stamp(reply + PACKET_SIZE, r->came, r->left);
	return true;
}

/* What is said of the clock itself (RFC 5905 figure 31, fast_xmit). */
static struct packet
describe(const struct server_time *t, struct wall now)
{
	/* Of a clock that was set back since, the age is not known to be
	 * less than the step. */
	double age = fabs(wall_sub(now, t->updated));
	struct packet p = {
		.leap = t->leap,
		.stratum = t->stratum,
		.precision = t->precision,
		.refid = t->refid,
		.root_delay = ntp32_from_s(t->root_delay_s),
		.root_disp = ntp32_from_s(t->root_disp_s + t->disp_rate * age),
	};

	/* A clock that was never set has no reference time. */
	if (t->updated.ns != 0)
		p.reference = ntp64_from_wall(t->updated);
	if (t->leap == LEAP_UNSYNC || t->stratum == 0 ||
	    t->stratum >= STRATUM_UNSYNC) {
		p.leap = LEAP_UNSYNC;
		p.stratum = STRATUM_UNSYNC;
		p.refid = 0;
		p.root_delay = 0;
		p.root_disp = ntp32_from_s(UNSYNC_DISP_S);
	}
	return p;
}

bool
server_tells(const struct server *s, const struct addr *a)
{
	for (unsigned i = 0; i < s->control_count; i++)
		if (prefix_holds(&s->control[i], a))
			return true;
	return false;
}

/* Who may not is told nothing, and not that there is something to ask. */
static enum server_verdict
judge_control(const struct server *s, const struct server_request *r)
{
	if (!server_tells(s, &r->from) || addr_is_multicast(&r->to) ||
	    !ctl_is_request(r->pkt, r->len))
		return SERVER_MODE;
	return from_ourselves(s, r) ? SERVER_OURSELVES : SERVER_CONTROL;
}

/* Whether and how it is to be answered; the last word on it but for the
 * sibling's question. */
static enum server_verdict
judge(const struct server *s, const struct server_request *r,
    struct question *q)
{
	struct packet *p = &q->packet;

	if (r->len >= CTL_HEADER && packet_mode(r->pkt) == MODE_CONTROL)
		return judge_control(s, r);
	if (!packet_read(p, r->pkt, r->len))
		return SERVER_SHORT;
	if (p->version < VERSION_MIN || p->version > VERSION_MAX)
		return SERVER_VERSION;
	if (reply_mode(p, &r->from) == 0 && !is_peers(s, p))
		return SERVER_MODE;
	if (from_ourselves(s, r))
		return SERVER_OURSELVES;
	if (!access_allowed(&s->access, &r->from))
		return SERVER_DENIED;
	if (r->len > PACKET_MAX)
		return SERVER_MALFORMED;
	q->tail = packet_tail_read(r->pkt, r->len);
	if (q->tail.kind == TAIL_MALFORMED)
		return SERVER_MALFORMED;
	if (!authentic(s, r, q))
		return SERVER_BAD_MAC;
	q->sibling = from_sibling(s, r, q->key);
	if (q->sibling && is_peers(s, p))
		return SERVER_PEER;
	return reply_mode(p, &r->from) == 0 ? SERVER_MODE : SERVER_ANSWERED;
}

enum server_verdict
server_reply(const struct server *s, const struct server_time *t,
    const struct server_request *r, struct wall now, uint8_t reply[PACKET_MAX],
    size_t *reply_len)
{
	struct question q = { 0 };
	enum server_verdict v = judge(s, r, &q);

	if (v != SERVER_ANSWERED)
		return v;

	struct packet p = describe(t, now);

	p.version = q.packet.version;
	p.mode = reply_mode(&q.packet, &r->from);
	p.poll = q.packet.poll;
	p.origin = q.packet.transmit;
	p.receive = ntp64_from_wall(r->t2);
	p.transmit = ntp64_from_wall(now);
	packet_write(&p, reply);
	*reply_len = PACKET_SIZE;
	if (add_word(r, &q, reply)) {
		*reply_len += LINK_FIELD;
		v = SERVER_SIBLING;
	}
	if (q.key != NULL) /* the request's own MAC was as long */
		*reply_len = auth_sign(q.key, reply, *reply_len, PACKET_MAX);
	return v;
}

/* The shortest poll exponent that keeps to the interval. */
static int8_t
poll_of(double interval_s)
{
	int8_t poll = 0;

	while (poll < POLL_MAX && ldexp(1, poll) < interval_s)
		poll++;
	return poll;
}

size_t
server_kiss(const struct server *s, const struct server_request *r,
    double interval_s, uint8_t reply[PACKET_MAX])
{
	const struct packet_tail tail = packet_tail_read(r->pkt, r->len);
	const struct auth_key *key = NULL;
	int8_t poll = poll_of(interval_s);
	struct packet p;

	packet_read(&p, reply, PACKET_SIZE);
	p.leap = LEAP_UNSYNC;
	p.stratum = 0;
	p.refid = KISS_RATE;
	p.root_delay = p.root_disp = 0;
	p.reference = (struct ntp64){ 0 };
	if (p.poll < poll)
		p.poll = poll;
	packet_write(&p, reply);
	if (tail.kind == TAIL_MAC)
		key = auth_check(&s->keys,
		    &(struct auth_claim){ .pkt = r->pkt,
			.len = r->len,
			.mac_len = tail.mac_len,
			.id = tail.key_id,
			.from = &r->from });
	if (key == NULL)
		return PACKET_SIZE;
	return auth_sign(key, reply, PACKET_SIZE, PACKET_MAX);
}

const char *
server_verdict_name(enum server_verdict v)
{
	static const char *const name[SERVER_VERDICTS] = {
		[SERVER_ANSWERED] = "answered",
		[SERVER_DENIED] = "denied",
		[SERVER_SHORT] = "short",
		[SERVER_VERSION] = "version",
		[SERVER_MODE] = "mode",
		[SERVER_OURSELVES] = "ourselves",
		[SERVER_MALFORMED] = "malformed",
		[SERVER_BAD_MAC] = "bad MAC",
		[SERVER_SIBLING] = "sibling",
		[SERVER_PEER] = "peer",
		[SERVER_CONTROL] = "control",
	};

	return v < SERVER_VERDICTS ? name[v] : "unknown";
}

uint32_t
server_refid(const struct addr *a)
{
	uint8_t digest[AUTH_HASH_MAX];
	const uint8_t *id = a->ip;

	if (a->family == ADDR_V6) {
		auth_hash(AUTH_MD5, a->ip, sizeof(a->ip), digest);
		id = digest;
	}
	return (uint32_t)id[0] << 24 | (uint32_t)id[1] << 16 |
	    (uint32_t)id[2] << 8 | id[3];
}
