/* SPDX-License-Identifier: ISC */
#include "view/month.h"

#include "base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DAY_S 86400
#define NS INT64_C(1000000000)
#define NEAR_S 86400.0 /* so far from the last snapshot a time is believed */
#define NTP_OCTETS 48
#define V4_OCTETS 28 /* headers of IP and UDP */
#define V6_OCTETS 48

/* ---- the calendar */

static int64_t
day_of(struct wall at)
{
	int64_t s = at.ns / NS - (at.ns % NS < 0);

	return (s >= 0 ? s : s - (DAY_S - 1)) / DAY_S;
}

int32_t
month_number(struct wall at)
{
	struct date d = date_of(day_of(at));

	return (int32_t)(12 * d.year + d.month - 1);
}

static int64_t
first_day(int32_t number)
{
	const struct date d = { .year = number / 12,
		.month = number % 12 + 1,
		.day = 1 };

	return date_day(&d);
}

struct wall
month_begin(int32_t number)
{
	return (struct wall){ first_day(number) * DAY_S * NS };
}

int
month_length(int32_t number)
{
	return (int)(first_day(number + 1) - first_day(number));
}

double
month_day_s(struct wall at)
{
	return wall_sub(at, (struct wall){ day_of(at) * DAY_S * NS });
}

double
month_month_s(struct wall at)
{
	return wall_sub(at, month_begin(month_number(at)));
}

int32_t
month_parse(const char *text)
{
	static const char shape[] = "dddd-dd";
	int year, of_year;

	for (size_t i = 0; i < sizeof(shape); i++)
		if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9' :
				      text[i] != shape[i])
			return 0;
	year = atoi(text);
	of_year = atoi(text + 5);
	return year < 1970 || of_year < 1 || of_year > 12 ?
	    0 :
	    12 * year + of_year - 1;
}

char *
month_name(int32_t number, char buf[MONTH_NAME])
{
	struct text t = { buf, MONTH_NAME, 0 };

	text_add(&t, "%04d-%02d", number / 12, number % 12 + 1);
	return buf;
}

/* ---- places */

void
month_init(struct month_record *r)
{
	memset(r, 0, sizeof(*r));
}

/* The month of that time, emptied if another one was in its place. */
static struct month *
open_month(struct month_record *r, struct wall at)
{
	int32_t number = month_number(at);
	struct month *m = &r->month[number % MONTH_KEPT];

	if (m->number == number)
		return m;
	memset(m, 0, sizeof(*m));
	m->number = number;
	return m;
}

const struct month *
month_find(const struct month_record *r, int32_t number)
{
	const struct month *m = &r->month[number > 0 ? number % MONTH_KEPT : 0];

	return number > 0 && m->number == number ? m : NULL;
}

int32_t
month_latest(const struct month_record *r)
{
	return r->last.ns > 0 ? month_number(r->last) : 0;
}

static struct month_day *
day_in(struct month *m, struct wall at)
{
	return &m->day[day_of(at) - first_day(m->number)];
}

/* A line for the host; NULL: all are taken, it is in the sums alone. */
static struct month_upstream *
line_of(struct month *m, const char *host)
{
	struct month_upstream *u = m->upstream;

	for (; u < &m->upstream[MONTH_UPSTREAMS]; u++) {
		if (strcmp(u->host, host) == 0)
			return u;
		if (u->host[0] != '\0')
			continue;
		text_copy(u->host, sizeof(u->host), host);
		u->worst = INFINITY;
		return u;
	}
	return NULL;
}

/* ---- feeding */

static uint64_t
sum(const uint64_t *of)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < PACKET_MODES; i++)
		n += of[i];
	return n;
}

static void
count_serving(const struct snapshot_serve *v, uint64_t n[MONTH_OF_SERVING])
{
	n[MONTH_ANSWERED] = v->answered;
	n[MONTH_LIMITED] = v->limited;
	n[MONTH_DENIED] = v->denied;
	n[MONTH_BAD] = v->bad;
	n[MONTH_SIBLING] = v->verdict[SERVER_SIBLING];
	n[MONTH_IN] = sum(v->mode_in);
	n[MONTH_OUT] = sum(v->mode_out);
	n[MONTH_OCTETS_IN] = v->octets_in;
	n[MONTH_OCTETS_OUT] = v->octets_out;
}

/* A counter that became smaller began anew. */
static uint64_t
gained(uint64_t now, uint64_t before)
{
	return now >= before ? now - before : now;
}

static const struct month_base *
base_of(const struct month_record *r, const char *host)
{
	static const struct month_base none = { .score = -INFINITY };

	for (unsigned i = 0; i < ENGINE_SOURCES; i++)
		if (strcmp(r->upstream[i].host, host) == 0)
			return &r->upstream[i];
	return &none;
}

static void
set_bases(struct month_record *r, const struct snapshot *s)
{
	memset(r->upstream, 0, sizeof(r->upstream));
	for (unsigned i = 0; i < s->upstreams; i++) {
		const struct snapshot_upstream *u = &s->upstream[i];
		struct month_base *b = &r->upstream[i];

		text_copy(b->host, sizeof(b->host), snapshot_name(u).text);
		b->sent = u->sent;
		b->received = u->received;
		b->kisses = u->verdict[SOURCE_KISS];
		b->score = u->score;
	}
}

/* Another engine counts from nothing; who is met late, from now on. */
static void
meet(struct month_record *r, const struct snapshot *s)
{
	if (r->engine.ns == s->started.ns)
		return;
	r->engine = s->started;
	r->uptime_s = 0;
	memset(r->count, 0, sizeof(r->count));
	memset(r->upstream, 0, sizeof(r->upstream));
	if (s->uptime_s <= MONTH_LATE_S) {
		/* What it was before nobody saw: most likely starting. */
		r->uptime_s = fmax(0, s->uptime_s - s->since_s);
		r->held_s[ENGINE_STARTING] += r->uptime_s;
		r->held_starts++;
		return;
	}
	r->uptime_s = s->uptime_s;
	count_serving(&s->serve, r->count);
	set_bases(r, s);
}

static void
add_serving(struct month_record *r, struct month *m, struct month_day *day,
    const struct snapshot *s)
{
	uint64_t now[MONTH_OF_SERVING], more[MONTH_OF_SERVING];

	count_serving(&s->serve, now);
	for (unsigned i = 0; i < MONTH_OF_SERVING; i++) {
		more[i] = gained(now[i], r->count[i]);
		m->count[i] += more[i];
	}
	memcpy(r->count, now, sizeof(now));
	day->requests += more[MONTH_LIMITED] + more[MONTH_ANSWERED] -
	    (more[MONTH_SIBLING] < more[MONTH_ANSWERED] ? more[MONTH_SIBLING] :
							  more[MONTH_ANSWERED]);
}

static unsigned
octets_of(const struct snapshot_upstream *u)
{
	return NTP_OCTETS + (u->authenticated ? (unsigned)AUTH_MAC_MAX : 0) +
	    (u->addr.family == ADDR_V6 ? V6_OCTETS : V4_OCTETS);
}

static void
add_score(struct month_upstream *line, const struct snapshot_upstream *u,
    double before, double s)
{
	line->score = u->score;
	if (u->sent == 0)
		return;
	line->score_s += u->score * s;
	line->asked_s += s;
	if (u->score < before)
		line->worst = fmin(line->worst, u->score);
}

static void
add_upstream(struct month_record *r, struct month *m, struct month_day *day,
    const struct snapshot_upstream *u, double dt)
{
	const struct source_name name = snapshot_name(u);
	const struct month_base *b = base_of(r, name.text);
	struct month_upstream *line = line_of(m, name.text), nowhere;
	uint64_t sent = gained(u->sent, b->sent),
		 received = gained(u->received, b->received),
		 kisses = gained(u->verdict[SOURCE_KISS], b->kisses);

	if (line == NULL)
		line = memset(&nowhere, 0, sizeof(nowhere));
	line->sent += sent;
	line->received += received;
	line->kisses += kisses;
	add_score(line, u, b->score, dt);
	m->count[MONTH_SENT] += sent;
	m->count[MONTH_RECEIVED] += received;
	m->count[MONTH_KISSES] += kisses;
	m->count[MONTH_SENT_OCTETS] += sent * octets_of(u);
	m->count[MONTH_RECEIVED_OCTETS] += received * octets_of(u);
	day->sent += (uint32_t)sent;
}

/* What was held, with what has passed just now. */
static void
add_spells(struct month_record *r, struct month *m, struct month_day *day,
    const struct snapshot *s, struct wall at)
{
	struct month_spell *now = &m->spell[s->state];
	double run = fmin(s->since_s, month_month_s(at)), all = 0;

	for (unsigned i = 0; i < MONTH_STATES; i++) {
		m->spell[i].s += r->held_s[i];
		all += r->held_s[i];
	}
	if (run > now->longest_s) {
		now->longest_s = run;
		now->began = wall_add(at, -run);
	}
	m->count[MONTH_STARTS] += r->held_starts;
	m->covered_s += all;
	day->covered_s += (float)all;
	day->synced_s += (float)r->held_s[ENGINE_SYNCED];
	if (r->began.ns == 0 || wall_sub(at, r->began) < all)
		r->began = wall_add(at, -all);
	memset(r->held_s, 0, sizeof(r->held_s));
	r->held_starts = 0;
}

static void
add_quality(struct month *m, const struct snapshot *s, double dt)
{
	if (s->serving.leap != LEAP_UNSYNC) {
		m->served_s += dt;
		m->bounded_s += dt;
		m->bound_s += s->error_bound_s * dt;
		m->bound_worst_s = fmax(m->bound_worst_s, s->error_bound_s);
	}
	if (s->sibling.state == SNAPSHOT_SIBLING_PAIRED) {
		m->sibling_s += dt;
		m->sibling_sent += s->sibling.sent_day * dt / DAY_S;
	}
	if (s->sent.day > m->day_most)
		m->day_most = s->sent.day;
	m->budget = s->sent.budget;
}

/*
 * When it is; false: nobody knows.  In panic servers and clock contradict each
 * other, and neither shall turn the page: the record goes on as it was.
 */
static bool
find_time(const struct month_record *r, const struct snapshot *s, double dt,
    struct wall *at)
{
	bool doubt = s->state == ENGINE_PANIC;

	*at = doubt ? wall_add(r->last, dt) : s->at;
	return isfinite(s->error_bound_s) && s->at.ns > 0 &&
	    (!doubt || r->last.ns > 0);
}

bool
month_feed(struct month_record *r, const struct snapshot *s)
{
	struct month_day *day;
	struct month *m;
	struct wall at;
	double dt;

	meet(r, s);
	dt = fmax(0, s->uptime_s - r->uptime_s);
	r->uptime_s = s->uptime_s;
	r->held_s[s->state] += dt;
	if (!find_time(r, s, dt, &at))
		return false;
	m = open_month(r, at);
	day = day_in(m, at);
	add_spells(r, m, day, s, at);
	add_serving(r, m, day, s);
	for (unsigned i = 0; i < s->upstreams; i++)
		add_upstream(r, m, day, &s->upstream[i], dt);
	set_bases(r, s);
	add_quality(m, s, dt);
	r->last = at;
	return true;
}

void
month_hosts(struct month_record *r, double day, double month)
{
	const struct month *known = month_find(r, month_latest(r));
	struct month *m = &r->month[month_latest(r) % MONTH_KEPT];
	struct month_day *d;

	if (known == NULL)
		return;
	d = day_in(m, r->last);
	m->hosts = fmax(m->hosts, month);
	d->hosts = (uint32_t)fmax(d->hosts, fmin(round(day), UINT32_MAX));
}

/* ---- incidents */

static const enum event_id event_of[MONTH_KINDS] = {
	[MONTH_HOLDOVER] = EVENT_CLOCK_HOLDOVER,
	[MONTH_ORPHAN] = EVENT_CLOCK_ORPHAN,
	[MONTH_PANIC] = EVENT_CLOCK_PANIC,
	[MONTH_STEPPED] = EVENT_CLOCK_STEPPED,
	[MONTH_MISSED] = EVENT_POLL_MISSED,
	[MONTH_SILENT] = EVENT_SOURCE_SILENT,
	[MONTH_FALSETICKER] = EVENT_SOURCE_FALSETICKER,
	[MONTH_KISSED] = EVENT_SOURCE_KISSED,
	[MONTH_RETIRED] = EVENT_SOURCE_RETIRED,
	[MONTH_FEW] = EVENT_SOURCE_FEW,
	[MONTH_BUDGET_HIGH] = EVENT_BUDGET_HIGH,
	[MONTH_BUDGET_SPENT] = EVENT_BUDGET_SPENT,
	[MONTH_LEDGER_LOST] = EVENT_LEDGER_LOST,
	[MONTH_LEDGER_CLOSED] = EVENT_LEDGER_CLOSED,
	[MONTH_SIBLING_LOST] = EVENT_SIBLING_LOST,
	[MONTH_SIBLING_DROPPED] = EVENT_SIBLING_DROPPED,
	[MONTH_ATTACK] = EVENT_ATTACK_SUSPECTED,
	[MONTH_SICK] = EVENT_CLIENTS_SICK,
	[MONTH_ROGUE] = EVENT_CLIENTS_ROGUE,
	[MONTH_MORE] = EVENT_CLIENTS_MORE,
};

enum event_id
month_kind_event(enum month_kind k)
{
	return event_of[k];
}

/* "host=10.0.0.9 flags=..."; false: there is no host in it. */
static bool
find_subject(const char *text, char name[MONTH_SUBJECT])
{
	const char *at = strstr(text, "host=");
	struct text t = { name, MONTH_SUBJECT, 0 };
	int len;

	if (at == NULL || (at != text && at[-1] != ' '))
		return false;
	at += strlen("host=");
	len = (int)strcspn(at, " ");
	if (len < MONTH_SUBJECT)
		text_add(&t, "%.*s", len, at);
	else /* its begin and its end say more than either */
		text_add(&t, "%.38s..%.39s", at, at + len - 39);
	return name[0] != '\0';
}

/* Its place; if there is none, that of the least frequent, the oldest. */
static struct month_subject *
place_of(struct month_incident *n, const char *name)
{
	struct month_subject *least = &n->subject[0];

	for (unsigned i = 0; i < MONTH_SUBJECTS; i++) {
		struct month_subject *u = &n->subject[i];

		if (strcmp(u->name, name) == 0)
			return u;
		if (u->count < least->count ||
		    (u->count == least->count && u->last.ns < least->last.ns))
			least = u;
	}
	*least = (struct month_subject){ 0 };
	text_copy(least->name, sizeof(least->name), name);
	return least;
}

static void
note(struct month_incident *n, struct wall at, const char *text)
{
	char name[MONTH_SUBJECT] = "";
	struct month_subject *u;

	if (n->count == 0)
		n->first = at;
	n->count += n->count < UINT32_MAX;
	n->last = at;
	if (!find_subject(text, name))
		return;
	u = place_of(n, name);
	u->count += u->count < UINT32_MAX;
	u->last = at;
}

bool
month_event(struct month_record *r, enum event_id event, struct wall at,
    const char *text)
{
	if (r->last.ns == 0)
		return false;
	/* The clock may not be right yet, but the record is. */
	if (fabs(wall_sub(at, r->last)) > NEAR_S)
		at = r->last;
	for (unsigned k = 0; k < MONTH_KINDS; k++)
		if (event_of[k] == event) {
			note(&open_month(r, at)->incident[k], at, text);
			return true;
		}
	return false;
}
