/* SPDX-License-Identifier: ISC */
/*
 * ntpgated.c - the daemon's main: arguments, setup, roles; then it
 * waits, and starts the desk again when it dies.
 */
#include "config.h"

#include "agent.h"
#include "desk.h"
#include "roles.h"
#include "status.h"

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
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CONF_DEFAULT "/etc/ntpgate/ntpgate.conf"
#define READY_MS 10000
#define STOP_S 5.0 /* for a role to end */

#define EXIT_FAILED 1
#define EXIT_USAGE 2

static struct setup setup;
static pid_t engine_pid;

static int
usage(FILE *to, int status)
{
	fputs("usage: ntpgated [-f] [--solo] [-c FILE] [-t] | -V | -h\n"
	      "  -f      stay in the foreground, log to standard error\n"
	      "  --solo  one process, one thread, no desk: for simulators\n"
	      "  -c FILE configuration [" CONF_DEFAULT "]\n"
	      "  -t      check the configuration and exit\n"
	      "  -V      print the version and exit\n"
	      "  -h      print this and exit\n",
	    to);
	return status;
}

static int
wrong(const char *word, const char *why)
{
	fprintf(stderr, "ntpgated: %s: %s\n", word, why);
	return usage(stderr, EXIT_USAGE);
}

/* -1, or an exit status: there is nothing more to do. */
static int
read_arguments(int argc, char **argv, bool *test)
{
	setup.conf_path = CONF_DEFAULT;
	for (int i = 1; i < argc; i++) {
		const char *word = argv[i];

		if (strcmp(word, "-V") == 0 || strcmp(word, "--version") == 0)
			return printf("ntpgated %s\n", PACKAGE_VERSION) < 0;
		if (strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0)
			return usage(stdout, 0);
		if (strcmp(word, "-f") == 0)
			setup.foreground = true;
		else if (strcmp(word, "--solo") == 0)
			setup.solo = true;
		else if (strcmp(word, "-t") == 0)
			*test = true;
		else if (strcmp(word, "-c") != 0)
			return wrong(word,
			    *word == '-' ? "there is no such option" :
					   "only -c takes a word");
		else if (++i == argc)
			return wrong(word, "a file must follow");
		else
			setup.conf_path = argv[i];
	}
	return -1;
}

/* ---- roles ---- */

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
	engine_pid = setup_fork(&setup, engine_role, e);
	if (engine_pid == -1)
		return -1;
	if (!engine_ready())
		return err_set(e, "the engine did not start");
	/* The agent's end stays here, too: who starts anew loses nothing. */
	if (role_pair(wire, e) == -1)
		return -1;
	setup.snmp = wire[0];
	setup.agent = wire[1];
	if (status_open(&setup, e) == -1)
		return -1;
	for (unsigned i = 0; i < setup.sockets; i++)
		close(setup.socket[i].fd);
	desk_start(&setup);
	if (role_drop(ROLE_MAIN, setup.orders.conf.user, false, e) == -1 ||
	    role_sandbox(ROLE_MAIN, e) == -1)
		return -1;
	agent_start(&setup);
	return 0;
}

/* ---- waiting ---- */

static void
note_all(const struct conf *c)
{
	for (unsigned i = 0; i < c->note_count; i++)
		log_event(EVENT_CONF_NOTE, "%s", c->note[i]);
}

/* What a running daemon cannot change stays; it says so. */
static void
keep_fixed(const struct conf *was, struct conf *is)
{
	bool same = was->clock == is->clock &&
	    strcmp(was->state_dir, is->state_dir) == 0 &&
	    strcmp(was->run_dir, is->run_dir) == 0 &&
	    strcmp(was->user, is->user) == 0 &&
	    was->serve.workers == is->serve.workers &&
	    was->serve.memory == is->serve.memory &&
	    was->serve.redirected == is->serve.redirected &&
	    was->serve.listen_count == is->serve.listen_count &&
	    (was->serve.access.count == 0) == (is->serve.access.count == 0);

	for (unsigned i = 0; same && i < is->serve.listen_count; i++)
		same = addr_equal(&was->serve.listen[i], &is->serve.listen[i]);
	if (!same)
		log_event(EVENT_RELOAD_LATER,
		    "clock, state_dir, run_dir, user, serve.listen, "
		    "serve.port, serve.redirected, serve.memory, "
		    "serve.workers and the first serve.allow change at the "
		    "next start only");
	is->clock = was->clock;
	memcpy(is->state_dir, was->state_dir, sizeof(is->state_dir));
	memcpy(is->run_dir, was->run_dir, sizeof(is->run_dir));
	memcpy(is->user, was->user, sizeof(is->user));
	is->serve.workers = was->serve.workers;
	is->serve.memory = was->serve.memory;
	is->serve.redirected = was->serve.redirected;
	is->serve.listen_count = was->serve.listen_count;
	memcpy(is->serve.listen, was->serve.listen, sizeof(is->serve.listen));
}

/* For the desk, which has no keys: the log was turned over, and no more.  Who
 * reads its pages just now is not cut off. */
static bool
desk_stays(const struct setup_orders *was, const struct setup_orders *is)
{
	return memcmp(&was->conf, &is->conf, sizeof(is->conf)) == 0 &&
	    memcmp(&was->leap, &is->leap, sizeof(is->leap)) == 0;
}

/* Checked first; the old one stays if the new one is bad. */
static void
reload(void)
{
	static struct setup_orders next;
	struct err err;
	bool stays;

	notify_reloading();
	if (setup_load(setup.conf_path, &next, &err) == -1) {
		log_event(EVENT_RELOAD_REFUSED,
		    "refused, the old one stays: %s", err.text);
		status_again();
		notify_ready();
		return;
	}
	keep_fixed(&setup.orders.conf, &next.conf);
	note_all(&next.conf);
	if (role_send(setup.orders_out, MESSAGE_ORDERS, &next, sizeof(next)) ==
	    -1) {
		log_event(EVENT_RELOAD_REFUSED,
		    "the old one stays, the engine is busy: %s",
		    strerror(errno));
		status_again();
		notify_ready();
		return;
	}
	stays = desk_stays(&setup.orders, &next);
	setup.orders = next;
	setup_reopen_log(&setup);
	desk_reload(stays);
	agent_reload(&setup);
	notify_ready();
}

/* A child died.  True: the engine, so all is over. */
static bool
buried(void)
{
	char how[ROLE_HOW];
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == engine_pid) {
			role_how(status, how);
			log_event(EVENT_MAIN_ENGINE_DIED,
			    "the engine died (%s)", how);
			engine_pid = 0;
			return true;
		}
		if (!agent_buried(pid, status))
			desk_buried(pid, status);
	}
	return false;
}

/* Asked to end, and after some seconds made to. */
static void
stop_role(pid_t pid)
{
	static const char *const how[] = { [ROLE_KILLED] = "killed",
		[ROLE_STUCK] = "killed in vain, and left behind" };
	enum role_end end;

	if (pid <= 0)
		return;
	end = role_end(pid, SIGTERM, STOP_S);
	if (end != ROLE_ENDED)
		log_event(EVENT_MAIN_KILLED, "pid=%d does not end: %s",
		    (int)pid, how[end]);
}

static void
stop_roles(void)
{
	agent_stop(SIGTERM);
	stop_role(desk_pid());
	stop_role(engine_pid);
}

/* systemd hears of us while the engine answers: it is asked each time. */
static void
watch(void)
{
	char octets[64];

	if (read(setup.ready[0], octets, sizeof(octets)) > 0)
		notify_watchdog();
	role_send(setup.orders_out, MESSAGE_ALIVE, NULL, 0);
}

/* A newer table of leap seconds came with the system's updates. */
static bool
leap_file_changed(void)
{
	static struct timespec was;
	const char *path = setup.orders.conf.leap_file;
	struct timespec before = was;
	struct stat st;

	if (path[0] == '\0' || stat(path, &st) == -1)
		return false;
	was = st.st_mtim;
	return before.tv_sec != 0 && before.tv_sec != was.tv_sec;
}

/* For how long nothing but a signal is of interest. */
static struct timespec
patience(double watchdog_s)
{
	double s = watchdog_s > 1 ? watchdog_s : 3600;
	double next_s[] = { agent_next(), desk_next() };
	struct timespec t;

	for (unsigned i = 0; i < 2; i++)
		if (next_s[i] >= 0 && next_s[i] < s)
			s = next_s[i];
	t.tv_sec = (time_t)s;
	t.tv_nsec = (long)((s - (double)t.tv_sec) * 1e9);
	return t;
}

static int
wait_for_end(const sigset_t *set)
{
	double interval = notify_watchdog_interval();
	int rc = -1;

	leap_file_changed();
	fcntl(setup.ready[0], F_SETFL, O_NONBLOCK);
	while (rc == -1) {
		struct timespec most = patience(interval);
		int sig = sigtimedwait(set, NULL, &most);

		agent_poll(&setup);
		desk_poll(&setup);
		if (interval > 0)
			watch();
		status_pass(&setup);
		if (sig == SIGHUP || leap_file_changed())
			reload();
		if (sig == SIGCHLD && buried())
			rc = EXIT_FAILED;
		else if (sig == SIGTERM || sig == SIGINT)
			rc = 0;
	}
	log_event(EVENT_MAIN_STOPPING, "%s",
	    rc == 0 ? "stopping, as asked" : "stopping");
	notify_stopping();
	stop_roles();
	return rc;
}

/* ---- begin ---- */

static int
check_only(const struct setup *s)
{
	const struct conf *c = &s->orders.conf;
	struct err err;
	uid_t user;

	for (unsigned i = 0; i < c->note_count; i++)
		printf("%s: note: %s\n", s->conf_path, c->note[i]);
	if (geteuid() == 0 && role_user(c->user, &user, &err) == -1)
		printf("%s: note: user: %s\n", s->conf_path, err.text);
	if (agent_missing(s) != NULL)
		printf("%s: note: %s\n", s->conf_path, agent_missing(s));
	printf("%s: ok\n", s->conf_path);
	return 0;
}

/* The parent of a daemon waits until it runs, and tells how it went.  The
 * folder stays: the configuration may name others from there. */
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
	if (null == -1)
		return -1;
	dup2(null, 0);
	dup2(null, 1);
	return done[1];
}

static int
run(int done, struct err *e)
{
	sigset_t set;
	int null;

	if (setup.solo) {
		note_all(&setup.orders.conf);
		return engine_role(&setup);
	}
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGIO);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (start_roles(e) == -1) {
		stop_roles();
		return -1;
	}
	note_all(&setup.orders.conf);
	log_event(EVENT_MAIN_STARTED, "started name=%s version=%s servers=%u",
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
	int done = -1, rc = read_arguments(argc, argv, &test);

	if (rc != -1)
		return rc;
	signal(SIGPIPE, SIG_IGN);
	agent_find();
	if (setup_load(setup.conf_path, &setup.orders, &err) == -1) {
		fprintf(stderr, "ntpgated: %s\n", err.text);
		return EXIT_USAGE;
	}
	if (test)
		return check_only(&setup);
	if (!setup.foreground && !setup.solo && (done = detach()) == -1) {
		perror("ntpgated");
		return EXIT_FAILED;
	}
	if (setup_log(&setup, &err) == -1 ||
	    setup_prepare(&setup, &err) == -1) {
		fprintf(stderr, "ntpgated: %s\n", err.text);
		return EXIT_FAILED;
	}
	rc = run(done, &err);
	if (rc == -1) {
		log_event(EVENT_MAIN_FAILED, "%s", err.text);
		return EXIT_FAILED;
	}
	return rc;
}
