/* SPDX-License-Identifier: ISC */
/*
 * query.c - asks any NTP server once: one packet, 3 s.
 */
#include "ask.h"
#include "cmd.h"

#include "base/text.h"
#include "sys/udp.h"
#include "view/json.h"
#include "view/snapshot.h"

#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <math.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
	struct ask_outcome ask;
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
read_option(struct query *q, int opt, unsigned long *id)
{
	switch (opt) {
	case '4':
	case '6':
		q->family = opt == '4' ? AF_INET : AF_INET6;
		return true;
	case 'k':
		return read_number(optarg, UINT32_MAX, id) ||
		    cmd_wrong("query --key", optarg,
			"the number of a key, 1 to 4294967295");
	case 'f':
		q->keys_file = optarg;
		return true;
	case 'p':
		return set_port(q, optarg) ||
		    cmd_wrong("query -p", optarg, "a port, 1 to 65535");
	default:
		return false;
	}
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

	while ((opt = getopt_long(argc, argv, "46p:", options, NULL)) != -1)
		right = right && read_option(q, opt, &id);
	q->key_id = (uint32_t)id;
	if (!right || argc - optind != 1)
		return false;
	if ((id != 0) != (q->keys_file != NULL))
		return cmd_wrong("query", id != 0 ? "--key" : "--keys",
		    "given together with the other one of --key and --keys");
	if (!read_target(q, argv[optind]))
		return cmd_wrong("query", argv[optind],
		    "a host, HOST:PORT or [ADDRESS]:PORT, the port 1 to "
		    "65535");
	return !addr_is_torn(q->host) ||
	    cmd_wrong("query", q->host,
		"a whole address, such as 10.0.0.9, or a name");
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
		fd = ask_open(&o->addr, e);
	}
	freeaddrinfo(list);
	return fd;
}

static int
ask(const struct query *q, struct outcome *o, struct err *e)
{
	struct courtesy courtesy = COURTESY_CLOSED;
	struct ask_whom whom = { .key = q->key, .wait_s = ASK_WAIT_S };
	int rc, fd = reach(q, o, e);

	if (fd == -1)
		return -1;
	whom.addr = o->addr;
	rc = ask_once(fd, &whom, &courtesy, &o->ask, e);
	courtesy_close(&courtesy);
	close(fd);
	return rc;
}

static void
print_text(const struct query *q, const struct outcome *o)
{
	const struct packet *h = &o->ask.header;
	char addr[ADDR_TEXT], refid[SNAPSHOT_REFID], off[24];

	snapshot_refid(h->stratum, h->refid, refid);
	printf("%s (%s): ", q->host, addr_print(&o->addr, true, addr));
	if (o->ask.good)
		printf("our clock is %s %s\n",
		    text_seconds(off, sizeof(off), fabs(o->ask.sample.offset),
			false),
		    o->ask.sample.offset < 0 ? "fast" : "slow");
	else
		printf("%s\n", o->ask.why);
	if (o->ask.good)
		printf("  offset         %+.9f s, true - ours\n"
		       "  delay          %.9f s\n",
		    o->ask.sample.offset, o->ask.sample.delay);
	printf("  stratum        %u\n"
	       "  reference id   %s\n"
	       "  leap           %s\n"
	       "  root distance  %.6f s\n"
	       "  version        %u\n",
	    h->stratum, refid[0] != '\0' ? refid : "none",
	    snapshot_leap_name(h->leap), ask_root_distance(&o->ask),
	    h->version);
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
	const struct packet *h = &o->ask.header;
	const bool r = o->ask.replied;
	char refid[SNAPSHOT_REFID];

	snapshot_refid(h->stratum, h->refid, refid);
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "stratum",
	    count_if(r, h->stratum), "refid",
	    text_if(r && refid[0] != '\0', refid), "leap",
	    text_if(r, snapshot_leap_name(h->leap)), "root_delay_s",
	    number_if(r, ntp32_to_s(h->root_delay)), "root_dispersion_s",
	    number_if(r, ntp32_to_s(h->root_disp)), "root_distance_s",
	    number_if(r, ask_root_distance(&o->ask)), "version",
	    count_if(r, h->version));
}

static void
print_json(const struct query *q, const struct outcome *o)
{
	char addr[ADDR_TEXT];
	json_t *v = json_pack("{s:i, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:b}",
	    "schema", JSON_SCHEMA, "host", text_if(true, q->host), "address",
	    text_if(o->resolved, addr_print(&o->addr, false, addr)), "port",
	    count_if(true, (unsigned)atoi(q->port)), "good", o->ask.good, "why",
	    text_if(!o->ask.good, o->ask.why), "offset_s",
	    number_if(o->ask.good, o->ask.sample.offset), "delay_s",
	    number_if(o->ask.good, o->ask.sample.delay), "authenticated",
	    o->ask.replied && q->key != NULL);
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
	o = (struct outcome){ 0 };
	if (!read_arguments(&q, argc, argv))
		return cmd_usage(argv[0]);
	if (q.keys_file != NULL &&
	    ask_key(q.keys_file, q.key_id, &q.keys, &q.key, &e) == -1)
		return cmd_fail(c, CMD_USAGE, "%s", e.text);
	if (ask(&q, &o, &e) == -1)
		text_copy(o.ask.why, sizeof(o.ask.why), e.text);
	if (c->json)
		print_json(&q, &o);
	else if (o.ask.replied)
		print_text(&q, &o);
	else
		cmd_fail(c, CMD_NOT_WELL, "%s: %s", q.host, o.ask.why);
	explicit_bzero(&q.keys, sizeof(q.keys));
	return o.ask.good ? CMD_WELL : CMD_NOT_WELL;
}
