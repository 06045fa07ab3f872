/* SPDX-License-Identifier: ISC */
#include "agent.h"

#include "base/text.h"
#include "sys/clock.h"
#include "sys/log.h"
#include "sys/role.h"

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define NAME "ntpgated-snmp"
#define AGAIN_S 1.0   /* before it is started again, the first time */
#define SLOWER_S 60.0 /* and at most; who lived so long begins anew */
#define END_S 0.25    /* to end */

/* What it is started with. */
struct words {
	char agentx[CONF_PATH_MAX], state_dir[CONF_PATH_MAX];
	char user[CONF_NAME_MAX], to[CONF_PATH_MAX];
	char level[12], wire[12];
};

static struct agent {
	char path[4096];
	struct words words;
	pid_t pid; /* 0: it does not run */
	struct mono began;
	double wait_s; /* after its last death */
	struct mono due;
} agent = { .due = { INT64_MAX } };

void
agent_find(void)
{
	ssize_t n = readlink("/proc/self/exe", agent.path,
	    sizeof(agent.path) - sizeof(NAME) - 1);
	char *slash;

	agent.path[n > 0 ? n : 0] = '\0';
	slash = strrchr(agent.path, '/');
	if (slash != NULL)
		strcpy(slash + 1, NAME);
}

const char *
agent_missing(const struct setup *s)
{
	static char sentence[sizeof(agent.path) + 128];
	struct text t = TEXT(sentence);

	if (s->orders.conf.agentx[0] == '\0' || access(agent.path, X_OK) == 0)
		return NULL;
	text_add(&t,
	    "snmp.agentx: there is no program \"%s\", so SNMP is not answered",
	    agent.path);
	return sentence;
}

static void
choose_words(struct words *w, const struct setup *s)
{
	static const char *const to[] = { [CONF_LOG_SYSLOG] = "syslog",
		[CONF_LOG_JOURNAL] = "journal",
		[CONF_LOG_STDERR] = "stderr" };
	const struct conf *c = &s->orders.conf;
	bool file = !s->foreground && c->log.to == CONF_LOG_FILE;

	*w = (struct words){ 0 };
	text_copy(w->agentx, sizeof(w->agentx), c->agentx);
	text_copy(w->state_dir, sizeof(w->state_dir), c->state_dir);
	text_copy(w->user, sizeof(w->user), c->user);
	text_copy(w->to, sizeof(w->to),
	    file	      ? c->log.file :
		s->foreground ? "stderr" :
				to[c->log.to]);
	snprintf(w->level, sizeof(w->level), "%d", c->log.level);
	snprintf(w->wire, sizeof(w->wire), "%d", s->agent);
}

static void
become(const struct setup *s, pid_t parent)
{
	static char letter[][3] = { "-w", "-a", "-s", "-u", "-o", "-l" };
	struct words *w = &agent.words;
	char *argv[] = { agent.path, letter[0], w->wire, letter[1], w->agentx,
		letter[2], w->state_dir, letter[3], w->user, letter[4], w->to,
		letter[5], w->level, NULL };
	sigset_t none;

	/* It lasts until the agent asks for it again. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == -1 ||
	    getppid() != parent)
		_exit(127);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (!s->foreground)
		dup2(1, 2);
	fcntl(s->agent, F_SETFD, 0);
	execv(agent.path, argv);
	_exit(127);
}

void
agent_start(const struct setup *s)
{
	const char *missing = agent_missing(s);
	pid_t parent;

	agent.due = MONO_NEVER;
	choose_words(&agent.words, s);
	if (agent.words.agentx[0] == '\0')
		return;
	if (missing != NULL) {
		log_event(EVENT_SNMP_FAILED, "%s", missing);
		return;
	}
	agent.began = clock_raw();
	parent = getpid();
	agent.pid = fork();
	if (agent.pid == 0)
		become(s, parent);
	if (agent.pid == -1) {
		agent.pid = 0;
		agent.due = mono_add(agent.began, SLOWER_S);
	}
}

void
agent_reload(const struct setup *s)
{
	bool file = !s->foreground && s->orders.conf.log.to == CONF_LOG_FILE;
	struct words words;

	choose_words(&words, s);
	/* A file may be another one now, under the same name. */
	if (!file && memcmp(&words, &agent.words, sizeof(words)) == 0)
		return;
	agent_stop(SIGINT);
	agent.wait_s = 0;
	agent_start(s);
}

bool
agent_buried(pid_t pid, int status)
{
	struct mono now = clock_raw();
	char how[ROLE_HOW];

	if (pid != agent.pid)
		return false;
	agent.pid = 0;
	if (mono_sub(now, agent.began) > SLOWER_S)
		agent.wait_s = 0;
	agent.wait_s = fmin(fmax(2 * agent.wait_s, AGAIN_S), SLOWER_S);
	agent.due = mono_add(now, agent.wait_s);
	role_how(status, how);
	log_event(EVENT_MAIN_SNMP_DIED,
	    "the SNMP agent died (%s): started again in %.0f s", how,
	    agent.wait_s);
	return true;
}

double
agent_next(void)
{
	if (agent.due.ns == MONO_NEVER.ns)
		return -1;
	return fmax(mono_sub(agent.due, clock_raw()), 0);
}

void
agent_poll(const struct setup *s)
{
	if (agent_next() == 0)
		agent_start(s);
}

void
agent_stop(int sig)
{
	agent.due = MONO_NEVER;
	if (agent.pid == 0)
		return;
	if (role_end(agent.pid, sig, END_S) == ROLE_STUCK)
		log_event(EVENT_MAIN_KILLED,
		    "the SNMP agent (pid %d) was killed in vain, and is left "
		    "behind",
		    (int)agent.pid);
	agent.pid = 0;
}
