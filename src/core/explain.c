/* SPDX-License-Identifier: ISC */
#include "core/explain_parts.h"

#include <math.h>
#include <string.h>

#define FLOOD_MIN 500 /* packets */
#define FLOOD_RATE 20 /* of them a second, over all its time */
#define FLOOD_RATE_NAT 200
#define FLOODED_MIN 1000 /* strangers */
#define FLOODED_RATE 100
#define SPOOFED_MIN 3	   /* answers whose stamps answer nothing */
#define SPOOFED_MIN_LOG 30 /* where only ports are known */
#define SPOOFED_RATE_LOG 0.125
#define CONTROL_MIN 16
#define SCAN_MIN 16	   /* addresses inside */
#define SCAN_MIN_INSIDE 64 /* outside: pools are large */
#define SCAN_EACH 3
#define HAMMER_GAP 4.0 /* s */
#define RUN_MIN 4      /* iburst and ntpdate: 4 to 8 */
#define RUN_MAX 20
#define NAT_VOICES 3
#define NAT_TOGETHER 3

double
explain_span(const struct talk_host *h)
{
	return (double)(h->last - h->first) * 1e-9;
}

/* Of what was over within a second, as if it had lasted one. */
static double
rate_of(const struct talk_host *h, uint32_t packets)
{
	return h->timed ? packets / fmax(explain_span(h), 1) : 0;
}

uint32_t
explain_questions(const struct talk_way *w)
{
	uint64_t n = (uint64_t)w->asked + w->control;

	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

uint32_t
explain_unseen(const struct talk_way *w)
{
	uint64_t n = (uint64_t)w->unasked + w->early;

	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

double
explain_rate(const struct talk_host *h)
{
	return rate_of(h, explain_questions(&h->out));
}

/* ---- the rules ---- */

static bool
several_clients(const struct talk_host *h)
{
	return h->voices >= NAT_VOICES || h->together >= NAT_TOGETHER;
}

static bool
is_reflector(const struct talks *t, const struct talk_host *h)
{
	(void)t;
	return h->amplified_to > 0;
}

static bool
is_victim(const struct talks *t, const struct talk_host *h)
{
	(void)t;
	return h->amplified_from > 0;
}

static bool
is_flood(const struct talks *t, const struct talk_host *h)
{
	double limit = h->voices >= NAT_VOICES ? FLOOD_RATE_NAT : FLOOD_RATE;
	uint32_t asked = explain_questions(&h->out), unasked = h->out.unasked;

	(void)t;
	return (asked >= FLOOD_MIN && rate_of(h, asked) >= limit) ||
	    (unasked >= FLOOD_MIN && rate_of(h, unasked) >= FLOOD_RATE);
}

/* Many strangers that are one machine: hop limit and version are alike. */
static bool
is_flooded(const struct talks *t, const struct talk_host *h)
{
	(void)t;
	return h->strangers >= FLOODED_MIN &&
	    h->strangers_once >= h->strangers / 10 * 9 && h->voices_in == 1 &&
	    rate_of(h, explain_questions(&h->in)) >= FLOODED_RATE;
}

static bool
is_spoofed(const struct talks *t, const struct talk_host *h)
{
	uint32_t n = h->out.unasked;

	if (h->inside || n < SPOOFED_MIN || n < h->out.answered / 10)
		return false;
	if (t->stamped && t->questions_out > 0)
		return true;
	/* Answers alone: their number and rate, for each who gets them. */
	return n / SPOOFED_MIN_LOG >= h->unasked_peers &&
	    rate_of(h, n) >= SPOOFED_RATE_LOG * h->unasked_peers;
}

static bool
is_attempt(const struct talks *t, const struct talk_host *h)
{
	(void)t;
	return !h->inside && h->out.control >= CONTROL_MIN &&
	    h->asked_peers < SCAN_MIN && h->in.replies < h->out.control;
}

static bool
is_scan(const struct talks *t, const struct talk_host *h)
{
	uint32_t peers = h->asked_peers, sent = explain_questions(&h->out);

	(void)t;
	if (!h->inside && h->unasked_peers >= SCAN_MIN &&
	    h->out.unasked <= SCAN_EACH * h->unasked_peers && h->clients == 0)
		return true;
	if (sent > SCAN_EACH * peers)
		return false;
	if (!h->inside)
		return peers >= SCAN_MIN;
	return peers >= SCAN_MIN_INSIDE && h->answerers < peers / 5 &&
	    rate_of(h, peers) >= 1;
}

static bool
is_hammer(const struct talks *t, const struct talk_host *h)
{
	(void)t;
	return !several_clients(h) &&
	    ((h->gap > 0 && h->gap < HAMMER_GAP) || h->run_max > RUN_MAX);
}

static bool
is_control(const struct talks *t, const struct talk_host *h)
{
	(void)t;
	return h->out.control > 0;
}

static bool
is_nat(const struct talks *t, const struct talk_host *h)
{
	(void)t;
	return several_clients(h);
}

static bool
is_burst(const struct talks *t, const struct talk_host *h)
{
	(void)t;
	return h->run_max >= RUN_MIN && h->symmetric == 0;
}

static bool
is_likely(const struct talks *t, const struct talk_host *h)
{
	(void)t;
	return !h->inside && h->clients_inside == 0 &&
	    explain_unseen(&h->out) + h->out.answered > 0;
}

static bool
is_answers(const struct talks *t, const struct talk_host *h)
{
	(void)t;
	return !h->inside && h->clients_inside > 0;
}

static bool
is_peer(const struct talks *t, const struct talk_host *h)
{
	(void)t;
	return h->symmetric > 0;
}

static bool
is_server(const struct talks *t, const struct talk_host *h)
{
	(void)t;
	return h->clients > 0 || h->out.answered + h->out.replies > 0;
}

static bool
is_broadcast(const struct talks *t, const struct talk_host *h)
{
	(void)t;
	return h->broadcast > 0;
}

static bool
is_client(const struct talks *t, const struct talk_host *h)
{
	(void)t;
	return h->out.asked > 0;
}

static bool
is_target(const struct talks *t, const struct talk_host *h)
{
	(void)t;
	return h->peak == 0 &&
	    h->out.asked + h->out.answered + explain_unseen(&h->out) == 0;
}

static bool
is_any(const struct talks *t, const struct talk_host *h)
{
	(void)t;
	(void)h;
	return true;
}

static const struct {
	const char *name, *title;
	bool (*holds)(const struct talks *t, const struct talk_host *h);
	bool attack;
	enum explain_to outside, inside; /* whom to write to */
} rules[EXPLAIN_KINDS] = {
	[EXPLAIN_REFLECTOR] = { "reflector", "amplification attack: reflector",
	    is_reflector, true, EXPLAIN_OPERATOR, EXPLAIN_OWNER },
	[EXPLAIN_VICTIM] = { "victim", "amplification attack: victim",
	    is_victim, true, EXPLAIN_NOBODY, EXPLAIN_PROVIDER },
	[EXPLAIN_FLOOD] = { "flood", "flood", is_flood, true, EXPLAIN_OPERATOR,
	    EXPLAIN_OWNER },
	[EXPLAIN_FLOODED] = { "flooded", "flooded by forged addresses",
	    is_flooded, true, EXPLAIN_PROVIDER, EXPLAIN_PROVIDER },
	[EXPLAIN_SPOOFED] = { "spoofed", "spoofed answers", is_spoofed, true,
	    EXPLAIN_NOBODY, EXPLAIN_NOBODY },
	[EXPLAIN_ATTEMPT] = { "attempt", "attempted amplification", is_attempt,
	    true, EXPLAIN_NOBODY, EXPLAIN_OWNER },
	[EXPLAIN_SCAN] = { "scan", "scan", is_scan, true, EXPLAIN_NOBODY,
	    EXPLAIN_OWNER },
	[EXPLAIN_HAMMER] = { "hammer", "client that asks too often", is_hammer,
	    false, EXPLAIN_OPERATOR, EXPLAIN_OWNER },
	[EXPLAIN_CONTROL] = { "control", "question for a daemon's state",
	    is_control, false, EXPLAIN_NOBODY, EXPLAIN_NOBODY },
	[EXPLAIN_NAT] = { "nat", "several clients behind one address (NAT)",
	    is_nat, false, EXPLAIN_NOBODY, EXPLAIN_NOBODY },
	[EXPLAIN_BURST] = { "burst", "client that starts (a burst)", is_burst,
	    false, EXPLAIN_NOBODY, EXPLAIN_NOBODY },
	[EXPLAIN_LIKELY] = { "likely-answers",
	    "most likely answers to our own questions", is_likely, false,
	    EXPLAIN_NOBODY, EXPLAIN_NOBODY },
	[EXPLAIN_ANSWERS] = { "answers", "answers to our own questions",
	    is_answers, false, EXPLAIN_NOBODY, EXPLAIN_NOBODY },
	[EXPLAIN_PEER] = { "peer", "symmetric peer", is_peer, false,
	    EXPLAIN_NOBODY, EXPLAIN_NOBODY },
	[EXPLAIN_SERVER] = { "server", "server", is_server, false,
	    EXPLAIN_NOBODY, EXPLAIN_NOBODY },
	[EXPLAIN_BROADCAST] = { "broadcast", "broadcast server", is_broadcast,
	    false, EXPLAIN_NOBODY, EXPLAIN_NOBODY },
	[EXPLAIN_CLIENT] = { "client", "client", is_client, false,
	    EXPLAIN_NOBODY, EXPLAIN_NOBODY },
	[EXPLAIN_TARGET] = { "target", "says nothing", is_target, false,
	    EXPLAIN_NOBODY, EXPLAIN_NOBODY },
	[EXPLAIN_UNCLEAR] = { "unclear", "unclear", is_any, false,
	    EXPLAIN_NOBODY, EXPLAIN_NOBODY },
};

enum explain_kind
explain_judge(const struct talks *t, const struct talk_host *h)
{
	int k = 0;

	while (!rules[k].holds(t, h))
		k++;
	return (enum explain_kind)k;
}

bool
explain_is_attack(enum explain_kind k)
{
	return rules[k].attack;
}

const char *
explain_kind_name(enum explain_kind k)
{
	return rules[k].name;
}

const char *
explain_kind_title(enum explain_kind k)
{
	return rules[k].title;
}

enum explain_to
explain_whom(enum explain_kind k, const struct talk_host *h)
{
	return h->inside ? rules[k].inside : rules[k].outside;
}

const char *
explain_to_name(enum explain_to to)
{
	static const char *const name[] = { "nobody", "owner", "operator",
		"provider" };

	return name[to];
}

/* ---- the order ---- */

struct rank {
	enum explain_kind kind;
	uint32_t packets;
	const uint8_t *ip;
};

static struct rank
rank_of(const struct talks *t, uint32_t i)
{
	const struct talk_host *h = &t->host[i];

	return (struct rank){ (enum explain_kind)h->kind, h->packets, h->ip };
}

static bool
comes_before(const struct rank *a, const struct rank *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind;
	if (a->packets != b->packets)
		return a->packets > b->packets;
	return memcmp(a->ip, b->ip, 16) < 0;
}

/* A heap whose root comes last: no recursion, no memory. */
static void
sink(const struct talks *t, uint32_t *order, unsigned at, unsigned n)
{
	const uint32_t moved = order[at];
	const struct rank mine = rank_of(t, moved);

	for (unsigned child; (child = 2 * at + 1) < n; at = child) {
		struct rank one = rank_of(t, order[child]);

		if (child + 1 < n) {
			struct rank two = rank_of(t, order[child + 1]);

			if (comes_before(&one, &two)) {
				one = two;
				child++;
			}
		}
		if (!comes_before(&mine, &one))
			break;
		order[at] = order[child];
	}
	order[at] = moved;
}

unsigned
explain_order(const struct talks *t, uint32_t *order)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < TALK_HOSTS; i++)
		if (t->host[i].packets != 0)
			order[n++] = i;
	for (unsigned i = n / 2; i-- > 0;)
		sink(t, order, i, n);
	for (unsigned left = n; left > 1; left--) {
		uint32_t last = order[0];

		order[0] = order[left - 1];
		order[left - 1] = last;
		sink(t, order, 0, left - 1);
	}
	return n;
}

void
explain_all(struct talks *t)
{
	for (uint32_t i = 0; i < TALK_HOSTS; i++)
		if (t->host[i].packets != 0)
			t->host[i].kind =
			    (uint8_t)explain_judge(t, &t->host[i]);
}
