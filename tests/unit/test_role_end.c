/* SPDX-License-Identifier: ISC */
#include "sys/role.h"
#include "unit.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A child that waits for the signals that end it, once it has begun; *c is what
 * begin() found. */
static pid_t
child(char (*begin)(pid_t of), pid_t of, char *c)
{
	int ready[2];
	pid_t pid;

	CU_ASSERT_EQUAL_FATAL(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		*c = begin(of);
		if (write(ready[1], c, 1) == 1)
			sleep(30);
		_exit(0);
	}
	CU_ASSERT_EQUAL(read(ready[0], c, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static char
hear(pid_t of)
{
	(void)of;
	signal(SIGTERM, SIG_DFL);
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
	return 'y';
}

static char
be_deaf(pid_t of)
{
	hear(of);
	signal(SIGTERM, SIG_IGN);
	return 'y';
}

static pid_t
waiter(bool deaf)
{
	char c;

	return child(deaf ? be_deaf : hear, 0, &c);
}

static char
trace(pid_t of)
{
	return ptrace(PTRACE_SEIZE, of, NULL, NULL) == 0 ? 'y' : 'n';
}

/* Another process that traces pid: while it does not look, pid is not gone for
 * its parent, however dead: as if it hung inside of the kernel. */
static pid_t
tracer(pid_t traced, bool *traces)
{
	char c;
	pid_t pid = child(trace, traced, &c);

	*traces = c == 'y';
	return pid;
}

static double
now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void
who_hears_the_signal_ends(void)
{
	pid_t pid = waiter(false);

	CU_ASSERT_EQUAL(role_end(pid, SIGTERM, 10), ROLE_ENDED);
	CU_ASSERT_EQUAL(kill(pid, 0), -1);
}

static void
who_is_deaf_is_killed(void)
{
	pid_t pid = waiter(true);

	CU_ASSERT_EQUAL(role_end(pid, SIGTERM, 0.05), ROLE_KILLED);
	CU_ASSERT_EQUAL(kill(pid, 0), -1);
}

static void
who_cannot_be_killed_is_not_waited_for(void)
{
	pid_t pid = waiter(false), other;
	double since = now_s();
	bool traces;

	other = tracer(pid, &traces);
	if (traces) {
		CU_ASSERT_EQUAL(role_end(pid, SIGTERM, 0.05), ROLE_STUCK);
		CU_ASSERT_TRUE(now_s() - since < unit_moment(2 * ROLE_KILL_S));
	}
	kill(pid, SIGKILL);
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
	CU_ASSERT_EQUAL(waitpid(pid, NULL, 0), pid);
}

static void
how_a_child_ended_is_said_in_words(void)
{
	char how[ROLE_HOW];
	int status;
	pid_t pid = waiter(false);

	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	role_how(status, how);
	CU_ASSERT_STRING_EQUAL(how, "signal 9");
	pid = fork();
	if (pid == 0)
		_exit(1);
	waitpid(pid, &status, 0);
	role_how(status, how);
	CU_ASSERT_STRING_EQUAL(how, "exit status 1");
}

static CU_TestInfo tests[] = {
	{ "how a child ended is said in words",
	    how_a_child_ended_is_said_in_words },
	{ "who hears the signal ends", who_hears_the_signal_ends },
	{ "who is deaf is killed", who_is_deaf_is_killed },
	{ "who cannot be killed is not waited for",
	    who_cannot_be_killed_is_not_waited_for },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_role_end = { "sys/role_end", NULL, NULL, NULL, NULL, tests };
