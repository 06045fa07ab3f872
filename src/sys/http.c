/* SPDX-License-Identifier: ISC */
/*
 * Not libevent's evhttp: that limits how long a connection is silent, not how
 * long it lasts, and not how many there are; and it knows much that the pages
 * do not need.
 */
#include "sys/http.h"

#include "base/text.h"
#include "sys/listener.h"
#include "sys/udp.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define SAY_S 5.0    /* to say the request */
#define READ_S 10.0  /* to read the answer */
#define LINGER_S 1.0 /* to hear what we do not want, so that it is read */
#define HEAD_MAX 1024

enum client_state {
	CLIENT_FREE,
	CLIENT_ASKING,	  /* its request is coming */
	CLIENT_WAITING,	  /* for http_answer(): nothing else touches it */
	CLIENT_READING,	  /* the answer is on its way out */
	CLIENT_LINGERING, /* the answer is out, the client has not closed */
};

struct http_client {
	struct http *owner;
	enum client_state state;
	uint64_t serial; /* the order in which they came */
	int fd;
	bool head;    /* no body is wanted */
	bool refused; /* what it says was not read to its end */
	struct event *readable, *writable, *late;
	char *answer;
	size_t len, sent, got;
	char request[REQUEST_MAX];
};

struct http {
	struct loop *loop;
	http_fn *fn;
	void *ctx;
	uint64_t serial;
	struct listener listener;
	struct http_client client[HTTP_CLIENTS];
};

/* ------------------------------------------------------------- a client */

static void
client_drop(struct http_client *c)
{
	loop_drop(c->readable);
	if (c->writable != NULL)
		event_free(c->writable);
	loop_drop(c->late);
	if (c->fd >= 0)
		close(c->fd);
	free(c->answer);
	c->state = CLIENT_FREE;
	c->refused = false;
	c->fd = -1;
	c->readable = c->writable = c->late = NULL;
	c->answer = NULL;
	c->len = c->sent = c->got = 0;
}

static void
client_late(void *ctx)
{
	client_drop(ctx);
}

static void
client_discard(void *ctx)
{
	struct http_client *c = ctx;
	ssize_t n = recv(c->fd, c->request, sizeof(c->request), MSG_DONTWAIT);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		client_drop(c);
}

/*
 * Closing while octets are unread would reset the connection, and with it the
 * answer (RFC 9112 9.6).  No shutdown(2): the desk must not have it, or it could
 * end the wire that main and it hold together.
 */
static void
client_linger(struct http_client *c)
{
	event_free(c->writable);
	c->writable = NULL;
	c->state = CLIENT_LINGERING;
	c->readable = loop_watch(c->owner->loop, c->fd, client_discard, c);
	if (c->readable == NULL) {
		client_drop(c);
		return;
	}
	loop_set(c->late, LINGER_S);
}

static void
client_write(evutil_socket_t fd, short what, void *arg)
{
	struct http_client *c = arg;
	int unread = 0;

	(void)what;
	while (c->sent < c->len) {
		ssize_t n = send(fd, c->answer + c->sent, c->len - c->sent,
		    MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return;
		if (n < 0) {
			client_drop(c);
			return;
		}
		c->sent += (size_t)n;
	}
	if (c->refused || ioctl(c->fd, FIONREAD, &unread) != 0 || unread > 0)
		client_linger(c);
	else
		client_drop(c);
}

static const char *
reason(unsigned status)
{
	static const struct {
		unsigned status;
		const char *words;
	} known[] = { { 200, "OK" }, { 400, "Bad Request" },
		{ 404, "Not Found" }, { 405, "Method Not Allowed" },
		{ 413, "Content Too Large" }, { 414, "URI Too Long" },
		{ 431, "Request Header Fields Too Large" },
		{ 503, "Service Unavailable" },
		{ 505, "HTTP Version Not Supported" } };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].status == status)
			return known[i].words;
	return "Internal Server Error";
}

static void
add_head(const struct http_answer *a, struct text *out)
{
	text_add(out,
	    "HTTP/1.1 %u %s\r\n"
	    "Content-Type: %s\r\n"
	    "Content-Length: %zu\r\n"
	    "Connection: close\r\n"
	    "Cache-Control: %s\r\n"
	    "Content-Security-Policy: default-src 'none'; style-src 'self'; "
	    "script-src 'self'; connect-src 'self'; img-src 'self'; base-uri "
	    "'none'; form-action 'none'; frame-ancestors 'none'\r\n"
	    "X-Content-Type-Options: nosniff\r\n"
	    "X-Frame-Options: DENY\r\n"
	    "Referrer-Policy: no-referrer\r\n"
	    "Cross-Origin-Resource-Policy: same-origin\r\n"
	    "%s\r\n",
	    a->status, reason(a->status), a->type, a->len,
	    a->live ? "no-store" : "max-age=300",
	    a->status == 405 ? "Allow: GET, HEAD\r\n" : "");
}

void
http_answer(struct http_client *c, const struct http_answer *a)
{
	char head[HEAD_MAX];
	struct text t = TEXT(head);
	size_t body = c->head ? 0 : a->len;

	if (c->state != CLIENT_WAITING)
		return;
	add_head(a, &t);
	c->state = CLIENT_READING;
	c->answer = malloc(t.len + body + 1);
	c->writable = event_new(c->owner->loop->base, c->fd,
	    EV_WRITE | EV_PERSIST, client_write, c);
	if (text_cut(&t) || c->answer == NULL || c->writable == NULL ||
	    event_add(c->writable, NULL) != 0) {
		client_drop(c);
		return;
	}
	memcpy(c->answer, head, t.len);
	memcpy(c->answer + t.len, a->body, body);
	c->len = t.len + body;
	loop_set(c->late, READ_S);
}

/* What we understand so little that nobody else is asked. */
static void
client_refuse(struct http_client *c, unsigned status)
{
	char body[64];
	struct text t = TEXT(body);

	c->refused = true;
	text_add(&t, "%s\n", reason(status));
	http_answer(c,
	    &(struct http_answer){ .status = status,
		.type = "text/plain; charset=utf-8",
		.live = true,
		.body = body,
		.len = t.len });
}

static void
client_read(void *ctx)
{
	struct http_client *c = ctx;
	struct request r;
	unsigned status;
	ssize_t n = recv(c->fd, c->request + c->got,
	    sizeof(c->request) - c->got, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		client_drop(c);
		return;
	}
	c->got += (size_t)n;
	status = request_read(&r, c->request, c->got);
	if (status == 0)
		return;
	loop_drop(c->readable);
	c->readable = NULL;
	loop_set(c->late, -1);
	c->state = CLIENT_WAITING;
	c->head = r.head;
	if (status == 200)
		c->owner->fn(c->owner->ctx, c, &r);
	else
		client_refuse(c, status);
}

/* ------------------------------------------------------------- the server */

/* A free place; else that of who has been here longest and is not ours to
 * serve just now. */
static struct http_client *
client_place(struct http *h)
{
	struct http_client *oldest = NULL;

	for (int i = 0; i < HTTP_CLIENTS; i++) {
		struct http_client *c = &h->client[i];

		if (c->state == CLIENT_FREE)
			return c;
		if (c->state != CLIENT_WAITING &&
		    (oldest == NULL || c->serial < oldest->serial))
			oldest = c;
	}
	if (oldest != NULL)
		client_drop(oldest);
	return oldest;
}

static void
client_add(void *ctx, int fd)
{
	struct http *h = ctx;
	struct http_client *c = client_place(h);

	if (c == NULL) {
		close(fd);
		return;
	}
	c->state = CLIENT_ASKING;
	c->serial = h->serial++;
	c->fd = fd;
	c->head = false;
	c->readable = loop_watch(h->loop, fd, client_read, c);
	c->late = loop_timer(h->loop, client_late, c);
	if (c->readable == NULL || c->late == NULL)
		client_drop(c);
	else
		loop_set(c->late, SAY_S);
}

int
http_listen(const struct addr *at, struct err *e)
{
	struct sockaddr_storage ss;
	socklen_t len = udp_sockaddr(at, &ss);
	char text[ADDR_TEXT];
	int on = 1;
	int fd =
	    socket(ss.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	addr_print(at, true, text);
	if (fd < 0)
		return err_sys(e, "http.listen: %s", text);
	/* One family a socket; and what closed a moment ago is no obstacle. */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
	    (ss.ss_family == AF_INET6 &&
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) !=
		    0) ||
	    bind(fd, (struct sockaddr *)&ss, len) != 0 ||
	    listen(fd, HTTP_CLIENTS) != 0) {
		err_sys(e, "http.listen: %s", text);
		close(fd);
		return -1;
	}
	return fd;
}

struct http *
http_new(struct loop *l, int fd, http_fn *fn, void *ctx, struct err *e)
{
	struct http *h = calloc(1, sizeof(*h));

	if (h == NULL) {
		err_set(e, "http: out of memory");
		return NULL;
	}
	h->loop = l;
	h->fn = fn;
	h->ctx = ctx;
	for (int i = 0; i < HTTP_CLIENTS; i++) {
		h->client[i].owner = h;
		h->client[i].fd = -1;
	}
	if (listener_open(&h->listener, l, fd, client_add, h) == -1) {
		err_set(e, "http: out of memory");
		http_free(h);
		return NULL;
	}
	return h;
}

void
http_free(struct http *h)
{
	if (h == NULL)
		return;
	for (int i = 0; i < HTTP_CLIENTS; i++)
		client_drop(&h->client[i]);
	listener_close(&h->listener);
	free(h);
}
