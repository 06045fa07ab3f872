/* SPDX-License-Identifier: ISC */
#include "diary.h"

#include "base/text.h"

#include "made.h"

#include <math.h>

struct diary diary;

static struct wall
november(int day, int hour, int minute)
{
	return wall_add(month_begin(DIARY_NOVEMBER),
	    (day - 1) * 86400 + hour * 3600 + minute * 60);
}

static struct month *
begin(struct month_record *r)
{
	struct month *m = &r->month[DIARY_NOVEMBER % MONTH_KEPT];

	month_init(r);
	r->began = month_begin(DIARY_NOVEMBER - 3);
	r->last = november(23, 4, 12);
	m->number = DIARY_NOVEMBER;
	return m;
}

/* 1,918,800 s, of them 7200 not known. */
static void
fill_time(struct month *m)
{
	m->covered_s = 1911600;
	m->served_s = 1911000;
	m->count[MONTH_STARTS] = 2;
	m->spell[ENGINE_STARTING] =
	    (struct month_spell){ 600, 400, november(3, 8, 0) };
	m->spell[ENGINE_HOLDOVER] =
	    (struct month_spell){ 3600, 2400, november(12, 13, 5) };
	m->spell[ENGINE_ORPHAN].s = 120;
	m->spell[ENGINE_PANIC].s = 60;
	m->spell[ENGINE_SYNCED] =
	    (struct month_spell){ 1907220, 1000000, november(12, 13, 45) };
	m->bounded_s = 1911000;
	m->bound_s = 1911000 * 0.00041;
	m->bound_worst_s = 0.012;
}

/* 2,800,000,000 requests: 212.8 GB each way without us. */
static void
fill_traffic(struct month *m)
{
	const uint64_t asked = UINT64_C(2800000000), sibling = 120000;

	m->count[MONTH_ANSWERED] = asked - 1000000 + sibling;
	m->count[MONTH_LIMITED] = 1000000;
	m->count[MONTH_DENIED] = 45;
	m->count[MONTH_BAD] = 3;
	m->count[MONTH_SIBLING] = sibling;
	m->count[MONTH_IN] = asked + sibling + 48;
	m->count[MONTH_OUT] = asked - 1000000 + sibling;
	m->count[MONTH_OCTETS_IN] = 48 * m->count[MONTH_IN];
	m->count[MONTH_OCTETS_OUT] = 48 * m->count[MONTH_OUT];
	m->hosts = 100123.4;
	for (int i = 0; i < 23; i++)
		m->day[i] = (struct month_day){ .covered_s = 86400,
			.synced_s = 86300,
			.hosts = 99000,
			.sent = 400,
			.requests = 121739130 };
	m->day[11].hosts = 100017;
	m->day[11].requests = 130000000;
}

static void
fill_servers(struct month *m)
{
	const struct snapshot s = made_synced();

	for (unsigned i = 0; i <= s.upstreams; i++) {
		struct month_upstream *u = &m->upstream[i];

		text_copy(u->host, sizeof(u->host),
		    i < s.upstreams ? s.upstream[i].host : "old.example.net");
		u->sent = 1800 - 100 * i;
		u->received = 1799 - 100 * i;
		u->kisses = i == 5 ? 2 : 0;
		u->asked_s = 1911600;
		u->score = 20 - 0.5 * i;
		u->score_s = (19.5 - i) * 1911600;
		u->worst = i % 2 == 0 ? INFINITY : 12 - 3.0 * i;
		m->count[MONTH_SENT] += u->sent;
		m->count[MONTH_RECEIVED] += u->received;
		m->count[MONTH_KISSES] += u->kisses;
	}
	m->count[MONTH_SENT_OCTETS] = 76 * m->count[MONTH_SENT];
	m->count[MONTH_RECEIVED_OCTETS] = 76 * m->count[MONTH_RECEIVED];
	m->day_most = 512;
	m->budget = 640;
	m->sibling_s = 1900000;
	m->sibling_sent = 8712.4;
}

static bool
of_host(enum month_kind k)
{
	return (k >= MONTH_SILENT && k <= MONTH_RETIRED) || k == MONTH_ROGUE;
}

static void
fill_incidents(struct month_record *r)
{
	for (unsigned k = 0; k < MONTH_KINDS; k++)
		month_event(r, month_kind_event(k), november(23, 3, (int)k),
		    of_host(k) ? "host=ntp2.example.org x" : "");
	month_event(r, EVENT_CLOCK_HOLDOVER, november(23, 4, 0), "");
	for (unsigned i = 0; i < 37; i++)
		month_event(r, EVENT_CLIENTS_SICK, november(23, 4, 1),
		    i < 30 ? "host=10.20.30.40 flags=flood" :
			     "host=2001:db8:1234:5678:9abc:def0:1234:5678 f");
}

void
diary_busy(struct month_record *r)
{
	struct month *m = begin(r);

	fill_time(m);
	fill_traffic(m);
	fill_servers(m);
	fill_incidents(r);
}

void
diary_quiet(struct month_record *r)
{
	struct snapshot s = made_synced();

	begin(r);
	r->began.ns = 0;
	s.at = november(23, 4, 12);
	s.started.ns = 77;
	s.uptime_s = s.since_s = 1200;
	s.serve = (struct snapshot_serve){ 0 };
	month_feed(r, &s);
}

struct wall
diary_at(int64_t year, int month, int day, double s_of_day)
{
	const struct date d = { year, month, day };

	return wall_add((struct wall){ date_day(&d) * 86400 * 1000000000 },
	    s_of_day);
}

void
diary_begin(void)
{
	struct snapshot *s = &diary.s;

	month_init(&diary.r);
	*s = made_synced();
	s->started = (struct mono){ 77 };
	s->at = diary_at(2026, 11, 12, 36000);
	s->uptime_s = s->since_s = 60;
	s->serve = (struct snapshot_serve){ .received = 1000,
		.answered = 990,
		.limited = 10,
		.octets_in = 48000,
		.octets_out = 47520,
		.mode_in = { [3] = 1000 },
		.mode_out = { [4] = 990 } };
	for (unsigned i = 0; i < s->upstreams; i++)
		s->upstream[i].sent = s->upstream[i].received = 1;
	month_feed(&diary.r, s);
}

void
diary_later(double d, uint64_t n)
{
	struct snapshot *s = &diary.s;

	s->at = wall_add(s->at, d);
	s->uptime_s += d;
	s->since_s += d;
	s->serve.received += n;
	s->serve.answered += n;
	s->serve.mode_in[3] += n;
	s->serve.mode_out[4] += n;
	s->serve.octets_in += 48 * n;
	s->serve.octets_out += 48 * n;
	month_feed(&diary.r, s);
}

const struct month *
diary_month(void)
{
	return month_find(&diary.r, DIARY_NOVEMBER);
}

uint64_t
diary_count(enum month_count c)
{
	return diary_month() == NULL ? 0 : diary_month()->count[c];
}

struct month_page
diary_page(const struct month_record *r, double price)
{
	static struct snapshot s;

	s = made_paired();
	return (
	    struct month_page){ r, month_find(r, DIARY_NOVEMBER), &s, price };
}
