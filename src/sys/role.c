/* SPDX-License-Identifier: ISC */
#include "sys/role.h"

#include "base/text.h"

#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROLE_BUFFER (512 * 1024) /* a few of the largest messages */
#define CAPS_MAX 2
#define BEAT_S 0.01 /* between two looks whether it has ended */

/* -------------------------------------------------------------- the end */

static bool
is_gone(pid_t pid, double wait_s)
{
	const struct timespec beat = { .tv_nsec = (long)(BEAT_S * 1e9) };

	for (double s = 0; s < wait_s; s += BEAT_S) {
		if (waitpid(pid, NULL, WNOHANG) != 0)
			return true;
		nanosleep(&beat, NULL);
	}
	return waitpid(pid, NULL, WNOHANG) != 0;
}

void
role_how(int status, char how[ROLE_HOW])
{
	struct text t = { how, ROLE_HOW, 0 };

	if (WIFSIGNALED(status))
		text_add(&t, "signal %d", WTERMSIG(status));
	else
		text_add(&t, "exit status %d", WEXITSTATUS(status));
}

enum role_end
role_end(pid_t pid, int sig, double patience_s)
{
	kill(pid, sig);
	if (is_gone(pid, patience_s))
		return ROLE_ENDED;
	kill(pid, SIGKILL);
	return is_gone(pid, ROLE_KILL_S) ? ROLE_KILLED : ROLE_STUCK;
}

/* ------------------------------------------------------------- the wire */

struct header {
	uint32_t kind, len;
};

int
role_pair(int fd[2], struct err *e)
{
	int size = ROLE_BUFFER;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC,
		0, fd) != 0)
		return err_sys(e, "wire between the roles");
	/* A message is larger than what the kernel gives unasked. */
	for (int i = 0; i < 2; i++)
		if (setsockopt(fd[i], SOL_SOCKET, SO_SNDBUFFORCE, &size,
			sizeof(size)) != 0)
			(void)setsockopt(fd[i], SOL_SOCKET, SO_SNDBUF, &size,
			    sizeof(size));
	return 0;
}

int
role_send(int fd, uint32_t kind, const void *body, size_t len)
{
	struct header h = { kind, (uint32_t)len };
	struct iovec iov[2] = { { &h, sizeof(h) },
		{ (void *)(uintptr_t)body, len } };
	struct msghdr m = { .msg_iov = iov, .msg_iovlen = 2 };
	ssize_t n;

	do
		n = sendmsg(fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -1 : 0;
}

/* Nothing was read: did nobody write it, or did somebody write nothing? */
static bool
is_over(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLRDHUP };

	return poll(&p, 1, 0) == 1;
}

int
role_receive(int fd, uint32_t *kind, void *body, size_t size, size_t *len)
{
	struct header h = { 0 };
	struct iovec iov[2] = { { &h, sizeof(h) }, { body, size } };
	struct msghdr m = { .msg_iov = iov, .msg_iovlen = 2 };
	ssize_t n;

	do
		n = recvmsg(fd, &m, MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -1;
	if (n == 0) {
		errno = is_over(fd) ? EPIPE : EBADMSG;
		return -1;
	}
	if ((m.msg_flags & MSG_TRUNC) != 0 || (size_t)n < sizeof(h) ||
	    (size_t)n - sizeof(h) != h.len) {
		errno = EBADMSG;
		return -1;
	}
	*kind = h.kind;
	*len = h.len;
	return 1;
}

/* ------------------------------------------------------------- rights */

static bool
is_root_by_name(const char *user)
{
	return strcmp(user, "root") == 0;
}

static int
find_user(const char *user, uid_t *uid, gid_t *gid, struct err *e)
{
	const struct passwd *pw = getpwnam(user);

	if (pw == NULL) {
		err_set(e,
		    "there is no user \"%s\" on this machine; create it, or "
		    "name another with user",
		    user);
		return -1;
	}
	*uid = pw->pw_uid;
	*gid = pw->pw_gid;
	return 0;
}

int
role_user(const char *user, uid_t *uid, struct err *e)
{
	gid_t gid;

	*uid = geteuid();
	if (*uid != 0 || is_root_by_name(user))
		return 0;
	return find_user(user, uid, &gid, e);
}

int
role_own(const char *path, const char *user, struct err *e)
{
	uid_t uid;
	gid_t gid;

	if (geteuid() != 0 || is_root_by_name(user))
		return 0;
	if (find_user(user, &uid, &gid, e) != 0)
		return -1;
	if (lchown(path, uid, gid) != 0)
		return err_sys(e, "cannot give %s to %s", path, user);
	return 0;
}

/* What the kind may keep; the number of them. */
static int
wanted(enum role_kind kind, bool keep_time, cap_value_t caps[CAPS_MAX])
{
	int n = 0;

	if (kind != ROLE_ENGINE)
		return 0;
	caps[n++] = CAP_NET_BIND_SERVICE;
	if (keep_time)
		caps[n++] = CAP_SYS_TIME;
	return n;
}

/* Rights that nobody can get back, not even by starting a program.  Where it
 * is not allowed there is nothing to lose. */
static void
shrink_bounds(const cap_value_t *caps, int n)
{
	for (cap_value_t c = 0; c <= CAP_LAST_CAP; c++) {
		bool keep = false;

		for (int i = 0; i < n; i++)
			keep = keep || caps[i] == c;
		if (!keep)
			(void)prctl(PR_CAPBSET_DROP, c, 0, 0, 0);
	}
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

/* The wanted ones among those that we have: a container may have none. */
static int
set_caps(const cap_value_t *caps, int n, struct err *e)
{
	cap_t old = cap_get_proc(), set = cap_init();
	cap_flag_value_t has;
	int bad = old == NULL || set == NULL;

	for (int i = 0; i < n && !bad; i++) {
		bad = cap_get_flag(old, caps[i], CAP_PERMITTED, &has) != 0;
		if (bad || has != CAP_SET)
			continue;
		bad = cap_set_flag(set, CAP_PERMITTED, 1, &caps[i], CAP_SET) !=
			0 ||
		    cap_set_flag(set, CAP_EFFECTIVE, 1, &caps[i], CAP_SET) != 0;
	}
	bad = bad || cap_set_proc(set) != 0;
	if (bad)
		err_sys(e, "capabilities");
	cap_free(old);
	cap_free(set);
	return bad ? -1 : 0;
}

static int
become(const char *user, bool keep_caps, struct err *e)
{
	uid_t uid;
	gid_t gid;

	if (find_user(user, &uid, &gid, e) != 0)
		return -1;
	if (keep_caps && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0)
		return err_sys(e, "capabilities");
	if (setgroups(1, &gid) != 0 || setresgid(gid, gid, gid) != 0 ||
	    setresuid(uid, uid, uid) != 0)
		return err_sys(e, "cannot become %s", user);
	return 0;
}

int
role_drop(enum role_kind kind, const char *user, bool keep_time, struct err *e)
{
	cap_value_t caps[CAPS_MAX];
	int n = wanted(kind, keep_time, caps);
	pid_t parent = getppid();

	/* Needs CAP_SETPCAP: first of all. */
	shrink_bounds(caps, n);
	if (geteuid() == 0 && !is_root_by_name(user) &&
	    become(user, n > 0, e) != 0)
		return -1;
	if (set_caps(caps, n, e) != 0)
		return -1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_sys(e, "no_new_privs");
	/* No core file has keys in it, and no other process of the same user
	 * looks into our memory.  Changing the user did it for root alone. */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return err_sys(e, "not dumpable");
	if (kind == ROLE_MAIN)
		return 0;
	/* Last: changing the user would have unset it.  Who was orphaned in
	 * the meantime gets no signal. */
	if (prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) != 0)
		return err_sys(e, "parent-death signal");
	if (getppid() != parent)
		return err_set(e, "main is gone");
	return 0;
}

void
role_title(const char *name)
{
	(void)prctl(PR_SET_NAME, name, 0, 0, 0);
}
