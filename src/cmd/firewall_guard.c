/* SPDX-License-Identifier: ISC */
/*
 * firewall_guard.c - who takes new rules back.
 *
 * New rules may cut the very line on which somebody would take them back.  So
 * a process of its own, which knows the old rules already, puts the new ones in
 * force and waits for a word.  It is in no session and no group of the tool's:
 * what ends the tool, or the terminal, leaves it alone.
 */
#include "firewall.h"

#include "base/time.h"
#include "sys/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

/* ---- the rules ---- */

/* A rule that the kernel understands in another way than we meant is found
 * here, and not by the next check. */
static int
see(struct nft *n, const struct guard_orders *o, struct err *e)
{
	struct rules *have = firewall_have(n, e);
	enum rules_same same;

	if (have == NULL)
		return -1;
	same = rules_compare(have, o->want, NULL);
	rules_free(have);
	if (same == RULES_SAME)
		return 0;
	return err_set(e, "the kernel holds other rules than it was given");
}

int
guard_put(struct nft *n, const struct guard_orders *o, struct err *e)
{
	struct err again;

	if (nft_run(n, o->rules, false, e) == -1)
		return -1;
	if (see(n, o, e) == 0)
		return 0;
	if (nft_run(n, o->before, false, &again) == -1)
		err_at(e, "the old rules are lost (%.200s)", again.text);
	return -1;
}

/* ---- words ---- */

/* A letter, and a sentence behind it if it is a failure. */
static void
tell(int fd, enum guard_word word, const char *sentence)
{
	char line[1 + sizeof(((struct err *)0)->text)];
	struct text t = TEXT(line);

	text_add(&t, "%c%s", (char)word, sentence);
	/* Nobody may be there any more. */
	(void)send(fd, line, strlen(line), MSG_NOSIGNAL);
}

void
guard_say(int fd, enum guard_word word)
{
	tell(fd, word, "");
}

enum guard_word
guard_hear(int fd, struct err *e)
{
	char line[1 + sizeof(e->text)] = "";
	ssize_t n;

	do
		n = recv(fd, line, sizeof(line) - 1, 0);
	while (n == -1 && errno == EINTR);
	if (n < 1)
		return GUARD_LOST;
	err_set(e, "%s", line + 1);
	return (enum guard_word)line[0];
}

/* ---- the guardian ---- */

static volatile sig_atomic_t ended;

static void
note_end(int sig)
{
	(void)sig;
	ended = 1;
}

/* Who ends it, or the machine, wants what was there before: at once. */
static void
set_signals(void)
{
	struct sigaction end = { .sa_handler = note_end };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGHUP, &ignore, NULL);
	sigaction(SIGINT, &ignore, NULL);
	sigaction(SIGQUIT, &ignore, NULL);
	sigaction(SIGTSTP, &ignore, NULL);
}

static void
let_go_of_terminal(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 0; fd < 3 && null >= 0; fd++)
		(void)dup2(null, fd);
	if (null > 2)
		close(null);
	(void)!chdir("/");
}

/* Is it to be kept?  A tool that is gone says nothing more. */
static bool
await_word(int fd, double timeout_s)
{
	struct mono begun = clock_raw();
	struct pollfd p = { .fd = fd, .events = POLLIN };
	double left;

	while (
	    !ended && (left = timeout_s - mono_sub(clock_raw(), begun)) > 0) {
		struct err e;
		enum guard_word w;

		if (poll(&p, 1, (int)ceil(left * 1e3)) <= 0)
			continue;
		w = guard_hear(fd, &e);
		if (w == GUARD_KEEP || w == GUARD_RESTORE)
			return w == GUARD_KEEP;
		p.fd = -1; /* poll() waits for the time alone */
	}
	return false;
}

static void
restore(struct nft *n, const struct guard_orders *o, int fd)
{
	struct err e;

	if (nft_run(n, o->before, false, &e) == 0) {
		syslog(LOG_NOTICE,
		    "firewall: new rules were not confirmed, the old ones are "
		    "back");
		tell(fd, GUARD_RESTORE, "");
		return;
	}
	syslog(LOG_ERR,
	    "firewall: new rules were not confirmed, and the old ones cannot "
	    "be put back: %s; they are in " FIREWALL_DIR "/" FIREWALL_BEFORE,
	    e.text);
	tell(fd, GUARD_STUCK, e.text);
}

static void
guard(const struct guard_orders *o, int fd)
{
	struct err e = { "" };
	struct nft *n;

	openlog("ntpgate", LOG_PID, LOG_DAEMON);
	set_signals();
	let_go_of_terminal();
	n = nft_open(&e);
	if (n == NULL || guard_put(n, o, &e) == -1) {
		tell(fd, GUARD_FAILED, e.text);
		return;
	}
	tell(fd, GUARD_PUT, "");
	if (await_word(fd, o->timeout_s))
		tell(fd, GUARD_KEEP, "");
	else
		restore(n, o, fd);
	nft_close(n);
}

int
guard_start(const struct guard_orders *o, int lock, struct err *e)
{
	int ends[2], status;
	pid_t pid;

	(void)lock; /* it is inherited, and held as long as one of us lives */
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0 ||
	    (pid = fork()) == -1)
		return err_sys(e, "a process that takes the rules back");
	if (pid == 0) {
		close(ends[0]);
		/* A leader could get a terminal: its child cannot. */
		if (setsid() == -1 || (pid = fork()) != 0)
			_exit(pid > 0 ? 0 : 1);
		guard(o, ends[1]);
		_exit(0);
	}
	close(ends[1]);
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	return ends[0];
}
