/* SPDX-License-Identifier: ISC */
/* mad.c - the other gateway holds the key, and lies. */
#include "pair.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define BEFORE DAY /* it is honest, and they are a pair */
#define MADNESS DAY

/* ---- what it makes of its word ---- */

static double
since(const struct pair *p)
{
	return sim_time(p->side[1]) - p->mad_since;
}

static void
shift(struct link_item *item, double s)
{
	for (unsigned k = 0; k < item->samples; k++)
		item->sample[k].tai_ns += llrint(s * 1e9);
}

static void
stratum_one(struct pair *p, struct link_word *w)
{
	(void)p;
	w->bound = 0;
	for (unsigned i = 0; i < w->items; i++)
		for (unsigned k = 0; k < w->item[i].samples; k++) {
			struct link_sample *s = &w->item[i].sample[k];

			s->stratum = 1;
			s->root_delay = s->root_disp = 0;
		}
}

static void
an_hour_off(struct pair *p, struct link_word *w)
{
	(void)p;
	for (unsigned i = 0; i < w->items; i++)
		shift(&w->item[i], 3600);
}

static void
three_of_five_off(struct pair *p, struct link_word *w)
{
	(void)p;
	for (unsigned i = 0; i < w->items && i < 3; i++)
		shift(&w->item[i], 50e-3);
}

static void
a_little_off(struct pair *p, struct link_word *w)
{
	(void)p;
	for (unsigned i = 0; i < w->items; i++)
		shift(&w->item[i], 10e-3);
}

static void
samples_creep(struct pair *p, struct link_word *w)
{
	for (unsigned i = 0; i < w->items; i++)
		shift(&w->item[i], 1e-6 * since(p));
}

static void
faster(const struct pair *p, struct mono *at)
{
	*at = mono_add(*at, 1e-6 * since(p));
}

/* Its raw clock gains 1 us a second: all that it says is on that. */
static void
raw_creeps(struct pair *p, struct link_word *w)
{
	faster(p, &w->came);
	faster(p, &w->left);
	faster(p, &w->at);
	for (unsigned i = 0; i < w->items; i++) {
		faster(p, &w->item[i].last);
		for (unsigned k = 0; k < w->item[i].samples; k++)
			faster(p, &w->item[i].sample[k].at);
	}
}

static void
flag(struct link_word *w, unsigned flags)
{
	for (unsigned i = 0; i < w->items; i++)
		w->item[i].flags |= flags;
}

static void
all_deny(struct pair *p, struct link_word *w)
{
	(void)p;
	flag(w, LINK_DENIED);
}

static void
all_rate(struct pair *p, struct link_word *w)
{
	(void)p;
	flag(w, LINK_RATED);
}

static void
untell(struct link_item *item)
{
	item->samples = 0;
	memset(item->sample, 0, sizeof(item->sample));
}

static void
all_rate_and_silence(struct pair *p, struct link_word *w)
{
	all_rate(p, w);
	for (unsigned i = 0; i < w->items; i++)
		untell(&w->item[i]);
}

static void
just_asked(struct pair *p, struct link_word *w)
{
	(void)p;
	for (unsigned i = 0; i < w->items; i++) {
		w->item[i].asked = true;
		w->item[i].last = w->at;
		untell(&w->item[i]);
	}
}

/* Ever new samples, a second apart, each off by as much as may pass. */
static void
a_million_samples(struct pair *p, struct link_word *w)
{
	for (unsigned i = 0; i < w->items; i++) {
		struct link_item *item = &w->item[i];

		if (item->samples == 0)
			continue;
		item->serial += LINK_SAMPLES * (1 + (uint32_t)since(p));
		item->samples = LINK_SAMPLES;
		for (unsigned k = 0; k < LINK_SAMPLES; k++) {
			struct link_sample *s = &item->sample[k];
			double age = mono_sub(w->came, w->at) - 1.0 * k;

			*s = item->sample[0];
			s->at = mono_add(w->came, -1.0 * k);
			s->tai_ns = w->served_ns +
			    llrint((age * w->rate + 300e-6) * 1e9);
		}
	}
}

static void
our_name(struct pair *p, struct link_word *w)
{
	w->life = p->side[0]->engine.pair.link.life;
	memcpy(w->name, p->side[0]->conf.name, sizeof(w->name));
}

static void
every_second(struct pair *p, struct link_word *w)
{
	(void)p;
	w->interval_s = 1;
}

static void
honest(struct pair *p, struct link_word *w)
{
	(void)p;
	(void)w;
}

static void
sure_leader(struct pair *p, struct link_word *w)
{
	p->mad_served = 1e-6 * since(p);
	w->bound = 0;
	w->flags |= LINK_LEADS;
	w->served_ns += llrint(p->mad_served * 1e9);
}

/* ---- what comes of it ---- */

enum fate { STAYS, IS_DROPPED, IS_UNHEARD };

static void
go_mad(struct pair *p, void (*mad)(struct pair *, struct link_word *))
{
	p->mad = mad;
	p->mad_since = sim_time(p->side[1]);
}

/* Packets of ours a day, as a part of what a gateway alone sends. */
static double
load(struct trial *t, struct pair *p)
{
	struct sim *alone = pair_alone(t, 0, "wan", "w9");
	double from = BEFORE + 8 * HOUR, to = BEFORE + MADNESS, n;

	sim_run(alone, to);
	n = sim_packets(p->side[0], -1, from, to) /
	    (double)sim_packets(alone, -1, from, to);
	sim_free(alone);
	return n;
}

static void
suffer(struct trial *t, void (*mad)(struct pair *, struct link_word *),
    enum fate fate, double least)
{
	struct pair *p = pair_new(t, 0, "wan", "w9");
	struct sim *s = p->side[0];
	struct sim_figures f;
	double part;

	pair_run(p, BEFORE);
	sim_forget_said(s);
	go_mad(p, mad);
	p->replay = mad == honest;
	pair_run(p, MADNESS);
	f = sim_figures(s, BEFORE, BEFORE + MADNESS);
	part = load(t, p);
	sim_print("ours", f);
	figure("%.2f of the packets of one alone", part);
	expect(t, sim_coverage(f) >= 0.93, "the bound holds %.1f %%",
	    sim_coverage(f) * 100);
	expect(t, f.max < 3e-3, "off by %.3f ms", f.max * 1e3);
	expect(t, s->steps == 1, "%u steps", s->steps);
	expect(t, part >= least && part < 4.1, "%.2f of one alone's packets",
	    part);
	expect(t, s->engine.pair.dropped == (fate == IS_DROPPED),
	    "it is %sdropped", s->engine.pair.dropped ? "" : "not ");
	expect(t, s->engine.pair.on == (fate == STAYS), "it is %sheard",
	    s->engine.pair.on ? "" : "not ");
	expect(t, fate != IS_DROPPED || sim_said(s, "gate-b", "state=dropped"),
	    "it is not named");
	pair_free(p);
}

static void
it_claims_the_best_of_clocks(struct trial *t)
{
	suffer(t, stratum_one, STAYS, 0.4);
}

static void
its_samples_are_off(struct trial *t)
{
	suffer(t, an_hour_off, IS_DROPPED, 0.9);
	suffer(t, three_of_five_off, IS_DROPPED, 0.9);
}

static void
it_creeps(struct trial *t)
{
	suffer(t, samples_creep, IS_DROPPED, 0.9);
	suffer(t, raw_creeps, IS_DROPPED, 0.9);
}

/* It is there when we begin, and mad already. */
static void
meet(struct trial *t, void (*mad)(struct pair *, struct link_word *),
    double most)
{
	struct pair *p = pair_new(t, 0, "wan", "w9");
	struct sim *s = p->side[0];
	struct sim_figures f;

	p->begins[0] = HOUR;
	p->mad = mad;
	pair_run(p, 2 * DAY);
	f = sim_figures(s, HOUR + 10 * MINUTE, 2 * DAY);
	sim_print("ours", f);
	expect(t, sim_coverage(f) >= 0.93, "the bound holds %.1f %%",
	    sim_coverage(f) * 100);
	expect(t, f.max < most, "off by %.3f ms", f.max * 1e3);
	expect(t, f.serving == f.n, "not always served");
	expect(t, s->engine.pair.dropped || sim_rms(f) < 1e-3,
	    "it is not dropped, and moves us by %.3f ms", sim_rms(f) * 1e3);
	pair_free(p);
}

static void
it_was_never_sane(struct trial *t)
{
	meet(t, an_hour_off, 3e-3);
	/* as much as the way to a server may hide: not for long */
	meet(t, a_little_off, 30e-3);
}

static void
it_says_that_we_must_not_ask(struct trial *t)
{
	suffer(t, all_deny, STAYS, 0.4);
	/* it goes on asking: 6 T, and its samples are good */
	suffer(t, all_rate, STAYS, 1 / 8.0);
	suffer(t, all_rate_and_silence, STAYS, 0.45);
	suffer(t, just_asked, STAYS, 0.95);
}

static void
it_says_too_much(struct trial *t)
{
	suffer(t, a_million_samples, STAYS, 0.3);
	suffer(t, every_second, STAYS, 0.4);
	suffer(t, our_name, IS_UNHEARD, 0.9);
	suffer(t, honest, STAYS, 0.4); /* old packets of it come again */
}

static void
orphans(struct engine_conf *c)
{
	c->orphan = 10;
}

static void
die(struct sim_server *v)
{
	v->dead = true;
}

static void
it_leads_orphans_astray(struct trial *t)
{
	struct pair *p = pair_new(t, 0, "wan", "w9");
	struct sim *s = p->side[0];
	struct sim_figures f;
	double end;

	pair_conf(p, orphans);
	pair_run(p, BEFORE);
	pair_servers(p, die);
	pair_run(p, DAY);
	go_mad(p, sure_leader);
	pair_run(p, 8 * DAY);
	end = sim_time(s);
	f = sim_figures(s, BEFORE, end);
	sim_print("ours", f);
	figure("off by %.3f s, its clock by %.3f s", sim_error(s),
	    p->mad_served);
	expect(t, sim_coverage(f) >= 0.93, "the bound holds %.1f %%",
	    sim_coverage(f) * 100);
	pair_free(p);
}

const struct scenario mad_scenarios[] = {
	{ "mad: it claims the best of clocks", it_claims_the_best_of_clocks },
	{ "mad: its samples are off", its_samples_are_off },
	{ "mad: it creeps", it_creeps },
	{ "mad: it was never sane", it_was_never_sane },
	{ "mad: it says that we must not ask", it_says_that_we_must_not_ask },
	{ "mad: it says too much", it_says_too_much },
	{ "mad: it leads orphans astray", it_leads_orphans_astray },
	{ NULL, NULL },
};
