/* SPDX-License-Identifier: ISC */
/*
 * firewall_apply.c - new rules in one transaction, and back again unless
 * somebody can still say that they are right.
 *
 * Where only elements of sets differ, only those are changed: counters,
 * offenders and the tokens of limits stay.  The table of the budget is never
 * made anew for another reason than that it was changed by hand.
 */
#include "firewall.h"

#include "base/time.h"
#include "sys/file.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define RESET(table) "table inet " table "\ndelete table inet " table "\n"
#define LOCK_WAIT_S 0.5

struct plan {
	const struct firewall *f;
	char *rules, *before;
	char *state[2]; /* of both tables, as they are */
};

/* ---- what is to be done, and undone ---- */

/* Can it stay, but for what is left over in it? */
static bool
budget_stays(const struct firewall *f)
{
	char none[1];
	struct text t = TEXT(none);

	return rules_leftover(f->have, f->want, FIREWALL_BUDGET, &t);
}

static void
put_rules(const void *arg, struct text *t)
{
	const struct firewall *f = arg;

	if (rules_compare(f->have, f->want, NULL) == RULES_ELEMENTS) {
		rules_refill(f->have, f->want, t);
		return;
	}
	if (!budget_stays(f))
		text_add(t, RESET(FIREWALL_BUDGET));
	text_add(t, "%s", f->text);
	/* These can go when no rule needs them any more. */
	if (budget_stays(f))
		rules_leftover(f->have, f->want, FIREWALL_BUDGET, t);
}

static void
put_before(const void *arg, struct text *t)
{
	const struct plan *p = arg;
	const struct firewall *f = p->f;

	if (rules_compare(f->want, f->have, NULL) == RULES_ELEMENTS) {
		rules_refill(f->want, f->have, t);
		return;
	}
	text_add(t, RESET(FIREWALL_TABLE) "%s", p->state[0]);
	if (rules_compare(f->want, f->have, FIREWALL_BUDGET) != RULES_SAME)
		text_add(t, RESET(FIREWALL_BUDGET) "%s", p->state[1]);
}

static int
make_plan(struct plan *p, struct err *e)
{
	const struct firewall *f = p->f;

	p->state[0] = nft_list(f->nft, FIREWALL_TABLE, NFT_STATE, e);
	p->state[1] = p->state[0] == NULL ?
	    NULL :
	    nft_list(f->nft, FIREWALL_BUDGET, NFT_STATE, e);
	if (p->state[1] == NULL)
		return -1;
	p->rules = firewall_text(put_rules, f, e);
	p->before = p->rules != NULL ? firewall_text(put_before, p, e) : NULL;
	if (p->before == NULL)
		return -1;
	if (nft_run(f->nft, p->rules, true, e) == -1)
		return err_at(e, "the kernel would refuse the new rules");
	if (nft_run(f->nft, p->before, true, e) == -1)
		return err_at(e,
		    "the old rules could not be put back, so that nothing was "
		    "changed");
	return 0;
}

static void
drop_plan(struct plan *p)
{
	free(p->rules);
	free(p->before);
	free(p->state[0]);
	free(p->state[1]);
}

/* ---- the question ---- */

/* The answer of a person; -1: none yet. */
static int
read_answer(bool *there)
{
	char line[64];
	ssize_t n = read(STDIN_FILENO, line, sizeof(line));

	if (n == -1 && errno == EINTR)
		return -1;
	if (n <= 0) {
		*there = false; /* nobody is there: the time decides */
		return -1;
	}
	return line[0] == 'y' || line[0] == 'Y';
}

/* Until the guardian has the last word, of which there is one. */
static enum guard_word
await_end(int fd, struct err *e)
{
	bool there = true;

	for (;;) {
		struct pollfd p[2] = {
			{ .fd = fd, .events = POLLIN },
			{ .fd = there ? STDIN_FILENO : -1, .events = POLLIN },
		};

		if (poll(p, 2, -1) < 0)
			continue;
		if (p[0].revents != 0)
			return guard_hear(fd, e);
		if (p[1].revents != 0) {
			int yes = read_answer(&there);

			if (yes != -1) {
				guard_say(fd, yes ? GUARD_KEEP : GUARD_RESTORE);
				there = false;
			}
		}
	}
}

static int
say_end(const struct firewall *f, enum guard_word w, const struct err *e)
{
	const struct cmd *c = f->cmd;

	if (w == GUARD_FAILED)
		return cmd_fail(c, CMD_NOT_WELL,
		    "%s; the old rules are in force", e->text);
	if (w == GUARD_STUCK)
		return cmd_fail(c, CMD_NOT_WELL,
		    "the old rules cannot be put back: %s; they are "
		    "in " FIREWALL_DIR "/" FIREWALL_BEFORE,
		    e->text);
	if (w == GUARD_LOST)
		return cmd_fail(c, CMD_NOT_WELL,
		    "who would have taken the rules back died: see \"ntpgate "
		    "firewall check\"; the old ones are in " FIREWALL_DIR
		    "/" FIREWALL_BEFORE);
	if (c->json)
		firewall_print_json(f, w == GUARD_KEEP ? "kept" : "restored",
		    NULL);
	else if (w == GUARD_KEEP)
		printf("The new rules stay.\n");
	else
		printf("The old rules are back: the new ones were not "
		       "confirmed.\n");
	return w == GUARD_KEEP ? CMD_WELL : CMD_NOT_WELL;
}

/* Where the old ones had let a flow pass, its entry lets it pass on. */
static void
say_flows(const struct firewall *f)
{
	if (f->site->policy == SITE_REDIRECT)
		fprintf(stderr,
		    "Flows that are older than the rules go on as before; "
		    "\"conntrack -D -p udp --dport 123\" ends them.\n");
}

static int
put_and_ask(struct firewall *f, const struct guard_orders *o, int lock)
{
	struct err e = { "" };
	enum guard_word w;
	int fd = guard_start(o, lock, &e);

	if (fd == -1)
		return cmd_fail(f->cmd, CMD_NOT_WELL, "%s", e.text);
	w = guard_hear(fd, &e);
	if (w == GUARD_PUT) {
		/* What was typed before the question is no answer to it. */
		(void)tcflush(STDIN_FILENO, TCIFLUSH);
		say_flows(f);
		fprintf(stderr,
		    "The new rules are in force.  Without an answer the old "
		    "ones are back in %u s,\nalso if this program or its "
		    "connection ends.  Keep the new ones? [y/N] ",
		    o->timeout_s);
		w = await_end(fd, &e);
		fprintf(stderr, "\n");
	}
	close(fd);
	return say_end(f, w, &e);
}

/* ---- apply ---- */

static int
put_at_once(struct firewall *f, const struct guard_orders *o)
{
	struct err e;

	if (guard_put(f->nft, o, &e) == -1)
		return cmd_fail(f->cmd, CMD_NOT_WELL,
		    "%s; the old rules are in force", e.text);
	say_flows(f);
	if (f->cmd->json)
		firewall_print_json(f, "applied", NULL);
	else
		printf("The new rules are in force; \"nft -f " FIREWALL_DIR
		       "/" FIREWALL_BEFORE "\" takes them back.\n");
	return CMD_WELL;
}

/* One at a time; and what was there is on disk, whoever dies. */
static int
get_ready(const struct plan *p, struct err *e)
{
	int lock;

	if (file_directory(FIREWALL_DIR, e) == -1)
		return -1;
	lock = file_lock(FIREWALL_DIR, LOCK_WAIT_S, e);
	if (lock == -1)
		return err_set(e,
		    "somebody else applies rules, or has not confirmed them "
		    "yet: wait for that");
	if (file_replace(FIREWALL_DIR, FIREWALL_BEFORE, p->before,
		strlen(p->before), e) == -1) {
		close(lock);
		return -1;
	}
	return lock;
}

static int
apply(struct firewall *f, const struct plan *p)
{
	const struct guard_orders o = { p->rules, p->before, f->want,
		f->timeout_s };
	struct err e;
	int status, lock = get_ready(p, &e);

	if (lock == -1)
		return cmd_fail(f->cmd, CMD_NOT_WELL, "%s", e.text);
	status = f->yes ? put_at_once(f, &o) : put_and_ask(f, &o, lock);
	close(lock);
	return status;
}

int
firewall_apply(struct firewall *f)
{
	struct plan p = { .f = f };
	struct err e;
	int status;

	if (rules_compare(f->have, f->want, NULL) == RULES_SAME) {
		if (f->cmd->json)
			firewall_print_json(f, "same", NULL);
		else
			printf("The kernel has these rules already: nothing to "
			       "do.\n");
		return CMD_WELL;
	}
	if (!f->cmd->json) {
		printf("From what the kernel has (-) to %s for %s (+):\n",
		    f->file, f->router->name);
		firewall_print_changes(f);
		fflush(stdout);
	}
	if (make_plan(&p, &e) == -1)
		status = cmd_fail(f->cmd, CMD_NOT_WELL, "%s", e.text);
	else if (!f->yes && !firewall_asks("Put these rules in force?"))
		status = cmd_fail(f->cmd, CMD_NOT_WELL, "nothing was changed");
	else
		status = apply(f, &p);
	drop_plan(&p);
	return status;
}
