/* SPDX-License-Identifier: ISC */
/*
 * The keys of ntpgate.conf, as tables; what they mean stands in
 * ntpgate.conf(5), which has an entry for each row.
 */
#include "base/text.h"
#include "conf/conf.h"
#include "conf/field.h"
#include "conf/scan.h"

#include <string.h>
#include <sys/un.h>

#define MS 1e-3
#define US 1e-6
#define HOUR 3600.0
#define MB (1024.0 * 1024)
#define SOCKET_PATH_MAX (sizeof(((struct sockaddr_un *)0)->sun_path) - 1)

#define SIZE_OF(type, m) sizeof(((type *)0)->m)
#define IN(type, m) .at = offsetof(type, m), .size = SIZE_OF(type, m)
#define AT(m) IN(struct conf, m)
#define ELEMENT(m) .stride = SIZE_OF(struct conf, m)

static int read_listens(struct field_reader *, const struct field_key *,
    const config_setting_t *);
static int read_listen(struct field_reader *, const struct field_key *,
    const config_setting_t *, const char *);
static int read_allow(struct field_reader *, const struct field_key *,
    const config_setting_t *, const char *);
static int read_deny(struct field_reader *, const struct field_key *,
    const config_setting_t *, const char *);
static int read_mode6(struct field_reader *, const struct field_key *,
    const config_setting_t *, const char *);
static int read_also(struct field_reader *, const struct field_key *,
    const config_setting_t *, const char *);
static int read_prefix(struct field_reader *, const struct field_key *,
    const config_setting_t *);
static int read_agentx(struct field_reader *, const struct field_key *,
    const config_setting_t *);
static int read_log_to(struct field_reader *, const struct field_key *,
    const config_setting_t *);
static int read_statistics(struct field_reader *, const struct field_key *,
    const config_setting_t *);

static const struct field_word clocks[] = {
	{ CONF_CLOCK_SYSTEM, "system" },
	{ CONF_CLOCK_VIRTUAL, "virtual" },
	{ 0, NULL },
};

/* syslog's numbers */
static const struct field_word levels[] = {
	{ 3, "err" },
	{ 4, "warning" },
	{ 5, "notice" },
	{ 6, "info" },
	{ 7, "debug" },
	{ 0, NULL },
};

static const struct field_key server_keys[] = {
	{ "host", field_host, IN(struct source_conf, host), .required = true,
	    .beside = offsetof(struct source_conf, addr) },
	{ "port", field_count, IN(struct source_conf, addr.port), .min = 1,
	    .max = UINT16_MAX },
	{ "operator", field_text, IN(struct source_conf, operator_name) },
	{ "permission", field_text, IN(struct source_conf, permission) },
	{ "stratum", field_count, IN(struct source_conf, stratum), .min = 1,
	    .max = 15 },
	{ "key", field_count, IN(struct source_conf, key_id), .min = 1,
	    .max = UINT32_MAX },
	{ 0 },
};

static const struct field_key poll_keys[] = {
	{ "min", field_time, AT(engine.poll_min_s), .min = 1,
	    .max = 36 * HOUR },
	{ "max", field_time, AT(engine.poll_max_s), .min = 1,
	    .max = 36 * HOUR },
	{ 0 },
};

static const struct field_key budget_keys[] = {
	{ "day", field_count, AT(engine.budget_day), .min = 1, .max = 1e8 },
	{ 0 },
};

static const struct field_key upstream_keys[] = {
	{ "servers", field_list, AT(engine.server), .keys = server_keys,
	    .min = CONF_SERVERS_MIN, .max = CONF_SERVERS_MAX,
	    ELEMENT(engine.server[0]),
	    .beside = offsetof(struct conf, engine.count) },
	{ "spares", field_list, AT(spare), .keys = server_keys,
	    .max = CONF_SPARES_MAX, ELEMENT(spare[0]),
	    .beside = offsetof(struct conf, spare_count) },
	{ "poll", field_section, .keys = poll_keys },
	{ "accuracy", field_time, AT(engine.accuracy_s), .min = 1 * US,
	    .max = 10 },
	{ "budget", field_section, .keys = budget_keys },
	{ 0 },
};

static const struct field_key sibling_keys[] = {
	{ "host", field_host, AT(engine.sibling.host), .required = true,
	    .beside = offsetof(struct conf, engine.sibling.addr[0]) },
	{ "port", field_count, AT(engine.sibling.addr[0].port), .min = 1,
	    .max = UINT16_MAX },
	{ "key", field_count, AT(engine.sibling.key_id), .min = 1,
	    .max = UINT32_MAX },
	{ "also", field_texts, .each = read_also, .max = SIBLING_ADDRS - 1 },
	{ "symmetric", field_flag, AT(engine.sibling.symmetric) },
	{ 0 },
};

/* A member of the unnamed struct that is an element of the list. */
#define IN_LIMITED(m)                                          \
	.at = offsetof(struct conf, serve.limit_prefix[0].m) - \
	    offsetof(struct conf, serve.limit_prefix[0]),      \
	.size = SIZE_OF(struct conf, serve.limit_prefix[0].m)

static const struct field_key prefix_keys[] = {
	{ "prefix", read_prefix, IN_LIMITED(prefix), .required = true },
	{ "interval", field_time, IN_LIMITED(limit.interval_s), .min = 1 * MS,
	    .max = 1 * HOUR },
	{ "burst", field_count, IN_LIMITED(limit.burst), .min = 1,
	    .max = 10000 },
	{ 0 },
};

static const struct field_key limit_keys[] = {
	{ "interval", field_time, AT(serve.limit.interval_s), .min = 1 * MS,
	    .max = 1 * HOUR },
	{ "burst", field_count, AT(serve.limit.burst), .min = 1, .max = 10000 },
	{ "kod", field_flag, AT(serve.kod) },
	{ "prefixes", field_list, AT(serve.limit_prefix), .keys = prefix_keys,
	    .max = CONF_LIMITS_MAX, ELEMENT(serve.limit_prefix[0]),
	    .beside = offsetof(struct conf, serve.limit_count) },
	{ 0 },
};

static const struct field_key serve_keys[] = {
	{ "listen", read_listens, .each = read_listen, .max = CONF_LISTEN_MAX },
	{ "port", field_count, AT(serve.port), .min = 1, .max = UINT16_MAX },
	{ "allow", field_texts, .each = read_allow, .max = ACCESS_MAX },
	{ "deny", field_texts, .each = read_deny, .max = ACCESS_MAX },
	{ "workers", field_count, AT(serve.workers), .max = 256 },
	{ "limit", field_section, .keys = limit_keys },
	{ "orphan", field_count, AT(engine.orphan), .max = 15 },
	{ "redirected", field_count, AT(serve.redirected), .max = UINT16_MAX },
	{ "memory", field_size, AT(serve.memory), .min = 1 * MB,
	    .max = 16384 * MB },
	{ 0 },
};

static const struct field_key leap_keys[] = {
	{ "file", field_text, AT(leap_file) },
	{ 0 },
};

static const struct field_key step_keys[] = {
	{ "limit", field_time, AT(engine.step_limit_s), .min = 1 * MS,
	    .max = 1 * HOUR },
	{ "slew", field_number, AT(engine.slew), .unit = 1e-6, .min = 1,
	    .max = 5000 },
	{ 0 },
};

static const struct field_key http_keys[] = {
	{ "listen", field_endpoint, AT(http.listen), .required = true },
	{ 0 },
};

static const struct field_key report_keys[] = {
	{ "price_per_gb", field_number, AT(price_per_gb), .max = 1e6 },
	{ 0 },
};

static const struct field_key snmp_keys[] = {
	{ "agentx", read_agentx, AT(agentx), .min = 1, .required = true },
	{ 0 },
};

static const struct field_key mode6_keys[] = {
	{ "allow", field_texts, .each = read_mode6, .max = CONF_MODE6_MAX,
	    .required = true },
	{ 0 },
};

static const struct field_key log_keys[] = {
	{ "to", read_log_to, AT(log.file), .min = 1 },
	{ "level", field_word, AT(log.level), .words = levels },
	{ "statistics", read_statistics, AT(log.statistics) },
	{ 0 },
};

static const struct field_key keys[] = {
	{ "name", field_text, AT(name), .min = 1 },
	{ "clock", field_word, AT(clock), .words = clocks },
	{ "state_dir", field_text, AT(state_dir), .min = 1 },
	{ "run_dir", field_text, AT(run_dir), .min = 1 },
	{ "user", field_text, AT(user), .min = 1 },
	{ "keys", field_text, AT(keys) },
	{ "upstream", field_section, .keys = upstream_keys },
	{ "sibling", field_section, AT(engine.sibling.on),
	    .keys = sibling_keys },
	{ "serve", field_section, .keys = serve_keys },
	{ "leap", field_section, .keys = leap_keys },
	{ "step", field_section, .keys = step_keys },
	{ "http", field_section, AT(http.on), .keys = http_keys },
	{ "report", field_section, .keys = report_keys },
	{ "snmp", field_section, .keys = snmp_keys },
	{ "mode6", field_section, .keys = mode6_keys },
	{ "log", field_section, .keys = log_keys },
	{ 0 },
};

/* What the file names comes in the place of the default. */
static int
read_listens(struct field_reader *r, const struct field_key *k,
    const config_setting_t *s)
{
	r->conf->serve.listen_count = 0;
	if (field_texts(r, k, s) == -1)
		return -1;
	if (r->conf->serve.listen_count == 0)
		return field_fail(r, s,
		    "name at least one address; who shall not be served is "
		    "left out of serve.allow");
	return 0;
}

static int
read_listen(struct field_reader *r, const struct field_key *k,
    const config_setting_t *s, const char *text)
{
	struct conf *c = r->conf;
	struct addr a;

	(void)k;
	if (!addr_parse(&a, text))
		return field_refuse(r, s,
		    "must be an address of this machine, such as 0.0.0.0 or "
		    "2001:db8::11; the port is serve.port");
	if (addr_is_multicast(&a))
		return field_refuse(r, s,
		    "a multicast or broadcast address cannot be listened at");
	c->serve.listen[c->serve.listen_count++] = a;
	return 0;
}

static bool
prefix_equal(const struct prefix *a, const struct prefix *b)
{
	return a->len == b->len && addr_same_host(&a->net, &b->net);
}

static int
read_rule(struct field_reader *r, const config_setting_t *s, const char *text,
    bool allow)
{
	struct access *a = &r->conf->serve.access;
	struct prefix p;

	if (prefix_parse(&p, text, r->err) == -1)
		return field_fail_err(r, s);
	for (unsigned i = 0; i < a->count; i++)
		if (a->rule[i].allow != allow &&
		    prefix_equal(&a->rule[i].prefix, &p))
			return field_fail(r, s,
			    "\"%s\" is in serve.%s too; it cannot be both",
			    text, allow ? "deny" : "allow");
	if (!access_add(a, &p, allow))
		return field_fail(r, s,
		    "more than %d prefixes to allow and to deny", ACCESS_MAX);
	return 0;
}

static int
read_allow(struct field_reader *r, const struct field_key *k,
    const config_setting_t *s, const char *text)
{
	(void)k;
	return read_rule(r, s, text, true);
}

static int
read_deny(struct field_reader *r, const struct field_key *k,
    const config_setting_t *s, const char *text)
{
	(void)k;
	return read_rule(r, s, text, false);
}

static int
read_mode6(struct field_reader *r, const struct field_key *k,
    const config_setting_t *s, const char *text)
{
	struct conf *c = r->conf;

	(void)k;
	if (prefix_parse(&c->mode6[c->mode6_count], text, r->err) == -1)
		return field_fail_err(r, s);
	c->mode6_count++;
	return 0;
}

/* Behind the place of the host's own: settle_sibling() closes the rows. */
static int
read_also(struct field_reader *r, const struct field_key *k,
    const config_setting_t *s, const char *text)
{
	struct sibling_conf *b = &r->conf->engine.sibling;
	struct addr a;

	(void)k;
	if (!addr_parse(&a, text) || addr_is_any(&a) || addr_is_multicast(&a))
		return field_refuse(r, s,
		    "must be one more address of the sibling, such as "
		    "2001:db8::12; a name stands in sibling.host");
	b->addr[++b->addrs] = a;
	return 0;
}

static int
read_prefix(struct field_reader *r, const struct field_key *k,
    const config_setting_t *s)
{
	const char *text = field_is_text(r, s, "10.7.0.0/16");
	struct prefix p;

	if (text == NULL)
		return -1;
	if (prefix_parse(&p, text, r->err) == -1)
		return field_fail_err(r, s);
	memcpy((char *)r->base + k->at, &p, sizeof(p));
	return 0;
}

static int
read_agentx(struct field_reader *r, const struct field_key *k,
    const config_setting_t *s)
{
	const char *text = field_is_text(r, s, "unix:/var/agentx/master");

	if (text == NULL)
		return -1;
	if (strncmp(text, "unix:/", 6) != 0 && strncmp(text, "tcp:", 4) != 0)
		return field_refuse(r, s,
		    "must be where the SNMP agent listens, such as "
		    "\"unix:/var/agentx/master\" or \"tcp:127.0.0.1:705\"");
	if (text[0] == 'u' && strlen(text + 5) > SOCKET_PATH_MAX)
		return field_refuse(r, s,
		    "%zu octets are too long for the path of a socket; at most "
		    "%zu",
		    strlen(text + 5), SOCKET_PATH_MAX);
	return field_text(r, k, s);
}

static int
read_log_to(struct field_reader *r, const struct field_key *k,
    const config_setting_t *s)
{
	static const char *const word[] = {
		[CONF_LOG_SYSLOG] = "syslog",
		[CONF_LOG_JOURNAL] = "journal",
		[CONF_LOG_STDERR] = "stderr",
	};
	const char *text = field_is_text(r, s, "syslog");

	if (text == NULL)
		return -1;
	for (int i = 0; i < CONF_LOG_FILE; i++)
		if (strcmp(text, word[i]) == 0) {
			r->conf->log.to = (enum conf_log)i;
			return 0;
		}
	/* A slash tells a file from a word that was misspelt. */
	if (strchr(text, '/') == NULL)
		return field_refuse(r, s,
		    "must be \"syslog\", \"journal\", \"stderr\" or the path of "
		    "a file");
	r->conf->log.to = CONF_LOG_FILE;
	return field_text(r, k, s);
}

/* As in log.to, a path has a slash: "yes" is no place. */
static int
read_statistics(struct field_reader *r, const struct field_key *k,
    const config_setting_t *s)
{
	const char *text = field_is_text(r, s, "/var/log/ntpgate");

	if (text == NULL)
		return -1;
	if (text[0] != '\0' && strchr(text, '/') == NULL)
		return field_refuse(r, s,
		    "must be the path of a directory, such as "
		    "\"/var/log/ntpgate\", or \"\" for none");
	return field_text(r, k, s);
}

static int
parse_failed(const config_t *t, const char *file, struct err *e)
{
	const char *why = config_error_text(t);

	if (strcmp(why, "duplicate setting name") == 0)
		why = "this key stands in its section already";
	else if (strcmp(why, "syntax error") == 0)
		why = "syntax error: look for a missing quote, bracket or "
		      "equals sign here or in the line before";
	return err_set(e, "%s:%d: %s", file, config_error_line(t), why);
}

/* The host's address first, if it is one, and all with the one port. */
static void
settle_sibling(struct sibling_conf *b)
{
	uint16_t port = b->addr[0].port;

	if (b->addr[0].family == ADDR_NONE) {
		memmove(&b->addr[0], &b->addr[1],
		    (SIBLING_ADDRS - 1) * sizeof(b->addr[0]));
		b->addr[SIBLING_ADDRS - 1] = (struct addr){ 0 };
	} else {
		b->addrs++;
	}
	for (unsigned i = 0; i < SIBLING_ADDRS; i++)
		b->addr[i].port = port;
}

/* What one row cannot say, because it depends on another. */
static int
settle(struct field_reader *r, const config_t *t)
{
	struct conf *c = r->conf;

	for (unsigned i = 0; i < c->serve.listen_count; i++)
		c->serve.listen[i].port = c->serve.port;
	settle_sibling(&c->engine.sibling);
	for (unsigned i = 0; i < c->serve.limit_count; i++) {
		struct conf_limit *l = &c->serve.limit_prefix[i].limit;

		if (l->interval_s == 0)
			l->interval_s = c->serve.limit.interval_s;
		if (l->burst == 0)
			l->burst = c->serve.limit.burst;
	}
	if (conf_check(c, r->err) == 0)
		return 0;

	/* Its sentence begins with the key: find the line of that. */
	const config_setting_t *s = NULL;
	char key[FIELD_PATH_MAX];

	text_copy(key, sizeof(key), r->err->text);
	key[strcspn(key, ":")] = '\0';
	for (char *dot = key; dot != NULL && s == NULL; *dot = '\0') {
		s = config_lookup(t, key);
		if ((dot = strrchr(key, '.')) == NULL)
			break;
	}
	if (s == NULL)
		return err_at(r->err, "%s", r->file);
	return err_at(r->err, "%s:%u", r->file, config_setting_source_line(s));
}

int
conf_read(struct conf *c, const char *file, const char *text, struct err *e)
{
	struct field_reader r = { c, file, e, c, "" };
	config_t t;
	int rc = -1;

	conf_init(c);
	if (scan_text(file, text, e) == -1)
		return -1;
	config_init(&t);
	if (config_read_string(&t, text) != CONFIG_TRUE)
		parse_failed(&t, file, e);
	else if (field_keys(&r, keys, config_root_setting(&t)) == 0)
		rc = settle(&r, &t);
	config_destroy(&t);
	return rc;
}
