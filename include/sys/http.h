/* SPDX-License-Identifier: ISC */
/*
 * http.h - the pages over TCP: a server that only reads, and has little
 * patience.
 *
 * GET and HEAD, one request a connection.  At most HTTP_CLIENTS connections
 * at once: when one more comes, the oldest of those that are busy with
 * themselves goes, so that whoever is slow keeps nobody out.  5 s to say the
 * request and 10 s to read the answer, in all and not for each octet.
 * view/request.h has the grammar.  Every answer forbids the browser whatever
 * the pages do not need.
 */
#ifndef SYS_HTTP_H
#define SYS_HTTP_H

#include "base/addr.h"
#include "base/err.h"
#include "sys/loop.h"
#include "view/request.h"

#include <stdbool.h>
#include <stddef.h>

#define HTTP_CLIENTS 64

struct http;
struct http_client;

/* A good request came from c; answer it with http_answer(), now or later,
 * once.  r is borrowed for the call. */
typedef void http_fn(void *ctx, struct http_client *c, const struct request *r);

struct http_answer {
	unsigned status;
	const char *type; /* of the body */
	bool live;	  /* not to be stored */
	const char *body;
	size_t len;
};

/* A listening socket at address and port, or -1. */
int http_listen(const struct addr *at, struct err *e);

/* fd is such a socket, kept until http_free(), which leaves it open. */
struct http *http_new(struct loop *l, int fd, http_fn *fn, void *ctx,
    struct err *e);
void http_free(struct http *h);

/* The body is copied.  c is good until then, even if the client went away. */
void http_answer(struct http_client *c, const struct http_answer *a);

#endif
