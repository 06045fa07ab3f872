/* SPDX-License-Identifier: ISC */
/*
 * engine_keep.c - what the engine role keeps on disk: state and ledger.
 */
#include "engine_role.h"

#include "base/text.h"
#include "sys/file.h"
#include "sys/log.h"

#include <errno.h>
#include <stdlib.h>

#define STATE_FILE "state"

void
keep_state(struct engine_role *r)
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
		log_limited(&gate, EVENT_STATE_UNSAVED, "not saved: %s",
		    err.text);
}

void
keep_book(struct engine_role *r)
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
		log_limited(&gate, EVENT_LEDGER_CLOSED, "%s", err.text);
	engine_booked(&r->engine, good, &now);
}

bool
keep_remember(struct engine_role *r)
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
		log_event(EVENT_STATE_COLD, "nothing remembered: cold start");
	else if (octets == NULL)
		log_event(EVENT_STATE_DAMAGED, "%s: cold start", err.text);
	if (octets == NULL)
		return !missing;
	clock_now(&r->clock, &now);
	if (engine_read(&r->engine, (uint8_t *)octets, len, &now, &err) == -1)
		log_event(EVENT_STATE_DAMAGED, "%s: %s: cold start", path,
		    err.text);
	else
		log_event(EVENT_STATE_REMEMBERED,
		    "remembered frequency=%+.3fppm",
		    r->engine.estimate.mean.x[1] * 1e6);
	free(octets);
	return true;
}

void
keep_open(struct engine_role *r, bool evidence)
{
	static const enum event_id is[] = { [BOOK_FIRST] = EVENT_LEDGER_READ,
		[BOOK_GOOD] = EVENT_LEDGER_READ,
		[BOOK_MENDED] = EVENT_LEDGER_MENDED,
		[BOOK_LOST] = EVENT_LEDGER_LOST,
		[BOOK_ELSEWHERE] = EVENT_LEDGER_LOST,
		[BOOK_NOWHERE] = EVENT_LEDGER_CLOSED };
	const struct conf *c = &r->setup->orders.conf;
	struct err why = { "" };
	enum book_how how;
	bool new_boot;
	struct now now;

	clock_now(&r->clock, &now);
	how = book_open(&r->book, c->state_dir, c->run_dir, evidence,
	    &r->engine.ledger, now.mono, &new_boot, &why);
	if (why.text[0] != '\0')
		log_event(is[how], "%s", why.text);
	engine_opened(&r->engine, new_boot, how == BOOK_NOWHERE, &now);
}
