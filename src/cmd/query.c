/* SPDX-License-Identifier: ISC */
/*
 * query.c - asks any NTP server once: one packet, 3 s.
 */
#include "cmd.h"
#include "courtesy.h"

#include "conf/conf.h"
#include "config.h"
#include "core/source.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "sys/udp.h"
#include "view/json.h"
#include "view/snapshot.h"

#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <math.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define WAIT_S 3.0
#define KEYS_MAX 65536 /* octets of a key file */

struct query {
	int family; /* AF_UNSPEC, AF_INET, AF_INET6 */
	char host[SOURCE_HOST_MAX];
	char port[6];
	uint32_t key_id; /* 0: none */
	const char *keys_file;
	struct auth_keys keys;
	const struct auth_key *key; /* in keys, or NULL */
};

/* What became of it. */
struct outcome {
	bool resolved; /* addr is set */
	struct addr addr;
	bool replied;	 /* header is set, and last says how good it is */
	bool good;	 /* sample is set */
	unsigned strays; /* datagrams that answer nothing */
	bool bad_mac;	 /* one of them would have, but for its digest */
	struct source source;
	struct packet header;
	struct sample sample;
	char why[512]; /* it is not good */
	struct courtesy courtesy;
};

static bool
read_number(const char *text, unsigned long max, unsigned long *v)
{
	char *end;

	errno = 0;
	*v = strtoul(text, &end, 10);
	return *text >= '0' && *text <= '9' && *end == '\0' && errno == 0 &&
	    *v >= 1 && *v <= max;
}

static bool
set_port(struct query *q, const char *text)
{
	unsigned long port;
	struct text t = TEXT(q->port);

	if (!read_number(text, 65535, &port))
		return false;
	text_add(&t, "%lu", port);
	return true;
}

/* "host", "host:port", "[v6]", "[v6]:port", "v6". */
static bool
read_target(struct query *q, const char *text)
{
	const char *colon = strrchr(text, ':'), *port = NULL;
	size_t len = strlen(text);

	if (*text == '[') {
		const char *close = strchr(++text, ']');

		if (close == NULL || (close[1] != '\0' && close[1] != ':'))
			return false;
		len = (size_t)(close - text);
		port = close[1] == ':' ? close + 2 : NULL;
	} else if (colon != NULL && strchr(text, ':') == colon) {
		len = (size_t)(colon - text);
		port = colon + 1;
	}
	if (len == 0 || len >= sizeof(q->host))
		return false;
	memcpy(q->host, text, len);
	q->host[len] = '\0';
	return port == NULL || set_port(q, port);
}

static bool
read_arguments(struct query *q, int argc, char **argv)
{
	static const struct option options[] = {
		{ "key", required_argument, NULL, 'k' },
		{ "keys", required_argument, NULL, 'f' },
		{ "port", required_argument, NULL, 'p' },
		{ NULL, 0, NULL, 0 },
	};
	unsigned long id = 0;
	bool right = true;
	int opt;

	while ((opt = getopt_long(argc, argv, "46p:", options, NULL)) != -1) {
		if (opt == '4' || opt == '6')
			q->family = opt == '4' ? AF_INET : AF_INET6;
		else if (opt == 'k')
			right = right && read_number(optarg, UINT32_MAX, &id);
		else if (opt == 'f')
			q->keys_file = optarg;
		else
			right = right && opt == 'p' && set_port(q, optarg);
	}
	q->key_id = (uint32_t)id;
	return right && argc - optind == 1 &&
	    (id != 0) == (q->keys_file != NULL) && read_target(q, argv[optind]);
}

static int
read_key(struct query *q, struct err *e)
{
	size_t len;
	char *text;
	int failed;

	if (q->keys_file == NULL)
		return 0;
	text = file_read_private(q->keys_file, KEYS_MAX, &len, e);
	if (text == NULL)
		return -1;
	failed = keys_read(&q->keys, q->keys_file, text, NULL, e);
	explicit_bzero(text, len);
	free(text);
	if (failed != 0)
		return -1;
	q->key = auth_find(&q->keys, q->key_id);
	if (q->key == NULL)
		return err_set(e, "%s: there is no key %u", q->keys_file,
		    q->key_id);
	return 0;
}

/* The first address of the host that there is a way to; a socket connected
 * to it, or -1. */
static int
reach(const struct query *q, struct outcome *o, struct err *e)
{
	struct addrinfo hints = { .ai_family = q->family,
		.ai_socktype = SOCK_DGRAM },
			*list;
	int fd = -1, rc = getaddrinfo(q->host, q->port, &hints, &list);

	if (rc != 0)
		return err_set(e, "the name does not resolve: %s",
		    gai_strerror(rc));
	for (struct addrinfo *i = list; i != NULL && fd == -1; i = i->ai_next) {
		o->addr = udp_addr(i->ai_addr);
		o->resolved = true;
		fd = udp_ask(&o->addr, e);
	}
	freeaddrinfo(list);
	return fd;
}

static struct mono
arrival_of(const struct udp_packet *p)
{
	struct mono raw;
	struct wall real;

	clock_pair(&raw, &real);
	return p->stamped ? clock_raw_of(p->stamp, raw, real) : raw;
}

/* One datagram, or what the network says; false: the question is closed. */
static bool
take(int fd, const struct query *q, const struct scale *scale,
    struct outcome *o)
{
	uint8_t buf[PACKET_MAX];
	struct udp_packet p = { .buf = buf, .size = sizeof(buf) };
	struct text why = TEXT(o->why);
	enum source_verdict v;
	int rc = udp_receive(fd, &p);

	if (rc < 0) {
		if (errno == ECONNREFUSED)
			text_add(&why,
			    "connection refused: nothing listens there");
		else
			text_add(&why, "%s", strerror(errno));
		return false;
	}
	if (rc == 0)
		return true;
	struct arrival a = { buf, p.len, p.from, arrival_of(&p) };

	v = source_receive(&o->source, &a, q->key, scale, &o->sample);
	if (o->source.asked) {
		o->strays++;
		o->bad_mac |= v == SOURCE_BAD_MAC || v == SOURCE_NAK;
		return true;
	}
	o->replied = packet_read(&o->header, buf, p.len);
	o->good = v == SOURCE_SAMPLE;
	return false;
}

static void
await(int fd, const struct query *q, const struct scale *scale,
    struct outcome *o)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	struct mono now;
	struct wall real;

	for (;;) {
		clock_pair(&now, &real);
		double left = WAIT_S - mono_sub(now, o->source.sent);

		if (left <= 0)
			return;
		int rc = poll(&pfd, 1, (int)ceil(left * 1e3));

		if (rc > 0 && !take(fd, q, scale, o))
			return;
		if (rc < 0 && errno != EINTR)
			return;
	}
}

static int
send_question(int fd, const struct query *q, uint64_t cookie, struct outcome *o,
    struct err *e)
{
	struct source_conf conf = { .addr = o->addr, .key_id = q->key_id };
	uint8_t pkt[PACKET_MAX];
	struct mono t1;
	struct wall real;
	size_t len;

	source_init(&o->source, &conf);
	len = source_ask(&o->source, cookie, q->key, pkt);
	clock_pair(&t1, &real);
	if (send(fd, pkt, len, 0) != (ssize_t)len)
		return err_sys(e, "sending");
	source_sent(&o->source, t1);
	return 0;
}

/* A stranger is asked once in 64 s at most, whoever calls this in a loop. */
static int
send_politely(int fd, const struct query *q, uint64_t cookie, struct outcome *o,
    struct err *e)
{
	if (courtesy_may(&o->courtesy, &o->addr, 1, e) != 1 ||
	    courtesy_spend(&o->courtesy, &o->addr, e) == -1)
		return -1;
	return send_question(fd, q, cookie, o, e);
}

/* Sends and waits; why a reply is not good is said by explain(). */
static int
ask(const struct query *q, struct outcome *o, struct err *e)
{
	static const struct leap_table no_leaps;
	const struct wall built = { BUILD_DATE * INT64_C(1000000000) };
	struct clock clock;
	struct scale scale;
	struct now now;
	int fd = reach(q, o, e);

	if (fd == -1)
		return -1;
	if (q->key != NULL && !auth_bound(q->key, &o->addr)) {
		err_set(e, "key %u is not for this address", q->key_id);
		goto fail;
	}
	if (clock_open(&clock, true, e) == -1)
		goto fail;
	clock_now(&clock, &now);
	scale_init(&scale, now.mono, now.wall, built, &no_leaps);
	if (send_politely(fd, q, now.chance, o, e) == -1)
		goto fail;
	await(fd, q, &scale, o);
	if (o->replied)
		courtesy_heard(&o->courtesy, &o->addr, o->source.kiss);
	courtesy_close(&o->courtesy);
	close(fd);
	return 0;
fail:
	courtesy_close(&o->courtesy);
	close(fd);
	return -1;
}

static void
explain(struct outcome *o)
{
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
		    WAIT_S);
	else
		text_add(&t, "no answer in %.0f s", WAIT_S);
	if (!o->replied && !o->bad_mac && o->strays > 0)
		text_add(&t, " (%u packet%s came that answer%s nothing)",
		    o->strays, o->strays == 1 ? "" : "s",
		    o->strays == 1 ? "s" : "");
}

static double
root_distance(const struct outcome *o)
{
	return ntp32_to_s(o->header.root_delay) / 2 +
	    ntp32_to_s(o->header.root_disp);
}

static void
print_text(const struct query *q, const struct outcome *o)
{
	const struct packet *h = &o->header;
	char addr[ADDR_TEXT], refid[SNAPSHOT_REFID], off[24];

	snapshot_refid(h->stratum, h->refid, refid);
	printf("%s (%s): ", q->host, addr_print(&o->addr, true, addr));
	if (o->good)
		printf("our clock is %s %s\n",
		    text_seconds(off, sizeof(off), fabs(o->sample.offset),
			false),
		    o->sample.offset < 0 ? "fast" : "slow");
	else
		printf("%s\n", o->why);
	if (o->good)
		printf("  offset         %+.9f s, true - ours\n"
		       "  delay          %.9f s\n",
		    o->sample.offset, o->sample.delay);
	printf("  stratum        %u\n"
	       "  reference id   %s\n"
	       "  leap           %s\n"
	       "  root distance  %.6f s\n"
	       "  version        %u\n",
	    h->stratum, refid[0] != '\0' ? refid : "none",
	    snapshot_leap_name(h->leap), root_distance(o), h->version);
	if (q->key != NULL)
		printf("  signed         with key %u\n", q->key_id);
}

static json_t *
number_if(bool known, double v)
{
	return known && isfinite(v) ? json_real(v) : json_null();
}

static json_t *
count_if(bool known, unsigned v)
{
	return known ? json_integer(v) : json_null();
}

static json_t *
text_if(bool known, const char *text)
{
	json_t *v = known ? json_string(text) : NULL;

	return v != NULL ? v : json_null();
}

static json_t *
reply_object(const struct outcome *o)
{
	const struct packet *h = &o->header;
	const bool r = o->replied;
	char refid[SNAPSHOT_REFID];

	snapshot_refid(h->stratum, h->refid, refid);
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "stratum",
	    count_if(r, h->stratum), "refid",
	    text_if(r && refid[0] != '\0', refid), "leap",
	    text_if(r, snapshot_leap_name(h->leap)), "root_delay_s",
	    number_if(r, ntp32_to_s(h->root_delay)), "root_dispersion_s",
	    number_if(r, ntp32_to_s(h->root_disp)), "root_distance_s",
	    number_if(r, root_distance(o)), "version", count_if(r, h->version));
}

static void
print_json(const struct query *q, const struct outcome *o)
{
	char addr[ADDR_TEXT];
	json_t *v = json_pack("{s:i, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:b}",
	    "schema", JSON_SCHEMA, "host", text_if(true, q->host), "address",
	    text_if(o->resolved, addr_print(&o->addr, false, addr)), "port",
	    count_if(true, (unsigned)atoi(q->port)), "good", o->good, "why",
	    text_if(!o->good, o->why), "offset_s",
	    number_if(o->good, o->sample.offset), "delay_s",
	    number_if(o->good, o->sample.delay), "authenticated",
	    o->replied && q->key != NULL);
	json_t *reply = reply_object(o);

	json_object_update(v, reply);
	json_decref(reply);
	json_dumpf(v, stdout,
	    JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(12));
	printf("\n");
	json_decref(v);
}

int
cmd_query(const struct cmd *c, int argc, char **argv)
{
	static struct query q; /* its table of keys is large */
	static struct outcome o;
	struct err e = { "" };

	q = (struct query){ .family = AF_UNSPEC, .port = "123" };
	o = (struct outcome){ .courtesy = COURTESY_CLOSED };
	if (!read_arguments(&q, argc, argv))
		return cmd_usage(argv[0]);
	if (read_key(&q, &e) == -1)
		return cmd_fail(c, CMD_USAGE, "%s", e.text);
	if (ask(&q, &o, &e) == -1)
		text_copy(o.why, sizeof(o.why), e.text);
	explain(&o);
	if (c->json)
		print_json(&q, &o);
	else if (o.replied)
		print_text(&q, &o);
	else
		cmd_fail(c, CMD_NOT_WELL, "%s: %s", q.host, o.why);
	explicit_bzero(&q.keys, sizeof(q.keys));
	return o.good ? CMD_WELL : CMD_NOT_WELL;
}
