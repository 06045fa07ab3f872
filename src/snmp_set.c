/* SPDX-License-Identifier: ISC */
#include "snmp_set.h"

#include "sys/kept.h"
#include "sys/log.h"

#include <errno.h>

static int
save(const struct snmp_set *s, const struct mib_kept *k)
{
	static struct log_gate gate;
	struct err err;

	if (kept_write(s->state_dir, k, &err) == 0)
		return 0;
	log_limited(&gate, EVENT_SNMP_UNSAVED, "not saved: %s", err.text);
	return -1;
}

void
snmp_set_open(struct snmp_set *s, const char *state_dir)
{
	struct err err;

	*s = (struct snmp_set){ .state_dir = state_dir };
	if (kept_read(state_dir, &s->kept, &err) == -1 && errno != ENOENT)
		log_event(EVENT_SNMP_FORGOTTEN,
		    "%s: heartbeat and notifications are as at first",
		    err.text);
}

void
snmp_set_count(struct snmp_set *s)
{
	s->kept.notifications++;
	s->unsaved = true;
}

void
snmp_set_save(struct snmp_set *s)
{
	if (s->unsaved)
		save(s, &s->kept);
	s->unsaved = false;
}

enum mib_refusal
snmp_set_test(struct snmp_set *s, const struct mib_oid *o,
    const struct mib_value *v)
{
	if (!s->going)
		s->was = s->wanted = s->kept;
	s->going = true;
	return mib_set(&s->wanted, o, v);
}

bool
snmp_set_commit(struct snmp_set *s)
{
	/* Some may have been sent since the test. */
	s->wanted.notifications = s->kept.notifications;
	if (!s->going || save(s, &s->wanted) == -1)
		return false;
	s->kept = s->wanted;
	return true;
}

void
snmp_set_undo(struct snmp_set *s)
{
	s->kept.heartbeat_s = s->was.heartbeat_s;
	s->kept.bits = s->was.bits;
	save(s, &s->kept);
	s->going = false;
}

void
snmp_set_end(struct snmp_set *s)
{
	s->going = false;
}
