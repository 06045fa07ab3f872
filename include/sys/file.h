/* SPDX-License-Identifier: ISC */
/*
 * file.h - small files: read whole, replace atomically, lock.
 */
#ifndef SYS_FILE_H
#define SYS_FILE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Reads a file of at most max octets into new memory with a terminating
 * zero behind it; free() it.  NULL, and errno is set, on failure.  A pipe or
 * a device in its place is refused, and nobody waits for it.
 */
char *file_read(const char *path, size_t max, size_t *len, struct err *e);

/* The same of whatever can be read, which may take its time: for what an
 * operator hands us, such as /dev/stdin. */
char *file_read_any(const char *path, size_t max, size_t *len, struct err *e);

/*
 * The same for secrets: refused unless it is a regular file (no link) that
 * belongs to us and that nobody else can read.  file_read_owned() is for who
 * reads as root what belongs to whom he will become (role_user()).
 */
char *file_read_private(const char *path, size_t max, size_t *len,
    struct err *e);
char *file_read_owned(const char *path, size_t max, size_t *len, uid_t owner,
    struct err *e);

/* Replaces dir/name: written beside it, synced, renamed.  On failure what was
 * there is there still. */
int file_replace(const char *dir, const char *name, const void *octets,
    size_t len, struct err *e);

/* The same for secrets: only their owner can read them, from the beginning.
 * Who is not root can only give them to himself. */
int file_replace_private(const char *path, const void *octets, size_t len,
    uid_t owner, struct err *e);

/* Gives dir/name, which may be a directory or another's, a name under which
 * nobody looks for it: "/dir/name.damaged-1795305600", the Unix time.  to gets
 * it.  -1, and errno is set, on failure; then it is where it was. */
int file_set_aside(const char *dir, const char *name, char *to, size_t size);

/* Makes the directory if it is missing (0750) and sees that we can write
 * there; errno says why not. */
int file_directory(const char *path, struct err *e);

/* Is what open(2) gave for path, O_NONBLOCK, a regular file?  0, or -1 with the
 * sentence and errno; fd may be negative, and stays open. */
int file_regular(int fd, const char *path, struct err *e);

/* Does this errno speak of the disk (read-only, full, broken) and not of an
 * operator's mistake?  A gateway goes on without a disk. */
bool file_no_room(int error);

/*
 * The lock of a state directory; dies with the process and the children that
 * inherited it.  Waits up to wait_s.  It needs no disk that can be written,
 * but a directory that is there.
 * The descriptor, to be kept open, or -1: "another ntpgated (pid 812) uses
 * /var/lib/ntpgate".
 */
int file_lock(const char *dir, double wait_s, struct err *e);

#endif
