/* SPDX-License-Identifier: ISC */
/*
 * mib_notice.c - the notifications of RFC 5907, which come of comparing a
 * world with what was told last, and those of our own MIB, which are events.
 */
#include "base/fnv.h"
#include "base/text.h"
#include "view/mib_parts.h"

#include <string.h>

/* ---- what a notification carries */

#define NAME_IDS 6

struct object {
	unsigned len;
	uint32_t id[NAME_IDS]; /* below the root */
};

/* The last id of an object whose row is known only when it is told. */
#define ROW UINT32_MAX

static struct mib_oid
object_name(enum mib_tree t, const struct object *o, unsigned row)
{
	struct mib_oid name = mib_name(t, o->id, o->len);

	if (name.id[name.len - 1] == ROW)
		name.id[name.len - 1] = row;
	return name;
}

static void
add(struct mib_notice *n, const struct mib_world *w, const struct mib_oid *name)
{
	struct mib_value *v = &n->object[n->count].value;

	if (!mib_get(w, name, v))
		return;
	n->object[n->count++].name = *name;
}

/* What cannot be asked for, or is gone already. */
static void
add_text(struct mib_notice *n, const struct mib_oid *name, const char *text)
{
	struct mib_value *v = &n->object[n->count].value;

	*v = (struct mib_value){ .type = MIB_OCTETS };
	mib_put_text(v, text);
	n->object[n->count++].name = *name;
}

/* ---- RFC 5907 */

enum carried { END, DATE, MODE, STRATUM, PEER, INTERVAL, ASSOCIATION, MESSAGE };

static const struct object ntp_object[] = {
	[DATE] = { 4, { 1, 2, 9, 0 } },
	[MODE] = { 4, { 1, 2, 1, 0 } },
	[STRATUM] = { 4, { 1, 2, 2, 0 } },
	[PEER] = { 4, { 1, 2, 3, 0 } },
	[INTERVAL] = { 4, { 1, 4, 1, 0 } },
	[ASSOCIATION] = { 6, { 1, 3, 1, 1, 2, ROW } },
	[MESSAGE] = { 4, { 1, 5, 1, 0 } },
};

static const enum carried carries[][5] = {
	[MIB_MODE_CHANGE] = { MODE },
	[MIB_STRATUM_CHANGE] = { DATE, STRATUM, MESSAGE },
	[MIB_SYSPEER_CHANGED] = { DATE, PEER, MESSAGE },
	[MIB_ADD_ASSOCIATION] = { DATE, ASSOCIATION, MESSAGE },
	[MIB_REMOVE_ASSOCIATION] = { DATE, ASSOCIATION, MESSAGE },
	[MIB_CONFIG_CHANGED] = { DATE, MESSAGE },
	[MIB_LEAP_ANNOUNCED] = { DATE, MESSAGE },
	[MIB_HEARTBEAT] = { DATE, MODE, INTERVAL, MESSAGE },
};

struct news {
	enum mib_bit bit;
	const char *message;
	unsigned row;	  /* of an association */
	const char *host; /* of it */
};

static void
fill(struct mib_notice *n, const struct mib_world *w, const struct news *news)
{
	uint32_t id[] = { 0, news->bit };

	n->name = mib_name(MIB_NTP, id, 2);
	n->count = 0;
	for (const enum carried *c = carries[news->bit]; *c != END; c++) {
		struct mib_oid name =
		    object_name(MIB_NTP, &ntp_object[*c], news->row);

		if (*c == MESSAGE)
			add_text(n, &name, news->message);
		else if (*c == ASSOCIATION)
			add_text(n, &name, news->host);
		else
			add(n, w, &name);
	}
}

/* What was told, what is, and what is to be told of it. */
struct change {
	struct mib_told *t;
	const struct mib_world *w;
	struct mib_notice *out;
	unsigned count;
};

static void
tell_any(struct change *c, const struct news *news)
{
	if ((c->w->kept->bits >> news->bit & 1) != 0)
		fill(&c->out[c->count++], c->w, news);
}

static void
tell(struct change *c, const struct news *news)
{
	if (c->t->begun)
		tell_any(c, news);
}

/* "Including starting and stopping" */
static void
see_mode(struct change *c)
{
	int mode = mib_mode(c->w);
	bool starts = !c->t->begun && c->w->s->uptime_s < MIB_YOUNG_S;

	if (starts || (c->t->begun && mode != c->t->mode))
		tell_any(c, &(struct news){ .bit = MIB_MODE_CHANGE });
	c->t->mode = mode;
}

static void
see_stratum(struct change *c)
{
	uint8_t stratum = mib_stratum(c->w);
	char message[64];
	struct text text = TEXT(message);

	text_add(&text, "stratum %u, was %u", stratum, c->t->stratum);
	if (stratum != c->t->stratum)
		tell(c,
		    &(struct news){ .bit = MIB_STRATUM_CHANGE,
			.message = message });
	c->t->stratum = stratum;
}

/* The same one again, after a while without any, is no change. */
static void
see_syspeer(struct change *c)
{
	struct source_name peer = mib_association(c->w, mib_syspeer(c->w));
	char message[SOURCE_HOST_MAX + 64];
	struct text text = TEXT(message);
	uint32_t source;

	if (peer.text[0] == '\0')
		return;
	source = (uint32_t)fnv(FNV_BEGIN, peer.text, strlen(peer.text));
	text_add(&text, "our reference id names %s", peer.text);
	if (source != c->t->source)
		tell(c,
		    &(struct news){ .bit = MIB_SYSPEER_CHANGED,
			.message = message });
	c->t->source = source;
}

static bool
was_associated(const struct mib_told *t, const char *host)
{
	for (unsigned i = 0; i < MIB_SIBLING_ROW; i++)
		if (strcmp(t->host[i], host) == 0)
			return true;
	return false;
}

static bool
is_associated(const struct mib_world *w, const char *host)
{
	for (unsigned row = 1; row <= MIB_SIBLING_ROW; row++)
		if (strcmp(mib_association(w, row).text, host) == 0)
			return true;
	return false;
}

static void
tell_association(struct change *c, enum mib_bit bit, unsigned row,
    const char *host)
{
	char message[SOURCE_HOST_MAX + 64];
	struct text text = TEXT(message);

	text_add(&text,
	    bit == MIB_ADD_ASSOCIATION ? "%s is asked" : "%s is asked no more",
	    host);
	tell(c,
	    &(struct news){ .bit = bit,
		.message = message,
		.row = row,
		.host = host });
}

/* By name, not by row: who moves to another row is neither new nor gone. */
static void
see_associations(struct change *c)
{
	struct source_name is[MIB_SIBLING_ROW + 1];

	for (unsigned row = 1; row <= MIB_SIBLING_ROW; row++) {
		const char *host = c->t->host[row - 1];

		is[row] = mib_association(c->w, row);
		if (host[0] != '\0' && !is_associated(c->w, host))
			tell_association(c, MIB_REMOVE_ASSOCIATION, row, host);
	}
	for (unsigned row = 1; row <= MIB_SIBLING_ROW; row++) {
		const char *host = is[row].text;

		if (host[0] != '\0' && !was_associated(c->t, host))
			tell_association(c, MIB_ADD_ASSOCIATION, row, host);
	}
	for (unsigned row = 1; row <= MIB_SIBLING_ROW; row++)
		text_copy(c->t->host[row - 1], SOURCE_HOST_MAX, is[row].text);
}

static void
see_configuration(struct change *c)
{
	if (c->w->s->reloads != c->t->reloads)
		tell(c,
		    &(struct news){ .bit = MIB_CONFIG_CHANGED,
			.message = "a new configuration is in force" });
	c->t->reloads = c->w->s->reloads;
}

/* Losing sight of the time takes no announcement back. */
static void
see_leap(struct change *c)
{
	uint8_t leap = c->w->s->serving.leap;

	if (leap == LEAP_UNSYNC)
		return;
	if (leap != LEAP_NONE && leap != c->t->leap)
		tell(c,
		    &(struct news){ .bit = MIB_LEAP_ANNOUNCED,
			.message = leap == LEAP_INSERT ?
			    "this UTC day has a second more" :
			    "this UTC day has a second less" });
	c->t->leap = leap;
}

unsigned
mib_changes(struct mib_told *t, const struct mib_world *w,
    struct mib_notice out[MIB_NOTICES])
{
	struct change c = { .t = t, .w = w, .out = out };

	if (!t->begun && w->s == NULL)
		return 0; /* we know nothing yet, which is no news */
	if (w->s != NULL) {
		see_configuration(&c);
		see_associations(&c);
	}
	see_mode(&c);
	see_stratum(&c);
	if (w->s != NULL) {
		see_syspeer(&c);
		see_leap(&c);
	}
	t->begun = true;
	return c.count;
}

void
mib_heartbeat(const struct mib_world *w, struct mib_notice *out)
{
	char message[64];
	struct text text = TEXT(message);

	text_add(&text, "%s",
	    w->s != NULL ? snapshot_state_name(w->s->state) : "not running");
	fill(out, w,
	    &(struct news){ .bit = MIB_HEARTBEAT, .message = message });
}

/* ---- our own */

#define OWN_OBJECTS 2

/* As etc/NTPGATE-MIB.txt names them. */
static const struct object clock_offset = { 4, { 1, 1, 5, 0 } };
static const struct object error_bound = { 4, { 1, 1, 6, 0 } };
static const struct object budget_limit = { 4, { 1, 2, 1, 0 } };
static const struct object budget_day = { 4, { 1, 2, 3, 0 } };
static const struct object upstream_host = { 6, { 1, 3, 1, 1, 2, ROW } };
static const struct object upstream_offset = { 6, { 1, 3, 1, 1, 9, ROW } };
static const struct object upstream_kisses = { 6, { 1, 3, 1, 1, 17, ROW } };
static const struct object sibling_host = { 4, { 1, 4, 2, 0 } };
static const struct object sibling_age = { 4, { 1, 4, 3, 0 } };
static const struct object sibling_offset = { 4, { 1, 4, 4, 0 } };
static const struct object service_received = { 4, { 1, 5, 1, 0 } };
static const struct object service_bad = { 4, { 1, 5, 6, 0 } };
static const struct object hosts_flagged = { 4, { 1, 6, 1, 0 } };
static const struct object hosts_rogue = { 4, { 1, 6, 2, 0 } };
static const struct object event_text = { 4, { 1, 7, 1, 0 } };

/* The text goes first.  States are left out: the event is news, and the
 * snapshot may be older than it. */
static const struct {
	enum event_id event;
	uint32_t number; /* below ntpgateNotifications */
	const struct object *object[OWN_OBJECTS];
} own[] = {
	{ EVENT_BUDGET_HIGH, 1, { &budget_day, &budget_limit } },
	{ EVENT_SOURCE_RETIRED, 2, { &upstream_host, &upstream_kisses } },
	{ EVENT_SOURCE_FALSETICKER, 3, { &upstream_host, &upstream_offset } },
	{ EVENT_SIBLING_LOST, 4, { &sibling_host, &sibling_age } },
	{ EVENT_SIBLING_DROPPED, 5, { &sibling_host, &sibling_offset } },
	{ EVENT_CLOCK_HOLDOVER, 6, { &clock_offset, &error_bound } },
	{ EVENT_CLOCK_ORPHAN, 7, { &clock_offset, &error_bound } },
	{ EVENT_CLOCK_PANIC, 8, { &clock_offset, &error_bound } },
	{ EVENT_ATTACK_SUSPECTED, 9, { &service_received, &service_bad } },
	{ EVENT_CLIENTS_ROGUE, 10, { &hosts_rogue, &hosts_flagged } },
};

#define OWN (sizeof(own) / sizeof(own[0]))

/* Of the upstream that "host=NAME ..." is about; 0: none. */
static unsigned
row_of(const struct mib_world *w, const char *text)
{
	static const char key[] = "host=";
	const char *host = text + sizeof(key) - 1;

	if (w->s == NULL || strncmp(text, key, sizeof(key) - 1) != 0)
		return 0;
	for (unsigned i = 0; i < w->s->upstreams; i++) {
		struct source_name name = snapshot_name(&w->s->upstream[i]);
		size_t n = strlen(name.text);

		if (strncmp(host, name.text, n) == 0 &&
		    (host[n] == ' ' || host[n] == '\0'))
			return i + 1;
	}
	return 0;
}

/* Its place in own; OWN if it has none. */
static size_t
place_of(enum event_id event)
{
	size_t i = 0;

	while (i < OWN && own[i].event != event)
		i++;
	return i;
}

bool
mib_is_news(enum event_id event)
{
	return place_of(event) < OWN;
}

bool
mib_notice_of(const struct mib_world *w, enum event_id event, const char *text,
    struct mib_notice *out)
{
	struct mib_oid name = object_name(MIB_OWN, &event_text, 0);
	size_t i = place_of(event);

	if (i == OWN)
		return false;
	out->name = mib_name(MIB_OWN, (uint32_t[]){ 0, own[i].number }, 2);
	out->count = 0;
	add_text(out, &name, text);
	for (unsigned k = 0; k < OWN_OBJECTS; k++) {
		name = object_name(MIB_OWN, own[i].object[k], row_of(w, text));
		add(out, w, &name);
	}
	return true;
}
