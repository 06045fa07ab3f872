/* SPDX-License-Identifier: ISC */
#include "audit.h"

#include "base/text.h"
#include "conf/value.h"
#include "core/leap.h"
#include "sys/file.h"

#include <errno.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define OCTETS_MAX (1 << 20) /* of any file that is read here */
#define GROUPS_MIN 3
#define DAY 86400.0

__attribute__((format(printf, 4, 5))) static void
add(struct audit *r, enum audit_verdict v, const char *rule, const char *fmt,
    ...)
{
	struct audit_row *row = &r->row[r->rows];
	struct text t = TEXT(row->text);
	va_list ap;

	if (r->rows == AUDIT_ROWS_MAX)
		return;
	r->rows++;
	row->verdict = v;
	row->rule = rule;
	va_start(ap, fmt);
	text_vadd(&t, fmt, ap);
	va_end(ap);
}

/* The i-th server, then spare; NULL behind the last. */
static const struct source_conf *
upstream(const struct conf *c, unsigned i)
{
	if (i < c->engine.count)
		return &c->engine.server[i];
	i -= c->engine.count;
	return i < c->spare_count ? &c->spare[i] : NULL;
}

static unsigned
count_upstreams(const struct conf *c, bool (*is)(const struct source_conf *))
{
	const struct source_conf *s;
	unsigned n = 0;

	for (unsigned i = 0; (s = upstream(c, i)) != NULL; i++)
		n += is(s);
	return n;
}

/* ---- upstream ---- */

static void
audit_number(struct audit *r)
{
	add(r, AUDIT_PASS, "BCP 223 3.2",
	    "%u servers are named; %u to %u are right", r->conf.engine.count,
	    CONF_SERVERS_MIN, CONF_SERVERS_MAX);
}

static bool
lacks_operator(const struct source_conf *s)
{
	return s->operator_name[0] == '\0' && conf_is_public(s);
}

static void
audit_diversity(struct audit *r)
{
	unsigned groups = conf_groups(&r->conf);
	unsigned unsaid = count_upstreams(&r->conf, lacks_operator);

	if (groups < GROUPS_MIN)
		add(r, AUDIT_FAIL, "BCP 223 3.2",
		    "the servers speak with %u voice%s; with three or more "
		    "operators two agree against a liar",
		    groups, groups == 1 ? "" : "s");
	else
		add(r, AUDIT_PASS, "BCP 223 3.2",
		    "the servers speak with %u voices, so that one liar is "
		    "outvoted",
		    groups);
	if (unsaid > 0)
		add(r, AUDIT_NOTE, "BCP 223 3.2",
		    "%u public server%s no operator; two of one operator "
		    "would be counted as two voices",
		    unsaid, unsaid == 1 ? " has" : "s have");
}

static void
audit_permission(struct audit *r)
{
	const struct source_conf *s;

	for (unsigned i = 0; (s = upstream(&r->conf, i)) != NULL; i++)
		if (conf_lacks_permission(s))
			add(r, AUDIT_FAIL, "BCP 223 3.6",
			    "%.80s: no permission is noted; ask its owner, or "
			    "note where it is given",
			    s->host);
	if (count_upstreams(&r->conf, conf_is_public) == 0)
		add(r, AUDIT_PASS, "BCP 223 3.6",
		    "all servers are lab addresses: nobody's permission is "
		    "needed");
	else if (count_upstreams(&r->conf, conf_lacks_permission) == 0)
		add(r, AUDIT_PASS, "BCP 223 3.6",
		    "each public server has a permission noted");
}

static void
audit_pool(struct audit *r)
{
	const struct source_conf *s;

	for (unsigned i = 0; (s = upstream(&r->conf, i)) != NULL; i++)
		if (conf_is_pool(s))
			add(r, AUDIT_NOTE, "BCP 223 3.6",
			    "%.80s: a pool name can be any server, and nobody "
			    "knows which; name servers instead",
			    s->host);
}

static void
audit_courtesy(struct audit *r)
{
	const struct engine_conf *e = &r->conf.engine;
	char min[VALUE_TEXT], max[VALUE_TEXT];

	value_time_print(e->poll_min_s, min);
	value_time_print(e->poll_max_s, max);
	if (e->poll_min_s < LEDGER_PUBLIC_FLOOR_S)
		add(r, AUDIT_NOTE, "RFC 4330 10",
		    "a server is asked every %s to %s: for a lab only, as all "
		    "of these servers are",
		    min, max);
	else
		add(r, AUDIT_PASS, "RFC 4330 10",
		    "a server is asked every %s to %s, never sooner than 64s",
		    min, max);
}

static void
audit_budget(struct audit *r)
{
	const struct engine_conf *e = &r->conf.engine;
	double most = e->count * DAY / e->poll_min_s;
	double least = e->count * DAY / e->poll_max_s;

	if (least > e->budget_day)
		add(r, AUDIT_NOTE, "RFC 4330 10",
		    "%u packets a day do not suffice even at poll.max, which "
		    "takes %.0f: the servers will be asked less often",
		    e->budget_day, least);
	else
		add(r, AUDIT_PASS, "RFC 4330 10",
		    "%u packets a day may be sent, no more; poll.max takes "
		    "%.0f, poll.min would take %.0f",
		    e->budget_day, least, most);
}

static void
audit_poll(struct audit *r)
{
	char max[VALUE_TEXT];

	value_time_print(r->conf.engine.poll_max_s, max);
	if (r->conf.engine.poll_max_s > DAY)
		add(r, AUDIT_NOTE, "BCP 223 3.7",
		    "poll.max is %s: beyond a day a leap second that is "
		    "announced on its last day may be missed",
		    max);
	else
		add(r, AUDIT_PASS, "BCP 223 3.7",
		    "poll.max is %s, within the day on which a leap second is "
		    "announced",
		    max);
}

/* ---- leap seconds ---- */

static void
audit_leap(struct audit *r)
{
	const char *path = r->conf.leap_file;
	struct leap_table table = { 0 };
	time_t expires;
	struct err e;
	char day[16];
	size_t len;
	char *text;

	if (path[0] == '\0') {
		add(r, AUDIT_NOTE, "BCP 223 3.7",
		    "no leap file is named: leap seconds will not be "
		    "announced");
		return;
	}
	text = file_read(path, OCTETS_MAX, &len, &e);
	if (text == NULL || leap_read(&table, text, &e) == -1) {
		add(r, AUDIT_NOTE, "BCP 223 3.7",
		    "leap.file: %.160s: leap seconds will not be announced",
		    e.text);
		free(text);
		return;
	}
	free(text);
	expires = (time_t)table.expires;
	strftime(day, sizeof(day), "%Y-%m-%d", gmtime(&expires));
	if (expires < time(NULL))
		add(r, AUDIT_NOTE, "BCP 223 3.7",
		    "the leap file expired on %s: a newer one comes with "
		    "tzdata",
		    day);
	else
		add(r, AUDIT_PASS, "BCP 223 3.7",
		    "the leap file is good until %s", day);
}

/* ---- keys ---- */

static bool
has_key(const struct source_conf *s)
{
	return s->key_id != 0;
}

static void
audit_authentication(struct audit *r)
{
	unsigned all = r->conf.engine.count + r->conf.spare_count;
	unsigned with = count_upstreams(&r->conf, has_key);

	if (with == all)
		add(r, AUDIT_PASS, "BCP 223 4.1",
		    "the answers of all servers are authenticated");
	else
		add(r, AUDIT_NOTE, "BCP 223 4.1",
		    "%u of %u servers have no key: who sits on the path can "
		    "forge their answers",
		    all - with, all);
	if (r->conf.sibling.on && r->conf.sibling.key_id == 0)
		add(r, AUDIT_NOTE, "BCP 223 5.6",
		    "the sibling has no key: anybody inside could pose as it");
}

/* The daemon's user owns the file; root may look in his place. */
static uid_t
owner_of_keys(const struct conf *c)
{
	const struct passwd *pw = geteuid() == 0 ? getpwnam(c->user) : NULL;

	return pw != NULL ? pw->pw_uid : geteuid();
}

/* False, and a row says why, if the keys are not there to look at. */
static bool
read_keys(struct audit *r)
{
	const char *path = r->conf.keys;
	struct err e;
	size_t len;
	char *text = file_read_owned(path, OCTETS_MAX, &len,
	    owner_of_keys(&r->conf), &e);
	bool hidden = text == NULL && errno == EACCES;
	bool good =
	    text != NULL && keys_read(&r->keys, path, text, NULL, &e) == 0;

	if (text != NULL)
		explicit_bzero(text, len);
	free(text);
	if (hidden)
		add(r, AUDIT_NOTE, "BCP 223 4.1",
		    "%.120s cannot be looked at by this user", path);
	else if (!good)
		add(r, AUDIT_FAIL, "BCP 223 4.1", "%.240s", e.text);
	else
		add(r, AUDIT_PASS, "BCP 223 4.1",
		    "%.120s is private: %u key%s in it", path, r->keys.count,
		    r->keys.count == 1 ? "" : "s");
	return good;
}

static void
audit_key_types(struct audit *r)
{
	for (unsigned i = 0; i < r->keys.count; i++)
		if (r->keys.key[i].type == AUTH_MD5)
			add(r, AUDIT_NOTE, "RFC 8573",
			    "key %u is MD5, which is weak; AES128CMAC would be "
			    "better",
			    r->keys.key[i].id);
}

static void
audit_one_key(struct audit *r, const char *host, uint32_t id)
{
	const struct auth_key *key = auth_find(&r->keys, id);
	struct addr a;

	if (id == 0)
		return;
	if (key == NULL)
		add(r, AUDIT_FAIL, "BCP 223 4.1",
		    "%.80s: key %u is not in %.120s: its answers would never "
		    "be believed",
		    host, id, r->conf.keys);
	else if (addr_parse(&a, host) && !auth_bound(key, &a))
		add(r, AUDIT_FAIL, "BCP 223 4.1",
		    "%.80s: key %u is bound to other addresses: its answers "
		    "would never be believed",
		    host, id);
}

static void
audit_shared_keys(struct audit *r)
{
	const struct source_conf *a, *b;

	for (unsigned i = 0; (a = upstream(&r->conf, i)) != NULL; i++)
		for (unsigned j = 0; j < i; j++) {
			b = upstream(&r->conf, j);
			if (a->key_id != 0 && a->key_id == b->key_id)
				add(r, AUDIT_NOTE, "BCP 223 4.1",
				    "%.80s and %.80s share key %u: either can "
				    "pose as the other",
				    b->host, a->host, a->key_id);
		}
}

static void
audit_keys(struct audit *r)
{
	const struct source_conf *s;

	audit_shared_keys(r);
	if (r->conf.keys[0] == '\0' || !read_keys(r))
		return;
	audit_key_types(r);
	for (unsigned i = 0; (s = upstream(&r->conf, i)) != NULL; i++)
		audit_one_key(r, s->host, s->key_id);
	audit_one_key(r, r->conf.sibling.host, r->conf.sibling.key_id);
}

/* ---- whom we answer ---- */

/* By its first or its last address: 10.0.0.0/7 holds 11.255.255.255. */
static bool
is_public(const struct prefix *p)
{
	unsigned bits = p->net.family == ADDR_V4 ? 32 : 128;
	struct addr last = p->net;

	for (unsigned bit = p->len; bit < bits; bit++)
		last.ip[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
	return addr_is_public(&p->net) || addr_is_public(&last);
}

/* A row for each prefix that is wider than a site; true if there was none. */
static bool
is_inside(struct audit *r, const struct prefix *p, const char *rule,
    const char *key)
{
	char text[ADDR_TEXT];

	prefix_print(p, text);
	if (p->len == 0)
		add(r, AUDIT_FAIL, rule, "%s: %s is everybody in the world",
		    key, text);
	else if (is_public(p))
		add(r, AUDIT_NOTE, rule,
		    "%s: %s is a public prefix; see that it is all your own",
		    key, text);
	else
		return true;
	return false;
}

static void
audit_access(struct audit *r)
{
	const struct access *a = &r->conf.serve.access;
	unsigned allowed = 0, inside = 0;

	for (unsigned i = 0; i < a->count; i++)
		if (a->rule[i].allow) {
			allowed++;
			inside += is_inside(r, &a->rule[i].prefix,
			    "BCP 223 5.1", "serve.allow");
		}
	if (allowed == 0)
		add(r, AUDIT_NOTE, "BCP 223 5.1",
		    "serve.allow is empty: nobody is served");
	else if (inside == allowed)
		add(r, AUDIT_PASS, "BCP 223 5.1",
		    "only inside networks are served: %u prefix%s", allowed,
		    allowed == 1 ? "" : "es");
}

static void
audit_mode6(struct audit *r)
{
	const struct conf *c = &r->conf;
	unsigned inside = 0;

	for (unsigned i = 0; i < c->mode6_count; i++)
		inside +=
		    is_inside(r, &c->mode6[i], "BCP 223 3.4", "mode6.allow");
	if (c->mode6_count == 0)
		add(r, AUDIT_PASS, "BCP 223 3.4",
		    "control queries (mode 6) are not answered");
	else if (inside == c->mode6_count)
		add(r, AUDIT_PASS, "BCP 223 3.4",
		    "control queries (mode 6) are answered inside only");
}

static void
audit_dashboard(struct audit *r)
{
	char at[ADDR_TEXT];

	if (r->conf.http.on && !addr_is_loopback(&r->conf.http.listen))
		add(r, AUDIT_NOTE, "BCP 223 5.1",
		    "http.listen: %s is more than this machine; the page tells "
		    "who your clients are",
		    addr_print(&r->conf.http.listen, true, at));
}

static void
audit_later(struct audit *r)
{
	for (unsigned i = 0; i < r->conf.note_later; i++)
		add(r, AUDIT_NOTE, "ntpgate.conf(5)", "%s", r->conf.note[i]);
}

static void (*const audits[])(struct audit *) = {
	audit_number,
	audit_diversity,
	audit_permission,
	audit_pool,
	audit_courtesy,
	audit_budget,
	audit_poll,
	audit_leap,
	audit_authentication,
	audit_keys,
	audit_access,
	audit_mode6,
	audit_dashboard,
	audit_later,
};
void
audit_run(struct audit *r)
{
	for (size_t i = 0; i < sizeof(audits) / sizeof(audits[0]); i++)
		audits[i](r);
}
