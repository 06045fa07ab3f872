/* SPDX-License-Identifier: ISC */
#include "view/metrics.h"

#include "view/why.h"

#include <math.h>
#include <string.h>

#define LABEL_MAX (2 * SOURCE_HOST_MAX + 64)

/* Where it goes, and in which dialect. */
struct sheet {
	const struct snapshot *s;
	struct text *out;
	bool open;
};

enum kind { GAUGE, COUNTER };

/* One family: its name without "ntpgate_" and "_total". */
struct family {
	const char *name, *unit, *help;
	enum kind kind;
};

static void
begin(const struct sheet *m, const struct family *f)
{
	/* The old format names the sample, the new one the family. */
	const char *total = f->kind == COUNTER && !m->open ? "_total" : "";

	text_add(m->out, "# HELP ntpgate_%s%s %s\n", f->name, total, f->help);
	text_add(m->out, "# TYPE ntpgate_%s%s %s\n", f->name, total,
	    f->kind == COUNTER ? "counter" : "gauge");
	if (m->open && f->unit != NULL)
		text_add(m->out, "# UNIT ntpgate_%s %s\n", f->name, f->unit);
}

/* labels: "{...}" or "".  What is not known is not said. */
static void
put(const struct sheet *m, const struct family *f, const char *labels, double v)
{
	if (isfinite(v))
		text_add(m->out, "ntpgate_%s%s%s %.12g\n", f->name,
		    f->kind == COUNTER ? "_total" : "", labels, v);
}

static void
one(const struct sheet *m, const struct family *f, double v)
{
	if (!isfinite(v))
		return;
	begin(m, f);
	put(m, f, "", v);
}

/* A label's value: three characters have an escape, others stay. */
static void
add_value(struct text *t, const char *value)
{
	for (; *value != '\0'; value++)
		if (*value == '\n')
			text_add(t, "\\n");
		else if (*value == '"' || *value == '\\')
			text_add(t, "\\%c", *value);
		else if ((unsigned char)*value >= 0x80)
			text_add(t, "?"); /* perhaps no UTF-8 */
		else
			text_add(t, "%c", *value);
}

static char *
label(const char *name, const char *value, char buf[LABEL_MAX])
{
	struct text t = { buf, LABEL_MAX, 0 };

	text_add(&t, "{%s=\"", name);
	add_value(&t, value);
	text_add(&t, "\"}");
	return buf;
}

/* ---- ourselves */

static void
put_states(const struct sheet *m)
{
	static const struct family f = { "state", NULL,
		"1 for the state that the gateway is in, 0 for the others.",
		GAUGE };
	char buf[LABEL_MAX];

	begin(m, &f);
	for (unsigned i = ENGINE_STARTING; i <= ENGINE_PANIC; i++)
		put(m, &f, label("state", snapshot_state_name(i), buf),
		    m->s->state == i);
}

static void
put_name(const struct sheet *m)
{
	static const struct family f = { "gateway_info", NULL,
		"What the gateway is called; always 1.", GAUGE };
	char buf[LABEL_MAX];

	begin(m, &f);
	put(m, &f, label("name", m->s->name, buf), 1);
}

static void
put_time(const struct sheet *m)
{
	const struct snapshot *s = m->s;
	bool known = isfinite(s->error_bound_s);

	one(m,
	    &(struct family){ "synchronised", NULL,
		"1 while hosts are told that we know the time.", GAUGE },
	    s->serving.leap != LEAP_UNSYNC);
	one(m,
	    &(struct family){ "offset_seconds", "seconds",
		"True time minus our clock: positive while it is slow.",
		GAUGE },
	    known ? s->offset_s : NAN);
	one(m,
	    &(struct family){ "error_bound_seconds", "seconds",
		"How far our clock may be off, in 95 of 100 cases.", GAUGE },
	    s->error_bound_s);
	one(m,
	    &(struct family){ "root_distance_seconds", "seconds",
		"How far it can be off from the servers' own source.", GAUGE },
	    s->root_distance_s);
	one(m,
	    &(struct family){ "stratum", NULL, "Stratum that is served.",
		GAUGE },
	    s->serving.stratum);
	one(m,
	    &(struct family){ "frequency_offset_ratio", "ratio",
		"What our oscillator loses: positive while it is slow.",
		GAUGE },
	    known ? s->frequency_ppm * 1e-6 : NAN);
	one(m,
	    &(struct family){ "clock_steps", NULL,
		"Times that the clock was stepped.", COUNTER },
	    (double)s->steps);
	one(m,
	    &(struct family){ "uptime_seconds", "seconds",
		"Since the engine started.", GAUGE },
	    s->uptime_s);
}

static void
put_truth(const struct sheet *m)
{
	const struct snapshot *s = m->s;

	one(m,
	    &(struct family){ "groups_answering", NULL,
		"Independent groups of servers that answer.", GAUGE },
	    s->groups);
	one(m,
	    &(struct family){ "groups_agreeing", NULL,
		"Those of them that agree; 0 without a majority.", GAUGE },
	    s->agreeing);
	one(m,
	    &(struct family){ "groups_spare", NULL,
		"How many may fail before no majority is left.", GAUGE },
	    s->losses);
}

static void
put_budget(const struct sheet *m)
{
	const struct snapshot *s = m->s;

	one(m,
	    &(struct family){ "upstream_packets", "packets",
		"Sent to servers outside, since the ledger began.", COUNTER },
	    (double)s->sent.total);
	one(m,
	    &(struct family){ "upstream_day_packets", "packets",
		"Sent to servers outside in the last 24 hours.", GAUGE },
	    s->sent.day);
	one(m,
	    &(struct family){ "upstream_day_limit_packets", "packets",
		"Budget of 24 hours.", GAUGE },
	    s->sent.budget);
	one(m,
	    &(struct family){ "upstream_interval_seconds", "seconds",
		"How often each server is asked.", GAUGE },
	    s->pace.interval_s);
	one(m,
	    &(struct family){ "ledger_writable", NULL,
		"0 while the ledger cannot be written and nobody is asked.",
		GAUGE },
	    !s->closed);
}

/* ---- hosts */

static void
put_serve(const struct sheet *m)
{
	static const struct family f = { "requests", NULL,
		"What inside hosts asked, by what became of it.", COUNTER };
	const struct snapshot_serve *c = &m->s->serve;

	begin(m, &f);
	put(m, &f, "{result=\"answered\"}", (double)c->answered);
	put(m, &f, "{result=\"limited\"}", (double)c->limited);
	put(m, &f, "{result=\"denied\"}", (double)c->denied);
	put(m, &f, "{result=\"bad\"}", (double)c->bad);
	one(m,
	    &(struct family){ "kisses_sent", NULL,
		"Of the limited requests, those that were told to ask less "
		"(RATE).",
		COUNTER },
	    (double)c->kissed);
	one(m,
	    &(struct family){ "hosts", NULL, "Distinct hosts that asked.",
		GAUGE },
	    c->clients > 0 ? (double)c->clients : NAN);
}

/* ---- upstreams */

typedef double of_upstream(const struct snapshot *s, unsigned i);

static double
used(const struct snapshot *s, unsigned i)
{
	return s->upstream[i].truechimer;
}

static double
falseticker(const struct snapshot *s, unsigned i)
{
	return strcmp(why_state(s, i), "falseticker") == 0;
}

static double
reachable(const struct snapshot *s, unsigned i)
{
	return s->upstream[i].reach != 0;
}

static double
retired(const struct snapshot *s, unsigned i)
{
	return s->upstream[i].account.retired;
}

static double
offset(const struct snapshot *s, unsigned i)
{
	return s->upstream[i].sampled ? s->upstream[i].offset_s : NAN;
}

static double
delay(const struct snapshot *s, unsigned i)
{
	return s->upstream[i].sampled ? s->upstream[i].delay_s : NAN;
}

static double
jitter(const struct snapshot *s, unsigned i)
{
	return s->upstream[i].sampled ? s->upstream[i].jitter_s : NAN;
}

static double
stratum(const struct snapshot *s, unsigned i)
{
	return s->upstream[i].sampled ? s->upstream[i].stratum : NAN;
}

static double
score(const struct snapshot *s, unsigned i)
{
	return s->upstream[i].score;
}

static double
sent(const struct snapshot *s, unsigned i)
{
	return (double)s->upstream[i].sent;
}

static double
received(const struct snapshot *s, unsigned i)
{
	return (double)s->upstream[i].received;
}

static double
kisses(const struct snapshot *s, unsigned i)
{
	return s->upstream[i].account.kisses;
}

static const struct {
	struct family family;
	of_upstream *of;
} upstream[] = {
	{ { "server_used", NULL, "1 while the server is believed.", GAUGE },
	    used },
	{ { "server_falseticker", NULL,
	      "1 while it tells another time than the majority.", GAUGE },
	    falseticker },
	{ { "server_reachable", NULL,
	      "1 if one of the last eight questions was answered.", GAUGE },
	    reachable },
	{ { "server_retired", NULL,
	      "1 while it does not want to be asked, and is not.", GAUGE },
	    retired },
	{ { "server_offset_seconds", "seconds", "The server's time minus ours.",
	      GAUGE },
	    offset },
	{ { "server_delay_seconds", "seconds", "Time there and back.", GAUGE },
	    delay },
	{ { "server_jitter_seconds", "seconds", "Spread of the latest offsets.",
	      GAUGE },
	    jitter },
	{ { "server_stratum", NULL, "Stratum that it states.", GAUGE },
	    stratum },
	{ { "server_score", NULL, "The pool's score, 20 at best.", GAUGE },
	    score },
	{ { "server_questions", NULL, "Packets sent to it.", COUNTER }, sent },
	{ { "server_answers", NULL, "Packets that came from it.", COUNTER },
	    received },
	{ { "server_kisses", NULL, "Kiss-o'-death packets that were obeyed.",
	      COUNTER },
	    kisses },
};

static void
put_upstreams(const struct sheet *m)
{
	char buf[LABEL_MAX];

	for (size_t k = 0; k < sizeof(upstream) / sizeof(upstream[0]); k++) {
		begin(m, &upstream[k].family);
		for (unsigned i = 0; i < m->s->upstreams; i++)
			put(m, &upstream[k].family,
			    label("server",
				snapshot_name(&m->s->upstream[i]).text, buf),
			    upstream[k].of(m->s, i));
	}
}

/* ---- the sibling */

static unsigned
differences(const struct snapshot_sibling *b)
{
	unsigned n = 0;

	for (uint32_t d = b->differs; d != 0; d &= d - 1)
		n++;
	return n;
}

static void
put_sibling(const struct sheet *m)
{
	static const struct family f = { "sibling_state", NULL,
		"1 for the state that the sibling is in, 0 for the others.",
		GAUGE };
	const struct snapshot_sibling *b = &m->s->sibling;
	char buf[LABEL_MAX];

	if (b->state == SNAPSHOT_SIBLING_NONE)
		return;
	begin(m, &f);
	for (unsigned i = SNAPSHOT_SIBLING_UNHEARD;
	     i <= SNAPSHOT_SIBLING_DROPPED; i++)
		put(m, &f, label("state", snapshot_sibling_name(i), buf),
		    b->state == i);
	one(m,
	    &(struct family){ "sibling_offset_seconds", "seconds",
		"Its clock minus ours, when it was heard.", GAUGE },
	    b->heard_s >= 0 ? b->offset_s : NAN);
	one(m,
	    &(struct family){ "sibling_heard_seconds", "seconds",
		"Since its last good answer.", GAUGE },
	    b->heard_s >= 0 ? b->heard_s : NAN);
	one(m,
	    &(struct family){ "sibling_differences", NULL,
		"Parts of the two configurations that differ.", GAUGE },
	    differences(b));
}

void
metrics_print(const struct snapshot *s, bool openmetrics, struct text *out)
{
	struct sheet m = { s, out, openmetrics };

	put_name(&m);
	put_states(&m);
	put_time(&m);
	put_truth(&m);
	put_budget(&m);
	put_serve(&m);
	put_upstreams(&m);
	put_sibling(&m);
	if (openmetrics)
		text_add(out, "# EOF\n");
}
