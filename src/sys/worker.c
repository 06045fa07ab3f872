/* SPDX-License-Identifier: ISC */
#include "sys/worker.h"

#include "sys/udp.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define BATCH 32
#define CHUNK 8 /* replies to one reading of the clock */

/* ------------------------------------------------------------- the board */

_Static_assert(sizeof(struct worker_told) <= BOARD_MAX, "it must fit");

void
worker_publish(struct worker_board *b, const struct server_time *t,
    const struct clock_line *l)
{
	struct worker_told told;

	memset(&told, 0, sizeof(told));
	told.time = *t;
	told.line = *l;
	board_write(&b->told, &told, sizeof(told));
}

void
worker_publish_word(struct worker_board *b, const uint8_t field[LINK_FIELD])
{
	board_write(&b->word, field, LINK_FIELD);
}

void
worker_read(const struct worker_board *b, struct worker_told *told)
{
	if (!board_read(&b->told, told, sizeof(*told)))
		told->time = (struct server_time){ .leap = LEAP_UNSYNC,
			.stratum = STRATUM_UNSYNC,
			.precision = -20 };
}

/* ------------------------------------------------------------- the engine */

static void
ring(struct worker_bell *b)
{
	uint64_t one = 1;

	if (b == NULL || atomic_exchange(&b->rung, true) || b->wake == -1)
		return;
	/* An empty counter takes one more; a full one has woken already. */
	ssize_t n = write(b->wake, &one, sizeof(one));
	(void)n;
}

bool
worker_look(struct worker_bell *b)
{
	uint64_t count;

	if (b->wake != -1) {
		ssize_t n = read(b->wake, &count, sizeof(count));
		(void)n; /* somebody may have looked already */
	}
	/* First this, then what it was rung for: what comes now rings anew. */
	atomic_store(&b->rung, false);
	return atomic_exchange(&b->news, false);
}

/* Not too often: who replays a good packet could send any number. */
static bool
may_post(struct worker_mail *m, struct mono at)
{
	int64_t second = at.ns / 1000000000;

	if (second != m->second) {
		m->second = second;
		m->in_second = 0;
	}
	return m->in_second++ < WORKER_MAIL_S;
}

static void
post(struct worker *w, const struct server_request *q)
{
	struct worker_mail *m = &w->mail;
	unsigned put = atomic_load_explicit(&m->put, memory_order_relaxed);
	struct worker_letter *l = &m->letter[put % WORKER_MAIL];

	if (q->len > WORKER_LETTER_MAX || !may_post(m, q->came) ||
	    put - atomic_load(&m->taken) == WORKER_MAIL)
		return;
	l->from = q->from;
	l->at = q->came;
	l->came = q->t2;
	l->len = q->len;
	memcpy(l->pkt, q->pkt, q->len);
	atomic_store(&m->put, put + 1);
	ring(w->bell);
}

bool
worker_take(struct worker *w, struct worker_letter *out)
{
	struct worker_mail *m = &w->mail;
	unsigned taken = atomic_load_explicit(&m->taken, memory_order_relaxed);

	if (atomic_load(&m->put) == taken)
		return false;
	*out = m->letter[taken % WORKER_MAIL];
	atomic_store(&m->taken, taken + 1);
	return true;
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

/* A question as long as the sibling's gets the word, and the instant at which
 * the answer leaves by both clocks; now is read anew for it. */
static void
add_word(const struct round *r, struct server_request *q, struct wall *now,
    uint8_t word[LINK_FIELD])
{
	struct wall real;

	if (q->len < PACKET_SIZE + LINK_FIELD || !r->w->server->sibling.on ||
	    !board_read(&r->w->board->word, word, LINK_FIELD))
		return;
	q->word = word;
	clock_pair(&q->left, &real);
	*now = clock_wall(&r->told.line, q->left, real);
}

/* A sibling that was answered: does it want to be asked in return? */
static bool
has_news(const struct server_request *q)
{
	const struct packet_tail tail = packet_tail_read(q->pkt, q->len);
	const uint8_t *field = link_find(q->pkt, &tail);

	return field != NULL && link_news(field);
}

/* Makes message m, which holds a request, the reply to it; false: silence. */
static bool
answer(const struct round *r, struct mmsghdr *m, struct wall now)
{
	struct msghdr *h = &m->msg_hdr;
	struct worker *w = r->w;
	struct udp_packet p;
	uint8_t reply[PACKET_MAX], word[LINK_FIELD];
	enum server_verdict v = SERVER_MALFORMED;
	size_t len = 0;

	udp_describe(&p, h, m->msg_len);
	p.to.port = w->port;
	struct server_request q = { .pkt = h->msg_iov->iov_base,
		.len = p.len,
		.from = p.from,
		.to = p.to,
		.came = clock_raw_of(p.stamp, r->raw, r->real) };

	/* Our clock when it came. */
	q.t2 = clock_wall(&r->told.line, q.came, p.stamp);
	add_word(r, &q, &now, word);
	/* What was cut is longer than any request that we know. */
	if (!p.cut)
		v = server_reply(w->server, &r->told.time, &q, now, reply,
		    &len);
	atomic_fetch_add_explicit(&w->verdict[v], 1, memory_order_relaxed);
	if (v == SERVER_PEER)
		post(w, &q);
	if (v == SERVER_SIBLING && w->bell != NULL && has_news(&q)) {
		atomic_store(&w->bell->news, true);
		ring(w->bell);
	}
	if (v != SERVER_ANSWERED && v != SERVER_SIBLING)
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
    const struct worker_board *board, struct worker_bell *bell)
{
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof(ss);

	memset(w, 0, sizeof(*w));
	w->fd = fd;
	w->wake = -1;
	w->server = server;
	w->board = board;
	w->bell = bell;
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
