/* SPDX-License-Identifier: ISC */
/*
 * setup.c - all that can fail, or needs root, before the roles start: so that
 * a bad start is one sentence and no half start.
 */
#include "config.h"
#include "roles.h"

#include "base/text.h"
#include "sys/book.h"
#include "sys/file.h"
#include "sys/http.h"
#include "sys/log.h"
#include "sys/role.h"
#include "sys/udp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define CONF_OCTETS (1024 * 1024)
#define LOCK_WAIT_S 2.0 /* for a predecessor that is just dying */

/* ---- what the configuration names ---- */

/* A line each, from keys_read(). */
static void
note_lines(struct conf *c, char *lines)
{
	char *rest = NULL;

	for (char *l = strtok_r(lines, "\n", &rest); l != NULL;
	     l = strtok_r(NULL, "\n", &rest))
		conf_note(c, "%s", l);
}

/* A key that many have seen is a secret no more. */
static void
note_old(struct setup_orders *o)
{
	for (unsigned i = 0; i < o->keys.count; i++) {
		const struct auth_key *k = &o->keys.key[i];
		long days = keys_age(k, time(NULL));

		if (days > KEYS_OLD && auth_find(&o->keys, k->id) == k)
			conf_note(&o->conf,
			    "keys: key %u was made %ld days ago: \"ntpgate keys "
			    "rotate %u\" makes a new one",
			    k->id, days, k->id);
	}
}

static int
load_keys(struct setup_orders *o, struct err *e)
{
	const char *path = o->conf.keys;
	char lines[1024] = "";
	struct text notes = TEXT(lines);
	uid_t owner;
	size_t len;
	char *text;
	int rc;

	if (path[0] == '\0')
		return 0;
	if (role_user(o->conf.user, &owner, e) == -1)
		return err_at(e, "user");
	text = file_read_owned(path, CONF_OCTETS, &len, owner, e);
	if (text == NULL)
		return err_at(e, "keys");
	rc = keys_read(&o->keys, path, text, &notes, e);
	note_old(o);
	explicit_bzero(text, len);
	free(text);
	note_lines(&o->conf, lines);
	return rc;
}

/* Each key that is named must exist and be bound to whom it is named for. */
static int
check_keys(const struct setup_orders *o, struct err *e)
{
	for (unsigned i = 0; i < o->conf.engine.count; i++) {
		const struct source_conf *s = &o->conf.engine.server[i];
		const struct auth_key *k;

		if (s->key_id == 0)
			continue;
		k = auth_find(&o->keys, s->key_id);
		if (k == NULL)
			return err_set(e,
			    "upstream %s: key %u is not in the key file \"%s\"",
			    s->host, s->key_id, o->conf.keys);
		if (s->addr.family != ADDR_NONE && !auth_bound(k, &s->addr))
			return err_set(e,
			    "upstream %s: key %u is bound to other addresses",
			    s->host, s->key_id);
	}
	return 0;
}

/* No table is no reason not to run: nothing is announced then. */
static void
load_leap(struct setup_orders *o)
{
	const char *path = o->conf.leap_file;
	struct err err;
	size_t len;
	char *text;

	o->leap = (struct leap_table){ 0 };
	if (path[0] == '\0')
		return;
	text = file_read(path, CONF_OCTETS, &len, &err);
	if (text == NULL) {
		conf_note(&o->conf,
		    "leap.file: %s: leap seconds will not be "
		    "announced",
		    err.text);
		return;
	}
	if (leap_read(&o->leap, text, &err) == -1)
		conf_note(&o->conf,
		    "leap.file: %s: %s: leap seconds will not be announced",
		    path, err.text);
	else if (o->leap.expires < time(NULL))
		conf_note(&o->conf,
		    "leap.file: %s has expired: a newer one comes with tzdata",
		    path);
	free(text);
}

int
setup_load(const char *path, struct setup_orders *o, struct err *e)
{
	char *text;
	size_t len;
	int rc;

	memset(o, 0, sizeof(*o));
	text = file_read_any(path, CONF_OCTETS, &len, e);
	if (text == NULL)
		return -1;
	if (strlen(text) != len)
		rc = err_set(e, "%s: octet %zu is zero: not a text", path,
		    strlen(text) + 1);
	else
		rc = conf_read(&o->conf, path, text, e);
	free(text);
	if (rc == -1)
		return -1;
	if (o->conf.name[0] == '\0' &&
	    gethostname(o->conf.name, sizeof(o->conf.name) - 1) == -1)
		text_copy(o->conf.name, sizeof(o->conf.name), "ntpgate");
	text_copy(o->conf.engine.name, sizeof(o->conf.engine.name),
	    o->conf.name);
	o->conf.engine.spares = o->conf.spare_count;
	memcpy(o->conf.engine.spare, o->conf.spare, sizeof(o->conf.spare));
	o->conf.engine.boot = book_boot();
	o->conf.engine.built = (struct wall){ BUILD_DATE * 1000000000 };
	if (load_keys(o, e) == -1)
		return -1;
	if (check_keys(o, e) == -1 ||
	    conf_check_sibling(&o->conf, &o->keys, e) == -1)
		return err_at(e, "%s", path);
	load_leap(o);
	return 0;
}

/* ---- sockets ---- */

/* Addresses of ours, with both ports. */
static unsigned
addresses(const struct conf *c)
{
	return c->serve.listen_count * (c->serve.redirected != 0 ? 2 : 1);
}

static unsigned
workers(const struct conf *c, bool solo)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned n = c->serve.workers, most = SETUP_SOCKETS / addresses(c);

	if (solo)
		return 1;
	if (n == 0)
		n = cpus > 0 ? (unsigned)cpus : 1;
	if (most > SETUP_WORKERS)
		most = SETUP_WORKERS;
	return n < most ? n : most;
}

/* Room for a datagram of each client that the table holds, up to BURST_MAX:
 * what is served meanwhile comes on top. */
#define BURST_MAX (128.0 * 1024 * 1024)
#define HOST_OCTETS 64.0 /* in the table */

static double
burst_octets(const struct setup *s)
{
	double hosts = (double)s->orders.conf.serve.memory / HOST_OCTETS;
	double all = hosts * UDP_COST;

	return (all < BURST_MAX ? all : BURST_MAX) / s->workers;
}

/* Said once, of the first socket that gets less. */
static void
make_room(struct setup *s, int fd)
{
	static bool said;
	double want = burst_octets(s);
	double got = (double)udp_buffer(fd, (size_t)want);

	if (said || got >= want * 0.99)
		return;
	said = true;
	log_event(EVENT_SERVE_BUFFER,
	    "a burst of more than %.0f requests at once may be lost: the "
	    "kernel gives a socket %.0f KB, and %.0f KB would do; set "
	    "net.core.rmem_max to %.0f",
	    got / UDP_COST * s->workers, got / 1024, want / 1024, want / 2);
}

/* The sockets of all workers at one address; none if the machine has no such
 * family. */
static int
listen_at(struct setup *s, const struct addr *at, bool redirected,
    struct err *e)
{
	char text[ADDR_TEXT];

	for (unsigned i = 0; i < s->workers; i++) {
		int fd = udp_listen(at, s->workers > 1, e);

		if (fd == -1 && (errno == EAFNOSUPPORT || errno == EINVAL) &&
		    at->family == ADDR_V6 && i == 0) {
			log_event(EVENT_SERVE_FAMILY, "listen=%s: no IPv6 here",
			    addr_print(at, true, text));
			return 0;
		}
		if (fd == -1)
			return -1;
		make_room(s, fd);
		s->socket[s->sockets++] =
		    (struct setup_socket){ fd, i, redirected };
	}
	s->own[s->own_count++] = *at;
	if (!redirected && !udp_ours(at))
		log_event(EVENT_SERVE_ABSENT,
		    "listen=%s: this machine does not have that address now: "
		    "nobody is answered there until it does",
		    addr_print(at, true, text));
	return 0;
}

/* At the port for hard-coded clients, too. */
static int
listen_both(struct setup *s, struct addr at, struct err *e)
{
	if (listen_at(s, &at, false, e) == -1)
		return -1;
	at.port = s->orders.conf.serve.redirected;
	return at.port == 0 ? 0 : listen_at(s, &at, true, e);
}

/* Half of the hosts would be answered by another daemon: it has to end. */
static int
nobody_there(const struct conf *c, struct err *e)
{
	for (unsigned i = 0; i < c->serve.listen_count; i++) {
		struct addr at = c->serve.listen[i];

		if (udp_free(&at, e) == -1 && errno == EADDRINUSE)
			return -1;
		at.port = c->serve.redirected;
		if (at.port != 0 && udp_free(&at, e) == -1 &&
		    errno == EADDRINUSE)
			return -1;
	}
	return 0;
}

/* Where nobody may be answered nobody is listened to, and the port stays free
 * for whom it serves now. */
static int
open_sockets(struct setup *s, struct err *e)
{
	const struct conf *c = &s->orders.conf;

	if (c->serve.access.count == 0) {
		log_event(EVENT_SERVE_NOBODY,
		    "nobody is allowed: not listening");
		return 0;
	}
	s->workers = workers(c, s->solo);
	if (nobody_there(c, e) == -1)
		return -1;
	if (hosts_map(&s->hosts, s->workers, c->serve.memory, e) == -1)
		return -1;
	for (unsigned i = 0; i < c->serve.listen_count; i++)
		if (listen_both(s, c->serve.listen[i], e) == -1)
			return -1;
	if (s->sockets == 0)
		return err_set(e, "no address to listen at");
	return 0;
}

pid_t
setup_fork(struct setup *s, int (*role)(struct setup *s), struct err *e)
{
	pid_t pid = fork();

	if (pid == -1)
		err_sys(e, "fork");
	if (pid != 0)
		return pid;
	if (!s->foreground)
		dup2(1, 2); /* where main put it: nowhere */
	_exit(role(s));
}

void
setup_http(struct setup *s)
{
	const struct conf *c = &s->orders.conf;
	bool open = s->http_at.family != ADDR_NONE;
	struct err err;

	if (open && c->http.on && addr_equal(&s->http_at, &c->http.listen))
		return;
	if (open)
		close(s->http);
	s->http = -1;
	s->http_at = (struct addr){ 0 };
	if (!c->http.on || s->solo)
		return;
	s->http = http_listen(&c->http.listen, &err);
	if (s->http == -1)
		log_event(EVENT_HTTP_FAILED, "%s: there are no pages",
		    err.text);
	else
		s->http_at = c->http.listen;
}

/* ---- directories ---- */

/* A directory of the daemon's user; one that is made here becomes his. */
static int
own_directory(const struct conf *c, const char *path, uid_t owner,
    struct err *e)
{
	struct stat st;
	bool missing = stat(path, &st) == -1 && errno == ENOENT;

	if (file_directory(path, e) == -1)
		return -1;
	if (geteuid() != 0 || owner == 0)
		return 0;
	if (missing && role_own(path, c->user, e) == -1)
		return -1;
	if (stat(path, &st) == -1)
		return err_sys(e, "%s", path);
	errno = EPERM;
	if (st.st_uid != owner)
		return err_set(e,
		    "%s does not belong to user %s: chown it, so that the "
		    "daemon can write there",
		    path, c->user);
	return 0;
}

/* A disk that is read-only or full is no reason not to serve. */
static int
own_state(const struct conf *c, uid_t owner, struct err *e)
{
	if (own_directory(c, c->state_dir, owner, e) == 0)
		return 0;
	if (!file_no_room(errno))
		return err_at(e, "state_dir");
	log_event(EVENT_STATE_UNWRITABLE,
	    "state_dir: %s: nothing can be remembered there", e->text);
	return 0;
}

/* No reason not to serve, either. */
static void
own_statistics(const struct conf *c, uid_t owner)
{
	struct err err;

	if (c->log.statistics[0] != '\0' &&
	    own_directory(c, c->log.statistics, owner, &err) == -1)
		log_event(EVENT_STATISTICS_FAILED, "log.statistics: %s",
		    err.text);
}

/* It becomes the user's, or an instance of that user could not take it later. */
static int
lock_directory(const char *path, uid_t owner, struct err *e)
{
	int fd = file_lock(path, LOCK_WAIT_S, e);

	if (fd == -1 || geteuid() != 0 || fchown(fd, owner, (gid_t)-1) == 0 ||
	    file_no_room(errno))
		return fd;
	err_sys(e, "%s/lock: chown", path);
	close(fd);
	return -1;
}

static bool
same_directory(const char *one, const char *other)
{
	struct stat a, b;

	return stat(one, &a) == 0 && stat(other, &b) == 0 &&
	    a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* One instance a state_dir, if there is one; and one a run_dir, where the
 * ledger has its witness and the desk its socket. */
static int
lock(struct setup *s, uid_t owner, struct err *e)
{
	const struct conf *c = &s->orders.conf;

	s->lock[0] = lock_directory(c->state_dir, owner, e);
	if (s->lock[0] == -1 && errno != ENOENT)
		return -1;
	if (same_directory(c->state_dir, c->run_dir))
		return 0;
	s->lock[1] = lock_directory(c->run_dir, owner, e);
	return s->lock[1] == -1 ? -1 : 0;
}

int
setup_prepare(struct setup *s, struct err *e)
{
	const struct conf *c = &s->orders.conf;
	uid_t owner;

	if (role_user(c->user, &owner, e) == -1)
		return err_at(e, "user");
	if (own_state(c, owner, e) == -1)
		return -1;
	if (own_directory(c, c->run_dir, owner, e) == -1)
		return err_at(e, "run_dir");
	if (lock(s, owner, e) == -1)
		return -1;
	own_statistics(c, owner);
	setup_http(s);
	return open_sockets(s, e);
}

/* A file that root makes and the daemon's user goes on with. */
static void
own_file(const char *path, const struct conf *c)
{
	struct err err;
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);

	if (fd == -1)
		return;
	close(fd);
	if (geteuid() == 0 && role_own(path, c->user, &err) == -1)
		log_event(EVENT_LOG_FAILED, "%s", err.text);
}

int
setup_log(const struct setup *s, struct err *e)
{
	const struct conf *c = &s->orders.conf;
	static const enum log_to to[] = { [CONF_LOG_SYSLOG] = LOG_TO_SYSLOG,
		[CONF_LOG_JOURNAL] = LOG_TO_JOURNAL,
		[CONF_LOG_STDERR] = LOG_TO_STDERR,
		[CONF_LOG_FILE] = LOG_TO_FILE };

	if (!s->foreground && c->log.to == CONF_LOG_FILE)
		own_file(c->log.file, c);
	return log_open(s->foreground ? LOG_TO_STDERR : to[c->log.to],
	    c->log.file, c->log.level, "ntpgated", e);
}

void
setup_reopen_log(const struct setup *s)
{
	struct err err;

	if (s->orders.conf.log.to == CONF_LOG_FILE && !s->foreground &&
	    setup_log(s, &err) == -1)
		log_event(EVENT_LOG_FAILED, "the log stays as it is: %s",
		    err.text);
}
