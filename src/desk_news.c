/* SPDX-License-Identifier: ISC */
#include "desk_news.h"

#include "base/text.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <stdarg.h>
#include <string.h>

void
news_read(struct news *n, news_fn *fn, void *ctx)
{
	if (n->readers < NEWS_READERS)
		n->reader[n->readers++] = (struct news_reader){ fn, ctx };
}

void
news_told(const struct news *n, const struct message_event *m)
{
	for (unsigned i = 0; i < n->readers; i++)
		n->reader[i].fn(n->reader[i].ctx, m);
}

void
news_say(const struct news *n, enum event_id event, const char *fmt, ...)
{
	struct message_event m = { .event = event };
	struct text t = TEXT(m.text);
	struct mono raw;
	va_list ap;

	va_start(ap, fmt);
	text_vadd(&t, fmt, ap);
	va_end(ap);
	log_event(event, "%s", m.text);
	clock_pair(&raw, &m.at);
	news_told(n, &m);
}
