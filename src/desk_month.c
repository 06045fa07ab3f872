/* SPDX-License-Identifier: ISC */
#include "desk_month.h"

#include "base/text.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "sys/log.h"
#include "view/json.h"
#include "view/month_record.h"

#include <errno.h>
#include <stdlib.h>

#define NAME "month"
#define KEEP_S 600.0 /* between two writings, */
#define SOON_S 60.0  /* and after an incident */
#define COUNT_S 60.0 /* between two counts of the hosts */

/* ---- on disk */

/* A year is in it: somebody may want it back. */
static void
forget(const char *dir, const struct err *why)
{
	char to[CONF_PATH_MAX + 64];

	if (file_set_aside(dir, NAME, to, sizeof(to)) == 0)
		log_event(EVENT_MONTH_FORGOTTEN,
		    "%s: set aside as %s; it begins anew", why->text, to);
	else
		log_event(EVENT_MONTH_FORGOTTEN, "%s: it begins anew",
		    why->text);
}

static void
remember(struct desk_month *d)
{
	const char *dir = d->setup->orders.conf.state_dir;
	char path[CONF_PATH_MAX + sizeof(NAME) + 1];
	struct text t = TEXT(path);
	struct err err;
	char *octets;
	size_t len;

	month_init(&d->record);
	text_add(&t, "%s/%s", dir, NAME);
	octets = file_read(path, MONTH_RECORD_MAX, &len, &err);
	if (octets == NULL && errno == ENOENT)
		return;
	if (octets == NULL) {
		forget(dir, &err);
	} else if (month_record_read(&d->record, (const uint8_t *)octets, len,
		       &err) == -1) {
		err_at(&err, "%s", path);
		forget(dir, &err);
	}
	free(octets);
}

static void
keep(struct desk_month *d)
{
	static uint8_t octets[MONTH_RECORD_MAX];
	size_t len = month_record_write(&d->record, octets);
	struct err err;
	bool bad = file_replace(d->setup->orders.conf.state_dir, NAME, octets,
		       len, &err) == -1;

	if (bad && !d->unkept)
		log_event(EVENT_MONTH_UNSAVED,
		    "the record of the month is not kept: %s", err.text);
	d->unkept = bad;
	d->noted = false;
	d->kept = clock_raw();
}

/* ---- what is told */

static double
hosts_since(const struct desk_month *d, double window_s, struct mono now)
{
	const struct hosts *h = &d->setup->hosts;
	double n = 0;

	for (unsigned i = 0; i < h->tables; i++)
		n += clients_unique(hosts_table(h, i), window_s, now);
	return n;
}

static void
count_hosts(struct desk_month *d, struct mono now)
{
	const struct wall at = d->record.last;

	if (!d->known)
		return;
	d->counted = now;
	month_hosts(&d->record, hosts_since(d, month_day_s(at), now),
	    hosts_since(d, month_month_s(at), now));
}

/* Before the time is known, the record would call it the time at which the
 * gateway ran last. */
static void
happened(void *ctx, const struct message_event *m)
{
	struct desk_month *d = ctx;

	if (d->known || d->early == MONTH_EARLY)
		d->noted |= month_event(&d->record, m->event, m->at, m->text);
	else if (event_level(m->event) < EVENT_NOTICE)
		d->event[d->early++] = *m;
}

static void
make_good(struct desk_month *d)
{
	for (unsigned i = 0; i < d->early; i++)
		d->noted |= month_event(&d->record, d->event[i].event,
		    d->event[i].at, d->event[i].text);
	d->early = 0;
}

void
desk_month_told(struct desk_month *d, const struct snapshot *s)
{
	struct mono now = clock_raw();

	d->known |= month_feed(&d->record, s);
	if (d->known)
		make_good(d);
	if (mono_sub(now, d->counted) > COUNT_S)
		count_hosts(d, now);
	if (mono_sub(now, d->kept) > (d->noted ? SOON_S : KEEP_S))
		keep(d);
}

/* ---- a page */

/* A month that has not begun; before the time is known, who can tell? */
static bool
refuse_to_come(const struct desk_month *d, const struct command_order *o,
    struct text *out)
{
	const int32_t now = month_latest(&d->record);
	char asked[MONTH_NAME], latest[MONTH_NAME], sentence[80];
	struct text t = TEXT(sentence);

	if (!d->known || o->month <= now)
		return false;
	text_add(&t, "%s has not begun: it is %s", month_name(o->month, asked),
	    month_name(now, latest));
	text_add(out, "1\n");
	if (o->form == COMMAND_JSON)
		json_error(sentence, out);
	else
		text_add(out, "%s\n", sentence);
	return true;
}

void
desk_month_answer(struct desk_month *d, const struct command_order *o,
    const struct snapshot *s, struct text *out)
{
	if (refuse_to_come(d, o, out))
		return;
	count_hosts(d, clock_raw());
	command_month(o, s, &d->record, d->setup->orders.conf.price_per_gb,
	    out);
}

/* ---- begin and end */

void
desk_month_open(struct desk_month *d, const struct setup *s, struct news *news)
{
	d->setup = s;
	remember(d);
	d->kept = clock_raw();
	news_read(news, happened, d);
}

void
desk_month_close(struct desk_month *d)
{
	if (d->setup == NULL || d->record.engine.ns == 0)
		return;
	make_good(d);
	keep(d);
}
