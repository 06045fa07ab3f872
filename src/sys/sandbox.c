/* SPDX-License-Identifier: ISC */
/* With libseccomp; sandbox_none.c is the other. */
#include "sys/role.h"

#include <errno.h>
#include <net/if.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * By name: a call that this architecture or this libseccomp does not know is
 * skipped.  A libc may take any of the variants in a line.
 */
static const char *const common[] = {
	/* memory */
	"brk", "mmap", "mmap2", "mprotect", "mremap", "munmap", "madvise",
	/* threads */
	"clone", "clone3", "futex", "futex_time64", "set_robust_list", "rseq",
	"set_tid_address", "sched_yield", "sched_getaffinity", "membarrier",
	"gettid", "exit", "exit_group", "arch_prctl",
	/* signals */
	"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigreturn",
	"rt_sigtimedwait", "sigaltstack", "restart_syscall",
	/* who and where are we */
	"getpid", "getppid", "getuid", "geteuid", "getgid", "getegid",
	"getresuid", "getresgid", "getrlimit", "ugetrlimit", "prlimit64",
	"getrusage", "uname", "sysinfo", "getcwd", "umask",
	/* time, read */
	"clock_gettime", "clock_gettime64", "clock_getres", "clock_nanosleep",
	"clock_nanosleep_time64", "nanosleep", "gettimeofday", "time",
	"getrandom",
	/* waiting */
	"epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait",
	"epoll_pwait2", "poll", "ppoll", "ppoll_time64", "select", "_newselect",
	"pselect6", "pselect6_time64", "timerfd_create", "timerfd_settime",
	"timerfd_settime64", "eventfd2", "pipe2", "pipe",
	/* descriptors */
	"read", "readv", "pread64", "write", "writev", "pwrite64", "close",
	"lseek", "_llseek", "dup", "dup2", "dup3", "fcntl", "fcntl64",
	/* files */
	"open", "openat", "fstat", "fstat64", "stat", "stat64", "lstat",
	"lstat64", "newfstatat", "fstatat64", "statx", "fstatfs", "access",
	"faccessat", "faccessat2", "readlink", "readlinkat", "getdents64",
	"fsync", "fdatasync", "ftruncate", "ftruncate64", "rename", "renameat",
	"renameat2", "unlink", "unlinkat", "mkdir", "mkdirat", "chmod",
	"fchmod", "fchmodat", "flock",
	/* sockets; "socket" itself by family, below */
	"socketpair", "bind", "connect", "getsockname", "getpeername",
	"getsockopt", "setsockopt", "sendto", "sendmsg", "sendmmsg", "recvfrom",
	"recvmsg", "recvmmsg", "recvmmsg_time64",
	/* a long line for the journal */
	"memfd_create", NULL
};

static const char *const engine_own[] = { "adjtimex", "clock_adjtime",
	"clock_adjtime64", "clock_settime", "clock_settime64", NULL };

/* link: the second name of a day's file. */
static const char *const desk_own[] = { "accept", "accept4", "listen", "link",
	"linkat", NULL };

/* To start another desk, or the SNMP agent, which give up rights, step behind
 * whoever serves time (nice(3) reads before it writes), and make lists of their
 * own. */
static const char *const main_own[] = { "fork", "vfork", "execve", "wait4",
	"waitid", "kill", "tgkill", "getpriority", "setpriority", "capget",
	"capset", "prctl", "seccomp", "setgroups", "setgroups32", "setresgid",
	"setresgid32", "setresuid", "setresuid32", NULL };

/* net-snmp asks for little, once its libraries are there; all of it stands in
 * main's list, too, which holds before. */
static const char *const snmp_all[] = {
	/* memory, signals, the end */
	"brk", "mmap", "mmap2", "mremap", "munmap", "madvise", "futex",
	"futex_time64", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn",
	"sigreturn", "sigaltstack", "restart_syscall", "exit", "exit_group",
	/* who we are, and when */
	"getpid", "gettid", "getuid", "geteuid", "getgid", "getegid",
	"clock_gettime", "clock_gettime64", "clock_getres", "gettimeofday",
	"time", "getrandom", "uname",
	/* waiting */
	"epoll_ctl", "epoll_wait", "epoll_pwait", "epoll_pwait2", "poll",
	"ppoll", "ppoll_time64", "select", "_newselect", "pselect6",
	"pselect6_time64", "timerfd_settime", "timerfd_settime64",
	"clock_nanosleep", "clock_nanosleep_time64", "nanosleep", "pipe2",
	"pipe",
	/* descriptors, and files: its own in state_dir, and the log */
	"read", "readv", "write", "writev", "close", "lseek", "_llseek",
	"fcntl", "fcntl64", "open", "openat", "fstat", "fstat64", "stat",
	"stat64", "newfstatat", "fstatat64", "statx", "fstatfs", "access",
	"faccessat", "faccessat2", "getdents64", "fsync", "rename", "renameat",
	"renameat2", "unlink", "unlinkat", "fchmod",
	/* sockets: to the master, and to the log */
	"connect", "getsockname", "getpeername", "getsockopt", "setsockopt",
	"sendto", "sendmsg", "recvfrom", "recvmsg", "memfd_create", NULL
};

/* The last for all but the SNMP agent. */
static const int families[] = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK };

/* TCGETS is stdio's question whether it is a terminal. */
static const unsigned long ioctls[] = { 0x5401 /* TCGETS */, FIONREAD, FIONBIO,
	SIOCGIFINDEX, SIOCGIFNAME };

static int
allow(scmp_filter_ctx f, const char *const *names)
{
	for (; *names != NULL; names++) {
		int nr = seccomp_syscall_resolve_name(*names);
		int rc = nr == __NR_SCMP_ERROR ?
		    0 :
		    seccomp_rule_add(f, SCMP_ACT_ALLOW, nr, 0);

		/* -EDOM: not on this architecture. */
		if (rc != 0 && rc != -EDOM)
			return rc;
	}
	return 0;
}

static int
allow_if(scmp_filter_ctx f, const char *name, unsigned arg, uint64_t value)
{
	struct scmp_arg_cmp is = { arg, SCMP_CMP_EQ, value, 0 };
	int nr = seccomp_syscall_resolve_name(name);

	return seccomp_rule_add_array(f, SCMP_ACT_ALLOW, nr, 1, &is);
}

static int
allow_some(scmp_filter_ctx f, enum role_kind kind)
{
	size_t n = sizeof(families) / sizeof(families[0]);
	int rc = 0;

	for (size_t i = 0; i < n - (kind == ROLE_SNMP); i++)
		if (rc == 0)
			rc = allow_if(f, "socket", 0, (uint64_t)families[i]);
	for (size_t i = 0; i < sizeof(ioctls) / sizeof(ioctls[0]); i++)
		if (rc == 0)
			rc = allow_if(f, "ioctl", 1, ioctls[i]);
	return rc;
}

static int
fill(scmp_filter_ctx f, enum role_kind kind)
{
	bool all = kind == ROLE_MAIN;
	int rc = allow(f, kind == ROLE_SNMP ? snmp_all : common);

	if (rc == 0)
		rc = allow_some(f, kind);
	if (rc == 0 && (all || kind == ROLE_ENGINE))
		rc = allow(f, engine_own);
	if (rc == 0 && (all || kind == ROLE_DESK))
		rc = allow(f, desk_own);
	if (rc == 0 && all)
		rc = allow(f, main_own);
	if (rc == 0 && !all)
		rc = allow_if(f, "prctl", 0, PR_SET_NAME);
	/* abort() of ourselves, and no signal to the other role: one user runs
	 * both. */
	if (rc == 0 && !all)
		rc = allow_if(f, "tgkill", 0, (uint64_t)getpid());
	return rc;
}

int
role_sandbox(enum role_kind kind, struct err *e)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int rc;

	if (f == NULL)
		return err_set(e, "seccomp: out of memory");
	rc = fill(f, kind);
	if (rc == 0)
		rc = seccomp_attr_set(f, SCMP_FLTATR_CTL_TSYNC, 1);
	if (rc == 0)
		rc = seccomp_load(f);
	seccomp_release(f);
	if (rc == 0)
		return 0;
	if (rc == -ECANCELED)
		return err_set(e, "seccomp: the kernel refused the list");
	errno = -rc;
	return err_sys(e, "seccomp");
}
