/* SPDX-License-Identifier: ISC */
/*
 * pages.c - the pages of a fixed snapshot, for tests/golden/pages.sh, and for
 * who wants to look at them.
 *
 *	pages metrics.txt|openmetrics.txt|page.html|status.json [STATE]
 *
 * "paired" is the state if none is named; "pages states" lists all.
 */
#include "base/text.h"
#include "view/dash.h"
#include "view/json.h"
#include "view/metrics.h"

#include "made.h"

#include <stdio.h>
#include <string.h>

#define SILENT_S 200.0
#define LIAR 2

static struct history h;
static struct roll rate, sick;
static char buf[262144];

static struct snapshot
orphan(void)
{
	struct snapshot s = made_holdover();

	s.state = ENGINE_ORPHAN;
	s.sibling = made_paired().sibling;
	s.sibling.says = ENGINE_ORPHAN;
	s.sibling.follows = true;
	return s;
}

/* The oscillator has carried us for too long. */
static struct snapshot
lost(void)
{
	struct snapshot s = made_holdover();

	s.good_s = 0;
	s.error_bound_s = 1.23;
	s.serving.leap = LEAP_UNSYNC;
	s.serving.stratum = STRATUM_UNSYNC;
	return s;
}

/* All agree, and nothing is wrong. */
static struct snapshot
well(void)
{
	struct snapshot s = made_paired();

	s.upstream[LIAR].truechimer = true;
	s.upstream[LIAR].offset_s = 0.0002;
	s.agreeing = s.groups;
	return s;
}

/* The budget is used up, and a server has denied us. */
static struct snapshot
spent(void)
{
	struct snapshot s = made_paired();

	s.sent.day = s.sent.budget;
	s.spares = 1;
	text_copy(s.spare[0].host, sizeof(s.spare[0].host),
	    "ntp.retired.example");
	s.spare[0].account = (struct snapshot_account){ .day = 2,
		.total = 900,
		.kiss = "DENY",
		.kisses = 2,
		.kissed_s = 5000,
		.retired = true,
		.retired_s = 2500000 };
	return s;
}

static const struct {
	const char *name;
	struct snapshot (*make)(void);
} state[] = {
	{ "paired", made_paired }, { "synced", made_synced }, { "well", well },
	{ "starting", made_starting }, { "holdover", made_holdover },
	{ "lost", lost }, { "orphan", orphan }, { "panic", made_panic },
	{ "unheard", made_unheard }, { "plain", made_plain },
	{ "dropped", made_dropped }, { "spent", spent },
	{ "stale", made_paired },  /* the engine is silent */
	{ "hosts", made_paired },  /* two of ours ask, one is sick */
	{ "silent", made_paired }, /* the engine has not yet spoken */
};
#define STATES (sizeof(state) / sizeof(state[0]))

/* Half an hour, in which hosts ask 200 times a second. */
static void
live(struct snapshot *s)
{
	s->at = (struct wall){ INT64_C(1795305600) * 1000000000 };
	for (int i = 0; i < 180; i++) {
		s->at = wall_add(s->at, 10);
		s->uptime_s += 10;
		s->serve.answered += (uint64_t)(2000 + i % 7);
		s->offset_s = 1e-6 * (i % 50);
		s->error_bound_s = 0.0003 + 1e-6 * (i % 100);
		history_feed(&h, s);
	}
}

/* The last half hour was that of a state with the time; now it is as made. */
static void
until_now(struct snapshot *s)
{
	struct snapshot before = made_paired();

	live(&before);
	s->at = before.at;
}

static void
add_host(struct roll *r, const char *addr, double per_s)
{
	struct clients_view *v = &r->row[r->rows++].view;

	addr_parse(&v->addr, addr);
	v->requests = (uint64_t)(per_s * 3600);
	v->answered = v->requests / 8;
	v->rate_per_s = per_s;
	v->first_s = 3600;
	v->versions = 1 << 4;
	v->modes = 1 << 3;
	v->suspected = true;
	v->facts = (struct suspect_facts){ .clients = 1,
		.counted = SUSPECT_BY_PORTS,
		.rate = per_s,
		.flood_s = per_s > 1 ? 3600 : 0 };
	r->hosts++;
	r->wanted++;
}

static void
some_hosts(struct dash *d)
{
	add_host(&rate, "10.20.30.40", 83);
	add_host(&rate, "2001:db8:1234:5678:9abc:def0:1234:5678", 0.0156);
	add_host(&sick, "10.20.30.40", 83);
	d->rate = &rate;
	d->sick = &sick;
}

static void
page(const char *name, struct snapshot *s, struct text *t)
{
	struct dash d = { .s = s, .h = &h };

	if (strcmp(name, "stale") == 0)
		d.age_s = SILENT_S;
	if (strcmp(name, "silent") == 0)
		d.s = NULL;
	if (strcmp(name, "hosts") == 0)
		some_hosts(&d);
	dash_print(&d, t);
}

static int
print(const char *what, const char *name, struct snapshot *s)
{
	struct text t = TEXT(buf);

	if (strcmp(what, "page.html") == 0)
		page(name, s, &t);
	else if (strcmp(what, "status.json") == 0)
		json_status(s, &t);
	else
		metrics_print(s, strcmp(what, "openmetrics.txt") == 0, &t);
	fputs(buf, stdout);
	return text_cut(&t);
}

int
main(int argc, char **argv)
{
	const char *name = argc > 2 ? argv[2] : state[0].name;

	history_init(&h);
	for (size_t i = 0; argc > 1 && i < STATES; i++) {
		struct snapshot s = state[i].make();

		if (strcmp(argv[1], "states") == 0) {
			puts(state[i].name);
		} else if (strcmp(name, state[i].name) == 0) {
			if (argc == 2)
				live(&s);
			else if (s.state != ENGINE_STARTING)
				until_now(&s);
			return print(argv[1], name, &s);
		}
	}
	return argc != 2 || strcmp(argv[1], "states") != 0 ? 2 : 0;
}
