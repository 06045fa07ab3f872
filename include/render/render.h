/* SPDX-License-Identifier: ISC */
/*
 * render.h - what other programs and machines need, written from the site.
 *
 * Pure functions: the same site gives the same octets.  A target (the word
 * after "ntpgate render") is one or several outputs; an output that is about
 * one machine is a file for each of them.  render_list() says which files
 * there are, render_put() writes one.
 *
 * A file whose name ends as its program wants it loads alone; any other is a
 * fragment for the place that its head names.  Each begins with what it is,
 * from which site file and digest, and how to load, check and remove it.
 */
#ifndef RENDER_RENDER_H
#define RENDER_RENDER_H

#include "base/err.h"
#include "base/text.h"
#include "conf/site.h"

#include <stdbool.h>
#include <stdint.h>

#define RENDER_PATH_MAX 96
#define RENDER_FILES_MAX 512

struct render_source {
	const struct site *site; /* checked; borrowed */
	const char *file;	 /* its name, as the heads shall have it */
	uint64_t digest;	 /* fnv() of its octets */
};

struct render_output;

struct render_file {
	char path[RENDER_PATH_MAX]; /* below the folder of "all" */
	const struct render_output *output;
	const struct render_source *source;
	unsigned node; /* which gateway, router or DHCP server */
};

/* The i-th target, "all" last; NULL behind it. */
const char *render_target(unsigned i);

/*
 * The files of a target, in the order of their paths' table; only those of
 * one machine if node is not NULL.  Their number, or -1 and a sentence.
 * source is kept in them.
 */
int render_list(const struct render_source *source, const char *target,
    const char *node, struct render_file files[RENDER_FILES_MAX],
    struct err *e);

/* Appends the file to t. */
void render_put(const struct render_file *f, struct text *t);

/* Begins a line of a head that changes with any change of the site file. */
#define RENDER_DIGEST "digest fnv1a-64 "

#endif
