/* SPDX-License-Identifier: ISC */
/*
 * engine_parts.h - what the engine's files call of each other; no one else
 * includes it.
 *
 *	engine.c	asking: the doors, who is asked, what comes back
 *	engine_time.c	knowing: who is believed, the clock, what is served
 *	engine_memory.c	remembering: what survives a restart
 */
#ifndef CORE_ENGINE_PARTS_H
#define CORE_ENGINE_PARTS_H

#include "core/engine.h"

/* One line for the operator; the oldest is lost if nobody takes them. */
void engine_say(struct engine *e, enum engine_level level,
    const char *component, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Begins to ask i, which has an address, or not before it has one. */
void engine_begin(struct engine *e, unsigned i, struct mono at);

/* Another server than i gives its opinion, as soon as courtesy allows. */
void engine_ask_another(struct engine *e, unsigned i, const struct now *now);

/*
 * Has our own clock been stepped, or the machine asleep, since the last
 * call?  Comes first behind every door.
 */
void engine_observe(struct engine *e, const struct now *now);

/* A sample of i came: believe it or not, and correct the clock. */
void engine_learn(struct engine *e, unsigned i, const struct sample *sample,
    const struct now *now);

/* Compares the clock with what is known, and decides what to do about it. */
void engine_steer(struct engine *e, const struct now *now);

/* Who speaks changed (a server fell silent): select again. */
void engine_reconsider(struct engine *e, const struct now *now);

/* The leap second, if it is now, and the time to begin, if we may. */
void engine_tick(struct engine *e, const struct now *now);

/* When engine_tick() has something to do. */
struct mono engine_tick_next(const struct engine *e);

/* Groups among the configured servers. */
unsigned engine_groups(const struct engine *e);

#endif
