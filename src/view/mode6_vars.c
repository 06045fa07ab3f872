/* SPDX-License-Identifier: ISC */
/*
 * Which variables, and the words of state that come with them.
 */
#include "view/mode6_parts.h"
#include "view/why.h"

#include <math.h>
#include <string.h>

#define CLOCK_SOURCE_NTP 6 /* RFC 9327 3.1 */

/* System events (RFC 9327 3.1). */
enum {
	SYSTEM_CLOCK_SYNC = 5,
	SYSTEM_RESTART = 6,
	SYSTEM_PANIC = 7,
	SYSTEM_NO_PEER = 8
};

/* Peer status and events (RFC 9327 3.2). */
enum {
	PEER_CONFIGURED = 0x80,
	PEER_AUTH_ENABLED = 0x40,
	PEER_AUTH_OK = 0x20,
	PEER_REACHABLE = 0x10
};
enum {
	PEER_UNREACH = 3,
	PEER_REACH = 4,
	PEER_RATE = 7,
	PEER_DENIED = 8,
	PEER_SYS_PEER = 10
};
enum {
	SELECT_REJECT,
	SELECT_FALSETICK,
	SELECT_CANDIDATE = 4,
	SELECT_SYS_PEER = 6
};

/* ---- status words ---- */

static bool
is_synced(const struct snapshot *s)
{
	return s->serving.leap != LEAP_UNSYNC &&
	    s->serving.stratum < STRATUM_UNSYNC;
}

static unsigned
system_event(const struct snapshot *s)
{
	switch (s->state) {
	case ENGINE_STARTING:
		return SYSTEM_RESTART;
	case ENGINE_PANIC:
		return SYSTEM_PANIC;
	case ENGINE_SYNCED:
		return SYSTEM_CLOCK_SYNC;
	default:
		return SYSTEM_NO_PEER;
	}
}

/* Events are not counted: one is behind us, that which led here. */
uint16_t
mode6_system_status(const struct snapshot *s)
{
	unsigned source = is_synced(s) ? CLOCK_SOURCE_NTP : 0;

	return (uint16_t)((unsigned)s->serving.leap << 14 | source << 8 |
	    1u << 4 | system_event(s));
}

bool
mode6_is_association(const struct snapshot *s, uint16_t association)
{
	if (association == MODE6_SIBLING)
		return s->sibling.state != SNAPSHOT_SIBLING_NONE;
	return association > 0 && association <= s->upstreams;
}

static unsigned
selection(char tally)
{
	switch (tally) {
	case '*':
		return SELECT_SYS_PEER;
	case '+':
		return SELECT_CANDIDATE;
	case 'x':
		return SELECT_FALSETICK;
	default:
		return SELECT_REJECT;
	}
}

static unsigned
peer_event(const struct snapshot_upstream *u, unsigned selected)
{
	if (selected == SELECT_SYS_PEER)
		return PEER_SYS_PEER;
	if (u->account.retired)
		return PEER_DENIED;
	if (u->account.rated_s > 0)
		return PEER_RATE;
	return u->reach != 0 ? PEER_REACH : PEER_UNREACH;
}

static uint16_t
peer_status(unsigned bits, unsigned selected, unsigned event)
{
	return (uint16_t)((bits | selected) << 8 | 1u << 4 | event);
}

bool
mode6_follows_sibling(const struct snapshot *s)
{
	return s->sibling.state != SNAPSHOT_SIBLING_NONE &&
	    s->sibling.state != SNAPSHOT_SIBLING_DROPPED &&
	    s->sibling.follows && s->sibling.reach != 0;
}

/* The sibling leads us, agrees with us, or is not used. */
static unsigned
sibling_selection(const struct snapshot *s)
{
	const struct snapshot_sibling *b = &s->sibling;

	if (b->state == SNAPSHOT_SIBLING_DROPPED)
		return SELECT_FALSETICK;
	if (mode6_follows_sibling(s))
		return SELECT_SYS_PEER;
	return b->reach != 0 && b->taken > 0 ? SELECT_CANDIDATE : SELECT_REJECT;
}

static uint16_t
sibling_status(const struct snapshot *s)
{
	const struct snapshot_sibling *b = &s->sibling;
	unsigned bits = PEER_CONFIGURED | PEER_AUTH_ENABLED;
	unsigned selected = sibling_selection(s);

	if (b->reach != 0)
		bits |= PEER_AUTH_OK | PEER_REACHABLE;
	if (selected == SELECT_SYS_PEER)
		return peer_status(bits, selected, PEER_SYS_PEER);
	return peer_status(bits, selected,
	    b->reach != 0 ? PEER_REACH : PEER_UNREACH);
}

uint16_t
mode6_peer_status(const struct snapshot *s, uint16_t association)
{
	const struct snapshot_upstream *u = &s->upstream[association - 1];
	unsigned bits = PEER_CONFIGURED, selected;

	if (association == MODE6_SIBLING)
		return sibling_status(s);
	if (u->authenticated)
		bits |= PEER_AUTH_ENABLED;
	if (u->reach != 0)
		bits |= PEER_REACHABLE | (u->authenticated ? PEER_AUTH_OK : 0);
	selected = selection(why_tally(s, association - 1u));
	return peer_status(bits, selected, peer_event(u, selected));
}

/* ---- which of them ---- */

static const struct mode6_variable *
find(const struct mode6_variable *table, const char *name)
{
	for (; table->name != NULL; table++)
		if (strcmp(table->name, name) == 0)
			return table;
	return NULL;
}

unsigned
mode6_variables(const struct mode6_world *w, uint16_t association,
    struct mode6_items *i, struct text *out)
{
	struct mode6_subject x = { .w = w, .s = w->s };
	struct mode6_list l = { out, 0 };
	const struct mode6_variable *v =
	    association == 0 ? mode6_system : mode6_peer;
	char name[MODE6_ITEM], value[MODE6_ITEM];
	unsigned named = 0;

	if (association != 0 && association != MODE6_SIBLING)
		x.u = &w->s->upstream[association - 1];
	for (; mode6_item(i, name, value); named++) {
		const struct mode6_variable *one = find(v, name);

		if (one == NULL)
			return CTL_UNKNOWN_VARIABLE;
		one->put(&x, &l);
	}
	if (i->bad)
		return CTL_UNKNOWN_VARIABLE; /* none of ours is so long */
	for (; named == 0 && v->name != NULL; v++)
		v->put(&x, &l);
	text_add(out, "\r\n");
	return 0;
}
