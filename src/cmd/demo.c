/* SPDX-License-Identifier: ISC */
/*
 * demo.c - a whole site on loopback, to be looked at.
 *
 * Four children: the servers, the inside hosts, and twice the real daemon with
 * configurations in a temporary folder.  This process draws the screen, kills
 * one gateway to show what comes of it, and sees to it that nothing of all
 * this is left when it ends.
 */
#include "demo.h"

#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PORT_DEFAULT 12300
#define DIE_S 60.0
#define KILL_S 30.0 /* the second gateway */
#define GONE_S 6.0  /* and so long it is away */

struct demo {
	const struct cmd *cmd;
	bool screen;  /* redrawn in place */
	double for_s; /* INFINITY: until Ctrl-C */
	double die_s, kill_s, gone_s;
	double began;
	bool killed, back;
	pid_t servers, hosts;
	struct demo_site site;
	struct demo_tally *tallies;
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
				return cmd_wrong("demo --for", argv[i + 1],
				    "a time, such as 30s or 5m");
		} else if (strcmp(argv[i], "--port-base") != 0) {
			return false;
		} else if (!read_port(argv[i + 1], &d->site.port)) {
			return cmd_wrong("demo --port-base", argv[i + 1],
			    "a port, 1 to 65535");
		}
	}
	/* Whoever does not stay that long sees it too. */
	d->die_s = fmin(DIE_S, d->for_s * 2 / 3);
	d->kill_s = fmin(KILL_S, d->for_s / 3);
	d->gone_s = fmin(GONE_S, d->for_s / 6);
	return true;
}

/*
 * Forks.  A child ends when this process ends, however that happens, by sig;
 * and it has a process group of its own, so that Ctrl-C reaches it last.
 */
static int
begin_child(pid_t *pid, int sig, struct err *e)
{
	pid_t parent = getpid();

	fflush(NULL);
	*pid = fork();
	if (*pid == -1)
		return err_sys(e, "fork");
	if (*pid > 0)
		return 1;
	prctl(PR_SET_PDEATHSIG, sig);
	if (getppid() != parent)
		_exit(1);
	setpgid(0, 0);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	return 0;
}

static int
begin_servers(struct demo *d, struct err *e)
{
	int fd[DEMO_SERVERS], rc;

	if (demo_servers_open(fd, d->site.port, e) == -1)
		return -1;
	rc = begin_child(&d->servers, SIGKILL, e);
	if (rc == 0)
		demo_servers_run(fd, d->die_s);
	for (unsigned i = 0; i < DEMO_SERVERS; i++)
		close(fd[i]);
	return rc;
}

static int
begin_hosts(struct demo *d, struct err *e)
{
	size_t size = (DEMO_GATEWAYS + 1) * sizeof(*d->tallies);
	int fd[DEMO_ASKERS], rc;

	d->tallies = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (d->tallies == MAP_FAILED)
		return err_sys(e, "mmap");
	if (demo_hosts_open(fd, d->site.port, e) == -1)
		return -1;
	rc = begin_child(&d->hosts, SIGKILL, e);
	if (rc == 0)
		demo_hosts_run(fd, d->tallies);
	for (unsigned i = 0; i < DEMO_ASKERS; i++)
		close(fd[i]);
	return rc;
}

static int
begin_gateway(struct demo *d, unsigned i, struct err *e)
{
	int rc = begin_child(&d->site.gateway[i].pid, SIGTERM, e);

	if (rc == 0)
		demo_gateway_run(&d->site, i);
	return rc;
}

static int
begin(struct demo *d, struct err *e)
{
	if (demo_site_make(&d->site, e) == -1 || begin_servers(d, e) == -1)
		return -1;
	for (unsigned i = 0; i < DEMO_GATEWAYS; i++)
		if (begin_gateway(d, i, e) == -1)
			return -1;
	return begin_hosts(d, e) == -1 ? -1 : 0;
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

static void
finish(struct demo *d)
{
	stop_child(d->servers);
	stop_child(d->hosts);
	for (unsigned i = 0; i < DEMO_GATEWAYS; i++)
		stop_child(d->site.gateway[i].pid);
	demo_site_remove(&d->site);
}

static void
announce(const struct demo *d)
{
	printf("A whole site on this machine:\n"
	       "  servers   127.0.0.%d to 127.0.0.%d, stratum 2; .%d is half a "
	       "second wrong,\n"
	       "            .%d dies after %.0f s\n"
	       "  gateways  127.0.0.1 and 127.0.0.2, port %u; the second is "
	       "killed after %.0f s,\n"
	       "            and started again\n"
	       "  pages     http://127.0.0.1:%d/ of the first\n"
	       "  hosts     %d of them, on 127.1.0.1 and up, each asking one "
	       "gateway every 16 s;\n"
	       "            and an insane one, where a job leaves a daemon "
	       "behind each time\n"
	       "It changes no clock, no firewall and no file outside\n"
	       "%s, and sends nothing off this machine.%s\n\n",
	    DEMO_FIRST, DEMO_FIRST + DEMO_SERVERS - 1, DEMO_FIRST + DEMO_LIAR,
	    DEMO_FIRST + DEMO_MORTAL, d->die_s, d->site.port, d->kill_s,
	    DEMO_PAGES, DEMO_HOSTS, d->site.dir,
	    isinf(d->for_s) ? "  Ctrl-C ends it." : "");
}

static void
print_tables(const struct demo *d, const char *style)
{
	const struct demo_gateway *first = &d->site.gateway[0];

	demo_print(first, d->cmd, style, "status");
	printf("\n");
	demo_print(first, d->cmd, style, "upstreams");
	printf("\n");
	demo_turns_print(&d->site);
	demo_tally_print(d->tallies);
}

static double
elapsed_s(const struct demo *d)
{
	return now_s() - d->began;
}

/* What those see who look at no table. */
static void
tell(const struct demo *d, const char *what)
{
	if (!d->screen && !d->cmd->json)
		printf("after %.0f s: %s\n", elapsed_s(d), what);
}

/* The second gateway dies at once, with all its processes, and comes back. */
static int
kill_one(struct demo *d, struct err *e)
{
	struct demo_gateway *g = &d->site.gateway[1];

	if (!d->killed && elapsed_s(d) > d->kill_s) {
		d->killed = true;
		kill(-g->pid, SIGKILL);
		waitpid(g->pid, NULL, 0);
		g->pid = 0;
		tell(d, "gw2 is killed");
	}
	if (d->killed && !d->back && elapsed_s(d) > d->kill_s + d->gone_s) {
		d->back = true;
		tell(d, "gw2 is started again");
		return begin_gateway(d, 1, e);
	}
	return 0;
}

/* The daemons are this program's children: if one ended, its log says why. */
static bool
one_ended(struct demo *d)
{
	for (unsigned i = 0; i < DEMO_GATEWAYS; i++) {
		struct demo_gateway *g = &d->site.gateway[i];

		if (g->pid > 0 && waitpid(g->pid, NULL, WNOHANG) == g->pid) {
			g->pid = 0;
			demo_log_print(g);
			return true;
		}
	}
	return false;
}

static void
look(struct demo *d)
{
	for (unsigned i = 0; i < DEMO_GATEWAYS; i++) {
		struct demo_gateway *g = &d->site.gateway[i];

		if (demo_look(g) && !d->screen && !d->cmd->json)
			printf("after %.0f s: gw%u is in state %s, %s\n",
			    elapsed_s(d), i + 1, g->state, g->pair);
	}
}

/* What is new in a second; false: there is no going on. */
static bool
turn(struct demo *d)
{
	struct err e;

	if (one_ended(d)) {
		cmd_fail(d->cmd, CMD_NOT_WELL, "a gateway has ended");
		return false;
	}
	if (kill_one(d, &e) == -1) {
		cmd_fail(d->cmd, CMD_NOT_WELL, "%s", e.text);
		return false;
	}
	look(d);
	if (d->screen) {
		printf("\033[H\033[J");
		print_tables(d, d->cmd->colour ? "colour" : "");
	}
	return fflush(stdout) == 0; /* or the terminal is gone */
}

static bool
is_well(const struct demo *d)
{
	const struct demo_gateway *g = d->site.gateway;

	return strcmp(g[0].state, "synced") == 0 &&
	    strcmp(g[1].state, "synced") == 0 &&
	    strcmp(g[0].pair, "paired") == 0 &&
	    strcmp(g[1].pair, "paired") == 0;
}

/* Milliseconds to the next look; what a look took may have been all of them. */
static int
rest_ms(const struct demo *d)
{
	return (int)(fmax(0, fmin(1, d->for_s - elapsed_s(d))) * 1000);
}

/* Draws until the time is over; the exit status. */
static int
watch(struct demo *d)
{
	d->began = now_s();
	while (!ended && elapsed_s(d) < d->for_s) {
		if (!turn(d))
			return CMD_NOT_WELL;
		poll(NULL, 0, rest_ms(d));
	}
	look(d);
	if (d->screen)
		printf("\033[H\033[J");
	if (d->cmd->json)
		demo_print(&d->site.gateway[0], d->cmd, "json", "status");
	else
		print_tables(d, "");
	return is_well(d) ? CMD_WELL : CMD_NOT_WELL;
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
		.site.port = PORT_DEFAULT,
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
