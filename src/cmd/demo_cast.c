/* SPDX-License-Identifier: ISC */
#include "demo_parts.h"

#include "base/rng.h"
#include "base/time.h"
#include "core/packet.h"

#include <poll.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#define HELD_MAX 64

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

/* One way to each server, without queues. */
static const double path_s[DEMO_SERVERS] = { 4e-3, 6e-3, 5e-3, 9e-3, 3e-3 };
static const double queue_s = 2e-4;

int
demo_servers_open(int fd[DEMO_SERVERS], uint16_t port, struct err *e)
{
	for (unsigned i = 0; i < DEMO_SERVERS; i++) {
		struct sockaddr_in at = demo_address(DEMO_FIRST + i, port);

		if (demo_open(&at, &fd[i], e) == -1) {
			demo_close(fd, i);
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
	struct wall arrives = wall_add(demo_clock(), one_way(s, server));
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
	struct wall now = demo_clock(), next = wall_add(now, 1);
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
	struct wall dies = wall_add(demo_clock(), die_s);

	rng_init(&s.rng, (uint64_t)dies.ns);
	for (unsigned i = 0; i < DEMO_SERVERS; i++)
		s.fd[i] = (struct pollfd){ .fd = fd[i], .events = POLLIN };
	for (;;) {
		demo_wait(s.fd, DEMO_SERVERS, deliver(&s));
		for (unsigned i = 0; i < DEMO_SERVERS; i++)
			if (s.fd[i].revents != 0)
				hear(&s, i);
		if (s.fd[DEMO_MORTAL].fd != -1 &&
		    wall_sub(demo_clock(), dies) > 0) {
			close(s.fd[DEMO_MORTAL].fd);
			s.fd[DEMO_MORTAL].fd = -1; /* poll passes it over */
		}
	}
}
