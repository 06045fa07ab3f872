/* SPDX-License-Identifier: ISC */
#include "sys/worker.h"

#include "core/relaxed.h"
#include "sys/udp.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define BATCH 32

/* A reply waits until those before it in its batch are gone, and for its own
 * way through the kernel: that is put into its transmit stamp.  What took
 * longer than LEAD_MAX was an interruption, and says nothing of the next. */
#define LEAD_MAX 20000 /* ns, for one reply */
#define LEAD_MEAN 16   /* batches */
#define TURN 16	       /* batches */

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

/* -------------------------------------------------------------- a batch */

struct batch {
	struct mmsghdr msg[BATCH];
	struct iovec iov[BATCH];
	struct sockaddr_storage from[BATCH];
	union udp_control control[BATCH];
	uint8_t pkt[BATCH][PACKET_MAX];
};

/* Ready for the next n datagrams. */
static void
batch_clear(struct batch *b, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		b->iov[i] = (struct iovec){ b->pkt[i], PACKET_MAX };
		b->msg[i].msg_hdr = (struct msghdr){ .msg_name = &b->from[i],
			.msg_namelen = sizeof(b->from[i]),
			.msg_iov = &b->iov[i],
			.msg_iovlen = 1,
			.msg_control = &b->control[i],
			.msg_controllen = sizeof(b->control[i]) };
	}
}

/* A request, and what it came with. */
struct item {
	struct server_request request;
	uint64_t hash; /* its client's, in the table */
	bool cut;
};

/* What all requests of a batch have in common. */
struct round {
	struct worker *w;
	const struct worker_socket *socket;
	struct worker_told told;
	struct mono raw; /* read together, after the batch came */
	struct wall real;
};

/* A question as long as the sibling's gets the word, and the instant at which
 * the answer leaves, now, by both clocks. */
static void
add_word(const struct round *r, struct server_request *q, struct wall *now,
    uint8_t word[LINK_FIELD])
{
	struct wall real, at;

	if (q->len < PACKET_SIZE + LINK_FIELD || !r->w->server->sibling.on ||
	    !board_read(&r->w->board->word, word, LINK_FIELD))
		return;
	q->word = word;
	clock_pair(&q->left, &real);
	at = clock_wall(&r->told.line, q->left, real);
	if (now->ns < at.ns) /* it cannot leave before now */
		*now = at;
	q->left.ns += now->ns - at.ns;
}

/* A sibling that was answered: does it want to be asked in return? */
static bool
has_news(const struct server_request *q)
{
	const struct packet_tail tail = packet_tail_read(q->pkt, q->len);
	const uint8_t *field = link_find(q->pkt, &tail);

	return field != NULL && link_news(field);
}

static void
describe(const struct round *r, struct mmsghdr *m, struct item *i)
{
	struct server_request *q = &i->request;
	struct udp_packet p;

	udp_describe(&p, &m->msg_hdr, m->msg_len);
	if (p.to.family == ADDR_NONE)
		p.to = r->socket->at;
	p.to.port = r->socket->at.port;
	*q = (struct server_request){ .pkt = m->msg_hdr.msg_iov->iov_base,
		.len = p.len,
		.from = p.from,
		.to = p.to,
		.came = clock_raw_of(p.stamp, r->raw, r->real) };
	/* Our clock when it came. */
	q->t2 = clock_wall(&r->told.line, q->came, p.stamp);
	i->cut = p.cut;
	if (r->w->clients != NULL)
		i->hash = clients_hash_of(r->w->clients, &q->from);
}

static void
fetch_clients(const struct clients *c, const struct item *item, unsigned n)
{
	if (c == NULL)
		return;
	for (unsigned i = 0; i < n; i++)
		clients_prefetch(c, item[i].hash);
	for (unsigned i = 0; i < n; i++)
		clients_prefetch_entry(c, item[i].hash);
}

/* What the table says of it; neither the sibling nor we are clients, nor is
 * who looks at us. */
static enum clients_verdict
hear(const struct round *r, const struct item *i, enum server_verdict v)
{
	const struct server_request *q = &i->request;
	struct worker *w = r->w;
	enum clients_verdict got;

	if (w->clients == NULL || v == SERVER_OURSELVES ||
	    v == SERVER_SIBLING || v == SERVER_PEER || v == SERVER_CONTROL)
		return CLIENTS_ANSWER;
	got = clients_hear(w->clients, w->limiter,
	    &(struct clients_request){ .from = &q->from,
		.hash = i->hash,
		.now = q->came,
		.arrival = q->t2,
		.pkt = q->pkt,
		.len = q->len,
		.denied = v == SERVER_DENIED,
		.bad = v != SERVER_ANSWERED && v != SERVER_DENIED,
		.redirected = r->socket->redirected });
	if (v == SERVER_ANSWERED && got != CLIENTS_ANSWER)
		BUMP(w->limited, 1);
	if (v == SERVER_ANSWERED && got == CLIENTS_KISS)
		BUMP(w->kissed, 1);
	return got;
}

/* For the engine, from the sibling. */
static void
tell_news(struct worker *w, const struct server_request *q)
{
	/* News that the engine has not yet looked at are news enough. */
	if (w->bell != NULL && !atomic_load(&w->bell->news) && has_news(q) &&
	    worker_seldom(&w->news_second, &w->news_in_second, WORKER_NEWS_S,
		q->came)) {
		atomic_store(&w->bell->news, true);
		worker_ring(w->bell);
	}
}

/* What the engine is to know of it.  The answer to what the firewall brought
 * here would have to leave by that socket: nobody asks for more than time
 * there. */
static void
tell_engine(const struct round *r, const struct server_request *q,
    enum server_verdict v)
{
	struct worker *w = r->w;

	if (v == SERVER_SIBLING)
		tell_news(w, q);
	if ((v == SERVER_PEER &&
		worker_post(&w->mail, q, WORKER_PEER_MAX, WORKER_MAIL_S)) ||
	    (v == SERVER_CONTROL && !r->socket->redirected &&
		worker_post(&w->control, q, CTL_REQUEST_MAX, WORKER_CONTROL_S)))
		worker_ring(w->bell);
}

static void
count_in(struct worker *w, const struct server_request *q)
{
	BUMP(w->octets_in, q->len);
	if (q->len > 0)
		BUMP(w->mode_in[packet_mode(q->pkt)], 1);
}

static void
count_out(struct worker *w, const uint8_t *reply, size_t len)
{
	BUMP(w->octets_out, len);
	BUMP(w->mode_out[packet_mode(reply)], 1);
}

/* Makes message m, which holds a request, the reply to it; false: silence. */
static bool
answer(const struct round *r, struct item *i, struct mmsghdr *m,
    struct wall now)
{
	struct msghdr *h = &m->msg_hdr;
	struct server_request *q = &i->request;
	struct worker *w = r->w;
	uint8_t reply[PACKET_MAX], word[LINK_FIELD];
	enum server_verdict v = SERVER_MALFORMED;
	enum clients_verdict c;
	size_t len = 0;

	count_in(w, q);
	add_word(r, q, &now, word);
	/* What was cut is longer than any request that we know. */
	if (!i->cut)
		v = server_reply(w->server, &r->told.time, q, now, reply, &len);
	BUMP(w->verdict[v], 1);
	c = hear(r, i, v);
	tell_engine(r, q, v);
	if ((v != SERVER_ANSWERED && v != SERVER_SIBLING) ||
	    c == CLIENTS_SILENCE)
		return false;
	if (c == CLIENTS_KISS)
		len = server_kiss(w->server, q,
		    limiter_find(w->limiter, &q->from)->interval_s, reply);
	count_out(w, reply, len);
	memcpy(h->msg_iov->iov_base, reply, len);
	h->msg_iov->iov_len = len;
	/* Who is bound to an address speaks from no other. */
	if (addr_is_any(&r->socket->at)) {
		udp_source(h, h->msg_control, &q->to);
	} else {
		h->msg_control = NULL;
		h->msg_controllen = 0;
	}
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

/* When the reply after so many others will be on its way: half of its own
 * share later than they, as a stamp may rather be early than late. */
static struct wall
leaves(const struct worker *w, struct wall now, unsigned before)
{
	now.ns += w->lead_ns * (2 * (int64_t)before + 1) / 2;
	return now;
}

static void
learn_lead(struct worker *w, struct wall begin, struct wall end, unsigned n)
{
	int64_t each = n > 0 ? (end.ns - begin.ns) / n : -1;

	if (each >= 0 && each <= LEAD_MAX)
		w->lead_ns += (each - w->lead_ns) / LEAD_MEAN;
}

/* What is there at one socket, at most a batch: so many. */
static unsigned
serve(struct worker *w, const struct worker_socket *socket, struct batch *b)
{
	struct item item[BATCH];
	struct mmsghdr out[BATCH];
	struct round r = { .w = w, .socket = socket };
	int got = recvmmsg(socket->fd, b->msg, BATCH, MSG_DONTWAIT, NULL);
	unsigned n = got > 0 ? (unsigned)got : 0, replies = 0;

	if (n == 0)
		return 0;
	worker_read(w->board, &r.told);
	clock_pair(&r.raw, &r.real);
	for (unsigned i = 0; i < n; i++)
		describe(&r, &b->msg[i], &item[i]);
	fetch_clients(w->clients, item, n);
	struct wall now = clock_read(&r.told.line);

	for (unsigned i = 0; i < n; i++)
		if (answer(&r, &item[i], &b->msg[i], leaves(w, now, replies)))
			out[replies++] = b->msg[i];
	send_all(socket->fd, out, replies);
	learn_lead(w, now, clock_read(&r.told.line), replies);
	batch_clear(b, n);
	return n;
}

void
worker_serve(struct worker *w)
{
	struct batch b;

	batch_clear(&b, BATCH);
	for (unsigned i = 0; i < w->sockets; i++)
		serve(w, &w->socket[i], &b);
}

/* ------------------------------------------------------------- a thread */

void
worker_init(struct worker *w, const struct server *server,
    const struct worker_board *board, struct worker_bell *bell)
{
	memset(w, 0, sizeof(*w));
	w->wake = -1;
	w->server = server;
	w->board = board;
	w->bell = bell;
}

void
worker_add(struct worker *w, int fd, bool redirected)
{
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof(ss);
	struct worker_socket *s = &w->socket[w->sockets++];

	assert(w->sockets <= WORKER_SOCKETS);
	*s = (struct worker_socket){ .fd = fd, .redirected = redirected };
	if (getsockname(fd, (struct sockaddr *)&ss, &len) == 0)
		s->at = udp_addr((struct sockaddr *)&ss);
}

/* While a socket is busy, its turn is some batches long, without asking first
 * whether there is something. */
static void
serve_turn(struct worker *w, const struct worker_socket *s, struct batch *b)
{
	for (int i = 0; i < TURN; i++)
		if (serve(w, s, b) < BATCH)
			return;
}

static void *
run(void *arg)
{
	struct worker *w = arg;
	struct pollfd fd[WORKER_SOCKETS + 1];
	struct batch b;

	for (unsigned i = 0; i < w->sockets; i++)
		fd[i] = (struct pollfd){ w->socket[i].fd, POLLIN, 0 };
	fd[w->sockets] = (struct pollfd){ w->wake, POLLIN, 0 };
	batch_clear(&b, BATCH);
	while (!atomic_load(&w->stop)) {
		if (poll(fd, w->sockets + 1, -1) < 0 && errno != EINTR)
			break;
		for (unsigned i = 0; i < w->sockets; i++)
			if (fd[i].revents != 0)
				serve_turn(w, &w->socket[i], &b);
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
