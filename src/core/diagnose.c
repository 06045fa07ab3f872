/* SPDX-License-Identifier: ISC */
#include "core/diagnose.h"

#include "base/text.h"
#include "core/packet.h"

#include <assert.h>
#include <string.h>

#define FLOOD_S 30.0
#define BUSY_S 600.0
#define MINUTE_S 60.0
#define INSANE \
	0.25 /* requests a second of one client: more than any burst
		       goes on with */
#define MANY 8
#define SOME 3
#define LOUD 64.0 /* requests a second: no house that we cannot count */
#define DEAFENING 512.0
#define ORIGINS 16
#define HALF 0.5
#define SPIKES 5
#define SPIKE 16.0	  /* requests */
#define NORMAL (1 / 64.0) /* requests a second: the usual poll */

/* ------------------------------------------------------------ the rules */

/* How often each of the clients asks, if they can be told. */
static double
each(const struct suspect_facts *f)
{
	return f->clients > 1 ? f->rate / f->clients : f->rate;
}

/*
 * Where clients cannot be told there may be many, all just started: only what
 * no house does counts, for longer than any start lasts.
 */
static bool
loud(const struct suspect_facts *f)
{
	return f->clients == 0 &&
	    ((f->rate >= LOUD && f->flood_s >= BUSY_S) ||
		(f->rate >= DEAFENING && f->flood_s >= FLOOD_S));
}

/* What comes from one or two programs, and not from a house full. */
static bool
few(const struct suspect_facts *f)
{
	return f->clients > 0 && f->clients < SOME;
}

static bool
origins_bad(const struct suspect_facts *f)
{
	return f->origin_bad >= ORIGINS && f->origin_share >= HALF;
}

static bool
flood(const struct suspect_facts *f)
{
	if (f->clients == 0)
		return loud(f);
	if (each(f) <= INSANE)
		return false;
	return f->flood_s >= FLOOD_S || (f->busy_s >= BUSY_S && few(f));
}

static bool
cron(const struct suspect_facts *f)
{
	return f->minutes >= SPIKES && f->second_share >= HALF &&
	    f->second_each >= SPIKE;
}

static bool
many_daemons(const struct suspect_facts *f)
{
	return f->clients >= MANY &&
	    (origins_bad(f) || cron(f) ||
		(each(f) > INSANE && f->busy_s >= MINUTE_S));
}

static bool
ignores_kod(const struct suspect_facts *f)
{
	if (f->deaf_s < MINUTE_S)
		return false;
	return few(f) || origins_bad(f) || loud(f);
}

static bool
nat(const struct suspect_facts *f)
{
	return !many_daemons(f) && (f->clients >= SOME || f->clocks >= SOME);
}

/* ------------------------------------------------------------- sentences */

static const char *const counted_by[] = {
	[SUSPECT_UNCOUNTED] = "",
	[SUSPECT_BY_PORTS] = "their source ports",
	[SUSPECT_BY_CHAINS] = "their chains of origin stamps",
	[SUSPECT_BY_POLLS] = "the poll that they claim",
	[SUSPECT_BY_GAPS] = "its even gaps",
};

/* A number as people say it: 0.0156, 84, 49800. */
static char *
number(char buf[32], double x)
{
	struct text t = { buf, 32, 0 };

	if (x >= 10)
		text_add(&t, "%.0f", x);
	else
		text_add(&t, "%.2g", x);
	return buf;
}

static char *
lasting(char buf[32], double s)
{
	return text_seconds(buf, 32, s, false);
}

/* A place for the sentence of w, which is thereby set. */
static struct text
say(struct diagnosis *d, enum diagnose_word w)
{
	d->words |= 1u << w;
	return (struct text){ d->evidence[w], DIAGNOSE_EVIDENCE, 0 };
}

static void
say_flood(struct diagnosis *d, const struct suspect_facts *f)
{
	struct text t = say(d, DIAGNOSE_FLOOD);
	double all = f->clients > 1 ? f->clients : 1;
	char rate[32], time[32], normal[32];

	text_add(&t, "%s requests/s for %s from 1 address; expected %s/s",
	    number(rate, f->rate),
	    lasting(time, f->flood_s >= FLOOD_S ? f->flood_s : f->busy_s),
	    number(normal, NORMAL * all));
	if (d->clients > 1)
		text_add(&t, " from %u clients", d->clients);
}

static void
say_many_daemons(struct diagnosis *d, const struct suspect_facts *f)
{
	struct text t = say(d, DIAGNOSE_MANY_DAEMONS);
	char rate[32];

	text_add(&t, "about %u daemons behind 1 address, by %s: %s requests/s",
	    d->clients, counted_by[f->counted], number(rate, f->rate));
	if (origins_bad(f))
		text_add(&t, ", %.0f %% with a made-up origin",
		    100 * f->origin_share);
}

static void
say_cron(struct diagnosis *d, const struct suspect_facts *f)
{
	struct text t = say(d, DIAGNOSE_CRON);

	text_add(&t, "%.0f %% of its requests come at second :%02u of ",
	    100 * f->second_share, f->second);
	if (f->hourly)
		text_add(&t, "minute %u of the hour", f->minute);
	else
		text_add(&t, "the minute");
	text_add(&t, ", %.0f at a time", f->second_each);
}

static void
say_ignores_kod(struct diagnosis *d, const struct clients_view *v)
{
	struct text t = say(d, DIAGNOSE_IGNORES_KOD);
	char rate[32], time[32];

	text_add(&t,
	    "told %llu times to ask less (RATE), goes on at %s "
	    "requests/s for %s",
	    (unsigned long long)v->kisses, number(rate, v->facts.rate),
	    lasting(time, v->facts.deaf_s));
}

static void
say_nat(struct diagnosis *d, const struct suspect_facts *f)
{
	struct text t = say(d, DIAGNOSE_NAT);

	if (f->clients >= SOME)
		text_add(&t, "about %u clients behind 1 address, by %s",
		    d->clients, counted_by[f->counted]);
	else
		text_add(&t, "%.0f different clocks behind 1 address",
		    f->clocks);
}

static void
judge_facts(const struct clients_view *v, struct diagnosis *d)
{
	const struct suspect_facts *f = &v->facts;

	d->clients = (unsigned)(f->clients + 0.5);
	if (flood(f))
		say_flood(d, f);
	if (many_daemons(f))
		say_many_daemons(d, f);
	if (cron(f))
		say_cron(d, f);
	if (ignores_kod(f))
		say_ignores_kod(d, v);
	if (nat(f))
		say_nat(d, f);
	if (!origins_bad(f))
		return;
	struct text t = say(d, DIAGNOSE_BAD_ORIGIN);

	text_add(&t,
	    "%.0f requests (%.0f %%) with an origin stamp that no "
	    "answer ever had",
	    f->origin_bad, 100 * f->origin_share);
}

/* What the table itself knows of every host. */
static void
judge_view(const struct clients_view *v, struct diagnosis *d)
{
	unsigned long long n = (unsigned long long)v->requests;
	struct text t;

	if (v->versions >> 1 & 1 && v->requests >= 2) {
		t = say(d, DIAGNOSE_VERSION_1);
		text_add(&t,
		    "asks in NTP version 1 of 1988, among %llu "
		    "requests; versions 3 and 4 are in use",
		    n);
	}
	if (v->modes >> MODE_SYMMETRIC_ACTIVE & 1) {
		t = say(d, DIAGNOSE_SYMMETRIC);
		text_add(&t,
		    "asks as a peer (mode 1), among %llu requests; "
		    "a client uses mode 3",
		    n);
	}
	if (v->ms_sntp) {
		t = say(d, DIAGNOSE_MS_SNTP);
		text_add(&t,
		    "Windows asks for a signature of its domain, "
		    "%llu requests were not answered for it",
		    (unsigned long long)v->bad);
	}
	if (v->redirected > 0) {
		t = say(d, DIAGNOSE_HARD_CODED);
		text_add(&t,
		    "%llu of %llu requests were for another server "
		    "and redirected",
		    (unsigned long long)v->redirected, n);
	}
}

void
diagnose(const struct clients_view *v, struct diagnosis *d)
{
	memset(d, 0, sizeof(*d));
	if (v->suspected)
		judge_facts(v, d);
	judge_view(v, d);
}

/* ----------------------------------------------------------------- words */

bool
diagnose_sick(const struct diagnosis *d)
{
	return (d->words & ((1u << DIAGNOSE_SICK) - 1)) != 0;
}

bool
diagnose_has(const struct diagnosis *d, enum diagnose_word w)
{
	return (d->words >> w & 1) != 0;
}

const char *
diagnose_name(enum diagnose_word w)
{
	static const char *const name[DIAGNOSE_WORDS] = {
		[DIAGNOSE_FLOOD] = "flood",
		[DIAGNOSE_MANY_DAEMONS] = "many-daemons",
		[DIAGNOSE_CRON] = "cron",
		[DIAGNOSE_IGNORES_KOD] = "ignores-kod",
		[DIAGNOSE_BAD_ORIGIN] = "bad-origin",
		[DIAGNOSE_VERSION_1] = "version-1",
		[DIAGNOSE_SYMMETRIC] = "symmetric",
		[DIAGNOSE_NAT] = "nat",
		[DIAGNOSE_MS_SNTP] = "ms-sntp",
		[DIAGNOSE_HARD_CODED] = "hard-coded",
	};

	assert(w < DIAGNOSE_WORDS);
	return name[w];
}

char *
diagnose_print(const struct diagnosis *d, char *buf, size_t size)
{
	struct text t = { buf, size, 0 };

	text_add(&t, "%s", "");
	for (unsigned w = 0; w < DIAGNOSE_WORDS; w++)
		if (diagnose_has(d, w))
			text_add(&t, "%s%s", t.len > 0 ? "; " : "",
			    d->evidence[w]);
	return buf;
}
