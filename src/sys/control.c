/* SPDX-License-Identifier: ISC */
#include "sys/control.h"

#include "sys/listener.h"
#include "view/command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define CLIENTS 16
#define SAY_S 2.0   /* to say the line */
#define READ_S 10.0 /* to read the answer */
#define ASK_S 5.0   /* the tool's patience */

enum client_state {
	CLIENT_FREE,
	CLIENT_ASKING,	/* its line is coming */
	CLIENT_WAITING, /* for control_answer(): nothing else touches it */
	CLIENT_READING	/* the answer is on its way out */
};

struct control_client {
	struct control *owner;
	enum client_state state;
	int fd;
	struct event *readable, *writable, *late;
	char line[COMMAND_LINE_MAX + 1];
	size_t got;
	char *answer;
	size_t len, sent;
};

struct control {
	struct loop *loop;
	control_fn *fn;
	void *ctx;
	int fd;
	struct listener listener;
	struct sockaddr_un at;
	struct control_client client[CLIENTS];
};

/* ------------------------------------------------------------- a client */

static void
client_drop(struct control_client *c)
{
	if (c->readable != NULL)
		loop_drop(c->readable);
	if (c->writable != NULL)
		event_free(c->writable);
	loop_drop(c->late);
	if (c->fd >= 0)
		close(c->fd);
	free(c->answer);
	*c = (struct control_client){ .owner = c->owner, .fd = -1 };
}

static void
client_late(void *ctx)
{
	client_drop(ctx);
}

static void
client_write(evutil_socket_t fd, short what, void *arg)
{
	struct control_client *c = arg;

	(void)what;
	while (c->sent < c->len) {
		ssize_t n = send(fd, c->answer + c->sent, c->len - c->sent,
		    MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return;
		if (n < 0)
			break;
		c->sent += (size_t)n;
	}
	client_drop(c);
}

void
control_answer(struct control_client *c, const char *text, size_t len)
{
	if (c->state != CLIENT_WAITING)
		return;
	c->state = CLIENT_READING;
	c->answer = malloc(len + 1);
	c->writable = event_new(c->owner->loop->base, c->fd,
	    EV_WRITE | EV_PERSIST, client_write, c);
	if (c->answer == NULL || c->writable == NULL ||
	    event_add(c->writable, NULL) != 0) {
		client_drop(c);
		return;
	}
	memcpy(c->answer, text, len);
	c->len = len;
	loop_set(c->late, READ_S);
}

/* The answer to what we understand so little that nobody else is asked. */
static void
client_refuse(struct control_client *c, const char *text)
{
	control_answer(c, text, strlen(text));
}

static void
client_heard(struct control_client *c, bool whole)
{
	loop_drop(c->readable);
	c->readable = NULL;
	loop_set(c->late, -1);
	c->state = CLIENT_WAITING;
	if (!whole)
		client_refuse(c, "2\nthe request is too long\n");
	else if (strlen(c->line) != c->got)
		client_refuse(c, "2\nthe request has a zero octet in it\n");
	else
		c->owner->fn(c->owner->ctx, c, c->line);
}

static void
client_read(void *ctx)
{
	struct control_client *c = ctx;
	size_t room = sizeof(c->line) - c->got;
	ssize_t n = recv(c->fd, c->line + c->got, room, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		client_drop(c);
		return;
	}
	char *end = memchr(c->line + c->got, '\n', (size_t)n);

	c->got += (size_t)n;
	if (end != NULL) {
		*end = '\0';
		c->got = (size_t)(end - c->line);
		client_heard(c, true);
	} else if (c->got == sizeof(c->line)) {
		client_heard(c, false);
	}
}

/* ------------------------------------------------------------- the server */

static struct control_client *
client_free(struct control *s)
{
	for (int i = 0; i < CLIENTS; i++)
		if (s->client[i].state == CLIENT_FREE)
			return &s->client[i];
	return NULL;
}

static void
client_add(void *ctx, int fd)
{
	struct control *s = ctx;
	static const char busy[] = "1\ntoo many ask at once; try again\n";
	struct control_client *c = client_free(s);

	if (c == NULL) {
		(void)send(fd, busy, sizeof(busy) - 1,
		    MSG_NOSIGNAL | MSG_DONTWAIT);
		close(fd);
		return;
	}
	*c = (struct control_client){ .owner = s,
		.state = CLIENT_ASKING,
		.fd = fd,
		.readable = loop_watch(s->loop, fd, client_read, c),
		.late = loop_timer(s->loop, client_late, c) };
	if (c->readable == NULL || c->late == NULL) {
		client_drop(c);
		return;
	}
	loop_set(c->late, SAY_S);
}

static int
socket_address(struct sockaddr_un *at, const char *path, struct err *e)
{
	*at = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (!text_copy(at->sun_path, sizeof(at->sun_path), path))
		return err_set(e, "%s: longer than a socket's name may be",
		    path);
	return 0;
}

/* Is somebody listening there? */
static bool
is_alive(const struct sockaddr_un *at)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	bool alive = fd >= 0 &&
	    (connect(fd, (const struct sockaddr *)at, sizeof(*at)) == 0 ||
		errno == EAGAIN); /* so many wait that we would, too */

	if (fd >= 0)
		close(fd);
	return alive;
}

static int
bind_to(int fd, const struct sockaddr_un *at, struct err *e)
{
	const struct sockaddr *sa = (const struct sockaddr *)at;
	struct stat st;

	if (bind(fd, sa, sizeof(*at)) == 0)
		return 0;
	if (errno != EADDRINUSE)
		return err_sys(e, "%s", at->sun_path);
	if (is_alive(at))
		return err_set(e, "%s: another ntpgated answers there",
		    at->sun_path);
	if (lstat(at->sun_path, &st) == 0 && !S_ISSOCK(st.st_mode))
		return err_set(e, "%s: is in the way, and no socket",
		    at->sun_path);
	if (unlink(at->sun_path) != 0 || bind(fd, sa, sizeof(*at)) != 0)
		return err_sys(e, "%s", at->sun_path);
	return 0;
}

static int
listen_at(const struct sockaddr_un *at, struct err *e)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return err_sys(e, "%s", at->sun_path);
	if (bind_to(fd, at, e) != 0) {
		close(fd);
		return -1;
	}
	/* Nobody can connect before listen(), so nobody slips in. */
	if (chmod(at->sun_path, 0660) != 0 || listen(fd, CLIENTS) != 0) {
		err_sys(e, "%s", at->sun_path);
		close(fd);
		return -1;
	}
	return fd;
}

struct control *
control_new(struct loop *l, const char *dir, control_fn *fn, void *ctx,
    struct err *e)
{
	struct control *s = calloc(1, sizeof(*s));
	char path[256];
	struct text t = TEXT(path);

	if (s == NULL) {
		err_sys(e, "control");
		return NULL;
	}
	*s = (struct control){ .loop = l, .fn = fn, .ctx = ctx, .fd = -1 };
	for (int i = 0; i < CLIENTS; i++)
		s->client[i] = (struct control_client){ .owner = s, .fd = -1 };
	text_add(&t, "%s/control", dir);
	if (socket_address(&s->at, path, e) != 0)
		goto fail;
	s->fd = listen_at(&s->at, e);
	if (s->fd < 0)
		goto fail;
	if (listener_open(&s->listener, l, s->fd, client_add, s) == -1) {
		err_set(e, "control: out of memory");
		goto fail;
	}
	return s;
fail:
	control_free(s);
	return NULL;
}

void
control_free(struct control *s)
{
	if (s == NULL)
		return;
	for (int i = 0; i < CLIENTS; i++)
		client_drop(&s->client[i]);
	listener_close(&s->listener);
	if (s->fd >= 0) {
		unlink(s->at.sun_path);
		close(s->fd);
	}
	free(s);
}

/* ------------------------------------------------------------- the tool */

static double
now_s(void)
{
	struct timespec t = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* False, and errno, when it does not come before until. */
static bool
wait_for(int fd, short events, double until)
{
	struct pollfd p = { .fd = fd, .events = events };
	double left = until - now_s();
	int n = left > 0 ? poll(&p, 1, (int)(left * 1000) + 1) : 0;

	if (n == 0)
		errno = ETIMEDOUT;
	return n > 0;
}

/* A full queue makes connect() say EAGAIN, which poll() knows nothing of. */
static bool
connect_to(int fd, const struct sockaddr_un *at, double until)
{
	const struct timespec a_moment = { .tv_nsec = 20000000 };

	while (connect(fd, (const struct sockaddr *)at, sizeof(*at)) != 0) {
		if (errno != EAGAIN && errno != EINTR)
			return false;
		if (now_s() > until) {
			errno = ETIMEDOUT;
			return false;
		}
		nanosleep(&a_moment, NULL);
	}
	return true;
}

static bool
say(int fd, const char *text, size_t len, double until)
{
	while (len > 0) {
		ssize_t n = send(fd, text, len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return false;
		if (n < 0 && !wait_for(fd, POLLOUT, until))
			return false;
		if (n > 0) {
			text += n;
			len -= (size_t)n;
		}
	}
	return true;
}

/* Has the other side said all?  It resets what it closes before it has read
 * everything, as after a request that was too long. */
static bool
is_end(ssize_t n, size_t have)
{
	return have > 0 && (n == 0 || (n < 0 && errno == ECONNRESET));
}

/* Until the other side closes. */
static char *
hear(int fd, double until)
{
	const size_t size = COMMAND_ANSWER_MAX + 64;
	char *text = malloc(size);
	size_t have = 0;

	while (text != NULL && have < size) {
		ssize_t n = recv(fd, text + have, size - have, MSG_DONTWAIT);

		if (is_end(n, have)) {
			text[have] = '\0';
			return text;
		}
		if (n == 0)
			errno = ECONNRESET;
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
			break;
		if (n < 0 && !wait_for(fd, POLLIN, until))
			break;
		if (n > 0)
			have += (size_t)n;
	}
	if (have == size)
		errno = EMSGSIZE;
	free(text);
	return NULL;
}

/* Who has no time for us says so before we have said anything. */
static bool
say_line(int fd, const char *line, double until)
{
	return (say(fd, line, strlen(line), until) &&
		   say(fd, "\n", 1, until)) ||
	    errno == EPIPE;
}

char *
control_ask(const char *socket_path, const char *line, struct err *e)
{
	double until = now_s() + ASK_S;
	struct sockaddr_un at;
	char *answer = NULL;
	int fd;

	if (socket_address(&at, socket_path, e) != 0)
		return NULL;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect_to(fd, &at, until) && say_line(fd, line, until))
		answer = hear(fd, until);
	if (answer == NULL)
		err_sys(e, "cannot reach ntpgated at %s", socket_path);
	if (fd >= 0)
		close(fd);
	return answer;
}
