/* SPDX-License-Identifier: ISC */
#include "demo_parts.h"

#include "base/rng.h"
#include "base/text.h"
#include "core/packet.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define INTERVAL_S 16.0
#define DAEMON_INTERVAL_S 2.0
#define DAEMON_EVERY_S 1.0 /* an hour, in a demonstration */
#define WRONG_NS 10000000L
#define KISS_RATE 0x52415445 /* "RATE" */
#define INSANE 0x10902u	     /* 127.1.9.2 */

struct host {
	struct wall next;
	struct wall sent;
	struct ntp64 cookie; /* 0: nothing asked */
	bool insane;
	struct demo_tally *tally;
};

/* One of them, at an address of its own, or a daemon on the insane one. */
static int
open_one(unsigned i, uint16_t port, int *fd, struct err *e)
{
	bool insane = i >= DEMO_HOSTS;
	/* 127.1.0.1 to 127.1.1.44 */
	struct sockaddr_in at = demo_address(insane ? INSANE : 0x10001 + i, 0);
	struct sockaddr_in gateway =
	    demo_address(insane ? 1 : 1 + i % DEMO_GATEWAYS, port);

	if (demo_open(&at, fd, e) == -1)
		return -1;
	if (connect(*fd, (struct sockaddr *)&gateway, sizeof(gateway)) == 0)
		return 0;
	err_sys(e, "connect");
	close(*fd);
	return -1;
}

int
demo_hosts_open(int fd[DEMO_ASKERS], uint16_t port, struct err *e)
{
	for (unsigned i = 0; i < DEMO_ASKERS; i++) {
		if (open_one(i, port, &fd[i], e) == -1) {
			demo_close(fd, i);
			return -1;
		}
	}
	return 0;
}

/* What no sane client sends: stamps that nobody gave it. */
static void
write_nonsense(struct packet *p, struct rng *rng)
{
	p->origin.v = rng_u64(rng);
	p->receive.v = rng_u64(rng);
	p->reference.v = rng_u64(rng);
	p->poll = 0;
}

static void
ask(struct host *h, int fd, struct rng *rng)
{
	struct packet p = { .version = 4, .mode = MODE_CLIENT, .poll = 4 };
	double interval = h->insane ? DAEMON_INTERVAL_S : INTERVAL_S;
	uint8_t octets[PACKET_SIZE];

	h->cookie.v = rng_u64(rng) | 1;
	p.transmit = h->cookie;
	if (h->insane)
		write_nonsense(&p, rng);
	packet_write(&p, octets);
	h->sent = demo_clock();
	if (send(fd, octets, sizeof(octets), 0) != sizeof(octets))
		h->cookie.v = 0; /* nobody listens, or did just now */
	atomic_fetch_add(&h->tally->asked, 1);
	h->next = wall_add(h->sent, interval * (0.75 + 0.5 * rng_uniform(rng)));
}

static void
judge(const struct host *h, const struct packet *p, struct wall t4)
{
	struct demo_tally *t = h->tally;
	double there = ntp64_sub(p->receive, ntp64_from_wall(h->sent));
	double back = ntp64_sub(ntp64_from_wall(t4), p->transmit);
	long ns = lround((there - back) / 2 * 1e9);

	atomic_fetch_add(&t->answered, 1);
	if (p->stratum == 0 && p->leap == LEAP_UNSYNC && p->refid == KISS_RATE)
		atomic_fetch_add(&t->kissed, 1);
	if (p->leap == LEAP_UNSYNC)
		return;
	atomic_fetch_add(&t->ready, 1);
	atomic_store(&t->last_ns, ns);
	if (labs(ns) > labs(atomic_load(&t->worst_ns)))
		atomic_store(&t->worst_ns, ns);
	/* What a busy machine did to the two ways is no fault of the clock. */
	if (labs(ns) > WRONG_NS + lround(fmax(there + back, 0) / 2 * 1e9))
		atomic_fetch_add(&t->wrong, 1);
}

static void
hear(struct host *h, int fd)
{
	uint8_t octets[PACKET_MAX];
	struct packet p;
	ssize_t n = recv(fd, octets, sizeof(octets), 0);
	struct wall t4 = demo_clock();

	if (n <= 0 || !packet_read(&p, octets, (size_t)n) ||
	    p.mode != MODE_SERVER || h->cookie.v == 0 ||
	    p.origin.v != h->cookie.v)
		return;
	h->cookie.v = 0;
	judge(h, &p, t4);
}

static void
begin(struct host *h, unsigned i, struct demo_tally *tallies, struct rng *rng)
{
	struct wall now = demo_clock();

	h->insane = i >= DEMO_HOSTS;
	h->tally =
	    h->insane ? &tallies[DEMO_GATEWAYS] : &tallies[i % DEMO_GATEWAYS];
	h->next = wall_add(now,
	    h->insane ? DAEMON_EVERY_S * (i - DEMO_HOSTS + 1) :
			INTERVAL_S * rng_uniform(rng));
}

void
demo_hosts_run(const int fd[DEMO_ASKERS],
    struct demo_tally tallies[DEMO_GATEWAYS + 1])
{
	static struct host host[DEMO_ASKERS];
	static struct pollfd polled[DEMO_ASKERS];
	struct wall now = demo_clock();
	struct rng rng;

	rng_init(&rng, (uint64_t)now.ns);
	for (unsigned i = 0; i < DEMO_ASKERS; i++) {
		polled[i] = (struct pollfd){ .fd = fd[i], .events = POLLIN };
		begin(&host[i], i, tallies, &rng);
	}
	for (;;) {
		struct wall next = wall_add(now, 1);

		for (unsigned i = 0; i < DEMO_ASKERS; i++) {
			if (wall_sub(host[i].next, now) <= 0)
				ask(&host[i], fd[i], &rng);
			if (wall_sub(host[i].next, next) < 0)
				next = host[i].next;
		}
		demo_wait(polled, DEMO_ASKERS, next);
		for (unsigned i = 0; i < DEMO_ASKERS; i++)
			if (polled[i].revents != 0)
				hear(&host[i], fd[i]);
		now = demo_clock();
	}
}

static void
print_one(const struct demo_tally *t, unsigned gateway)
{
	char last[16], worst[16];

	text_seconds(last, sizeof(last),
	    (double)atomic_load(&t->last_ns) * 1e-9, true);
	text_seconds(worst, sizeof(worst),
	    (double)atomic_load(&t->worst_ns) * 1e-9, true);
	printf("  at gw%u  asked %lu times, %lu answers, %lu of them with the "
	       "time, %lu wrong\n"
	       "          against this machine's clock: last %s, worst %s\n",
	    gateway, atomic_load(&t->asked), atomic_load(&t->answered),
	    atomic_load(&t->ready), atomic_load(&t->wrong), last, worst);
}

void
demo_tally_print(const struct demo_tally tallies[DEMO_GATEWAYS + 1])
{
	const struct demo_tally *t = &tallies[DEMO_GATEWAYS];

	printf("%d hosts, and one that is insane:\n", DEMO_HOSTS);
	for (unsigned g = 0; g < DEMO_GATEWAYS; g++)
		print_one(&tallies[g], g + 1);
	printf("  insane  127.1.9.2 asked %lu times, %lu answers, %lu of them "
	       "\"ask less often\"\n",
	    atomic_load(&t->asked), atomic_load(&t->answered),
	    atomic_load(&t->kissed));
}
