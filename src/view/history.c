/* SPDX-License-Identifier: ISC */
#include "view/history.h"

#include "base/sealed.h"
#include "base/text.h"

#include <math.h>
#include <string.h>

#define LONG_AGO_S 43200.0

static const struct sealed kind = { "a history", "ntpghist\0\0\0", 11, 1 };

static const struct {
	const char *name;
	uint32_t step_s;
	unsigned first, count; /* its part of history.point */
} ring[HISTORY_SPANS] = {
	[HISTORY_HOUR] = { "hour", 10, 0, HISTORY_HOUR_POINTS },
	[HISTORY_DAY] = { "day", 300, HISTORY_HOUR_POINTS, HISTORY_DAY_POINTS },
	[HISTORY_WEEK] = { "week", 1800,
	    HISTORY_HOUR_POINTS + HISTORY_DAY_POINTS, HISTORY_WEEK_POINTS },
};

void
history_init(struct history *h)
{
	memset(h, 0, sizeof(*h));
}

const char *
history_span_name(enum history_span span)
{
	return ring[span].name;
}

unsigned
history_count(enum history_span span)
{
	return ring[span].count;
}

double
history_step_s(enum history_span span)
{
	return ring[span].step_s;
}

/* ---- feeding */

static uint32_t
bucket_of(enum history_span span, struct wall t)
{
	return t.ns < 0 ? 0 : (uint32_t)(t.ns / 1000000000 / ring[span].step_s);
}

static unsigned
place(enum history_span span, uint32_t bucket)
{
	return ring[span].first + bucket % ring[span].count;
}

/* The point of that bucket, emptied if another one was in its place. */
static struct history_point *
open_point(struct history *h, enum history_span span, uint32_t bucket)
{
	struct history_point *p = &h->point[place(span, bucket)];

	if (p->count > 0 && p->bucket == bucket)
		return p;
	*p = (struct history_point){ .bucket = bucket };
	for (unsigned i = 0; i < ENGINE_SOURCES; i++)
		p->upstream_s[i] = NAN;
	return p;
}

int
history_find(const struct history *h, const char *host)
{
	for (unsigned i = 0; i < ENGINE_SOURCES; i++)
		if (h->host[i][0] != '\0' && strcmp(h->host[i], host) == 0)
			return (int)i;
	return -1;
}

static bool
is_upstream(const struct snapshot *s, const char *host)
{
	for (unsigned i = 0; i < s->upstreams; i++)
		if (strcmp(snapshot_name(&s->upstream[i]).text, host) == 0)
			return true;
	return false;
}

/* A place for a new host: one that was never used, or a former server's, whose
 * past goes with it.  There are as many as there can be servers. */
static unsigned
take_place(struct history *h, const struct snapshot *s, const char *host)
{
	unsigned i = 0;

	while (i < ENGINE_SOURCES - 1 && h->host[i][0] != '\0' &&
	    is_upstream(s, h->host[i]))
		i++;
	text_copy(h->host[i], sizeof(h->host[i]), host);
	for (unsigned k = 0; k < HISTORY_POINTS; k++)
		h->point[k].upstream_s[i] = NAN;
	return i;
}

/* What has happened since the snapshot before. */
struct gain {
	double s, asked, sent;
};

static struct gain
gain(const struct history *h, const struct snapshot *s)
{
	uint64_t asked = s->serve.answered + s->serve.limited;
	bool goes_on = h->begun && s->uptime_s >= h->uptime_s &&
	    asked >= h->asked && s->sent.total >= h->sent;
	double part = fmin(1, LONG_AGO_S / fmax(s->uptime_s, 1));

	/* Another engine counts from its start, which may be long ago; packets
	 * sent, since ever. */
	if (!goes_on)
		return (struct gain){ s->uptime_s * part, (double)asked * part,
			h->begun && s->sent.total >= h->sent ?
			    (double)(s->sent.total - h->sent) :
			    0 };
	return (struct gain){ s->uptime_s - h->uptime_s,
		(double)(asked - h->asked), (double)(s->sent.total - h->sent) };
}

static void
add(struct history_point *p, const struct snapshot *s, const struct gain *g)
{
	p->count = p->count < UINT16_MAX ? p->count + 1 : p->count;
	p->offset_s += ((float)s->offset_s - p->offset_s) / (float)p->count;
	p->bound_s = fmaxf(p->bound_s, (float)s->error_bound_s);
	p->asked += (float)g->asked;
	p->covered_s += (float)g->s;
	p->sent += (float)g->sent;
}

static void
add_upstreams(struct history *h, struct history_point *const p[HISTORY_SPANS],
    const struct snapshot *s)
{
	for (unsigned k = 0; k < s->upstreams; k++) {
		const struct snapshot_upstream *u = &s->upstream[k];
		struct source_name name = snapshot_name(u);
		int i = history_find(h, name.text);

		/* What it said before it fell silent is not news. */
		if (!u->sampled || u->reach == 0)
			continue;
		if (i < 0)
			i = (int)take_place(h, s, name.text);
		for (unsigned r = 0; r < HISTORY_SPANS; r++)
			p[r]->upstream_s[i] = (float)u->offset_s;
	}
}

void
history_feed(struct history *h, const struct snapshot *s)
{
	struct history_point *p[HISTORY_SPANS];
	struct gain g;

	if (!isfinite(s->error_bound_s) || s->at.ns <= 0)
		return;
	g = gain(h, s);
	for (unsigned r = 0; r < HISTORY_SPANS; r++) {
		p[r] = open_point(h, r, bucket_of(r, s->at));
		add(p[r], s, &g);
	}
	add_upstreams(h, p, s);
	h->begun = true;
	h->uptime_s = s->uptime_s;
	h->asked = s->serve.answered + s->serve.limited;
	h->sent = s->sent.total;
}

/* ---- looking */

const struct history_point *
history_at(const struct history *h, enum history_span span, struct wall now,
    unsigned i)
{
	uint32_t back = ring[span].count - 1 - i, last = bucket_of(span, now);
	const struct history_point *p;

	if (i >= ring[span].count || last < back)
		return NULL;
	p = &h->point[place(span, last - back)];
	return p->count > 0 && p->bucket == last - back ? p : NULL;
}

double
history_asked(const struct history *h, struct wall now, double *covered_s)
{
	double sum = 0;

	*covered_s = 0;
	for (unsigned i = 0; i < HISTORY_DAY_POINTS; i++) {
		const struct history_point *p =
		    history_at(h, HISTORY_DAY, now, i);

		if (p == NULL)
			continue;
		sum += p->asked;
		*covered_s += p->covered_s;
	}
	return sum;
}

/* ---- keeping */

static void
put_float(struct wire_out *w, float v)
{
	uint32_t bits;

	memcpy(&bits, &v, sizeof(bits));
	wire_put_u32(w, bits);
}

static float
get_float(struct wire *w)
{
	uint32_t bits = wire_u32(w);
	float v;

	memcpy(&v, &bits, sizeof(v));
	return v;
}

static void
put_point(struct wire_out *w, const struct history_point *p)
{
	wire_put_u32(w, p->bucket);
	wire_put_u16(w, p->count);
	put_float(w, p->offset_s);
	put_float(w, p->bound_s);
	put_float(w, p->asked);
	put_float(w, p->covered_s);
	put_float(w, p->sent);
	for (unsigned i = 0; i < ENGINE_SOURCES; i++)
		put_float(w, p->upstream_s[i]);
}

static void
get_point(struct wire *w, struct history_point *p)
{
	p->bucket = wire_u32(w);
	p->count = wire_u16(w);
	p->offset_s = get_float(w);
	p->bound_s = get_float(w);
	p->asked = get_float(w);
	p->covered_s = get_float(w);
	p->sent = get_float(w);
	for (unsigned i = 0; i < ENGINE_SOURCES; i++)
		p->upstream_s[i] = get_float(w);
}

size_t
history_write(const struct history *h, uint8_t octets[HISTORY_OCTETS_MAX])
{
	struct wire_out w = { .at = octets, .left = HISTORY_OCTETS_MAX };

	sealed_begin(&w, &kind);
	wire_put_u8(&w, h->begun);
	wire_put_f64(&w, h->uptime_s);
	wire_put_u64(&w, h->asked);
	wire_put_u64(&w, h->sent);
	wire_put(&w, h->host, sizeof(h->host));
	for (unsigned i = 0; i < HISTORY_POINTS; i++)
		put_point(&w, &h->point[i]);
	sealed_end(&w, octets);
	return w.bad ? 0 : (size_t)(w.at - octets);
}

static void
get_all(struct wire *w, struct history *h)
{
	h->begun = wire_u8(w) != 0;
	h->uptime_s = wire_f64(w);
	h->asked = wire_u64(w);
	h->sent = wire_u64(w);
	wire_copy(w, h->host, sizeof(h->host));
	for (unsigned i = 0; i < ENGINE_SOURCES; i++)
		h->host[i][SOURCE_HOST_MAX - 1] = '\0';
	for (unsigned i = 0; i < HISTORY_POINTS; i++)
		get_point(w, &h->point[i]);
}

int
history_read(struct history *h, const uint8_t *octets, size_t len,
    struct err *e)
{
	struct wire w = { .at = octets, .left = len };

	history_init(h);
	if (sealed_open(&w, &kind, e) == -1)
		return -1;
	get_all(&w, h);
	if (!w.bad && w.left == 0)
		return 0;
	history_init(h);
	return err_set(e, "of another size");
}
