/* SPDX-License-Identifier: ISC */
/*
 * survey_ask.c - asks the candidates: a few at a time, each at most four
 * times and 2 s apart, and no longer than its answers are worth it.
 */
#include "courtesy.h"
#include "survey.h"

#include "base/text.h"
#include "config.h"
#include "core/leap.h"
#include "core/scale.h"
#include "sys/clock.h"
#include "sys/udp.h"

#include <errno.h>
#include <math.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FLIGHTS 8
#define WAIT_S 2.0 /* for an answer */
#define GAP_S 2.02 /* between two questions to one server */
#define BAR 30
#define TEMPORARY_MAX 3 /* failures of the resolver, one after the other */

/* One server that is being asked. */
struct flight {
	struct survey_server *s; /* NULL: free */
	struct source source;
	unsigned left;	/* questions that may still be asked */
	int fd;		/* -1: no socket is open */
	struct mono at; /* the next question, or the end of waiting */
};

struct asking {
	struct survey_run *run;
	const unsigned *order;
	unsigned n, next;  /* of order: who comes next */
	unsigned promised; /* packets that flights may still need */
	unsigned temporary;
	struct courtesy courtesy;
	struct clock clock;
	struct scale scale;
	bool bar; /* stderr is a terminal */
	struct flight flight[FLIGHTS];
};

/* ---- how far ---- */

static void
show(const struct asking *k)
{
	const struct survey_run *r = k->run;
	unsigned full = k->n > 0 ? BAR * k->next / k->n : BAR;
	char bar[BAR + 1];

	if (!k->bar)
		return;
	memset(bar, '.', BAR);
	memset(bar, '#', full);
	bar[BAR] = '\0';
	fprintf(stderr, "\r[%s] %u of %u servers, %u of %u packets ", bar,
	    k->next, k->n, r->packets, r->budget);
}

/* Where there is no terminal, two lines; none for a program. */
static void
show_begin(const struct asking *k)
{
	if (!k->bar && !k->run->cmd->json)
		fprintf(stderr,
		    "ntpgate: asking up to %u servers with up to %u packets\n",
		    k->n, k->run->budget);
}

static void
show_end(const struct asking *k)
{
	const struct survey_run *r = k->run;

	if (k->bar)
		fprintf(stderr, "\r%*s\r", BAR + 50, "");
	else if (!r->cmd->json)
		fprintf(stderr, "ntpgate: asked %u servers with %u packets\n",
		    r->asked, r->packets);
}

/* ---- names ---- */

static bool
is_own(const struct survey_run *r, const struct addr *a)
{
	for (unsigned i = 0; i < r->own_count; i++)
		if (addr_same_host(&r->own[i], a))
			return true;
	return false;
}

/* What a name may not lead to; an address that was written is meant so. */
static bool
refuse_address(struct survey_run *r, struct survey_server *s)
{
	const struct addr *a = &s->found.addr;
	struct addr literal;
	bool name = !addr_parse(&literal, s->said.host);
	char text[ADDR_TEXT];

	addr_print(a, false, text);
	if (addr_is_multicast(a) || addr_is_any(a))
		survey_refuse(s, SURVEY_UNRESOLVED, "%s is no single host",
		    text);
	else if (name && (addr_is_loopback(a) || is_own(r, a)))
		survey_refuse(s, SURVEY_UNRESOLVED,
		    "the name leads to this machine (%s)", text);
	return s->verdict != SURVEY_CANDIDATE;
}

static bool
same_net(const struct addr *a, const struct addr *b)
{
	return a->family == b->family &&
	    memcmp(a->ip, b->ip, a->family == ADDR_V4 ? 3 : 6) == 0;
}

/* Networks of one family that a name is in: of the first address's. */
static unsigned
count_networks(const struct addrinfo *list)
{
	unsigned n = 1;
	struct addr first = udp_addr(list->ai_addr);

	for (const struct addrinfo *i = list->ai_next; i != NULL;
	     i = i->ai_next) {
		struct addr a = udp_addr(i->ai_addr);

		n += a.family == first.family && !same_net(&a, &first);
	}
	return n;
}

/* The first address that there is a way to, with a socket to it. */
static int
reach(struct survey_server *s, const struct addrinfo *list)
{
	struct err e = { "" };
	int fd = -1;

	s->found.addresses = count_networks(list);
	for (const struct addrinfo *i = list; i != NULL && fd == -1;
	     i = i->ai_next) {
		s->found.addr = udp_addr(i->ai_addr);
		fd = udp_ask(&s->found.addr, &e);
	}
	if (fd == -1)
		survey_refuse(s, SURVEY_SILENT, "%s", e.text);
	return fd;
}

static int
resolve(struct asking *k, struct survey_server *s)
{
	struct addrinfo hints = { .ai_family = k->run->family,
		.ai_socktype = SOCK_DGRAM },
			*list;
	struct addr literal;
	char port[8];
	struct text t = TEXT(port);
	int rc, fd;

	text_add(&t, "%u", s->said.port);
	if (addr_parse(&literal, s->said.host))
		hints.ai_flags = AI_NUMERICHOST;
	else if (k->temporary >= TEMPORARY_MAX) {
		survey_refuse(s, SURVEY_UNRESOLVED,
		    "not looked up: no name resolves here");
		return -1;
	}
	rc = getaddrinfo(s->said.host, port, &hints, &list);
	k->temporary = rc == EAI_AGAIN ? k->temporary + 1 : 0;
	if (rc != 0) {
		survey_refuse(s, SURVEY_UNRESOLVED,
		    "the name does not resolve: %s", gai_strerror(rc));
		return -1;
	}
	fd = reach(s, list);
	freeaddrinfo(list);
	return fd;
}

/* ---- one flight ---- */

/* What four questions found, for the judgement. */
static void
report(const struct flight *f)
{
	struct survey_found *found = &f->s->found;
	const struct source *src = &f->source;
	const struct sample *best = &src->sample[0];
	double sum = 0;

	found->last = src->last;
	found->answered = src->answered;
	memcpy(found->kiss, src->kiss, sizeof(found->kiss));
	found->samples = src->samples;
	if (src->samples == 0)
		return;
	for (unsigned i = 1; i < src->samples; i++)
		if (src->sample[i].delay < best->delay)
			best = &src->sample[i];
	for (unsigned i = 0; i < src->samples; i++) {
		double d = src->sample[i].offset - best->offset;

		sum += d * d;
	}
	found->stratum = src->stratum;
	found->refid = src->refid;
	found->offset = best->offset;
	found->delay = best->delay;
	found->jitter = sqrt(sum / src->samples);
	found->distance = sample_distance(best);
}

static void
close_socket(struct flight *f)
{
	if (f->fd != -1)
		close(f->fd);
	f->fd = -1;
}

static void
land(struct asking *k, struct flight *f)
{
	close_socket(f);
	k->promised -= f->left;
	f->s = NULL;
}

/* The question is closed, by an answer or by time: is another worth it? */
static void
after(struct asking *k, struct flight *f)
{
	close_socket(f);
	report(f);
	if (f->source.answered)
		courtesy_heard(&k->courtesy, &f->s->found.addr,
		    f->source.last == SOURCE_KISS ? f->source.kiss : NULL);
	if (!survey_heard(f->s) || f->left == 0)
		land(k, f);
	else
		f->at = mono_add(f->source.sent, GAP_S);
}

/* It could not be sent, or must not be: what is known is enough, or not. */
static void
give_up(struct asking *k, struct flight *f, const struct err *e)
{
	report(f);
	if (f->s->found.samples == 0 && f->s->verdict == SURVEY_CANDIDATE)
		survey_refuse(f->s, SURVEY_UNASKED, "%s", e->text);
	land(k, f);
}

static int
send_question(struct asking *k, struct flight *f, struct err *e)
{
	uint8_t pkt[PACKET_MAX];
	struct now now;
	size_t len;

	if (f->fd == -1)
		f->fd = udp_ask(&f->s->found.addr, e);
	if (f->fd == -1 ||
	    courtesy_spend(&k->courtesy, &f->s->found.addr, e) == -1)
		return -1;
	clock_now(&k->clock, &now);
	len = source_ask(&f->source, now.chance, NULL, pkt);
	f->left--;
	k->promised--;
	k->run->packets++;
	k->run->asked += f->s->found.sent == 0;
	f->s->found.sent++;
	source_sent(&f->source, clock_raw());
	if (send(f->fd, pkt, len, 0) != (ssize_t)len)
		return err_sys(e, "sending");
	f->at = mono_add(f->source.sent, WAIT_S);
	return 0;
}

static void
ask(struct asking *k, struct flight *f)
{
	struct err e = { "" };

	if (send_question(k, f, &e) == -1)
		give_up(k, f, &e);
}

/* All that has come; the question may still be open then. */
static void
take(struct asking *k, struct flight *f)
{
	uint8_t buf[PACKET_MAX];
	struct udp_packet p = { .buf = buf, .size = sizeof(buf) };
	struct sample sample;
	struct mono raw;
	struct wall real;
	int rc = 0;

	while (f->source.asked && (rc = udp_receive(f->fd, &p)) > 0) {
		clock_pair(&raw, &real);
		struct arrival a = { buf, p.len, p.from,
			p.stamped ? clock_raw_of(p.stamp, raw, real) : raw };

		source_receive(&f->source, &a, NULL, &k->scale, &sample);
	}
	if (rc == -1 && f->source.asked)
		source_miss(&f->source); /* nothing listens there */
	if (!f->source.asked)
		after(k, f);
}

/* ---- all of them ---- */

/* Another name of a host that was asked, by the ledger's measure. */
static const struct survey_server *
asked_before(const struct asking *k, const struct survey_server *s)
{
	uint64_t id = ledger_id(&s->found.addr);

	for (unsigned i = 0; i < k->run->v->count; i++) {
		const struct survey_server *o = &k->run->v->server[i];

		if (o != s && o->found.sent > 0 &&
		    ledger_id(&o->found.addr) == id)
			return o;
	}
	for (unsigned i = 0; i < FLIGHTS; i++)
		if (k->flight[i].s != NULL && k->flight[i].s != s &&
		    ledger_id(&k->flight[i].s->found.addr) == id)
			return k->flight[i].s;
	return NULL;
}

/* How many packets it may get; 0, and it is refused. */
static unsigned
granted(struct asking *k, struct survey_server *s, unsigned most)
{
	const struct survey_server *twin = asked_before(k, s);
	struct err why = { "" };
	int n = 0;

	if (twin != NULL)
		survey_refuse(s, SURVEY_TWICE, "it is %s", twin->said.host);
	else if (!refuse_address(k->run, s))
		n = courtesy_may(&k->courtesy, &s->found.addr, most, &why);
	if (n > 0)
		return (unsigned)n;
	if (s->verdict == SURVEY_CANDIDATE)
		survey_refuse(s, SURVEY_UNASKED, "not asked: %s", why.text);
	return 0;
}

/* The next candidate that can be asked; false: there is none. */
static bool
take_off(struct asking *k, struct flight *f, unsigned most)
{
	while (k->next < k->n) {
		struct survey_server *s =
		    &k->run->v->server[k->order[k->next++]];
		struct source_conf conf;
		int fd = resolve(k, s);
		unsigned n = fd == -1 ? 0 : granted(k, s, most);

		show(k);
		if (n == 0) {
			if (fd != -1)
				close(fd);
			continue;
		}
		conf = (struct source_conf){ .addr = s->found.addr };
		*f = (struct flight){ .s = s, .left = n, .fd = fd };
		source_init(&f->source, &conf);
		k->promised += n;
		f->at = clock_raw();
		return true;
	}
	return false;
}

/* Free seats are filled, while the budget lasts. */
static void
board(struct asking *k)
{
	for (unsigned i = 0; i < FLIGHTS; i++) {
		unsigned taken = k->run->packets + k->promised;
		unsigned most = k->run->budget - taken;

		if (k->flight[i].s != NULL)
			continue;
		if (most == 0)
			return;
		if (most > SURVEY_PACKETS)
			most = SURVEY_PACKETS;
		if (!take_off(k, &k->flight[i], most))
			return;
	}
}

/* False: nobody is in the air. */
static bool
await(struct asking *k)
{
	struct pollfd set[FLIGHTS];
	struct mono until = MONO_NEVER;

	for (unsigned i = 0; i < FLIGHTS; i++) {
		const struct flight *f = &k->flight[i];
		bool open = f->s != NULL && f->source.asked;

		set[i] = (struct pollfd){ .fd = open ? f->fd : -1,
			.events = POLLIN };
		if (f->s != NULL)
			until = mono_min(until, f->at);
	}
	if (until.ns == MONO_NEVER.ns)
		return false;
	double left = fmax(0, mono_sub(until, clock_raw()));

	poll(set, FLIGHTS, (int)ceil(left * 1e3));
	/* What came while a name was looked up is taken before time is. */
	for (unsigned i = 0; i < FLIGHTS; i++)
		if (set[i].fd != -1)
			take(k, &k->flight[i]);
	return true;
}

static void
tick(struct asking *k)
{
	for (unsigned i = 0; i < FLIGHTS; i++) {
		struct flight *f = &k->flight[i];

		if (f->s == NULL || mono_sub(f->at, clock_raw()) > 0)
			continue;
		if (!f->source.asked) {
			ask(k, f);
			continue;
		}
		source_miss(&f->source);
		after(k, f);
	}
}

void
survey_ask(struct survey_run *r, const unsigned *order, unsigned n)
{
	static const struct leap_table no_leaps;
	static struct asking k; /* large */
	const struct wall built = { BUILD_DATE * INT64_C(1000000000) };
	struct now now;
	struct err e;

	k = (struct asking){ .run = r,
		.order = order,
		.n = n,
		.courtesy = COURTESY_CLOSED,
		.bar = isatty(STDERR_FILENO) };
	if (clock_open(&k.clock, true, &e) == -1)
		return; /* a virtual clock needs nothing that could fail */
	clock_now(&k.clock, &now);
	scale_init(&k.scale, now.mono, now.wall, built, &no_leaps);
	show_begin(&k);
	do {
		board(&k);
		tick(&k);
		show(&k);
	} while (await(&k));
	courtesy_close(&k.courtesy);
	show_end(&k);
}
