/* SPDX-License-Identifier: ISC */
#include "audit_parts.h"

#include "conf/value.h"
#include "core/leap.h"
#include "core/select.h"
#include "core/survey.h"
#include "sys/file.h"

#include <stdlib.h>
#include <time.h>

#define GROUPS_MIN 3

/* ---- whom we ask ---- */

void
audit_number(struct audit *r)
{
	audit_add(r, AUDIT_PASS, "%u servers are named; %u to %u are right",
	    r->conf.engine.count, CONF_SERVERS_MIN, CONF_SERVERS_MAX);
}

void
audit_groups(struct audit *r)
{
	unsigned groups = conf_groups(&r->conf);

	if (groups < GROUPS_MIN)
		audit_add(r, AUDIT_FAIL,
		    "the servers speak with %u voice%s; with three or more "
		    "operators two agree against a liar",
		    groups, groups == 1 ? "" : "s");
	else
		audit_add(r, AUDIT_PASS,
		    "the servers speak with %u voices, so that one liar is "
		    "outvoted",
		    groups);
}

static bool
lacks_operator(const struct source_conf *s)
{
	return s->operator_name[0] == '\0' && conf_is_public(s);
}

void
audit_operators(struct audit *r)
{
	unsigned unsaid = audit_count(&r->conf, lacks_operator);

	if (unsaid > 0)
		audit_add(r, AUDIT_NOTE,
		    "%u public server%s no operator; two of one operator "
		    "would be counted as two voices",
		    unsaid, unsaid == 1 ? " has" : "s have");
}

/* All groups in agreement: how many may go? */
void
audit_losses(struct audit *r)
{
	unsigned groups = conf_groups(&r->conf);
	struct select_result all = { .majority = true,
		.groups = groups,
		.agreeing = groups };
	unsigned losses = select_losses(&all);

	if (losses == 0)
		audit_add(r, AUDIT_NOTE,
		    "losses until undecidable: 0; when two voices differ, "
		    "nobody can tell which is right");
	else
		audit_add(r, AUDIT_PASS,
		    "losses until undecidable: %u, when all agree", losses);
}

void
audit_permission(struct audit *r)
{
	const struct source_conf *s;

	for (unsigned i = 0; (s = audit_upstream(&r->conf, i)) != NULL; i++)
		if (conf_lacks_permission(s))
			audit_add(r, AUDIT_FAIL,
			    "%.80s: no permission is noted; ask its owner, or "
			    "note where it is given",
			    s->host);
	if (audit_count(&r->conf, conf_is_public) == 0)
		audit_add(r, AUDIT_PASS,
		    "all servers are lab addresses: nobody's permission is "
		    "needed");
	else if (audit_count(&r->conf, conf_lacks_permission) == 0)
		audit_add(r, AUDIT_PASS,
		    "each public server has a permission noted");
}

void
audit_pool(struct audit *r)
{
	const struct source_conf *s;

	for (unsigned i = 0; (s = audit_upstream(&r->conf, i)) != NULL; i++)
		if (conf_is_pool(s))
			audit_add(r, AUDIT_NOTE,
			    "%.80s: a pool name can be any server, and nobody "
			    "knows which; name servers instead",
			    s->host);
}

/* ---- how often ---- */

void
audit_interval(struct audit *r)
{
	const struct engine_conf *e = &r->conf.engine;
	char min[VALUE_TEXT], max[VALUE_TEXT];

	value_time_print(e->poll_min_s, min);
	value_time_print(e->poll_max_s, max);
	if (e->poll_min_s < LEDGER_PUBLIC_FLOOR_S)
		audit_add(r, AUDIT_NOTE,
		    "a server is asked every %s to %s: for a lab only, as all "
		    "of these servers are",
		    min, max);
	else
		audit_add(r, AUDIT_PASS,
		    "a server is asked every %s to %s, never sooner than 64s",
		    min, max);
}

void
audit_budget(struct audit *r)
{
	const struct engine_conf *e = &r->conf.engine;
	double most = e->count * AUDIT_DAY_S / e->poll_min_s;
	double least = e->count * AUDIT_DAY_S / e->poll_max_s;
	/* Alone each gateway of two has half of it. */
	unsigned own = e->sibling.on ? e->budget_day / 2 : e->budget_day;

	if (least > own)
		audit_add(r, AUDIT_NOTE,
		    "%u packet%s a day will not suffice even at poll.max, which "
		    "takes %.0f: the servers will be asked less often",
		    own, own == 1 ? "" : "s", least);
	else
		audit_add(r, AUDIT_PASS,
		    "%u packets a day may be sent, no more; poll.max takes "
		    "%.0f, poll.min would take %.0f",
		    e->budget_day, least, most);
}

void
audit_poll(struct audit *r)
{
	char max[VALUE_TEXT];

	value_time_print(r->conf.engine.poll_max_s, max);
	if (r->conf.engine.poll_max_s > AUDIT_DAY_S)
		audit_add(r, AUDIT_NOTE,
		    "poll.max is %s: beyond a day a leap second that is "
		    "announced on its last day may be missed",
		    max);
	else
		audit_add(r, AUDIT_PASS,
		    "poll.max is %s, within the day on which a leap second is "
		    "announced",
		    max);
}

/* ---- leap seconds ---- */

void
audit_leap(struct audit *r)
{
	const char *path = r->conf.leap_file;
	struct leap_table table = { 0 };
	time_t expires;
	struct err e;
	char day[16];
	size_t len;
	char *text;

	if (path[0] == '\0') {
		audit_add(r, AUDIT_NOTE,
		    "no leap file is named: leap seconds will not be "
		    "announced");
		return;
	}
	text = file_read(path, AUDIT_OCTETS_MAX, &len, &e);
	if (text == NULL || leap_read(&table, text, &e) == -1) {
		audit_add(r, AUDIT_NOTE,
		    "leap.file: %.160s: leap seconds will not be announced",
		    e.text);
		free(text);
		return;
	}
	free(text);
	expires = (time_t)table.expires;
	strftime(day, sizeof(day), "%Y-%m-%d", gmtime(&expires));
	if (expires < time(NULL))
		audit_add(r, AUDIT_NOTE,
		    "the leap file expired on %s: a newer one comes with "
		    "tzdata",
		    day);
	else
		audit_add(r, AUDIT_PASS, "the leap file is good until %s", day);
}

static bool
smears(const struct source_conf *s)
{
	return survey_smears(s->host);
}

void
audit_smeared(struct audit *r)
{
	const struct source_conf *s;

	for (unsigned i = 0; (s = audit_upstream(&r->conf, i)) != NULL; i++)
		if (smears(s))
			audit_add(r, AUDIT_NOTE,
			    "%.80s smears leap seconds: for a day its time is "
			    "not UTC",
			    s->host);
	if (audit_count(&r->conf, smears) == 0)
		audit_add(r, AUDIT_PASS,
		    "no server is known to smear leap seconds");
}

void
audit_smear_mix(struct audit *r)
{
	unsigned all = r->conf.engine.count + r->conf.spare_count;
	unsigned n = audit_count(&r->conf, smears);

	if (n > 0 && n < all)
		audit_add(r, AUDIT_FAIL,
		    "%u of %u servers smear leap seconds: on such a day they "
		    "and the others cannot agree",
		    n, all);
	else if (n > 0)
		audit_add(r, AUDIT_NOTE,
		    "all servers smear; see that they do it in the same way");
}

void
audit_smear_leap(struct audit *r)
{
	if (audit_count(&r->conf, smears) == 0)
		return;
	if (r->conf.leap_file[0] != '\0')
		audit_add(r, AUDIT_FAIL,
		    "leap.file is named while servers smear: the second "
		    "would be counted twice; leap.file = \"\"");
	else
		audit_add(r, AUDIT_PASS,
		    "no leap file beside servers that smear");
}
