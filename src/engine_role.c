/* SPDX-License-Identifier: ISC */
/*
 * engine_role.c - owns struct engine: moves packets, time and orders between
 * it and sys/.
 */
#include "roles.h"
#include "serving.h"

#include "base/text.h"
#include "sys/book.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "sys/log.h"
#include "sys/loop.h"
#include "sys/role.h"
#include "sys/udp.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define STATE_FILE "state"

/* The socket of an open question. */
struct question {
	struct engine_role *role;
	unsigned source;
	int fd; /* -1: none */
	struct event *event;
};

struct engine_role {
	struct setup *setup;
	struct loop loop;
	struct clock clock;
	struct engine engine;
	struct book book;
	struct serving serving;
	struct event *timer;
	struct question question[ENGINE_SOURCES];
	struct setup_orders coming; /* of a reload */
};

/* One process, one engine: too large for the stack. */
static struct engine_role role;

static void run(struct engine_role *r);

/* ---- questions ---- */

static void
close_question(struct question *q)
{
	if (q->fd == -1)
		return;
	loop_drop(q->event);
	close(q->fd);
	q->fd = -1;
	q->event = NULL;
}

/* Something is on the socket of a question: one datagram a wake-up. */
static void
heard(void *ctx)
{
	struct question *q = ctx;
	struct engine_role *r = q->role;
	uint8_t buf[PACKET_MAX];
	struct udp_packet p = { .buf = buf, .size = sizeof(buf) };
	struct arrival a;
	struct wall real;
	struct mono raw;
	struct now now;
	int got = udp_receive(q->fd, &p);

	clock_pair(&raw, &real);
	clock_now(&r->clock, &now);
	if (got == -1) {
		engine_refused(&r->engine, q->source, &now);
	} else if (got == 1 && !p.cut) {
		a = (struct arrival){ .pkt = buf,
			.len = p.len,
			.from = p.from,
			.at = clock_raw_of(p.stamp, raw, real) };
		engine_receive(&r->engine, q->source, &a, &now);
	}
	run(r);
}

static int
open_question(struct engine_role *r, const struct engine_order *o,
    struct err *e)
{
	struct question *q = &r->question[o->source];

	close_question(q);
	q->fd = udp_ask(&o->to, e);
	if (q->fd == -1)
		return -1;
	q->event = loop_watch(&r->loop, q->fd, heard, q);
	if (q->event == NULL) {
		close(q->fd);
		q->fd = -1;
		return err_set(e, "out of memory");
	}
	return 0;
}

static void
send_question(struct engine_role *r, const struct engine_order *o)
{
	static struct log_gate gate;
	struct question *q = &r->question[o->source];
	struct err err;
	struct wall real;
	struct mono t1;
	struct now now;

	if (open_question(r, o, &err) == 0) {
		clock_pair(&t1, &real);
		if (send(q->fd, o->pkt, o->len, 0) == (ssize_t)o->len) {
			engine_sent(&r->engine, o->source, t1);
			return;
		}
		err_sys(&err, "send");
	}
	log_limited(&gate, 4, "source", "host=%s cannot be asked: %s",
	    r->engine.conf.server[o->source].host, err.text);
	clock_now(&r->clock, &now);
	engine_unsent(&r->engine, o->source, &now);
}

/* ---- orders ---- */

static void
publish(struct engine_role *r)
{
	struct now now;

	worker_publish(&r->serving.board, &r->engine.serving, &r->clock.line);
	clock_now(&r->clock, &now);
	clock_status(&r->clock, r->engine.serving.stratum < STRATUM_UNSYNC,
	    engine_accuracy(&r->engine, &now).bound);
}

static void
save(struct engine_role *r)
{
	static struct log_gate gate;
	uint8_t octets[ENGINE_STATE_MAX];
	struct err err;
	struct now now;
	size_t len;

	if (!r->engine.estimate.known)
		return;
	clock_now(&r->clock, &now);
	len = engine_write(&r->engine, &now, octets);
	if (file_replace(r->setup->orders.conf.state_dir, STATE_FILE, octets,
		len, &err) == -1)
		log_limited(&gate, 4, "state", "not saved: %s", err.text);
}

/* Append, sync; the packet goes afterwards, or not at all. */
static void
book(struct engine_role *r)
{
	static struct log_gate gate;
	struct wall verified = { 0 };
	struct err err;
	struct now now;
	bool good;

	clock_now(&r->clock, &now);
	if (r->engine.state == ENGINE_SYNCED)
		verified = now.wall;
	good = book_append(&r->book, &r->engine.ledger, now.mono, verified,
		   &err) == 0;
	if (!good)
		log_limited(&gate, 3, "ledger", "%s", err.text);
	engine_booked(&r->engine, good, &now);
}

static void
steer(struct engine_role *r, const struct engine_order *o)
{
	static struct log_gate gate;
	struct err err;
	int done = o->want == ENGINE_STEP ?
	    clock_step(&r->clock, o->amount, &err) :
	    clock_rate(&r->clock, o->amount, &err);

	if (done == -1)
		log_limited(&gate, 3, "clock", "%s", err.text);
	publish(r);
}

static void
log_changes(struct engine_role *r)
{
	static const int level[] = { [ENGINE_ERR] = 3,
		[ENGINE_WARNING] = 4,
		[ENGINE_NOTICE] = 5,
		[ENGINE_INFO] = 6 };
	struct engine_change c;

	while (engine_take_change(&r->engine, &c))
		log_at(level[c.level], c.component, "%s", c.text);
	if (r->engine.changes_lost > 0)
		log_warning("engine", "lost=%u lines", r->engine.changes_lost);
	r->engine.changes_lost = 0;
}

/* Carries out what the engine wants, and sleeps until it wants more. */
static void
run(struct engine_role *r)
{
	struct engine_order o;
	struct now now;

	for (;;) {
		clock_now(&r->clock, &now);
		switch (engine_poll(&r->engine, &now, &o)) {
		case ENGINE_BOOK:
			book(r);
			continue;
		case ENGINE_SEND:
			send_question(r, &o);
			continue;
		case ENGINE_STEP:
		case ENGINE_RATE:
			steer(r, &o);
			continue;
		case ENGINE_PUBLISH:
			publish(r);
			continue;
		case ENGINE_SAVE:
			save(r);
			continue;
		case ENGINE_REST:
			break;
		}
		break;
	}
	for (unsigned i = 0; i < ENGINE_SOURCES; i++)
		if (!r->engine.source[i].source.asked)
			close_question(&r->question[i]);
	log_changes(r);
	clock_now(&r->clock, &now);
	loop_set(r->timer,
	    fmin(fmax(mono_sub(engine_next(&r->engine), now.mono), 0), 86400));
}

static void
woken(void *ctx)
{
	run(ctx);
}

/* ---- the desk ---- */

static void
send_snapshot(struct engine_role *r)
{
	const struct conf *c = &r->setup->orders.conf;
	struct snapshot s;
	struct now now;

	clock_now(&r->clock, &now);
	snapshot_take(&s, &r->engine, &now);
	memcpy(s.name, c->name, sizeof(s.name));
	s.clock_virtual = c->clock == CONF_CLOCK_VIRTUAL;
	if (c->engine.sibling.on)
		memcpy(s.sibling.host, c->engine.sibling.host,
		    sizeof(s.sibling.host));
	serving_count(&r->serving, &s.serve);
	/* A desk that does not read is no reason to wait. */
	role_send(r->setup->desk, MESSAGE_SNAPSHOT, &s, sizeof(s));
}

/* A reload, already checked. */
static void
take_orders(struct engine_role *r, const struct now *now)
{
	struct setup *s = r->setup;
	struct err err;

	s->orders = r->coming;
	setup_reopen_log(s);
	for (unsigned i = 0; i < ENGINE_SOURCES; i++)
		close_question(&r->question[i]);
	engine_reload(&r->engine, &s->orders.conf.engine, now);
	if (serving_reload(&r->serving, &err) == -1)
		log_err("serve", "%s", err.text);
	log_notice("reload", "done servers=%u", s->orders.conf.engine.count);
}

/* What the desk may say; anything else it says is not heard. */
static void
take_message(struct engine_role *r, uint32_t kind, struct message_address *a)
{
	struct now now;

	clock_now(&r->clock, &now);
	a->host[sizeof(a->host) - 1] = '\0';
	if (kind == MESSAGE_ASK)
		send_snapshot(r);
	else if (kind == MESSAGE_ADDRESS)
		engine_address(&r->engine, a->host, &a->addr, &now);
	else if (kind == MESSAGE_ACCEPT_STEP)
		engine_accept_step(&r->engine, &now);
	else if (kind == MESSAGE_ACCEPT_LEDGER)
		engine_accept_ledger(&r->engine, &now);
	else if (kind == MESSAGE_REVIVE)
		engine_revive(&r->engine, a->host, &now);
}

static void
told(void *ctx)
{
	struct engine_role *r = ctx;
	struct message_address a = { 0 };
	uint32_t kind;
	size_t len;
	int got = role_receive(r->setup->desk, &kind, &a, sizeof(a), &len);

	if (got == 1 && (len == 0 || len == sizeof(a)))
		take_message(r, kind, &a);
	if (got == -1 && errno != EBADMSG) {
		loop_end(&r->loop); /* main is gone, and the desk with it */
		return;
	}
	run(r);
}

static void
ordered(void *ctx)
{
	struct engine_role *r = ctx;
	struct now now;
	uint32_t kind;
	size_t len;
	int got = role_receive(r->setup->orders_in, &kind, &r->coming,
	    sizeof(r->coming), &len);

	clock_now(&r->clock, &now);
	if (got == 1 && kind == MESSAGE_ORDERS && len == sizeof(r->coming))
		take_orders(r, &now);
	if (got == 1 && kind == MESSAGE_ALIVE &&
	    write(r->setup->ready[1], "", 1) != 1)
		log_debug("engine", "main does not listen");
	if (got == -1)
		loop_end(&r->loop);
	else
		run(r);
}

/* ---- begin and end ---- */

/* The state of before, if there is any: true if there is a file. */
static bool
remember(struct engine_role *r)
{
	const char *dir = r->setup->orders.conf.state_dir;
	char path[CONF_PATH_MAX + sizeof(STATE_FILE) + 1];
	struct text t = TEXT(path);
	struct err err;
	struct now now;
	size_t len;
	char *octets;
	bool missing;

	text_add(&t, "%s/%s", dir, STATE_FILE);
	octets = file_read(path, ENGINE_STATE_MAX, &len, &err);
	missing = octets == NULL && errno == ENOENT;
	if (missing)
		log_info("state", "nothing remembered: cold start");
	else if (octets == NULL)
		log_warning("state", "%s: cold start", err.text);
	if (octets == NULL)
		return !missing;
	clock_now(&r->clock, &now);
	if (engine_read(&r->engine, (uint8_t *)octets, len, &now, &err) == -1)
		log_warning("state", "%s: %s: cold start", path, err.text);
	else
		log_info("state", "remembered frequency=%+.3fppm",
		    r->engine.estimate.mean.x[1] * 1e6);
	free(octets);
	return true;
}

/* evidence: other state is there, so the ledger should be, too. */
static void
open_ledger(struct engine_role *r, bool evidence)
{
	static const int level[] = { [BOOK_FIRST] = 6,
		[BOOK_GOOD] = 6,
		[BOOK_MENDED] = 4,
		[BOOK_LOST] = 3,
		[BOOK_ELSEWHERE] = 3,
		[BOOK_NOWHERE] = 3 };
	const struct conf *c = &r->setup->orders.conf;
	struct err why = { "" };
	enum book_how how;
	bool new_boot;
	struct now now;

	clock_now(&r->clock, &now);
	how = book_open(&r->book, c->state_dir, c->run_dir, evidence,
	    &r->engine.ledger, now.mono, &new_boot, &why);
	if (why.text[0] != '\0')
		log_at(level[how], "ledger", "%s", why.text);
	engine_opened(&r->engine, new_boot, how == BOOK_NOWHERE, &now);
}

static void
ended(void *ctx)
{
	struct engine_role *r = ctx;

	loop_end(&r->loop);
}

static void
ignored(void *ctx)
{
	(void)ctx; /* a reload is main's work; alone there is none */
}

static int
open_role(struct engine_role *r, struct err *e)
{
	struct setup *s = r->setup;
	const struct conf *c = &s->orders.conf;
	bool is_virtual = c->clock == CONF_CLOCK_VIRTUAL;
	struct now now;

	if (loop_open(&r->loop, s->solo, e) == -1 ||
	    loop_signal(&r->loop, SIGTERM, ended, r, e) == -1 ||
	    loop_signal(&r->loop, SIGINT, ended, r, e) == -1 ||
	    loop_signal(&r->loop, SIGHUP, ignored, r, e) == -1)
		return -1;
	if (!s->solo && role_drop(ROLE_ENGINE, c->user, !is_virtual, e) == -1)
		return -1;
	if (clock_open(&r->clock, is_virtual, e) == -1)
		return -1;
	r->timer = loop_timer(&r->loop, woken, r);
	if (r->timer == NULL)
		return err_set(e, "out of memory");
	for (unsigned i = 0; i < ENGINE_SOURCES; i++)
		r->question[i] = (struct question){ r, i, -1, NULL };
	clock_now(&r->clock, &now);
	engine_init(&r->engine, &c->engine, &s->orders.keys, &s->orders.leap,
	    &now);
	open_ledger(r, remember(r));
	if (!s->solo &&
	    (loop_watch(&r->loop, s->desk, told, r) == NULL ||
		loop_watch(&r->loop, s->orders_in, ordered, r) == NULL))
		return err_set(e, "out of memory");
	if (!s->solo && role_sandbox(ROLE_ENGINE, e) == -1)
		return -1;
	return serving_start(&r->serving, s, &r->loop, e);
}

int
engine_role(struct setup *s)
{
	struct engine_role *r = &role;
	struct err err;

	r->setup = s;
	if (!s->solo) {
		close(s->engine);
		close(s->orders_out);
		role_title("ntpgated-engine");
	}
	if (open_role(r, &err) == -1) {
		log_err("engine", "%s", err.text);
		return 1;
	}
	if (!s->solo && write(s->ready[1], "", 1) != 1)
		return 1;
	run(r);
	loop_run(&r->loop);
	save(r);
	serving_stop(&r->serving);
	log_changes(r);
	for (unsigned i = 0; i < ENGINE_SOURCES; i++)
		close_question(&r->question[i]);
	loop_drop(r->timer);
	loop_close(&r->loop);
	book_close(&r->book);
	return 0;
}
