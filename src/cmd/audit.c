/* SPDX-License-Identifier: ISC */
#include "audit_parts.h"

#include "base/text.h"

#include <stdarg.h>

#define BCP(section) "BCP 223 " section

static const struct audit_rule rules[] = {
	{ BCP("3.2"), AUDIT_SHOULD, "are there four sources or more?",
	    audit_number, NULL },
	{ BCP("3.2"), AUDIT_SHOULD, "are they independent of each other?",
	    audit_groups, NULL },
	{ BCP("3.2"), AUDIT_ADVICE, "is it known whose they are?",
	    audit_operators, NULL },
	{ BCP("3.2"), AUDIT_ADVICE, "does a majority survive a loss?",
	    audit_losses, NULL },
	{ BCP("3.2"), AUDIT_ADVICE, "are their answers safe from forgers?",
	    audit_authentication, NULL },
	{ BCP("3.4"), AUDIT_SHOULD, "are control queries kept inside?",
	    audit_mode6, NULL },
	{ BCP("3.4"), AUDIT_SHOULD, "can only the operator change anything?",
	    NULL,
	    "nothing can be changed over the network: orders come over "
	    "the control socket of this machine alone" },
	{ BCP("3.4"), AUDIT_ADVICE, "is it useless for amplification?", NULL,
	    "no answer with the time is longer than its question" },
	{ BCP("3.5"), AUDIT_SHOULD, "is it watched from elsewhere?",
	    audit_watched, NULL },
	{ BCP("3.5"), AUDIT_SHOULD, "can its log be watched?", audit_log,
	    NULL },
	{ BCP("3.6"), AUDIT_MUST, "may we use each server?", audit_permission,
	    NULL },
	{ BCP("3.6"), AUDIT_ADVICE, "is the pool used as it wants to be?",
	    audit_pool, NULL },
	{ BCP("3.7"), AUDIT_SHOULD, "when are leap seconds announced?", NULL,
	    "leap seconds are announced on the last day of the month, "
	    "not sooner" },
	{ BCP("3.7"), AUDIT_ADVICE, "is each server asked once a day?",
	    audit_poll, NULL },
	{ BCP("3.7"), AUDIT_ADVICE, "is a leap file at hand?", audit_leap,
	    NULL },
	{ BCP("3.7.1"), AUDIT_SHOULD, "is it UTC that is followed?",
	    audit_smeared, NULL },
	{ BCP("3.7.1"), AUDIT_MUST, "are smeared and other servers apart?",
	    audit_smear_mix, NULL },
	{ BCP("3.7.1"), AUDIT_MUST, "no leap seconds on top of a smear?",
	    audit_smear_leap, NULL },
	{ BCP("3.7.1"), AUDIT_MUST, "is nobody served smeared time?", NULL,
	    "this program does not smear, for anybody" },
	{ BCP("4.1"), AUDIT_MUST, "can nobody else read the keys?",
	    audit_key_file, NULL },
	{ BCP("4.1"), AUDIT_MUST, "is each key there, and for that host?",
	    audit_key_use, NULL },
	{ BCP("4.1"), AUDIT_SHOULD, "has each association its own key?",
	    audit_key_shared, NULL },
	{ BCP("4.1"), AUDIT_SHOULD, "are the keys fresh?", audit_key_age,
	    NULL },
	{ BCP("4.1"), AUDIT_SHOULD, "are they AES-128-CMAC, not MD5?",
	    audit_key_types, NULL },
	{ BCP("4.2"), AUDIT_SHOULD, "is Autokey not used?", NULL,
	    "Autokey is not spoken" },
	{ BCP("5.1"), AUDIT_SHOULD, "is the time told inside only?",
	    audit_access, NULL },
	{ BCP("5.1"), AUDIT_ADVICE, "is the dashboard for us alone?",
	    audit_dashboard, NULL },
	{ BCP("5.2"), AUDIT_SHOULD, "does no restart set the clock?", NULL,
	    "panic does not end the daemon, so that no supervisor's "
	    "restart sets the clock; \"accept step\" does" },
	{ BCP("5.2"), AUDIT_SHOULD, "is time before the build refused?", NULL,
	    "a time before this program was built is not believed" },
	{ BCP("5.2"), AUDIT_SHOULD, "does no refid tell of a restart?", NULL,
	    "after a start the reference id is zero: it tells nobody "
	    "of the restart" },
	{ BCP("5.3"), AUDIT_SHOULD, "are forged answers seen?", NULL,
	    "wrong and zero origins and wrong MACs are counted, server "
	    "by server: \"ntpgate -j upstreams\"" },
	{ BCP("5.4"), AUDIT_SHOULD, "are kisses obeyed?", NULL,
	    "RATE, DENY and RSTR are obeyed, and remembered on disk" },
	{ BCP("5.4"), AUDIT_MUST, "only with the right origin?", NULL,
	    "a kiss counts only as the answer to an open question, "
	    "with its origin" },
	{ BCP("5.4"), AUDIT_MUST, "whatever poll a kiss asks for?", NULL,
	    "the poll field of a kiss is not looked at: RATE doubles "
	    "the floor, up to 8192 s" },
	{ BCP("5.5"), AUDIT_SHOULD, "is there no broadcast?", NULL,
	    "broadcast is neither sent nor heard" },
	{ BCP("5.6"), AUDIT_SHOULD, "has the other gateway a key?",
	    audit_sibling_key, NULL },
	{ BCP("6.2"), AUDIT_MUST, "is no server built in?", NULL,
	    "no server is asked but those that this file names" },
	{ BCP("7"), AUDIT_SHOULD, "has each gateway its own address?",
	    audit_anycast, NULL },
	{ "RFC 4330 10", AUDIT_MUST, "are the servers asked rarely?",
	    audit_interval, NULL },
	{ "RFC 4330 10", AUDIT_ADVICE, "does the budget suffice?", audit_budget,
	    NULL },
	{ "BCP 223", AUDIT_ADVICE, "what no configuration shows", audit_unseen,
	    NULL },
};

void
audit_add(struct audit *a, enum audit_verdict v, const char *fmt, ...)
{
	struct audit_row *row = &a->row[a->rows];
	struct text t = TEXT(row->text);
	va_list ap;

	if (a->rows == AUDIT_ROWS_MAX)
		return;
	a->rows++;
	if (v == AUDIT_FAIL && a->rule->level == AUDIT_ADVICE)
		v = AUDIT_NOTE;
	row->verdict = v;
	row->rule = a->rule;
	va_start(ap, fmt);
	text_vadd(&t, fmt, ap);
	va_end(ap);
}

const struct source_conf *
audit_upstream(const struct conf *c, unsigned i)
{
	if (i < c->engine.count)
		return &c->engine.server[i];
	i -= c->engine.count;
	return i < c->spare_count ? &c->spare[i] : NULL;
}

unsigned
audit_count(const struct conf *c, bool (*is)(const struct source_conf *))
{
	const struct source_conf *s;
	unsigned n = 0;

	for (unsigned i = 0; (s = audit_upstream(c, i)) != NULL; i++)
		n += is(s);
	return n;
}

const char *
audit_level_name(enum audit_level l)
{
	static const char *const name[] = { [AUDIT_ADVICE] = "",
		[AUDIT_SHOULD] = "SHOULD",
		[AUDIT_MUST] = "MUST" };

	return name[l];
}

void
audit_run(struct audit *a)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		a->rule = &rules[i];
		if (a->rule->judge != NULL)
			a->rule->judge(a);
		else
			audit_add(a, AUDIT_PASS, "%s", a->rule->built_in);
	}
}
