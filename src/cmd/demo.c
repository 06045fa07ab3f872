/* SPDX-License-Identifier: ISC */
/*
 * demo.c - a whole site on loopback, to be looked at.
 *
 * Three children: the servers, the inside hosts, and the real daemon with a
 * configuration in a temporary folder.  This process draws the screen, and
 * sees to it that nothing of all this is left when it ends.
 */
#include "demo.h"
#include "cmd.h"

#include "base/text.h"
#include "sys/control.h"
#include "view/command.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <jansson.h>
#include <limits.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PORT_DEFAULT 12300
#define DIE_S 60.0
#define PATH_ROOM 200 /* a Unix socket's path is short anyway */

enum child { SERVERS, HOSTS, DAEMON, CHILDREN };

struct demo {
	const struct cmd *cmd;
	bool screen;  /* redrawn in place */
	double for_s; /* INFINITY: until Ctrl-C */
	double die_s;
	uint16_t port;
	char dir[PATH_ROOM];
	char socket[PATH_ROOM + 16];
	char daemon[PATH_MAX];
	pid_t pid[CHILDREN];
	struct demo_tally *tally;
	char state[16]; /* as last seen; "": the gateway has not spoken */
};

static volatile sig_atomic_t ended;

static void
end(int sig)
{
	(void)sig;
	ended = 1;
}

static double
now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

/* "30s", "2m", "1h": a unit is needed, as in the configuration. */
static bool
read_duration(const char *text, double *s)
{
	char *unit;
	double value = strtod(text, &unit);
	double scale = strcmp(unit, "s") == 0 ? 1 :
	    strcmp(unit, "m") == 0	      ? 60 :
	    strcmp(unit, "h") == 0	      ? 3600 :
						0;

	*s = value * scale;
	return unit != text && *s > 0 && isfinite(*s);
}

static bool
read_port(const char *text, uint16_t *port)
{
	char *rest;
	unsigned long value = strtoul(text, &rest, 10);

	*port = (uint16_t)value;
	return rest != text && *rest == '\0' && value > 0 && value <= 65535;
}

static bool
read_arguments(struct demo *d, int argc, char **argv)
{
	for (int i = 1; i < argc; i += 2) {
		if (i + 1 == argc)
			return false;
		if (strcmp(argv[i], "--for") == 0) {
			if (!read_duration(argv[i + 1], &d->for_s))
				return false;
		} else if (strcmp(argv[i], "--port-base") != 0 ||
		    !read_port(argv[i + 1], &d->port)) {
			return false;
		}
	}
	/* Whoever does not stay that long sees it too. */
	d->die_s = fmin(DIE_S, d->for_s * 2 / 3);
	return true;
}

/* The daemon of this tool: beside it, or installed in the sbin next door. */
static int
find_daemon(char path[PATH_MAX], struct err *e)
{
	static const char *const place[] = { "ntpgated", "../sbin/ntpgated" };
	char own[PATH_MAX - 32] = "";
	char *slash;

	if (readlink("/proc/self/exe", own, sizeof(own) - 1) == -1)
		return err_sys(e, "/proc/self/exe");
	slash = strrchr(own, '/');
	if (slash == NULL)
		return err_set(e, "/proc/self/exe: %s: no folder", own);
	*slash = '\0';
	for (size_t i = 0; i < sizeof(place) / sizeof(place[0]); i++) {
		snprintf(path, PATH_MAX, "%s/%s", own, place[i]);
		if (access(path, X_OK) == 0)
			return 0;
	}
	return err_set(e, "ntpgated is not in %s, nor in the sbin beside it",
	    own);
}

static void
print_configuration(const struct demo *d, FILE *f)
{
	fprintf(f,
	    "name = \"demo\";\n"
	    "clock = \"virtual\";\n"
	    "state_dir = \"%s/state\";\n"
	    "run_dir = \"%s\";\n"
	    "user = \"root\";\n"
	    "upstream: {\n"
	    "    servers = (\n",
	    d->dir, d->dir);
	for (unsigned i = 0; i < DEMO_SERVERS; i++)
		fprintf(f,
		    "        { host = \"127.0.0.%u\"; port = %u;\n"
		    "          operator = \"operator %u\"; permission = "
		    "\"our own\"; }%s\n",
		    DEMO_FIRST + i, d->port, i + 1,
		    i + 1 < DEMO_SERVERS ? "," : "");
	fprintf(f,
	    "    );\n"
	    "    poll = { min = \"1s\"; max = \"4s\"; };\n"
	    "    budget = { day = 1000000; };\n"
	    "};\n"
	    "serve: {\n"
	    "    listen = ( \"127.0.0.1\" ); port = %u;\n"
	    "    allow = ( \"127.0.0.0/8\" );\n"
	    "    workers = 1;\n"
	    "};\n"
	    "log: { to = \"stderr\"; level = \"info\"; };\n",
	    d->port);
}

static int
write_configuration(const struct demo *d, struct err *e)
{
	char path[PATH_ROOM + 16];
	FILE *f;

	snprintf(path, sizeof(path), "%s/state", d->dir);
	if (mkdir(path, 0700) == -1)
		return err_sys(e, "%s", path);
	snprintf(path, sizeof(path), "%s/ntpgate.conf", d->dir);
	f = fopen(path, "we");
	if (f == NULL)
		return err_sys(e, "%s", path);
	print_configuration(d, f);
	if (fclose(f) != 0)
		return err_sys(e, "%s", path);
	return 0;
}

static int
make_folder(struct demo *d, struct err *e)
{
	const char *tmp = getenv("TMPDIR");
	struct text t = TEXT(d->dir);

	text_add(&t, "%s/ntpgate-demo-XXXXXX", tmp != NULL ? tmp : "/tmp");
	if (text_cut(&t))
		return err_set(e, "TMPDIR is too long");
	if (mkdtemp(d->dir) == NULL) {
		err_sys(e, "%s", d->dir);
		d->dir[0] = '\0';
		return -1;
	}
	snprintf(d->socket, sizeof(d->socket), "%s/control", d->dir);
	return write_configuration(d, e);
}

/*
 * Forks.  A child ends when this process ends, however that happens; and it
 * has a process group of its own, so that Ctrl-C reaches it last.
 */
static int
begin_child(struct demo *d, enum child which, struct err *e)
{
	pid_t parent = getpid();

	fflush(NULL);
	d->pid[which] = fork();
	if (d->pid[which] == -1)
		return err_sys(e, "fork");
	if (d->pid[which] > 0)
		return 1;
	prctl(PR_SET_PDEATHSIG, which == DAEMON ? SIGTERM : SIGKILL);
	if (getppid() != parent)
		_exit(1);
	setpgid(0, 0);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	return 0;
}

static _Noreturn void
become_daemon(const struct demo *d)
{
	char conf[PATH_ROOM + 16], log[PATH_ROOM + 16];
	int fd, null;

	snprintf(conf, sizeof(conf), "%s/ntpgate.conf", d->dir);
	snprintf(log, sizeof(log), "%s/log", d->dir);
	fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (fd == -1 || null == -1 || dup2(null, STDIN_FILENO) == -1 ||
	    dup2(fd, STDOUT_FILENO) == -1 || dup2(fd, STDERR_FILENO) == -1)
		_exit(1);
	execl(d->daemon, "ntpgated", "-f", "-c", conf, (char *)NULL);
	perror(d->daemon);
	_exit(1);
}

static int
begin_servers(struct demo *d, struct err *e)
{
	int fd[DEMO_SERVERS], rc;

	if (demo_servers_open(fd, d->port, e) == -1)
		return -1;
	rc = begin_child(d, SERVERS, e);
	if (rc == 0)
		demo_servers_run(fd, d->die_s);
	for (unsigned i = 0; i < DEMO_SERVERS; i++)
		close(fd[i]);
	return rc;
}

static int
begin_hosts(struct demo *d, struct err *e)
{
	int fd[DEMO_HOSTS], rc;

	d->tally = mmap(NULL, sizeof(*d->tally), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (d->tally == MAP_FAILED)
		return err_sys(e, "mmap");
	if (demo_hosts_open(fd, d->port, e) == -1)
		return -1;
	rc = begin_child(d, HOSTS, e);
	if (rc == 0)
		demo_hosts_run(fd, d->tally);
	for (unsigned i = 0; i < DEMO_HOSTS; i++)
		close(fd[i]);
	return rc;
}

static int
begin(struct demo *d, struct err *e)
{
	int rc;

	if (find_daemon(d->daemon, e) == -1 || make_folder(d, e) == -1 ||
	    begin_servers(d, e) == -1)
		return -1;
	rc = begin_child(d, DAEMON, e);
	if (rc == 0)
		become_daemon(d);
	return rc == -1 || begin_hosts(d, e) == -1 ? -1 : 0;
}

/* Ends a child: asks, waits for at most 3 s, then does not ask. */
static void
stop_child(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(pid, SIGTERM);
	for (int i = 0; i < 150; i++) {
		if (waitpid(pid, NULL, WNOHANG) != 0)
			return;
		poll(NULL, 0, 20);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static void
finish(struct demo *d)
{
	for (int i = 0; i < CHILDREN; i++)
		stop_child(d->pid[i]);
	if (d->dir[0] != '\0')
		nftw(d->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void
announce(const struct demo *d)
{
	printf("A whole site on this machine:\n"
	       "  servers  127.0.0.%d to 127.0.0.%d, stratum 2; .%d is half a "
	       "second wrong,\n"
	       "           .%d dies after %.0f s\n"
	       "  gateway  127.0.0.1 port %u\n"
	       "  hosts    %d of them, on 127.1.0.1 and up, each asking every "
	       "16 s\n"
	       "It changes no clock, no firewall and no file outside\n"
	       "%s, and sends nothing off this machine.%s\n\n",
	    DEMO_FIRST, DEMO_FIRST + DEMO_SERVERS - 1, DEMO_FIRST + DEMO_LIAR,
	    DEMO_FIRST + DEMO_MORTAL, d->die_s, d->port, DEMO_HOSTS, d->dir,
	    isinf(d->for_s) ? "  Ctrl-C ends it." : "");
}

/* Asks the gateway; its text without the status line, or NULL. */
static char *
ask(const struct demo *d, const char *style, const char *command)
{
	char line[COMMAND_LINE_MAX];
	struct err e;
	char *answer, *text;

	snprintf(line, sizeof(line), "%s width=%u %s", style, d->cmd->width,
	    command);
	answer = control_ask(d->socket, line + (*line == ' '), &e);
	text = answer != NULL ? strchr(answer, '\n') : NULL;
	if (text != NULL)
		memmove(answer, text + 1, strlen(text + 1) + 1);
	else
		free(answer);
	return text != NULL ? answer : NULL;
}

/* Looks at the state; true if it is another one than before. */
static bool
look(struct demo *d)
{
	char *text = ask(d, "json", "status");
	json_t *root = text != NULL ? json_loads(text, 0, NULL) : NULL;
	const char *state = json_string_value(json_object_get(root, "state"));
	bool changed = state != NULL && strcmp(state, d->state) != 0;

	if (changed)
		text_copy(d->state, sizeof(d->state), state);
	json_decref(root);
	free(text);
	return changed;
}

static void
print_answer(const struct demo *d, const char *style, const char *command)
{
	char *text = ask(d, style, command);

	fputs(text != NULL ? text : "The gateway does not answer yet.\n",
	    stdout);
	free(text);
}

static void
print_tables(const struct demo *d, const char *style)
{
	print_answer(d, style, "status");
	printf("\n");
	print_answer(d, style, "upstreams");
	printf("\n");
	demo_tally_print(d->tally);
}

/* The daemon is this program's child: if it ended, its log says why. */
static int
explain_end(const struct demo *d)
{
	char path[PATH_ROOM + 16], line[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/log", d->dir);
	f = fopen(path, "re");
	if (f != NULL) {
		while (fgets(line, sizeof(line), f) != NULL)
			fputs(line, stderr);
		fclose(f);
	}
	return cmd_fail(d->cmd, CMD_NOT_WELL, "the gateway has ended");
}

/* Draws until the time is over; the exit status. */
static int
watch(struct demo *d)
{
	double began = now_s();
	const char *style = d->cmd->colour ? "colour" : "";

	while (!ended && now_s() - began < d->for_s) {
		double left = d->for_s - (now_s() - began);

		if (waitpid(d->pid[DAEMON], NULL, WNOHANG) == d->pid[DAEMON]) {
			d->pid[DAEMON] = 0;
			return explain_end(d);
		}
		if (look(d) && !d->screen && !d->cmd->json)
			printf("after %.0f s: %s\n", now_s() - began, d->state);
		if (d->screen) {
			printf("\033[H\033[J");
			print_tables(d, style);
		}
		if (fflush(stdout) != 0)
			break; /* the terminal is gone */
		poll(NULL, 0, (int)(fmin(1, left) * 1000));
	}
	look(d);
	if (d->screen)
		printf("\033[H\033[J");
	if (d->cmd->json)
		print_answer(d, "json", "status");
	else
		print_tables(d, "");
	return strcmp(d->state, "synced") == 0 ? CMD_WELL : CMD_NOT_WELL;
}

static void
catch_signals(void)
{
	/* No SA_RESTART: whoever sleeps shall wake. */
	struct sigaction sa = { .sa_handler = end };

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
	sa.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &sa, NULL);
}

int
cmd_demo(const struct cmd *c, int argc, char **argv)
{
	struct demo d = {
		.cmd = c,
		.screen = isatty(STDOUT_FILENO) && !c->json,
		.for_s = INFINITY,
		.port = PORT_DEFAULT,
	};
	struct err e;
	int rc;

	if (!read_arguments(&d, argc, argv))
		return cmd_usage("demo");
	catch_signals();
	if (begin(&d, &e) == -1) {
		rc = cmd_fail(c, CMD_NOT_WELL, "%s", e.text);
	} else {
		if (!c->json)
			announce(&d);
		rc = watch(&d);
	}
	finish(&d);
	return rc;
}
