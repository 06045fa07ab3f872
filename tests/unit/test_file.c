/* SPDX-License-Identifier: ISC */
#include "sys/file.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char dir[32], path[64];
static struct err err;

/* Each test has an empty directory, and a name in it. */
static void
setup(void)
{
	strcpy(dir, "/tmp/unit-file.XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/x", dir);
}

static void
teardown(void)
{
	const char *const names[] = { "x", "y", "x.new", "lock", "d" };
	char p[64];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(p, sizeof(p), "%s/%s", dir, names[i]);
		remove(p);
	}
	CU_ASSERT_EQUAL(rmdir(dir), 0);
}

static void
put(const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);

	CU_ASSERT_EQUAL(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	fchmod(fd, mode);
	close(fd);
}

static void
a_file_is_read_whole_and_terminated(void)
{
	size_t len = 0;

	put("abc", 0644);
	char *text = file_read(path, 3, &len, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	CU_ASSERT_EQUAL(len, 3);
	CU_ASSERT_STRING_EQUAL(text, "abc");
	free(text);
}

static void
an_empty_file_is_an_empty_text(void)
{
	size_t len = 9;

	put("", 0644);
	char *text = file_read(path, 100, &len, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	CU_ASSERT_EQUAL(len, 0);
	CU_ASSERT_STRING_EQUAL(text, "");
	free(text);
}

static void
a_file_that_is_too_large_is_refused(void)
{
	char want[128];

	put("abcd", 0644);
	CU_ASSERT_PTR_NULL(file_read(path, 3, NULL, &err));
	CU_ASSERT_EQUAL(errno, EFBIG);
	snprintf(want, sizeof(want), "%s: larger than 3 octets", path);
	CU_ASSERT_STRING_EQUAL(err.text, want);
}

static void
a_missing_file_is_one_sentence(void)
{
	char want[128];

	CU_ASSERT_PTR_NULL(file_read(path, 3, NULL, &err));
	CU_ASSERT_EQUAL(errno, ENOENT);
	snprintf(want, sizeof(want), "%s: No such file or directory", path);
	CU_ASSERT_STRING_EQUAL(err.text, want);
}

static void
a_directory_is_not_read(void)
{
	CU_ASSERT_PTR_NULL(file_read(dir, 3, NULL, &err));
	CU_ASSERT_EQUAL(errno, EISDIR);
}

static void
not_regular(void)
{
	char want[128];

	snprintf(want, sizeof(want), "%s is not a regular file", path);
	CU_ASSERT_STRING_EQUAL(err.text, want);
}

static void
a_pipe_in_place_of_a_file_neither_hangs_nor_passes(void)
{
	CU_ASSERT_EQUAL(mkfifo(path, 0600), 0);
	CU_ASSERT_PTR_NULL(file_read(path, 3, NULL, &err));
	CU_ASSERT_NOT_EQUAL(errno, ENOENT);
	not_regular();
}

/* A socket cannot be opened at all, and the sentence is the same. */
static void
a_socket_in_place_of_a_file_is_refused(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(at.sun_path, path);
	CU_ASSERT_EQUAL(bind(s, (struct sockaddr *)&at, sizeof(at)), 0);
	CU_ASSERT_PTR_NULL(file_read(path, 3, NULL, &err));
	not_regular();
	close(s);
}

/* By a link, as who is not root makes no device. */
static void
a_device_in_place_of_a_file_is_refused(void)
{
	CU_ASSERT_EQUAL(symlink("/dev/zero", path), 0);
	CU_ASSERT_PTR_NULL(file_read(path, 3, NULL, &err));
	not_regular();
}

static void
a_pipe_that_an_operator_names_is_read(void)
{
	char name[32];
	int end[2];

	CU_ASSERT_EQUAL_FATAL(pipe(end), 0);
	CU_ASSERT_EQUAL(write(end[1], "abc", 3), 3);
	close(end[1]);
	snprintf(name, sizeof(name), "/dev/fd/%d", end[0]);
	char *text = file_read_any(name, 3, NULL, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	CU_ASSERT_STRING_EQUAL(text, "abc");
	free(text);
	close(end[0]);
}

static void
a_private_file_is_read(void)
{
	put("secret", 0600);
	char *text = file_read_private(path, 100, NULL, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	CU_ASSERT_STRING_EQUAL(text, "secret");
	free(text);
	put("secret", 0400);
	text = file_read_private(path, 100, NULL, &err);
	CU_ASSERT_PTR_NOT_NULL(text);
	free(text);
}

static void
a_secret_that_others_can_read_is_refused(void)
{
	char want[128];

	put("secret", 0644);
	CU_ASSERT_PTR_NULL(file_read_private(path, 100, NULL, &err));
	snprintf(want, sizeof(want),
	    "%s can be read by others (mode 0644); chmod 600 it", path);
	CU_ASSERT_STRING_EQUAL(err.text, want);
	put("secret", 0640);
	CU_ASSERT_PTR_NULL(file_read_private(path, 100, NULL, &err));
}

static void
a_secret_that_others_can_write_is_refused(void)
{
	put("secret", 0602);
	CU_ASSERT_PTR_NULL(file_read_private(path, 100, NULL, &err));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "can be written by others"));
}

static void
a_link_to_a_secret_is_refused(void)
{
	char link[64];

	put("secret", 0600);
	snprintf(link, sizeof(link), "%s/y", dir);
	CU_ASSERT_EQUAL(symlink(path, link), 0);
	CU_ASSERT_PTR_NULL(file_read_private(link, 100, NULL, &err));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "is a link"));
}

static void
a_pipe_in_place_of_a_secret_neither_hangs_nor_passes(void)
{
	CU_ASSERT_EQUAL(mkfifo(path, 0600), 0);
	CU_ASSERT_PTR_NULL(file_read_private(path, 100, NULL, &err));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "is not a regular file"));
}

static void
a_secret_of_somebody_else_is_refused(void)
{
	char want[128];

	put("secret", 0600);
	CU_ASSERT_PTR_NULL(
	    file_read_owned(path, 100, NULL, geteuid() + 1, &err));
	snprintf(want, sizeof(want), "%s belongs to user %u, not to user %u",
	    path, geteuid(), geteuid() + 1);
	CU_ASSERT_STRING_EQUAL(err.text, want);
}

static void
a_file_is_replaced_whole(void)
{
	struct stat st = { 0 };

	put("something longer", 0600);
	CU_ASSERT_EQUAL(file_replace(dir, "x", "new", 3, &err), 0);
	char *text = file_read(path, 100, NULL, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	CU_ASSERT_STRING_EQUAL(text, "new");
	free(text);
	stat(path, &st);
	CU_ASSERT_EQUAL(st.st_mode & 0027, 0);
}

static void
a_replacement_leaves_nothing_beside(void)
{
	char beside[80];

	file_replace(dir, "x", "new", 3, &err);
	snprintf(beside, sizeof(beside), "%s.new", path);
	CU_ASSERT_EQUAL(access(beside, F_OK), -1);
}

static void
a_replacement_that_fails_leaves_the_old_file(void)
{
	char beside[80];

	put("old", 0600);
	snprintf(beside, sizeof(beside), "%s.new", path);
	CU_ASSERT_EQUAL(mkdir(beside, 0700), 0); /* in the way */
	CU_ASSERT_EQUAL(file_replace(dir, "x", "new", 3, &err), -1);
	char *text = file_read(path, 100, NULL, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	CU_ASSERT_STRING_EQUAL(text, "old");
	free(text);
}

static void
a_pipe_in_the_way_of_a_replacement_does_not_hang_it(void)
{
	char beside[80];

	snprintf(beside, sizeof(beside), "%s.new", path);
	CU_ASSERT_EQUAL(mkfifo(beside, 0600), 0);
	CU_ASSERT_EQUAL(mkfifo(path, 0600), 0);
	CU_ASSERT_EQUAL(file_replace(dir, "x", "new", 3, &err), 0);
	char *text = file_read(path, 100, NULL, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	CU_ASSERT_STRING_EQUAL(text, "new");
	free(text);
}

static void
a_secret_is_its_owners_alone(void)
{
	struct stat st;
	size_t len;
	char *text;

	put("old", 0644);
	CU_ASSERT_EQUAL(file_replace_private(path, "new", 3, geteuid(), &err),
	    0);
	CU_ASSERT_EQUAL(stat(path, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 07777, 0600);
	text = file_read_private(path, 10, &len, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	CU_ASSERT_STRING_EQUAL(text, "new");
	free(text);
}

static void
a_secret_passes_by_what_lies_in_its_way(void)
{
	char beside[80], other[80], got[8] = "";
	int fd;

	/* Somebody waits for the secret in a file of his own. */
	snprintf(beside, sizeof(beside), "%s.new", path);
	snprintf(other, sizeof(other), "%s/y", dir);
	close(open(other, O_WRONLY | O_CREAT, 0666));
	CU_ASSERT_EQUAL(symlink(other, beside), 0);
	CU_ASSERT_EQUAL(file_replace_private(path, "new", 3, geteuid(), &err),
	    0);
	fd = open(other, O_RDONLY);
	CU_ASSERT_EQUAL(read(fd, got, sizeof(got)), 0);
	close(fd);
}

static void
a_replacement_in_no_directory_is_one_sentence(void)
{
	CU_ASSERT_EQUAL(file_replace("/nowhere", "x", "new", 3, &err), -1);
	CU_ASSERT_STRING_EQUAL(err.text,
	    "/nowhere/x: No such file or directory");
}

static void
a_directory_is_made_for_us_alone(void)
{
	struct stat st = { 0 };
	char d[64];

	snprintf(d, sizeof(d), "%s/d", dir);
	CU_ASSERT_EQUAL(file_directory(d, &err), 0);
	stat(d, &st);
	CU_ASSERT_TRUE(S_ISDIR(st.st_mode));
	CU_ASSERT_EQUAL(st.st_mode & 0027, 0);
	CU_ASSERT_EQUAL(file_directory(d, &err), 0);
}

static void
a_file_is_no_directory(void)
{
	char want[128];

	put("", 0600);
	CU_ASSERT_EQUAL(file_directory(path, &err), -1);
	snprintf(want, sizeof(want), "%s is not a directory", path);
	CU_ASSERT_STRING_EQUAL(err.text, want);
}

static void
a_directory_in_nothing_is_one_sentence(void)
{
	CU_ASSERT_EQUAL(file_directory("/nowhere/state", &err), -1);
	CU_ASSERT_STRING_EQUAL(err.text,
	    "/nowhere/state: No such file or directory");
}

static void
a_second_lock_names_the_holder(void)
{
	int first = file_lock(dir, 0, &err);
	char want[128];

	CU_ASSERT_FATAL(first >= 0);
	CU_ASSERT_EQUAL(file_lock(dir, 0, &err), -1);
	snprintf(want, sizeof(want), "another ntpgated (pid %d) uses %s",
	    (int)getpid(), dir);
	CU_ASSERT_STRING_EQUAL(err.text, want);
	close(first);
	int second = file_lock(dir, 0, &err);
	CU_ASSERT_TRUE(second >= 0);
	close(second);
}

static void
a_pipe_is_no_lock(void)
{
	snprintf(path, sizeof(path), "%s/lock", dir);
	CU_ASSERT_EQUAL(mkfifo(path, 0600), 0);
	CU_ASSERT_EQUAL(file_lock(dir, 0, &err), -1);
	not_regular();
}

/* Another process that holds the lock until it is ended. */
static pid_t
holder(void)
{
	int ready[2];
	char c;

	CU_ASSERT_EQUAL_FATAL(pipe(ready), 0);
	pid_t pid = fork();
	if (pid == 0) {
		int fd = file_lock(dir, 0, &err);
		if (write(ready[1], "x", 1) == 1 && fd >= 0)
			sleep(10);
		_exit(1);
	}
	CU_ASSERT_EQUAL(read(ready[0], &c, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static void
a_lock_dies_with_its_process(void)
{
	pid_t pid = holder();

	CU_ASSERT_EQUAL(file_lock(dir, 0, &err), -1);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	int fd = file_lock(dir, 1, &err);
	CU_ASSERT_TRUE(fd >= 0);
	close(fd);
}

/*
 * Runs it where dir is on a disk that cannot be written, in a process and a
 * mount namespace of its own: what it returns; -1 where nobody may make one.
 */
static int
on_a_dead_disk(int (*what)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (unshare(geteuid() == 0 ? CLONE_NEWNS :
					     CLONE_NEWUSER | CLONE_NEWNS) ||
		    mount("none", "/", "none", MS_REC | MS_PRIVATE, "") ||
		    mount(dir, dir, "none", MS_BIND, "") ||
		    mount("none", dir, "none", MS_REMOUNT | MS_BIND | MS_RDONLY,
			""))
			_exit(255);
		_exit(what());
	}
	waitpid(pid, &status, 0);
	if (!WIFEXITED(status))
		return 254;
	return WEXITSTATUS(status) == 255 ? -1 : WEXITSTATUS(status);
}

static int
lock_twice(void)
{
	int first = file_lock(dir, 0, &err);

	return first < 0 ? 1 : file_lock(dir, 0, &err) >= 0 ? 2 : 0;
}

static int
lock_once(void)
{
	return file_lock(dir, 0, &err) >= 0;
}

static void
a_lock_needs_no_disk(void)
{
	/* without a file of it from before, and with one */
	CU_ASSERT_TRUE(on_a_dead_disk(lock_twice) <= 0);
	int fd = file_lock(dir, 0, &err);
	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_TRUE(on_a_dead_disk(lock_once) <= 0); /* it is held */
	close(fd);
	CU_ASSERT_TRUE(on_a_dead_disk(lock_twice) <= 0);
}

static int
make_directory(void)
{
	char d[64];

	snprintf(d, sizeof(d), "%s/d", dir);
	return file_directory(dir, &err) == 0 || !file_no_room(errno) ||
	    file_directory(d, &err) == 0 || !file_no_room(errno);
}

static void
a_dead_disk_is_told_from_a_mistake(void)
{
	CU_ASSERT_TRUE(on_a_dead_disk(make_directory) <= 0);
	CU_ASSERT_EQUAL(file_directory("/nowhere/state", &err), -1);
	CU_ASSERT_FALSE(file_no_room(errno));
	CU_ASSERT_FALSE(file_no_room(EACCES));
	CU_ASSERT_TRUE(file_no_room(ENOSPC));
}

static double
now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void
a_lock_is_waited_for_as_long_as_asked(void)
{
	int first = file_lock(dir, 0, &err);
	double since = now_s();

	CU_ASSERT_EQUAL(file_lock(dir, 0.2, &err), -1);
	CU_ASSERT_TRUE(now_s() - since >= 0.2);
	CU_ASSERT_TRUE(now_s() - since < 2);
	close(first);
}

static void
what_is_set_aside_has_another_name_and_is_whole(void)
{
	char to[128], *octets;

	put("abc", 0);
	CU_ASSERT_EQUAL_FATAL(file_set_aside(dir, "x", to, sizeof(to)), 0);
	CU_ASSERT_NOT_EQUAL(access(path, F_OK), 0);
	CU_ASSERT_EQUAL(strncmp(to, path, strlen(path)), 0);
	CU_ASSERT_EQUAL(strncmp(to + strlen(path), ".damaged-", 9), 0);
	chmod(to, 0600);
	octets = file_read(to, 3, NULL, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(octets);
	CU_ASSERT_STRING_EQUAL(octets, "abc");
	free(octets);
	unlink(to);
}

static void
what_cannot_be_set_aside_stays(void)
{
	char to[128];

	CU_ASSERT_EQUAL(file_set_aside(dir, "x", to, sizeof(to)), -1);
	CU_ASSERT_EQUAL(errno, ENOENT);
	put("abc", 0600);
	CU_ASSERT_EQUAL(file_set_aside(dir, "x", to, strlen(path) + 12), -1);
	CU_ASSERT_EQUAL(errno, ENAMETOOLONG);
	CU_ASSERT_EQUAL(access(path, F_OK), 0);
}

static CU_TestInfo tests[] = {
	{ "what is set aside has another name and is whole",
	    what_is_set_aside_has_another_name_and_is_whole },
	{ "what cannot be set aside stays", what_cannot_be_set_aside_stays },
	{ "a file is read whole and terminated",
	    a_file_is_read_whole_and_terminated },
	{ "an empty file is an empty text", an_empty_file_is_an_empty_text },
	{ "a file that is too large is refused",
	    a_file_that_is_too_large_is_refused },
	{ "a missing file is one sentence", a_missing_file_is_one_sentence },
	{ "a directory is not read", a_directory_is_not_read },
	{ "a pipe in place of a file neither hangs nor passes",
	    a_pipe_in_place_of_a_file_neither_hangs_nor_passes },
	{ "a socket in place of a file is refused",
	    a_socket_in_place_of_a_file_is_refused },
	{ "a device in place of a file is refused",
	    a_device_in_place_of_a_file_is_refused },
	{ "a pipe that an operator names is read",
	    a_pipe_that_an_operator_names_is_read },
	{ "a private file is read", a_private_file_is_read },
	{ "a secret that others can read is refused",
	    a_secret_that_others_can_read_is_refused },
	{ "a secret that others can write is refused",
	    a_secret_that_others_can_write_is_refused },
	{ "a link to a secret is refused", a_link_to_a_secret_is_refused },
	{ "a pipe in place of a secret neither hangs nor passes",
	    a_pipe_in_place_of_a_secret_neither_hangs_nor_passes },
	{ "a secret of somebody else is refused",
	    a_secret_of_somebody_else_is_refused },
	{ "a file is replaced whole", a_file_is_replaced_whole },
	{ "a pipe in the way of a replacement does not hang it",
	    a_pipe_in_the_way_of_a_replacement_does_not_hang_it },
	{ "a secret is its owner's alone", a_secret_is_its_owners_alone },
	{ "a secret passes by what lies in its way",
	    a_secret_passes_by_what_lies_in_its_way },
	{ "a replacement leaves nothing beside",
	    a_replacement_leaves_nothing_beside },
	{ "a replacement that fails leaves the old file",
	    a_replacement_that_fails_leaves_the_old_file },
	{ "a replacement in no directory is one sentence",
	    a_replacement_in_no_directory_is_one_sentence },
	{ "a directory is made for us alone",
	    a_directory_is_made_for_us_alone },
	{ "a file is no directory", a_file_is_no_directory },
	{ "a directory in nothing is one sentence",
	    a_directory_in_nothing_is_one_sentence },
	{ "a second lock names the holder", a_second_lock_names_the_holder },
	{ "a pipe is no lock", a_pipe_is_no_lock },
	{ "a lock dies with its process", a_lock_dies_with_its_process },
	{ "a lock needs no disk", a_lock_needs_no_disk },
	{ "a dead disk is told from a mistake",
	    a_dead_disk_is_told_from_a_mistake },
	{ "a lock is waited for as long as asked",
	    a_lock_is_waited_for_as_long_as_asked },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_file = { "sys/file", NULL, NULL, setup, teardown, tests };
