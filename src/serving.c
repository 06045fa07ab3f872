/* SPDX-License-Identifier: ISC */
#include "serving.h"

#include "sys/log.h"
#include "sys/steer.h"
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

	for (unsigned i = 0; i < s->setup->workers; i++)
		worker_serve(&s->worker[i]);
	if (atomic_load(&s->bell.rung))
		s->rung(s->rung_ctx);
}

void
serving_limiter(const struct conf *c, struct limiter *l)
{
	limiter_init(l,
	    (struct limit){ c->serve.limit.interval_s, c->serve.limit.burst },
	    c->serve.kod);
	for (unsigned i = 0; i < c->serve.limit_count; i++) {
		const struct conf_limit *m = &c->serve.limit_prefix[i].limit;

		/* Twice the same prefix: the first counts. */
		(void)limiter_add(l, &c->serve.limit_prefix[i].prefix,
		    (struct limit){ m->interval_s, m->burst });
	}
}

_Static_assert(SERVER_CONTROL_MAX == CONF_MODE6_MAX, "copied whole");

static void
fill(struct serving *s)
{
	const struct setup *from = s->setup;

	serving_limiter(&from->orders.conf, &s->limiter);

	s->server.access = from->orders.conf.serve.access;
	s->server.control_count = from->orders.conf.mode6_count;
	memcpy(s->server.control, from->orders.conf.mode6,
	    sizeof(s->server.control));
	s->server.keys = from->orders.keys;
	s->server.sibling = from->orders.conf.engine.sibling;
	s->server.own_count = from->own_count;
	memcpy(s->server.own, from->own, sizeof(from->own));
}

static int
start_threads(struct serving *s, struct err *e)
{
	for (unsigned i = 0; i < s->setup->workers; i++)
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

/* Without it they are steered by address and port: a client may be in two
 * tables then, no more. */
static void
steer_all(const struct setup *s)
{
	struct err err;

	for (unsigned i = 0; s->workers > 1 && i < s->sockets; i++) {
		struct sockaddr_storage ss = { 0 };
		socklen_t len = sizeof(ss);

		if (s->socket[i].worker != 0)
			continue;
		getsockname(s->socket[i].fd, (struct sockaddr *)&ss, &len);
		if (steer(s->socket[i].fd,
			ss.ss_family == AF_INET ? ADDR_V4 : ADDR_V6, s->workers,
			hosts_salt(&s->hosts), &err) == -1) {
			log_event(EVENT_SERVE_FAILED, "%s", err.text);
			return;
		}
	}
}

void
serving_open(const struct setup *setup, struct mono now, struct wall wall)
{
	struct hosts hosts = setup->hosts;
	uint64_t known = 0;
	struct err err;

	if (hosts.tables == 0)
		return;
	switch (
	    hosts_open(&hosts, setup->orders.conf.state_dir, now, wall, &err)) {
	case HOSTS_FIRST:
		break;
	case HOSTS_FOUND:
		for (unsigned i = 0; i < hosts.tables; i++)
			known += clients_count(hosts_table(&hosts, i));
		log_event(EVENT_SERVE_REMEMBERED, "remembered clients=%llu",
		    (unsigned long long)known);
		break;
	case HOSTS_ANEW:
		log_event(EVENT_SERVE_FORGOTTEN,
		    "the clients of before are forgotten: %s", err.text);
		break;
	}
	steer_all(setup);
}

static void
init_workers(struct serving *s)
{
	const struct setup *from = s->setup;

	for (unsigned i = 0; i < from->workers; i++) {
		worker_init(&s->worker[i], &s->server, &s->board, &s->bell);
		s->worker[i].clients = hosts_table(&from->hosts, i);
		s->worker[i].limiter = &s->limiter;
	}
	for (unsigned i = 0; i < from->sockets; i++)
		worker_add(&s->worker[from->socket[i].worker],
		    from->socket[i].fd, from->socket[i].redirected);
}

int
serving_start(struct serving *s, const struct setup *setup, struct loop *l,
    struct err *e)
{
	s->setup = setup;
	s->bell.wake = -1;
	fill(s);
	init_workers(s);
	if (!setup->solo)
		return open_bell(s, l, e) == -1 ? -1 : start_threads(s, e);
	for (unsigned i = 0; i < setup->sockets; i++)
		if (loop_watch(l, setup->socket[i].fd, asked, s) == NULL)
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
	for (unsigned i = 0; i < s->setup->workers; i++)
		if (worker_take(&s->worker[i].mail, out))
			return true;
	return false;
}

bool
serving_control(struct serving *s, struct worker_letter *out)
{
	for (unsigned i = 0; i < s->setup->workers; i++)
		if (worker_take(&s->worker[i].control, out))
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

		if (s->socket[i].redirected ||
		    getsockname(s->socket[i].fd, (struct sockaddr *)&ss,
			&len) != 0)
			continue;
		a = udp_addr((struct sockaddr *)&ss);
		if (a.family != to->family ||
		    addr_is_loopback(&a) != addr_is_loopback(to))
			continue;
		if (!addr_is_any(&a))
			return s->socket[i].fd;
		if (fd == -1)
			fd = s->socket[i].fd;
	}
	return fd;
}

static void
count_sent(struct serving *s, const uint8_t *pkt, size_t len)
{
	s->octets_out += len;
	s->mode_out[packet_mode(pkt)]++;
}

bool
serving_send(struct serving *s, const struct addr *to, const uint8_t *pkt,
    size_t len)
{
	struct sockaddr_storage ss;
	socklen_t ss_len = udp_sockaddr(to, &ss);
	int fd = socket_for(s->setup, to);

	if (fd == -1 ||
	    sendto(fd, pkt, len, MSG_DONTWAIT, (struct sockaddr *)&ss,
		ss_len) != (ssize_t)len)
		return false;
	count_sent(s, pkt, len);
	return true;
}

/* The socket that is bound to our address a, or to any. */
static const struct worker_socket *
socket_at(const struct serving *s, const struct addr *a)
{
	const struct worker *w = &s->worker[0]; /* each has one for each */
	const struct worker_socket *any = NULL;

	for (unsigned i = 0; i < w->sockets; i++) {
		const struct worker_socket *k = &w->socket[i];

		if (k->redirected || k->at.family != a->family)
			continue;
		if (addr_same_host(&k->at, a))
			return k;
		if (addr_is_any(&k->at))
			any = k;
	}
	return any;
}

bool
serving_answer(struct serving *s, const struct addr *from,
    const struct addr *to, const uint8_t *pkt, size_t len)
{
	const struct worker_socket *k = socket_at(s, from);
	struct sockaddr_storage ss;
	socklen_t ss_len = udp_sockaddr(to, &ss);
	struct iovec iov = { (void *)(uintptr_t)pkt, len };
	struct msghdr m = { .msg_name = &ss,
		.msg_namelen = ss_len,
		.msg_iov = &iov,
		.msg_iovlen = 1 };
	union udp_control control;

	if (k == NULL)
		return false;
	if (addr_is_any(&k->at))
		udp_source(&m, &control, from);
	if (sendmsg(k->fd, &m, MSG_DONTWAIT) != (ssize_t)len)
		return false;
	count_sent(s, pkt, len);
	return true;
}

void
serving_stop(struct serving *s)
{
	for (unsigned i = 0; s->setup != NULL && i < s->setup->workers; i++)
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

static void
count_worker(const struct worker *w, struct snapshot_serve *out)
{
	uint64_t limited = w->limited;

	for (unsigned v = 0; v < SERVER_VERDICTS; v++)
		out->verdict[v] += w->verdict[v];
	out->limited += limited;
	out->kissed += w->kissed;
	out->octets_in += w->octets_in;
	out->octets_out += w->octets_out;
	for (unsigned m = 0; m < PACKET_MODES; m++) {
		out->mode_in[m] += w->mode_in[m];
		out->mode_out[m] += w->mode_out[m];
	}
	if (w->clients != NULL)
		out->clients += clients_count(w->clients);
}

void
serving_count(const struct serving *s, struct snapshot_serve *out)
{
	for (unsigned i = 0; i < s->setup->workers; i++)
		count_worker(&s->worker[i], out);
	out->octets_out += s->octets_out;
	for (unsigned m = 0; m < PACKET_MODES; m++)
		out->mode_out[m] += s->mode_out[m];
	for (unsigned v = 0; v < SERVER_VERDICTS; v++)
		out->received += out->verdict[v];
	out->answered = out->verdict[SERVER_ANSWERED] - out->limited +
	    out->verdict[SERVER_SIBLING];
	out->denied = out->verdict[SERVER_DENIED];
	out->bad = out->received - out->answered - out->limited - out->denied -
	    out->verdict[SERVER_PEER] - out->verdict[SERVER_CONTROL];
}
