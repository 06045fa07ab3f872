/* SPDX-License-Identifier: ISC */
#include "desk_mode6.h"
#include "desk_clients.h"

#include "base/text.h"
#include "config.h"
#include "sys/clock.h"
#include "sys/role.h"

#include <math.h>
#include <string.h>
#include <sys/random.h>
#include <sys/utsname.h>

#define FRESH_S 1.0
#define OUR_VERSION "ntpgate " PACKAGE_VERSION

/* The clock that we serve, at an instant of the raw one. */
static struct wall
served(const struct desk_mode6 *d, struct mono at)
{
	struct mono raw;
	struct wall real;

	clock_pair(&raw, &real);
	if (!isfinite(d->s->error_bound_s))
		return wall_add(real, mono_sub(at, raw));
	return wall_add(d->s->at,
	    mono_sub(at, snapshot_taken(d->s)) - d->s->offset_s);
}

/* One datagram of an answer; what the engine does not take is lost. */
static void
send_one(void *ctx, const uint8_t *pkt, size_t len)
{
	const struct desk_mode6 *d = ctx;
	struct message_control m = d->waiting[0].message;

	m.len = len;
	memcpy(m.pkt, pkt, len);
	role_send(d->setup->engine, MESSAGE_CONTROL_REPLY, &m, sizeof(m));
}

static struct mode6_request
request_of(const struct desk_asker *a)
{
	return (struct mode6_request){ .pkt = a->message.pkt,
		.len = a->message.len,
		.from = a->message.peer,
		.at = a->at };
}

static void
answer_first(struct desk_mode6 *d)
{
	const struct mode6_request q = request_of(&d->waiting[0]);
	const struct mode6_world w = { .s = d->s,
		.now = served(d, clock_raw()),
		.version = OUR_VERSION,
		.processor = d->processor,
		.system = d->system,
		.leap = &d->setup->orders.leap,
		.mru = d->walk.done ? &d->roll : NULL,
		.mru_at = d->roll_at };

	mode6_answer(&d->mode6, &w, &q, send_one, d);
	memmove(&d->waiting[0], &d->waiting[1],
	    --d->waiting_count * sizeof(d->waiting[0]));
}

/* Does the first have to wait for a walk through the tables? */
static bool
needs_walk(const struct desk_mode6 *d)
{
	const struct mode6_request q = request_of(&d->waiting[0]);

	return d->setup->hosts.tables > 0 &&
	    mode6_must_walk(&d->mode6, &q, &d->walk);
}

static void
begin_walk(struct desk_mode6 *d)
{
	struct mono now = clock_raw();

	d->walking = true;
	d->walk = (struct mode6_walk){ .began = now };
	d->roll_at = served(d, now);
	roll_begin(&d->roll, &mode6_mru_order, now);
	loop_set(d->walker, 0);
}

/* Answers who can be answered, in the order in which they came. */
static void
go_on(struct desk_mode6 *d)
{
	while (d->waiting_count > 0 && !d->walking) {
		if (d->s == NULL || mono_sub(clock_raw(), d->heard) > FRESH_S) {
			d->ask(d->ask_ctx);
			return;
		}
		if (needs_walk(d))
			begin_walk(d);
		else
			answer_first(d);
	}
}

static void
walk(void *ctx)
{
	struct desk_mode6 *d = ctx;

	if (roll_walk(&d->roll, DESK_PIECE)) {
		loop_set(d->walker, 0);
		return;
	}
	d->walking = false;
	d->walk.done = true;
	d->walk.ended = clock_raw();
	go_on(d);
}

void
desk_mode6_asked(struct desk_mode6 *d, const struct message_control *m)
{
	if (d->waiting_count == DESK_MODE6_WAITING || m->len > sizeof(m->pkt))
		return;
	d->waiting[d->waiting_count++] = (struct desk_asker){ *m, clock_raw() };
	go_on(d);
}

void
desk_mode6_told(struct desk_mode6 *d, const struct snapshot *s)
{
	d->s = s;
	d->heard = clock_raw();
	go_on(d);
}

void
desk_mode6_late(struct desk_mode6 *d)
{
	d->waiting_count = 0;
}

int
desk_mode6_open(struct desk_mode6 *d, const struct setup *s, struct loop *l,
    loop_fn *ask, void *ctx, struct err *e)
{
	struct text processor = TEXT(d->processor), system = TEXT(d->system);
	uint8_t secret[MODE6_SECRET];
	struct utsname u;

	d->setup = s;
	d->ask = ask;
	d->ask_ctx = ctx;
	if (getrandom(secret, sizeof(secret), 0) != sizeof(secret) ||
	    uname(&u) == -1)
		return err_sys(e, "mode 6");
	text_add(&processor, "%s", u.machine);
	text_add(&system, "%s/%s", u.sysname, u.release);
	mode6_init(&d->mode6, secret, clock_raw());
	desk_clients_tables(&d->roll, &s->hosts);
	d->walker = loop_timer(l, walk, d);
	if (d->walker == NULL)
		return err_set(e, "out of memory");
	return 0;
}

void
desk_mode6_close(struct desk_mode6 *d)
{
	loop_drop(d->walker);
}
