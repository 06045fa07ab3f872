/* SPDX-License-Identifier: ISC */
/*
 * ntpgated.c - the daemon's main: arguments, configuration, sockets, roles;
 * then it waits, and starts the desk again when it dies.
 */
#include "config.h"
#include "roles.h"

#include "base/text.h"
#include "sys/book.h"
#include "sys/file.h"
#include "sys/log.h"
#include "sys/notify.h"
#include "sys/role.h"
#include "sys/udp.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CONF_DEFAULT "/etc/ntpgate/ntpgate.conf"
#define CONF_OCTETS (1024 * 1024)
#define LOCK_WAIT_S 2.0	 /* for a predecessor that is just dying */
#define DESK_AGAIN_S 1.0 /* the least between two starts of the desk */
#define READY_MS 10000

#define EXIT_FAILED 1
#define EXIT_USAGE 2

static struct setup setup;
static pid_t engine_pid, desk_pid;
static struct timespec desk_began;

static int
usage(void)
{
	fputs("usage: ntpgated [-f] [--solo] [-c FILE] [-t]\n"
	      "  -f      stay in the foreground, log to standard error\n"
	      "  --solo  one process, one thread, no desk: for simulators\n"
	      "  -c FILE configuration [" CONF_DEFAULT "]\n"
	      "  -t      check the configuration and exit\n",
	    stderr);
	return EXIT_USAGE;
}

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

static int
load(const char *path, struct setup_orders *o, struct err *e)
{
	char *text;
	size_t len;
	int rc;

	memset(o, 0, sizeof(*o));
	text = file_read(path, CONF_OCTETS, &len, e);
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
	o->conf.engine.spares = o->conf.spare_count;
	memcpy(o->conf.engine.spare, o->conf.spare, sizeof(o->conf.spare));
	o->conf.engine.boot = book_boot();
	o->conf.engine.built = (struct wall){ BUILD_DATE * 1000000000 };
	if (load_keys(o, e) == -1)
		return -1;
	if (check_keys(o, e) == -1)
		return err_at(e, "%s", path);
	load_leap(o);
	return 0;
}

/* ---- sockets ---- */

static unsigned
workers(const struct conf *c)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned n = c->serve.workers;

	if (setup.solo)
		return 1;
	if (n == 0)
		n = cpus > 0 ? (unsigned)cpus : 1;
	return n < SETUP_SOCKETS / CONF_LISTEN_MAX ?
	    n :
	    SETUP_SOCKETS / CONF_LISTEN_MAX;
}

/* All sockets of one address; none if the machine has no such family. */
static int
listen_at(struct setup *s, const struct addr *at, unsigned n, struct err *e)
{
	char text[ADDR_TEXT];

	for (unsigned i = 0; i < n; i++) {
		int fd = udp_listen(at, n > 1, e);

		if (fd == -1 && (errno == EAFNOSUPPORT || errno == EINVAL) &&
		    at->family == ADDR_V6 && i == 0) {
			log_warning("serve", "listen=%s: no IPv6 here",
			    addr_print(at, true, text));
			return 0;
		}
		if (fd == -1)
			return -1;
		s->socket[s->sockets++] = fd;
	}
	s->own[s->own_count++] = *at;
	return 0;
}

/* Where nobody may be answered nobody is listened to, and the port stays free
 * for whom it serves now. */
static int
open_sockets(struct setup *s, struct err *e)
{
	const struct conf *c = &s->orders.conf;

	if (c->serve.access.count == 0) {
		log_notice("serve", "nobody is allowed: not listening");
		return 0;
	}
	for (unsigned i = 0; i < c->serve.listen_count; i++)
		if (listen_at(s, &c->serve.listen[i], workers(c), e) == -1)
			return -1;
	if (s->sockets == 0)
		return err_set(e, "no address to listen at");
	return 0;
}

/* ---- roles ---- */

static void
unblock(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static pid_t
start(int (*role)(struct setup *s), struct err *e)
{
	pid_t pid = fork();

	if (pid == -1)
		err_sys(e, "fork");
	if (pid != 0)
		return pid;
	unblock();
	_exit(role(&setup));
}

static void
start_desk(void)
{
	struct err err;

	clock_gettime(CLOCK_MONOTONIC, &desk_began);
	desk_pid = start(desk_role, &err);
	if (desk_pid == -1)
		log_err("main", "desk: %s", err.text);
}

/* The engine has said that it runs; or it is dead. */
static bool
engine_ready(void)
{
	struct pollfd p = { .fd = setup.ready[0], .events = POLLIN };
	char octet;

	close(setup.ready[1]);
	return poll(&p, 1, READY_MS) == 1 &&
	    read(setup.ready[0], &octet, 1) == 1;
}

static int
start_roles(struct err *e)
{
	int wire[2], orders[2];

	if (role_pair(wire, e) == -1 || role_pair(orders, e) == -1)
		return -1;
	setup.engine = wire[0];
	setup.desk = wire[1];
	setup.orders_out = orders[0];
	setup.orders_in = orders[1];
	if (pipe2(setup.ready, O_CLOEXEC) == -1)
		return err_sys(e, "pipe");
	engine_pid = start(engine_role, e);
	if (engine_pid == -1)
		return -1;
	if (!engine_ready())
		return err_set(e, "the engine did not start");
	start_desk();
	for (unsigned i = 0; i < setup.sockets; i++)
		close(setup.socket[i]);
	return role_drop(ROLE_MAIN, setup.orders.conf.user, false, e);
}

/* ---- waiting ---- */

static void
note_all(const struct conf *c)
{
	for (unsigned i = 0; i < c->note_count; i++)
		log_warning("conf", "%s", c->note[i]);
}

/* What a running daemon cannot change: it says so. */
static void
note_restart(const struct conf *was, const struct conf *is)
{
	bool same = was->clock == is->clock &&
	    strcmp(was->state_dir, is->state_dir) == 0 &&
	    strcmp(was->run_dir, is->run_dir) == 0 &&
	    strcmp(was->user, is->user) == 0 &&
	    was->serve.workers == is->serve.workers &&
	    was->serve.listen_count == is->serve.listen_count &&
	    (was->serve.access.count == 0) == (is->serve.access.count == 0);

	for (unsigned i = 0; same && i < is->serve.listen_count; i++)
		same = addr_equal(&was->serve.listen[i], &is->serve.listen[i]);
	if (!same)
		log_warning("reload",
		    "clock, state_dir, run_dir, user, serve.listen, "
		    "serve.port, serve.workers and the first serve.allow "
		    "change at the next start only");
}

/* Checked first; the old one stays if the new one is bad. */
static void
reload(void)
{
	static struct setup_orders next;
	struct err err;

	notify_reloading();
	if (load(setup.conf_path, &next, &err) == -1) {
		log_err("reload", "refused, the old one stays: %s", err.text);
		notify_ready();
		return;
	}
	note_restart(&setup.orders.conf, &next.conf);
	note_all(&next.conf);
	setup.orders = next;
	if (role_send(setup.orders_out, MESSAGE_ORDERS, &next, sizeof(next)) ==
	    -1)
		log_err("reload", "the engine did not take it: %s",
		    strerror(errno));
	if (desk_pid > 0)
		kill(desk_pid, SIGTERM); /* a new one reads the new names */
	notify_ready();
}

/* A child died.  True: the engine, so all is over. */
static bool
buried(void)
{
	struct timespec now;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == engine_pid) {
			log_err("main", "the engine died (status %d)", status);
			engine_pid = 0;
			return true;
		}
		if (pid != desk_pid)
			continue;
		desk_pid = 0;
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
			log_warning("main",
			    "the desk died (status %d): started again", status);
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (difftime(now.tv_sec, desk_began.tv_sec) < DESK_AGAIN_S)
			sleep((unsigned)DESK_AGAIN_S);
		start_desk();
	}
	return false;
}

static void
stop_roles(void)
{
	if (desk_pid > 0)
		kill(desk_pid, SIGTERM);
	if (engine_pid > 0)
		kill(engine_pid, SIGTERM);
	if (desk_pid > 0)
		waitpid(desk_pid, NULL, 0);
	if (engine_pid > 0)
		waitpid(engine_pid, NULL, 0);
}

static int
wait_for_end(const sigset_t *set)
{
	double watch = notify_watchdog_interval();
	struct timespec most = { .tv_sec = watch > 1 ? (time_t)watch : 3600 };
	int rc = -1;

	while (rc == -1) {
		int sig = sigtimedwait(set, NULL, &most);

		notify_watchdog();
		if (sig == SIGHUP)
			reload();
		else if (sig == SIGCHLD && buried())
			rc = EXIT_FAILED;
		else if (sig == SIGTERM || sig == SIGINT)
			rc = 0;
	}
	notify_stopping();
	stop_roles();
	return rc;
}

/* ---- begin ---- */

static int
check_only(const struct setup *s)
{
	const struct conf *c = &s->orders.conf;

	for (unsigned i = 0; i < c->note_count; i++)
		printf("%s: note: %s\n", s->conf_path, c->note[i]);
	printf("%s: ok\n", s->conf_path);
	return 0;
}

/* A directory of the daemon's user; one that is made here becomes his. */
static int
own_directory(const char *path, uid_t owner, struct err *e)
{
	struct stat st;
	bool missing = stat(path, &st) == -1 && errno == ENOENT;

	if (file_directory(path, e) == -1)
		return -1;
	if (geteuid() != 0 || owner == 0)
		return 0;
	if (missing && role_own(path, setup.orders.conf.user, e) == -1)
		return -1;
	if (stat(path, &st) == -1)
		return err_sys(e, "%s", path);
	errno = EPERM;
	if (st.st_uid != owner)
		return err_set(e,
		    "%s does not belong to user %s: chown it, so that the "
		    "daemon can write there",
		    path, setup.orders.conf.user);
	return 0;
}

/* A disk that is read-only or full is no reason not to serve. */
static int
own_state(const char *path, uid_t owner, struct err *e)
{
	if (own_directory(path, owner, e) == 0)
		return 0;
	if (!file_no_room(errno))
		return err_at(e, "state_dir");
	log_err("state", "state_dir: %s: nothing can be remembered there",
	    e->text);
	return 0;
}

/* One instance a state_dir; a run_dir, where there is no other. */
static int
lock(const struct conf *c, struct err *e)
{
	int fd = file_lock(c->state_dir, LOCK_WAIT_S, e);

	if (fd == -1 && errno == ENOENT)
		fd = file_lock(c->run_dir, LOCK_WAIT_S, e);
	return fd;
}

static int
prepare(struct setup *s, struct err *e)
{
	const struct conf *c = &s->orders.conf;
	uid_t owner;

	if (role_user(c->user, &owner, e) == -1)
		return err_at(e, "user");
	if (own_state(c->state_dir, owner, e) == -1)
		return -1;
	if (own_directory(c->run_dir, owner, e) == -1)
		return err_at(e, "run_dir");
	s->lock = lock(c, e);
	if (s->lock == -1)
		return -1;
	return open_sockets(s, e);
}

static int
open_log(const struct setup *s, struct err *e)
{
	const struct conf *c = &s->orders.conf;
	static const enum log_to to[] = { [CONF_LOG_SYSLOG] = LOG_TO_SYSLOG,
		[CONF_LOG_JOURNAL] = LOG_TO_JOURNAL,
		[CONF_LOG_STDERR] = LOG_TO_STDERR,
		[CONF_LOG_FILE] = LOG_TO_FILE };

	return log_open(s->foreground ? LOG_TO_STDERR : to[c->log.to],
	    c->log.file, c->log.level, "ntpgated", e);
}

/* The parent of a daemon waits until it runs, and tells how it went. */
static int
detach(void)
{
	int done[2], null;
	pid_t pid;
	char rc;

	if (pipe2(done, O_CLOEXEC) == -1 || (pid = fork()) == -1)
		return -1;
	if (pid != 0) {
		close(done[1]);
		_exit(read(done[0], &rc, 1) == 1 ? 0 : EXIT_FAILED);
	}
	close(done[0]);
	setsid();
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (chdir("/") == -1 || null == -1)
		return -1;
	dup2(null, 0);
	dup2(null, 1);
	return done[1];
}

static int
run(struct err *e)
{
	sigset_t set;
	int done = -1, null;

	if (setup.solo) {
		note_all(&setup.orders.conf);
		return engine_role(&setup);
	}
	if (!setup.foreground && (done = detach()) == -1)
		return err_sys(e, "detach");
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (start_roles(e) == -1) {
		stop_roles();
		return -1;
	}
	note_all(&setup.orders.conf);
	log_info("main", "started name=%s version=%s servers=%u",
	    setup.orders.conf.name, PACKAGE_VERSION,
	    setup.orders.conf.engine.count);
	notify_ready();
	if (done != -1 && write(done, "", 1) == 1) {
		close(done);
		null = open("/dev/null", O_RDWR | O_CLOEXEC);
		dup2(null, 2);
	}
	return wait_for_end(&set);
}

int
main(int argc, char **argv)
{
	struct err err;
	bool test = false;
	int rc;

	setup.conf_path = CONF_DEFAULT;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-f") == 0)
			setup.foreground = true;
		else if (strcmp(argv[i], "--solo") == 0)
			setup.solo = true;
		else if (strcmp(argv[i], "-t") == 0)
			test = true;
		else if (strcmp(argv[i], "-c") == 0 && i + 1 < argc)
			setup.conf_path = argv[++i];
		else
			return usage();
	}
	signal(SIGPIPE, SIG_IGN);
	if (load(setup.conf_path, &setup.orders, &err) == -1) {
		fprintf(stderr, "ntpgated: %s\n", err.text);
		return EXIT_USAGE;
	}
	if (test)
		return check_only(&setup);
	if (open_log(&setup, &err) == -1 || prepare(&setup, &err) == -1) {
		fprintf(stderr, "ntpgated: %s\n", err.text);
		return EXIT_FAILED;
	}
	rc = run(&err);
	if (rc == -1) {
		log_err("main", "%s", err.text);
		return EXIT_FAILED;
	}
	return rc;
}
