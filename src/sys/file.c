/* SPDX-License-Identifier: ISC */
#include "sys/file.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOCK_TRY_S 0.05

/* Closes and forgets; errno stays what it was. */
static void
close_quietly(int fd)
{
	int saved = errno;

	if (fd >= 0)
		close(fd);
	errno = saved;
}

/* ------------------------------------------------------------- reading */

/* Until the end of the file or until size octets are there; the number, or
 * -1. */
static ssize_t
read_all(int fd, char *buf, size_t size)
{
	size_t have = 0;

	while (have < size) {
		ssize_t n = read(fd, buf + have, size - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return (ssize_t)have;
}

/* One octet more than max is asked for, so that too much shows. */
static char *
slurp(int fd, const char *path, size_t max, size_t *len, struct err *e)
{
	char *buf = malloc(max + 2);
	ssize_t n = buf == NULL ? -1 : read_all(fd, buf, max + 1);

	if (n < 0) {
		err_sys(e, "%s", path);
		goto fail;
	}
	if ((size_t)n > max) {
		err_set(e, "%s: larger than %zu octets", path, max);
		errno = EFBIG;
		goto fail;
	}
	char *fit = realloc(buf, (size_t)n + 1);
	if (fit != NULL)
		buf = fit;
	buf[n] = '\0';
	if (len != NULL)
		*len = (size_t)n;
	return buf;
fail:
	free(buf);
	return NULL;
}

char *
file_read_any(const char *path, size_t max, size_t *len, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	char *octets;

	if (fd < 0) {
		err_sys(e, "%s", path);
		return NULL;
	}
	octets = slurp(fd, path, max, len, e);
	close_quietly(fd);
	return octets;
}

int
file_regular(int fd, const char *path, struct err *e)
{
	struct stat st = { .st_mode = S_IFSOCK }; /* which open() refuses */

	if (fd < 0 ? errno != ENXIO : fstat(fd, &st) != 0)
		return err_sys(e, "%s", path);
	if (S_ISREG(st.st_mode))
		return 0;
	errno = S_ISDIR(st.st_mode) ? EISDIR : ENXIO;
	if (errno == EISDIR)
		return err_sys(e, "%s", path);
	return err_set(e, "%s is not a regular file", path);
}

char *
file_read(const char *path, size_t max, size_t *len, struct err *e)
{
	/* Non-blocking: a pipe in its place must not hang us. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	char *octets = NULL;

	if (file_regular(fd, path, e) == 0)
		octets = slurp(fd, path, max, len, e);
	close_quietly(fd);
	return octets;
}

static int
check_private(int fd, const char *path, uid_t owner, struct err *e)
{
	struct stat st;

	if (file_regular(fd, path, e) != 0)
		return -1;
	if (fstat(fd, &st) != 0)
		return err_sys(e, "%s", path);
	errno = EPERM;
	if (st.st_uid != owner)
		return err_set(e, "%s belongs to user %u, not to user %u", path,
		    st.st_uid, owner);
	if ((st.st_mode & 077) != 0)
		return err_set(e,
		    "%s can be %s by others (mode %04o); chmod 600 it", path,
		    (st.st_mode & 044) != 0	? "read" :
			(st.st_mode & 022) != 0 ? "written" :
						  "executed",
		    st.st_mode & 07777);
	return 0;
}

char *
file_read_owned(const char *path, size_t max, size_t *len, uid_t owner,
    struct err *e)
{
	/* Non-blocking: a pipe in its place must not hang us. */
	int fd = open(path,
	    O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK);
	char *octets = NULL;

	if (fd < 0 && errno == ELOOP) {
		err_set(e, "%s is a link; the file itself is wanted", path);
		return NULL;
	}
	if (check_private(fd, path, owner, e) == 0)
		octets = slurp(fd, path, max, len, e);
	close_quietly(fd);
	return octets;
}

char *
file_read_private(const char *path, size_t max, size_t *len, struct err *e)
{
	return file_read_owned(path, max, len, geteuid(), e);
}

/* ------------------------------------------------------------- writing */

static int
write_all(int fd, const char *octets, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, octets, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		octets += n;
		len -= (size_t)n;
	}
	return 0;
}

/* What it holds is on the disk when this returns; fd is closed. */
static int
write_file(int fd, const void *octets, size_t len)
{
	int bad;

	if (fd < 0)
		return -1;
	bad = write_all(fd, octets, len) != 0 || fsync(fd) != 0;
	close_quietly(fd);
	return bad ? -1 : 0;
}

/* What a dead one left there may be anything, a pipe too; and somebody may
 * have it open. */
static int
open_anew(const char *path, mode_t mode)
{
	if (unlink(path) != 0 && errno != ENOENT)
		return -1;
	return open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
	    mode);
}

/* The name itself is on the disk, too; some file systems cannot say. */
static void
sync_directory(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	(void)fsync(fd);
	close(fd);
}

int
file_replace(const char *dir, const char *name, const void *octets, size_t len,
    struct err *e)
{
	char path[PATH_MAX], beside[PATH_MAX];
	struct text p = TEXT(path), b = TEXT(beside);

	text_add(&p, "%s/%s", dir, name);
	text_add(&b, "%s/%s.new", dir, name);
	if (text_cut(&b))
		return err_set(e, "%.60s...: path too long", dir);
	if (write_file(open_anew(beside, 0640), octets, len) != 0 ||
	    rename(beside, path) != 0) {
		err_sys(e, "%s", path);
		unlink(beside);
		return -1;
	}
	sync_directory(dir);
	return 0;
}

int
file_replace_private(const char *path, const void *octets, size_t len,
    uid_t owner, struct err *e)
{
	char beside[PATH_MAX];
	struct text b = TEXT(beside);
	int fd;

	text_add(&b, "%s.new", path);
	if (text_cut(&b))
		return err_set(e, "%.60s...: path too long", path);
	fd = open_anew(beside, 0600);
	if (fd >= 0 && owner != geteuid() &&
	    fchown(fd, owner, (gid_t)-1) != 0) {
		close_quietly(fd);
		fd = -1;
	}
	if (write_file(fd, octets, len) != 0 || rename(beside, path) != 0) {
		err_sys(e, "%s", path);
		unlink(beside);
		return -1;
	}
	/* Its directory; the name is on the disk, too. */
	beside[0] = '.';
	beside[1] = '\0';
	if (strrchr(path, '/') != NULL)
		text_copy(beside, (size_t)(strrchr(path, '/') - path) + 2,
		    path);
	sync_directory(beside);
	return 0;
}

int
file_set_aside(const char *dir, const char *name, char *to, size_t size)
{
	char from[PATH_MAX];
	struct text f = TEXT(from), t = { to, size, 0 };

	text_add(&f, "%s/%s", dir, name);
	text_add(&t, "%s.damaged-%lld", from, (long long)time(NULL));
	if (!text_cut(&f) && !text_cut(&t))
		return rename(from, to);
	errno = ENAMETOOLONG;
	return -1;
}

bool
file_no_room(int error)
{
	return error == EROFS || error == ENOSPC || error == EDQUOT ||
	    error == EIO;
}

int
file_directory(const char *path, struct err *e)
{
	struct stat st;

	if (mkdir(path, 0750) != 0 && errno != EEXIST)
		return err_sys(e, "%s", path);
	if (stat(path, &st) != 0)
		return err_sys(e, "%s", path);
	if (!S_ISDIR(st.st_mode)) {
		errno = ENOTDIR;
		return err_set(e, "%s is not a directory", path);
	}
	if (faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) != 0)
		return err_sys(e, "%s: cannot write there", path);
	return 0;
}

/* ------------------------------------------------------------- locking */

static double
monotonic_s(void)
{
	struct timespec t = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* What can be written is locked for writing.  Where nothing can, reading
 * excludes a writer that is still there, and flock(2) all others. */
static bool
lock_now(int fd)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if ((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR)
		return fcntl(fd, F_OFD_SETLK, &whole) == 0;
	whole.l_type = F_RDLCK;
	return fcntl(fd, F_OFD_SETLK, &whole) == 0 &&
	    flock(fd, LOCK_EX | LOCK_NB) == 0;
}

/* A lock of the open file: the roles that main starts take it over, and it is
 * gone when the last of them is. */
static bool
lock_in_time(int fd, double wait_s)
{
	const struct timespec try_again = { .tv_nsec =
						(long)(LOCK_TRY_S * 1e9) };
	double until = monotonic_s() + wait_s;

	while (!lock_now(fd)) {
		if (errno != EAGAIN && errno != EACCES && errno != EINTR)
			return false;
		if (monotonic_s() >= until) {
			errno = EAGAIN;
			return false;
		}
		nanosleep(&try_again, NULL);
	}
	return true;
}

static int
lock_failed(int fd, const char *dir, struct err *e)
{
	char pid[16] = "";

	if (errno != EAGAIN)
		return err_sys(e, "%s/lock", dir);
	ssize_t n = pread(fd, pid, sizeof(pid) - 1, 0);
	pid[n > 0 ? strspn(pid, "0123456789") : 0] = '\0';
	return err_set(e, "another ntpgated (pid %s) uses %s",
	    *pid != '\0' ? pid : "unknown", dir);
}

/* A file of its own; what is there, if that cannot be made. */
static int
open_lock(const char *dir, const char *path, struct err *e)
{
	const int how = O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK;
	int fd = open(path, O_RDWR | O_CREAT | how, 0640);
	bool room = fd >= 0 || !file_no_room(errno);

	if (!room)
		fd = open(path, O_RDONLY | how);
	if (!room && fd < 0) {
		fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		return fd >= 0 ? fd : err_sys(e, "%s", path);
	}
	if (file_regular(fd, path, e) == 0)
		return fd;
	close_quietly(fd);
	return -1;
}

int
file_lock(const char *dir, double wait_s, struct err *e)
{
	char path[PATH_MAX], pid[16];
	struct text p = TEXT(path), t = TEXT(pid);
	int fd;

	text_add(&p, "%s/lock", dir);
	if (text_cut(&p))
		return err_set(e, "%.60s...: path too long", dir);
	fd = open_lock(dir, path, e);
	if (fd < 0)
		return -1;
	if (!lock_in_time(fd, wait_s)) {
		lock_failed(fd, dir, e);
		close_quietly(fd);
		return -1;
	}
	/* For the sentence above; the lock holds without it. */
	text_add(&t, "%d\n", (int)getpid());
	if (ftruncate(fd, 0) == 0 && pwrite(fd, pid, strlen(pid), 0) > 0)
		return fd;
	return fd;
}
