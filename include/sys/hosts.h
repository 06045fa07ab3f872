/* SPDX-License-Identifier: ISC */
/*
 * hosts.h - the tables of clients, one a worker, in memory that all roles
 * share; and the file that keeps them through a restart.
 *
 * main maps the memory.  The engine makes the tables, or reads them back,
 * before its workers begin; after that each is written by its worker alone.
 * The desk reads, and writes the file: that may block, and time goes on.
 */
#ifndef SYS_HOSTS_H
#define SYS_HOSTS_H

#include "base/err.h"
#include "base/time.h"
#include "core/clients.h"
#include "core/clients_store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HOSTS_TABLES 256
#define HOSTS_FILE "clients" /* in state_dir */

struct hosts {
	unsigned tables; /* 0: there are none */
	size_t size;	 /* octets of each */
	void *mem;	 /* shared */
};

/* Memory for n tables that share octets, which it costs when it is used. */
int hosts_map(struct hosts *h, unsigned n, uint64_t octets, struct err *e);
void hosts_unmap(struct hosts *h);

enum hosts_how {
	HOSTS_FIRST, /* there was no file: they are empty */
	HOSTS_FOUND, /* read back */
	HOSTS_ANEW   /* the file is of no use: they are empty, and e says why */
};

/* Makes the tables.  now and wall are the same instant. */
enum hosts_how hosts_open(struct hosts *h, const char *dir, struct mono now,
    struct wall wall, struct err *e);

/* Table i; for others than its worker it is const. */
struct clients *hosts_table(const struct hosts *h, unsigned i);

/* Who hears whom (steer.h): kept with the tables. */
uint32_t hosts_salt(const struct hosts *h);

/* So many clients fit, in all. */
size_t hosts_room(const struct hosts *h);

/* A file in the making: written beside the old one, piece by piece. */
struct hosts_file {
	const struct hosts *hosts; /* kept until the end */
	int fd;			   /* -1: none is being made */
	unsigned table;
	struct mono now;
	struct wall wall;
	struct clients_store store;
	char path[512];
};

#define HOSTS_PIECE (256 * 1024) /* octets */

int hosts_save_begin(struct hosts_file *f, const struct hosts *h,
    const char *dir, struct err *e);

/*
 * The next piece.  1: there is more; 0: that was all, and it has taken the
 * old one's place; -1: it failed, the old one is there still.
 */
int hosts_save(struct hosts_file *f, struct err *e);

/* Gives up. */
void hosts_save_drop(struct hosts_file *f);

#endif
