/* SPDX-License-Identifier: ISC */
/* What takes rights away runs in a child. */
#include "sys/role.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LARGE 200000
#define NOBODY 0x3ffffff /* above the kernel's largest process id */

static struct err err;
static int wire[2];
static uint8_t out[LARGE], in[LARGE];

static void
setup(void)
{
	CU_ASSERT_EQUAL_FATAL(role_pair(wire, &err), 0);
	memset(in, 0, sizeof(in));
}

static void
teardown(void)
{
	close(wire[0]);
	close(wire[1]);
}

static void
a_message_arrives_with_kind_and_length(void)
{
	uint32_t kind = 0;
	size_t len = 0;

	CU_ASSERT_EQUAL(role_send(wire[0], 7, "hello", 5), 0);
	CU_ASSERT_EQUAL(role_receive(wire[1], &kind, in, sizeof(in), &len), 1);
	CU_ASSERT_EQUAL(kind, 7);
	CU_ASSERT_EQUAL(len, 5);
	CU_ASSERT_EQUAL(memcmp(in, "hello", 5), 0);
}

static void
messages_stay_apart_and_in_order(void)
{
	uint32_t kind = 0;
	size_t len = 0;

	for (uint32_t i = 1; i <= 3; i++)
		role_send(wire[1], i, out, i * 10);
	for (uint32_t i = 1; i <= 3; i++) {
		CU_ASSERT_EQUAL(
		    role_receive(wire[0], &kind, in, sizeof(in), &len), 1);
		CU_ASSERT_EQUAL(kind, i);
		CU_ASSERT_EQUAL(len, i * 10);
	}
}

static void
a_message_may_have_no_body(void)
{
	uint32_t kind = 0;
	size_t len = 9;

	role_send(wire[0], 3, NULL, 0);
	CU_ASSERT_EQUAL(role_receive(wire[1], &kind, in, sizeof(in), &len), 1);
	CU_ASSERT_EQUAL(kind, 3);
	CU_ASSERT_EQUAL(len, 0);
}

static void
a_large_message_arrives_whole(void)
{
	uint32_t kind = 0;
	size_t len = 0;

	for (size_t i = 0; i < LARGE; i++)
		out[i] = (uint8_t)(i * 7 + i / 256);
	CU_ASSERT_EQUAL(role_send(wire[0], 1, out, LARGE), 0);
	CU_ASSERT_EQUAL(role_receive(wire[1], &kind, in, sizeof(in), &len), 1);
	CU_ASSERT_EQUAL(len, LARGE);
	CU_ASSERT_EQUAL(memcmp(in, out, LARGE), 0);
}

static void
nothing_there_is_no_error(void)
{
	uint32_t kind;
	size_t len;

	CU_ASSERT_EQUAL(role_receive(wire[1], &kind, in, sizeof(in), &len), 0);
}

static void
a_full_wire_refuses_at_once(void)
{
	int sent = 0;

	while (sent < 1000 && role_send(wire[0], 1, out, LARGE) == 0)
		sent++;
	CU_ASSERT_EQUAL(errno, EAGAIN);
	CU_ASSERT_TRUE(sent >= 1 && sent < 1000);
}

static void
a_message_too_large_for_the_reader_is_an_error(void)
{
	uint32_t kind;
	size_t len;

	role_send(wire[0], 1, out, 100);
	CU_ASSERT_EQUAL(role_receive(wire[1], &kind, in, 99, &len), -1);
	CU_ASSERT_EQUAL(errno, EBADMSG);
}

static void
a_message_that_lies_about_its_length_is_an_error(void)
{
	uint32_t lie[3] = { 1, 100, 0 }, kind;
	size_t len;

	CU_ASSERT_EQUAL(send(wire[0], lie, sizeof(lie), 0), sizeof(lie));
	CU_ASSERT_EQUAL(role_receive(wire[1], &kind, in, sizeof(in), &len), -1);
	CU_ASSERT_EQUAL(errno, EBADMSG);
}

static void
a_message_shorter_than_its_head_is_an_error(void)
{
	uint32_t kind;
	size_t len;

	CU_ASSERT_EQUAL(send(wire[0], "abc", 3, 0), 3);
	CU_ASSERT_EQUAL(role_receive(wire[1], &kind, in, sizeof(in), &len), -1);
	CU_ASSERT_EQUAL(errno, EBADMSG);
}

static void
a_message_of_nothing_is_not_the_end(void)
{
	uint32_t kind;
	size_t len;

	CU_ASSERT_EQUAL(send(wire[0], "", 0, 0), 0);
	CU_ASSERT_EQUAL(role_receive(wire[1], &kind, in, sizeof(in), &len), -1);
	CU_ASSERT_EQUAL(errno, EBADMSG);
	CU_ASSERT_EQUAL(role_send(wire[0], 7, "hello", 5), 0);
	CU_ASSERT_EQUAL(role_receive(wire[1], &kind, in, sizeof(in), &len), 1);
}

static void
the_other_side_gone_is_an_error_to_both(void)
{
	uint32_t kind;
	size_t len;

	close(wire[1]);
	CU_ASSERT_EQUAL(role_receive(wire[0], &kind, in, sizeof(in), &len), -1);
	CU_ASSERT_EQUAL(errno, EPIPE);
	CU_ASSERT_EQUAL(role_send(wire[0], 1, out, 5), -1);
	CU_ASSERT_EQUAL(errno, EPIPE);
	wire[1] = -1;
}

/* ------------------------------------------------------------- rights */

/* Runs what in a child; its answer, or -1 if it died. */
static int
in_child(int (*what)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		alarm(5);
		_exit(what());
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* A number from /proc/self/status, in the given base. */
static uint64_t
status_of(const char *key, int base)
{
	char text[8192] = "";
	FILE *f = fopen("/proc/self/status", "re");
	char *at = NULL;

	if (f != NULL && fread(text, 1, sizeof(text) - 1, f) > 0)
		at = strstr(text, key);
	if (f != NULL)
		fclose(f);
	return at != NULL ? strtoull(at + strlen(key), NULL, base) : UINT64_MAX;
}

static int
drop_desk(void)
{
	int sig = 0;

	if (role_drop(ROLE_DESK, "nobody", true, &err) != 0)
		return 1;
	if (geteuid() == 0 || getegid() == 0)
		return 2;
	if (status_of("CapEff:", 16) != 0 || status_of("CapPrm:", 16) != 0)
		return 3;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return 4;
	if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
		return 5;
	prctl(PR_GET_PDEATHSIG, &sig);
	return sig == SIGTERM ? 0 : 6;
}

static void
the_desk_keeps_no_right(void)
{
	CU_ASSERT_EQUAL(in_child(drop_desk), 0);
}

#define BIND (UINT64_C(1) << 10)
#define TIME (UINT64_C(1) << 25)

/* The engine keeps what it may have, of what it has. */
static int
drop_engine(void)
{
	uint64_t had = status_of("CapPrm:", 16);

	if (role_drop(ROLE_ENGINE, "nobody", true, &err) != 0)
		return 1;
	if (geteuid() == 0)
		return 2;
	return status_of("CapEff:", 16) == (had & (BIND | TIME)) ? 0 : 3;
}

static int
drop_engine_without_time(void)
{
	uint64_t had = status_of("CapPrm:", 16);

	if (role_drop(ROLE_ENGINE, "nobody", false, &err) != 0)
		return 1;
	return status_of("CapPrm:", 16) == (had & BIND) ? 0 : 2;
}

static int
drop_main_as_root(void)
{
	uid_t was = geteuid();

	if (role_drop(ROLE_MAIN, "root", true, &err) != 0)
		return 1;
	if (geteuid() != was)
		return 2;
	return status_of("CapPrm:", 16) == 0 ? 0 : 3;
}

static void
the_engine_keeps_time_and_low_ports_alone(void)
{
	CU_ASSERT_EQUAL(in_child(drop_engine), 0);
}

static void
the_engine_of_a_virtual_clock_keeps_low_ports_alone(void)
{
	CU_ASSERT_EQUAL(in_child(drop_engine_without_time), 0);
}

static void
user_root_keeps_the_uid_and_no_capability(void)
{
	CU_ASSERT_EQUAL(in_child(drop_main_as_root), 0);
}

static int
drop_to_nobody_known(void)
{
	int rc = role_drop(ROLE_DESK, "no-such-user", false, &err);

	if (geteuid() != 0)
		return rc == 0 ? 0 : 1;
	return rc == -1 && strstr(err.text, "no user \"no-such-user\"") ? 0 : 2;
}

/* As an ordinary user, to whom setuid() does nothing. */
static int
drop_nothing(void)
{
	if (geteuid() == 0 && setuid(65534) != 0)
		return 1;
	/* What changed the user has done it already. */
	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) != 0)
		return 2;
	if (role_drop(ROLE_ENGINE, "nobody", false, &err) != 0)
		return 3;
	return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
}

static void
the_keys_of_an_ordinary_user_are_in_no_core_file(void)
{
	CU_ASSERT_EQUAL(in_child(drop_nothing), 0);
}

static int
drop_twice(void)
{
	if (role_drop(ROLE_ENGINE, "nobody", true, &err) != 0)
		return 1;
	return role_drop(ROLE_ENGINE, "no-such-user", true, &err) == 0 ? 0 : 2;
}

static void
an_unknown_user_stops_root_alone(void)
{
	CU_ASSERT_EQUAL(in_child(drop_to_nobody_known), 0);
}

static void
who_has_no_rights_drops_none_and_succeeds(void)
{
	CU_ASSERT_EQUAL(in_child(drop_twice), 0);
}

static void
user_root_is_who_we_are(void)
{
	uid_t uid = 12345;

	CU_ASSERT_EQUAL(role_user("root", &uid, &err), 0);
	CU_ASSERT_EQUAL(uid, geteuid());
}

static int
titled(void)
{
	char name[32] = "";

	role_title("ntpgated: desk");
	prctl(PR_GET_NAME, name);
	return strcmp(name, "ntpgated: desk") == 0 ? 0 : 1;
}

static void
a_title_is_seen(void)
{
	CU_ASSERT_EQUAL(in_child(titled), 0);
}

/* ------------------------------------------------------------- sandbox */

static void *
nothing(void *arg)
{
	return arg;
}

/* What both roles need; 0, or the number of what is missing. */
static int
needs(void)
{
	char path[] = "/tmp/unit-role.XXXXXX", new[64];
	pthread_t thread;
	uint8_t bits[8];
	struct stat st;

	if (pthread_create(&thread, NULL, nothing, NULL) != 0 ||
	    pthread_join(thread, NULL) != 0)
		return 10;
	int fd = mkstemp(path);
	if (fd < 0 || write(fd, "x", 1) != 1 || fsync(fd) != 0 || close(fd))
		return 11;
	snprintf(new, sizeof(new), "%s.new", path);
	if (rename(path, new) != 0 || stat(new, &st) != 0 || unlink(new) != 0)
		return 12;
	if (getrandom(bits, sizeof(bits), 0) != sizeof(bits))
		return 13;
	int v4 = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int unix_ = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (v4 < 0 || unix_ < 0)
		return 14;
	struct timespec t = { .tv_nsec = 1000 };
	if (nanosleep(&t, NULL) != 0 || clock_gettime(CLOCK_BOOTTIME, &t) != 0)
		return 15;
	void *much = malloc(10000000);
	if (much == NULL)
		return 16;
	free(much);
	return 0;
}

/* What neither may do; 0, or the number of what is possible. */
static int
forbidden(void)
{
	char *argv[] = { (char[]){ "true" }, NULL };

	if (execv("/bin/true", argv) != -1 || errno != EPERM)
		return 20;
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != -1 || errno != EPERM)
		return 21;
	if (mount("none", "/nowhere", "tmpfs", 0, NULL) != -1 || errno != EPERM)
		return 22;
	if (socket(AF_PACKET, SOCK_RAW, 0) != -1 || errno != EPERM)
		return 23;
	if (setuid(getuid()) != -1 || errno != EPERM)
		return 24;
	if (prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) != -1 || errno != EPERM)
		return 25;
	if (kill(getpid(), 0) != -1 || errno != EPERM)
		return 26;
	/* There is no such process, but we are not told. */
	if (syscall(SYS_tgkill, NOBODY, NOBODY, 0) != -1 || errno != EPERM)
		return 27;
	if (syscall(SYS_tgkill, getpid(), gettid(), 0) != 0)
		return 28; /* abort() needs it */
	/* What main and the desk hold together neither may end. */
	if (shutdown(wire[0], SHUT_RDWR) != -1 || errno != EPERM)
		return 29;
	return 0;
}

/* Reads the kernel's clock state, and changes nothing. */
static bool
may_adjust(void)
{
	struct timex t = { .modes = 0 };

	return clock_adjtime(CLOCK_REALTIME, &t) >= 0;
}

/* valgrind, for one, has no seccomp(2). */
static bool
kernel_can_filter(void)
{
	uint32_t action = SECCOMP_RET_ERRNO;

	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

static int
sandbox(enum role_kind kind)
{
	if (role_drop(kind, "nobody", true, &err) != 0)
		return 1;
	if (role_sandbox(kind, &err) != 0)
		return 2;
	return 0;
}

/* Is there a filter?  Built without seccomp there is none: all is allowed. */
static bool
filtered(void)
{
	return status_of("Seccomp:", 10) != 0;
}

static int
engine_box(void)
{
	int bad = sandbox(ROLE_ENGINE);

	if (bad == 0 && !may_adjust())
		bad = 3;
	if (bad == 0 && filtered() && (listen(-1, 1) != -1 || errno != EPERM))
		bad = 4;
	if (bad == 0)
		bad = needs();
	return bad == 0 && filtered() ? forbidden() : bad;
}

static int
desk_box(void)
{
	struct addrinfo *list = NULL;
	int bad = sandbox(ROLE_DESK);

	if (bad == 0 && filtered() && may_adjust())
		bad = 3;
	if (bad == 0 && getaddrinfo("localhost", "123", NULL, &list) != 0)
		bad = 4;
	if (list != NULL)
		freeaddrinfo(list);
	if (bad == 0 && (listen(-1, 1) != -1 || errno != EBADF))
		bad = 5;
	if (bad == 0)
		bad = needs();
	return bad == 0 && filtered() ? forbidden() : bad;
}

/* A file of its own, a socket to whom it speaks to, and little else. */
static int
snmp_box(void)
{
	char path[] = "/tmp/unit-role.XXXXXX";
	struct addrinfo *list = NULL;
	int bad = sandbox(ROLE_SNMP);
	int fd = mkstemp(path);

	if (bad == 0 && filtered() && may_adjust())
		bad = 3;
	if (fd < 0 || write(fd, "x", 1) != 1 || fsync(fd) != 0 || unlink(path))
		bad = 4;
	if (bad == 0 && socket(AF_UNIX, SOCK_STREAM, 0) < 0)
		bad = 5;
	if (bad == 0 && filtered() && (listen(-1, 1) != -1 || errno != EPERM))
		bad = 6;
	if (bad == 0 && filtered() && (fork() != -1 || errno != EPERM))
		bad = 7;
	if (bad == 0 && filtered() &&
	    (socket(AF_NETLINK, SOCK_RAW, 0) != -1 || errno != EPERM))
		bad = 8;
	if (bad == 0 && getaddrinfo("localhost", "705", NULL, &list) != 0)
		bad = 9;
	if (list != NULL)
		freeaddrinfo(list);
	return bad == 0 && filtered() ? forbidden() : bad;
}

/* The agent is a program: main, and only main, can start one. */
static int
main_starts(void)
{
	char *argv[] = { (char[]){ "true" }, NULL };
	int bad = sandbox(ROLE_MAIN);

	if (bad == 0)
		execv("/bin/true", argv);
	return bad != 0 ? bad : 40;
}

/* As important as the engine it would cost hosts their time. */
static int
nice_desk(void)
{
	errno = 0;
	return nice(1) == -1 && errno != 0 ? 32 : desk_box();
}

/* main starts another desk inside its own list. */
static int
main_box(void)
{
	int status = 0, bad = sandbox(ROLE_MAIN);
	pid_t pid;

	if (bad != 0)
		return bad;
	pid = fork();
	if (pid == 0)
		_exit(nice_desk());
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 30;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 31;
}

static void
the_engine_can_do_its_work_and_no_more(void)
{
	CU_ASSERT_TRUE(!kernel_can_filter() || in_child(engine_box) == 0);
}

static void
the_desk_can_do_its_work_and_no_more(void)
{
	CU_ASSERT_TRUE(!kernel_can_filter() || in_child(desk_box) == 0);
}

static void
main_can_start_a_confined_desk(void)
{
	CU_ASSERT_TRUE(!kernel_can_filter() || in_child(main_box) == 0);
}

static void
the_snmp_agent_can_do_its_work_and_no_more(void)
{
	CU_ASSERT_TRUE(!kernel_can_filter() || in_child(snmp_box) == 0);
}

static void
main_alone_can_start_a_program(void)
{
	CU_ASSERT_TRUE(!kernel_can_filter() || in_child(main_starts) == 0);
}

static CU_TestInfo tests[] = {
	{ "a message arrives with kind and length",
	    a_message_arrives_with_kind_and_length },
	{ "messages stay apart and in order",
	    messages_stay_apart_and_in_order },
	{ "a message may have no body", a_message_may_have_no_body },
	{ "a large message arrives whole", a_large_message_arrives_whole },
	{ "nothing there is no error", nothing_there_is_no_error },
	{ "a full wire refuses at once", a_full_wire_refuses_at_once },
	{ "a message too large for the reader is an error",
	    a_message_too_large_for_the_reader_is_an_error },
	{ "a message that lies about its length is an error",
	    a_message_that_lies_about_its_length_is_an_error },
	{ "a message shorter than its head is an error",
	    a_message_shorter_than_its_head_is_an_error },
	{ "a message of nothing is not the end",
	    a_message_of_nothing_is_not_the_end },
	{ "the other side gone is an error to both",
	    the_other_side_gone_is_an_error_to_both },
	{ "the desk keeps no right", the_desk_keeps_no_right },
	{ "the engine keeps time and low ports alone",
	    the_engine_keeps_time_and_low_ports_alone },
	{ "the engine of a virtual clock keeps low ports alone",
	    the_engine_of_a_virtual_clock_keeps_low_ports_alone },
	{ "user root keeps the uid and no capability",
	    user_root_keeps_the_uid_and_no_capability },
	{ "the keys of an ordinary user are in no core file",
	    the_keys_of_an_ordinary_user_are_in_no_core_file },
	{ "an unknown user stops root alone",
	    an_unknown_user_stops_root_alone },
	{ "who has no rights drops none and succeeds",
	    who_has_no_rights_drops_none_and_succeeds },
	{ "user root is who we are", user_root_is_who_we_are },
	{ "a title is seen", a_title_is_seen },
	{ "the engine can do its work and no more",
	    the_engine_can_do_its_work_and_no_more },
	{ "the desk can do its work and no more",
	    the_desk_can_do_its_work_and_no_more },
	{ "main can start a confined desk", main_can_start_a_confined_desk },
	{ "the SNMP agent can do its work and no more",
	    the_snmp_agent_can_do_its_work_and_no_more },
	{ "main alone can start a program", main_alone_can_start_a_program },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_role = { "sys/role", NULL, NULL, setup, teardown, tests };
