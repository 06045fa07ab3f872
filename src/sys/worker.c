/* SPDX-License-Identifier: ISC */
#include "sys/worker.h"

#include "sys/udp.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define BATCH 32
#define CHUNK 8 /* replies to one reading of the clock */

/* ------------------------------------------------------------- the board */

void
worker_publish(struct worker_board *b, const struct server_time *t,
    const struct clock_line *l)
{
	struct worker_told told;
	uint64_t word[WORKER_WORDS] = { 0 };
	uint32_t s = atomic_load_explicit(&b->sequence, memory_order_relaxed);

	memset(&told, 0, sizeof(told));
	told.time = *t;
	told.line = *l;
	memcpy(word, &told, sizeof(told));
	atomic_store_explicit(&b->sequence, s + 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	for (size_t i = 0; i < WORKER_WORDS; i++)
		atomic_store_explicit(&b->word[i], word[i],
		    memory_order_relaxed);
	atomic_store_explicit(&b->sequence, s + 2, memory_order_release);
}

void
worker_read(const struct worker_board *b, struct worker_told *told)
{
	uint64_t word[WORKER_WORDS];
	uint32_t before, after;

	for (;;) {
		before =
		    atomic_load_explicit(&b->sequence, memory_order_acquire);
		for (size_t i = 0; i < WORKER_WORDS; i++)
			word[i] = atomic_load_explicit(&b->word[i],
			    memory_order_relaxed);
		atomic_thread_fence(memory_order_acquire);
		after =
		    atomic_load_explicit(&b->sequence, memory_order_relaxed);
		if (before == after && before % 2 == 0)
			break;
		sched_yield(); /* the engine is writing */
	}
	memcpy(told, word, sizeof(*told));
	if (before == 0)
		told->time = (struct server_time){ .leap = LEAP_UNSYNC,
			.stratum = STRATUM_UNSYNC,
			.precision = -20 };
}

/* -------------------------------------------------------------- a batch */

struct batch {
	struct mmsghdr msg[BATCH];
	struct iovec iov[BATCH];
	struct sockaddr_storage from[BATCH];
	union udp_control control[BATCH];
	uint8_t pkt[BATCH][PACKET_MAX];
};

static void
batch_init(struct batch *b)
{
	for (int i = 0; i < BATCH; i++) {
		b->iov[i] = (struct iovec){ b->pkt[i], PACKET_MAX };
		b->msg[i].msg_hdr = (struct msghdr){ .msg_name = &b->from[i],
			.msg_namelen = sizeof(b->from[i]),
			.msg_iov = &b->iov[i],
			.msg_iovlen = 1,
			.msg_control = &b->control[i],
			.msg_controllen = sizeof(b->control[i]) };
	}
}

/* What all replies of a batch have in common. */
struct round {
	struct worker *w;
	struct worker_told told;
	struct mono raw; /* read together, after the batch came */
	struct wall real;
};

/* Our clock when the datagram came. */
static struct wall
arrival(const struct round *r, struct wall stamp)
{
	return clock_wall(&r->told.line, clock_raw_of(stamp, r->raw, r->real),
	    stamp);
}

/* Makes message m, which holds a request, the reply to it; false: silence. */
static bool
answer(const struct round *r, struct mmsghdr *m, struct wall now)
{
	struct msghdr *h = &m->msg_hdr;
	struct udp_packet p;
	uint8_t reply[PACKET_MAX];
	size_t len = 0;

	udp_describe(&p, h, m->msg_len);
	p.to.port = r->w->port;
	struct server_request q = { .pkt = h->msg_iov->iov_base,
		.len = p.len,
		.from = p.from,
		.to = p.to,
		.t2 = arrival(r, p.stamp) };
	/* What was cut is longer than any request that we know. */
	enum server_verdict v = p.cut ?
	    SERVER_MALFORMED :
	    server_reply(r->w->server, &r->told.time, &q, now, reply, &len);

	atomic_fetch_add_explicit(&r->w->verdict[v], 1, memory_order_relaxed);
	if (v != SERVER_ANSWERED)
		return false;
	memcpy(h->msg_iov->iov_base, reply, len);
	h->msg_iov->iov_len = len;
	udp_source(h, h->msg_control, &p.to);
	return true;
}

static void
send_all(int fd, struct mmsghdr *m, unsigned n)
{
	for (unsigned done = 0; done < n; done++) {
		int k = sendmmsg(fd, m + done, n - done, MSG_DONTWAIT);

		/* Nothing went: the first is bad, or a simulator has only
		 * sendmsg.  What does not leave now is lost, as packets are. */
		if (k > 0)
			done += (unsigned)k - 1;
		else
			(void)sendmsg(fd, &m[done].msg_hdr, MSG_DONTWAIT);
	}
}

void
worker_serve(struct worker *w)
{
	struct batch b;
	struct mmsghdr out[CHUNK];
	struct round r = { .w = w };

	batch_init(&b);
	int n = recvmmsg(w->fd, b.msg, BATCH, MSG_DONTWAIT, NULL);
	if (n <= 0)
		return;
	worker_read(w->board, &r.told);
	clock_pair(&r.raw, &r.real);
	for (int i = 0; i < n; i += CHUNK) {
		struct wall now = clock_read(&r.told.line);
		unsigned replies = 0;

		for (int j = i; j < n && j < i + CHUNK; j++)
			if (answer(&r, &b.msg[j], now))
				out[replies++] = b.msg[j];
		send_all(w->fd, out, replies);
	}
}

/* ------------------------------------------------------------- a thread */

void
worker_init(struct worker *w, int fd, const struct server *server,
    const struct worker_board *board)
{
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof(ss);

	memset(w, 0, sizeof(*w));
	w->fd = fd;
	w->wake = -1;
	w->server = server;
	w->board = board;
	if (getsockname(fd, (struct sockaddr *)&ss, &len) == 0)
		w->port = udp_addr((struct sockaddr *)&ss).port;
}

static void *
run(void *arg)
{
	struct worker *w = arg;
	struct pollfd fd[2] = { { .fd = w->fd, .events = POLLIN },
		{ .fd = w->wake, .events = POLLIN } };

	while (!atomic_load(&w->stop)) {
		if (poll(fd, 2, -1) < 0 && errno != EINTR)
			break;
		if (fd[0].revents != 0)
			worker_serve(w);
	}
	return NULL;
}

int
worker_start(struct worker *w, struct err *e)
{
	sigset_t all, old;

	w->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (w->wake < 0)
		return err_sys(e, "worker");
	atomic_store(&w->stop, false);

	/* Signals are the loop's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	errno = pthread_create(&w->thread, NULL, run, w);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (errno != 0) {
		err_sys(e, "worker");
		close(w->wake);
		w->wake = -1;
		return -1;
	}
	w->running = true;
	return 0;
}

void
worker_stop(struct worker *w)
{
	uint64_t one = 1;

	if (!w->running)
		return;
	atomic_store(&w->stop, true);
	ssize_t n = write(w->wake, &one, sizeof(one));
	assert(n == sizeof(one)); /* an empty counter takes one more */
	pthread_join(w->thread, NULL);
	close(w->wake);
	w->wake = -1;
	w->running = false;
}
