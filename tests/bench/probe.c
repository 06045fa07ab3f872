/* SPDX-License-Identifier: ISC */
#include "probe.h"

#include <arpa/inet.h>
#include <err.h>
#include <inttypes.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define NTP_SIZE 48
#define NTP_ERA 2208988800 /* s from 1900 to 1970 */
#define NTP_ASKS 0x23	   /* version 4, mode 3 */
#define NS 1000000000
#define STAMPS 250000
#define LOOK_NS 30000	 /* each look is a system call or two */
#define LOST_NS 20000000 /* an answer that takes so long is lost */

static int64_t
wall_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * (int64_t)NS + t.tv_nsec;
}

static int64_t
ntp_ns(const uint8_t *stamp)
{
	uint32_t word[2];

	memcpy(word, stamp, sizeof(word));
	return ((int64_t)ntohl(word[0]) - NTP_ERA) * NS +
	    (int64_t)((uint64_t)ntohl(word[1]) * NS >> 32);
}

static struct {
	int fd;
	bool out;
	uint8_t cookie[8];
	int64_t interval_ns;
	int64_t next, sent; /* monotonic */
	int64_t called;	    /* on the wall clock, as what follows */
	int64_t left;	    /* the kernel's stamp; 0: not yet */
	unsigned asked, lost, count;
	double path[STAMPS], late[STAMPS], early[STAMPS], trip[STAMPS];
} probe;

void
probe_open(struct in_addr server, unsigned interval_us)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(123),
		.sin_addr = server };
	int what = SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE |
	    SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_OPT_TSONLY;

	probe.interval_ns = interval_us * INT64_C(1000);
	probe.fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	if (probe.fd == -1 ||
	    setsockopt(probe.fd, SOL_SOCKET, SO_TIMESTAMPING, &what,
		sizeof(what)) != 0 ||
	    connect(probe.fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		err(1, "probe");
	/* The first who wants stamps waits until the kernel has turned them on,
	 * for which it needs the processor that we will not give it. */
	usleep(50000);
}

/* One message of the socket, or of its error queue, and its kernel stamp. */
static ssize_t
hear(int flags, uint8_t *buf, size_t size, int64_t *stamp)
{
	char control[512];
	struct iovec v = { buf, size };
	struct msghdr m = { .msg_iov = &v,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(probe.fd, &m, flags | MSG_DONTWAIT);
	struct scm_timestamping t;

	for (struct cmsghdr *c = n < 0 ? NULL : CMSG_FIRSTHDR(&m); c != NULL;
	     c = CMSG_NXTHDR(&m, c))
		if (c->cmsg_level == SOL_SOCKET &&
		    c->cmsg_type == SCM_TIMESTAMPING) {
			memcpy(&t, CMSG_DATA(c), sizeof(t));
			*stamp = t.ts[0].tv_sec * (int64_t)NS + t.ts[0].tv_nsec;
		}
	return n;
}

static void
probe_receive(void)
{
	uint8_t buf[256];
	int64_t came = 0;
	unsigned i = probe.count;

	if (probe.left == 0)
		(void)hear(MSG_ERRQUEUE, buf, sizeof(buf), &probe.left);
	if (hear(0, buf, sizeof(buf), &came) < NTP_SIZE ||
	    memcmp(buf + 24, probe.cookie, 8) != 0)
		return;
	probe.out = false;
	if (probe.left == 0 || came == 0 || i == STAMPS)
		return;
	probe.path[i] = (double)(probe.left - probe.called);
	probe.late[i] = (double)(ntp_ns(buf + 32) - probe.left);
	probe.early[i] = (double)(came - ntp_ns(buf + 40));
	probe.trip[i] = (double)(came - probe.left);
	probe.count++;
}

void
probe_poll(int64_t now)
{
	uint8_t pkt[NTP_SIZE] = { NTP_ASKS, 0, 6 };
	uint64_t bits = (uint64_t)random() << 32 | (uint64_t)random();

	if (probe.out && now - probe.sent > LOST_NS) {
		probe.out = false;
		probe.lost++;
	}
	if (probe.out) {
		if (now - probe.sent > LOOK_NS)
			probe_receive();
		return;
	}
	if (now < probe.next)
		return;
	memcpy(pkt + 40, &bits, 8);
	memcpy(probe.cookie, &bits, 8);
	probe.next = now + probe.interval_ns;
	probe.sent = now;
	probe.left = 0;
	probe.called = wall_ns();
	probe.out = send(probe.fd, pkt, sizeof(pkt), 0) == NTP_SIZE;
	probe.asked++;
}

static int
compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
print_stamps(const char *name, double *v)
{
	unsigned n = probe.count;

	if (n == 0)
		return;
	qsort(v, n, sizeof(*v), compare);
	printf(", \"%s_us\": [%.2f, %.2f, %.2f]", name, v[n / 2] / 1e3,
	    v[(size_t)n * 99 / 100] / 1e3, v[n - 1] / 1e3);
}

void
probe_print(void)
{
	printf(", \"probes\": %u, \"lost\": %u", probe.asked, probe.lost);
	print_stamps("path", probe.path);
	print_stamps("late", probe.late);
	print_stamps("early", probe.early);
	print_stamps("trip", probe.trip);
}
