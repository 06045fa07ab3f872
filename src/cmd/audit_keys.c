/* SPDX-License-Identifier: ISC */
#include "audit_parts.h"

#include "sys/file.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define OLD_S (KEYS_OLD * AUDIT_DAY_S)

static bool
has_key(const struct source_conf *s)
{
	return s->key_id != 0;
}

void
audit_authentication(struct audit *r)
{
	unsigned all = r->conf.engine.count + r->conf.spare_count;
	unsigned with = audit_count(&r->conf, has_key);

	if (with == all)
		audit_add(r, AUDIT_PASS,
		    "the answers of all servers are authenticated");
	else
		audit_add(r, AUDIT_NOTE,
		    "%u of %u servers have no key: who sits on the path can "
		    "forge their answers",
		    all - with, all);
}

void
audit_sibling_key(struct audit *r)
{
	if (!r->conf.engine.sibling.on)
		return;
	if (r->conf.engine.sibling.key_id == 0)
		audit_add(r, AUDIT_FAIL,
		    "the sibling has no key: anybody inside could pose as it");
	else
		audit_add(r, AUDIT_PASS, "the sibling has key %u",
		    r->conf.engine.sibling.key_id);
}

/* The daemon's user owns the file; root may look in his place. */
static uid_t
owner_of_keys(const struct conf *c)
{
	const struct passwd *pw = geteuid() == 0 ? getpwnam(c->user) : NULL;

	return pw != NULL ? pw->pw_uid : geteuid();
}

void
audit_key_file(struct audit *r)
{
	const char *path = r->conf.keys;
	struct err e;
	size_t len;
	char *text;
	bool hidden;

	if (path[0] == '\0')
		return;
	text = file_read_owned(path, AUDIT_OCTETS_MAX, &len,
	    owner_of_keys(&r->conf), &e);
	hidden = text == NULL && errno == EACCES;
	r->keys_known =
	    text != NULL && keys_read(&r->keys, path, text, NULL, &e) == 0;
	if (text != NULL)
		explicit_bzero(text, len);
	free(text);
	if (hidden)
		audit_add(r, AUDIT_NOTE,
		    "%.120s cannot be looked at by this user", path);
	else if (!r->keys_known)
		audit_add(r, AUDIT_FAIL, "%.240s", e.text);
	else
		audit_add(r, AUDIT_PASS, "%.120s is private: %u key%s in it",
		    path, r->keys.count, r->keys.count == 1 ? "" : "s");
}

/* A row for each present key that is old; true if all say when they were
 * made. */
static bool
all_dated(struct audit *r, unsigned *old)
{
	bool all = true;

	*old = 0;
	for (unsigned i = 0; i < r->keys.count; i++) {
		const struct auth_key *k = &r->keys.key[i];
		long days = keys_age(k, time(NULL));

		if (auth_find(&r->keys, k->id) != k)
			continue;
		all &= days >= 0;
		if (days <= KEYS_OLD)
			continue;
		++*old;
		audit_add(r, AUDIT_NOTE,
		    "key %u was made %ld days ago: \"ntpgate keys rotate %u\" "
		    "makes a new one",
		    k->id, days, k->id);
	}
	return all;
}

/* Refreshed from time to time: how often is the site's to say. */
void
audit_key_age(struct audit *r)
{
	struct stat st;
	unsigned old;
	double age;

	if (!r->keys_known || stat(r->conf.keys, &st) == -1)
		return;
	if (all_dated(r, &old) && r->keys.count > 0) {
		if (old == 0)
			audit_add(r, AUDIT_PASS,
			    "all keys were made within the last year");
		return;
	}
	age = difftime(time(NULL), st.st_mtime);
	if (age > OLD_S)
		audit_add(r, AUDIT_NOTE,
		    "%.120s was last changed %.0f days ago: are its keys "
		    "still fresh?",
		    r->conf.keys, age / AUDIT_DAY_S);
	else
		audit_add(r, AUDIT_PASS,
		    "%.120s was changed within the last year", r->conf.keys);
}

void
audit_key_types(struct audit *r)
{
	unsigned weak = 0;

	for (unsigned i = 0; i < r->keys.count; i++)
		if (r->keys.key[i].type == AUTH_MD5) {
			weak++;
			audit_add(r, AUDIT_FAIL,
			    "key %u is MD5, which is weak; AES128CMAC would "
			    "be better",
			    r->keys.key[i].id);
		}
	if (r->keys_known && weak == 0)
		audit_add(r, AUDIT_PASS, "no key is MD5");
}

/* False, and a row says why, if its answers would never be believed. */
static bool
is_usable(struct audit *r, const char *host, uint32_t id)
{
	const struct auth_key *key = auth_find(&r->keys, id);
	struct addr a;

	if (key == NULL)
		audit_add(r, AUDIT_FAIL,
		    "%.80s: key %u is not in %.120s: its answers would never "
		    "be believed",
		    host, id, r->conf.keys);
	else if (addr_parse(&a, host) && !auth_bound(key, &a))
		audit_add(r, AUDIT_FAIL,
		    "%.80s: key %u is bound to other addresses: its answers "
		    "would never be believed",
		    host, id);
	else
		return true;
	return false;
}

/* The same for the sibling: the daemon's own words at its start. */
static bool
is_sibling_usable(struct audit *r)
{
	static struct conf c;
	struct err e;
	unsigned before = r->conf.note_count;

	c = r->conf;
	if (conf_check_sibling(&c, &r->keys, &e) == -1) {
		audit_add(r, AUDIT_FAIL, "%.240s", e.text);
		return false;
	}
	for (unsigned i = before; i < c.note_count; i++)
		audit_add(r, AUDIT_NOTE, "%s", c.note[i]);
	return true;
}

void
audit_key_use(struct audit *r)
{
	const struct source_conf *s;
	unsigned used = 0, usable = 0;

	if (!r->keys_known)
		return;
	for (unsigned i = 0; (s = audit_upstream(&r->conf, i)) != NULL; i++)
		if (s->key_id != 0) {
			used++;
			usable += is_usable(r, s->host, s->key_id);
		}
	if (r->conf.engine.sibling.key_id != 0) {
		used++;
		usable += is_sibling_usable(r);
	}
	if (used > 0 && usable == used)
		audit_add(r, AUDIT_PASS,
		    "each key that is named is in the file, and fits its host");
}

/* Who has that key before the i-th; NULL if nobody. */
static const char *
earlier_user(const struct conf *c, unsigned i, uint32_t id)
{
	for (unsigned j = 0; j < i; j++)
		if (audit_upstream(c, j)->key_id == id)
			return audit_upstream(c, j)->host;
	return NULL;
}

static bool
is_own(struct audit *r, unsigned i, const char *host, uint32_t id)
{
	const char *other = id != 0 ? earlier_user(&r->conf, i, id) : NULL;

	if (other != NULL)
		audit_add(r, AUDIT_FAIL,
		    "%.80s and %.80s share key %u: either can pose as the "
		    "other",
		    other, host, id);
	return other == NULL;
}

void
audit_key_shared(struct audit *r)
{
	const struct source_conf *s;
	unsigned i, used = r->conf.engine.sibling.key_id != 0;
	bool good = true;

	for (i = 0; (s = audit_upstream(&r->conf, i)) != NULL; i++) {
		used += has_key(s);
		good &= is_own(r, i, s->host, s->key_id);
	}
	good &= is_own(r, i, r->conf.engine.sibling.host,
	    r->conf.engine.sibling.key_id);
	if (good && used > 0)
		audit_add(r, AUDIT_PASS, "no two servers share a key");
}
