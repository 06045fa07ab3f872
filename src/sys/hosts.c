/* SPDX-License-Identifier: ISC */
#include "sys/hosts.h"

#include "base/text.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD 4096 /* before the tables */
#define ALIGN 4096

/* At the beginning of the memory, and of the file. */
struct head {
	uint64_t magic;
	uint64_t tables, size;
	uint64_t salt;
};

#define MAGIC UINT64_C(0x0a31302d73747368) /* "hsts-01\n" */

static struct head *
head(const struct hosts *h)
{
	return h->mem;
}

static size_t
octets_of(const struct hosts *h)
{
	return HEAD + h->tables * h->size;
}

static void *
memory(const struct hosts *h, unsigned i)
{
	assert(i < h->tables);
	return (uint8_t *)h->mem + HEAD + i * h->size;
}

int
hosts_map(struct hosts *h, unsigned n, uint64_t octets, struct err *e)
{
	size_t each = (size_t)(octets / n) / ALIGN * ALIGN;

	*h = (struct hosts){ .tables = n,
		.size = each > CLIENTS_LEAST ? each : CLIENTS_LEAST };
	h->mem = mmap(NULL, octets_of(h), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (h->mem != MAP_FAILED)
		return 0;
	*h = (struct hosts){ 0 };
	return err_sys(e, "serve.memory: %llu octets",
	    (unsigned long long)octets);
}

void
hosts_unmap(struct hosts *h)
{
	if (h->tables > 0)
		munmap(h->mem, octets_of(h));
	*h = (struct hosts){ 0 };
}

struct clients *
hosts_table(const struct hosts *h, unsigned i)
{
	return memory(h, i);
}

uint32_t
hosts_salt(const struct hosts *h)
{
	return (uint32_t)head(h)->salt;
}

size_t
hosts_room(const struct hosts *h)
{
	return h->tables == 0 ? 0 :
				h->tables * clients_slots(hosts_table(h, 0));
}

/* --------------------------------------------------------------- reading */

static bool
read_all(int fd, void *buf, size_t len)
{
	uint8_t *at = buf;

	while (len > 0) {
		ssize_t n = read(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

static void
print_path(const char *dir, const char *more, char *path, size_t size)
{
	struct text t = { path, size, 0 };

	text_add(&t, "%s/%s%s", dir, HOSTS_FILE, more);
}

/* Ours, and nobody else could have written it. */
static int
check_owner(int fd, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return err_sys(e, "fstat");
	if (st.st_uid != geteuid() || (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return err_set(e,
		    "others could have written it: it is not read");
	return 0;
}

static int
read_tables(struct hosts *h, int fd, struct mono now, struct wall wall,
    struct err *e)
{
	struct head was;
	uint64_t sum;

	if (!read_all(fd, &was, sizeof(was)) || was.magic != MAGIC)
		return err_set(e, "it is no table of clients");
	if (was.tables != h->tables || was.size != h->size)
		return err_set(e,
		    "serve.memory or the number of workers has changed");
	for (unsigned i = 0; i < h->tables; i++)
		if (!read_all(fd, memory(h, i), h->size) ||
		    !read_all(fd, &sum, sizeof(sum)) ||
		    clients_restore(memory(h, i), h->size, sum, now, wall) ==
			NULL) {
			memset(memory(h, 0), 0, (i + 1) * h->size);
			return err_set(e, "it is damaged");
		}
	*head(h) = was;
	return 0;
}

static enum hosts_how
read_back(struct hosts *h, const char *dir, struct mono now, struct wall wall,
    struct err *e)
{
	char path[512];
	int fd, rc;

	print_path(dir, "", path, sizeof(path));
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd == -1 && errno == ENOENT)
		return HOSTS_FIRST;
	rc = file_regular(fd, path, e);
	if (rc == 0 &&
	    (check_owner(fd, e) == -1 ||
		read_tables(h, fd, now, wall, e) == -1))
		rc = err_at(e, "%s", path);
	if (fd != -1)
		close(fd);
	return rc == 0 ? HOSTS_FOUND : HOSTS_ANEW;
}

static void
draw(void *buf, size_t len)
{
	ssize_t n;

	do
		n = getrandom(buf, len, 0);
	while (n == -1 && errno == EINTR);
	assert(n == (ssize_t)len); /* so few come whole (getrandom(2)) */
}

enum hosts_how
hosts_open(struct hosts *h, const char *dir, struct mono now, struct wall wall,
    struct err *e)
{
	enum hosts_how how = read_back(h, dir, now, wall, e);
	uint8_t key[CLIENTS_KEY];

	if (how == HOSTS_FOUND)
		return how;
	*head(h) = (struct head){ MAGIC, h->tables, h->size, 0 };
	draw(&head(h)->salt, sizeof(head(h)->salt));
	for (unsigned i = 0; i < h->tables; i++) {
		draw(key, sizeof(key));
		clients_init(memory(h, i), h->size, key, now);
	}
	return how;
}

/* --------------------------------------------------------------- writing */

static int
write_all(struct hosts_file *f, const void *buf, size_t len, struct err *e)
{
	const uint8_t *at = buf;

	while (len > 0) {
		ssize_t n = write(f->fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, "%s", f->path);
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

void
hosts_save_drop(struct hosts_file *f)
{
	if (f->fd == -1)
		return;
	close(f->fd);
	unlink(f->path);
	f->fd = -1;
}

static void
begin_table(struct hosts_file *f)
{
	clients_store_begin(&f->store, hosts_table(f->hosts, f->table), f->now,
	    f->wall);
}

int
hosts_save_begin(struct hosts_file *f, const struct hosts *h, const char *dir,
    struct err *e)
{
	*f = (struct hosts_file){ .hosts = h, .fd = -1 };
	clock_pair(&f->now, &f->wall);
	print_path(dir, ".new", f->path, sizeof(f->path));
	/* What a dead one left behind may be anything. */
	if (unlink(f->path) == -1 && errno != ENOENT)
		return err_sys(e, "%s", f->path);
	f->fd = open(f->path,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (f->fd == -1)
		return err_sys(e, "%s", f->path);
	if (write_all(f, head(h), sizeof(struct head), e) == -1) {
		hosts_save_drop(f);
		return -1;
	}
	begin_table(f);
	return 0;
}

static int
finish(struct hosts_file *f, struct err *e)
{
	char path[sizeof(f->path)];

	text_copy(path, sizeof(path), f->path);
	path[strlen(path) - strlen(".new")] = '\0';
	if (fsync(f->fd) == -1 || rename(f->path, path) == -1) {
		err_sys(e, "%s", f->path);
		hosts_save_drop(f);
		return -1;
	}
	close(f->fd);
	f->fd = -1;
	return 0;
}

int
hosts_save(struct hosts_file *f, struct err *e)
{
	static uint8_t piece[HOSTS_PIECE];
	size_t n = clients_store_next(&f->store, piece, sizeof(piece));

	if (n > 0 && write_all(f, piece, n, e) == -1) {
		hosts_save_drop(f);
		return -1;
	}
	if (n > 0)
		return 1;
	if (++f->table < f->hosts->tables) {
		begin_table(f);
		return 1;
	}
	return finish(f, e);
}
