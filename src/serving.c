/* SPDX-License-Identifier: ISC */
#include "serving.h"

#include "sys/udp.h"

#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

/* With --solo: a socket is readable, nobody knows which.  One thread does
 * all, so the engine hears by a call. */
static void
asked(void *ctx)
{
	struct serving *s = ctx;

	for (unsigned i = 0; i < s->setup->sockets; i++)
		worker_serve(&s->worker[i]);
	if (atomic_load(&s->bell.rung))
		s->rung(s->rung_ctx);
}

static void
fill(struct serving *s)
{
	const struct setup *from = s->setup;

	s->server.access = from->orders.conf.serve.access;
	s->server.keys = from->orders.keys;
	s->server.sibling = from->orders.conf.engine.sibling;
	s->server.own_count = from->own_count;
	memcpy(s->server.own, from->own, sizeof(from->own));
}

static int
start_threads(struct serving *s, struct err *e)
{
	for (unsigned i = 0; i < s->setup->sockets; i++)
		if (worker_start(&s->worker[i], e) == -1) {
			serving_stop(s);
			return -1;
		}
	return 0;
}

static int
open_bell(struct serving *s, struct loop *l, struct err *e)
{
	s->bell.wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (s->bell.wake == -1)
		return err_sys(e, "workers");
	if (loop_watch(l, s->bell.wake, s->rung, s->rung_ctx) == NULL)
		return err_set(e, "out of memory");
	return 0;
}

int
serving_start(struct serving *s, const struct setup *setup, struct loop *l,
    struct err *e)
{
	s->setup = setup;
	s->bell.wake = -1;
	fill(s);
	for (unsigned i = 0; i < setup->sockets; i++)
		worker_init(&s->worker[i], setup->socket[i], &s->server,
		    &s->board, &s->bell);
	if (!setup->solo)
		return open_bell(s, l, e) == -1 ? -1 : start_threads(s, e);
	for (unsigned i = 0; i < setup->sockets; i++)
		if (loop_watch(l, setup->socket[i], asked, s) == NULL)
			return err_set(e, "out of memory");
	return 0;
}

bool
serving_news(struct serving *s)
{
	return worker_look(&s->bell);
}

bool
serving_letter(struct serving *s, struct worker_letter *out)
{
	for (unsigned i = 0; i < s->setup->sockets; i++)
		if (worker_take(&s->worker[i], out))
			return true;
	return false;
}

/* Which socket of ours a packet to a leaves from: one that is bound to an
 * address, if there is one, as the sibling knows us by it. */
static int
socket_for(const struct setup *s, const struct addr *to)
{
	int fd = -1;

	for (unsigned i = 0; i < s->sockets; i++) {
		struct sockaddr_storage ss = { 0 };
		socklen_t len = sizeof(ss);
		struct addr a;

		if (getsockname(s->socket[i], (struct sockaddr *)&ss, &len) !=
		    0)
			continue;
		a = udp_addr((struct sockaddr *)&ss);
		if (a.family != to->family ||
		    addr_is_loopback(&a) != addr_is_loopback(to))
			continue;
		if (!addr_is_any(&a))
			return s->socket[i];
		if (fd == -1)
			fd = s->socket[i];
	}
	return fd;
}

bool
serving_send(const struct serving *s, const struct addr *to, const uint8_t *pkt,
    size_t len)
{
	struct sockaddr_storage ss;
	socklen_t ss_len = udp_sockaddr(to, &ss);
	int fd = socket_for(s->setup, to);

	return fd != -1 &&
	    sendto(fd, pkt, len, MSG_DONTWAIT, (struct sockaddr *)&ss,
		ss_len) == (ssize_t)len;
}

void
serving_stop(struct serving *s)
{
	for (unsigned i = 0; s->setup != NULL && i < s->setup->sockets; i++)
		if (s->worker[i].running)
			worker_stop(&s->worker[i]);
}

int
serving_reload(struct serving *s, struct err *e)
{
	serving_stop(s);
	fill(s);
	return s->setup->solo ? 0 : start_threads(s, e);
}

void
serving_count(const struct serving *s, struct snapshot_serve *out)
{
	for (unsigned i = 0; i < s->setup->sockets; i++)
		for (unsigned v = 0; v < SERVER_VERDICTS; v++)
			out->verdict[v] += s->worker[i].verdict[v];
	for (unsigned v = 0; v < SERVER_VERDICTS; v++)
		out->received += out->verdict[v];
	out->answered =
	    out->verdict[SERVER_ANSWERED] + out->verdict[SERVER_SIBLING];
	out->denied = out->verdict[SERVER_DENIED];
	out->bad = out->received - out->answered - out->denied -
	    out->verdict[SERVER_PEER];
}
