/* SPDX-License-Identifier: ISC */
#include "base/wire.h"
#include "view/mode6_parts.h"

#include <math.h>
#include <string.h>

#define DATA_MAX (MODE6_FRAGMENTS * CTL_DATA)

/* An answer in the making. */
struct answer {
	struct ctl head; /* of the request, then of the answer */
	unsigned error;	 /* enum ctl_error; 0: none */
	bool silent;	 /* nothing is to be said */
	bool proven;	 /* who asks has shown that it hears us */
	size_t len;
	char data[DATA_MAX + 1];
};

void
mode6_init(struct mode6 *m, const uint8_t secret[MODE6_SECRET], struct mono now)
{
	memcpy(m->secret, secret, MODE6_SECRET);
	m->plain = (struct mode6_purse){ MODE6_PLAIN, now };
	m->proven = (struct mode6_purse){ MODE6_PROVEN, now };
}

/* ---- what may be sent ---- */

static void
refill(struct mode6_purse *p, double a_second, double most, struct mono now)
{
	p->octets += a_second * fmax(0, mono_sub(now, p->at));
	p->octets = fmin(p->octets, most);
	p->at = now;
}

/* Octets of all datagrams that so many octets of data make. */
static size_t
weight(size_t len)
{
	size_t datagrams = len == 0 ? 1 : (len + CTL_DATA - 1) / CTL_DATA;

	return datagrams * CTL_HEADER + ((len + 3) & ~(size_t)3);
}

/* Octets of data that the purse has room for. */
static size_t
room(const struct mode6_purse *p)
{
	double datagrams = floor(p->octets / CTL_MAX);

	return CTL_DATA * (size_t)fmin(datagrams, MODE6_FRAGMENTS);
}

/* ---- answers ---- */

static struct mode6_items
items_of(const struct mode6_request *q, const struct ctl *head)
{
	return (struct mode6_items){ .at = (const char *)q->pkt + CTL_HEADER,
		.left = head->count };
}

/* The number and state of each association; or, of one, its state alone. */
static void
read_status(const struct mode6_world *w, struct answer *a)
{
	struct wire_out o = { (uint8_t *)a->data, DATA_MAX, false };

	if (a->head.association != 0)
		return;
	for (uint16_t i = 1; i <= MODE6_SIBLING; i++)
		if (mode6_is_association(w->s, i)) {
			wire_put_u16(&o, i);
			wire_put_u16(&o, mode6_peer_status(w->s, i));
		}
	a->len = DATA_MAX - o.left;
}

static void
read_variables(const struct mode6_world *w, const struct mode6_request *q,
    struct answer *a)
{
	struct mode6_items items = items_of(q, &a->head);
	struct text t = { a->data, MODE6_PLAIN_DATA + 1, 0 };

	a->error = mode6_variables(w, a->head.association, &items, &t);
	if (a->error == 0 && text_cut(&t)) /* the same name, many times */
		a->error = CTL_BAD_VALUE;
	a->len = strlen(a->data);
}

static void
give_nonce(const struct mode6 *m, const struct mode6_request *q,
    struct answer *a)
{
	struct text t = { a->data, sizeof(a->data), 0 };
	struct mode6_list l = { &t, 0 };

	mode6_put_nonce(m, q, &l);
	text_add(&t, "\r\n");
	a->len = strlen(a->data);
}

static void
read_mru(const struct mode6 *m, const struct mode6_world *w,
    const struct mode6_request *q, struct answer *a)
{
	static const unsigned error[] = { [MODE6_MRU_FORMAT] = CTL_BAD_FORMAT,
		[MODE6_MRU_VALUE] = CTL_BAD_VALUE,
		[MODE6_MRU_LOST] = CTL_UNKNOWN_VARIABLE };
	struct text t = { a->data, sizeof(a->data), 0 };
	size_t most = room(&m->proven);
	enum mode6_mru got = MODE6_MRU_SILENT;

	if (most > 0)
		got = mode6_mru(m, w, q, most, &t);
	a->silent = got == MODE6_MRU_SILENT;
	a->proven = true;
	if (got != MODE6_MRU_TOLD)
		a->error = error[got];
	a->len = strlen(a->data);
}

/* What we never do, and what there is not. */
static unsigned
refusal(uint8_t op)
{
	switch (op) {
	case CTL_WRITEVAR:
	case CTL_WRITECLOCK:
	case CTL_SETTRAP:
	case CTL_UNSETTRAP:
	case CTL_CONFIGURE:
	case CTL_SAVECONFIG:
	case CTL_READ_LIST:
		return CTL_PROHIBITED;
	case CTL_READCLOCK: /* of no association of ours */
		return CTL_BAD_ASSOCIATION;
	default:
		return CTL_BAD_OP;
	}
}

static void
compose(const struct mode6 *m, const struct mode6_world *w,
    const struct mode6_request *q, struct answer *a)
{
	uint16_t n = a->head.association;

	if (n != 0 && !mode6_is_association(w->s, n))
		a->error = CTL_BAD_ASSOCIATION;
	else if (a->head.op == CTL_READSTAT)
		read_status(w, a);
	else if (a->head.op == CTL_READVAR)
		read_variables(w, q, a);
	else if (a->head.op == CTL_READ_MRU)
		read_mru(m, w, q, a);
	else if (a->head.op == CTL_REQ_NONCE)
		give_nonce(m, q, a);
	else
		a->error = refusal(a->head.op);
}

/* The request's header becomes the answer's. */
static void
head_of_answer(const struct mode6_world *w, struct answer *a)
{
	struct ctl *h = &a->head;

	h->leap = w->s->serving.leap;
	h->response = true;
	h->error = a->error != 0;
	if (h->error) {
		a->len = 0;
		h->status = (uint16_t)(a->error << 8);
	} else if (h->association == 0) {
		h->status = mode6_system_status(w->s);
	} else {
		h->status = mode6_peer_status(w->s, h->association);
	}
}

static void
send_fragments(struct answer *a, mode6_fn *send, void *ctx)
{
	uint8_t pkt[CTL_MAX];
	size_t at = 0;

	do {
		size_t n = a->len - at < CTL_DATA ? a->len - at : CTL_DATA;

		memset(pkt, 0, sizeof(pkt));
		a->head.offset = (uint16_t)at;
		a->head.count = (uint16_t)n;
		a->head.more = at + n < a->len;
		ctl_write(&a->head, pkt);
		memcpy(pkt + CTL_HEADER, a->data + at, n);
		send(ctx, pkt, CTL_HEADER + ((n + 3) & ~(size_t)3));
		at += n;
	} while (at < a->len);
}

void
mode6_answer(struct mode6 *m, const struct mode6_world *w,
    const struct mode6_request *q, mode6_fn *send, void *ctx)
{
	struct answer a = { .error = 0 };
	struct mode6_purse *purse;

	if (!ctl_is_request(q->pkt, q->len))
		return;
	ctl_read(&a.head, q->pkt, q->len);
	refill(&m->plain, MODE6_PLAIN_S, MODE6_PLAIN, q->at);
	refill(&m->proven, MODE6_PROVEN_S, MODE6_PROVEN, q->at);
	compose(m, w, q, &a);
	head_of_answer(w, &a);
	purse = a.proven ? &m->proven : &m->plain;
	if (a.silent || (double)weight(a.len) > purse->octets)
		return;
	purse->octets -= (double)weight(a.len);
	send_fragments(&a, send, ctx);
}
