/* SPDX-License-Identifier: ISC */
/*
 * desk_role.c - answers people and programs from the engine's last snapshot,
 * and looks names up.  What it does can block or die: time goes on.
 */
#include "desk_clients.h"
#include "desk_mode6.h"
#include "desk_month.h"
#include "desk_news.h"
#include "desk_snmp.h"
#include "desk_statistics.h"
#include "desk_watch.h"
#include "pages.h"
#include "roles.h"
#include "status.h"

#include "base/text.h"
#include "sys/clock.h"
#include "sys/control.h"
#include "sys/dns.h"
#include "sys/log.h"
#include "sys/loop.h"
#include "sys/role.h"
#include "view/attack.h"
#include "view/command.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#define WAITING_MAX 16
#define ENGINE_PATIENCE_S 1.0
#define PULSE_S HISTORY_FEED_S
#define BEHIND_NICENESS 5 /* whoever serves time comes first */

/* Somebody waits for the engine's next snapshot. */
struct waiting {
	struct control_client *client;
	char line[COMMAND_LINE_MAX];
};

struct desk_role {
	struct setup *setup;
	struct loop loop;
	struct control *control;
	struct dns *dns;
	struct event *patience; /* the engine should have spoken by then */
	struct event *pulse;	/* a snapshot, for all who keep a record */
	bool asking;		/* it was asked */
	bool heard;		/* snapshot is the engine's */
	bool resolving;
	struct snapshot snapshot;
	unsigned waiting_count;
	struct waiting waiting[WAITING_MAX];
	char answer[COMMAND_ANSWER_MAX];
	struct news news;
	struct attack attack;
	struct desk_clients clients;
	struct desk_month month;
	struct desk_mode6 mode6;
	struct desk_snmp snmp;
	struct desk_statistics statistics;
	struct desk_watch watch;
	struct status status;
	struct pages pages;
};

static struct desk_role role;

/* The answer promises it: if the engine does not take it, say so. */
static void
tell(struct desk_role *d, enum message kind, const void *body, size_t len)
{
	if (role_send(d->setup->engine, kind, body, len) == -1)
		log_event(EVENT_DESK_FAILED,
		    "the engine did not take an order: give it "
		    "again");
}

static void
answer(struct desk_role *d, struct control_client *c, const char *line)
{
	struct text t = TEXT(d->answer);
	const struct snapshot *s = d->heard ? &d->snapshot : NULL;
	double age_s = mono_sub(clock_raw(), snapshot_taken(&d->snapshot));
	struct message_address who = { 0 };
	struct command_order order;

	switch (command_answer(line, s, age_s, &order, &t)) {
	case COMMAND_ANSWER:
		break;
	case COMMAND_ACCEPT_STEP:
		tell(d, MESSAGE_ACCEPT_STEP, NULL, 0);
		break;
	case COMMAND_ACCEPT_LEDGER:
		tell(d, MESSAGE_ACCEPT_LEDGER, NULL, 0);
		break;
	case COMMAND_ACCEPT_SIBLING:
		tell(d, MESSAGE_ACCEPT_SIBLING, NULL, 0);
		break;
	case COMMAND_CLIENTS:
		desk_clients_ask(&d->clients, c, &order);
		return;
	case COMMAND_REPORT:
		desk_clients_report(&d->clients, &order, s, &t);
		break;
	case COMMAND_MONTH:
		desk_month_answer(&d->month, &order, s, &t);
		break;
	case COMMAND_REVIVE:
		memcpy(who.host, order.host, sizeof(who.host));
		tell(d, MESSAGE_REVIVE, &who, sizeof(who));
		break;
	}
	control_answer(c, d->answer, strlen(d->answer));
}

static void
answer_all(struct desk_role *d)
{
	unsigned n = d->waiting_count;

	d->waiting_count = 0;
	d->asking = false;
	loop_set(d->patience, -1);
	for (unsigned i = 0; i < n; i++)
		answer(d, d->waiting[i].client, d->waiting[i].line);
}

/* Servers first, then spares. */
static const struct source_conf *
named(const struct desk_role *d, unsigned i)
{
	const struct engine_conf *c = &d->setup->orders.conf.engine;

	return i < c->count ? &c->server[i] : &c->spare[i - c->count];
}

/* The sibling's number, behind all of them. */
#define SIBLING_NAME (ENGINE_SOURCES + ENGINE_SPARES)
_Static_assert(SIBLING_NAME < DNS_NAMES, "a place for each name");

static void
found(void *ctx, unsigned i, const struct addr *a)
{
	struct desk_role *d = ctx;
	struct message_address m = { .addr = *a };

	if (i == SIBLING_NAME)
		memcpy(m.host, d->setup->orders.conf.engine.sibling.host,
		    sizeof(m.host));
	else
		memcpy(m.host, named(d, i)->host, sizeof(m.host));
	if (role_send(d->setup->engine, MESSAGE_ADDRESS, &m, sizeof(m)) == -1)
		log_event(EVENT_DNS_REFUSED, "the engine did not take host=%s",
		    m.host);
}

/* Where the engine has it now, if it has. */
static void
pin(struct desk_role *d, unsigned i, const char *host)
{
	for (unsigned k = 0; d->heard && k < d->snapshot.upstreams; k++) {
		const struct snapshot_upstream *u = &d->snapshot.upstream[k];

		if (u->addr.family != ADDR_NONE && strcmp(u->host, host) == 0)
			dns_pin(d->dns, i, &u->addr);
	}
}

/* All addresses of its name are the sibling's. */
static void
resolve_sibling(struct desk_role *d)
{
	const struct sibling_conf *b = &d->setup->orders.conf.engine.sibling;
	struct addr literal;

	if (!b->on || addr_parse(&literal, b->host))
		return;
	if (dns_add(d->dns, SIBLING_NAME, b->host, b->addr[0].port) == -1)
		log_event(EVENT_DNS_FAILED, "host=%s cannot be looked up",
		    b->host);
	else
		dns_all(d->dns, SIBLING_NAME);
}

/* Once we know where the names are, or the engine does not say: a new desk is
 * no reason to move. */
static void
resolve(struct desk_role *d)
{
	const struct engine_conf *c = &d->setup->orders.conf.engine;

	if (d->resolving)
		return;
	d->resolving = true;
	resolve_sibling(d);
	for (unsigned i = 0; i < c->count + c->spares; i++) {
		const struct source_conf *s = named(d, i);

		if (s->addr.family != ADDR_NONE)
			continue;
		if (dns_add(d->dns, i, s->host, s->addr.port) == -1)
			log_event(EVENT_DNS_FAILED,
			    "host=%s cannot be looked up", source_name(s).text);
		pin(d, i, s->host);
	}
}

/* The engine said nothing: what we knew last is better than silence. */
static void
impatient(void *ctx)
{
	static struct log_gate gate;
	struct desk_role *d = ctx;

	/* Whoever asks us each second would be told each second. */
	log_limited(&gate, EVENT_DESK_WAITING, "the engine does not answer");
	resolve(d);
	answer_all(d);
	desk_mode6_late(&d->mode6);
	pages_late(&d->pages);
}

/* One question to the engine is enough for all who wait. */
static void
ask(void *ctx)
{
	struct desk_role *d = ctx;

	if (d->asking)
		return;
	d->asking = true;
	role_send(d->setup->engine, MESSAGE_ASK, NULL, 0);
	loop_set(d->patience, ENGINE_PATIENCE_S);
}

static void
asked(void *ctx, struct control_client *c, const char *line)
{
	struct desk_role *d = ctx;
	struct waiting *w;

	if (d->waiting_count == WAITING_MAX) {
		answer(d, c, line);
		return;
	}
	w = &d->waiting[d->waiting_count++];
	w->client = c;
	text_copy(w->line, sizeof(w->line), line);
	ask(d);
}

static void
beat(void *ctx)
{
	struct desk_role *d = ctx;

	loop_set(d->pulse, PULSE_S);
	ask(d);
}

static void
look_for_attack(struct desk_role *d)
{
	char why[160] = "";
	struct text t = TEXT(why);
	enum attack_news news = attack_look(&d->attack, &d->snapshot, &t);

	if (news != ATTACK_NOTHING)
		news_say(&d->news,
		    news == ATTACK_BEGINS ? EVENT_ATTACK_SUSPECTED :
					    EVENT_ATTACK_OVER,
		    "%s", why);
}

static void
take_snapshot(struct desk_role *d, const struct snapshot *s)
{
	d->snapshot = *s;
	d->heard = true;
	resolve(d);
	desk_month_told(&d->month, &d->snapshot);
	answer_all(d);
	look_for_attack(d);
	desk_statistics_told(&d->statistics, &d->snapshot);
	status_told(&d->status, d->setup, &d->snapshot);
	desk_mode6_told(&d->mode6, &d->snapshot);
	desk_snmp_told(&d->snmp, &d->snapshot);
	pages_told(&d->pages, &d->snapshot);
}

static void
told(void *ctx)
{
	struct desk_role *d = ctx;
	union {
		struct snapshot snapshot;
		struct message_event event;
		struct message_control control;
	} m;
	uint32_t kind;
	size_t len;
	int got = role_receive(d->setup->engine, &kind, &m, sizeof(m), &len);

	if (got == -1)
		loop_end(&d->loop);
	else if (got == 0)
		return;
	else if (kind == MESSAGE_SNAPSHOT && len == sizeof(m.snapshot))
		take_snapshot(d, &m.snapshot);
	else if (kind == MESSAGE_EVENT && len == sizeof(m.event))
		news_told(&d->news, &m.event);
	else if (kind == MESSAGE_CONTROL && len == sizeof(m.control))
		desk_mode6_asked(&d->mode6, &m.control);
}

static void
ended(void *ctx)
{
	struct desk_role *d = ctx;

	loop_end(&d->loop);
}

/* A reload that changes nothing: the log was turned over. */
static void
reopened(void *ctx)
{
	const struct desk_role *d = ctx;

	setup_reopen_log(d->setup);
}

static int
open_role(struct desk_role *d, struct err *e)
{
	const struct conf *c = &d->setup->orders.conf;

	if (nice(BEHIND_NICENESS) == -1)
		log_debug("desk", "as important as the others");
	if (role_drop(ROLE_DESK, c->user, false, e) == -1 ||
	    loop_open(&d->loop, false, e) == -1 ||
	    loop_signal(&d->loop, SIGTERM, ended, d, e) == -1 ||
	    loop_signal(&d->loop, SIGINT, ended, d, e) == -1 ||
	    loop_signal(&d->loop, SIGHUP, reopened, d, e) == -1)
		return -1;
	d->control = control_new(&d->loop, c->run_dir, asked, d, e);
	if (d->control == NULL)
		return -1;
	d->clients.answer = d->answer;
	d->clients.answer_size = sizeof(d->answer);
	if (desk_clients_open(&d->clients, d->setup, &d->loop, e) == -1 ||
	    desk_watch_open(&d->watch, d->setup, &d->news, &d->loop, e) == -1)
		return -1;
	desk_statistics_open(&d->statistics, c);
	d->snmp = (struct desk_snmp){
		.watch = &d->watch,
		.ask = ask,
		.ask_ctx = d,
	};
	if (desk_snmp_open(&d->snmp, d->setup, &d->news, &d->loop, e) == -1)
		return -1;
	desk_month_open(&d->month, d->setup, &d->news);
	d->dns = dns_new(&d->loop, found, d);
	d->patience = loop_timer(&d->loop, impatient, d);
	d->pulse = loop_timer(&d->loop, beat, d);
	if (d->dns == NULL || d->patience == NULL || d->pulse == NULL ||
	    loop_watch(&d->loop, d->setup->engine, told, d) == NULL)
		return err_set(e, "out of memory");
	if (desk_mode6_open(&d->mode6, d->setup, &d->loop, ask, d, e) == -1 ||
	    pages_open(&d->pages, d->setup, &d->loop, ask, d, e) == -1)
		return -1;
	return role_sandbox(ROLE_DESK, e);
}

int
desk_role(struct setup *s)
{
	struct desk_role *d = &role;
	struct err err;

	/* Orders are main's to give, and the other ends are not ours; nor is
	 * the sign of life: who took it away would have systemd end time. */
	close(s->ready[0]);
	close(s->orders_out);
	close(s->orders_in);
	close(s->desk);
	close(s->agent);
	close(s->status_in);
	explicit_bzero(&s->orders.keys, sizeof(s->orders.keys));
	*d = (struct desk_role){ .setup = s };
	role_title("ntpgated-desk");
	if (open_role(d, &err) == -1) {
		log_event(EVENT_DESK_FAILED, "%s", err.text);
		return 1;
	}
	beat(d);
	loop_run(&d->loop);
	pages_close(&d->pages);
	desk_mode6_close(&d->mode6);
	desk_snmp_close(&d->snmp);
	desk_watch_close(&d->watch);
	desk_clients_close(&d->clients);
	desk_month_close(&d->month);
	control_free(d->control);
	dns_free(d->dns);
	loop_drop(d->patience);
	loop_drop(d->pulse);
	loop_close(&d->loop);
	return 0;
}
