/* SPDX-License-Identifier: ISC */
/*
 * engine_parts.h - what the engine's files call of each other; no one else
 * includes it.
 *
 *	engine.c	the doors, and who begins and ends
 *	engine_ask.c	asking: whose turn it is, what comes back
 *	engine_pace.c	how often: what was promised, and what it takes
 *	engine_roster.c	courtesy's consequences: retired servers and spares
 *	engine_learn.c	knowing: who is believed
 *	engine_time.c	deciding: state, step and slew, leap seconds
 *	engine_serve.c	what is served
 *	engine_memory.c	remembering: what survives a restart
 *	engine_sibling.c the link to the other gateway, what we tell it, turns
 *	engine_word.c	what the two tell each other
 *	engine_share.c	its samples, and the judge of them
 *	engine_lean.c	its oscillator beside ours
 *	engine_orphan.c	nobody upstream: who leads, who follows
 */
#ifndef CORE_ENGINE_PARTS_H
#define CORE_ENGINE_PARTS_H

#include "core/engine.h"

#define ENGINE_SERVE_BOUND_S 1.0 /* worse: we do not know the time */

/* One line for the operator; the oldest is lost if nobody takes them. */
void engine_say(struct engine *e, enum event_id event, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Begins to ask i, which has an address, or not before it has one. */
void engine_begin(struct engine *e, unsigned i, struct mono at);

/*
 * Back again within the hour, and serving what we knew: nobody is asked
 * before he would have been without the restart.
 */
void engine_hold_back(struct engine *e);

/* Groups are told anew: servers or addresses changed. */
void engine_regroup(struct engine *e);

/* A question that is due and may be asked becomes an order. */
bool engine_ask(struct engine *e, const struct now *now,
    struct engine_order *out);

/* How long after a sample the promise holds, s; infinite if packets cannot
 * keep it: none are spent on it. */
double engine_promise(const struct engine *e);

/* Something was learned: can the promise be kept, and when must we ask? */
void engine_repace(struct engine *e, const struct now *now);

/* Slot i has another server: nothing that was learned holds for it. */
void engine_forget(struct engine *e, unsigned i);

/* A packet was counted, or the budget is another: is there much left? */
void engine_watch_budget(struct engine *e, struct mono now);

/* Questions that were not answered in time. */
void engine_expire(struct engine *e, const struct now *now);

/* Another server than i gives its opinion, as soon as courtesy allows. */
void engine_ask_another(struct engine *e, unsigned i, const struct now *now);

/* i is retired: a spare takes its place, if there is one. */
void engine_retire(struct engine *e, unsigned i, const char *why,
    const struct now *now);

/* Once an hour: whose time is over, and who serves us badly. */
void engine_review(struct engine *e, const struct now *now);

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

/* May time be served, by what is known now?  In panic: was known before. */
bool engine_servable(const struct engine *e, const struct now *now);

/* What is served, by what is known now. */
void engine_publish(struct engine *e, const struct now *now);

/* The time to begin, if we may; what is served, if it must change. */
void engine_tick(struct engine *e, const struct now *now);

/* When engine_tick() has something to do. */
struct mono engine_tick_next(const struct engine *e);

/* Outvoted by what is old: another is asked, twice at most. */
void engine_appeal(struct engine *e, unsigned i, const struct now *now);

/* What is known at t; with a sibling, as sure as the judge lets us be. */
struct estimate_view engine_view(const struct engine *e, struct mono t);

/* ---- the sibling: all of this does nothing without one ---- */

/* The question to it, if it is time. */
bool engine_ask_sibling(struct engine *e, const struct now *now,
    struct engine_order *out);
void engine_expire_sibling(struct engine *e, const struct now *now);
bool engine_hear_sibling(struct engine *e, const struct arrival *a,
    const struct now *now);

/* Nothing came from it in time. */
void engine_miss_sibling(struct engine *e, const struct now *now);

/* An upstream exchange is over, well or not: the other is told at once. */
void engine_tell_sibling(struct engine *e, const struct now *now);

/* A pair no longer: nobody takes turns, nothing leans, nobody leads. */
void engine_part(struct engine *e, const struct now *now);

/* Of two equals: the same answer on both, and only one is told yes. */
bool engine_comes_first(const struct engine *e);

/* Does the other begin with i, so that no burst of ours is needed? */
bool engine_covered(const struct engine *e, unsigned i);

/* A word has come: what is said in it of servers and configuration. */
void engine_read_word(struct engine *e, const struct now *now);

/* A word has come: its samples, as far as they are new and believed. */
void engine_share(struct engine *e, const struct now *now);

/* Our server of that address and port; -1: none. */
int engine_at(const struct engine *e, const struct addr *a);

/* A stranger's voice: is there one? */
bool engine_is_plain(const struct engine *e);

/* Sources of the estimate: servers, and a slot for a sibling's own voice. */
unsigned engine_voices(const struct engine_conf *c);

/* May its sample speak for i, from which we have nothing? */
bool engine_lends(const struct engine *e, unsigned i, const struct now *now);

/* One of our own samples, that is believed: the judge takes it, too. */
void engine_judge(struct engine *e, unsigned i, const struct sample *s);

/* Does what all samples say agree with our own?  If not, it is mad. */
void engine_compare(struct engine *e, const struct now *now);

/* Its oscillator beside ours: a word has come; it comes no more. */
void engine_lean(struct engine *e, const struct now *now);
void engine_lean_end(struct engine *e);

/* Nobody upstream: who leads?  What we follow it by is in pair.follow. */
void engine_lead(struct engine *e, const struct now *now);

/* May we serve at the orphan stratum what we keep? */
bool engine_may_orphan(const struct engine *e, const struct now *now);
void engine_serve_orphan(struct engine *e, const struct now *now);

/* Groups among the configured servers, and a stranger's as sibling. */
unsigned engine_groups(const struct engine *e);

#endif
