/* SPDX-License-Identifier: ISC */
#include "sys/book.h"

#include "base/fnv.h"
#include "base/text.h"
#include "sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RING_NAME "ledger"
#define WITNESS_NAME "ledger.witness"
#define RING_OCTETS (LEDGER_RECORD * LEDGER_RING)

static char *
path_of(char *buf, size_t size, const char *dir, const char *name)
{
	struct text t = { buf, size, 0 };

	text_add(&t, "%s/%s", dir, name);
	return buf;
}

uint64_t
book_boot(void)
{
	struct err err;
	uint64_t h;
	size_t len;
	char *id =
	    file_read("/proc/sys/kernel/random/boot_id", 256, &len, &err);

	if (id == NULL)
		return 0;
	h = fnv(FNV_BEGIN, id, len);
	free(id);
	return h;
}

/* ---- reading ---- */

/* What one directory has. */
struct shelf {
	enum ledger_found found;
	uint64_t sequence;
	bool new_boot;
	bool unreadable; /* something is there, and we may not look */
	struct ledger ledger;
};

/* NULL if it is not there; too long is as bad as too short. */
static char *
look(const char *dir, const char *name, size_t *len, bool *unreadable)
{
	char path[BOOK_PATH_MAX + 32];
	struct err err;
	char *octets;

	*len = 0;
	path_of(path, sizeof(path), dir, name);
	octets = file_read(path, 2 * RING_OCTETS, len, &err);
	if (octets == NULL && errno != ENOENT && errno != ENOTDIR)
		*unreadable = true;
	return octets;
}

static void
read_shelf(struct shelf *s, const char *dir, const struct ledger *begin,
    const struct ledger_stamp *stamp)
{
	size_t ring_len, witness_len;
	char *ring, *witness;

	*s = (struct shelf){ .ledger = *begin };
	ring = look(dir, RING_NAME, &ring_len, &s->unreadable);
	witness = look(dir, WITNESS_NAME, &witness_len, &s->unreadable);
	s->found = ledger_record_read(&s->ledger, (uint8_t *)ring, ring_len,
	    (uint8_t *)witness, witness_len, stamp, &s->sequence, &s->new_boot);
	/* A file of no octets is there all the same. */
	if (s->found == LEDGER_NEW &&
	    (ring != NULL || witness != NULL || s->unreadable))
		s->found = LEDGER_LOST;
	free(ring);
	free(witness);
}

/* ---- making ready ---- */

#define ASIDE_MAX (BOOK_PATH_MAX + 64)

static void
set_aside(const char *dir, struct err *why)
{
	char to[ASIDE_MAX], rest[ASIDE_MAX];

	if (file_set_aside(dir, RING_NAME, to, sizeof(to)) == 0)
		err_set(why,
		    "the ledger cannot be read: set aside as %s; for a day "
		    "each server is asked once an hour at most",
		    to);
	else
		err_set(why,
		    "the ledger in %s is gone or cannot be read; for a day "
		    "each server is asked once an hour at most",
		    dir);
	file_set_aside(dir, WITNESS_NAME, rest, sizeof(rest));
}

/* A file of that many octets, all there: a full disk does not matter later. */
static int
make_whole(const char *dir, const char *name, off_t octets)
{
	char path[BOOK_PATH_MAX + 32];
	static const uint8_t zero[LEDGER_RECORD];
	struct err err;
	int fd, saved;
	off_t have;

	path_of(path, sizeof(path), dir, name);
	fd = open(path,
	    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK,
	    0640);
	if (file_regular(fd, path, &err) == -1)
		goto fail;
	have = lseek(fd, 0, SEEK_END);
	if (have > octets && ftruncate(fd, octets) == -1)
		goto fail;
	for (; have < octets; have += LEDGER_RECORD)
		if (pwrite(fd, zero, LEDGER_RECORD, have) != LEDGER_RECORD)
			goto fail;
	if (fsync(fd) == 0)
		return fd;
fail:
	saved = errno;
	if (fd != -1)
		close(fd);
	errno = saved;
	return -1;
}

void
book_close(struct book *b)
{
	if (b->ring != -1)
		close(b->ring);
	if (b->witness != -1)
		close(b->witness);
	if (b->copy != -1)
		close(b->copy);
	b->ring = b->witness = b->copy = -1;
}

/* The same, where somebody put a thing that is not ours: out of the way. */
static int
make_ours(struct book *b, const char *dir, const char *name, off_t octets)
{
	int fd = make_whole(dir, name, octets);
	char to[ASIDE_MAX];

	if (fd == -1 &&
	    (errno == EACCES || errno == EPERM || errno == EISDIR ||
		errno == ELOOP || errno == ENXIO) &&
	    file_set_aside(dir, name, to, sizeof(to)) == 0) {
		fd = make_whole(dir, name, octets);
		b->moved = true;
	}
	return fd;
}

static int
open_files(struct book *b, const char *dir, struct err *e)
{
	book_close(b);
	b->ring = make_ours(b, dir, RING_NAME, RING_OCTETS);
	if (b->ring != -1)
		b->witness = make_ours(b, dir, WITNESS_NAME, LEDGER_RECORD);
	if (b->witness == -1) {
		err_sys(e, "%s/%s", dir, RING_NAME);
		book_close(b);
		return -1;
	}
	/* Lost without harm, and so not synced. */
	if (b->second[0] != '\0' && strcmp(dir, b->second) != 0)
		b->copy = make_ours(b, b->second, WITNESS_NAME, LEDGER_RECORD);
	text_copy(b->dir, sizeof(b->dir), dir);
	return 0;
}

/* ---- appending ---- */

static int
append(struct book *b, const struct ledger *l, struct mono now,
    struct wall wall, struct err *e)
{
	uint8_t octets[LEDGER_RECORD];
	struct ledger_stamp s = { .sequence = b->sequence + 1,
		.boot = b->boot,
		.now = now,
		.wall = wall };
	off_t place = (off_t)(s.sequence % LEDGER_RING) * LEDGER_RECORD;

	if (b->ring == -1)
		return err_set(e, "the ledger is not open");
	ledger_record_write(l, &s, octets);
	if (pwrite(b->ring, octets, LEDGER_RECORD, place) != LEDGER_RECORD ||
	    fdatasync(b->ring) == -1 ||
	    pwrite(b->witness, octets, LEDGER_RECORD, 0) != LEDGER_RECORD)
		return err_sys(e, "%s/%s", b->dir, RING_NAME);
	b->sequence = s.sequence;
	if (b->copy != -1 &&
	    pwrite(b->copy, octets, LEDGER_RECORD, 0) != LEDGER_RECORD) {
		close(b->copy);
		b->copy = -1;
	}
	return 0;
}

int
book_append(struct book *b, struct ledger *l, struct mono now, struct wall wall,
    struct err *e)
{
	if (append(b, l, now, wall, e) == 0)
		return 0;
	if (b->second[0] == '\0' || strcmp(b->dir, b->second) == 0)
		return -1;
	if (open_files(b, b->second, e) == -1)
		return -1;
	ledger_be_frugal(l, now);
	return append(b, l, now, wall, e);
}

/* ---- opening ---- */

/* What was read, in words. */
static enum book_how
judge(const struct shelf *s, const char *dir, struct err *why)
{
	switch (s->found) {
	case LEDGER_NEW:
		return BOOK_FIRST;
	case LEDGER_GOOD:
		return BOOK_GOOD;
	case LEDGER_TORN:
		err_set(why,
		    "the last packet in %s/%s was cut short: it "
		    "counts as sent",
		    dir, RING_NAME);
		return BOOK_MENDED;
	case LEDGER_WITNESS:
		err_set(why, "%s/%s is damaged or gone: its witness is not",
		    dir, RING_NAME);
		return BOOK_MENDED;
	case LEDGER_LOST:
		break;
	}
	return BOOK_LOST;
}

/* The files of dir are made ready; or those of the second. */
static enum book_how
make_ready(struct book *b, const char *dir, struct ledger *l, struct mono now,
    enum book_how how, struct err *why)
{
	struct err e;

	if (open_files(b, dir, &e) == 0) {
		if (!b->moved || how != BOOK_GOOD)
			return how;
		err_set(why,
		    "the ledger in %s could be read but not written: it was "
		    "set aside, and goes on in a new file",
		    dir);
		return BOOK_MENDED;
	}
	if (b->second[0] == '\0' || open_files(b, b->second, &e) == -1) {
		err_set(why,
		    "the ledger can be written nowhere (%s): nobody "
		    "will be asked",
		    e.text);
		return BOOK_NOWHERE;
	}
	ledger_be_frugal(l, now);
	err_set(why,
	    "the ledger cannot be written in %s: it is kept in %s, "
	    "and for a day each server is asked once an hour at most",
	    dir, b->second);
	return BOOK_ELSEWHERE;
}

enum book_how
book_open(struct book *b, const char *dir, const char *second, bool evidence,
    struct ledger *l, struct mono now, bool *new_boot, struct err *why)
{
	struct ledger_stamp stamp = { .boot = book_boot(), .now = now };
	struct shelf here, there = { .found = LEDGER_NEW };
	const struct shelf *best = &here;
	enum book_how how;

	*b = (struct book){ .ring = -1,
		.witness = -1,
		.copy = -1,
		.boot = stamp.boot };
	text_copy(b->second, sizeof(b->second), second);
	read_shelf(&here, dir, l, &stamp);
	if (second[0] != '\0')
		read_shelf(&there, second, l, &stamp);
	if (there.sequence > here.sequence)
		best = &there; /* we were elsewhere last */
	how = judge(best, best == &here ? dir : second, why);
	if (best == &there && there.found == LEDGER_WITNESS)
		err_set(why,
		    "the ledger in %s is gone or older than its copy in %s: "
		    "the copy counts",
		    dir, second);
	if (how == BOOK_FIRST && evidence)
		how = BOOK_LOST;
	if (here.found == LEDGER_LOST || how == BOOK_LOST)
		set_aside(dir, why);
	if (how == BOOK_LOST) {
		ledger_be_frugal(l, now);
	} else {
		*l = best->ledger;
		b->sequence = best->sequence;
	}
	*new_boot = how != BOOK_FIRST && best->new_boot;
	return make_ready(b, dir, l, now, how, why);
}
