/* SPDX-License-Identifier: ISC */
#include "courtesy.h"

#include "base/text.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATE_DIR_ROOT "/var/lib/ntpgate/tool"
#define LOCK_WAIT_S 5.0
/* The disk takes its time between booking and sending. */
#define FLOOR_S (LEDGER_PUBLIC_FLOOR_S + 1)
#define DAY 400 /* packets; the second half of them is spread over the day */

static const struct wall unverified = { 0 };

/* ---- the directory ---- */

static int
name_directory(struct text *dir, struct err *e)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (geteuid() == 0)
		text_add(dir, "%s", STATE_DIR_ROOT);
	else if (state != NULL && state[0] == '/')
		text_add(dir, "%s/ntpgate", state);
	else if (home != NULL && home[0] == '/')
		text_add(dir, "%s/.local/state/ntpgate", home);
	else
		return err_set(e, "neither HOME nor XDG_STATE_HOME is set");
	if (dir->len >= BOOK_PATH_MAX)
		return err_set(e, "%.60s...: path too long", dir->buf);
	return 0;
}

/* Those above it, as far as they are missing. */
static void
make_parents(const char *dir)
{
	char path[PATH_MAX];

	text_copy(path, sizeof(path), dir);
	for (char *slash = strchr(path + 1, '/'); slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(path, 0755); /* the last one tells */
		*slash = '/';
	}
}

/* No link that somebody has put there: /var/lib/ntpgate belongs to the
 * daemon's user, and systemd may give that user all that is in it. */
static int
see_owner(const char *dir, struct err *e)
{
	struct stat st;

	if (lstat(dir, &st) != 0)
		return err_sys(e, "%s", dir);
	if (!S_ISDIR(st.st_mode) || (geteuid() != 0 && st.st_uid != geteuid()))
		return err_set(e, "%s is not a directory of ours", dir);
	return 0;
}

/* ---- opening ---- */

static int
open_book(struct courtesy *c, const char *dir, struct err *e)
{
	struct mono now = clock_raw();
	bool new_boot;
	enum book_how how;

	ledger_init(&c->ledger, DAY, FLOOR_S, now);
	how =
	    book_open(&c->book, dir, "", false, &c->ledger, now, &new_boot, e);
	if (how == BOOK_NOWHERE)
		return -1;
	/* What another boot wrote ages from the first reading on, which must
	 * be known the next time; so must what was lost. */
	if (new_boot || how == BOOK_LOST || how == BOOK_MENDED)
		return book_append(&c->book, &c->ledger, now, unverified, e);
	return 0;
}

static int
open_directory(struct courtesy *c, struct err *e)
{
	char dir[PATH_MAX];
	struct text t = TEXT(dir);

	if (name_directory(&t, e) == -1)
		return -1;
	make_parents(dir);
	if (file_directory(dir, e) == -1 || see_owner(dir, e) == -1)
		return -1;
	c->lock = file_lock(dir, LOCK_WAIT_S, e);
	if (c->lock == -1)
		return -1;
	if (open_book(c, dir, e) == -1) {
		close(c->lock);
		c->lock = -1;
		return -1;
	}
	return 0;
}

/* Once: what failed is not waited for again. */
static int
open_ledger(struct courtesy *c, struct err *e)
{
	if (c->failed)
		return err_set(e, "%s", c->failure.text);
	if (c->open)
		return 0;
	if (open_directory(c, e) == 0) {
		c->open = true;
		return 0;
	}
	err_at(e, "no stranger is asked without a ledger of it");
	c->failed = true;
	c->failure = *e;
	return -1;
}

void
courtesy_close(struct courtesy *c)
{
	if (!c->open)
		return;
	book_close(&c->book);
	close(c->lock);
	*c = COURTESY_CLOSED;
}

/* ---- asking ---- */

/* A line for a, without forgetting a server that was asked lately. */
static bool
has_room(const struct ledger *l, const struct addr *a, struct mono now)
{
	uint64_t id = ledger_id(a);

	for (unsigned i = 0; i < LEDGER_LINES; i++) {
		const struct ledger_line *n = &l->line[i];

		if (n->id == 0 || n->id == id)
			return true;
	}
	for (unsigned i = 0; i < LEDGER_LINES; i++) {
		const struct ledger_line *n = &l->line[i];

		if (!n->held && !n->retired &&
		    mono_sub(now, n->last) > LEDGER_BURST_AGAIN_S)
			return true;
	}
	return false;
}

static void
say_when(const struct ledger *l, unsigned i, struct mono now, struct err *why)
{
	const struct ledger_line *n = &l->line[i];
	struct mono when = ledger_when(l, i, now);
	char wait[24], ago[24] = "";

	text_seconds(wait, sizeof(wait), mono_sub(when, now), false);
	if (n->spent)
		text_seconds(ago, sizeof(ago), mono_sub(now, n->last), false);
	err_set(why, "%s%s%sby courtesy it may be asked again in %s",
	    n->spent ? "it was asked " : "", ago, n->spent ? " ago: " : "",
	    wait);
}

int
courtesy_may(struct courtesy *c, const struct addr *a, unsigned packets,
    struct err *why)
{
	struct mono now;
	unsigned i;

	if (!addr_is_public(a))
		return (int)packets;
	if (open_ledger(c, why) == -1)
		return -1;
	now = clock_raw();
	if (!has_room(&c->ledger, a, now)) {
		err_set(why,
		    "%d servers were asked in the last six hours: by courtesy "
		    "that is enough",
		    LEDGER_LINES);
		return 0;
	}
	i = ledger_line(&c->ledger, a);
	if (ledger_retired(&c->ledger, i, now)) {
		err_set(why, "it told us to go away: for 30 days nobody asks");
		return 0;
	}
	ledger_burst_end(&c->ledger, i); /* one that was begun and left */
	if (ledger_when(&c->ledger, i, now).ns > now.ns) {
		say_when(&c->ledger, i, now, why);
		return 0;
	}
	if (packets > 1 && ledger_burst(&c->ledger, i, now))
		return (int)(packets < LEDGER_BURST ? packets : LEDGER_BURST);
	return 1;
}

int
courtesy_spend(struct courtesy *c, const struct addr *a, struct err *e)
{
	struct mono now;
	unsigned i;

	if (!addr_is_public(a))
		return 0;
	if (open_ledger(c, e) == -1)
		return -1;
	now = clock_raw();
	i = ledger_line(&c->ledger, a);
	if (ledger_retired(&c->ledger, i, now))
		return err_set(e, "it told us to go away");
	if (!ledger_spend(&c->ledger, i, now)) {
		say_when(&c->ledger, i, now, e);
		return -1;
	}
	return book_append(&c->book, &c->ledger, now, unverified, e);
}

void
courtesy_heard(struct courtesy *c, const struct addr *a, const char *kiss)
{
	struct mono now = clock_raw();
	struct err e;
	unsigned i;

	if (!c->open || !addr_is_public(a))
		return;
	i = ledger_line(&c->ledger, a);
	if (kiss == NULL || kiss[0] == '\0') {
		ledger_answered(&c->ledger, i);
		return; /* nothing that the next packet will not write */
	}
	ledger_kiss(&c->ledger, i, kiss, 0, now);
	(void)book_append(&c->book, &c->ledger, now, unverified, &e);
}
