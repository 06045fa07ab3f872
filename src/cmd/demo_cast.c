/* SPDX-License-Identifier: ISC */
#include "demo.h"

#include "base/rng.h"
#include "base/text.h"
#include "base/time.h"
#include "core/packet.h"

#include <arpa/inet.h>
#include <math.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HELD_MAX 64
#define HOST_INTERVAL_S 16.0
#define WRONG_NS 10000000L

/* A distant server's answer, on its way. */
struct held {
	bool used;
	struct wall due;
	unsigned server;
	struct sockaddr_in to;
	struct packet reply;
};

struct servers {
	struct pollfd fd[DEMO_SERVERS];
	struct held held[HELD_MAX];
	struct rng rng;
};

struct host {
	struct wall next;
	struct wall sent;
	struct ntp64 cookie; /* 0: nothing asked */
};

/* One way to each server, without queues. */
static const double path_s[DEMO_SERVERS] = { 4e-3, 6e-3, 5e-3, 9e-3, 3e-3 };
static const double queue_s = 2e-4;

/* The machine's clock: here it is the truth. */
static struct wall
read_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (struct wall){ (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec };
}

/* Sleeps until something can be read or the instant has come. */
static void
wait_until(struct pollfd *fd, nfds_t count, struct wall due)
{
	double left = fmin(fmax(wall_sub(due, read_clock()), 0), 1);
	struct timespec ts = { .tv_sec = (time_t)left };

	ts.tv_nsec = (long)((left - (double)ts.tv_sec) * 999999999.0);
	ppoll(fd, count, &ts, NULL);
}

static struct sockaddr_in
loopback(uint32_t last24, uint16_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(0x7f000000u | last24),
	};
}

static int
open_at(const struct sockaddr_in *at, int *fd, struct err *e)
{
	char name[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &at->sin_addr, name, sizeof(name));
	*fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (*fd == -1)
		return err_sys(e, "socket");
	if (bind(*fd, (const struct sockaddr *)at, sizeof(*at)) == -1) {
		err_sys(e, "%s port %u", name, ntohs(at->sin_port));
		close(*fd);
		*fd = -1;
		return -1;
	}
	return 0;
}

static void
close_all(int *fd, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		close(fd[i]);
}

int
demo_servers_open(int fd[DEMO_SERVERS], uint16_t port, struct err *e)
{
	for (unsigned i = 0; i < DEMO_SERVERS; i++) {
		struct sockaddr_in at = loopback(DEMO_FIRST + i, port);

		if (open_at(&at, &fd[i], e) == -1) {
			close_all(fd, i);
			return -1;
		}
	}
	return 0;
}

static double
one_way(struct servers *s, unsigned server)
{
	return path_s[server] + queue_s * rng_exponential(&s->rng);
}

/* A request has left the client now: it arrives, and is answered, later. */
static void
hold(struct servers *s, unsigned server, const struct packet *request,
    const struct sockaddr_in *to)
{
	double lie = server == DEMO_LIAR ? DEMO_LIE_S : 0;
	struct wall arrives = wall_add(read_clock(), one_way(s, server));
	struct wall leaves = wall_add(arrives, 20e-6);

	for (unsigned i = 0; i < HELD_MAX; i++) {
		struct held *h = &s->held[i];

		if (h->used)
			continue;
		*h = (struct held){
			.used = true,
			.due = wall_add(leaves, one_way(s, server)),
			.server = server,
			.to = *to,
			.reply = {
				.leap = LEAP_NONE,
				.version = request->version,
				.mode = MODE_SERVER,
				.stratum = 2,
				.poll = request->poll,
				.precision = -20,
				.root_delay = ntp32_from_s(1e-3),
				.root_disp = ntp32_from_s(1e-3),
				.refid = 0xc0000201 + server, /* 192.0.2.x */
				.origin = request->transmit,
			},
		};
		h->reply.receive = ntp64_from_wall(wall_add(arrives, lie));
		h->reply.transmit = ntp64_from_wall(wall_add(leaves, lie));
		h->reply.reference =
		    ntp64_from_wall(wall_add(arrives, lie - 16));
		return;
	}
}

static void
hear(struct servers *s, unsigned server)
{
	uint8_t octets[PACKET_MAX];
	struct sockaddr_in from;
	socklen_t from_len = sizeof(from);
	struct packet p;
	ssize_t n = recvfrom(s->fd[server].fd, octets, sizeof(octets), 0,
	    (struct sockaddr *)&from, &from_len);

	if (n > 0 && packet_read(&p, octets, (size_t)n) &&
	    p.mode == MODE_CLIENT)
		hold(s, server, &p, &from);
}

/* Sends what is due; the instant of the next. */
static struct wall
deliver(struct servers *s)
{
	struct wall now = read_clock(), next = wall_add(now, 1);
	uint8_t octets[PACKET_SIZE];

	for (unsigned i = 0; i < HELD_MAX; i++) {
		struct held *h = &s->held[i];

		if (!h->used)
			continue;
		if (wall_sub(h->due, now) > 0) {
			if (wall_sub(h->due, next) < 0)
				next = h->due;
			continue;
		}
		h->used = false;
		packet_write(&h->reply, octets);
		sendto(s->fd[h->server].fd, octets, sizeof(octets), 0,
		    (struct sockaddr *)&h->to, sizeof(h->to));
	}
	return next;
}

void
demo_servers_run(const int fd[DEMO_SERVERS], double die_s)
{
	static struct servers s;
	struct wall dies = wall_add(read_clock(), die_s);

	rng_init(&s.rng, (uint64_t)dies.ns);
	for (unsigned i = 0; i < DEMO_SERVERS; i++)
		s.fd[i] = (struct pollfd){ .fd = fd[i], .events = POLLIN };
	for (;;) {
		wait_until(s.fd, DEMO_SERVERS, deliver(&s));
		for (unsigned i = 0; i < DEMO_SERVERS; i++)
			if (s.fd[i].revents != 0)
				hear(&s, i);
		if (s.fd[DEMO_MORTAL].fd != -1 &&
		    wall_sub(read_clock(), dies) > 0) {
			close(s.fd[DEMO_MORTAL].fd);
			s.fd[DEMO_MORTAL].fd = -1; /* poll passes it over */
		}
	}
}

int
demo_hosts_open(int fd[DEMO_HOSTS], uint16_t port, struct err *e)
{
	struct sockaddr_in gateway = loopback(1, port);

	for (unsigned i = 0; i < DEMO_HOSTS; i++) {
		/* 127.1.0.1 to 127.1.1.44 */
		struct sockaddr_in at = loopback(0x10001 + i, 0);

		if (open_at(&at, &fd[i], e) == -1) {
			close_all(fd, i);
			return -1;
		}
		if (connect(fd[i], (struct sockaddr *)&gateway,
			sizeof(gateway)) == -1) {
			err_sys(e, "connect");
			close_all(fd, i + 1);
			return -1;
		}
	}
	return 0;
}

static void
host_ask(struct host *h, int fd, struct rng *rng, struct demo_tally *t)
{
	struct packet p = { .version = 4, .mode = MODE_CLIENT, .poll = 4 };
	uint8_t octets[PACKET_SIZE];

	h->cookie.v = rng_u64(rng) | 1;
	p.transmit = h->cookie;
	packet_write(&p, octets);
	h->sent = read_clock();
	if (send(fd, octets, sizeof(octets), 0) != sizeof(octets))
		h->cookie.v = 0; /* nobody listens yet */
	else
		atomic_fetch_add(&t->asked, 1);
	h->next = wall_add(h->sent,
	    HOST_INTERVAL_S * (0.75 + 0.5 * rng_uniform(rng)));
}

static void
judge(const struct host *h, const struct packet *p, struct wall t4,
    struct demo_tally *t)
{
	double there = ntp64_sub(p->receive, ntp64_from_wall(h->sent));
	double back = ntp64_sub(ntp64_from_wall(t4), p->transmit);
	long ns = lround((there - back) / 2 * 1e9);

	atomic_fetch_add(&t->answered, 1);
	if (p->leap == LEAP_UNSYNC)
		return;
	atomic_fetch_add(&t->ready, 1);
	atomic_store(&t->last_ns, ns);
	if (labs(ns) > labs(atomic_load(&t->worst_ns)))
		atomic_store(&t->worst_ns, ns);
	if (labs(ns) > WRONG_NS)
		atomic_fetch_add(&t->wrong, 1);
}

static void
host_hear(struct host *h, int fd, struct demo_tally *t)
{
	uint8_t octets[PACKET_MAX];
	struct packet p;
	ssize_t n = recv(fd, octets, sizeof(octets), 0);
	struct wall t4 = read_clock();

	if (n <= 0 || !packet_read(&p, octets, (size_t)n) ||
	    p.mode != MODE_SERVER || h->cookie.v == 0 ||
	    p.origin.v != h->cookie.v)
		return;
	h->cookie.v = 0;
	judge(h, &p, t4, t);
}

void
demo_hosts_run(const int fd[DEMO_HOSTS], struct demo_tally *t)
{
	static struct host host[DEMO_HOSTS];
	static struct pollfd polled[DEMO_HOSTS];
	struct wall now = read_clock();
	struct rng rng;

	rng_init(&rng, (uint64_t)now.ns);
	for (unsigned i = 0; i < DEMO_HOSTS; i++) {
		polled[i] = (struct pollfd){ .fd = fd[i], .events = POLLIN };
		host[i].next =
		    wall_add(now, HOST_INTERVAL_S * rng_uniform(&rng));
	}
	for (;;) {
		struct wall next = wall_add(now, 1);

		for (unsigned i = 0; i < DEMO_HOSTS; i++) {
			if (wall_sub(host[i].next, now) <= 0)
				host_ask(&host[i], fd[i], &rng, t);
			if (wall_sub(host[i].next, next) < 0)
				next = host[i].next;
		}
		wait_until(polled, DEMO_HOSTS, next);
		for (unsigned i = 0; i < DEMO_HOSTS; i++)
			if (polled[i].revents != 0)
				host_hear(&host[i], fd[i], t);
		now = read_clock();
	}
}

void
demo_tally_print(const struct demo_tally *t)
{
	char last[16], worst[16];

	text_seconds(last, sizeof(last),
	    (double)atomic_load(&t->last_ns) * 1e-9, true);
	text_seconds(worst, sizeof(worst),
	    (double)atomic_load(&t->worst_ns) * 1e-9, true);
	printf("%d hosts: asked %lu times, %lu answers, %lu of them with the "
	       "time, %lu wrong\n"
	       "  against this machine's clock: last %s, worst %s\n",
	    DEMO_HOSTS, atomic_load(&t->asked), atomic_load(&t->answered),
	    atomic_load(&t->ready), atomic_load(&t->wrong), last, worst);
}
