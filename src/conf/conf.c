/* SPDX-License-Identifier: ISC */
#include "conf/conf.h"

#include "base/text.h"
#include "conf/value.h"
#include "core/group.h"

#include <stdarg.h>
#include <string.h>
#include <strings.h>

#define HOUR 3600.0
#define PORT 123
#define GROUPS_MIN 3 /* of voices: a majority needs a third */

void
conf_init(struct conf *c)
{
	static const uint8_t any[16];

	*c = (struct conf){
		.clock = CONF_CLOCK_SYSTEM,
		.state_dir = "/var/lib/ntpgate",
		.run_dir = "/run/ntpgate",
		.user = "ntpgate",
		.leap_file = "/usr/share/zoneinfo/leap-seconds.list",
		.engine = { .poll_min_s = 1024,
		    .poll_max_s = 4096,
		    .accuracy_s = 5e-3,
		    .budget_day = 640,
		    .step_limit_s = 1,
		    .slew = 500e-6,
		    .orphan = 10 },
		.serve = { .listen_count = 2,
		    .listen = { addr_v4(any), addr_v6(any) },
		    .port = PORT,
		    .limit = { .interval_s = 8, .burst = 16 },
		    .kod = true,
		    .memory = 64 << 20 },
		.log = { .to = CONF_LOG_SYSLOG, .level = 5 },
	};
	for (size_t i = 0; i < ENGINE_SOURCES; i++)
		c->engine.server[i].addr.port = PORT;
	for (size_t i = 0; i < CONF_SPARES_MAX; i++)
		c->spare[i].addr.port = PORT;
	for (size_t i = 0; i < SIBLING_ADDRS; i++)
		c->engine.sibling.addr[i].port = PORT;
	for (size_t i = 0; i < c->serve.listen_count; i++)
		c->serve.listen[i].port = PORT;
}

void
conf_note(struct conf *c, const char *fmt, ...)
{
	char note[sizeof(c->note[0])];
	struct text t = TEXT(note);
	va_list ap;

	va_start(ap, fmt);
	text_vadd(&t, fmt, ap);
	va_end(ap);
	for (unsigned i = 0; i < c->note_count; i++)
		if (strcmp(c->note[i], note) == 0)
			return;
	if (c->note_count < CONF_NOTES_MAX)
		memcpy(c->note[c->note_count++], note, sizeof(note));
}

/* Servers, then spares, as one list; NULL behind its end. */
static const struct source_conf *
upstream(const struct conf *c, unsigned i)
{
	if (i < c->engine.count)
		return &c->engine.server[i];
	i -= c->engine.count;
	return i < c->spare_count ? &c->spare[i] : NULL;
}

/* The key under which the i-th of them stands. */
static const char *
upstream_key(const struct conf *c, unsigned i)
{
	return i < c->engine.count ? "upstream.servers" : "upstream.spares";
}

bool
conf_is_public(const struct source_conf *s)
{
	if (s->addr.family != ADDR_NONE)
		return addr_is_public(&s->addr);
	return strcasecmp(s->host, "localhost") != 0;
}

bool
conf_lacks_permission(const struct source_conf *s)
{
	return s->permission[0] == '\0' && conf_is_public(s);
}

/* Length without the dot that may end a name. */
static size_t
name_length(const char *host)
{
	size_t n = strlen(host);

	return n > 0 && host[n - 1] == '.' ? n - 1 : n;
}

bool
conf_is_pool(const struct source_conf *s)
{
	static const char pool[] = ".pool.ntp.org";
	size_t n = name_length(s->host), p = sizeof(pool) - 1;

	if (n + 1 < p)
		return false;
	if (n + 1 == p) /* the pool's name alone */
		return strncasecmp(s->host, pool + 1, n) == 0;
	return strncasecmp(s->host + n - p, pool, p) == 0;
}

unsigned
conf_groups(const struct conf *c)
{
	struct source s[ENGINE_SOURCES] = { 0 };
	unsigned group[ENGINE_SOURCES], groups = 0;

	for (unsigned i = 0; i < c->engine.count; i++)
		s[i].conf = c->engine.server[i];
	group_assign(s, c->engine.count, group);
	for (unsigned i = 0; i < c->engine.count; i++)
		groups += group[i] == i;
	return groups;
}

static int
check_count(const struct conf *c, struct err *e)
{
	unsigned n = c->engine.count;

	if (n == 0)
		return err_set(e,
		    "upstream.servers: no server is named: name %u to %u that "
		    "you may use, of different operators",
		    CONF_SERVERS_MIN, CONF_SERVERS_MAX);
	if (n < CONF_SERVERS_MIN)
		return err_set(e,
		    "upstream.servers: %u server%s: name %u to %u (with fewer "
		    "than four, one failure leaves no majority to outvote a "
		    "liar)",
		    n, n == 1 ? "" : "s", CONF_SERVERS_MIN, CONF_SERVERS_MAX);
	if (n > CONF_SERVERS_MAX)
		return err_set(e,
		    "upstream.servers: %u servers: name %u to %u (more cost "
		    "packets and add little)",
		    n, CONF_SERVERS_MIN, CONF_SERVERS_MAX);
	return 0;
}

static bool
same_server(const struct source_conf *a, const struct source_conf *b)
{
	size_t n = name_length(a->host);

	if (a->addr.family != ADDR_NONE)
		return addr_equal(&a->addr, &b->addr);
	return b->addr.family == ADDR_NONE && a->addr.port == b->addr.port &&
	    n == name_length(b->host) && strncasecmp(a->host, b->host, n) == 0;
}

static int
check_twice(const struct conf *c, struct err *e)
{
	const struct source_conf *a, *b;

	for (unsigned i = 0; (a = upstream(c, i)) != NULL; i++)
		for (unsigned j = 0; j < i; j++) {
			b = upstream(c, j);
			if (same_server(a, b))
				return err_set(e,
				    "%s: %s port %u is named twice: one "
				    "server has one voice",
				    upstream_key(c, i), a->host, a->addr.port);
		}
	return 0;
}

static int
check_keys(const struct conf *c, struct err *e)
{
	const struct source_conf *s;

	if (c->keys[0] != '\0')
		return 0;
	for (unsigned i = 0; (s = upstream(c, i)) != NULL; i++)
		if (s->key_id != 0)
			return err_set(e,
			    "%s: %s has key %u, but no file of keys is "
			    "named, such as keys = \"/etc/ntpgate/keys\"",
			    upstream_key(c, i), s->host, s->key_id);
	if (c->engine.sibling.key_id != 0)
		return err_set(e,
		    "sibling.key: key %u, but no file of keys is named, such "
		    "as keys = \"/etc/ntpgate/keys\"",
		    c->engine.sibling.key_id);
	return 0;
}

static const struct source_conf *
first_public(const struct conf *c)
{
	const struct source_conf *s;

	for (unsigned i = 0; (s = upstream(c, i)) != NULL; i++)
		if (conf_is_public(s))
			return s;
	return NULL;
}

/* Courtesy is not configurable away (RFC 4330 10, RFC 8633 3.6). */
static int
check_courtesy(const struct conf *c, struct err *e)
{
	const struct source_conf *s = first_public(c);
	char min[VALUE_TEXT], floor[VALUE_TEXT];

	if (s == NULL)
		return 0;
	if (c->engine.poll_min_s < LEDGER_PUBLIC_FLOOR_S)
		return err_set(e,
		    "upstream.poll.min: %s is below %s, which only lab "
		    "addresses may be asked at, and %s counts as public",
		    value_time_print(c->engine.poll_min_s, min),
		    value_time_print(LEDGER_PUBLIC_FLOOR_S, floor), s->host);
	if (c->engine.budget_day > LEDGER_PUBLIC_DAY)
		return err_set(e,
		    "upstream.budget.day: %u is above %u packets a day, which "
		    "only lab addresses may be sent, and %s counts as public",
		    c->engine.budget_day, LEDGER_PUBLIC_DAY, s->host);
	return 0;
}

static int
check_poll(const struct conf *c, struct err *e)
{
	char min[VALUE_TEXT], max[VALUE_TEXT];

	if (c->engine.poll_min_s > c->engine.poll_max_s)
		return err_set(e,
		    "upstream.poll.min: %s is above upstream.poll.max, which "
		    "is %s",
		    value_time_print(c->engine.poll_min_s, min),
		    value_time_print(c->engine.poll_max_s, max));
	return 0;
}

/* Is one of the sibling's addresses, or its name, an upstream's? */
static bool
is_sibling(const struct sibling_conf *b, const struct source_conf *s)
{
	if (strcasecmp(b->host, s->host) == 0)
		return true;
	for (unsigned i = 0; i < b->addrs; i++)
		if (addr_same_host(&b->addr[i], &s->addr))
			return s->addr.family != ADDR_NONE;
	return false;
}

static int
check_sibling(const struct conf *c, struct err *e)
{
	const struct sibling_conf *b = &c->engine.sibling;
	const struct source_conf *s;
	char a[ADDR_TEXT];

	if (!b->on)
		return 0;
	if (b->symmetric && b->key_id == 0)
		return err_set(e,
		    "sibling.symmetric: needs sibling.key: a peer without one "
		    "is anybody");
	for (unsigned i = 0; i < b->addrs; i++)
		for (unsigned j = 0; j < i; j++)
			if (addr_same_host(&b->addr[i], &b->addr[j]))
				return err_set(e,
				    "sibling.also: %s is named twice",
				    addr_print(&b->addr[i], false, a));
	for (unsigned i = 0; (s = upstream(c, i)) != NULL; i++)
		if (is_sibling(b, s))
			return err_set(e,
			    "%s: %s is the sibling: what it knows comes over "
			    "the link already",
			    upstream_key(c, i), s->host);
	return 0;
}

int
conf_check_sibling(struct conf *c, const struct auth_keys *k, struct err *e)
{
	const struct sibling_conf *b = &c->engine.sibling;
	const struct auth_key *key;
	char a[ADDR_TEXT];

	if (!b->on)
		return 0;
	if (b->key_id == 0)
		return err_set(e,
		    "sibling.key: the two gateways need a key, such as key = "
		    "1; without one anybody inside could pose as the sibling");
	key = auth_find(k, b->key_id);
	if (key == NULL)
		return err_set(e,
		    "sibling.key: key %u is not in the key file \"%s\"",
		    b->key_id, c->keys);
	for (unsigned i = 0; i < b->addrs; i++)
		if (!auth_bound(key, &b->addr[i]))
			return err_set(e,
			    "sibling.key: key %u is not bound to %s: add it "
			    "in the key file",
			    b->key_id, addr_print(&b->addr[i], false, a));
	for (unsigned i = 0; i < b->addrs; i++)
		if (!access_allowed(&c->serve.access, &b->addr[i]))
			conf_note(c,
			    "serve.allow: the sibling at %s is not in it: it "
			    "would not be answered",
			    addr_print(&b->addr[i], false, a));
	if (key->type != AUTH_AES128CMAC && !b->symmetric)
		conf_note(c,
		    "sibling.key: key %u is no AES128CMAC, which two gateways "
		    "should use",
		    b->key_id);
	if (key->addr_count == 0)
		conf_note(c,
		    "sibling.key: key %u is bound to no address: whoever has "
		    "it can pose as the sibling",
		    b->key_id);
	return 0;
}

static int
check_serve(const struct conf *c, struct err *e)
{
	for (unsigned i = 0; i < c->serve.listen_count; i++)
		for (unsigned j = 0; j < i; j++)
			if (addr_equal(&c->serve.listen[i],
				&c->serve.listen[j])) {
				char a[ADDR_TEXT];

				return err_set(e,
				    "serve.listen: %s is named twice",
				    addr_print(&c->serve.listen[i], false, a));
			}
	if (c->serve.redirected == c->serve.port)
		return err_set(e,
		    "serve.redirected: %u is serve.port already; choose "
		    "another, such as 1123",
		    c->serve.redirected);
	return 0;
}

/* "192.0.2.1", or "192.0.2.1 and 3 more" */
static void
note_upstreams(struct conf *c, bool (*is)(const struct source_conf *),
    const char *what)
{
	const struct source_conf *s;
	const char *first = NULL;
	unsigned n = 0;

	for (unsigned i = 0; (s = upstream(c, i)) != NULL; i++)
		if (is(s) && n++ == 0)
			first = s->host;
	if (n == 1)
		conf_note(c, "upstream: %.60s: %s", first, what);
	else if (n > 1)
		conf_note(c, "upstream: %.60s and %u more: %s", first, n - 1,
		    what);
}

int
conf_check(struct conf *c, struct err *e)
{
	static int (*const check[])(const struct conf *, struct err *) = {
		check_count,
		check_twice,
		check_keys,
		check_poll,
		check_courtesy,
		check_serve,
		check_sibling,
	};

	for (size_t i = 0; i < sizeof(check) / sizeof(check[0]); i++)
		if (check[i](c, e) == -1)
			return -1;

	note_upstreams(c, conf_lacks_permission,
	    "no permission is noted; ask first, or note where it is given "
	    "(BCP 223 3.6)");
	note_upstreams(c, conf_is_pool,
	    "a pool name can be any server, without operator or permission");
	unsigned groups = conf_groups(c);
	if (groups < GROUPS_MIN)
		conf_note(c,
		    "upstream: the servers have %u operator%s; name three or "
		    "more, so that two agree against a liar (BCP 223 3.2)",
		    groups, groups == 1 ? "" : "s");
	return 0;
}
