/* SPDX-License-Identifier: ISC */
/*
 * keys.c - makes and changes the secrets of a key file, and says how old they
 * are.  No secret is ever printed.
 */
#include "cmd.h"

#include "base/text.h"
#include "conf/conf.h"
#include "sys/file.h"
#include "view/json.h"

#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define CONF_DEFAULT "/etc/ntpgate/ntpgate.conf"
#define OCTETS_MAX (1 << 20) /* of a file */
#define GROWTH 1024	     /* of a key file: a line */

/* One run of the command. */
struct task {
	const struct cmd *cmd;
	const char *conf_path, *path; /* given, or NULL */
	uint32_t id;
	enum auth_type type;
	struct conf conf;
	char file[CONF_PATH_MAX];
	uid_t owner;
	char *text; /* of the file, "" if there is none yet; owned */
	size_t len;
	struct auth_keys keys; /* in it */
};

/* ---- the file ---- */

/* What the configuration says of it; without one the default user. */
static int
read_conf(struct task *t, struct err *e)
{
	const char *path = t->conf_path != NULL ? t->conf_path : CONF_DEFAULT;
	size_t len;
	char *text;
	int rc;

	conf_init(&t->conf);
	if (t->path != NULL && t->conf_path == NULL)
		return 0;
	text = file_read_any(path, OCTETS_MAX, &len, e);
	if (text == NULL)
		return -1;
	rc = conf_read(&t->conf, path, text, e);
	free(text);
	return rc;
}

static int
find_file(struct task *t, struct err *e)
{
	const char *path;
	const struct passwd *pw;

	if (read_conf(t, e) == -1)
		return -1;
	path = t->path != NULL ? t->path : t->conf.keys;
	if (path[0] == '\0')
		return err_set(e,
		    "%s names no file of keys, such as keys = "
		    "\"/etc/ntpgate/keys\"; or give --file",
		    t->conf_path != NULL ? t->conf_path : CONF_DEFAULT);
	if (!text_copy(t->file, sizeof(t->file), path))
		return err_set(e, "%.60s...: path too long", path);
	pw = geteuid() == 0 ? getpwnam(t->conf.user) : NULL;
	t->owner = pw != NULL ? pw->pw_uid : geteuid();
	return 0;
}

/* None is as an empty one if it is to be made. */
static int
read_file(struct task *t, bool make, struct err *e)
{
	if (find_file(t, e) == -1)
		return -1;
	t->text = file_read_owned(t->file, OCTETS_MAX, &t->len, t->owner, e);
	if (t->text == NULL && errno == ENOENT && make) {
		t->text = calloc(1, 1);
		t->len = 0;
	}
	if (t->text == NULL)
		return -1;
	return keys_read(&t->keys, t->file, t->text, NULL, e);
}

static void
forget(struct task *t)
{
	if (t->text != NULL)
		explicit_bzero(t->text, t->len);
	free(t->text);
	t->text = NULL;
	explicit_bzero(&t->keys, sizeof(t->keys));
}

/* ---- a new secret ---- */

static int
draw(struct auth_key *k, struct err *e)
{
	static const uint8_t octets[] = { [AUTH_AES128CMAC] = 16,
		[AUTH_SHA256] = 32,
		[AUTH_SHA1] = 20 };

	k->secret_len = octets[k->type];
	k->made = (int64_t)time(NULL) / 86400 * 86400;
	if (getrandom(k->secret, k->secret_len, 0) != k->secret_len)
		return err_sys(e, "random numbers");
	return 0;
}

/* Puts k, with a new secret, into the file. */
static int
insert(struct task *t, struct auth_key *k, struct err *e)
{
	size_t size = t->len + GROWTH;
	char *octets = calloc(1, size);
	struct text out = { octets, size, 0 };
	int rc;

	if (octets == NULL)
		return err_set(e, "out of memory");
	rc = draw(k, e);
	if (rc == 0)
		keys_insert(t->text, k, &out);
	if (rc == 0)
		rc = file_replace_private(t->file, octets, strlen(octets),
		    t->owner, e);
	explicit_bzero(octets, size);
	explicit_bzero(k->secret, sizeof(k->secret));
	free(octets);
	return rc;
}

/* The smallest number that no key has. */
static uint32_t
free_id(const struct auth_keys *k)
{
	uint32_t id = 1;

	while (auth_find(k, id) != NULL)
		id++;
	return id;
}

static int
read_hosts(struct auth_key *k, int argc, char **argv, struct err *e)
{
	if (argc > AUTH_ADDRS_MAX)
		return err_set(e, "a key is for at most %d addresses",
		    AUTH_ADDRS_MAX);
	for (int i = 0; i < argc; i++)
		if (prefix_parse(&k->addr[k->addr_count++], argv[i], e) == -1)
			return -1;
	return 0;
}

static int
make(struct task *t, int argc, char **argv)
{
	struct auth_key k = { .id = t->id, .type = t->type };
	struct err e;

	if (read_hosts(&k, argc, argv, &e) == -1 ||
	    read_file(t, true, &e) == -1)
		return cmd_fail(t->cmd, CMD_USAGE, "%s", e.text);
	if (k.id == 0)
		k.id = free_id(&t->keys);
	if (auth_find(&t->keys, k.id) != NULL)
		return cmd_fail(t->cmd, CMD_USAGE,
		    "%s has a key %u already; \"ntpgate keys rotate %u\" gives "
		    "it a new secret",
		    t->file, k.id, k.id);
	if (t->keys.count == AUTH_KEYS_MAX)
		return cmd_fail(t->cmd, CMD_USAGE, "%s is full: %d keys",
		    t->file, AUTH_KEYS_MAX);
	if (insert(t, &k, &e) == -1)
		return cmd_fail(t->cmd, CMD_USAGE, "%s", e.text);
	printf("key %u is in %s now\n"
	       "1. copy its line to the key file of the other side, by a way "
	       "that nobody reads\n"
	       "2. name it in both configurations: key = %u\n"
	       "3. reload both\n",
	    k.id, t->file, k.id);
	if (k.addr_count == 0)
		printf("it is bound to no address: whoever has it may use it; "
		       "write the addresses\nof its hosts behind it\n");
	return CMD_WELL;
}

static int
rotate(struct task *t)
{
	const struct auth_key *was;
	struct auth_key k;
	struct err e;

	if (read_file(t, false, &e) == -1)
		return cmd_fail(t->cmd, CMD_USAGE, "%s", e.text);
	was = auth_find(&t->keys, t->id);
	if (was == NULL)
		return cmd_fail(t->cmd, CMD_USAGE, "%s has no key %u", t->file,
		    t->id);
	k = *was;
	if (k.type == AUTH_MD5)
		return cmd_fail(t->cmd, CMD_USAGE,
		    "key %u is MD5, which is weak: \"ntpgate keys new\" makes "
		    "a better one",
		    t->id);
	if (t->keys.count == AUTH_KEYS_MAX &&
	    auth_find_other(&t->keys, t->id) == NULL)
		return cmd_fail(t->cmd, CMD_USAGE, "%s is full: %d keys",
		    t->file, AUTH_KEYS_MAX);
	if (insert(t, &k, &e) == -1)
		return cmd_fail(t->cmd, CMD_USAGE, "%s", e.text);
	printf("key %u has a new secret in %s; the line below it is the "
	       "previous one\n"
	       "1. copy both lines to the key file of the other side, in "
	       "place of its one\n"
	       "2. reload both, in any order: until then both secrets are "
	       "good\n"
	       "A server that knows no previous keys, such as chronyd, must "
	       "change at once.\n",
	    k.id, t->file);
	return CMD_WELL;
}

/* ---- their age ---- */

/* "3 days", or "unknown" */
static void
print_age(const struct auth_key *k, int64_t now, struct text *t)
{
	long days = k != NULL ? keys_age(k, now) : -1;

	if (k == NULL)
		text_add(t, "-");
	else if (days < 0)
		text_add(t, "unknown");
	else
		text_add(t, "%ld day%s", days, days == 1 ? "" : "s");
}

static void
print_row(const struct task *t, const struct auth_key *k, int64_t now)
{
	char age[32] = "", previous[32] = "", prefix[ADDR_TEXT];
	struct text a = TEXT(age), p = TEXT(previous);

	print_age(k, now, &a);
	print_age(auth_find_other(&t->keys, k->id), now, &p);
	printf("%10u  %-10s  %-10s  %-10s ", k->id, keys_type_name(k->type),
	    age, previous);
	for (unsigned i = 0; i < k->addr_count; i++)
		printf(" %s", prefix_print(&k->addr[i], prefix));
	printf("%s\n", k->addr_count == 0 ? " any" : "");
}

static json_t *
days_or_null(const struct auth_key *k, int64_t now)
{
	long days = k != NULL ? keys_age(k, now) : -1;

	return days < 0 ? json_null() : json_integer(days);
}

static json_t *
row_json(const struct task *t, const struct auth_key *k, int64_t now)
{
	const struct auth_key *other = auth_find_other(&t->keys, k->id);
	json_t *hosts = json_array();
	char prefix[ADDR_TEXT];

	for (unsigned i = 0; i < k->addr_count; i++)
		json_array_append_new(hosts,
		    json_string(prefix_print(&k->addr[i], prefix)));
	return json_pack("{s:I, s:s, s:o, s:o, s:b, s:o}", "id",
	    (json_int_t)k->id, "type", keys_type_name(k->type), "addresses",
	    hosts, "age_days", days_or_null(k, now), "previous", other != NULL,
	    "previous_age_days", days_or_null(other, now));
}

static void
show_json(const struct task *t, int64_t now)
{
	json_t *rows = json_array();
	json_t *all = json_pack("{s:i, s:s, s:o}", "schema", JSON_SCHEMA,
	    "file", t->file, "keys", rows);

	for (unsigned i = 0; i < t->keys.count; i++)
		if (auth_find(&t->keys, t->keys.key[i].id) == &t->keys.key[i])
			json_array_append_new(rows,
			    row_json(t, &t->keys.key[i], now));
	json_dumpf(all, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(all);
}

static void
show_text(const struct task *t, int64_t now)
{
	printf("%10s  %-10s  %-10s  %-10s  %s\n", "key", "type", "age",
	    "previous", "addresses");
	for (unsigned i = 0; i < t->keys.count; i++)
		if (auth_find(&t->keys, t->keys.key[i].id) == &t->keys.key[i])
			print_row(t, &t->keys.key[i], now);
	for (unsigned i = 0; i < t->keys.count; i++) {
		const struct auth_key *k = &t->keys.key[i];

		if (auth_find(&t->keys, k->id) == k &&
		    keys_age(k, now) > KEYS_OLD)
			printf("key %u is older than a year: \"ntpgate keys "
			       "rotate %u\"\n",
			    k->id, k->id);
	}
}

static int
show_age(struct task *t)
{
	int64_t now = (int64_t)time(NULL);
	struct err e;

	if (read_file(t, false, &e) == -1)
		return cmd_fail(t->cmd, CMD_USAGE, "%s", e.text);
	if (t->cmd->json)
		show_json(t, now);
	else
		show_text(t, now);
	for (unsigned i = 0; i < t->keys.count; i++)
		if (keys_age(&t->keys.key[i], now) > KEYS_OLD &&
		    auth_find(&t->keys, t->keys.key[i].id) == &t->keys.key[i])
			return CMD_NOT_WELL;
	return CMD_WELL;
}

/* ---- arguments ---- */

static bool
read_id(const char *text, uint32_t *id)
{
	char *end;

	errno = 0;
	unsigned long long v = strtoull(text, &end, 10);
	*id = (uint32_t)v;
	return *text >= '0' && *text <= '9' && *end == '\0' && errno == 0 &&
	    v >= 1 && v <= UINT32_MAX;
}

static bool
read_options(struct task *t, int argc, char **argv)
{
	static const struct option options[] = {
		{ "conf", required_argument, NULL, 'c' },
		{ "file", required_argument, NULL, 'f' },
		{ "id", required_argument, NULL, 'i' },
		{ "type", required_argument, NULL, 't' },
		{ NULL, 0, NULL, 0 },
	};
	bool good = true;
	int opt;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (opt == 'c')
			t->conf_path = optarg;
		else if (opt == 'f')
			t->path = optarg;
		else if (opt == 'i')
			good &= read_id(optarg, &t->id) ||
			    cmd_wrong("keys --id", optarg,
				"a number, 1 to 4294967295");
		else if (opt == 't')
			good &= (keys_type(optarg, &t->type) &&
				    t->type != AUTH_MD5) ||
			    cmd_wrong("keys --type", optarg,
				"AES128CMAC, SHA256 or SHA1");
		else
			good = false;
	}
	return good;
}

/* What is to be done, and to which key. */
static int
wrong_words(const char *what, int argc, char **argv)
{
	if (strcmp(what, "rotate") == 0 && argc == 1)
		cmd_wrong("keys rotate", argv[0], "the number of a key");
	else if (strcmp(what, "rotate") != 0 && strcmp(what, "show-age") != 0)
		cmd_wrong("keys", what, "new, rotate ID or show-age");
	return cmd_usage("keys");
}

int
cmd_keys(const struct cmd *c, int argc, char **argv)
{
	static struct task t; /* too large for the stack */
	const char *what;
	int rc;

	t = (struct task){ .cmd = c, .type = AUTH_AES128CMAC };
	if (!read_options(&t, argc, argv) || optind == argc)
		return cmd_usage("keys");
	what = argv[optind++];
	argc -= optind;
	argv += optind;
	if (strcmp(what, "new") == 0)
		rc = make(&t, argc, argv);
	else if (strcmp(what, "rotate") == 0 && argc == 1 &&
	    read_id(argv[0], &t.id))
		rc = rotate(&t);
	else if (strcmp(what, "show-age") == 0 && argc == 0)
		rc = show_age(&t);
	else
		rc = wrong_words(what, argc, argv);
	forget(&t);
	return rc;
}
