/* SPDX-License-Identifier: ISC */
/*
 * engine_role.c - owns struct engine: moves packets, time and orders between
 * it and sys/.  What it keeps on disk is in engine_keep.c.
 */
#include "engine_role.h"

#include "base/text.h"
#include "sys/log.h"
#include "sys/role.h"
#include "sys/udp.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

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

static void
close_questions(struct engine_role *r)
{
	for (unsigned i = 0; i <= ENGINE_SIBLING; i++)
		close_question(&r->question[i]);
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

/*
 * The sibling is asked from an address on which we serve, if one is named:
 * its key is bound to that.  Some of them may not be here now (VRRP).
 */
static int
ask_sibling(const struct conf *c, const struct addr *to, struct err *e)
{
	bool named = false;
	int fd = -1;

	for (unsigned i = 0; i < c->serve.listen_count && fd == -1; i++) {
		const struct addr *a = &c->serve.listen[i];

		if (a->family != to->family || addr_is_any(a) ||
		    addr_is_loopback(a) != addr_is_loopback(to))
			continue;
		named = true;
		fd = udp_ask_from(a, to, e);
	}
	return named ? fd : udp_ask(to, e);
}

static int
open_question(struct engine_role *r, const struct engine_order *o,
    struct err *e)
{
	struct question *q = &r->question[o->source];

	close_question(q);
	q->fd = o->source == ENGINE_SIBLING ?
	    ask_sibling(&r->setup->orders.conf, &o->to, e) :
	    udp_ask(&o->to, e);
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

	if (o->peer) {
		clock_pair(&t1, &real);
		if (serving_send(&r->serving, &o->to, o->pkt, o->len)) {
			engine_sent(&r->engine, o->source, t1);
			return;
		}
		err_sys(&err, "send");
	} else if (open_question(r, o, &err) == 0) {
		clock_pair(&t1, &real);
		if (send(q->fd, o->pkt, o->len, 0) == (ssize_t)o->len) {
			engine_sent(&r->engine, o->source, t1);
			return;
		}
		err_sys(&err, "send");
	}
	log_limited(&gate, EVENT_SOURCE_UNASKED, "host=%s cannot be asked: %s",
	    o->source == ENGINE_SIBLING ?
		r->engine.conf.sibling.host :
		source_name(&r->engine.conf.server[o->source]).text,
	    err.text);
	clock_now(&r->clock, &now);
	engine_unsent(&r->engine, o->source, &now);
}

/* ---- orders ---- */

static void
publish(struct engine_role *r)
{
	struct now now;

	uint8_t word[LINK_FIELD];

	worker_publish(&r->serving.board, &r->engine.serving, &r->clock.line);
	clock_now(&r->clock, &now);
	if (r->engine.conf.sibling.on) {
		engine_word(&r->engine, &now, word);
		worker_publish_word(&r->serving.board, word);
	}
	clock_status(&r->clock, r->engine.serving.stratum < STRATUM_UNSYNC,
	    engine_accuracy(&r->engine, &now).bound);
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
		log_limited(&gate, EVENT_CLOCK_FAILED, "%s", err.text);
	publish(r);
}

/* A desk that does not read is no reason to wait. */
static void
tell_desk(struct engine_role *r, const struct engine_change *c)
{
	struct message_event m = { .event = c->event };
	struct now now;

	if (r->setup->solo)
		return;
	clock_now(&r->clock, &now);
	m.at = now.wall;
	text_copy(m.text, sizeof(m.text), c->text);
	role_send(r->setup->desk, MESSAGE_EVENT, &m, sizeof(m));
}

static void
log_changes(struct engine_role *r)
{
	struct engine_change c;

	while (engine_take_change(&r->engine, &c)) {
		log_event(c.event, "%s", c.text);
		tell_desk(r, &c);
	}
	if (r->engine.changes_lost > 0)
		log_event(EVENT_ENGINE_LOST, "lost=%u lines",
		    r->engine.changes_lost);
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
			keep_book(r);
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
			keep_state(r);
			continue;
		case ENGINE_REST:
			break;
		}
		break;
	}
	for (unsigned i = 0; i < ENGINE_SOURCES; i++)
		if (!r->engine.source[i].source.asked)
			close_question(&r->question[i]);
	if (!r->engine.pair.link.source.asked)
		close_question(&r->question[ENGINE_SIBLING]);
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

/* A worker has something for the engine. */
static void
rung(void *ctx)
{
	struct engine_role *r = ctx;
	struct worker_letter l;
	struct arrival a;
	struct now now;

	clock_now(&r->clock, &now);
	if (serving_news(&r->serving))
		engine_poked(&r->engine, &now);
	while (serving_letter(&r->serving, &l)) {
		a = (struct arrival){ .pkt = l.pkt,
			.len = l.len,
			.from = l.from,
			.at = l.at };
		engine_peer(&r->engine, &a, l.came, &now);
	}
	control_pass(r);
	run(r);
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
	close_questions(r);
	engine_reload(&r->engine, &s->orders.conf.engine, now);
	if (serving_reload(&r->serving, &err) == -1)
		log_event(EVENT_SERVE_FAILED, "%s", err.text);
	log_event(EVENT_RELOAD_DONE, "done servers=%u",
	    s->orders.conf.engine.count);
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
	else if (kind == MESSAGE_ACCEPT_SIBLING)
		engine_accept_sibling(&r->engine, &now);
	else if (kind == MESSAGE_REVIVE)
		engine_revive(&r->engine, a->host, &now);
}

static void
told(void *ctx)
{
	struct engine_role *r = ctx;
	union {
		struct message_address address;
		struct message_control control;
	} m = { .address = { .host = "" } };
	uint32_t kind;
	size_t len;
	int got = role_receive(r->setup->desk, &kind, &m, sizeof(m), &len);

	r->control.heard = true;
	if (got == 1 && kind == MESSAGE_CONTROL_REPLY) {
		if (len == sizeof(m.control))
			control_reply(r, &m.control);
		return; /* nothing of the engine has changed */
	}
	if (got == 1 && (len == 0 || len == sizeof(m.address)))
		take_message(r, kind, &m.address);
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
	for (unsigned i = 0; i <= ENGINE_SIBLING; i++)
		r->question[i] = (struct question){ r, i, -1, NULL };
	clock_now(&r->clock, &now);
	engine_init(&r->engine, &c->engine, &s->orders.keys, &s->orders.leap,
	    &now);
	keep_open(r, keep_remember(r));
	serving_open(s, now.mono, now.wall);
	if (!s->solo &&
	    (loop_watch(&r->loop, s->desk, told, r) == NULL ||
		loop_watch(&r->loop, s->orders_in, ordered, r) == NULL))
		return err_set(e, "out of memory");
	if (!s->solo && role_sandbox(ROLE_ENGINE, e) == -1)
		return -1;
	r->serving.rung = rung;
	r->serving.rung_ctx = r;
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
		close(s->ready[0]);
		if (s->http != -1)
			close(s->http);
		role_title("ntpgated-engine");
	}
	if (open_role(r, &err) == -1) {
		log_event(EVENT_ENGINE_FAILED, "%s", err.text);
		return 1;
	}
	if (!s->solo && write(s->ready[1], "", 1) != 1)
		return 1;
	run(r);
	loop_run(&r->loop);
	keep_state(r);
	serving_stop(&r->serving);
	log_changes(r);
	close_questions(r);
	loop_drop(r->timer);
	loop_close(&r->loop);
	book_close(&r->book);
	return 0;
}
