/* SPDX-License-Identifier: ISC */
#include "core/server.h"

#include <math.h>

#define VERSION_MIN 1
#define VERSION_MAX 4
#define UNSYNC_DISP_S 16.0 /* MAXDISP: as far off as can be said */

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

/*
 * The key that the reply is to be signed with, NULL if with none; false if
 * the request is not to be answered.
 */
static bool
authentic(const struct server *s, const struct server_request *r,
    const struct packet_tail *tail, const struct auth_key **key)
{
	*key = NULL;
	if (tail->kind == TAIL_NONE)
		return true;
	if (tail->kind != TAIL_MAC)
		return false; /* a crypto-NAK is no request */
	*key = auth_find(&s->keys, tail->key_id);
	return *key != NULL && auth_bound(*key, &r->from) &&
	    auth_verify(*key, r->pkt, r->len, tail->mac_len);
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

enum server_verdict
server_reply(const struct server *s, const struct server_time *t,
    const struct server_request *r, struct wall now, uint8_t reply[PACKET_MAX],
    size_t *reply_len)
{
	const struct auth_key *key;
	struct packet_tail tail;
	struct packet q;

	if (!packet_read(&q, r->pkt, r->len))
		return SERVER_SHORT;
	if (q.version < VERSION_MIN || q.version > VERSION_MAX)
		return SERVER_VERSION;
	if (reply_mode(&q, &r->from) == 0)
		return SERVER_MODE;
	if (from_ourselves(s, r))
		return SERVER_OURSELVES;
	if (!access_allowed(&s->access, &r->from))
		return SERVER_DENIED;
	if (r->len > PACKET_MAX)
		return SERVER_MALFORMED;
	tail = packet_tail_read(r->pkt, r->len);
	if (tail.kind == TAIL_MALFORMED)
		return SERVER_MALFORMED;
	if (!authentic(s, r, &tail, &key))
		return SERVER_BAD_MAC;

	struct packet p = describe(t, now);

	p.version = q.version;
	p.mode = reply_mode(&q, &r->from);
	p.poll = q.poll;
	p.origin = q.transmit;
	p.receive = ntp64_from_wall(r->t2);
	p.transmit = ntp64_from_wall(now);
	packet_write(&p, reply);
	*reply_len = PACKET_SIZE;
	if (key != NULL) /* the request's own MAC was as long */
		*reply_len = auth_sign(key, reply, PACKET_SIZE, PACKET_MAX);
	return SERVER_ANSWERED;
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
