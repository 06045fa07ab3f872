/* SPDX-License-Identifier: ISC */
/*
 * ntpgated.c - the daemon's main: arguments, setup, roles; then it
 * waits, and starts the desk again when it dies.
 */
#include "config.h"
#include "roles.h"

#include "sys/log.h"
#include "sys/notify.h"
#include "sys/role.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CONF_DEFAULT "/etc/ntpgate/ntpgate.conf"
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
	if (setup_load(setup.conf_path, &next, &err) == -1) {
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
	if (setup_load(setup.conf_path, &setup.orders, &err) == -1) {
		fprintf(stderr, "ntpgated: %s\n", err.text);
		return EXIT_USAGE;
	}
	if (test)
		return check_only(&setup);
	if (open_log(&setup, &err) == -1 || setup_prepare(&setup, &err) == -1) {
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
