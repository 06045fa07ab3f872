/* SPDX-License-Identifier: ISC */
#include "view/month_record.h"

#include "base/sealed.h"

#include <string.h>

static const struct sealed kind = { "a record of months", "ntpmonth\0\0\0", 11,
	1 };

/* ---- writing */

static void
put_name(struct wire_out *w, const char *name)
{
	size_t len = strlen(name);

	wire_put_u8(w, (uint8_t)len);
	wire_put(w, name, len);
}

static void
put_upstreams(struct wire_out *w, const struct month *m)
{
	for (unsigned i = 0; i < MONTH_UPSTREAMS; i++) {
		const struct month_upstream *u = &m->upstream[i];

		put_name(w, u->host);
		if (u->host[0] == '\0')
			continue;
		wire_put_u64(w, u->sent);
		wire_put_u64(w, u->received);
		wire_put_u64(w, u->kisses);
		wire_put_f64(w, u->score_s);
		wire_put_f64(w, u->asked_s);
		wire_put_f64(w, u->score);
		wire_put_f64(w, u->worst);
	}
}

static void
put_days(struct wire_out *w, const struct month *m)
{
	for (unsigned i = 0; i < MONTH_DAYS; i++) {
		const struct month_day *d = &m->day[i];

		wire_put_f64(w, d->covered_s);
		wire_put_f64(w, d->synced_s);
		wire_put_u32(w, d->hosts);
		wire_put_u32(w, d->sent);
		wire_put_u64(w, d->requests);
	}
}

static void
put_incident(struct wire_out *w, const struct month_incident *n)
{
	wire_put_u32(w, n->count);
	if (n->count == 0)
		return;
	wire_put_u64(w, (uint64_t)n->first.ns);
	wire_put_u64(w, (uint64_t)n->last.ns);
	for (unsigned i = 0; i < MONTH_SUBJECTS; i++) {
		put_name(w, n->subject[i].name);
		wire_put_u32(w, n->subject[i].count);
		wire_put_u64(w, (uint64_t)n->subject[i].last.ns);
	}
}

static void
put_month(struct wire_out *w, const struct month *m)
{
	wire_put_u32(w, (uint32_t)m->number);
	for (unsigned i = 0; i < MONTH_COUNTS; i++)
		wire_put_u64(w, m->count[i]);
	wire_put_f64(w, m->covered_s);
	wire_put_f64(w, m->served_s);
	for (unsigned i = 0; i < MONTH_STATES; i++) {
		wire_put_f64(w, m->spell[i].s);
		wire_put_f64(w, m->spell[i].longest_s);
		wire_put_u64(w, (uint64_t)m->spell[i].began.ns);
	}
	wire_put_f64(w, m->bound_s);
	wire_put_f64(w, m->bounded_s);
	wire_put_f64(w, m->bound_worst_s);
	wire_put_f64(w, m->hosts);
	wire_put_f64(w, m->sibling_sent);
	wire_put_f64(w, m->sibling_s);
	wire_put_u32(w, m->day_most);
	wire_put_u32(w, m->budget);
	put_upstreams(w, m);
	put_days(w, m);
	for (unsigned k = 0; k < MONTH_KINDS; k++)
		put_incident(w, &m->incident[k]);
}

static void
put_base(struct wire_out *w, const struct month_record *r)
{
	wire_put_u64(w, (uint64_t)r->began.ns);
	wire_put_u64(w, (uint64_t)r->last.ns);
	wire_put_u64(w, (uint64_t)r->engine.ns);
	wire_put_f64(w, r->uptime_s);
	for (unsigned i = 0; i < MONTH_OF_SERVING; i++)
		wire_put_u64(w, r->count[i]);
	for (unsigned i = 0; i < ENGINE_SOURCES; i++) {
		put_name(w, r->upstream[i].host);
		wire_put_u64(w, r->upstream[i].sent);
		wire_put_u64(w, r->upstream[i].received);
		wire_put_u64(w, r->upstream[i].kisses);
		wire_put_f64(w, r->upstream[i].score);
	}
	for (unsigned i = 0; i < MONTH_STATES; i++)
		wire_put_f64(w, r->held_s[i]);
	wire_put_u32(w, r->held_starts);
}

size_t
month_record_write(const struct month_record *r,
    uint8_t octets[MONTH_RECORD_MAX])
{
	struct wire_out w = { .at = octets, .left = MONTH_RECORD_MAX };
	uint8_t months = 0;

	for (unsigned i = 0; i < MONTH_KEPT; i++)
		if (r->month[i].number != 0)
			months++;
	sealed_begin(&w, &kind);
	put_base(&w, r);
	wire_put_u8(&w, months);
	for (unsigned i = 0; i < MONTH_KEPT; i++)
		if (r->month[i].number != 0)
			put_month(&w, &r->month[i]);
	sealed_end(&w, octets);
	return w.bad ? 0 : (size_t)(w.at - octets);
}

/* ---- reading */

static struct wall
get_wall(struct wire *w)
{
	return (struct wall){ (int64_t)wire_u64(w) };
}

static void
get_name(struct wire *w, char *name, size_t size)
{
	size_t len = wire_u8(w);

	if (len >= size) {
		w->bad = true;
		return;
	}
	wire_copy(w, name, len);
	name[len] = '\0';
}

static void
get_upstreams(struct wire *w, struct month *m)
{
	for (unsigned i = 0; i < MONTH_UPSTREAMS; i++) {
		struct month_upstream *u = &m->upstream[i];

		get_name(w, u->host, sizeof(u->host));
		if (u->host[0] == '\0')
			continue;
		u->sent = wire_u64(w);
		u->received = wire_u64(w);
		u->kisses = wire_u64(w);
		u->score_s = wire_f64(w);
		u->asked_s = wire_f64(w);
		u->score = wire_f64(w);
		u->worst = wire_f64(w);
	}
}

static void
get_days(struct wire *w, struct month *m)
{
	for (unsigned i = 0; i < MONTH_DAYS; i++) {
		struct month_day *d = &m->day[i];

		d->covered_s = (float)wire_f64(w);
		d->synced_s = (float)wire_f64(w);
		d->hosts = wire_u32(w);
		d->sent = wire_u32(w);
		d->requests = wire_u64(w);
	}
}

static void
get_incident(struct wire *w, struct month_incident *n)
{
	n->count = wire_u32(w);
	if (n->count == 0)
		return;
	n->first = get_wall(w);
	n->last = get_wall(w);
	for (unsigned i = 0; i < MONTH_SUBJECTS; i++) {
		get_name(w, n->subject[i].name, sizeof(n->subject[i].name));
		n->subject[i].count = wire_u32(w);
		n->subject[i].last = get_wall(w);
	}
}

static void
get_month(struct wire *w, struct month_record *r)
{
	uint32_t number = wire_u32(w);
	struct month *m = &r->month[number % MONTH_KEPT];

	if (number == 0 || number > INT32_MAX || m->number != 0) {
		w->bad = true;
		return;
	}
	m->number = (int32_t)number;
	for (unsigned i = 0; i < MONTH_COUNTS; i++)
		m->count[i] = wire_u64(w);
	m->covered_s = wire_f64(w);
	m->served_s = wire_f64(w);
	for (unsigned i = 0; i < MONTH_STATES; i++) {
		m->spell[i].s = wire_f64(w);
		m->spell[i].longest_s = wire_f64(w);
		m->spell[i].began = get_wall(w);
	}
	m->bound_s = wire_f64(w);
	m->bounded_s = wire_f64(w);
	m->bound_worst_s = wire_f64(w);
	m->hosts = wire_f64(w);
	m->sibling_sent = wire_f64(w);
	m->sibling_s = wire_f64(w);
	m->day_most = wire_u32(w);
	m->budget = wire_u32(w);
	get_upstreams(w, m);
	get_days(w, m);
	for (unsigned k = 0; k < MONTH_KINDS; k++)
		get_incident(w, &m->incident[k]);
}

static void
get_base(struct wire *w, struct month_record *r)
{
	r->began = get_wall(w);
	r->last = get_wall(w);
	r->engine.ns = (int64_t)wire_u64(w);
	r->uptime_s = wire_f64(w);
	for (unsigned i = 0; i < MONTH_OF_SERVING; i++)
		r->count[i] = wire_u64(w);
	for (unsigned i = 0; i < ENGINE_SOURCES; i++) {
		get_name(w, r->upstream[i].host, sizeof(r->upstream[i].host));
		r->upstream[i].sent = wire_u64(w);
		r->upstream[i].received = wire_u64(w);
		r->upstream[i].kisses = wire_u64(w);
		r->upstream[i].score = wire_f64(w);
	}
	for (unsigned i = 0; i < MONTH_STATES; i++)
		r->held_s[i] = wire_f64(w);
	r->held_starts = wire_u32(w);
}

int
month_record_read(struct month_record *r, const uint8_t *octets, size_t len,
    struct err *e)
{
	struct wire w = { .at = octets, .left = len };

	month_init(r);
	if (sealed_open(&w, &kind, e) == -1)
		return -1;
	get_base(&w, r);
	for (unsigned n = wire_u8(&w); n > 0 && !w.bad; n--)
		get_month(&w, r);
	if (!w.bad && w.left == 0)
		return 0;
	month_init(r);
	return err_set(e, "of another size");
}
