/* SPDX-License-Identifier: ISC */
#include "sys/daily.h"

#include "base/text.h"
#include "base/time.h"
#include "sys/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAMES 1024 /* that one look finds; the next day another one does */
#define DIGITS 8

struct found {
	char digits[DIGITS + 1];
	int64_t octets;
};

/* ---- yesterday's */

static bool
is_of(const char *name, const char *stem, struct found *f)
{
	size_t len = strlen(stem);

	if (strncmp(name, stem, len) != 0 || name[len] != '.')
		return false;
	name += len + 1;
	return strspn(name, "0123456789") == DIGITS &&
	    text_copy(f->digits, sizeof(f->digits), name);
}

static int
newest_first(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	return strcmp(y->digits, x->digits);
}

static unsigned
look(DIR *d, const char *stem, struct found found[NAMES])
{
	unsigned n = 0;

	for (struct dirent *entry; n < NAMES && (entry = readdir(d)) != NULL;) {
		struct stat st;

		if (!is_of(entry->d_name, stem, &found[n]) ||
		    fstatat(dirfd(d), entry->d_name, &st,
			AT_SYMLINK_NOFOLLOW) != 0 ||
		    !S_ISREG(st.st_mode))
			continue;
		found[n++].octets = st.st_size;
	}
	qsort(found, n, sizeof(found[0]), newest_first);
	return n;
}

static int
drop(DIR *d, const char *stem, const struct found *f)
{
	char name[NAME_MAX + 1];
	struct text t = TEXT(name);

	text_add(&t, "%s.%s", stem, f->digits);
	return unlinkat(dirfd(d), name, 0);
}

/* All that is too old, or too much beside a day that gets as large as it may:
 * but not the one that has just begun, whatever the others are called. */
static int
drop_old(const char *dir, const char *stem, const char *digits, struct err *e)
{
	static struct found found[NAMES];
	DIR *d = opendir(dir);
	int64_t octets = DAILY_MAX;
	unsigned kept = 1;
	int bad = 0;

	if (d == NULL)
		return err_sys(e, "%s", dir);
	unsigned n = look(d, stem, found);
	for (unsigned i = 0; i < n; i++) {
		if (strcmp(found[i].digits, digits) == 0)
			continue;
		octets += found[i].octets;
		kept++;
		if ((kept > DAILY_KEEP || octets > DAILY_TOTAL) &&
		    drop(d, stem, &found[i]) != 0)
			bad = err_sys(e, "%s/%s.%s cannot be removed", dir,
			    stem, found[i].digits);
	}
	closedir(d);
	return bad;
}

/* ---- today's */

/* A second name for it.  Some file systems have none: then there is none. */
static void
name_again(const char *path, const char *dir, const char *stem)
{
	char plain[PATH_MAX];
	struct text t = TEXT(plain);

	text_add(&t, "%s/%s", dir, stem);
	if (text_cut(&t) || (unlink(plain) != 0 && errno != ENOENT))
		return;
	(void)!link(path, plain);
}

/* All or nothing: half a line would spoil the next one. */
static int
append(int fd, off_t size, const char *lines)
{
	size_t len = strlen(lines);
	ssize_t n = write(fd, lines, len);
	int saved = n < 0 ? errno : ENOSPC;

	if (n == (ssize_t)len)
		return 0;
	if (n > 0 && ftruncate(fd, size) != 0)
		saved = errno;
	errno = saved;
	return -1;
}

/* The size of the file before, or -1. */
static int64_t
add_to(int fd, const char *path, const char *lines, struct err *e)
{
	struct stat st;

	if (file_regular(fd, path, e) == -1)
		return -1;
	if (fstat(fd, &st) == -1)
		return err_sys(e, "%s", path);
	errno = EFBIG;
	if ((uint64_t)st.st_size + strlen(lines) > DAILY_MAX)
		return err_set(e, "%s has the %d octets that a day may have",
		    path, DAILY_MAX);
	if (append(fd, st.st_size, lines) == -1)
		return err_sys(e, "%s", path);
	return st.st_size;
}

static int64_t
add(const char *path, const char *lines, struct err *e)
{
	/* Non-blocking: a pipe in its place must not hang us. */
	int fd = open(path,
	    O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK |
		O_CLOEXEC | O_NOCTTY,
	    0640);
	int64_t size = add_to(fd, path, lines, e);
	int saved = errno;

	if (fd >= 0)
		close(fd);
	errno = saved;
	return size;
}

int
daily_add(const char *dir, const char *stem, int64_t day, const char *lines,
    struct err *e)
{
	struct date date = date_of(day);
	char path[PATH_MAX], digits[32];
	struct text p = TEXT(path), t = TEXT(digits);

	text_add(&t, "%04lld%02d%02d", (long long)date.year, date.month,
	    date.day);
	text_add(&p, "%s/%s.%s", dir, stem, digits);
	if (text_cut(&p)) {
		errno = ENAMETOOLONG;
		return err_set(e, "%.60s...: path too long", dir);
	}
	int64_t size = add(path, lines, e);
	if (size != 0)
		return size == -1 ? -1 : 0;
	name_again(path, dir, stem);
	return drop_old(dir, stem, digits, e);
}
