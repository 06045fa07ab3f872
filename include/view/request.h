/* SPDX-License-Identifier: ISC */
/*
 * request.h - an HTTP request for a page, read from octets that came so far.
 *
 * Only what the pages need is understood: GET and HEAD, no body, one request
 * a connection.  RFC 9112 sections 2 to 6; what it calls an attack or lets a
 * server refuse is refused.
 */
#ifndef VIEW_REQUEST_H
#define VIEW_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#define REQUEST_MAX 8192 /* octets of the head */
#define REQUEST_PATH_MAX 128

struct request {
	bool head;		      /* the answer without its body */
	bool openmetrics;	      /* Accept: names that type */
	char path[REQUEST_PATH_MAX];  /* "/metrics", as it came: not decoded */
	char query[REQUEST_PATH_MAX]; /* behind '?', or "" */
};

/*
 * 0: the head is not there yet, bring more.  200: *r is a request.  Else the
 * status to refuse it with: 400, 405 (neither GET nor HEAD), 413 (it has a
 * body), 414, 431 (REQUEST_MAX octets and no end), 505.
 */
unsigned request_read(struct request *r, const char *octets, size_t len);

#endif
