/* SPDX-License-Identifier: ISC */
/*
 * sibling_parts.h - what the sibling's files call of each other; no one else
 * includes it.
 */
#ifndef CORE_SIBLING_PARTS_H
#define CORE_SIBLING_PARTS_H

#include "core/sibling.h"

/* A question without field: the kind that strangers get, mode 1 or 3. */
bool sibling_is_stranger(const struct sibling *s);

/* The other's raw clock is another: nothing is known of it. */
void sibling_forget_pair(struct sibling *s);

/* The two raw clocks by the four stamps of an exchange, delay s long. */
void sibling_pair(struct sibling *s, const struct link_word *w,
    struct mono left, struct mono came, double delay);

/* A question of mode 1, without MAC, and it is open. */
void sibling_peer_question(struct sibling *s, struct wall wall, uint64_t cookie,
    uint8_t pkt[PACKET_MAX]);

/* A stranger's sample was taken, at s->source.sample[0]. */
enum sibling_verdict sibling_sampled(struct sibling *s, struct mono at);

enum sibling_verdict sibling_count(struct sibling *s, enum sibling_verdict v);

#endif
