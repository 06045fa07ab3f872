/* SPDX-License-Identifier: ISC */
#include "core/ledger.h"

#include "base/fnv.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define SLOT_S 1800.0
#define HOUR_S 3600.0
#define HOUR_SLOTS 3 /* the one being filled, and two */
#define DAY_S 86400.0
#define HOLD_BOOT_S 16.0 /* a new boot waits no longer */
#define GAP_MAX_S (400 * DAY_S)

void
ledger_init(struct ledger *l, unsigned budget_day, double floor_s,
    struct mono now)
{
	*l = (struct ledger){ .budget_day = budget_day,
		.floor_s = floor_s,
		.slot_began = now,
		.hold = now };
}

void
ledger_limits(struct ledger *l, unsigned budget_day, double floor_s)
{
	l->budget_day = budget_day;
	l->floor_s = floor_s;
}

/* ---- lines ---- */

uint64_t
ledger_id(const struct addr *a)
{
	struct addr is = addr_inner(a);
	uint64_t h = fnv(FNV_BEGIN, is.ip, sizeof(is.ip));
	const uint8_t rest[3] = { is.family, (uint8_t)(a->port >> 8),
		(uint8_t)a->port };

	h = fnv(h, rest, addr_is_public(&is) ? 1 : 3);
	return h != 0 ? h : 1;
}

/* Of two lines that nobody holds, the one that is missed less: who asked for
 * less or sent us away is remembered longest. */
static bool
less_needed(const struct ledger_line *a, const struct ledger_line *b)
{
	bool kissed_a = a->retired || a->floor_s > 0;
	bool kissed_b = b->retired || b->floor_s > 0;

	if (kissed_a != kissed_b)
		return kissed_b;
	return a->last.ns < b->last.ns;
}

/*
 * Takes a line: a free one, or that of another.  Then it begins with what the
 * other was asked last, so that however many addresses come and go, none is
 * asked too soon: whose line was taken was asked no later than any since.
 */
static unsigned
take(struct ledger *l)
{
	struct ledger_line *n;
	int best = -1;

	for (int i = 0; i < LEDGER_LINES; i++) {
		n = &l->line[i];
		if (n->id == 0)
			return (unsigned)i;
		if (!n->held && (best < 0 || less_needed(n, &l->line[best])))
			best = i;
	}
	assert(best >= 0); /* fewer servers than lines */
	n = &l->line[best];
	*n = (struct ledger_line){ .spent = n->spent,
		.last = n->last,
		.bursted = n->spent,
		.burst = n->last,
		.floor_s = n->floor_s,
		.rated = n->rated };
	return (unsigned)best;
}

int
ledger_find(const struct ledger *l, const struct addr *a)
{
	uint64_t id = ledger_id(a);

	for (int i = 0; i < LEDGER_LINES; i++)
		if (l->line[i].id == id)
			return i;
	return -1;
}

unsigned
ledger_line(struct ledger *l, const struct addr *a)
{
	int found = ledger_find(l, a);
	unsigned i = found >= 0 ? (unsigned)found : take(l);

	l->line[i].id = ledger_id(a);
	l->line[i].held = true;
	l->line[i].public = addr_is_public(a);
	return i;
}

void
ledger_release(struct ledger *l)
{
	for (unsigned i = 0; i < LEDGER_LINES; i++)
		l->line[i].held = false;
}

/* ---- limits ---- */

static bool
any_public(const struct ledger *l)
{
	for (unsigned i = 0; i < LEDGER_LINES; i++)
		if (l->line[i].id != 0 && l->line[i].public &&
		    (l->line[i].held || l->line[i].spent))
			return true;
	return false;
}

/* The configuration's word, but not above the public limit once a stranger
 * is among them. */
unsigned
ledger_budget(const struct ledger *l)
{
	if (l->budget_day > LEDGER_PUBLIC_DAY && any_public(l))
		return LEDGER_PUBLIC_DAY;
	return l->budget_day;
}

/* What is left of RATE's word: whole for a day, then half each day. */
static double
rate_floor(const struct ledger_line *n, struct mono now)
{
	double days = floor(mono_sub(now, n->rated) / DAY_S);
	double f = n->floor_s;

	if (f > 0 && days > 0)
		f = ldexp(f, -(int)fmin(days, 60));
	return f;
}

double
ledger_floor(const struct ledger *l, unsigned i, struct mono now)
{
	const struct ledger_line *n = &l->line[i];
	double f = l->floor_s;

	if (n->public)
		f = fmax(f, LEDGER_PUBLIC_FLOOR_S);
	if (ledger_is_frugal(l, now))
		f = fmax(f, LEDGER_FRUGAL_FLOOR_S);
	if (ledger_retired(l, i, now))
		f = fmax(f, DAY_S);
	return fmax(f, rate_floor(n, now));
}

double
ledger_rated(const struct ledger *l, unsigned i, struct mono now)
{
	double f = rate_floor(&l->line[i], now);

	return f >= ledger_floor(l, i, now) ? f : 0;
}

/* ---- the day ---- */

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
		for (unsigned i = 0; i < LEDGER_LINES; i++)
			l->line[i].sent[l->slot] = 0;
	}
	if (n == LEDGER_SLOTS)
		l->slot_began = now;
	else
		l->slot_began = mono_add(l->slot_began, n * SLOT_S);
}

/* The packets of the newest slots that are still inside the window: those to
 * one line, or to all if of is NULL. */
static unsigned
sum(const struct ledger *l, const struct ledger_line *of, struct mono now,
    unsigned slots)
{
	unsigned gone = elapsed(l, now), n = 0;

	for (unsigned k = 0; k + gone < slots; k++) {
		unsigned at = (l->slot + LEDGER_SLOTS - k) % LEDGER_SLOTS;

		n += of != NULL ? of->sent[at] : l->sent[at];
	}
	return n;
}

unsigned
ledger_line_hour(const struct ledger *l, unsigned i, struct mono now)
{
	return sum(l, &l->line[i], now, HOUR_SLOTS);
}

unsigned
ledger_line_day(const struct ledger *l, unsigned i, struct mono now)
{
	return sum(l, &l->line[i], now, LEDGER_SLOTS);
}

unsigned
ledger_hour(const struct ledger *l, struct mono now)
{
	return sum(l, NULL, now, HOUR_SLOTS);
}

unsigned
ledger_day(const struct ledger *l, struct mono now)
{
	return sum(l, NULL, now, LEDGER_SLOTS);
}

/* ---- spending ---- */

static struct mono
later(struct mono a, struct mono b)
{
	return a.ns > b.ns ? a : b;
}

/* What is left is made to last: the second half of the budget goes evenly. */
double
ledger_pace(const struct ledger *l, struct mono now)
{
	unsigned most = ledger_budget(l);

	if (l->total == 0 || most == 0 || 2 * ledger_day(l, now) < most)
		return 0;
	return DAY_S / most;
}

static struct mono
paced(const struct ledger *l, struct mono when)
{
	double gap = ledger_pace(l, when);

	return gap > 0 ? later(when, mono_add(l->last, gap)) : when;
}

struct mono
ledger_when(const struct ledger *l, unsigned i, struct mono now)
{
	const struct ledger_line *n = &l->line[i];
	struct mono when = later(now, l->hold);

	assert(i < LEDGER_LINES && n->id != 0);
	if (n->spent) {
		double gap = n->burst_left > 0 ? LEDGER_BURST_GAP_S :
						 ledger_floor(l, i, now);
		when = later(when, mono_add(n->last, gap));
	}
	/* A frugal day has its own, smaller measure. */
	if (ledger_is_frugal(l, when))
		return when;
	when = paced(l, when);
	if (ledger_day(l, when) >= ledger_budget(l)) {
		double next = SLOT_S * (elapsed(l, when) + 1);

		when = mono_add(l->slot_began, next);
	}
	return when;
}

bool
ledger_spend(struct ledger *l, unsigned i, struct mono now)
{
	struct ledger_line *n = &l->line[i];

	if (ledger_when(l, i, now).ns > now.ns)
		return false;
	turn(l, now);
	l->sent[l->slot]++;
	l->total++;
	l->last = now;
	if (n->burst_left == LEDGER_BURST)
		n->burst = now; /* it may have had to wait for its first */
	n->spent = true;
	n->last = now;
	n->total++;
	if (n->sent[l->slot] < UINT16_MAX)
		n->sent[l->slot]++;
	if (n->burst_left > 0)
		n->burst_left--;
	return true;
}

void
ledger_sent(struct ledger *l, unsigned i, struct mono at)
{
	l->line[i].last = later(l->line[i].last, at);
	l->last = later(l->last, at);
}

bool
ledger_burst(struct ledger *l, unsigned i, struct mono now)
{
	struct ledger_line *n = &l->line[i];

	if (ledger_is_frugal(l, now) || ledger_rated(l, i, now) > 0)
		return false;
	if (n->bursted && mono_sub(now, n->burst) < LEDGER_BURST_AGAIN_S)
		return false;
	if (n->spent && mono_sub(now, n->last) < ledger_floor(l, i, now))
		return false;
	n->bursted = true;
	n->burst = now;
	n->burst_left = LEDGER_BURST;
	return true;
}

void
ledger_burst_end(struct ledger *l, unsigned i)
{
	l->line[i].burst_left = 0;
}

/* ---- starts ---- */

void
ledger_start(struct ledger *l, struct mono now, bool new_boot)
{
	double wait;
	unsigned n = 1;

	for (unsigned i = 0; i < l->starts; i++)
		n += mono_sub(now, l->start[i]) < HOUR_S;
	memmove(&l->start[1], &l->start[0],
	    (LEDGER_STARTS - 1) * sizeof(l->start[0]));
	l->start[0] = now;
	if (l->starts < LEDGER_STARTS)
		l->starts++;
	wait = n > 1 ? fmin(ldexp(1, (int)n - 1), HOUR_S) : 0;
	if (new_boot)
		wait = fmin(wait, HOLD_BOOT_S);
	/* Counted from the last packet, or lives that are all shorter than
	 * the wait would never ask again. */
	l->hold = l->total > 0 ? later(now, mono_add(l->last, wait)) : now;
}

bool
ledger_restless(const struct ledger *l, struct mono now)
{
	return l->starts > 0 && mono_sub(now, l->start[0]) < HOUR_S;
}

/* ---- kisses ---- */

bool
ledger_kiss(struct ledger *l, unsigned i, const char *code, double interval_s,
    struct mono now)
{
	struct ledger_line *n = &l->line[i];
	bool rate = strcmp(code, "RATE") == 0;

	if (!rate && strcmp(code, "DENY") != 0 && strcmp(code, "RSTR") != 0)
		return false;
	memcpy(n->kiss, code, 4);
	n->kissed = now;
	n->kisses++;
	n->burst_left = 0;
	if (rate) {
		double f = fmax(ledger_floor(l, i, now), interval_s);

		n->floor_s = fmin(2 * f, LEDGER_FLOOR_MAX_S);
		n->rated = now;
		return false;
	}
	if (n->denied < 2)
		n->denied++;
	if (n->denied < 2 || ledger_retired(l, i, now))
		return false;
	n->retired = true;
	n->retired_at = now;
	return true;
}

void
ledger_answered(struct ledger *l, unsigned i)
{
	l->line[i].denied = 0;
	l->line[i].retired = false;
}

bool
ledger_retired(const struct ledger *l, unsigned i, struct mono now)
{
	const struct ledger_line *n = &l->line[i];

	return n->retired && mono_sub(now, n->retired_at) < LEDGER_RETIRED_S;
}

bool
ledger_revive(struct ledger *l, unsigned i, struct mono now)
{
	bool was = ledger_retired(l, i, now);

	l->line[i].retired = false;
	l->line[i].denied = 0;
	return was;
}

/* ---- lost and found ---- */

void
ledger_be_frugal(struct ledger *l, struct mono now)
{
	l->frugal = true;
	l->frugal_end = mono_add(now, LEDGER_FRUGAL_S);
	for (unsigned i = 0; i < LEDGER_LINES; i++)
		l->line[i].burst_left = 0;
}

bool
ledger_is_frugal(const struct ledger *l, struct mono now)
{
	return l->frugal && now.ns < l->frugal_end.ns;
}

void
ledger_accept(struct ledger *l)
{
	l->frugal = false;
	l->starts = 0;
	l->hold = (struct mono){ 0 };
}

/* Something of before the reading becomes older. */
static void
age(const struct ledger *l, struct mono *t, double s)
{
	if (t->ns <= l->gap_read.ns)
		*t = mono_add(*t, -s);
}

void
ledger_verified(struct ledger *l, struct mono now, struct wall wall)
{
	double gap = wall_sub(wall, l->gap_wall) - mono_sub(now, l->gap_read);

	if (!l->gap_open)
		return;
	l->gap_open = false;
	gap = fmin(gap, GAP_MAX_S);
	if (!(gap > 0))
		return;
	for (unsigned i = 0; i < LEDGER_LINES; i++) {
		struct ledger_line *n = &l->line[i];

		age(l, &n->last, gap);
		age(l, &n->burst, gap);
		age(l, &n->rated, gap);
		age(l, &n->kissed, gap);
		age(l, &n->retired_at, gap);
	}
	for (unsigned i = 0; i < l->starts; i++)
		age(l, &l->start[i], gap);
	/* The slots hold this life's packets too, and those stay young: they
	 * are few, and the day of the old ones is over in time. */
	if (gap <= DAY_S || l->slot_began.ns > l->gap_read.ns)
		return;
	memset(l->sent, 0, sizeof(l->sent));
	for (unsigned i = 0; i < LEDGER_LINES; i++)
		memset(l->line[i].sent, 0, sizeof(l->line[i].sent));
}
