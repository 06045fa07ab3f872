/* SPDX-License-Identifier: ISC */
/* judge.c - what came of it: figures, courtesy, sentences. */
#include "sim.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEAP_BLUR_S 2.0 /* UTC has two readings there */

void
expect(struct trial *t, bool ok, const char *fmt, ...)
{
	va_list ap;

	if (ok)
		return;
	t->failed++;
	printf("  FAILED: ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
}

void
figure(const char *fmt, ...)
{
	va_list ap;

	printf("  ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
}

static void *
grow(void *p, unsigned n, unsigned *room, size_t size)
{
	if (n < *room)
		return p;
	*room = n < 1024 ? 1024 : 2 * n;
	p = realloc(p, *room * size);
	if (p == NULL)
		abort();
	return p;
}

/* What a client would reckon from our reply: RFC 5905 root distance. */
static double
served_distance(struct sim *s, struct wall wall)
{
	const struct server_time *t = &s->served;
	double age = wall_sub(wall, t->updated);

	if (t->leap == LEAP_UNSYNC)
		return INFINITY;
	return t->root_delay_s / 2 + t->root_disp_s +
	    t->disp_rate * fmax(age, 0);
}

void
sim_look(struct sim *s)
{
	struct now now = sim_now(s);
	struct engine_accuracy a = engine_accuracy(&s->engine, &now);
	double t = sim_time(s);
	struct sim_sample *p;

	s->sample =
	    grow(s->sample, s->samples, &s->samples_room, sizeof(*s->sample));
	p = &s->sample[s->samples++];
	*p = (struct sim_sample){ .t = t,
		.error = sim_error(s),
		.bound = a.bound,
		.distance = served_distance(s, now.wall),
		.judged = s->leap_at == 0 || fabs(t - s->leap_at) > LEAP_BLUR_S,
		.serving = s->served.leap != LEAP_UNSYNC,
		.state = s->engine.state };
}

struct sim_figures
sim_figures(const struct sim *s, double from, double to)
{
	struct sim_figures f = { 0 };

	for (unsigned i = 0; i < s->samples; i++) {
		const struct sim_sample *p = &s->sample[i];

		if (p->t < from || p->t >= to || !p->judged)
			continue;
		f.n++;
		f.sum += p->error;
		f.sum2 += p->error * p->error;
		f.max = fmax(f.max, fabs(p->error));
		f.covered += fabs(p->error) < p->bound;
		f.reached += fabs(p->error) < p->distance;
		f.serving += p->serving;
		if (isfinite(p->bound)) {
			f.bounds += p->bound;
			f.bounded++;
		}
	}
	if (to > from && s->servers > 0)
		f.packets_day = sim_packets(s, -1, from, to) /
		    (double)s->servers / ((to - from) / DAY);
	return f;
}

struct sim_figures
sim_pool(struct sim_figures a, struct sim_figures b)
{
	double n = a.n + b.n;

	if (n > 0)
		a.packets_day = (a.packets_day * a.n + b.packets_day * b.n) / n;
	a.n = n;
	a.sum += b.sum;
	a.sum2 += b.sum2;
	a.max = fmax(a.max, b.max);
	a.covered += b.covered;
	a.reached += b.reached;
	a.serving += b.serving;
	a.bounds += b.bounds;
	a.bounded += b.bounded;
	return a;
}

double
sim_rms(struct sim_figures f)
{
	return f.n > 0 ? sqrt(f.sum2 / f.n) : INFINITY;
}

double
sim_coverage(struct sim_figures f)
{
	return f.n > 0 ? f.covered / f.n : 0;
}

double
sim_mean_bound(struct sim_figures f)
{
	return f.bounded > 0 ? f.bounds / f.bounded : INFINITY;
}

void
sim_print(const char *what, struct sim_figures f)
{
	figure("%s: rms %.1f us, max %.1f us, mean %+.1f us, bound %.1f us, "
	       "covered %.1f %%, in root distance %.2f %%, "
	       "%.1f packets/day/server",
	    what, sim_rms(f) * 1e6, f.max * 1e6, f.sum / f.n * 1e6,
	    sim_mean_bound(f) * 1e6, sim_coverage(f) * 100,
	    f.reached / f.n * 100, f.packets_day);
}

double
sim_settled(const struct sim *s, double limit)
{
	double t = 0;

	for (unsigned i = 0; i < s->samples; i++)
		if (s->sample[i].judged && fabs(s->sample[i].error) >= limit)
			t = s->sample[i].t;
	return t;
}

void
judge_sent(struct sim *s, unsigned i)
{
	struct now now = sim_now(s);

	s->sent = grow(s->sent, s->sents, &s->sents_room, sizeof(*s->sent));
	s->sent[s->sents++] = (struct sim_sent){ .t = sim_time(s),
		.raw = (double)now.mono.ns / 1e9,
		.to = i,
		.whom = s->address[i],
		.lab = s->server[i].lab,
		.life = s->life };
}

unsigned
sim_packets(const struct sim *s, int i, double from, double to)
{
	unsigned n = 0;

	for (unsigned k = 0; k < s->sents; k++)
		if ((i < 0 || s->sent[k].to == (unsigned)i) &&
		    s->sent[k].t >= from && s->sent[k].t < to)
			n++;
	return n;
}

unsigned
sim_packets_day(const struct sim *s, int i)
{
	unsigned n = 0, first = 0, most = 0;

	/* a window of 24 hours that ends with packet k */
	for (unsigned k = 0; k < s->sents; k++) {
		if (i >= 0 && s->sent[k].to != (unsigned)i)
			continue;
		n++;
		for (; s->sent[first].t <= s->sent[k].t - DAY; first++)
			n -= i < 0 || s->sent[first].to == (unsigned)i;
		most = n > most ? n : most;
	}
	return most;
}

/*
 * The packets to one stranger's server: 64 s apart, but for four in a burst,
 * 2 s apart, that begins at most once in six hours.  Restarts make
 * no difference.
 */
static void
judge_floor(struct sim *s, const struct sim_sent *first)
{
	double last = -1e9, burst = -1e9;
	unsigned in_burst = 1;

	for (const struct sim_sent *p = first; p < s->sent + s->sents; p++) {
		double gap;

		if (!addr_equal(&p->whom, &first->whom))
			continue;
		gap = p->t - last;
		if (gap >= LEDGER_PUBLIC_FLOOR_S * 0.999) {
			in_burst = 1;
		} else {
			if (in_burst++ == 1) {
				expect(s->trial,
				    last - burst >=
					LEDGER_BURST_AGAIN_S * 0.999,
				    "server %u: a burst %.0f s after "
				    "another, at %.0f s",
				    first->to, last - burst, last);
				burst = last;
			}
			expect(s->trial,
			    in_burst <= LEDGER_PUBLIC_BURST &&
				gap >= LEDGER_BURST_GAP_S * 0.999,
			    "server %u: packet %u of a burst, %.3f s after "
			    "the one before, at %.0f s",
			    first->to, in_burst, gap, p->t);
		}
		last = p->t;
	}
}

/* Was its server asked before? */
static bool
asked_before(const struct sim *s, const struct sim_sent *p)
{
	for (const struct sim_sent *q = s->sent; q < p; q++)
		if (addr_equal(&q->whom, &p->whom))
			return true;
	return false;
}

void
judge_courtesy(struct sim *s)
{
	unsigned day = sim_packets_day(s, -1), budget = s->conf.budget_day;
	bool strangers = false;

	if (s->conf.sibling.on)
		budget /= 2;
	for (unsigned k = 0; k < s->sents; k++) {
		const struct sim_sent *p = &s->sent[k];

		if (p->lab || asked_before(s, p))
			continue;
		judge_floor(s, p);
		strangers = true;
	}
	if (strangers && budget > LEDGER_PUBLIC_DAY)
		budget = LEDGER_PUBLIC_DAY;
	expect(s->trial, day <= budget, "%u packets in a day, budget %u", day,
	    budget);
}

void
judge_say(struct sim *s, const struct engine_change *c)
{
	static const char *const level[] = { [EVENT_ERR] = "err",
		[EVENT_WARNING] = "warning",
		[EVENT_NOTICE] = "notice",
		[EVENT_INFO] = "info" };
	char line[400];
	int n = snprintf(line, sizeof(line), "%12.3f %s %s: %s\n", sim_time(s),
	    level[event_level(c->event)], event_name(c->event), c->text);

	if (s->trial->verbose)
		fputs(line, stdout);
	if (s->said_len + (size_t)n + 1 > s->said_room) {
		s->said_room = 2 * s->said_room + 4096;
		s->said = realloc(s->said, s->said_room);
		if (s->said == NULL)
			abort();
	}
	memcpy(s->said + s->said_len, line, (size_t)n + 1);
	s->said_len += (size_t)n;
}

bool
sim_said(const struct sim *s, const char *a, const char *b)
{
	const char *line = s->said, *end;

	for (; line != NULL && *line != '\0'; line = end + 1) {
		const char *pa, *pb;

		end = strchr(line, '\n');
		pa = a != NULL ? strstr(line, a) : line;
		pb = b != NULL ? strstr(line, b) : line;
		if (pa != NULL && pa < end && pb != NULL && pb < end)
			return true;
	}
	return false;
}

void
sim_forget_said(struct sim *s)
{
	s->said_len = 0;
	if (s->said != NULL)
		s->said[0] = '\0';
}
