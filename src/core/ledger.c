/* SPDX-License-Identifier: ISC */
#include "core/ledger.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define SLOT_S 1800.0
#define DAY_S 86400.0

void
ledger_init(struct ledger *l, unsigned budget_day, double floor_s,
    struct mono now)
{
	*l = (struct ledger){ .budget_day = budget_day,
		.floor_s = floor_s,
		.slot_began = now };
	for (unsigned i = 0; i < LEDGER_SOURCES; i++)
		l->line[i].public = true;
}

void
ledger_limits(struct ledger *l, unsigned budget_day, double floor_s)
{
	l->budget_day = budget_day;
	l->floor_s = floor_s;
}

void
ledger_server(struct ledger *l, unsigned i, bool is_public)
{
	assert(i < LEDGER_SOURCES);
	l->line[i].public = is_public;
}

static bool
any_public(const struct ledger *l)
{
	for (unsigned i = 0; i < LEDGER_SOURCES; i++)
		if (l->line[i].public && l->line[i].spent)
			return true;
	return false;
}

/* Packets a day that may go to all: the configuration's word, but not above
 * the public limit once a stranger is among them. */
static unsigned
budget(const struct ledger *l, unsigned i)
{
	if ((l->line[i].public || any_public(l)) &&
	    l->budget_day > LEDGER_PUBLIC_DAY)
		return LEDGER_PUBLIC_DAY;
	return l->budget_day;
}

static double
floor_of(const struct ledger *l, unsigned i)
{
	if (l->line[i].public && l->floor_s < LEDGER_PUBLIC_FLOOR_S)
		return LEDGER_PUBLIC_FLOOR_S;
	return l->floor_s;
}

/* Whole slots that have gone by since the current one began. */
static unsigned
elapsed(const struct ledger *l, struct mono now)
{
	double n = floor(mono_sub(now, l->slot_began) / SLOT_S);

	if (!(n > 0))
		return 0;
	return n > LEDGER_SLOTS ? LEDGER_SLOTS : (unsigned)n;
}

/* Begins the slots that have come since. */
static void
turn(struct ledger *l, struct mono now)
{
	unsigned n = elapsed(l, now);

	for (unsigned k = 0; k < n; k++) {
		l->slot = (l->slot + 1) % LEDGER_SLOTS;
		l->sent[l->slot] = 0;
	}
	if (n == LEDGER_SLOTS)
		l->slot_began = now;
	else
		l->slot_began = mono_add(l->slot_began, n * SLOT_S);
}

/* The packets of the newest slots that are still inside the window. */
static unsigned
sum(const struct ledger *l, struct mono now, unsigned slots)
{
	unsigned gone = elapsed(l, now), n = 0;

	for (unsigned k = 0; k + gone < slots; k++)
		n += l->sent[(l->slot + LEDGER_SLOTS - k) % LEDGER_SLOTS];
	return n;
}

unsigned
ledger_hour(const struct ledger *l, struct mono now)
{
	return sum(l, now, 3);
}

unsigned
ledger_day(const struct ledger *l, struct mono now)
{
	return sum(l, now, LEDGER_SLOTS);
}

/* What is left is made to last: the second half of the budget goes evenly. */
static struct mono
paced(const struct ledger *l, unsigned i, struct mono when)
{
	unsigned most = budget(l, i);
	struct mono next;

	if (l->total == 0 || most == 0 || 2 * ledger_day(l, when) < most)
		return when;
	next = mono_add(l->last, DAY_S / most);
	return next.ns > when.ns ? next : when;
}

struct mono
ledger_when(const struct ledger *l, unsigned i, struct mono now)
{
	const struct ledger_line *line = &l->line[i];
	struct mono when = now;

	assert(i < LEDGER_SOURCES);
	if (line->spent) {
		double gap =
		    line->burst_left > 0 ? LEDGER_BURST_GAP_S : floor_of(l, i);
		when = mono_add(line->last, gap);
		if (when.ns < now.ns)
			when = now;
	}
	when = paced(l, i, when);
	if (ledger_day(l, when) >= budget(l, i)) {
		double next = SLOT_S * (elapsed(l, when) + 1);

		when = mono_add(l->slot_began, next);
	}
	return when;
}

bool
ledger_spend(struct ledger *l, unsigned i, struct mono now)
{
	struct ledger_line *line = &l->line[i];

	if (ledger_when(l, i, now).ns > now.ns)
		return false;
	turn(l, now);
	l->sent[l->slot]++;
	l->total++;
	l->last = now;
	line->spent = true;
	line->last = now;
	line->total++;
	if (line->burst_left > 0)
		line->burst_left--;
	return true;
}

bool
ledger_burst(struct ledger *l, unsigned i, struct mono now)
{
	struct ledger_line *line = &l->line[i];

	if (line->bursted && mono_sub(now, line->burst) < LEDGER_BURST_AGAIN_S)
		return false;
	if (line->spent && mono_sub(now, line->last) < floor_of(l, i))
		return false;
	line->bursted = true;
	line->burst = now;
	line->burst_left = LEDGER_BURST;
	return true;
}

void
ledger_burst_end(struct ledger *l, unsigned i)
{
	l->line[i].burst_left = 0;
}
