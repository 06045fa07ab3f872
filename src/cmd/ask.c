/* SPDX-License-Identifier: ISC */
#include "ask.h"

#include "base/text.h"
#include "config.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "sys/udp.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define KEYS_MAX 65536 /* octets of a key file */

/* One question under way. */
struct asking {
	int fd;
	const struct ask_whom *whom;
	struct scale scale;
	struct ask_outcome *o;
};

int
ask_key(const char *file, uint32_t id, struct auth_keys *keys,
    const struct auth_key **key, struct err *e)
{
	size_t len;
	char *text = file_read_private(file, KEYS_MAX, &len, e);
	int failed;

	if (text == NULL)
		return -1;
	failed = keys_read(keys, file, text, NULL, e);
	explicit_bzero(text, len);
	free(text);
	if (failed != 0)
		return -1;
	*key = auth_find(keys, id);
	if (*key == NULL)
		return err_set(e, "%s: there is no key %u", file, id);
	return 0;
}

int
ask_open(const struct addr *to, struct err *e)
{
	int on = 1, fd = udp_ask(to, e);

	/* Without it nothing is known of the way: a hint less. */
	if (fd != -1 && to->family == ADDR_V4)
		(void)setsockopt(fd, IPPROTO_IP, IP_RECVTTL, &on, sizeof(on));
	else if (fd != -1)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, &on,
		    sizeof(on));
	return fd;
}

/* ---- receiving ---- */

static int
hop_limit(struct msghdr *m)
{
	int ttl = -1;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL;
	     c = CMSG_NXTHDR(m, c))
		if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TTL) ||
		    (c->cmsg_level == IPPROTO_IPV6 &&
			c->cmsg_type == IPV6_HOPLIMIT))
			memcpy(&ttl, CMSG_DATA(c), sizeof(ttl));
	return ttl;
}

/* Looks at the datagram that comes next, which stays: its hop limit is asked
 * for here alone.  False: an error came instead. */
static bool
look(int fd, int *ttl)
{
	union udp_control control;
	struct msghdr m = { .msg_control = &control,
		.msg_controllen = sizeof(control) };

	if (recvmsg(fd, &m, MSG_PEEK | MSG_DONTWAIT) == -1)
		return errno == EAGAIN || errno == EINTR;
	*ttl = hop_limit(&m);
	return true;
}

static struct mono
arrival_of(const struct udp_packet *p)
{
	struct mono raw;
	struct wall real;

	clock_pair(&raw, &real);
	return p->stamped ? clock_raw_of(p->stamp, raw, real) : raw;
}

static void
note_error(struct ask_outcome *o)
{
	struct text why = TEXT(o->why);

	o->refused = errno == ECONNREFUSED;
	o->forbidden = !o->refused;
	if (o->refused)
		text_add(&why, "connection refused: nothing listens there");
	else
		text_add(&why, "%s", strerror(errno));
}

/* One datagram, or what the network says; false: the question is closed. */
static bool
take(const struct asking *k)
{
	uint8_t buf[PACKET_MAX];
	struct udp_packet p = { .buf = buf, .size = sizeof(buf) };
	struct ask_outcome *o = k->o;
	enum source_verdict v;
	int rc, ttl = -1;

	rc = look(k->fd, &ttl) ? udp_receive(k->fd, &p) : -1;
	if (rc < 0)
		note_error(o);
	if (rc <= 0)
		return rc == 0;
	struct arrival a = { buf, p.len, p.from, arrival_of(&p) };

	v = source_receive(&o->source, &a, k->whom->key, &k->scale, &o->sample);
	if (o->source.asked) {
		o->strays++;
		o->bad_mac |= v == SOURCE_BAD_MAC || v == SOURCE_NAK;
		return true;
	}
	o->ttl = ttl;
	o->replied = packet_read(&o->header, buf, p.len);
	o->good = v == SOURCE_SAMPLE;
	return false;
}

static void
await(const struct asking *k)
{
	struct pollfd pfd = { .fd = k->fd, .events = POLLIN };
	struct mono now;
	struct wall real;

	for (;;) {
		clock_pair(&now, &real);
		double left =
		    k->whom->wait_s - mono_sub(now, k->o->source.sent);

		if (left <= 0)
			return;
		int rc = poll(&pfd, 1, (int)ceil(left * 1e3));

		if (rc > 0 && !take(k))
			return;
		if (rc < 0 && errno != EINTR)
			return;
	}
}

/* ---- asking ---- */

static int
send_question(const struct asking *k, uint64_t cookie, struct err *e)
{
	const struct auth_key *key = k->whom->key;
	struct source_conf conf = { .addr = k->whom->addr,
		.key_id = key != NULL ? key->id : 0 };
	uint8_t pkt[PACKET_MAX];
	struct mono t1;
	struct wall real;
	size_t len;

	source_init(&k->o->source, &conf);
	len = source_ask(&k->o->source, cookie, key, pkt);
	clock_pair(&t1, &real);
	if (send(k->fd, pkt, len, 0) != (ssize_t)len) {
		k->o->forbidden = errno == EPERM || errno == EACCES;
		return err_sys(e, "sending");
	}
	source_sent(&k->o->source, t1);
	k->o->sent = true;
	return 0;
}

static void
explain(const struct asking *k)
{
	struct ask_outcome *o = k->o;
	struct text t = TEXT(o->why);
	const struct packet *h = &o->header;

	if (o->good || o->why[0] != '\0')
		return;
	if (o->replied && o->source.last == SOURCE_KISS)
		text_add(&t, "kiss-o'-death %s", o->source.kiss);
	else if (o->replied &&
	    (h->leap == LEAP_UNSYNC || h->stratum >= STRATUM_UNSYNC))
		text_add(&t, "it does not know the time (leap %u, stratum %u)",
		    h->leap, h->stratum);
	else if (o->replied)
		text_add(&t, "not to be believed: %s",
		    source_verdict_name(o->source.last));
	else if (o->bad_mac)
		text_add(&t, "no answer in %.0f s that is signed with our key",
		    k->whom->wait_s);
	else
		text_add(&t, "no answer in %.0f s", k->whom->wait_s);
	if (!o->replied && !o->bad_mac && o->strays > 0)
		text_add(&t, " (%u packet%s came that answer%s nothing)",
		    o->strays, o->strays == 1 ? "" : "s",
		    o->strays == 1 ? "s" : "");
}

/* A stranger is asked once in 64 s at most, whoever calls this in a loop. */
static int
send_politely(const struct asking *k, uint64_t cookie,
    struct courtesy *courtesy, struct err *e)
{
	const struct addr *a = &k->whom->addr;

	if (courtesy_may(courtesy, a, 1, e) != 1 ||
	    courtesy_spend(courtesy, a, e) == -1)
		return -1;
	return send_question(k, cookie, e);
}

int
ask_once(int fd, const struct ask_whom *whom, struct courtesy *courtesy,
    struct ask_outcome *o, struct err *e)
{
	static const struct leap_table no_leaps;
	const struct wall built = { BUILD_DATE * INT64_C(1000000000) };
	struct asking k = { .fd = fd, .whom = whom, .o = o };
	struct clock clock;
	struct now now;

	*o = (struct ask_outcome){ .ttl = -1 };
	if (whom->key != NULL && !auth_bound(whom->key, &whom->addr))
		return err_set(e, "key %u is not for this address",
		    whom->key->id);
	if (clock_open(&clock, true, e) == -1)
		return -1;
	clock_now(&clock, &now);
	scale_init(&k.scale, now.mono, now.wall, built, &no_leaps);
	if (send_politely(&k, now.chance, courtesy, e) == -1)
		return -1;
	await(&k);
	if (o->replied)
		courtesy_heard(courtesy, &whom->addr, o->source.kiss);
	explain(&k);
	return 0;
}

double
ask_root_distance(const struct ask_outcome *o)
{
	return ntp32_to_s(o->header.root_delay) / 2 +
	    ntp32_to_s(o->header.root_disp);
}
