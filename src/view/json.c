/* SPDX-License-Identifier: ISC */
#include "view/json.h"

#include "view/json_put.h"
#include "view/pace.h"
#include "view/pair.h"
#include "view/why.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

static void
put_time(json_t *o, const struct snapshot *s)
{
	bool known = isfinite(s->error_bound_s);
	bool synced = s->serving.leap != LEAP_UNSYNC;
	char refid[SNAPSHOT_REFID];

	put_count(o, "stratum", s->serving.stratum);
	put_text(o, "leap", snapshot_leap_name(s->serving.leap));
	put_text_if(o, "refid", synced,
	    snapshot_refid(s->serving.stratum, s->serving.refid, refid));
	put_number_if(o, "offset_s", known, s->offset_s);
	put_number(o, "error_bound_s", s->error_bound_s);
	put_number(o, "root_distance_s", s->root_distance_s);
	put_number_if(o, "frequency_ppm", known, s->frequency_ppm);
	put_number_if(o, "frequency_sigma_ppm", known, s->frequency_sigma_ppm);
	put_number_if(o, "wander_ppm", known, s->wander_ppm);
	put_number_if(o, "root_delay_s", synced, s->serving.root_delay_s);
	put_number_if(o, "root_dispersion_s", synced, s->root_disp_s);
	put_number_if(o, "good_s", known && s->good_s >= 0, s->good_s);
	/* as "upstreams" has it; host and port are two words there */
	put_text_if(o, "source", s->source[0] != '\0',
	    s->named >= 0 ? s->upstream[s->named].host : s->source);
}

static void
put_truth(json_t *o, const struct snapshot *s)
{
	json_t *g = json_object();

	put_count(g, "configured", snapshot_groups(s));
	put_count(g, "needed", snapshot_quorum(s));
	put_count(g, "answering", s->groups);
	put_bool(g, "majority", s->majority);
	put_count(g, "agreeing", s->agreeing);
	put_count(g, "losses", s->losses);
	json_object_set_new(o, "groups", g);
}

/* What went to all, and what holds us back. */
static void
put_spent(json_t *u, const struct snapshot *s)
{
	put_count(u, "sent_hour", s->sent.hour);
	put_count(u, "sent_day", s->sent.day);
	put_count(u, "sent_total", s->sent.total);
	put_count(u, "budget_day", s->sent.budget);
	put_count(u, "left", snapshot_left(s));
	put_number(u, "hold_s", s->hold_s);
	put_bool(u, "frugal", s->frugal_s > 0);
	put_number(u, "frugal_s", s->frugal_s);
	put_number(u, "pace_s", s->pace_s);
	put_text(u, "ledger", snapshot_ledger_name(s));
}

static void
put_upstream(json_t *o, const struct snapshot *s)
{
	json_t *u = json_object();

	put_spent(u, s);
	put_number(u, "interval_s", s->pace.interval_s);
	put_bool(u, "ramp", s->ramp);
	put_number(u, "accuracy_s", s->pace.promised_s);
	json_object_set_new(o, "upstream", u);
}

/* Why T is what it is. */
static void
put_pace(json_t *o, const struct engine_pace *p)
{
	json_t *v = json_object();

	put_number(v, "interval_s", p->interval_s);
	put_text(v, "reason", pace_name(p->reason));
	put_number(v, "promised_s", p->promised_s);
	put_number(v, "peak_s", p->peak_s);
	put_number(v, "best_s", p->best_s);
	json_object_set_new(o, "pace", v);
}

static void
put_serve(json_t *o, const struct snapshot *s)
{
	const struct snapshot_serve *c = &s->serve;
	json_t *v = json_object();

	put_count(v, "received", c->received);
	put_count(v, "answered", c->answered);
	put_count(v, "limited", c->limited);
	put_count(v, "kissed", c->kissed);
	put_count(v, "denied", c->denied);
	put_count(v, "bad", c->bad);
	/* Somebody was answered, and nobody counted hosts. */
	put_count_if(v, "clients", c->clients > 0 || c->answered == 0,
	    c->clients);
	json_object_set_new(o, "serve", v);
}

static void
put_sibling(json_t *o, const struct snapshot *s)
{
	const struct snapshot_sibling *b = &s->sibling;
	json_t *v = json_object();

	put_text_if(v, "host", b->state != SNAPSHOT_SIBLING_NONE, b->host);
	put_text(v, "state", snapshot_sibling_name(b->state));
	put_number_if(v, "offset_s", b->heard_s >= 0 && b->host[0] != '\0',
	    b->offset_s);
	json_object_set_new(o, "sibling", v);
}

void
json_status(const struct snapshot *s, struct text *out)
{
	json_t *o = put_schema();

	put_text(o, "name", s->name);
	put_text(o, "state", snapshot_state_name(s->state));
	put_number(o, "since_s", s->since_s);
	put_time(o, s);
	put_truth(o, s);
	put_upstream(o, s);
	put_pace(o, &s->pace);
	put_serve(o, s);
	put_sibling(o, s);
	put_text(o, "clock", s->clock_virtual ? "virtual" : "system");
	put_count(o, "steps", s->steps);
	put_number(o, "uptime_s", s->uptime_s);
	put_print(o, out);
}

static void
put_who(json_t *o, const struct snapshot *s, unsigned i)
{
	const struct snapshot_upstream *u = &s->upstream[i];
	const char tally[2] = { why_tally(s, i), '\0' };
	char text[WHY_MAX], addr[ADDR_TEXT];

	put_text(o, "host", u->host);
	put_text_if(o, "address", u->active, addr_print(&u->addr, false, addr));
	put_count_if(o, "port", u->addr.port != 0, u->addr.port);
	put_count(o, "group", u->group);
	put_text_if(o, "operator", u->operator_name[0] != '\0',
	    u->operator_name);
	put_bool(o, "authenticated", u->authenticated);
	put_text(o, "tally", tally);
	put_text(o, "state", why_state(s, i));
	put_text(o, "why", why_sentence(s, i, text));
}

static void
put_said(json_t *o, const struct snapshot_upstream *u)
{
	char refid[SNAPSHOT_REFID];

	put_count_if(o, "stratum", u->sampled, u->stratum);
	put_text_if(o, "leap", u->sampled, snapshot_leap_name(u->leap));
	put_text_if(o, "refid", u->sampled,
	    snapshot_refid(u->stratum, u->refid, refid));
	put_text_if(o, "kiss", u->kiss[0] != '\0', u->kiss);
	put_number_if(o, "offset_s", u->sampled, u->offset_s);
	put_number_if(o, "delay_s", u->sampled, u->delay_s);
	put_number_if(o, "jitter_s", u->sampled, u->jitter_s);
	put_number_if(o, "distance_s", u->sampled, u->distance_s);
	put_number_if(o, "bias_s", u->sampled, u->bias_s);
	put_number_if(o, "root_delay_s", u->sampled, u->root_delay_s);
	put_number_if(o, "root_dispersion_s", u->sampled, u->root_disp_s);
}

static void
put_asked(json_t *o, const struct snapshot_upstream *u)
{
	put_count(o, "reach", u->reach);
	put_count(o, "missed", u->missed);
	put_number(o, "poll_s", u->poll_s);
	put_number_if(o, "next_s", u->next_s >= 0, u->next_s);
	put_number_if(o, "last_s", u->last_s >= 0, u->last_s);
	put_number_if(o, "other_s", u->other_s >= 0, u->other_s);
	put_count(o, "sent", u->sent);
	put_count(o, "received", u->received);
}

static void
put_retired(json_t *o, const struct snapshot_account *a)
{
	put_bool(o, "retired", a->retired);
	put_number_if(o, "retired_s", a->retired, a->retired_s);
}

/* The ledger's line of a server, which has none before it has an address. */
static void
put_account(json_t *o, const struct snapshot_account *a)
{
	put_count(o, "sent_hour", a->hour);
	put_count(o, "sent_day", a->day);
	put_count(o, "sent_total", a->total);
	put_number_if(o, "floor_s", a->floor_s > 0, a->floor_s);
	put_text_if(o, "kiss", a->kisses > 0, a->kiss);
	put_count(o, "kisses", a->kisses);
	put_number_if(o, "kissed_s", a->kisses > 0, a->kissed_s);
	put_retired(o, a);
}

/* What would happen without it, and for whom it is there. */
static void
put_place(json_t *o, const struct snapshot *s, unsigned i)
{
	const struct snapshot_upstream *u = &s->upstream[i];

	put_number_if(o, "floor_s", u->account.floor_s > 0, u->account.floor_s);
	put_retired(o, &u->account);
	put_text_if(o, "stands_for", u->stands_for[0] != '\0', u->stands_for);
	put_text_if(o, "shares_with", u->shares_with[0] != '\0',
	    u->shares_with);
	put_count_if(o, "losses_without", u->without.majority,
	    select_losses(&u->without));
}

/* What came back, by verdict: "zero origin" and the others that occurred. */
static void
put_verdicts(json_t *o, const struct snapshot_upstream *u)
{
	json_t *v = json_object();

	for (unsigned i = 0; i < SOURCE_VERDICTS; i++)
		if (u->verdict[i] > 0)
			put_count(v, source_verdict_name(i), u->verdict[i]);
	json_object_set_new(o, "verdicts", v);
}

static void
put_spares(json_t *o, const struct snapshot *s)
{
	json_t *list = json_array();

	for (unsigned k = 0; k < s->spares; k++) {
		const struct snapshot_spare *p = &s->spare[k];
		json_t *v = json_object();
		char text[WHY_MAX], addr[ADDR_TEXT];

		put_text(v, "host", p->host);
		put_text_if(v, "address", p->addr.family != ADDR_NONE,
		    addr_print(&p->addr, false, addr));
		put_text(v, "state", why_spare_state(p));
		put_text(v, "why", why_spare(s, k, text));
		put_retired(v, &p->account);
		json_array_append_new(list, v);
	}
	json_object_set_new(o, "spares", list);
}

void
json_upstreams(const struct snapshot *s, struct text *out)
{
	json_t *o = put_schema(), *list = json_array();

	put_text(o, "name", s->name);
	for (unsigned i = 0; i < s->upstreams; i++) {
		const struct snapshot_upstream *u = &s->upstream[i];
		json_t *v = json_object();

		put_who(v, s, i);
		put_asked(v, u);
		put_said(v, u);
		put_number(v, "score", u->score);
		put_place(v, s, i);
		put_verdicts(v, u);
		json_array_append_new(list, v);
	}
	put_pace(o, &s->pace);
	json_object_set_new(o, "upstreams", list);
	put_spares(o, s);
	put_print(o, out);
}

/* One object a server, for json_budget(). */
static void
add_server(json_t *list, const char *host, const struct addr *addr,
    const char *role, const struct snapshot_account *a)
{
	json_t *v = json_object();
	char text[ADDR_TEXT];

	put_text(v, "host", host);
	put_text_if(v, "address", addr->family != ADDR_NONE,
	    addr_print(addr, false, text));
	put_text(v, "role", role);
	put_account(v, a);
	json_array_append_new(list, v);
}

void
json_budget(const struct snapshot *s, struct text *out)
{
	json_t *o = put_schema(), *list = json_array();

	put_text(o, "name", s->name);
	put_spent(o, s);
	for (unsigned i = 0; i < s->upstreams; i++)
		add_server(list, s->upstream[i].host, &s->upstream[i].addr,
		    "server", &s->upstream[i].account);
	for (unsigned k = 0; k < s->spares; k++)
		add_server(list, s->spare[k].host, &s->spare[k].addr, "spare",
		    &s->spare[k].account);
	json_object_set_new(o, "servers", list);
	put_print(o, out);
}

/* Who it is, and how it is heard. */
static void
put_heard(json_t *o, const struct snapshot_sibling *b)
{
	bool heard = b->heard_s >= 0;
	char addr[ADDR_TEXT];

	put_text(o, "host", b->host);
	put_text_if(o, "address", b->addr.family != ADDR_NONE,
	    addr_print(&b->addr, false, addr));
	put_count_if(o, "port", b->addr.port != 0, b->addr.port);
	put_text_if(o, "name", b->name[0] != '\0', b->name);
	put_text(o, "state", snapshot_sibling_name(b->state));
	put_text_if(o, "why", b->state == SNAPSHOT_SIBLING_DROPPED, b->why);
	put_bool(o, "symmetric", b->symmetric);
	put_count(o, "reach", b->reach);
	put_number_if(o, "heard_s", heard, b->heard_s);
	put_number_if(o, "met_s", b->met_s >= 0, b->met_s);
	put_number_if(o, "offset_s", heard, b->offset_s);
	put_number_if(o, "delay_s", heard, b->delay_s);
}

/* What it says of itself; a stranger says nothing that we could read. */
static void
put_says(json_t *o, const struct snapshot_sibling *b)
{
	json_t *v = b->name[0] != '\0' ? json_object() : json_null();

	if (b->name[0] != '\0') {
		put_text(v, "state", snapshot_state_name(b->says));
		put_number(v, "error_bound_s", b->bound_s);
		put_number(v, "interval_s", b->interval_s);
		put_count(v, "sent_day", b->sent_day);
	}
	json_object_set_new(o, "says", v);
}

/* What we make of it. */
static void
put_used(json_t *o, const struct snapshot_sibling *b)
{
	json_t *v = json_object(), *list = json_array();

	put_bool(o, "leads", b->leads);
	put_bool(o, "follows", b->follows);
	put_bool(o, "fed", b->fed);
	put_number(o, "weight", b->weight);
	put_number(o, "drift_ppm", b->drift_ppm);
	put_count(o, "taken", b->taken);
	put_count(o, "refused", b->refused);
	for (unsigned i = 0; i < SIBLING_VERDICTS; i++)
		if (b->verdict[i] > 0)
			put_count(v, sibling_verdict_name(i), b->verdict[i]);
	json_object_set_new(o, "verdicts", v);
	for (unsigned i = 0; i < PAIR_DIGESTS; i++)
		if (b->differs >> i & 1)
			json_array_append_new(list,
			    json_string(pair_digest_name(i)));
	json_object_set_new(o, "differs", list);
}

/* Who asked it last, and who is next. */
static void
put_turn(json_t *list, const struct snapshot *s, unsigned i)
{
	const struct snapshot_upstream *u = &s->upstream[i];
	struct pair_turn turn = pair_turn(s, i);
	json_t *v = json_object();

	put_text(v, "host", u->host);
	put_number_if(v, "last_s", u->last_s >= 0, u->last_s);
	put_number_if(v, "other_s", u->other_s >= 0, u->other_s);
	put_text_if(v, "turn", turn.who != PAIR_NOBODY,
	    turn.who == PAIR_SIBLING ? "sibling" : "ours");
	put_number_if(v, "turn_s", turn.who != PAIR_NOBODY, turn.in_s);
	json_array_append_new(list, v);
}

void
json_sibling(const struct snapshot *s, struct text *out)
{
	json_t *o = put_schema(), *v = json_object(), *list = json_array();

	put_text(o, "name", s->name);
	put_count(o, "sent_day", s->sent.day);
	put_number(o, "interval_s", s->pace.interval_s);
	if (s->sibling.state == SNAPSHOT_SIBLING_NONE) {
		json_decref(v);
		v = json_null();
	} else {
		put_heard(v, &s->sibling);
		put_says(v, &s->sibling);
		put_used(v, &s->sibling);
	}
	json_object_set_new(o, "sibling", v);
	for (unsigned i = 0; i < s->upstreams; i++)
		put_turn(list, s, i);
	json_object_set_new(o, "upstreams", list);
	put_print(o, out);
}

void
json_accepted(const struct snapshot *s, struct text *out)
{
	json_t *o = put_schema();

	put_text(o, "accepted", "step");
	put_number(o, "offset_s", s->offset_s);
	put_print(o, out);
}

void
json_done(const char *what, const char *to, struct text *out)
{
	json_t *o = put_schema();

	put_text(o, what, to);
	put_print(o, out);
}

void
json_error(const char *sentence, struct text *out)
{
	json_t *o = put_schema();

	put_text(o, "error", sentence);
	put_print(o, out);
}
