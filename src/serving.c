/* SPDX-License-Identifier: ISC */
#include "serving.h"

#include <string.h>

static void
asked(void *ctx)
{
	worker_serve(ctx);
}

static void
fill(struct serving *s)
{
	const struct setup *from = s->setup;

	s->server.access = from->orders.conf.serve.access;
	s->server.keys = from->orders.keys;
	s->server.own_count = from->own_count;
	memcpy(s->server.own, from->own, sizeof(from->own));
}

static int
start_threads(struct serving *s, struct err *e)
{
	for (unsigned i = 0; i < s->setup->sockets; i++)
		if (worker_start(&s->worker[i], e) == -1) {
			serving_stop(s);
			return -1;
		}
	return 0;
}

int
serving_start(struct serving *s, const struct setup *setup, struct loop *l,
    struct err *e)
{
	s->setup = setup;
	fill(s);
	for (unsigned i = 0; i < setup->sockets; i++)
		worker_init(&s->worker[i], setup->socket[i], &s->server,
		    &s->board);
	if (!setup->solo)
		return start_threads(s, e);
	for (unsigned i = 0; i < setup->sockets; i++)
		if (loop_watch(l, setup->socket[i], asked, &s->worker[i]) ==
		    NULL)
			return err_set(e, "out of memory");
	return 0;
}

void
serving_stop(struct serving *s)
{
	for (unsigned i = 0; s->setup != NULL && i < s->setup->sockets; i++)
		if (s->worker[i].running)
			worker_stop(&s->worker[i]);
}

int
serving_reload(struct serving *s, struct err *e)
{
	serving_stop(s);
	fill(s);
	return s->setup->solo ? 0 : start_threads(s, e);
}

void
serving_count(const struct serving *s, struct snapshot_serve *out)
{
	for (unsigned i = 0; i < s->setup->sockets; i++)
		for (unsigned v = 0; v < SERVER_VERDICTS; v++)
			out->verdict[v] += s->worker[i].verdict[v];
	for (unsigned v = 0; v < SERVER_VERDICTS; v++)
		out->received += out->verdict[v];
	out->answered = out->verdict[SERVER_ANSWERED];
	out->denied = out->verdict[SERVER_DENIED];
	out->bad = out->received - out->answered - out->denied;
}
