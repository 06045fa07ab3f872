/* SPDX-License-Identifier: ISC */
#include "sys/worker_mail.h"

#include <string.h>
#include <unistd.h>

void
worker_ring(struct worker_bell *b)
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

/* Who replays a good packet could send any number. */
bool
worker_seldom(int64_t *second, unsigned *in_second, unsigned most,
    struct mono at)
{
	int64_t now = at.ns / 1000000000;

	if (now != *second) {
		*second = now;
		*in_second = 0;
	}
	return (*in_second)++ < most;
}

bool
worker_post(struct worker_mail *m, const struct server_request *q,
    size_t longest, unsigned a_second)
{
	unsigned put = atomic_load_explicit(&m->put, memory_order_relaxed);
	struct worker_letter *l = &m->letter[put % WORKER_MAIL];

	if (q->len > longest || q->len > sizeof(l->pkt) ||
	    !worker_seldom(&m->second, &m->in_second, a_second, q->came) ||
	    put - atomic_load(&m->taken) == WORKER_MAIL)
		return false;
	l->from = q->from;
	l->to = q->to;
	l->at = q->came;
	l->came = q->t2;
	l->len = q->len;
	memcpy(l->pkt, q->pkt, q->len);
	atomic_store(&m->put, put + 1);
	return true;
}

bool
worker_take(struct worker_mail *m, struct worker_letter *out)
{
	unsigned taken = atomic_load_explicit(&m->taken, memory_order_relaxed);

	if (atomic_load(&m->put) == taken)
		return false;
	*out = m->letter[taken % WORKER_MAIL];
	atomic_store(&m->taken, taken + 1);
	return true;
}
