/* SPDX-License-Identifier: ISC */
#include "view/route.h"

#include "view/asset.h"
#include "view/dash.h"
#include "view/json.h"
#include "view/metrics.h"
#include "view/roll_print.h"

#include <string.h>

#define HTML "text/html; charset=utf-8"
#define JSON "application/json"
#define PLAIN "text/plain; charset=utf-8"

enum { FOUND = 200, MISSING = 404, NOT_NOW = 503 };

/* What programs read. */
static const struct object {
	const char *path;
	void (*print)(const struct snapshot *s, struct text *out);
} object[] = {
	{ "/budget.json", json_budget },
	{ "/sibling.json", json_sibling },
	{ "/status.json", json_status },
	{ "/upstreams.json", json_upstreams },
};

static const struct object *
find_object(const char *path)
{
	for (size_t i = 0; i < sizeof(object) / sizeof(object[0]); i++)
		if (strcmp(path, object[i].path) == 0)
			return &object[i];
	return NULL;
}

bool
route_is_live(const struct request *r)
{
	return strcmp(r->path, "/") == 0 || strcmp(r->path, "/metrics") == 0 ||
	    strcmp(r->path, "/healthz") == 0 || find_object(r->path) != NULL;
}

/* Programs take what they are given for true: they get nothing then. */
static bool
is_silent(const struct route_world *w)
{
	return w->s == NULL || w->age_s > ROUTE_STALE_S;
}

bool
route_is_well(const struct route_world *w)
{
	const struct snapshot *s = w->s;

	if (is_silent(w))
		return false;
	return s->serving.leap != LEAP_UNSYNC &&
	    (s->state == ENGINE_SYNCED || s->state == ENGINE_HOLDOVER);
}

static struct route_answer
say(unsigned status, const char *sentence, struct text *body)
{
	text_add(body, "%s\n", sentence);
	return (struct route_answer){ status, PLAIN, true };
}

static struct route_answer
health(const struct route_world *w, struct text *body)
{
	if (route_is_well(w))
		return say(FOUND, "ok", body);
	if (is_silent(w))
		return say(NOT_NOW, "the engine does not answer", body);
	return say(NOT_NOW, snapshot_state_name(w->s->state), body);
}

static struct route_answer
page(const struct request *r, const struct route_world *w, struct text *body)
{
	struct dash d = { .s = w->s,
		.h = w->h,
		.age_s = w->age_s,
		.clock = w->clock,
		.rate = w->rate,
		.sick = w->sick };

	if (strncmp(r->query, "span=", 5) == 0)
		for (unsigned i = 0; i < HISTORY_SPANS; i++)
			if (strcmp(r->query + 5, history_span_name(i)) == 0)
				d.span = i;
	dash_print(&d, body);
	return (
	    struct route_answer){ w->s != NULL ? FOUND : NOT_NOW, HTML, true };
}

static struct route_answer
answer(const struct object *o, const struct route_world *w, struct text *body)
{
	if (!is_silent(w))
		o->print(w->s, body);
	else
		json_error("the engine does not answer", body);
	return (
	    struct route_answer){ is_silent(w) ? NOT_NOW : FOUND, JSON, true };
}

static struct route_answer
clients(const struct route_world *w, struct text *body)
{
	if (w->rate != NULL)
		roll_json(w->rate, body);
	else
		json_error("nothing is known of clients", body);
	return (struct route_answer){ w->rate != NULL ? FOUND : NOT_NOW, JSON,
		true };
}

static struct route_answer
metrics(const struct request *r, const struct route_world *w, struct text *body)
{
	if (is_silent(w))
		return say(NOT_NOW, "the engine does not answer", body);
	metrics_print(w->s, r->openmetrics, body);
	return (struct route_answer){ FOUND,
		r->openmetrics ? METRICS_OPEN : METRICS_TEXT, true };
}

struct route_answer
route(const struct request *r, const struct route_world *w, struct text *body)
{
	const struct asset *a = asset_find(r->path);

	if (a != NULL) {
		text_add(body, "%s", a->text);
		return (struct route_answer){ FOUND, a->type, false };
	}
	if (strcmp(r->path, "/") == 0)
		return page(r, w, body);
	if (strcmp(r->path, "/healthz") == 0)
		return health(w, body);
	if (strcmp(r->path, "/metrics") == 0)
		return metrics(r, w, body);
	if (strcmp(r->path, "/clients.json") == 0)
		return clients(w, body);
	if (find_object(r->path) != NULL)
		return answer(find_object(r->path), w, body);
	return say(MISSING, "there is no such page; / is one", body);
}
