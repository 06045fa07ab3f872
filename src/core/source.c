/* SPDX-License-Identifier: ISC */
#include "core/source.h"

#include "base/fnv.h"
#include "base/text.h"
#include "core/score.h"

#include <math.h>
#include <string.h>

#define DISTANCE_MAX_S 1.5	/* RFC 5905: MAXDIST */
#define REFERENCE_MAX_S 86400.0 /* RFC 5905: MAXAGE */
#define PHI 15e-6		/* s/s, RFC 5905: how a sample ages */
#define FUTURE_MAX_S 1.0 /* a server's clock may be read after it is set */

struct source_name
source_name_of(const char *host, uint16_t port)
{
	static const size_t most = SOURCE_HOST_MAX - sizeof("[]:65535");
	const bool plain = port == 0 || port == NTP_PORT;
	const char *open = strchr(host, ':') != NULL ? "[" : "";
	size_t len = strlen(host);
	struct source_name n;
	struct text t = TEXT(n.text);

	if (plain)
		text_add(&t, "%s", host);
	else if (len <= most)
		text_add(&t, "%s%s%s:%u", open, host, *open != '\0' ? "]" : "",
		    port);
	else
		text_add(&t, "%.*s~%016llx:%u", (int)(most - 17), host,
		    (unsigned long long)fnv(FNV_BEGIN, host, len), port);
	return n;
}

struct source_name
source_name(const struct source_conf *c)
{
	return source_name_of(c->host, c->addr.port);
}

void
source_init(struct source *s, const struct source_conf *conf)
{
	*s = (struct source){ .conf = *conf, .score = SCORE_NEW };
}

void
source_readdress(struct source *s, const struct addr *addr)
{
	const struct source was = *s;

	source_init(s, &was.conf);
	s->conf.addr = *addr;
	s->sent_count = was.sent_count;
	s->received_count = was.received_count;
	memcpy(s->verdicts, was.verdicts, sizeof(s->verdicts));
}

void
source_question(struct source *s, uint64_t cookie, uint8_t pkt[PACKET_MAX])
{
	struct packet p = { .version = 4, .mode = MODE_CLIENT };

	/* Zero is what a forger tries first, and the mark of no question. */
	s->cookie.v = cookie != 0 ? cookie : 1;
	p.transmit = s->cookie;
	packet_write(&p, pkt);
	s->asked = true;
	s->answered = false;
}

size_t
source_ask(struct source *s, uint64_t cookie, const struct auth_key *key,
    uint8_t pkt[PACKET_MAX])
{
	source_question(s, cookie, pkt);
	if (key == NULL)
		return PACKET_SIZE;
	return auth_sign(key, pkt, PACKET_SIZE, PACKET_MAX);
}

void
source_sent(struct source *s, struct mono t1)
{
	s->sent = t1;
	s->sent_count++;
	s->reach = (uint8_t)(s->reach << 1);
}

enum source_verdict
source_check_mac(const struct source *s, const struct arrival *a,
    const struct packet_tail *tail, const struct auth_key *key)
{
	if (tail->kind == TAIL_NAK)
		return SOURCE_NAK;
	if (s->conf.key_id == 0)
		return SOURCE_SAMPLE;
	if (key == NULL || tail->kind != TAIL_MAC || tail->key_id != key->id ||
	    !auth_bound(key, &a->from) ||
	    !auth_verify(key, a->pkt, a->len, tail->mac_len))
		return SOURCE_BAD_MAC;
	return SOURCE_SAMPLE;
}

/* Four letters, or dots where they are none (RFC 5905 7.4). */
static void
note_kiss(struct source *s, uint32_t refid)
{
	for (int i = 0; i < 4; i++) {
		char c = (char)(refid >> (24 - 8 * i) & 0xff);

		s->kiss[i] = c >= 'A' && c <= 'Z' ? c : '.';
	}
	s->kiss[4] = '\0';
}

/* What the server says of itself: is it fit to be believed? */
static enum source_verdict
check_server(struct source *s, const struct packet *p)
{
	double age = ntp64_sub(p->transmit, p->reference);

	if (p->stratum == 0 && p->refid != 0) {
		note_kiss(s, p->refid);
		return SOURCE_KISS;
	}
	/* Without a code it says nothing but that: peers do at first. */
	if (p->leap == LEAP_UNSYNC || p->stratum == 0)
		return SOURCE_UNSYNC;
	if (p->stratum >= STRATUM_UNSYNC)
		return SOURCE_STRATUM;
	/* Zero says nothing: ntpd sends it in orphan mode. */
	if (p->reference.v != 0 &&
	    (age > REFERENCE_MAX_S || age < -FUTURE_MAX_S))
		return SOURCE_STALE;
	return SOURCE_SAMPLE;
}

/* Our side of an exchange, but for T1. */
struct exchange {
	struct mono t4;
	double elapsed; /* s, T4 - T1 */
	const struct scale *scale;
};

/* RFC 5905 section 8: offset and delay of one exchange. */
static enum source_verdict
measure(const struct source *s, const struct packet *p,
    const struct exchange *x, struct sample *out)
{
	const struct scale *scale = x->scale;
	double there = scale_offset(scale, p->receive, s->sent);
	double back = scale_offset(scale, p->transmit, x->t4);
	double elapsed = x->elapsed;
	double held = ntp64_sub(p->transmit, p->receive);
	double delay = elapsed - held;
	/* Servers blur their stamps within their precision: 1 us to 1 ms. */
	double grain = fmin(fmax(ldexp(1, p->precision), 1e-6), 1e-3);

	if (p->receive.v == 0 || p->transmit.v == 0)
		return SOURCE_MALFORMED; /* stamps are missing */
	if (held < -grain || elapsed < 0 || delay < -grain)
		return SOURCE_NEGATIVE_DELAY;
	out->at = mono_add(s->sent, mono_sub(x->t4, s->sent) / 2);
	out->offset = (there + back) / 2;
	out->delay = fmax(delay, 1e-7);
	out->root_delay = ntp32_to_s(p->root_delay);
	out->root_disp = ntp32_to_s(p->root_disp);
	out->gained = scale_gained(scale, out->at);
	if (sample_distance(out) > DISTANCE_MAX_S)
		return SOURCE_FAR;
	return SOURCE_SAMPLE;
}

/* The reference id as the address that it is at stratum 2 and above, if it
 * can be somebody's; else 0. */
static uint32_t
follows(const struct packet *p)
{
	const uint8_t ip[4] = { (uint8_t)(p->refid >> 24),
		(uint8_t)(p->refid >> 16), (uint8_t)(p->refid >> 8),
		(uint8_t)p->refid };
	struct addr a = addr_v4(ip);

	if (p->stratum < 2 || ip[0] == 0 || addr_is_multicast(&a) ||
	    !addr_is_public(&a))
		return 0;
	return p->refid;
}

static void
keep(struct source *s, const struct packet *p, const struct sample *sample)
{
	s->leap = p->leap;
	s->stratum = p->stratum;
	s->precision = p->precision;
	s->refid = p->refid;
	s->refids[s->refid_next] = follows(p);
	s->refid_next = (s->refid_next + 1) % SOURCE_REFIDS;
	s->root_delay = sample->root_delay;
	s->root_disp = sample->root_disp;
	s->kiss[0] = '\0';
	memmove(&s->sample[1], &s->sample[0],
	    (SOURCE_SAMPLES - 1) * sizeof(s->sample[0]));
	s->sample[0] = *sample;
	if (s->samples < SOURCE_SAMPLES)
		s->samples++;
}

enum source_verdict
source_check(const struct source *s, const struct arrival *a,
    const struct auth_key *key, struct packet *p, struct packet_tail *tail)
{
	if (!addr_equal(&a->from, &s->conf.addr))
		return SOURCE_STRANGER;
	if (!packet_read(p, a->pkt, a->len))
		return SOURCE_SHORT;
	if (p->mode != MODE_SERVER || p->version < 1 || p->version > 4)
		return SOURCE_WRONG_MODE;
	*tail = packet_tail_read(a->pkt, a->len);
	if (tail->kind == TAIL_MALFORMED)
		return SOURCE_MALFORMED;
	if (p->origin.v == 0)
		return SOURCE_ZERO_ORIGIN;
	if (!s->asked || p->origin.v != s->cookie.v)
		return SOURCE_UNASKED;
	return source_check_mac(s, a, tail, key);
}

void
source_close(struct source *s, enum source_verdict v, bool answered)
{
	s->received_count++;
	s->verdicts[v]++;
	if (!answered)
		return; /* the true answer may still come */
	s->last = v;
	s->asked = false;
	s->cookie.v = 0; /* one question, one answer */
	s->answered = true;
	s->missed = 0;
	if (v == SOURCE_SAMPLE)
		s->reach |= 1;
}

enum source_verdict
source_measure(struct source *s, const struct packet *p, struct mono t4,
    double elapsed, const struct scale *scale)
{
	struct exchange x = { t4, elapsed, scale };
	enum source_verdict v = check_server(s, p);
	struct sample sample;

	if (v == SOURCE_SAMPLE)
		v = measure(s, p, &x, &sample);
	if (v == SOURCE_SAMPLE)
		keep(s, p, &sample);
	return v;
}

enum source_verdict
source_receive(struct source *s, const struct arrival *a,
    const struct auth_key *key, const struct scale *scale, struct sample *out)
{
	struct packet p;
	struct packet_tail tail;
	enum source_verdict v = source_check(s, a, key, &p, &tail);
	bool answered = v == SOURCE_SAMPLE;

	if (answered)
		v = source_measure(s, &p, a->at, mono_sub(a->at, s->sent),
		    scale);
	source_close(s, v, answered);
	if (v == SOURCE_SAMPLE)
		*out = s->sample[0];
	return v;
}

void
source_miss(struct source *s)
{
	s->asked = false;
	s->cookie.v = 0;
	s->missed++;
}

double
sample_distance(const struct sample *s)
{
	return (s->delay + s->root_delay) / 2 + s->root_disp;
}

const struct sample *
source_best(const struct source *s, struct mono now, double aging,
    double *distance)
{
	const struct sample *best = NULL;
	double least = INFINITY;

	for (unsigned k = 0; k < s->samples; k++) {
		double age = fmax(mono_sub(now, s->sample[k].at), 0);
		double d = sample_distance(&s->sample[k]);

		if (d + PHI * age < least) {
			best = &s->sample[k];
			least = d + PHI * age;
			*distance = d + aging * age;
		}
	}
	return best;
}

double
source_jitter(const struct source *s)
{
	double sum = 0;

	if (s->samples < 2)
		return 0;
	for (unsigned i = 1; i < s->samples; i++) {
		double d = s->sample[i].offset - s->sample[0].offset;

		sum += d * d;
	}
	return sqrt(sum / (s->samples - 1));
}

static unsigned
times_held(const struct source *s, uint32_t refid)
{
	unsigned n = 0;

	for (unsigned k = 0; k < SOURCE_REFIDS; k++)
		n += s->refids[k] == refid;
	return n;
}

uint32_t
source_reference(const struct source *s)
{
	/* newest first: two can have been held for eight each */
	for (unsigned k = 1; k <= SOURCE_REFIDS; k++) {
		uint32_t id = s->refids[(s->refid_next + SOURCE_REFIDS - k) %
		    SOURCE_REFIDS];

		if (id != 0 && times_held(s, id) >= SOURCE_REFID_HELD)
			return id;
	}
	return 0;
}

const char *
source_verdict_name(enum source_verdict v)
{
	static const char *const name[SOURCE_VERDICTS] = {
		[SOURCE_SAMPLE] = "sample",
		[SOURCE_SHORT] = "short",
		[SOURCE_MALFORMED] = "malformed",
		[SOURCE_STRANGER] = "stranger",
		[SOURCE_WRONG_MODE] = "wrong mode",
		[SOURCE_ZERO_ORIGIN] = "zero origin",
		[SOURCE_UNASKED] = "unasked",
		[SOURCE_BAD_MAC] = "bad mac",
		[SOURCE_NAK] = "crypto-nak",
		[SOURCE_KISS] = "kiss",
		[SOURCE_UNSYNC] = "unsynchronised",
		[SOURCE_STRATUM] = "stratum 16",
		[SOURCE_NEGATIVE_DELAY] = "negative delay",
		[SOURCE_FAR] = "root distance too large",
		[SOURCE_STALE] = "stale reference",
	};

	return v < SOURCE_VERDICTS ? name[v] : "?";
}
