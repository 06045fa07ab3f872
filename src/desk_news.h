/* SPDX-License-Identifier: ISC */
/*
 * desk_news.h - what happens, for whoever in the desk wants to hear of it:
 * the events of the engine, and those that the desk finds itself.
 */
#ifndef DESK_NEWS_H
#define DESK_NEWS_H

#include "roles.h"

#define NEWS_READERS 4

typedef void news_fn(void *ctx, const struct message_event *m);

struct news {
	unsigned readers;
	struct news_reader {
		news_fn *fn;
		void *ctx;
	} reader[NEWS_READERS];
};

/* fn(ctx, m) for each event from now on; m is good for the call. */
void news_read(struct news *n, news_fn *fn, void *ctx);

/* An event of the engine, which logged it. */
void news_told(const struct news *n, const struct message_event *m);

/* One that the desk found: it is logged here. */
void news_say(const struct news *n, enum event_id event, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
