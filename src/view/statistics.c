/* SPDX-License-Identifier: ISC */
#include "view/statistics.h"

#include "base/text.h"

#include <math.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)
#define MJD_1970 40587
#define DISPERSION_MAX 16.0 /* RFC 5905, MAXDISP */
#define NUMBER_MAX 1e9	    /* more than that is nonsense anyway */

/* RFC 9327 4.2: of the status of an association */
#define CONFIGURED 0x8000u
#define AUTHENTICATION 0x4000u
#define AUTHENTIC 0x2000u
#define REACHABLE 0x1000u
#define FALSETICKER 0x0100u
#define CANDIDATE 0x0400u
#define SYSTEM_PEER 0x0600u

const char *
statistics_name(enum statistics_file f)
{
	static const char *const name[] = {
		[STATISTICS_LOOP] = "loopstats",
		[STATISTICS_PEER] = "peerstats",
		[STATISTICS_CLOCK] = "clockstats",
	};

	return name[f];
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Cut to the millisecond, or a day would have a second 86400.000. */
static void
put_time(struct text *t, struct wall at)
{
	int64_t ms = floor_div(at.ns, 1000000), day = floor_div(ms, DAY_MS);
	int64_t of_day = ms - day * DAY_MS;

	text_add(t, "%lld %lld.%03lld", (long long)day + MJD_1970,
	    (long long)of_day / 1000, (long long)of_day % 1000);
}

/* A number that any reader takes. */
static double
sane(double v, double otherwise)
{
	return isfinite(v) && fabs(v) < NUMBER_MAX ? v : otherwise;
}

static void
put_loop(struct text *t, const struct snapshot *s)
{
	double wander = s->wander_ppm * sqrt(STATISTICS_S);

	put_time(t, s->at);
	text_add(t, " %.9f %.6f %.9f %.6f %.0f\n", sane(s->offset_s, 0),
	    sane(s->frequency_ppm, 0), sane(s->error_bound_s / 2, 0),
	    sane(wander, 0), round(log2(fmax(1, s->pace.interval_s))));
}

static void
put_clock(struct text *t, const struct snapshot *s)
{
	put_time(t, s->at);
	text_add(t,
	    " NTPGATE(0) state=%s stratum=%u leap=%s bound=%.9f "
	    "frequency=%.6f sigma=%.6f wander=%.6f agreeing=%u steps=%llu\n",
	    snapshot_state_name(s->state), s->serving.stratum,
	    snapshot_leap_name(s->serving.leap), sane(s->error_bound_s, 0),
	    sane(s->frequency_ppm, 0), sane(s->frequency_sigma_ppm, 0),
	    sane(s->wander_ppm, 0), s->agreeing, (unsigned long long)s->steps);
}

static unsigned
status(const struct snapshot *s, unsigned i)
{
	const struct snapshot_upstream *u = &s->upstream[i];
	unsigned word = CONFIGURED;

	/* A sample without the MAC that we want is none. */
	if (u->authenticated)
		word |= AUTHENTICATION | AUTHENTIC;
	if (u->reach != 0)
		word |= REACHABLE;
	if (s->named == (int)i)
		return word | SYSTEM_PEER;
	if (u->truechimer)
		return word | CANDIDATE;
	return s->majority && u->selectable ? word | FALSETICKER : word;
}

/* What the distance holds beside the way to the primary source: the age of the
 * sample. */
static double
dispersion(const struct snapshot_upstream *u)
{
	double d =
	    u->distance_s - (u->delay_s + u->root_delay_s) / 2 - u->root_disp_s;

	return isfinite(d) ? fmin(fmax(d, 0), DISPERSION_MAX) : DISPERSION_MAX;
}

static void
put_peer(struct text *t, const struct snapshot *s, unsigned i)
{
	const struct snapshot_upstream *u = &s->upstream[i];
	bool other = u->addr.port != 0 && u->addr.port != NTP_PORT;
	char address[ADDR_TEXT];

	put_time(t, s->at);
	text_add(t, " %s %04x %.9f %.9f %.9f %.9f\n",
	    addr_print(&u->addr, other, address), status(s, i),
	    sane(u->offset_s, 0), sane(u->delay_s, 0), dispersion(u),
	    sane(u->jitter_s, 0));
}

static const struct statistics_seen *
find(const struct statistics *st, const struct addr *a)
{
	for (unsigned k = 0; k < st->count; k++)
		if (addr_equal(&st->seen[k].addr, a))
			return &st->seen[k];
	return NULL;
}

/* Another number of samples than at the last look; a server that is new to us
 * had none. */
static bool
is_news(const struct statistics *st, const struct snapshot_upstream *u)
{
	const struct statistics_seen *seen = find(st, &u->addr);
	uint64_t samples = u->verdict[SOURCE_SAMPLE];

	return st->begun && u->sampled &&
	    samples != (seen != NULL ? seen->samples : 0) &&
	    isfinite(u->offset_s) && isfinite(u->delay_s);
}

static void
remember(struct statistics *st, const struct snapshot *s)
{
	st->begun = true;
	st->state = s->state;
	st->count = s->upstreams;
	for (unsigned i = 0; i < s->upstreams; i++)
		st->seen[i] = (struct statistics_seen){ s->upstream[i].addr,
			s->upstream[i].verdict[SOURCE_SAMPLE] };
}

/* Snapshots come each 10 s, if not oftener: one a little early will do. */
static bool
is_time(const struct statistics *st, double uptime_s)
{
	double since = uptime_s - st->lined_s;

	return !st->lined || since < 0 || since > 0.95 * STATISTICS_S;
}

void
statistics_look(struct statistics *st, const struct snapshot *s,
    struct statistics_lines *out)
{
	struct text loop = TEXT(out->text[STATISTICS_LOOP]);
	struct text peer = TEXT(out->text[STATISTICS_PEER]);
	struct text clock = TEXT(out->text[STATISTICS_CLOCK]);

	*out = (struct statistics_lines){ .day = floor_div(s->at.ns,
					      DAY_MS * 1000000) };
	if (!isfinite(s->error_bound_s) || s->at.ns == 0) {
		st->begun = true; /* no sample is lost */
		return;
	}
	bool due = is_time(st, s->uptime_s);
	if (due)
		put_loop(&loop, s);
	if (due || st->state != s->state)
		put_clock(&clock, s);
	for (unsigned i = 0; i < s->upstreams; i++)
		if (is_news(st, &s->upstream[i]))
			put_peer(&peer, s, i);
	if (due)
		st->lined_s = s->uptime_s;
	st->lined = true;
	remember(st, s);
}
