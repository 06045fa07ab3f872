/* SPDX-License-Identifier: ISC */
/*
 * load.c - asks a server as many hosts would, at a pace that does not wait for
 * answers, and measures the stamps of a few.
 *
 *	load -i IF -d ADDRESS -m MAC [-t S] [-c CPU] [-p US] [-n US] [-w N,US]
 *	    CROWD...
 *
 * CROWD is BASE/COUNT@RATE[:WORD]... in which WORD is
 *	once		each address asks once, then the crowd is still
 *	random		arrivals at random instants of that mean rate
 *	daemons=N	N daemons ask behind each address, each from a port of
 *			its own, with origin stamps that were never ours
 *
 * -t S	   so long, at most 120 s; ends before if all crowds are still
 * -c CPU  this processor alone
 * -p US   one measured question each so many microseconds, from a socket
 * -n US   naps so long between two looks, and leaves the processor to others;
 *	   the stamps are the kernel's all the same
 * -w N,US in waves: N packets as fast as they go, then US microseconds of rest
 *
 * Frames are made here and leave IF past its queues: that is a veth or a cable
 * to the server and nothing else.  They have no UDP checksum, so that nobody
 * pays for checking it, as with hardware that does.  Answers to the crowds are for others to
 * count (and to drop); only private addresses are used.
 * The result is one line of JSON.
 */
#include "probe.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/if_packet.h>
#include <math.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64
#define CROWDS 4
#define NTP_SIZE 48
#define NTP_ASKS 0x23 /* version 4, mode 3 */
#define NS 1000000000
#define QUIET 60000 /* packets a second below which we may sleep */

struct frame {
	struct ether_header ether;
	struct {
		uint8_t version, tos;
		uint16_t len, id, offset;
		uint8_t ttl, protocol;
		uint16_t sum;
		uint32_t from, to;
	} __attribute__((packed)) ip;
	struct {
		uint16_t from, to, len, sum;
	} udp;
	uint8_t ntp[NTP_SIZE];
} __attribute__((packed));

struct crowd {
	uint32_t base, count;
	double rate;
	bool once, random;
	unsigned daemons;

	uint32_t turn; /* whose */
	uint64_t sent;
	int64_t forgiven; /* what we were too late for: never asked */
	double next_s;	  /* random: the next arrival */
};

static struct {
	const char *interface;
	struct in_addr server;
	uint8_t mac[ETH_ALEN];
	double seconds;
	int cpu;
	unsigned probe_us, nap_us;
	unsigned wave, rest_us;
	struct crowd crowd[CROWDS];
	unsigned crowds;
} opt = { .seconds = 1, .cpu = -1 };

/* ---- numbers */

static uint64_t
chance(void)
{
	static uint64_t s = 0x9e3779b97f4a7c15;

	/* Marsaglia, xorshift64 */
	s ^= s << 13;
	s ^= s >> 7;
	s ^= s << 17;
	return s;
}

static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * (int64_t)NS + t.tv_nsec;
}

/* ---- the crowds */

static int packet_fd;
static struct frame frame[BATCH];
static struct mmsghdr message[BATCH];
static struct iovec iov[BATCH];

static void
open_packets(void)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET };
	struct ifreq ifr = { 0 };
	int on = 1, size = 8 << 20;

	at.sll_ifindex = (int)if_nametoindex(opt.interface);
	if (at.sll_ifindex == 0)
		err(1, "%s", opt.interface);
	/* Protocol 0: it sends, and hears nothing. */
	packet_fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (packet_fd == -1 ||
	    bind(packet_fd, (struct sockaddr *)&at, sizeof(at)) != 0)
		err(1, "packet socket");
	setsockopt(packet_fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on));
	setsockopt(packet_fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", opt.interface);
	if (ioctl(packet_fd, SIOCGIFHWADDR, &ifr) != 0)
		err(1, "%s", opt.interface);
	for (int i = 0; i < BATCH; i++) {
		struct frame *f = &frame[i];

		memcpy(f->ether.ether_dhost, opt.mac, ETH_ALEN);
		memcpy(f->ether.ether_shost, ifr.ifr_hwaddr.sa_data, 6);
		f->ether.ether_type = htons(ETHERTYPE_IP);
		f->ip.version = 0x45;
		f->ip.len = htons(sizeof(*f) - sizeof(f->ether));
		f->ip.offset = htons(0x4000); /* do not fragment */
		f->ip.ttl = 64;
		f->ip.protocol = IPPROTO_UDP;
		f->ip.to = opt.server.s_addr;
		f->udp.to = htons(123);
		f->udp.len = htons(sizeof(f->udp) + NTP_SIZE);
		f->ntp[0] = NTP_ASKS;
		f->ntp[2] = 6; /* poll */
		iov[i] = (struct iovec){ f, sizeof(*f) };
		message[i].msg_hdr.msg_iov = &iov[i];
		message[i].msg_hdr.msg_iovlen = 1;
	}
}

/* RFC 791 3.1; the header is 20 octets. */
static uint16_t
ip_sum(const struct frame *f)
{
	uint16_t word[10];
	uint32_t sum = 0;

	memcpy(word, &f->ip, sizeof(word));
	for (int i = 0; i < 10; i++)
		sum += word[i];
	sum = (sum & 0xffff) + (sum >> 16);
	sum += sum >> 16;
	return (uint16_t)~sum;
}

static void
ask(struct crowd *c, struct frame *f)
{
	uint64_t bits = chance(), origin = 0;
	uint16_t port = (uint16_t)(32768 + bits % 28000);

	if (c->daemons > 0) {
		port = (uint16_t)(10000 + bits % c->daemons);
		origin = chance();
	}
	f->ip.from = htonl(c->base + c->turn);
	f->ip.sum = 0;
	f->ip.sum = ip_sum(f);
	f->udp.from = htons(port);
	memcpy(f->ntp + 24, &origin, sizeof(origin));
	bits = chance();
	memcpy(f->ntp + 40, &bits, sizeof(bits));
	c->turn = (c->turn + 1) % c->count;
}

static bool
is_still(const struct crowd *c)
{
	return c->once && c->sent >= c->count;
}

/* Packets that should have left by now, but have not; at most BATCH. */
static unsigned
due(struct crowd *c, double t_s)
{
	int64_t n;

	if (is_still(c))
		return 0;
	if (c->random) {
		for (n = 0; n < BATCH && c->next_s <= t_s; n++)
			c->next_s += -log(((double)(chance() >> 11) + 0.5) /
					 9007199254740992.0) /
			    c->rate;
	} else {
		n = (int64_t)(t_s * c->rate) - (int64_t)c->sent - c->forgiven;
		/* Who was kept from sending does not make up for it: that would
		 * be a burst which nobody asked for. */
		if (n > 4 * BATCH) {
			c->forgiven += n - BATCH;
			n = BATCH;
		}
	}
	if (n > BATCH)
		n = BATCH;
	if (c->once && (uint64_t)n > c->count - c->sent)
		n = (int64_t)(c->count - c->sent);
	return n > 0 ? (unsigned)n : 0;
}

static void
send_some(struct crowd *c, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		ask(c, &frame[i]);
	for (unsigned done = 0; done < n;) {
		int k = sendmmsg(packet_fd, message + done, n - done, 0);

		if (k > 0)
			done += (unsigned)k;
		else if (errno != EAGAIN && errno != ENOBUFS && errno != EINTR)
			err(1, "send");
	}
	c->sent += n;
}

/* ---- the run */

static void
rest(long ns)
{
	struct timespec t = { 0, ns };

	nanosleep(&t, NULL);
}

static bool
all_still(void)
{
	for (unsigned i = 0; i < opt.crowds; i++)
		if (!is_still(&opt.crowd[i]))
			return false;
	return true;
}

/* Of waves: the first crowd only, and its rate is that of the wire. */
static void
wave(void)
{
	for (unsigned n = 0; n < opt.wave; n += BATCH)
		send_some(&opt.crowd[0], BATCH);
	rest(opt.rest_us * 1000L);
}

static double
run(void)
{
	int64_t begin = now_ns(), now = begin;
	int64_t end = begin + (int64_t)(opt.seconds * NS);
	double rate = 0;

	for (unsigned i = 0; i < opt.crowds; i++)
		rate += opt.crowd[i].rate;
	while (now < end && !all_still()) {
		double t_s = (double)(now - begin) / NS;

		for (unsigned i = 0; opt.wave == 0 && i < opt.crowds; i++) {
			unsigned n = due(&opt.crowd[i], t_s);

			if (n > 0)
				send_some(&opt.crowd[i], n);
		}
		if (opt.wave > 0)
			wave();
		else if (rate < QUIET && opt.probe_us == 0)
			rest(20000);
		if (opt.nap_us > 0)
			rest(opt.nap_us * 1000L);
		now = now_ns();
		if (opt.probe_us > 0)
			probe_poll(now);
	}
	return (double)(now - begin) / NS;
}

/* ---- what was seen */

static void
print(double took_s)
{
	printf("{\"seconds\": %.6f, \"sent\": [", took_s);
	for (unsigned i = 0; i < opt.crowds; i++)
		printf("%s%" PRIu64, i > 0 ? ", " : "", opt.crowd[i].sent);
	printf("], \"late\": [");
	for (unsigned i = 0; i < opt.crowds; i++)
		printf("%s%" PRId64, i > 0 ? ", " : "", opt.crowd[i].forgiven);
	printf("]");
	if (opt.probe_us > 0)
		probe_print();
	printf("}\n");
}

/* ---- the command line */

static bool
is_private(uint32_t first, uint32_t count)
{
	uint32_t last = first + count - 1;

	return (first >> 24 == 10 && last >> 24 == 10) ||
	    (first >> 16 == 0xc0a8 && last >> 16 == 0xc0a8);
}

static void
add_crowd(const char *text)
{
	struct crowd *c = &opt.crowd[opt.crowds];
	struct in_addr a;
	char base[16], words[64] = "";

	if (opt.crowds++ == CROWDS)
		errx(2, "at most %d crowds", CROWDS);
	if (sscanf(text, "%15[0-9.]/%" SCNu32 "@%lf%63s", base, &c->count,
		&c->rate, words) < 3 ||
	    inet_aton(base, &a) == 0 || c->count == 0 || !(c->rate > 0))
		errx(2, "%s: write BASE/COUNT@RATE[:WORD]...", text);
	c->base = ntohl(a.s_addr);
	if (!is_private(c->base, c->count))
		errx(2, "%s: private addresses only", text);
	for (char *w = strtok(words, ":"); w != NULL; w = strtok(NULL, ":"))
		if (strcmp(w, "once") == 0)
			c->once = true;
		else if (strcmp(w, "random") == 0)
			c->random = true;
		else if (sscanf(w, "daemons=%u", &c->daemons) != 1 ||
		    c->daemons == 0 || c->daemons > 50000)
			errx(2, "%s: \"%s\" is not known", text, w);
}

static void
read_options(int argc, char **argv)
{
	uint8_t *m = opt.mac;
	int o;

	while ((o = getopt(argc, argv, "i:d:m:t:c:p:n:w:")) != -1) {
		bool good = true;

		switch (o) {
		case 'i':
			opt.interface = optarg;
			break;
		case 'd':
			good = inet_aton(optarg, &opt.server) != 0 &&
			    is_private(ntohl(opt.server.s_addr), 1);
			break;
		case 'm':
			good = sscanf(optarg, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx",
				   m, m + 1, m + 2, m + 3, m + 4, m + 5) == 6;
			break;
		case 't':
			opt.seconds = atof(optarg);
			good = opt.seconds > 0 && opt.seconds <= 120;
			break;
		case 'c':
			opt.cpu = atoi(optarg);
			break;
		case 'p':
			opt.probe_us = (unsigned)atoi(optarg);
			break;
		case 'n':
			opt.nap_us = (unsigned)atoi(optarg);
			good = opt.nap_us < 1000000;
			break;
		case 'w':
			good = sscanf(optarg, "%u,%u", &opt.wave,
				   &opt.rest_us) == 2 &&
			    opt.rest_us < 1000000;
			break;
		default:
			good = false;
		}
		if (!good)
			errx(2, "see the head of load.c for what may be said");
	}
	for (; optind < argc; optind++)
		add_crowd(argv[optind]);
	if (opt.interface == NULL || opt.server.s_addr == 0 ||
	    (opt.wave > 0 && opt.crowds == 0))
		errx(2, "-i, -d, -m and a crowd are needed");
}

int
main(int argc, char **argv)
{
	cpu_set_t one;

	read_options(argc, argv);
	CPU_ZERO(&one);
	if (opt.cpu >= 0) {
		CPU_SET((unsigned)opt.cpu, &one);
		if (sched_setaffinity(0, sizeof(one), &one) != 0)
			err(1, "processor %d", opt.cpu);
	}
	prctl(PR_SET_TIMERSLACK, 1);
	open_packets();
	if (opt.probe_us > 0)
		probe_open(opt.server, opt.probe_us);
	print(run());
	return 0;
}
