/* SPDX-License-Identifier: ISC */
#include "sys/loop.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>

/* What libevent hands back to us. */
struct hook {
	loop_fn *fn;
	void *ctx;
};

/* Solo: what the signal handler can reach. */
static struct event_base *volatile solo_base;
static volatile sig_atomic_t solo_came[LOOP_SIGNALS], solo_sig[LOOP_SIGNALS];

int
loop_open(struct loop *l, bool solo, struct err *e)
{
	struct event_config *c = event_config_new();

	*l = (struct loop){ .solo = solo };
	if (c != NULL) {
		event_config_set_flag(c, EVENT_BASE_FLAG_PRECISE_TIMER);
		l->base = event_base_new_with_config(c);
		event_config_free(c);
	}
	if (l->base == NULL)
		return err_set(e, "no event loop: out of memory or files");
	return 0;
}

void
loop_close(struct loop *l)
{
	for (unsigned i = 0; i < l->signals; i++) {
		if (l->solo)
			signal(l->signal[i].sig, SIG_DFL);
		else
			event_free(l->signal[i].ev);
	}
	if (solo_base == l->base)
		solo_base = NULL;
	if (l->base != NULL)
		event_base_free(l->base);
	*l = (struct loop){ 0 };
}

static void
call(evutil_socket_t fd, short what, void *arg)
{
	const struct hook *h = arg;

	(void)fd;
	(void)what;
	h->fn(h->ctx); /* which may drop h */
}

static struct event *
hook_new(struct loop *l, int fd, short what, struct hook h)
{
	struct hook *kept = malloc(sizeof(*kept));
	struct event *ev;

	if (kept == NULL)
		return NULL;
	*kept = h;
	ev = event_new(l->base, fd, what, call, kept);
	if (ev == NULL)
		free(kept);
	return ev;
}

struct event *
loop_watch(struct loop *l, int fd, loop_fn *fn, void *ctx)
{
	struct hook h = { fn, ctx };
	struct event *ev = hook_new(l, fd, EV_READ | EV_PERSIST, h);

	if (ev != NULL && event_add(ev, NULL) != 0) {
		loop_drop(ev);
		return NULL;
	}
	return ev;
}

struct event *
loop_timer(struct loop *l, loop_fn *fn, void *ctx)
{
	return hook_new(l, -1, 0, (struct hook){ fn, ctx });
}

void
loop_drop(struct event *ev)
{
	if (ev == NULL)
		return;
	free(event_get_callback_arg(ev));
	event_free(ev);
}

void
loop_set(struct event *timer, double s)
{
	if (!(s >= 0)) {
		event_del(timer);
		return;
	}
	/* Up, so that who asks the clock then finds it late enough.  A year is
	 * as good as for ever, and fits every time_t. */
	int64_t us = (int64_t)ceil(fmin(s, 3e7) * 1e6);
	struct timeval tv = { .tv_sec = us / 1000000, .tv_usec = us % 1000000 };

	event_add(timer, &tv);
}

/* With solo: after a break of the loop by a signal. */
static void
solo_signals(struct loop *l)
{
	for (unsigned i = 0; i < l->signals; i++) {
		if (!l->solo || !solo_came[i])
			continue;
		solo_came[i] = 0;
		l->signal[i].fn(l->signal[i].ctx);
	}
}

void
loop_run(struct loop *l)
{
	while (!l->ended) {
		solo_signals(l);
		if (l->ended)
			break;
		if (event_base_loop(l->base, EVLOOP_NO_EXIT_ON_EMPTY) < 0)
			break;
	}
	l->ended = false;
}

void
loop_end(struct loop *l)
{
	l->ended = true;
	event_base_loopbreak(l->base);
}

static void
solo_handler(int sig)
{
	for (int i = 0; i < LOOP_SIGNALS; i++)
		if (solo_sig[i] == sig)
			solo_came[i] = 1;
	if (solo_base != NULL)
		event_base_loopbreak(solo_base);
}

/*
 * A simulator takes a signal pipe for always readable.  A signal between the
 * look at the flags and the sleep waits for the next timer, or for the
 * second Ctrl-C: a simulator sends it while we sleep.
 */
static int
solo_signal(struct loop *l, const struct loop_signal *s)
{
	struct sigaction sa = { .sa_handler = solo_handler };

	sigemptyset(&sa.sa_mask);
	solo_base = l->base;
	solo_sig[l->signals] = s->sig;
	solo_came[l->signals] = 0;
	return sigaction(s->sig, &sa, NULL);
}

static void
signal_call(evutil_socket_t sig, short what, void *arg)
{
	const struct loop_signal *s = arg;

	(void)sig;
	(void)what;
	s->fn(s->ctx);
}

static void
unblock(int sig)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

int
loop_signal(struct loop *l, int sig, loop_fn *fn, void *ctx, struct err *e)
{
	struct loop_signal *s = &l->signal[l->signals];

	if (l->signals == LOOP_SIGNALS)
		return err_set(e, "signal %d: more than %d signals", sig,
		    LOOP_SIGNALS);
	*s = (struct loop_signal){ .sig = sig, .fn = fn, .ctx = ctx };
	if (l->solo) {
		if (solo_signal(l, s) != 0)
			return err_sys(e, "signal %d", sig);
		l->signals++;
		unblock(sig);
		return 0;
	}
	s->ev = evsignal_new(l->base, sig, signal_call, s);
	if (s->ev == NULL || evsignal_add(s->ev, NULL) != 0) {
		if (s->ev != NULL)
			event_free(s->ev);
		return err_set(e, "signal %d: cannot be watched", sig);
	}
	l->signals++;
	unblock(sig);
	return 0;
}
