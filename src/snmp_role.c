/* SPDX-License-Identifier: ISC */
/*
 * snmp_role.c - ntpgated-snmp, a program of its own: net-snmp and its twenty
 * libraries are not to be in the processes that keep time.  ntpgated starts
 * it and ends it, by force if it hangs.  It asks the desk how things are, and
 * answers SNMP's master agent from that.
 */
#include "config.h"
#include "roles.h"
#include "snmp_set.h"

#include "base/text.h"
#include "sys/agentx.h"
#include "sys/clock.h"
#include "sys/log.h"
#include "sys/loop.h"
#include "sys/role.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/utsname.h>

#define WATCH_S 2.0	 /* how soon a change is seen */
#define FRESH_S 1.0	 /* what a manager is told is no older, if we can */
#define STALE_S 30.0	 /* then nothing is known: it may be dead */
#define PATIENCE_MS 100	 /* with the desk, while a manager waits */
#define EVENT_WAIT_S 0.5 /* an event, for the numbers that belong to it */
#define EVENTS_MAX 64	 /* at once; desk_watch.c names 20 hosts of a kind */
#define HELD_MAX 32
#define NICE 10

struct snmp_role {
	int wire; /* to the desk */
	struct loop loop;
	struct event *reader, *watcher, *teller, *saver, *heart;
	char system[2 * sizeof(((struct utsname *)0)->sysname) + 70];

	struct message_world world;
	bool heard;
	struct mono heard_at; /* that it was so */
	bool asked;	      /* and not yet answered */
	bool waited;	      /* for that answer, once */
	struct mono asked_at;

	struct mib_told told;
	unsigned events; /* to be told, with the next world */
	struct message_event event[EVENTS_MAX];
	bool connected;
	unsigned held; /* notifications, while there is no master */
	struct mib_notice notice[HELD_MAX];

	struct snmp_set set;
};

static struct snmp_role role;

/* ---- the desk ---- */

/* Unless it has yet to answer the last question, and that is young. */
static void
ask(struct snmp_role *r)
{
	struct mono now = clock_raw();

	if (r->asked && mono_sub(now, r->asked_at) < FRESH_S)
		return;
	r->asked = role_send(r->wire, MESSAGE_WATCH, NULL, 0) == 0;
	r->asked_at = now;
	r->waited = false;
}

static void
watch(void *ctx)
{
	struct snmp_role *r = ctx;

	ask(r);
	loop_set(r->watcher, WATCH_S);
	if (r->heard)
		loop_set(r->teller, EVENT_WAIT_S);
}

static void
take_event(struct snmp_role *r, const struct message_event *m)
{
	if (r->events == EVENTS_MAX || !mib_is_news(m->event))
		return;
	r->event[r->events++] = *m;
	ask(r);
	if (r->events == 1)
		loop_set(r->teller, EVENT_WAIT_S);
}

static void
take_world(struct snmp_role *r)
{
	const struct snapshot *s = &r->world.snapshot;

	r->heard = true;
	r->asked = false;
	/* It may have lain here while net-snmp waited for its master. */
	r->heard_at = snapshot_taken(s);
	loop_set(r->teller, 0); /* not from inside of net-snmp */
}

/* Whatever is there; ends the role when nobody can write to it any more. */
static void
take(void *ctx)
{
	static union {
		struct message_world world;
		struct message_event event;
	} m;
	struct snmp_role *r = ctx;
	uint32_t kind;
	size_t len;
	int got;

	while ((got = role_receive(r->wire, &kind, &m, sizeof(m), &len)) != 0) {
		if (got == -1 && errno != EBADMSG) {
			r->asked = false; /* in vain */
			loop_end(&r->loop);
			return;
		}
		if (got == -1)
			continue;
		if (kind == MESSAGE_WORLD && len == sizeof(m.world)) {
			r->world = m.world;
			take_world(r);
		} else if (kind == MESSAGE_EVENT && len == sizeof(m.event)) {
			take_event(r, &m.event);
		}
	}
}

/* The world is of this second; or old, if the desk has something else to do:
 * then only one manager a second waits for it. */
static void
freshen(struct snmp_role *r)
{
	struct pollfd p = { .fd = r->wire, .events = POLLIN };

	if (r->heard && mono_sub(clock_raw(), r->heard_at) < FRESH_S)
		return;
	ask(r);
	if (r->waited)
		return;
	r->waited = true;
	while (r->asked && poll(&p, 1, PATIENCE_MS) == 1 &&
	    (p.revents & POLLIN) != 0)
		take(r);
}

static struct mib_world
world(const struct snmp_role *r)
{
	double age_s = mono_sub(clock_raw(), r->heard_at);
	bool known = r->heard && age_s < STALE_S;

	return (struct mib_world){
		.s = known ? &r->world.snapshot : NULL,
		.age_s = known ? age_s : 0,
		.version = PACKAGE_VERSION,
		.system = r->system,
		.kept = &r->set.kept,
		.flagged = r->world.flagged,
		.rogues = r->world.rogues,
		.hosts = known ? r->world.hosts : 0,
		.host = r->world.host,
	};
}

/* ---- notifications ---- */

/* What happens while there is no master is told when there is one. */
static void
notify(struct snmp_role *r, const struct mib_notice *n)
{
	if (!agentx_notify(n)) {
		if (r->held < HELD_MAX)
			r->notice[r->held++] = *n;
		return;
	}
	snmp_set_count(&r->set);
	loop_set(r->saver, 0); /* once for all that are told at once */
}

static void
save_later(void *ctx)
{
	struct snmp_role *r = ctx;

	snmp_set_save(&r->set);
}

static void
tell_held(struct snmp_role *r)
{
	unsigned n = r->held;

	r->held = 0;
	for (unsigned i = 0; i < n; i++)
		notify(r, &r->notice[i]);
}

static void
tell_changes(struct snmp_role *r, const struct mib_world *w)
{
	static struct mib_notice out[MIB_NOTICES];
	unsigned n = mib_changes(&r->told, w, out);

	for (unsigned i = 0; i < n; i++)
		notify(r, &out[i]);
}

static void
tell(void *ctx)
{
	struct snmp_role *r = ctx;
	struct mib_world w = world(r);
	struct mib_notice n;

	if (r->connected)
		tell_held(r);
	tell_changes(r, &w);
	for (unsigned i = 0; i < r->events; i++)
		if (mib_notice_of(&w, r->event[i].event, r->event[i].text, &n))
			notify(r, &n);
	r->events = 0;
}

static void
beat(void *ctx)
{
	struct snmp_role *r = ctx;
	struct mib_notice n;
	struct mib_world w;

	freshen(r);
	w = world(r);
	mib_heartbeat(&w, &n);
	if (r->connected) /* an old one is no sign of life */
		notify(r, &n);
	if (r->set.kept.heartbeat_s > 0)
		loop_set(r->heart, r->set.kept.heartbeat_s);
}

/* As what is kept wants it; an interval of 0 is one heartbeat and no more. */
static void
set_heart(struct snmp_role *r)
{
	bool wanted = (r->set.kept.bits & 1u << MIB_HEARTBEAT) != 0;

	loop_set(r->heart, wanted ? r->set.kept.heartbeat_s : -1.0);
}

/* ---- what the master wants ---- */

static bool
get(void *ctx, const struct mib_oid *o, struct mib_value *v)
{
	struct mib_world w;

	freshen(ctx);
	w = world(ctx);
	return mib_get(&w, o, v);
}

static bool
next(void *ctx, const struct mib_oid *o, struct mib_oid *next_o,
    struct mib_value *v)
{
	struct mib_world w;

	freshen(ctx);
	w = world(ctx);
	return mib_next(&w, o, next_o, v);
}

static enum mib_refusal
test(void *ctx, const struct mib_oid *o, const struct mib_value *v)
{
	struct snmp_role *r = ctx;

	return snmp_set_test(&r->set, o, v);
}

static bool
set(void *ctx)
{
	struct snmp_role *r = ctx;

	if (!snmp_set_commit(&r->set))
		return false;
	set_heart(r);
	return true;
}

static void
undo(void *ctx)
{
	struct snmp_role *r = ctx;

	snmp_set_undo(&r->set);
	set_heart(r);
}

static void
done(void *ctx)
{
	struct snmp_role *r = ctx;

	snmp_set_end(&r->set);
}

static void
changed(void *ctx, bool connected)
{
	struct snmp_role *r = ctx;

	r->connected = connected;
	snmp_set_end(&r->set);
	if (connected)
		loop_set(r->teller, 0);
}

/* ---- begin and end ---- */

struct arguments {
	const char *wire, *agentx, *state_dir, *user, *to, *level;
};

/* As agent.c orders them; the letters before them are for who reads ps. */
static bool
read_arguments(struct arguments *a, int argc, char **argv)
{
	const char **const value[] = { &a->wire, &a->agentx, &a->state_dir,
		&a->user, &a->to, &a->level };
	const int n = sizeof(value) / sizeof(value[0]);

	for (int i = 0; i < n && argc == 1 + 2 * n; i++)
		*value[i] = argv[2 + 2 * i];
	return argc == 1 + 2 * n;
}

/* "syslog", "journal", "stderr", or a file: as agent.c writes it. */
static int
open_log(const struct arguments *a, struct err *e)
{
	enum log_to to = LOG_TO_FILE;

	if (strcmp(a->to, "syslog") == 0)
		to = LOG_TO_SYSLOG;
	else if (strcmp(a->to, "journal") == 0)
		to = LOG_TO_JOURNAL;
	else if (strcmp(a->to, "stderr") == 0)
		to = LOG_TO_STDERR;
	return log_open(to, a->to, atoi(a->level), "ntpgated", e);
}

static void
ended(void *ctx)
{
	struct snmp_role *r = ctx;

	loop_end(&r->loop);
}

/* And time is served no more. */
static void
all_ended(void *ctx)
{
	struct mib_world w = world(ctx);

	w.s = NULL;
	tell_changes(ctx, &w);
	ended(ctx);
}

static int
open_loop(struct snmp_role *r, struct err *e)
{
	if (loop_open(&r->loop, false, e) == -1 ||
	    loop_signal(&r->loop, SIGTERM, all_ended, r, e) == -1 ||
	    loop_signal(&r->loop, SIGINT, ended, r, e) == -1)
		return -1;
	r->reader = loop_watch(&r->loop, r->wire, take, r);
	r->watcher = loop_timer(&r->loop, watch, r);
	r->teller = loop_timer(&r->loop, tell, r);
	r->saver = loop_timer(&r->loop, save_later, r);
	r->heart = loop_timer(&r->loop, beat, r);
	if (r->reader == NULL || r->watcher == NULL || r->teller == NULL ||
	    r->saver == NULL || r->heart == NULL)
		return err_set(e, "out of memory");
	return 0;
}

static int
open_role(struct snmp_role *r, const struct arguments *a, struct err *e)
{
	const struct agentx_owner owner = { r, get, next, test, set, undo, done,
		changed };
	struct text t = TEXT(r->system);
	struct utsname u;

	if (role_drop(ROLE_SNMP, a->user, false, e) == -1)
		return -1;
	/* It may hang where no signal but this one is heard. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == -1)
		return err_sys(e, "parent-death signal");
	(void)setpriority(PRIO_PROCESS, 0, NICE);
	r->wire = atoi(a->wire);
	if (fcntl(r->wire, F_SETFD, FD_CLOEXEC) == -1)
		return err_sys(e, "wire");
	if (uname(&u) == 0)
		text_add(&t, "%s %s / %s", u.sysname, u.release, u.machine);
	if (open_loop(r, e) == -1 || role_sandbox(ROLE_SNMP, e) == -1)
		return -1;
	snmp_set_open(&r->set, a->state_dir);
	return agentx_open(&r->loop, a->agentx, &owner, e);
}

int
main(int argc, char **argv)
{
	struct snmp_role *r = &role;
	struct arguments a = { 0 };
	struct err err;

	if (!read_arguments(&a, argc, argv)) {
		fputs("ntpgated-snmp: ntpgated starts it, where snmp.agentx is "
		      "configured\n",
		    stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN); /* the master goes away during a write */
	if (open_log(&a, &err) == -1 || open_role(r, &a, &err) == -1) {
		log_event(EVENT_SNMP_FAILED, "%s", err.text);
		return 1;
	}
	watch(r);
	set_heart(r);
	loop_run(&r->loop);
	snmp_set_save(&r->set);
	agentx_close();
	loop_drop(r->reader);
	loop_drop(r->watcher);
	loop_drop(r->teller);
	loop_drop(r->saver);
	loop_drop(r->heart);
	loop_close(&r->loop);
	return 0;
}
