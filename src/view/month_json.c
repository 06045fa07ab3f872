/* SPDX-License-Identifier: ISC */
#include "view/month_json.h"

#include "view/json_put.h"

#include <math.h>
#include <string.h>

#define WHEN 32
#define NS INT64_C(1000000000)
#define DAY_S 86400

/* "2026-11-22T13:05:00Z" */
static void
put_when(json_t *o, const char *name, struct wall at)
{
	struct date d = date_of(at.ns / NS / DAY_S);
	int s = (int)(at.ns / NS % DAY_S);
	char buf[WHEN];
	struct text t = TEXT(buf);

	text_add(&t, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)d.year, d.month,
	    d.day, s / 3600, s / 60 % 60, s % 60);
	put_text(o, name, buf);
}

static json_t *
time_of(const struct month_page *p, const struct month_bill *b)
{
	const struct month *m = p->month;
	json_t *o = json_object();

	put_number(o, "covered_s", m->covered_s);
	put_number(o, "unknown_s", b->unknown_s);
	put_count(o, "starts", m->count[MONTH_STARTS]);
	put_number(o, "served_s", m->served_s);
	put_number_if(o, "available_percent", m->covered_s > 0,
	    fmin(100, 100 * m->served_s / m->covered_s));
	put_number_if(o, "bound_mean_s", m->bounded_s > 0,
	    m->bound_s / m->bounded_s);
	put_number_if(o, "bound_worst_s", m->bounded_s > 0, m->bound_worst_s);
	return o;
}

static json_t *
states(const struct month *m)
{
	json_t *o = json_object();

	for (unsigned i = 0; i < MONTH_STATES; i++) {
		const struct month_spell *s = &m->spell[i];
		json_t *one = json_object();

		put_number(one, "seconds", s->s);
		put_number(one, "longest_s", s->longest_s);
		if (s->longest_s > 0)
			put_when(one, "longest_since", s->began);
		else
			json_object_set_new(one, "longest_since", json_null());
		json_object_set_new(o, snapshot_state_name(i), one);
	}
	return o;
}

static void
put_traffic(json_t *o, const struct month_traffic *t, const char *octets)
{
	put_count(o, "packets_in", t->in);
	put_count(o, "packets_out", t->out);
	put_count(o, octets, t->octets);
}

static json_t *
inside(const struct month *m, const struct month_bill *b)
{
	json_t *o = json_object();

	put_count_if(o, "hosts", m->hosts > 0, (uint64_t)round(m->hosts));
	put_count(o, "requests", b->requests);
	put_count(o, "answered", m->count[MONTH_ANSWERED]);
	put_count(o, "limited", m->count[MONTH_LIMITED]);
	put_count(o, "denied", m->count[MONTH_DENIED]);
	put_count(o, "bad", m->count[MONTH_BAD]);
	put_count(o, "of_sibling", m->count[MONTH_SIBLING]);
	put_traffic(o, &b->inside, "octets");
	put_count(o, "payload_in", m->count[MONTH_OCTETS_IN]);
	put_count(o, "payload_out", m->count[MONTH_OCTETS_OUT]);
	return o;
}

static json_t *
outside(const struct month *m, const struct month_bill *b)
{
	json_t *o = json_object();

	put_traffic(o, &b->outside, "octets");
	put_count(o, "kisses", m->count[MONTH_KISSES]);
	put_count(o, "day_most", m->day_most);
	put_count(o, "budget", m->budget);
	return o;
}

static json_t *
without(const struct month_bill *b)
{
	json_t *o = json_object();

	put_traffic(o, &b->without, "octets");
	put_count(o, "octets_a_packet", MONTH_BILL_PACKET);
	return o;
}

static json_t *
cost(const struct month_page *p, const struct month_bill *b)
{
	const bool known = p->price_per_gb > 0;
	json_t *o = json_object();

	put_number_if(o, "price_per_gb", known, p->price_per_gb);
	put_number_if(o, "outside", known, b->outside.cost);
	put_number_if(o, "without_us", known, b->without.cost);
	put_number_if(o, "saved", known, b->saving);
	return o;
}

static json_t *
sibling(const struct month_page *p)
{
	const struct month *m = p->month;
	const struct snapshot_sibling *b = &p->snapshot->sibling;
	json_t *o = json_object();

	if (m->sibling_s <= 0 && b->state == SNAPSHOT_SIBLING_NONE) {
		json_decref(o);
		return json_null();
	}
	put_text_if(o, "name", b->name[0] != '\0', b->name);
	put_number(o, "heard_s", m->sibling_s);
	put_number_if(o, "sent", m->sibling_s > 0, m->sibling_sent);
	return o;
}

static json_t *
upstreams(const struct month *m)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < MONTH_UPSTREAMS; i++) {
		const struct month_upstream *u = &m->upstream[i];
		json_t *o;

		if (u->host[0] == '\0')
			continue;
		o = json_object();
		put_text(o, "host", u->host);
		put_count(o, "sent", u->sent);
		put_count(o, "received", u->received);
		put_count(o, "kisses", u->kisses);
		put_number_if(o, "score", u->asked_s > 0, u->score);
		put_number_if(o, "score_mean", u->asked_s > 0,
		    u->score_s / u->asked_s);
		put_number(o, "score_worst", u->worst);
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *
subjects(const struct month_incident *n)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < MONTH_SUBJECTS; i++) {
		const struct month_subject *u = &n->subject[i];
		json_t *o;

		if (u->name[0] == '\0')
			continue;
		o = json_object();
		put_text(o, "host", u->name);
		put_count(o, "count", u->count);
		put_when(o, "last", u->last);
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *
incidents(const struct month *m)
{
	json_t *list = json_array();

	for (unsigned k = 0; k < MONTH_KINDS; k++) {
		const struct month_incident *n = &m->incident[k];
		json_t *o;

		if (n->count == 0)
			continue;
		o = json_object();
		put_text(o, "event", event_name(month_kind_event(k)));
		put_text(o, "means", event_meaning(month_kind_event(k)));
		put_count(o, "count", n->count);
		put_when(o, "first", n->first);
		put_when(o, "last", n->last);
		json_object_set_new(o, "hosts", subjects(n));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *
days(const struct month *m)
{
	json_t *list = json_array();

	for (int i = 0; i < month_length(m->number); i++) {
		const struct month_day *d = &m->day[i];
		json_t *o;

		if (d->covered_s <= 0 && d->requests == 0)
			continue;
		o = json_object();
		put_count(o, "day", (uint64_t)i + 1);
		put_number(o, "covered_s", d->covered_s);
		put_number(o, "synced_s", d->synced_s);
		put_count(o, "requests", d->requests);
		put_count(o, "hosts", d->hosts);
		put_count(o, "sent", d->sent);
		json_array_append_new(list, o);
	}
	return list;
}

void
month_json(const struct month_page *p, struct text *out)
{
	char name[MONTH_NAME];
	json_t *o = put_schema();
	struct month_bill b;

	month_bill(p, &b);
	put_text(o, "name", p->snapshot->name);
	put_text(o, "month", month_name(p->month->number, name));
	put_when(o, "since", b.since);
	put_when(o, "until", b.until);
	put_bool(o, "whole", b.whole);
	json_object_set_new(o, "time", time_of(p, &b));
	json_object_set_new(o, "states", states(p->month));
	json_object_set_new(o, "inside", inside(p->month, &b));
	json_object_set_new(o, "outside", outside(p->month, &b));
	json_object_set_new(o, "without_us", without(&b));
	json_object_set_new(o, "cost", cost(p, &b));
	json_object_set_new(o, "sibling", sibling(p));
	json_object_set_new(o, "upstreams", upstreams(p->month));
	json_object_set_new(o, "incidents", incidents(p->month));
	json_object_set_new(o, "days", days(p->month));
	put_print(o, out);
}
