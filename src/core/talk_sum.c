/* SPDX-License-Identifier: ISC */
/*
 * talk_sum.c - what all pairs of an address say together.
 */
#include "core/talk.h"

#include <string.h>

#define ONCE_MAX 3
#define BUSY_MIN 60	  /* questions before a rate is one */
#define AMPLIFIED_MIN 64  /* large answers: no operator's question has them */
#define AMPLIFIED_SHARE 8 /* of one among many that send to a victim */
#define AMPLIFIED_RATIO 5
#define AMPLIFIED_RATE 1.0 /* of them a second */

static double
seconds(int64_t from, int64_t to)
{
	return (double)(to - from) * 1e-9;
}

/* Does w carry much that back did not ask for, and quickly? */
static bool
amplified(const struct talk_way *w, const struct talk_way *back)
{
	double s = seconds(w->first, w->last);

	return w->large >= AMPLIFIED_MIN && w->large >= AMPLIFIED_RATE * s &&
	    w->octets >= AMPLIFIED_RATIO * back->octets;
}

/* Many may send a little each. */
static bool
is_victim(const struct talk_host *h)
{
	double s = seconds(h->first, h->last);

	return h->in.large >= AMPLIFIED_MIN && h->in.large >= s &&
	    h->in.octets >= AMPLIFIED_RATIO * h->out.octets;
}

static void
sum_amplified(struct talk_host *from, struct talk_host *to,
    const struct talk_way *w, const struct talk_way *back)
{
	const bool share = w->large >= AMPLIFIED_SHARE && is_victim(to);

	if ((from->inside && to->inside) || (!share && !amplified(w, back)))
		return;
	if (from->amplified_to++ == 0 || w->octets > from->amplified_octets)
		memcpy(from->amplified_ip, to->ip, 16);
	if (to->amplified_from++ == 0 || w->octets > to->amplified_octets)
		memcpy(to->amplified_ip, from->ip, 16);
	from->amplified_octets += w->octets;
	from->amplified_asked += back->octets;
	to->amplified_octets += w->octets;
	to->amplified_asked += back->octets;
}

/* What from asked to. */
static void
sum_asked(struct talk_host *from, struct talk_host *to,
    const struct talk_way *w, const struct talk_way *back)
{
	uint32_t asked = w->asked + w->control;

	if (asked == 0)
		return;
	from->once += asked <= ONCE_MAX;
	from->answerers += back->answered + back->replies > 0;
	if (w->run_max > from->run_max)
		from->run_max = w->run_max;
	from->together += w->together;
	if (!from->inside) {
		to->strangers++;
		to->strangers_once += asked == 1;
	}
	if (w->asked < BUSY_MIN)
		return;

	double gap = seconds(w->ask_first, w->ask_last) / (w->asked - 1);

	if (from->gap == 0 || gap < from->gap) {
		from->gap = gap;
		memcpy(from->gap_ip, to->ip, 16);
	}
}

static bool
is_better_proof(const struct talk_proof *old, bool old_inside,
    const struct talk_pair *p, bool inside)
{
	if (!old->known || old_inside != inside)
		return !old->known || inside;
	return p->asked_at < old->asked_at;
}

/* What from answered to. */
static void
sum_answered(const struct talks *t, struct talk_host *from,
    const struct talk_host *to, const struct talk_pair *p, unsigned way)
{
	struct talk_proof *proof = &from->proof;
	struct addr old = talk_addr(proof->ip);

	if (p->way[way].unasked > 0 && p->way[!way].asked > 0)
		from->unasked_known += p->way[way].unasked;
	if (p->way[way].answered == 0)
		return;
	from->clients++;
	from->clients_inside += to->inside;
	if (!p->waited || p->asker == way ||
	    !is_better_proof(proof, talks_is_inside(t, &old), p, to->inside))
		return;
	*proof = (struct talk_proof){ .known = true,
		.port = p->asker_port,
		.asked_at = p->asked_at,
		.wait = p->wait };
	memcpy(proof->ip, to->ip, 16);
}

static struct talk_host *
host_of(struct talks *t, const uint8_t ip[16])
{
	struct addr a = talk_addr(ip);

	return (struct talk_host *)talks_find(t, &a);
}

void
talks_sum(struct talks *t)
{
	for (size_t i = 0; i < TALK_PAIRS; i++) {
		const struct talk_pair *p = &t->pair[i];
		struct talk_host *h[2];

		if (p->packets == 0)
			continue;
		h[0] = host_of(t, p->ip[0]);
		h[1] = host_of(t, p->ip[1]);
		for (unsigned w = 0; w < 2; w++) {
			if (h[0] == NULL || h[1] == NULL)
				continue;
			sum_asked(h[w], h[!w], &p->way[w], &p->way[!w]);
			sum_answered(t, h[w], h[!w], p, w);
			sum_amplified(h[w], h[!w], &p->way[w], &p->way[!w]);
		}
	}
}
