/* SPDX-License-Identifier: ISC */
#include "view/roll.h"

#include <stdlib.h>
#include <string.h>

#define HOUR_S 3600.0
#define DAY_S 86400.0

void
roll_begin(struct roll *r, const struct roll_order *o, struct mono now)
{
	r->order = *o;
	if (r->order.limit > ROLL_MOST)
		r->order.limit = ROLL_MOST;
	r->now = now;
	r->at = 0;
	r->slot = 0;
	r->hosts = r->sick = r->rogues = r->wanted = 0;
	r->hour = r->day = r->month = 0;
	r->rows = 0;
}

/* Only what stands here can make a host sick: most have nothing of it. */
static bool
is_sick(const struct clients_view *v)
{
	struct diagnosis d;

	if (!v->suspected && (v->versions & 1 << 1) == 0)
		return false;
	diagnose(v, &d);
	return diagnose_sick(&d);
}

static double
key_of(const struct roll *r, const struct clients_view *v)
{
	if (r->order.sort == ROLL_BY_REQUESTS)
		return (double)v->requests;
	if (r->order.sort == ROLL_BY_LAST)
		return -v->last_s;
	return v->rate_per_s;
}

static void
swap(struct roll_row *a, struct roll_row *b)
{
	struct roll_row was = *a;

	*a = *b;
	*b = was;
}

/* The rows are a heap, the last of the order on top. */
static void
sift_up(struct roll *r, unsigned i)
{
	for (; i > 0 && r->row[i].key < r->row[(i - 1) / 2].key;
	     i = (i - 1) / 2)
		swap(&r->row[i], &r->row[(i - 1) / 2]);
}

static void
sift_down(struct roll *r)
{
	for (unsigned i = 0;;) {
		unsigned least = i;

		for (unsigned k = 2 * i + 1; k <= 2 * i + 2; k++)
			if (k < r->rows && r->row[k].key < r->row[least].key)
				least = k;
		if (least == i)
			return;
		swap(&r->row[i], &r->row[least]);
		i = least;
	}
}

static void
keep(struct roll *r, const struct clients_view *v)
{
	double key = key_of(r, v);

	if (r->rows < r->order.limit) {
		r->row[r->rows] = (struct roll_row){ key, *v };
		sift_up(r, r->rows++);
	} else if (r->rows > 0 && key > r->row[0].key) {
		r->row[0] = (struct roll_row){ key, *v };
		sift_down(r);
	}
}

static void
call(struct roll *r, const struct clients_view *v)
{
	bool sick = is_sick(v), rogue = v->redirected > 0;

	r->hosts++;
	r->sick += sick;
	r->rogues += rogue;
	if ((r->order.flagged && !sick) || (r->order.rogues && !rogue))
		return;
	r->wanted++;
	keep(r, v);
}

static int
compare(const void *a, const void *b)
{
	const struct roll_row *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? 1 : -1;
	return memcmp(x->view.addr.ip, y->view.addr.ip, 16);
}

static void
count(struct roll *r, const struct clients *c)
{
	r->hour += clients_unique(c, HOUR_S, r->now);
	r->day += clients_unique(c, DAY_S, r->now);
	r->month += clients_unique(c, 30 * DAY_S, r->now);
}

bool
roll_walk(struct roll *r, size_t places)
{
	struct clients_view v;

	for (; r->at < r->tables; r->at++, r->slot = 0) {
		const struct clients *c = r->table[r->at];
		size_t slots = clients_slots(c);

		if (r->slot == 0)
			count(r, c);
		for (; r->slot < slots; r->slot++) {
			if (places-- == 0)
				return true;
			if (clients_read(c, r->slot, r->now, &v))
				call(r, &v);
		}
	}
	qsort(r->row, r->rows, sizeof(r->row[0]), compare);
	return false;
}

bool
roll_find(const struct roll *r, const struct addr *a, struct mono now,
    struct clients_view *v)
{
	for (unsigned i = 0; i < r->tables; i++)
		if (clients_find(r->table[i], a, now, v))
			return true;
	return false;
}
